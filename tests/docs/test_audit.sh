#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_audit.sh: the recipes of docs/audit.md, with stock tools, do what it says
set -u
src=${SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
for tool in python3 sqlite3 openssl minisign basenc b2sum; do
    command -v "$tool" >/dev/null || {
        echo "skipped: no $tool"
        exit 77
    }
done
python=$(command -v /usr/bin/python3 || command -v python3)
case $(openssl version) in
    "OpenSSL 3"*) ;;
    *)
        echo "skipped: this openssl is not 3.0 or newer"
        exit 77
        ;;
esac
exec "$python" "$src/tests/docs/guides.py" "${SANDUQ:?path to the program}" \
    "$src/docs/audit.md"
