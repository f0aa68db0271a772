#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stamp.sh: time evidence from an authority, judged by OpenSSL and held by verify
. "$(dirname "$0")/lib.bash"
for tool in openssl sqlite3; do
    command -v "$tool" >/dev/null || {
        say "skipped: no $tool"
        exit 77
    }
done

# ---- an authority of our own ----
cat >tsa.cnf <<'CNF'
[good]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[v3]
extendedKeyUsage = critical,timeStamping
CNF
echo 01 >serial
authority() { # NAME: a root and a signer that it certifies
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -keyout "$1.rootkey" -out "$1.root" -subj "/CN=$1 root" -days 30 &&
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
            -keyout "$1.key" -out "$1.csr" -subj "/CN=$1 clock" &&
        openssl x509 -req -in "$1.csr" -CA "$1.root" -CAkey "$1.rootkey" \
            -CAcreateserial -out "$1.pem" -days 20 -extfile tsa.cnf \
            -extensions v3
}
{ authority clock && authority other; } >made 2>&1 || {
    say "skipped: this openssl makes no authority: $(tail -n 1 made)"
    exit 77
}
answer() { # QUERY ANSWER
    openssl ts -reply -config tsa.cnf -section good -queryfile "$1" \
        -inkey clock.key -signer clock.pem -out "$2" 2>/dev/null ||
        bad "openssl answered nothing to $1"
}

# ---- asking: locked, twice the same, and what openssl would ask ----
new_vault
echo text >a.txt
expect 0 sq add a.txt
expect 0 "$SANDUQ" -V v.sanduq log stamp request -o one.tsq
says err "first 5 lines"
says err "learns one hash"
expect 0 "$SANDUQ" -V v.sanduq log stamp request --text -o one.txt
openssl ts -query -data one.txt -sha256 -cert -no_nonce -out theirs.tsq 2>/dev/null
same one.tsq theirs.tsq
expect 0 sq log stamp request -o again.tsq
same one.tsq again.tsq
expect 2 sq log stamp request -o one.tsq
says err "nothing was written over"
expect 0 "$SANDUQ" -V v.sanduq --json log stamp request
says out '"type":"stamp-request"'
says out "$(sha256sum one.txt | cut -d' ' -f1)"
expect 7 sq log stamp request --log 0000000000000000 -o no.tsq
[ ! -e no.tsq ] || bad "a request about no log"
"$SANDUQ" -V v.sanduq log stamp request | cmp -s - one.tsq || bad "to a pipe"

# ---- keeping what came back, later ----
answer one.tsq one.tsr
expect 0 sq add --again a.txt
expect 0 sq log stamp attach one.tsr
says out "kept: about the first 5 lines"
says out "was not judged"
expect 0 sq log stamp attach one.tsr
says out "was there already"
expect 0 sq --json log stamp attach one.tsr
says out '"already":true'
openssl ts -reply -in one.tsr -token_out -out one.token 2>/dev/null
expect 0 sq log stamp attach one.token
says out "was there already"
expect 0 sq log show --unlock
says out "evidence=tsr"

# ---- what verify says, and what it leaves to others ----
expect 0 "$SANDUQ" verify v.sanduq
says out "time evidence (tsr) is over this very state"
says out "its first 5 lines, of 7"
says out "signed that is not judged here"
says out "of no later line"
says out "openssl ts -verify"
says_not out "verified"
expect 0 "$SANDUQ" log stamp list v.sanduq
says out "(not judged)"
expect 0 "$SANDUQ" --json log stamp list v.sanduq
says out '"policy":"1.2.3.4.1"'
says out '"fits":true'

# ---- out again, for openssl ----
expect 0 "$SANDUQ" log stamp export times v.sanduq
says err "openssl ts -verify"
same times/1-*.txt one.txt
same times/1-*.tsr one.tsr
expect 0 openssl ts -verify -data times/1-*.txt -in times/1-*.tsr \
    -CAfile clock.root
says out "Verification: OK"
expect 0 "$SANDUQ" verify v.sanduq --since times/1-*.checkpoint
# another root, another state, a changed token: openssl says no
expect 1 openssl ts -verify -data times/1-*.txt -in times/1-*.tsr \
    -CAfile other.root
expect 1 openssl ts -verify -data a.txt -in times/1-*.tsr -CAfile clock.root
expect 2 "$SANDUQ" log stamp export times v.sanduq
new_vault empty.sanduq
expect 7 "$SANDUQ" log stamp export none empty.sanduq
[ ! -e none ] || bad "a folder without anything in it"
expect 0 "$SANDUQ" log stamp list empty.sanduq
expect 7 "$SANDUQ" log stamp list absent.sanduq
expect 1 "$SANDUQ" log stamp list a.txt

