# SPDX-License-Identifier: Apache-2.0
# opening.py: a vault's own records with a key file, format.md 2, 3, 5 and 6
import hmac

import zstandard

from basics import (H, L, Card, Head, at, mth, need, padme, text_of, u16, u32, u64,
                    unb64)
from kem import XWing, expand, extract, hpke_open, nb, opened

TYPES = {1: "text", 2: "bytes", 3: "time", 4: "link", 5: "body", 6: "date", 7: "lang",
         8: "number"}
STATES = ("value", "refused", "not-asked", "unknown")


def X(key, label, ctx, n=32):
    return expand(key, L(label) + ctx, n)


def unsealed(key, sealed, ad):
    try:
        return nb.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[24:], ad, sealed[:24], key)
    except Exception:
        return None


def keyfile(path):
    with open(path, "rb") as f:
        line = f.read(64).decode().split("\n")
    need(len(line) == 3 and line[::2] == ["sanduq.v1/keyfile", ""], "a key file")
    return unb64(line[1])


def field_list(p, end=None):
    """[(name, type, state, value)], and where it ends."""
    n, off, out = at(p, 0, 2), 2, []
    need(n <= 1024, "too many fields")
    for _ in range(n):
        kind, state, size = p[off:off + 3]
        name, off = p[off + 3:off + 3 + size].decode(), off + 3 + size
        length, off = at(p, off, 4), off + 4
        need(off + length <= len(p) and state < 4, "a field")
        need(not out or out[-1][0] < name, "order of fields")
        need((kind == 5) == (name == "body"), "a body's field")
        out.append((name, kind, state, p[off:off + length]))
        off += length
    return out, off


def content_root(fields, head, seed, body):
    size = 8
    while size < len(fields):
        size *= 2
    leaves, who = [], head.id + u32(head.ver)
    for i in range(size):
        salt = X(seed, "field-salt", who + u16(i))
        leaf = L("pad") + salt
        if i < len(fields):
            name, kind, state, value = fields[i]
            length, digest = body if kind == 5 and body else (len(value), H(value))
            leaf = (L("field") + who + u16(i) + salt + bytes([kind, state, len(name)])
                    + name.encode() + u64(length) + digest)
        leaves.append(H(b"\0", leaf))
    return mth(leaves)


def plain(frame, size):
    """The one zstd frame that gives `size` bytes, 12."""
    p = zstandard.get_frame_parameters(frame)
    need(frame[:4] == b"\x28\xb5\x2f\xfd" and p.dict_id == 0
         and p.window_size <= 8 << 20, "a zstd frame")
    d = zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj()
    out = d.decompress(frame)
    need(len(out) == size and d.eof and not d.unused_data, "a zstd frame")
    return out


