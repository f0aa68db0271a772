# SPDX-License-Identifier: Apache-2.0
# container.py: the file, its header, schema, and the form of its rows (format.md 8, 17.5)
import os
import re
import shutil
import sqlite3
import tempfile
from urllib.parse import quote

from basics import Newer, at, be, need

MAGIC = b"SQLite format 3\0"
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/format.md")) as f:
    # the text's own: the schema of 8.1; the queries of 17.5, which find no row in a file that holds
    SCHEMA, RULES = re.search("\n(CREATE TABLE.*?)```.*\n(vcba record.*?)```", f.read(), re.DOTALL).groups()
FIND = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid"
# kind: the tables that have no row; entries of meta, with ? those that may be missing, and their length
KINDS = {
    "vault": ("proof", "slots-gen:4 settings-gen:4 slots-mac:32 ?catalogue-gen:4 ?catalogue:72"),
    "capture": ("slot identity extract attachment note proof local page",
                "card ?compartments ?session ?session-key:32 ?session-known:8 ?session-time:8"),
    "bundle": ("slot identity staging leaf node local page", "bundle manifest"),
    "audit": ("slot epoch wrap segment staging extract node local page", ""),
}

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
        self.db = sqlite3.connect(f"file:{quote(path)}?mode={mode}", uri=True, isolation_level=None)
        self.db.executescript("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON")
        self.structure()
        self.header(path, True)

    def rows(self, sql, *args):
        return self.db.execute("SELECT " + sql, args)

    def exist(self, sql):
        return next(self.rows(f"EXISTS (SELECT 1 FROM {sql})"))[0]

    def header(self, path, whole):
        with open(path, "rb") as f:
            h = f.read(100)
        if h[:16] != MAGIC and h[68:72] != b"SDQ1":
            raise Newer("no container")
        size = at(h, 16, 2)
        need(h[:16] == MAGIC and len(h) == 100 and size in (4096, 16384) and h[18:21] == b"\1\1\0"
             and at(h, 56, 4) == 1 and not any(h[72:92]), "header")
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
        self.kind = self.meta["kind"].decode()
        if self.kind == "kit":
            raise Newer("kits are opened, not verified")
        empty, entries = KINDS[self.kind]
        entries = re.findall("([?]?)([a-z_-]+):?([0-9]*)", "kind vault:16 suite:4 min_reader:4 " + entries)
        need({k for may, k, _ in entries if not may} <= set(self.meta) <= {k for _, k, _ in entries}
             and all(len(self.meta[k]) == int(n) for _, k, n in entries if n and k in self.meta), "meta")
        numbers = {self.meta["suite"], self.meta["min_reader"]} - {be(1, 4)}
        need(be(0, 4) not in numbers, "suite or min_reader 0")
        if numbers or self.kind == "bundle" and self.exist("ext WHERE substr(k, 1, 1) = '!'"):
            raise Newer("suite, min_reader or an ext row")
        for table in empty.split():
            need(not self.exist(table), "planted: a row in " + table)

    def rows_hold(self):
        self.db.create_function("regexp", 2, lambda pattern, text: bool(re.fullmatch(pattern, text)))
        for kinds, sql in re.findall("^([vcba]+) +(.+(?:\n .*)*)", RULES, re.MULTILINE):
            need(self.kind[0] not in kinds or not self.exist(sql), "planted or misshapen: a row of " + sql)
