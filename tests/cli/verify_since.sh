# SPDX-License-Identifier: Apache-2.0
# verify_since.sh: what an auditor keeps between two looks, and gets by mail
. "$(dirname "$0")/lib.bash"

new_vault
printf 'first\n' >one.txt
expect 0 sq add one.txt
expect 0 sq log checkpoint
cp out january

# ---- a saved state ----
expect 0 "$SANDUQ" verify v.sanduq --save-state my.state
says err "keep the saved state where whoever has the file cannot change it"
head -n 1 my.state >first
[ "$(cat first)" = sanduq.v1/verify-state ] || bad "its first line"
expect 0 "$SANDUQ" verify v.sanduq --since my.state
says out "what is new since the saved state is unchanged since it was sealed"
says out "the rest was not looked at again"
says_not out "v.sanduq: unchanged"
says_not out "structure of the file are as they must be"

head -c 50000 /dev/urandom >two.bin
expect 0 sq add two.bin
expect 0 "$SANDUQ" verify v.sanduq --since my.state --json
says out '"kind":"before"'
says out '"message":"1 new record versions: each logged, present'
says out '"partly":true,"saved":false'
expect 0 "$SANDUQ" verify v.sanduq --since my.state --save-state my.state --json
says out '"partly":true,"saved":true'
expect 0 "$SANDUQ" verify v.sanduq --since my.state
says out "2 record versions were checked until"
expect 0 "$SANDUQ" verify v.sanduq --since my.state --since january
says out "nothing up to line"

# what is not a state is not written over, and what failed saves none
expect 2 "$SANDUQ" verify v.sanduq --save-state one.txt
says err "is no saved state; nothing was written over"
[ "$(cat one.txt)" = first ] || bad "the file is as it was"
cp my.state before
sqlite() { python3 -c 'import sqlite3, sys
c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()' "$@"; }
cp v.sanduq changed.sanduq
sqlite changed.sanduq "UPDATE record SET meta = zeroblob(length(meta)) WHERE rid = 2"
expect 3 "$SANDUQ" verify changed.sanduq --save-state my.state
says err "no state was saved: my.state was left as it was"
same my.state before
# the same where it is new, and where it is old and not looked at
expect 0 "$SANDUQ" verify changed.sanduq --since my.state
says out "not looked at again"

# damaged, two of them, another vault's, of a bundle
sed 's/^records 2/records 3/' my.state >damaged
expect 2 "$SANDUQ" verify v.sanduq --since damaged
says err "the saved state is damaged"
expect 2 "$SANDUQ" verify v.sanduq --since my.state --since my.state
says err "takes one saved state"
expect 2 "$SANDUQ" verify january --since my.state
says err "a saved state is of a vault"
mkdir other
new_vault other/o.sanduq
expect 6 "$SANDUQ" verify other/o.sanduq --since my.state
says out "the saved state is of another vault"
expect 6 "$SANDUQ" verify other/o.sanduq --since my.state --save-state new.state
[ ! -e new.state ] || bad "no state of what is not as asked"

# ---- checkpoints as they come ----
sed 's/$/\r/' january >crlf
(echo 'Asel wrote:'; sed 's/^/> /' january; echo; echo '-- '; echo Asel) >quoted
fold -w 60 january >folded
sed -n 1,3p january >typed
sed 's/—/-/' january >hyphen
for f in january crlf quoted folded typed hyphen; do
    expect 0 "$SANDUQ" verify v.sanduq --since "$f"
    says out "was changed or removed since the checkpoint given"
done
says_not out "there is no signature under that"
expect 0 "$SANDUQ" verify v.sanduq --since typed
says out "there is no signature under that"
sed '2s/.*/4/' typed >mistyped
expect 6 "$SANDUQ" verify v.sanduq --since mistyped
says out "mistyped, or another history"
head -c 100 january >cut
expect 6 "$SANDUQ" verify v.sanduq --since cut
says out "the checkpoint is cut or damaged"
expect 6 "$SANDUQ" verify v.sanduq --since one.txt
says out "holds none of a Sanduq log"

finish
