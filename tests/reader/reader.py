#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# reader.py: a second reader of Sanduq files, written from docs/format.md alone
"""Shares nothing with the program; standard library, PyNaCl, python3-zstandard.

    reader.py verify FILE...          what `sanduq verify FILE` judges, without a key
    reader.py open VAULT KEYFILE      each record version that opens, as a JSON line
    reader.py get VAULT KEYFILE ID    the original bytes of a record's newest version

Ends with 0, 3 (does not match), 6 (sound, not as asked for), 4 (no key), 1 (no
container, or made by a newer program); 77 when a module of Python is not there.
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs"))
try:
    from opening import Vault
except ImportError as e:
    print("skipped:", e)
    sys.exit(77)
import disclosure_check
from basics import B32, N, POINT, Bad, Card, Log, Newer, ed25519, form, need, note_split
from container import MAGIC, Container
from judge_bundle import Bundle
from judge_vault import Judge

WORDS = b"withdraw withdraw-revoked ack receipt revoke replica device session".split()
disclosure_check.signed_by = ed25519

def judge_text(raw):  # 9.5
    first = raw.partition(b"\n")[0]
    if first == b"sanduq.v1/disclosure":
        disclosure_check.check(raw)
        return 0, ""
    if first == b"sanduq.v1/card":
        return Card(raw.decode()) and 0, ""
    if first.startswith(b"sanduq.v1/") and first[10:] in WORDS:
        form(first[10:].decode(), note_split(raw.decode())[0])
        log = Log(raw.decode()) if first[10:] in (b"replica", b"session") else None
        need(not log or not log.session or log.base or log.signs(log.note), "a first session")
    elif first == b"c2sp.org/tlog-proof@v1" or first.startswith(b"sanduq.invalid/"):
        head, _, point = raw.decode().partition("\n\n") if first[:1] == b"c" else ("", "", raw.decode())
        need(not head or re.fullmatch(f".*\nindex {N}(\n{B32}){{0,63}}", head), "form of a proof")
        m = re.fullmatch(POINT, note_split(point)[0])
        need(m and int(m[2]) < 2**64, "a checkpoint")
    else:
        raise Newer("no file that verify knows")
    return 6, "not checked without --card, or the line and its log"

def verify(path):
    """(status, why) of any file."""
    try:
        with open(path, "rb") as f:
            raw = f.read(32 << 20)
        if raw[:16] != MAGIC and raw[68:72] != b"SDQ1":  # a container's first bytes may be changed
            return judge_text(raw)
        c = Container(path)
        if c.kind == "kit":
            raise Newer("kits are opened, not verified")
        j = Bundle(c) if c.kind == "bundle" else Judge(c)
        return j.judge(), "; ".join(j.waits)
    except (Bad, UnicodeDecodeError, disclosure_check.Bad) as e:
        return 3, str(e)
    except Newer as e:
        return 1, str(e)

def records(path, key):
    return Vault(Container(path), key).records()

def main(command=None, *args):
    if command == "verify" and args:
        found = [(*verify(path), path) for path in args]
        for status, why, path in found:
            print(status, path, why)
        return next((x[0] for x in found if x[0]), 0)
    if command == "open" and len(args) == 2:
        for head, fields, _ in records(*args):
            print(json.dumps({"id": head.id.hex(), "version": head.ver, "statement": head.stmt.hex(),
                              "fields": [[*f[:3], f[3].hex()] for f in fields]}))
        return 0
    if command == "get" and len(args) == 3:
        data = [data for head, _, data in records(*args[:2]) if head.id.hex() == args[2]][-1:]
        sys.stdout.buffer.write(b"".join(x for x in data if x))
        return 7 if data in ([], [None]) else 0
    print(__doc__)
    return 2

if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (Bad, Newer, PermissionError) as e:
        print(type(e).__name__, e, file=sys.stderr)
        sys.exit({Bad: 3, Newer: 1}.get(type(e), 4))
