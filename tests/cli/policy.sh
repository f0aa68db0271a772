# SPDX-License-Identifier: Apache-2.0
# policy.sh: an auditor asks for countersignatures, and for what witnesses saw
. "$(dirname "$0")/lib.bash"

# people on machines of their own; key files cost no Argon2
on() {
    local who=$1
    shift
    XDG_STATE_HOME=$work/s$who "$SANDUQ" -V "$who.sanduq" --key-file key "$@"
}
auditor() { XDG_STATE_HOME=$work/none "$SANDUQ" "$@"; }
for who in a w x; do
    XDG_STATE_HOME=$work/s$who "$SANDUQ" -q init --key-file key $who.sanduq || bad "init"
    on $who card export -o $who.card 2>/dev/null
done
digits() { on "$1" card show | sed -n 's/^  read out  *//p'; }
for who in w x; do
    expect 0 on $who witness init -o $who.vkey
    expect 0 on $who card add a.card --name Aina --fingerprint "$(digits a)"
done
expect 0 on a --yes witness init Wit w.vkey
expect 0 on a --yes witness init Xen x.vkey
expect 0 on a witness init --quorum 2
expect 0 on a witness list --make-policy -o policy.txt
[ ! -e none ] || bad "an auditor leaves no state"

# sign WITNESS: the request goes there and the answer comes back
sign() {
    # whom else the holder asks is not theirs to know
    local name=Wit
    [ "$1" = w ] || name=Xen
    rm -f request answer
    expect 0 on a witness ask $name -o request
    says_not request "/witness"
    expect 0 on "$1" witness sign request -o answer
    expect 0 on a witness take answer
}

# ---- nobody signed yet: the file is sound, and not as asked
printf 'one' >one
expect 0 on a add -t note -f title=one one
id=$(head -c 32 out)
expect 0 auditor verify a.sanduq
says out "no countersignature of a witness that is known here"
says out "other replicas: unknown"
expect 6 auditor verify a.sanduq --policy policy.txt
says out "no state of it is countersigned as the policy asks"
says out "group enough of the policy lacks 2 more of: Wit, Xen"
says err "it is not what was asked for"
expect 0 on a verify a.sanduq # its own policy: told, and not asked for
says out "not countersigned yet as this vault's own policy asks"

# ---- one of two, both
sign w
expect 6 auditor verify a.sanduq --policy policy.txt
says out "by the clock of witness Wit (key named by the policy)"
says out "lacks 1 more of: Xen"
sign x
expect 0 auditor verify a.sanduq --policy policy.txt --card a.card
says out "is countersigned as the policy asks"
says out "unchanged since it was sealed; signed by"
expect 0 auditor --json verify a.sanduq --policy policy.txt
says out '"level":"held","kind":"policy"'
says out '"cosignatures":2'
says out '"witnessed":"20'
expect 0 auditor verify a.sanduq
says out "whose 2 signatures stand below its checkpoints"
expect 0 auditor --json verify a.sanduq
says out '"cosignatures":0'
says_not out '"witnessed"'
expect 0 auditor verify a.sanduq --witness w.vkey --witness "$(cat x.vkey)"
grep -c "key given by you" out | grep -qx 2 || bad "two witnesses: $(cat out)"
expect 0 on a verify a.sanduq
says out "by the clock of witness Wit (key kept in the vault, and never compared)"
cp a.sanduq early.sanduq

# ---- the same for a pack, a proof, a disclosure
expect 0 on a log pack a.audit
expect 0 auditor verify a.audit --policy policy.txt --card a.card
says out "is countersigned as the policy asks"
expect 0 on a --yes disclose "$id" --fields title -o told.txt
expect 0 auditor verify told.txt --policy policy.txt --card a.card
says out "is countersigned as the policy asks"
says out "existed before"
printf 'witness z %s\nquorum z\n' "$(sed -n 's/^witness Xen //p' policy.txt)" >only-x
expect 0 auditor verify told.txt --policy only-x
expect 0 on a log prove "$id" -o proved.txt
expect 0 auditor verify proved.txt --policy policy.txt --card a.card
says out "is countersigned as the policy asks"

# ---- what is malformed stops before anything is judged
printf 'witness a %s\nwitness b %s\nquorum a\n' "$(cat w.vkey)" "$(cat w.vkey)" >twice
expect 2 auditor verify a.sanduq --policy twice
says err "line 2"
[ ! -s out ] || bad "something was judged: $(cat out)"
printf 'quorum none\n\0quorum a\n' >zero
expect 2 auditor verify a.sanduq --policy zero
printf 'witness a %s\nquorum a' "$(cat w.vkey)" >cut-off
expect 2 auditor verify a.sanduq --policy cut-off
says err "may be cut off"
printf 'witness a %s\r\nquorum a\r\n' "$(cat w.vkey)" >windows
expect 2 auditor verify a.sanduq --policy windows
says err "carriage return"
expect 2 auditor verify a.sanduq --witness a.card --witness policy.txt
expect 7 auditor verify a.sanduq --policy nothing-there
{
    cat policy.txt
    head -c 1000000 /dev/zero | tr '\0' '#'
    echo
} >long
expect 0 auditor verify a.sanduq --policy long
head -c 1100000 /dev/zero | tr '\0' '#' >longer
expect 2 auditor verify a.sanduq --policy longer

