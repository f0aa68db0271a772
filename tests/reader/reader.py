#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# reader.py: a second reader of Sanduq files, written from docs/format.md alone
"""Shares nothing with the program; standard library, PyNaCl, python3-zstandard.

    reader.py verify FILE...          what `sanduq verify FILE` judges, without a key
    reader.py open VAULT KEYFILE      each record version that opens, as a JSON line
    reader.py get VAULT KEYFILE ID    the original bytes of a record's newest version

Ends with 0, 3 (does not match), 6 (sound, not as asked for), 4 (no key), 1 (no
container, or made by a newer program); 77 when PyNaCl is not there.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs"))
try:
    import kem  # noqa: F401  (ends with 77 without PyNaCl)
    import zstandard  # noqa: F401
except ImportError:
    print("skipped: python3-zstandard is not installed")
    sys.exit(77)

from basics import Bad, Newer
from container import Container, is_container
from judge_bundle import Bundle
from judge_texts import judge_text
from judge_vault import Judge
from opening import Vault, shown


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


def main(argv):
    if argv[:1] == ["verify"] and len(argv) > 1:
        worst = 0
        for path in argv[1:]:
            status, why = verify(path)
            print(status, path, why)
            worst = worst or status
        return worst
    if argv[:1] == ["open"] and len(argv) == 3:
        for head, fields, _ in records(*argv[1:]):
            print(json.dumps({"id": head.id.hex(), "version": head.ver,
                              "statement": head.stmt.hex(),
                              "fields": [shown(*f) for f in fields]}, ensure_ascii=False))
        return 0
    if argv[:1] == ["get"] and len(argv) == 4:
        last = None
        for head, _, data in records(*argv[1:3]):
            last = data if head.id.hex() == argv[3] else last
        sys.stdout.buffer.write(last or b"")
        return 0 if last is not None else 7
    print(__doc__)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (Bad, Newer, PermissionError) as e:
        print(type(e).__name__, e, file=sys.stderr)
        sys.exit({Bad: 3, Newer: 1}.get(type(e), 4))
