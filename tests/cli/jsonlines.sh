# SPDX-License-Identifier: Apache-2.0
# jsonlines.sh: every command, every failure: JSON Lines, one end line
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || exit 77

cat >check.py <<'END'
import json, sys
want = sys.argv[1]
lines = open('out', encoding='utf-8').read().split('\n')
assert lines[-1] == '', 'the last line has no end'
rows = [json.loads(x) for x in lines[:-1]]
assert rows, 'nothing was printed'
for r in rows:
    assert isinstance(r['type'], str) and r['v'] == 1, r
ends = [r for r in rows if r['type'] in ('summary', 'error')]
assert len(ends) == 1 and rows[-1] is ends[0], ends
end = ends[0]
assert end['exit'] == int(want), (end, want)
if end['type'] == 'error':
    assert end['message'] and end['code'], end
for r in rows:
    if r['type'] == 'record':
        assert len(r['id']) == 32, r
END
# check STATUS COMMAND...
check() {
    expect "$@"
    python3 check.py "$1" || bad "JSON of: $*"
}

check 0 "$SANDUQ" --json init --kdf minimum --passphrase-file pw v.sanduq
check 2 "$SANDUQ" --json init --kdf minimum --passphrase-file pw v.sanduq
says out '"unchanged":true'
printf 'x\n' >x.txt
printf 'bytes\n' >$'no\xfftext\x1b[31m'
check 0 sq add --json x.txt
id=$(sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' out)
check 0 sq add --json $'no\xfftext\x1b[31m'
says out '"path_hex":"6e6fff746578741b5b33316d"'
check 1 sq add --json x.txt not-there
says out '"type":"failed"'
check 0 sq add --json -f a=b
check 2 sq add --json -f A=b -f body=x
says out '"type":"mistake"'
printf 'text,count\na,1\nb,x"y\n"c"d,1\n' >t.csv
check 1 sq import --json --as note --dry-run t.csv
says out '"type":"would"'
check 1 sq import --json --as note t.csv
says out '"type":"mistake"'
check 1 sq import --json --as note t.csv
says out '"type":"skipped"'
check 2 sq import --json t.csv
check 7 sq import --json nowhere.csv
check 0 sq list --json
check 0 sq show --json "$id"
check 0 sq show --json "$id" --field file.name
check 7 sq show --json "$id" --field nope
check 0 sq get --json "$id" -o y.txt
same x.txt y.txt
check 2 sq get --json "$id" -o -
check 2 sq get --json "$id" -o y.txt
check 0 "$SANDUQ" --json -V v.sanduq info
check 0 "$SANDUQ" --json verify v.sanduq
check 0 sq verify --json v.sanduq
check 6 "$SANDUQ" --json verify v.sanduq --card \
    "aaaa aaaa aaaa aaaa aaaa aaaa aaaa aaaa"
check 1 "$SANDUQ" --json verify x.txt
check 7 "$SANDUQ" --json verify nowhere
head -c 20000 v.sanduq >cut.sanduq
"$SANDUQ" --json verify cut.sanduq >out 2>err
rc=$?
[ $rc = 1 ] || [ $rc = 3 ] || bad "status $rc of a file cut short"
python3 check.py $rc || bad "JSON of a file cut short"
check 0 "$SANDUQ" --json -V v.sanduq log show
check 0 "$SANDUQ" --json -V v.sanduq log checkpoint
check 0 "$SANDUQ" --json -V v.sanduq key list
check 0 sq --json key add keyfile k1
check 4 "$SANDUQ" --json -V v.sanduq --passphrase-file x.txt list
check 0 "$SANDUQ" --json -V v.sanduq backup b.sanduq
check 0 "$SANDUQ" --json restore b.sanduq r.sanduq
check 0 "$SANDUQ" --json help
check 0 "$SANDUQ" --json help words
check 0 "$SANDUQ" --json get --help
check 0 "$SANDUQ" --json version
check 0 "$SANDUQ" --json version --verbose
# mistakes in what was asked are told in JSON as well
check 2 "$SANDUQ" --json
check 2 "$SANDUQ" --json nonsense
check 2 "$SANDUQ" list --json --nope
check 2 "$SANDUQ" list --nope --json
check 2 "$SANDUQ" list --json --limit
check 2 "$SANDUQ" --json -V v.sanduq list
check 2 env SANDUQ_PASSWORD= "$SANDUQ" --json version
check 2 "$SANDUQ" --json --lang xx version

finish
