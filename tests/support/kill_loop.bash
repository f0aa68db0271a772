# SPDX-License-Identifier: Apache-2.0
# kill_loop.bash: kill -9 on the program, and what must hold afterwards
#
# Sourced by tests/fault/test_kill_*.sh. Needs $SANDUQ. Works in a folder of
# its own, $W, on a memory disk where there is one: a kill loses no write that
# was made, so the disk does not matter here (test_fault_cut.c is for that).
set -u
[ -x "${SANDUQ:-}" ] || { echo "no program at ${SANDUQ:-?}: skipped"; exit 77; }
base=/dev/shm
[ -w "$base" ] || base=${TMPDIR:-/tmp}
W=$(mktemp -d "$base/sanduq-kill-XXXXXX") || exit 1
trap 'rm -rf "$W"' EXIT
cd "$W" || exit 1
export HOME=$W XDG_STATE_HOME=$W/state LC_ALL=C
unset SANDUQ_VAULT

KILLED=0 ACKED=0 HOT=0 VIOLATIONS=0 CASES=0
RANDOM=${KILL_SEED:-1}
printf '%s' 'an old passphrase, 1' >old.pass
printf '%s' 'a newer passphrase, 2' >new.pass
head -c 200 /dev/urandom >small.1
head -c 9000 /dev/urandom >small.2
head -c 400000 /dev/urandom >middle
[ -n "${KILL_LARGE:-}" ] && head -c 12000000 /dev/urandom >large

violation() {
    echo "VIOLATION ($CASES): $*"
    VIOLATIONS=$((VIOLATIONS + 1))
}

# Milliseconds from 0 to $1, as sleep takes them.
some_ms() {
    local ms=$((RANDOM * 32768 + RANDOM))
    ms=$((ms % ($1 * 10 + 1)))
    printf '%d.%04d' $((ms / 10000)) $((ms % 10000))
}

# run_killed MAX_MS OUT COMMAND...: kill -9 at some time; true if it hit.
run_killed() {
    local max=$1 out=$2 pid rc
    shift 2
    "$@" >"$out" 2>err &
    pid=$!
    sleep "$(some_ms "$max")"
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    rc=$?
    CASES=$((CASES + 1))
    if [ "$rc" = 137 ]; then
        KILLED=$((KILLED + 1))
        return 0
    fi
    [ "$rc" = 0 ] || violation "status $rc of $*: $(head -1 err)"
    return 1
}

# run_at CALL N OUT COMMAND...: killed at the N-th system call of that name;
# true if it hit, that is, if there were so many. A process that is traced
# cannot look for leaks, and says so with a status of its own: it does not try.
run_at() {
    local call=$1 n=$2 out=$3 rc
    shift 3
    strace -f -qq -o trace -e trace="$call" \
        -E ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
        -e inject="$call:signal=SIGKILL:when=$n" "$@" >"$out" 2>err &
    wait $! 2>/dev/null # in silence
    rc=$?
    CASES=$((CASES + 1))
    if [ "$rc" = 137 ]; then
        KILLED=$((KILLED + 1))
        return 0
    fi
    [ "$rc" = 0 ] || violation "status $rc of $*: $(head -1 err)"
    return 1
}

can_trace() {
    strace -f -qq -o trace -e trace=pwrite64 true 2>/dev/null
}

# Names and bytes of everything but the scratch files here.
all_here() {
    find . -type f \( -name 'v*' -o -name '.v*' -o -path './state/*' \) \
        -exec sha256sum {} + | sort
}

# verify FILE: it holds, as it lies there, and nothing is changed by asking.
check_verify() {
    local before after rc hot
    before=$(all_here)
    hot=0
    [ -s "$1-journal" ] && hot=1
    "$SANDUQ" verify "$1" >report 2>&1
    rc=$?
    after=$(all_here)
    [ "$rc" = 0 ] || violation "verify $1: $rc: $(grep -v holds report | head -3)"
    [ "$before" = "$after" ] || violation "verify changed something"
    # a journal whose header was not yet written to the end is not hot
    if [ "$hot" = 1 ] && grep -q 'interrupted write was undone' report; then
        HOT=$((HOT + 1))
    fi
}

