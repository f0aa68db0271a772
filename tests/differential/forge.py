#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# forge.py: lines and rows changed by whoever has the keys, and signed again
"""    forge.py SANDUQ N SEED VAULT KEYFILE STATEFOLDER [CAPTURE]

A changed row is nearly always found by the root that is signed, so the rules
behind that (what a line may say, what withdrawal leaves, what a revocation leaves)
are never asked. Here the log key (of the state file; of a capture file the one in
it) and id-sign sign what was changed anew. Both readers judge each file.
"""
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from types import SimpleNamespace

from differential import Run, change_row  # and where the reader lies
from basics import H, L, Bad, Head, Log, b64, be, leaf_hash, tree
from container import Container
from judge import epoch_hash
from kem import X, nb, unsealed
from reader import Vault

KINDS = ("seal take withdraw card slots settings join revoke rekey stamp note import share"
         " genesis odd").split()


def sign(name, seed, text):
    public, secret = nb.crypto_sign_seed_keypair(seed)
    sig = nb.crypto_sign(text.encode(), secret)[:64]
    key_id = H(name.encode(), b"\n\1", public)[:4]
    return f"{text}\n\u2014 {name} {b64(key_id + sig)}\n"


class Forger:
    def __init__(self, db, rng, seeds, card, capture):
        self.db, self.rng, self.seeds, self.card = db, rng, seeds, card
        self.capture, self.did = capture, []
        for n, note in db.execute("SELECT n, note FROM log"):
            note = Log(note)
            if note.key in seeds:
                self.n, self.note = n, note
        self.leaves = [list(x) for x in db.execute(
            "SELECT kind, id, ver, subj, ev, evct FROM leaf WHERE log = ? ORDER BY idx",
            (self.n,))]

    def finish(self):
        """The lines as rows, their nodes, and a checkpoint that holds."""
        db, (roots, nodes) = self.db, tree([leaf_hash(*x[:5]) for x in self.leaves])
        for table in ("leaf", "node", "checkpoint"):
            db.execute(f"DELETE FROM {table} WHERE log = ?", (self.n,))
        for i, x in enumerate(self.leaves):
            db.execute("INSERT INTO leaf VALUES(?, ?, ?, ?, ?, ?, ?, ?)", [self.n, i] + x)
        for (lvl, idx), h in nodes.items():
            if lvl % 4 == 0:
                db.execute("INSERT INTO node VALUES(?, ?, ?, ?)", (self.n, lvl, idx, h))
        text = f"{self.note.name}\n{len(self.leaves)}\n{b64(roots[-1])}\n"
        db.execute("INSERT INTO checkpoint VALUES(?, ?, 0, ?)", (
            self.n, len(self.leaves),
            sign(self.note.name, self.seeds[self.note.key], text)))

    def line(self, kind, rid=None, ver=None, subj=bytes(32)):
        event = next(x[5] for x in self.leaves if x[5])
        self.leaves.append([kind, rid, ver, subj, bytes(32), event])

    def records(self):
        return [(rid, Head(h)) for rid, h in self.db.execute(
            "SELECT rid, head FROM record WHERE f = 0 ORDER BY rid")]

    def some_line(self):
        rng, x = self.rng, self.rng.choice(self.leaves)
        how = rng.randrange(8)
        if how == 0:
            self.leaves.remove(x)
        elif how == 1:
            self.leaves.append(list(x))
        elif how == 2:
            x[0] = rng.choice(KINDS)
        elif how == 3:
            x[3] = rng.choice(self.leaves)[3]
        elif how == 4:
            x[5] = None
        elif how == 5:
            x[1:3] = rng.choice(self.leaves)[1:3]
        elif how == 6 and x[2] is not None:
            x[2] = rng.choice((0, 1, x[2] + 1, 1 << 31))
        else:
            y = rng.choice(self.leaves)
            x[:], y[:] = y[:], x[:]
        return f"line {how} {x[0]}"

    def withdrawn(self):
        """A withdrawal as it must be, often with one step left out."""
        rng, all_of = self.rng, self.records()
        rid, h = rng.choice(all_of)
        left, whole = rng.randrange(9), rng.randrange(3) == 0
        these = [(r, x) for r, x in all_of if x.id == h.id and (whole or r == rid)]
        if whole and left != 0:
            subj = H(L("stmts"), *(s for _, s in sorted((x.ver, x.stmt) for _, x in these)))
            self.line("withdraw", h.id, 0, subj)
        elif left != 0:
            self.line("withdraw", h.id, h.ver, h.stmt)
        for r, x in these:
            if left != 1:
                self.db.execute("UPDATE record SET meta = NULL WHERE rid = ?", (r,))
            if left != 2:
                self.db.execute("DELETE FROM wrap WHERE rid = ?", (r,))
            if left != 3:
                self.db.execute("DELETE FROM segment WHERE rid = ?", (r,))
            if left == 4:
                self.db.execute("DELETE FROM record WHERE rid = ?", (r,))
            for y in self.leaves:
                if y[:1] != ["withdraw"] and y[1:4] == [x.id, x.ver, x.stmt] and left != 5:
                    y[5] = None
        return f"withdrawn, left out {left}, whole {whole}"

    def revoked(self):
        rng, sessions = self.rng, []
        for n, note in self.db.execute("SELECT n, note FROM log"):
            note = Log(note)
            if note.session:
                hashes = [leaf_hash(*x) for x in self.db.execute(
                    "SELECT kind, id, ver, subj, ev FROM leaf WHERE log = ? ORDER BY idx",
                    (n,))]
                sessions.append((note, tree(hashes)[0]))
        if not sessions:
            return None
        note, roots = rng.choice(sessions)
        size = rng.randrange(1, len(roots))
        text = H(f"{note.name}\n{size}\n{b64(roots[size])}\n".encode())
        how = rng.randrange(6)
        device = note.device if how != 1 else "ab" * 8
        last = "-" if how == 2 else f"{note.id} {size} {b64(text if how != 3 else H())}"
        body = f"sanduq.v1/revoke\n{note.vault} device {device}\nlast {last}\n"
        signed = sign(self.card[0], self.card[1] if how != 4 else bytes(32), body)
        if how != 5:
            self.line("revoke", subj=H(body.encode()))
        self.db.execute("INSERT INTO note SELECT 1 + coalesce(max(n), 0), 0, 'revoke', ?"
                        " FROM note WHERE n < 4294967296", (signed.encode(),))
        return f"revoked {how} at {note.number}:{size}"

    def rekeyed(self):
        """A rekey line over the first k epochs, or over all but one."""
        rows = [(i, epoch_hash(h, r, w)) for i, h, r, w in self.db.execute(
            "SELECT id, head, rcpt, wraps FROM epoch ORDER BY e") if h[4] != 4]
        k = self.rng.randrange(len(rows) + 1)
        some = rows[:k] if self.rng.randrange(2) else rows[1:]
        self.line("rekey", subj=H(L("epochs"), *(i + h for i, h in sorted(some))))
        return f"rekey {k} {len(some)}"

    def resealed(self):
        """A record's head, made anew with what is stored, and its line to it."""
        rng = self.rng
        rid, h = rng.choice(self.records())
        raw = bytearray(b"".join((h.header, h.commit, h.content, h.m, h.b)))
        off = rng.choice((4, 5, 6, 8, 24, 43, 46, 47, 51, 53, 55, 59, 60, 64, 100, 130, 165,
                          200))
        raw[off] ^= 1 << rng.randrange(8)
        for y in self.leaves:
            if y[1:4] == [h.id, h.ver, h.stmt]:
                try:
                    y[1:4] = [bytes(raw[24:40]), int.from_bytes(raw[40:44], "big"),
                              Head(bytes(raw)).stmt]
                except Exception:
                    pass
        self.db.execute("UPDATE record SET head = ?, id = ?, ver = ? WHERE rid = ?", (
            bytes(raw), bytes(raw[24:40]), int.from_bytes(raw[40:44], "big"), rid))
        return f"head {off}"

    def change(self):
        what = [self.rng.choice((self.some_line, self.withdrawn, self.revoked, self.rekeyed,
                                 self.resealed))()
                for _ in range(self.rng.choice((1, 1, 1, 2, 3)))]
        self.finish()
        return ", ".join(x for x in what if x)


