# SPDX-License-Identifier: Apache-2.0
# commands.sh: what goes in comes back bit for bit, and the file verifies
. "$(dirname "$0")/lib.bash"

new_vault
says out "key of this vault:"
[ "$(stat -c %a v.sanduq)" = 600 ] || bad "mode of the vault"

printf 'hello\n' >small.txt
: >empty
head -c 300000 /dev/urandom >middle.bin
head -c 9000000 /dev/urandom >large.bin
seq 1 2000000 >numbers.txt
expect 0 sq add small.txt empty middle.bin large.bin numbers.txt
[ "$(wc -l <out)" = 5 ] || bad "five ids: $(cat out)"
grep -qvE '^[0-9a-f]{32}$' out && bad "ids have 32 digits: $(cat out)"
says err "unencrypted on this disk"
says err "large.bin"
mapfile -t ids <out
i=0
for f in small.txt empty middle.bin large.bin numbers.txt; do
    expect 0 sq get "${ids[$i]}" -o "back-$f"
    same "$f" "back-$f"
    [ "$(stat -c %a "back-$f")" = 600 ] || bad "mode of back-$f"
    i=$((i + 1))
done
sq get "${ids[2]}" -o - >piped 2>/dev/null || bad "get -o -"
same middle.bin piped

# the same bytes once more are told and not added, whatever their name
printf 'the same twice' >twice
cp twice thrice
id=$(sq add twice 2>/dev/null) || bad "add twice"
expect 0 sq add twice
[ ! -s out ] || bad "an id of a record that was not made: $(cat out)"
says err "is in the vault already, as record $id"
expect 0 sq --json add thrice
says out "\"type\":\"same\",\"v\":1,\"id\":\"$id\""
says out '"added":0,"same":1'
expect 0 sq add --again thrice
[ "$(cat out)" != "$id" ] || bad "the record that was there"
printf 'two in one group' >g1
cp g1 g2
expect 0 sq add g1 g2
[ "$(wc -l <out)" = 1 ] || bad "the second of one group was added"
head -c 20000000 /dev/urandom >large
expect 0 sq add large
expect 0 sq add large
says err "is in the vault already"
expect 0 sq verify v.sanduq

# standard input, of a length nobody knows before
head -c 5000000 /dev/urandom >stream
id=$(cat stream | sq add --name stream.bin - 2>/dev/null) || bad "add -"
expect 0 sq get "${id:0:8}"
same stream stream.bin
id=$(printf '' | sq add - 2>/dev/null) || bad "add - of nothing"
expect 0 sq get "$id" -o nothing
[ -e nothing ] && [ ! -s nothing ] || bad "an empty input is an empty file"

# many small files in groups
mkdir many
for n in $(seq 1 150); do printf 'file %s\n' "$n" >"many/$n.txt"; done
expect 0 sq add many/*.txt
[ "$(sort -u out | wc -l)" = 150 ] || bad "150 different ids"

# fields
cat >form.json <<'END'
{"record.code": "K-01", "count": 3, "place": {"state": "refused"},
 "asked": {"type": "date", "value": "2031-11~"},
 "story": {"lang": "kk", "value": "Мен Жоқбел деген ауылда тудым.\nКүз."},
 "when": {"type": "time", "value": "2031-11-04T09:00:00Z"}, "none": null}
END
expect 0 sq add -t testimony --name K-01 --fields form.json -f more=yes
form=$(cat out)
expect 0 sq show "$form"
says out "K-01"
says out "(asked, and refused)"
says out "[kk]"
says out "2031-11-04 09:00 +00:00"
says out "seal"
expect 0 sq show "$form" --field story
printf 'Мен Жоқбел деген ауылда тудым.\nКүз.' | cmp -s - out ||
    bad "--field gives the text as it was"
expect 7 sq get "$form"
expect 0 sq add -t contact --fields form.json
expect 2 sq add -t contact -f name=x
says err "process list"
expect 2 sq add -t consent -f name=x form.json

# lists
expect 0 sq list
says out "numbers.txt"
expect 0 sq list -t testimony
[ "$(wc -l <out)" = 2 ] || bad "one testimony and a headline: $(cat out)"
expect 0 sq list --limit 3 --sort oldest
says out "small.txt"
expect 0 sq list --since 2100-01-01
says err "nothing fits"
expect 0 sq list --until 2000-01-01T00:00:00Z
[ ! -s out ] || bad "nothing was sealed before 2000"

# without a secret
expect 0 "$SANDUQ" -V v.sanduq info
says out "a passphrase"
expect 0 "$SANDUQ" verify v.sanduq
says out "unchanged since it was sealed; signed by "
says out "(not compared)"
says err "--card"
key=$("$SANDUQ" -V v.sanduq info --json |
    sed -n 's/.*"fingerprint":"\([^"]*\)".*/\1/p')
