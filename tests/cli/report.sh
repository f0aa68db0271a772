# SPDX-License-Identifier: Apache-2.0
# report.sh: what verify found as a page, whatever it found
. "$(dirname "$0")/lib.bash"
# page FILE [TEXT...]: a page that a browser reads, and that says this
page() {
    local file=$1
    shift
    python3 "$SRC/tests/cli/report_check.py" "$file" "$@" >wrong 2>&1 ||
        bad "$file: $(cat wrong)"
}
# Every finding that was printed stands on the page.
all_said() {
    "$SANDUQ" --json verify "$2" "${@:3}" >lines 2>/dev/null
    python3 - "$1" lines >missing <<'PY' || bad "$1: $(cat missing)"
import html, json, re, sys
page = html.unescape(re.sub('<[^>]*>', '', open(sys.argv[1], encoding='utf-8').read()))
said = [json.loads(l) for l in open(sys.argv[2], encoding='utf-8')]
bad = [f['message'] for f in said if f['type'] == 'finding'
       and f['message'] not in page]
print('\n'.join(bad))
sys.exit(bool(bad) or not any(f['type'] == 'finding' for f in said))
PY
}

new_vault
for i in 1 2 3 4 5; do expect 0 sq add -t testimony -f title="number $i"; cat out; done >ids
expect 0 sq log checkpoint
cp out old.checkpoint
expect 0 sq card export -o v.card
head -c 100000 /dev/urandom >body.bin
expect 0 sq add body.bin
expect 0 sq --yes withdraw "$(sed -n 2p ids)" --reason asked
expect 0 sq amend "$(sed -n 3p ids)" -f title=changed

# ---- it holds ----
expect 0 "$SANDUQ" verify v.sanduq --card v.card --since old.checkpoint --report held.html
says err 'report: held.html'
page held.html 'What was checked holds' '(compared)' 'v.sanduq' \
    "$(sha256sum v.sanduq | cut -d' ' -f1)" "$(sha256sum v.card | cut -d' ' -f1)" \
    "$(sha256sum old.checkpoint | cut -d' ' -f1)" "$(stat -c %s v.sanduq) bytes" \
    'declared withdrawn' 'This page is no evidence' "$(sed -n 1p ids)" \
    'no: what is sealed stayed sealed' 'The axis is the order of the lines, not time'
all_said held.html v.sanduq --card v.card --since old.checkpoint
[ "$(stat -c %a held.html)" = 600 ] || bad "mode $(stat -c %a held.html)"
says_not held.html "$work"
says_not held.html 'number 1'
says_not held.html 'class="failed"'
if command -v zbarimg >/dev/null; then
    python3 "$SRC/tests/cli/report_check.py" --qr held.html qr.pgm
    zbarimg -q --raw --oneshot qr.pgm >qr.text 2>zbar.err
    expect 0 sq card show
    says out "$(cat qr.text)"
    [ -s qr.text ] || bad "the code cannot be read"
else
    say "skipped: no zbarimg to read the codes back"
fi
# the commands that it prints give what it says
if command -v sqlite3 >/dev/null; then
    cp v.sanduq COPY
    expect 0 sqlite3 -readonly COPY \
        'SELECT origin, count(*) FROM log JOIN leaf ON log = n GROUP BY n'
    page held.html "$(cut -d'|' -f1 out)" "$(cut -d'|' -f2 out) lines"
    expect 0 sqlite3 -readonly COPY 'SELECT note FROM checkpoint ORDER BY log, size'
    says out "$(cut -d/ -f1 old.checkpoint | head -n 1)"
fi

# ---- written once, and over nothing ----
cp held.html before
expect 2 "$SANDUQ" verify v.sanduq --report held.html
same held.html before
cp v.sanduq before
expect 2 "$SANDUQ" verify v.sanduq --report v.sanduq
same v.sanduq before
ln -s nowhere link.html
expect 2 "$SANDUQ" verify v.sanduq --report link.html
[ ! -e nowhere ] || bad "a link was followed"
expect 2 "$SANDUQ" verify v.sanduq --report -
[ ! -e ./- ] || bad "a file named -"
expect 1 "$SANDUQ" verify body.bin --report none.html
[ ! -e none.html ] || bad "a report of nothing"
expect 7 "$SANDUQ" verify missing.sanduq --report none.html
expect 7 "$SANDUQ" verify v.sanduq --report no/such/folder.html
mkdir left && cp v.sanduq left/
expect 0 "$SANDUQ" verify left/v.sanduq --report left/r.html
[ "$(ls left | wc -l)" = 2 ] || bad "more is left: $(ls left)"

