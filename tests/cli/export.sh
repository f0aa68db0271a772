# SPDX-License-Identifier: Apache-2.0
# export.sh: records out of the vault: names, targets, consent, the log
. "$(dirname "$0")/lib.bash"

new_vault
printf 'hello\n' >note.txt

# what may go where is asked before anything is done
expect 2 sq export out
says err "say which records"
expect 2 sq export out --all -t note
expect 2 sq export out --all --purpose nonsense --yes
says err "not a purpose"
expect 7 sq export nothing --all --yes
says err "nothing to export"
says err "nothing was changed"
[ ! -e nothing ] || bad "an empty export made its folder"

# ---- names that others chose ----

long=$(printf 'x%.0s' {1..240})
names=(../../up CON con.txt AUX.tar.gz 'trailing...' 'dots. . ' "$long.jpg"
    $'a\u202egpj.exe' $'caf\u00e9.txt' $'cafe\u0301.txt' TWIN.txt twin.txt
    'x%0Ay' -rf '.hidden' 'a\b:c*?"<>|' $'line\nbreak' 'COM1' 'құжат.txt')
for n in "${names[@]}"; do
    printf '%s' "$n" >body
    expect 0 sq add --name "$n" body
done
expect 0 sq add - </dev/null
expect 0 sq add -t note -f title=bodiless
for f in files jsonl bagit; do
    expect 0 sq export "out-$f" --all --format "$f" --yes
done
cat >names.py <<'PY'
import os, re, sys, unicodedata
seen = {}
for folder, _, files in os.walk(sys.argv[1]):
    for n in files:
        path = os.path.join(folder, n)
        assert os.lstat(path).st_mode & 0o7777 == 0o600, path
        assert len(n.encode()) <= 255 and len(n) <= 255, n
        assert not re.search(r'[\x00-\x1f\x7f\\/:*?"<>|%]', n), n
        assert not re.search('[\u202a-\u202e\u2066-\u2069]', n), n
        assert n[0] not in '.- ' and n[-1] not in '. ', n
        assert not re.fullmatch(r'(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?', n), n
        key = unicodedata.normalize('NFC', path).casefold()
        assert key not in seen, (n, seen[key])
        seen[key] = n
print(len(seen))
PY
for f in files jsonl bagit; do
    python3 names.py "out-$f" >count 2>&1 || bad "names in out-$f: $(cat count)"
