#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# find.sh: records are found by words, in other spellings too
. "$(dirname "$0")/lib.bash"

new_vault
printf 'a' >'Қайрат.txt'
printf 'b' >'乌鲁木齐看守所.txt'
printf 'c' >'گۈلنىسا.txt'
printf 'd' >'Хрущёв.txt'
expect 0 sq add -q ./*.txt
printf '%s' '{"title": "Letter to the ministry",
    "tag.1": "To check"}' >form.json
expect 0 sq add -q -t note --fields form.json

# words NAME: finds that record and no other.
finds() {
    local want=$1
    shift
    expect 0 sq find --json "$@"
    says out "\"name\":\"$want\""
    says out '"records":1'
    says out '"command":"find"'
}
finds 'Қайрат.txt' қайрат
finds 'Қайрат.txt' Qairat
finds 'Қайрат.txt' kayrat
finds 'Қайрат.txt' قايرات
finds '乌鲁木齐看守所.txt' 烏魯木齊
finds '乌鲁木齐看守所.txt' wulumuqi
finds '乌鲁木齐看守所.txt' Wūlǔmùqí
finds 'گۈلنىسا.txt' Gülnisa
finds 'گۈلنىسا.txt' Гүлниса
finds 'Хрущёв.txt' Khrushchev
finds 'Хрущёв.txt' 'khru*'
expect 0 sq find --json ministry letter
says out '"record_type":"note"'
expect 0 sq list --json --tag 'to check'
says out '"records":1'
expect 0 sq find --json ministry --tag 'to check' -t note
says out '"records":1'
expect 0 sq find --json ministry -t letter
says out '"records":0'
expect 0 sq find txt --limit 2 --json
says out '"records":2'

# what is found must be readable: the catalogue only proposes
expect 0 sq find nobody
says err 'nothing fits'
expect 2 sq find '...'
says err 'no letter or digit'
expect 2 sq find
says err 'find WORDS'
expect 0 "$SANDUQ" find --help
says out 'Uyghur'

# a catalogue that is gone or damaged is made anew
if command -v sqlite3 >sqlite.path; then
    sqlite3 v.sanduq 'DELETE FROM page'
    finds 'Қайрат.txt' Qairat
    sqlite3 v.sanduq 'UPDATE page SET b = zeroblob(length(b))'
    finds 'Қайрат.txt' Qairat
    sqlite3 v.sanduq "DELETE FROM wrap"
    expect 3 sq find --json Qairat
    says out '"type":"failed"'
fi
finish