# note_ids FILE...: the ids in ./ids belong to these files, in this order.
note_ids() {
    local id
    while read -r id; do
        case $id in
        ????????????????????????????????) ;;
        *) break ;; # cut off: not promised
        esac
        echo "$id $1" >>ledger
        shift
        ACKED=$((ACKED + 1))
    done <ids
}

# What was promised is there: every id, or the last $1 of them.
check_ledger() {
    local id file
    [ -e ledger ] || return 0
    tail -n "${1:-1000000}" ledger | while read -r id file; do
        "$SANDUQ" -V v --key-file key get "$id" -o - >got 2>err ||
            echo "get $id: $(head -1 err)"
        cmp -s got "$file" || echo "get $id: other bytes than $file"
    done >complaints
    while read -r line; do violation "$line"; done <complaints
}

add_files() {
    if [ -e large ]; then
        echo small.1 large small.2
    else
        echo small.1 middle small.2
    fi
}

# Time of one undisturbed run, in milliseconds, at least 20.
ms_of() {
    local t0 t1
    t0=$(date +%s%N)
    "$@" >ids 2>err || violation "does not work undisturbed: $*: $(cat err)"
    t1=$(date +%s%N)
    MS=$(((t1 - t0) / 1000000))
    [ "$MS" -ge 20 ] || MS=20
}

no_vault() {
    rm -rf v v-journal v.capture v.capture-journal .v* key state
}

# make_vault: v, opened by ./key
make_vault() {
    no_vault
    rm -f ledger
    "$SANDUQ" init v --key-file key -q >out 2>err || violation "init: $(cat err)"
}

# kill_adds ROUNDS: at random times, all in one vault.
kill_adds() {
    local i files
    files=$(add_files)
    make_vault
    # shellcheck disable=SC2086 # names without blanks
    ms_of "$SANDUQ" -V v --key-file key -q add --again $files
    # shellcheck disable=SC2086
    note_ids $files
    for ((i = 0; i < $1; i++)); do
        # shellcheck disable=SC2086
        run_killed $((MS * 5 / 4)) ids "$SANDUQ" -V v --key-file key -q \
            add --again $files
        # shellcheck disable=SC2086
        note_ids $files
        check_verify v
        [ $((i % 10)) = 9 ] && check_ledger 20
    done
    check_ledger
    finish_vault
}

# The vault works on, and lies there alone.
finish_vault() {
    "$SANDUQ" -V v --key-file key -q add --again small.1 >ids 2>err ||
        violation "add afterwards: $(cat err)"
    [ ! -e v-journal ] || violation "a journal is left"
    check_verify v
}

# kill_adds_at STRIDE: at system calls that write, N = 1, 1 + STRIDE ...
kill_adds_at() {
    local call n step
    make_vault
    for call in pwrite64 fdatasync fsync ftruncate unlink rename openat; do
        step=$1
        for ((n = 1; ; n += step)); do
            run_at "$call" "$n" ids "$SANDUQ" -V v --key-file key -q \
                add --again small.1 middle || break
            note_ids small.1 middle
            check_verify v
        done
        check_ledger 5
    done
    check_ledger
    finish_vault
    [ "$HOT" -gt 0 ] || violation "never was there a journal that counts"
}

# kill_inits ROUNDS: no file of that name, or a whole vault with its capture
# file; and the next init works on what is left.
kill_inits() {
    local i
    no_vault
    rm -f ledger
    ms_of "$SANDUQ" init v --key-file key -q
    for ((i = 0; i < $1; i++)); do
        no_vault
        run_killed $((MS * 5 / 4)) out "$SANDUQ" init v --key-file key -q
        check_init
    done
}

