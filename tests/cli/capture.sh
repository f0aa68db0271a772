# SPDX-License-Identifier: Apache-2.0
# capture.sh: sixty testimonies a day: add while locked, take in when unlocked
. "$(dirname "$0")/lib.bash"

new_vault
[ "$(stat -c %a v.sanduq.capture)" = 600 ] || bad "mode of the capture file"
key=$(sed -n 's/^key of this vault: //p' out)
locked() { "$SANDUQ" -V v.sanduq "$@"; }

# locked: no question, the vault's file is not touched
printf 'hello\n' >small.txt
head -c 9000000 /dev/urandom >large.bin
sha256sum v.sanduq >before
expect 0 locked add small.txt large.bin
[ "$(wc -l <out)" = 2 ] || bad "two ids: $(cat out)"
mapfile -t ids <out
says err "$key"
says err "unencrypted on this disk"
says err "large.bin"
for n in $(seq 1 20); do
    printf '{"record.code": "K-%02d"}' "$n" >form.json
    expect 0 locked -q add -t testimony --fields form.json
done
says err "$key"
printf 'piped' | locked add --name piped.txt - >out 2>err || bad "add -"
expect 0 locked add --json small.txt
says out '"locked":true'
twice=$(sed -n 's/.*"type":"record".*"id":"\([0-9a-f]*\)".*/\1/p' out)
expect 0 sha256sum -c before
[ "$(find . -name 'v.sanduq*' | wc -l)" = 2 ] || bad "files beside the vault"

# what lies there can be checked by anyone and read by nobody
expect 0 "$SANDUQ" verify v.sanduq.capture
says out "24 record versions"
says out "sealed for $key (not compared)"
expect 0 "$SANDUQ" verify v.sanduq.capture --card "$key"
says out "(compared)"
expect 6 "$SANDUQ" verify v.sanduq.capture --card \
    "aaaa aaaa aaaa aaaa aaaa aaaa aaaa aaaa"
expect 2 "$SANDUQ" verify v.sanduq.capture --passphrase-file pw
expect 4 "$SANDUQ" -V v.sanduq.capture --passphrase-file pw list
if grep -aqF hello v.sanduq.capture; then bad "plain text in the file"; fi

# the next unlocking takes it in, once
cp v.sanduq.capture waiting.capture
expect 0 sq list --limit 100
says err "24 records that were sealed while the vault was locked"
says err "record $twice holds the same original as record ${ids[0]}"
[ "$(grep -c 'the same original' err)" = 1 ] || bad "a pair is told once: $(cat err)"
[ "$(wc -l <out)" = 25 ] || bad "24 records and a headline: $(cat out)"
expect 0 sq get "${ids[1]}" -o large.back
same large.bin large.back
expect 0 sq list
says_not err "24 records"
expect 0 sq verify v.sanduq
says out "24 record versions"
says out "capture sessions, each signed by the one before it"
says_not out "device not confirmed"
expect 0 "$SANDUQ" verify v.sanduq.capture
says out "0 record versions"
expect 0 sq log show
says out "join"
says out "take"

# go on, end the session by hand
expect 0 locked add small.txt
expect 0 locked capture end
says err "its key is destroyed"
expect 0 locked capture end
says err "no session was running"
expect 0 locked add small.txt
expect 0 "$SANDUQ" -V v.sanduq.capture add small.txt
expect 0 sq list --limit 100
says err "3 records that were sealed"

# add with a secret goes into the vault itself, and takes in first
expect 0 locked add small.txt
expect 0 sq add small.txt --json
says out '"locked":false'
says err "1 record that was sealed"

# an id that was printed while locked is good at once
expect 0 locked add large.bin
id=$(cat out)
expect 0 sq get "$id" -o waiting.back
says err "1 record that was sealed"
same large.bin waiting.back
expect 7 sq show 00000000000000000000000000000000

# without a state nothing is taken in, and it is said
expect 0 locked --no-state add large.bin small.txt
mapfile -t ids <out
expect 0 sq --no-state list --limit 1
says err "with --no-state, 2 records"
says_not err "is now in it"
expect 7 sq --no-state get "${ids[1]}" -o -
says err "with --no-state, 2 records"
expect 0 sq --no-state add small.txt
says err "with --no-state, 2 records"
expect 0 sq list --limit 1
says err "2 records that were sealed"
expect 0 sq --no-state list --limit 1
says_not err "no-state"

