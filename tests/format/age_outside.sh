# SPDX-License-Identifier: Apache-2.0
# age_outside.sh: age files of ours read by others, and theirs by us: Debian's
# age (X25519, passphrase), npm's age-encryption (hybrid)
. "$(dirname "$0")/../cli/lib.bash"
tool=$BUILD/tests/age_tool
tried=0

head -c 200000 /dev/urandom >plain
: >empty
head -c 65536 /dev/urandom >chunk
printf 'correct horse battery staple\n' >words

# ---- age ----

# A passphrase is typed: age asks the terminal, twice when it seals.
cat >typed.py <<'PY'
import os, pty, select, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
words = open('words').read().strip()
seen = b''
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    if b'assphrase' in seen and seen.rstrip(b' ').endswith(b':'):
        os.write(fd, words.encode() + b'\n')
        seen = b''
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
# age makes no file when there is nothing in it.
decrypt() {
    rm -f back
    age -d -i key -o back ours || bad "age does not open $2"
    [ -e back ] || : >back
    same "$1" back
}
if command -v age >/dev/null && command -v age-keygen >/dev/null; then
    age-keygen -o key 2>/dev/null
    recipient=$(age-keygen -y key)
    for f in plain empty chunk; do
        "$tool" seal "$recipient" <$f >ours || bad "sealing $f"
        decrypt $f "our $f"
        "$tool" armor "$recipient" <$f >ours || bad "armoring $f"
        decrypt $f "our armored $f"
        age -r "$recipient" -o theirs $f
        "$tool" open key <theirs >back || bad "we do not open age's $f"
        same $f back
        age -a -r "$recipient" -o theirs $f
        "$tool" open key <theirs >back || bad "we do not open age's armored $f"
        same $f back
    done
    "$tool" seal @words <plain >ours || bad "sealing with a passphrase"
    rm -f back
    python3 typed.py age -d -o back ours || bad "age does not open by passphrase"
    same plain back
    rm -f theirs
    python3 typed.py age -p -o theirs plain || bad "age -p"
    "$tool" open @words <theirs >back || bad "we do not open age -p"
    same plain back
    tried=$((tried + 1))
else
    say "skipped: no age here"
fi

# ---- age-encryption ----

cat >hybrid.mjs <<'JS'
import * as age from 'age-encryption'
import { readFileSync, writeFileSync } from 'fs'
const [, , what, ...a] = process.argv
if (what === 'key') {
    const identity = await age.generateHybridIdentity()
    writeFileSync('pqkey', identity + '\n')
    writeFileSync('pqrecipient', await age.identityToRecipient(identity))
} else if (what === 'seal') {
    const e = new age.Encrypter()
    e.addRecipient(readFileSync('pqrecipient', 'utf8'))
    writeFileSync(a[1], await e.encrypt(readFileSync(a[0])))
} else {
    const d = new age.Decrypter()
    d.addIdentity(readFileSync('pqkey', 'utf8').trim())
    writeFileSync(a[1], await d.decrypt(readFileSync(a[0])))
}
JS
if command -v npm >/dev/null && command -v node >/dev/null &&
    timeout 60 npm install --no-audit --no-fund \
        --fetch-retries=0 --fetch-timeout=10000 age-encryption@0.3.1 \
        >npm.log 2>&1 &&
    node hybrid.mjs key 2>node.log; then
    recipient=$(cat pqrecipient)
    for f in plain empty chunk; do
        "$tool" seal "$recipient" <$f >ours || bad "sealing $f, hybrid"
        node hybrid.mjs open ours back || bad "age-encryption does not open our $f"
        same $f back
        node hybrid.mjs seal $f theirs || bad "age-encryption does not seal"
        "$tool" open pqkey <theirs >back || bad "we do not open its $f"
        same $f back
    done
    tried=$((tried + 1))
else
    say "skipped: npm's age-encryption cannot be had here"
fi
[ $tried != 0 ] || exit 77
finish
