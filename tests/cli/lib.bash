# SPDX-License-Identifier: Apache-2.0
# lib.bash: what the scripts beside it share. Each runs in a folder of its
# own, with SANDUQ (the program) and SRC (the source tree) from outside.
set -u
: "${SANDUQ:?path to the program}"
SANDUQ=$(realpath "$SANDUQ")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${SANDUQ_COLLECT:-}" ]; then # what is judged, for tests/reader
    . "${SRC:?}/tests/differential/collect.bash"
    trap 'collect_all "$work"; rm -rf "$work"' EXIT
fi
cd "$work" || exit 1
export XDG_STATE_HOME=$work/state HOME=$work/home LC_ALL=C.UTF-8 TZ=UTC
unset SANDUQ_VAULT SANDUQ_PASSPHRASE SANDUQ_PASSWORD NO_COLOR
mkdir -p "$HOME"
failures=0

say() { printf '%s\n' "$*"; }
bad() {
    say "FAILED: $*"
    failures=$((failures + 1))
}

# expect STATUS COMMAND...: out and err hold what it said.
expect() {
    local want=$1 got
    shift
    "$@" >out 2>err </dev/null
    got=$?
    if [ "$got" != "$want" ]; then
        bad "status $got instead of $want: $*"
        sed 's/^/    /' out err
    fi
}
# out/err must hold this text.
says() { grep -qF -- "$2" "$1" || bad "no \"$2\" in $1: $(cat "$1")"; }
says_not() { ! grep -qF -- "$2" "$1" || bad "\"$2\" in $1"; }
same() { cmp -s "$1" "$2" || bad "$1 and $2 differ"; }

# Whether this run is the short one (SANDUQ_EFFORT, tests/support/effort.h).
brief() { [ "${SANDUQ_EFFORT:-}" = short ]; }

finish() {
    if [ "$failures" != 0 ]; then
        say "$failures failed"
        exit 1
    fi
    say "all passed"
}

phrase='korrekt pferd batterie heft'
printf '%s\n' "$phrase" >pw
# A vault v.sanduq, and sq: the program with it and its passphrase.
new_vault() {
    expect 0 "$SANDUQ" init --kdf minimum --passphrase-file pw "${1:-v.sanduq}"
}
sq() { "$SANDUQ" -V v.sanduq --passphrase-file pw "$@"; }
