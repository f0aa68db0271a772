# SPDX-License-Identifier: Apache-2.0
# drafts.sh: an unfinished form is kept, sealed, and offered again
. "$(dirname "$0")/lib.bash"
script=$(realpath "${SRC:-.}")/tests/cli/drafts.py
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done
[ -n "$python" ] || exit 77
expect 0 "$SANDUQ" init --key-file k v.sanduq
SANDUQ=$SANDUQ timeout 250 "$python" "$script" || bad "a conversation went wrong"
finish
