# SPDX-License-Identifier: Apache-2.0
# container.py: the file, its header, schema, columns and rows (format.md 8)
import os
import shutil
import sqlite3
import tempfile
from urllib.parse import quote

from basics import Bad, Newer, at, need, text_of

SCHEMA = """\
CREATE TABLE meta(k TEXT PRIMARY KEY, v BLOB NOT NULL) STRICT, WITHOUT ROWID
CREATE TABLE slot(id BLOB PRIMARY KEY, b BLOB NOT NULL) STRICT, WITHOUT ROWID
CREATE TABLE identity(gen INTEGER PRIMARY KEY, card TEXT NOT NULL, seed BLOB) STRICT
CREATE TABLE epoch(e INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, head BLOB NOT NULL, rcpt BLOB NOT NULL, wraps BLOB NOT NULL, cache BLOB) STRICT
-
CREATE TABLE record(rid INTEGER PRIMARY KEY, f INTEGER NOT NULL, id BLOB, ver INTEGER, head BLOB NOT NULL, meta BLOB) STRICT
CREATE INDEX record_id ON record(id, ver) WHERE id IS NOT NULL
CREATE TABLE wrap(rid INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT
CREATE TABLE segment(s INTEGER PRIMARY KEY, rid INTEGER NOT NULL, n INTEGER NOT NULL, ct BLOB NOT NULL) STRICT
CREATE UNIQUE INDEX segment_rid ON segment(rid, n)
CREATE TABLE staging(rid INTEGER PRIMARY KEY) STRICT
CREATE TABLE extract(x INTEGER PRIMARY KEY, rid INTEGER NOT NULL, wrap BLOB NOT NULL, b BLOB NOT NULL) STRICT
CREATE INDEX extract_rid ON extract(rid)
CREATE TABLE log(n INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, note TEXT NOT NULL) STRICT
-
CREATE TABLE leaf(log INTEGER NOT NULL, idx INTEGER NOT NULL, kind TEXT NOT NULL, id BLOB, ver INTEGER, subj BLOB NOT NULL, ev BLOB NOT NULL, evct BLOB, PRIMARY KEY(log, idx)) STRICT, WITHOUT ROWID
CREATE INDEX leaf_id ON leaf(id) WHERE id IS NOT NULL
CREATE INDEX leaf_set ON leaf(kind) WHERE kind IN ('card', 'settings', 'slots')
CREATE TABLE node(log INTEGER NOT NULL, lvl INTEGER NOT NULL, idx INTEGER NOT NULL, h BLOB NOT NULL, PRIMARY KEY(log, lvl, idx)) STRICT, WITHOUT ROWID
CREATE TABLE checkpoint(log INTEGER NOT NULL, size INTEGER NOT NULL, keep INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY(log, size)) STRICT, WITHOUT ROWID
CREATE TABLE attachment(a INTEGER PRIMARY KEY, log INTEGER NOT NULL, size INTEGER NOT NULL, kind TEXT NOT NULL, b BLOB NOT NULL) STRICT
CREATE TABLE note(n INTEGER PRIMARY KEY, f INTEGER NOT NULL, kind TEXT NOT NULL, b BLOB NOT NULL) STRICT
CREATE TABLE proof(rid INTEGER NOT NULL, log INTEGER NOT NULL, size INTEGER NOT NULL, idx INTEGER NOT NULL, kind TEXT NOT NULL, ev BLOB NOT NULL, path BLOB NOT NULL, PRIMARY KEY(rid, log)) STRICT, WITHOUT ROWID
CREATE TABLE local(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, b BLOB NOT NULL) STRICT
CREATE TABLE page(n INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT
CREATE TABLE ext(k TEXT NOT NULL, n INTEGER NOT NULL, b BLOB NOT NULL, PRIMARY KEY(k, n)) STRICT, WITHOUT ROWID
""".splitlines()
ALL = ("slot identity epoch record wrap segment staging extract log leaf node checkpoint attachment note"
       " proof local page")
# kind: the tables that it uses besides meta and ext; entries of meta, with ? those that may be missing
KINDS = {
    "vault": (ALL.replace(" proof", ""), "slots-gen settings-gen slots-mac ?catalogue-gen ?catalogue"),
    "capture": ("epoch record wrap segment staging log leaf node checkpoint",
                "card ?compartments ?session ?session-key ?session-known ?session-time"),
    "bundle": ("epoch record wrap segment extract log checkpoint attachment note proof", "bundle manifest"),
    "audit": ("identity record log leaf checkpoint attachment note proof", ""),
    "kit": ("slot identity epoch local", "?slots-gen ?settings-gen ?slots-mac"),
}
LENGTH = {"vault": 16, "suite": 4, "min_reader": 4, "slots-gen": 4, "settings-gen": 4, "slots-mac": 32,
          "catalogue-gen": 4, "catalogue": 72, "session-key": 32, "session-known": 8, "session-time": 8}
