#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# reader.py: a second reader of Sanduq containers, written from docs/format.md alone
"""Shares nothing with the program; standard library, PyNaCl, python3-zstandard.

    reader.py verify FILE             what `sanduq verify FILE` judges, without a key
    reader.py open VAULT KEYFILE      each record version that opens, as a JSON line
    reader.py get VAULT KEYFILE ID    the original bytes of a record's newest version

Ends with 0, 3 (does not match), 6 (sound, not as asked for), 4 (no key), 1 (no
container, or made by a newer program). Texts that come alone, disclosures too:
tests/docs/text_check.py.
"""
import functools
import json
import os
import sqlite3
import struct
import sys

import zstandard
from nacl.exceptions import CryptoError

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs"))
from basics import Card, H, Head, L, Newer, at, be, need, padme, tree, words
from container import Container
from judge import Judge
from kem import X, XWing, expand, extract, hpke_open, nb, opened, unsealed

# What does not decode, or names a log, a state or a card that is not here (KeyError), does not match.
DIFFERS = ValueError, KeyError, OverflowError, sqlite3.Error, struct.error, CryptoError, zstandard.ZstdError

def verify(path):
    """(status, why) of any file."""
    try:
        judge = Judge(Container(path))
        return judge.judge(), "; ".join(judge.waits)
    except (*DIFFERS, Newer) as e:
        return 1 if isinstance(e, Newer) else 3, f"{type(e).__name__}: {e}"

# ---- a vault's own records with a key file: 2, 3, 5, 6, 12

def field_list(p):  # 6.2: [(name, type, state, value)] of a whole block
    off, out = 2, []
    need(at(p, 0, 2) <= 1024, "too many fields")
    for _ in range(at(p, 0, 2)):
        kind, state, n = p[off:off + 3]
        name, size, off = p[off + 3:off + 3 + n].decode(), at(p, off + 3 + n, 4), off + 7 + n
        need(state < 4 and (kind == 5) == (name == "body") and (not out or out[-1][0] < name), "a field")
        out.append((name, kind, state, p[off:off + size]))
        off += size
    need(off == len(p), "end of the field list")
    return out

def content_root(fields, head, seed, body):  # 6.3
    leaves = []
    for i in range(1 << max(3, (len(fields) - 1).bit_length())):
        place = head.id + be(head.ver, 4) + be(i, 2)
        salt = X(seed, "field-salt", place)
        leaf = L("pad") + salt
        if i < len(fields):
            name, kind, state, value = fields[i]
            length, digest = body if kind == 5 and body else (len(value), H(value))
            leaf = b"".join((L("field"), place, salt, bytes([kind, state, len(name)]), name.encode(),
                             be(length, 8), digest))
        leaves.append(H(b"\0", leaf))
    return tree(leaves)[0][-1]

def plain(frame, size):  # 12
    p = zstandard.get_frame_parameters(frame)
    need(frame[:4] == b"\x28\xb5\x2f\xfd" and p.dict_id == 0 and p.window_size <= 8 << 20, "a zstd frame")
    d = zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj()
    out = d.decompress(frame)
    need(len(out) == size and d.eof and not d.unused_data, "a zstd frame")
    return out

