# SPDX-License-Identifier: Apache-2.0
# prompts.sh: questions and answers on a real terminal
. "$(dirname "$0")/lib.bash"
script=$(realpath "${SRC:-.}")/tests/cli/prompts.py
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done
[ -n "$python" ] || exit 77
head -c 200000000 /dev/zero | tr '\0' 'x' >big.bin
SANDUQ=$SANDUQ timeout 250 "$python" "$script" || bad "a conversation went wrong"
finish
