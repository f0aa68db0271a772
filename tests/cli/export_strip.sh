# SPDX-License-Identifier: Apache-2.0
# export_strip.sh: copies without metadata, and what was taken out of them
. "$(dirname "$0")/lib.bash"
command -v python3 >/dev/null || exit 77

evidence=$SRC/fixtures/evidence

# ---- copies without metadata ----
new_vault s.sanduq
s() { "$SANDUQ" -V s.sanduq --passphrase-file pw "$@"; }
mkdir made
python3 "$SRC/tests/cli/strip_make.py" "$evidence/хат 01.jpg" made
expect 0 s add -q made/full.jpg made/full.png made/full.pdf
pictures=$(cat out)
text=$(s add -q "$evidence/证词 04.txt")
# shellcheck disable=SC2086 # three ids
expect 0 s --json export stripped $pictures --format jsonl --strip --yes
says out '"type":"removed"'
says out '(GPS)'
! grep -rqa SECRET stripped || bad "metadata left in a copy"
python3 - stripped <<'PY' >said 2>&1 || bad "the list of what was removed: $(cat said)"
import hashlib, json, os, sys
n = 0
for line in open(os.path.join(sys.argv[1], 'records.jsonl'), encoding='utf-8'):
    r = json.loads(line)
    body = open(os.path.join(sys.argv[1], r['file']), 'rb').read()
    assert hashlib.sha256(body).hexdigest() == r['sha256'] != r['original_sha256']
    assert len(r['removed']) >= 3 and sum(x['bytes'] for x in r['removed']) > 100
    n += 1
assert n == 3, n
PY
(cd stripped && sha256sum --quiet --strict -c SHA256SUMS) || bad "sums of copies"
# shellcheck disable=SC2086
expect 6 s export no $pictures "$text" --strip --yes
says err "$text"
says err "JPEG, PNG and PDF"
says err "nothing was changed"
[ ! -e no ] || bad "refused, and written"
# shellcheck disable=SC2086
expect 0 s export three $pictures "$text" --strip --skip-refused --yes
[ "$(wc -l <three/records.jsonl)" = 3 ] || bad "the text went along"
finish
