# SPDX-License-Identifier: Apache-2.0
# judge_vault.py: vaults, capture files and audit packs without a key, format.md 17
from collections import defaultdict

from nacl import bindings as nb

from basics import (B, FORMS, H, L, Bad, Card, Head, LogNote, Tree, at,
                    checkpoint_hash, form, leaf_hash, lines_of, mth, need, note_split,
                    number, point, raw_of, signed, text_of, u64)
from stamps import stamped

SEGMENT = 1048832
OF_RECORDS = ("seal", "take", "withdraw")
KINDS = OF_RECORDS + tuple("genesis card slots settings join import merge share rekey ask"
                           " drop ack revoke stamp note open".split())


class Log:
    """A log whose leaves and checkpoints were read; leaves[i] = its row."""

    def __init__(self, n, note):
        self.n, self.note, self.leaves, self.tree = n, note, [], Tree()
        self.hashes = []
        self.points = {}  # size: hash of the checkpoint's text

    def state(self, size):
        return self.points.get(size)


def read_log(c, log):
    note = log.note
    sizes = dict(c.rows("SELECT size, note FROM checkpoint WHERE log = ? ORDER BY size",
                        log.n))
    for i, row in enumerate(c.rows("SELECT idx, kind, id, ver, subj, ev, evct NOTNULL"
                                   " FROM leaf WHERE log = ? ORDER BY idx", log.n)):
        idx, kind, rid, ver, subj, ev, event = row
        kind = text_of(kind)
        need(idx == i, "a line is missing")
        need(1 <= len(kind) <= 16 and set(kind) <= set("abcdefghijklmnopqrstuvwxyz-"),
             "kind of a line")
        need(ver is None or kind == "withdraw" and ver == 0 or 0 < ver < 2**32, "version")
        need((kind == "genesis") == (i == 0), "genesis")
        need(kind not in KINDS or (rid is None) != (kind in OF_RECORDS),
             "a line with a record where none belongs, or without one")
        log.leaves.append((kind, rid, ver, subj, event))
        log.hashes.append(leaf_hash(kind, rid, ver, subj, ev))
        log.tree.add(log.hashes[-1])
        if i + 1 in sizes:
            size, root, text = point(text_of(sizes.pop(i + 1)), note)
            need((size, root) == (i + 1, log.tree.root()), "root of a checkpoint")
            log.points[size] = text
    need(log.leaves and not sizes and len(log.leaves) in log.points,
         "the newest checkpoint is not over all lines")
    need(log.leaves[0][3] == note.hash, "genesis names another note")
    for lvl, idx, h in c.rows("SELECT lvl, idx, h FROM node WHERE log = ?", log.n):
        need(log.tree.nodes.get((lvl, idx)) == h, "a node row")


def state_at(log, size):
    """H(checkpoint text) over the first `size` leaves, whether signed or not."""
    if not 0 < size <= len(log.leaves):
        return None
    return checkpoint_hash(log.note.origin, size, mth(log.hashes[:size]))


