# SPDX-License-Identifier: Apache-2.0
# basics.py: hashes, trees, texts, signed notes, row heads (format.md 1, 4, 6, 7.1)
import base64
import hashlib
import re
import struct
from functools import reduce

from nacl import bindings as nb

class Bad(Exception): """The evidence does not match: status 3."""
class Newer(Exception): """Made by a newer program, or no container: status 1."""
def H(*parts): return hashlib.sha256(b"".join(parts)).digest()
def B(data): return hashlib.blake2b(data, digest_size=32).digest()
def L(label): return b"sanduq.v1/" + label.encode() + b"\0"
def be(n, size): return n.to_bytes(size, "big")
def at(b, off, n): return int.from_bytes(b[off:off + n], "big")
def b64(raw): return base64.b64encode(raw).decode()

def need(ok, why):
    if not ok:
        raise Bad(why)

def unb64(s):
    """None if it is not the one form of its bytes."""
    try:
        return raw if b64(raw := base64.b64decode(s, validate=True)) == s else None
    except ValueError:
        return None

def padme(n):
    unit = 1 << n.bit_length() - 1 - (n.bit_length() - 1).bit_length()
    return -(-n // unit) * unit

class Tree:  # RFC 6962, 2.1; nodes at levels 4, 8, 12 ... are remembered
    def __init__(self):
        self.size, self.stack, self.nodes = 0, [], {}

    def add(self, h):
        level = 0
        while self.size >> level & 1:
            h, level = H(b"\1", self.stack.pop(), h), level + 1
            if level % 4 == 0:
                self.nodes[level, self.size >> level] = h
        self.stack.append(h)
        self.size += 1
        return self

    def root(self):
        return reduce(lambda right, left: H(b"\1", left, right), self.stack[::-1]) if self.stack else H()

def mth(hashes):
    return reduce(Tree.add, hashes, Tree()).root()

def included(index, size, r, path, root):  # RFC 9162, 2.1.3.2; r: the leaf's hash
    fn, sn = index, size - 1
    for p in path:
        if sn == 0 or index >= size:
            return False
        left = fn & 1 or fn == sn
        r = H(b"\1", p, r) if left else H(b"\1", r, p)
        while left and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    return index < size and sn == 0 and r == root

# ---- the exact form of each text: 1.5

V, R, N = "([0-9a-f]{32})", "([0-9a-f]{16})", "(0|[1-9][0-9]{0,19})"
B32, KEM = "([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)", "([A-Za-z0-9+/]{1621}[AQgw]==)"
OR, DATED = "(-|" + B32[1:], f"{V} {B32}\n%s {B32}\ndate {N}\n"
FORMS = {
    "card": f"{V} {N}\nsign {B32}\nmini {B32}\nkem {KEM}\nprev {OR}\nnext {OR}\n",
    "replica": f"{V} {R} {N}\nlog {B32}\ncard {B32}\n((?:base .*\n)*)",
    "session": f"{V} {R} {R} {N}\nlog {B32}\ncard {B32}\n(base .*\n)",
    "device": f"{V} {R}\ncard {B32}\nfirst {B32}\n",
    "revoke": f"{V} (?:device {R}|card {N})\nlast (-|{R} {N} {B32})\n",
    "bundle": f"{V} from {V} {B32}\nepoch {B32}\nrcpt {N} {B32}\nrecords {N} {B32}\nmanifest {B32}\n"
              f"log {B32}\n",
    "compartments": f"{V} {B32}\ngen {N}\n((?:[a-z].*\n)+?)",
    "withdraw": f"{V} {B32}\nid {V}\ndate {N}\nreason (\\S+)\n((?:stmt {B32}\n)+)((?:bundle {V}\n)*)",
    "withdraw-revoked": DATED % "withdraw",
    "ack": DATED % "withdraw" + f"answer (destroyed|hidden|refused)\n((?:stmt {B32}\n)+)",
    "receipt": DATED % "bundle" + f"records {N}\n",
}
# of the numbers in them those that have other limits than 0 and 2^64: which group, least, below
LIMITS = {"card": [(2, 1, 2**32)], "replica": [(3, 1, 2**32)], "session": [(4, 1, 2**32)],
          "revoke": [(3, 1, 2**32)], "withdraw": [(4, 0, 2**63)], "withdraw-revoked": [(4, 0, 2**63)],
          "ack": [(4, 0, 2**63)], "receipt": [(4, 0, 2**63), (5, 1, 2**64)]}
EXTENDED = "card replica session device bundle withdraw ack compartments".split()
POINT = f"(\\S+)\n{N}\n{B32}\n"

def raw_of(s):
    """A matched word as what it stands for."""
    return None if s == "-" else base64.b64decode(s) if s and re.fullmatch(f"{B32}|{KEM}", s) else s

def lines_of(block, pattern):
    """The lines of a list: in this form, ascending, none twice."""
    lines = block.splitlines(keepends=True)
    out = [re.fullmatch(pattern, x) for x in lines]
    need(all(out) and all(a < b for a, b in zip(lines, lines[1:])), "form or order of lines")
    return [x.groups() for x in out]

def form(word, text):
    """The values of a text of this kind; Bad if it has another form."""
    ext = ""
    if word in EXTENDED:
        text, ext = re.fullmatch("((?:.*\n)*?)((?:ext .*\n)*)", text).groups()
    m = re.fullmatch(f"sanduq\\.v1/{word}\n" + FORMS[word], text)
    need(m and all(int(x) < 2**64 for x in m.groups() if x and re.fullmatch(N, x)), "form of a text " + word)
    need(all(least <= int(m[i] or least) < most for i, least, most in LIMITS.get(word, ())), "a number")
    names = lines_of(ext, "ext (!?[a-z0-9-]{1,32}) ([A-Za-z0-9+/]*={0,2})\n")
    need(len(dict(names)) == len(names), "an ext line twice")
    for name, value in names:
        need(unb64(value) is not None, "ext base64")
        if name.startswith("!"):
            raise Newer("a text with " + name)
    if word == "withdraw" and m[5] != "-":
        reason = unb64(m[5])
        need(reason and len(reason) <= 4096 and reason.decode(), "a reason")
    return [raw_of(x) for x in m.groups()]

# ---- signed notes: 1.4

def note_split(note):
    text, mark, tail = note.rpartition("\n\n")
    need(len(note.encode()) <= 65536 and not re.search("[\0-\x09\x0b-\x1f\x7f]", note) and mark
         and tail.endswith("\n"), "a signed note")
    sigs = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line) for line in tail[:-1].split("\n")]
    need(all(sigs) and len(sigs) <= 64, "signature lines")
    sigs = [(m[1], unb64(m[2])) for m in sigs]
    need(all(raw and len(raw) > 4 for _, raw in sigs), "a signature line")
    return text + "\n", sigs