class Vault:
    """What the key opens; a seal that should open and does not is an error of nacl."""

    def __init__(self, c, path):  # 3
        self.rows, self.vid, self.kems, self.vmk = c.rows, c.meta["vault"], [], None
        with open(path, encoding="utf-8") as f:
            key, = words("sanduq\\.v1/keyfile\nH\n", f.read(64))
        slots = [b for b, in self.rows("b FROM slot ORDER BY id")]
        for row in slots:
            out = expand(extract(row[:48], H(L("keyfile"), key)), L("slot") + self.vid, 64)
            if row[4] == 2 and out[32:] == row[48:80]:
                self.vmk = unsealed(out[:32], row[80:], self.vid + row[:80])
        if self.vmk is None:
            raise PermissionError("no slot opens")
        mac = extract(X(self.vmk, "slots-mac", self.vid), H(L("slots"), c.meta["slots-gen"], *slots))
        need(mac == c.meta["slots-mac"], "MAC of the slots")  # Extract is HMAC
        for gen, note, sealed in self.rows("gen, card, seed FROM identity WHERE seed NOTNULL ORDER BY -gen"):
            card = Card(note)  # 2, 4.1
            seed = unsealed(X(self.vmk, "seed", self.vid), sealed, be(gen, 4) + card.hash)
            kem = XWing(X(seed, "id-kem", self.vid))
            own = [nb.crypto_sign_seed_keypair(X(seed, x, self.vid))[0] for x in ("id-sign", "id-mini")]
            need([kem.pk, *own] == [card.kem, card.key, card.mini], "own card")
            self.kems.append((kem, card.hash))

    @functools.cache
    def epoch(self, eid):  # 5.3
        """E0 and kind, out of a wrap; the cache, where there is one, must say the same."""
        head, rcpt, wraps, cache = next(self.rows("head, rcpt, wraps, cache FROM epoch WHERE id = ?", eid))
        ad = head + H(L("rcpts"), rcpt)
        for kem, card, j in [(*kem, j) for kem in self.kems for j in range(len(wraps) // 1200)]:
            if p := hpke_open(kem, L("epoch") + ad, wraps[1200 * j:1200 * j + 1200]):
                need(X(p[:32], "epoch-commit", head[:80]) == head[80:], "commit of an epoch")
                need(rcpt[32 * j:32 * j + 32] == H(L("rcpt"), eid, p[32:], card), "not this recipient's")
                cell = unsealed(X(self.vmk, "epoch-cache", self.vid), cache, ad) if cache else p
                need(cell[:32] == p[:32], "cache of an epoch")
                return p[:32], head[4]
        raise PermissionError("an epoch for others")

    def record(self, head, meta, wrap):  # 5.2, 6.2
        """Its fields, and the original's bytes or None."""
        (e, kind), i = self.epoch(wrap[:16]), at(wrap, 16, 4)
        need(i < (1 << 20 if kind < 3 else 1024), "step of a wrap")
        for k in range(i if kind >= 3 else 0):
            e = X(e, "next", wrap[:16] + be(k, 4))
        rk = unsealed(X(e, "wrap", wrap[:20]), wrap[24:], head.header + head.commit + wrap[:24])
        both = X(rk, "record", H(head.header), 64)
        need(both[32:] == head.commit, "commit of a record")
        p = opened(both[:32], bytes(12), meta)
        one, flags, zero, seed, kb, packed, original, stored, size = struct.unpack(">BBH32s32sQQII", p[:92])
        end, least = 92 + stored, max(4096, packed)
        need(one == 1 and flags < 4 and zero == 0 and size <= 1 << 24 and end <= len(p), "metadata")
        need(not any(p[end:]) and len(p) == head.meta_len, "padding")
        need(len(p) == 1024 or end > len(p) // 2, "longer padding than needed")
        block = plain(p[92:end], size) if flags & 1 else p[92:end]
        fields = field_list(block)
        data = next((f[3] for f in fields if f[1] == 5), None)
        need(len(block) == size and (head.body_ver or not any(p[36:84]) and flags < 2), "no body")
        need(not head.body_ver or data and len(data) == 32 and head.body_len in (
            padme(least), 1 << (least - 1).bit_length()), "a body's field and padding")
        body = (original, data) if head.body_ver else None
        need(content_root(fields, head, seed, body) == head.content, "content")
        return fields, self.body(head, kb, flags, packed, original, data) if head.body_ver else data

    def body(self, head, kb, flags, packed, original, digest):  # 6.4
        chunks = [ct[off:off + 65552] for ct, in self.rows(
            "ct FROM segment JOIN record USING (rid) WHERE f = 0 AND id = ? AND ver = ? AND"
            " substr(head, 193, 32) = ? ORDER BY n", head.id, head.body_ver, head.b)
                  for off in range(0, len(ct), 65552)]
        last = len(chunks) - 1
        stream = b"".join(opened(kb, be(n, 11) + bytes([n == last]), x) for n, x in enumerate(chunks))
        need(len(chunks) == -(-head.body_len // 65536) and not any(stream[packed:]), "padding of a body")
        data = stream[:packed] if flags & 2 else plain(stream[:packed], original)
        need(H(data) == digest, "hash of a body")
        return data

def records(path, keyfile):
    """(head, fields, bytes of the original or None) of all versions that open."""
    vault = Vault(Container(path), keyfile)
    for raw, meta, wrap in vault.rows(
            "head, meta, b FROM record JOIN wrap USING (rid) WHERE f = 0 ORDER BY id, ver"):
        try:
            yield (head := Head(raw)), *vault.record(head, meta, wrap)
        except PermissionError:
            pass

def main(command=None, *args):
    if command == "verify" and len(args) == 1:
        status, why = verify(*args)
        print(status, why)
        return status
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
    except (*DIFFERS, Newer, PermissionError) as e:
        print(type(e).__name__, e, file=sys.stderr)
        sys.exit(1 if isinstance(e, Newer) else 4 if isinstance(e, PermissionError) else 3)
