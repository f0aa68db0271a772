#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# golden_records.sh: a vault of the second step and its capture file are still
# read: versions, links, tags, a tombstone, a session taken in, one that waits
#
#   golden_records.sh               the test
#   golden_records.sh --make DIR    makes DIR/vault-2.sdq, .sdq.capture, .key
set -u
golden=$SRC/fixtures/golden/draft
. "$SRC/tests/cli/lib.bash"

# What stands in the three files, said here once.
letter=$SRC/fixtures/evidence/'хат 01.jpg'
testimony='{"record.code": "T-1", "language": "kk", "text": "алғашқы сөз",
    "interview.date": "2029-10~", "victim.1.name.1": "Ойдан Шығарылған",
    "victim.1.health": {"state": "refused"}, "x.not-in-the-form": 7}'
consent='{"consent.id": "S-1", "giver": "self", "purpose.share-inside": "yes"}'
waiting='{"record.code": "T-2", "language": "ug", "text": "ئىككىنچى سۆز"}'

v() { "$SANDUQ" -q -V vault-2.sdq --key-file vault-2.key "$@"; }

make() {
    cd "$1" || exit 1
    rm -f vault-2.*
    "$SANDUQ" -q --key-file vault-2.key init vault-2.sdq
    t=$(echo "$testimony" | v add -t testimony --fields -)
    l=$(v add -t letter -f kind=letter "$letter")
    c=$(echo "$consent" | v add -t consent --fields -)
    echo '{"text": "екінші нұсқа"}' | v amend "$t" --fields - --reason "read again"
    v link "$l" "$t" --as attachment-of
    v link "$c" "$t" --as consent-for
    v tag "$t" "golden"
    gone=$(echo '{"text": "кетті"}' | v add -t note --fields -)
    v withdraw "$gone" --reason "as asked" --yes
    echo '{"text": "құлыптаулы кезде"}' |
        "$SANDUQ" -q -V vault-2.sdq add -t note --fields -
    v list
    v capture end
    echo "$waiting" | "$SANDUQ" -q -V vault-2.sdq add -t testimony --fields -
}

if [ "${1:-}" = --make ]; then
    make "$2"
    exit
fi
cp "$golden"/vault-2.* . || exit 1
chmod 600 vault-2.*

expect 0 "$SANDUQ" verify vault-2.sdq
says out "1 capture sessions"
says out "1 of them declared withdrawn"
expect 0 "$SANDUQ" verify vault-2.sdq.capture

# the one that waits comes in, the word of a withdrawn one is not found
expect 0 v --json list
[ "$(grep -c '"type":"record"' out)" = 5 ] || bad "not five records: $(cat out)"
expect 0 v --json find кетті
says out '"records":0'
expect 0 v --json find екінші
id=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 v --json show "$id"
says out '"value":"екінші нұсқа"'
says out '"value":"golden"'
says out '"state":"refused"'
says out '"name":"x.not-in-the-form"'
says out '"relation":"consent-for"'
says out '"relation":"attachment-of"'
expect 0 v show "$id" --revision 1 --field text
says out "алғашқы сөз"
expect 0 v --json list -t letter
id=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 v get "$id" -o back
same back "$letter"
expect 0 v --json find ئىككىنچى
says out '"records":1'
expect 0 v --json find құлыптаулы
says out '"records":1'

# and it goes on
expect 0 v add "$SRC/fixtures/evidence/证词 04.txt"
expect 0 "$SANDUQ" verify vault-2.sdq
finish
