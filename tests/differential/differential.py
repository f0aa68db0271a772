#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# differential.py: the program and the second reader say the same of every file
"""    differential.py [options] FILE|FOLDER...

    --program SANDUQ    the program (else $SANDUQ)
    --sample N          of the files only N, chosen by their SHA-256
    --broken N          besides N broken files: bytes, rows and ends of these changed
    --seed S            of the broken ones (1)
    --keep FOLDER       where files that are judged differently are put

The verdicts, without a key: 0 holds, 6 sound and not as asked, 3 does not match,
1 no container, or made by a newer program. They agree when they are equal. They
"both refuse" when one is 3 and the other 1: what a reader meets first in a file
that is both broken and of a newer kind is not laid down. All else is a
disagreement, and the exit status is 1.
"""
import argparse
import gzip
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter

for folder in "../reader", "../docs":
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), folder))
import reader  # noqa: E402
import text_check  # noqa: E402


def verify(path):
    """(status, why), by the second reader of such a file: containers, or texts."""
    with open(path, "rb") as f:
        h = f.read(100)
    container = h[:16] == b"SQLite format 3\0" or h[68:72] == b"SDQ1"  # one of them may be changed
    return (reader if container else text_check).verify(path)


def program(sanduq, path):
    r = subprocess.run([sanduq, "verify", path], capture_output=True,
                       stdin=subprocess.DEVNULL, timeout=120)
    lines = [x for x in r.stdout.decode("utf-8", "replace").split("\n")
             if x[2:16].strip() not in ("holds", "not known")]
    return r.returncode, "; ".join(lines[:3]) or r.stderr.decode("utf-8", "replace")[:200]


class Run:
    def __init__(self, o):
        self.o, self.counts, self.cases = o, Counter(), Counter()

    def judge(self, path, about):
        theirs, said = program(self.o.program, path)
        try:
            mine, why = verify(path)
        except Exception as e:  # a reader that falls over has not judged
            mine, why = -1, f"{type(e).__name__}: {e}"
        how = "agree" if mine == theirs else \
            "both refuse" if {mine, theirs} == {1, 3} else "DISAGREE"
        self.counts[how] += 1
        self.cases[theirs] += 1
        if how == "DISAGREE" or how == "both refuse" and self.o.verbose:
            print(f"{how}: {about}: program {theirs} ({said}); reader {mine} ({why})")
            if self.o.keep and how == "DISAGREE":
                shutil.copyfile(path, os.path.join(
                    self.o.keep, "%05d.sdq" % sum(self.counts.values())))

    def close(self, word):
        c = self.counts
        print("%d %s: %d agree, %d both refuse, %d disagree; the program said: %s" % (
            sum(c.values()), word, c["agree"], c["both refuse"], c["DISAGREE"],
            ", ".join("%d: %d" % x for x in sorted(self.cases.items()))))
        return 1 if c["DISAGREE"] or not sum(c.values()) else 0

    def broken(self, files, folder):
        rng, path = random.Random(self.o.seed), os.path.join(folder, "broken.sdq")
        files = [x for x in files if judged(x)]
        for i in range(self.o.broken):
            base = files[rng.randrange(len(files))]
            with open(base, "rb") as f:
                raw = f.read()
            container = raw[:16] == b"SQLite format 3\0"
            if container and i % 3:
                with open(path, "wb") as f:
                    f.write(raw)
                what = change_row(path, rng)
            else:
                raw, what = change_bytes(raw, rng, container)
                with open(path, "wb") as f:
                    f.write(raw)
            if what:
                self.judge(path, f"{base} #{i}: {what}")


def judged(path):
    with open(path, "rb") as f:
        return f.read(8).startswith((b"SQLite", b"sanduq.", b"c2sp.org"))


