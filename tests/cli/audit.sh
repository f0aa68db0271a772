# SPDX-License-Identifier: Apache-2.0
# audit.sh: an auditor gets a pack of the log, or one record's proof
. "$(dirname "$0")/lib.bash"
here=$(realpath "$(dirname "$0")")
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import hashlib, sqlite3' 2>/dev/null && python=$p && break
done

# a vault with withdrawals, a device, and records of two others
for who in a b c; do
    expect 0 "$SANDUQ" init --key-file $who.key $who.sanduq
done
as() {
    local who=$1
    shift
    "$SANDUQ" -V "$who.sanduq" --key-file "$who.key" "$@"
}
for who in a b c; do
    expect 0 as $who card export -o $who.card
done
print_of() { "$SANDUQ" -V "$1.sanduq" card show | sed -n 's/^ *fingerprint *//p'; }
know() { expect 0 as "$1" card add "$2.card" --name "$2" --fingerprint "$(print_of "$2")"; }
know a b
know b a
know c a
know a c
for n in 1 2 3; do printf 'secret %s\n' $n >t$n.txt; done
expect 0 as a add -f title=Testimony t1.txt t2.txt t3.txt
mapfile -t ids <out
expect 0 as a amend "${ids[0]}" -f title=Again
expect 0 as a --yes withdraw "${ids[1]}"
expect 0 "$SANDUQ" capture init a.card field.sq --fingerprint "$(print_of a)"
code=$(sed -n 's/^ *code *//p' out)
device=$(sed -n 's/^ *device *//p' out)
expect 0 "$SANDUQ" -V field.sq add t1.txt t2.txt
expect 0 "$SANDUQ" -V field.sq capture end
expect 0 as a device admit "$code" --yes
expect 0 as a receive field.sq
for who in b c; do
    expect 0 as $who add -f title=Theirs t2.txt t3.txt
    other=$(head -c 32 out)
    expect 0 as $who amend "$other" -f title=Changed
    expect 0 as $who --yes share $who --to a --all --plain-container
    expect 0 as a receive $who.bundle
done
expect 0 as a log checkpoint -o then.checkpoint
key=$(print_of a)

# locked, never over another file, and the vault stays as it is
cp a.sanduq before.sanduq
expect 2 "$SANDUQ" -V a.sanduq log pack t1.txt
says err "there already"
expect 2 "$SANDUQ" -V field.sq log pack x.audit
says err "a capture file"
[ ! -e x.audit ] || bad "a pack of a capture file"
expect 0 "$SANDUQ" -V a.sanduq log pack a.audit
says err "nothing sealed is in it"
says_not err "of other vaults"
[ "$(stat -c %a a.audit)" = 600 ] || bad "mode of the pack"
same a.sanduq before.sanduq
[ -z "$(find . -name '.a.audit*')" ] || bad "a temporary file stayed"
expect 0 "$SANDUQ" -V a.sanduq --json log pack json.audit
says out '"type":"pack"'
says out '"withdrawn":1'
says out '"others":0'

# whoever gets it needs nothing else, and nothing sealed is in it
mkdir closed && cp a.audit closed/ && chmod 500 closed
expect 0 "$SANDUQ" verify closed/a.audit
[ "$(ls closed)" = a.audit ] || bad "something lies beside the pack"
chmod 700 closed
says out "6 record versions: each logged, as its head says"
says out "1 of them declared withdrawn"
says out "1 capture sessions"
says out "the log is unchanged since it was signed"
says out "(not compared)"
says out "none are in it"
says_not out "unchanged since it was sealed"
says_not out "verified"
expect 0 "$SANDUQ" verify a.audit --card a.card --since then.checkpoint
says out "(compared)"
says out "since the checkpoint given"
expect 6 "$SANDUQ" verify a.audit --card b.card
says out "compared: not the key that was asked for"
expect 0 "$SANDUQ" --json --evidence verify a.audit
says out '"audit":true'
expect 2 "$SANDUQ" verify a.audit --key-file a.key
says err "nothing that a secret opens"
if grep -aq 'SQS1\|secret' a.audit; then bad "a slot or a text lies in the pack"; fi

# a state speaks of one kind of file, though both have the same logs
expect 0 "$SANDUQ" verify a.audit --save-state pack.state
expect 0 "$SANDUQ" verify a.sanduq --save-state vault.state
expect 0 "$SANDUQ" verify a.sanduq --since vault.state
expect 0 "$SANDUQ" verify a.audit --since pack.state
for pair in a.audit:vault.state a.sanduq:pack.state; do
    expect 6 "$SANDUQ" verify "${pair%:*}" --since "${pair#*:}" --json
    says out '"kind":"since"'
    says out "another kind of file"
done

# everything else that meets one says what it is
expect 1 "$SANDUQ" -V a.audit info
says err "is an audit pack, not a vault"
says err "sanduq verify"
expect 1 "$SANDUQ" -V a.audit add t1.txt
says err "is an audit pack, not a vault"
expect 1 "$SANDUQ" restore a.audit new.sanduq
says err "is an audit pack"
[ ! -e new.sanduq ] || bad "restored"
expect 2 as c receive a.audit
says out "an audit pack, which holds nothing to take in"
expect 0 as c add a.audit
says err "is an audit pack: it is sealed as it is"

