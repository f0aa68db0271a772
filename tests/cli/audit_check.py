# SPDX-License-Identifier: Apache-2.0
"""Checks that need no part of the program.

proof PROOF LEAF VKEY: a C2SP tlog-proof by hashlib and openssl alone.
planted PACK: every row that a pack never holds, put in; verify must say so.
bytes PACK: changed bytes; each is reported, or changes nothing that counts.
"""
import base64
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

SANDUQ = os.environ.get('SANDUQ', 'sanduq')


# ---- a proof, with stock tools ----

def h(b):
    return hashlib.sha256(b).digest()


def root_from(index, size, leaf, path):
    """RFC 9162, 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            raise ValueError('the path is too long')
        if fn & 1 or fn == sn:
            r = h(b'\1' + p + r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = h(b'\1' + r + p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ValueError('the path is too short')
    return r


def openssl_verify(public, message, signature, folder):
    der = bytes.fromhex('302a300506032b6570032100') + public
    for name, data in (('k', der), ('m', message), ('s', signature)):
        with open(os.path.join(folder, name), 'wb') as f:
            f.write(data)
    return subprocess.run(
        ['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-keyform',
         'DER', '-inkey', folder + '/k', '-in', folder + '/m', '-sigfile',
         folder + '/s'], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0


def proof(proof_file, leaf_file, vkey_file):
    text = open(proof_file, encoding='utf-8').read()
    head, note = text.split('\n\n', 1)
    first, index, *path = head.split('\n')
    assert first == 'c2sp.org/tlog-proof@v1', first
    signed, signatures = note.split('\n\n', 1)
    signed += '\n'
    origin, size, root = signed.split('\n')[:3]
    got = root_from(int(index.split()[1]), int(size),
                    h(b'\0' + open(leaf_file, 'rb').read()),
                    [base64.b64decode(p) for p in path])
    assert got == base64.b64decode(root), 'the path leads elsewhere'
    name, key_id, key = open(vkey_file).read().strip().split('+', 2)
    key = base64.b64decode(key)
    assert name == origin and key[0] == 1
    assert h(name.encode() + b'\n' + key)[:4].hex() == key_id
    line = [s for s in signatures.split('\n')
            if s.startswith('\u2014 ' + name + ' ')][0]
    sig = base64.b64decode(line.split(' ')[2])
    assert sig[:4].hex() == key_id
    with tempfile.TemporaryDirectory() as folder:
        assert openssl_verify(key[1:], signed.encode(), sig[4:], folder), \
            'the signature does not hold'
    print('the proof holds')


# ---- rows ----

def verify(path):
    r = subprocess.run([SANDUQ, 'verify', path], stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL)
    return r.returncode, r.stdout.decode()


def own(column='origin'):
    return ("(SELECT n FROM log WHERE substr(%s, 16, 32) = (SELECT "
            "lower(hex(v)) FROM meta WHERE k = 'vault'))" % column)


OTHERS = ("(SELECT rid FROM record WHERE substr(head, 9, 16) <> (SELECT v "
          "FROM meta WHERE k = 'vault'))")
FLIP = "CAST(substr({0}, 1, {1}) || x'5a5a' || substr({0}, {1} + 3) AS BLOB)"

PLANTED = [
    # a table that a pack does not use
    "INSERT INTO slot VALUES(zeroblob(16), zeroblob(152))",
    "INSERT INTO epoch VALUES(1, zeroblob(16), zeroblob(112), zeroblob(32), "
    "zeroblob(1200), NULL)",
    "INSERT INTO wrap VALUES(1, zeroblob(96))",
    "INSERT INTO segment(rid, n, ct) VALUES(1, 0, zeroblob(99))",
    "INSERT INTO staging VALUES(777)",
    "INSERT INTO extract(rid, wrap, b) VALUES(1, zeroblob(96), zeroblob(64))",
    "INSERT INTO node SELECT log, 4, 0, subj FROM leaf LIMIT 1",
    "INSERT INTO local VALUES(1, 1, zeroblob(256))",
    "INSERT INTO page VALUES(1, zeroblob(16328))",
    # a column that is empty in a pack
    "UPDATE identity SET seed = zeroblob(72)",
    "UPDATE record SET meta = zeroblob(1040) WHERE rid = 1",
    "UPDATE leaf SET evct = zeroblob(316) WHERE idx = 1",
    "UPDATE record SET f = 1, id = NULL, ver = NULL WHERE rid = 1",
    # meta
    "INSERT INTO meta VALUES('slots-gen', x'00000001')",
    "DELETE FROM meta WHERE k = 'suite'",
    "UPDATE meta SET v = x'00000002' WHERE k = 'min_reader'",
    "UPDATE meta SET v = zeroblob(16) WHERE k = 'vault'",
    "UPDATE meta SET v = CAST('vault' AS BLOB) WHERE k = 'kind'",
    # cards
    "DELETE FROM identity",
    "UPDATE identity SET gen = 2",
    "INSERT INTO identity SELECT 2, card, NULL FROM identity",
    # records
    "DELETE FROM record WHERE rid = 1",
    "DELETE FROM record WHERE rid IN " + OTHERS + " AND ver = 1",
    "DELETE FROM record WHERE rid IN " + OTHERS + " AND rid NOT IN (SELECT "
    "rid FROM proof)",
    "DELETE FROM record WHERE rid IN " + OTHERS + " AND ver = 2",
    "INSERT INTO record(f, id, ver, head) SELECT f, id, ver, head FROM record "
    "WHERE rid = 1",
    "INSERT INTO record(f, id, ver, head) SELECT f, id, ver, head FROM record "
    "WHERE rid IN " + OTHERS + " LIMIT 1",
    # one that no line names, beside all that are named
    "INSERT INTO record(f, id, ver, head) SELECT 0, id, ver, " +
    FLIP.format('head', 130) + " FROM record WHERE rid = 1",
    # of another vault, with the id of a record of this one
    "INSERT INTO record(f, id, ver, head) SELECT 0, o.id, 9, CAST(substr("
    "t.head, 1, 24) || o.id || x'00000009' || substr(t.head, 45) AS BLOB) FROM "
    "record AS o, record AS t WHERE o.rid = 1 AND t.rid = (SELECT max(rid) "
    "FROM record)",
    "INSERT INTO record SELECT -3, f, id, ver, head, meta FROM record WHERE "
    "rid = 1; DELETE FROM record WHERE rid = 1",
    "UPDATE record SET ver = ver + 1 WHERE rid = 1",
] + ["UPDATE record SET head = " + FLIP.format('head', at) +
     " WHERE rid = (SELECT %s(rid) FROM record)" % which
     for at in (8, 24, 40, 50, 64, 100, 130, 160, 192, 221)
     for which in ('min', 'max')] + [
    # logs
    "DELETE FROM log WHERE n = 1",
    "UPDATE log SET note = replace(note, 'log ', 'lag ') WHERE n IN " + own(),
    "UPDATE log SET note = replace(note, 'log ', 'lag ') WHERE n NOT IN " +
    own(),
    "DELETE FROM log WHERE n NOT IN " + own(),
    "INSERT INTO log(origin, note) SELECT origin || '0', note FROM log",
    "UPDATE leaf SET idx = 9999 WHERE idx = 5",
    "DELETE FROM leaf WHERE idx = 3",
    "DELETE FROM leaf",
    "UPDATE leaf SET subj = zeroblob(32) WHERE idx = 2",
    "UPDATE leaf SET ev = zeroblob(32) WHERE idx = 2",
    "UPDATE leaf SET kind = 'note' WHERE kind = 'withdraw'",
    "INSERT INTO leaf SELECT log, 9999, kind, id, ver, subj, ev, evct FROM "
    "leaf WHERE idx = 1",
    "INSERT INTO leaf SELECT 999, idx, kind, id, ver, subj, ev, evct FROM "
    "leaf WHERE idx = 1 LIMIT 1",
    "INSERT INTO leaf SELECT (SELECT max(n) FROM log), idx, kind, id, ver, "
    "subj, ev, evct FROM leaf WHERE idx = 0 LIMIT 1",
    # checkpoints, attachments
    "DELETE FROM checkpoint WHERE log IN " + own(),
    "DELETE FROM checkpoint WHERE log NOT IN " + own(),
    "UPDATE checkpoint SET size = size + 1",
    "UPDATE checkpoint SET note = replace(note, 'a', 'b')",
    "INSERT INTO checkpoint SELECT log, 1, keep, note FROM checkpoint",
    "INSERT INTO checkpoint SELECT 999, size, keep, note FROM checkpoint "
    "LIMIT 1",
    "INSERT INTO attachment(log, size, kind, b) SELECT log, size, 'tsr', "
    "zeroblob(9) FROM checkpoint",
    "INSERT INTO attachment(log, size, kind, b) VALUES(1, 1, 'ots', x'00')",
    # notes
    "DELETE FROM note WHERE kind = 'card'",
    "UPDATE note SET b = CAST(replace(b, 'sign', 'sing') AS BLOB)",
    "INSERT INTO note(f, kind, b) SELECT 1, '', b FROM note",
    "INSERT INTO note(f, kind, b) SELECT 0, 'receipt', b FROM note",
    "INSERT INTO note(f, kind, b) SELECT 0, 'device', b FROM note WHERE "
    "kind = 'card'",
    "INSERT INTO note(f, kind, b) SELECT 0, 'revoke', b FROM note WHERE "
    "kind = 'device'",
    "INSERT INTO note(f, kind, b) SELECT 0, 'card', CAST(card AS BLOB) FROM "
    "identity",
    "UPDATE note SET n = n + 5000000000",
    # proofs
    "DELETE FROM proof WHERE rid = (SELECT max(rid) FROM proof)",
    "DELETE FROM proof",
    "UPDATE proof SET idx = idx + 1",
    "UPDATE proof SET size = size + 1",
    "UPDATE proof SET kind = 'take' WHERE kind = 'seal'",
    "UPDATE proof SET kind = 'join'",
    "UPDATE proof SET ev = zeroblob(32)",
    "UPDATE proof SET path = substr(path, 1, length(path) - 32)",
    "UPDATE proof SET path = CAST(path || zeroblob(32) AS BLOB)",
    "UPDATE proof SET path = CAST(path || x'00' AS BLOB)",
    "UPDATE proof SET rid = 1 WHERE rid = (SELECT max(rid) FROM proof)",
    "UPDATE proof SET rid = 900 WHERE rid = (SELECT max(rid) FROM proof)",
    "UPDATE proof SET log = 1",
    "INSERT INTO proof SELECT rid, 1, size, idx, kind, ev, path FROM proof",
]


def planted(pack):
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'x.audit')
        for sql in PLANTED:
            shutil.copy(pack, path)
            os.chmod(path, 0o600)
            db = sqlite3.connect(path)
            before = '\n'.join(db.iterdump())
            try:
                db.executescript(sql)
                db.commit()
            except sqlite3.Error as e:
                sys.exit('%s: %s' % (e, sql))
            if '\n'.join(db.iterdump()) == before:
                print('changes nothing: ' + sql)
                missed += 1
            db.close()
            status, said = verify(path)
            newer = 'min_reader' in sql
            if status != (1 if newer else 3) or 'is unchanged since' in said:
                print('status %d: %s\n%s' % (status, sql, said))
                missed += 1
    print('%d changes, %d not found' % (len(PLANTED), missed)
          if missed else '%d changes, all found' % len(PLANTED))
    return missed


# ---- bytes ----

# docs/format.md, 17.2: these columns count for nothing
COUNTS = {
    'meta': 'k, v', 'identity': 'gen, card, seed', 'record':
    'f, id, ver, head, meta', 'log': 'n, origin, note', 'leaf':
    'log, idx, kind, id, ver, subj, ev, evct', 'checkpoint':
    'log, size, note', 'attachment': 'log, size, kind, b', 'note':
    'f, kind, b', 'proof': 'log, size, idx, kind, ev, path',
}
EMPTY = ('slot', 'epoch', 'wrap', 'segment', 'staging', 'extract', 'node',
         'local', 'page')


def content(path):
    db = sqlite3.connect('file:%s?mode=ro&immutable=1' % path, uri=True)
    db.text_factory = bytes
    rows = [sorted(db.execute('SELECT %s FROM %s' % (c, t)), key=repr)
            for t, c in sorted(COUNTS.items())]
    rows += [db.execute('SELECT count(*) FROM ' + t).fetchall()
             for t in EMPTY]
    db.close()
    return rows


def changed_bytes(pack):
    data = bytearray(open(pack, 'rb').read())
    want = content(pack)
    step = 1201 if os.environ.get('SANDUQ_EFFORT') == 'short' else 307
    found = harmless = 0
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'x.audit')
        for at in list(range(0, 100)) + list(range(100, len(data), step)):
            old = data[at]
            data[at] ^= 1 << at % 8
            with open(path, 'wb') as f:
                f.write(data)
            data[at] = old
            status, said = verify(path)
            if status != 0:
                found += 1
                continue
            harmless += 1
            try:
                same = content(path) == want
            except sqlite3.DatabaseError:
                same = False
            if not same:
                print('byte %d: changed and not found\n%s' % (at, said))
                bad += 1
    print('%d bytes: %d reported, %d where the change changes nothing, %d '
          'missed' % (found + harmless, found, harmless, bad))
    return bad


if __name__ == '__main__':
    what = sys.argv[1]
    if what == 'proof':
        proof(*sys.argv[2:5])
    else:
        sys.exit(1 if {'planted': planted,
                       'bytes': changed_bytes}[what](sys.argv[2]) else 0)
