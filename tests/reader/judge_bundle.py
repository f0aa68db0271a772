# SPDX-License-Identifier: Apache-2.0
# judge_bundle.py: bundles without a key, step by step as format.md 9.3
from collections import defaultdict

from basics import (Bad, Card, H, L, Log, at, be, form, included, leaf_hash, mth, need, note_split, text_of)
from evidence import Evidence

BOUNDS = {"record": 20, "extract": 20, "proof": 21, "log": 18, "checkpoint": 18, "attachment": 18, "note": 17,
          "epoch": 16}
NOTES = ("card", "device", "revoke", "withdraw", "withdraw-revoked", "ack", "receipt")

class Bundle(Evidence):
    sender = skip = None  # skip: the vault whose logs, notes and records are judged elsewhere

    def notes(self):  # steps 1, 2
        self.notes_of = defaultdict(list)
        for kind, note in self.c.rows("kind, b FROM note"):
            kind, note = text_of(kind), text_of(note)
            need(kind in NOTES, "kind of a note")
            try:
                values = form(kind, note_split(note)[0])
                if values[0] != self.skip:
                    self.notes_of[kind].append((note, *values))
            except Bad:
                pass  # what is no note of its kind says nothing
        need(len(self.notes_of["card"]) <= 4096, "too many cards")
        of = defaultdict(dict)
        for note, *_ in self.notes_of["card"]:
            try:
                x = Card(note)
                of[x.vault, x.gen][x.hash] = x
            except Bad:
                pass
        for key in sorted(of):
            card, *others = of[key].values()
            if not others and (card.gen == 1 or card.prev in self.cards
                               and card.follows(self.cards[card.prev])):
                self.cards[card.hash] = card

    def signature(self):
        note, manifest = text_of(self.c.meta["bundle"]), self.c.meta["manifest"]
        (_, vault, card, self.epoch, self.n, self.rcpt, self.entries, self.root, manifest_hash,
         self.newest) = form("bundle", note_split(note)[0])
        self.sender = self.cards.get(card)
        need(self.sender and vault == self.c.vault == self.sender.vault, "the sender")
        need(self.sender.signs(note), "the sender's signature")
        need(manifest_hash == H(manifest) and len(manifest) - 40 in [1024 << k for k in range(11)], "the manifest")

    def epochs_hold(self):
        own, named = [], {b for b, in self.c.rows("substr(b, 1, 16) FROM wrap")}
        self.known = set()
        for eid, head, n, rcpt, whole in self.epochs((2, 4)):
            self.known.add(eid)
            if head[4] == 2:
                own.append(eid)
                need(n % 4 == 0 and head[8:24].hex() == self.c.vault and head[40:72] == H(self.sender.key),
                     "writer of the epoch")
                need((str(n), rcpt, whole) == (self.n, self.rcpt, self.epoch), "the epoch as signed")
            else:
                need(eid in named, "an epoch that no wrap names")
        need(len(own) == 1, "epochs of kind 2")
        self.eid, = own

    def read_logs(self):
        by_n, self.first = {}, defaultdict(dict)
        for n, name, note in self.c.rows("n, origin, note FROM log"):
            log = Log(text_of(note), n)
            need(log.name == text_of(name), "origin of a log")
            if log.vault != self.skip:
                by_n[n] = self.logs[log.name] = log
        for n, size, note in self.c.rows("log, size, note FROM checkpoint"):
            if n in by_n:
                got, by_n[n].roots[size], by_n[n].points[size] = by_n[n].point(text_of(note))
                need(got == size, "size of a checkpoint")
        for note, vault, device, card, first in self.notes_of["device"]:
            by = self.cards.get(card)
            if by and by.vault == vault and by.signs(note):
                self.first[vault, device][first] = by
        for log in by_n.values():
            log.spoken = self.log_counts(log)
        self.by_n = by_n

    def log_counts(self, log):
        """True, False (waits) or Bad."""
        if not log.session:
            card = self.cards.get(log.card)
            need(card and card.vault == log.vault and card.signs(log.note),
                 "a replica note that no card here signed")
            return True
        firsts = self.first[log.vault, log.device]
        for _ in range(2**18):
            before = log.base and self.logs.get(log.base[0])
            if log.number == 1:
                need(log.base is None and log.signs(log.note), "a first session")
                need(not firsts or log.hash in firsts, "a device substituted")
            elif before:
                need(before.session and (before.device, before.number + 1) == (log.device, log.number)
                     and before.signs(log.note), "the session before")
                need(before.was(*log.base[1:]) and max(before.points, default=0) <= log.base[1],
                     "how a session ended")
            if log.hash in firsts or not before:
                return log.hash in firsts
            log = before
        raise Bad("sessions in a circle")

    def revocations(self):
        for note, vault, device, gen, _, *state in self.notes_of["revoke"]:
            by = [x for x in self.cards.values() if x.vault == vault and x.signs(note)]
            if device and by:
                self.revoked[vault, device].append(state)
            elif not device and self.sender in by and int(gen) == self.sender.gen:
                self.waits.append("the sender's card is revoked")

    def add(self, h):
        need((h.id, h.ver) not in self.versions, "a version twice")
        self.versions[h.id, h.ver] = self.by_rid[h.rid] = h
        h.use = 0

    def entries_hold(self):
        entries = []
        for h in self.heads():
            self.add(h)
            ext = list(self.c.rows("wrap, b FROM extract WHERE rid = ?", h.rid))
            need((h.meta is None) == (h.wrap is None), "metadata and wrap")
            self.meta_holds(h)
            need(len(ext) < 2 and not (h.wrap and ext), "an extract of a whole record")
            h.use = 1 if h.wrap else 2 if ext else 0
            w, sealed = (ext[0][0], H(ext[0][1])) if ext else (h.wrap, bytes(32))
            if w is not None:
                need(len(w) == 96 and at(w, 20, 4) == h.use and at(w, 16, 4) < 1 << 20, "a wrap")
                need(w[:16] == self.eid or h.use == 1 and w[:16] in self.known, "the epoch of a wrap")
            entries.append(L("entry") + bytes([h.use]) + h.id + be(h.ver, 4) + h.stmt + h.ct
                           + (H(w) if w else bytes(32)) + sealed)
        need(len(entries) == int(self.entries), "number of entries")
        need(mth([H(b"\0", e) for e in sorted(entries)]) == self.root, "root of entries")

    def bodies(self):
        have = {r for r, in self.c.rows("DISTINCT rid FROM segment")}
        for rid in have:
            need(self.by_rid[rid].body_ver == self.by_rid[rid].ver, "segments of another version")
            self.body_holds(self.by_rid[rid])
        for h in self.by_rid.values():
            if h.body_ver:
                made = self.versions.get((h.id, h.body_ver))
                need(made is None or (made.b, made.body_len) == (h.b, h.body_len), "whose body")
                need(h.use != 1 or made and made.rid in have, "a body is missing")

    def records(self):
        for h in self.by_rid.values():
            name = f"{h.id.hex()} version {h.ver}"
            found = [self.proof(h, *p) for p in list(self.c.rows(
                "log, size, idx, kind, ev, path FROM proof WHERE rid = ?", h.rid))]
            after = self.versions.get((h.id, h.ver + 1))
            need(found or h.use == 0 and after and after.prev == h.stmt, "a record without proof")
            before = self.versions.get((h.id, h.ver - 1))
            need(before is None or before.stmt == h.prev, "no predecessor")
            if h.ver > 1 and before is None:
                self.waits.append("no predecessor: " + name)
            if found and not any(spoken for spoken, _ in found):
                self.waits.append("no card speaks for the device: " + name)
            if any(bad for _, bad in found):
                self.waits.append("untrusted: " + name)

    def proof(self, h, n, size, idx, kind, ev, path):
        log, kind = self.by_n[n], text_of(kind)
        need(log.vault == h.origin.hex(), "a proof in a log of another origin")
        need(kind == "seal" or kind == "take" and not log.session, "kind of a proof")
        need(size in log.roots and len(ev) == 32 and len(path) % 32 == 0, "a proof")
        leaf, steps = leaf_hash(kind, h.id, h.ver, h.stmt, ev), [path[i:i + 32] for i in range(0, len(path), 32)]
        need(included(idx, size, leaf, steps, log.roots[size]), "the place of a record in its log")
        return log.spoken, self.not_good(log, idx)

    def judge(self):
        c, self.versions, self.by_rid = self.c, {}, {}
        c.columns()
        need(all(c.count(table) <= 1 << bits for table, bits in BOUNDS.items()), "too many rows")
        need(not c.count("record WHERE f") + c.count("note WHERE f"), "planted: f")
        self.notes()
        self.signature()
        self.epochs_hold()
        self.read_logs()
        named = [x for x in self.logs.values() if self.newest in x.points.values()]
        need(named and named[0].vault == c.vault, "the sender's log")
        list(self.attachments())
        self.revocations()
        self.entries_hold()
        self.bodies()
        self.records()
        return 6 if self.waits else 0

