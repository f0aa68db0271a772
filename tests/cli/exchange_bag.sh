# SPDX-License-Identifier: Apache-2.0
# exchange_bag.sh: what one vault exports, as a bag or as JSON Lines, another
# takes in as it is; a table by what another program reads in it
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || exit 77

evidence=$SRC/fixtures/evidence

new_vault a.sanduq
a() { "$SANDUQ" -V a.sanduq --passphrase-file pw "$@"; }
new_vault c.sanduq
c() { "$SANDUQ" -V c.sanduq --passphrase-file pw "$@"; }

# ---- a bag of everything into another vault ----
expect 0 a add -q "$evidence"/*.txt "$evidence"/*.jpg "$evidence"/*.opus "$evidence"/*.pdf
files=$(cat out)
printf '{"title":"куәлік","language":"kk","text":"бір сөз","tag.1":"season 2031",
  "victim.1.name.1":"توقۇلما","victim.1.health":{"state":"refused"},"event.1.date":"2029-10~",
  "x.unknown":{"type":"bytes","value":"AP8="}}' >form
t=$(a add -q -t testimony --fields form)
scan=$(head -n 1 <<<"$files")
expect 0 a link "$scan" "$t" --as attachment-of
printf '{"name.1":"Somebody","channel.1.address":"=1+1","channel.1.safety":"safe"}' >form
card=$(a add -q -t contact --fields form)
expect 0 a link "$t" "$card" --as contact
expect 0 a link "$card" "$t" --as witness # round in a circle
expect 0 a export bag --all --format bagit --yes
says err "wrote the folder bag ("
n=$(wc -l <bag/data/records.jsonl)
cp -r c.sanduq empty.sanduq
# not whole: refused before anything is read of it
for how in flip missing extra outside; do
    rm -rf broken && cp -r bag broken
    one=$(find broken/data/records.files -type f | sort | head -n 1)
    case $how in
        flip) python3 - "$one" <<'PY'
import sys
p = bytearray(open(sys.argv[1], 'rb').read())
p[len(p) // 2] ^= 1
open(sys.argv[1], 'wb').write(p)
PY
            ;;
        missing) rm "$one" ;;
        extra) echo x >broken/data/extra.txt ;;
        outside)
            echo x >outside.txt
            printf '%064d  data/../../outside.txt\n' 0 >>broken/manifest-sha256.txt ;;
    esac
    expect 3 c import broken
    says err "not whole"
    says err "nothing was changed"
    same c.sanduq empty.sanduq
done
expect 0 c --json import bag
says out '"from":"bag"'
says out "\"added\":$n,"
says out '"same":0,"changed":0,"unlinked":0,"passed":0,"failed":0'
expect 0 c --json import bag
says out '"added":0,"amended":0,"linked":0'
says out "\"same\":$n,\"changed\":0"
expect 0 c log show --unlock
says out "source=bag"
[ "$(grep -c 'action=import' out)" = 1 ] || bad "not one line of the log"

# field by field, link by link, body by body
expect 0 a export a.d --all --format jsonl --yes
expect 0 c export c.d --all --format jsonl --yes
cat >compare.py <<'PY'
import hashlib, json, os, sys
OWN = ('import.', 'imported.', 'time.')

def load(top):
    records, shape = {}, {}
    for line in open(os.path.join(top, 'records.jsonl'), encoding='utf-8'):
        r = json.loads(line)
        records[r['id']] = r
    for i, r in records.items():
        body = None
        if 'file' in r:
            body = open(os.path.join(top, r['file']), 'rb').read()
            assert hashlib.sha256(body).hexdigest() == r['sha256']
        plain = sorted(json.dumps({k: v for k, v in f.items()}, sort_keys=True)
                       for f in r['fields']
                       if f['type'] != 'link' and not f['name'].startswith(OWN))
        shape[i] = json.dumps([r['record_type'], plain, body and body.hex()])
    assert len(set(shape.values())) == len(shape), 'two records are alike'
    return {shape[i]: sorted((f['relation'], shape[f['record']], f['vault'] == r['vault'])
                             for f in r['fields'] if f['type'] == 'link')
            for i, r in records.items()}

left, right = load(sys.argv[1]), load(sys.argv[2])
for k in set(left) ^ set(right):
    print('only in', sys.argv[1 if k in left else 2], k[:700])
for k in set(left) & set(right):
    if left[k] != right[k]:
        print('links differ:', k[:300])
links = sum(map(len, left.values()))
assert links == int(sys.argv[3]), links
sys.exit(left != right)
PY
python3 compare.py a.d c.d 3 >said 2>&1 || bad "the bag did not arrive as it went: $(cat said)"

# ---- JSON Lines on to a third, and back to the first ----
new_vault d.sanduq
d() { "$SANDUQ" -V d.sanduq --passphrase-file pw "$@"; }
expect 0 d --json import c.d/records.jsonl
says out "\"added\":$n,"
expect 0 d export d.d --all --format jsonl --yes
python3 compare.py a.d d.d 3 >said 2>&1 || bad "JSON Lines: $(cat said)"
expect 0 a --json import a.d/records.jsonl
says out '"added":0,"amended":0,"linked":0'
expect 0 "$SANDUQ" verify d.sanduq

# ---- a table, by another program ----
expect 0 a export t.csv --all --format csv --yes
cat >table.py <<'PY'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding='utf-8', newline='')))
lines = {}
for line in open(sys.argv[2], encoding='utf-8'):
    r = json.loads(line)
    lines[r['id']] = r
assert sorted(r['id'] for r in rows) == sorted(lines)
cells = 0
for row in rows:
    r = lines[row['id']]
    assert row['type'] == r['record_type'] and row['sha256'] == r.get('sha256', '')
    for f in r['fields']:
        if f['type'] not in ('text', 'lang') or f['name'] == 'type':
            continue
        want = f['value'] if f['state'] == 'value' else '!' + f['state']
        got = row[f['name']]
        if want.lstrip("'")[:1] in tuple('=+-@\t\r'):
            want = "'" + want
        assert got == want, (f, got)
        if f['type'] == 'lang' and f['state'] == 'value':
            assert row[f['name'] + ':lang'] == f['lang']
        cells += 1
assert cells > 20, cells
PY
python3 table.py t.csv a.d/records.jsonl >said 2>&1 || bad "the table: $(tail -n 1 said)"
finish
