#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# golden_border.sh: every kind of file of the fourth step is still read: a vault
# with shares, a card slot, a compartment, records of others and a device; its
# device's capture file; bundles whole, in part and to shares; a kit; a travel
# file; a disclosure, a request to withdraw, a receipt
#
#   golden_border.sh               the test
#   golden_border.sh --make DIR    makes DIR/border-* (gzip where large)
set -u
golden=$SRC/fixtures/golden/draft
. "$SRC/tests/cli/lib.bash"

# What stands in the files, said here once. border.sdq is the field's vault,
# border-hq.sdq the office's.
said='what she said on the way'
theirs='what the office wrote'
contact='{"name.1": "Ойдан Шығарылған", "contact.phone": "000"}'
files='border.sdq border-hq.sdq border-device.sdq border-trip.sdq
border-whole.bundle border-part.bundle border-shares.bundle border.kit'
small='border.key border-hq.key border.card border-hq.card border-slot-1.txt
border-slot-2.txt border-open-1.txt border-open-2.txt border-disclosure.txt
border-request.txt border-receipt.txt border-checkpoint.txt'

f() { "$SANDUQ" -q -V border.sdq --key-file border.key "$@"; }
o() { "$SANDUQ" -q -V border-hq.sdq --key-file border-hq.key "$@"; }
d() { "$SANDUQ" -q -V border-device.sdq "$@"; }
print_of() { "$SANDUQ" -V "$1" card show | sed -n 's/^ *read out *//p'; }

make() {
    set -e
    "$SANDUQ" -q --key-file border.key init --no-recovery border.sdq
    "$SANDUQ" -q --key-file border-hq.key init --no-recovery border-hq.sdq
    f card export -o border.card
    o card export -o border-hq.card
    f card add border-hq.card --name office --fingerprint "$(print_of border-hq.sdq)"
    o card add border.card --name field --fingerprint "$(print_of border.sdq)"
    # ways to unlock
    f key add shares 2/3 -o sheets --text --yes
    i=0
    for s in sheets/*; do i=$((i + 1)); cp "$s" border-slot-$i.txt; done
    f key add card office --yes
    # records: its own, of others, for others only, one that went
    echo "$said" >said.txt
    own=$(f add -f title=said said.txt)
    f key compartment add identities --member office --type contact \
        --without-me --yes
    echo "$contact" | f add -t contact --fields -
    echo "gone" >gone.txt
    gone=$(f add gone.txt)
    echo "$theirs" >theirs.txt
    other=$(o add -f title=theirs theirs.txt)
    o share border-whole.bundle --to field --plain-container --yes "$other"
    mkdir receipts
    f receive --receipt receipts border-whole.bundle
    cp receipts/* border-receipt.txt
    f share border-part.bundle --to office --plain-container --only title \
        --yes "$own"
    f share gone.bundle --to office --plain-container --yes "$gone"
    f withdraw "$gone" --level 2 --reason "as asked" --notify border-request.txt --yes
    f share border-shares.bundle --to-shares 2/3 --sheets open --text \
        --plain-container --yes "$own"
    i=0
    for s in open/*; do i=$((i + 1)); cp "$s" border-open-$i.txt; done
    f disclose "$own" --fields title -o border-disclosure.txt --yes
    # its device: one session that was taken in, one that waits
    "$SANDUQ" -q capture init border.card border-device.sdq \
        --fingerprint "$(print_of border.sdq)"
    echo "first" >first.txt
    d add first.txt
    d capture end
    "$SANDUQ" -V border-device.sdq capture introduce -o intro
    f device admit intro --yes
    f receive border-device.sdq
    echo "second" >second.txt
    d add second.txt
    d capture end
    f backup border.kit --kit
    f log checkpoint -o border-checkpoint.txt
    f travel prepare border-trip.sdq --to office --with "$own" --no-capture \
        --reason "a conference" --yes || [ $? = 6 ]
    for x in $files; do gzip -9n <"$x" >"$1/$x.gz"; done
    # shellcheck disable=SC2086
    (rm -f border-slot-3.txt border-open-3.txt && cp $small "$1")
    rm -f "$1"/border-slot-3.txt
    set +e
}

if [ "${1:-}" = --make ]; then
    make "$(realpath "$2")"
    exit
fi
for x in $files; do
    gunzip <"$golden/$x.gz" >"$x" || exit 1
done
cp "$golden"/border*.key "$golden"/border*.card "$golden"/border*.txt . || exit 1
chmod 600 border*

# each, without a secret
for x in ${files% *}; do # a kit is judged when it is used
    expect 0 "$SANDUQ" verify "$x"
    says out "unchanged since it was sealed"
done
expect 0 "$SANDUQ" verify border.sdq --card border.card --since border-checkpoint.txt
says out "(compared)"
for x in border-disclosure.txt border-request.txt border-receipt.txt; do
    expect 0 "$SANDUQ" verify "$x" --card border.card
done

# the field's vault: its own, the office's, the device's first; what it cannot
# read; what was withdrawn
expect 0 f --json list
[ "$(grep -c '"type":"record"' out)" = 4 ] || bad "not four records: $(cat out)"
id=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*said\.txt.*/\1/p' out)
expect 0 f get "$id" -o back.txt
[ "$(cat back.txt)" = "$said" ] || bad "another text: $(cat back.txt)"
expect 0 f find theirs
says out "theirs.txt"
expect 0 f verify border.sdq
expect 0 f key list
says out "recovery shares"
says out "another vault"
expect 0 f log show
for kind in genesis card slots settings seal take join import share withdraw rekey ack; do
    grep -qw "$kind" out || bad "no line of the kind $kind"
done

# the device's second session comes in
expect 0 f receive border-device.sdq
expect 0 f --json list
[ "$(grep -c '"type":"record"' out)" = 5 ] || bad "not five records: $(cat out)"

# shares and card open what they are for
expect 0 "$SANDUQ" recover --test -V border.sdq border-slot-1.txt border-slot-2.txt
expect 0 o receive --accept "$(print_of border.sdq)" border-part.bundle
expect 0 o receive --share-file border-open-1.txt --share-file border-open-2.txt \
    border-shares.bundle
expect 0 o get "$id" -o open.txt
[ "$(cat open.txt)" = "$said" ] || bad "another text: $(cat open.txt)"

# what panic destroyed, the kit puts back
expect 0 "$SANDUQ" -V border.sdq panic --yes
expect 4 f list
expect 0 f restore --kit border.kit --yes
expect 0 f get "$id" -o once-more.txt
[ "$(cat once-more.txt)" = "$said" ] || bad "not back: $(cat once-more.txt)"
finish