class Vault:
    def __init__(self, c, path, passphrase=None):
        self.c, self.vid = c, c.meta["vault"]
        self.vmk = self.unlock(keyfile(path) if path else None, passphrase)
        self.identities()
        self.e0 = {}

    def unlock(self, k, passphrase):
        base = k and H(L("keyfile"), k)
        want = 3 if k and passphrase else 2 if k else 1
        for _, row in self.c.rows("SELECT id, b FROM slot ORDER BY id"):
            if row[4] != want:
                continue
            t, m = at(row, 8, 4), at(row, 12, 4)
            ikm = base or b""
            if want != 2:
                need(3 <= t <= 64 and 65536 <= m <= 4194304, "cost of a slot")
                ikm = nb.crypto_pwhash_alg(32, passphrase, row[32:48][:16], t, m * 1024,
                                           nb.crypto_pwhash_ALG_ARGON2ID13) + ikm
            out = expand(extract(row[:48], ikm), L("slot") + self.vid, 64)
            if out[32:] == row[48:80]:
                vmk = unsealed(out[:32], row[80:], self.vid + row[:80])
                need(vmk, "a damaged slot")
                slots = H(L("slots"), self.c.meta["slots-gen"], *(
                    b for b, in self.c.rows("SELECT b FROM slot ORDER BY id")))
                mac = hmac.digest(X(vmk, "slots-mac", self.vid), slots, "sha256")
                need(mac == self.c.meta["slots-mac"], "MAC of the slots")
                return vmk
        raise PermissionError("no slot opens")

    def identities(self):
        self.kems, key = [], X(self.vmk, "seed", self.vid)
        for gen, note, sealed in self.c.rows("SELECT gen, card, seed FROM identity"
                                             " ORDER BY gen DESC"):
            card = Card(text_of(note))
            if sealed is None:
                continue
            seed = unsealed(key, sealed, u32(gen) + card.hash)
            need(seed, "a sealed SEED")
            kem = XWing(X(seed, "id-kem", self.vid))
            sign, mini = (nb.crypto_sign_seed_keypair(X(seed, x, self.vid))[0]
                          for x in ("id-sign", "id-mini"))
            need((kem.pk, sign, mini) == (card.kem, card.sign, card.mini), "own card")
            self.kems.append((kem, card.hash))

    def epoch(self, eid):
        """E0 out of a wrap; the cache, where there is one, must say the same."""
        if eid in self.e0:
            return self.e0[eid]
        head, rcpt, wraps, cache = next(self.c.rows(
            "SELECT head, rcpt, wraps, cache FROM epoch WHERE id = ?", eid))
        all_r = H(L("rcpts"), rcpt)
        for kem, fingerprint in self.kems:
            for j in range(len(wraps) // 1200):
                p = hpke_open(kem, L("epoch") + head + all_r,
                              wraps[1200 * j:1200 * j + 1200])
                if p is None:
                    continue
                need(X(p[:32], "epoch-commit", head[:80]) == head[80:], "commit")
                need(rcpt[32 * j:32 * j + 32] == H(L("rcpt"), eid, p[32:], fingerprint),
                     "a recipient that is not this vault")
                if cache is not None:
                    cell = unsealed(X(self.vmk, "epoch-cache", self.vid), cache,
                                    head + all_r)
                    need(cell and cell[:32] == p[:32], "cache of an epoch")
                self.e0[eid] = p[:32], head[4]
                return self.e0[eid]
        raise PermissionError("an epoch for others")

    def record_key(self, head, wrap):
        e, kind = self.epoch(wrap[:16])
        need(at(wrap, 16, 4) < (1 << 20 if kind < 3 else 1024), "step of a wrap")
        for i in range(at(wrap, 16, 4) if kind >= 3 else 0):
            e = X(e, "next", wrap[:16] + u32(i))
        rk = unsealed(X(e, "wrap", wrap[:20]), wrap[24:],
                      head.header + head.commit + wrap[:24])
        need(rk, "a wrap")
        return rk

    def record(self, head, rid, meta, wrap):
        both = X(self.record_key(head, wrap), "record", H(head.header), 64)
        need(both[32:] == head.commit, "commit of a record")
        p = opened(both[:32], bytes(12), meta)
        packed, original = at(p, 68, 8), at(p, 76, 8)
        stored, size = at(p, 84, 4), at(p, 88, 4)
        need(p[0] == 1 and p[1] < 4 and p[2:4] == b"\0\0" and size <= 1 << 24
             and 92 + stored <= len(p), "metadata")
        need(not any(p[92 + stored:]) and len(p) == head.meta_len, "padding")
        need(len(p) == 1024 or 92 + stored > len(p) // 2, "longer padding than needed")
        block = p[92:92 + stored]
        block = plain(block, size) if p[1] & 1 else block
        fields, end = field_list(block)
        need(end == len(block) == size, "end of the field list")
        body, digest = None, next((f[3] for f in fields if f[1] == 5), None)
        if head.body_ver:
            need(digest and len(digest) == 32, "a body's field")
            need(head.body_len in (padme(max(4096, packed)),
                                   1 << (max(4096, packed) - 1).bit_length()), "padding")
            body = (original, digest)
        else:
            need(not any(p[36:84]) and p[1] < 2, "keys without a body")
        need(content_root(fields, head, p[4:36], body) == head.content, "content")
        return fields, p, digest

    def body(self, head, rid, p):
        """The original's bytes, a record's last step."""
        kb, packed, original = p[36:68], at(p, 68, 8), at(p, 76, 8)
        made = next(self.c.rows(
            "SELECT rid FROM record WHERE f = 0 AND id = ? AND ver = ? AND"
            " substr(head, 193, 32) = ?", head.id, head.body_ver, head.b))[0]
        stream, c, chunks = bytearray(), 0, -(-head.body_len // 65536)
        for ct, in self.c.rows("SELECT ct FROM segment WHERE rid = ? ORDER BY n", made):
            for off in range(0, len(ct), 65552):
                nonce = c.to_bytes(11, "big") + bytes([c == chunks - 1])
                stream += opened(kb, nonce, ct[off:off + 65552])
                c += 1
        need(c == chunks and not any(stream[packed:]), "padding of a body")
        raw = bytes(stream[:packed])
        return raw if p[1] & 2 else plain(raw, original)

    def records(self):
        """(head, fields, bytes of the original or None) of all that stand."""
        for rid, raw, meta, wrap in self.c.rows(
                "SELECT r.rid, r.head, r.meta, w.b FROM record r JOIN wrap w ON"
                " w.rid = r.rid WHERE f = 0 ORDER BY r.id, r.ver"):
            head = Head(raw)
            try:
                fields, p, digest = self.record(head, rid, meta, wrap)
            except PermissionError:
                continue
            data = self.body(head, rid, p) if head.body_ver else digest
            need(not head.body_ver or H(data) == digest, "hash of a body")
            yield head, fields, data


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
        first, _, rest = value.decode().partition(" ")
        out["calendar" if kind == 6 else "lang"], out["value"] = first, rest
    else:
        out["hex"] = value.hex()
    return out
