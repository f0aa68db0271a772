# SPDX-License-Identifier: Apache-2.0
# evidence.py: what vaults, packs and bundles have in common (format.md 4.4, 5, 6, 7.5)
from collections import defaultdict

from basics import B, H, Head, L, at, need, text_of

SEGMENT = 1048832
OTS = b"\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\1\x08"
SIGNED_DATA, TST_INFO, SHA256 = map(bytes.fromhex, (
    "2a864886f70d010702", "2a864886f70d0109100104", "608648016503040201"))

class Evidence:
    def __init__(self, c):
        self.c, self.waits = c, []
        self.cards, self.logs = {}, {}  # by H(text) and by name
        self.revoked = defaultdict(list)  # (vault, device): where it ended, or None

    def not_good(self, log, index):  # 4.4
        """Whether a revocation of its device leaves this line out."""
        for sid, size, text_hash in self.revoked[log.vault, log.device] if log.session else ():
            s = self.logs.get(f"sanduq.invalid/{log.vault}/{sid}")  # sid None: of no session
            if not s or not s.session or s.device != log.device or not s.spoken:
                return True
            size = int(size)
            need(size > 0 and s.was(size, text_hash), "two histories of a revoked device")
            if not (log.number < s.number or log is s and index < size):
                return True
        return False

    def heads(self):
        for rid, rec, ver, raw, meta in self.c.rows("rid, id, ver, head, meta FROM record WHERE f = 0"):
            h = Head(raw)
            need((h.id, h.ver) == (rec, ver), "head and columns of a record")
            h.rid, h.meta = rid, meta
            h.wrap = next((b for b, in self.c.rows("b FROM wrap WHERE rid = ?", rid)), None)
            yield h

    def meta_holds(self, h):
        need(h.meta is None or len(h.meta) == h.meta_len + 16 and B(h.meta) == h.m, "metadata of a record")
        need(h.wrap is None or len(h.wrap) == 96, "a wrap")

    def body_holds(self, h):
        left, hashes = h.body_len + 16 * -(-h.body_len // 65536), []
        for i, (n, ct) in enumerate(self.c.rows("n, ct FROM segment WHERE rid = ? ORDER BY n", h.rid)):
            need(n == i and len(ct) == min(left, SEGMENT) and ct, "a segment")
            left -= len(ct)
            hashes.append(B(ct))
        need(left == 0 and H(L("segments"), *hashes) == h.b, "a body")

    def epochs(self, kinds):
        """(id, kind, writer, n, hash of recipients, hash of all) of each."""
        for eid, head, rcpt, wraps, cache in self.c.rows("id, head, rcpt, wraps, cache FROM epoch ORDER BY e"):
            n, kind = at(head, 72, 4), head[4]
            need(len(head) == 112 and head[:4] == b"SQE1" and head[5:8] == bytes(3) and kind in kinds
                 and head[24:40] == eid and at(head, 76, 4) == 1, "an epoch's header")
            need(2 <= n <= 4096 and len(rcpt) == 32 * n and len(wraps) == 1200 * n and (n == 2 or n % 4 == 0),
                 "wraps of an epoch")
            need(cache is None or self.c.kind == "vault" and len(cache) == 80, "cache of an epoch")
            yield eid, head, n, H(L("rcpts"), rcpt), epoch_hash(head, rcpt, wraps)

    def attachments(self):
        by_n = {x.n: x for x in self.logs.values()}
        for n, size, kind, b in self.c.rows("log, size, kind, b FROM attachment"):
            need(n in by_n, "an attachment")
            stamped(text_of(kind), b, by_n[n].points[size])
            yield H(b)

def epoch_hash(head, rcpt, wraps):
    return H(head, H(L("rcpts"), rcpt), H(wraps))

# ---- of which state time evidence speaks: 7.5

def elements(p):
    """[(tag, value)] of the DER elements that follow one another."""
    out, off = [], 0
    while off < len(p):
        need(off + 2 <= len(p) and p[off] & 31 != 31, "DER")
        tag, n, off = p[off], p[off + 1], off + 2
        if n >= 128:
            k = n - 128
            need(1 <= k <= 4 and off + k <= len(p), "DER")
            n, off = at(p, off, k), off + k
            need(n >= 128 and n >> 8 * (k - 1), "DER")
        need(off + n <= len(p), "DER")
        out.append((tag, p[off:off + n]))
        off += n
    return out

def inside(element, tag=0x30, least=1):
    out = elements(element[1])
    need(element[0] == tag and len(out) >= least, "DER")
    return out

def only(p):
    out = elements(p)
    need(len(out) == 1, "DER")
    return out[0]

def tsr_imprint(b):
    status, token = inside(only(b), least=2)[:2]
    need(inside(status)[0] in ((2, b"\0"), (2, b"\1")), "status of a response")
    kind, content = inside(token, least=2)[:2]
    need(kind == (6, SIGNED_DATA), "signedData")
    kind, content = inside(inside(inside(content, 0xa0)[0], least=3)[2], least=2)[:2]
    need(kind == (6, TST_INFO), "id-ct-TSTInfo")
    octets = inside(content, 0xa0)[0]
    need(octets[0] == 4, "TSTInfo")
    fields = inside(only(octets[1]), least=5)
    need([x[0] for x in fields[:2] + fields[3:5]] == [2, 6, 2, 0x18] and 1 <= len(fields[3][1]) <= 32, "TSTInfo")
    algorithm, digest = inside(fields[2], least=2)
    need(inside(algorithm)[0] == (6, SHA256) and digest[0] == 4, "imprint")
    return digest[1]

def stamped(kind, b, text_hash):
    """Bad if it is none, or speaks of another state; another word is not read."""
    if kind == "ots":
        need(len(b) > 65 and b[:33] == OTS, "a timestamp of OpenTimestamps")
    if kind in ("ots", "tsr"):
        need((b[33:65] if kind == "ots" else tsr_imprint(b)) == text_hash, "time evidence of another state")
