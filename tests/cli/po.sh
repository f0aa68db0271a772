# SPDX-License-Identifier: Apache-2.0
# po.sh: catalogues are sound, complete as a template, and reach the user
. "$(dirname "$0")/lib.bash"
: "${SRC:?source tree}"

# every language has what the program says
expect 0 "$SANDUQ" version --verbose
grep -q '^languages: en.* ru' out || bad "no Russian: $(cat out)"
expect 0 "$SANDUQ" --lang ru help
says out "справка"
expect 2 env LC_ALL=ru_RU.UTF-8 "$SANDUQ" list
says err "хранилище"
expect 2 env LC_ALL= LC_MESSAGES= LANG=ru "$SANDUQ" list
says err "хранилище"
expect 2 env LC_ALL=C LANG=ru "$SANDUQ" list
says err "vault"
expect 2 "$SANDUQ" --lang=ru frobnicate
says err "frobnicate"
says_not err "there is no"

# the language in which every message stands in brackets: what has none is
# not translatable
if "$SANDUQ" --lang x-pseudo version >/dev/null 2>&1; then
    new_vault
    for args in "" frobnicate "list --nope" "list" "-V v.sanduq list" \
        "-V nowhere info" "verify nowhere" "-V v.sanduq get zzz" \
        "-V v.sanduq --passphrase-file pw get 000000" \
        "-V v.sanduq --passphrase-file pw add nowhere" \
        "-V v.sanduq --passphrase-file pw add" \
        "-V v.sanduq --passphrase-file pw key add sideways" \
        "-V v.sanduq --passphrase-file nowhere list" \
        "-V v.sanduq --passphrase-file x list" "restore a b" \
        "init --both z.sanduq"; do
        echo 'falsche phrase mit baum' >x
        # shellcheck disable=SC2086
        "$SANDUQ" --lang x-pseudo $args >out 2>err </dev/null
        grep -v '⟦' err >plain
        [ ! -s plain ] || bad "not translatable ($args): $(cat plain)"
    done
    expect 0 "$SANDUQ" --lang x-pseudo verify v.sanduq
    grep -v '⟦' out >plain
    [ ! -s plain ] || bad "not translatable (verify): $(cat plain)"
    # a word of the program inside a message is translated, one from outside
    # never: this file has the name of such a word
    cp v.sanduq planted.sdq
    python3 -c 'import sqlite3; c = sqlite3.connect("planted.sdq")
c.execute("INSERT INTO wrap VALUES(77, zeroblob(96))"); c.commit()'
    expect 3 "$SANDUQ" --lang x-pseudo verify planted.sdq --report planted.html
    says out '⟦⟦wraps of no record⟧: 1⟧'
    says planted.html '>⟦planted⟧<'
    says_not planted.html '>planted<'
    echo 'no key' >'wraps of no record'
    expect 4 "$SANDUQ" --lang x-pseudo -V v.sanduq \
        --key-file 'wraps of no record' list
    says err '⟦wraps of no record is not'
fi

if command -v msgfmt >/dev/null; then
    for po in "$SRC"/po/*.po; do
        msgfmt --check --output-file=/dev/null "$po" 2>err ||
            bad "$po: $(cat err)"
    done
fi
# A template that lags behind only leaves new messages in English; so it is
# said here, and refused when a release is made.
if command -v xgettext >/dev/null; then
    sh "$SRC/po/update.sh" --check || say "note: run po/update.sh"
fi

finish