expect 0 "$SANDUQ" verify v.sanduq --card "$key"
says out "(compared)"
expect 0 sq verify v.sanduq
says out "opened"
expect 0 "$SANDUQ" -V v.sanduq log checkpoint -o old.checkpoint
expect 0 "$SANDUQ" -V v.sanduq log show
says out "genesis"
expect 0 sq add small.txt
expect 0 "$SANDUQ" verify v.sanduq --since old.checkpoint

# the file at rest is one file
[ "$(find . -name 'v.sanduq*' | wc -l)" = 2 ] || bad "files beside the vault"

# ways to unlock
printf 'zweite phrase mit baum\r\n' >pw2
expect 0 sq key add passphrase --kdf minimum --new-passphrase-file pw2
second=$(cat out)
expect 0 "$SANDUQ" -V v.sanduq --passphrase-file pw2 list --limit 1
expect 0 sq key add keyfile key1
expect 0 "$SANDUQ" -V v.sanduq --key-file key1 list --limit 1
expect 0 sq key add both --kdf minimum key2 --new-passphrase-file pw2
expect 0 "$SANDUQ" -V v.sanduq --key-file key2 --passphrase-file pw2 list
expect 4 "$SANDUQ" -V v.sanduq --key-file key2 --passphrase-file pw list
expect 0 "$SANDUQ" -V v.sanduq key list
[ "$(wc -l <out)" = 4 ] || bad "four ways: $(cat out)"
cp out ways
expect 4 sq --slot "$second" list
expect 0 "$SANDUQ" -V v.sanduq --passphrase-file pw2 --slot "$second" list
expect 2 sq --slot "${second:0:8}" list
slot=$(grep 'a key file$' ways | awk '{print $1}')
expect 2 sq key remove "$slot"
says err "--yes"
says err "nothing was changed"
expect 0 sq --yes key remove "$slot"
expect 2 sq key remove "${slot:0:12}" --yes
expect 7 sq key remove "$slot" --yes
printf 'vierte phrase ohne laub\n' >pw4
expect 0 sq key change --kdf minimum --new-passphrase-file pw4
says err "old way"
expect 4 sq list
cp pw4 pw
expect 0 sq list

# copies
expect 0 "$SANDUQ" -V v.sanduq backup copy.sanduq
expect 2 "$SANDUQ" -V v.sanduq backup copy.sanduq
expect 0 "$SANDUQ" verify copy.sanduq
expect 0 "$SANDUQ" -V v.sanduq backup --kit kit
expect 0 "$SANDUQ" restore copy.sanduq again.sanduq
expect 2 "$SANDUQ" restore copy.sanduq again.sanduq
expect 0 "$SANDUQ" -V again.sanduq --passphrase-file pw get "${ids[3]}" -o l2
same large.bin l2
expect 2 "$SANDUQ" -V v.sanduq restore --kit kit
expect 0 sq restore --kit kit
expect 0 sq verify v.sanduq

# no overwriting
expect 2 sq get "${ids[0]}" -o middle.bin
says err "--force"
expect 0 sq get "${ids[0]}" -o back-empty --force
same small.txt back-empty
expect 2 "$SANDUQ" init --kdf minimum --passphrase-file pw v.sanduq
says err "is there already"
says err "nothing was changed"

# key files from init
expect 0 "$SANDUQ" init --kdf minimum --key-file new.key k.sanduq
[ -s new.key ] || bad "init makes the key file"
expect 0 "$SANDUQ" -V k.sanduq --key-file new.key add small.txt
expect 2 "$SANDUQ" init --kdf minimum --key-file other.key k.sanduq
[ ! -e other.key ] || bad "a key file for nothing stays behind"

finish
