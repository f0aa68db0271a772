#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# test_kill_evidence: killed at any step, a witness and its asker go on, no two
# histories have a signature, and what an auditor gets is whole or not there
# shellcheck source=tests/support/kill_loop.bash
. "$(cd "$(dirname "$0")/.." && pwd)/support/kill_loop.bash"
can_trace || { echo "no strace here: skipped"; exit 77; }
# Pages of the vault are many, and one like the other; the rest is tried at
# every second call.
stride() {
    local k=2
    [ "$1" != pwrite64 ] || k=11
    [ "${SANDUQ_EFFORT:-}" != short ] || k=$((k * 2 + 1))
    echo "$k"
}

must() { "$@" >out 2>err </dev/null || { echo "$*: $(cat err)"; exit 1; }; }
# Each has a folder: vault, key and state, so that a copy of it is a copy of all.
of() { # WHO COMMAND...
    local who=$1
    shift
    XDG_STATE_HOME=$W/$who/state "$SANDUQ" -V "$who/v" --key-file "$who/key" -q "$@"
}
back() { # WHO: as it was laid aside
    rm -rf "$1"
    cp -a "$1.was" "$1"
}
nothing_left() {
    local left
    left=$(find . -maxdepth 1 \( -name '.*.new*' -o -name '.sanduq*' \))
    [ -z "$left" ] || violation "left behind: $left"
}

mkdir aina bolat
XDG_STATE_HOME=$W/aina/state must "$SANDUQ" -q init --key-file aina/key aina/v
XDG_STATE_HOME=$W/bolat/state must "$SANDUQ" -q init --key-file bolat/key bolat/v
must of aina card export -o aina.card
must of bolat --yes card add aina.card --name Aina \
    --fingerprint "$(of aina card show | sed -n 's/^  read out  *//p')"
must of bolat witness init -o bolat.vkey
must of aina --yes witness init Bolat bolat.vkey
must of aina witness ask Bolat -o first
must of bolat witness sign first -o first.answer
must of aina witness take first.answer
# two ways on from what is signed: aina's, and that of a copy of vault and state
cp -a aina other
must of other add --again small.2
must of other witness ask Bolat -o right
must of aina add small.1
must of aina witness ask Bolat -o left
cp -a aina aina.was
cp -a bolat bolat.was
must of bolat witness sign left -o whole

signs() { # REQUEST: whether it is signed; a fork is said to be one
    rm -f got
    of bolat witness sign "$1" -o got >out 2>err
    case $? in
    0) [ -s got ] || violation "signed, and no answer" ;;
    3) [ ! -e got ] || violation "not signed, and an answer"; return 1 ;;
    *) violation "$1: $(head -1 err)"; return 1 ;;
    esac
}

# ---- sign: killed at left, then shown right ----
RIGHT=0
for call in pwrite64 fsync fdatasync unlink renameat linkat write; do
    step=$(stride "$call")
    for ((n = 1; ; n += step)); do
        back bolat
        rm -f answer
        run_at "$call" "$n" out env XDG_STATE_HOME="$W/bolat/state" "$SANDUQ" \
            -V bolat/v --key-file bolat/key -q witness sign left -o answer
        hit=$?
        check_verify bolat/v
        if [ -e answer ]; then
            back aina
            of aina witness take answer >out 2>err ||
                violation "half an answer: $(head -1 err)"
        elif [ "$hit" = 1 ]; then
            violation "signed, and no answer is there"
        fi
        if signs right; then
            RIGHT=$((RIGHT + 1))
            [ ! -e answer ] || violation "both histories were signed ($call $n)"
            signs left && violation "both histories were signed, one after the other"
        else
            signs left || violation "neither history is signed any more"
        fi
        nothing_left
        [ "$hit" = 0 ] || break
    done
done
[ "$RIGHT" -gt 1 ] || violation "hardly anything was killed before it counted"
back bolat

# ---- take: killed, then taken again ----
for call in pwrite64 fsync fdatasync unlink; do
    step=$(stride "$call")
    for ((n = 1; ; n += step)); do
        back aina
        run_at "$call" "$n" out env XDG_STATE_HOME="$W/aina/state" "$SANDUQ" \
            -V aina/v --key-file aina/key -q witness take whole
        hit=$?
        check_verify aina/v
        of aina --json witness take whole >out 2>err ||
            violation "not taken after a kill: $(head -1 err)"
        grep -qE '"what":"(taken|had)"' out || violation "$(cat out)"
        [ "$hit" = 0 ] || { grep -q '"what":"had"' out || violation "taken, and not there"; break; }
    done
done