# rows that no container has, of what no later step looks into
PLANTED = (
    "record WHERE f = 0 AND (length(id) IS NOT 16 OR ver IS NULL)",
    "record WHERE f NOT IN (0, 1) OR f AND (id NOTNULL OR ver NOTNULL)",
    "record WHERE rid < 1 OR rid = 9223372036854775807",
    "slot WHERE length(id) != 16 OR length(b) NOT IN (152, 1248) OR substr(b, 17, 16) != id"
    " OR substr(b, 1, 4) != x'53515331'",
    "leaf WHERE length(subj) != 32 OR length(ev) != 32 OR (id IS NULL) != (ver IS NULL) OR length(id) != 16",
    "checkpoint WHERE keep NOT IN (0, 1)",
    "attachment AS a WHERE length(b) > 1048576 OR NOT EXISTS (SELECT 1 FROM checkpoint c WHERE c.log = a.log"
    " AND c.size = a.size)",
    "local WHERE length(b) < 296 OR (length(b) - 40) % 256 OR id < 1 OR rev < 1",
    "note WHERE f NOT IN (0, 1) OR n < 1 OR f = 0 AND n >= 4294967296 AND (SELECT v FROM meta WHERE"
    " k = 'kind') != CAST('bundle' AS BLOB)",
    "segment WHERE rid NOT IN (SELECT rid FROM record UNION SELECT rid FROM staging)",
    "staging WHERE rid < 1 OR rid IN (SELECT rid FROM record)",
    *(t + " WHERE rid NOT IN (SELECT rid FROM record)" for t in ("wrap", "extract", "proof")),
    *(t + " WHERE log NOT IN (SELECT n FROM log)" for t in "leaf node checkpoint attachment proof".split()))
MAGIC = b"SQLite format 3\0"

def is_container(head):
    """Of the first 100 bytes: also one whose first 16 were changed."""
    return head[:16] == MAGIC or head[68:72] == b"SDQ1"

class Container:
    """A container file whose structure holds."""

    def __init__(self, path):
        self.folder = tempfile.TemporaryDirectory()
        journal, mode = os.path.exists(path + "-journal"), "ro&immutable=1"
        self.header(path, not journal)
        if journal:  # played back in a copy
            copy, mode = os.path.join(self.folder.name, "f"), "rw"
            shutil.copyfile(path, copy)
            shutil.copyfile(path + "-journal", copy + "-journal")
            path = copy
        try:
            self.db = sqlite3.connect(f"file:{quote(path)}?mode={mode}", uri=True, isolation_level=None)
            self.db.text_factory = bytes
            self.db.executescript("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON")
            self.structure()
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as e:
            raise Bad("SQLite: %s" % e)
        self.header(path, True)

    def rows(self, sql, *args):
        try:
            yield from self.db.execute("SELECT " + sql, args)
        except (sqlite3.Error, UnicodeDecodeError) as e:
            raise Bad("SQLite: %s" % e)

    def count(self, what):
        return next(self.rows("count(*) FROM " + what))[0]

    def header(self, path, whole):
        with open(path, "rb") as f:
            h = f.read(100)
        need(h[:16] == MAGIC and len(h) == 100, "the first bytes of a container")
        size = at(h, 16, 2)
        need(size in (4096, 16384) and h[18] == h[19] == 1 and h[20] == 0, "header")
        need(at(h, 56, 4) == 1 and not any(h[72:92]), "encoding, reserved bytes")
        if whole:
            need(at(h, 44, 4) == 4 and h[24:28] == h[92:96] and at(h, 52, 4) and at(h, 64, 4), "header")
            need(os.path.getsize(path) == size * at(h, 28, 4), "length of the file")

    def structure(self):
        app, version = (next(self.db.execute("PRAGMA " + x))[0] for x in ("application_id", "user_version"))
        need(app in (0, 0x53445131), "application_id")
        if app == 0 or version not in (0, 1):
            raise Newer("no container that this reader knows")
        wanted = []
        for sql in SCHEMA:
            w = sql.replace("(", " ").replace("UNIQUE ", "").split()
            if sql == "-":  # SQLite's own, of the table before
                wanted.append(("index", f"sqlite_autoindex_{last}_1", last, None))
            else:
                wanted.append((w[1].lower(), w[2], w[4] if w[1] == "INDEX" else w[2], sql))
                last = w[2]
        got = self.rows("type, name, tbl_name, sql FROM sqlite_schema WHERE typeof(type) || typeof(name) ||"
                        " typeof(tbl_name) = 'texttexttext' AND typeof(sql) IN ('text', 'null')"
                        " ORDER BY rowid")
        need([tuple(map(text_of, x)) for x in got] == wanted, "schema")
        need(list(self.db.execute("PRAGMA integrity_check")) == [(b"ok",)], "integrity_check")
        self.meta = {text_of(k): v for k, v in self.rows("k, v FROM meta")}
        self.kind = text_of(self.meta.get("kind", b""))
        need(self.kind in KINDS, "kind of file")
        used, known = KINDS[self.kind]
        known = ("kind vault suite min_reader " + known).split()
        need({k for k in known if k[0] != "?"} <= set(self.meta) <= {k.strip("?") for k in known},
             "entries of meta")
        for k, n in LENGTH.items():
            need(len(self.meta.get(k, bytes(n))) == n, "length of meta " + k)
        for k in ("suite", "min_reader"):
            need(any(self.meta[k]), k + " 0")
            if self.meta[k] != b"\0\0\0\1":
                raise Newer(k)
        self.vault = self.meta["vault"].hex()
        if self.kind == "bundle" and self.count("ext WHERE substr(k, 1, 1) = '!'"):
            raise Newer("an ext row")
        for table in ALL.split():
            need(table in used.split() or not self.count(table), "planted: a row in " + table)

    def columns(self):
        for sql in PLANTED:
            need(not self.count(sql), "planted or misshapen: a row of " + sql)

    def crowded(self):  # 17.1
        """One id with too many rows or lines; nothing else is judged."""
        for table, n in (("record WHERE f = 0 AND", 1024), ("leaf WHERE", 8192)):
            need(not list(self.rows(f"1 FROM {table} id NOTNULL GROUP BY id HAVING count(*) > {n} LIMIT 1")),
                 "too many rows of one record")
