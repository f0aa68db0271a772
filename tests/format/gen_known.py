#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# gen_known.py: computes the known answers in known_format.h apart from the
# program
"""Shares nothing with the program but the text of docs/format.md; uses the
second implementation in tests/docs/format_examples.py and PyNaCl.

    gen_known.py > known_format.h           write the file
    gen_known.py --check known_format.h     exit 1 if it would be another
"""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "docs"))
from format_examples import *  # noqa: E402,F403
from nacl import pwhash  # noqa: E402

OUT = []


def put(name, value):
    text = value.hex() if isinstance(value, (bytes, bytearray)) else value
    rows = [text[i:i + 64] for i in range(0, len(text), 64)] or [""]
    OUT.append("static const char known_%s[] =\n    %s;" % (
        name, "\n    ".join('"%s"' % r for r in rows)))


# ---- section 3: slots with Argon2id at the floor, 64 MiB
M_KIB = 64 * 1024
passphrase = "құпия сөз".encode()


def argon2(salt):
    return pwhash.argon2id.kdf(32, passphrase, salt, opslimit=3,
                               memlimit=M_KIB * 1024)


def slot(kind, base):
    kdf = 1 if kind in (1, 3) else 0
    head = (b"SQS1" + u8(kind) + u8(kdf) + u16(0) + u32(3 * kdf)
            + u32(M_KIB * kdf) + slot_id + slot_salt)
    okm = expand(extract(head, base), L("slot") + vault, 64)
    return head + okm[32:] + seal(okm[:32], nonce24,
                                  vault + head + okm[32:], vmk)


put("passphrase", passphrase)
put("slot_1", slot(1, argon2(slot_salt)))
put("slot_3", slot(3, argon2(slot_salt) + H(L("keyfile"), K)))
put("slot_4", slot(4, fixed(0x99, 32)))
two = sorted([slot(2, H(L("keyfile"), K)),
              slot(4, fixed(0x99, 32)).replace(slot_id, fixed(0x6f, 16))],
             key=lambda r: r[16:32])
put("slot_set_2", H(L("slots"), u32(7), *two))

# ---- section 5: the third step of a chain, and the row hash
steps = [e0]
for i in range(3):
    steps.append(X(steps[i], "next", epoch + u32(i), 32))
put("step_3", steps[3])
chain_header = eheader[:4] + u8(3) + eheader[5:]
chain_commit = X(e0, "epoch-commit", chain_header, 32)
put("chain_head", chain_header + chain_commit)
chain_ad = rheader + rcommit + epoch + u32(3) + u32(1)
put("chain_wrap", epoch + u32(3) + u32(1) + seal(
    X(steps[3], "wrap", epoch + u32(3), 32), nonce24, chain_ad, rk))
wraps = bytes(i * 7 & 255 for i in range(2400))
put("row_hash", H(eheader, ecommit, rcpt, H(wraps)))

# ---- section 6.3: nine fields (T = 16), one of them a body in segments
nine = sorted([(1, 0, b"f.%d" % i, b"value %d" % i) for i in range(7)]
              + [(5, 0, b"body", H(b"the original")),
                 (1, 1, b"asked", b"")], key=lambda f: f[2])
put("nine_list", field_list(nine))
put("nine_content", content_of(nine, {b"body": (12, H(b"the original"))})[3])

# ---- section 6.4: three segments, the last short
segments = [bytes([i]) * n for i, n in ((1, 1048832), (2, 1048832), (3, 77))]
put("segments", H(L("segments"), *[B(s) for s in segments]))

# ---- section 7.4: a state file
state = (b"SQT1" + vault + replica + u32(2) + logsec + u64(1000)
         + fixed(0x33, 32) + fixed(0x44, 32) + u32(5) + u32(6) + bytes(840))
state_name = X(vmk, "state-name", vault, 8)
put("state", seal(X(vmk, "state", vault, 32), nonce24, state_name, state))

# ---- section 8.3: a seed cell and a local row
put("seed_cell", seal(X(vmk, "seed", vault, 32), nonce24, u32(3) + fp, SEED))
row_list = field_list([(1, 0, b"kind", b"setting"), (1, 0, b"name", b"lang"),
                       (1, 0, b"value", b"kk")])
put("local_list", row_list)
obj = u32(len(row_list)) + row_list
obj += bytes(256 - len(obj))
local = seal(X(vmk, "local", vault, 32), nonce24,
             b"local\0" + u64(9) + u64(4), obj)
put("local_row", local)
put("settings_set", H(L("settings"), u32(6), u64(9), u64(4), H(local),
                      u64(12), u64(1), H(b"another row")))

text = """/* SPDX-License-Identifier: Apache-2.0 */
/* known_format.h: known answers, computed by gen_known.py; do not edit */
#ifndef KNOWN_FORMAT_H
#define KNOWN_FORMAT_H

/* clang-format off */
""" + "\n".join(OUT) + """
/* clang-format on */

#endif
"""
if sys.argv[1:2] == ["--check"]:
    with open(sys.argv[2], encoding="utf-8") as f:
        sys.exit(0 if f.read() == text else 1)
sys.stdout.write(text)
