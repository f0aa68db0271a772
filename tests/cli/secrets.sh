# SPDX-License-Identifier: Apache-2.0
# secrets.sh: no passphrase in arguments, environment, messages or files
. "$(dirname "$0")/lib.bash"

secret='korrekt pferd batterie heft'
new_vault
printf 'x\n' >x.txt

# while it runs: the process list and its environment
mkfifo slow
"$SANDUQ" -V v.sanduq --passphrase-file pw add --name n - <slow >out 2>err &
pid=$!
exec 3>slow
printf 'first' >&3
sleep 1
if [ -r "/proc/$pid/cmdline" ]; then
    tr '\0' '\n' <"/proc/$pid/cmdline" >seen
    tr '\0' '\n' <"/proc/$pid/environ" >>seen 2>/dev/null
    says_not seen "$secret"
fi
exec 3>&-
wait "$pid" || bad "add from a pipe: $(cat err)"

# a passphrase command: no shell, a small environment
cat >helper <<'END'
#!/bin/sh
env >"$(dirname "$0")/helper.env"
cat "$(dirname "$0")/pw"
END
chmod +x helper
SECRET_OF_OTHERS=1 "$SANDUQ" -V v.sanduq --passphrase-command "$work/helper" \
    list >out 2>err </dev/null || bad "--passphrase-command: $(cat err)"
says_not helper.env SECRET_OF_OTHERS
"$SANDUQ" -V v.sanduq --passphrase-command "$work/helper; touch $work/owned" \
    list >out 2>err </dev/null
[ ! -e owned ] || bad "a shell ran the passphrase command"

# descriptors; one line end is cut, blanks are not
"$SANDUQ" -V v.sanduq --passphrase-fd 5 list 5<pw >out 2>err </dev/null ||
    bad "--passphrase-fd"
"$SANDUQ" -V v.sanduq --passphrase-fd 0 list <pw >out 2>err ||
    bad "--passphrase-fd 0"
printf '%s' "$secret" >bare
expect 0 "$SANDUQ" -V v.sanduq --passphrase-file bare list
printf '%s\r\n' "$secret" >crlf
expect 0 "$SANDUQ" -V v.sanduq --passphrase-file crlf list
printf '%s\n\n' "$secret" >two
expect 4 "$SANDUQ" -V v.sanduq --passphrase-file two list
printf '%s \n' "$secret" >blank
expect 4 "$SANDUQ" -V v.sanduq --passphrase-file blank list
head -c 5000 /dev/zero | tr '\0' a >long
expect 2 "$SANDUQ" -V v.sanduq --passphrase-file long list
: >none
expect 2 "$SANDUQ" -V v.sanduq --passphrase-file none list

# the same letters in another Unicode form open it (NFC)
python3 - <<'END' || exit 77
import unicodedata
s = 'йод и ёлка идут в гости'
open('nfc', 'w').write(unicodedata.normalize('NFC', s))
open('nfd', 'w').write(unicodedata.normalize('NFD', s))
END
cmp -s nfc nfd && bad "the two forms are the same bytes"
expect 0 "$SANDUQ" init --kdf minimum --passphrase-file nfc n.sanduq
expect 0 "$SANDUQ" -V n.sanduq --passphrase-file nfd list

# refused: command line and environment; and not repeated
expect 2 "$SANDUQ" -V v.sanduq "--passphrase=$secret" list
says err "process list"
says_not err "$secret"
expect 2 "$SANDUQ" -V v.sanduq --passphrase "$secret" list
says_not err "$secret"
for name in SANDUQ_PASSPHRASE SANDUQ_PASSWORD; do
    expect 2 env "$name=$secret" "$SANDUQ" -V v.sanduq list
    says err "$name"
    says_not err "$secret"
done

# nothing of it in any file that is left behind
rm -f pw bare crlf two blank nfc nfd
if grep -rlF "$secret" . >found 2>/dev/null && [ -s found ]; then
    bad "the passphrase stands in $(grep -v '^./found$' found)"
fi

finish