done
n=${#names[@]}
[ "$(find out-files -type f | wc -l)" = $((n + 3)) ] ||
    bad "files in out-files: $(find out-files -type f | wc -l)"
if [ -e ../up ] || [ -e up ] || [ -e ../../up ]; then
    bad "a name led outside"
fi
(cd out-files && sha256sum --quiet --strict -c SHA256SUMS) || bad "SHA256SUMS"
(cd out-jsonl && sha256sum --quiet --strict -c SHA256SUMS) || bad "jsonl sums"
for a in 256 512; do
    (cd out-bagit && sha${a}sum --quiet --strict -c manifest-sha$a.txt &&
        sha${a}sum --quiet --strict -c tagmanifest-sha$a.txt) ||
        bad "the bag by sha${a}sum"
done
python3 "$SRC/tests/cli/bag_rules.py" out-bagit >rules ||
    bad "rules of a bag: $(cat rules)"
# the originals are what was sealed, each under the name its line says
cat >bodies.py <<'PY'
import hashlib, json, os, sys
top, n = sys.argv[1], 0
for line in open(os.path.join(top, 'records.jsonl'), encoding='utf-8'):
    r = json.loads(line)
    assert r['type'] == 'record' and r['v'] == 1
    names = [f['name'] for f in r['fields']]
    assert names == sorted(names) and 'time.sealed' in names
    if 'file' not in r:
        assert 'sha256' not in r
        continue
    body = open(os.path.join(top, r['file']), 'rb').read()
    assert hashlib.sha256(body).hexdigest() == r['sha256']
    assert len(body) == r['bytes']
    n += 1
print(n)
PY
for f in out-files out-jsonl out-bagit/data; do
    [ "$(python3 bodies.py $f)" = $((n + 1)) ] || bad "originals of $f"
done

# ---- targets ----

printf 'mine\n' >there
expect 2 sq export there --all --yes
same there <(echo mine)
mkdir full && cp note.txt full/x
expect 2 sq export full --all --yes
[ "$(ls -A full)" = x ] || bad "something was added to a full folder"
mkdir elsewhere && ln -s elsewhere link && ln -s nowhere dangling
expect 2 sq export link --all --yes
expect 2 sq export dangling --all --yes
expect 2 sq export dangling --all --format csv --yes
if [ -n "$(ls -A elsewhere)" ] || [ -e nowhere ]; then
    bad "a link was followed"
fi
mkdir empty
expect 0 sq export empty --all --format bagit --yes
python3 "$SRC/tests/cli/bag_rules.py" empty >rules || bad "a bag in a folder"
expect 7 sq export missing/out --all --yes
expect 2 sq export there --all --format csv --yes
says err "--force"
expect 0 sq export there --all --format csv --yes --force
head -n 1 there | grep -q '^id,version,type,' || bad "no head in the table"
expect 2 sq export x --all --force --yes

# a question without anybody to ask
expect 2 sq export quiet --all
says err "--yes"
[ ! -e quiet ] || bad "exported without an answer"

# ---- what goes wrong on the way ----

# zeros shrink in the vault, not on the way out
head -c 96M /dev/zero >zeros
expect 0 sq add zeros
big=$(cat out)
(
    failures=0
    ulimit -f 8192
    trap '' XFSZ
    expect 1 sq export toobig "$big" --yes
    exit "$failures"
) || bad "a full disk"
[ -z "$(ls -d toobig* 2>/dev/null)" ] || bad "left behind: $(ls -d toobig*)"
says err "cannot write"
says err "custody log keeps"
says_not err "nothing was changed"

"$SANDUQ" -V v.sanduq --passphrase-file pw export killed "$big" \
    --format bagit --yes >/dev/null 2>&1 &
pid=$!
for _ in $(seq 2000); do
    compgen -G 'killed.incomplete-*' >/dev/null && break
    sleep 0.01
done
kill -9 $pid
wait $pid 2>/dev/null
[ ! -e killed ] || bad "a killed export looks complete"
compgen -G 'killed.incomplete-*/bagit.txt' >/dev/null && bad "half a bag"
expect 0 sq export killed "$big" --format bagit --yes
says err "cut short"
rm -rf killed.incomplete-*
expect 0 sq export "$PWD/killed2/" "$big" --format bagit --yes
says_not err "cut short"
expect 0 "$SANDUQ" verify v.sanduq

# ---- consent ----

add_form() { # TYPE JSON: the id in $id
    printf '%s' "$2" >form
    expect 0 sq add -t "$1" --fields form
    id=$(cat out)
}
add_form testimony '{"title":"told","text":"=1+1","victim.1.name.1":"X"}'
t=$id
add_form testimony '{"title":"untold"}'
bare=$id
add_form consent '{"purpose.share-inside":"yes","purpose.un":"yes",
    "purpose.court":"ask first","purpose.media":"no","asked.date":"2031-01-02",
    "asked.by":"SECRET-CODE"}'
k=$id
expect 0 sq link "$k" "$t" --as consent-for
expect 0 sq export in1 "$t" "$bare" --yes
says err "no consent on record: 1"
says err "names of persons"
says err "unencrypted"
expect 0 sq export un1 "$t" --format bagit --purpose un --yes
says_not un1/consent/receipts.jsonl SECRET-CODE
says un1/consent/receipts.jsonl '"2031-01-02"'
says un1/custody/log.jsonl "$t"
says_not un1/custody/log.jsonl "$bare"
for p in court media research; do
    expect 6 sq export out-$p "$t" --purpose $p --yes
    says err "$t"
    says err "consent $k"
    says err "nothing was changed"
    [ ! -e out-$p ] || bad "refused, and written"
