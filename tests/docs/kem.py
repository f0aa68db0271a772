# SPDX-License-Identifier: Apache-2.0
# kem.py: ML-KEM-768, X-Wing and HPKE for the readers beside the program
"""Only the standard library and PyNaCl; written from FIPS 203, the X-Wing draft,
RFC 9180 and docs/format.md 1.3, sharing nothing with the program.

    kem.py VECTORS       the folder with published vectors: this file against them
"""
import hashlib
import hmac
import json
import re
import sys

try:
    from nacl import bindings as nb
except ImportError:
    print("skipped: python3-nacl is not installed")
    sys.exit(77)


def extract(salt, ikm):
    return hmac.new(salt, ikm, hashlib.sha256).digest()


def expand(prk, info, n):
    out, t, c = b"", b"", 1
    while len(out) < n:
        t = hmac.new(prk, t + info + bytes([c]), hashlib.sha256).digest()
        out, c = out + t, c + 1
    return out[:n]


def X(key, label, ctx, n=32):
    return expand(key, b"sanduq.v1/" + label.encode() + b"\0" + ctx, n)


def unsealed(key, sealed, ad):
    return nb.crypto_aead_xchacha20poly1305_ietf_decrypt(
        sealed[24:], ad, sealed[:24], key)


def opened(key, nonce, ct, ad=None):
    return nb.crypto_aead_chacha20poly1305_ietf_decrypt(ct, ad, nonce, key)


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


def dot(fs, gs):
    out = [0] * 256
    for f, g in zip(fs, gs):
        out = plus(out, times(f, g))
    return out


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
    """From the seeds d and z, or from an expanded decapsulation key."""

    def __init__(self, d, z=bytes(32), dk=None):
        self.z = z
        if dk is not None:
            self.s = [unpacked(dk[384 * i:384 * i + 384], 12) for i in range(K)]
            self.ek, self.z = dk[384 * K:768 * K + 32], dk[-32:]
            self.a = self.matrix()
            return
        g = hashlib.sha3_512(d + bytes([K])).digest()
        self.s = [ntt(noise(g[32:], i)) for i in range(K)]
        self.ek = g[:32]
        self.a = self.matrix()
        e = [ntt(noise(g[32:], K + i)) for i in range(K)]
        t = [plus(e[i], dot(self.a[i], self.s)) for i in range(K)]
        self.ek = b"".join(packed(f, 12) for f in t) + g[:32]

    def matrix(self):
        return [[uniform(self.ek[-32:], j, i) for j in range(K)] for i in range(K)]

    def sealed(self, m, r):
        """K-PKE.Encrypt: what an honest sender would have sent."""
        t = [unpacked(self.ek[384 * i:384 * i + 384], 12) for i in range(K)]
        y = [ntt(noise(r, i)) for i in range(K)]
        out = b""
        for i in range(K):
            u = intt(dot([self.a[j][i] for j in range(K)], y))
            out += packed(shrunk(plus(u, noise(r, K + i)), 10), 10)
        mu = grown(unpacked(m, 1), 1)
        v = plus(plus(intt(dot(t, y)), noise(r, 2 * K)), mu)
        return out + packed(shrunk(v, 4), 4)

    def decaps(self, ct):
        u = [ntt(grown(unpacked(ct[320 * i:320 * i + 320], 10), 10))
             for i in range(K)]
        w = intt(dot(self.s, u))
        v = grown(unpacked(ct[320 * K:], 4), 4)
        m = packed(shrunk([(a - b) % Q for a, b in zip(v, w)], 1), 1)
        g = hashlib.sha3_512(m + hashlib.sha3_256(self.ek).digest()).digest()
        if self.sealed(m, g[32:]) == ct:
            return g[:32]
        return hashlib.shake_256(self.z + ct).digest(32)


def encapsulates(pk):
    """FIPS 203, 7.2: whether every coefficient of an X-Wing key's ML-KEM part is below Q."""
    return all(x < Q for i in range(K) for x in unpacked(pk[384 * i:384 * i + 384], 12))


class XWing:
    def __init__(self, seed):
        e = hashlib.shake_256(seed).digest(96)
        self.m, self.x = MlKem(e[:32], e[32:64]), e[64:]
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
    except Exception:  # nacl's own, or a share of small order
        return None


def vectors(folder):
    n = 0
    for v in json.load(open(folder + "/xwing/test-vectors.json")):
        kem = XWing(bytes.fromhex(v["seed"]))
        assert kem.pk.hex() == v["pk"]
        assert kem.decaps(bytes.fromhex(v["ct"])).hex() == v["ss"]
        n += 1
    print("X-Wing vectors:", n)
    for name in ("intermediate", "strcmp", "unluckysample"):
        text = open(f"{folder}/cctv-mlkem768/{name}_ML-KEM-768.txt").read()
        v = {k: bytes.fromhex(x) for k, x in
             re.findall("^(dk|m|K|c) = ([0-9a-f]+)$", text, re.M)}
        kem = MlKem(b"", dk=v["dk"])  # made before FIPS 203 put k behind d
        assert kem.decaps(v["c"]) == v["K"]
        if "m" in v:
            g = hashlib.sha3_512(v["m"] + hashlib.sha3_256(kem.ek).digest()).digest()
            assert (kem.sealed(v["m"], g[32:]), g[:32]) == (v["c"], v["K"])
        n += 1
    print("in all:", n)


if __name__ == "__main__":
    vectors(sys.argv[1])
