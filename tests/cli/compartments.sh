# SPDX-License-Identifier: Apache-2.0
# compartments.sh: contacts that go to headquarters, seen from the field
. "$(dirname "$0")/lib.bash"

for p in field office other; do
    expect 0 "$SANDUQ" init --key-file "$p.key" "$p.sanduq"
done
at() {
    local who=$1
    shift
    "$SANDUQ" -V "$who.sanduq" --key-file "$who.key" "$@"
}
locked() { "$SANDUQ" -V field.sanduq "$@"; }
for p in office other field; do
    expect 0 at "$p" card export
    cp out "$p.card"
done
fingerprint() { # the digits somebody reads out
    at "$1" card show --json 2>/dev/null |
        python3 -c 'import json, sys
for line in sys.stdin:
    d = json.loads(line)
    if d["type"] == "card":
        print(d["fingerprint"])'
}
pin() { expect 0 at "$1" card add "$2.card" --name "$3" \
    --fingerprint "$(fingerprint "$2")" --yes; }
pin field office Office
pin office field Field
expect 0 at field card add other.card --name Other --yes # not compared
id_of() { # from what add printed
    grep -E '^[0-9a-f]{32}$' "${1:-out}" | head -1
}

# ---- made and changed ----

expect 0 at field key compartment list
says err "there are none"
expect 2 at field key compartment add identities --type contact --without-me --yes
says err "--member NAME"
expect 2 at field key compartment add identities --member Office --type contact \
    --without-me # nobody to say yes
says err "--yes"
expect 6 at field key compartment add identities --member Other --without-me --yes
says err "nobody has compared"
expect 7 at field key compartment add identities --member Nobody --yes
expect 2 at field key compartment add identities --member Office --type consent \
    --without-me --yes
says err "consents cannot go"
expect 0 at field key compartment add identities --member Office --type contact \
    --without-me --yes
says err "field.sanduq.capture seals to the same people now"
expect 0 at field key compartment list
says out "identities: cannot be opened here, only by"
says out "Office (known)"
says out "types: contact"
expect 0 at field key compartment list --json
says out '"own":false'
expect 2 at field key compartment change identities --yes
says err "nothing to change"

# ---- a contact ----

printf '{"name.preferred": "Gulnara", "note": "not by phone"}\n' >contact.json
expect 0 at field add -t contact --fields contact.json
says err "sealed to the compartment identities: nobody can open it here"
contact=$(id_of)
expect 0 at field add -t contact --fields contact.json --json
says out '"compartment":"identities","away":true'
printf 'a letter\n' >letter.txt
expect 0 at field add letter.txt
letter=$(id_of)

expect 0 at field list
says out "(sealed to the compartment identities: cannot be opened here)"
says out letter.txt
says_not out Gulnara
expect 0 at field list -t contact
says err "nothing fits"
expect 0 at field find Gulnara
says_not out "${contact:0:8}"
expect 0 at field show "$contact"
says out "to the compartment identities: nobody can open it here"
says out Office
says_not out Gulnara
says out Custody
expect 0 at field show "$contact" --json
says out '"type":"away"'
expect 4 at field get "$contact" -o nothing
says err 'sealed to the compartment "identities", and nobody can open it here: ask Office'
[ ! -e nothing ] || bad "get made a file"
expect 4 at field show "$contact" --field name.preferred
expect 4 at field amend "$contact" -f note.2=x --reason x
says err "amends"
expect 4 at field tag "$contact" x
expect 0 at field link "$letter" "$contact" --as amends
expect 4 at field link "$contact" "$letter" --as amends
expect 0 "$SANDUQ" -V field.sanduq info
says out "in compartments"
expect 0 "$SANDUQ" verify field.sanduq
expect 0 at field verify field.sanduq
says out "sealed to compartments that this vault is not in"
expect 0 at field export everything --all --override --reason test --yes
says err "sealed to compartments, and cannot be opened here, are not in it: 2"
! grep -rq Gulnara everything || bad "exported"
# nowhere on this disk, as far as anything here can be read
! grep -q "not by phone" field.sanduq field.sanduq.capture || bad "in clear"

# ---- by hand ----

expect 2 at field add -t contact --fields contact.json --compartment default
says err "--yes"
expect 0 at field add -t contact --fields contact.json --compartment default --yes
here=$(id_of)
expect 0 at field show "$here"
says out Gulnara
expect 6 at field tag "$here" word
says err "--compartment"
expect 0 at field amend "$here" --fields contact.json --compartment default --reason x
expect 0 at field add letter.txt --compartment identities --again
says err "nobody can open it here"
expect 7 at field add letter.txt --compartment nothing --again

# ---- while the vault is locked ----

expect 0 locked add -t contact --fields contact.json
says err "sealed to the compartment identities"
held=$(id_of)
expect 0 locked add -t contact --fields contact.json
expect 0 at field list
says err "2 records that were sealed while the vault was locked are now in it"
expect 4 at field get "$held" -o nothing

# ---- to those it is for ----

expect 6 at field share wrong --to Other --allow-unconfirmed "$contact" --yes
says err "only its members can share it"
expect 0 at field share wrong --to Other --allow-unconfirmed --yes
says err "sealed to compartments that not all of them are in: 5"
expect 6 at field share part --to Office "$contact" --only note --yes
says err "whole or not at all"
expect 0 at field share home --to Office --yes
expect 0 at office receive home.bundle.age --yes
expect 0 at office show "$contact"
says out Gulnara
expect 0 at office show "$held"
says out Gulnara
expect 0 at office find Gulnara
says out "${held:0:8}"

# ---- other people from now on; what was sealed stays ----

pin field other Other
expect 0 at field key compartment change identities --member Other --drop Office --yes
expect 0 at field add -t contact --fields contact.json
new=$(id_of)
expect 6 at field share x --to Office "$new" --yes
expect 0 at field key compartment note -o list.note
expect 0 at field key compartment remove identities --yes
says err "seals to the same people now"
expect 0 at field add -t contact --fields contact.json
expect 0 at field show "$(id_of)"
says out Gulnara
expect 4 at field get "$new" -o nothing
expect 1 "$SANDUQ" -V field.sanduq.capture capture compartments contact.json

# ---- a member whose card is revoked: nothing more is sealed to it ----

expect 0 at field key compartment add one --member Other --type testimony --without-me --yes
expect 0 at other card revoke -o other.revoke
expect 0 at field card revoke other.revoke --yes
says err "seals to the same people now"
printf '{"text": "what I saw"}\n' >words.json
expect 6 locked add -t testimony --fields words.json
says err "can be sealed to any more"
expect 6 at field add -t testimony --fields words.json
expect 0 at field key compartment list
says out "nothing is sealed to this card"

# ---- withdrawn ----

expect 0 at field withdraw "$contact" --reason "asked" --yes
expect 0 at field show "$contact"
says out "declared withdrawn"
expect 0 at field verify field.sanduq

# ---- sealed while locked, and a kit after panic ----

expect 0 "$SANDUQ" -V field.sanduq add -t contact --fields contact.json
expect 0 at field list
expect 0 at field backup --kit field.kit
expect 0 "$SANDUQ" -V field.sanduq panic --yes
expect 4 at field list
expect 0 at field restore --kit field.kit
expect 0 at field list
says out "(sealed to the compartment identities: cannot be opened here)"
expect 0 at field verify field.sanduq

finish