# ---- twice is the same, but for the time ----
sleep 1
expect 0 "$SANDUQ" verify v.sanduq --card v.card --since old.checkpoint --report again.html
sed 's/20[0-9-]*T[0-9:]*Z/TIME/g' held.html >one
sed 's/20[0-9-]*T[0-9:]*Z/TIME/g' again.html >two
same one two

# ---- opened: times that the lines claim, and nothing of what is sealed ----
expect 0 "$SANDUQ" verify v.sanduq --passphrase-file pw --report open.html
page open.html 'yes: sealed content was opened too' 'Times that its lines claim'
says_not open.html 'number 1'

# ---- it is not as asked; it does not match ----
expect 6 "$SANDUQ" verify v.sanduq --card 'aaaa bbbb cccc dddd eeee ffff gggg hhhh' --report asked.html
page asked.html 'It holds, but it is not what was asked for' \
    'The signer is none of those whose cards were given.'
all_said asked.html v.sanduq --card 'aaaa bbbb cccc dddd eeee ffff gggg hhhh'
says asked.html '<main class="asked">'

# tamper NAME SQL: a copy that is changed
tamper() {
    cp v.sanduq "$1"
    python3 - "$1" "$2" <<'PY'
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute(sys.argv[2])
c.commit()
PY
}
tamper meta.sdq "UPDATE record SET meta = zeroblob(length(meta)) WHERE hex(id) = upper('$(sed -n 1p ids)')"
tamper gone.sdq "DELETE FROM record WHERE hex(id) = upper('$(sed -n 4p ids)')"
tamper leaf.sdq 'UPDATE leaf SET subj = zeroblob(32) WHERE idx = 5'
tamper body.sdq 'UPDATE segment SET ct = zeroblob(length(ct))'
tamper planted.sdq 'INSERT INTO wrap VALUES(77, zeroblob(96))'
for f in meta gone leaf body planted; do
    expect 3 "$SANDUQ" verify $f.sdq --card v.card --report $f.html
    page $f.html 'The evidence does not match' 'do not rely on the rest of it'
    says $f.html '<main class="failed">'
    all_said $f.html $f.sdq --card v.card
done
head -c 60000 v.sanduq >cut.sdq
expect 3 "$SANDUQ" verify cut.sdq --report cut.html
page cut.html 'The evidence does not match'
page meta.html 'here, and not as it was sealed' 'the sealed metadata were changed'
page gone.html 'logged, not withdrawn, and not here'
page body.html 'the sealed body was changed'
# nothing of a log that does not match is shown as holding
page leaf.html '0 record versions are here and hold.' 'none of its lines is shown as holding'
says_not leaf.html 'class="cov"'
# nor are records, when rows are there that nothing names
page planted.html '0 record versions are here and hold.'

# ---- names of others ----
name=$(printf '<script>alert(1)<\\script>"'\''&\342\200\256lmth\377')
cp meta.sdq "$name"
expect 3 "$SANDUQ" verify "$name" --report hostile.html
page hostile.html '<script>alert(1)<\\script>"'\''&\u202elmth\xff'

# ---- the same for scripts ----
expect 2 "$SANDUQ" verify v.sanduq --evidence
expect 0 "$SANDUQ" --json verify v.sanduq --evidence --card v.card --report json.html
page json.html
python3 - out <<'PY' >wrong || bad "evidence: $(cat wrong)"
import json, sys
l = [json.loads(x) for x in open(sys.argv[1], encoding='utf-8')]
e = [x for x in l if x['type'] == 'evidence']
s = l[-1]
count = lambda k: sum(x['kind'] == k for x in e)
print([(k, count(k)) for k in ('card', 'log', 'leaf', 'checkpoint', 'record')], s)
ok = (s['type'] == 'summary' and s['report'] == 'json.html'
      and count('card') == count('log') == 1
      and count('leaf') == s['leaves'] and count('record') == s['records'] == 7
      and all(x['state'] == 'held' for x in e)
      and [x['index'] for x in e if x['kind'] == 'leaf'] == list(range(s['leaves']))
      and sorted(x['record'] for x in e if x['kind'] == 'record')
      == ['present'] * 6 + ['withdrawn']
      and [x['compared'] for x in e if x['kind'] == 'card'] == [True])
sys.exit(not ok)
PY
expect 3 "$SANDUQ" --json verify gone.sdq --evidence
python3 - out "$(sed -n 4p ids)" <<'PY' >wrong || bad "evidence: $(cat wrong)"
import json, sys
e = [json.loads(x) for x in open(sys.argv[1], encoding='utf-8')]
e = [x for x in e if x['type'] == 'evidence' and x['kind'] == 'record']
print(e)
sys.exit([x['id'] for x in e if x['state'] == 'failed' and x['record'] == 'missing']
         != [sys.argv[2]] or len(e) != 7)
PY
expect 3 "$SANDUQ" --json verify leaf.sdq --evidence
grep '"type":"evidence"' out | grep -v '"kind":"card"' >facts
says_not facts '"state":"held"'
says facts '"kind":"leaf","state":"unknown"'

# ---- what was given on, and what lies beside ----
expect 0 "$SANDUQ" init --kdf minimum --passphrase-file pw w.sanduq
expect 0 "$SANDUQ" -V w.sanduq card export -o w.card
expect 0 sq --yes card add w.card --name bola --fingerprint "$(
    "$SANDUQ" --json verify w.card | sed -n 's/.*"fingerprint":"\([^"]*\)".*/\1/p')"