done
expect 6 sq export un2 "$t" "$bare" --purpose un --yes
says err "no consent on record"
expect 0 sq export un2 "$t" "$bare" --purpose un --yes --skip-refused
[ "$(wc -l <un2/records.jsonl)" = 1 ] || bad "what was refused went along"
expect 6 sq export un3 "$bare" --purpose un --yes --skip-refused
expect 2 sq export ov "$t" --purpose media --override --yes
says err "--reason"
expect 0 sq --json export ov "$t" --purpose media --override \
    --reason 'ordered by a court' --yes
says out '"overridden":true'
says out '"type":"summary"'
expect 0 sq log show --unlock
says out "action=export"
says out "override=1"
says out "purpose=media"
says out "because ordered by a court"
expect 0 sq --json log show --unlock
says out '"records-hash"'
# the export that was refused left no line, those that failed did
[ "$(grep -c '"export"' out)" -ge 8 ] || bad "exports in the log"

# ---- tables and cards ----

expect 0 sq export t.csv "$t" --format csv --yes
says t.csv "'=1+1"
[ "$(stat -c %a t.csv)" = 600 ] || bad "a table others can read"
add_form contact '{"name.1":"Somebody"}'
expect 0 sq export c.vcf --all --format vcard --yes
says c.vcf "BEGIN:VCARD"
expect 2 sq export d.vcf "$t" --format vcard --yes
says err "only contacts"
expect 2 sq export d.vcf --all --format vcard --strip --yes
# nothing here can be stripped, and that is said by name
expect 6 sq export s "${big:0:12}" --strip --yes
says err "$big"

# ---- choosing ----

expect 0 sq --json export f1 --find untold --yes
says out '"records":1'
expect 0 sq --json export f2 -t consent --since 2000-01-01 --yes
says out '"records":1'
expect 0 sq export f3 "$t" "${t:0:10}" --yes
[ "$(wc -l <f3/records.jsonl)" = 1 ] || bad "twice is not once"
expect 7 sq export f4 ffffffffffff --yes
expect 0 sq --json export f5 --find 'told  X' --yes
says out '"records":1'

# ---- an original that was damaged ----

if command -v sqlite3 >sqlite.path; then
    head -c 300000 /dev/urandom >noise
    expect 0 sq add noise
    noise=$(cat out)
    sqlite3 v.sanduq 'UPDATE segment SET ct = zeroblob(length(ct))
        WHERE s = (SELECT max(s) FROM segment)'
    expect 3 sq export d1 "$noise" "$t" --yes
    [ -z "$(ls -d d1* 2>/dev/null)" ] || bad "half an export was left"
    says err "custody log keeps"
    expect 3 sq --json export d1 "$noise" "$t" --yes --skip-refused
    says out '"code":"damaged"'
    says out '"left_out":1'
    [ "$(wc -l <d1/records.jsonl)" = 1 ] || bad "what is damaged went along"
    (cd d1 && sha256sum --quiet --strict -c SHA256SUMS) || bad "sums of d1"

    # a record that cannot be read may be a consent that says no
    sqlite3 v.sanduq "DELETE FROM wrap WHERE rid IN
        (SELECT rid FROM record WHERE id = x'$k')"
    expect 3 sq export d2 "$t" --yes
    says err "may be a consent"
    [ ! -e d2 ] || bad "exported past a consent that cannot be read"
    expect 3 sq export d2 --all --yes --override --skip-refused --reason rescue
    says err "could not be read are not in it"
    says d2/records.jsonl "$t"
    says_not d2/records.jsonl "\"id\":\"$k\""
fi
finish