class Judge:
    def __init__(self, c):
        self.c, self.notes, self.waits, self.held = c, [], [], []
        self.cards, self.logs, self.revoked = {}, {}, []

    def cards_of_vault(self):
        last = None
        for gen, note in self.c.rows("SELECT gen, card FROM identity ORDER BY gen"):
            card = Card(text_of(note))
            need((card.vault, card.gen) == (self.c.vault, gen), "whose card")
            need(last is None and gen == 1 or last and card.follows(last), "generation")
            self.cards[card.hash] = last = card
        need(last, "no card")
        self.held.append("card of generation %d, signed by itself" % last.gen)

    def card_of_capture(self):
        card = Card(text_of(self.c.meta["card"]))
        need(card.vault == self.c.vault, "whose card")
        self.cards[card.hash] = card

    def read_logs(self):
        for n, origin, note in self.c.rows("SELECT n, origin, note FROM log ORDER BY n"):
            note = LogNote(text_of(note))
            need(note.origin == text_of(origin), "origin of a log")
            log = self.logs[note.id] = Log(n, note)
            if note.vault == self.c.vault or self.c.kind != "audit":
                need(note.vault == self.c.vault and note.card in self.cards, "a log of an unknown card")
                need(note.session or self.cards[note.card].signs(note.note),
                     "a replica note that its card did not sign")
                read_log(self.c, log)
            else:
                del self.logs[note.id]
        self.replicas = [x for x in self.logs.values() if not x.note.session]
        self.sessions = sorted((x for x in self.logs.values() if x.note.session),
                               key=lambda x: (x.note.device, x.note.number))
        for log in self.replicas:
            for rid, size, text in log.note.bases:
                of = self.logs.get(rid)
                need(of and of is not log and state_at(of, int(size)) == raw_of(text),
                     "a log that builds on a state that is not here")
        need(self.c.kind == "capture" or self.replicas, "no log")
        need(self.c.kind != "capture" or not self.replicas, "a replica's log")
        self.held.append("%d logs" % len(self.logs))

    def leaves(self, kinds, logs=None):
        for log in self.replicas if logs is None else logs:
            for i, (kind, rid, ver, subj, event) in enumerate(log.leaves):
                if kind in kinds:
                    yield log, i, kind, rid, ver, subj, event

    def joins_hold(self):
        """Every state that a `join` line names is one of a log that is here."""
        left = {x[5] for x in self.leaves(("join",))}
        for log in self.logs.values():
            if left:
                tree = Tree()
                for i, h in enumerate(log.hashes):
                    tree.add(h)
                    left.discard(checkpoint_hash(log.note.origin, i + 1, tree.root()))
        need(not left, "a log that was joined is not here")

    def devices_and_revocations(self):
        self.device = defaultdict(list)
        revokes = {}
        for n, f, kind, note in self.c.rows("SELECT n, f, kind, b FROM note"):
            if f:
                need(kind == b"", "kind of a sealed note")
                continue
            note, kind = text_of(note), text_of(kind)
            if self.c.kind == "audit" and note.split("\n")[1:2] and \
                    not note.split("\n")[1].startswith(self.c.vault):
                continue  # of others: judged with their records
            need(any(x.signs(note) for x in self.cards.values()),
                 "a note that no card here signed")
            text, _ = note_split(note)
            if kind == "device":
                vault, device, card, first = form("device", text)
                need(vault == self.c.vault and card in self.cards
                     and self.cards[card].signs(note), "a device note")
                self.device[device].append(first)
            elif kind == "revoke":
                revokes[H(text.encode())] = (note, form("revoke", text))
            else:
                raise Bad("a note of kind " + kind)
        need(set(revokes) == {x[5] for x in self.leaves(("revoke",))},
             "revocations and their lines")
        for note, (vault, what, who, last) in revokes.values():
            need(vault == self.c.vault and len(who) <= 16, "whose revocation")
            if what == "card":
                need(any(x.gen == int(who) and x.signs(note)
                         for x in self.cards.values()), "a card's revocation")
            else:
                need(len(who) == 16, "a device's revocation")
                self.revoked.append((who, last))

    def sessions_hold(self):
        joined = {x[5] for x in self.leaves(("join",))}
        by_device = defaultdict(dict)
        for s in self.sessions:
            n = s.note
            need(all(x[0] in ("genesis", "seal") for x in s.leaves), "lines of a session")
            need(self.c.kind == "capture" or s.points[len(s.leaves)] in joined,
                 "a session that was not joined")
            need(n.number not in by_device[n.device], "two sessions of one number")
            by_device[n.device][n.number] = s
            before = n.base and self.logs.get(n.base[0])
            first = self.device[n.device]
            if n.number == 1:
                need(n.base is None and form_signed(n, n), "a first session")
                need(all(x == n.hash for x in first if self.first_is_one(x, n)),
                     "a device substituted")
                need(not first or n.hash in first, "a device substituted")
            elif before:
                b = before.note
                need(b.session and (b.device, b.number) == (n.device, n.number - 1)
                     and n.ended(b.origin, len(before.leaves),
                                 before.points[len(before.leaves)])
                     and form_signed(n, b), "the session before")
            else:
                need(n.base and (self.c.kind == "capture" and len(by_device[n.device]) == 1
                                 or n.hash in first), "a session that nobody speaks for")
        if self.c.kind == "capture":
            need(len(by_device) < 2, "two devices")
            self.drawn_session()

    def drawn_session(self):
        """8.1: the session that is drawn and not begun; the key that lies in clear."""
        c, keys, last = self.c, [], self.sessions[-1] if self.sessions else None
        if "session" in c.meta:
            n = LogNote(text_of(c.meta["session"]))
            need(n.session and n.vault == c.vault and n.card in self.cards, "whose session")
            keys.append(n.key)
            if last:
                need(n.device == last.note.device and n.number == last.note.number + 1
                     and n.ended(last.note.origin, len(last.leaves),
                                 last.points[len(last.leaves)])
                     and form_signed(n, last.note), "the drawn session")
            elif n.base is None:
                need(n.number == 1 and form_signed(n, n), "a first session")
        elif last:
            keys.append(last.note.key)
        if "session-key" in c.meta:
            public = nb.crypto_sign_seed_keypair(c.meta["session-key"])[0]
            need(public in keys, "the key of the session")
        if "compartments" in c.meta:
            note = text_of(c.meta["compartments"])
            vault, card, *_ = form("compartments", note_split(note)[0])
            need(vault == c.vault and card in self.cards
                 and self.cards[card].signs(note), "the note of compartments")

    def first_is_one(self, first, note):
        return not any(s.note.hash == first for s in self.sessions if s.note is not note)

    def not_good(self, log, i):
        """4.4: why the leaf is not good, or None."""
        for device, last in self.revoked:
            if device != log.note.device:
                continue
            if last is None:
                return True
            sid, size, text = last_of(last)
            s = self.logs.get(sid)
            if not s or s.note.device != device:
                return True
            good = state_at(s, size) == text
            need(good, "two histories of a revoked device")
            if not (log.note.number < s.note.number or log is s and i < size):
                return True
        return None

    def cards_logged(self):
        need({x[5] for x in self.leaves(("card",))} == set(self.cards),
             "cards and their lines")

    def sets(self):
        one = self.c.one
        if not (one("SELECT count(*) FROM slot") or one("SELECT count(*) FROM local")
                or one("SELECT count(*) FROM identity WHERE seed NOTNULL")):
            return self.held.append("keys destroyed: slot and settings sets not seen")
        slots = H(L("slots"), self.c.meta["slots-gen"], *(
            b for b, in self.c.rows("SELECT b FROM slot ORDER BY id")))
        settings = H(L("settings"), self.c.meta["settings-gen"], *(
            u64(i) + u64(rev) + H(b)
            for i, rev, b in self.c.rows("SELECT id, rev, b FROM local ORDER BY id")))
        for kind, want in (("slots", slots), ("settings", settings)):
            last = {x[0].n: x[5] for x in self.leaves((kind,))}
            need(want in last.values(), kind + " are not those of the log")

    def epochs(self):
        writers = {H(x.note.key): x for x in self.logs.values()}
        kinds = (1, 4) if self.c.kind == "vault" else (3, 4)
        newest = {x[0].n: x[5] for x in self.leaves(("rekey",))}
        hashes, states = {}, set()
        for eid, head, rcpt, wraps, cache in self.c.rows(
                "SELECT id, head, rcpt, wraps, cache FROM epoch ORDER BY e"):
            n = epoch_shape(eid, head, rcpt, wraps)
            kind = head[4]
            need(kind in kinds and head[8:24].hex() == self.c.vault, "kind of an epoch")
            need(n == 2 or n % 4 == 0, "number of wraps")
            log = writers.get(head[40:72])
            need(log and not (kind == 1 and log.note.session), "an epoch of no log")
            need(cache is None or self.c.kind == "vault" and len(cache) == 80, "cache")
            if kind != 4:
                hashes[eid] = epoch_hash(head, rcpt, wraps)
                if newest and len(hashes) <= 4096:
                    states.add(H(L("epochs"), *(x + hashes[x] for x in sorted(hashes))))
        need(not newest or states & set(newest.values()) or len(hashes) > 4096,
             "the epochs that the newest rekey line names")

    def records(self):
        stated, self.withdrawn = defaultdict(list), set()
        own = self.sessions if self.c.kind == "capture" else self.replicas
        for x in self.leaves(("seal", "take"), self.logs.values()):
            need(x[3] is not None, "a line without its record")
            stated[x[3], x[4], x[5]].append(x)
        rows, self.by_rid = defaultdict(dict), {}
        for rid, rec, ver, raw, meta in self.c.rows(
                "SELECT rid, id, ver, head, meta FROM record WHERE f = 0"):
            h = Head(raw)
            need((h.id, h.ver) == (rec, ver), "head and columns of a record")
            need(self.c.kind == "audit" or h.origin.hex() == self.c.vault, "origin")
            if h.origin.hex() != self.c.vault:
                continue
            need(self.c.kind != "audit" or meta is None, "metadata in an audit pack")
            need(h.stmt not in rows[h.id, h.ver], "a statement twice")
            rows[h.id, h.ver][h.stmt] = h
            h.rid, h.has_meta = rid, meta is not None
            h.lines = stated.get((h.id, h.ver, h.stmt), [])
            need(any(x[0] in own for x in h.lines), "a record that no line names")
            need(meta is None or len(meta) == h.meta_len + 16 and B(meta) == h.m,
                 "metadata of a record")
            self.by_rid[rid] = h
        self.rows = rows
        self.withdrawals()
        for key, lines in stated.items():
            need(key[2] in rows[key[:2]] or key in self.withdrawn
                 and all(x[0].note.session for x in lines), "a record is missing")
        for h in self.by_rid.values():
            self.record(h)
        self.events()
        self.bodies()

    def events(self):
        """An event's text is gone exactly with its record; that of a line about a
        withdrawal only when a later one covers it."""
        later = {(x[3], x[4]): x[:2] for x in self.leaves(("withdraw",))}
        for log in self.logs.values() if self.c.kind != "audit" else ():
            for i, (kind, rec, ver, subj, event) in enumerate(log.leaves):
                gone = (rec, ver, subj) in self.withdrawn
                if kind == "withdraw":
                    by = later.get((rec, 0)), later.get((rec, ver))
                    need(event or any(x and (x[0] is not log or x[1] > i) for x in by),
                         "the event of a withdrawal is gone")
                else:
                    need(bool(event) != gone, "an event is gone, or there and withdrawn")

    def withdrawals(self):
        for _, _, _, rec, ver, subj, _ in self.leaves(("withdraw",)):
            if ver:
                self.withdrawn.add((rec, ver, subj))
                continue
            here = sorted((v, s) for (r, v), ss in self.rows.items() if r == rec
                          for s in ss)
            for v in sorted({v for v, _ in here}):
                upto = [(w, s) for w, s in here if w <= v]
                if H(L("stmts"), *(s for _, s in upto)) == subj:
                    self.withdrawn |= {(rec, w, s) for w, s in upto}

    def record(self, h):
        h.gone = (h.id, h.ver, h.stmt) in self.withdrawn
        wrapped = [len(b) for b, in self.c.rows("SELECT b FROM wrap WHERE rid = ?", h.rid)]
        need(wrapped in ([], [96]), "a wrap")
        need(h.ver == 1 or h.prev in self.rows[h.id, h.ver - 1], "no predecessor")
        if self.c.kind != "audit":
            need(h.gone != h.has_meta, "metadata are missing, or there and withdrawn")
            need(h.has_meta or not wrapped, "a wrap without metadata")
        bad = [x for x in h.lines if x[0].note.session and self.not_good(x[0], x[1])]
        if bad and not h.gone:
            self.waits.append("untrusted: %s version %d" % (h.id.hex(), h.ver))

    def bodies(self):
        """Each body in segments: under the row of the version that made it."""
        needed = {}
        for h in self.by_rid.values():
            if not h.body_ver:
                continue
            made = [x for x in self.rows[h.id, h.body_ver].values()
                    if (x.b, x.body_ver, x.body_len) == (h.b, h.body_ver, h.body_len)]
            need(made, "the version that made a body")
            if self.c.kind != "audit" and h.has_meta:
                needed[made[0].rid] = made[0]
        have = {r for r, in self.c.rows("SELECT DISTINCT rid FROM segment WHERE rid IN"
                                        " (SELECT rid FROM record WHERE f = 0)")}
        need(have == set(needed), "segments and bodies")
        for rid, h in needed.items():
            body_holds(self.c, rid, h)

    def attachments(self):
        stamps, seen = {x[5] for x in self.leaves(("stamp",))}, set()
        by_n = {x.n: x for x in self.logs.values()}
        for n, size, kind, b in self.c.rows("SELECT log, size, kind, b FROM attachment"):
            need(n in by_n and len(b) <= 1 << 20, "an attachment")
            stamped(text_of(kind), b, by_n[n].points[size])
            need(H(b) not in seen, "time evidence twice")
            seen.add(H(b))
        need(seen == stamps, "attachments and their lines")

    def judge(self):
        from judge_bundle import Others
        c = self.c
        c.crowded()
        c.columns()
        need(not c.one("SELECT count(*) FROM extract x JOIN record r ON r.rid = x.rid"
                       " WHERE r.f = 0"), "an extract of an own record")
        self.card_of_capture() if c.kind == "capture" else self.cards_of_vault()
        self.read_logs()
        self.devices_and_revocations()
        self.sessions_hold()
        self.joins_hold()
        if c.kind != "capture":
            self.cards_logged()
        if c.kind == "vault":
            self.sets()
        if c.kind != "audit":
            self.epochs()
        self.records()
        self.attachments()
        if c.kind == "audit":
            need(not c.one("SELECT (SELECT count(*) FROM leaf WHERE evct NOTNULL) + (SELECT"
                           " count(*) FROM identity WHERE seed NOTNULL)"), "sealed cells")
            self.waits += Others(c).judge()
        return 6 if self.waits else 0


