# SPDX-License-Identifier: Apache-2.0
# container.py: the file, its header, schema, columns and rows, format.md 8
import os
import shutil
import sqlite3
import tempfile

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
ALL = "slot identity epoch record wrap segment staging extract log leaf node " \
      "checkpoint attachment note proof local page"
# kind: tables that it uses besides meta and ext; entries of meta, with ? those
# that may be missing
KINDS = {
    "vault": (ALL.replace(" proof", ""),
              "slots-gen settings-gen slots-mac ?catalogue-gen ?catalogue"),
    "capture": ("epoch record wrap segment staging log leaf node checkpoint",
                "card ?compartments ?session ?session-key ?session-known ?session-time"),
    "bundle": ("epoch record wrap segment extract log checkpoint attachment note proof",
               "bundle manifest"),
    "audit": ("identity record log leaf checkpoint attachment note proof", ""),
    "kit": ("slot identity epoch local", "?slots-gen ?settings-gen ?slots-mac"),
}
LENGTH = {"vault": 16, "suite": 4, "min_reader": 4, "slots-gen": 4, "settings-gen": 4,
          "slots-mac": 32, "catalogue-gen": 4, "catalogue": 72, "session-key": 32,
          "session-known": 8, "session-time": 8}


MAGIC = b"SQLite format 3\0"


def is_container(head):
    """Of the first 100 bytes: also one whose first 16 were changed."""
    return head[:16] == MAGIC or head[68:72] == b"SDQ1"


