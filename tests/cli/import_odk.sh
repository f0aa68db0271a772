# SPDX-License-Identifier: Apache-2.0
# import_odk.sh: submissions of ODK Collect and Central, as they lie on a
# telephone: found, taken in once with their media, mapped, or refused
. "$(dirname "$0")/lib.bash"

new_vault
count() { sq --json list ${1:+-t "$1"} | grep -c '"type":"record"'; }
ids() { sq --json list -t "$1" | sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p'; }
summary() { says out "\"added\":$1,\"amended\":$2,\"linked\":$3,\"same\":$4,\"changed\":$5,\"unlinked\":$6,\"passed\":$7,\"failed\":$8"; }
# submission FILE NUMBER ANSWERS
submission() {
    printf '<?xml version="1.0"?><data id="testimony_v3" version="7" xmlns:orx="http://openrosa.org/xforms">%s<orx:meta><orx:instanceID>uuid:00000000-0000-4000-8000-%012d</orx:instanceID></orx:meta></data>' \
        "$3" "$2" >"$1"
}

# ---- the folder of ODK Collect: each submission a folder, its XML named after it ----
one=odk/instances/Куәлік_2031-11-04_09-00-00
two=odk/instances/گۇۋاھلىق_2031-11-05_10-00-00
mkdir -p "$one" "$two" odk/forms
echo '<h:html xmlns:h="http://www.w3.org/1999/xhtml"/>' >odk/forms/form.xml
submission "$one/Куәлік_2031-11-04_09-00-00.xml" 1 \
    '<start>2031-11-04T23:30:00.000+05:00</start><Victim><name>Ойдан Күмісай</name></Victim><event><what>алып кетті</what></event><event><what>қайтты</what><photo>сурет 1.jpg</photo></event><rec>ئاۋاز.m4a</rec><scan>信件.pdf</scan><where>43.2389 76.8897 0.0 4.5</where>'
submission "$two/گۇۋاھلىق_2031-11-05_10-00-00.xml" 2 \
    '<Victim><name>توقۇلما</name></Victim><where>../../x.jpg</where><rec>link.m4a</rec>'
echo picture >"$one/сурет 1.jpg"
echo scan >"$one/信件.pdf"
echo other >"$one/not named.bin"
echo outside >odk/x.jpg
ln -s ../../x.jpg "$two/link.m4a"

expect 0 sq list # makes the catalogue, which a dry run would otherwise
cp v.sanduq before
expect 1 sq --json import --dry-run odk
summary 4 0 0 0 0 0 3 2
same before v.sanduq
# the recording is missing, and a link is not followed: told, the rest is in
expect 1 sq --json import odk
says out '"from":"odk"'
summary 4 0 0 0 0 0 3 2
says out "ئاۋاز.m4a"
says out "instances/گۇۋاھلىق_2031-11-05_10-00-00/link.m4a"
says out 'not named.bin'
says_not out outside
[ "$(count testimony) $(count file)" = "2 2" ] || bad "two and two: $(count testimony) $(count file)"
expect 0 sq --json find алып
first=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 sq show "$first"
says out "odk.event.what         алып кетті"
says out "odk.event.2.what       қайтты"
says out "odk.where.location     43.2389 76.8897 0.0 4.5"
says out "submission.instance    uuid:00000000-0000-4000-8000-000000000001"
says out "submission.version     7"
# what consent says of the one must hold for the other
[ "$(grep -c 'attachment-of' out)" = 2 ] || bad "not two attachments: $(cat out)"
picture=$(sed -n 's/.*attachment-of *\([0-9a-f]*\).*сурет 1.jpg.*/\1/p' out)
expect 0 sq get "$picture" -o back.jpg
same back.jpg "$one/сурет 1.jpg"
expect 0 sq log show --unlock
says out "action=import  added=4  amended=0  failed=2  same=0  source=odk"

# again: once; what was missing has come: taken in, the submission stays
expect 1 sq --json import odk
summary 0 0 0 4 0 0 3 2
expect 0 sq log show --unlock
[ "$(grep -c 'action=import' out)" = 1 ] || bad "a line of the log for nothing"
echo voice >"$one/ئاۋاز.m4a"
expect 0 sq --json import "$one"
summary 1 0 0 3 0 0 1 0
expect 0 sq show "$first"
[ "$(grep -c 'attachment-of' out)" = 3 ] || bad "not three attachments: $(cat out)"
says out "version 1 of 1"
# one file of it, and a folder of such folders: all in already
expect 0 sq --json import "$one"/*.xml
summary 0 0 0 4 0 0 0 0
expect 1 sq --json import odk/instances
says out '"from":"odk"'
summary 0 0 0 5 0 0 1 1
# an edited submission is not taken for another
sed 's/қайтты/қайтпады/' "$one"/*.xml >edited.xml
mkdir edited && mv edited.xml edited/ && cp "$one"/*.* edited/ && rm edited/К*.xml
expect 1 sq --json import edited
summary 0 0 0 3 1 0 1 0
expect 0 sq --json import --changed amend edited
summary 0 1 0 3 0 0 1 0

# consent given for the submission covers its recording, and a "no" stops it
printf '{"purpose.court":"no","purpose.share-inside":"yes","asked.date":"2031-01-02"}' >form
consent=$(sq add -q -t consent --fields form)
expect 0 sq link "$consent" "$first" --as consent-for
expect 6 sq export out.d "$picture" --purpose court --yes
says err "$consent"

# ---- several in one folder, and submission.xml as Briefcase names it ----
mkdir -p many/a many/b
submission many/a/x.xml 11 '<q>бір</q>'
submission many/a/y.xml 12 '<q>екі</q>'
submission many/b/submission.xml 13 '<q>үш</q>'
expect 0 sq --json import many
says out '"from":"odk"'
summary 3 0 0 0 0 0 0 0

# ---- what is no submission stays a folder of files ----
mkdir -p plain/sub
echo '<svg id="picture" xmlns="http://www.w3.org/2000/svg"><t>x.jpg</t></svg>' >plain/p.svg
echo '<config id="c"><t>1</t></config>' >plain/c.xml
cp many/a/x.xml plain/sub/ # beside files: not a folder of submissions alone
expect 0 sq --json import --dry-run plain
says out '"from":"folder"'
mkdir none && echo x >none/x.txt
expect 1 sq import --from odk none
says err "no submission"
says err "nothing was changed"

# ---- hostile ----
mkdir -p bad/{doctype,bomb,encrypted,path,broken,deep,secret,empty,good}
cat >bad/doctype/x.xml <<'X'
<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><data id="d"><q>&e;</q><meta><instanceID>uuid:d</instanceID></meta></data>
X
cat >bad/bomb/x.xml <<'X'
<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><data id="d"><q>&c;</q></data>
X
echo '<data id="e" encrypted="yes" xmlns="http://www.opendatakit.org/xforms/encrypted"><base64EncryptedKey>AA==</base64EncryptedKey><encryptedXmlFile>submission.xml.enc</encryptedXmlFile><meta><instanceID>uuid:e</instanceID></meta></data>' >bad/encrypted/x.xml
submission bad/path/x.xml 21 '<p>../good/g.jpg</p><p>/etc/passwd.txt</p><p>..\\good\\g.jpg</p>'
echo '<data id="x"><q>' >bad/broken/x.xml
python3 -c 'print("<data id=\"x\">" + "<g>" * 500 + "</g>" * 500 + "</data>")' >bad/deep/x.xml
ln -s /etc/passwd bad/secret/x.xml
: >bad/empty/x.xml
submission bad/good/x.xml 22 '<p>g.jpg</p>'
echo good >bad/good/g.jpg
n=$(count)
expect 1 sq --json import bad
says out '"from":"odk"'
summary 3 0 0 0 0 0 0 7
[ "$(count)" = $((n + 3)) ] || bad "more than two submissions and a picture"
expect 1 sq import bad
says err "doctype/x.xml"
says err "DOCTYPE"
says err "encrypted by ODK"
expect 0 sq export all.d --all --format jsonl --yes
! grep -rqF root:x: all.d || bad "a file from outside was read"

# ---- with a mapping: the answers become fields of the registry ----
new_vault m.sanduq
sq() { "$SANDUQ" -V m.sanduq --passphrase-file pw "$@"; }
cat >map.json <<'X'
{"type": "testimony", "language": "kk",
 "columns": {
  "odk.victim.name": "victim.1.name.N",
  "odk.start": {"field": "interview.date", "date": "yyyy-mm-dd"},
  "odk.event.what": "event.1.place",
  "odk.event.2.what": "event.2.place",
  "submission.version": {"tag": true},
  "odk.speling": "victim.1.health"}}
X
expect 1 sq --json import --map map.json odk
summary 5 0 0 0 0 0 4 1
says out "odk.speling"
expect 0 sq --json find Күмісай
mapped=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 sq show "$mapped"
says out "victim.1.name.1        Ойдан Күмісай"
says out "interview.date         [gregorian] 2031-11-04"
says out "event.1.place          [kk] алып кетті"
says out "event.2.place          [kk] қайтты"
says out "tag.1                  7"
says out "odk.where.location" # no column names it: kept
says_not out "odk.victim.name"
[ "$(grep -c 'attachment-of' out)" = 3 ] || bad "attachments of a mapped one"
expect 1 sq --json import --map map.json odk
summary 0 0 0 5 0 0 4 1
# a mistake in an answer is told with its field; mended, its media find it
sed 's/2031-11-04T23/2031-13-04T23/; s/0000001</0000031</' "$one"/К*.xml >w.xml
mkdir wrong && mv w.xml wrong/ && cp "$one/сурет 1.jpg" "$one/信件.pdf" "$one/ئاۋاز.m4a" wrong/
expect 1 sq --json import --map map.json wrong
says out '"field":"interview.date"'
summary 3 0 0 0 0 3 1 1
sed -i 's/2031-13-04T23/2031-12-04T23/' wrong/w.xml
expect 0 sq --json import --map map.json wrong
summary 1 0 3 3 0 0 1 0
# without other-columns, what is not named stays out
sed 's/"type"/"other-columns": "ignore", "type"/' map.json >few.json
submission many/b/submission.xml 14 '<Victim><name>Бота</name></Victim><q>қалады</q>'
expect 0 sq import --map few.json many/b/submission.xml
expect 0 sq show "$(head -n 1 out)"
says out "Бота"
says_not out "odk.q"
expect 0 "$SANDUQ" verify m.sanduq
expect 0 "$SANDUQ" verify v.sanduq
finish
