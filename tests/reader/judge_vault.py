# SPDX-License-Identifier: Apache-2.0
# judge_vault.py: vaults, capture files and audit packs without a key (format.md 17)
from collections import defaultdict

from basics import Card, H, L, Log, Tree, be, checkpoint_hash, form, leaf_hash, nb, need, note_split
from evidence import Evidence
from judge_bundle import Others

OF_RECORDS = ("seal", "take", "withdraw")
KINDS = OF_RECORDS + tuple("genesis card slots settings join import merge share rekey ask drop ack revoke"
                           " stamp note open".split())

class Judge(Evidence):
    def mine(self, vault):
        return self.kind != "audit" or vault == self.vault

    def cards_hold(self):  # 4.1
        last, capture = None, self.kind == "capture"
        for gen, note in [(1, self.meta["card"].decode())] if capture else self.rows(
                "gen, card FROM identity ORDER BY gen"):
            card = Card(note)
            need(card.vault == self.vault, "whose card")
            need(capture or gen == card.gen and (card.follows(last) if last else gen == 1), "generation")
            self.cards[card.hash] = last = card
        need(last, "no card")

    def logs_hold(self):  # 7
        self.read_logs()
        for log in self.logs.values():
            need(log.vault == self.vault and log.card in self.cards, "a log of an unknown card")
            need(log.session or self.by_card(self.vault, log.card, log.note), "whose replica note")
            self.read_log(log)
        self.replicas = [x for x in self.logs.values() if not x.session]
        self.sessions = [x for x in self.logs.values() if x.session]
        self.sessions.sort(key=lambda x: (x.device, x.number))
        need(all(name in self.logs and name != x.name and self.logs[name].was(size, text_hash)
                 for x in self.replicas for name, size, text_hash in x.bases),
             "a log that builds on a state that is not here")
        need((self.kind == "capture") != bool(self.replicas), "no log, or a replica's")

    def states(self, log):
        """H(checkpoint text) of each state that the log ever had."""
        tree = Tree()
        return {checkpoint_hash(log.name, tree.add(h).size, tree.root()) for h in log.hashes}

    def read_log(self, log):
        notes, tree = dict(self.rows("size, note FROM checkpoint WHERE log = ?", log.n)), Tree()
        for i, (idx, kind, rec, ver, subj, ev, event) in enumerate(self.rows(
                "idx, kind, id, ver, subj, ev, evct NOTNULL FROM leaf WHERE log = ? ORDER BY idx", log.n)):
            need(idx == i and (kind == "genesis") == (i == 0), "a line is missing, or genesis")
            need(1 <= len(kind) <= 16 and set(kind) <= set("abcdefghijklmnopqrstuvwxyz-"), "kind of a line")
            need(ver is None or kind == "withdraw" and ver == 0 or 0 < ver < 2**32, "version")
            need(kind not in KINDS or (rec is None) != (kind in OF_RECORDS),
                 "a line with a record where none belongs, or without one")
            log.lines.append((kind, rec, ver, subj, event))
            log.hashes.append(leaf_hash(kind, rec, ver, subj, ev))
            tree.add(log.hashes[-1])
            if i + 1 in notes:
                size, root, log.points[i + 1] = log.point(notes.pop(i + 1))
                need((size, root) == (i + 1, tree.root()), "root of a checkpoint")
        need(not notes and len(log.lines) in log.points, "the newest checkpoint is not over all lines")
        need(log.lines[0][3] == log.hash, "genesis names another note")
        need(all(tree.nodes.get((lvl, idx)) == h for lvl, idx, h in self.rows(
            "lvl, idx, h FROM node WHERE log = ?", log.n)), "a node row")

    def lines(self, *kinds, logs=None):
        """(log, index, record, version, subject, event) of the lines of these kinds."""
        logs = self.replicas if logs is None else logs
        return [(log, i, *x[1:]) for log in logs for i, x in enumerate(log.lines) if x[0] in kinds]

    def subjects(self, kind):
        return {x[4] for x in self.lines(kind)}

    def newest(self, kind):
        return {x[0].n: x[4] for x in self.lines(kind)}.values()  # of each replica

    def notes(self):  # 4.3, 4.4
        revokes = set()
        for f, kind, note in self.rows("f, kind, b FROM note"):
            need(not f or kind == "", "kind of a sealed note")
            note = "" if f else note.decode()
            if f or not self.mine((note.split("\n") + [""])[1][:32]):
                continue  # sealed; or of others, and judged with their records
            need(kind in ("device", "revoke"), "kind of a note")
            text, signers = note_split(note)[0], self.signers(self.vault, note)
            vault, device, gen, *state = form(kind, text)
            need(signers and vault == self.vault, "a note that no card here signed")
            if kind == "device":
                need(gen in [x.hash for x in signers], "a device note")
                self.first[vault, device].add(state[0])
            else:
                need(device or int(gen) in [x.gen for x in signers], "whose revocation")
                self.revoked[vault, device].append(state[1:])
                revokes.add(H(text.encode()))
        need(revokes == self.subjects("revoke"), "revocations and their lines")

    def sessions_hold(self):  # 4.3
        capture, joined, seen = self.kind == "capture", self.subjects("join"), set()
        hashes = {x.hash for x in self.sessions}
        for s in self.sessions:
            before, first = self.session_before(s), self.first[s.vault, s.device]
            need(all(x[0] in ("genesis", "seal") for x in s.lines), "lines of a session")
            need(capture or s.points[len(s.lines)] in joined, "a session that was not joined")
            need(first <= hashes if s.number == 1 else before or s.hash in first or capture and not seen,
                 "a session that nobody speaks for")
            seen.add((s.device, s.number))
        need(len(seen) == len(self.sessions) and (not capture or len({x for x, _ in seen}) < 2),
             "two devices, or two sessions of one number")

    def capture_meta(self):  # 8.1
        """The session that is drawn and not begun; the key that lies in clear."""
        meta, last = self.meta, self.sessions[-1] if self.sessions else None
        key = last and last.key
        if "session" in meta:
            s = Log(meta["session"].decode())
            need(s.session and s.vault == self.vault and s.card in self.cards, "whose session")
            need(s.base and (not last or last.before(s)) or not s.base and not last and s.number == 1
                 and s.signs(s.note), "the drawn session")
            key = s.key
        if "session-key" in meta:
            need(nb.crypto_sign_seed_keypair(meta["session-key"])[0] == key, "the key of the session")
        if "compartments" in meta:
            note = meta["compartments"].decode()
            vault, card, *_ = form("compartments", note_split(note)[0])
            need(vault == self.vault and self.by_card(vault, card, note), "the note of compartments")

    def sets(self):  # 7.3
        c = self.c
        if not any(map(c.count, ("slot", "local", "identity WHERE seed NOTNULL"))):
            return  # keys destroyed: the sets are not seen
        for kind, rows in (("slots", [b for b, in c.rows("b FROM slot ORDER BY id")]),
                           ("settings", [be(i, 8) + be(rev, 8) + H(b) for i, rev, b in c.rows(
                               "id, rev, b FROM local ORDER BY id")])):
            need(H(L(kind), c.meta[kind + "-gen"], *rows) in self.newest(kind), "the set of " + kind)

    def epochs_hold(self):  # 5
        writers, newest = {H(x.key): x for x in self.logs.values()}, set(self.newest("rekey"))
        hashes, states = {}, set()
        for eid, head, _, _, whole in self.epochs((1, 4) if self.kind == "vault" else (3, 4)):
            log = writers.get(head[40:72])
            need(log and not (head[4] == 1 and log.session) and head[8:24].hex() == self.vault, "whose epoch")
            if head[4] != 4:
                hashes[eid] = whole
                if newest and len(hashes) <= 4096:
                    states.add(H(L("epochs"), *(x + hashes[x] for x in sorted(hashes))))
        need(not newest or states & newest or len(hashes) > 4096, "the set of epochs")

    def records(self):  # 17.2
        stated, audit, own = defaultdict(list), self.kind == "audit", self.replicas or self.sessions
        for x in self.lines("seal", "take", logs=self.logs.values()):
            need(x[2] is not None, "a line without its record")
            stated[x[2:5]].append(x)
        rows = self.heads_by = {}
        for h in self.heads():
            key = h.id, h.ver, h.stmt
            need(h.origin.hex() == self.vault and key not in rows, "origin; a statement twice")
            need(any(x[0] in own for x in stated.get(key, ())), "a record that no line names")
            self.meta_holds(h)
            rows[key] = h
        gone = self.withdrawals()
        for key, lines in stated.items():
            need(key in rows or key in gone and all(x[0].session for x in lines), "a record is missing")
        for key, h in rows.items():
            need(h.ver == 1 or (h.id, h.ver - 1, h.prev) in rows, "no predecessor")
            need(audit or (key in gone) != (h.meta is not None), "metadata missing, or there and withdrawn")
            need(audit or h.wrap is None or h.meta is not None, "a wrap without metadata")
            if [x for x in stated[key] if self.not_good(*x[:2])] and key not in gone:
                self.waits.append("untrusted: %s version %d" % (h.id.hex(), h.ver))
        if not audit:
            self.events(gone)
        self.bodies()

    def withdrawals(self):  # 7.2
        """(id, version, statement) of what is withdrawn; version 0: all up to one version."""
        gone = set()
        for _, _, rec, ver, subj, _ in self.lines("withdraw"):
            here = sorted(x for x in self.heads_by if x[0] == rec and ver == 0)
            gone |= {(rec, ver, subj)} if ver else set()
            for last in {x[1] for x in here}:
                upto = [x for x in here if x[1] <= last]
                gone |= set(upto) if H(L("stmts"), *(x[2] for x in upto)) == subj else set()
        return gone

    def events(self, gone):
        """An event's text is gone with its record; of a withdrawal when a later one covers it."""
        later = {x[2:4]: x[:2] for x in self.lines("withdraw")}
        for log in self.logs.values():
            for i, (kind, rec, ver, subj, event) in enumerate(log.lines):
                over = kind == "withdraw" and [x for x in (later.get((rec, 0)), later.get((rec, ver)))
                                               if x and (x[0] is not log or x[1] > i)]
                need(event or over if kind == "withdraw" else bool(event) != ((rec, ver, subj) in gone),
                     "an event is gone, or there and withdrawn")

    def bodies(self):
        """Each in segments under the row of the version that made it."""
        made = {(h.id, h.ver, h.b, h.body_ver, h.body_len): h for h in reversed(self.heads_by.values())}
        needed = {}
        for h in self.heads_by.values():
            by = made.get((h.id, h.body_ver, h.b, h.body_ver, h.body_len))
            need(by or not h.body_ver, "the version that made a body")
            if by and h.meta is not None:
                needed[by.rid] = by
        have = {r for r, in self.rows("DISTINCT rid FROM segment JOIN record USING (rid) WHERE f = 0")}
        need(have == set(needed), "segments and bodies")
        for h in needed.values():
            self.body_holds(h)

    def judge(self):
        c = self.c
        c.planted()
        self.cards_hold()
        self.logs_hold()
        self.notes()
        self.sessions_hold()
        joined = self.subjects("join")
        need(not joined or joined <= {s for x in self.logs.values() for s in self.states(x)},
             "a log that was joined is not here")
        if c.kind == "capture":
            self.capture_meta()
        else:
            need(self.subjects("card") == set(self.cards), "cards and their lines")
        if c.kind == "vault":
            self.sets()
        if c.kind != "audit":
            self.epochs_hold()
        self.records()
        need(sorted(self.attachments()) == sorted(self.subjects("stamp")), "attachments and their lines")
        if c.kind == "audit":
            self.waits += Others(c).judge()
        return 6 if self.waits else 0
