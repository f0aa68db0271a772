# SPDX-License-Identifier: Apache-2.0
# exchange_cards.sh: contacts in and out as cards; what DEST may be called
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || exit 77

evidence=$SRC/fixtures/evidence

new_vault a.sanduq
a() { "$SANDUQ" -V a.sanduq --passphrase-file pw "$@"; }
new_vault b.sanduq
b() { "$SANDUQ" -V b.sanduq --passphrase-file pw "$@"; }
summary() { says out "\"added\":$1,\"amended\":$2,\"linked\":$3,\"same\":$4,\"changed\":$5,\"unlinked\":$6,\"passed\":$7,\"failed\":$8"; }

# ---- cards ----
expect 0 a --json import "$evidence/contacts.vcf"
says out '"from":"vcard"'
summary 4 0 0 0 0 0 0 0
says out '"row":4'
expect 0 a --json import "$evidence/contacts.vcf"
summary 0 0 0 4 0 0 0 0
cat >fields.py <<'PY'
import json, sys
# the contact whose name.1 is argv[1], as name: (text, language)
for line in sys.stdin:
    r = json.loads(line)
    if r.get('type') != 'record' or r['record_type'] != 'contact':
        continue
    f = {x['name']: (x.get('value', x.get('state')), x.get('lang')) for x in r['fields']}
    if f['name.1'][0] == sys.argv[1]:
        for want in sys.argv[2:]:
            name, value = want.split('=', 1)
            got = f.get(name, ('absent', None))
            assert value in (got[0], '[%s] %s' % (got[1], got[0])), (name, value, got)
        break
else:
    sys.exit('no contact ' + sys.argv[1])
PY
expect 0 a export cards.jsonl -t contact --format jsonl --yes
python3 fields.py 'Ойдан Шығарылған Күмісай' name.2='Вымышленная Кумисай' \
    name.1.language=kk name.2.language=ru language=kk language.other.1=ru \
    channel.1.type=telephone channel.1.address=+1-202-555-0143 \
    channel.1.safety=unknown channel.2.type=email \
    channel.2.address=kumisai@sample.invalid <cards.jsonl || bad "a Kazakh card"
python3 fields.py 'توقۇلما ئەركىنجان' language=ug channel.2.address=xmpp:erkinjan@sample.invalid \
    <cards.jsonl || bad "a Uyghur card"
python3 fields.py '虚构某' name.2='Xugou Mou (invented)' language=zh \
    channel.1.address=mou@sample.invalid <cards.jsonl || bad "a Chinese card"
python3 fields.py 'Uydurma Gülçehre' channel.1.use=home <cards.jsonl || bad "a Turkish card"
# one that changed, and one that cannot be read: the others are in
sed 's/960456/960457/' "$evidence/contacts.vcf" >changed.vcf
expect 1 a --json import changed.vcf
summary 0 0 0 3 1 0 0 0
expect 1 a import changed.vcf
says err "row 4"
says err "--changed amend"
printf 'BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=WINDOWS-1251;ENCODING=QUOTED-PRINTABLE:=C0=E9\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nFN:Fifth\r\nEND:VCARD\r\n' >partly.vcf
expect 1 a --json import partly.vcf
summary 1 0 0 0 0 0 0 2
says out '"expected":"a card with something in it"'

# out again: nothing but what is safe, and that is said
card=$(a --json find Кумисай | sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p')
printf '{"channel.2.safety":"safe"}' >form
expect 0 a amend "$card" --fields form --reason asked
expect 0 a export safe.vcf -t contact --format vcard --yes
says err "withheld from the cards: 6 channels not marked as safe"
grep -q kumisai@sample.invalid safe.vcf || bad "the safe channel is missing"
! grep -qE '555-01|960|erkinjan|mou@|NOTE|RELATED|K-01' safe.vcf || bad "a card tells too much: $(cat safe.vcf)"
[ "$(grep -c BEGIN:VCARD safe.vcf)" = 5 ] || bad "not five cards"
expect 0 a --json export safe2.vcf -t contact --format vcard --yes
says out '"withheld_channels":6,"withheld_fields":'
expect 0 a --json export all.vcf -t contact --format vcard --all-channels --yes
says out '"withheld_channels":0,"withheld_fields":0'
expect 0 b --json import --trust-safety safe.vcf
summary 5 0 0 0 0 0 0 0
new_vault doubt.sanduq
doubt() { "$SANDUQ" -V doubt.sanduq --passphrase-file pw "$@"; }
expect 0 doubt import safe.vcf
expect 0 doubt export doubt.jsonl -t contact --format jsonl --yes
python3 fields.py 'Ойдан Шығарылған Күмісай' channel.1.address=kumisai@sample.invalid \
    channel.1.safety=unknown <doubt.jsonl || bad "a stranger's word that a channel is safe was taken"
expect 0 b export safe.jsonl -t contact --format jsonl --yes
python3 fields.py 'Ойдан Шығарылған Күмісай' channel.1.address=kumisai@sample.invalid \
    channel.1.safety=safe channel.2.address=absent name.2='Вымышленная Кумисай' \
    language.other.1=ru <safe.jsonl || bad "a card that came back"

# ---- DEST says what it is ----
expect 2 a export x.csv --all --yes
says err "makes a folder"
says err "--format csv"
expect 2 a export x.VCF --all --format jsonl --yes
says err "--format vcard"
expect 2 a export x.jsonl --all --format bagit --yes
expect 0 a add -q form
expect 2 a export x.jsonl --all --format jsonl --yes
says err "have an original"
says err "nothing was changed"
expect 2 a export cards.jsonl -t contact --format jsonl --yes
says err "exists already"
[ -z "$(ls -d x.* 2>/dev/null)" ] || bad "written: $(ls -d x.*)"
expect 0 a export lines.d -t contact --format jsonl --yes
says err "wrote the folder lines.d (5 records in records.jsonl)"
new_vault e.sanduq
e() { "$SANDUQ" -V e.sanduq --passphrase-file pw "$@"; }
expect 0 e --json import cards.jsonl
summary 4 0 0 0 0 0 0 0
finish