# records of others: only unlocked, and only after what it shows was shown
expect 2 "$SANDUQ" -V a.sanduq log pack others.audit --with-others
expect 2 as a log pack others.audit --with-others
says out "$(print_of b)"
says out "$(print_of c)"
says out ": 2 record versions"
says err "a map of who works with whom"
[ ! -e others.audit ] || bad "a map nobody said yes to"
cp a.sanduq before.sanduq
expect 0 as a --yes log pack others.audit --with-others
same a.sanduq before.sanduq
expect 0 "$SANDUQ" verify others.audit --card a.card --card b.card
says out "4 record versions of other vaults"
says out "2 earlier versions of these"
says out "card $(print_of b) (compared)"
says out "card $(print_of c): not compared"
expect 0 as a --json --yes log pack map.audit --with-others
says out '"type":"other"'
says out '"others":4'

# a record of a device that was lost is named, in the pack too
expect 0 "$SANDUQ" -V field.sq add t3.txt
late=$(cat out)
expect 0 "$SANDUQ" -V field.sq capture end
expect 0 as a device revoke "$device" --yes
expect 6 as a receive field.sq --untrusted
expect 0 "$SANDUQ" -V a.sanduq log pack late.audit
expect 6 "$SANDUQ" verify late.audit
says out "$late, version 1: untrusted"

# one record's proof, for verify and for stock tools
expect 2 "$SANDUQ" -V a.sanduq log prove "${ids[0]:0:12}"
says err "all 32 digits"
expect 0 "$SANDUQ" -V a.sanduq log prove "${ids[0]}"
cp out one.txt
expect 0 "$SANDUQ" verify one.txt --card a.card
says out "${ids[0]}, version 2"
expect 0 "$SANDUQ" -V a.sanduq log prove "${ids[0]}" --revision 1 -o first.txt
expect 0 "$SANDUQ" verify first.txt
says out "${ids[0]}, version 1"
expect 2 "$SANDUQ" -V a.sanduq log prove "${ids[0]}" -o first.txt
expect 0 "$SANDUQ" -V a.sanduq log prove "${ids[1]}" -o gone.txt
says err "declared withdrawn"
expect 0 "$SANDUQ" verify gone.txt
expect 4 "$SANDUQ" -V a.sanduq log prove "$other"
expect 0 as a log prove "$other" -o theirs.txt
says err "another vault"
expect 0 "$SANDUQ" verify theirs.txt --card c.card
expect 6 "$SANDUQ" -V a.sanduq log prove "$late"
says err "a revoked device"
expect 6 as a log prove "$late"
expect 7 as a log prove 00000000000000000000000000000000
prove() { expect 0 "$SANDUQ" -V a.sanduq log prove "$@"; }
prove "${ids[0]}" --tlog-proof p.txt --leaf leaf.txt --log log.vkey
[ ! -s out ] || bad "something on standard output: $(cat out)"
expect 6 "$SANDUQ" verify p.txt
expect 6 "$SANDUQ" verify p.txt --leaf leaf.txt
expect 6 "$SANDUQ" verify p.txt --log log.vkey
says_not out "stands in the log"
expect 0 "$SANDUQ" verify p.txt --leaf leaf.txt --log log.vkey
says out "stands in the log whose key was given"
prove "${ids[2]}" --leaf leaf2.txt
expect 3 "$SANDUQ" verify p.txt --leaf leaf2.txt --log log.vkey
expect 6 "$SANDUQ" verify p.txt --leaf leaf.txt --log log.vkey --card a.card
says out "the card given was not compared"
expect 6 "$SANDUQ" verify a.audit --leaf leaf.txt
expect 0 as c log prove "$other" --log c.vkey
expect 6 "$SANDUQ" verify p.txt --leaf leaf.txt --log c.vkey
says out "another log"
sed -n '/^part note/,/^part card/p' one.txt | sed '1d;$d' >log.note
expect 6 "$SANDUQ" verify p.txt --leaf leaf.txt --log log.note
says out "give that card with --card"
expect 0 "$SANDUQ" verify p.txt --leaf leaf.txt --log log.note --card a.card
says out "signed for by $key (compared)"
expect 6 "$SANDUQ" verify p.txt --leaf leaf.txt --log log.note --card b.card
sed 's/^index .*/index 0/' p.txt >q.txt
expect 3 "$SANDUQ" verify q.txt --leaf leaf.txt --log log.vkey
sed 's/^sanduq.invalid/sanduq.invalid/; s/^\([0-9]*\)$/1\1/' p.txt >q.txt
expect 3 "$SANDUQ" verify q.txt --leaf leaf.txt --log log.vkey

# without this program: the standard library of Python, and openssl
if [ -n "$python" ] && command -v openssl >/dev/null; then
    expect 0 "$python" "$here/audit_check.py" proof p.txt leaf.txt log.vkey
    says out "holds"
    expect 1 "$python" "$here/audit_check.py" proof p.txt leaf2.txt log.vkey
fi
[ -z "$python" ] || {
    expect 0 "$python" "$here/audit_check.py" planted others.audit
    says out "all found"
    expect 0 "$python" "$here/audit_check.py" bytes others.audit
    says out "changes nothing"
}
finish
