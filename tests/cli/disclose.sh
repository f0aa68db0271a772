# SPDX-License-Identifier: Apache-2.0
# disclose.sh: single fields for everyone, checked by two readers
. "$(dirname "$0")/lib.bash"
check=$(realpath "${SRC:-.}")/tests/docs/disclosure_check.py
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import base64' 2>/dev/null && python=$p && break
done
new_vault
printf 'line one\n  holds           forged\n\033[31mred\n' >letter.txt
head -c 300000 /dev/urandom >photo.bin
expect 0 sq add -t testimony -f title=Witness -f note='not for them' \
    -f record.code=K-17 letter.txt
one=$(head -c 32 out)
expect 0 sq add -f title=Photo photo.bin
two=$(head -c 32 out)

# what is asked for
expect 2 sq --yes disclose "${one:0:12}" --fields title -o d.txt
says err "all 32 digits"
expect 2 sq --yes disclose "$one" --fields title
expect 7 sq --yes disclose "$one" --fields title,absent -o d.txt
says err "no field absent"
expect 2 sq --yes disclose "$one" --fields title,title -o d.txt
expect 2 sq --yes disclose "$one" --fields title, -o d.txt
expect 2 sq --yes disclose "$one" --fields title -o d.txt --body b.bin
expect 2 sq disclose "$one" --fields title -o d.txt # nobody to ask
expect 7 sq --yes disclose 00000000000000000000000000000000 -o d.txt
[ ! -e d.txt ] && [ ! -e b.bin ] || bad "a file came of a refusal"

# fields in the text
expect 0 sq --yes disclose "$one" --fields body,title -o one.txt
says out "Witness"
says out "$one"
says err "the state included"
says_not out "not for them"
says_not one.txt "$(printf 'not for them' | base64)"
says_not one.txt "not for them"
expect 2 sq --yes disclose "$one" --fields title -o one.txt
expect 0 "$SANDUQ" verify one.txt
says out "disclosed   title"
says out "not compared"
says out "    |   holds           forged"
says_not out "$(printf '\033')"
says out "whether it is true"
expect 0 "$SANDUQ" --json verify one.txt
says out '"value":"Witness"'
says out '"text":"disclosure"'

# a person names the record that is given away
cat >talk.py <<'PY'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(os.environ['SANDUQ'], [os.environ['SANDUQ'], '-V', 'v.sanduq',
             '--passphrase-file', 'pw', 'disclose'] + sys.argv[2:])
seen, answered = b'', False
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    if not answered and b'to disclose it: ' in seen:
        os.write(fd, sys.argv[1].encode() + b'\n')
        answered = True
