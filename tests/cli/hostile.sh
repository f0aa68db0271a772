# SPDX-License-Identifier: Apache-2.0
# hostile.sh: names and texts of others reach neither terminal nor folders
. "$(dirname "$0")/lib.bash"

new_vault
shopt -s dotglob
mkdir in
names=($'\x1b]0;owned\x07.txt' $'\xe2\x80\xaegpj.exe' '-rf' '.hidden' 'CON.txt'
    $'new\nline' $'bad\xff\xfe' 'a  b' $'tab\there' "$(printf 'x%.0s' {1..250})"
    'trailing.' '%s%n%d' '$(touch owned)' 'куәлік 证据 گۇۋاھلىق')
for i in "${!names[@]}"; do printf '%s' "$i" >"in/${names[$i]}"; done
(cd in && "$SANDUQ" -V ../v.sanduq --passphrase-file ../pw add -- * >../ids 2>../err) ||
    bad "add of odd names: $(cat err)"
[ "$(wc -l <ids)" = ${#names[@]} ] || bad "an id for each"

# nothing but printable characters, in any output
plain() {
    if LC_ALL=C grep -q '[[:cntrl:]]' "$1"; then
        bad "control characters in the output of $2: $(cat -A "$1")"
    fi
    if LC_ALL=C grep -q $'\xe2\x80\xae' "$1"; then
        bad "a bidi override in the output of $2"
    fi
}
plain err "add (messages)"
expect 0 sq list
plain out list
expect 0 sq list --json
plain out "list --json"
while read -r id; do
    expect 0 sq show "$id"
    plain out "show $id"
done <ids
expect 7 sq add $'in/not\x1b[31mthere'
plain err "an error"
expect 2 "$SANDUQ" $'\x1b[31mcommand'
plain err "an unknown command"
expect 2 "$SANDUQ" list $'--\x1b[31moption'
plain err "an unknown option"

# getting them back stays in this folder, and makes no odd names
mkdir box box/back
cd box/back || exit 1
while read -r id; do
    expect 0 "$SANDUQ" -V ../../v.sanduq --passphrase-file ../../pw get "$id"
    rm -f out err
done <../../ids
[ "$(find . -type f | wc -l)" = ${#names[@]} ] ||
    bad "as many files as there were: $(find . -type f | wc -l)"
[ "$(find .. -type f | wc -l)" = ${#names[@]} ] || bad "files elsewhere"
ls -A | grep -q '^[.-]' && bad "a name that begins with a dot or dash"
ls -A | LC_ALL=C grep -q '[[:cntrl:]]' && bad "a name with a control character"
cd ../..

# a name that climbs, given by --name
id=$(printf 'up' | sq add --name '../../up.txt' - 2>/dev/null)
mkdir -p deep/er
(cd deep/er && "$SANDUQ" -V ../../v.sanduq --passphrase-file ../../pw get "$id" 2>/dev/null)
[ -e deep/er/_.._up.txt ] || bad "$(ls deep/er): a climbing name is tamed"
[ ! -e up.txt ] || bad "a file above the folder"

# a planted link is not followed
ln -s "$work/target" link
id=$(sq add --again in/-rf 2>/dev/null)
expect 2 sq get "$id" -o link
expect 0 sq get "$id" -o link --force
[ ! -e target ] || bad "a planted link was followed"

# formats in fields
expect 0 sq add -f 'f=%s%s%n' -f $'e=\x1b[2J'
id=$(cat out)
expect 0 sq show "$id"
says out '%s%s%n'
says out '\u001b[2J'

# not taken: folders, the vault itself
expect 2 sq add in
says err "is a folder"
expect 2 sq add v.sanduq
says err "the vault itself"
ln v.sanduq alias
expect 2 sq add alias

finish