kill_inits_at() {
    local call n
    for call in pwrite64 fdatasync fsync ftruncate unlink rename renameat2 \
        linkat openat flock; do
        for ((n = 1; ; n += $1)); do
            no_vault
            run_at "$call" "$n" out "$SANDUQ" init v --key-file key -q || break
            check_init
        done
    done
}

# Killed a second time, while it clears away what the first kill left.
kill_inits_twice() {
    local n
    for ((n = 1; ; n++)); do
        no_vault
        run_at renameat2 2 out "$SANDUQ" init v --key-file key -q ||
            { violation "no second renaming"; break; }
        [ -e v.capture ] && [ ! -e v ] || violation "another order of names"
        run_at unlink "$n" out "$SANDUQ" init v --key-file key -q || break
        check_init
    done
    no_vault
    run_at renameat2 2 out "$SANDUQ" init v --key-file key -q
    "$SANDUQ" -V v add small.1 >ids 2>err || violation "add: $(head -1 err)"
    "$SANDUQ" init v --key-file key -q >out 2>err &&
        violation "a vault was made over records"
    "$SANDUQ" -V v --key-file key get "$(cat ids)" -o - >got 2>err ||
        violation "sealed while no vault had its name: $(head -1 err)"
    cmp -s got small.1 || violation "other bytes than small.1"
}

check_init() {
    [ -s out ] && [ ! -e v ] && violation "said to be made, and is not"
    if [ ! -e v ]; then
        "$SANDUQ" init v --key-file key -q >out 2>err ||
            violation "init after one that was killed: $(head -1 err)"
    fi
    [ ! -e v-journal ] || violation "a journal of a vault just made"
    [ -z "$(find . -maxdepth 1 -name '.v*')" ] || violation "left: $(ls -a)"
    check_verify v
    check_verify v.capture
    "$SANDUQ" -V v --key-file key -q list >out 2>err ||
        violation "a vault that its key does not open: $(head -1 err)"
}

opens() {
    "$SANDUQ" -V v --passphrase-file "$1" -q list >out 2>err
}

# One of the two opens, never neither; and the new one if it was said so.
check_change() {
    local old=1 new=1
    check_verify v
    opens old.pass || old=0
    opens new.pass || new=0
    [ $((old + new)) = 1 ] || violation "old opens: $old, new opens: $new"
    if [ "$new" = 1 ]; then # back to where it was
        "$SANDUQ" -V v --passphrase-file new.pass key change -q --kdf minimum \
            --new-passphrase-file old.pass >out 2>err ||
            violation "changing back: $(head -1 err)"
    elif [ "${1:-}" = changed ]; then
        violation "said to be changed, and is not"
    fi
}

change_key() {
    no_vault
    "$SANDUQ" init v --passphrase-file old.pass --kdf minimum -q >out 2>err ||
        violation "init: $(cat err)"
    CHANGE=("$SANDUQ" -V v --passphrase-file old.pass key change -q
        --kdf minimum --new-passphrase-file new.pass)
}

kill_changes() {
    local i
    change_key
    ms_of "${CHANGE[@]}"
    check_change changed
    for ((i = 0; i < $1; i++)); do
        if run_killed $((MS * 5 / 4)) out "${CHANGE[@]}"; then
            check_change
        else
            check_change changed
        fi
    done
}

kill_changes_at() {
    local call n
    change_key
    for call in pwrite64 fdatasync fsync ftruncate unlink rename; do
        for ((n = 1; ; n += $1)); do
            run_at "$call" "$n" out "${CHANGE[@]}" || { check_change changed; break; }
            check_change
        done
    done
}

# Say what was tried; the status of the test.
kill_report() {
    echo "$CASES runs, $KILLED killed, $ACKED records promised," \
        "$HOT found with a journal that counts, $VIOLATIONS violations"
    [ "$KILLED" -gt 0 ] || { echo "nothing was killed"; return 1; }
    [ "$VIOLATIONS" = 0 ]
}
