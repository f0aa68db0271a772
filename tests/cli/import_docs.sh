# SPDX-License-Identifier: Apache-2.0
# import_docs.sh: the examples of docs/import.md do what it says
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || exit 77

new_vault
mkdir scans
echo scan >scans/1.txt
# each block behind "<!-- file: NAME -->" is a file, each line of the indented
# ones behind "<!-- run -->" a command
python3 - "$SRC/docs/import.md" >commands <<'END'
import os, re, sys
text = open(sys.argv[1], encoding='utf-8').read()
for name, body in re.findall(r'<!-- file: (\S+) -->\n```\w+\n(.*?)```', text, re.S):
    os.makedirs(os.path.dirname(name) or '.', exist_ok=True)
    open(name, 'w', encoding='utf-8').write(body)
for block in re.findall(r'<!-- run -->\n((?:    .*\n)+)', text):
    for line in block.splitlines():
        print(line.strip().removeprefix('sanduq '))
END
[ "$(wc -l <commands)" -ge 5 ] || bad "no commands in docs/import.md"
while read -r line; do
    # shellcheck disable=SC2086
    expect 0 sq --json $line
    says_not out '"type":"mistake"'
    says_not out '"unlinked":1'
done <commands
expect 0 sq --json list
[ "$(grep -c '"type":"record"' out)" = 10 ] || bad "not ten records: $(cat out)"
expect 0 sq find диабет
says out testimony
finish
