# SPDX-License-Identifier: Apache-2.0
# basics.py: hashes, trees, signed notes and texts, from docs/format.md alone
import base64
import hashlib
import re

from nacl import bindings as nb

DASH = "\u2014"


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


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


def at(b, off, n):
    return int.from_bytes(b[off:off + n], "big")


def b64(raw):
    return base64.b64encode(raw).decode()


def text_of(raw, why="UTF-8"):
    try:
        return raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        raise Bad(why)


def padme(n):
    if n < 2:
        return n
    e = n.bit_length() - 1
    unit = 1 << (e - e.bit_length())
    return -(-n // unit) * unit


# ---- RFC 6962, section 2.1

class Tree:
    """Grows leaf by leaf; nodes at levels 4, 8, 12 ... are remembered."""

    def __init__(self):
        self.size, self.stack, self.nodes, self.root_at = 0, [], {}, {}

    def add(self, leaf_hash):
        level, h = 0, leaf_hash
        self.size += 1
        while self.stack and self.stack[-1][0] == level:
            h = H(b"\1", self.stack.pop()[1], h)
            level += 1
            if level % 4 == 0:
                self.nodes[level, (self.size >> level) - 1] = h
        self.stack.append((level, h))

    def root(self):
        if not self.stack:
            return H()
        h = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            h = H(b"\1", left, h)
        return h


def mth(hashes):
    t = Tree()
    for h in hashes:
        t.add(h)
    return t.root()


def included(index, size, leaf, path, root):
    """RFC 9162, 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    if index >= size:
        return False
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = H(b"\1", p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = H(b"\1", r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


# ---- the exact form of each text, 1.5

V = "([0-9a-f]{32})"
R = "([0-9a-f]{16})"
N = "(0|[1-9][0-9]{0,19})"
B32 = "([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"
OR = "(-|" + B32[1:]
KEM = "([A-Za-z0-9+/]{1621}[AQgw]==)"
FORMS = {
    "card": f"{V} {N}\nsign {B32}\nmini {B32}\nkem {KEM}\nprev {OR}\nnext {OR}\n",
    "replica": f"{V} {R} {N}\nlog {B32}\ncard {B32}\n((?:base .*\n)*)",
    "base": f"base {R} {N} {B32}\n",
    "session": f"{V} {R} {R} {N}\nlog {B32}\ncard {B32}\n(base .*\n)",
    "device": f"{V} {R}\ncard {B32}\nfirst {B32}\n",
    "revoke": f"{V} (device|card) ([0-9a-f]+)\nlast (.*)\n",
    "last": f"{R} {N} {B32}",
    "record": f"{V}\n{V} {N}\ncontent {B32}\ncipher {B32}\nkey {B32}\nprev {OR}\n",
    "bundle": f"{V} from {V} {B32}\nepoch {B32}\nrcpt {N} {B32}\n"
              f"records {N} {B32}\nmanifest {B32}\nlog {B32}\n",
    "compartments": f"{V} {B32}\ngen {N}\n((?:[a-z].*\n)+?)",
    "withdraw": f"{V} {B32}\nid {V}\ndate {N}\nreason (\\S+)\n"
                f"((?:stmt {B32}\n)+)((?:bundle {V}\n)*)",
    "withdraw-revoked": f"{V} {B32}\nwithdraw {B32}\ndate {N}\n",
    "ack": f"{V} {B32}\nwithdraw {B32}\ndate {N}\nanswer (destroyed|hidden|refused)\n"
           f"((?:stmt {B32}\n)+)",
    "receipt": f"{V} {B32}\nbundle {B32}\ndate {N}\nrecords {N}\n",
}
EXTENDED = ("card", "replica", "session", "device", "bundle", "withdraw", "ack",
            "compartments")
POINT = re.compile(f"(\\S+)\n{N}\n{B32}\n")


def raw_of(s):
    """A matched word as what it stands for."""
    if s is None or s == "-":
        return None
    if re.fullmatch(B32 + "|" + KEM, s):
        return base64.b64decode(s)
    return s


def lines_of(block, pattern):
    """The lines of a list: as they are, ascending, none twice."""
    lines = block.splitlines(keepends=True)
    need(all(a < b for a, b in zip(lines, lines[1:])), "order of lines")
    out = [re.fullmatch(pattern, x) for x in lines]
    need(all(out), "form of a line")
    return [x.groups() for x in out]


def form(word, text):
    """The values of a text of this kind; Bad if it has another form."""
    head = f"sanduq.v1/{word}\n"
    need(text.startswith(head), "not a text " + word)
    body, ext = text[len(head):], ""
    if word in EXTENDED:
        body, ext = re.fullmatch("((?:.*\n)*?)((?:ext .*\n)*)", body).groups()
    m = re.fullmatch(FORMS[word], body)
    need(m, "form of a text " + word)
    names = lines_of(ext, "ext (!?[a-z0-9-]{1,32}) ([A-Za-z0-9+/]*={0,2})\n")
    need(len({n for n, _ in names}) == len(names), "an ext line twice")
    for name, value in names:
        need(unb64(value) is not None, "ext base64")
        if name.startswith("!"):
            raise Newer("a text with " + name)
    if word == "withdraw" and m[5] != "-":
        reason = unb64(m[5])
        need(reason and len(reason) <= 4096 and text_of(reason), "a reason")
    need(word != "receipt" or m[5] != "0", "a receipt of no record")
    return list(m.groups()) if word.startswith("withdraw") else [
        raw_of(x) for x in m.groups()]


def unb64(s):
    try:
        raw = base64.b64decode(s, validate=True)
    except ValueError:
        return None
    return raw if b64(raw) == s else None


def number(s, least=0, most=2**64 - 1):
    need(least <= int(s) <= most, "a number out of its range")
    return int(s)


# ---- signed notes, 1.4

def note_split(note):
    need(len(note.encode()) <= 65536, "a long note")
    need(not re.search("[\0-\x09\x0b-\x1f\x7f]", note), "control characters")
    text, mark, tail = note.rpartition("\n\n")
    need(mark and tail.endswith("\n"), "a signed note")
    sigs = []
    for line in tail[:-1].split("\n"):
        w = line.split(" ")
        name = len(w) == 3 and w[0] == DASH and "+" not in w[1] and w[1].split() == [w[1]]
        raw = unb64(w[2]) if name else None
        need(raw and len(raw) > 4, "a signature line")
        sigs.append((w[1], raw[:4], raw[4:]))
    need(len(sigs) <= 64, "too many signature lines")
    return text + "\n", sigs


def signed(note, name, key):
    """Whether the note has a good type-01 line of this name and key."""
    text, sigs = note_split(note)
    key_id = H(name.encode(), b"\n\1", key)[:4]
    mine = [s for n, k, s in sigs if (n, k) == (name, key_id)]
    if len(mine) != 1 or len(mine[0]) != 64:
        return False
    try:
        nb.crypto_sign_open(mine[0] + text.encode(), key)
    except Exception:
        return False
    return True


class Card:
    """A card note, 4.1, signed by itself; what it follows is not looked at."""

    def __init__(self, note):
        self.note = note
        self.text, _ = note_split(note)
        (self.vault, gen, self.sign, self.mini, self.kem, self.prev,
         self.next) = form("card", self.text)
        self.gen, self.hash = number(gen, 1, 2**32 - 1), H(self.text.encode())
        self.name = f"sanduq.invalid/{self.vault}/sign"
        need((self.prev is None) == (self.gen == 1), "prev of a card")
        need(signed(note, self.name, self.sign), "a card not signed by itself")

    def signs(self, note):
        return signed(note, self.name, self.sign)

    def follows(self, before):
        return (self.vault == before.vault and self.gen == before.gen + 1
                and self.prev == before.hash and before.signs(self.note)
                and before.next in (None, H(self.sign)))


class LogNote:
    """A replica or session note, 4.2 and 4.3; its signature is not looked at."""

    def __init__(self, note):
        self.note = note
        self.text, _ = note_split(note)
        self.hash, self.base = H(self.text.encode()), None
        self.session = self.text.startswith("sanduq.v1/session\n")
        if self.session:
            (self.vault, self.device, self.id, n, self.key, self.card,
             base) = form("session", self.text)
            if base != "base -\n":
                self.base, = lines_of(base, FORMS["base"])
        else:
            (self.vault, self.id, n, self.key, self.card,
             base) = form("replica", self.text)
            self.bases = lines_of(base, FORMS["base"])
        self.number = number(n, 1, 2**32 - 1)
        self.origin = f"sanduq.invalid/{self.vault}/{self.id}"

    def ended(self, origin, size, text_hash):
        """Whether that state is the one its base line names."""
        return self.base is not None and origin.endswith("/" + self.base[0]) \
            and int(self.base[1]) == size and raw_of(self.base[2]) == text_hash


def point(note, log):
    """size, root and text hash of a checkpoint signed by this log's key."""
    text, _ = note_split(note)
    m = POINT.fullmatch(text)
    need(m and m[1] == log.origin, "a checkpoint's form")
    need(signed(note, log.origin, log.key), "a checkpoint's signature")
    return number(m[2], 1), raw_of(m[3]), H(text.encode())


def checkpoint_hash(origin, size, root):
    return H(f"{origin}\n{size}\n{b64(root)}\n".encode())


# ---- leaves and row heads, 7.1 and 6

def leaf_hash(kind, rid, ver, subj, ev):
    name = "- -" if rid is None else f"{rid.hex()} {ver}"
    return H(b"\0", f"sanduq.v1/leaf\n{kind} {name}\n{b64(subj)}\n{b64(ev)}\n"
             .encode())


class Head:
    """A row head of 224 bytes: header, commit, content, m, b."""

    def __init__(self, raw):
        need(len(raw) == 224 and raw[:8] == b"SQR1\1\x10\0\0", "a row head")
        self.raw, self.header, self.commit = raw, raw[:96], raw[96:128]
        self.content, self.m, self.b = raw[128:160], raw[160:192], raw[192:]
        self.origin, self.id = raw[8:24], raw[24:40]
        self.ver, self.meta_len = at(raw, 40, 4), at(raw, 44, 4)
        self.body_len, self.body_ver = at(raw, 48, 8), at(raw, 56, 4)
        self.prev = raw[64:96]
        need(self.ver > 0 and raw[60:64] == bytes(4), "header of a record")
        need(self.meta_len in [1024 << k for k in range(15)], "padded metadata")
        need(self.body_ver <= self.ver, "body version")
        none = self.body_ver == 0
        need(none == (self.body_len == 0) == (self.b == bytes(32)), "body length")
        need(none or self.body_len >= 4096 and (padme(self.body_len) == self.body_len
             or self.body_len & self.body_len - 1 == 0), "padding of a body")
        need((self.ver == 1) == (self.prev == bytes(32)), "prev of a record")
        self.ct = H(L("cipher"), self.header, self.commit, self.m, self.b)
        prev = b64(self.prev) if self.ver > 1 else "-"
        self.stmt = H((
            f"sanduq.v1/record\n{self.origin.hex()}\n{self.id.hex()} {self.ver}\n"
            f"content {b64(self.content)}\ncipher {b64(self.ct)}\n"
            f"key {b64(self.commit)}\nprev {prev}\n").encode())

    def body_bytes(self):
        """Of the sealed body, all segments together."""
        return self.body_len + 16 * -(-self.body_len // 65536)
