#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_format_examples.sh: the worked examples of docs/format.md are right,
# computed apart from the program
set -u
src=${SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
python=
for p in /usr/bin/python3 python3; do
    if "$p" -c 'import nacl.bindings' 2>/dev/null; then
        python=$p
        break
    fi
done
if [ -z "$python" ]; then
    echo "skipped: python3-nacl is not installed"
    exit 77
fi
exec "$python" "$src/tests/docs/format_examples.py" "$src/docs/format.md"