# ---- it goes on: what came after is named
printf 'two' >two
expect 0 on a add two
expect 6 auditor verify a.sanduq --policy policy.txt
says out "; the rest can still be changed by who has its key"
says out "came after the last countersignature"
expect 0 auditor verify early.sanduq --policy policy.txt
sign w
sign x
expect 0 auditor verify a.sanduq --policy policy.txt

# ---- a device, and an old machine's log: named in a line that is countersigned
expect 0 auditor capture init a.card field.sq --fingerprint "$(digits a)"
code=$(sed -n 's/^ *code *//p' out)
printf 'seen in the field' >three
expect 0 auditor -V field.sq add three
expect 0 auditor -V field.sq capture end
expect 0 on a --yes device admit "$code"
expect 0 on a receive field.sq
rm -r sa # the machine is lost
printf 'four' >four
expect 0 on a add four
expect 6 auditor verify a.sanduq --policy policy.txt
sign w
sign x
expect 0 auditor verify a.sanduq --policy policy.txt
says out "and so held fast by what is countersigned"
says out "and so existed before"
expect 0 on a log pack b.audit
expect 0 auditor verify b.audit --policy policy.txt
says out "and so held fast by what is countersigned"

# ---- a capture file, a bundle: their states have nobody's signature yet
expect 6 auditor verify field.sq --policy policy.txt
says out "no state of it is countersigned as the policy asks"
expect 0 on a card add w.card --name Bolat --fingerprint "$(digits w)"
expect 0 on a --yes share --plain-container given --to Bolat "$id"
expect 6 auditor verify given.bundle --policy policy.txt --card a.card
says out "lines is not countersigned as the policy asks"
says out "lacks 2 more of: Wit, Xen"
expect 0 auditor verify given.bundle --card a.card
says out "other replicas: unknown"
sign w
sign x
expect 0 auditor verify a.sanduq --policy policy.txt

# ---- what a witness has seen
expect 0 on w witness list Aina -o seen
# of states alone only the same size can be compared: that is said
expect 0 auditor verify proved.txt --witnessed seen --witness w.card
says out "can not be compared without the lines"
says_not out "logs hold what witness"
expect 0 auditor verify a.sanduq --witnessed seen --witness w.card --policy policy.txt
says out "other replicas: none known to Wit at"
says out "logs hold what witness Wit had seen of them"
expect 6 auditor verify a.sanduq --witnessed seen
says out "which --witness must give"
expect 6 auditor verify a.sanduq --witnessed seen --witness x.card
expect 2 auditor verify a.sanduq --witnessed policy.txt --witness w.card
says err "not what a witness says"
sed 's/^time 1/time 2/' seen >forged
expect 3 auditor verify a.sanduq --witness w.card --witnessed forged
expect 6 auditor verify x.sanduq --witnessed seen --witness w.card
says out "is about another vault"
# an older copy lacks what it has seen: lines of one log, and a whole log
expect 6 auditor verify early.sanduq --witnessed seen --witness w.card
says out "an older copy, or lines were taken away"
says out "another replica: witness"
says_not out "other replicas: none"
expect 0 auditor --json verify a.sanduq --witnessed seen --witness w.card
says out '"kind":"replicas"'
expect 6 auditor verify b.audit --witnessed seen --witness w.card # an older pack
rm b.audit
expect 0 on a log pack b.audit
expect 0 auditor verify b.audit --witnessed seen --witness w.card

# ---- a copy goes another way: two histories under one key
cp a.sanduq c.sanduq
cp -r sa sc
printf 'left' >left
printf 'right' >right
expect 0 on a add left
expect 0 on c add right
sign w
rm seen
expect 0 on w witness list Aina -o seen
expect 0 auditor verify c.sanduq
expect 3 auditor verify c.sanduq --witnessed seen --witness w.card
says out "saw another history"
says_not out "other replicas: none"
expect 0 auditor verify a.sanduq --witnessed seen --witness w.card

# ---- a line that somebody planted
python3 - a.sanduq c.sanduq <<'PY'
import sqlite3, sys
a, c = (sqlite3.connect(p) for p in sys.argv[1:3])
note = a.execute("SELECT note FROM checkpoint WHERE note LIKE '%/witness %' "
                 "ORDER BY log DESC, size DESC").fetchone()[0]
