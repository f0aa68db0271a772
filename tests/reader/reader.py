#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# reader.py: a second reader of Sanduq files, written from docs/format.md alone
"""Shares nothing with the program; standard library, PyNaCl, python3-zstandard.

    reader.py verify FILE...             what sanduq verify FILE judges, without a key
    reader.py open VAULT KEYFILE [ID]    every record: id, version, fields as JSON lines
    reader.py get VAULT KEYFILE ID       the original bytes of a record

Ends with 0, 3 (does not match), 6 (sound, not as asked for), 1 (no container, or
made by a newer program).
"""
import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/../docs")

from basics import Bad, Newer, need
from container import Container
from judge_vault import Judge


def verify(path):
    """(status, why) of any file."""
    try:
        c = Container(path)
        if c.kind == "kit":
            raise Newer("kits are opened, not verified")
        j = Judge(c)
        return j.judge(), "; ".join(j.waits)
    except Bad as e:
        return 3, str(e)
    except Newer as e:
        return 1, str(e)


def main(argv):
    worst = 0
    for path in argv[1:]:
        status, why = verify(path)
        print(status, path, why)
        worst = worst or status
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