def form_signed(note, by):
    return signed(note.note, by.origin, by.key)


def last_of(last):
    """Session, size and hash of a state that a revocation names."""
    sid, size, text = lines_of(last + "\n", FORMS["last"] + "\n")[0]
    return sid, number(size, 1), raw_of(text)


def body_holds(c, rid, h):
    left, hashes = h.body_bytes(), []
    for i, (n, ct) in enumerate(c.rows("SELECT n, ct FROM segment WHERE rid = ?"
                                       " ORDER BY n", rid)):
        need(n == i and len(ct) == min(left, SEGMENT) and ct, "a segment")
        left -= len(ct)
        hashes.append(B(ct))
    need(left == 0 and H(L("segments"), *hashes) == h.b, "a body")


def epoch_shape(eid, head, rcpt, wraps):
    n = at(head, 72, 4)
    need(len(head) == 112 and head[:4] == b"SQE1" and head[5:8] == bytes(3)
         and head[24:40] == eid and at(head, 76, 4) == 1, "an epoch's header")
    need(2 <= n <= 4096 and len(rcpt) == 32 * n and len(wraps) == 1200 * n,
         "wraps of an epoch")
    return n


def epoch_hash(head, rcpt, wraps):
    return H(head, H(L("rcpts"), rcpt), H(wraps))
