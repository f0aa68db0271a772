#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# golden_audit.sh: the audit pack and the proofs of the fifth step are still read
#
#   golden_audit.sh               the test
#   golden_audit.sh --make DIR    makes DIR/border.audit.gz, DIR/border-proof*,
#                                 of DIR/border.sdq.gz
set -u
golden=$SRC/fixtures/golden/draft
. "$SRC/tests/cli/lib.bash"
key=border.key
proofs='border-proof.txt border-proof-bare.txt border-proof-leaf.txt border-proof.vkey'

if [ "${1:-}" = --make ]; then
    to=$(realpath "$2")
    set -e
    gunzip <"$to/border.sdq.gz" >border.sdq
    cp "$to/border.key" .
    chmod 600 border*
    f() { "$SANDUQ" -q --no-state -V border.sdq --key-file $key "$@"; }
    f log pack border.audit --with-others --yes
    id=$(f --json list | sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*said\.txt.*/\1/p')
    f log prove "$id" -o border-proof.txt
    f log prove "$id" --tlog-proof border-proof-bare.txt \
        --leaf border-proof-leaf.txt --log border-proof.vkey
    gzip -9n <border.audit >"$to/border.audit.gz"
    # shellcheck disable=SC2086
    cp $proofs "$to"
    exit
fi
gunzip <"$golden/border.audit.gz" >border.audit || exit 1
for x in $proofs border.card border-hq.card border-checkpoint.txt; do
    cp "$golden/$x" . || exit 1
done
expect 0 "$SANDUQ" verify border.audit --card border.card \
    --card border-hq.card --since border-checkpoint.txt
says out "the log is unchanged since it was signed"
says out "4 record versions: each logged, as its head says"
says out "1 of them declared withdrawn"
says out "1 record versions of other vaults"
says out "(compared)"
expect 0 "$SANDUQ" verify border-proof.txt --card border.card
says out "this is the proof of one record"
expect 0 "$SANDUQ" verify border-proof-bare.txt \
    --leaf border-proof-leaf.txt --log border-proof.vkey
says out "stands in the log whose key was given"
finish
