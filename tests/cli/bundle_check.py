# SPDX-License-Identifier: Apache-2.0
"""bundle_check.py: a second reader of bundles, from docs/format.md alone.

usage: bundle_check.py FILE.bundle   recompute what the sender signed

No signature is checked here (the standard library has no Ed25519): entries,
epoch, manifest, statements, bodies and proofs are, by hashing.
"""
import base64
import hashlib
import sqlite3
import struct
import sys


def h(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def label(name):
    return b"sanduq.v1/" + name.encode() + b"\0"


def blake(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def b64(data):
    return base64.b64encode(data).decode()


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return h(b"\1", tree(leaves[:k]), tree(leaves[k:]))


def root_of(leaf, index, size, path):
    """RFC 6962 audit path, from the leaf upwards."""
    node, last = leaf, size - 1
    for step in path:
        if index & 1 or index == last:
            node = h(b"\1", step, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = h(b"\1", node, step)
        index, last = index >> 1, last >> 1
    assert last == 0, "the path is too short"
    return node


def statement(head, ct):
    origin, rid = head[8:24].hex(), head[24:40].hex()
    version = struct.unpack(">I", head[40:44])[0]
    prev = b64(head[64:96]) if version > 1 else "-"
    text = "sanduq.v1/record\n%s\n%s %d\ncontent %s\ncipher %s\nkey %s\nprev %s\n" % (
        origin, rid, version, b64(head[128:160]), b64(ct), b64(head[96:128]), prev)
    return h(text.encode())


def check(path):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    meta = dict(db.execute("SELECT k, v FROM meta"))
    text = meta["bundle"].decode().split("\n\n")[0] + "\n"
    said = [line.split(" ") for line in text.splitlines()]
    assert said[0] == ["sanduq.v1/bundle"] and said[1][1] == "from"
    assert bytes.fromhex(said[1][2]) == meta["vault"]
    head, rcpt, wraps = db.execute("SELECT head, rcpt, wraps FROM epoch").fetchone()
    rcpts = h(label("rcpts"), rcpt)
    assert said[2][1] == b64(h(head, rcpts, h(wraps))), "epoch"
    assert said[3][1:] == [str(len(wraps) // 1200), b64(rcpts)], "rcpt"
    assert said[5][1] == b64(h(meta["manifest"])), "manifest"
    points = {}
    for log, size, note in db.execute("SELECT log, size, note FROM checkpoint"):
        cp = note.split("\n\n")[0] + "\n"
        points[log] = (size, base64.b64decode(cp.splitlines()[2]), b64(h(cp.encode())))
    assert said[6][1] in [p[2] for p in points.values()], "log"
    entries, stmts, proved = [], {}, set()
    for rid, id_, ver, head, ct_meta in db.execute(
            "SELECT rid, id, ver, head, meta FROM record ORDER BY rid"):
        header, m, b = head[:96], head[160:192], head[192:]
        segs = [blake(x[0]) for x in db.execute(
            "SELECT ct FROM segment WHERE rid = ? ORDER BY n", (rid,))]
        assert not segs or h(label("segments"), *segs) == b, "body"
        assert ct_meta is None or blake(ct_meta) == m, "metadata"
        ct = h(label("cipher"), header, head[96:128], m, b)
        stmt = statement(head, ct)
        stmts[stmt] = head[64:96]
        common = id_ + struct.pack(">I", ver) + stmt + ct
        wrap = db.execute("SELECT b FROM wrap WHERE rid = ?", (rid,)).fetchone()
        parts = db.execute("SELECT wrap, b FROM extract WHERE rid = ?", (rid,)).fetchall()
        if wrap:
            entries.append(b"\1" + common + h(wrap[0]) + bytes(32))
        for w, x in parts:
            entries.append(b"\2" + common + h(w) + h(x))
        if not wrap and not parts:
            entries.append(b"\0" + common + bytes(64))
        for log, size, idx, kind, ev, p in db.execute(
                "SELECT log, size, idx, kind, ev, path FROM proof WHERE rid = ?", (rid,)):
            leaf = "sanduq.v1/leaf\n%s %s %d\n%s\n%s\n" % (
                kind, id_.hex(), ver, b64(stmt), b64(ev))
            path = [p[i:i + 32] for i in range(0, len(p), 32)]
            assert points[log][0] == size, "size"
            assert root_of(h(b"\0", leaf.encode()), idx, size, path) == points[log][1]
            proved.add(stmt)
    assert all(prev in stmts or prev == bytes(32) for prev in stmts.values()), "prev"
    leaning = {prev for stmt, prev in stmts.items()}
    assert all(s in proved or s in leaning for s in stmts), "proof"
    entries.sort()
    assert len(set(entries)) == len(entries)
    leaves = [h(b"\0", label("entry"), e) for e in entries]
    assert said[4][1:] == [str(len(entries)), b64(tree(leaves))], "records"
    print("%d entries, %d proved" % (len(entries), len(proved)))


check(sys.argv[1])
