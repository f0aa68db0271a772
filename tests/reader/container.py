# SPDX-License-Identifier: Apache-2.0
# container.py: the file, its header, schema, columns and rows (format.md 8)
import os
import re
import shutil
import sqlite3
import tempfile
from urllib.parse import quote

from basics import Bad, Newer, at, be, need

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/format.md")) as f:
    SCHEMA = re.search("\n(CREATE TABLE meta.*?)```", f.read(), re.DOTALL)[1]  # 8.2: the text's own
FIND = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid"
# kind: the tables that have no row; entries of meta, with ? those that may be missing
KINDS = {
    "vault": ("proof", "slots-gen settings-gen slots-mac ?catalogue-gen ?catalogue"),
    "capture": ("slot identity extract attachment note proof local page",
                "card ?compartments ?session ?session-key ?session-known ?session-time"),
    "bundle": ("slot identity staging leaf node local page", "bundle manifest"),
    "audit": ("slot epoch wrap segment staging extract node local page", ""),
    "kit": ("record wrap segment staging extract log leaf node checkpoint attachment note proof page",
            "?slots-gen ?settings-gen ?slots-mac"),
}
LENGTH = {"vault": 16, "suite": 4, "min_reader": 4, "slots-gen": 4, "settings-gen": 4, "slots-mac": 32,
          "catalogue-gen": 4, "catalogue": 72, "session-key": 32, "session-known": 8, "session-time": 8}
# kind, or "" for all that are judged: rows that none has, of what no later step looks into
PLANTED = {
    "": ["record WHERE f = 0 AND (length(id) IS NOT 16 OR ver IS NULL) OR f AND (id NOTNULL OR ver NOTNULL)",
         "record WHERE f NOT IN (0, 1) OR rid < 1 OR rid = 9223372036854775807",
         "slot WHERE length(id) != 16 OR length(b) NOT IN (152, 1248) OR substr(b, 17, 16) != id"
         " OR substr(b, 1, 4) != x'53515331'",
         "leaf WHERE length(subj) != 32 OR length(ev) != 32 OR (id IS NULL) != (ver IS NULL)"
         " OR length(id) != 16",
         "checkpoint WHERE keep NOT IN (0, 1)",
         "attachment AS a WHERE length(b) > 1048576 OR NOT EXISTS (SELECT 1 FROM checkpoint c WHERE"
         " c.log = a.log AND c.size = a.size)",
         "local WHERE length(b) < 296 OR (length(b) - 40) % 256 OR id < 1 OR rev < 1",
         "note WHERE f NOT IN (0, 1) OR n < 1",
         "segment WHERE rid NOT IN (SELECT rid FROM record UNION SELECT rid FROM staging)",
         "staging WHERE rid < 1 OR rid IN (SELECT rid FROM record)",
         *(t + " WHERE rid NOT IN (SELECT rid FROM record)" for t in ("wrap", "extract", "proof")),
         *(t + " WHERE log NOT IN (SELECT n FROM log)" for t in ("leaf", "node", "checkpoint", "proof"))],
    "vault": ["note WHERE f = 0 AND n >= 4294967296",
              "extract x JOIN record r ON r.rid = x.rid WHERE r.f = 0"],
    "capture": [],
    "bundle": ["record WHERE f", "note WHERE f"],
    "audit": ["note WHERE f = 0 AND n >= 4294967296", "leaf WHERE evct NOTNULL",
              "identity WHERE seed NOTNULL", "record WHERE meta NOTNULL"],
}
MAGIC = b"SQLite format 3\0"

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
            self.db.executescript("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON")
            self.structure()
        except (sqlite3.Error, OverflowError) as e:
            raise Bad("SQLite: %s" % e)
        self.header(path, True)

    def rows(self, sql, *args):
        try:
            yield from self.db.execute("SELECT " + sql, args)
        except sqlite3.Error as e:
            raise Bad("SQLite: %s" % e)

    def count(self, what):
        return next(self.rows("count(*) FROM " + what))[0]

    def header(self, path, whole):
        with open(path, "rb") as f:
            h = f.read(100)
        need(h[:16] == MAGIC and len(h) == 100, "the first bytes of a container")
        size = at(h, 16, 2)
        need(size in (4096, 16384) and h[18:21] == b"\1\1\0" and at(h, 56, 4) == 1 and not any(h[72:92]),
             "header")
        need(not whole or at(h, 44, 4) == 4 and h[24:28] == h[92:96] and at(h, 52, 4) and at(h, 64, 4)
             and os.path.getsize(path) == size * at(h, 28, 4), "header, or length of the file")

    def structure(self):
        app, version = (next(self.db.execute("PRAGMA " + x))[0] for x in ("application_id", "user_version"))
        need(app in (0, 0x53445131), "application_id")
        if app == 0 or version not in (0, 1):
            raise Newer("no container that this reader knows")
        as_written = sqlite3.connect(":memory:")
        as_written.executescript(SCHEMA)
        need(list(self.db.execute(FIND)) == list(as_written.execute(FIND)), "schema")
        need(list(self.db.execute("PRAGMA integrity_check")) == [("ok",)], "integrity_check")
        self.meta = dict(self.rows("k, v FROM meta"))
        self.kind = self.meta.get("kind", b"").decode()
        need(self.kind in KINDS, "kind of file")
        empty, known = KINDS[self.kind]
        known = ("kind vault suite min_reader " + known).split()
        need({k for k in known if k[0] != "?"} <= set(self.meta) <= {k.strip("?") for k in known},
             "entries of meta")
        for k, n in LENGTH.items():
            need(len(self.meta.get(k, bytes(n))) == n, "length of meta " + k)
        self.vault = self.meta["vault"].hex()
        newer = {self.meta["suite"], self.meta["min_reader"]} - {be(1, 4)}
        need(be(0, 4) not in newer, "suite or min_reader 0")
        if newer or self.kind == "bundle" and self.count("ext WHERE substr(k, 1, 1) = '!'"):
            raise Newer("suite, min_reader or an ext row")
        for table in empty.split():
            need(not self.count(table), "planted: a row in " + table)

    def planted(self):
        for sql in PLANTED[""] + PLANTED[self.kind]:
            need(not self.count(sql), "planted or misshapen: a row of " + sql)
        for table, n in (("record WHERE f = 0 AND", 1024), ("leaf WHERE", 8192)):  # 17.1
            need(self.kind == "bundle" or not list(self.rows(
                f"1 FROM {table} id NOTNULL GROUP BY id HAVING count(*) > {n} LIMIT 1")), "a crowd of rows")
