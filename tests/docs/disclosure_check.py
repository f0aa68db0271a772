#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# disclosure_check.py: a second reader of disclosures, of the standard library
"""Written from docs/format.md alone (1, 4, 6.3, 6.5, 7.1, 9.5 and C2SP
signed-note, tlog-checkpoint, tlog-proof); shares nothing with the program.

    disclosure_check.py FILE [--body FILE] [--no-signatures]
    disclosure_check.py FILE --mutate N [--seed S] --program SANDUQ

Prints what is disclosed and ends with 0, or says why not and ends with 3. With
--mutate it changes N single bytes one after the other and asks itself and the
program: both must refuse each.
Ed25519 is checked by `openssl pkeyutl`; 77 when that cannot do it.
"""
import base64
import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile

HEX = re.compile(r"[0-9a-f]+\Z")
SIGNATURES = True


class Bad(Exception):
    pass


def need(ok, why):
    if not ok:
        raise Bad(why)


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def unb64(text, size=None):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad("base64")
    need(base64.b64encode(raw).decode() == text, "base64 in its only form")
    need(size is None or len(raw) == size, "length of base64")
    return raw


def unhex(text, size):
    need(len(text) == 2 * size and HEX.match(text), "hex")
    return bytes.fromhex(text)


def number(text, most=2**64 - 1):
    need(re.match(r"(0|[1-9][0-9]*)\Z", text) and text.isascii(), "decimal")
    need(int(text) <= most, "decimal too large")
    return int(text)


def words(line, n):
    out = line.split(" ")
    need(len(out) == n and all(out), "words of a line")
    return out


def tagged(line, tag):
    w = words(line, 2)
    need(w[0] == tag, tag)
    return w[1]


# ---- signed notes

# RFC 8032, section 7.1, test 2: whether openssl can do it at all
KNOWN = (bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc"
                       "9c982ccf2ec4968cc0cd55f12af4660c"),
         bytes.fromhex("92a009a9f0d4cab8720e820b5f642540"
                       "a2b27b5416503f8fb3762223ebdb69da"
                       "085ac1e43e15996e458f3613d0f11d8c"
                       "387b2eaeb4302aeeb00d291612bb0c00"))
DER = bytes.fromhex("302a300506032b6570032100")


def signed_by(pk, message, signature):
    if not SIGNATURES:
        return True
    with tempfile.TemporaryDirectory() as d:
        for name, data in (("k", DER + pk), ("m", message), ("s", signature)):
            with open(os.path.join(d, name), "wb") as f:
                f.write(data)
        r = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform",
             "DER", "-inkey", d + "/k", "-in", d + "/m", "-sigfile", d + "/s"],
            capture_output=True)
    return r.returncode == 0


def split_note(note):
    text, mark, tail = note.rpartition("\n\n")
    need(mark and tail.endswith("\n"), "a signed note")
    lines = []
    for line in tail[:-1].split("\n"):
        w = line.split(" ")
        need(len(w) == 3 and w[0] == "\u2014" and w[1], "a signature line")
        raw = unb64(w[2])
        need(len(raw) > 4, "a signature")
        lines.append((w[1], raw[:4], raw[4:]))
    need(lines, "a signature line")
    return text + "\n", lines


def check_note(note, name, pk):
    text, lines = split_note(note)
    key_id = H(name.encode(), b"\n\x01", pk)[:4]
    mine = [s for n, k, s in lines if n == name and k == key_id]
    need(len(mine) == 1 and len(mine[0]) == 64, "one line by " + name)
    need(signed_by(pk, text.encode(), mine[0]), "signature by " + name)
    return text


# ---- the texts that stand in it

def rows(text, first, n=None):
    out = text[:-1].split("\n")
    need(out[0] == first, first)
    while out[-1].startswith("ext "):
        need(not words(out.pop(), 3)[1].startswith("!"), "extension")
    need(n is None or len(out) == n, "lines of " + first)
    return out[1:]


def statement(text):
    r = rows(text, "sanduq.v1/record", 7)
    record, version = words(r[1], 2)
    out = {"origin": unhex(r[0], 16), "record": unhex(record, 16),
           "version": number(version, 2**32 - 1),
           "content": unb64(tagged(r[2], "content"), 32)}
    unb64(tagged(r[3], "cipher"), 32)
    unb64(tagged(r[4], "key"), 32)
    need(out["version"] > 0, "version")
    prev = tagged(r[5], "prev")
    need((prev == "-") == (out["version"] == 1), "prev")
    if prev != "-":
        unb64(prev, 32)
    return out


