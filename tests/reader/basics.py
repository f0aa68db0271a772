# SPDX-License-Identifier: Apache-2.0
# basics.py: hashes, trees, texts, signed notes, row heads (format.md 1, 4, 6, 7.1)
import base64
import hashlib
import re
import struct
from functools import reduce

from kem import encapsulates, nb
from nacl.exceptions import CryptoError

class Bad(ValueError): """The evidence does not match: status 3."""
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
    raw = base64.b64decode(s, validate=True)
    need(b64(raw) == s, "not the one form of its bytes")
    return raw

def padme(n):
    unit = 1 << n.bit_length() - 1 - (n.bit_length() - 1).bit_length()
    return -(-n // unit) * unit

def tree(hashes):  # RFC 6962, 2.1
    """The roots over the first 0, 1, 2 ... of these leaves; the full subtrees' hashes by (level, index)."""
    roots, nodes, stack = [H()], {}, []
    for n, h in enumerate(hashes):
        level = 0
        while n >> level & 1:
            h, level = H(b"\1", stack.pop(), h), level + 1
            nodes[level, n >> level] = h
        stack.append(h)
        roots.append(reduce(lambda right, left: H(b"\1", left, right), stack[::-1]))
    return roots, nodes

def included(index, size, r, path, root):  # RFC 9162, 2.1.3.2; r: the leaf's hash
    inner = (index ^ size - 1).bit_length()  # up to there the leaf and the last one part
    for k, p in enumerate(path):
        r = H(b"\1", p, r) if k >= inner or index >> k & 1 else H(b"\1", r, p)
    return 0 <= index < size and len(path) == inner + bin(index >> inner).count("1") and r == root

# ---- the exact form of each text: 1.5

WORDS = {  # what a capital in the forms below stands for
    "V": "[0-9a-f]{32}", "R": "[0-9a-f]{16}",  # ids of vaults; of replicas, sessions and devices
    "N": "0|[1-9][0-9]{0,19}", "C": "[1-9][0-9]{0,9}",  # below 2^64; below 2^32 and not 0
    "H": "[A-Za-z0-9+/]{43}=", "O": "-|[A-Za-z0-9+/]{43}=",  # hashes
    "P": "[A-Za-z0-9+/]{43}=", "K": "[A-Za-z0-9+/]{1622}==",  # keys of Ed25519, of X-Wing
    "S": "\\S+", "X": "!?[a-z0-9-]{1,32}", "T": "[A-Za-z0-9+/]*={0,2}",
    "L": "(?:(?!ext )[a-z].*\n)*", "E": "(?:ext .*\n)*",  # lines
}
FORMS = {
    "card": "V C\nsign P\nmini P\nkem K\nprev O\nnext O\nE",
    "replica": "V R C\nlog P\ncard H\nLE",
    "session": "V R R C\nlog P\ncard H\nLE",
    "device": "V R\ncard H\nfirst H\nE",
    "revoke": "V (?:device R|card C)\nlast (?:-|R N H)\n",
    "bundle": "V from V H\nepoch H\nrcpt N H\nrecords N H\nmanifest H\nlog H\nE",
    "compartments": "V H\ngen N\nLE",
    "checkpoint": "S\nN\nH\n",
}

def words(pattern, text):
    """What the words of a text of this form stand for; Bad if it has another form."""
    m = re.fullmatch(re.sub("[A-Z]", lambda x: f"({WORDS[x[0]]})", pattern), text)
    need(m, "form of a text")
    return [value(kind, x) for kind, x in zip(re.findall("[A-Z]", pattern), m.groups())]

def value(kind, word):
    if word is None or word == "-":
        return None
    if kind in "NC":
        need(int(word) < 2 ** (64 if kind == "N" else 32), "a number")
        return int(word)
    if kind == "E":
        names = [words("ext X T\n", x)[0] for x in rising(word)]
        need(len(set(names)) == len(names), "an ext line twice")
        if any(x.startswith("!") for x in names):
            raise Newer("a text with an ext line that must be understood")
    raw = unb64(word) if kind in "HOPKT" else word
    need(kind != "P" or nb.crypto_core_ed25519_is_valid_point(raw), "an Ed25519 key that is refused")
    need(kind != "K" or encapsulates(raw), "an ML-KEM key that is refused")
    return raw

def rising(block):
    """The lines of a list: ascending, none twice."""
    lines = block.splitlines(keepends=True)
    need(all(a < b for a, b in zip(lines, lines[1:])), "order of lines")
    return lines

# ---- signed notes: 1.4

class Note:
    """Its form is looked at, not who signed it. Those with a name and a key sign others."""

    def __init__(self, note, word):
        need(len(note.encode()) <= 65536 and not re.search("[\0-\x09\x0b-\x1f\x7f]", note), "a signed note")
        parts = re.fullmatch("((?s:.*)\n)\n((?:\u2014 [^\\s+]+ \\S+\n){1,64})", note)
        need(parts, "a signed note")
        self.text, lines = parts.groups()
        self.sigs = [(x[1], unb64(x[2])) for x in re.finditer("\u2014 (\\S+) (\\S+)\n", lines)]
        need(all(len(raw) > 4 for _, raw in self.sigs), "a signature line")
        first = "" if word == "checkpoint" else f"sanduq\\.v1/{word}\n"
        self.values, self.hash = words(first + FORMS[word], self.text), H(self.text.encode())
        self.vault = self.values[0]

    def signs(self, note):
        """Whether the note has one line of type 01 by this name and key, and it is good."""
        key_id = H(self.name.encode(), b"\n\1", self.key)[:4]
        mine = [raw[4:] for name, raw in note.sigs if (name, raw[:4]) == (self.name, key_id)]
        try:
            return len(mine) == 1 and len(mine[0]) == 64 and bool(
                nb.crypto_sign_open(mine[0] + note.text.encode(), self.key))
        except CryptoError:
            return False

class Card(Note):  # 4.1
    def __init__(self, note, word="card"):
        super().__init__(note, word)
        _, self.gen, self.key, self.mini, self.kem, self.prev, self.next, _ = self.values
        self.name = f"sanduq.invalid/{self.vault}/sign"
        need((self.prev is None) == (self.gen == 1) and self.signs(self), "a card not signed by itself")

    def follows(self, before):
        return (before and (self.vault, self.gen, self.prev) == (before.vault, before.gen + 1, before.hash)
                and before.signs(self) and before.next in (None, H(self.key)))

class Log(Note):  # 4.2, 4.3
    """A replica or session note, and what was read of its log."""

    def __init__(self, note, n=None):
        self.session = note.startswith("sanduq.v1/session\n")
        super().__init__(note, "session" if self.session else "replica")
        _, *ids, self.number, self.key, self.card, block, _ = self.values
        self.device, self.id, lines = ids[0], ids[-1], rising(block)
        self.n, self.name, self.hashes = n, f"sanduq.invalid/{self.vault}/{self.id}", []
        self.points, self.roots, self.states = {}, {}, {}  # by size: H(text) and root; H(text) of all states
        self.bases = [words("base R N H\n", x) for x in lines if not self.session or x != "base -\n"]
        self.base, self.spoken, self.before = (*self.bases, None)[0], not self.session, None
        need(len({self.id, *(x[0] for x in self.bases)}) == len(self.bases) + 1, "a base twice, or its own")
        need(not self.session or (len(lines), self.number > 1) == (1, any(x[1] for x in self.bases)), "base")

    def was(self, size, text_hash):
        """Whether this was its state, as far as its lines or its checkpoints are here."""
        return text_hash == (self.states.get(size) if self.hashes else self.points.get(size, text_hash))

    def ended(self, s):
        """Whether s is the next session of this device, drawn over this one's last state."""
        return (self.session and (self.device, self.number + 1) == (s.device, s.number)
                and s.base[0] == self.id and self.signs(s) and self.was(*s.base[1:])
                and max(self.points, default=0) <= s.base[1])

# ---- leaves and row heads: 7.1, 6

def leaf_hash(kind, rid, ver, subj, ev):
    name = "- -" if rid is None else f"{rid.hex()} {ver}"
    return H(b"\0", f"sanduq.v1/leaf\n{kind} {name}\n{b64(subj)}\n{b64(ev)}\n".encode())

class Head:
    def __init__(self, raw):
        need(len(raw) == 224 and raw[:8] == b"SQR1\1\x10\0\0", "a row head")
        (origin, self.id, self.ver, self.meta_len, self.body_len, self.body_ver, zero, self.prev,
         self.commit, self.content, self.m, self.b) = struct.unpack(">8x16s16sIIQII32s32s32s32s32s", raw)
        self.header, self.origin = raw[:96], origin.hex()
        n, first = self.body_len, self.ver == 1
        need(self.ver > 0 and not zero and first == (self.prev == bytes(32)), "header of a record")
        need(self.meta_len in [1024 << k for k in range(15)], "padded metadata")
        need(self.body_ver <= self.ver and (not self.body_ver) == (not n) == (self.b == bytes(32)), "no body")
        need(n == 0 or n >= 4096 and (padme(n) == n or n & n - 1 == 0), "padding of a body")
        self.ct = H(L("cipher"), self.header, self.commit, self.m, self.b)
        self.stmt = H(f"sanduq.v1/record\n{self.origin}\n{self.id.hex()} {self.ver}\n"
                      f"content {b64(self.content)}\ncipher {b64(self.ct)}\nkey {b64(self.commit)}\n"
                      f"prev {'-' if first else b64(self.prev)}\n".encode())
