# SPDX-License-Identifier: Apache-2.0
# receive.sh: what others gave: checked, decided about, taken in
. "$(dirname "$0")/lib.bash"
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done

# three people, each with a machine: key files, no Argon2 to wait for
for who in aina bolat dana; do
    mkdir $who
    expect 0 "$SANDUQ" init --key-file $who/key $who/v.sanduq
done
as() {
    local who=$1
    shift
    "$SANDUQ" -V "$who/v.sanduq" --key-file "$who/key" "$@"
}
for who in aina bolat dana; do
    expect 0 as $who card export -o $who.card
    as $who card show >out
    sed -n 's/^  fingerprint  *//p' out >$who.key
done
know() { expect 0 as "$1" card add "$2.card" --name "$2" --fingerprint "$(cat "$2.key")"; }
know aina bolat
know aina dana
know bolat aina
know bolat dana
mkdir cards stick
mv ./*.card cards/

# aina gives bolat and dana what she has
printf 'seen by the gate\n' >gate.txt
head -c 200000 /dev/urandom >photo.bin
expect 0 as aina add gate.txt photo.bin
sort out >ids
expect 0 as aina --yes share stick/for-you --to bolat --to dana
[ -f stick/for-you.bundle.age ] || bad "no bundle on the stick"
head -c 30 stick/for-you.bundle.age | grep -q '^age-encryption.org/v1' || bad "not in an age file"

# adding a bundle is a mistake that is named
expect 0 as aina --yes share stick/plain --to bolat --all --plain-container
expect 2 as bolat add stick/plain.bundle
says err "is a bundle"
says err "sanduq receive"
rm stick/plain.bundle

# only looking changes nothing
cp bolat/v.sanduq before
expect 0 as bolat receive --dry-run stick/for-you.bundle.age
says out "signed by aina: $(cat aina.key) (compared)"
says err "nothing was changed"
same before bolat/v.sanduq
expect 0 as bolat --json list
says out '"records":0'

# then it comes in, with a receipt to carry back
expect 0 as bolat receive stick --receipt stick
says out "sealed to this vault"
says out "open and are what was signed and logged: 2"
says out "taken in"
[ "$(head -n 1 stick/for-you.receipt)" = sanduq.v1/receipt ] || bad "no receipt"
expect 0 as bolat --json list
sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' out | sort >got
same ids got
expect 0 as bolat get "$(as bolat --json find photo | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' | head -n 1)" -o photo.back
same photo.bin photo.back
id=$(head -n 1 ids)
expect 0 as bolat show "$id"
says out "Sealed by another vault"
says out "aina (compared)"
says out "Received"
says out "through $(cat aina.key)"
expect 0 as bolat --json show "$id"
says out '"provenance":{"vault":"'
says out '"origin":{"name":"aina","own":false,"compared":true,"doubted":false}'
expect 0 "$SANDUQ" verify bolat/v.sanduq
expect 0 as bolat verify --unlock

# twice is once
cp bolat/v.sanduq before
expect 0 as bolat --json receive stick/for-you.bundle.age --receipt stick
says out '"new":0,"more":0,"here":2'
says out '"type":"summary"'
same before bolat/v.sanduq

# the receipt goes home, once
expect 0 as aina receive stick/for-you.receipt
says out "a bundle of this vault arrived"
expect 0 as aina receive stick/for-you.receipt
says out "it is here already"

# nobody was compared by dana: a decision is needed
expect 6 as dana receive stick/for-you.bundle.age
says out "not compared"
says err "compare the key with the sender, then --accept it"
says err "ask the sender for it in another way"
expect 0 as dana --json list
says out '"records":0'
expect 6 as dana receive stick/for-you.bundle.age --accept "$(cat bolat.key)"
says err "no file waits for this signer"
expect 0 as dana --json list
says out '"records":0'
if [ -n "$python" ]; then
    cat >ask.py <<END
import os, pty, re, sys
def talk(args, answers):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(os.environ['SANDUQ'], ['sanduq'] + args)
    seen = ''
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data.decode('utf-8', 'replace')
        if answers and re.search(answers[0][0], seen):
            os.write(fd, answers.pop(0)[1].encode())
    status = os.waitpid(pid, 0)[1]
    assert not answers, ('was not asked', answers[0][0], seen)
    return os.waitstatus_to_exitcode(status), seen
key = open('aina.key').read().strip()
args = ['-V', 'dana/v.sanduq', '--key-file', 'dana/key', 'receive',
        'stick/for-you.bundle.age']
st, seen = talk(args, [('Type its last group', 'xxxx\r')])
assert st == 6, (st, seen)
assert 'left: what' in seen, seen
st, seen = talk(args, [('Type its last group', key.split()[-1] + '\r')])
assert st == 0, (st, seen)
assert 'taken in' in seen, seen
END
    SANDUQ=$SANDUQ "$python" ask.py || bad "the question"
else
    expect 0 as dana receive stick/for-you.bundle.age --accept "$(cat aina.key)"
fi
expect 0 as dana --json list
sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' out | sort >got
same ids got
expect 0 as dana show "$id"
says out "(not compared)"

# what bolat passes on is aina's; a changed file keeps no other out
expect 0 as dana card add cards/bolat.card --name bolat --fingerprint "$(cat bolat.key)"
printf 'by bolat\n' >b.txt
expect 0 as bolat add b.txt
mkdir more
expect 0 as bolat --yes share more/good --to dana --all --plain-container
expect 0 as bolat --yes share more/worse --to dana --all --plain-container
size=$(stat -c %s more/worse.bundle)
printf 'x' | dd of=more/worse.bundle bs=1 seek=$((size - 5000)) conv=notrunc 2>/dev/null
printf 'a shopping list\n' >more/list.txt
ln -s ../gate.txt more/link.txt
expect 3 as dana receive more
says out "REFUSED"
says out "taken in"
says out "left"
says out "records of $(cat aina.key) (not compared): 2, through bolat"
says err "link.txt is a link, or no file"
expect 0 as dana list --json
[ "$(grep -c '"type":"record"' out)" = 3 ] || bad "three records: $(cat out)"

# a vault, another's capture file, a card: named and left
expect 2 as dana receive bolat/v.sanduq
says out "a vault, which is not received"
expect 4 as dana receive bolat/v.sanduq.capture
says out "only that vault opens it"
expect 2 as dana receive cards/aina.card
says out "a card"
says err "sanduq card add FILE"
expect 7 as dana receive nothing.there

# a request to withdraw that comes before the record it is about
expect 0 as aina add photo.bin --again
new=$(cat out)
expect 0 as aina --yes share late --to bolat
expect 0 as aina --yes withdraw "$new" --reason "he asked" --notify request.txt
expect 0 as bolat receive request.txt
expect 0 as bolat receive late.bundle.age
expect 0 as bolat --json list
says_not out "$new"
expect 7 as bolat show "$new"

# a request that lies in a bundle is told too, and a folder without end keeps
# nothing that lies higher out
expect 0 as aina add gate.txt --again
new=$(cat out)
mkdir -p "deep/$(printf 'd/%.0s' $(seq 40))"
expect 0 as aina --yes share deep/three --to bolat --plain-container
expect 0 as bolat receive deep
says err "lies too deep"
expect 0 as aina --yes withdraw "$new" --reason "she asked" --notify later.txt
expect 0 as aina add gate.txt --again
expect 0 as aina --yes share deep/four --to bolat --plain-container
expect 0 as bolat receive --dry-run deep
says out "looked at when it is taken in: "
expect 0 as bolat receive deep
says out "asks to withdraw record versions: 1"

# a stick with what one gave to others: named it is not for this vault, in a
# folder it is passed over
mkdir stick
expect 0 as aina --yes share stick/five --to bolat --again
expect 4 as aina receive stick/five.bundle.age
expect 0 as aina receive stick
says out "five.bundle.age"

# the vault's own capture file, by name
expect 0 "$SANDUQ" -V bolat/v.sanduq add gate.txt
expect 0 as bolat receive bolat/v.sanduq.capture

# an age file from anyone
if command -v age >/dev/null && age --version | grep -q '^v\?1\.[3-9]'; then
    expect 0 as aina card export --age
    tr -d '\n' <out >rcpt
    age -r "$(cat rcpt)" -o letter.txt.age gate.txt
    expect 0 as aina receive letter.txt.age
    says out "sender not authenticated"
fi
finish
