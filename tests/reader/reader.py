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
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs"))
try:
    from basics import Bad, Newer
    from opening import Vault
except ImportError as e:
    print("skipped:", e)
    sys.exit(77)
from container import Container, is_container
from judge_bundle import Bundle
from judge_texts import judge_text
from judge_vault import Judge

def verify(path):
    """(status, why) of any file."""
    try:
        with open(path, "rb") as f:
            if not is_container(f.read(100)):
                return judge_text(path)
        c = Container(path)
        if c.kind == "kit":
            raise Newer("kits are opened, not verified")
        j = Bundle(c) if c.kind == "bundle" else Judge(c)
        return j.judge(), "; ".join(j.waits)
    except Bad as e:
        return 3, str(e)
    except Newer as e:
        return 1, str(e)

def records(path, key):
    return Vault(Container(path), key).records()

def main(command=None, *args):
    status = 2
    if command == "verify" and args:
        status = 0
        for path in args:
            got, why = verify(path)
            print(got, path, why)
            status = status or got
    elif command == "open" and len(args) == 2:
        status = 0
        for head, fields, _ in records(*args):
            print(json.dumps({"id": head.id.hex(), "version": head.ver, "statement": head.stmt.hex(),
                              "fields": [[*f[:3], f[3].hex()] for f in fields]}))
    elif command == "get" and len(args) == 3:
        found = [data for head, _, data in records(*args[:2]) if head.id.hex() == args[2]]
        status = 0 if found and found[-1] is not None else 7
        sys.stdout.buffer.write(b"" if status else found[-1])
    else:
        print(__doc__)
    return status

if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (Bad, Newer, PermissionError) as e:
        print(type(e).__name__, e, file=sys.stderr)
        sys.exit({Bad: 3, Newer: 1}.get(type(e), 4))
