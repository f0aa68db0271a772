#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# gen_binary_corpus.py: writes first inputs for the fuzz targets of binary
# structures into tests/fuzz/corpus
"""Takes the bytes from the second implementation in
tests/docs/format_examples.py; frames are written by hand (RFC 8878)."""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "docs"))
from format_examples import *  # noqa: E402,F403


def put(target, name, data):
    folder = os.path.join(here, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


put("slot", "kind-2", row)
put("slot", "kind-1", row[:4] + b"\1\1" + row[6:8] + u32(3) + u32(65536)
    + row[16:])
put("slot", "kind-5", b"SQS1\5" + bytes(11) + slot_id + bytes(48)
    + bytes(1168))

lists = r0 + r1 + bytes(2400)
put("epoch", "vault", eheader + ecommit + lists)
put("epoch", "chain", eheader[:4] + b"\3" + eheader[5:] + ecommit + lists)
put("epoch", "bundle", eheader[:4] + b"\2" + eheader[5:72] + u32(4) + u32(1)
    + ecommit + bytes(4 * 1232))

put("record", "header", rheader)
put("record", "head", rheader + rcommit + content + m + b)
with_body = rheader[:48] + u64(4096) + u32(1) + rheader[60:]
put("record", "head-body", with_body + rcommit + content + m + seg0)
second = rheader[:40] + u32(2) + rheader[44:64] + stmt
put("record", "head-second", second + rcommit + content + m + b)
put("record", "wrap", wrap)

put("field", "record", block)
put("field", "event", ev_block)
put("field", "types", field_list([
    (6, 0, b"a", b"gregorian 1985-04-12T23:20:30+04:30"),
    (6, 0, b"b", b"gregorian ../201X~"),
    (6, 0, b"c", b"persian Y-170000002"),
    (7, 0, b"d", "ug-Arab text".encode()),
    (4, 0, b"e", vault + record + u32(0) + b"amends"),
    (8, 0, b"f", bytes(8)),
    (3, 3, b"g", b""),
    (64, 0, b"h", b"\xff"),
    (2, 1, b"i", b"")]))
put("field", "empty", u16(0))

# a frame: magic, single segment with content size, one raw block
frame = b"\x28\xb5\x2f\xfd\x20" + u8(len(block)) + (
    len(block) << 3 | 1).to_bytes(3, "little") + block
# the same without content size; a run of 300 bytes
windowed = b"\x28\xb5\x2f\xfd\x00\x58" + frame[6:]
run = b"\x28\xb5\x2f\xfd\x00\x58" + (300 << 3 | 3).to_bytes(3, "little") + b"x"

put("meta", "plain", b"\0" + u64(0) + meta[:92 + len(block)])
put("meta", "packed", b"\0" + u64(0) + u8(1) + u8(1) + meta[2:84]
    + u32(len(frame)) + u32(len(block)) + frame)
hashed = field_list([(5, 0, b"body", H(original))])
put("meta", "body", b"\1" + u64(4096) + u8(1) + u8(2) + u16(0) + saltseed + kb
    + u64(69) + u64(69) + u32(len(hashed)) * 2 + hashed)

put("event", "text", saltseed + ev_block)
put("event", "sealed", evct)

put("unpack", "content-size", u16(len(block)) + b"\x06" + frame)
put("unpack", "window", u16(len(block)) + b"\xff" + windowed)
put("unpack", "run", u16(300) + b"\0" + run)
put("unpack", "two-frames", u16(600) + b"\x10" + run + run)
put("unpack", "skippable", u16(300) + b"\x10" + run
    + b"\x50\x2a\x4d\x18" + bytes(4))

put("draft", "two-fields", dr_plain)
put("draft", "empty", u8(1) + bytes(3 + 16) + u8(4) + b"note" + u8(0) + u16(0))
put("draft", "flags", u8(1) + u8(4) + dr_plain[2:])
put("draft", "cut", dr_plain[:40])
put("draft", "zero-in-type", dr_plain[:21] + b"te\0timony" + dr_plain[30:])

put("state", "state", b"SQT1" + b"\4" + bytes(15) + replica + u32(2) + logsec
    + u64(1000) + bytes(64) + u32(5) + u32(6))
