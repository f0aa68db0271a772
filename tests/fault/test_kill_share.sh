#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# test_kill_share: killed at any step of giving, a vault is whole, no half
# bundle has a name, and what was recorded and not delivered can be given again
. "$(cd "$(dirname "$0")/.." && pwd)/support/kill_loop.bash"
can_trace || { echo "no strace here: skipped"; exit 77; }

for p in v w; do
    "$SANDUQ" init --key-file "$p.key" "$p" >/dev/null 2>err ||
        { cat err; exit 1; }
done
cp v.key key
"$SANDUQ" -V w --key-file w.key card export >w.card 2>err
"$SANDUQ" -V v --key-file key card add w.card --name Wali --yes >out 2>err ||
    { cat err; exit 1; }
sq() { "$SANDUQ" -V v --key-file key "$@"; }

# after a kill: the state of things, and a way on
check() { # FILE
    check_verify v
    if [ -e "$1" ]; then
        [ "$(stat -c %a "$1")" = 600 ] || violation "mode of $1"
        if [ "${1%.age}" = "$1" ]; then
            "$SANDUQ" verify "$1" >report 2>&1 ||
                violation "half a bundle: $(head -3 report)"
        fi
    fi
    rm -f "$1"
    "$SANDUQ" -V v --key-file key share out --to Wali --allow-unconfirmed \
        --again --yes -q $2 >out.txt 2>err ||
        violation "cannot be given again: $(head -1 err)"
    [ -e "$1" ] || violation "given again, and nothing is there"
    rm -f "$1"
    [ -z "$(find . -maxdepth 1 -name '.*.new*')" ] ||
        violation "left behind: $(find . -maxdepth 1 -name '.*.new*')"
}

for kind in --plain-container ''; do
    file=out.bundle
    [ -n "$kind" ] || file=out.bundle.age
    for call in fsync fdatasync renameat2 linkat unlink; do
        for n in 1 2 3 4 6 8; do
            printf '%s' "$kind$call$n" >note
            sq add note -q >/dev/null 2>err || violation "add: $(head -1 err)"
            # shellcheck disable=SC2086
            run_at "$call" "$n" out.txt "$SANDUQ" -V v --key-file key share \
                out --to Wali --allow-unconfirmed --yes -q $kind ||
                { rm -f "$file"; break; }
            check "$file" "$kind"
        done
    done
done
echo "$CASES runs, $KILLED killed, $VIOLATIONS violations"
[ "$KILLED" -gt 5 ] || violation "hardly anything was killed"
[ "$VIOLATIONS" = 0 ]
