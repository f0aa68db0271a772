#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# gen_travel.py: computes the texts in known_travel.h apart from the program
"""Standard library only; written from the text of docs/format.md, FIPS 203,
RFC 7748, RFC 8439, RFC 5869, RFC 9180 and the X-Wing draft.

    gen_travel.py > known_travel.h           write the file
    gen_travel.py --check known_travel.h     exit 1 if it would be another
"""
import base64
import hashlib
import hmac
import struct
import sys

# ---- ML-KEM-768 (FIPS 203), key generation and encapsulation

N, Q, K, ETA, DU, DV = 256, 3329, 3, 2, 10, 4


def bitrev7(i):
    return int(format(i, "07b")[::-1], 2)


ZETAS = [pow(17, bitrev7(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * bitrev7(i) + 1, Q) for i in range(128)]


def ntt(f):
    f = list(f)
    i, size = 1, 128
    while size >= 2:
        for start in range(0, 256, 2 * size):
            z = ZETAS[i]
            i += 1
            for j in range(start, start + size):
                t = z * f[j + size] % Q
                f[j + size] = (f[j] - t) % Q
                f[j] = (f[j] + t) % Q
        size //= 2
    return f


def intt(f):
    f = list(f)
    i, size = 127, 2
    while size <= 128:
        for start in range(0, 256, 2 * size):
            z = ZETAS[i]
            i -= 1
            for j in range(start, start + size):
                t = f[j]
                f[j] = (t + f[j + size]) % Q
                f[j + size] = z * (f[j + size] - t) % Q
        size *= 2
    return [x * 3303 % Q for x in f]


def mul(a, b):
    out = []
    for i in range(128):
        a0, a1, b0, b1 = a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1]
        out += [(a0 * b0 + a1 * b1 * GAMMAS[i]) % Q, (a0 * b1 + a1 * b0) % Q]
    return out


def add(a, b):
    return [(x + y) % Q for x, y in zip(a, b)]


def sample_ntt(seed):
    stream, out, i = hashlib.shake_128(seed).digest(2016), [], 0
    while len(out) < 256:
        b = stream[i:i + 3]
        i += 3
        d1, d2 = b[0] + 256 * (b[1] % 16), b[1] // 16 + 16 * b[2]
        out += [d for d in (d1, d2) if d < Q]
    return out[:256]


def cbd(data):
    bits = [byte >> i & 1 for byte in data for i in range(8)]
    return [(sum(bits[2 * ETA * i:2 * ETA * i + ETA]) -
             sum(bits[2 * ETA * i + ETA:2 * ETA * (i + 1)])) % Q
            for i in range(256)]


def prf(s, n):
    return hashlib.shake_256(s + bytes([n])).digest(64 * ETA)


def pack(f, d):
    total = sum(x << (d * i) for i, x in enumerate(f))
    return total.to_bytes(32 * d, "little")


def unpack(b, d):
    total = int.from_bytes(b, "little")
    return [total >> (d * i) & ((1 << d) - 1) for i in range(256)]


