# SPDX-License-Identifier: Apache-2.0
# verify_texts.sh: what vaults give each other besides records, judged by anyone
. "$(dirname "$0")/lib.bash"
for v in a b; do
    expect 0 "$SANDUQ" init --kdf minimum --passphrase-file pw $v.sanduq
done
on() { local v=$1; shift; "$SANDUQ" -V $v.sanduq --passphrase-file pw "$@"; }
for v in a b; do expect 0 on $v card export -o $v.card; done
expect 0 on a --yes card add b.card --name bola --fingerprint "$(
    "$SANDUQ" --json verify b.card | sed -n 's/.*"fingerprint":"\([^"]*\)".*/\1/p')"
expect 0 on b --yes card add a.card --name asel --fingerprint "$(
    "$SANDUQ" --json verify a.card | sed -n 's/.*"fingerprint":"\([^"]*\)".*/\1/p')"
expect 0 on a add -t testimony -f title=one -f place=somewhere
one=$(head -c 32 out)
expect 0 on a --yes share x --to bola --plain-container
mkdir receipts
expect 0 on b --yes receive x.bundle --receipt receipts
cp receipts/* receipt.txt

# judge FILE KIND SIGNER OTHER: without a card, with the right and a wrong one
judge() {
    expect 6 "$SANDUQ" verify "$1"
    says out "NOT CHECKED"
    expect 0 "$SANDUQ" verify "$1" --card "$3"
    says out "(compared)"
    says_not out "NOT CHECKED"
    expect 6 "$SANDUQ" verify "$1" --card "$4"
    says out "NOT CHECKED"
    expect 0 "$SANDUQ" --json verify "$1" --card "$4" --card "$3"
    says out "\"text\":\"$2\""
    mv out told
    # one digit of what it says, then one of the signature
    sed '0,/[1-8]/s//9/;2,3s/[0-8]/9/g' "$1" >changed
    "$SANDUQ" verify changed --card "$3" >out 2>err
    [ $? != 0 ] || bad "$1: a changed text holds"
    sed '$s/\(.*\)[A-Z]\([^A-Z]*\)$/\1z\2/' "$1" >changed
    expect 3 "$SANDUQ" verify changed --card "$3"
}
judge receipt.txt receipt b.card a.card
says told '"name":"records","type":"number","state":"value","value":1'

expect 0 on a --yes withdraw "$one" --reason 'they asked' --notify ask.txt
judge ask.txt withdraw a.card b.card
says told "they asked"
expect 0 on b receive ask.txt
expect 0 on b --json withdraw --requests
request=$(sed -n 's/.*"request":"\([0-9a-f]*\)".*/\1/p' out | head -n 1)
expect 0 on b --yes withdraw --decide "$request" --answer hide -o answer.txt
judge answer.txt ack b.card a.card
says told '"value":"hidden"'

expect 0 on a card revoke -o revoke.txt
expect 6 "$SANDUQ" verify revoke.txt
expect 0 "$SANDUQ" verify revoke.txt --card a.card
expect 6 "$SANDUQ" verify revoke.txt --card b.card

# a record of others, and a part of one, disclosed by whoever has it
expect 0 on a add -t testimony -f title=two -f place=somewhere -f note=kept
two=$(head -c 32 out)
expect 0 on a --yes share y --to bola --plain-container --only place,title
expect 0 on b --yes receive y.bundle
expect 0 on b --yes disclose "$two" --fields place -o part.txt
says err "another vault"
expect 7 on b --yes disclose "$two" --fields note -o more.txt
expect 0 "$SANDUQ" verify part.txt --card a.card
says out "somewhere"
expect 6 "$SANDUQ" verify part.txt --card b.card
# checkpoints of several logs in one file, as `log checkpoint` writes them
expect 0 on a log checkpoint -o one.checkpoint
expect 0 on b log checkpoint -o two.checkpoint
cat one.checkpoint two.checkpoint >both.checkpoint
for c in "" "--card a.card"; do
    expect 6 "$SANDUQ" verify both.checkpoint $c
    says_not out "FAILED"
    for f in one two; do says out "log $(head -n 1 $f.checkpoint) with"; done
    says out "signatures of 2 checkpoints not checked"
done
# the key of a log signed two states of one size: a fork, whoever shows it
cp a.sanduq c.sanduq
cp -r "$XDG_STATE_HOME" before
expect 0 on a add -t testimony -f title=four -f place=there
XDG_STATE_HOME=$PWD/before expect 0 on c add -t testimony -f title=three -f place=elsewhere
for v in a c; do
    expect 0 on $v log checkpoint
    head -n 5 out >$v.checkpoint # of its own log: sessions have theirs
done
expect 0 on a log prove "$one" --log a.vkey
{ echo "log $(cat a.vkey)"; echo "quorum none"; } >policy.txt
expect 0 "$SANDUQ" verify a.checkpoint --policy policy.txt
cat c.checkpoint a.checkpoint >fork.checkpoint
expect 3 "$SANDUQ" verify fork.checkpoint --policy policy.txt
says out "signed two states of"
cat a.checkpoint a.checkpoint >fork.checkpoint
expect 0 "$SANDUQ" verify fork.checkpoint --policy policy.txt
expect 6 "$SANDUQ" verify both.checkpoint --policy policy.txt
for tail in x '\n' '\nsanduq.invalid/x' "$(sed 's/$/\\n/' one.checkpoint | tr -d '\n')x"; do
    { cat both.checkpoint; printf "$tail"; } >more.checkpoint
    expect 3 "$SANDUQ" verify more.checkpoint
done
# a broken note in front does not hide the one behind it
{ sed '2s/$/ /' one.checkpoint; cat two.checkpoint; } >more.checkpoint
expect 3 "$SANDUQ" verify more.checkpoint
says out "log $(head -n 1 two.checkpoint) with"
# no file under a name that SQLite takes for its own: it would be removed
for end in -journal -wal -shm -Journal; do
    expect 2 "$SANDUQ" verify a.sanduq --report a.sanduq$end
    says err "take another name"
done
for end in -journal; do
    expect 2 "$SANDUQ" verify a.sanduq --save-state a.sanduq$end
    for o in "log checkpoint -o" "log pack" "log prove $one -o" \
        "card export -o" "backup" "share x --plain-container --to bola -o"; do
        expect 2 on a --yes $o a.sanduq$end
        [ ! -e a.sanduq$end ] || bad "$o wrote a.sanduq$end"
    done
done
expect 0 on a card export -o none-journal # of nothing that lies here
# nothing to wait at for ever
mkfifo pipe
expect 1 timeout -s KILL 10 "$SANDUQ" verify .
says err "is a folder"
for f in pipe /dev/zero; do
    expect 1 timeout -s KILL 10 "$SANDUQ" verify $f
    says err "is not a regular file"
    expect 1 timeout -s KILL 10 "$SANDUQ" restore $f none.sanduq
    says err "is not a regular file"
    expect 1 timeout -s KILL 10 "$SANDUQ" -V $f log show
    says err "is not a regular file"
done
finish
