# SPDX-License-Identifier: Apache-2.0
# emergency.sh: panic and the way back, traces, quarantine, upgrade
. "$(dirname "$0")/lib.bash"

new_vault
printf 'hello\n' >a.txt
expect 0 sq add a.txt
id=$(sed -n 1p out)
expect 0 "$SANDUQ" -V v.sanduq add --name locked.txt - </dev/null
mkdir -p elsewhere
expect 0 "$SANDUQ" -V v.sanduq backup --kit elsewhere/kit
expect 0 "$SANDUQ" -V v.sanduq backup elsewhere/copy.sanduq

# doctor: works locked; one way in, nothing that recovers
expect 0 "$SANDUQ" -V v.sanduq doctor
says out '! 1 way to unlock'
says out 'no recovery shares'
says out 'is kept nowhere'
expect 0 "$SANDUQ" -V v.sanduq doctor --json
says out '"kind":"slots","level":"warning"'
says out '"command":"doctor"'
expect 2 "$SANDUQ" -V v.sanduq doctor --quarantine
expect 2 "$SANDUQ" -V v.sanduq doctor -o x

# traces: what is there is named, what is not is not
expect 0 "$SANDUQ" -V v.sanduq doctor traces
says out 'v.sanduq.capture'
says out 'state/sanduq/'
says err 'no list of it is kept'
says_not out '.bash_history'
printf 'ls\n sanduq add secret-name.jpg\ncat v.sanduq\n' >"$HOME/.bash_history"
printf 'half a file' >.v.sanduq.0123456789abcdef.new
expect 0 "$SANDUQ" -V v.sanduq --json doctor traces
says out '"kind":"shell-history"'
says out '"count":2'
says out '"kind":"leftover"'
says out '"command":"doctor traces"'
says_not out 'secret-name'
rm .v.sanduq.0123456789abcdef.new
expect 0 "$SANDUQ" -V v.sanduq --passphrase-file pw doctor traces
says out 'this vault was written to on this machine'
cp v.sanduq beside.sanduq
expect 0 "$SANDUQ" -V v.sanduq doctor traces
says out 'beside.sanduq'
rm beside.sanduq
# of no vault at all
expect 0 "$SANDUQ" doctor traces
says out 'state/sanduq/'
says_not out 'capture'

# --no-state leaves none
rm -r "$XDG_STATE_HOME"
expect 0 sq --no-state add --again a.txt
[ ! -e "$XDG_STATE_HOME" ] || bad 'a state folder with --no-state'
expect 0 "$SANDUQ" --no-state doctor traces
says_not out 'state/sanduq/'
expect 0 sq list # and now there is one again
expect 0 sq add --again a.txt

