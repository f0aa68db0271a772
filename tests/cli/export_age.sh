# SPDX-License-Identifier: Apache-2.0
# export_age.sh: records as a tar in an age file, for people without us
. "$(dirname "$0")/lib.bash"
tool=$BUILD/tests/age_tool
evidence=$SRC/fixtures/evidence

# keys of nobody: the examples of C2SP age.md
printf '%s%s\n' AGE-SECRET-KEY- \
    1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX >weak
printf '%s%s\n' AGE-SECRET-KEY-PQ- \
    1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR >strong
weak=$("$tool" recipient weak)
strong=$("$tool" recipient strong)
printf 'korrekt pferd batterie heft elf\n' >words

new_vault
long=$(printf 'x%.0s' {1..240}).jpg
printf 'MARKER of the original' >body
head -c 200000 /dev/urandom >noise
mkdir one two
for n in one/plain.txt "one/құжат 01.txt" "one/$long" "two/$long"; do
    printf 'MARKER %s' "$n" >"$n"
done
expect 0 sq add one/* "two/$long" noise
expect 0 sq add --name ../../up body
expect 0 sq add -t note -f title=MARKERTITLE

# ---- who can open it is asked before anything is written ----

expect 2 sq export a.age --all --format age --yes
says err "who shall be able to open"
expect 2 sq export a.age --all --to "$strong" --yes
says err "go with --format age"
expect 2 sq export a.age --all --format age --to "$strong" --to "$weak" --yes
says err "at once"
expect 7 sq export a.age --all --format age --to nobody --yes
says err "no card is pinned"
expect 2 sq export a.age --all --format age --to "${strong%?}q" --yes
expect 2 sq export a.age --all --format age --to "$(cat weak)" --yes
says err "secret key"
expect 2 sq export a.age --all --format age --to "$strong" \
    --age-passphrase-file words --yes
expect 2 sq export a.age --all --format age --age-passphrase --yes
expect 2 sq export dir.age --all --yes
[ ! -e a.age ] || bad "a file for nobody"

# ---- what is in it ----

cat >look.py <<'PY'
import hashlib, json, sys, tarfile
t = tarfile.open(sys.argv[1])
top = 'sanduq-export/'
files = {}
for m in t:
    assert m.name == top[:-1] or m.name.startswith(top), m.name
    assert '..' not in m.name.split('/') and m.name not in files, m.name
    assert (m.uid, m.gid, m.uname, m.gname) == (0, 0, '', ''), m.name
    assert m.isdir() and m.mode == 0o700 or m.isreg() and m.mode == 0o600
    if m.isreg():
        files[m.name[len(top):]] = t.extractfile(m).read()
readme = files.pop('README.txt').decode('ascii')
assert 'sanduq verify proof.txt' in readme
ids = {n.split('/')[0] for n in files}
bodies = 0
for i in ids:
    own = {n[len(i) + 1:]: b for n, b in files.items() if n.startswith(i + '/')}
    sums = dict(reversed(l.split('  ', 1)) for l in
                own.pop('SHA256SUMS').decode().splitlines())
    assert sums == {n: hashlib.sha256(b).hexdigest() for n, b in own.items()}
    r = json.loads(own['record.jsonl'])
    assert r['id'] == i and own['record.jsonl'].count(b'\n') == 1
    proof = own['proof.txt'].decode()
    assert proof.startswith('sanduq.v1/disclosure\n') and i in proof
    for f in r['fields']:
        cut = 'removed' in r and f['name'] == 'body'
        assert (' %s\n' % f['name'] in proof) != cut, f['name']
    if 'file' in r:
        bodies += 1
        assert hashlib.sha256(own[r['file']]).hexdigest() == r['sha256']
        assert r['bytes'] == len(own[r['file']])
print(len(ids), bodies)
PY
for to in weak strong; do
    expect 0 sq --json export $to.age --all --format age \
        --to "$("$tool" recipient $to)" --yes
    says out '"recipients":1'
    says out '"records":7'
    if [ $to = weak ]; then says err "quantum"; else says_not err "quantum"; fi
    "$tool" open $to <$to.age >$to.tar || bad "$to.age does not open"
    [ "$(python3 look.py $to.tar 2>&1)" = "7 6" ] ||
        bad "$to.tar: $(python3 look.py $to.tar 2>&1)"
done
"$tool" open strong <weak.age >no.tar 2>no.err && bad "anybody opens it"
expect 0 sq export words.age --all --format age --age-passphrase-file words --yes
"$tool" open @words <words.age >words.tar || bad "words.age does not open"
[ "$(python3 look.py words.tar 2>&1)" = "7 6" ] || bad "words.tar"
tar tf strong.tar >list 2>tar.err || bad "tar t"
[ ! -s tar.err ] || bad "tar: $(cat tar.err)"
grep -q 'files/құжат 01.txt$' list || bad "a name: $(cat list)"
if command -v age >/dev/null; then
    age -d -i weak weak.age | cmp -s - weak.tar || bad "age -d"
fi

# anyone can check a proof; another vault takes a record in
mkdir there
tar xf strong.tar -C there || bad "tar x"
one=$(dirname "$(find there -name plain.txt)")
expect 0 "$SANDUQ" verify "$one/../proof.txt" --body "$one/plain.txt"
printf x >>"$one/plain.txt"
expect 3 "$SANDUQ" verify "$one/../proof.txt" --body "$one/plain.txt"
expect 0 "$SANDUQ" init --kdf minimum --passphrase-file pw w.sanduq
two=$(find there -name '*01.txt')
expect 0 "$SANDUQ" -V w.sanduq --passphrase-file pw --json \
    import "$(dirname "$two")/../record.jsonl"
says out "$(sha256sum <"one/құжат 01.txt" | cut -c1-64)"

# ---- by the name of a pinned card ----

"$SANDUQ" -V w.sanduq card export -o w.card
expect 0 sq --yes card add w.card --name Aina
expect 6 sq export n.age --all --format age --to Aina --yes
says err "nobody has compared"
[ ! -e n.age ] || bad "sealed to a card that nobody compared"
expect 0 sq export n.age --all --format age --to Aina --allow-unconfirmed --yes
expect 0 "$SANDUQ" -V w.sanduq --passphrase-file pw --json receive n.age --yes
says out 'sender not authenticated'
n=$(grep -o '"id":"[0-9a-f]*"' out | head -n 1 | cut -d'"' -f4)
expect 0 "$SANDUQ" -V w.sanduq --passphrase-file pw get "$n" -o n.tar
[ "$(python3 look.py n.tar 2>&1)" = "7 6" ] || bad "what was received: $(python3 look.py n.tar 2>&1)"

# ---- nothing in clear, nothing half ----

! grep -qa MARKER ./*.age || bad "something is in clear"
[ -z "$(find . -name '*incomplete*')" ] || bad "something was left"
[ "$(stat -c %a strong.age)" = 600 ] || bad "others may read it"
expect 2 sq export strong.age --all --format age --to "$strong" --yes
says err "exists already"
expect 0 sq export strong.age --all --format age --to "$strong" --yes --force
expect 0 sq --json log show --unlock
says out '"recipients"'

# ---- consent and metadata, as for other formats ----

t=$(sq add -q -t testimony -f title=told --again body 2>/dev/null)
expect 6 sq export c.age "$t" --format age --to "$strong" --purpose court --yes
says err "no consent on record"
[ ! -e c.age ] || bad "written against consent"
mkdir made
python3 "$SRC/tests/cli/strip_make.py" "$evidence/хат 01.jpg" made
picture=$(sq add -q made/full.jpg 2>/dev/null)
small=$(sq add -q made/full.png 2>/dev/null) # a proof would hold all of it
expect 0 sq --json export s.age "$picture" "$small" --format age --to "$strong" \
    --strip --yes
says out '"type":"removed"'
"$tool" open strong <s.age >s.tar || bad "s.age does not open"
! grep -qa SECRET s.tar || bad "metadata left in a copy"
[ "$(python3 look.py s.tar 2>&1)" = "2 2" ] || bad "$(python3 look.py s.tar 2>&1)"

if command -v sqlite3 >sqlite.path; then
    noise=$(sq --json list 2>/dev/null | grep '"noise"' | grep -o '"id":"[0-9a-f]*"' | cut -d'"' -f4)
    sqlite3 v.sanduq 'UPDATE segment SET ct = zeroblob(length(ct))
        WHERE length(ct) > 190000'
    expect 3 sq export d.age "$noise" "$picture" --format age --to "$strong" --yes
    [ ! -e d.age ] || bad "half an export was left"
    expect 3 sq --json export d.age "$noise" "$picture" --format age \
        --to "$strong" --yes --skip-refused
    says out '"left_out":1'
    "$tool" open strong <d.age >d.tar || bad "d.age does not open"
    [ "$(python3 look.py d.tar 2>&1)" = "1 1" ] || bad "what is damaged went along"
fi
finish
