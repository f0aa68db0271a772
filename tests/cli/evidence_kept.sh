#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# evidence_kept.sh: time evidence and countersignatures go along wherever a
# vault goes: copy, restored copy, newer form, audit pack, new keys. (A travel file
# begins a log of its own and takes none along.)
make=$(realpath "${SRC:-.}")/tests/cli/ots_make.py
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || { say "skipped: no python3"; exit 77; }
v() { "$SANDUQ" -V v.sanduq --key-file key "$@"; }
w() { XDG_STATE_HOME=${work:?}/sw "$SANDUQ" -V w.sanduq --key-file wkey "$@"; }

expect 0 v init v.sanduq
expect 0 w init w.sanduq
echo text >a
expect 0 v add a
expect 0 w witness init -o w.vkey
expect 0 v card export -o v.card
digits=$(v card show | sed -n 's/^  read out  *//p')
expect 0 w card add v.card --name Vault --fingerprint "$digits"
expect 0 v --yes witness init Wit w.vkey
expect 0 v witness ask Wit -o ask
expect 0 w --yes witness sign ask -o answer
expect 0 v witness take answer
expect 0 v log stamp request --text -o stamped
expect 0 python3 "$make" both stamped both.ots
expect 0 v log stamp attach both.ots

# told FILE: verify holds, and tells of both
told() {
    expect 0 "$SANDUQ" verify "$1" --witness w.vkey
    says out "time evidence (ots) is over this very state"
    grep -q "holds .*existed before .*/witness (key given by you)" out ||
        bad "no countersignature in $1: $(cat out)"
}
told v.sanduq
expect 0 v backup copy.sanduq
told copy.sanduq
expect 0 "$SANDUQ" restore copy.sanduq back.sanduq
told back.sanduq
expect 0 v upgrade newer.sanduq
told newer.sanduq
expect 0 v log pack v.audit
told v.audit
expect 0 v --yes rekey
told v.sanduq
expect 0 v rekey anew.sanduq --new-key-file key2 --yes
told anew.sanduq

finish