expect 0 sq --yes share x --to bola --all --plain-container
expect 0 "$SANDUQ" verify x.bundle --card v.card --report bundle.html
page bundle.html 'a bundle: records that were given on' 'who they are; that those whom' \
    ', of which 5 are in this file'
expect 0 sq --yes disclose "$(sed -n 1p ids)" --fields title -o d.txt
expect 0 "$SANDUQ" verify d.txt --card v.card --report disclosed.html
page disclosed.html 'What it says' 'number 1' 'committed to' 'a disclosed field'
sed s/bnVtYmVyIDE=/bnVtYmVyIDc=/ d.txt >e.txt
expect 3 "$SANDUQ" verify e.txt --card v.card --report forged.html
page forged.html 'The evidence does not match'
says_not forged.html 'number 7'
printf 'locked' >l.txt
expect 0 "$SANDUQ" -V v.sanduq add l.txt
expect 0 "$SANDUQ" verify v.sanduq.capture --report capture.html
page capture.html 'a capture file: records sealed while' 'log of a capture device'
expect 0 "$SANDUQ" verify v.card --card v.card --report card.html
page card.html 'the card that was given'
expect 6 "$SANDUQ" verify old.checkpoint --report point.html
page point.html 'NOT CHECKED: nothing says who wrote it'

# ---- a saved state: a page shows everything, so everything is looked at ----
expect 0 "$SANDUQ" verify v.sanduq --card v.card --save-state v.state
expect 0 "$SANDUQ" verify v.sanduq --card v.card --since v.state --report since.html
page since.html "$(sha256sum v.state | cut -d' ' -f1)" '6 record versions are here and hold.'
says_not since.html 'Only what is new'
tamper old.sdq "UPDATE record SET meta = zeroblob(length(meta)) WHERE hex(id) = upper('$(sed -n 1p ids)')"
expect 3 "$SANDUQ" verify old.sdq --card v.card --since v.state --report old.html
page old.html 'The evidence does not match' 'here, and not as it was sealed'

# ---- witnesses and packs ----
w() { "$SANDUQ" -V w.sanduq --passphrase-file pw "$@"; }
read_out() { sed -n 's/^  read out  *//p' out; }
expect 0 sq card show
digits=$(read_out)
expect 0 w --yes witness init -o w.vkey
expect 0 w card add v.card --name asel --fingerprint "$digits"
expect 0 sq --yes witness init Wit w.vkey
expect 0 sq witness ask Wit -o asked.txt
expect 0 w witness sign asked.txt -o signed.txt
expect 0 sq witness take signed.txt
expect 0 sq add -t testimony -f title=later
expect 0 sq log pack v.audit
for f in v.sanduq v.audit; do
    expect 0 "$SANDUQ" verify $f --card v.card --witness w.vkey --report $f.html
    page $f.html 'seen by witnesses' 'signature of a witness' "$(cat w.vkey)"
    all_said $f.html $f --card v.card --witness w.vkey
    [ "$(grep -o 'class="covw"' $f.html | wc -l)" = 1 ] || bad "$f: no bar"
    # the same signature, by a key that nobody knows here, covers nothing
    expect 0 "$SANDUQ" verify $f --card v.card --report $f.none.html
    page $f.none.html
    says_not $f.none.html 'class="covw"'
done
page v.audit.html 'an audit pack: logs and heads' 'the sealed records are not in an audit pack'

# ---- the user's language ----
expect 0 "$SANDUQ" --lang ru verify v.sanduq --report ru.html
says ru.html 'lang="ru" dir="ltr"'
page ru.html
finish
