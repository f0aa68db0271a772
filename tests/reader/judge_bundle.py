# SPDX-License-Identifier: Apache-2.0
# judge_bundle.py: bundles without a key, step by step as format.md 9.3
from collections import defaultdict

from basics import (B, H, L, Bad, Card, Head, LogNote, at, form, included, leaf_hash, mth,
                    need, note_split, point, raw_of, signed, text_of, u32)
from stamps import stamped
from judge_vault import Log, body_holds, epoch_hash, epoch_shape, last_of

BOUNDS = {"record": 20, "extract": 20, "proof": 21, "log": 18, "checkpoint": 18,
          "attachment": 18, "note": 17, "epoch": 16}
NOTES = ("card", "device", "revoke", "withdraw", "withdraw-revoked", "ack", "receipt")


class Bundle:
    sender = None
    skip = None  # the vault whose logs, notes and records are judged elsewhere

    def __init__(self, c):
        self.c, self.waits = c, []

    def notes(self):
        self.by_kind = defaultdict(list)
        for kind, b in self.c.rows("SELECT kind, b FROM note"):
            kind, note = text_of(kind), text_of(b)
            need(kind in NOTES, "kind of a note")
            try:
                if form(kind, note_split(note)[0])[0] != self.skip:
                    self.by_kind[kind].append(note)
            except Bad:
                pass  # what is no note of its kind says nothing
        need(len(self.by_kind["card"]) <= 4096, "too many cards")
        self.cards = cards_that_hold(self.by_kind["card"])

    def signature(self):
        note = text_of(self.c.meta["bundle"])
        text, _ = note_split(note)
        (_, vault, card, self.epoch, self.n, self.rcpt, self.entries, self.root,
         manifest, self.newest) = form("bundle", text)
        self.sender = self.cards.get(card)
        need(self.sender and vault == self.c.vault == self.sender.vault, "the sender")
        need(self.sender.signs(note), "the sender's signature")
        need(manifest == H(self.c.meta["manifest"]), "the manifest")
        size = len(self.c.meta["manifest"]) - 40
        need(size in [1024 << k for k in range(11)], "length of the manifest")

    def epochs(self):
        kinds = []
        named = {b for b, in self.c.rows("SELECT substr(b, 1, 16) FROM wrap")}
        for eid, head, rcpt, wraps, cache in self.c.rows(
                "SELECT id, head, rcpt, wraps, cache FROM epoch"):
            n, kind = epoch_shape(eid, head, rcpt, wraps), head[4]
            kinds.append(kind)
            need(cache is None and kind in (2, 4), "an epoch in a bundle")
            need(kind == 2 or eid in named, "an epoch that no wrap names")
            if kind == 2:
                self.eid = eid
                need(n % 4 == 0 and head[8:24].hex() == self.c.vault
                     and head[40:72] == H(self.sender.sign), "writer of the epoch")
                need((str(n), H(L("rcpts"), rcpt), epoch_hash(head, rcpt, wraps))
                     == (self.n, self.rcpt, self.epoch), "the epoch as signed")
            else:
                need(n == 2 or n % 4 == 0, "number of wraps")
        need(kinds.count(2) == 1, "epochs of kind 2")

    def logs(self):
        self.log, self.by_id, self.session = {}, {}, {}
        for n, origin, note in self.c.rows("SELECT n, origin, note FROM log"):
            note = LogNote(text_of(note))
            need(note.origin == text_of(origin), "origin of a log")
            if note.vault == self.skip:
                continue
            log = self.log[n] = Log(n, note)
            self.by_id[note.origin] = log
            log.roots = {}
        for n, size, note in self.c.rows("SELECT log, size, note FROM checkpoint"):
            log = self.log.get(n)
            if not log:
                continue
            got, root, text = point(text_of(note), log.note)
            need(got == size, "size of a checkpoint")
            log.points[size], log.roots[size] = text, root
        self.devices = {}
        for note in self.by_kind["device"]:
            vault, device, card, first = form("device", note_split(note)[0])
            by = self.cards.get(card)
            if by and by.vault == vault and by.signs(note):
                self.devices.setdefault((vault, device), {})[first] = by
        for log in self.log.values():
            log.spoken = self.log_counts(log.note)

    def sender_log(self):
        named = [x for x in self.log.values() if self.newest in x.points.values()]
        need(named and named[0].note.vault == self.c.vault, "the sender's log")

    def log_counts(self, note):
        """True, False (waits) or Bad."""
        if not note.session:
            card = self.cards.get(note.card)
            need(card and card.vault == note.vault and card.signs(note.note),
                 "a replica note that no card here signed")
            return True
        firsts = self.devices.get((note.vault, note.device), {})
        steps = 0
        while True:
            before = note.base and self.by_id.get(
                f"sanduq.invalid/{note.vault}/{note.base[0]}")
            if note.number == 1:
                need(note.base is None and signed(note.note, note.origin, note.key),
                     "a first session")
                need(not firsts or note.hash in firsts, "a device substituted")
            elif before:
                b = before.note
                need(b.session and (b.device, b.number + 1) == (note.device, note.number)
                     and signed(note.note, b.origin, b.key), "the session before")
                size, text = int(note.base[1]), raw_of(note.base[2])
                need(before.points.get(size, text) == text
                     and max(before.points, default=0) <= size, "how a session ended")
            if note.hash in firsts:
                return True
            if not before:
                return False
            note, steps = b, steps + 1
            need(steps < 2**18, "sessions in a circle")

    def revocations(self):
        self.revoked = defaultdict(list)
        for note in self.by_kind["revoke"]:
            vault, what, who, last = form("revoke", note_split(note)[0])
            by = [x for x in self.cards.values() if x.vault == vault and x.signs(note)]
            if what == "device" and by:
                self.revoked[vault, who].append(last)
            elif any(str(x.gen) == who for x in by if x is self.sender):
                self.waits.append("the sender's card is revoked")

    def not_good(self, note, index):
        for last in self.revoked[note.vault, note.device]:
            if last is None:
                return True
            sid, size, text = last_of(last)
            s = self.by_id.get(f"sanduq.invalid/{note.vault}/{sid}")
            if not s or s.note.device != note.device or not s.spoken:
                return True
            need(s.points.get(size, text) == text, "two histories")
            if not (note.number < s.note.number or note is s.note and index < size):
                return True
        return False

    def heads(self):
        self.heads_by, self.rid, entries = {}, {}, []
        for rid, rec, ver, raw, meta in self.c.rows(
                "SELECT rid, id, ver, head, meta FROM record WHERE f = 0"):
            h = self.rid[rid] = Head(raw)
            need((h.id, h.ver) == (rec, ver), "head and columns of a record")
            need((rec, ver) not in self.heads_by, "a version twice")
            self.heads_by[rec, ver], h.rid = h, rid
            wrap = [b for b, in self.c.rows("SELECT b FROM wrap WHERE rid = ?", rid)]
            ext = list(self.c.rows("SELECT wrap, b FROM extract WHERE rid = ?", rid))
            need((meta is None) == (not wrap), "metadata and wrap")
            need(meta is None or len(meta) == h.meta_len + 16 and B(meta) == h.m,
                 "metadata of a record")
            need(not (wrap and ext) and len(ext) < 2, "an extract of a whole record")
            h.use = 1 if wrap else 2 if ext else 0
            w = wrap[0] if wrap else ext[0][0] if ext else None
            need(w is None or len(w) == 96 and at(w, 20, 4) == h.use
                 and at(w, 16, 4) < 1 << 20, "a wrap")
            need(w is None or w[:16] == self.eid or h.use == 1 and [
                1 for _ in self.c.rows("SELECT 1 FROM epoch WHERE id = ?", w[:16])],
                 "the epoch of a wrap")
            none = bytes(32)
            entries.append(L("entry") + bytes([h.use]) + h.id + u32(h.ver) + h.stmt + h.ct
                           + (H(w) if w else none) + (H(ext[0][1]) if ext else none))
        need(len(entries) == int(self.entries), "number of entries")
        need(mth([H(b"\0", e) for e in sorted(entries)]) == self.root, "root of entries")

    def bodies(self):
        have = {r for r, in self.c.rows("SELECT DISTINCT rid FROM segment")}
        for rid in have:
            h = self.rid[rid]
            need(h.body_ver == h.ver, "segments of another version")
            body_holds(self.c, rid, h)
        for h in self.rid.values():
            if h.body_ver and (h.use == 1 or h.body_ver < h.ver):
                made = self.heads_by.get((h.id, h.body_ver))
                need(made is None and h.use != 1 or made and
                     (made.b, made.body_len) == (h.b, h.body_len), "whose body")
                need(h.use != 1 or made.rid in have, "a body is missing")

    def records(self):
        for h in self.rid.values():
            name = f"{h.id.hex()} version {h.ver}"
            proofs = list(self.c.rows("SELECT log, size, idx, kind, ev, path FROM proof"
                                      " WHERE rid = ?", h.rid))
            found = [self.proof(h, *p) for p in proofs]
            nexts = [x for x in self.rid.values()
                     if x.id == h.id and x.ver == h.ver + 1]
            need(found or h.use == 0 and any(x.prev == h.stmt for x in nexts),
                 "a record without proof")
            if h.ver > 1:
                before = self.heads_by.get((h.id, h.ver - 1))
                need(before is None or before.stmt == h.prev, "no predecessor")
                need(before or not self.skip, "no predecessor in a pack")
                if before is None:
                    self.waits.append("no predecessor: " + name)
            if found and not any(x[0] for x in found):
                self.waits.append("no card speaks for the device: " + name)
            if any(x[1] for x in found):
                self.waits.append("untrusted: " + name)

    def proof(self, h, n, size, idx, kind, ev, path):
        log, kind = self.log[n], text_of(kind)
        need(log.note.vault == h.origin.hex(), "a proof in a log of another origin")
        need(kind == "seal" or kind == "take" and not log.note.session, "kind of a proof")
        need(size in log.roots and len(ev) == 32 and len(path) % 32 == 0, "a proof")
        leaf = leaf_hash(kind, h.id, h.ver, h.stmt, ev)
        need(included(idx, size, leaf, [path[i:i + 32] for i in range(0, len(path), 32)],
                      log.roots[size]), "the place of a record in its log")
        return log.spoken, log.note.session and self.not_good(log.note, idx)

    def judge(self):
        c = self.c
        c.columns()
        for table, bits in BOUNDS.items():
            need(c.one("SELECT count(*) FROM " + table) <= 1 << bits, "too many rows")
        need(not c.one("SELECT (SELECT count(*) FROM record WHERE f) + (SELECT count(*)"
                       " FROM note WHERE f)"), "planted: f")
        need(not c.one("SELECT count(*) FROM attachment WHERE length(b) > 1048576"),
             "a long attachment")
        self.notes()
        self.signature()
        self.epochs()
        self.logs()
        self.sender_log()
        for n, size, kind, b in c.rows("SELECT log, size, kind, b FROM attachment"):
            stamped(text_of(kind), b, self.log[n].points[size])
        self.revocations()
        self.heads()
        self.bodies()
        self.records()
        return 6 if self.waits else 0


