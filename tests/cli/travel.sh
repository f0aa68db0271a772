# SPDX-License-Identifier: Apache-2.0
# travel.sh: over a border and back: prepare, answer, finish; shares, and
# headquarters over mail and telephone
. "$(dirname "$0")/lib.bash"
here=$(realpath "${SRC:-.}")/tests/cli

mkdir office trip stick far
"$SANDUQ" -q init --no-recovery --key-file hq.key office/hq.sanduq >/dev/null ||
    exit 1
"$SANDUQ" -q init --no-recovery --key-file me.key trip/v.sanduq >/dev/null ||
    exit 1
hq() { "$SANDUQ" -V office/hq.sanduq --key-file hq.key "$@"; }
me() { "$SANDUQ" -V trip/v.sanduq --key-file me.key "$@"; }
letters() { sed -n 's/.*"letters":"\([^"]*\)".*/\1/p' | head -n 1; }
expect 0 hq card export -o hq.card
expect 0 me card export -o me.card
expect 0 me card add hq.card --name office \
    --fingerprint "$(hq card show --json | letters)"
expect 0 hq card add me.card --name me \
    --fingerprint "$(me card show --json | letters)"
printf 'what was said\n' >said.txt
printf 'what goes along\n' >along.txt
me -q add -t note -f title=stays said.txt >/dev/null 2>&1
along=$(me -q add -t note -f title=along along.txt 2>/dev/null)

# ---- what prepare refuses
new=trip/trip.sanduq
expect 2 me --yes travel prepare $new
says err "without a way back"
expect 7 me --yes travel prepare $new --to nobody
expect 2 me --yes travel prepare $new --to office --with "${along:0:12}"
says err "whole id"
expect 2 me travel prepare $new --to office
says err "no terminal"
expect 2 me --yes travel prepare $new --ask --to office --to-shares 2/3
[ -e $new ] && bad "something was made"

# ---- prepare: nothing is done before a way back is proved
expect 6 me --yes travel prepare $new --to office --to-shares 2/3 \
    --sheets stick/sheets --text --with "$along" -o challenge.txt \
    --reason "to the conference"
says err "NOT DONE"
says err "goes along, and lies in the travel file: $along"
says err "$new.capture"
for f in $new $new.capture $new.travel challenge.txt; do
    [ -e "$f" ] || bad "$f is missing"
done
expect 4 "$SANDUQ" -V $new --key-file me.key list
expect 0 me list
expect 2 me --yes travel prepare $new --to office
expect 0 "$SANDUQ" verify $new
# the plan has neither secret nor name
says_not $new.travel office
expect 6 "$SANDUQ" travel finish $new
says out "NOT PROVED"
says out "trip/v.sanduq"
says err "NOT FINISHED"

# ---- headquarters, by mail that broke the lines
{
    printf 'Dear office,\r\n\r\n'
    fold -w 70 challenge.txt | sed 's/^/> /; s/$/\r/'
    printf -- '-- \r\nme\r\n'
} >mail.txt
expect 4 me --yes travel answer mail.txt
expect 2 hq travel answer mail.txt
expect 0 hq --yes travel answer mail.txt -o answer.txt
says err "pinned here as me (known)"
says err "a person can be forced to"
head -c 700 challenge.txt >cut.txt
expect 1 hq --yes travel answer cut.txt
says err "characters are missing at the end"
expect 1 hq --yes travel answer answer.txt
says err '"answer"'
# not what unlocks, and that is not answered either
expect 1 hq --yes recover --grant challenge.txt --heard 1
says err '"challenge"'

