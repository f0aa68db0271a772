#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ots.sh: OpenTimestamps proofs with operations and attestations, made by
# ots_make.py from the format, are kept as they are and claimed for no more than
# they are over
make=$(realpath "${SRC:-.}")/tests/cli/ots_make.py
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || { say "skipped: no python3"; exit 77; }
ots() { python3 "$make" "$@"; }
v() { "$SANDUQ" -V v.sanduq --key-file key "$@"; }

expect 0 "$SANDUQ" init --key-file key v.sanduq
echo text >a
expect 0 v add a
expect 0 v log stamp request --text -o stamped
for kind in pending bitcoin both; do
    ots $kind stamped $kind.ots
    expect 0 ots read $kind.ots stamped
done
says out "pending https://calendar.example"
says out "bitcoin 358391 "

# ---- of this state: kept, byte for byte ----
expect 0 v add --again a
for kind in pending bitcoin both; do
    expect 0 v log stamp attach $kind.ots
    says out "kept: about the first 5 lines"
    # a header says nothing of an attestation, and so nothing is said of one
    for word in Bitcoin 358391 calendar block verified attested proved claims; do
        says_not out "$word"
    done
    expect 0 v log stamp attach $kind.ots
    says out "was there already"
done
expect 0 v --json log stamp attach both.ots
says out '"evidence":"ots"'
says_not out '"claims"'
expect 0 "$SANDUQ" verify v.sanduq
[ "$(grep -c 'time evidence (ots) is over this very state' out)" = 3 ] || bad "verify: $(cat out)"
says out "its first 5 lines, of "
[ "$(grep -c 'not known .*ots verify' out)" -ge 1 ] || bad "who judges it: $(cat out)"
for word in Bitcoin 358391 calendar verified attested existed; do
    says_not out "$word"
done
expect 0 "$SANDUQ" log stamp list v.sanduq
says_not out "358391"
expect 0 "$SANDUQ" log stamp export times v.sanduq
[ "$(find times -name '*.ots' | wc -l)" = 3 ] || bad "written out: $(ls times)"
for f in times/*.ots; do
    same "${f%.ots}" stamped
    expect 0 ots read "$f" "${f%.ots}"
done
cat times/*.ots | cmp -s - <(cat pending.ots bitcoin.ots both.ots) || bad "other bytes"

# ---- for another digest: refused, and nothing was written ----
cp v.sanduq before
sed 's/^5$/6/' stamped >other
ots bitcoin other other.ots
expect 7 v log stamp attach other.ots
says err "about no state"
ots bitcoin a a.ots
expect 7 v log stamp attach a.ots
head -c 65 both.ots >cut.ots # the digest, and no tree
expect 1 v log stamp attach cut.ots
{ head -c 31 both.ots; printf '\002'; tail -c +33 both.ots; } >version.ots
expect 1 v log stamp attach version.ots
{ head -c 32 both.ots; printf '\002'; tail -c +34 both.ots; } >sha1.ots
expect 1 v log stamp attach sha1.ots
says err "another hash than SHA-256"
same v.sanduq before

# ---- whoever has the file puts another proof in place ----
command -v sqlite3 >/dev/null || finish
hex() { od -An -tx1 -v "$1" | tr -d ' \n'; }
cp v.sanduq w.sanduq
sqlite3 -batch w.sanduq "UPDATE attachment SET b = x'$(hex other.ots)' WHERE a = 2"
expect 3 "$SANDUQ" verify w.sanduq
cp v.sanduq w.sanduq # the same digest, another tree: the line names the bytes
{ cat both.ots; printf '\0'; } >longer.ots
sqlite3 -batch w.sanduq "UPDATE attachment SET b = x'$(hex longer.ots)' WHERE a = 3"
expect 3 "$SANDUQ" verify w.sanduq
finish
