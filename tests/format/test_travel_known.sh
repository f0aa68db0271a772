#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_travel_known: known_travel.h is what the second implementation computes
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
command -v python3 > /dev/null || {
    echo "skipped: no python3"
    exit 77
}
python3 "$here/gen_travel.py" --check "$here/known_travel.h" || {
    echo "known_travel.h differs from what gen_travel.py gives"
    exit 1
}
