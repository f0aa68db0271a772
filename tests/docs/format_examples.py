#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# format_examples.py: computes the worked examples of docs/format.md apart
# from the program and compares them; --write puts them into the file
"""Only the standard library and PyNaCl; written from the text of
docs/format.md, sharing nothing with the program.

    format_examples.py docs/format.md           compare, exit 1 on difference
    format_examples.py --write docs/format.md   fill the blocks in
"""
import base64
import hashlib
import hmac
import re
import struct
import sys

try:
    from nacl import bindings as nb
except ImportError:
    print("skipped: python3-nacl is not installed")
    sys.exit(77)


# ------------------------------------------------- section 1, conventions

def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def B(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def L(label):
    return b"sanduq.v1/" + label.encode("ascii") + b"\0"


def extract(salt, ikm):
    return hmac.new(salt, ikm, hashlib.sha256).digest()


def expand(prk, info, n):
    out, t, c = b"", b"", 1
    while len(out) < n:
        t = hmac.new(prk, t + info + bytes([c]), hashlib.sha256).digest()
        out, c = out + t, c + 1
    return out[:n]


def X(key, label, ctx, n):
    return expand(key, L(label) + ctx, n)


def xseal(key, nonce, ad, p):
    return nb.crypto_aead_xchacha20poly1305_ietf_encrypt(p, ad, nonce, key)


def seal(key, nonce, ad, p):
    return nonce + xseal(key, nonce, ad, p)


def cseal(key, nonce, p):
    return nb.crypto_aead_chacha20poly1305_ietf_encrypt(p, None, nonce, key)


def b64(p):
    return base64.b64encode(p).decode()


def leaf_hash(d):
    return H(b"\0", d)


def mth(hashes):
    """RFC 6962 section 2.1 over leaf hashes."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return H(b"\1", mth(hashes[:k]), mth(hashes[k:]))


def u8(n):
    return struct.pack(">B", n)


def u16(n):
    return struct.pack(">H", n)


def u32(n):
    return struct.pack(">I", n)


def u64(n):
    return struct.pack(">Q", n)


def text(lines):
    return "".join(x + "\n" for x in lines).encode()


def key_id(name, pk):
    return H(name.encode(), b"\n\1", pk)[:4]


def ed25519(seed):
    return nb.crypto_sign_seed_keypair(seed)


def sign(seed, msg):
    return nb.crypto_sign(msg, ed25519(seed)[1])[:64]


def padme(n):
    if n < 2:
        return n
    e = n.bit_length() - 1
    s = e.bit_length()
    step = 1 << (e - s)
    return (n + step - 1) // step * step


BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bech32_bits(p, bits):
    n = int.from_bytes(p, "big") >> (8 * len(p) - bits)
    return "".join(BECH32[n >> s & 31] for s in range(bits - 5, -1, -5))


def bech32(hrp, p):
    """BIP-173, without its limit of length."""
    def polymod(v):
        c = 1
        for x in v:
            top = c >> 25
            c = (c & 0x1ffffff) << 5 ^ x
            for i, g in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                   0x3d4233dd, 0x2a1462b3)):
                c ^= g if top >> i & 1 else 0
        return c
    n = -(-8 * len(p) // 5)
    data = [int.from_bytes(p, "big") << 5 * n - 8 * len(p) >> 5 * i & 31
            for i in reversed(range(n))]
    head = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]
    sum_ = polymod(head + data + [0] * 6) ^ 1
    data += [sum_ >> 5 * i & 31 for i in reversed(range(6))]
    return hrp + "1" + "".join(BECH32[x] for x in data)


# BIP-93, section 14

def gf_mul(a, b):
    out = 0
    for i in range(5):
        out ^= a << i if b >> i & 1 else 0
    for i in (8, 7, 6, 5):
        out ^= 0x29 << i - 5 if out >> i & 1 else 0
    return out


def gf_inv(a):
    return [b for b in range(1, 32) if gf_mul(a, b) == 1][0]


def codex32_residue(values):
    r = 0x23181b3
    for v in values:
        top, r = r >> 60, (r & (1 << 60) - 1) << 5 ^ v
        for i, g in enumerate((0x19dc500ce73fde210, 0x1bfae00def77fe529,
                               0x1fbd920fffe7bee52, 0x1739640bdeee3fdad,
                               0x07729a039cfc75f5a)):
            r ^= g if top >> i & 1 else 0
    return r


def share_text(k, name, index, payload):
    """payload: 52 values."""
    v = [BECH32.index(c) for c in k + name + index] + payload
    r = codex32_residue(v + [0] * 13) ^ 0x10ce0795c2fd1e62a
    v += [r >> 5 * i & 31 for i in reversed(range(13))]
    return "sqr1" + "".join(BECH32[x] for x in v)


def share_at(index, *given):
    """The share of `index` on the polynomial through the given texts."""
    at = BECH32.index(index)
    rows = [[BECH32.index(c) for c in t[4:]] for t in given]
    out = [0] * 71
    for j, row in enumerate(rows):
        num = den = 1
        for m, other in enumerate(rows):
            if m != j:
                num = gf_mul(num, at ^ other[5])
                den = gf_mul(den, row[5] ^ other[5])
        w = gf_mul(num, gf_inv(den))
        out = [o ^ gf_mul(w, c) for o, c in zip(out, row)]
    return "sqr1" + "".join(BECH32[x] for x in out)


def payload_of(p, bits):
    n = int.from_bytes(p, "big") << bits - 8 * len(p) \
        if bits >= 8 * len(p) else int.from_bytes(p, "big") >> 8 * len(p) - bits
    return [n >> 5 * i & 31 for i in reversed(range(bits // 5))]


def field_list(fields):
    out = u16(len(fields))
    for t, state, name, value in fields:
        out += u8(t) + u8(state) + u8(len(name)) + name + u32(len(value))
        out += value
    return out


def fixed(first, n):
    """A fixed input: n bytes counting up from `first`."""
    return bytes((first + i) & 255 for i in range(n))


# ------------------------------------------------------------ the examples

EX = {}


def example(name, *pairs):
    lines = ["example: " + name]
    for k, v in pairs:
        if isinstance(v, (bytes, bytearray)):
            v = bytes(v).hex()
        lines.append(("%s = %s" % (k, v)).rstrip())
    EX[name] = lines


vault = fixed(0x00, 16)
replica = fixed(0x10, 8)
vmk = fixed(0x20, 32)
SEED = fixed(0x40, 32)
e0 = fixed(0x60, 32)
rk = fixed(0x80, 32)
logsec = fixed(0xA0, 32)
epoch = fixed(0xC0, 16)
record = fixed(0xD0, 16)
saltseed = fixed(0xE0, 32)
nonce24 = fixed(0x30, 24)
origin = "sanduq.invalid/%s/%s" % (vault.hex(), replica.hex())

for name, key, label, ctx, n in (
        ("label-record", rk, "record", fixed(0x01, 32), 64),
        ("label-wrap", e0, "wrap", epoch + u32(5), 32),
        ("label-state-name", vmk, "state-name", vault, 8)):
    example(name, ("key", key), ("label", label), ("ctx", ctx),
            ("bytes", n), ("info", L(label) + ctx),
            ("out", X(key, label, ctx, n)))

example("seal", ("key", vmk), ("nonce", nonce24), ("ad", vault),
        ("plain", b"evidence"),
        ("out", seal(vmk, nonce24, vault, b"evidence")))

sign_seed = X(SEED, "id-sign", vault, 32)
sign_pk = ed25519(sign_seed)[0]
example("identity-sign", ("vault", vault), ("seed", SEED),
        ("sign.seed", sign_seed), ("sign.public", sign_pk),
        ("mini.public", ed25519(X(SEED, "id-mini", vault, 32))[0]),
        ("kem.seed", X(SEED, "id-kem", vault, 32)))

# Section 3
K = fixed(0x50, 32)
base = H(L("keyfile"), K)
example("keyfile", ("k", K), ("line", "sanduq.v1/keyfile"), ("line", b64(K)),
        ("base", base))

slot_id, slot_salt = fixed(0x70, 16), fixed(0x90, 16)
head = (b"SQS1" + u8(2) + u8(0) + u16(0) + u32(0) + u32(0) + slot_id
        + slot_salt)
prk = extract(head, base)
okm = expand(prk, L("slot") + vault, 64)
kek, commitment = okm[:32], okm[32:]
ad = vault + head + commitment
row = head + commitment + seal(kek, nonce24, ad, vmk)
assert len(row) == 152
example("slot-kind-2", ("vault", vault), ("base", base), ("id", slot_id),
        ("salt", slot_salt), ("nonce", nonce24), ("vmk", vmk), ("prk", prk),
        ("kek", kek), ("commitment", commitment), ("ad", ad), ("row", row))

set_hash = H(L("slots"), u32(1), row)
mac_key = X(vmk, "slots-mac", vault, 32)
example("slot-set", ("vault", vault), ("vmk", vmk), ("gen", 1), ("row", row),
        ("hash", set_hash), ("mac.key", mac_key),
        ("mac", hmac.new(mac_key, set_hash, hashlib.sha256).digest()))

example("settings-set-empty", ("gen", 1),
        ("hash", H(L("settings"), u32(1))))

fp = H(b"a card text")
example("fingerprint", ("hash", fp), ("text", bech32_bits(fp, 160)))

# Section 5
t0, r1 = fixed(0x11, 32), fixed(0x22, 32)
r0 = H(L("rcpt"), epoch, t0, fp)
rcpt = H(L("rcpts"), r0, r1)
example("epoch-rcpt", ("epoch", epoch), ("t.0", t0), ("fingerprint.0", fp),
        ("r.0", r0), ("r.1", r1), ("rcpt", rcpt))

log_pk = ed25519(logsec)[0]
eheader = (b"SQE1" + u8(1) + bytes(3) + vault + epoch + H(log_pk) + u32(2)
           + u32(1))
assert len(eheader) == 80
ecommit = X(e0, "epoch-commit", eheader, 32)
w5 = X(e0, "wrap", epoch + u32(5), 32)
example("epoch-keys", ("vault", vault), ("epoch", epoch), ("kind", 1),
        ("n", 2), ("writer.public", log_pk), ("header", eheader),
        ("e0", e0), ("commit", ecommit), ("i", 5), ("w", w5),
        ("e1", X(e0, "next", epoch + u32(0), 32)))

cache_key = X(vmk, "epoch-cache", vault, 32)
cache_ad = eheader + ecommit + rcpt
cell = seal(cache_key, nonce24, cache_ad, e0 + u64(1950000000))
assert len(cell) == 80
example("epoch-cache", ("vault", vault), ("vmk", vmk), ("header", eheader),
        ("commit", ecommit), ("r.0", r0), ("r.1", r1), ("e0", e0),
        ("time", 1950000000), ("nonce", nonce24), ("cell", cell))

marks = sorted((fixed(first, 16), fixed(first + 7, 32))
               for first in (0xC0, 0x31, 0x90))
example("epoch-set", *[p for i, (x, h) in enumerate(marks[1:] + marks[:1])
                       for p in (("id.%d" % i, x), ("hash.%d" % i, h))],
        ("set", H(L("epochs"), *[x + h for x, h in marks])))

# Section 4.3
example("device-code", ("device", replica), ("first", fixed(0x91, 32)),
        ("code", bech32("sqd", replica + fixed(0x91, 32))))

# Section 14
secret = fixed(0x21, 32)
share_s = share_text("2", "c3zd", "s", payload_of(secret, 260))
share_a = share_text("2", "c3zd", "a", payload_of(fixed(0x53, 33), 260))
share_c = share_at("c", share_a, share_s)
assert share_at("s", share_a, share_c) == share_s
example("share", ("secret", secret), ("payload.a", share_a[10:62]),
        ("text.s", share_s), ("text.a", share_a), ("text.c", share_c),
        ("text.d", share_at("d", share_a, share_s)),
        ("whole", share_text("0", "c3zd", "s", payload_of(secret, 260))))

# Section 6
fields = [(5, 0, b"body", b"I write down the hour.\n"),
          (1, 0, b"title", "куәлік".encode())]
block = field_list(fields)


def content_of(fields, bodies):
    salts, leaves, out = [], [], []
    T = 8
    while T < len(fields):
        T *= 2
    for i in range(T):
        salt = X(saltseed, "field-salt", record + u32(1) + u16(i), 32)
        if i < len(fields):
            t, state, name, value = fields[i]
            n, h = bodies.get(name, (len(value), H(value)))
            leaf = (L("field") + record + u32(1) + u16(i) + salt + u8(t)
                    + u8(state) + u8(len(name)) + name + u64(n) + h)
        else:
            leaf = L("pad") + salt
        salts.append(salt)
        leaves.append(leaf)
        out.append(leaf_hash(leaf))
    return salts, leaves, out, mth(out)


salts, leaves, lhashes, content = content_of(fields, {})
example("content", ("record", record), ("version", 1),
        ("salt.seed", saltseed), ("name.0", "body"), ("type.0", 5),
        ("state.0", 0), ("value.0", fields[0][3]), ("name.1", "title"),
        ("type.1", 1), ("state.1", 0), ("value.1", fields[1][3]),
        ("list", block), ("t", 8),
        ("salt.0", salts[0]), ("leaf.0", leaves[0]), ("hash.0", lhashes[0]),
        ("salt.1", salts[1]), ("leaf.1", leaves[1]), ("hash.1", lhashes[1]),
        ("leaf.2", leaves[2]), ("hash.2", lhashes[2]),
        ("hash.7", lhashes[7]), ("content", content))

rheader = (b"SQR1" + u8(1) + u8(16) + u16(0) + vault + record + u32(1)
           + u32(1024) + u64(0) + u32(0) + u32(0) + bytes(32))
assert len(rheader) == 96
okm = X(rk, "record", H(rheader), 64)
kmeta, rcommit = okm[:32], okm[32:]
example("record-header", ("origin", vault), ("record", record),
        ("version", 1), ("metadata.padded", 1024), ("body.padded", 0),
        ("body.version", 0), ("prev", bytes(32)), ("header", rheader),
        ("header.hash", H(rheader)), ("rk", rk), ("k.meta", kmeta),
        ("commit", rcommit))

meta = (u8(1) + u8(0) + u16(0) + saltseed + bytes(32) + u64(0) + u64(0)
        + u32(len(block)) + u32(len(block)) + block)
meta += bytes(1024 - len(meta))
meta_ct = cseal(kmeta, bytes(12), meta)
m = B(meta_ct)
example("metadata", ("salt.seed", saltseed), ("list", block),
        ("padded", 1024), ("plain.first256", meta[:256]),
        ("k.meta", kmeta), ("ciphertext.first32", meta_ct[:32]),
        ("ciphertext.last16", meta_ct[-16:]), ("m", m))

wrap_ad = rheader + rcommit + epoch + u32(5) + u32(1)
assert len(wrap_ad) == 152
wrap = epoch + u32(5) + u32(1) + seal(w5, nonce24, wrap_ad, rk)
assert len(wrap) == 96
example("record-wrap", ("header", rheader), ("commit", rcommit),
        ("epoch.header", eheader), ("e0", e0), ("i", 5), ("use", 1),
        ("nonce", nonce24), ("rk", rk), ("ad", wrap_ad), ("wrap", wrap))

b = bytes(32)
ct = H(L("cipher"), rheader, rcommit, m, b)
st_lines = ["sanduq.v1/record", vault.hex(), record.hex() + " 1",
            "content " + b64(content), "cipher " + b64(ct),
            "key " + b64(rcommit), "prev -"]
st = text(st_lines)
assert len(st) == 246
stmt = H(st)
example("statement", ("header", rheader), ("commit", rcommit),
        ("content", content), ("m", m), ("b", b),
        ("head", rheader + rcommit + content + m + b), ("ct", ct),
        *[("line", x) for x in st_lines], ("stmt", stmt))

kb = fixed(0xB0, 32)
original = b"I write down the hour.\n" * 3
plen = padme(max(4096, len(original)))
stream = original + bytes(plen - len(original))
segment = cseal(kb, bytes(11) + b"\1", stream)
seg0 = B(segment)
example("body", ("kb", kb), ("original", original),
        ("original.hash", H(original)), ("padded", plen),
        ("segment.bytes", len(segment)), ("segment.first32", segment[:32]),
        ("segment.last16", segment[-16:]), ("seg.0", seg0),
        ("b", H(L("segments"), seg0)))

# Section 7
ev_fields = [(3, 0, b"time", struct.pack(">q", 1950000000))]
ev_block = field_list(ev_fields)
ev_hashes, ev_pairs = [], []
for i in range(4):
    salt = X(saltseed, "event-salt", u16(i), 32)
    if i < len(ev_fields):
        t, state, name, value = ev_fields[i]
        leaf = (L("event-field") + u16(i) + salt + u8(t) + u8(state)
                + u8(len(name)) + name + u64(len(value)) + H(value))
        ev_pairs += [("salt.%d" % i, salt), ("leaf.%d" % i, leaf)]
    else:
        leaf = L("pad") + salt
    ev_hashes.append(leaf_hash(leaf))
    ev_pairs.append(("hash.%d" % i, ev_hashes[-1]))
event = mth(ev_hashes)
example("event", ("salt.seed", saltseed), ("name.0", "time"), ("type.0", 3),
        ("state.0", 0), ("value.0", ev_fields[0][3]), ("list", ev_block),
        ("t", 4), *ev_pairs, ("event", event))

# Section 8.6
dr_fields = [(7, 0, b"interview.place", "kk \u0431\u0435\u0439\u0442\u0430\u0440\u0430\u043f \u04af\u0439".encode()),
             (1, 1, b"interviewer.code", b"")]
dr_header = b"SQD1" + bytes(4) + vault + record
dr_plain = (u8(1) + u8(1) + bytes(2) + struct.pack(">qq", 1950000000,
                                                   1950000060)
            + u8(9) + b"testimony" + u8(16) + b"interviewer.code"
            + field_list(dr_fields))
example("draft", ("vault", vault), ("id", record), ("type", "testimony"),
        ("last", "interviewer.code"), ("flags", 1),
        ("begun", 1950000000), ("kept", 1950000060),
        ("list", field_list(dr_fields)),
        ("header", dr_header), ("info", L("draft") + dr_header),
        ("plain", dr_plain), ("padded", 4096), ("file", 40 + 1136 + 4096))

leaf_lines = ["sanduq.v1/leaf", "seal %s 1" % record.hex(), b64(stmt),
              b64(event)]
leaf_text = text(leaf_lines)
assert len(leaf_text) == 145
lh = leaf_hash(leaf_text)
example("leaf", ("kind", "seal"), ("record", record), ("version", 1),
        ("subject", stmt), ("event", event),
        *[("line", x) for x in leaf_lines], ("hash", lh))

ev_key = X(e0, "event-key", epoch + u32(5), 32)
ev_plain = saltseed + ev_block
ev_plain += bytes(256 - len(ev_plain))
evct = epoch + u32(5) + seal(ev_key, nonce24, lh, ev_plain)
assert len(evct) == 316
example("event-sealed", ("epoch.header", eheader), ("e0", e0), ("i", 5),
        ("leaf.hash", lh), ("salt.seed", saltseed), ("list", ev_block),
        ("event", event), ("key", ev_key), ("nonce", nonce24),
        ("evct", evct))

kid = key_id(origin, log_pk)
example("note-key-id", ("name", origin), ("public", log_pk),
        ("key.id", kid))

cp_lines = [origin, "1", b64(lh)]
cp = text(cp_lines)
sig = sign(logsec, cp)
note_lines = cp_lines + ["", "— %s %s" % (origin, b64(kid + sig))]
example("checkpoint", ("vault", vault), ("replica", replica),
        ("origin", origin), ("size", 1), ("leaf.hash", lh), ("root", lh),
        ("log.seed", logsec), ("log.public", log_pk),
        ("text.hash", H(cp)), ("signature", sig),
        *[("line", x) for x in note_lines])

example("padme", *[("padme.%d" % n, padme(n)) for n in (
    0, 1, 2, 8, 9, 10, 129, 512, 1000, 4096, 4097, 65536, 65537, 100000,
    1048576, 1048577, 5368709120, 5368709121)])


# --------------------------------------------------- comparing and writing

FENCE = re.compile(r"^```\nexample: ([a-z0-9-]+)\n(.*?)^```$", re.M | re.S)


def main(argv):
    write = argv[1:2] == ["--write"]
    path = argv[-1]
    if len(argv) != 2 + write:
        print(__doc__)
        return 2
    with open(path, encoding="utf-8") as f:
        doc = f.read()
    if write:
        doc = FENCE.sub(lambda k: "```\n%s\n```" % "\n".join(EX[k[1]]), doc)
        with open(path, "w", encoding="utf-8") as f:
            f.write(doc)
    found = [(k[1], ("example: " + k[1] + "\n" + k[2]).splitlines())
             for k in FENCE.finditer(doc)]
    bad = 0
    for name, lines in found:
        if lines == EX.get(name):
            continue
        bad += 1
        want = EX.get(name)
        if want is None:
            print("example %s: nothing computes it" % name)
            continue
        for n in range(max(len(lines), len(want))):
            have = lines[n] if n < len(lines) else "(missing)"
            should = want[n] if n < len(want) else "(nothing)"
            if have != should:
                print("example %s: the text has %s\n  computed %s"
                      % (name, have, should))
    names = [name for name, _ in found]
    for name in EX:
        if names.count(name) != 1:
            bad += 1
            print("example %s: %d times in the text" %
                  (name, names.count(name)))
    print("%d passed, %d failed" % (max(len(found) - bad, 0), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