def card(note):
    text, _ = split_note(note)
    r = rows(text, "sanduq.v1/card", 7)
    vault, generation = words(r[0], 2)
    out = {"vault": unhex(vault, 16), "hash": H(text.encode()),
           "sign": unb64(tagged(r[1], "sign"), 32)}
    need(number(generation) > 0, "generation")
    unb64(tagged(r[2], "mini"), 32)
    unb64(tagged(r[3], "kem"), 1216)
    for line, tag in ((r[4], "prev"), (r[5], "next")):
        value = tagged(line, tag)
        need(value == "-" or unb64(value, 32), tag)
    out["name"] = "sanduq.invalid/%s/sign" % out["vault"].hex()
    check_note(note, out["name"], out["sign"])
    return out


def replica(note, c):
    text = check_note(note, c["name"], c["sign"])
    r = rows(text, "sanduq.v1/replica")
    vault, own, _ = words(r[0], 3)
    need(unhex(vault, 16) == c["vault"], "the vault of the replica note")
    need(unb64(tagged(r[2], "card"), 32) == c["hash"], "its card")
    return {"origin": "sanduq.invalid/%s/%s" % (vault, own),
            "key": unb64(tagged(r[1], "log"), 32)}


def session(note):
    text, _ = split_note(note)
    r = rows(text, "sanduq.v1/session", 5)
    vault, device, own, n = words(r[0], 4)
    base = words(r[3], 4) if r[3] != "base -" else None
    return {"origin": "sanduq.invalid/%s/%s" % (vault, own), "id": own,
            "device": (vault, device), "number": number(n), "base": base,
            "key": unb64(tagged(r[1], "log"), 32), "hash": H(text.encode())}


def log_of(notes, c):
    if notes[0].startswith("sanduq.v1/replica\n"):
        need(len(notes) == 1, "one replica note")
        return replica(notes[0], c)
    need(len(notes) > 1, "session notes and a device note")
    d = rows(check_note(notes[-1], c["name"], c["sign"]), "sanduq.v1/device", 4)
    device = tuple(words(d[0], 2))
    need(device[0] == c["vault"].hex(), "the vault of the device")
    need(unb64(tagged(d[1], "card"), 32) == c["hash"], "the device's card")
    before = None
    for note in notes[:-1]:
        s = session(note)
        need(s["device"] == device, "the device of a session")
        if before is None:
            need(s["hash"] == unb64(tagged(d[2], "first"), 32), "first session")
            if s["base"] is None:
                check_note(note, s["origin"], s["key"])
        else:
            need(s["base"] and s["base"][1] == before["id"] and
                 s["number"] == before["number"] + 1, "order of sessions")
            check_note(note, before["origin"], before["key"])
        before = s
    return before


def inclusion(index, size, leaf, path, root):
    need(index < size, "index")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        need(sn > 0, "path too long")
        if fn & 1 or fn == sn:
            r = H(b"\x01", p, r)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = H(b"\x01", r, p)
        fn >>= 1
        sn >>= 1
    need(sn == 0 and r == root, "inclusion")


# ---- fields

def field(lines, s, last):
    i, t, kind, state, name = words(lines[0], 5)
    i, t, kind, state = (number(x, 65535) for x in (i, t, kind, state))
    need(t in (8, 16, 32, 64, 128, 256, 512, 1024) and i < t, "place")
    need(1 << (len(lines) - 3) == t, "length of the path")
    need(re.match(r"[a-z0-9.-]{1,96}\Z", name), "name")
    need((kind == 5) == (name == "body") and kind < 128 and state < 4, "type")
    need(1 <= kind <= 8 or kind >= 64, "type")
    need(last is None or (last["i"] < i and last["name"] < name and
                          last["t"] == t), "order of fields")
    salt = unb64(tagged(lines[1], "salt"), 32)
    w = words(lines[2], 4)
    need(w[0] == "value", "value")
    length, digest = number(w[1]), unb64(w[2], 32)
    value = None
    if w[3] != "-":
        value = unb64(w[3])
        need(value, "an empty value is -")
    elif length == 0:
        value = b""
    need(value is not None or kind == 5, "a value that is missing")
    need(state == 0 or value == b"", "a state with a value")
    need(value is None or (len(value) == length and H(value) == digest),
         "hash of the value")
    need(kind not in (3, 8) or state or length == 8, "time or number")
    leaf = b"".join((
        b"sanduq.v1/field\x00", s["record"], s["version"].to_bytes(4, "big"),
        i.to_bytes(2, "big"), salt, bytes((kind, state, len(name))),
        name.encode(), length.to_bytes(8, "big"), digest))
    r, at = H(b"\x00", leaf), i
    for line in lines[3:]:
        p = unb64(line, 32)
        r = H(b"\x01", p, r) if at & 1 else H(b"\x01", r, p)
        at >>= 1
    need(r == s["content"], "the path of " + name)
    return {"i": i, "t": t, "name": name, "value": value, "length": length,
            "hash": digest, "kind": kind}


