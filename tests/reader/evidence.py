# SPDX-License-Identifier: Apache-2.0
# evidence.py: what vaults, packs and bundles have in common (format.md 4.4, 5, 6, 7.5)
from collections import defaultdict

from basics import B, Bad, H, Head, L, Log, at, need

SEGMENT = 1048832
OTS = b"\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\1\x08"
SIGNED_DATA, TST_INFO, SHA256 = map(bytes.fromhex, (
    "2a864886f70d010702", "2a864886f70d0109100104", "608648016503040201"))

class Evidence:
    def __init__(self, c):
        self.c, self.rows, self.count, self.kind, self.vault, self.meta = (
            c, c.rows, c.count, c.kind, c.vault, c.meta)
        self.waits = []  # why what holds is not as asked
        self.cards, self.logs = {}, {}  # by H(text) and by name
        # (vault, device): the states that revocations name; the sessions that device notes name
        self.revoked, self.first = defaultdict(list), defaultdict(set)

    def mine(self, vault):
        return True

    def by_card(self, vault, card, note):
        """Whether the note is signed by this card, which must be here and of this vault."""
        by = self.cards.get(card)
        return bool(by and by.vault == vault and by.signs(note))

    def signers(self, vault, note):
        return [x for x in self.cards.values() if x.vault == vault and x.signs(note)]

    def session_before(self, s):  # 4.3
        """The session that this one was drawn over, if it is here; Bad if it is not that."""
        before, first = s.base and self.logs.get(s.base[0]), self.first[s.vault, s.device]
        need(s.base or s.signs(s.note) and (not first or s.hash in first), "a first session")
        need(not before or before.before(s), "a session, and how the one before it ended")
        return before

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

    def read_logs(self):
        """Those of the vaults that are judged here, their notes and no more."""
        self.by_n = {}
        for n, name, note in self.rows("n, origin, note FROM log ORDER BY n"):
            log = Log(note, n)
            need(log.name == name, "origin of a log")
            if self.mine(log.vault):
                self.by_n[n] = self.logs[name] = log

    def heads(self):
        for rid, rec, ver, raw, meta in self.rows("rid, id, ver, head, meta FROM record WHERE f = 0"):
            h = Head(raw)
            need((h.id, h.ver) == (rec, ver), "head and columns of a record")
            h.rid, h.meta, h.use = rid, meta, 0
            h.wrap = next((b for b, in self.rows("b FROM wrap WHERE rid = ?", rid)), None)
            if self.mine(h.origin.hex()):
                yield h

    def meta_holds(self, h):
        need(h.meta is None or len(h.meta) == h.meta_len + 16 and B(h.meta) == h.m, "metadata of a record")
        need(h.wrap is None or len(h.wrap) == 96, "a wrap")

    def body_holds(self, h):
        parts = list(self.rows("n, length(ct) FROM segment WHERE rid = ? ORDER BY n", h.rid))
        size = h.body_len + 16 * -(-h.body_len // 65536)
        wanted = [(i, min(size - off, SEGMENT)) for i, off in enumerate(range(0, size, SEGMENT))]
        need(parts == wanted and h.b == H(L("segments"), *(B(ct) for ct, in self.rows(
            "ct FROM segment WHERE rid = ? ORDER BY n", h.rid))), "a body")

    def epochs(self, kinds):  # 5
        """(id, header, n, hash of recipients, hash of all) of each."""
        for eid, head, rcpt, wraps, cache in self.rows("id, head, rcpt, wraps, cache FROM epoch ORDER BY e"):
            n = at(head, 72, 4)
            need(len(head) == 112 and head[:4] == b"SQE1" and head[5:8] == bytes(3) and head[4] in kinds
                 and head[24:40] == eid and at(head, 76, 4) == 1, "an epoch's header")
            need(2 <= n <= 4096 and len(rcpt) == 32 * n and len(wraps) == 1200 * n and (n == 2 or n % 4 == 0),
                 "wraps of an epoch")
            need(cache is None or self.kind == "vault" and len(cache) == 80, "cache of an epoch")
            yield eid, head, n, H(L("rcpts"), rcpt), epoch_hash(head, rcpt, wraps)

    def attachments(self):  # 7.5
        """The hash of each; what it is, by its bytes, is what it is called."""
        seen = []
        for n, size, kind, b in self.rows("log, size, kind, b FROM attachment"):
            need(n in self.by_n, "an attachment")
            for word, imprint in (("ots", ots_imprint), ("tsr", tsr_imprint)):
                try:
                    found = imprint(b)
                except Bad:
                    found = None
                need((found is not None) == (kind == word), "what is none, or under another word")
                need(kind != word or found == self.by_n[n].points[size], "time evidence of another state")
            seen.append(H(b))
        return seen

def epoch_hash(head, rcpt, wraps):
    return H(head, H(L("rcpts"), rcpt), H(wraps))

# ---- of which state time evidence speaks: 7.5

def ots_imprint(b):
    need(len(b) > 65 and b[:33] == OTS, "a timestamp of OpenTimestamps")
    return b[33:65]

def elements(p):
    """(tag, value) of the DER elements that follow one another."""
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

def inside(element, tag=0x30, least=1, most=1 << 30):
    out = elements(element[1])
    need(element[0] == tag and least <= len(out) <= most, "DER")
    return out

def tsr_imprint(b):
    whole, = inside((None, b), None, most=1)
    status, token = inside(whole, least=2)[:2]
    signed_data, content = inside(token, least=2)[:2]
    tst_info, content = inside(inside(inside(content, 0xa0)[0], least=3)[2], least=2)[:2]
    info, = inside(inside(content, 0xa0)[0], 4, most=1)
    fields = inside(info, least=5)
    algorithm, digest = inside(fields[2], least=2)
    need(inside(status)[0] in ((2, b"\0"), (2, b"\1")), "status of a response")
    need((signed_data, tst_info) == ((6, SIGNED_DATA), (6, TST_INFO)), "no TSTInfo that is signed")
    need([x[0] for x in fields[:2] + fields[3:5]] == [2, 6, 2, 0x18] and 1 <= len(fields[3][1]) <= 32, "TST")
    need(inside(algorithm)[0] == (6, SHA256) and digest[0] == 4, "imprint")
    return digest[1]