def compress(f, d):
    return [((x << d) + Q // 2) // Q % (1 << d) for x in f]


def matrix(rho):
    return [[sample_ntt(rho + bytes([j, i])) for j in range(K)]
            for i in range(K)]


def mlkem_public(d):
    seed = hashlib.sha3_512(d + bytes([K])).digest()
    rho, sigma = seed[:32], seed[32:]
    a = matrix(rho)
    s = [ntt(cbd(prf(sigma, i))) for i in range(K)]
    e = [ntt(cbd(prf(sigma, K + i))) for i in range(K)]
    t = []
    for i in range(K):
        row = e[i]
        for j in range(K):
            row = add(row, mul(a[i][j], s[j]))
        t.append(row)
    return b"".join(pack(x, 12) for x in t) + rho


def mlkem_encaps(ek, m):
    g = hashlib.sha3_512(m + hashlib.sha3_256(ek).digest()).digest()
    shared, r = g[:32], g[32:]
    t = [unpack(ek[384 * i:384 * (i + 1)], 12) for i in range(K)]
    a = matrix(ek[384 * K:])
    y = [ntt(cbd(prf(r, i))) for i in range(K)]
    u = []
    for i in range(K):
        row = [0] * 256
        for j in range(K):
            row = add(row, mul(a[j][i], y[j]))
        u.append(add(intt(row), cbd(prf(r, K + i))))
    v = [0] * 256
    for j in range(K):
        v = add(v, mul(t[j], y[j]))
    mu = [(bit * Q + 1) // 2 for bit in unpack(m, 1)]
    v = add(add(intt(v), cbd(prf(r, 2 * K))), mu)
    c = b"".join(pack(compress(x, DU), DU) for x in u) + pack(compress(v, DV),
                                                             DV)
    return shared, c


# ---- X25519 (RFC 7748, section 5)

P = 2**255 - 19


def x25519(k, u):
    k = bytearray(k)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k = int.from_bytes(k, "little")
    x1 = int.from_bytes(u, "little") & ((1 << 255) - 1)
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b = x2 + z2, x2 - z2
        aa, bb = a * a % P, b * b % P
        e = aa - bb
        da, cb = (x3 - z3) * a % P, (x3 + z3) * b % P
        x3, z3 = (da + cb)**2 % P, x1 * (da - cb)**2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


NINE = (9).to_bytes(32, "little")

# ---- X-Wing


def xwing_keys(seed):
    s = hashlib.shake_256(seed).digest(96)
    return mlkem_public(s[:32]) + x25519(s[64:], NINE)


def xwing_encaps(pk, eseed):
    ss_m, ct_m = mlkem_encaps(pk[:1184], eseed[:32])
    ct_x = x25519(eseed[32:], NINE)
    ss_x = x25519(eseed[32:], pk[1184:])
    return hashlib.sha3_256(ss_m + ss_x + ct_x + pk[1184:] +
                            b"\\.//^\\").digest(), ct_m + ct_x


# ---- ChaCha20-Poly1305 (RFC 8439), without additional data


def chacha_block(key, counter, nonce):
    def rotl(x, n):
        return (x << n | x >> (32 - n)) & 0xffffffff

    s = list(struct.unpack("<16I", b"expand 32-byte k" + key +
                           struct.pack("<I", counter) + nonce))
    w = list(s)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14),
                           (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12),
                           (2, 7, 8, 13), (3, 4, 9, 14)):
            for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8),
                               (c, d, b, 7)):
                w[x] = w[x] + w[y] & 0xffffffff
                w[z] = rotl(w[z] ^ w[x], n)
    return struct.pack("<16I", *((x + y) & 0xffffffff for x, y in zip(w, s)))


