#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_bundle_known: known_bundle.h is what the second implementation computes
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || {
    echo "skipped: no python3"
    exit 77
}
"$python" "$here/gen_bundle.py" --check "$here/known_bundle.h" || {
    rc=$?
    [ "$rc" -eq 77 ] || echo "known_bundle.h differs from what gen_bundle.py gives"
    exit "$rc"
}