# ---- the whole

def parts(text):
    need(text.startswith("sanduq.v1/disclosure\n") and text.endswith("\n"),
         "first line")
    lines = text[:-1].split("\n")[1:]
    out = []
    while lines:
        word, name, n = words(lines[0], 3)
        n = number(n)
        need(word == "part" and 1 <= n < len(lines), "a part")
        out.append((name, lines[1:n + 1]))
        lines = lines[n + 1:]
    return out


def check(raw, body=None):
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad("UTF-8")
    p = parts(text)
    order = " ".join(name for name, _ in p)
    need(re.match(r"statement leaf( field)* proof( note)+ card\Z", order),
         "order of the parts")
    whole = {name: "\n".join(lines) + "\n" for name, lines in p}
    s = statement(whole["statement"])
    fields = []
    for name, lines in p:
        if name == "field":
            fields.append(field(lines, s, fields[-1] if fields else None))
    leaf = rows(whole["leaf"], "sanduq.v1/leaf", 4)
    kind, record, version = words(leaf[0], 3)
    need(kind in ("seal", "take") and unhex(record, 16) == s["record"] and
         number(version) == s["version"], "the line's record")
    need(unb64(leaf[1], 32) == H(whole["statement"].encode()), "its statement")
    unb64(leaf[2], 32)
    c = card(whole["card"])
    need(c["vault"] == s["origin"], "the card's vault")
    log = log_of(["\n".join(l) + "\n" for n, l in p if n == "note"], c)
    head, _, point = whole["proof"].partition("\n\n")
    head = head.split("\n")
    need(head[0] == "c2sp.org/tlog-proof@v1" and len(head) <= 65, "proof")
    origin, size, root = check_note(point, log["origin"],
                                    log["key"])[:-1].split("\n")
    need(origin == log["origin"], "the checkpoint's log")
    inclusion(number(tagged(head[1], "index")), number(size),
              H(b"\x00", whole["leaf"].encode()),
              [unb64(x, 32) for x in head[2:]], unb64(root, 32))
    for f in fields:
        if body is not None and f["kind"] == 5:
            need(len(body) == f["length"] and H(body) == f["hash"], "the body")
    return fields


def accepts(raw, body=None):
    try:
        return check(raw, body)
    except Bad:
        return None


def mutate(raw, n, seed, program):
    rng = random.Random(seed)
    status = 0
    path = os.path.join(tempfile.mkdtemp(), "changed.txt")
    for _ in range(n):
        at = rng.randrange(len(raw))
        new = raw[:at] + bytes((raw[at] ^ rng.randrange(1, 256),)) + raw[at + 1:]
        with open(path, "wb") as f:
            f.write(new)
        r = subprocess.run([program, "verify", path], capture_output=True)
        mine = accepts(new)
        if mine is not None or r.returncode not in (1, 3) or \
                b"\ndisclosed " in r.stdout:
            print("byte %d: %r %d" % (at, mine is not None, r.returncode))
            status = 1
    return status


def main(argv):
    global SIGNATURES
    raw = open(argv[0], "rb").read()
    opts = dict(zip(argv[1::2], argv[2::2]))
    if "--no-signatures" in argv:
        SIGNATURES = False
    elif not signed_by(KNOWN[0], b"\x72", KNOWN[1]):
        return 77
    if "--mutate" in opts:
        return mutate(raw, int(opts["--mutate"]), int(opts.get("--seed", 1)),
                      opts["--program"])
    body = None
    if "--body" in opts:
        body = open(opts["--body"], "rb").read()
    try:
        for f in check(raw, body):
            print(f["name"], f["length"], f["hash"].hex())
    except Bad as e:
        print("refused:", e)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