# ---- time evidence ----
back aina
of aina log stamp request --text -o stamped >out 2>err
{
    printf '\0OpenTimestamps\0\0Proof\0\277\211\342\350\204\350\222\224\1\10'
    sha256sum stamped | cut -d' ' -f1 | tr a-f A-F | basenc -d --base16
    printf '\0'
} >proof.ots
rm -rf aina.was
cp -a aina aina.was
for call in pwrite64 fsync fdatasync unlink; do
    step=$(stride "$call")
    for ((n = 1; ; n += step)); do
        back aina
        run_at "$call" "$n" out env XDG_STATE_HOME="$W/aina/state" "$SANDUQ" \
            -V aina/v --key-file aina/key -q log stamp attach proof.ots
        hit=$?
        check_verify aina/v
        of aina --json log stamp attach proof.ots >out 2>err ||
            violation "not kept after a kill: $(head -1 err)"
        [ "$hit" = 0 ] || { grep -q '"already":true' out || violation "kept, and not there"; break; }
        "$SANDUQ" verify aina/v >report 2>&1
        [ "$(grep -c 'time evidence (ots)' report)" = 1 ] || violation "kept twice, or not at all"
    done
done

# ---- what is written for an auditor: whole, old or not there ----
back aina
cp aina/v v
must "$SANDUQ" verify v --save-state state.was
must of aina add --again small.2
cp aina/v v
must "$SANDUQ" verify v --save-state state.now
same_state() { # but for the time, and so the sum
    cmp -s <(grep -Ev '^(time|sum) ' "$1") <(grep -Ev '^(time|sum) ' "$2")
}
same_state state.was state.now && violation "two states are one"
judge_pack() { check_verify pack; }
judge_report() {
    if ! grep -q "</html>" page.html || [ "$(tail -c 8 page.html)" != "</html>" ]; then
        violation "half a page: $(tail -c 40 page.html)"
    fi
}
each_step() { # FILE JUDGE COMMAND...
    local file=$1 judge=$2 call n hit step
    shift 2
    for call in write pwrite64 fsync linkat renameat; do
        step=$(stride "$call")
        for ((n = 1; ; n += step)); do
            rm -f "$file"
            [ "$judge" != judge_state ] || cp state.was "$file"
            run_at "$call" "$n" out "$@"
            hit=$?
            if [ -e "$file" ]; then
                "$judge"
            elif [ "$hit" = 1 ]; then
                violation "done, and $file is not there"
            fi
            [ "$hit" = 0 ] || { done_with "$judge"; break; }
        done
    done
    nothing_left
}
judge_state() {
    "$SANDUQ" verify v -q --since saved >report 2>&1 || violation "half a state: $(head -1 report)"
    same_state saved state.was || same_state saved state.now || violation "another state: $(cat saved)"
}
done_with() {
    [ "$1" != judge_state ] || same_state saved state.now || violation "the old state stayed"
}
each_step pack judge_pack "$SANDUQ" -V v -q --no-state log pack pack
each_step saved judge_state "$SANDUQ" verify v -q --save-state saved
each_step page.html judge_report "$SANDUQ" verify v -q --report page.html

# ---- power: bytes are on the disk before the name is, and names before words ----
# fsync of the file, then the name, then fsync of the folder
order() { # NAME COMMAND...
    local name=$1
    shift
    strace -f -qq -y -o trace -e trace=write,fsync,fdatasync,linkat,renameat,renameat2 \
        -E ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" "$@" >out 2>err
    awk -v name="$name" -v folder="$W" '
        { line[NR] = $0 }
        $0 ~ "(linkat|renameat2?)\\(.*\"" name "\"" { at = NR }
        END {
            if (!at) { print "no name was given"; exit 1 }
            for (i = at - 1; i > 0; i--)
                if (line[i] ~ /fsync|fdatasync/) { last = i; break }
            if (!last) { print "no sync before the name"; exit 1 }
            for (i = last + 1; i < at; i++)
                if (line[i] ~ / write\(/) { print "written after the sync"; exit 1 }
            for (i = at + 1; i <= NR; i++)
                if (line[i] ~ "fsync\\([0-9]+<" folder ">") exit 0
            print "the folder was not synced"
            exit 1
        }' trace >why || violation "$name: $(cat why)"
}
back bolat
rm -f answer pack page.html
order answer env XDG_STATE_HOME="$W/bolat/state" "$SANDUQ" -V bolat/v \
    --key-file bolat/key -q witness sign left -o answer
# ... and what the witness remembers, vault and state, was there before it
awk '/"answer"/ { at = 1 } /fsync|fdatasync/ { if (/bolat/) { n++; if (at) late++ } }
    END { exit !(n > 3 && !late) }' trace || violation "signed before it was remembered"
order pack "$SANDUQ" -V v -q --no-state log pack pack
cp state.was saved
order saved "$SANDUQ" verify v -q --save-state saved
order page.html "$SANDUQ" verify v -q --report page.html

echo "$CASES runs, $KILLED killed, $VIOLATIONS violations"
[ "$KILLED" -gt 25 ] || violation "hardly anything was killed"
[ "$VIOLATIONS" = 0 ]
