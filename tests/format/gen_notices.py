#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# gen_notices.py: computes the notes in known_notices.h apart from the program
"""Standard library only; written from the text of docs/format.md and RFC 8032.

    gen_notices.py > known_notices.h           write the file
    gen_notices.py --check known_notices.h     exit 1 if it would be another
    gen_notices.py --put NAME DIR              DIR/text, DIR/sig, DIR/seed
"""
import base64
import hashlib
import hmac
import os
import sys

# ---- RFC 8032, section 5.1, in its plainest form

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(a, b):
    """Extended coordinates, section 5.1.4."""
    p = (a[1] - a[0]) * (b[1] - b[0]) % P
    q = (a[1] + a[0]) * (b[1] + b[0]) % P
    r = 2 * a[3] * b[3] * D % P
    s = 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_mul(n, a):
    out = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = point_add(out, a)
        a = point_add(a, a)
        n >>= 1
    return out


def base_point():
    y = 4 * pow(5, P - 2, P) % P
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    x = P - x if x & 1 else x
    return x, y, 1, x * y % P


def compress(a):
    z = pow(a[2], P - 2, P)
    return (a[1] * z % P | (a[0] * z % P & 1) << 255).to_bytes(32, "little")


def secret(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little")
    return a & (1 << 254) - 8 | 1 << 254, h[32:]


def public(seed):
    return compress(point_mul(secret(seed)[0], base_point()))


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(),
                          "little") % Q


def sign(seed, msg):
    a, prefix = secret(seed)
    r = number(prefix, msg)
    big_r = compress(point_mul(r, base_point()))
    s = (r + number(big_r, public(seed), msg) * a) % Q
    return big_r + s.to_bytes(32, "little")


# ---- docs/format.md, sections 1 and 11

def b64(p):
    return base64.b64encode(p).decode()


def fixed(first, n):
    return bytes((first + i) & 255 for i in range(n))


vault = fixed(0xa0, 16)
SEED = fixed(0x00, 32)
info = b"sanduq.v1/id-sign\0" + vault
key = hmac.new(SEED, info + b"\1", hashlib.sha256).digest()
name = "sanduq.invalid/%s/sign" % vault.hex()
card = fixed(0x40, 32)
reason = "согласие отозвано\n".encode()
# as bytes 6b, 00, 03, ff ...: their base64 sorts otherwise
stmts = [bytes([c]) * 32 for c in (0x6b, 0x00, 0x03, 0xff, 0xfb)]
bundles = [bytes([c]) * 16 for c in (0x9a, 0x11)]


def text(word, *lines):
    return "".join(x + "\n" for x in (
        "sanduq.v1/" + word, vault.hex() + " " + b64(card)) + lines)


def note(t):
    t = t.encode()
    pk = public(key)
    key_id = hashlib.sha256(name.encode() + b"\n\1" + pk).digest()[:4]
    return t.decode() + "\n\u2014 %s %s\n" % (name, b64(key_id + sign(key, t)))


def stmt_lines(list_of):
    return sorted("stmt " + b64(s) for s in list_of)


WITHDRAW = text("withdraw", "id " + fixed(0x70, 16).hex(), "date 1795000000",
                "reason " + b64(reason), *stmt_lines(stmts),
                *sorted("bundle " + b.hex() for b in bundles))
PLAIN = text("withdraw", "id " + fixed(0x71, 16).hex(), "date 0", "reason -",
             *stmt_lines(stmts[:1]))
of = b64(hashlib.sha256(WITHDRAW.encode()).digest())
REVOKED = text("withdraw-revoked", "withdraw " + of, "date 1795000001")
ACK = text("ack", "withdraw " + of, "date 1795000002", "answer destroyed",
           *stmt_lines(stmts[:2]))
RECEIPT = text("receipt", "bundle " + b64(fixed(0x20, 32)), "date 1795000003",
               "records 12")
TEXTS = {"withdraw": WITHDRAW, "plain": PLAIN, "revoked": REVOKED, "ack": ACK,
         "receipt": RECEIPT}


def c_string(s):
    out = s.replace("\\", "\\\\").replace('"', '\\"').split("\n")
    return "\n".join('    "%s\\n"' % line for line in out[:-1])


def header():
    rows = ["static const char known_note_%s[] =\n%s;" % (k, c_string(note(t)))
            for k, t in TEXTS.items()]
    rows.append('static const char known_notices_public[] =\n    "%s";'
                % public(key).hex())
    return """/* SPDX-License-Identifier: Apache-2.0 */
/* known_notices.h: notes computed by gen_notices.py; do not edit */
#ifndef KNOWN_NOTICES_H
#define KNOWN_NOTICES_H

/* clang-format off */
""" + "\n".join(rows) + """
/* clang-format on */

#endif
"""


def main(argv):
    if argv[1:2] == ["--check"]:
        with open(argv[2], encoding="utf-8") as f:
            return 0 if f.read() == header() else 1
    if argv[1:2] == ["--put"]:
        t = TEXTS[argv[2]].encode()
        for n, b in (("text", t), ("sig", sign(key, t)), ("seed", key)):
            with open(os.path.join(argv[3], n), "wb") as f:
                f.write(b)
        return 0
    sys.stdout.write(header())
    return 0


sys.exit(main(sys.argv))
