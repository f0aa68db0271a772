# SPDX-License-Identifier: Apache-2.0
# device.sh: a field laptop that seals and opens nothing, and its loss
. "$(dirname "$0")/lib.bash"

# a key file costs no Argon2
expect 0 "$SANDUQ" init --key-file key v.sanduq
sq() { "$SANDUQ" -V v.sanduq --key-file key "$@"; }
expect 0 "$SANDUQ" -V v.sanduq card export -o hq.card
key=$("$SANDUQ" -V v.sanduq card show | sed -n 's/^ *fingerprint *//p')
digits=$("$SANDUQ" -V v.sanduq card show | sed -n 's/^ *read out *//p')
field() { "$SANDUQ" -V field.sq "$@"; }

# made for a card that was compared, and for no other
sed 's/^kem ./kem !/' hq.card >broken.card
expect 1 "$SANDUQ" capture init broken.card field.sq --yes
expect 6 "$SANDUQ" capture init hq.card field.sq --fingerprint \
    "aaaa aaaa aaaa aaaa aaaa aaaa aaaa aaaa"
says err "nothing was changed"
expect 2 "$SANDUQ" capture init hq.card field.sq
[ ! -e field.sq ] || bad "a file was made without comparing"
expect 0 "$SANDUQ" capture init hq.card field.sq --fingerprint "$digits"
says out "$digits"
[ "$(stat -c %a field.sq)" = 600 ] || bad "mode of the file"
code=$(sed -n 's/^ *code *//p' out)
device=$(sed -n 's/^ *device *//p' out)
print=$(sed -n 's/^ *its fingerprint *//p' out)
expect 2 "$SANDUQ" capture init hq.card field.sq --yes

# everything that seals works, and everything that reads says why not
printf 'a witness\n' >one.txt
mkdir folder
printf 'x\n' >folder/x.txt
expect 0 field add one.txt
says err "seals to the key"
id=$(cat out)
printf '{"record.code": "K-01", "consent.id": "C-7"}' >form.json
expect 0 field -q add -t testimony --fields form.json
form=$(cat out)
says err "seals to the key"
expect 0 field import folder
says err "nobody can read"
expect 0 field info
says out "$code"
says out "records in it          3"
expect 0 field info --json
says out '"kind":"capture"'
expect 0 field verify
says out "3 record versions"
expect 0 field log show
says out "$id"
expect 0 field log checkpoint -o monday.checkpoint
for what in list "find word" "show $id" "get $id -o back" "export out --all" "amend $id --name x" \
    "withdraw $id" "key list" "card list" "share x --to y"; do
    # shellcheck disable=SC2086
    expect 4 field $what
    says err "nobody can read in it"
done
[ "$(find . -name 'field*' | wc -l)" = 1 ] || bad "files beside field.sq"
if grep -aqF witness field.sq; then bad "plain text in the file"; fi

# the way in: admitted by its code, ended sessions only, twice is once
cp field.sq copy.sq
expect 6 sq receive copy.sq
says err "$print"
expect 6 sq device admit copy.sq --fingerprint "$key"
expect 0 sq device admit "$code" --yes
expect 0 sq device admit "$code" --yes
says err "already"
sha256sum copy.sq >sums
expect 0 sq receive copy.sq
says err "3 records wait"
expect 0 sha256sum -c sums
expect 0 field capture end
says err "its key is destroyed"
cp field.sq copy.sq
mkdir stick
cp copy.sq stick/
expect 0 sq receive stick
says err "3 records taken in"
expect 0 sq receive copy.sq --json
says out '"records":0'
expect 0 sq get "$id" -o back
same one.txt back
expect 0 sq device list
says out "$device"
says out "session 1, entries: 4"
expect 0 "$SANDUQ" verify copy.sq -V v.sanduq --key-file key
says out "this vault has admitted its device"
expect 0 sq verify v.sanduq
says out "3 record versions"

# another organisation's, named as such; --accept takes the fingerprint
expect 0 "$SANDUQ" init --key-file key2 other.sanduq
expect 0 "$SANDUQ" -V other.sanduq card export -o other.card
expect 0 "$SANDUQ" capture init other.card second.sq --yes
expect 0 "$SANDUQ" -V second.sq add one.txt
expect 0 "$SANDUQ" -V second.sq capture end
expect 4 sq receive second.sq
second=$("$SANDUQ" -V second.sq capture introduce 2>err |
    sed -n 's/^ *its fingerprint *//p')
expect 0 "$SANDUQ" -V other.sanduq --key-file key2 receive second.sq \
    --accept "$second"
says err "1 record taken in"

# lost: what it signs from then on stays out, or is marked for ever
cp field.sq before.sq
expect 0 field add one.txt
mark=$(cat out)
# who has it then plants a yes, too: for what was there before
printf '{"consent.id": "C-7", "purpose.un": "yes"}' >yes.json
expect 0 field -q add -t consent --fields yes.json
expect 0 field capture end
cp field.sq later.sq
expect 2 sq device revoke "${device:0:8}" --yes
expect 2 sq device revoke "$device"
expect 2 sq device revoke "$device" --yes --last nonsense
expect 7 sq device revoke "$device" --yes --last 7
expect 0 sq device revoke "$device" --yes --reason "taken at the border"
says out "last good state: session 1"
expect 6 sq receive later.sq
says err "revoked device"
expect 7 sq show "$mark"
expect 0 sq verify v.sanduq
says out "is revoked"
expect 6 sq receive later.sq --untrusted
expect 6 sq verify v.sanduq
says out "untrusted"
expect 0 sq list
says out "[UNTRUSTED] one.txt"
[ "$(grep -c UNTRUSTED out)" = 2 ] || bad "marked: $(cat out)"
expect 0 sq list --json
says out '"untrusted":true'
expect 0 sq show "$mark"
says out "UNTRUSTED: sealed by device $device"
expect 0 sq show "$id"
says_not out "UNTRUSTED"
# no copy leaves as if nothing were
expect 0 sq get "$mark" -o marked.txt
says err "UNTRUSTED: sealed by device $device"
expect 0 sq get "$id" -o unmarked.txt
says_not err "UNTRUSTED"
expect 6 sq export given "$mark" --yes
says err "a revoked device sealed it after its last good state"
[ ! -e given ] || bad "an untrusted record went out"
expect 0 sq export given "$mark" --override --reason test --yes
grep -qF '"untrusted":true' given/records.jsonl || bad "not marked"
expect 6 sq export un "$form" --purpose un --yes
says err "a revoked device sealed it after its last good state"
[ ! -e un ] || bad "a planted consent let it go"
expect 6 sq disclose "$mark" --fields type -o d.txt --yes
expect 6 sq receive before.sq
says err "an older copy"
expect 6 sq device admit "$code" --yes
says err "revoked"

# of a session that never came in whole: it stays with this vault
expect 0 sq card add other.card --name Other --yes
expect 0 "$SANDUQ" capture init hq.card third.sq --yes
third=$("$SANDUQ" -V third.sq capture introduce 2>err |
    sed -n 's/^ *device *//p')
expect 0 "$SANDUQ" -V third.sq add one.txt
alone=$(cat out)
expect 0 sq receive third.sq --unfinished --accept \
    "$("$SANDUQ" -V third.sq capture introduce 2>err |
        sed -n 's/^ *its fingerprint *//p')"
says err "1 record taken in"
expect 0 sq share before "$alone" --to Other --allow-unconfirmed --yes
expect 0 sq device revoke "$third" --yes --last none
expect 3 sq share after "$alone" --to Other --allow-unconfirmed --yes
says err "its session never came in"
expect 6 sq export after "$alone" --yes
finish
