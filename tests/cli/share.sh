# SPDX-License-Identifier: Apache-2.0
# share.sh: bundles for others: what is asked, what is made, what it reveals
. "$(dirname "$0")/lib.bash"

# A vault for each of three people, who know each other's cards.
for p in a b c; do
    expect 0 "$SANDUQ" init --key-file "$p.key" "$p.sanduq"
done
at() {
    local who=$1
    shift
    "$SANDUQ" -V "$who.sanduq" --key-file "$who.key" "$@"
}
for p in a b c; do
    expect 0 at "$p" card export
    cp out "$p.card"
done
fingerprint() { # the digits somebody reads out
    at "$1" card show --json 2>/dev/null |
        python3 -c 'import json, sys
for line in sys.stdin:
    d = json.loads(line)
    if d["type"] == "card":
        print(d["fingerprint"])'
}
pin() { expect 0 at "$1" card add "$2.card" --name "$3" \
    --fingerprint "$(fingerprint "$2")" --yes; }
pin a b Bota
pin b a Aina
expect 0 at a card add c.card --name Chin --yes # nobody compared it

printf 'hello\n' >note.txt
expect 0 at a add note.txt
id=$(at a list --json | python3 -c 'import json, sys
for line in sys.stdin:
    d = json.loads(line)
    if d["type"] == "record" and d.get("name") == "note.txt":
        print(d["id"])')
[ ${#id} = 32 ] || bad "no id: $id"

# ---- what is refused before anything is done ----

expect 2 at a share out --yes
says err "say who it is for"
expect 7 at a share out --to Nobody --yes
says err "no card is pinned"
expect 2 at a share out --to Bota "${id:0:12}" --yes
says err "no whole id"
expect 2 at a share out --to Bota "$id" --all --yes
expect 2 at a share out --to Bota --purpose nonsense --yes
says err "not a purpose"
expect 2 at a share out --to Bota --without type --yes
says err "always shown"
expect 2 at a share out --to Bota --plain-container --courier-passphrase --yes
expect 2 at a share out --to Bota # nobody to type the name
says err "--yes"
[ -z "$(ls -A | grep bundle)" ] || bad "a file was made: $(ls -A)"

touch taken.bundle.age.minisig # found out before anything is done
expect 2 at a share taken --to Bota "$id" --minisig --yes
says err "exists already"
[ ! -e taken.bundle.age ] || bad "shared, and said that nothing was changed"
rm taken.bundle.age.minisig

# ---- a card nobody compared ----

at a share out --to Chin "$id" --yes >out 2>err </dev/null
rc=$?
[ $rc != 0 ] || bad "shared with a card that nobody compared"
says err "nobody has compared"
expect 0 at a share chin --to Chin --allow-unconfirmed "$id" --yes
says err "NEVER COMPARED"

# ---- the default: a courier wrap, what is new, and then nothing ----

expect 0 at a share case --to Bota --yes --letter-file note.txt
says err "for Bota"
says err "wrote case.bundle.age"
[ "$(stat -c %a case.bundle.age)" = 600 ] || bad "mode of the bundle"
head -c 21 case.bundle.age | grep -q '^age-encryption.org/v1' ||
    bad "no age file"
# as many stanzas as the epoch inside has wraps
[ "$(grep -a -c '^-> mlkem768x25519 ' case.bundle.age)" = 4 ] ||
    bad "the number of recipients is not padded"
expect 0 at a share again --to Bota --yes
says err "nothing to share"
[ ! -e again.bundle.age ] || bad "a file with nothing in it"
expect 0 at a share again --to Bota --again --yes
at a share again --to Bota --again --yes >out 2>err </dev/null &&
    bad "written over a file"
says err "exists already"
if [ -n "$(ls -A | grep -E '^\..*new')" ]; then
    bad "something is left: $(ls -A)"
fi

# ---- what a plain container says to whoever finds it ----

expect 0 at a share plain --to Bota --plain-container --again --yes
says err "wrote plain.bundle"
python3 - plain.bundle b.card <<'PY' || bad "the bundle names its recipient"
import base64, hashlib, sqlite3, sys
data = open(sys.argv[1], "rb").read()
card = open(sys.argv[2], "rb").read()
text = card.split(b"\n\n")[0] + b"\n"
lines = text.split(b"\n")
vault = lines[1].split()[0]
kem = base64.b64decode(lines[4].split()[1])
for what in (vault, bytes.fromhex(vault.decode()),
             hashlib.sha256(text).digest(),
             base64.b64encode(hashlib.sha256(text).digest()), kem[:32],
             lines[4].split()[1][:40], b"Bota", b"share-inside", b"hello"):
    assert what not in data, what
db = sqlite3.connect(sys.argv[1])
assert [t for t, in db.execute("SELECT v FROM meta WHERE k='kind'")] \
    == [b"bundle"]
note = db.execute("SELECT v FROM meta WHERE k='bundle'").fetchone()[0]
assert note.startswith(b"sanduq.v1/bundle\n"), note
# the tree of the entries, by the text of docs/format.md
H = lambda *p: hashlib.sha256(b"".join(p)).digest()
B = lambda p: hashlib.blake2b(p, digest_size=32).digest()


def mth(h):
    if len(h) == 1:
        return h[0]
    k = 1
    while 2 * k < len(h):
        k *= 2
    return H(b"\1", mth(h[:k]), mth(h[k:]))


entries = []
for rid, rec, ver, head, meta, wrap in db.execute(
        "SELECT rid, id, ver, head, meta, b FROM record LEFT JOIN wrap "
        "USING (rid) ORDER BY rid"):
    header, commit, content, m, b = (head[:96], head[96:128], head[128:160],
                                     head[160:192], head[192:])
    assert B(meta) == m
    segs = [B(s) for s, in db.execute(
        "SELECT ct FROM segment WHERE rid=? ORDER BY n", (rid,))]
    assert b == (H(b"sanduq.v1/segments\0", *segs) if segs else bytes(32))
    ct = H(b"sanduq.v1/cipher\0", header, commit, m, b)
    b64 = lambda x: base64.b64encode(x).decode()
    stmt = H(("sanduq.v1/record\n%s\n%s %d\ncontent %s\ncipher %s\nkey %s\n"
              "prev -\n" % (header[8:24].hex(), rec.hex(), ver, b64(content),
                            b64(ct), b64(commit))).encode())
    entries.append(b"\1" + rec + ver.to_bytes(4, "big") + stmt + ct + H(wrap)
                   + bytes(32))
    i = int.from_bytes(wrap[16:20], "big")
    assert i == rid - 1, (i, rid)
assert entries == sorted(entries)
root = mth([H(b"\0sanduq.v1/entry\0", e) for e in entries])
line = note.decode().split("\n")[4]
assert line == "records %d %s" % (len(entries),
                                  base64.b64encode(root).decode()), line
PY

# ---- minisign, by the stock program ----

expect 0 at a share signed --to Bota --minisig --again --yes --json
python3 - out <<'PY' >key || bad "no key in the output"
import json, sys
for line in open(sys.argv[1]):
    d = json.loads(line)
    if d["type"] == "share":
        print(d["minisign_key"], d["text"])
PY
if command -v minisign >/dev/null; then
    read -r key text <key
    minisign -V -m signed.bundle.age -x signed.bundle.age.minisig \
        -P "$key" >out 2>&1 || bad "minisign: $(cat out)"
    says out "sanduq.v1 $text"
    printf x >>signed.bundle.age
    minisign -V -m signed.bundle.age -x signed.bundle.age.minisig \
        -P "$key" >out 2>&1 && bad "minisign took a changed file"
fi

# ---- a passphrase for the way, by the stock program ----

printf 'seven wrong horses under a battery\n' >way
expect 0 at a share way --to Bota --again --yes --courier-passphrase-file way
expect 0 at a share inner --to Bota --again --yes --plain-container
if command -v age >/dev/null && command -v python3 >/dev/null; then
    cat >open.py <<'PY'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp("age", ["age", "-d", "-o", "way.bundle", "way.bundle.age"])
said = b""
while b"assphrase" not in said:
    said += os.read(fd, 1000)
os.write(fd, open("way", "rb").read())
try:
    while os.read(fd, 1000):
        pass
except OSError:
    pass
sys.exit(os.waitpid(pid, 0)[1] != 0)
PY
    if timeout 60 python3 open.py; then
        python3 - <<'PY' || bad "the courier wrap is not padded as it should be"
import os
data = open("way.bundle", "rb").read()
assert data[:16] == b"SQLite format 3\0"
size = int.from_bytes(data[16:18], "big") * int.from_bytes(data[28:32], "big")
e = size.bit_length() - 1
step = 1 << (e - e.bit_length())
assert len(data) == (size + step - 1) // step * step, (len(data), size)
assert not any(data[size:])
PY
    else
        bad "age does not open the courier wrap"
    fi
fi

# ---- consent, by the rules of export ----

add_form() { # TYPE JSON: the id in $id
    printf '%s' "$2" >form
    expect 0 at a add -t "$1" --fields form
    id=$(cat out)
}
add_form testimony '{"title":"told","text":"TEXT","victim.1.name.1":"X"}'
t=$id
add_form consent '{"purpose.share-inside":"yes","purpose.un":"yes",
    "purpose.court":"ask first"}'
k=$id
expect 0 at a link "$k" "$t" --as consent-for
expect 6 at a share court --to Bota --purpose court "$t" --yes
says err "consent $k"
says err "refused and left out: 1"
[ ! -e court.bundle.age ] || bad "refused, and written"
expect 2 at a share court --to Bota --purpose court "$t" --override --yes
expect 0 at a share court --to Bota --purpose court "$t" --override \
    --reason 'a court asked' --yes
says err "against what is on record: 1"
expect 0 at a share un --to Bota --purpose un "$t" --only title,text --yes \
    --json
says out '"records":1'
says err "1 in part"

# ---- the name is typed ----

cat >type.py <<'PY'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:2] + sys.argv[3:])
said = b""
while b"type the name" not in said:
    said += os.read(fd, 1000)
os.write(fd, sys.argv[2].encode() + b"\n")
try:
    while True:
        data = os.read(fd, 1000)
        if not data:
            break
        said += data
except OSError:
    pass
sys.stdout.write(said.decode("utf-8", "replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
typed() { # NAME DEST
    timeout 60 python3 type.py "$SANDUQ" "$1" -V a.sanduq --key-file a.key \
        share "$2" --to Bota "$t" >out 2>&1
}
typed Rota typed && bad "another name was taken"
says out "another name"
[ ! -e typed.bundle.age ] || bad "another name, and written"
typed Bota typed || bad "the name was not taken: $(cat out)"
[ -e typed.bundle.age ] || bad "the name was typed, and nothing written"

# ---- the vault holds, and the log says it ----

expect 0 at a verify a.sanduq
expect 0 at a log show --json
says out '"share"'

finish