# ---- finish
sed 's/answer Z/answer Y/; t; s/answer ./answer Z/' answer.txt >forged.txt
expect 6 "$SANDUQ" travel finish $new --answer forged.txt
says err "not the answer to the challenge"
expect 6 "$SANDUQ" travel finish $new --answer answer.txt
says out "headquarters answered a challenge"
says err "NOT FINISHED"
says out "sanduq panic --file -V '$work/trip/v.sanduq'"
expect 6 "$SANDUQ" --json travel finish $new
says out '"what":"vault","key":true'
says out '"what":"state","key":true'
says out '"what":"share","key":true'
says out '"finished":false'
says out '"exit":6'
share=$(ls stick/sheets/*a.txt)
other=$(ls stick/sheets/*c.txt)
expect 4 "$SANDUQ" travel finish $new "$share" </dev/null
expect 6 "$SANDUQ" travel finish $new "$share" "$other"
says out "shares were typed in and opened it"
mkdir paper
mv stick/sheets/* paper # to those who keep them
me -q backup far/copy.sanduq
expect 0 "$SANDUQ" panic --file --yes -V trip/v.sanduq
rm -f challenge.txt mail.txt cut.txt answer.txt forged.txt me.key
rm -rf state
expect 6 "$SANDUQ" travel finish $new --look far
says out "far/copy.sanduq"
rm far/copy.sanduq
# headquarters' vault on the same machine opens it, if it opens
says_not err "another vault lies here"
expect 0 "$SANDUQ" travel finish $new --look far --look office
says err "another vault lies here: if its card is the way back"
# shares that are typed in out of files lie here, wherever that is
expect 6 "$SANDUQ" travel finish $new paper/*a.txt paper/*c.txt
says out "shares, as many as are needed to open it"
expect 0 "$SANDUQ" travel finish $new --look far
says err "nothing that was found here opens"
says_not $new.travel left
expect 0 "$SANDUQ" travel finish $new

# ---- over the border: what is collected goes in and does not come out
printf 'on the way\n' >way.txt
expect 0 "$SANDUQ" -V $new add way.txt
rm way.txt
mv trip/trip.sanduq trip/trip.sanduq.capture far
rm -rf trip state
new=far/trip.sanduq
cp -r far again

# ---- headquarters over a bad line
expect 0 "$SANDUQ" -V $new recover --request --keep secret.txt -o request.txt
number=$(sed -n 's/^sanduq: *\([0-9]\{5\}\( [0-9]\{5\}\)*\)$/\1/p' err)
[ ${#number} = 59 ] || bad "no number to read out: $(cat err)"
expect 2 "$SANDUQ" -V $new recover --request --check
expect 2 "$SANDUQ" -V $new recover --keep secret.txt
expect 6 hq --yes recover --grant request.txt --heard "${number%?}x" -o unlock.txt
[ -e unlock.txt ] && bad "an answer although the number was wrong"
expect 0 hq --yes recover --grant request.txt --heard "$number" -o unlock.txt \
    --reason "spoke to her, she is safe"
expect 0 hq log show
says out "spoke to her"
# a thief's request for the same file is another one
expect 0 "$SANDUQ" -V again/trip.sanduq recover --request --keep thief.txt \
    -o thief-request.txt
expect 4 "$SANDUQ" -V again/trip.sanduq recover --answer unlock.txt \
    --keep thief.txt --new-passphrase-file pw --kdf minimum
sed 's/$/\r/' unlock.txt | fold -w 40 >unlock.mail
expect 0 "$SANDUQ" -V $new recover --answer unlock.mail --keep secret.txt \
    --new-passphrase-file pw --kdf minimum
says err "only a new file leaves behind: sanduq rekey NEW"
[ -e secret.txt ] && bad "the secret of the request is still there"
expect 0 "$SANDUQ" -V $new --passphrase-file pw list
says out along.txt
says out way.txt
says_not out said.txt
expect 0 "$SANDUQ" verify $new

# ---- or shares
rm -rf state
expect 0 "$SANDUQ" -V again/trip.sanduq recover paper/*a.txt paper/*d.txt \
    --new-passphrase-file pw --kdf minimum
expect 0 "$SANDUQ" -V again/trip.sanduq --passphrase-file pw list
says out way.txt

# ---- whose card nobody compared, or that was revoked, is said
expect 0 "$SANDUQ" -q init --no-recovery --key-file n.key n.sanduq
n() { "$SANDUQ" -V n.sanduq --key-file n.key "$@"; }
expect 0 n card export -o n.card
expect 0 n card add hq.card --name office \
    --fingerprint "$(hq card show --json | letters)"
expect 0 hq --yes card add n.card --name newcomer
expect 6 n --yes travel prepare n-trip.sanduq --to office -o n-challenge.txt
expect 0 hq --yes travel answer n-challenge.txt
says err "nobody compared that card with its owner"

# ---- hostile: no text, a folder, much of it, another's
expect 1 hq --yes travel answer /dev/null
head -c 400000 /dev/zero | tr '\0' 'a' >big.txt
expect 2 hq --yes travel answer big.txt
expect 2 hq --yes travel answer .
printf 'sanduq.v1/unlock-request\n%08000d' 0 >zeros.txt
expect 1 hq --yes recover --grant zeros.txt --heard 1
expect 1 "$SANDUQ" travel finish hq.card
ln -s $new link.sanduq
expect 6 "$SANDUQ" travel finish $new # its bearer has a passphrase now
says out "its bearer can open it"

# ---- on a terminal: shares typed in, and a request that waits
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done
if [ -n "$python" ]; then
    SANDUQ=$SANDUQ timeout 120 "$python" "$here/travel.py" ||
        bad "a conversation went wrong"
fi
finish
