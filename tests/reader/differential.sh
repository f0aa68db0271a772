#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# differential.sh: a second reader, written from docs/format.md alone, and the
# program say the same of golden files and of broken ones, and open the same records
. "$(dirname "$0")/../cli/lib.bash"
here=$SRC/tests/reader
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import nacl.bindings, zstandard' 2>/dev/null && python=$p && break
done
if [ -z "$python" ]; then
    say "skipped: python3-nacl or python3-zstandard is not installed"
    exit 77
fi

# The reader itself, against published vectors.
if [ -f "${SANDUQ_VECTORS:-}/xwing/test-vectors.json" ]; then
    expect 0 "$python" "$SRC/tests/docs/kem.py" "$SANDUQ_VECTORS"
fi

golden=$SRC/fixtures/golden/draft
for f in "$golden"/*.gz; do
    name=${f##*/}
    gzip -dc "$f" >"${name%.gz}"
done
cp "$golden"/vault-* "$golden"/*.key .

expect 0 "$python" "$here/opened.py" "$SANDUQ" vault-1.sdq vault-1.key \
    vault-2.sdq vault-2.key border.sdq border.key border-hq.sdq border-hq.key
cat out
rm vault-2.sdq.capture # its records wait; that is not asked here

broken=600
brief && broken=100
expect 0 "$python" "$here/differential.py" --program "$SANDUQ" \
    --broken "${READER_BROKEN:-$broken}" --seed "${READER_SEED:-1}" "$golden"
cat out

# It falls over what it should: a program that always says yes is found out.
printf '#!/bin/sh\nexit 0\n' >yes
chmod +x yes
expect 1 "$python" "$here/differential.py" --program ./yes "$golden"
says out DISAGREE
finish
