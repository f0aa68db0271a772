#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# threshold_check.py: a second reader of threshold bundles: K shares and the file
# give the letter and the fields of its records
"""Only the standard library and PyNaCl; written from docs/format.md, BIP-93,
FIPS 203 and the X-Wing draft, sharing nothing with the program.

    threshold_check.py FILE SHARE...     what the file says, a line each
"""
import base64
import hashlib
import sqlite3
import struct
import subprocess
import sys
import tempfile

from kem import X, XWing, expand, extract, hpke_open, nb, opened, unsealed


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def L(label):
    return b"sanduq.v1/" + label.encode() + b"\0"


# ------------------------------------------------------------- codex32

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def gmul(a, b):
    r = 0
    while b:
        if b & 1:
            r ^= a
        a <<= 1
        if a & 32:
            a ^= 0x29  # x^5 + x^3 + 1
        b >>= 1
    return r


def ginv(a):
    return next(b for b in range(1, 32) if gmul(a, b) == 1)


def ms32_ok(values):
    """BIP-93: the residue of what follows the prefix, started as for ms."""
    gen = (0x19dc500ce73fde210, 0x1bfae00def77fe529, 0x1fbd920fffe7bee52,
           0x1739640bdeee3fdad, 0x07729a039cfc75f5a)
    residue = 0x23181b3
    for v in values:
        b = residue >> 60
        residue = (residue & 0x0fffffffffffffff) << 5 ^ v
        for i in range(5):
            residue ^= gen[i] if (b >> i) & 1 else 0
    return residue == 0x10ce0795c2fd1e62a


def share(text):
    text = text.lower()
    assert text.startswith("sqr1") and len(text) == 75, "no share"
    v = [ALPHABET.index(c) for c in text[4:]]
    assert ms32_ok(v), "checksum"
    return {"k": int(text[4]), "id": text[5:9], "x": v[5], "v": v}


def joined(texts):
    shares = [share(t) for t in texts]
    k = shares[0]["k"]
    assert len({(s["k"], s["id"]) for s in shares}) == 1, "two dealings"
    assert len({s["x"] for s in shares}) == len(shares) >= k, "too few"
    shares, at = shares[:k], ALPHABET.index("s")
    out = [0] * 71
    for i, s in enumerate(shares):
        num = den = 1
        for j, t in enumerate(shares):
            if i != j:
                num = gmul(num, at ^ t["x"])
                den = gmul(den, s["x"] ^ t["x"])
        w = gmul(num, ginv(den))
        out = [o ^ gmul(w, c) for o, c in zip(out, s["v"])]
    assert ms32_ok(out) and out[5] == at, "what they give is no secret"
    bits = "".join(format(c, "05b") for c in out[6:58])
    assert bits[256:] == "0000"
    return int(bits[:256], 2).to_bytes(32, "big"), shares[0]["id"]


# ------------------------------------------------------ the one-time card

def one_time(seed):
    """KEM key and fingerprint of the identity with vault id zero."""
    zero = bytes(16)
    kem = XWing(X(seed, "id-kem", zero))
    pub = [nb.crypto_sign_seed_keypair(X(seed, x, zero))[0]
           for x in ("id-sign", "id-mini")]
    b64 = [base64.b64encode(x).decode() for x in pub + [kem.pk]]
    card = "sanduq.v1/card\n%s 1\nsign %s\nmini %s\nkem %s\nprev -\nnext -\n" % (
        "0" * 32, *b64)
    return kem, H(card.encode())


# ------------------------------------------------------------------- age

def unpad64(s):
    return base64.b64decode(s + "=" * (-len(s) % 4))


