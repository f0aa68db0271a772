#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# reader.sh: a second reader, written from docs/format.md alone, and the
# program say the same of golden files and of broken ones, and open the same records
. "$(dirname "$0")/../cli/lib.bash"
here=$SRC/tests/differential
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import nacl.bindings, zstandard' 2>/dev/null && python=$p && break
done
if [ -z "$python" ]; then
    say "skipped: python3-nacl or python3-zstandard is not installed"
    exit 77
fi

# It is to be read by an auditor: docs/adr/0040.
[ "$(cat "$SRC"/tests/reader/*.py | wc -l)" -le 800 ] || bad "tests/reader has more than 800 lines"
! LC_ALL=C grep -n '.\{111\}' "$SRC"/tests/reader/*.py || bad "lines above 110 characters"

# The reader itself, against published vectors.
if [ -f "${SANDUQ_VECTORS:-}/xwing/test-vectors.json" ]; then
    expect 0 "$python" "$SRC/tests/docs/kem.py" "$SANDUQ_VECTORS"
fi

golden=$SRC/fixtures/golden/draft
for f in "$golden"/*.gz; do
    name=${f##*/}
    gzip -dc "$f" >"${name%.gz}"
done
cp "$golden"/vault-* "$golden"/border*.key .

expect 0 "$python" "$here/opened.py" "$SANDUQ" vault-1.sdq vault-1.key \
    vault-2.sdq vault-2.key border.sdq border.key border-hq.sdq border-hq.key
cat out
rm vault-2.sdq.capture # its records wait; that is not asked here

broken=600
brief && broken=100
broken=${READER_BROKEN:-$broken}
expect 0 "$python" "$here/differential.py" --program "$SANDUQ" \
    --broken $broken --seed "${READER_SEED:-1}" "$golden"
cat out

# Audit packs, made here.
mkdir packs
for v in vault-2 border; do
    expect 0 "$SANDUQ" -V $v.sdq --key-file $v.key --no-state --yes log pack \
        --with-others packs/$v.audit
done
cp border-whole.bundle packs/ext.bundle
"$python" - packs/ext.bundle <<'EOT' || bad "no note planted in a bundle"
import sqlite3  # what must be understood and is not, beside what is signed
import sys
text = ("sanduq.v1/device\n%s %s\ncard %s=\nfirst %s=\next !x AA==\n\n\u2014 x %s=\n" % (
    "ab" * 16, "cd" * 8, "A" * 43, "A" * 43, "A" * 91))
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("INSERT INTO note SELECT 1 + max(n), 0, 'device', ? FROM note", (text.encode(),))
EOT
expect 0 "$python" "$here/differential.py" --program "$SANDUQ" \
    --broken $((broken / 4)) --seed "${READER_SEED:-1}" packs
cat out

# Lines that were changed and signed again with the true keys.
v() { "$SANDUQ" -q -V f.sdq --key-file k "$@"; }
expect 0 "$SANDUQ" -q --key-file k init f.sdq
head -c 300000 /dev/urandom >body
a=$(v add body)
expect 0 v amend "$a" --name other
expect 0 v card export -o f.card
print=$(v card show | sed -n 's/^ *fingerprint *//p')
expect 0 "$SANDUQ" capture init f.card dev.sdq --fingerprint "$print"
code=$(sed -n 's/^ *code *//p' out) first=$(sed -n 's/^ *its fingerprint *//p' out)
expect 0 "$SANDUQ" -q -V dev.sdq add body
expect 0 "$SANDUQ" -q -V dev.sdq capture end
expect 0 v device admit "$code" --fingerprint "$first"
expect 0 v receive dev.sdq
expect 0 "$SANDUQ" -q -V dev.sdq add body
expect 0 "$python" "$here/forge.py" "$SANDUQ" $((broken / 5)) "${READER_SEED:-1}" \
    f.sdq k "$XDG_STATE_HOME/sanduq" dev.sdq
cat out

# It falls over what it should: a program that always says yes is found out.
printf '#!/bin/sh\nexit 0\n' >yes
chmod +x yes
expect 1 "$python" "$here/differential.py" --program ./yes "$golden"
says out DISAGREE
finish
