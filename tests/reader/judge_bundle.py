# SPDX-License-Identifier: Apache-2.0
# judge_bundle.py: bundles without a key, step by step as format.md 9.3
from collections import defaultdict

from basics import Bad, Card, H, L, at, be, form, included, leaf_hash, mth, need, note_split
from evidence import Evidence

BOUNDS = {"record": 20, "extract": 20, "proof": 21, "log": 18, "checkpoint": 18, "attachment": 18, "note": 17,
          "epoch": 16}
NOTES = ("card", "device", "revoke", "withdraw", "withdraw-revoked", "ack", "receipt")

class Bundle(Evidence):
    sender = None

    def notes(self):  # steps 1, 2
        self.notes_of, of = defaultdict(list), defaultdict(dict)
        for kind, note in self.rows("kind, b FROM note"):
            need(kind in NOTES, "kind of a note")
            note = note.decode()
            try:
                values = form(kind, note_split(note)[0])
                if self.mine(values[0]):
                    self.notes_of[kind].append((note, *values))
                    if kind == "card":
                        x = Card(note)
                        of[x.vault, x.gen][x.hash] = x
            except (Bad, UnicodeDecodeError):
                pass  # what is no note of its kind says nothing
        need(len(self.notes_of["card"]) <= 4096, "too many cards")
        for key in sorted(of):
            card, *others = of[key].values()
            before = self.cards.get(card.prev)
            if not others and (card.gen == 1 or before and card.follows(before)):
                self.cards[card.hash] = card

    def signature(self):
        note, manifest = self.meta["bundle"].decode(), self.meta["manifest"]
        _, vault, card, *self.epoch, self.entries, self.root, listed, self.newest = form(
            "bundle", note_split(note)[0])
        self.sender = self.cards.get(card)
        need(self.by_card(vault, card, note) and vault == self.vault, "the sender and its signature")
        need(listed == H(manifest) and len(manifest) - 40 in [1024 << k for k in range(11)], "the manifest")

    def epochs_hold(self):
        named, self.eids = {b for b, in self.rows("substr(b, 1, 16) FROM wrap")}, defaultdict(list)
        for eid, head, n, rcpt, whole in self.epochs((2, 4)):
            self.eids[head[4]].append(eid)
            need(eid in named if head[4] == 4 else n % 4 == 0 and head[8:24].hex() == self.vault and
                 head[40:72] == H(self.sender.key) and [whole, str(n), rcpt] == self.epoch, "an epoch")
        need(len(self.eids[2]) == 1, "epochs of kind 2")

    def logs_hold(self):
        self.read_logs()
        for n, size, note in self.rows("log, size, note FROM checkpoint"):
            if log := self.by_n.get(n):
                got, log.roots[size], log.points[size] = log.point(note)
                need(got == size, "size of a checkpoint")
        for note, vault, device, card, first in self.notes_of["device"]:
            if self.by_card(vault, card, note):
                self.first[vault, device].add(first)
        for log in self.logs.values():
            log.spoken = self.log_counts(log)
        need(not self.sender or [1 for x in self.logs.values() if self.newest in x.points.values()
                                 and x.vault == self.vault], "the sender's log")

    def log_counts(self, log):
        """True, False (waits) or Bad."""
        if not log.session:
            need(self.by_card(log.vault, log.card, log.note), "a replica note that no card here signed")
            return True
        for _ in range(2**18):
            before, found = self.session_before(log), log.hash in self.first[log.vault, log.device]
            if found or not before:
                return found
            log = before
        raise Bad("sessions in a circle")

    def revocations(self):
        for note, vault, device, gen, _, *state in self.notes_of["revoke"]:
            by = self.signers(vault, note)
            if device and by:
                self.revoked[vault, device].append(state)
            elif not device and self.sender in by and int(gen) == self.sender.gen:
                self.waits.append("the sender's card is revoked")

    def read_heads(self):
        self.versions, self.by_rid = {}, {}
        for h in self.heads():
            need((h.id, h.ver) not in self.versions, "a version twice")
            self.versions[h.id, h.ver] = self.by_rid[h.rid] = h

    def entries_hold(self):
        entries = []
        for h in self.by_rid.values():
            ext = list(self.rows("wrap, b FROM extract WHERE rid = ?", h.rid))
            self.meta_holds(h)
            need((h.meta is None) == (h.wrap is None), "metadata and wrap")
            need(len(ext) < 2 and not (h.wrap and ext), "an extract of a whole record")
            h.use = 1 if h.wrap else 2 if ext else 0
            w, sealed = (ext[0][0], H(ext[0][1])) if ext else (h.wrap, bytes(32))
            need(h.use == 0 or len(w) == 96 and at(w, 20, 4) == h.use and at(w, 16, 4) < 1 << 20
                 and w[:16] in self.eids[2] + (self.eids[4] if h.use == 1 else []), "a wrap")
            entries.append(L("entry") + bytes([h.use]) + h.id + be(h.ver, 4) + h.stmt + h.ct
                           + (H(w) if w else bytes(32)) + sealed)
        need(len(entries) == int(self.entries), "number of entries")
        need(mth([H(b"\0", e) for e in sorted(entries)]) == self.root, "root of entries")

    def bodies(self):
        have = {r for r, in self.rows("DISTINCT rid FROM segment")}
        for h in self.by_rid.values():
            made = self.versions.get((h.id, h.body_ver))
            need(not made or (made.b, made.body_len) == (h.b, h.body_len), "whose body")
            need(h.use != 1 or not h.body_ver or made and made.rid in have, "a body is missing")
            if h.rid in have:
                need(h.body_ver == h.ver, "segments of another version")
                self.body_holds(h)

    def records(self):
        for h in self.by_rid.values():
            name, after, before = f"{h.id.hex()} version {h.ver}", *(
                self.versions.get((h.id, h.ver + step)) for step in (1, -1))
            found = [self.proof(h, *p) for p in list(self.rows(
                "log, size, idx, kind, ev, path FROM proof WHERE rid = ?", h.rid))]
            need(found or h.use == 0 and after and after.prev == h.stmt, "a record without proof")
            need(before is None or before.stmt == h.prev, "another predecessor")
            need(before or h.ver == 1 or self.kind != "audit", "no predecessor in a pack")
            for wait, why in ((h.ver > 1 and before is None, "no predecessor: "),
                              (found and not any(x for x, _ in found), "no card speaks for the device: "),
                              (any(x for _, x in found), "untrusted: ")):
                self.waits += [why + name] if wait else []

    def proof(self, h, n, size, idx, kind, ev, path):
        log, steps = self.by_n[n], [path[i:i + 32] for i in range(0, len(path), 32)]
        need(log.vault == h.origin.hex(), "a proof in a log of another origin")
        need(kind == "seal" or kind == "take" and not log.session, "kind of a proof")
        need(size in log.roots and len(ev) == 32 and len(path) % 32 == 0, "a proof")
        need(included(idx, size, leaf_hash(kind, h.id, h.ver, h.stmt, ev), steps, log.roots[size]),
             "the place of a record in its log")
        return log.spoken, self.not_good(log, idx)

    def judge(self):
        self.c.planted()
        need(all(self.count(table) <= 1 << bits for table, bits in BOUNDS.items()), "too many rows")
        for step in (self.notes, self.signature, self.epochs_hold, self.logs_hold, self.attachments,
                     self.revocations, self.read_heads, self.entries_hold, self.bodies, self.records):
            step()
        return 6 if self.waits else 0

class Others(Bundle):  # 9.4
    """Records of others in an audit pack: heads, proved as in a bundle."""

    def mine(self, vault):
        return vault != self.vault

    def judge(self):
        self.notes()
        self.logs_hold()
        self.revocations()
        self.read_heads()
        proofs = list(self.rows("rid, log, size FROM proof"))
        ends = {x[1:] for x in proofs}
        need(all(rid in self.by_rid and n in self.by_n for rid, n, _ in proofs), "a proof of an own record")
        need(all((n, size) in ends for n, x in self.by_n.items() for size in x.points),
             "a checkpoint of others that no proof ends in")
        need(not [n for n, in self.rows("DISTINCT log FROM leaf") if n in self.by_n],
             "a line of another vault's log")
        need(ends or not self.logs, "a log of others without a proof")
        for kind, note in self.rows("kind, b FROM note WHERE f = 0"):
            note = note.decode()
            vault = form(kind, note_split(note)[0])[0]
            need(kind in NOTES[:3] and (kind != "card" or self.mine(vault)), "a note in an audit pack")
            need(not self.mine(vault) or ends and self.signers(vault, note), "a note that serves nothing")
        self.records()
        return self.waits
