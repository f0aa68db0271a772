# SPDX-License-Identifier: Apache-2.0
# threshold.sh: a statement that opens when two of three custodians agree
. "$(dirname "$0")/lib.bash"
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null && python=$p && break
done

for who in aina lawyer; do
    mkdir $who
    expect 0 "$SANDUQ" init --key-file $who/key $who/v.sanduq
done
as() {
    local who=$1
    shift
    "$SANDUQ" -V "$who/v.sanduq" --key-file "$who/key" "$@"
}
expect 0 as aina card export -o aina.card
expect 0 as lawyer card export -o lawyer.card
as aina card show >out
key=$(sed -n 's/^  fingerprint  *//p' out)
expect 0 as lawyer card add aina.card --name Aina --fingerprint "$key"
as lawyer card show >out
expect 0 as aina card add lawyer.card --name lawyer --fingerprint "$(sed -n 's/^  fingerprint  *//p' out)"

printf 'I will not take my own life.\n' >statement.txt
expect 0 as aina add statement.txt
id=$(cat out)
expect 0 as aina add --name other.txt - </dev/null
printf 'Read it to the press.\n' >letter

# ---- what is refused before anything is done ----

expect 2 as aina --yes share x --to-shares 2/3 --sheets s
says err "say which records are sealed to shares"
expect 2 as aina --yes share x --to-shares 3/2 --sheets s "$id"
expect 2 as aina --yes share x --to-shares 1/1 --sheets s "$id"
expect 2 as aina --yes share x --to-shares two --sheets s "$id"
expect 2 as aina --yes share x --to-shares 2/3 --to lawyer --sheets s "$id"
says err "make two bundles"
expect 2 as aina --yes share x --to lawyer --sheets s "$id"
says err "belong to --to-shares"
expect 2 as aina --yes share x --to-shares 2/3 "$id"
says err "--sheets FOLDER"
expect 2 as aina share x --to-shares 2/3 --sheets s "$id" # nobody types 2/3
says err 'the records themselves stay in this vault'
[ -z "$(ls -A | grep -e bundle -e '^s$')" ] || bad "something was made: $(ls)"

# ---- sealed, and the sheets ----

