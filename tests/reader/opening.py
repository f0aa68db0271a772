# SPDX-License-Identifier: Apache-2.0
# opening.py: a vault's own records with a key file (format.md 2, 3, 5, 6 and 12)
import hmac
import struct

import zstandard

from basics import Card, H, Head, L, at, be, mth, need, padme, unb64
from kem import XWing, expand, extract, hpke_open, nb, opened

def X(key, label, ctx, n=32): return expand(key, L(label) + ctx, n)

def unsealed(key, sealed, ad):
    try:
        return nb.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[24:], ad, sealed[:24], key)
    except Exception:
        return None

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
    leaves, who = [], head.id + be(head.ver, 4)
    for i in range(1 << max(3, (len(fields) - 1).bit_length())):
        place, leaf = who + be(i, 2), L("pad")
        salt = X(seed, "field-salt", place)
        if i < len(fields):
            name, kind, state, value = fields[i]
            length, digest = body if kind == 5 and body else (len(value), H(value))
            leaf, salt = L("field") + place, salt + bytes([kind, state, len(name)]) + name.encode()
            salt += be(length, 8) + digest
        leaves.append(H(b"\0", leaf + salt))
    return mth(leaves)

def plain(frame, size):  # 12
    p = zstandard.get_frame_parameters(frame)
    need(frame[:4] == b"\x28\xb5\x2f\xfd" and p.dict_id == 0 and p.window_size <= 8 << 20, "a zstd frame")
    d = zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj()
    out = d.decompress(frame)
    need(len(out) == size and d.eof and not d.unused_data, "a zstd frame")
    return out

class Vault:
    def __init__(self, c, path):  # 3
        self.rows, self.vid, self.kems, self.e0, self.vmk = c.rows, c.meta["vault"], [], {}, None
        with open(path, "rb") as f:
            line = f.read(64).decode().split("\n")
        need(len(line) == 3 and line[::2] == ["sanduq.v1/keyfile", ""], "a key file")
        slots = [b for b, in self.rows("b FROM slot ORDER BY id")]
        for row in slots:
            out = expand(extract(row[:48], H(L("keyfile"), unb64(line[1]))), L("slot") + self.vid, 64)
            if row[4] == 2 and out[32:] == row[48:80]:
                self.vmk = unsealed(out[:32], row[80:], self.vid + row[:80])
                need(self.vmk, "a damaged slot")
        if self.vmk is None:
            raise PermissionError("no slot opens")
        slots = H(L("slots"), c.meta["slots-gen"], *slots)
        mac = hmac.digest(X(self.vmk, "slots-mac", self.vid), slots, "sha256")
        need(mac == c.meta["slots-mac"], "MAC of the slots")
        for gen, note, sealed in self.rows("gen, card, seed FROM identity WHERE seed NOTNULL ORDER BY -gen"):
            card = Card(note)  # 2, 4.1
            seed = unsealed(X(self.vmk, "seed", self.vid), sealed, be(gen, 4) + card.hash)
            need(seed, "a sealed SEED")
            kem = XWing(X(seed, "id-kem", self.vid))
            own = [nb.crypto_sign_seed_keypair(X(seed, x, self.vid))[0] for x in ("id-sign", "id-mini")]
            need([kem.pk, *own] == [card.kem, card.key, card.mini], "own card")
            self.kems.append((kem, card.hash))

    def epoch(self, eid):  # 5.3
        """E0 and kind, out of a wrap; the cache, where there is one, must say the same."""
        head, rcpt, wraps, cache = next(self.rows("head, rcpt, wraps, cache FROM epoch WHERE id = ?", eid))
        ad = head + H(L("rcpts"), rcpt)
        for kem, card in self.kems if eid not in self.e0 else ():
            for j in range(len(wraps) // 1200):
                w = wraps[1200 * j:1200 * j + 1200]
                if eid not in self.e0 and (p := hpke_open(kem, L("epoch") + ad, w)):
                    need(X(p[:32], "epoch-commit", head[:80]) == head[80:], "commit of an epoch")
                    need(rcpt[32 * j:32 * j + 32] == H(L("rcpt"), eid, p[32:], card), "not this recipient's")
                    cell = unsealed(X(self.vmk, "epoch-cache", self.vid), cache, ad) if cache else p
                    need(cell and cell[:32] == p[:32], "cache of an epoch")
                    self.e0[eid] = p[:32], head[4]
        if eid not in self.e0:
            raise PermissionError("an epoch for others")
        return self.e0[eid]

    def record(self, head, meta, wrap):  # 5.2, 6.2
        (e, kind), i = self.epoch(wrap[:16]), at(wrap, 16, 4)
        need(i < (1 << 20 if kind < 3 else 1024), "step of a wrap")
        for k in range(i if kind >= 3 else 0):
            e = X(e, "next", wrap[:16] + be(k, 4))
        rk = unsealed(X(e, "wrap", wrap[:20]), wrap[24:], head.header + head.commit + wrap[:24])
        both = rk and X(rk, "record", H(head.header), 64)
        need(rk and both[32:] == head.commit, "a wrap; commit of a record")
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
        """The original's bytes."""
        made, = next(self.rows("rid FROM record WHERE f = 0 AND id = ? AND ver = ? AND"
                               " substr(head, 193, 32) = ?", head.id, head.body_ver, head.b))
        chunks = [ct[off:off + 65552] for ct, in self.rows("ct FROM segment WHERE rid = ? ORDER BY n", made)
                  for off in range(0, len(ct), 65552)]
        last = len(chunks) - 1
        stream = b"".join(opened(kb, be(n, 11) + bytes([n == last]), x) for n, x in enumerate(chunks))
        need(len(chunks) == -(-head.body_len // 65536) and not any(stream[packed:]), "padding of a body")
        data = stream[:packed] if flags & 2 else plain(stream[:packed], original)
        need(H(data) == digest, "hash of a body")
        return data

    def records(self):
        """(head, fields, bytes of the original or None) of all that open."""
        for raw, meta, wrap in self.rows("r.head, r.meta, w.b FROM record r JOIN wrap w ON w.rid = r.rid"
                                         " WHERE f = 0 ORDER BY r.id, r.ver"):
            try:
                yield (head := Head(raw)), *self.record(head, meta, wrap)
            except PermissionError:
                pass
