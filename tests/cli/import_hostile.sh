#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# import_hostile.sh: what somebody could put into a file that others import
. "$SRC/tests/cli/lib.bash"

there=11111111111111111111111111111111
rec() { # ID TYPE FIELDS
    printf '{"type":"record","v":1,"record_type":"%s","vault":"%s","id":"%s","version":1,"fields":[%s]}\n' \
        "$2" "$there" "$1" "$3"
}

say "a file cannot say that something is here already"
new_vault
mkdir photos && printf 'the only proof' >photos/proof.txt
hash=$(sha256sum <photos/proof.txt | cut -c1-64)
{
    rec 22222222222222222222222222222222 note \
        "{\"name\":\"import.key\",\"type\":\"bytes\",\"hex\":\"$hash\"}"
    rec 33333333333333333333333333333333 note \
        "{\"name\":\"import.id.7\",\"type\":\"bytes\",\"hex\":\"$hash\"}"
} >forged.jsonl
expect 0 sq import forged.jsonl
{
    rec 44444444444444444444444444444444 note \
        "{\"name\":\"import.other\",\"type\":\"bytes\",\"hex\":\"$hash\"}"
    printf '{"record_type":"note","import.mine":{"type":"bytes","value":"%s"}}\n' \
        "$(sha256sum <photos/proof.txt | cut -c1-64 | xxd -r -p | base64 -w0)"
    printf '{"record_type":"consent","import.source":"%s/%s/1"}\n' $there $there
} >forged2.jsonl
expect 1 sq import forged2.jsonl
says err import.other
says err import.mine
says err import.source
expect 0 sq --json import photos
says out '"what":"added"'
says_not out '"what":"same"'

say "nor can a file whose bytes are what a key is the hash of"
printf '{"v":1,"type":"note","table":"cases","key":"No","columns":{"No":"case.number","Title":"title"}}' >cases.json
printf 'No,Title\n12,the only one\n' >cases.csv
mkdir planted
python3 - <<'PY'
import hashlib, struct
def l(x):
    return struct.pack('>Q', len(x)) + x
def pair(name, value):
    return l(name) + l(bytes([1, 0])) + l(value)
key = struct.pack('>I', 2) + b'12'
of_id = l(b'sanduq/import/id/v1') + l(b'table') + l(b'cases') + l(key)
open('planted/id', 'wb').write(of_id)
for digest in ('sha256', 'sha512'):
    row_id = hashlib.new(digest, of_id).digest()[:32]
    of_key = l(b'sanduq/import/key/v1') + l(b'note') + l(row_id) + l(b'') + \
        pair(b'case.number', b'12') + pair(b'title', b'the only one')
    open('planted/key.' + digest, 'wb').write(of_key)
PY
expect 0 sq import planted
expect 0 sq --json import --map cases.json cases.csv
says out '"what":"added"'
expect 0 sq --json import --map cases.json cases.csv
says out '"what":"same"'

say "a consent from elsewhere does not open what was not made there"
expect 0 sq --json add -t testimony -f title=mine
own=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 sq --json info
vault=$(sed -n 's/.*"vault":"\([0-9a-f]*\)".*/\1/p' out)
[ -n "$own" ] && [ -n "$vault" ] || bad "no ids: $own $vault"
expect 6 sq --yes export before "$own" --purpose media
rec 55555555555555555555555555555555 consent \
    "{\"name\":\"purpose.media\",\"type\":\"text\",\"value\":\"yes\"},{\"name\":\"link.1\",\"type\":\"link\",\"relation\":\"consent-for\",\"vault\":\"$vault\",\"record\":\"$own\",\"version\":0}" \
    >yes.jsonl
expect 0 sq import yes.jsonl
expect 6 sq --yes export out1 "$own" --purpose media
says err "imported from elsewhere"
[ ! -e out1 ] || bad "out1 is there"

