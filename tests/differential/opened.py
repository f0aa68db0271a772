#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# opened.py: the second reader and the program open the same records
"""    opened.py SANDUQ VAULT KEYFILE...

Each own record that `sanduq list` shows is opened by both: the fields are those of
`sanduq show --json`, the original is that of `sanduq get`.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../reader"))
from reader import records  # noqa: E402

TYPES = dict(enumerate("text bytes time link body date lang number".split(), 1))
STATES = ("value", "refused", "not-asked", "unknown")


def shown(name, kind, state, value):
    """A field as `sanduq show --json` has it."""
    out = {"name": name, "type": TYPES.get(kind, "other"), "state": STATES[state]}
    if kind not in TYPES:
        out["type_number"] = kind
    if state or kind == 5:
        return out
    if kind == 1:
        out["value"] = value.decode()
    elif kind in (3, 8):
        out["value"] = int.from_bytes(value, "big", signed=True)
    elif kind in (6, 7):
        out["calendar" if kind == 6 else "lang"], _, out["value"] = value.decode().partition(" ")
    else:
        out["hex"] = value.hex()
    return out


def lines(command, *more):
    r = subprocess.run(command + list(more), capture_output=True, check=True,
                       stdin=subprocess.DEVNULL)
    return [json.loads(x) for x in r.stdout.decode().split("\n") if x]


def same_fields(mine, theirs):
    return len(mine) == len(theirs) and all(
        {k: v for k, v in b.items() if k in a} == a for a, b in zip(mine, theirs))


def main(sanduq, vault, keyfile):
    mine, bodies = {}, 0
    for head, fields, data in records(vault, keyfile):
        mine[head.id.hex()] = (head.ver, [shown(*f) for f in fields], data)
    command = [sanduq, "-V", vault, "--key-file", keyfile, "--no-state"]
    listed = [x["id"] for x in lines(command + ["--json"], "list")
              if x["type"] == "record" and "compartment" not in x]
    for rid in listed:
        record = lines(command + ["--json"], "show", rid)[0]
        if "provenance" in record:
            continue
        version, fields, data = mine.pop(rid)
        assert version == record["version"], rid
        assert same_fields(fields, record["fields"]), rid
        assert ("bytes" in record) == (data is not None), rid
        if data is not None:
            got = subprocess.run(command + ["get", rid, "-o", "-"], capture_output=True,
                                 check=True, stdin=subprocess.DEVNULL)
            assert got.stdout == data, rid
            bodies += 1
    assert not mine, "records that the program does not list"
    print(f"{vault}: {len(listed)} records, {bodies} originals are the same")


if __name__ == "__main__":
    for v, k in zip(sys.argv[2::2], sys.argv[3::2]):
        main(sys.argv[1], v, k)