sys.stdout.write(seen.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
export SANDUQ
if [ -n "$python" ] && "$python" -c 'import pty, os; os.waitstatus_to_exitcode' 2>/dev/null; then
    for answer in yes "${one:0:6}" "${one:27}" K-1; do
        expect 130 "$python" talk.py "$answer" "$one" --fields title -o typed.txt
        [ ! -e typed.txt ] || bad "disclosed after \"$answer\""
    done
    for answer in "${one:26}" K-17; do
        expect 0 "$python" talk.py "$answer" "$one" --fields title -o typed.txt
        says out "Everyone who gets it will read this"
        expect 0 "$SANDUQ" verify typed.txt
        rm -f typed.txt
    done
fi

# the original beside
expect 0 sq --yes disclose "$two" --fields body -o two.txt --body two.bin
same two.bin photo.bin
expect 0 "$SANDUQ" verify two.txt
says out "was not looked at"
expect 0 "$SANDUQ" verify two.txt --body two.bin
says out "bit for bit"
expect 3 "$SANDUQ" verify two.txt --body letter.txt
says_not out "disclosed   "
expect 7 "$SANDUQ" verify two.txt --body nothing.bin
expect 6 "$SANDUQ" verify one.txt --body letter.txt --card "$(printf 'q%.0s' {1..32})"

# only that it exists; with the digits of the card, its spaces or none
expect 0 sq --json --yes disclose "$two" -o three.txt
key=$(sed -n 's/.*"fingerprint":"\([^"]*\)".*/\1/p' out)
expect 0 "$SANDUQ" verify three.txt --card "$key"
says out "(compared)"
says out "no field is disclosed"
grep -n '^sanduq.v1/card' three.txt | cut -d: -f1 >line
tail -n "+$(cat line)" three.txt >card.txt
expect 0 "$SANDUQ" verify three.txt --card card.txt
expect 0 "$SANDUQ" verify card.txt --card "$key"
says out "the card that was given"
expect 0 "$SANDUQ" verify card.txt
says out "not compared"

# notes that bring no key along: shown, and not checked
sed -n '/^part note/,/^part card/{/^part /d;p}' three.txt >replica.txt
expect 6 "$SANDUQ" verify replica.txt
says out "NOT CHECKED"
expect 0 "$SANDUQ" verify replica.txt --card card.txt
expect 6 "$SANDUQ" verify replica.txt --card "$key"
expect 0 sq log checkpoint -o point.txt || expect 0 sq log checkpoint
[ -s point.txt ] || cp out point.txt
expect 6 "$SANDUQ" verify point.txt
says out "signature not checked"
sed -n '/^part proof/,/^part note/{/^part /d;p}' three.txt >x.tlog-proof
expect 6 "$SANDUQ" verify x.tlog-proof
says out "the path was not checked"
says out "signature not checked"
printf 'sanduq.v1/nothing\n' >no.txt
expect 1 "$SANDUQ" verify no.txt
ln -s one.txt link.txt
expect 0 "$SANDUQ" verify link.txt

# a session's record is proved by the line that took it in
expect 0 "$SANDUQ" -V v.sanduq add -t note -f title=locked
three=$(head -c 32 out)
expect 0 sq list
expect 0 sq --yes disclose "$three" --fields title -o four.txt
says four.txt "take $three"
expect 0 "$SANDUQ" verify four.txt

# cheats: two disclosures that hold, put together otherwise
part() { # part FILE NAME: the parts of that name, whole
    awk -v want="$2" '/^part /{on = ($2 == want)} on' "$1"
}
whole() { # whole STATEMENT LEAF FIELDS PROOF: of which files
    echo sanduq.v1/disclosure
    part "$1" statement
    part "$2" leaf
    part "$3" field
    part "$4" proof
    part "$4" note
    part "$4" card
}
whole one.txt one.txt one.txt one.txt >again.txt
same again.txt one.txt
cheat() {
    expect 3 "$SANDUQ" verify "$1"
    says_not out "disclosed   "
    if [ -n "$python" ]; then
        "$python" "$check" "$1" >/dev/null
        case $? in 3 | 77) ;; *) bad "the second reader takes $1" ;; esac
    fi
}
whole one.txt one.txt two.txt one.txt >c1 && cheat c1    # another's fields
whole two.txt two.txt one.txt two.txt >c2 && cheat c2
whole one.txt two.txt one.txt one.txt >c3 && cheat c3    # another's line
whole two.txt one.txt two.txt one.txt >c4 && cheat c4    # other statement
whole one.txt one.txt one.txt two.txt >c5 && cheat c5    # another's proof
other=$PWD/other.sanduq
expect 0 "$SANDUQ" init --kdf minimum --passphrase-file pw "$other"
sqo() { "$SANDUQ" -V "$other" --passphrase-file pw "$@"; }
expect 0 sqo add -t note -f title=x
expect 0 sqo --yes disclose "$(head -c 32 out)" --fields title -o other.txt
expect 0 "$SANDUQ" verify other.txt
whole one.txt one.txt one.txt other.txt >c6 && cheat c6  # another log
{
    part one.txt proof | sed '/^sanduq.invalid/,$d'
    part other.txt proof | sed -n '/^sanduq.invalid/,$p'
} >p && { sed '/^part proof/,$d' one.txt; cat p; sed -n '/^part note/,$p' one.txt; } >c7
cheat c7                                                 # its checkpoint
{ sed '/^part card/,$d' one.txt; part other.txt card; } >c8 && cheat c8
sed '/^part field/{n;s/^[0-9]* /2 /;}' one.txt >c9 && cheat c9   # moved
sed '/^part field/{n;s/ 16 / 32 /;}' one.txt >c10 && cheat c10   # other T
sed '/^part field/{n;s/ 16 / 8 /;}' one.txt >c11 && cheat c11
awk '/^part field/ && !cut {cut = 1; skip = 1; next}
    /^part / {skip = 0} !skip' one.txt >less.txt
expect 0 "$SANDUQ" verify less.txt # whoever has two may show one
awk '/^part field/{n++} n == 1 && !/^part (proof)/{a = a $0 "\n"; if (/^part field/ || 1) next}
    /^part proof/{printf "%s", a; n = 9} 1' one.txt >c12 && cheat c12 # order
whole one.txt one.txt one.txt one.txt | sed 's/^part leaf 4/part leaf 5/' >c13
cheat c13
sed '2,3!b;' one.txt | tr '\n' '\r' >c14
expect 1 "$SANDUQ" verify c14
head -c 1000 one.txt >c15 && cheat c15
{ cat one.txt; echo; } >c16 && cheat c16

# a second reader, of the text alone; and each byte that changes
if [ -n "$python" ]; then
    for f in one two three four less other; do
        "$python" "$check" $f.txt >seen
        got=$?
        [ $got = 77 ] && break
        [ $got = 0 ] || bad "$f: $(cat seen)"
    done
    if [ "$got" = 0 ]; then
        "$python" "$check" two.txt --body two.bin >seen || bad "$(cat seen)"
        "$python" "$check" one.txt --mutate 120 --program "$SANDUQ" >seen ||
            bad "a changed byte: $(cat seen)"
    fi
fi
finish
