# SPDX-License-Identifier: Apache-2.0
# import_tables.sh: random tables that another program wrote (Python's csv
# module) come in cell by cell as they are
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || exit 77

cat >tables.py <<'END'
import csv, json, random, subprocess, sys
program, seed = sys.argv[1], int(sys.argv[2])
r = random.Random(seed)
pieces = ['a', 'word', ' ', ',', ';', '\t', '"', '""', "'", '\n', '\r\n', '\r',
          'қ', '王芳', 'ئۇ', '=1+1', '@x', '\\', '\u202e', '\U0001f600', '0', '-',
          '|', '\x0b', '\ufeff']
columns = ['c.%d' % i for i in range(1, 31)]

def cell():
    return ''.join(r.choices(pieces, k=r.choice([0, 1, 1, 2, 5, 30])))

def run(*args):
    p = subprocess.run([program, '-V', 'v.sanduq', '--passphrase-file', 'pw',
                        '--json', *args], capture_output=True)
    assert p.returncode == 0, (args, p.stdout[-500:], p.stderr[-500:])
    return [json.loads(x) for x in p.stdout.decode().split('\n') if x]

for number, (delimiter, quoting, end) in enumerate([
        (',', csv.QUOTE_MINIMAL, '\r\n'), (';', csv.QUOTE_ALL, '\n'),
        ('\t', csv.QUOTE_MINIMAL, '\n')]):
    rows = [[cell() for _ in columns] for _ in range(6)]
    for i, row in enumerate(rows):
        row[0] = 'row %d' % i  # no line is empty, no two are the same
        row[-1] = row[-1].rstrip('\r')  # not to be told from a CRLF
    name = 'table%d.csv' % number
    with open(name, 'w', newline='', encoding='utf-8') as f:
        w = csv.writer(f, delimiter=delimiter, quoting=quoting, lineterminator=end)
        w.writerow(columns)
        w.writerows(rows)
    lines = run('import', '--as', 'note', name)
    records = {x['row']: x['id'] for x in lines if x['type'] == 'record'}
    assert len(records) == len(rows), lines
    # rows are numbered as in a spreadsheet: the headings are the first
    for i, row in enumerate(rows):
        shown = run('show', records[i + 2])[0]
        got = {f['name']: f['value'] for f in shown['fields']
               if f['name'].startswith('c.')}
        want = {c: v for c, v in zip(columns, row) if v.strip(' \t\r\n')}
        assert got == want, (seed, name, i, {k: (got.get(k), want.get(k))
            for k in set(got) | set(want) if got.get(k) != want.get(k)})
END
new_vault
for seed in 1 "$RANDOM"; do
    python3 tables.py "$SANDUQ" "$seed" || bad "tables of seed $seed"
done
finish
