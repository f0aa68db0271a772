# SPDX-License-Identifier: Apache-2.0
# recover.sh: shares on sheets, ways back in, and a second reader of both
. "$(dirname "$0")/lib.bash"
src=$(realpath "${SRC:-.}")
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import nacl.bindings, sqlite3' 2>/dev/null && python=$p && break
done
check() { "$python" "$src/tests/cli/recover_check.py" "$@"; }
picture() { find . -path ./out -o -path ./err -o -type f -print | sort | xargs sha256sum; }

expect 0 "$SANDUQ" init --key-file key v.sanduq
says err "no other way in"
expect 0 "$SANDUQ" init --key-file key --no-recovery quiet.sanduq
says_not err "no other way in"
kq() { "$SANDUQ" -V v.sanduq --key-file key "$@"; }
expect 0 "$SANDUQ" -V v.sanduq info
says err "no other way in"

# ---- dealing to a folder
expect 2 kq key add shares 1/2 -o sheets
expect 2 kq key add shares 10/12 -o sheets
expect 2 kq key add shares 3 -o sheets
expect 2 kq key add shares 2/3 # nobody to ask, no folder
says err "-o FOLDER"
expect 2 kq key add shares 2/3 -o sheets --kdf minimum
expect 2 kq key add keyfile other --label x
[ ! -e sheets ] || bad "a refused dealing left sheets"
expect 0 kq key add shares 3/5 -o sheets --label 'A & <B>'
says err "lie there unencrypted"
set=$(ls sheets | sed -n 's/^share-\(....\)-a.html$/\1/p')
[ "$(ls sheets | wc -l)" = 5 ] || bad "not five sheets: $(ls sheets)"
[ "$(stat -c %a sheets sheets/* 2>/dev/null | sort -u | tr '\n' ' ')" = "600 700 " ] ||
    bad "sheets are open to others"
says sheets/share-$set-c.html "<p>A &amp; &lt;B&gt;</p>"
says_not sheets/share-$set-c.html v.sanduq
says_not sheets/share-$set-c.html http
says sheets/share-$set-c.html "Any 3 of the 5 shares"
says sheets/share-$set-c.html "Recovery share C of set $set"
expect 2 kq key add shares 2/2 -o sheets --yes
says err "exists already"
expect 0 "$SANDUQ" -V v.sanduq info
says_not err "no other way in"
sheet() { printf 'sheets/share-%s-%s.html' "$set" "$1"; }

# ---- testing changes nothing at all
picture >before
expect 0 "$SANDUQ" -V v.sanduq recover --test $(sheet a) $(sheet d) $(sheet f)
says out "Nothing was changed"
expect 0 "$SANDUQ" -V v.sanduq --json recover --test sheets/*
says out '"opened":"'
expect 2 "$SANDUQ" -V v.sanduq recover --test $(sheet a) $(sheet d)
says err "1 more share is needed"
picture >after
grep -v ' ./\(before\|after\)$' before >b1
grep -v ' ./\(before\|after\)$' after >a1
same b1 a1

# ---- checking one, without a vault and with one
expect 0 "$SANDUQ" recover --check $(sheet d)
says out "share d of set $set, 3 are needed: its checksum holds"
says_not out "this vault"
expect 0 kq recover --check $(sheet d)
says out "this vault has a way to unlock by set $set, any 3 of 5"
sed -n 's/^sqr1/SQR1/p' $(sheet e) | tr a-z A-Z | sed 's/..../& /g' >typed
expect 0 "$SANDUQ" --json recover --check typed
says out "\"set\":\"$set\",\"index\":\"e\",\"threshold\":3}"
line=$(grep -h '^sqr1' $(sheet e))
printf '%s\n' "${line%??????}" >short
expect 1 "$SANDUQ" recover --check short
says err "6 characters missing"
printf '%s\n' "$line" | sed 's/^\(.\{33\}\)\(.\)/\1x/; t' >wrong
[ "$(cat wrong)" != "$line" ] || printf '%s\n' "$line" | sed 's/^\(.\{33\}\)\(.\)/\1z/' >wrong
expect 1 "$SANDUQ" recover --check wrong
says err "look at group 9"
says_not err "${line:4:20}"
expect 1 "$SANDUQ" recover --check "$src/tests/cli/lib.bash"
says err "there is no share in"

# ---- a second reader, in another language
if [ -n "$python" ]; then
    check bip93 sheets/* >out 2>err || bad "not valid as BIP-93: $(cat err)"
    check open v.sanduq $(sheet c) $(sheet e) $(sheet f) >out 2>err ||
        bad "the second reader does not open it: $(cat err)"
    check open v.sanduq $(sheet c) $(sheet e) >out 2>&1 &&
        bad "the second reader opens it with too few"
    check derive $(sheet a) $(sheet c) $(sheet d) 7 >derived ||
        bad "the second reader derives no share"
    expect 0 "$SANDUQ" -V v.sanduq recover --test derived $(sheet a) $(sheet f)
else
    say "skipped: no python3 with nacl"
fi
if command -v zbarimg >/dev/null && command -v rsvg-convert >/dev/null; then
    sed -n 's/.*\(<svg .*<\/svg>\).*/\1/p' $(sheet a) |
        sed 's/<svg /<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /' |
        rsvg-convert -w 600 >code.png
    zbarimg -q --raw --oneshot code.png >code
    expect 0 "$SANDUQ" recover --check code
    says out "share a of set $set"