def ed25519(key, message, signature):
    try:
        return nb.crypto_sign_open(signature + message, key) is not None
    except Exception:
        return False

class Signer:
    """A note that names a key; whether it is signed itself is not looked at."""

    def __init__(self, note, word):
        self.note, self.text = note, note_split(note)[0]
        self.hash, self.values = H(self.text.encode()), form(word, self.text)
        self.vault, self.spoken, self.n = self.values[0], True, None

    def signs(self, note):
        """Whether the note has one line of type 01 by this name and key, and it is good."""
        text, sigs = note_split(note)
        key_id = H(self.name.encode(), b"\n\1", self.key)[:4]
        mine = [raw[4:] for name, raw in sigs if (name, raw[:4]) == (self.name, key_id)]
        return len(mine) == 1 and len(mine[0]) == 64 and ed25519(self.key, text.encode(), mine[0])

class Card(Signer):  # 4.1
    def __init__(self, note):
        super().__init__(note, "card")
        _, gen, self.key, self.mini, self.kem, self.prev, self.next = self.values
        self.gen, self.name = int(gen), f"sanduq.invalid/{self.vault}/sign"
        need((self.prev is None) == (self.gen == 1) and self.signs(note), "a card not signed by itself")

    def follows(self, before):
        return ((self.vault, self.gen, self.prev) == (before.vault, before.gen + 1, before.hash)
                and before.signs(self.note) and before.next in (None, H(self.key)))

