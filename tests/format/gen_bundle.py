#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# gen_bundle.py: computes the known answers in known_bundle.h apart from the
# program
"""Shares nothing with the program but the text of docs/format.md; hashing is
the standard library's, sealing PyNaCl's.

    gen_bundle.py > known_bundle.h           write the file
    gen_bundle.py --check known_bundle.h     exit 1 if it would be another
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "docs"))
from format_examples import *  # noqa: E402,F403

OUT = []


def put(name, value):
    text = value.hex() if isinstance(value, (bytes, bytearray)) else value
    rows = [text[i:i + 64] for i in range(0, len(text), 64)] or [""]
    OUT.append("static const char known_%s[] =\n    %s;" % (
        name, "\n    ".join('"%s"' % r for r in rows)))


def padded(p):
    n = 1024
    while n < len(p):
        n *= 2
    return p + bytes(n - len(p))


# ---- section 9.1: entries, ascending, and their tree
def entry(use, first, version, wrap, extract):
    return (u8(use) + fixed(first, 16) + u32(version) + fixed(first + 1, 32)
            + fixed(first + 2, 32) + wrap + extract)


entries = [entry(0, 0x01, 1, bytes(32), bytes(32)),
           entry(1, 0x02, 2, fixed(0x77, 32), bytes(32)),
           entry(2, 0x03, 7, fixed(0x78, 32), fixed(0x79, 32))]
assert entries == sorted(entries) and len(entries[0]) == 149
for k, e in enumerate(entries):
    put("entry_%d" % k, e)
    put("entry_leaf_%d" % k, leaf_hash(L("entry") + e))
put("entries", mth([leaf_hash(L("entry") + e) for e in entries]))

# ---- section 9.1: the text and its signature
bundle_text = text([
    "sanduq.v1/bundle",
    "%s from %s %s" % (fixed(0x05, 16).hex(), vault.hex(), b64(fp)),
    "epoch " + b64(fixed(0x06, 32)),
    "rcpt 8 " + b64(fixed(0x07, 32)),
    "records 3 " + b64(fixed(0x08, 32)),
    "manifest " + b64(fixed(0x09, 32)),
    "log " + b64(fixed(0x0a, 32))])
name = "sanduq.invalid/%s/sign" % vault.hex()
bundle_note = bundle_text + b"\n" + text(["\u2014 %s %s" % (name, b64(
    key_id(name, sign_pk) + sign(sign_seed, bundle_text)))])
put("bundle_text", bundle_text)
put("bundle_note", bundle_note)

# ---- section 9.1: a manifest in an epoch of kind 2
b_header = eheader[:4] + u8(2) + eheader[5:72] + u32(4) + u32(1)
b_commit = X(e0, "epoch-commit", b_header, 32)
put("bundle_head", b_header + b_commit)
list_ = field_list([(1, 0, b"letter", b"For the archive."),
                    (1, 0, b"purpose", b"share-inside")])
put("manifest_list", list_)
put("manifest", seal(X(e0, "manifest", epoch, 32), nonce24, b_header,
                     padded(list_)))

# ---- section 9.2: three of nine fields, one of them a body in segments
nine = sorted([(1, 0, b"f.%d" % i, b"value %d" % i) for i in range(7)]
              + [(5, 0, b"body", H(b"the original")),
                 (1, 1, b"asked", b"")], key=lambda f: f[2])
p_salts, _, p_hashes, p_content = content_of(
    nine, {b"body": (12, H(b"the original"))})
p_header = rheader[:48] + u64(4096) + u32(1) + rheader[60:]
okm = X(rk, "record", H(p_header), 64)
p_commit, p_m, p_b = okm[32:], fixed(0x0b, 32), fixed(0x0c, 32)
put("part_list", field_list(nine))
put("part_head", p_header + p_commit + p_content + p_m + p_b)
p_ct = H(L("cipher"), p_header, p_commit, p_m, p_b)
p_stmt = H(text(["sanduq.v1/record", vault.hex(), record.hex() + " 1",
                 "content " + b64(p_content), "cipher " + b64(p_ct),
                 "key " + b64(p_commit), "prev -"]))
xk = fixed(0x0d, 32)


def an_extract(shown):
    body = any(nine[i][0] == 5 for i in shown)
    p = b"SQX1" + u8(1 if body else 0) + u8(4) + u16(len(shown))
    if body:
        p += kb + u64(40) + u64(12)
    for i in shown:
        p += u16(i) + p_salts[i] + field_list([nine[i]])[2:]
    for i in range(16):
        if i not in shown:
            p += p_hashes[i]
    return cseal(X(xk, "extract", p_stmt, 32), bytes(12), padded(p))


put("extract", an_extract([0, 1, 5]))
put("extract_less", an_extract([5]))
put("extract_all", an_extract(list(range(9))))

p_ad = p_header + p_commit + epoch + u32(6) + u32(2)
put("xk_wrap", epoch + u32(6) + u32(2) + seal(
    X(e0, "wrap", epoch + u32(6), 32), nonce24, p_ad, xk))

text_ = """/* SPDX-License-Identifier: Apache-2.0 */
/* known_bundle.h: known answers, computed by gen_bundle.py; do not edit */
#ifndef KNOWN_BUNDLE_H
#define KNOWN_BUNDLE_H

/* clang-format off */
""" + "\n".join(OUT) + """
/* clang-format on */

#endif
"""
if sys.argv[1:2] == ["--check"]:
    with open(sys.argv[2], encoding="utf-8") as f:
        sys.exit(0 if f.read() == text_ else 1)
sys.stdout.write(text_)