class Others(Bundle):
    """Records of others in an audit pack, 9.4: heads, proved as in a bundle."""

    def judge(self):
        self.skip = self.c.vault
        self.notes()
        self.logs()
        self.revocations()
        self.heads_by, self.rid = {}, {}
        for rid, raw in self.c.rows("SELECT rid, head FROM record WHERE f = 0"):
            h = Head(raw)
            if h.origin.hex() != self.skip:
                need((h.id, h.ver) not in self.heads_by, "a version twice")
                self.rid[rid] = self.heads_by[h.id, h.ver] = h
                h.rid, h.use = rid, 0
        ends = set()
        for rid, n, size in self.c.rows("SELECT rid, log, size FROM proof"):
            need(rid in self.rid and n in self.log, "a proof of an own record")
            ends.add((n, size))
        need(all((n, size) in ends for n, x in self.log.items() for size in x.points),
             "a checkpoint of others that no proof ends in")
        for n, in self.c.rows("SELECT DISTINCT log FROM leaf"):
            need(n not in self.log, "a line of another vault's log")
        self.notes_hold(ends)
        self.records()
        return self.waits


    def notes_hold(self, ends):
        """Nobody signs a pack: what does not hold, or serves no proof, is planted."""
        by = self.cards.values()
        rows = [(text_of(k), text_of(b)) for k, b in self.c.rows(
            "SELECT kind, b FROM note WHERE f = 0")]
        for kind, note in rows:
            vault = form(kind, note_split(note)[0])[0]
            need(kind in NOTES[:3] and (kind != "card" or vault != self.skip)
                 and (vault == self.skip or ends), "a note in an audit pack")
            need(vault == self.skip or any(x.vault == vault and x.signs(note) for x in by),
                 "a note of others that does not hold")
        need(ends or not self.log, "a log of others without a proof")


def cards_that_hold(notes):
    """9.3, step 2: by hash; of two of one vault and generation neither."""
    of = defaultdict(dict)
    for note in notes:
        try:
            x = Card(note)
            of[x.vault, x.gen][x.hash] = x
        except Bad:
            pass
    good = {}
    for key in sorted(of):
        if len(of[key]) > 1:
            continue
        card, = of[key].values()
        if card.gen == 1 or card.prev in good and card.follows(good[card.prev]):
            good[card.hash] = card
    return good