def seeds_of(vault, keyfile, state):
    v = Vault(Container(vault), keyfile)
    name = X(v.vmk, "state-name", v.vid, 8)
    with open(os.path.join(state, name.hex()), "rb") as f:
        p = unsealed(X(v.vmk, "state", v.vid), f.read(), name)
    gen, note, sealed = next(v.rows("gen, card, seed FROM identity ORDER BY gen"
                                      " DESC"))
    card = note.partition("\n\n")[0] + "\n"
    seed = unsealed(X(v.vmk, "seed", v.vid), sealed, be(gen, 4) + H(card.encode()))
    log = p[32:64]
    return {nb.crypto_sign_seed_keypair(log)[0]: log}, (
        f"sanduq.invalid/{v.vid.hex()}/sign", X(seed, "id-sign", v.vid))


def main(sanduq, n, seed, vault, keyfile, state, capture=None):
    run = Run(SimpleNamespace(program=sanduq, keep=os.environ.get("READER_KEEP"),
                              verbose=False))
    rng = random.Random(int(seed))
    seeds, card = seeds_of(vault, keyfile, state)
    if capture:
        key = Container(capture).meta["session-key"]
        seeds[nb.crypto_sign_seed_keypair(key)[0]] = key
    with tempfile.TemporaryDirectory(
            dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        path = os.path.join(folder, "forged.sdq")
        for i in range(int(n)):
            base = capture if capture and i % 3 == 0 else vault
            shutil.copyfile(base, path)
            db = sqlite3.connect(path, isolation_level=None)
            db.execute("PRAGMA journal_mode=MEMORY")
            db.execute("BEGIN")
            try:
                what = Forger(db, rng, seeds, card, base == capture).change()
            except (sqlite3.Error, Bad):
                continue  # the second of two changes met what the first left
            finally:
                if db.in_transaction:
                    db.execute("COMMIT")
                db.close()
            if rng.randrange(6) == 0:
                what += "; " + str(change_row(path, rng))
            run.judge(path, f"{os.path.basename(base)} #{i}: {what}")
    return run.close("forged")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
