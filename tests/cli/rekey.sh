# SPDX-License-Identifier: Apache-2.0
# rekey.sh: new keys in place, in a new file, and with a withdrawal
. "$(dirname "$0")/lib.bash"

k() { "$SANDUQ" -V v.sanduq --key-file key "$@"; }
n() { "$SANDUQ" -V new.sanduq --key-file new-key "$@"; }
expect 0 "$SANDUQ" init --key-file key v.sanduq
printf 'first words\n' >a.txt
printf 'second words\n' >b.txt
printf 'third words\n' >c.txt
expect 0 k add a.txt -f title=first
one=$(cat out)
expect 0 k add b.txt -f title=second
two=$(cat out)
expect 0 k add c.txt -f title=third
three=$(cat out)

# in place: said before and after, asked, stands in the log
expect 2 k rekey
says err "--yes answers the question"
expect 2 k rekey --kdf minimum --yes
says err "new ways to unlock go into a new file"
expect 0 k rekey --reason "a laptop was away" --yes
says err "needs the page of the old epoch key"
says err "the passphrase stays what it is"
says err "sealed again under new keys: 3 records"
says err "old pages may survive on flash"
says_not err "erased"
says_not err "deleted"
expect 0 k log show
says out "rekey"
says out "a laptop was away"
expect 0 k verify v.sanduq
says out "since the last new keys"

# what the line says of the epochs, computed by another program
cat >epochs.py <<'END'
import hashlib
import sqlite3
import sys

H = lambda b: hashlib.sha256(b).digest()
db = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
whole = b"sanduq.v1/epochs\0"
for i, head, rcpt, wraps in db.execute(
    "SELECT id, head, rcpt, wraps FROM epoch ORDER BY id"
):
    if head[4] != 4:
        whole += i + H(head + H(b"sanduq.v1/rcpts\0" + rcpt) + H(wraps))
(subject,) = db.execute(
    "SELECT subj FROM leaf WHERE kind = 'rekey' ORDER BY idx DESC LIMIT 1"
).fetchone()
sys.exit(H(whole) != subject)
END
if [ -x /usr/bin/python3 ]; then
    expect 0 /usr/bin/python3 epochs.py v.sanduq
else
    say "SKIPPED: no python3 to compute the epoch set hash with"
fi
expect 0 k get "$one" -o -
same out a.txt
expect 0 k find second
says out "b.txt"

# a withdrawal of level 2 is both
expect 0 k withdraw "$two" --level 2 --reason "consent withdrawn" --yes --json
says out '"type":"withdrawn"'
says out '"level":2'
says out '"type":"rekeyed"'
says out '"epochs_gone":1'
expect 7 k get "$two" -o -
expect 0 k verify v.sanduq
expect 2 k withdraw "$one" --level 2 --into x.sanduq --yes
expect 2 k withdraw "$one" --level 3 --yes
says err "--into NEW"

# level 3: a new file, and what is to be done with the old one
expect 0 k withdraw "$three" --level 3 --into new.sanduq --new-key-file new-key \
    --reason "asked again" --yes
says err "the next card and new ways to unlock"
says err "to be destroyed now, by you: v.sanduq"
says err "with an old passphrase"
says out "key of the new vault:"
expect 0 n get "$one" -o -
same out a.txt
expect 7 n get "$three" -o -
expect 0 n verify new.sanduq
says out "generation 2"
says out "since the last new keys"
expect 4 "$SANDUQ" -V new.sanduq --key-file key list
expect 0 k get "$one" -o -
expect 0 n info
says out "2"
# the old key file is no new way in
expect 2 k rekey other.sanduq --again --new-key-file key --yes
says err "opens the old vault"
[ -e other.sanduq ] && bad "a file was made that the old key file opens"
# one successor; the old file does not renew its card any more
expect 2 k rekey new.sanduq --new-key-file k2 --yes
says err "there already"
expect 6 k rekey other.sanduq --new-key-file k2 --yes
says err "a file with the next card was made from this vault already"
[ -e k2 ] && bad "a key file was left that opens nothing"
[ -e other.sanduq ] && bad "a file was left"
expect 6 k card renew --yes
expect 0 n log show
says out "genesis"
says out "asked again"

# the old card's secret, until everyone was told
expect 2 n rekey --forget-old-cards
says err "--yes answers the question"
expect 2 n rekey x.sanduq --forget-old-cards --yes
draft=new.sanduq.draft-00112233445566778899aabbccddeeff
printf 'sealed to the old card\n' >"$draft"
expect 6 n rekey --forget-old-cards --yes
says err "1 drafts lie beside the vault"
rm "$draft"
expect 0 n rekey --forget-old-cards --yes
says err "as a way in are then opened with it by nobody"
says err "secrets of older cards destroyed here: 1"
says err "can then be opened by nobody"
expect 7 n rekey --forget-old-cards --yes
expect 0 n get "$one" -o -
same out a.txt
expect 0 n verify new.sanduq

# with a passphrase
expect 0 n rekey pass.sanduq --kdf minimum --new-passphrase-file pw --yes --json
says out '"level":3'
says out '"generation":3'
expect 0 "$SANDUQ" -V pass.sanduq --passphrase-file pw get "$one" -o -
same out a.txt
finish
