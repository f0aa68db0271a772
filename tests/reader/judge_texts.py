# SPDX-License-Identifier: Apache-2.0
# judge_texts.py: texts given to verify, without a card, format.md 9.5
import re

import disclosure_check
from basics import B32, N, POINT, Card, Newer, form, need, note_split, text_of
from nacl import bindings as nb

WORDS = ("card withdraw withdraw-revoked ack receipt revoke replica device session"
         .split())


def ed25519(pk, message, signature):
    try:
        nb.crypto_sign_open(signature + message, pk)
        return True
    except Exception:
        return False


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
            return 3, str(e)
        return 0, ""
    if first.startswith(b"sanduq.v1/") and word in WORDS:
        text = text_of(raw)
        if word == "card":
            return Card(text) and 0, ""
        form(word, note_split(text)[0])
        return 6, "not checked without --card"
    if first.startswith(b"sanduq.invalid/"):
        need(POINT.fullmatch(note_split(text_of(raw))[0]), "a checkpoint")
        return 6, "not checked without --card"
    if first == b"c2sp.org/tlog-proof@v1":
        return proof(text_of(raw))
    raise Newer("no file that verify knows")


def proof(text):
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    need(2 <= len(lines) <= 65 and re.fullmatch(f"index {N}", lines[1])
         and all(re.fullmatch(B32, x) for x in lines[2:]), "form of a proof")
    need(POINT.fullmatch(note_split(note)[0]), "a checkpoint")
    return 6, "not checked without the line and its log"
