# SPDX-License-Identifier: Apache-2.0
# judge.py: vaults, capture files, audit packs and bundles without a key (format.md 4-7, 9, 17)
import re
from collections import defaultdict, namedtuple

from basics import B, Card, H, Head, L, Log, Newer, Note, b64, be, included, leaf_hash, nb, need, tree

SEGMENT = 1048832
OTS = b"\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\1\x08"
SIGNED_DATA, TST_INFO, SHA256 = map(bytes.fromhex, (
    "2a864886f70d010702", "2a864886f70d0109100104", "608648016503040201"))
# tag, and the length in its one shortest form
DER = re.compile(rb"([^\x1f\x3f\x5f\x7f\x9f\xbf\xdf\xff])"
                 rb"(?:([\0-\x7f])|\x81([\x80-\xff])|\x82([^\0].)|\x83([^\0]..)|\x84([^\0]...))", re.DOTALL)
Line = namedtuple("Line", "log idx kind id ver subj event")  # [3:6] is what the line of a record names

class Judge:
    """What is called own is of the vault whose lines are here; a bundle has no lines, and nothing own."""

    def __init__(self, c):
        self.c, self.rows, self.kind, self.meta, self.vault = c, c.rows, c.kind, c.meta, c.meta["vault"].hex()
        self.own, self.capture = None if c.kind == "bundle" else self.vault, c.kind == "capture"
        self.waits = []  # why what holds is not as asked
        self.cards, self.logs, self.by_n = {}, {}, {}  # by H(text); by vault and id; by row number
        self.notes, self.said, self.lines = defaultdict(list), defaultdict(list), []  # by kind; of replicas
        # (vault, device or generation): states that revocations name; sessions that device notes name
        self.revoked, self.first = defaultdict(list), defaultdict(set)

    def judge(self):
        read = (self.c.rows_hold, self.read_notes, self.read_cards, self.read_trust, self.read_logs,
                self.read_lines, self.read_sessions, self.read_heads)
        own = (self.logs_hold, self.lines_hold, self.sessions_hold, self.sets_hold, self.epochs_hold,
               self.records_hold) if self.own else (self.bundle_holds,)
        for step in (*read, *own, self.attachments_hold, self.bodies_hold, self.proofs_hold):
            step()
        return 6 if self.waits else 0

    # ---- cards, notes, logs, heads: what is in every kind of file

    def counts(self, ok):
        """In a bundle what does not hold says nothing; elsewhere it is planted."""
        need(ok or not self.own, "a note that does not hold")
        return ok

    def read_notes(self):
        for kind, b in self.rows("kind, b FROM note WHERE kind IN ('card', 'device', 'revoke') AND f = 0"):
            try:
                self.notes[kind].append((Card if kind == "card" else Note)(b.decode(), kind))
            except (ValueError, Newer):
                if self.own:
                    raise

    def signers(self, note):
        return [x for x in self.cards.values() if x.vault == note.vault and x.signs(note)]

    def by_card(self, note, card):
        return card in [x.hash for x in self.signers(note)]

    def read_cards(self):  # 4.1
        own = {Card(note): gen for gen, note in self.rows("gen, card FROM identity")}
        if self.capture:
            own = {(card := Card(self.meta["card"].decode())): card.gen}
        of = defaultdict(dict)
        need(bool(own) == bool(self.own), "no card")
        for card in (*own, *self.notes["card"]):
            need((card in own) == (card.vault == self.own), "whose card")
            need(own.get(card, card.gen) == card.gen, "generation of a card")
            of[card.vault, card.gen][card.hash] = card
        for key in sorted(of):
            card, *fork = of[key].values()
            begins = card.gen == 1 or self.capture
            if self.counts(not fork and (begins or card.follows(self.cards.get(card.prev)))):
                self.cards[card.hash] = card

    def read_trust(self):  # 4.3, 4.4
        for x in self.notes["device"]:
            _, device, card, first, _ = x.values
            if self.counts(self.by_card(x, card)):
                self.first[x.vault, device].add(first)
        for x in self.notes["revoke"]:
            _, device, gen, *state = x.values
            if self.counts([card for card in self.signers(x) if device or card.gen == gen]):
                self.revoked[x.vault, device or gen].append(state)

    def read_logs(self):  # 4.2, 7.3
        for n, name, note in self.rows("n, origin, note FROM log ORDER BY n"):
            log = self.by_n[n] = Log(note, n)
            need(log.name == name, "origin of a log")
            need(log.session or self.by_card(log, log.card), "a replica note that no card here signed")
            self.logs[log.vault, log.id] = log
        self.mine = [x for x in self.by_n.values() if x.vault == self.own]
        self.others = [x for x in self.by_n.values() if x.vault != self.own]
        for n, size, note in self.rows("log, size, note FROM checkpoint"):
            log, x = self.by_n[n], Note(note, "checkpoint")
            need(x.values[:2] == [log.name, size] and log.signs(x), "a checkpoint")
            log.roots[size], log.points[size] = x.values[2], x.hash

    def read_lines(self):  # 7.1
        for n, idx, kind, rec, ver, subj, ev, event in self.rows(
                "log, idx, kind, id, ver, subj, ev, evct NOTNULL FROM leaf ORDER BY log, idx"):
            log = self.by_n[n]
            need(idx == len(log.hashes) and log.vault == self.own, "a line is missing, or in another's log")
            need(idx or subj == log.hash, "genesis names another note")
            log.hashes.append(leaf_hash(kind, rec, ver, subj, ev))
            self.lines.append(Line(log, idx, kind, rec, ver, subj, event))
            if not log.session:
                self.said[kind].append(self.lines[-1])
        for log in self.mine:
            roots, log.nodes = tree(log.hashes)
            log.states = {n: H(f"{log.name}\n{n}\n{b64(x)}\n".encode()) for n, x in enumerate(roots) if n}

    def read_sessions(self):  # 4.3
        self.drawn = [Log(self.meta["session"].decode())] if "session" in self.meta else []
        self.sessions = sorted((x for x in self.by_n.values() if x.session), key=lambda x: x.number)
        for s in (here := self.sessions + self.drawn):
            before, first = s.base and self.logs.get((s.vault, s.base[0])), self.first[s.vault, s.device]
            need(s.base or s.signs(s) and (not first or s.hash in first), "a first session")
            need(not before or before.ended(s), "a session, and how the one before it ended")
            need(before or s.number == 1 or s.hash in first or self.capture and s is here[0], "a gap")
            s.before, s.spoken = before, s.hash in first or bool(before and before.spoken)

    def not_good(self, log, index):  # 4.4
        """Whether a revocation of its device leaves this line out."""
        for sid, size, text_hash in self.revoked[log.vault, log.device] if log.session else ():
            s = self.logs.get((log.vault, sid))  # sid None: of no session
            if not s or not s.session or s.device != log.device or not (s.spoken or s in self.mine):
                return True
            need(size > 0 and s.was(size, text_hash), "two histories of a revoked device")
            if not (log.number < s.number or log is s and index < size):
                return True
        return False

    def read_heads(self):  # 6
        self.heads = []
        for rid, rec, ver, raw, meta, *sealed in self.rows(
                "rid, id, ver, head, meta, wrap.b, extract.wrap, extract.b FROM record LEFT JOIN wrap"
                " USING (rid) LEFT JOIN extract USING (rid) WHERE f = 0"):
            h = Head(raw)
            need((h.id, h.ver) == (rec, ver), "head and columns of a record")
            need(meta is None or len(meta) == h.meta_len + 16 and B(meta) == h.m, "metadata of a record")
            h.rid, h.meta, h.sealed, h.name = rid, meta is not None, sealed, f"{rec.hex()} version {ver}"
            self.heads.append(h)
        self.versions = {(h.id, h.ver): h for h in self.heads}

    # ---- what is stored beside, and proved by itself

    def attachments_hold(self):  # 7.5
        """What each is, by its bytes, is what it is called; a line names it."""
        seen = []
        for n, size, kind, b in self.rows("log, size, kind, b FROM attachment"):
            log, ots = self.by_n[n], b[:33] == OTS and len(b) > 65
            try:
                what, imprint = ("ots", b[33:65]) if ots else ("tsr", tsr_imprint(b))
            except ValueError:
                what, imprint = None, log.points[size]
            need(not self.own or log in self.mine, "time evidence of another vault's log")
            need(what == (kind if kind in ("ots", "tsr") else None), "what is none, or under another word")
            need(imprint == log.points[size], "time evidence of another state")
            seen.append(H(b))
        need(not self.own or sorted(seen) == sorted(self.subjects("stamp")), "attachments and their lines")

    def bodies_hold(self):  # 6.1, 6.4
        """Each in segments under the row of the version that made it."""
        made = {(h.id, h.ver, h.b, h.body_len): h for h in reversed(self.heads)
                if h.body_ver == h.ver or not self.own}
        of = [(made.get((h.id, h.body_ver, h.b, h.body_len)), h) for h in self.heads if h.body_ver]
        have = {r for r, in self.rows("rid FROM segment JOIN record USING (rid) WHERE f = 0")}
        needed = {by and by.rid for by, h in of if h.meta}
        need(all(by or not self.own and (h.id, h.body_ver) not in self.versions for by, h in of), "no body")
        need(needed <= have and (not self.own or needed == have), "a body is missing, or should be")
        for h in self.heads:
            if h.rid in have:
                parts = list(self.rows("n, ct FROM segment WHERE rid = ? ORDER BY n", h.rid))
                size = h.body_len + 16 * -(-h.body_len // 65536)
                need(h.body_ver == h.ver and len(parts) == -(-size // SEGMENT), "segments")
                need(all(n == i and len(ct) == min(SEGMENT, size - i * SEGMENT)
                         for i, (n, ct) in enumerate(parts)), "number or length of a segment")
                need(h.b == H(L("segments"), *(B(ct) for _, ct in parts)), "a body")

    def proofs_hold(self):  # 9.3, 6; 9.4
        """Records of others have their line proved, or a later version names them."""
        others = [h for h in self.heads if h.origin != self.own]
        need({rid for rid, in self.rows("rid FROM proof")} <= {h.rid for h in others}, "whose proof")
        for h in others:
            after, before = (self.versions.get((h.id, h.ver + step)) for step in (1, -1))
            lines = [self.proved(h, *x) for x in self.rows(
                "log, size, idx, kind, ev, path FROM proof WHERE rid = ?", h.rid)]
            need(lines or not any(h.sealed) and after and after.prev == h.stmt, "a record without proof")
            need(not before or before.stmt == h.prev, "another predecessor")
            need(before or h.ver == 1 or not self.own, "no predecessor in a pack")
            waits = {"no predecessor: ": h.ver > 1 and not before,
                     "no card speaks for the device: ": lines and not any(log.spoken for log, _ in lines),
                     "untrusted: ": any([self.not_good(*x) for x in lines])}
            self.waits += [why + h.name for why in waits if waits[why]]

    def proved(self, h, n, size, idx, kind, ev, path):
        """The log and the place in it of a record's line."""
        log, steps = self.by_n[n], [path[i:i + 32] for i in range(0, len(path), 32)]
        leaf = leaf_hash(kind, h.id, h.ver, h.stmt, ev)
        need(log.vault == h.origin and (kind == "seal" or not log.session), "whose log, and kind of a proof")
        need(included(idx, size, leaf, steps, log.roots[size]), "the place of a record in its log")
        return log, idx

    def bundle_holds(self):  # 9.1, 9.3
        note, sealed = Note(self.meta["bundle"].decode(), "bundle"), self.meta["manifest"]
        _, note.vault, card, *epoch, count, root, manifest, newest, _ = note.values
        need(note.vault == self.vault and self.by_card(note, card), "the sender and its signature")
        need(manifest == H(sealed) and len(sealed) - 40 in [1024 << k for k in range(11)], "the manifest")
        sender = self.cards[card]
        self.waits += ["the sender's card is revoked" for _ in self.revoked[sender.vault, sender.gen]]
        (head, rcpt, wraps), *more = self.rows(
            "head, rcpt, wraps FROM epoch WHERE substr(head, 5, 1) = x'02'")
        need(not more and head[8:24] == self.meta["vault"] and head[40:72] == H(sender.key), "whose epoch")
        need(epoch == [epoch_hash(head, rcpt, wraps), len(rcpt) // 32, H(L("rcpts"), rcpt)]
             and len(rcpt) % 128 == 0, "the epoch")
        need(any(newest in x.points.values() for x in self.others if x.vault == self.vault), "sender's log")
        entries = [H(b"\0", x) for x in sorted(self.entry(h, *h.sealed) for h in self.heads)]
        need(len(self.versions) == len(entries) == count and tree(entries)[0][-1] == root, "entries")

    def entry(self, h, wrap, partial, extract):
        use, w = (1, wrap) if wrap else (2, partial) if partial else (0, None)
        return b"".join((L("entry"), bytes([use]), h.id, be(h.ver, 4), h.stmt, h.ct, H(w) if w else bytes(32),
                         H(extract) if use == 2 else bytes(32)))

    # ---- own lines: vaults, capture files, audit packs

    def logs_hold(self):  # 7
        for log in self.mine:
            need(log.card in self.cards, "a log of an unknown card")
            need(log.hashes and len(log.hashes) == max(log.points, default=0), "the newest checkpoint")
            need(log.points.items() <= log.states.items(), "root of a checkpoint")
        for n, level, idx, h in self.rows("log, lvl, idx, h FROM node"):
            need(level % 4 == 0 and self.by_n[n].nodes[level, idx] == h, "a node row")
        replicas = [x for x in self.mine if not x.session]
        need(bool(replicas) == (not self.capture), "no log, or a replica's")
        need(all(self.logs[self.own, b].was(size, state) for x in replicas for b, size, state in x.bases),
             "a log builds on a state that never was")
        ends = set(self.rows("log, size FROM proof"))
        need(all((x.n, size) in ends for x in self.others for size in x.points), "a state without a proof")
        notes = [*self.cards.values(), *self.notes["device"], *self.notes["revoke"]]
        need(ends or not self.others and all(x.vault == self.own for x in notes), "without a proof")

    def subjects(self, kind):
        return {x.subj for x in self.said[kind]}

    def newest(self, kind):
        return set({x.log: x.subj for x in self.said[kind]}.values())  # of each replica

    def lines_hold(self):  # 17.2
        for kind, notes in ("revoke", self.notes["revoke"]), ("card", self.cards.values()):
            need(self.capture or {x.hash for x in notes if x.vault == self.own} == self.subjects(kind),
                 "what lines name, and what is here: " + kind)
        states = {state for x in self.mine for state in x.states.values()}
        need(self.subjects("join") <= states, "a log that was joined is not here")
        need(all(x.kind in ("genesis", "seal") for x in self.lines if x.log.session), "lines of a session")

    def sessions_hold(self):  # 4.3, 8.1
        sessions = [x for x in self.sessions if x in self.mine]
        need(len({(x.device, x.number) for x in sessions}) == len(sessions), "two sessions of one number")
        need(not self.capture or len({x.device for x in sessions}) < 2, "two devices")
        for s in sessions:
            first = self.first[s.vault, s.device]
            need(self.capture or s.points[len(s.hashes)] in self.subjects("join"), "not joined")
            need(s.number > 1 or first <= {x.hash for x in sessions}, "a device note names another one")
        for s in self.drawn:  # not begun
            need(s.session and s.vault == self.vault and s.card in self.cards, "whose session")
            need(s.before is (sessions[-1] if sessions else None), "drawn over another session, or none")
        if "session-key" in self.meta:
            key = nb.crypto_sign_seed_keypair(self.meta["session-key"])[0]
            need(key in [x.key for x in self.drawn or sessions[-1:]], "the key of the session")
        if "compartments" in self.meta:
            note = Note(self.meta["compartments"].decode(), "compartments")
            need(self.by_card(note, note.values[1]) and note.values[3], "the note of compartments")

    def sets_hold(self):  # 3.5, 8.4; when keys were destroyed the sets are not seen
        if self.kind == "vault" and any(map(self.c.exist, ("slot", "local", "identity WHERE seed NOTNULL"))):
            slots = [b for b, in self.rows("b FROM slot ORDER BY id")]
            local = [be(i, 8) + be(n, 8) + H(b) for i, n, b in self.rows("id, rev, b FROM local ORDER BY id")]
            for kind, rows in ("slots", slots), ("settings", local):
                need(H(L(kind), self.meta[kind + "-gen"], *rows) in self.newest(kind), "the set of " + kind)

    def epochs_hold(self):  # 5.6, 17.1
        epochs = list(self.rows("head, rcpt, wraps FROM epoch ORDER BY e"))
        keys = {(H(x.key), k) for x in self.mine for k in (4, 3 if self.capture else 4 if x.session else 1)}
        need(all((head[40:72], head[4]) in keys for head, *_ in epochs), "whose epoch")
        hashes = [x[0][24:40] + epoch_hash(*x) for x in epochs if x[0][4] != 4]
        newest, upto = self.newest("rekey"), range(1, len(hashes) + 1)
        need(not newest or self.kind == "audit" or len(hashes) > 4096 or any(
            H(L("epochs"), *sorted(hashes[:k])) in newest for k in upto), "the set of epochs")

    def records_hold(self):  # 17.1, 17.2
        lines, own = self.said["seal"] + self.said["take"], [h for h in self.heads if h.origin == self.own]
        sealed = [x for x in self.lines if x.kind == "seal" and x.log.session]
        rows = {(h.id, h.ver, h.stmt): h for h in own}
        gone, audit = self.withdrawn(rows), self.kind == "audit"
        need(len(rows) == len(own) and (audit or own == self.heads), "a statement twice; origin of a record")
        need(len({h.id for h in self.heads}) == len({(h.id, h.origin) for h in self.heads}), "of two vaults")
        need(set(rows) <= {x[3:6] for x in (sealed if self.capture else lines)}, "unnamed")
        need({x[3:6] for x in lines} <= set(rows) >= {x[3:6] for x in sealed} - gone, "a record is missing")
        need(all(h.ver == 1 or (h.id, h.ver - 1, h.prev) in rows for h in own), "no predecessor")
        bad = {x[3:6] for x in sealed if self.not_good(x.log, x.idx)} - gone
        self.waits += ["untrusted: " + rows[key].name for key in bad if key in rows]
        for key, h in () if audit else rows.items():
            need((key in gone) != h.meta, "metadata missing, or there and withdrawn")
        for x in () if audit else self.lines:
            need(x.event != (x[3:6] in gone) if x.kind != "withdraw" else x.event or any(
                y.id == x.id and y.ver in (0, x.ver) and (y.log is not x.log or y.idx > x.idx)
                for y in self.said["withdraw"]), "an event is gone, or there and withdrawn")

    def withdrawn(self, rows):  # 7.2
        """(id, version, statement) of what is withdrawn; version 0: all up to one version."""
        gone = {x[3:6] for x in self.said["withdraw"] if x.ver}
        for x in self.said["withdraw"]:
            same = sorted(key for key in rows if key[0] == x.id and x.ver == 0)
            for upto in ([key for key in same if key[1] <= last] for last in {key[1] for key in same}):
                gone |= set(upto) if H(L("stmts"), *(stmt for *_, stmt in upto)) == x.subj else set()
        return gone

def epoch_hash(head, rcpt, wraps):  # 5.6
    return H(head, H(L("rcpts"), rcpt), H(wraps))

# ---- of which state time evidence speaks: 7.5

def der(p, *tags):
    """The values of the elements that follow one another in p; the first have these tags, 0 is any."""
    found, off = [], 0
    while off < len(p):
        m = DER.match(p, off)
        off = m.end() + int.from_bytes(m[m.lastindex], "big") if m else len(p) + 1
        need(off <= len(p), "DER")
        found.append((m[1][0], p[m.end():off]))
    need(len(found) >= len(tags) and all(want in (0, x[0]) for want, x in zip(tags, found)), "DER")
    return [x for _, x in found]

def tsr_imprint(b):
    response, = der(b, 0x30)
    status, token, *_ = der(response, 0x30, 0x30)
    signed_data, content, *_ = der(token, 6, 0xa0)
    encapsulated = der(der(content, 0x30)[0], 0, 0, 0x30)[2]
    tst_info, content, *_ = der(encapsulated, 6, 0xa0)
    info, = der(der(content, 4)[0], 0x30)
    _, _, imprint, serial, *_ = der(info, 2, 6, 0x30, 2, 0x18)
    algorithm, digest = der(imprint, 0x30, 4)
    need(der(status, 2)[0] in (b"\0", b"\1") and 1 <= len(serial) <= 32, "status, or serial number")
    need((signed_data, tst_info, der(algorithm, 6)[0]) == (SIGNED_DATA, TST_INFO, SHA256), "what is stamped")
    return digest
