#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# text_check.py: a second reader of the texts that `verify` takes by themselves
"""Written from docs/format.md alone (9.5), with the notes of tests/reader and the
disclosures of disclosure_check.py; shares nothing with the program.

    text_check.py FILE...     what `sanduq verify FILE` judges, without a key

Ends as tests/reader/reader.py does.
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../reader"))
try:
    from nacl import bindings as nb
    from nacl.exceptions import CryptoError
except ImportError as e:
    print("skipped:", e)
    sys.exit(77)
import disclosure_check
from basics import FORMS, WORDS, Card, Log, Newer, Note, need, unb64, words

WORDS["M"] = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # a hash in a list
DATED = "V H\n%s H\ndate N\n"
FORMS.update({  # of texts that no container's judgement needs
    "withdraw": "V H\nid V\ndate N\nreason S\n(?:stmt M\n)+(?:bundle V\n)*E",
    "withdraw-revoked": DATED % "withdraw",
    "ack": DATED % "withdraw" + "answer (?:destroyed|hidden|refused)\n(?:stmt M\n)+E",
    "receipt": DATED % "bundle" + "records N\n",
})


def ed25519(key, message, signature):
    try:
        return bool(nb.crypto_sign_open(signature + message, key))
    except CryptoError:
        return False


disclosure_check.signed_by = ed25519


def request(word, values):
    """The limits of what a request to withdraw, its answers and a receipt say."""
    need(values[3] < 2**63, "a date")
    if word == "withdraw" and values[4] is not None:
        raw = unb64(values[4])
        need(raw and len(raw) <= 4096 and raw.decode(), "a reason")
    need(word != "receipt" or values[4] > 0, "number of records")


def judge(raw):
    """Whether it holds by itself: a card and a disclosure, which bring the key along."""
    first = raw.partition(b"\n")[0].decode("latin-1")
    word = first[10:] if first.startswith("sanduq.v1/") else ""
    if word == "disclosure":
        disclosure_check.check(raw)
        return True
    if word == "card":
        return bool(Card(raw.decode()))
    if word in ("replica", "session"):
        log = Log(raw.decode())
        need(not log.session or log.base or log.signs(log), "a first session")
    elif word in ("withdraw", "withdraw-revoked", "ack", "receipt"):
        request(word, Note(raw.decode(), word).values)
    elif word in ("revoke", "device"):
        Note(raw.decode(), word)
    elif first == "c2sp.org/tlog-proof@v1":
        head, _, point = raw.decode().partition("\n\n")
        need(re.fullmatch(".*\nindex (0|[1-9][0-9]*)(\n.*){0,63}", head), "form of a proof")
        index, *path = head.split("\n")[1:]
        words("index N", index)
        for step in path:
            words("H", step)
        Note(point, "checkpoint")
    elif first.startswith("sanduq.invalid/"):  # one, or those of several logs
        for note in re.split("(?<=\n)(?=sanduq\\.invalid/)", raw.decode()):
            Note(note, "checkpoint")
    else:
        raise Newer("no text that verify knows")
    return False


def verify(path):
    """(status, why) of a text."""
    with open(path, "rb") as f:
        raw = f.read(32 << 20)
    try:
        return (0, "") if judge(raw) else (6, "not checked without --card, or the line and its log")
    except (ValueError, disclosure_check.Bad) as e:
        return 3, str(e)
    except Newer as e:
        return 1, str(e)


def main(paths):
    found = [(*verify(path), path) for path in paths]
    for status, why, path in found:
        print(status, path, why)
    return next((x[0] for x in found if x[0]), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
