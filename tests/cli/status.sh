# SPDX-License-Identifier: Apache-2.0
# status.sh: each exit status as sanduq help exit-status promises
. "$(dirname "$0")/lib.bash"

new_vault
printf 'x\n' >x.txt
expect 0 sq add x.txt
id=$(cat out)

# 0
expect 0 "$SANDUQ" help
expect 0 "$SANDUQ" --help
expect 0 "$SANDUQ" help exit-status
says out "130  interrupted"
expect 0 "$SANDUQ" help passphrases
expect 0 "$SANDUQ" help words
expect 0 "$SANDUQ" help key
expect 0 "$SANDUQ" help key add
expect 0 "$SANDUQ" help key compartment
says out 'sanduq key compartment list'
says_not out 'key add'
expect 7 "$SANDUQ" help key nonsense
says err '"key nonsense"'
expect 2 "$SANDUQ" device
says err 'needs another word: list|admit|revoke'
expect 2 "$SANDUQ" key compartment nonsense
says err '"key compartment" needs another word: list|'
expect 2 "$SANDUQ" travel prepair
says err '"travel" needs another word'
expect 0 "$SANDUQ" version
expect 0 "$SANDUQ" version --verbose
for c in init add list show get verify info "log show" "log checkpoint" \
    "key list" "key add" "key change" "key remove" backup restore help version; do
    # shellcheck disable=SC2086
    expect 0 "$SANDUQ" $c --help
    says out "sanduq $c:"
done

# 1: some files could not be read, a file that is no vault, disk full
expect 1 sq add --again x.txt not-there
says err "not-there"
[ "$(wc -l <out)" = 1 ] || bad "the good one goes in"
expect 1 "$SANDUQ" verify x.txt
expect 1 "$SANDUQ" -V x.txt info
if [ -e /dev/full ]; then
    "$SANDUQ" -V v.sanduq info >/dev/full 2>err </dev/null
    [ $? = 1 ] || bad "a full disk behind standard output"
fi

# 2
expect 2 "$SANDUQ"
expect 2 "$SANDUQ" frobnicate
expect 2 "$SANDUQ" list
expect 2 sq list --nope
expect 2 sq list --limit many
expect 2 sq list --since yesterday
expect 2 sq list --sort up
expect 2 sq get
expect 2 sq get xyz
expect 2 sq get "${id:0:5}"
expect 2 sq add
expect 2 sq add --name n x.txt x.txt
expect 2 "$SANDUQ" -V v.sanduq list
says err "no terminal"
expect 2 "$SANDUQ" -V v.sanduq --passphrase-file pw --passphrase-fd 0 list
expect 2 "$SANDUQ" --lang xx help
expect 2 "$SANDUQ" init --kdf minimum --passphrase-file <(echo short) w.sanduq
says err "too short"
[ ! -e w.sanduq ] || bad "a vault in spite of a weak passphrase"
expect 2 "$SANDUQ" init --kdf minimum \
    --passphrase-file <(echo 'парольпароль') w.sanduq
expect 2 env SANDUQ_PASSPHRASE=x "$SANDUQ" -V v.sanduq list
says err "environment"

# 3
head -c 300000 /dev/urandom >r.bin
expect 0 sq add r.bin
python3 - <<'END' || exit 77
data = bytearray(open('v.sanduq', 'rb').read())
data[len(data) * 3 // 4 + 77] ^= 1
open('t.sanduq', 'wb').write(data)
END
expect 3 "$SANDUQ" verify t.sanduq
says out "the evidence does not match"
says_not out "unchanged since it was sealed; signed"

# 4
echo 'falsche phrase mit baum' >wrong
expect 4 "$SANDUQ" -V v.sanduq --passphrase-file wrong list
says err "wrong passphrase"
says_not err "falsche"
expect 4 "$SANDUQ" -V v.sanduq --passphrase-file wrong add x.txt
says err "nothing was changed"
expect 4 "$SANDUQ" verify v.sanduq --passphrase-file wrong

# 6
expect 6 "$SANDUQ" verify v.sanduq --card \
    "aaaa aaaa aaaa aaaa aaaa aaaa aaaa aaaa"
says out "not the key that was asked for"
cp v.sanduq other.sanduq
expect 0 "$SANDUQ" init --kdf minimum --passphrase-file pw stranger.sanduq
expect 0 "$SANDUQ" -V stranger.sanduq log checkpoint -o stranger.checkpoint
expect 6 "$SANDUQ" verify v.sanduq --since stranger.checkpoint

# 7
expect 7 sq get 000000000000
expect 7 sq show ffffffffffffffffffffffffffffffff
expect 7 "$SANDUQ" -V nowhere.sanduq info
expect 7 "$SANDUQ" verify nowhere.sanduq
expect 7 "$SANDUQ" help nothing-of-that-name
expect 7 sq add not-there
says err "nothing was changed"

# 130: interrupted while sealing; the vault stays whole
(
    while :; do printf 'endless'; done
) 2>/dev/null | "$SANDUQ" -V v.sanduq --passphrase-file pw add - >out 2>err &
sleep 3
pkill -INT -P $$ -x sanduq
wait $!
got=$?
[ "$got" = 130 ] || bad "status $got instead of 130 after Ctrl-C"
expect 0 sq verify v.sanduq
expect 0 sq list
says_not out "endless"

finish
