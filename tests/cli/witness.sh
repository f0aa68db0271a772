# SPDX-License-Identifier: Apache-2.0
# witness.sh: having a log countersigned, countersigning, and what is refused
readme=$(realpath "${SRC:-.}")/README.md
. "$(dirname "$0")/lib.bash"

# three people on three machines; key files cost no Argon2
aina() { XDG_STATE_HOME=$work/sa "$SANDUQ" -V a.sanduq --key-file key "$@"; }
wit() { XDG_STATE_HOME=$work/sw "$SANDUQ" -V w.sanduq --key-file key "$@"; }
other() { XDG_STATE_HOME=$work/so "$SANDUQ" -V o.sanduq --key-file key "$@"; }
for who in a w o; do
    XDG_STATE_HOME=$work/s$who "$SANDUQ" -q init --key-file key $who.sanduq || bad "init"
done
digits() { sed -n 's/^  read out  *//p'; }
mkdir post
aina card export -o post/a.card 2>/dev/null
other card export -o post/o.card 2>/dev/null
da=$(aina card show | digits)

# ---- a witness, and whose witness it is
printf 'old 0\n' >post/nothing
expect 1 wit witness sign post/nothing
expect 0 wit witness init -o post/w.vkey
says err "from now on this machine countersigns"
dw=$(sed -n 's/^sanduq:     \([0-9 ]*\)$/\1/p' err)
expect 0 wit witness init
same out post/w.vkey
says_not err "from now on"
expect 0 wit --json witness init
says out '"own":true,"here":true'
expect 2 wit --no-state witness init
says err "without a state file"
expect 2 aina witness init Wit post/w.vkey # no answer
says err "use --fingerprint"
expect 6 aina witness init Wit post/w.vkey --fingerprint "$da"
says err "it was not pinned"
expect 2 aina witness init "Wi t" post/w.vkey --fingerprint "$dw"
expect 2 aina witness init none post/w.vkey --fingerprint "$dw"
echo 'w.example+00112233+BgECAw==' >post/other-type
sed 's/witness+/witnes+/' post/w.vkey >post/bad.vkey
expect 1 aina --yes witness init Wit post/other-type
says err "unknown type"
expect 1 aina --yes witness init Wit post/bad.vkey
expect 1 aina --yes witness init Wit "$(cat post/bad.vkey)"
expect 2 wit --yes witness init me post/w.vkey
says err "nobody is a witness for themselves"
expect 7 aina witness ask Wit
expect 0 aina --yes witness init Wit post/w.vkey
says err "not compared"
expect 0 aina witness init Wit "$(cat post/w.vkey)" --fingerprint "$dw"
says err "compared by you"
expect 2 aina --yes witness init Zwei post/w.vkey
says err 'pinned as "Wit" already'
expect 0 other --yes witness init
other witness init 2>/dev/null >post/o.vkey
expect 2 aina --yes witness init Wit post/o.vkey
says err "--renewed puts"
expect 2 aina witness init --quorum 2
says err "only 1 witnesses"
expect 0 aina witness init --quorum 1
expect 2 aina witness init Wit --remove
says err "fewer witnesses"
expect 0 aina witness list --make-policy
[ "$(cat out)" = "witness Wit $(cat post/w.vkey)
group enough 1 Wit
quorum enough" ] || bad "policy: $(cat out)"
expect 0 aina --json witness list
says out '"type":"witness","v":1,"name":"Wit","compared":true'

# ---- the first request: whose log it is must be known
expect 0 aina witness ask Wit -o post/r1
says err 'give it to "Wit"'
[ "$(head -1 post/r1)" = "old 0" ] || bad "first request: $(head -1 post/r1)"
expect 6 wit witness sign post/r1 # no card
says err "not pinned here"
[ ! -s out ] || bad "an answer: $(cat out)"
expect 0 wit --yes card add post/a.card --name Aina
expect 6 wit witness sign post/r1 # not compared
says err "asks for one that was compared"
expect 0 wit card add post/a.card --fingerprint "$da"
sed '/^sanduq.v1/,$d' post/r1 >post/no-note
expect 6 wit witness sign post/no-note
says err "no note that introduces it"
n=$(sed -n 4p post/r1)
awk 'NR == 4 { $0 = $0 + 1 } 1' post/r1 >post/forged
expect 3 wit witness sign post/forged
says err "not signed by the key of this log"
sed 's/ 1$/ 2/' post/r1 >post/forged # number in the replica note
expect 3 wit witness sign post/forged
[ ! -s out ] || bad "an answer to a forged note"
sed 's/^old 0$/old 3/' post/r1 >post/old3
expect 6 wit witness sign post/old3
says out "old 0 sanduq.invalid/"
printf 'old 9999\n' | cat - <(tail -n +2 post/r1) >post/beyond
expect 6 wit witness sign post/beyond
says err "cannot follow"
expect 0 wit witness list
says_not out "sanduq.invalid" # nothing of all this was kept
expect 6 other witness sign post/r1 --clock doubtful
expect 6 wit witness sign post/r1 --clock doubtful
says err "clock of this machine is in doubt"
[ ! -s out ] || bad "an answer by a clock in doubt"

# ---- signed, taken
expect 0 wit witness sign post/r1 -o post/a1
says err "signed for the first time"
[ "$(wc -l <post/a1)" = 1 ] || bad "one line: $(cat post/a1)"
expect 0 aina witness take post/a1
says err "\"Wit\" countersigned $n entries"
expect 0 aina witness take post/a1 # twice is once
says err "was here already"
expect 0 aina witness ask Wit
says err "has countersigned all there is"
[ ! -s out ] || bad "a request for nothing"
expect 0 wit witness sign post/r1 # the answer was lost
says err "signed"
expect 0 aina verify a.sanduq
expect 0 wit verify w.sanduq

# ---- it grows while the request is on its way
printf 'one' >one
expect 0 aina add one
expect 0 aina witness ask Wit -o post/r2
[ "$(head -1 post/r2)" = "old $n" ] || bad "second request: $(head -1 post/r2)"
says_not post/r2 "sanduq.v1/replica"
cp a.sanduq early.sanduq
cp -r sa early-state
printf 'two' >two
expect 0 aina add two
# a checkpoint with a line that none of ours has: bad, and the next goes on
awk '/^sanduq.invalid/ { n = NR } { print } n && NR == n + 2 { print "more"; n = 0 }' \
    post/r2 >post/longer
cmp -s post/r2 post/longer && bad "no line was added"
cat post/longer post/r2 >post/both
expect 6 wit --json witness sign post/both
[ "$(grep -c '"what":"bad"' out)/$(grep -c '"what":"signed"' out)" = 1/1 ] ||
    bad "with an extension line: $(cat out)"
expect 0 wit --json witness sign post/r2
says out '"what":"signed"'
wit witness sign post/r2 >post/a2 2>/dev/null
expect 0 aina --json witness take post/a2
says out '"what":"taken","witness":"Wit","compared":true'
expect 0 aina witness take post/a1 post/a2
expect 0 aina log show --unlock
says out "$((n + 1))/$((n + 2))  Wit"
says out "by a key that was compared"
expect 0 "$SANDUQ" -V a.sanduq info
says out "not checked: the key is not known here"
says_not out "the signature holds"
expect 0 "$SANDUQ" -V a.sanduq --json log show
says out '"type":"cosigned"'
says out '"held":false'
expect 0 aina verify a.sanduq

# ---- replayed, shrunk
expect 6 wit witness sign post/r1
says err "the log shrank"
says out "old $((n + 1)) sanduq.invalid/"
wit witness sign post/r1 >post/a-old 2>/dev/null
expect 6 aina witness take post/a-old
says err "it has signed $((n + 1)) entries"

# ---- a copy of vault and state: two histories under one key
copy() { XDG_STATE_HOME=$work/copy-state "$SANDUQ" -V copy.sanduq --key-file key "$@"; }
cp a.sanduq copy.sanduq
cp -r sa copy-state
printf 'left' >left
printf 'right' >right
expect 0 aina add left
expect 0 copy add right
aina witness ask Wit -o post/left 2>/dev/null
copy witness ask Wit -o post/right 2>/dev/null
expect 0 wit witness sign post/left -o post/a-left
expect 3 wit witness sign post/right
says err "a fork"
[ ! -s out ] || bad "a fork was answered: $(cat out)"
expect 3 wit --json witness sign post/right
says out '"what":"fork"'
says out '"before":"sanduq.invalid/'
expect 0 copy add one --again # longer than what was signed
copy witness ask Wit -o post/longer 2>/dev/null
expect 6 wit witness sign post/longer # begins at what the copy knows
copy witness ask Wit --old $((n + 3)) -o post/proved 2>/dev/null
expect 6 wit witness sign post/proved
says err "the proof does not show"
says_not err "a fork"
expect 0 aina witness take post/a-left
expect 6 copy witness take post/a-left
says err "a state that is not in this vault"
# an older copy finds out by itself, once the witness said how far it is
older() { XDG_STATE_HOME=$work/early-state "$SANDUQ" -V early.sanduq --key-file key "$@"; }
expect 6 older witness ask Wit --old $((n + 3))
says err "this vault is an older copy"

# ---- answers that are none
other card export -o post/o2.card 2>/dev/null
expect 0 other --yes card add post/a.card --name Aina --fingerprint "$da"
printf 'three' >three
expect 0 aina add three
aina witness ask Wit --old 0 -o post/r0 2>/dev/null
expect 0 other witness sign post/r0 -o post/a-other
expect 6 aina witness take post/a-other
says err "by a key that is not pinned, not taken"
aina witness ask Wit -o post/r3 2>/dev/null
wit witness sign post/r3 -o post/a3 2>/dev/null
sed 's/AAAA./AAAAb/' post/a3 >post/changed
expect 6 aina witness take post/changed
says err "or the line was changed: not taken"
expect 1 aina witness take post/r3
says err "this is a request"
expect 1 wit witness sign post/a3
says err "this is an answer"
expect 1 aina witness take post/a.card post/nothing
head -c 100 post/r3 >post/cut
expect 1 wit witness sign post/cut
says err "cut or broken on its way"
expect 1 aina witness take "$readme"

# ---- as mail brings it
sed 's/$/\r/; s/^/> /' post/r3 >post/mailed
expect 0 wit witness sign post/mailed
{
    printf '\n\n'
    sed 's/\(witness\) /\1\n/; s/^/> /' post/a3
} >post/broken
expect 0 aina witness take post/broken
says err '"Wit" countersigned'
expect 0 aina log checkpoint
grep -q "/witness " out || bad "the newest checkpoint has its line"

# ---- as a code
if command -v zbarimg >/dev/null; then
    printf 'four' >four
    expect 0 aina add four
    expect 0 aina witness ask Wit --qr -o post/r4.png
    zbarimg -q --raw -Sbinary --oneshot post/r4.png >post/r4 2>/dev/null
    expect 0 wit witness sign post/r4 --qr -o post/a4.png
    zbarimg -q --raw -Sbinary --oneshot post/a4.png >post/a4 2>/dev/null
    expect 0 aina witness take post/a4
    says err '"Wit" countersigned'
else
    say "skipped: no zbarimg to read the codes back"
fi
for _ in 1 2 3 4 5 6; do
    aina --no-state add --again one >out 2>err || bad "a log of its own"
done
expect 2 aina witness ask Wit --all --qr
says err "more than a QR code holds"

# ---- many logs: those that others name are covered by them
expect 0 aina witness ask Wit -o post/r5
[ "$(grep -c '^old ' post/r5)" = 1 ] || bad "logs asked for: $(grep -c '^old ' post/r5)"
expect 0 wit witness sign post/r5 -o post/a5
expect 0 aina witness take post/a5
expect 0 aina witness ask Wit --all -o post/r6
[ "$(grep -c '^old ' post/r6)" = 5 ] || bad "all logs: $(grep -c '^old ' post/r6)"
expect 2 aina witness ask Wit --all --old 5
says err "the size of one log"
expect 0 wit witness sign post/r6 -o post/a6
expect 0 aina witness take post/a6
[ "$(grep -c countersigned err)" = 5 ] || bad "answers taken"
expect 0 aina witness ask Wit --all
says err "all there is"
expect 0 aina verify a.sanduq

# ---- a capture device: its session speaks through the device note
expect 0 "$SANDUQ" capture init post/a.card field.sq --fingerprint "$da"
code=$(sed -n 's/^ *code *//p' out)
expect 0 "$SANDUQ" -V field.sq add one
expect 0 "$SANDUQ" -V field.sq capture end
expect 0 "$SANDUQ" -V field.sq add two
expect 0 "$SANDUQ" -V field.sq capture end
expect 0 aina --yes device admit "$code"
expect 0 aina receive field.sq
expect 0 aina witness ask Wit --all -o post/r7
grep -q sanduq.v1/device post/r7 || bad "no device note goes along"
[ "$(grep -c sanduq.v1/session post/r7)" = 2 ] || bad "session notes: $(grep -c sanduq.v1/session post/r7)"
awk '/^sanduq.v1\/device/ { skip = 1 } /^old/ { skip = 0 } !skip' post/r7 >post/no-device
expect 6 wit witness sign post/no-device
says err "no device note"
expect 0 wit witness sign post/r7 -o post/a7
expect 0 aina witness take post/a7
[ "$(grep -c countersigned err)" = 3 ] || bad "the log and two sessions: $(cat err)"

# ---- what it knows of a vault
expect 0 wit witness list Aina -o post/seen
[ "$(head -1 post/seen)" = sanduq.v1/witnessed ] || bad "what was seen: $(cat post/seen)"
[ "$(grep -c '^log ' post/seen)" = 9 ] || bad "logs seen: $(grep -c '^log ' post/seen)"
grep '^log ' post/seen | LC_ALL=C sort -c || bad "not in order"
expect 0 wit witness list "$(sed -n '2s/ .*//p' post/seen)"
expect 7 wit witness list Nobody
expect 2 wit witness list -o post/seen2
expect 0 wit --json witness list
says out '"type":"seen","v":1,"name":"Aina"'
expect 0 aina --yes witness init Augenzeugin post/o.vkey
if grep -aq Augenzeugin a.sanduq; then bad "the witness's name lies in the file"; fi
expect 0 aina witness init Augenzeugin --remove

# ---- two machines of one witness, and an older copy of it
cp w.sanduq twin.sanduq
cp -r sw older-state
cp w.sanduq older.sanduq
twin() { XDG_STATE_HOME=$work/st "$SANDUQ" -V twin.sanduq --key-file key "$@"; }
expect 0 aina add two --again
aina witness ask Wit -o post/r8 2>/dev/null
expect 6 twin witness sign post/r8
says err "another machine of this vault is the witness"
[ ! -s out ] || bad "the second machine signed"
expect 6 twin witness init
expect 0 twin witness init --here
says err "must know all that was signed before"
expect 0 twin witness sign post/r8
expect 6 wit --no-state witness sign post/r8
expect 0 wit witness sign post/r8
cp w.sanduq newest.sanduq
cp older.sanduq w.sanduq # the newer file is lost; the machine remembers
expect 3 wit witness sign post/r8
says err "this machine remembers later ones"
[ ! -s out ] || bad "an older copy signed"
mv sw remembered # and without its memory it is another machine
expect 6 wit witness sign post/r8
says err "another machine of this vault is the witness"
rm -r sw
mv remembered sw
mv newest.sanduq w.sanduq
expect 0 wit witness sign post/r8

cp w.sanduq pre.sanduq
cp -r sw pre-state

# ---- a card that is renewed, revoked
expect 0 wit --yes card renew
wit witness init 2>/dev/null >post/w2.vkey
cmp -s post/w.vkey post/w2.vkey && bad "the key of the next card is another"
wit witness sign post/r8 -o post/a8 2>/dev/null
expect 6 aina witness take post/a8
says err "--renewed"
expect 0 aina --yes witness init Wit post/w2.vkey --renewed
expect 0 aina witness take post/a8
says err "was not compared with the person"
aina card revoke -o post/revoked 2>/dev/null
expect 0 wit --yes card revoke post/revoked
expect 6 wit witness sign post/r8 # known before
says err "is revoked"
expect 6 wit witness sign post/r6 # and those that would be new
[ ! -s out ] || bad "signed for a revoked card: $(cat out)"
expect 0 aina witness init --quorum 0
expect 0 aina witness init Wit --remove
expect 7 aina witness list --make-policy
expect 0 aina verify a.sanduq
expect 0 wit verify w.sanduq

# ---- a new file with new keys remembers, and is another machine with another key
pre() { XDG_STATE_HOME=$work/pre-state "$SANDUQ" -V pre.sanduq --key-file key "$@"; }
expect 0 pre --yes rekey anew.sanduq --new-key-file key2 --reason test
anew() { XDG_STATE_HOME=$work/pre-state "$SANDUQ" -V anew.sanduq --key-file key2 "$@"; }
expect 6 anew witness sign post/r8
says err "another machine of this vault is the witness"
expect 0 anew witness init --here
cmp -s out post/w.vkey && bad "the key of the next card is another"
expect 6 anew witness sign post/r1
says err "the log shrank"
expect 0 anew witness sign post/r8
says_not err "first time"
finish