expect 0 as aina --yes share x --to-shares 2/3 --sheets sheets --letter-file letter "$id"
says err "brings together 2 of 3 shares"
says err "and you are not told"
says err "wrote x.bundle.age"
[ "$(ls sheets | wc -l)" = 3 ] || bad "sheets: $(ls sheets)"
[ "$(stat -c %a sheets/*.html | sort -u)" = 600 ] || bad "others may read a sheet"
set=$(ls sheets | head -n 1 | cut -d - -f 2)
says err "set $set: any 2 of its 3 shares open it"
sha=$(sha256sum x.bundle.age)
says sheets/share-"$set"-a.html "${sha:0:16}"
says_not sheets/share-"$set"-a.html "x.bundle"
grep -hi '^sqr1' sheets/*.html >texts
[ "$(sort -u texts | wc -l)" = 3 ] || bad "shares: $(cat texts)"
n=0
while read -r text; do
    n=$((n + 1))
    printf '%s\n' "$text" >share$n
done <texts
# a share is a secret of its custodian: it is nowhere else
expect 0 as aina log show --json
grep -qF -f texts out && bad "a share is in the log"
grep -rqaF -f texts aina state x.bundle.age && bad "a share is on the disk"

# an existing folder is not written into, and nothing is shared then
expect 2 as aina --yes share y --to-shares 2/3 --sheets sheets "$id"
[ ! -e y.bundle.age ] || bad "shared without sheets"
says err "nothing was changed"

# ---- a custodian looks at hers ----

expect 0 "$SANDUQ" share check x.bundle.age --share-file share1
says out "share $(cut -c 10 share1) of set $set"
says out "needed to open: 2"
says out "dealt for this file"
expect 6 "$SANDUQ" share check statement.txt --share-file share1
says out "NOT OF THIS FILE"
mkfifo pipe
expect 2 "$SANDUQ" share check pipe --share-file share1
rm pipe
sed 's/q$/z/; t; s/.$/q/' share1 >wrong
cmp -s wrong share1 && bad "the same"
expect 1 "$SANDUQ" share check x.bundle.age --share-file wrong
expect 0 "$SANDUQ" share check x.bundle.age --json --share-file sheets/share-"$set"-c.html
says out '"type":"share_check","v":1,"set":"'"$set"'","index":"c","threshold":2,"fits":true'

# ---- it opens for nobody, and not for one ----

expect 4 as aina receive x.bundle.age
expect 4 as lawyer receive x.bundle.age
expect 4 as lawyer receive x.bundle.age --share-file share1
says err "missing still: 1"
expect 0 as lawyer --json list
says out '"records":0'

# ---- verify: the same before and after, without a secret ----

expect 0 as aina --yes share plain --to-shares 2/2 --sheets sheets2 --text --label "for the lawyer" --plain-container "$id"
expect 0 as aina --yes share card --to lawyer --plain-container "$id"
says sheets2/share-*-a.txt "for the lawyer"
expect 0 "$SANDUQ" verify plain.bundle
cp out before
says out "at most 4 recipients"
says_not out "share"
expect 0 "$SANDUQ" verify card.bundle
[ "$(wc -l <out)" = "$(wc -l <before)" ] || bad "verify tells them apart"
[ "$(stat -c %s plain.bundle)" = "$(stat -c %s card.bundle)" ] || bad "their sizes tell them apart"
expect 0 as lawyer receive plain.bundle --share-file sheets2/*-a.txt --share-file sheets2/*-c.txt
expect 0 "$SANDUQ" verify plain.bundle
same out before

# ---- two of them open it; the log says so ----

expect 0 as lawyer receive x.bundle.age --share-file share3 --share-file share1 --receipt .
says out "signed by Aina: $key (compared)"
says out "opened with shares"
says out "Read it to the press."
expect 0 as lawyer get "$id" -o back
same back statement.txt
expect 0 as lawyer show "$id"
says out "Sealed to shares, and opened with 2 of "
expect 0 as lawyer log show
grep -c 'action=opened' out >n
[ "$(cat n)" = 2 ] || bad "lines that say so: $(cat n)"
cp lawyer/v.sanduq before
expect 0 as lawyer receive x.bundle.age --share-file share2 --share-file share1
says out "opened with shares"
same before lawyer/v.sanduq
expect 0 as lawyer verify --unlock
expect 0 as aina verify --unlock

# ---- she hears of it, if the opener says so ----

expect 0 as aina withdraw --status "$id"
says out "shares 2/3 $set, which open it together"
expect 0 as aina receive x.receipt
expect 0 as aina withdraw --status "$id"
says out "lawyer"
says out "receipt of"

# ---- somebody without this program, and without ours: another reader ----

if [ -n "$python" ]; then
    "$python" "$SRC/tests/docs/threshold_check.py" x.bundle.age "$(cat share2)" "$(cat share3)" >read 2>&1
    rc=$?
    if [ $rc != 77 ]; then
        [ $rc = 0 ] || bad "the second reader: $(cat read)"
        says read "file $set shares $set"
        says read "letter letter Read it to the press."
        says read "record $id file.name statement.txt"
        "$python" "$SRC/tests/docs/threshold_check.py" plain.bundle "$(cat share2)" "$(cat share3)" >read 2>&1 &&
            bad "shares of another bundle open it: $(cat read)"
    fi
    vectors=${SANDUQ_VECTORS:-}
    if [ $rc != 77 ] && [ -f "$vectors/xwing/test-vectors.json" ]; then
        "$python" "$SRC/tests/docs/kem.py" "$vectors" >read ||
            bad "the second reader itself"
    else
        say "skipped: no vectors for the second reader"
    fi
fi

# ---- on a terminal: typed for, copied, typed back, and typed in ----

if [ -n "$python" ]; then
    cat >play.py <<'END'
import os
import pty
import re
import sys


def talk(args, answers):
    """A person at a terminal: (pattern, reply) in order; a reply may look at
    what was shown."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(os.environ['SANDUQ'], ['sanduq'] + args)
    seen, at = '', 0
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        seen += data.decode('utf-8', 'replace')
        if answers and re.search(answers[0][0], seen[at:]):
            reply = answers.pop(0)[1]
            at = len(seen)
            os.write(fd, (reply(seen) if callable(reply) else reply).encode())
        if not data:
            break
    status = os.waitpid(pid, 0)[1]
    assert not answers, ('was not asked', answers[0][0], seen)
    return os.waitstatus_to_exitcode(status), seen


aina = ['-V', 'aina/v.sanduq', '--key-file', 'aina/key']
lawyer = ['-V', 'lawyer/v.sanduq', '--key-file', 'lawyer/key']
ident = sys.argv[1]


def shown(seen):
    """The groups of the share that was shown last."""
    block = re.findall(r'\n((?:\s+\d+:  .*\r?\n)+)', seen)[-1]
    return re.sub(r'\d+:', ' ', block).split()


def group(seen):
    n = int(re.findall(r'group (\d+) of it', seen)[-1])
    return shown(seen)[n - 1] + '\n'


kept = []


def written(seen):
    kept.append(''.join(shown(seen)))
    return '\n'


back = [(r'written down: ', written), (r'group \d+ of it', group),
        (r'group \d+ of it', group)]
status, seen = talk(aina + ['share', 'paper', '--to-shares', '2/2', ident],
                    [(r'type the name 2/2: ', '2/3\n')])
assert status == 130 or status == 2, (status, seen)
assert not os.path.exists('paper.bundle.age')
status, seen = talk(aina + ['share', 'paper', '--to-shares', '2/2', ident],
                    [(r'type the name 2/2: ', '2/2\n')] + back + back)
assert status == 0, (status, seen)
assert os.path.exists('paper.bundle.age') and len(kept) == 2
status, seen = talk(lawyer + ['receive', 'paper.bundle.age', '--shares'],
                    [(r'Share 1', kept[1] + '\n'), (r'Share 2', kept[1] + '\n'),
                     (r'Share 2', 'sqr1 nonsense\n'),
                     (r'Share 2', kept[0].upper() + '\n')])
assert status == 0 and 'opened with shares' in seen, (status, seen)

# not copied to its end: no file is left that nobody opens
status, seen = talk(aina + ['share', 'half', '--to-shares', '2/2', ident],
                    [(r'type the name 2/2: ', '2/2\n'),
                     (r'written down: ', '\n'), (r'group', 'no\n'),
                     (r'group', 'no\n'), (r'group', 'no\n')])
assert status != 0 and 'was removed' in seen, (status, seen)
assert not os.path.exists('half.bundle.age')
END
    SANDUQ=$SANDUQ "$python" play.py "$id" >out 2>&1 || bad "$(cat out)"
fi
finish
