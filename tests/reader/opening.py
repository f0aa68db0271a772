# SPDX-License-Identifier: Apache-2.0
# opening.py: a vault's own records with a key file (format.md 2, 3, 5, 6 and 12)
import hmac
import struct

import zstandard

from basics import Card, H, Head, L, at, be, mth, need, padme, unb64
from kem import XWing, expand, extract, hpke_open, nb, opened

def X(key, label, ctx, n=32):
    return expand(key, L(label) + ctx, n)

def unsealed(key, sealed, ad):
    try:
        return nb.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[24:], ad, sealed[:24], key)
    except Exception:
        return None

def keyfile(path):
    with open(path, "rb") as f:
        line = f.read(64).decode().split("\n")
    need(len(line) == 3 and line[::2] == ["sanduq.v1/keyfile", ""], "a key file")
    return unb64(line[1])

def field_list(p):
    """[(name, type, state, value)] of a whole block."""
    n, off, out = at(p, 0, 2), 2, []
    need(n <= 1024, "too many fields")
    for _ in range(n):
        kind, state, size = p[off:off + 3]
        name, off = p[off + 3:off + 3 + size].decode(), off + 3 + size
        value = p[off + 4:off + 4 + at(p, off, 4)]
        need(len(value) == at(p, off, 4) and state < 4, "a field")
        need(not out or out[-1][0] < name, "order of fields")
        need((kind == 5) == (name == "body"), "a body's field")
        out.append((name, kind, state, value))
        off += 4 + len(value)
    need(off == len(p), "end of the field list")
    return out

def content_root(fields, head, seed, body):  # 6.3
    leaves, who, size = [], head.id + be(head.ver, 4), 1 << max(3, (len(fields) - 1).bit_length())
    for i in range(size):
        salt = X(seed, "field-salt", who + be(i, 2))
        leaf = L("pad") + salt
        if i < len(fields):
            name, kind, state, value = fields[i]
            length, digest = body if kind == 5 and body else (len(value), H(value))
            leaf = (L("field") + who + be(i, 2) + salt + bytes([kind, state, len(name)]) + name.encode()
                    + be(length, 8) + digest)
        leaves.append(H(b"\0", leaf))
    return mth(leaves)

def plain(frame, size):  # 12
    p = zstandard.get_frame_parameters(frame)
    need(frame[:4] == b"\x28\xb5\x2f\xfd" and p.dict_id == 0 and p.window_size <= 8 << 20, "a zstd frame")
    d = zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj()
    out = d.decompress(frame)
    need(len(out) == size and d.eof and not d.unused_data, "a zstd frame")
    return out