# planted rows
sql() { python3 -c 'import sqlite3,sys
d=sqlite3.connect(sys.argv[1]); d.executescript(sys.argv[2]); d.close()' "$@"; }
sql v.sanduq "INSERT INTO wrap VALUES(9999, x'c0ffee');"
expect 3 "$SANDUQ" verify v.sanduq
expect 2 sq doctor --quarantine -o planted # no terminal to ask on
says err 'nothing was changed'
expect 0 sq --yes doctor --quarantine -o planted --reason 'found by verify'
says err 'rows 1'
says planted '"table":"wrap"'
says planted 'x:c0ffee'
expect 0 "$SANDUQ" verify v.sanduq
expect 0 sq log show
says out 'found by verify'
expect 0 sq --yes doctor --quarantine -o again
says err 'no planted rows that can be moved'
[ ! -e again ] || bad 'a file without planted rows'

# upgrade
cp v.sanduq before
expect 0 sq upgrade new.sanduq
says err 'logs and checkpoints are the same'
same v.sanduq before
rm before
expect 2 sq upgrade new.sanduq
says err 'not touched'
expect 0 "$SANDUQ" -V new.sanduq --passphrase-file pw list
says out 'a.txt'
rm new.sanduq

# panic: asks, and without a terminal does nothing
expect 2 "$SANDUQ" -V v.sanduq panic
says err 'no other way in is known'
says err 'on flash'
says err 'nothing was changed'
expect 0 sq list
"$SANDUQ" -V v.sanduq --json info </dev/null >out 2>err
says out '"keys_destroyed":false'
expect 0 "$SANDUQ" -V v.sanduq --json panic --yes
says out '"keys":true'
says out '"session":true'
says err 'old pages may survive'
says_not err 'deleted'
expect 0 "$SANDUQ" -V v.sanduq panic --yes
says err 'held nothing any more that opens it'
# every command says what it is
for command in list "show $id" 'add --again a.txt' 'key list' info; do
    # shellcheck disable=SC2086
    sq $command >out 2>err </dev/null
    grep -qF panic err || [ "$command" = 'key list' ] || bad "$command: $(cat err)"
done
expect 4 sq list
says err 'sanduq restore --kit'
expect 4 "$SANDUQ" -V v.sanduq add a.txt # the capture file has no key
expect 0 "$SANDUQ" verify v.sanduq
says out 'nothing in this file opens it any more'
says out 'record versions: each logged'
expect 0 "$SANDUQ" -V v.sanduq doctor
says out '! nothing in this file opens it'
# a kit that was destroyed says that it is the kit
cp elsewhere/kit dead.kit
expect 0 "$SANDUQ" -V dead.kit panic --yes
expect 4 sq restore --kit dead.kit
says err 'this kit holds nothing'
# the way back: a kit, and a whole copy
expect 0 "$SANDUQ" -V elsewhere/copy.sanduq --passphrase-file pw list
says out 'a.txt'
expect 0 sq restore --kit elsewhere/kit
expect 0 sq list
says out 'a.txt'
expect 0 sq get "$id" -o back.txt
same a.txt back.txt
expect 0 "$SANDUQ" verify --passphrase-file pw v.sanduq

# what cannot be done leaves the keys where they are: that is said
mkdir v.sanduq-journal
expect 1 "$SANDUQ" -V v.sanduq panic --yes
says err 'MAY STILL BE IN IT'
rmdir v.sanduq-journal
expect 0 sq list
# a file that may not be written to: the keys go; in a folder that may not,
# it is said that they stay, or with --file that the name does
mkdir -m 755 shut
cp elsewhere/copy.sanduq shut/one.sanduq
cp elsewhere/copy.sanduq shut/two.sanduq
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown -R 65534 shut
    chmod 755 .
    as_owner() { setpriv --reuid=65534 --clear-groups -- "$@"; }
fi
chmod 400 shut/one.sanduq
if as_owner test -x "$SANDUQ"; then
    expect 0 as_owner "$SANDUQ" --no-state -V shut/one.sanduq panic --yes
    says err 'keys destroyed here'
fi
chmod 500 shut
if as_owner test -x "$SANDUQ" && ! as_owner test -w shut; then
    expect 1 as_owner "$SANDUQ" --no-state -V shut/two.sanduq panic --yes
    says err 'IS STILL IN IT'
    expect 1 as_owner "$SANDUQ" --no-state -V shut/two.sanduq panic --file --yes
    says err 'is overwritten'
    says_not err 'nothing was changed'
else
    say 'skipped: panic in a folder of another user (no way to become one)'
fi
chmod 700 shut
rm -rf shut

# with the file
expect 0 "$SANDUQ" -V v.sanduq panic --file --yes
[ ! -e v.sanduq ] || bad 'the vault is still there'
[ ! -e v.sanduq.capture ] || bad 'the capture file is still there'
expect 1 "$SANDUQ" -V a.txt panic --file --yes
[ -e a.txt ] || bad 'a file that is no vault was removed'
[ -z "$(find "$XDG_STATE_HOME" -type f)" ] || bad 'state files are left'
finish
