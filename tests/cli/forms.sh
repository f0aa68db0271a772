# SPDX-License-Identifier: Apache-2.0
# forms.sh: the fields of a type: shown, checked, refused, asked for
. "$(dirname "$0")/lib.bash"
script=$(realpath "${SRC:-.}")/tests/cli/forms.py
evidence=$(realpath "${SRC:-.}")/fixtures/evidence

# the registry is shown without a vault
expect 0 "$SANDUQ" form testimony
says out "victim.N.name.N"
says out "full|part|none"
says_not out "purpose.un"
expect 0 "$SANDUQ" form
for type in testimony letter contact consent file note; do
    grep -qx "$type" out || bad "$type has no form"
done
expect 0 "$SANDUQ" form --json consent
says out '"name":"purpose.un"'
says out '"words":["yes","no","ask first"]'
tail -1 out | grep -q '"type":"summary"' || bad "a summary comes last"
expect 2 "$SANDUQ" form receipt
says err "testimony, letter"

new_vault

# what is written plainly becomes what the field is
cat >plain.json <<'END'
{"language": "kk", "interview.date": "1937-05", "risk.review": "islamic 1450-09",
 "text": "Мен Жоқбел деген ауылда тудым.", "public.identity": "none",
 "interview.place": {"lang": "ug-Arab", "value": "ئۆي"},
 "recording.1.seconds": "61", "victim.1.name.1": "Әйгерім Қасым",
 "victim.1.name.2": "阿依古丽", "victim.1.name.3": "Ayгерім",
 "victim.1.name.4": {"state": "refused"}, "victim.2.name.1": "ئايگۈل",
 "victim.2.name.1.script": "Arab", "victim.1.birth.date": {"state": "unknown"},
 "status": null, "of.my.own": "kept", "own.date": {"type": "date", "value": "2031"}}
END
expect 0 sq add -t testimony --fields plain.json
id=$(cat out)
expect 0 sq show --json "$id"
says out '"name":"interview.date","type":"date","state":"value","calendar":"gregorian","value":"1937-05"'
says out '"name":"risk.review","type":"date","state":"value","calendar":"islamic","value":"1450-09"'
says out '"name":"text","type":"lang","state":"value","lang":"kk"'
says out '"name":"interview.place","type":"lang","state":"value","lang":"ug-Arab"'
says out '"name":"recording.1.seconds","type":"number","state":"value","value":61'
says out '"name":"victim.1.name.1.script","type":"text","state":"value","value":"Cyrl"'
says out '"name":"victim.1.name.2.script","type":"text","state":"value","value":"Hani"'
says_not out 'victim.1.name.3.script'
says_not out 'victim.1.name.4.script'
says out '"name":"victim.1.birth.date","type":"date","state":"unknown"'
says out '"name":"status","type":"lang","state":"unknown"'
says out '"name":"of.my.own","type":"text","state":"value","value":"kept"'
says out '"name":"own.date","type":"date"'

# a text without any language says so
printf '{"text": "x"}' >none.json
expect 0 sq add -t note --fields none.json
expect 0 sq show --json "$(cat out)"
says out '"lang":"und"'

# all mistakes at once, and nothing is stored
cat >wrong.json <<'END'
{"interview.date": "31.10.2029", "status.as-of": "2031-02-29", "language": "Kazakh",
 "public.identity": "some", "recording.1.seconds": "long", "script": 7,
 "victim.1.name.1": {"type": "date", "value": "2031"}, "own": {"type": "date", "value": "2031-99"},
 "derived.from": "kept", "injury.referral": {"state": "refused"}, "record.code": "K-99"}
END
sq list --json 2>/dev/null | grep -c '"type":"record"' >before
expect 2 sq add -t testimony --fields wrong.json
for field in interview.date status.as-of language public.identity \
    recording.1.seconds script victim.1.name.1 own; do
    says err "field \"$field\": expected"
done
says err "one of these words: full, part, none"
says err "mistakes in the fields: 8"
says err "nothing was"
says_not err "31.10.2029"
expect 2 sq add --json -t testimony --fields wrong.json
[ "$(grep -c '"type":"mistake"' out)" = 8 ] || bad "eight mistakes: $(cat out)"
says out '"field":"public.identity","expected":"one of these words","words":["full","part","none"]'
expect 2 sh -c '"$0" -V v.sanduq --passphrase-file pw add -t testimony --fields - <wrong.json' "$SANDUQ"
says err "mistakes in the fields: 8"
sq list --json 2>/dev/null | grep -c '"type":"record"' >after
same before after

# names, contacts and sources are not taken from the command line
for field in victim.1.name.1 victim.1.shoe-size interviewer.code \
    interviewer.telephone risk.family reliability; do
    expect 2 sq add -t testimony -f "$field=x"
    says err "field \"$field\""
    says err "process list"
    says err "--fields -"
done
expect 2 sq add -t letter -f acquired.from=x "$evidence/testimony 06.txt"
expect 2 sq add -t contact --name Mariam --fields none.json
says err "process list"
expect 2 sq add -t contact -f x=y
expect 2 sq add -t consent -f x=y
expect 0 sq add -t letter -f kind=verdict -f date.written=2029-10 \
    -f event.colour=blue "$evidence/testimony 06.txt"
expect 0 sq show --json "$(cat out)"
says out '"calendar":"gregorian","value":"2029-10"'
expect 2 sq add -t letter -f date.written=soon "$evidence/testimony 06.txt"

# a change is held to the same rules, with the record's own language
expect 0 sq amend "$id" -f interview.date=1938 -f status=босатылды --reason later
expect 0 sq show --json "$id"
says out '"name":"interview.date","type":"date","state":"value","calendar":"gregorian","value":"1938"'
says out '"name":"status","type":"lang","state":"value","lang":"kk","value":"босатылды"'
says out '"name":"of.my.own"'
expect 2 sq amend "$id" -f interview.date=soon --reason later
says err "a date that exists"
expect 2 sq amend "$id" -f victim.1.health=ill --reason later
says err "process list"
expect 2 sq link "$id" "$id" --as same -f victim.1.health=ill
says err "elsewhere than after -f"

# the sample form goes in as it is
expect 0 sq add -t testimony --fields "$evidence/testimony-fields.json"
expect 2 sq add -t testimony
says err "there is nothing to add"

# questions on a terminal
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done
if [ -n "$python" ]; then
    SANDUQ=$SANDUQ timeout 250 "$python" "$script" || bad "a conversation went wrong"
else
    say "no python with pty: the questions were not tried"
fi
finish