def change_bytes(raw, rng, container):
    """A byte that means something more often than one in a thousand does."""
    if not raw:
        return raw, None
    how = rng.randrange(20)
    if how == 0:
        n = rng.randrange(len(raw))
        return raw[:n], f"cut to {n}"
    if how == 1:
        n = 4096 * rng.randrange(1 + len(raw) // 4096)
        return raw[:n], f"cut to {n}"
    if how == 2 and container:
        a, b = (4096 * rng.randrange(len(raw) // 4096) for _ in "ab")
        new = bytearray(raw)
        new[a:a + 4096], new[b:b + 4096] = raw[b:b + 4096], raw[a:a + 4096]
        return bytes(new), f"{a} and {b} swapped"
    at = rng.randrange(min(len(raw), 100)) if how == 3 else rng.randrange(len(raw))
    for _ in range(200):
        if raw[at] or how < 5:
            break
        at = rng.randrange(len(raw))
    mask = 1 << rng.randrange(8)
    return raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1:], f"byte {at} ^ {mask}"


def change_row(path, rng):
    """One row of one table: gone, changed, of another, twice, or a number moved."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=MEMORY")
        tables = [t for t, in db.execute("SELECT name FROM sqlite_schema WHERE type ="
                                         " 'table' ORDER BY name")]
        rng.shuffle(tables)
        for t in tables:
            if rng.randrange(8) and not db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]:
                continue
            what = one_change(db, t, rng)
            if what and db.total_changes:
                return f"{t}: {what}"
        return None
    except (sqlite3.Error, UnicodeDecodeError):
        return None  # an UPDATE that a constraint stops, a file that is broken
    finally:
        db.close()


def one_change(db, t, rng):
    cols = [(c[1], c[2], c[5]) for c in db.execute(f"PRAGMA table_info({t})")]
    keys = [c for c, _, pk in cols if pk]
    n = db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]
    names = ", ".join(c for c, _, _ in cols)
    if n == 0:  # a row where there is none
        values = {"INTEGER": "1", "TEXT": "'x'", "BLOB": "zeroblob(32)"}
        db.execute(f"INSERT INTO {t} VALUES({', '.join(values[k] for _, k, _ in cols)})")
        return "planted"
    at = rng.randrange(n)
    row = db.execute(f"SELECT {names} FROM {t} ORDER BY {', '.join(keys)} LIMIT 1 OFFSET"
                     f" {at}").fetchone()
    if row is None:  # an index that hides it
        return None
    where = " AND ".join(f"{k} = ?" for k in keys)
    key = [v for v, c in zip(row, cols) if c[2]]
    how = rng.randrange(10)
    if how == 0:
        db.execute(f"DELETE FROM {t} WHERE {where}", key)
        return f"row {key} deleted"
    i = rng.randrange(len(cols))
    name, kind, _ = cols[i]
    if how == 1:
        db.execute(f"UPDATE {t} SET {name} = NULL WHERE {where}", key)
        return f"{name} of {key} NULL"
    if how == 2:
        i = next((i for i, c in enumerate(cols) if c[2] and c[1] == "INTEGER"), None)
        if i is None:
            return None
        new = list(row)
        new[i] += rng.choice((-1, 1, 100, -100, 1 << 32))
        db.execute(f"INSERT INTO {t} VALUES({', '.join('?' * len(cols))})", new)
        return f"row {key} twice"
    if how == 3 and n > 1:
        db.execute(f"UPDATE {t} SET {name} = (SELECT {name} FROM {t} ORDER BY"
                   f" {', '.join(keys)} LIMIT 1 OFFSET {rng.randrange(n)}) WHERE {where}",
                   key)
        return f"{name} of {key} is another's"
    v = row[i]
    if isinstance(v, int):
        v += rng.choice((-1, 1, 2, 1 << 31, -v))
    elif isinstance(v, str) and v:
        p = rng.randrange(len(v))
        v = rng.choice((v[:p] + rng.choice("aA0\n -") + v[p + 1:], v[:p], v + "\n", v + v))
    elif isinstance(v, bytes) and v:
        p = rng.randrange(len(v))
        v = rng.choice((v[:p] + bytes([v[p] ^ 1 << rng.randrange(8)]) + v[p + 1:], v[:p],
                        v + b"\0", v[p:] + v[:p]))
    else:
        return None
    db.execute(f"UPDATE {t} SET {name} = ? WHERE {where}", [v] + key)
    return f"{name} of {key} changed"


def files_of(paths, folder):
    out = []
    for path in paths:
        if os.path.isdir(path):
            out += [os.path.join(d, n) for d, _, names in os.walk(path) for n in names
                    if not n.endswith("-journal")]
        else:
            out.append(path)
    for i, path in enumerate(out):
        if path.endswith(".gz"):
            out[i] = os.path.join(folder, os.path.basename(path)[:-3])
            with gzip.open(path) as src, open(out[i], "wb") as dst:
                shutil.copyfileobj(src, dst)
    return sorted(out)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--program", default=os.environ.get("SANDUQ"))
    for name, kind, default in (("--sample", int, 0), ("--broken", int, 0),
                                ("--seed", int, 1), ("--keep", str, None)):
        a.add_argument(name, type=kind, default=default)
    a.add_argument("--verbose", action="store_true")
    a.add_argument("paths", nargs="+")
    o = a.parse_args()
    run = Run(o)
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=base) as folder:
        files = files_of(o.paths, folder)
        chosen = files
        if o.sample:
            chosen = sorted(files, key=lambda p: hashlib.sha256(
                open(p, "rb").read()).digest())[:o.sample]
        for path in chosen:
            run.judge(path, path)
        run.broken(files, folder)
    return run.close("files")


if __name__ == "__main__":
    sys.exit(main())
