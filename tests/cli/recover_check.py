# SPDX-License-Identifier: Apache-2.0
# recover_check.py: a second reader of recovery shares and of the slot they
# open, written from docs/format.md and BIP-93; run by recover.sh
#
#   recover_check.py open VAULT SHEET...   puts the shares together, opens the
#                                          slot with them, checks the MAC
#   recover_check.py derive SHEET... X     prints the share of index X
#   recover_check.py bip93 SHEET...        each is valid with ms1 in front
import hashlib
import hmac
import re
import sqlite3
import sys

A = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'


# GF(32) by logarithms: x generates the field of x^5 + x^3 + 1
EXP, LOG = [], {}
e = 1
for n in range(31):
    EXP.append(e)
    LOG[e] = n
    e <<= 1
    if e & 32:
        e ^= 0b101001


def mul(a, b):
    return EXP[(LOG[a] + LOG[b]) % 31] if a and b else 0


def div(a, b):
    return EXP[(LOG[a] - LOG[b]) % 31] if a else 0


def residue(values):
    """BIP-93's polynomial, one bit of the divisor at a time over integers."""
    gen = (0x19dc500ce73fde210, 0x1bfae00def77fe529, 0x1fbd920fffe7bee52,
           0x1739640bdeee3fdad, 0x07729a039cfc75f5a)
    r = 0x23181b3
    for v in values:
        top = r >> 60
        r = (r & ((1 << 60) - 1)) << 5 ^ v
        for i in range(5):
            if top >> i & 1:
                r ^= gen[i]
    return r


VALID = 0
for letter in 'secretshare32':
    VALID = VALID << 5 | A.index(letter)


def values(text, prefix):
    assert text == text.lower() and text.startswith(prefix), text
    v = [A.index(c) for c in text[len(prefix):]]
    assert len(v) == 71 and residue(v) == VALID, text
    return v


def share(path):
    """The line of a sheet that holds the share as one word."""
    found = re.findall(r'^sqr1[a-z0-9]+$', open(path).read(), re.M)
    assert len(found) == 1, (path, found)
    return found[0]


def at(shares, x):
    """Lagrange over the whole strings, at x."""
    xs = [s[5] for s in shares]
    assert len(set(xs)) == len(xs) and x not in xs
    out = [0] * 71
    for s in shares:
        w = 1
        for other in xs:
            if other != s[5]:
                w = mul(w, div(x ^ other, s[5] ^ other))
        out = [o ^ mul(w, v) for o, v in zip(out, s)]
    assert residue(out) == VALID
    return out


def secret(shares):
    heads = {tuple(s[:5]) for s in shares}
    assert len(heads) == 1, 'shares of two sets'
    k = A[shares[0][0]]
    if k == '0':
        assert len(shares) == 1 and A[shares[0][5]] == 's'
        whole = shares[0]
    else:
        shares = shares[:int(k)]
        assert len(shares) == int(k), 'too few'
        whole = at(shares, A.index('s'))
    n = 0
    for v in whole[6:58]:
        n = n << 5 | v
    assert n & 15 == 0, 'bits behind the secret'
    return (n >> 4).to_bytes(32, 'big')


# ---- sections 1.1, 3.1 to 3.3

def expand(prk, info, n):
    out, t, i = b'', b'', 1
    while len(out) < n:
        t = hmac.new(prk, t + info + bytes([i]), hashlib.sha256).digest()
        out, i = out + t, i + 1
    return out[:n]


def label(x):
    return b'sanduq.v1/' + x.encode() + b'\0'


def open_slot(path, key):
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt
    db = sqlite3.connect('file:%s?mode=ro&immutable=1' % path, uri=True)
    meta = dict(db.execute('SELECT k, v FROM meta'))
    vault = meta['vault']
    rows = [r[0] for r in db.execute('SELECT b FROM slot ORDER BY id')]
    opened = []
    for b in rows:
        if b[4] != 4:
            continue
        assert len(b) == 152 and b[:4] == b'SQS1' and b[5:16] == bytes(11)
        prk = hmac.new(b[:48], key, hashlib.sha256).digest()
        both = expand(prk, label('slot') + vault, 64)
        if both[32:] != b[48:80]:
            continue
        opened.append(crypto_aead_xchacha20poly1305_ietf_decrypt(
            b[104:], vault + b[:80], b[80:104], both[:32]))
    assert len(opened) == 1, 'the slot does not open'
    set_hash = hashlib.sha256(label('slots') + meta['slots-gen'] +
                              b''.join(rows)).digest()
    mac = hmac.new(expand(opened[0], label('slots-mac') + vault, 32), set_hash,
                   hashlib.sha256).digest()
    assert mac == meta['slots-mac'], 'MAC'


what, args = sys.argv[1], sys.argv[2:]
if what == 'open':
    open_slot(args[0], secret([values(share(p), 'sqr1') for p in args[1:]]))
    print('opened')
elif what == 'derive':
    x = A.index(args[-1])
    got = at([values(share(p), 'sqr1') for p in args[:-1]], x)
    print('sqr1' + ''.join(A[v] for v in got))
elif what == 'bip93':
    for p in args:
        values('ms1' + share(p)[4:], 'ms1')
        # every other single letter breaks it
        text = 'ms1' + share(p)[4:]
        for i in (3, 8, 20, 40, 60, 73):
            wrong = text[:i] + A[(A.index(text[i]) + 1) % 32] + text[i + 1:]
            try:
                values(wrong, 'ms1')
            except AssertionError:
                continue
            raise SystemExit('a wrong letter was not noticed')
    print('valid')