class Others(Bundle):  # 9.4
    """Records of others in an audit pack: heads, proved as in a bundle."""

    def judge(self):
        self.skip, self.versions, self.by_rid = self.c.vault, {}, {}
        self.notes()
        self.read_logs()
        self.revocations()
        for h in self.heads():
            if h.origin.hex() != self.skip:
                self.add(h)
        proofs = list(self.c.rows("rid, log, size FROM proof"))
        need(all(rid in self.by_rid and n in self.by_n for rid, n, _ in proofs), "a proof of an own record")
        ends = {x[1:] for x in proofs}
        need(all((n, size) in ends for n, x in self.by_n.items() for size in x.points),
             "a checkpoint of others that no proof ends in")
        need(not any(n in self.by_n for n, in self.c.rows("DISTINCT log FROM leaf")),
             "a line of another vault's log")
        need(ends or not self.logs, "a log of others without a proof")
        for kind, note in self.c.rows("kind, b FROM note WHERE f = 0"):
            kind, note = text_of(kind), text_of(note)
            vault = form(kind, note_split(note)[0])[0]
            need(kind in NOTES[:3] and (kind != "card" or vault != self.skip), "a note in an audit pack")
            need(vault == self.skip or ends and any(x.vault == vault and x.signs(note)
                                                    for x in self.cards.values()),
                 "a note of others that serves nothing or does not hold")
        self.records()
        return self.waits
