# SPDX-License-Identifier: Apache-2.0
# export_ask.sh: before something leaves the vault a person says yes
. "$(dirname "$0")/lib.bash"
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done
[ -n "$python" ] || exit 77
new_vault
expect 0 sq add -t note -f title=one
cat >talk.py <<'PY'
import os, pty, sys
answers = sys.argv[2].encode().split(b'|')
pid, fd = pty.fork()
if pid == 0:
    os.execv(os.environ['SANDUQ'], [os.environ['SANDUQ'], '-V', 'v.sanduq',
             '--passphrase-file', 'pw', 'export'] + sys.argv[3:])
seen = b''
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    if answers and (b'[yes/no] ' in seen or b'exported? ' in seen):
        os.write(fd, answers.pop(0) + b'\n')
        seen_all = seen
        seen = b''
sys.stdout.write((seen_all + seen).decode())
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(0 if status == int(sys.argv[1]) else 1)
PY
export SANDUQ
"$python" talk.py 130 no no --all >talked || bad "no: $(cat talked)"
says talked "leaves the protection"
[ ! -e no ] || bad "exported against a no"
expect 0 sq log show --unlock
says_not out "action=export"
"$python" talk.py 0 yes yes --all >talked || bad "yes: $(cat talked)"
[ -e yes/SHA256SUMS ] || bad "not exported after a yes"
"$python" talk.py 0 'the court|yes' ov --all --override >talked ||
    bad "reason: $(cat talked)"
expect 0 sq log show --unlock
says out "because the court"
finish