class Log(Signer):  # 4.2, 4.3
    """A replica or session note, and what was read of its log."""

    def __init__(self, note, n=None):
        self.session = note.startswith("sanduq.v1/session\n")
        super().__init__(note, "session" if self.session else "replica")
        *_, self.id, no, self.key, self.card, base = self.values
        self.n, self.lines, self.hashes, self.points, self.roots = n, [], [], {}, {}
        bases = "" if self.session and base == "base -\n" else base
        self.bases = [(f"sanduq.invalid/{self.vault}/{i}", int(size), raw_of(h))
                      for i, size, h in lines_of(bases, f"base {R} {N} {B32}\n")]
        self.device, self.base = self.values[1], self.bases[0] if self.session and bases else None
        self.number, self.name = int(no), f"sanduq.invalid/{self.vault}/{self.id}"
        need(len({self.name, *(x[0] for x in self.bases)}) == len(self.bases) + 1, "a base twice, or its own")
        need(all(x[1] < 2**64 for x in self.bases), "a base")
        need(not self.session or (self.number > 1) == bool(self.base and self.base[1]), "a session's base")

    def point(self, note):
        """size, root and text hash of a checkpoint of this log."""
        text = note_split(note)[0]
        m = re.fullmatch(POINT, text)
        need(m and m[1] == self.name and 0 < int(m[2]) < 2**64 and self.signs(note), "a checkpoint")
        return int(m[2]), raw_of(m[3]), H(text.encode())

    def was(self, size, text_hash):
        """Whether this was its state, as far as its lines or its checkpoints are here."""
        if not self.lines:
            return self.points.get(size, text_hash) == text_hash
        return 0 < size <= len(self.lines) and text_hash == checkpoint_hash(
            self.name, size, mth(self.hashes[:size]))

    def before(self, s):
        """Whether s is the next session of this device, drawn over this one's last state."""
        size = max(self.points, default=0)
        return (self.session and (self.device, self.number + 1) == (s.device, s.number) and self.signs(s.note)
                and size <= s.base[1] and self.was(*s.base[1:]) and s.base[0] == self.name)

def checkpoint_hash(name, size, root):
    return H(f"{name}\n{size}\n{b64(root)}\n".encode())

# ---- leaves and row heads: 7.1, 6

def leaf_hash(kind, rid, ver, subj, ev):
    name = "- -" if rid is None else f"{rid.hex()} {ver}"
    return H(b"\0", f"sanduq.v1/leaf\n{kind} {name}\n{b64(subj)}\n{b64(ev)}\n".encode())

class Head:
    def __init__(self, raw):
        need(len(raw) == 224 and raw[:8] == b"SQR1\1\x10\0\0", "a row head")
        self.raw, self.header = raw, raw[:96]
        (self.origin, self.id, self.ver, self.meta_len, self.body_len, self.body_ver, zero, self.prev,
         self.commit, self.content, self.m, self.b) = struct.unpack(">8x16s16sIIQII32s32s32s32s32s", raw)
        none, n, first = self.body_ver == 0, self.body_len, self.ver == 1
        need(self.ver > 0 and not zero and first == (self.prev == bytes(32)), "header of a record")
        need(self.meta_len in [1024 << k for k in range(15)], "padded metadata")
        need(self.body_ver <= self.ver and none == (n == 0) == (self.b == bytes(32)), "length of a body")
        need(none or n >= 4096 and (padme(n) == n or n & n - 1 == 0), "padding of a body")
        self.ct = H(L("cipher"), self.header, self.commit, self.m, self.b)
        self.stmt = H(f"sanduq.v1/record\n{self.origin.hex()}\n{self.id.hex()} {self.ver}\n"
                      f"content {b64(self.content)}\ncipher {b64(self.ct)}\nkey {b64(self.commit)}\n"
                      f"prev {'-' if first else b64(self.prev)}\n".encode())