# one bad record keeps out no other: it is told by its id, and stays
expect 0 locked add small.txt large.bin small.txt
mapfile -t ids <out
python3 - "${ids[1]}" <<'END' || exit 77
import sqlite3, sys
db = sqlite3.connect('v.sanduq.capture')
db.execute('UPDATE record SET meta = zeroblob(length(meta)) WHERE id = ?',
           (bytes.fromhex(sys.argv[1]),))
db.commit()
END
expect 3 sq list --limit 1
says err "2 records that were sealed"
says err "not taken in: record ${ids[1]}"
expect 0 locked add small.txt
expect 3 sq list --limit 1
says err "1 record that was sealed"
says err "not taken in: record ${ids[1]}"
expect 3 "$SANDUQ" verify v.sanduq
says out "did not come in"
says out "${ids[1]:0:12}"
expect 3 sq capture admit --yes
says err "it is now v.sanduq.capture.1"
# for ever, or until somebody says why
expect 3 "$SANDUQ" verify v.sanduq
expect 7 sq show "${ids[1]}"
expect 7 sq withdraw "${ids[0]}" --absent --yes
expect 2 sq withdraw "${ids[1]:0:12}" --yes
expect 0 sq withdraw "${ids[1]}" --yes --reason "spoilt at the border"
says err "did not come in"
expect 7 sq withdraw "${ids[1]}" --yes
expect 7 sq show "${ids[1]}"
expect 0 sq log show
says out "spoilt at the border"
expect 0 "$SANDUQ" verify v.sanduq
says out "did not come in: declared withdrawn"
expect 0 sq list --limit 1
expect 0 locked add small.txt
expect 0 sq list --limit 1
says err "1 record that was sealed"
[ -e v.sanduq.capture.1 ] || bad "the file with the bad record is kept"

# an older copy put back is told, and nothing of it is taken in
cp v.sanduq.capture good.capture
cp waiting.capture v.sanduq.capture
expect 3 sq list --limit 1
says err "an older copy of the capture file"
says err "stays there"
expect 0 sq capture admit --yes
says err "0 records taken in"
says err "24 records were in the vault already"
says err "it is now v.sanduq.capture.2"
cp good.capture v.sanduq.capture
expect 0 sq list --limit 1

# a changed file is found by anyone
expect 0 locked add small.txt
cp v.sanduq.capture bad.capture
python3 - <<'END' || exit 77
data = bytearray(open('bad.capture', 'rb').read())
at = data.find(b'seal')
data[data.rfind(b'seal') + 40] ^= 1
open('bad.capture', 'wb').write(data)
END
expect 3 "$SANDUQ" verify bad.capture

# no capture file: it says so, and the next unlocking add makes one
rm v.sanduq.capture
expect 7 locked add small.txt
says err "no capture file beside it"
says err "sanduq capture make"
says err "nothing was changed"
expect 0 sq list --limit 1
[ ! -e v.sanduq.capture ] || bad "list makes no files"
expect 0 sq capture make
expect 2 sq capture make
expect 0 locked add small.txt
expect 0 sq list --limit 1
says err "1 record that was sealed"
rm v.sanduq.capture
expect 0 sq add small.txt
[ -e v.sanduq.capture ] || bad "add makes the capture file"

# a device that the vault does not know
expect 0 "$SANDUQ" -V v.sanduq backup older.sanduq
rm v.sanduq.capture
expect 0 sq capture make
expect 0 locked add small.txt
mv older.sanduq v.sanduq
expect 6 sq list --limit 1
says err "was not made by this vault"
expect 2 sq capture admit
says err "--yes"
expect 0 sq capture admit --yes
says err "1 record taken in"
expect 0 sq verify v.sanduq
says_not out "device not confirmed"

# of another vault
expect 0 "$SANDUQ" init --kdf minimum --passphrase-file pw w.sanduq
cp w.sanduq.capture v.sanduq.capture
expect 3 locked add small.txt
says err "another key than that of"
says err "nothing was sealed"
expect 3 sq list --limit 1
says err "another key than this vault"
expect 2 sq add v.sanduq.capture
says err "the vault's capture file"

# a capture file of that name is not overwritten by init
: >x.sanduq.capture
expect 2 "$SANDUQ" init --kdf minimum --passphrase-file pw x.sanduq
[ ! -e x.sanduq ] || bad "a vault beside a stranger's capture file"

finish
