# SPDX-License-Identifier: Apache-2.0
# stamps.py: of which hash time evidence speaks, format.md 7.5
from basics import Bad, at, need

OTS = b"\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\1\x08"
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TST_INFO = bytes.fromhex("2a864886f70d0109100104")
SHA256 = bytes.fromhex("608648016503040201")


def elements(p):
    """[(tag, value)] of what follows one another: definite, shortest lengths."""
    out, off = [], 0
    while off < len(p):
        need(off + 2 <= len(p) and p[off] & 31 != 31, "DER")
        tag, n, off = p[off], p[off + 1], off + 2
        if n >= 128:
            k = n - 128
            need(1 <= k <= 4 and off + k <= len(p), "DER")
            n, off = at(p, off, k), off + k
            need(n >= 128 and n >> 8 * (k - 1), "DER")
        need(off + n <= len(p), "DER")
        out.append((tag, p[off:off + n]))
        off += n
    return out


def inside(element, tag, least=1):
    need(element[0] == tag, "DER")
    out = elements(element[1])
    need(len(out) >= least, "DER")
    return out


def tsr_imprint(b):
    whole = elements(b)
    need(len(whole) == 1, "DER")
    status, token = inside(whole[0], 0x30, 2)[:2]
    need(inside(status, 0x30)[0] in ((2, b"\0"), (2, b"\1")), "status of a response")
    kind, content = inside(token, 0x30, 2)[:2]
    need(kind == (6, SIGNED_DATA), "signedData")
    signed = inside(inside(content, 0xa0)[0], 0x30, 3)
    kind, content = inside(signed[2], 0x30, 2)[:2]
    need(kind == (6, TST_INFO), "id-ct-TSTInfo")
    octets = inside(content, 0xa0)[0]
    need(octets[0] == 4, "TSTInfo")
    info = elements(octets[1])
    need(len(info) == 1, "TSTInfo")
    fields = inside(info[0], 0x30, 5)
    need([x[0] for x in fields[:2]] == [2, 6] and [x[0] for x in fields[3:5]] == [2, 0x18]
         and 1 <= len(fields[3][1]) <= 32, "TSTInfo")
    algorithm, digest = inside(fields[2], 0x30, 2)
    need(inside(algorithm, 0x30)[0] == (6, SHA256) and digest[0] == 4, "imprint")
    return digest[1]


def stamped(kind, b, text_hash):
    """Bad if it is none, or speaks of another state; another word is not read."""
    if kind == "ots":
        need(len(b) > 65 and b[:33] == OTS, "a timestamp of OpenTimestamps")
        need(b[33:65] == text_hash, "time evidence of another state")
    elif kind == "tsr":
        need(tsr_imprint(b) == text_hash, "time evidence of another state")
    else:
        need(b[:33] != OTS or len(b) <= 65, "a timestamp under another word")
        try:
            tsr_imprint(b)
        except Bad:
            return
        need(False, "a token under another word")