else
    say "skipped: no zbarimg and rsvg-convert to read the code back"
fi

# ---- a new dealing makes the old one useless; an old copy shows it
cp v.sanduq old-copy.sanduq
expect 2 kq key add shares 1/1 -o one # nobody to ask
expect 0 kq --json key add shares 1/1 -o one --text --yes
says out '"type":"sheet","v":1,"path":"one/share-'
says_not out sqr1
expect 4 "$SANDUQ" -V v.sanduq recover --test sheets/*
says err "these shares do not open the vault"
expect 0 env XDG_STATE_HOME="$work/elsewhere" \
    "$SANDUQ" -V old-copy.sanduq recover --test sheets/*
expect 0 kq recover --check $(sheet a)
says out "this vault has no way to unlock by set $set"
expect 2 "$SANDUQ" -V v.sanduq recover --test one/* sheets/*
expect 0 kq key add shares 2/2 -o two --keep-old
expect 2 kq key add shares 2/2 -o three --yes # which of two goes?
says err "--replace ID"
kq --json key list >list
gone=$(sed -n 's/.*"slot":"\([0-9a-f]*\)","kind":"recovery".*"threshold":2.*/\1/p' list)
expect 0 kq key add shares 2/2 -o three --text --yes --replace "$gone"
expect 4 "$SANDUQ" -V v.sanduq recover --test two/*
expect 0 "$SANDUQ" -V v.sanduq recover --test three/*
[ -z "$python" ] || check open v.sanduq one/* >out 2>err || bad "one sheet: $(cat err)"

# ---- getting back in: the file says so afterwards
printf 'ganz neue lange losung\n' >pw2
"$SANDUQ" -V v.sanduq --key-file key key add passphrase --kdf minimum \
    --new-passphrase-file pw >out 2>err || bad "no passphrase: $(cat err)"
expect 0 "$SANDUQ" -V v.sanduq --json recover three/* --kdf minimum \
    --new-passphrase-file pw2 --old remove
says out '"removed":1}'
expect 4 sq list
expect 0 "$SANDUQ" -V v.sanduq --passphrase-file pw2 list
expect 0 "$SANDUQ" -V v.sanduq recover --key-file key --kdf minimum \
    --new-passphrase-file pw
says err "still open this vault"
expect 0 sq list
expect 0 "$SANDUQ" -V v.sanduq --passphrase-file pw2 list
expect 2 "$SANDUQ" -V v.sanduq recover --test --check three/*
expect 0 "$SANDUQ" verify v.sanduq

# ---- headquarters in person
expect 0 "$SANDUQ" init --key-file hqkey hq.sanduq
expect 0 "$SANDUQ" -V hq.sanduq card export -o hq.card
fingerprint=$("$SANDUQ" -V hq.sanduq --json card show |
    sed -n 's/.*"letters":"\([^"]*\)".*/\1/p')
expect 7 kq key add card hq --yes
expect 0 kq card add hq.card --name hq --fingerprint "$fingerprint"
expect 2 kq key add card hq # must be asked
expect 0 kq key add card hq --yes
expect 0 kq key list
says out "hq $fingerprint"
expect 0 "$SANDUQ" -V v.sanduq key list
says_not out "$fingerprint"
expect 0 "$SANDUQ" -V v.sanduq recover --test --hq hq.sanduq --key-file hqkey
says out "the key of another vault"
expect 4 "$SANDUQ" -V v.sanduq recover --test --hq quiet.sanduq --key-file key
expect 2 "$SANDUQ" -V v.sanduq recover --test --hq hq.sanduq three/* \
    --key-file hqkey
expect 0 "$SANDUQ" -V v.sanduq recover --hq hq.sanduq --key-file hqkey \
    --kdf minimum --new-passphrase-file pw2 --old keep
expect 0 "$SANDUQ" verify v.sanduq

# ---- no share in what the program says or leaves behind
grep -rl "${line:10:30}" "$work/state" "$HOME" && bad "a share was left behind"

# ---- on a terminal
if [ -n "$python" ]; then
    SANDUQ=$SANDUQ timeout 200 "$python" "$src/tests/cli/recover.py" ||
        bad "a conversation went wrong"
fi
finish
