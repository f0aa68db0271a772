# SPDX-License-Identifier: Apache-2.0
# verify_bundle.sh: what a bundle shows without a secret, and with its vault
. "$(dirname "$0")/lib.bash"
check=$(realpath "${SRC:-.}")/tests/cli/bundle_check.py
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import hashlib, sqlite3' 2>/dev/null && python=$p && break
done
new_vault a.sanduq
new_vault b.sanduq
a() { "$SANDUQ" -V a.sanduq --passphrase-file pw "$@"; }
b() { "$SANDUQ" -V b.sanduq --passphrase-file pw "$@"; }
plain() { a --yes share "$@" --to bob --plain-container --allow-unconfirmed; }
expect 0 a card export -o a.card
expect 0 b card export -o b.card
expect 0 a --yes card add b.card --name bob
printf 'letter one\n' >l.txt
head -c 1500000 /dev/urandom >p.bin
expect 0 a add -f title=One l.txt
one=$(head -c 32 out)
expect 0 a add -f title=Photo p.bin
expect 0 a amend "$one" -f title=Two
expect 0 plain x
expect 0 plain part "$one" --only title

# without a secret
mkdir closed && cp x.bundle closed/ && chmod 500 closed
expect 0 "$SANDUQ" verify closed/x.bundle
[ "$(ls closed)" = x.bundle ] || bad "something lies beside the bundle"
chmod 700 closed
says out "2 whole, 0 in part, 1 heads only"
says out "for at most 4 recipients"
says out "(not compared)"
says out "that needs the recipient's vault"
says_not out "verified"
says_not out "bob"
says err "--card says whose bundle"
expect 0 "$SANDUQ" verify x.bundle --card a.card
says out "(compared)"
expect 6 "$SANDUQ" verify x.bundle --card b.card
says out "signed by another key than the one that was given"
expect 0 a log checkpoint
cp out point
expect 6 "$SANDUQ" verify x.bundle --since point
says out "a bundle holds no log"
expect 0 "$SANDUQ" --json verify part.bundle
says out '"bundle":true'
says out '"partial":1'

# a second reader, from the format's text alone
if [ -n "$python" ]; then
    expect 0 "$python" "$check" x.bundle
    says out "3 entries"
    expect 0 "$python" "$check" part.bundle
fi

# as its recipient, and as someone else
cp b.sanduq before
expect 0 b verify x.bundle
same before b.sanduq
says out "not compared with a card"
says out "sealed to this vault, as the sender meant it"
says out "2 record versions opened"
expect 0 b verify part.bundle
says out "1 record versions opened"
expect 6 a verify x.bundle
says out "sealed to others"
printf 'wrong\n' >wrong
expect 4 "$SANDUQ" -V b.sanduq --passphrase-file wrong verify x.bundle
expect 2 "$SANDUQ" --passphrase-file pw verify x.bundle
says err "a bundle opens with its recipient's vault"

# changed, cut, planted
if [ -n "$python" ]; then
    sql() {
        cp x.bundle y.bundle
        "$python" -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1])
d.executescript(sys.argv[2]); d.close()' y.bundle "$1"
    }
    for change in \
        "UPDATE segment SET ct = zeroblob(length(ct)) WHERE n = 0" \
        "DELETE FROM proof WHERE rid = (SELECT max(rid) FROM wrap)" \
        "DELETE FROM segment WHERE n = 1" \
        "UPDATE log SET note = replace(note, 'log ', 'lag ')" \
        "INSERT INTO slot VALUES(zeroblob(16), zeroblob(152))" \
        "PRAGMA journal_mode=WAL"; do
        sql "$change"
        expect 3 "$SANDUQ" verify y.bundle
        says out "DOES NOT MATCH"
        says_not out "unchanged since it was sealed; signed"
        expect 3 b verify y.bundle
    done
fi
head -c 50000 x.bundle >y.bundle
expect 3 "$SANDUQ" verify y.bundle

# whom the opening vault has pinned, compared or not
expect 0 b --yes card add a.card --name "Anar"
expect 0 b verify x.bundle
says out "for Anar, not compared yet"
says out "(not compared)"
expect 0 "$SANDUQ" --json verify x.bundle
shown=$(sed -n 's/.*"fingerprint":"\([^"]*\)".*/\1/p' out | tail -1)
expect 0 b card add a.card --fingerprint "$shown"
expect 0 b verify x.bundle
says out "signed by Anar, whose card was compared in this vault"
says out "(compared)"
expect 6 b verify x.bundle --card b.card

# sealed with age: the default
expect 0 a --yes share z --to bob --allow-unconfirmed --again
expect 4 "$SANDUQ" verify z.bundle.age
says err "nothing can be judged from outside"
says err "sanduq receive"

# commands that take something else say what it is
expect 1 "$SANDUQ" -V x.bundle info
says err "is a bundle, not a vault"
says err "sanduq receive"
expect 2 a add x.bundle
says err "x.bundle is a bundle"
says err "sanduq receive"
finish
