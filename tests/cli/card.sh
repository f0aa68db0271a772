# SPDX-License-Identifier: Apache-2.0
# card.sh: one's own card, other people's cards, the next one, revoked ones
. "$(dirname "$0")/lib.bash"
script=$(realpath "${SRC:-.}")/tests/cli/card.py
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done

# key files: no Argon2 to wait for
new_vault() { expect 0 "$SANDUQ" init --key-file key "${1:-v.sanduq}"; }
sq() { "$SANDUQ" -V v.sanduq --key-file key "$@"; }
so() { "$SANDUQ" -V other.sanduq --key-file key "$@"; }
new_vault
new_vault other.sanduq

# one's own card: public, works locked
expect 0 "$SANDUQ" -V v.sanduq card show
letters=$(sed -n 's/^  fingerprint  *//p' out)
digits=$(sed -n 's/^  read out  *//p' out)
says out "this vault's own"
expect 0 "$SANDUQ" -V v.sanduq --json card show
says out '"state":"own"'
says out "\"letters\":\"$letters\",\"digits\":\"$digits\""
hex=$(sed -n 's/.*"fingerprint":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 "$SANDUQ" -V v.sanduq card export -o my.card
expect 2 "$SANDUQ" -V v.sanduq card export -o my.card
expect 0 "$SANDUQ" -V v.sanduq card export
same out my.card
expect 0 "$SANDUQ" -V v.sanduq card export --age
[ "$(head -c 7 out)" = age1pq1 ] || bad "age recipient"
[ "$(wc -c <out)" = 1960 ] || bad "length of the age recipient"

# what the fingerprint is, by other tools: SHA-256 of the text, in bech32's
# alphabet, and two bytes to a number
if [ -n "$python" ]; then
    "$python" - my.card "$letters" "$digits" "$hex" <<'END' || bad "the fingerprint is another"
import hashlib, sys
note = open(sys.argv[1], 'rb').read()
h = hashlib.sha256(note[:note.index(b'\n\n') + 1]).digest()
bits = bin(int.from_bytes(h[:20], 'big'))[2:].zfill(160)
a = ''.join('qpzry9x8gf2tvdw0s3jn54khce6mua7l'[int(bits[i:i + 5], 2)]
            for i in range(0, 160, 5))
assert sys.argv[2] == ' '.join(a[i:i + 4] for i in range(0, 32, 4))
assert sys.argv[3] == ' '.join('%05d' % int.from_bytes(h[i:i + 2], 'big')
                               for i in range(0, 20, 2))
assert sys.argv[4] == h.hex()
END
fi

# as a code: read back by another program
expect 0 "$SANDUQ" -V v.sanduq card qr --short
[ "$(wc -l <out)" = 19 ] || bad "37 modules in 19 lines"
expect 0 "$SANDUQ" -V v.sanduq card qr
[ "$(wc -l <out)" = 77 ] || bad "153 modules in 77 lines: $(wc -l <out)"
expect 0 "$SANDUQ" -V v.sanduq card qr -o card.png
expect 0 "$SANDUQ" -V v.sanduq card qr --short -o short.png
expect 2 "$SANDUQ" -V v.sanduq card qr -o card.png
expect 2 "$SANDUQ" -V v.sanduq --json card qr
if command -v zbarimg >/dev/null; then
    zbarimg -q --raw -Sbinary --oneshot card.png >card.back 2>err
    same card.back my.card
    zbarimg -q --raw --oneshot short.png >short.back 2>err
    [ "$(cat short.back)" = "$letters" ] || bad "fingerprint code: $(cat short.back)"
else
    say "skipped: no zbarimg to read the codes back"
fi

# somebody else's: no answer, no pin
mkdir away
mv my.card away/
expect 2 so card add away/my.card --name Aina
says err "use --fingerprint"
expect 0 so card list
says err "no card is pinned"
expect 6 so card add away/my.card --name Aina --fingerprint "${digits%?}0x"
expect 6 so card add away/my.card --name Aina --fingerprint "${letters%%?}"
expect 0 so --yes card add away/my.card --name Aina
says out "$letters"
says out "$digits"
says err '"Aina": not compared'
says_not err "same folder"
expect 0 so card add away/my.card --fingerprint "$digits"
says err '"Aina": compared by you'
expect 0 so --json card list
says out '"name":"Aina","state":"known"'
if grep -aq Aina other.sanduq; then bad "the name lies in the file"; fi
expect 0 so card show Aina
says out "compared by you"
expect 0 so card export Aina
same out away/my.card
expect 7 so card show Nobody
expect 2 so card add away/my.card --name Bolat --fingerprint "$hex"
expect 2 sq card add away/my.card --name me --fingerprint "$hex" # one's own
says err "this is a card of this vault"

# where it lies
cp away/my.card beside.card
expect 0 so --yes card add beside.card
says err "card taken from the same folder: says nothing about who"
: >away/from-them.bundle
expect 0 so --yes card add away/my.card
says err "card taken from the same folder: says nothing about who"
rm away/from-them.bundle

# what is no card
head -c 100 away/my.card >cut.card
expect 1 so --yes card add cut.card --name X
sed 's/^sign ./sign A/' away/my.card >bad.card
expect_not_pinned() { expect 0 so card list; says_not out X; }
so --yes card add bad.card --name X >out 2>err </dev/null && bad "a changed card"
expect_not_pinned
head -c 100000 /dev/zero >zero.card
so --yes card add zero.card --name X >out 2>err </dev/null && bad "zeros"
expect_not_pinned

# a card may be kept as a record too: it is said how it would be pinned
expect 0 so add away/my.card
says err "sanduq card add pins it under a name"

# a revocation made beforehand; the next card; a locked vault meanwhile
expect 0 sq card revoke -o stolen.note
says err "nothing is revoked yet"
[ "$(sed -n 3p stolen.note)" = "last -" ] || bad "last: $(cat stolen.note)"
printf 'before\n' >before.txt
expect 2 sq card renew
says err "--yes answers"
expect 0 "$SANDUQ" -V v.sanduq add before.txt
expect 0 sq --yes card renew --reason "the laptop was away"
says out "generation       2"
says err "made anew: it seals to the vault's new card"
new=$(sed -n 's/^  fingerprint  *//p' out)
expect 0 "$SANDUQ" -V v.sanduq add before.txt
says err "seals to the key $new"
expect 0 sq list
says err "sealed while the vault was locked"
expect 0 sq verify v.sanduq
says out "generation 2"
says_not out "device not confirmed"
expect 0 "$SANDUQ" verify v.sanduq.capture
expect 0 "$SANDUQ" -V v.sanduq card export -o away/my-2.card
expect 0 so --yes card add away/my-2.card
says err '"Aina": continues, not confirmed'
expect 0 so card show Aina
says out "continues, not confirmed"

# the old key in wrong hands
expect 0 so --yes card revoke stolen.note
says err '"Aina": REVOKED by its own key'
expect 6 so card add away/my.card --fingerprint "$digits"
expect 0 so card list
says out "REVOKED"
says out "not compared"
sed 's/ card 1$/ card 2/' stolen.note >forged.note
expect 3 so --yes card revoke forged.note
expect 0 sq --yes card revoke stolen.note
expect 0 sq verify v.sanduq
says out "card of generation 1 is revoked"
expect 2 so card revoke
expect 2 so card revoke stolen.note -o x

# two successors of one card: a copy of the vault, renewed too
new_vault twin.sanduq
st() { "$SANDUQ" -V "$1" --no-state --key-file key "${@:2}"; }
cp twin.sanduq copy.sanduq
expect 0 "$SANDUQ" -V twin.sanduq card export -o away/t1.card
expect 0 st twin.sanduq --yes card renew
expect 0 st copy.sanduq --yes card renew
expect 0 "$SANDUQ" -V twin.sanduq card export -o away/t2.card
expect 0 "$SANDUQ" -V copy.sanduq card export -o away/c2.card
expect 0 so --yes card add away/t1.card --name Twin
expect 0 so --yes card add away/t2.card
expect 3 so --yes card add away/c2.card
says err "somebody else has this"
expect 0 so card list
[ "$(grep -c 'Twin.*REFUSED' out)" = 2 ] || bad "both refused: $(cat out)"
expect 0 so --yes card remove Twin
expect 0 so card list
says_not out Twin
expect 0 so verify other.sanduq

# on a terminal
if [ -n "$python" ]; then
    expect 0 "$SANDUQ" -V twin.sanduq --json card show
    timeout 100 "$python" "$script" "$(sed -n 's/.*"letters":"\([^"]*\)".*/\1/p' out)" ||
        bad "a conversation went wrong"
fi
finish
