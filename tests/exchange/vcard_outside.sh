#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vcard_outside.sh: another program reads our cards as we mean them
set -eu

python=''
for p in python3 /usr/bin/python3; do
    if "$p" -c 'import vobject' 2>/dev/null; then
        python=$p
        break
    fi
done
if [ -z "$python" ]; then
    echo 'skipped: python3-vobject is not installed'
    exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$BUILD/tests/test_vcard_write" --safe >"$dir/safe.vcf"
"$BUILD/tests/test_vcard_write" --all >"$dir/all.vcf"
"$python" - "$dir/safe.vcf" "$dir/all.vcf" <<'PYTHON'
import sys

import vobject


def card(path):
    text = open(path, newline="", encoding="utf-8").read()
    cards = list(vobject.readComponents(text))
    assert len(cards) == 1, cards
    return cards[0]


def values(c, name):
    return [x.value for x in c.contents.get(name, [])]


safe, everything = card(sys.argv[1]), card(sys.argv[2])
for c in safe, everything:
    assert values(c, "version") == ["4.0"]
    assert values(c, "fn") == ["Ойдан Күмісай", "Вымышленная, Кумисай; \\"]
    assert [x.params["LANGUAGE"] for x in c.fn_list] == [["kk"], ["ru"]]
    assert values(c, "lang") == ["kk", "ru"]
    assert (c.n.value.family, c.n.value.given) == ("Ойдан", "Күмісай")
assert values(safe, "tel") == ["tel:+44-1632-960123"]
assert safe.tel.params["X-SANDUQ-HOURS"] == ["19:00 to 21:00"]
assert values(safe, "impp") == ["xmpp:a@sample.invalid"]
assert "email" not in safe.contents and "note" not in safe.contents
assert values(everything, "tel") == ["tel:+1-202-555-0143", "tel:+44-1632-960123"]
assert values(everything, "email") == ["a@sample.invalid", "b@sample.invalid"]
PYTHON
