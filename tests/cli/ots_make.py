# SPDX-License-Identifier: Apache-2.0
# ots_make.py: an OpenTimestamps proof as its format describes it, made and read
#
#   ots_make.py pending|bitcoin|both TEXT OUT   of the SHA-256 of the file TEXT
#   ots_make.py read PROOF TEXT                 what it claims; 1: not of TEXT
#
# A detached file: magic, version, 08 (SHA-256), the digest, and a tree. A node
# is any number of ff and a branch, then a last branch; a branch is 00, a tag of
# 8 bytes and a payload (attestation), or an operation and the node behind it.
import hashlib
import sys

MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
PENDING = bytes.fromhex("83dfe30d2ef90c8e")
BITCOIN = bytes.fromhex("0588960d73d71901")
SHA256, APPEND, PREPEND, ATTESTATION, FORK = 0x08, 0xF0, 0xF1, 0x00, 0xFF
HEIGHT = 358391


def varuint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def varbytes(b):
    return varuint(len(b)) + b


def attestation(tag, payload):
    return bytes([ATTESTATION]) + tag + varbytes(payload)


def pending():
    return attestation(PENDING, varbytes(b"https://calendar.example"))


def bitcoin(steps):
    """A calendar's tree, a transaction around its root, a block's tree."""
    out = bytes([PREPEND]) + varbytes(bytes.fromhex("0100000001") + b"\x22" * 40)
    out += bytes([APPEND]) + varbytes(b"\x00" * 4) + bytes([SHA256, SHA256])
    for i in range(steps):
        out += bytes([APPEND if i % 2 else PREPEND]) + varbytes(bytes([i]) * 32)
        out += bytes([SHA256, SHA256])
    return out + attestation(BITCOIN, varuint(HEIGHT))


def make(what, text):
    out = MAGIC + b"\x01" + bytes([SHA256]) + hashlib.sha256(text).digest()
    out += bytes([APPEND]) + varbytes(b"\x17" * 16) + bytes([SHA256])
    if what == "both":
        return out + bytes([FORK]) + pending() + bitcoin(11)
    return out + (pending() if what == "pending" else bitcoin(11))


class Reader:
    def __init__(self, b):
        self.b, self.at, self.found = b, 0, []

    def take(self, n):
        if n > len(self.b) - self.at:
            raise ValueError("cut off")
        self.at += n
        return self.b[self.at - n:self.at]

    def number(self):
        n = shift = 0
        while True:
            x = self.take(1)[0]
            n |= (x & 0x7F) << shift
            if x < 0x80:
                return n
            shift += 7

    def branch(self, tag, msg):
        if tag == ATTESTATION:
            kind, payload = self.take(8), self.take(self.number())
            inner = Reader(payload)
            if kind == PENDING:
                self.found.append("pending " + inner.take(inner.number()).decode())
            elif kind == BITCOIN:
                self.found.append("bitcoin %d %s" % (inner.number(), msg.hex()))
            else:
                raise ValueError("another attestation")
        elif tag == SHA256:
            self.node(hashlib.sha256(msg).digest())
        elif tag == APPEND:
            self.node(msg + self.take(self.number()))
        elif tag == PREPEND:
            self.node(self.take(self.number()) + msg)
        else:
            raise ValueError("another operation")

    def node(self, msg):
        tag = self.take(1)[0]
        while tag == FORK:
            self.branch(self.take(1)[0], msg)
            tag = self.take(1)[0]
        self.branch(tag, msg)


def read(proof, text):
    r = Reader(proof)
    if r.take(len(MAGIC)) != MAGIC or r.take(2) != bytes([1, SHA256]):
        raise ValueError("no proof over SHA-256")
    if r.take(32) != hashlib.sha256(text).digest():
        return 1
    r.node(hashlib.sha256(text).digest())
    if r.at != len(proof):
        raise ValueError("more behind it")
    print("\n".join(r.found))
    return 0


def main(what, one, two):
    if what == "read":
        return read(open(one, "rb").read(), open(two, "rb").read())
    with open(two, "wb") as f:
        f.write(make(what, open(one, "rb").read()))
    return 0


sys.exit(main(*sys.argv[1:]))
