# SPDX-License-Identifier: Apache-2.0
# foreign.sh: records of others in list, find, show, get, info, verify, withdraw
. "$(dirname "$0")/lib.bash"

for who in aina bolat; do
    mkdir $who
    expect 0 "$SANDUQ" init --key-file $who/key $who/v.sanduq
done
as() {
    local who=$1
    shift
    "$SANDUQ" -V "$who/v.sanduq" --key-file "$who/key" "$@"
}
for who in aina bolat; do
    expect 0 as $who card export -o $who.card
    as $who card show >out
    sed -n 's/^  fingerprint  *//p' out >$who.key
done
expect 0 as aina card add bolat.card --name bolat --fingerprint "$(cat bolat.key)"
expect 0 as bolat card add aina.card --name aina --fingerprint "$(cat aina.key)"
printf 'seen by the pomegranate tree\n' >gate.txt
head -c 300000 /dev/urandom >photo.bin
expect 0 as aina add gate.txt photo.bin
id=$(sed -n 1p out) photo=$(sed -n 2p out)
printf 'of my own\n' >own.txt
expect 0 as bolat add own.txt
own=$(cat out)
expect 0 as aina --yes share all --to bolat --all
expect 0 as bolat receive all.bundle.age

# locked, it says how many there are and nothing of them
expect 0 "$SANDUQ" -V bolat/v.sanduq info
says out "of others"
expect 0 "$SANDUQ" verify bolat/v.sanduq
says out "2 records of others, sealed: needs unlocking"
expect 0 "$SANDUQ" --key-file bolat/key verify --unlock bolat/v.sanduq
says out "2 record versions of others: each logged by the vault that it names"
says out "2 of them whole, opened"

# by the first digits of its id, in every command
expect 0 as bolat list
says out "gate.txt"
expect 0 as bolat --json list
says out '"foreign":true,"partial":false,"origin":"'
expect 0 as bolat find photo
says out "photo.bin"
expect 0 as bolat show "${id:0:8}"
says out "gate.txt"
expect 0 as bolat get "${photo:0:8}" -o got
same photo.bin got
expect 0 as bolat export away "${id:0:10}"
same gate.txt "$(find away -name 'gate.txt')"

# a correction is a record of one's own
expect 2 as bolat amend "$id" -f note=wrong
says err "somebody else's record"
says err "amends"
expect 2 as bolat tag "$id" urgent
expect 0 as bolat link "$own" "$id" --as amends
expect 0 as bolat show "$id"
says out "amends"

# its copy goes, and does not come in again
expect 0 as bolat --yes withdraw "$photo"
says err "copy of somebody else's record"
says err "destroyed here: the copies of 1 versions, 1 originals"
expect 0 as bolat show "$photo"
says out "was destroyed here"
expect 0 as bolat --json list
says_not out "photo.bin"
expect 4 as bolat --yes withdraw "$photo"
expect 0 "$SANDUQ" --key-file bolat/key verify --unlock bolat/v.sanduq
says out "1 of them destroyed here"
expect 0 as aina --yes share again --to bolat --all
"$SANDUQ" -V bolat/v.sanduq --key-file bolat/key receive again.bundle.age >out 2>err || true
expect 0 as bolat --json list
says_not out "photo.bin"
expect 0 as aina get "$photo" -o still
same photo.bin still
