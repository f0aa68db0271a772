# SPDX-License-Identifier: Apache-2.0
# import.sh: tables, JSON Lines and folders taken in: once, whole, and with
# every mistake told
. "$(dirname "$0")/lib.bash"

new_vault
# how many records of this kind the vault holds
count() { sq --json list ${1:+-t "$1"} | grep -c '"type":"record"'; }
# the ids of all records whose row says this text
id_of() { sq --json find "$1" | sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p'; }

# ---- a table in Russian, Kazakh and Chinese, contacts in another ----
cat >contacts.csv <<'END'
Код;Имя;Телефон;Безопасно;Заметка
K-1;Айгүл Серікқызы;+7 700 000 00 01;да;"звонить
вечером"
K-2;王芳;+7 700 000 00 02;нет;
END
cat >contacts.json <<'END'
{"type": "contact", "table": "contacts", "key": "Код", "language": "ru",
 "columns": {
  "Код": "contact.code",
  "Имя": "name.N",
  "Телефон": "channel.1.address",
  "Безопасно": {"field": "channel.1.safety",
                "values": {"да": "safe", "нет": "unsafe"}}}}
END
mkdir scans
printf 'scan of a letter' >scans/1.txt
printf 'secret of another folder' >outside.txt
ln -s ../outside.txt scans/link.txt
{
    printf '\xef\xbb\xbf№;ФИО;Дата;Здоровье;Контакт;Скан;Метки\r\n'
    printf '1;Ерлан/耶尔兰;31.10.2029;"диабет\r\nастма";K-1;scans/1.txt;срочно, суд\r\n'
    printf '2;Мария;10.2029;отказ;K-9;;\r\n'
    printf '3;Bad;99.99.2029;x;K-2;;%s\r\n' "$(printf 'x%.0s' {1..80})"
    printf '4;Путь;;;;../outside.txt;\r\n'
    printf '5;Ссылка;;;;scans/link.txt;\r\n'
    printf '6;Корень;;;;/etc/passwd;\r\n'
    printf '7;Мәдина;2029;"=SUM(A1)";K-1;;\r\n'
} >cases.csv
cat >cases.json <<'END'
{"type": "testimony", "table": "cases", "key": "№", "language": "ru",
 "states": {"отказ": "refused"},
 "columns": {
  "№": "record.code",
  "ФИО": {"field": "victim.1.name.N", "split": "/"},
  "Дата": {"field": "event.1.date", "date": "dd.mm.yyyy"},
  "Здоровье": "victim.1.health",
  "Контакт": {"link": {"table": "contacts", "relation": "contact"}},
  "Скан": {"file": true},
  "Метки": {"tag": true, "split": ","}}}
END

# a dry run says all of it and changes nothing (the first reading of a new
# vault makes its catalogue)
expect 0 sq list
cp v.sanduq before
expect 1 sq import --dry-run --map cases.json cases.csv
says out "row 2  testimony  would be sealed"
says err "row 4 (line 5), \"event.1.date\""
says err "row 4 (line 5), \"tag\""
says err "outside.txt"
says err "nothing was changed"
same before v.sanduq
expect 1 sq --json import --dry-run --map cases.json cases.csv
says out '"type":"would"'
says_not out '"type":"record"'
says out '"added":3,"amended":0,"linked":0,"same":0,"changed":0,"unlinked":3'
same before v.sanduq

expect 0 sq import --map contacts.json contacts.csv
[ "$(wc -l <out)" = 2 ] || bad "two ids: $(cat out)"
expect 1 sq --json import --map cases.json cases.csv
says out '"added":3,"amended":0,"linked":0,"same":0,"changed":0,"unlinked":1,"passed":0,"failed":4'
says out '"type":"mistake","v":1,"row":4,"field":"event.1.date"'
says out '"type":"mistake","v":1,"row":4,"field":"tag"'
says out '"type":"failed","v":1,"row":5,"line":6'
[ "$(count testimony)" = 3 ] || bad "three of seven: $(count testimony)"
one=$(id_of диабет)
expect 0 sq show "$one"
says out "[gregorian] 2029-10-31"
says out "victim.1.name.2"
says out "耶尔兰"
says out "tag.2"
says out "-> contact"
says out "because import: csv, row 2"
expect 0 sq get "$one" -o back.txt
same back.txt scans/1.txt
expect 0 sq find дидар
expect 0 sq show "$(id_of Мария)"
says out "(asked, and refused)"
says out "2029-10"
says out "contact contacts K-9"

# again: nothing twice
expect 1 sq --json import --map cases.json cases.csv
says out '"added":0,"amended":0,"linked":0,"same":3'
# what it named has come: linked, once
cat >more.csv <<'END'
Код;Имя;Телефон;Безопасно;Заметка
K-9;Бота;+7 700 000 00 09;да;
END
expect 0 sq import --map contacts.json more.csv
expect 1 sq --json import --map cases.json cases.csv
says out '"linked":1,"same":3,"changed":0,"unlinked":0'
expect 1 sq --json import --map cases.json cases.csv
says out '"linked":0,"same":3,"changed":0,"unlinked":0'
expect 0 sq show "$(id_of Мария)"
says out "-> contact"
says_not out "contacts K-9"

# ---- the same key with other content ----
sed 's/00 01;да/00 01;нет/' contacts.csv >changed.csv
expect 1 sq --json import --map contacts.json changed.csv
says out '"what":"changed"'
says out '"same":1,"changed":1'
expect 0 sq --json import --map contacts.json --changed amend changed.csv
says out '"amended":1'
expect 0 sq --json import --map contacts.json changed.csv
says out '"same":2,"changed":0'
[ "$(count contact)" = 3 ] || bad "amended, not added: $(count contact)"

# ---- tables and mappings that cannot be used ----
expect 2 sq import contacts.csv
says err "--as TYPE"
expect 2 sq import --map contacts.json cases.csv
says err "Телефон"
says err "nothing was changed"
iconv -f UTF-8 -t UTF-16 contacts.csv >utf16.csv
expect 1 sq import --map contacts.json utf16.csv
says err "UTF-16"
printf 'a,a\n1,2\n' >twice.csv
expect 2 sq import --as note twice.csv
says err "only once"
: >empty.csv
expect 1 sq import --as note empty.csv
expect 7 sq import --as note nowhere.csv
printf 'text,count\n"open,1\n2,3\n' >open.csv
expect 1 sq import --as note open.csv
says err "row 2"
says err "closing quote"
printf '{"type":"note","columns":{"A":{"field":"a","dte":"x"}}}' >bad.json
expect 2 sq import --map bad.json open.csv
says err "A.dte"

# without a mapping
printf 'text,language,My Column,Столбец\nсөз,kk,a,b\n' >plain.csv
expect 0 sq import --as note plain.csv
expect 0 sq show "$(cat out)"
says out "[kk] сөз"
says out "my-column"
says out "column.4.name"

# ---- a folder ----
mkdir -p tree/a/b
printf one >tree/a/1.txt
printf two >tree/a/b/2.txt
printf one >tree/z.txt
printf hidden >tree/.hidden
ln -s ../outside.txt tree/out
ln -s .. tree/up
mkfifo tree/pipe
n=$(count)
expect 0 sq --json import tree
says out '"added":3,'
says out '"same":1,"changed":0,"unlinked":0,"passed":3,"failed":0'
[ "$(count)" = $((n + 3)) ] || bad "a folder"
expect 0 sq show "$(sq --json list | grep '"2.txt"' | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')"
says out "a/b/2.txt"
says out "file.modified"
expect 0 sq --json import tree
says out '"added":0,'
expect 0 sq --json import --again tree
says out '"added":1,'
expect 0 sq --json import --again tree
says out '"added":0,'
# the vault itself is not taken in
mkdir inside
mv v.sanduq inside/
printf x >inside/x.txt
expect 0 "$SANDUQ" -V inside/v.sanduq --passphrase-file pw --json import inside
says out '"added":1,'
mv inside/v.sanduq .

# ---- JSON Lines ----
A=00112233445566778899aabbccddeeff
mkdir -p jl/records.files/x
printf body >jl/records.files/x/body.txt
sum=$(sha256sum jl/records.files/x/body.txt | cut -c1-64)
{
    # points forward: the record it names comes later
    printf '{"type":"record","v":1,"record_type":"testimony","vault":"%s","id":"%s","version":2,"sealed":"2031-11-04T09:00:00Z","sha256":"%s","bytes":4,"file":"records.files/x/body.txt","fields":[{"name":"file.name","type":"text","value":"body.txt"},{"name":"text","type":"lang","lang":"ug","value":"ئەركىنلىك"},{"name":"x.unknown","type":"bytes","hex":"00ff"},{"name":"victim.1.health","type":"lang","state":"refused"},{"name":"link.1","type":"link","relation":"contact","vault":"%s","record":"%s","version":1},{"name":"tag.1","type":"text","value":"t"}]}\n' \
        $A 11111111111111111111111111111111 "$sum" $A 22222222222222222222222222222222
    printf '{"type":"record","v":1,"record_type":"contact","vault":"%s","id":"%s","version":1,"fields":[{"name":"name.1","type":"text","value":"Gulnar"},{"name":"link.7","type":"link","relation":"about","vault":"%s","record":"%s","version":0},{"name":"link.8","type":"link","relation":"about","vault":"%s","record":"%s","version":0}]}\n' \
        $A 22222222222222222222222222222222 $A 11111111111111111111111111111111 $A 33333333333333333333333333333333
    printf 'not json\n\n'
    printf '{"type":"note","text":"plain","date.written":"2029"}\n'
    printf '{"type":"note","file":"../outside.txt"}\n'
    printf '{"type":"note","file":"records.files/x/body.txt","sha256":"%s"}\n' $A$A
    printf '{"type":"summary","v":1,"exit":0}\n'
} >jl/records.jsonl
expect 3 sq --json import jl/records.jsonl
says out '"added":3,"amended":0,"linked":1,"same":0,"changed":0,"unlinked":1,"passed":0,"failed":3'
says out '"code":"tampered"'
jr=$(id_of ئەركىنلىك)
expect 0 sq show "$jr"
says out "import.source"
says out "$A/11111111111111111111111111111111/2"
says out "-> contact"
says out "(asked, and refused)"
says out "x.unknown"
expect 0 sq get "$jr" -o back2.txt
same back2.txt jl/records.files/x/body.txt
expect 0 sq show "$(id_of Gulnar)"
says out "about $jr"
says out "about 33333333333333333333333333333333"
expect 3 sq --json import jl/records.jsonl
says out '"added":0,"amended":0,"linked":0,"same":3'

# ---- killed in the middle, and gone on ----
{
    echo "no,text"
    for i in $(seq 1 2500); do echo "$i,word$i бір екі"; done
} >many.csv
cat >many.json <<'END'
{"type": "note", "table": "many", "key": "no", "columns": {"text": "text"}}
END
n=$(count)
# (not by way of a function: its process would be killed, and not the program)
"$SANDUQ" -V v.sanduq --passphrase-file pw import --map many.json many.csv \
    >ids 2>/dev/null &
pid=$!
for _ in $(seq 200); do
    [ "$(wc -l <ids)" -ge 500 ] && break
    sleep 0.05
done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null || :
told=$(wc -l <ids)
[ "$told" -lt 2500 ] || say "it was faster than the kill"
expect 0 sq --json import --map many.json many.csv
same_n=$(sed -n 's/.*"type":"summary".*"same":\([0-9]*\).*/\1/p' out)
added=$(sed -n 's/.*"type":"summary".*"added":\([0-9]*\).*/\1/p' out)
[ "$same_n" -ge "$told" ] || bad "told $told, and only $same_n were in"
[ $((same_n + added)) = 2500 ] || bad "$same_n and $added are not 2500"
[ "$(count)" = $((n + 2500)) ] || bad "not the same set: $(count) and not $((n + 2500)); told $told, same $same_n, added $added"
expect 0 sq verify v.sanduq

# ---- Ctrl-C between rows: what is told is in ----
sed 's/word/other/' many.csv >other.csv
sed 's/"many"/"other"/' many.json >other.json
"$SANDUQ" -V v.sanduq --passphrase-file pw import --map other.json other.csv \
    >ids2 2>err2 &
pid=$!
for _ in $(seq 200); do
    [ "$(wc -l <ids2)" -ge 500 ] && break
    sleep 0.05
done
kill -INT $pid 2>/dev/null
wait $pid
st=$?
if [ $st != 0 ]; then
    [ $st = 130 ] || bad "status $st when interrupted"
    says err2 "goes on from there"
fi
[ "$(count)" = $((n + 2500 + $(wc -l <ids2))) ] || bad "interrupted: not what was told"

# no name of a file in clear in the vault
! grep -qaF -e cases.csv -e scans/1.txt -e many.csv v.sanduq || bad "a name in clear"
[ ! -e v.sanduq-journal ] || bad "a journal stays"

finish
