# SPDX-License-Identifier: Apache-2.0
# basics.py: hashes, trees, texts, signed notes, row heads (format.md 1, 4, 6, 7.1)
import base64
import hashlib
import re
import struct

from nacl import bindings as nb

class Bad(Exception):
    """The evidence does not match: status 3."""

class Newer(Exception):
    """Made by a newer program, or no container: status 1."""

def need(ok, why):
    if not ok:
        raise Bad(why)

def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def B(data):
    return hashlib.blake2b(data, digest_size=32).digest()

def L(label):
    return b"sanduq.v1/" + label.encode() + b"\0"

def be(n, size):
    return n.to_bytes(size, "big")

def at(b, off, n):
    return int.from_bytes(b[off:off + n], "big")

def b64(raw):
    return base64.b64encode(raw).decode()

def unb64(s):
    """None if it is not the one form of its bytes."""
    try:
        raw = base64.b64decode(s, validate=True)
    except ValueError:
        return None
    return raw if b64(raw) == s else None

def text_of(raw):
    try:
        return raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        raise Bad("UTF-8")

def number(s, least=0, most=2**64 - 1):
    need(least <= int(s) <= most, "a number out of its range")
    return int(s)

def padme(n):
    e = n.bit_length() - 1
    unit = 1 << (e - e.bit_length()) if n > 1 else 1
    return -(-n // unit) * unit

# ---- trees: RFC 6962, 2.1; RFC 9162, 2.1.3.2

class Tree:
    """Grows leaf by leaf; nodes at levels 4, 8, 12 ... are remembered."""

    def __init__(self, leaves=()):
        self.size, self.stack, self.nodes = 0, [], {}
        for h in leaves:
            self.add(h)

    def add(self, h):
        level, self.size = 0, self.size + 1
        while self.stack and self.stack[-1][0] == level:
            h, level = H(b"\1", self.stack.pop()[1], h), level + 1
            if level % 4 == 0:
                self.nodes[level, (self.size >> level) - 1] = h
        self.stack.append((level, h))

    def root(self):
        h = self.stack[-1][1] if self.stack else H()
        for _, left in reversed(self.stack[:-1]):
            h = H(b"\1", left, h)
        return h

def mth(hashes):
    return Tree(hashes).root()

def included(index, size, leaf, path, root):
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0 or index >= size:
            return False
        if fn & 1 or fn == sn:
            r = H(b"\1", p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = H(b"\1", r, p)
        fn, sn = fn >> 1, sn >> 1
    return index < size and sn == 0 and r == root

# ---- the exact form of each text: 1.5

V, R, N = "([0-9a-f]{32})", "([0-9a-f]{16})", "(0|[1-9][0-9]{0,19})"
B32 = "([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"
OR = "(-|" + B32[1:]
KEM = "([A-Za-z0-9+/]{1621}[AQgw]==)"
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
    "withdraw-revoked": f"{V} {B32}\nwithdraw {B32}\ndate {N}\n",
    "ack": f"{V} {B32}\nwithdraw {B32}\ndate {N}\nanswer (destroyed|hidden|refused)\n((?:stmt {B32}\n)+)",
    "receipt": f"{V} {B32}\nbundle {B32}\ndate {N}\nrecords {N}\n",
}
EXTENDED = "card replica session device bundle withdraw ack compartments".split()
POINT = f"(\\S+)\n{N}\n{B32}\n"

def raw_of(s):
    """A matched word as what it stands for."""
    if s is None or s == "-":
        return None
    return base64.b64decode(s) if re.fullmatch(B32 + "|" + KEM, s) else s

def lines_of(block, pattern):
    """The lines of a list: in this form, ascending, none twice."""
    lines = block.splitlines(keepends=True)
    need(all(a < b for a, b in zip(lines, lines[1:])), "order of lines")
    out = [re.fullmatch(pattern, x) for x in lines]
    need(all(out), "form of a line")
    return [x.groups() for x in out]

def form(word, text):
    """The values of a text of this kind; Bad if it has another form."""
    ext = ""
    if word in EXTENDED:
        text, ext = re.fullmatch("((?:.*\n)*?)((?:ext .*\n)*)", text).groups()
    m = re.fullmatch(f"sanduq\\.v1/{word}\n" + FORMS[word], text)
    need(m and all(int(x) < 2**64 for x in m.groups() if x and re.fullmatch(N, x)), "form of a text " + word)
    names = lines_of(ext, "ext (!?[a-z0-9-]{1,32}) ([A-Za-z0-9+/]*={0,2})\n")
    need(len({n for n, _ in names}) == len(names), "an ext line twice")
    for name, value in names:
        need(unb64(value) is not None, "ext base64")
        if name.startswith("!"):
            raise Newer("a text with " + name)
    if word == "withdraw" and m[5] != "-":
        reason = unb64(m[5])
        need(reason and len(reason) <= 4096 and text_of(reason), "a reason")
    need(word != "revoke" or m[2] or number(m[3], 1, 2**32 - 1), "a card without a generation")
    need(word != "receipt" or m[5] != "0", "a receipt of no record")
    return [raw_of(x) for x in m.groups()]

# ---- signed notes: 1.4

def note_split(note):
    need(len(note.encode()) <= 65536, "a long note")
    need(not re.search("[\0-\x09\x0b-\x1f\x7f]", note), "control characters")
    text, mark, tail = note.rpartition("\n\n")
    need(mark and tail.endswith("\n"), "a signed note")
    sigs = []
    for line in tail[:-1].split("\n"):
        w = line.split(" ")
        name = len(w) == 3 and w[0] == "\u2014" and "+" not in w[1] and w[1].split() == [w[1]]
        raw = unb64(w[2]) if name else None
        need(raw and len(raw) > 4, "a signature line")
        sigs.append((w[1], raw[:4], raw[4:]))
    need(len(sigs) <= 64, "too many signature lines")
    return text + "\n", sigs

def ed25519(key, message, signature):
    try:
        return nb.crypto_sign_open(signature + message, key) is not None
    except Exception:
        return False

class Signer:
    """A note that names a key; whether it is signed itself is not looked at."""

    def __init__(self, note):
        self.note, self.text = note, note_split(note)[0]
        self.hash = H(self.text.encode())

    def signs(self, note):
        """Whether the note has one line of type 01 by this name and key, and it is good."""
        text, sigs = note_split(note)
        key_id = H(self.name.encode(), b"\n\1", self.key)[:4]
        mine = [s for n, k, s in sigs if (n, k) == (self.name, key_id)]
        return len(mine) == 1 and len(mine[0]) == 64 and ed25519(self.key, text.encode(), mine[0])

class Card(Signer):  # 4.1
    def __init__(self, note):
        super().__init__(note)
        self.vault, gen, self.key, self.mini, self.kem, self.prev, self.next = form("card", self.text)
        self.gen, self.name = number(gen, 1, 2**32 - 1), f"sanduq.invalid/{self.vault}/sign"
        need((self.prev is None) == (self.gen == 1), "prev of a card")
        need(self.signs(note), "a card not signed by itself")

    def follows(self, before):
        return ((self.vault, self.gen, self.prev) == (before.vault, before.gen + 1, before.hash)
                and before.signs(self.note) and before.next in (None, H(self.key)))

class Log(Signer):  # 4.2, 4.3
    """A replica or session note, and what was read of its log; `lines` as read by read()."""

    def __init__(self, note, n=None):
        super().__init__(note)
        self.n, self.lines, self.hashes, self.points, self.roots = n, [], [], {}, {}
        self.session, self.spoken, self.base = self.text.startswith("sanduq.v1/session\n"), True, None
        if self.session:
            self.vault, self.device, self.id, no, self.key, self.card, base = form("session", self.text)
        else:
            self.vault, self.id, no, self.key, self.card, base = form("replica", self.text)
        if base != "base -\n" or not self.session:
            self.bases = [(f"sanduq.invalid/{self.vault}/{i}", int(size), raw_of(h))
                          for i, size, h in lines_of(base, f"base {R} {N} {B32}\n")]
            if self.session:
                self.base, = self.bases
        self.number, self.name = number(no, 1, 2**32 - 1), f"sanduq.invalid/{self.vault}/{self.id}"

    def point(self, note):
        """size, root and text hash of a checkpoint of this log."""
        text = note_split(note)[0]
        m = re.fullmatch(POINT, text)
        need(m and m[1] == self.name and self.signs(note), "a checkpoint")
        return number(m[2], 1), raw_of(m[3]), H(text.encode())

    def was(self, size, text_hash):
        """Whether this was its state, as far as its lines or its checkpoints are here."""
        if not self.lines:
            return self.points.get(size, text_hash) == text_hash
        return 0 < size <= len(self.lines) and text_hash == checkpoint_hash(
            self.name, size, mth(self.hashes[:size]))

    def ended(self, after):
        """Whether the session after it names its last state; of its lines, its newest."""
        size = max(self.points, default=0)
        return after.base == (self.name, size, self.points.get(size))

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
        need(self.ver > 0 and not zero, "header of a record")
        need(self.meta_len in [1024 << k for k in range(15)], "padded metadata")
        none, n = self.body_ver == 0, self.body_len
        need(self.body_ver <= self.ver, "body version")
        need(none == (n == 0) == (self.b == bytes(32)), "body length")
        need(none or n >= 4096 and (padme(n) == n or n & n - 1 == 0), "padding of a body")
        need((self.ver == 1) == (self.prev == bytes(32)), "prev of a record")
        self.ct = H(L("cipher"), self.header, self.commit, self.m, self.b)
        prev = b64(self.prev) if self.ver > 1 else "-"
        self.stmt = H(f"sanduq.v1/record\n{self.origin.hex()}\n{self.id.hex()} {self.ver}\n"
                      f"content {b64(self.content)}\ncipher {b64(self.ct)}\nkey {b64(self.commit)}\n"
                      f"prev {prev}\n".encode())
