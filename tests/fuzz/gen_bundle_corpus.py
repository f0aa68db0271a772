#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# gen_bundle_corpus.py: writes first inputs for the fuzz targets of bundles
# into tests/fuzz/corpus
"""Takes the bytes from tests/format/known_bundle.h, which the second
implementation computed; extracts are opened again with PyNaCl."""
import os
import re
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "docs"))
from format_examples import *  # noqa: E402,F403

known = {}
with open(os.path.join(here, "..", "format", "known_bundle.h"),
          encoding="utf-8") as f:
    for name, rows in re.findall(r"known_(\w+)\[\] =\n(.*?);", f.read(), re.S):
        known[name] = bytes.fromhex("".join(re.findall(r'"(\w*)"', rows)))


def put_file(target, name, data):
    folder = os.path.join(here, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


put_file("bundle_text", "text", known["bundle_text"])
put_file("bundle_text", "text-ext", known["bundle_text"] + b"ext more AA==\n")
put_file("bundle_text", "text-newer",
         known["bundle_text"] + b"ext !more AA==\n")
put_file("bundle_text", "note", known["bundle_note"])
put_file("manifest", "letter", known["manifest_list"])
put_file("manifest", "empty", u16(0))

head = known["part_head"]
p_ct = H(L("cipher"), head[:128], head[160:])
p_stmt = H(text(["sanduq.v1/record", head[8:24].hex(),
                 head[24:40].hex() + " 1", "content " + b64(head[128:160]),
                 "cipher " + b64(p_ct), "key " + b64(head[96:128]),
                 "prev -"]))
key = X(fixed(0x0d, 32), "extract", p_stmt, 32)
for name in ("extract", "extract_less", "extract_all"):
    plain = nb.crypto_aead_chacha20poly1305_ietf_decrypt(
        known[name], None, bytes(12), key)
    put_file("extract", name.replace("_", "-"), head + plain.rstrip(b"\0"))
