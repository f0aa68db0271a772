#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# threshold_check.py: a second reader of threshold bundles: K shares and the file
# give the letter and the fields of its records
"""Only the standard library and PyNaCl; written from docs/format.md, BIP-93,
FIPS 203 and the X-Wing draft, sharing nothing with the program.

    threshold_check.py FILE SHARE...     what the file says, a line each
    threshold_check.py --xwing VECTORS   this reader itself against vectors
"""
import base64
import hashlib
import hmac
import json
import sqlite3
import struct
import subprocess
import sys
import tempfile

try:
    from nacl import bindings as nb
except ImportError:
    print("skipped: python3-nacl is not installed")
    sys.exit(77)


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def L(label):
    return b"sanduq.v1/" + label.encode() + b"\0"


def extract(salt, ikm):
    return hmac.new(salt, ikm, hashlib.sha256).digest()


def expand(prk, info, n):
    out, t, c = b"", b"", 1
    while len(out) < n:
        t = hmac.new(prk, t + info + bytes([c]), hashlib.sha256).digest()
        out, c = out + t, c + 1
    return out[:n]


def X(key, label, ctx, n=32):
    return expand(key, L(label) + ctx, n)


def opened(key, nonce, ct, ad=None):
    return nb.crypto_aead_chacha20poly1305_ietf_decrypt(ct, ad, nonce, key)


def unsealed(key, sealed, ad):
    return nb.crypto_aead_xchacha20poly1305_ietf_decrypt(
        sealed[24:], ad, sealed[:24], key)


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


# ----------------------------------------------------------- ML-KEM-768

Q, K = 3329, 3


def brv(i):
    return int(format(i, "07b")[::-1], 2)


ZETA = [pow(17, brv(i), Q) for i in range(128)]
GAMMA = [pow(17, 2 * brv(i) + 1, Q) for i in range(128)]


def ntt(f):
    f, i, n = list(f), 1, 128
    while n >= 2:
        for start in range(0, 256, 2 * n):
            z, i = ZETA[i], i + 1
            for j in range(start, start + n):
                t = z * f[j + n] % Q
                f[j + n], f[j] = (f[j] - t) % Q, (f[j] + t) % Q
        n //= 2
    return f


def intt(f):
    f, i, n = list(f), 127, 2
    while n <= 128:
        for start in range(0, 256, 2 * n):
            z, i = ZETA[i], i - 1
            for j in range(start, start + n):
                t = f[j]
                f[j] = (t + f[j + n]) % Q
                f[j + n] = z * (f[j + n] - t) % Q
        n *= 2
    return [x * 3303 % Q for x in f]


def times(f, g):
    out = []
    for i in range(128):
        a, b, c, d = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        out += [(a * c + b * d * GAMMA[i]) % Q, (a * d + b * c) % Q]
    return out


def plus(f, g):
    return [(a + b) % Q for a, b in zip(f, g)]


def uniform(rho, j, i):
    stream, out, at = hashlib.shake_128(rho + bytes([j, i])).digest(2016), [], 0
    while len(out) < 256:
        a, b, c = stream[at:at + 3]
        at += 3
        out += [d for d in (a + 256 * (b % 16), b // 16 + 16 * c) if d < Q]
    return out[:256]


def noise(sigma, n):
    bits = int.from_bytes(
        hashlib.shake_256(sigma + bytes([n])).digest(128), "little")
    out = []
    for i in range(256):
        x = bits >> 4 * i
        out.append(((x & 1) + (x >> 1 & 1) - (x >> 2 & 1) - (x >> 3 & 1)) % Q)
    return out


def packed(f, d):
    n = sum(x << d * i for i, x in enumerate(f))
    return n.to_bytes(32 * d, "little")


def unpacked(b, d):
    n = int.from_bytes(b, "little")
    return [n >> d * i & (1 << d) - 1 for i in range(256)]


def shrunk(f, d):
    return [((x << d) + Q // 2) // Q % (1 << d) for x in f]


def grown(f, d):
    return [(x * Q + (1 << d - 1)) >> d for x in f]


class MlKem:
    def __init__(self, d):
        g = hashlib.sha3_512(d + bytes([K])).digest()
        rho, sigma = g[:32], g[32:]
        self.s = [ntt(noise(sigma, i)) for i in range(K)]
        e = [ntt(noise(sigma, K + i)) for i in range(K)]
        t = []
        for i in range(K):
            row = e[i]
            for j in range(K):
                row = plus(row, times(uniform(rho, j, i), self.s[j]))
            t.append(row)
        self.ek = b"".join(packed(f, 12) for f in t) + rho

    def decaps(self, ct):
        """Of a ciphertext made for this key: implicit rejection is left out,
        what was made for another key does not open further on."""
        u = [ntt(grown(unpacked(ct[320 * i:320 * i + 320], 10), 10))
             for i in range(K)]
        v = grown(unpacked(ct[320 * K:], 4), 4)
        w = [0] * 256
        for i in range(K):
            w = plus(w, times(self.s[i], u[i]))
        m = packed(shrunk([(a - b) % Q for a, b in zip(v, intt(w))], 1), 1)
        return hashlib.sha3_512(m + hashlib.sha3_256(self.ek).digest()
                                ).digest()[:32]


class XWing:
    def __init__(self, seed):
        e = hashlib.shake_256(seed).digest(96)
        self.m, self.x = MlKem(e[:32]), e[64:]
        self.pkx = nb.crypto_scalarmult_base(self.x)
        self.pk = self.m.ek + self.pkx

    def decaps(self, ct):
        return hashlib.sha3_256(
            self.m.decaps(ct[:1088]) + nb.crypto_scalarmult(self.x, ct[1088:])
            + ct[1088:] + self.pkx + b"\\.//^\\").digest()


def hpke_open(kem, info, sealed):
    suite = bytes.fromhex("647a00010003")
    lab = b"HPKE-v1HPKE" + suite
    secret = kem.decaps(sealed[:1120])
    ctx = (b"\0" + extract(b"", lab + b"psk_id_hash")
           + extract(b"", lab + b"info_hash" + info))
    prk = extract(secret, lab + b"secret")
    key = expand(prk, b"\0\x20" + lab + b"key" + ctx, 32)
    nonce = expand(prk, b"\0\x0c" + lab + b"base_nonce" + ctx, 12)
    try:
        return opened(key, nonce, sealed[1120:])
    except Exception:
        return None


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


def xwing(path):
    n = 0
    for v in json.load(open(path)):
        kem = XWing(bytes.fromhex(v["seed"]))
        assert kem.pk.hex() == v["pk"]
        assert kem.decaps(bytes.fromhex(v["ct"])).hex() == v["ss"]
        n += 1
    assert n > 0
    print("X-Wing vectors:", n)


if __name__ == "__main__":
    if sys.argv[1] == "--xwing":
        xwing(sys.argv[2])
    else:
        main(sys.argv[1], sys.argv[2:])
