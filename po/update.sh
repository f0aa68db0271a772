#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# update.sh: writes sanduq.pot anew from the sources and brings the new
# messages into every .po file. Needs gettext's tools.
#   po/update.sh           changes the files
#   po/update.sh --check   only says whether sanduq.pot is what it should be
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

# One call of xgettext takes one place per function: hints are in a second.
extract() {
    find cli exchange vault -name '*.[ch]' | LC_ALL=C sort |
        xgettext --files-from=- --from-code=UTF-8 --language=C --no-wrap \
            --add-comments=TRANSLATORS: --add-location=file \
            --package-name=sanduq --keyword "$@"
}

make_pot() {
    extract --output="$tmp/1.pot" --keyword=tr --keyword=trn:1,2 \
        --keyword=N_ --keyword=vlt_fail:3 --keyword=vlt_fail_hint:4 \
        --keyword=vlt_held:4 --keyword=vlt_not_seen:4 \
        --keyword=VLT_POSIX_FAIL:2 --keyword=VLT_WIN_FAIL:2 \
        --keyword=vlt_rline:6 --keyword=vlt_held_as:3 --keyword=vlt_read_end:2 \
        --keyword=vlt_lines_end:2 --keyword=vlt_lines_end_ext:2 \
        --keyword=vlt_lines_same:4 --keyword=vlt_mismatch:3 --keyword=vlt_not_as_asked:3 \
        --flag=vlt_fail:3:c-format --flag=vlt_fail_hint:4:c-format
    cp "$tmp/1.pot" "$tmp/2.pot"
    extract --join-existing --output="$tmp/2.pot" --keyword=vlt_fail_hint:3
    echo '# SPDX-License-Identifier: Apache-2.0'
    echo '# Messages of sanduq. Made by po/update.sh; copy to LANG.po.'
    grep -v '^"POT-Creation-Date:' "$tmp/2.pot" | sed -e '1,/^#$/d' \
        -e 's/text\/plain; charset=CHARSET/text\/plain; charset=UTF-8/'
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
new=$tmp/sanduq.pot
make_pot >"$new"
if [ "${1-}" = --check ]; then
    cmp -s "$new" po/sanduq.pot || {
        echo 'po/sanduq.pot is not up to date; run po/update.sh' >&2
        exit 1
    }
    exit 0
fi
cat "$new" >po/sanduq.pot
for po in po/*.po; do
    [ -e "$po" ] || continue
    msgmerge --quiet --update --backup=none --no-wrap --no-fuzzy-matching \
        --add-location=file "$po" po/sanduq.pot
done
for po in po/*.po; do
    [ -e "$po" ] || continue
    msgfmt --check --statistics --output-file=/dev/null "$po"
done