def age_open(data, kem):
    head, at = [], 0
    while not head or not head[-1].startswith("--- "):
        end = data.index(b"\n", at)
        head.append(data[at:end].decode())
        at = end + 1
    key = None
    for line, body in zip(head, head[1:]):
        word = line.split(" ")
        if word[:2] == ["->", "mlkem768x25519"]:
            key = key or hpke_open(kem, b"age-encryption.org/mlkem768x25519",
                                   unpad64(word[2]) + unpad64(body))
    assert key is not None, "the courier wrap is not for these shares"
    stream = expand(extract(data[at:at + 16], key), b"payload", 32)
    out, at, n = b"", at + 16, 0
    while at < len(data):
        chunk, at = data[at:at + 65552], at + 65552
        nonce = n.to_bytes(11, "big") + bytes([at >= len(data)])
        out, n = out + opened(stream, nonce, chunk), n + 1
    return out


# ---------------------------------------------------------------- bundle

def fields(p):
    n, at, out = struct.unpack(">H", p[:2])[0], 2, {}
    for _ in range(n):
        kind, _, size = p[at], p[at + 1], p[at + 2]
        name = p[at + 3:at + 3 + size].decode()
        at += 3 + size
        length = struct.unpack(">I", p[at:at + 4])[0]
        out[name] = (kind, p[at + 4:at + 4 + length])
        at += 4 + length
    return out


def metadata(p):
    stored, plain = struct.unpack(">II", p[84:92])
    block = p[92:92 + stored]
    if p[1] & 1:
        block = subprocess.run(["zstd", "-dcq"], input=block,
                               capture_output=True, check=True).stdout
    assert len(block) == plain
    return fields(block)


def epoch_open(head, rcpt, wraps, kem, fingerprint):
    header, commit = head[:80], head[80:]
    eid, r_all = header[24:40], H(L("rcpts"), rcpt)
    info = L("epoch") + header + commit + r_all
    for j in range(len(wraps) // 1200):
        p = hpke_open(kem, info, wraps[1200 * j:1200 * j + 1200])
        if p is None:
            continue
        e0, t = p[:32], p[32:]
        assert rcpt[32 * j:32 * j + 32] == H(L("rcpt"), eid, t, fingerprint)
        assert X(e0, "epoch-commit", header) == commit
        return e0
    raise AssertionError("the bundle is not for these shares")


def say(prefix, f):
    for name in sorted(f):
        if f[name][0] == 1:
            print(prefix, name, f[name][1].decode())


def read_bundle(path, kem, fingerprint):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    meta = dict(db.execute("SELECT k, v FROM meta"))
    head, rcpt, wraps = db.execute(
        "SELECT head, rcpt, wraps FROM epoch").fetchone()
    e0 = epoch_open(head, rcpt, wraps, kem, fingerprint)
    eid = head[24:40]
    say("letter", fields(unsealed(X(e0, "manifest", eid), meta["manifest"],
                                  head[:80])))
    rows = db.execute("SELECT r.head, r.meta, w.b FROM record r"
                      " JOIN wrap w ON w.rid = r.rid ORDER BY r.rid")
    for rhead, rmeta, wrap in rows:
        i, use = struct.unpack(">II", wrap[16:24])
        key = X(e0, "wrap", eid + wrap[16:20])
        rk = unsealed(key, wrap[24:], rhead[:128] + wrap[:24])
        both = X(rk, "record", H(rhead[:96]), 64)
        assert both[32:] == rhead[96:128] and use == 1 and i < 1 << 20
        say("record " + rhead[24:40].hex(),
            metadata(opened(both[:32], bytes(12), rmeta)))


def main(path, texts):
    data = open(path, "rb").read()
    seed, ident = joined(texts)
    bits = int.from_bytes(hashlib.sha256(data).digest()[:3], "big") >> 4
    want = "".join(ALPHABET[bits >> 15 - 5 * i & 31] for i in range(4))
    print("file", want, "shares", ident)
    kem, fingerprint = one_time(seed)
    if not data.startswith(b"SQLite format 3"):
        data = age_open(data, kem)
    with tempfile.NamedTemporaryFile(suffix=".bundle") as f:
        size = struct.unpack(">H", data[16:18])[0] * struct.unpack(
            ">I", data[28:32])[0]
        assert data[size:].strip(b"\0") == b""
        f.write(data[:size])
        f.flush()
        read_bundle(f.name, kem, fingerprint)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
