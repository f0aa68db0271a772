# SPDX-License-Identifier: Apache-2.0
# judge_texts.py: texts given to verify, without a card (format.md 9.5)
import re

import disclosure_check
from basics import B32, N, POINT, Bad, Card, Newer, ed25519, form, need, note_split, text_of

WORDS = "card withdraw withdraw-revoked ack receipt revoke replica device session".split()
disclosure_check.signed_by = ed25519

def judge_text(path):
    with open(path, "rb") as f:
        raw = f.read(32 << 20)
    first = raw.partition(b"\n")[0]
    word = first[10:].decode("ascii", "replace")
    if first == b"sanduq.v1/disclosure":
        try:
            disclosure_check.check(raw)
        except disclosure_check.Bad as e:
            raise Bad(str(e))
        return 0, ""
    if first == b"sanduq.v1/card":
        return Card(text_of(raw)) and 0, ""
    if first.startswith(b"sanduq.v1/") and word in WORDS:
        form(word, note_split(text_of(raw))[0])
    elif first == b"c2sp.org/tlog-proof@v1":
        head, _, note = text_of(raw).partition("\n\n")
        need(re.fullmatch(f".*\nindex {N}(\n{B32}){{0,63}}", head), "form of a proof")
        need(re.fullmatch(POINT, note_split(note)[0]), "a checkpoint")
    elif first.startswith(b"sanduq.invalid/"):
        need(re.fullmatch(POINT, note_split(text_of(raw))[0]), "a checkpoint")
    else:
        raise Newer("no file that verify knows")
    return 6, "not checked without --card, or the line and its log"
