#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_guides.sh: what docs/guide says is what happens
set -u
src=${SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
python=$(command -v /usr/bin/python3 || command -v python3) || {
    echo "skipped: no python3"
    exit 77
}
exec "$python" "$src/tests/docs/guides.py" "${SANDUQ:?path to the program}" \
    "$src"/docs/guide/*.md