class Container:
    """A container file whose structure holds."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.magic = f.read(16)
        need(self.magic == MAGIC, "the first bytes of a container")
        self.folder = tempfile.TemporaryDirectory()
        if os.path.exists(path + "-journal"):  # played back in a copy
            copy = os.path.join(self.folder.name, "f")
            shutil.copyfile(path, copy)
            shutil.copyfile(path + "-journal", copy + "-journal")
            path = copy
            self.header(path, False)
        else:
            self.header(path, True)
        uri = "file:%s?mode=%s" % (path.replace("%", "%25").replace("?", "%3f")
                                   .replace("#", "%23"),
                                   "rw" if path.startswith(self.folder.name) else
                                   "ro&immutable=1")
        try:
            self.db = sqlite3.connect(uri, uri=True, isolation_level=None)
            self.db.text_factory = bytes
            self.db.execute("PRAGMA trusted_schema=OFF")
            self.db.execute("PRAGMA cell_size_check=ON")
            self.structure()
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as e:
            raise Bad("SQLite: %s" % e)
        self.header(path, True)

    def rows(self, sql, *args):
        try:
            yield from self.db.execute(sql, args)
        except (sqlite3.Error, UnicodeDecodeError) as e:
            raise Bad("SQLite: %s" % e)

    def one(self, sql, *args):
        return next(self.rows(sql, *args))[0]

    def header(self, path, whole):
        with open(path, "rb") as f:
            h = f.read(100)
        need(len(h) == 100, "header")
        size = at(h, 16, 2)
        need(size in (4096, 16384) and h[18] == h[19] == 1 and h[20] == 0, "header")
        need(at(h, 56, 4) == 1 and not any(h[72:92]), "encoding, reserved bytes")
        if whole:
            need(at(h, 44, 4) == 4 and h[24:28] == h[92:96] and at(h, 52, 4) and at(h, 64, 4), "header")
            need(os.path.getsize(path) == size * at(h, 28, 4), "length of the file")

    def structure(self):
        app = self.one("PRAGMA application_id")
        if app == 0:
            raise Newer("no container of this program")
        need(app == 0x53445131, "application_id")
        if self.one("PRAGMA user_version") not in (0, 1):
            raise Newer("user_version")
        got = list(self.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE"
                             " typeof(type) || typeof(name) || typeof(tbl_name) ="
                             " 'texttexttext' AND typeof(sql) IN ('text', 'null')"
                             " ORDER BY rowid"))
        need(len(got) == len(SCHEMA), "schema")
        for (kind, name, table, sql), want in zip(got, SCHEMA):
            if want != "-":
                w = want.replace("(", " ").replace("UNIQUE ", "").split()
                mine = (w[1].lower(), w[2], w[4] if w[1] == "INDEX" else w[2], want)
                last = w[2]
            else:
                mine = ("index", "sqlite_autoindex_%s_1" % last, last, None)
            need((kind, name, table, sql) == tuple(
                x if x is None else x.encode() for x in mine), "schema")
        need([r[0] for r in self.rows("PRAGMA integrity_check")] == [b"ok"],
             "integrity_check")
        self.meta = {text_of(k): v for k, v in self.rows("SELECT k, v FROM meta")}
        self.kind = text_of(self.meta.get("kind", b""))
        need(self.kind in KINDS, "kind of file")
        used, known = KINDS[self.kind]
        must = {"kind", "vault", "suite", "min_reader"} | {
            k for k in known.split() if k[0] != "?"}
        may = must | {k.strip("?") for k in known.split()}
        need(must <= set(self.meta) <= may, "entries of meta")
        for k, n in LENGTH.items():
            need(len(self.meta.get(k, bytes(n))) == n, "length of meta " + k)
        for k in ("suite", "min_reader"):
            need(any(self.meta[k]), k + " 0")
            if self.meta[k] != b"\0\0\0\1":
                raise Newer(k)
        self.vault = self.meta["vault"].hex()
        for k, in self.rows("SELECT k FROM ext"):
            if k.startswith(b"!") and self.kind == "bundle":
                raise Newer("ext " + repr(k))
        for table in ALL.split():
            need(table in used.split() or not self.one(f"SELECT count(*) FROM {table}"),
                 f"planted: a row in {table}")

    def columns(self):
        """Lengths of what no later step looks into."""
        for why, sql in (
                ("id", "record WHERE f = 0 AND (length(id) IS NOT 16 OR ver IS NULL)"),
                ("f", "record WHERE f NOT IN (0, 1) OR f AND (id NOTNULL OR ver NOTNULL)"),
                ("rid", "record WHERE rid < 1 OR rid = 9223372036854775807"),
                ("slot", "slot WHERE length(id) != 16 OR length(b) NOT IN (152, 1248)"
                         " OR substr(b, 17, 16) != id OR substr(b, 1, 4) != x'53515331'"),
                ("leaf", "leaf WHERE length(subj) != 32 OR length(ev) != 32"
                         " OR (id IS NULL) != (ver IS NULL) OR length(id) != 16"),
                ("keep", "checkpoint WHERE keep NOT IN (0, 1)"),
                ("attachment", "attachment AS a WHERE NOT EXISTS (SELECT 1 FROM"
                               " checkpoint c WHERE c.log = a.log AND c.size = a.size)"),
                ("local", "local WHERE length(b) < 296 OR (length(b) - 40) % 256"
                          " OR id < 1 OR rev < 1"),
                ("note", "note WHERE f NOT IN (0, 1) OR n < 1"
                         " OR f = 0 AND n >= 4294967296 AND (SELECT v FROM meta WHERE"
                         " k = 'kind') != CAST('bundle' AS BLOB)"),
                *((t, f"{t} WHERE rid NOT IN (SELECT rid FROM record)")
                  for t in ("wrap", "extract", "proof")),
                ("segment", "segment WHERE rid NOT IN (SELECT rid FROM record UNION"
                            " SELECT rid FROM staging)"),
                ("staging", "staging WHERE rid < 1 OR rid IN (SELECT rid FROM record)"),
                *((t, f"{t} WHERE log NOT IN (SELECT n FROM log)")
                  for t in ("leaf", "node", "checkpoint", "attachment", "proof"))):
            need(not self.one("SELECT count(*) FROM " + sql), "a row of " + why)

    def crowded(self):
        """17.1: one id with too many rows or lines; nothing else is judged."""
        for table, n in (("record", 1024), ("leaf", 8192)):
            f = " AND f = 0" if table == "record" else ""
            need(not list(self.rows(f"SELECT 1 FROM {table} WHERE id NOTNULL{f} GROUP BY"
                                    f" id HAVING count(*) > {n} LIMIT 1")),
                 "too many rows of one record")