say "a card of a stranger does not make a channel safe"
printf 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nUID:urn:uuid:1\r\nTEL;VALUE=text;X-SANDUQ-SAFE=safe:+7 701\r\nTEL;VALUE=text;X-SANDUQ-SAFE=unsafe:+7 702\r\nX-SANDUQ-FIELD;X-NAME=channel.3.safety;X-TYPE=text:safe\r\nEND:VCARD\r\n' >a.vcf
expect 0 sq --json import a.vcf
expect 0 sq show "$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)"
grep -q 'unsafe' out || bad "unsafe was lost"
expect 0 sq --yes export none.vcf -t contact --format vcard
says_not none.vcf "701"
says_not none.vcf "702"
mv v.sanduq v1.sanduq
new_vault
expect 0 sq import --trust-safety a.vcf
expect 0 sq --yes export some.vcf -t contact --format vcard
says some.vcf "701"
says_not some.vcf "702"

say "a line of this vault that was written into is not called the same"
expect 0 sq --json add -t note -f title=before -f other.x=1
own=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 sq --json add -t note -f title=other
other=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 sq link "$own" "$other" --as about
expect 0 sq --yes export own "$own"
expect 0 sq --json import own/records.jsonl
says out '"what":"same"'
sed 's/"value":"before"/"value":"after"/' own/records.jsonl >own/edited.jsonl
expect 1 sq --json import own/edited.jsonl
says out '"what":"changed"'
sed 's/{"name":"other.x"[^}]*},//' own/records.jsonl >own/less.jsonl
expect 1 sq --json import own/less.jsonl

say "a submission behind a link is not read"
mkdir -p odk/instances/one
printf '<data id="f"><meta><instanceID>uuid:1</instanceID></meta><a>x</a></data>' >outside.xml
ln -s ../../../outside.xml odk/instances/one/submission.xml
expect 1 sq import odk
says err 'link'

say "a blank is no reason"
expect 2 sq --yes export none1 "$own" --purpose media --override --reason '  '
[ ! -e none1 ] || bad "none1 is there"

say "very many fields are a mistake, not an hour of waiting"
python3 - <<'PY'
n = 200000
with open('many.jsonl', 'w') as f:
    f.write('{"record_type":"note",' + ','.join('"f%d":1' % i for i in range(n)) + '}\n')
    f.write('{"type":"record","v":1,"record_type":"note","vault":"%s","id":"%s","version":1,"fields":[' % ('1' * 32, '2' * 32)
            + ','.join('{"name":"f%d","type":"number","value":1}' % i for i in range(100000)) + ']}\n')
    f.write('{"record_type":"note","title":"good"}\n')
PY
start=$SECONDS
expect 1 sq import many.jsonl
says err "at most 1024 fields"
python3 - <<'PY'
head = 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\n'
with open('many.vcf', 'w') as f:
    f.write(head + 'TEL;TYPE=' + ','.join(['a'] * 150000) + ':1\r\nEND:VCARD\r\n')
    f.write(head + 'TEL;X-SANDUQ-HOURS=' + ','.join(['a'] * 150000) + ':1\r\nEND:VCARD\r\n')
    f.write(head + ''.join('X-A%d:\r\n' % i for i in range(150000)) + 'END:VCARD\r\n')
    f.write(head + ''.join('X-A%d:1\r\n' % i for i in range(150000)) + 'END:VCARD\r\n')
with open('many.json', 'w') as f:
    f.write('{"v":1,"type":"note","table":"t","columns":{"A":{"tag":true,"split":";"}}}')
with open('many.csv', 'w') as f:
    f.write('A\n')
    for i in range(4):
        f.write('a;' * 1000000 + '\n')
PY
expect 1 sq import many.vcf
says err "256 values"
expect 1 sq import --map many.json many.csv
says err "999 values"
[ $((SECONDS - start)) -lt 40 ] || bad "it took $((SECONDS - start)) seconds"

finish
