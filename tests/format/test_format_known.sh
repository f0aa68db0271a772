#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_format_known: known_format.h is what the second implementation computes
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || {
    echo "skipped: no python3"
    exit 77
}
"$python" "$here/gen_known.py" --check "$here/known_format.h" || {
    rc=$?
    [ "$rc" -eq 77 ] || echo "known_format.h differs from what gen_known.py gives"
    exit "$rc"
}
