# SPDX-License-Identifier: Apache-2.0
# withdraw_notice.sh: asking others to withdraw, their decisions and answers
. "$(dirname "$0")/lib.bash"

a() { "$SANDUQ" -V a.sanduq --key-file a.key "$@"; }
b() { "$SANDUQ" -V b.sanduq --key-file b.key "$@"; }
c() { "$SANDUQ" -V c.sanduq --key-file c.key "$@"; }
for who in a b c; do
    expect 0 "$SANDUQ" init --key-file "$who.key" "$who.sanduq"
done
print_of() {
    "$1" card show --json 2>/dev/null |
        sed -n 's/.*"letters":"\([^"]*\)".*/\1/p' | head -n 1
}
# know WHO OF NAME: the card, compared
know() {
    "$2" card export -o "$2-$1.card" >/dev/null 2>&1
    expect 0 "$1" card add "$2-$1.card" --name "$3" --fingerprint "$(print_of "$2")"
}
know a b bota
know a c canat
know b a aina
know c a aina

printf 'secret words\n' >t.txt
expect 0 a add t.txt -f title=first
one=$(cat out)
printf 'more words\n' >u.txt
expect 0 a add u.txt -f title=second
two=$(cat out)
printf 'third words\n' >w.txt
expect 0 a add w.txt -f title=third
three=$(cat out)
expect 0 a share for-b "$one" "$two" "$three" --to bota --yes
expect 0 a share for-c "$two" --to canat --yes
mkdir receipts
expect 0 b receive for-b.bundle.age --receipt receipts
expect 0 c receive for-c.bundle.age

# receipts come back, and are told
expect 0 a withdraw --status
says out "no receipt"
says_not out "receipt of"
expect 0 a receive receipts
expect 0 a withdraw --status
says out "receipt of"
expect 6 c receive receipts # its signer is nobody to c

# one thing at a time
expect 2 a withdraw --requests --status
expect 2 a withdraw --requests "$one"
expect 2 a withdraw "$one" --answer hide
expect 2 a withdraw
expect 2 a withdraw "${one:0:8}" --hold
expect 7 a withdraw --decide 00000000 --answer hide -o x
[ ! -e x ] || bad "a file was made for no answer"

# a record is withdrawn here first, or with it; the reason goes along
expect 7 a withdraw "$one" --lift -o lift.txt
[ ! -e lift.txt ] || bad "a file was made for nothing"
expect 2 a withdraw "$one" --notify ask.txt
[ ! -e ask.txt ] || bad "a request was written without a yes"
expect 0 a withdraw "$one" --reason "she changed her mind" --notify ask.txt --yes
says err "the reason stands in the request"
says ask.txt "sanduq.v1/withdraw"
[ "$(stat -c %a ask.txt)" = 600 ] || bad "mode of the request"
expect 2 a withdraw "$one" --notify ask.txt --yes # nothing is written over
expect 0 a withdraw "$one" --reason "she changed her mind" --notify again.txt --yes
same ask.txt again.txt
expect 0 a withdraw "$one" --status
says out "has not answered"
says out "not answered: 1"

# it hides at once, and nothing else happens
expect 0 b receive ask.txt
expect 0 b receive ask.txt
expect 0 b list
says_not out "t.txt"
says out "u.txt"
expect 7 b show "$one"
expect 7 b get "$one" -o back
expect 0 b withdraw --requests
says out "hidden, to be decided"
says out "she changed her mind"
says out "$one"
says_not err "unusually"
expect 0 b withdraw --requests --json
says out '"state":"pending"'
request=$(sed -n 's/.*"request":"\([0-9a-f]*\)".*/\1/p' out | head -n 1)

# not before its time; not at all under a hold
expect 6 b withdraw --decide "${request:0:12}" --answer destroy -o no.txt --yes
says err "waiting time"
[ ! -e no.txt ] || bad "an answer was written for nothing"
expect 0 b withdraw "$one" --hold
expect 6 b withdraw --decide "${request:0:12}" --answer destroy --now -o no.txt --yes
says err "under a hold"
expect 7 b withdraw "$one" --yes # hidden: the request is decided
says err "--requests"
expect 0 b withdraw "$one" --unhold
expect 0 b withdraw "$two" --hold
expect 6 b withdraw "$two" --yes
says err "under a hold"
expect 0 b withdraw "$two" --unhold
# --now is confirmed by typing, and without a terminal not at all
expect 2 b withdraw --decide "${request:0:12}" --answer destroy --now -o no.txt
says err "forced"
expect 0 b withdraw --decide "${request:0:12}" --answer refuse -o refused.txt
expect 0 b list
says out "t.txt"
expect 0 b withdraw --decide "${request:0:12}" --answer destroy --now -o gone.txt --yes
says err "destroyed here"
expect 0 b list
says_not out "t.txt"
expect 0 b verify b.sanduq
expect 0 b receive for-b.bundle.age
expect 0 b list
says_not out "t.txt"

# the answers come back, in whatever order: the last one counts
expect 0 a receive gone.txt
expect 0 a receive refused.txt
expect 0 a withdraw "$one" --status
says out "says it is destroyed there"
says out "not answered: 0"
expect 0 a withdraw --status --json
says out '"answer":"destroyed"'

# the next bundle takes a request along, to each who was given it
expect 0 a withdraw "$two" --notify ask2.txt --yes
printf 'new words\n' >n.txt
expect 0 a add n.txt
new=$(cat out)
expect 0 a share next-b "$new" --to bota --yes
expect 0 a share next-c "$new" --to canat --yes
expect 0 c list
says out "u.txt"
expect 0 c receive next-c.bundle.age
expect 0 c list
says_not out "u.txt"
says out "n.txt"
expect 0 b receive next-b.bundle.age
expect 0 b list
says_not out "u.txt"
expect 0 a withdraw "$two" --status
says out "a bundle took the request along"

# and it is taken back
expect 0 a withdraw "$two" --lift -o lift.txt
expect 0 b receive lift.txt
expect 0 b list
says out "u.txt"
expect 0 b withdraw --requests
says out "taken back by its signer"
expect 0 a withdraw "$two" --status
says out "(taken back)"

# before the record: hidden when it comes
expect 0 a withdraw "$three" --notify ask3.txt --yes
expect 0 c receive ask3.txt
expect 0 c withdraw --requests
says out "not here yet: 1"

# nobody else's request counts, nor one that was changed
sed 's/^date .*/date 1/' ask3.txt >forged.txt
expect 3 b receive forged.txt
expect 0 b list
says out "w.txt"
expect 0 b withdraw --waiting 3
expect 2 b withdraw --waiting 0
for who in a b c; do expect 0 "$SANDUQ" verify "$who.sanduq"; done
finish