class Vault:
    def __init__(self, c, path, passphrase=None):
        self.c, self.vid, self.kems, self.e0 = c, c.meta["vault"], [], {}
        self.vmk = self.unlock(H(L("keyfile"), keyfile(path)) if path else b"", passphrase)
        self.identities(X(self.vmk, "seed", self.vid))

    def unlock(self, key, passphrase):  # 3
        slots = [b for b, in self.c.rows("b FROM slot ORDER BY id")]
        for row in slots:
            t, m = at(row, 8, 4), at(row, 12, 4)
            if row[4] != (3 if key and passphrase else 2 if key else 1):
                continue
            ikm = key
            if passphrase:
                need(3 <= t <= 64 and 65536 <= m <= 4194304, "cost of a slot")
                ikm = nb.crypto_pwhash_alg(32, passphrase, row[32:48], t, m * 1024,
                                           nb.crypto_pwhash_ALG_ARGON2ID13) + key
            out = expand(extract(row[:48], ikm), L("slot") + self.vid, 64)
            if out[32:] == row[48:80]:
                vmk = unsealed(out[:32], row[80:], self.vid + row[:80])
                need(vmk, "a damaged slot")
                mac = hmac.digest(X(vmk, "slots-mac", self.vid), H(L("slots"), self.c.meta["slots-gen"], *slots),
                                  "sha256")
                need(mac == self.c.meta["slots-mac"], "MAC of the slots")
                return vmk
        raise PermissionError("no slot opens")

    def identities(self, key):  # 2, 4.1
        for gen, note, sealed in self.c.rows("gen, card, seed FROM identity WHERE seed NOTNULL ORDER BY gen DESC"):
            card = Card(note)
            seed = unsealed(key, sealed, be(gen, 4) + card.hash)
            need(seed, "a sealed SEED")
            kem = XWing(X(seed, "id-kem", self.vid))
            sign, mini = (nb.crypto_sign_seed_keypair(X(seed, x, self.vid))[0] for x in ("id-sign", "id-mini"))
            need((kem.pk, sign, mini) == (card.kem, card.key, card.mini), "own card")
            self.kems.append((kem, card.hash))

    def epoch(self, eid):  # 5.3
        """E0 and kind, out of a wrap; the cache, where there is one, must say the same."""
        if eid not in self.e0:
            head, rcpt, wraps, cache = next(self.c.rows("head, rcpt, wraps, cache FROM epoch WHERE id = ?", eid))
            ad = head + H(L("rcpts"), rcpt)
            p, j, card = next(((p, j, card) for kem, card in self.kems for j in range(len(wraps) // 1200)
                               if (p := hpke_open(kem, L("epoch") + ad, wraps[1200 * j:1200 * j + 1200]))),
                              (None, 0, b""))
            if p is None:
                raise PermissionError("an epoch for others")
            need(X(p[:32], "epoch-commit", head[:80]) == head[80:], "commit")
            need(rcpt[32 * j:32 * j + 32] == H(L("rcpt"), eid, p[32:], card), "a recipient that is not this vault")
            cell = p if cache is None else unsealed(X(self.vmk, "epoch-cache", self.vid), cache, ad)
            need(cell and cell[:32] == p[:32], "cache of an epoch")
            self.e0[eid] = p[:32], head[4]
        return self.e0[eid]

    def record_key(self, head, wrap):  # 5.2
        (e, kind), i = self.epoch(wrap[:16]), at(wrap, 16, 4)
        need(i < (1 << 20 if kind < 3 else 1024), "step of a wrap")
        for k in range(i if kind >= 3 else 0):
            e = X(e, "next", wrap[:16] + be(k, 4))
        rk = unsealed(X(e, "wrap", wrap[:20]), wrap[24:], head.header + head.commit + wrap[:24])
        need(rk, "a wrap")
        return rk

    def record(self, head, meta, wrap):  # 6.2
        both = X(self.record_key(head, wrap), "record", H(head.header), 64)
        need(both[32:] == head.commit, "commit of a record")
        p = opened(both[:32], bytes(12), meta)
        one, flags, zero, seed, kb, packed, original, stored, size = struct.unpack(">BBH32s32sQQII", p[:92])
        need(one == 1 and flags < 4 and zero == 0 and size <= 1 << 24 and 92 + stored <= len(p), "metadata")
        need(not any(p[92 + stored:]) and len(p) == head.meta_len, "padding")
        need(len(p) == 1024 or 92 + stored > len(p) // 2, "longer padding than needed")
        block = plain(p[92:92 + stored], size) if flags & 1 else p[92:92 + stored]
        fields, least = field_list(block), max(4096, packed)
        digest = next((f[3] for f in fields if f[1] == 5), None)
        need(len(block) == size, "length of the field list")
        if head.body_ver:
            need(digest and len(digest) == 32, "a body's field")
            need(head.body_len in (padme(least), 1 << (least - 1).bit_length()), "padding")
        else:
            need(not any(p[36:84]) and flags < 2, "keys without a body")
        root = content_root(fields, head, seed, (original, digest) if head.body_ver else None)
        need(root == head.content, "content")
        if not head.body_ver:
            return fields, digest  # an empty original, or none
        data = self.body(head, kb, flags, packed, original)
        need(H(data) == digest, "hash of a body")
        return fields, data

    def body(self, head, kb, flags, packed, original):  # 6.4
        """The original's bytes."""
        made, = next(self.c.rows("rid FROM record WHERE f = 0 AND id = ? AND ver = ? AND substr(head, 193, 32) = ?",
                                 head.id, head.body_ver, head.b))
        stream, n, chunks = bytearray(), 0, -(-head.body_len // 65536)
        for ct, in self.c.rows("ct FROM segment WHERE rid = ? ORDER BY n", made):
            for off in range(0, len(ct), 65552):
                stream += opened(kb, be(n, 11) + bytes([n == chunks - 1]), ct[off:off + 65552])
                n += 1
        need(n == chunks and not any(stream[packed:]), "padding of a body")
        raw = bytes(stream[:packed])
        return raw if flags & 2 else plain(raw, original)

    def records(self):
        """(head, fields, bytes of the original or None) of all that open."""
        for raw, meta, wrap in self.c.rows("r.head, r.meta, w.b FROM record r JOIN wrap w ON w.rid = r.rid"
                                           " WHERE f = 0 ORDER BY r.id, r.ver"):
            head = Head(raw)
            try:
                yield head, *self.record(head, meta, wrap)
            except PermissionError:
                pass