line = [x for x in note.splitlines(True) if "/witness " in x][0]
n = c.execute("SELECT log, size FROM checkpoint ORDER BY log DESC, size DESC").fetchone()
c.execute("UPDATE checkpoint SET note = note || ? WHERE log = ? AND size = ?", (line, n[0], n[1]))
c.commit()
PY
expect 0 auditor verify c.sanduq # a stranger's line
expect 3 auditor verify c.sanduq --policy policy.txt
says out "of witness Wit that does not hold: planted or damaged"

# ---- names that strangers wrote reach no terminal as they are; a file has them
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && break
done
cp a.sanduq d.sanduq
sqlite3 -batch d.sanduq "UPDATE checkpoint SET note = note || char(8212) || ' ' ||
    char(155) || '31mred AAAAAAA=' || char(10)"
XDG_STATE_HOME=$work/none "$p" -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
    "$SANDUQ" -V d.sanduq log checkpoint >shown </dev/null || bad "a terminal"
says shown '\u009b31mred'
says_not shown "$(printf '\302\233')"
expect 0 auditor -V d.sanduq log checkpoint
says out "$(printf '\302\233')31mred"

# ---- states alone, whose keys the policy names
python3 - a.sanduq >named <<'PY'
import base64, hashlib, sqlite3, sys
for origin, note in sqlite3.connect(sys.argv[1]).execute("SELECT origin, note FROM log"):
    key = b"\1" + base64.b64decode(note.split("\nlog ")[1].split("\n")[0])
    name = hashlib.sha256(origin.encode() + b"\n" + key).hexdigest()[:8]
    print("log %s+%s+%s" % (origin, name, base64.b64encode(key).decode()))
PY
sed '/^group/,$d' policy.txt >>named
printf 'quorum Wit\n' >>named
expect 0 on a log checkpoint
python3 - out state.txt <<'PY'
import sys
text = open(sys.argv[1], encoding="utf-8").read()
parts = text.split("\nsanduq.invalid/")
notes = [p if i == 0 else "sanduq.invalid/" + p for i, p in enumerate(parts)]
open(sys.argv[2], "w", encoding="utf-8").write(
    [n if n.endswith("\n") else n + "\n" for n in notes if "/witness " in n][-1])
PY
expect 6 auditor verify state.txt --policy policy.txt
says out "signature not checked"
expect 0 auditor verify state.txt --policy named
says out "signed by the key that the policy names for it"
says out "is countersigned as the policy asks"
expect 0 auditor verify a.sanduq --policy named

# ---- nothing covers `keep`: cleared, it must not make the next line destroy them
cp a.sanduq k.sanduq
cp -r sa sk
sqlite3 -batch k.sanduq 'UPDATE checkpoint SET keep = 0'
expect 0 on k add --name later.txt left
expect 0 on k add --name latest.txt left
expect 6 auditor verify k.sanduq --policy policy.txt
says out "existed before"
says out "; the rest can still be changed by who has its key"
[ "$(sqlite3 -batch k.sanduq "SELECT count(*) FROM checkpoint WHERE keep = 0
    AND note NOT LIKE '%/witness %'")" = "$(sqlite3 -batch k.sanduq 'SELECT count(*) FROM log')" ] ||
    bad "states that nobody countersigned stay"

# ---- a witness whose clock says 1970: not taken, and a later one is
if openssl genpkey -algorithm ed25519 -out clock.pem 2>/dev/null; then
    cat >cosign.py <<'PY'
import base64, hashlib, sqlite3, struct, subprocess, sys
name, key, vault = b"clock.example", "clock.pem", sys.argv[1]
run = lambda *a: subprocess.run(("openssl",) + a, check=True, stdout=subprocess.PIPE).stdout
public = b"\4" + run("pkey", "-in", key, "-pubout", "-outform", "DER")[-32:]
key_id = hashlib.sha256(name + b"\n" + public).digest()[:4]
if vault == "vkey":
    print("%s+%s+%s" % (name.decode(), key_id.hex(), base64.b64encode(public).decode()))
    sys.exit()
text = sqlite3.connect(vault).execute("SELECT note FROM checkpoint ORDER BY log DESC, size DESC"
                                      ).fetchone()[0].split("\n\n")[0] + "\n"
with open("m", "wb") as f:
    f.write(b"cosignature/v1\ntime %d\n" % int(sys.argv[2]) + text.encode())
sig = run("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", "m")
print("\u2014 %s %s" % (name.decode(), base64.b64encode(
    key_id + struct.pack(">Q", int(sys.argv[2])) + sig).decode()))
PY
    export PYTHONIOENCODING=utf-8
    expect 0 on a --yes witness init Clock "$(python3 cosign.py vkey)"
    python3 cosign.py a.sanduq 1767225599 >answer
    expect 6 on a witness take answer
    says err "a time at which there was no such log: not taken"
    expect 6 on a --json witness take answer
    says out '"what":"clock"'
    python3 cosign.py a.sanduq 1767225600 >answer
    expect 0 on a witness take answer
    says err '"Clock" countersigned'
fi
finish