def chacha_seal(key, nonce, p):
    stream = b"".join(chacha_block(key, 1 + i, nonce)
                      for i in range((len(p) + 63) // 64))
    ct = bytes(x ^ y for x, y in zip(p, stream))
    one = chacha_block(key, 0, nonce)
    r = int.from_bytes(one[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    s = int.from_bytes(one[16:32], "little")
    data = ct + bytes(-len(ct) % 16) + struct.pack("<QQ", 0, len(ct))
    acc = 0
    for i in range(0, len(data), 16):
        block = data[i:i + 16] + b"\x01"
        acc = (acc + int.from_bytes(block, "little")) * r % (2**130 - 5)
    return ct + ((acc + s) % 2**128).to_bytes(16, "little")


# ---- HPKE as docs/format.md has it (section 1.3)


def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, info, n):
    out, t, i = b"", b"", 1
    while len(out) < n:
        t = hmac.new(prk, t + info + bytes([i]), hashlib.sha256).digest()
        out += t
        i += 1
    return out[:n]


SUITE = b"HPKE" + bytes.fromhex("647a00010003")


def hpke_seal(pk, eseed, info, p):
    shared, enc = xwing_encaps(pk, eseed)
    v1 = b"HPKE-v1" + SUITE
    context = (b"\x00" + extract(b"", v1 + b"psk_id_hash") +
               extract(b"", v1 + b"info_hash" + info))
    secret = extract(shared, v1 + b"secret")
    key = expand(secret, b"\x00\x20" + v1 + b"key" + context, 32)
    nonce = expand(secret, b"\x00\x0c" + v1 + b"base_nonce" + context, 12)
    return enc + chacha_seal(key, nonce, p)


# ---- the texts


def L(word):
    return b"sanduq.v1/" + word.encode() + b"\x00"


def H(p):
    return hashlib.sha256(p).digest()


def b64(p):
    return base64.b64encode(p).decode()


def text(*lines):
    return "".join(line + "\n" for line in lines).encode()


def fixed(first, n):
    return bytes((first + i) % 256 for i in range(n))


vault, slot = fixed(0xa0, 16), fixed(0x30, 16)
hq = xwing_keys(fixed(0x11, 32))
to = fixed(0x50, 32)
q, vmk = fixed(0x70, 32), fixed(0x90, 32)

head = b"SQS1" + bytes([5, 0, 0, 0]) + bytes(8) + slot + bytes(48)
row = head + hpke_seal(hq, fixed(0x21, 64), L("slot5") + vault + head, vmk)
assert len(row) == 1248

ids = vault.hex() + " " + slot.hex()
challenge = text("sanduq.v1/challenge", ids + " " + b64(H(row)),
                 "to " + b64(to),
                 "seal " + b64(hpke_seal(hq, fixed(0x31, 64), L("challenge") +
                                         vault + slot + H(row), q)))
answer = text("sanduq.v1/answer", ids, "answer " + b64(H(L("answer") + q)))
one_time = xwing_keys(fixed(0x41, 32))
request = text("sanduq.v1/unlock-request", ids, "kem " + b64(one_time),
               "slot " + b64(row))
unlock = text("sanduq.v1/unlock", ids, "request " + b64(H(request)),
              "seal " + b64(hpke_seal(one_time, fixed(0x51, 64),
                                      L("unlock") + H(request), vmk)))
kept = text("sanduq.v1/request-key", ids, "request " + b64(H(request)),
            "seed " + b64(fixed(0x41, 32)))


def c_string(name, data):
    out = ["static const char known_%s[] =" % name]
    for line in data.decode().splitlines():
        parts = [line[i:i + 64] for i in range(0, len(line), 64)]
        for part in parts[:-1]:
            out.append('    "%s"' % part)
        out.append('    "%s\\n"' % parts[-1])
    return "\n".join(out) + ";\n"


def header():
    out = ["/* SPDX-License-Identifier: Apache-2.0 */",
           "/* known_travel.h: texts computed by gen_travel.py; do not edit */",
           "#ifndef KNOWN_TRAVEL_H", "#define KNOWN_TRAVEL_H", "",
           "/* clang-format off */"]
    body = "".join(c_string(n, d) for n, d in (
        ("challenge", challenge), ("answer", answer), ("request", request),
        ("unlock", unlock), ("request_key", kept)))
    for name, data in (("answer_hash", H(answer)),
                       ("request_hash", H(request))):
        body += 'static const char known_%s[] =\n    "%s";\n' % (name,
                                                              data.hex())
    return "\n".join(out) + "\n" + body + "/* clang-format on */\n\n#endif\n"


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        with open(sys.argv[2], encoding="utf-8") as f:
            sys.exit(f.read() != header())
    elif len(sys.argv) == 3 and sys.argv[1] == "--put":
        for name, data in (("challenge", challenge), ("answer", answer),
                           ("request", request), ("unlock", unlock),
                           ("request-key", kept)):
            with open(sys.argv[2] + "/" + name, "wb") as f:
                f.write(data)
    else:
        sys.stdout.write(header())