# ---- what is refused ----
cp v.sanduq before
openssl ts -query -data a.txt -sha256 -cert -no_nonce -out a.tsq 2>/dev/null
answer a.tsq a.tsr
expect 7 sq log stamp attach a.tsr
says err "about no state"
"$SANDUQ" -V empty.sanduq log stamp request -o e.tsq 2>/dev/null
answer e.tsq e.tsr
expect 7 sq log stamp attach e.tsr
openssl ts -query -data one.txt -sha512 -no_nonce -out x.tsq 2>/dev/null
answer x.tsq x.tsr
expect 1 sq log stamp attach x.tsr
says err "another hash"
openssl ts -query -data one.txt -sha256 -tspolicy 1.9.9 -out r.tsq 2>/dev/null
answer r.tsq r.tsr
expect 6 sq log stamp attach r.tsr
says err "Requested policy is not supported."
for f in one.tsq one.txt a.txt; do
    expect 1 sq log stamp attach $f
done
head -c 2000000 /dev/zero >large
expect 2 sq log stamp attach large
head -c 100 one.tsr >cut.tsr
expect 1 sq log stamp attach cut.tsr
same v.sanduq before

# A changed token is about the same state: what it is worth openssl says.
cp one.tsr changed.tsr
printf '\x01' | dd of=changed.tsr bs=1 seek=$(($(stat -c %s changed.tsr) - 3)) \
    conv=notrunc 2>/dev/null
expect 0 sq log stamp attach changed.tsr
expect 0 "$SANDUQ" log stamp export more v.sanduq
expect 1 openssl ts -verify -data more/2-*.txt -in more/2-*.tsr -CAfile clock.root
expect 0 openssl ts -verify -data more/1-*.txt -in more/1-*.tsr -CAfile clock.root

# ---- a second machine attaches; a bundle takes along what it names ----
expect 0 "$SANDUQ" -V v.sanduq log stamp request -o two.tsq
answer two.tsq two.tsr
# shellcheck disable=SC2154 # of lib.bash
export XDG_STATE_HOME=$work/state2
expect 0 sq log stamp attach two.tsr
id=$(sq list --json 2>/dev/null | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' | head -n 1)
new_vault peer.sanduq
expect 0 "$SANDUQ" -V peer.sanduq --passphrase-file pw card export -o peer.card
expect 0 sq --yes card add peer.card --name peer
expect 0 sq --yes share out.bundle --to peer --allow-unconfirmed --plain-container "$id"
expect 0 "$SANDUQ" verify out.bundle
says out "time evidence (tsr) is over this very state"
expect 0 "$SANDUQ" log stamp export given out.bundle
expect 0 openssl ts -verify -data given/1-*.txt -in given/1-*.tsr -CAfile clock.root
cp out.bundle w.bundle
sqlite3 -batch w.bundle "UPDATE attachment SET b = x'00'"
expect 3 "$SANDUQ" verify w.bundle
says out "malformed"
sqlite3 -batch w.bundle "UPDATE attachment SET b = x'$(od -An -tx1 -v a.tsr | tr -d ' \n')'"
expect 3 "$SANDUQ" verify w.bundle
says out "about something else"
sqlite3 -batch w.bundle "UPDATE attachment SET kind = 'roughtime', b = x'00'"
expect 0 "$SANDUQ" verify w.bundle
says out "of other kinds: kept, and not read"
expect 6 "$SANDUQ" -V peer.sanduq --passphrase-file pw --yes receive out.bundle
says out "structure, signature and recipients are as signed"
expect 0 "$SANDUQ" verify v.sanduq

# ---- copies and audit packs keep it ----
expect 0 "$SANDUQ" -V v.sanduq log pack v.pack
expect 0 "$SANDUQ" verify v.pack
says out "time evidence (tsr) is over this very state"
expect 0 "$SANDUQ" log stamp export packed v.pack
expect 0 openssl ts -verify -data packed/1-*.txt -in packed/1-*.tsr -CAfile clock.root
cp v.pack w.pack
sqlite3 -batch w.pack 'DELETE FROM attachment WHERE a = 1'
expect 3 "$SANDUQ" verify w.pack
says out "that the log names is not here: 1"
cp v.pack w.pack
sqlite3 -batch w.pack "UPDATE attachment SET size = (SELECT max(size) FROM checkpoint)
    WHERE a = 1"
expect 3 "$SANDUQ" verify w.pack
says out "about something else"
# hidden under another word, or put there twice: no line names that
for f in v.pack v.sanduq; do
    cp $f w.file
    sqlite3 -batch w.file "UPDATE attachment SET kind = 'other' WHERE a = 1"
    expect 3 "$SANDUQ" verify w.file
    says out "of another kind than is said of it"
    cp $f w.file
    sqlite3 -batch w.file "INSERT INTO attachment(log, size, kind, b)
        SELECT log, size, kind, b FROM attachment WHERE a = 1"
    expect 3 "$SANDUQ" verify w.file
    says out "attachments that no line names: 1"
    says_not out "no rows that the log does not name"
done
# nothing covers `keep`: cleared, it must not make the owner's next line destroy them
sqlite3 -batch v.sanduq 'UPDATE checkpoint SET keep = 0'
expect 0 sq add x.tsq
expect 0 "$SANDUQ" verify v.sanduq
says out "time evidence (tsr) is over this very state"
expect 0 sq backup copy.sanduq
expect 0 "$SANDUQ" verify copy.sanduq
says out "time evidence (tsr)"
finish
