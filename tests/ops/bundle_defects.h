/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_defects.h: one changed row of a made bundle after the other */
#ifndef TEST_BUNDLE_DEFECTS_H
#define TEST_BUNDLE_DEFECTS_H

#include <vault/error.h>

/* Record n of made_all() lies in row n + 1, log n in row n + 1. */
struct defect {
    const char *name;
    const char *sql;
    /* of opening and walking; VAULT_OK: some record has `record` */
    enum vault_status st;
    enum vault_status record;
};

#define GONE VAULT_E_NOT_FOUND
#define BAD  VAULT_E_TAMPERED
/* Another byte at place n, counted from 1. */
#define FLIP_AT(c, n)                                                          \
    "CAST(substr(" c ", 1, " #n " - 1) || CASE substr(" c ", " #n ", 1) WHEN " \
    "x'ff' THEN x'00' ELSE x'ff' END || substr(" c ", " #n " + 1) AS BLOB)"
#define FLIP(c) FLIP_AT(c, 1)

static const struct defect defects[] = {
    {"a byte of a segment",
        "UPDATE segment SET ct = " FLIP("ct") " WHERE rid = 2", VAULT_OK, BAD},
    {"a byte of the segment that a later version uses",
        "UPDATE segment SET ct = " FLIP("ct") " WHERE rid = 5", VAULT_OK, BAD},
    {"a segment is gone", "DELETE FROM segment WHERE rid = 2", VAULT_OK, BAD},
    {"one that a later version uses is gone",
        "DELETE FROM segment WHERE rid = 5", VAULT_OK, BAD},
    {"a segment too many",
        "INSERT INTO segment(rid, n, ct) VALUES(2, 1, x'00')", VAULT_OK, BAD},
    {"a segment of a record that has no body",
        "INSERT INTO segment(rid, n, ct) VALUES(1, 0, x'00')", VAULT_OK, BAD},
    {"a segment of no record",
        "INSERT INTO segment(rid, n, ct) VALUES(99, 0, x'00')", BAD, 0},
    {"two segments change places",
        "UPDATE segment SET rid = 107 - rid WHERE rid IN (2, 5); UPDATE segment "
        "SET rid = rid - 100 WHERE rid > 90",
        VAULT_OK, BAD},
    {"a byte of the metadata",
        "UPDATE record SET meta = " FLIP("meta") " WHERE rid = 1", VAULT_OK,
        BAD},
    {"the metadata are cut",
        "UPDATE record SET meta = substr(meta, 1, 100) WHERE rid = 1", BAD, 0},
    {"metadata without a wrap", "DELETE FROM wrap WHERE rid = 1", BAD, 0},
    {"a wrap without metadata", "UPDATE record SET meta = NULL WHERE rid = 1",
        BAD, 0},
    {"a whole record made a head",
        "UPDATE record SET meta = NULL WHERE rid = 1; DELETE FROM wrap WHERE "
        "rid = 1",
        BAD, 0},
    {"a byte of a wrap's nonce",
        "UPDATE wrap SET b = " FLIP_AT("b", 25) " WHERE rid = 1", BAD, 0},
    {"a wrap of another epoch",
        "UPDATE wrap SET b = " FLIP("b") " WHERE rid = 1", BAD, 0},
    {"a wrap beyond its epoch",
        "UPDATE wrap SET b = " FLIP_AT("b", 17) " WHERE rid = 1", BAD, 0},
    {"a wrap of another use",
        "UPDATE wrap SET b = CAST(substr(b, 1, 23) || x'02' || substr(b, 25) "
        "AS BLOB) WHERE rid = 1",
        BAD, 0},
    {"a short wrap", "UPDATE wrap SET b = substr(b, 1, 95) WHERE rid = 1", BAD,
        0},
    {"two wraps change places",
        "UPDATE wrap SET rid = 103 - rid WHERE rid IN (1, 2); UPDATE wrap SET "
        "rid = rid - 100 WHERE rid > 90",
        BAD, 0},
    {"a wrap of no record", "INSERT INTO wrap VALUES(99, zeroblob(96))", BAD,
        0},
    {"a byte of content in a head",
        "UPDATE record SET head = " FLIP_AT("head", 129) " WHERE rid = 1", BAD,
        0},
    {"a byte of the commitment in a head",
        "UPDATE record SET head = " FLIP_AT("head", 97) " WHERE rid = 7", BAD,
        0},
    {"another number in the columns", "UPDATE record SET ver = 2 WHERE rid = 1",
        BAD, 0},
    {"another id in the columns",
        "UPDATE record SET id = zeroblob(16) WHERE rid = 1", BAD, 0},
    {"a short head", "UPDATE record SET head = substr(head, 1, 223)", BAD, 0},
    {"a foreign row", "UPDATE record SET f = 1 WHERE rid = 1", BAD, 0},
    {"a record twice",
        "INSERT INTO record SELECT rid + 50, f, id, ver, head, meta FROM "
        "record WHERE rid = 1; INSERT INTO wrap SELECT rid + 50, b FROM wrap "
        "WHERE rid = 1",
        BAD, 0},
    {"a record is gone whole",
        "DELETE FROM record WHERE rid = 7; DELETE FROM wrap WHERE rid = 7; "
        "DELETE FROM proof WHERE rid = 7",
        BAD, 0},
    {"all records are gone",
        "DELETE FROM record; DELETE FROM wrap; DELETE FROM proof; DELETE FROM "
        "segment; DELETE FROM extract",
        BAD, 0},
    {"a record's row alone is gone", "DELETE FROM record WHERE rid = 7", BAD,
        0},
    {"a byte of an extract",
        "UPDATE extract SET b = " FLIP("b") " WHERE rid = 8", BAD, 0},
    {"an extract twice",
        "INSERT INTO extract(rid, wrap, b) SELECT rid, wrap, b FROM extract "
        "WHERE rid = 8",
        BAD, 0},
    {"an extract is gone", "DELETE FROM extract WHERE rid = 8", BAD, 0},
    {"an extract of a whole record",
        "INSERT INTO extract(rid, wrap, b) SELECT 1, wrap, b FROM extract "
        "WHERE rid = 8",
        BAD, 0},
    {"two extracts change places",
        "UPDATE extract SET rid = 17 - rid WHERE rid IN (8, 9)", BAD, 0},
    {"no proof", "DELETE FROM proof WHERE rid = 1", VAULT_OK, BAD},
    {"no proof of the version that a head leans on",
        "DELETE FROM proof WHERE rid = 4", VAULT_OK, BAD},
    {"no proof of a part", "DELETE FROM proof WHERE rid = 8", VAULT_OK, BAD},
    {"the proof of another record",
        "DELETE FROM proof WHERE rid = 1; UPDATE proof SET rid = 1 WHERE rid = "
        "2",
        VAULT_OK, BAD},
    {"another place in the log", "UPDATE proof SET idx = idx + 1 WHERE rid = 1",
        VAULT_OK, BAD},
    {"another size of the log",
        "UPDATE proof SET size = size + 1 WHERE rid = 1", VAULT_OK, BAD},
    {"another kind of line", "UPDATE proof SET kind = 'take' WHERE rid = 1",
        VAULT_OK, BAD},
    {"a kind that names no sealing",
        "UPDATE proof SET kind = 'withdraw' WHERE rid = 1", VAULT_OK, BAD},
    {"a byte of the event",
        "UPDATE proof SET ev = " FLIP("ev") " WHERE rid = 1", VAULT_OK, BAD},
    {"a byte of the path",
        "UPDATE proof SET path = " FLIP("path") " WHERE rid = 1", VAULT_OK,
        BAD},
    {"a path that is too long",
        "UPDATE proof SET path = zeroblob(64 * 32) WHERE rid = 1", VAULT_OK,
        BAD},
    {"a path that is longer than any",
        "UPDATE proof SET path = zeroblob(65 * 32) WHERE rid = 1", BAD, 0},
    {"a path of no whole hashes",
        "UPDATE proof SET path = zeroblob(33) WHERE rid = 1", BAD, 0},
    {"a place beyond every log",
        "UPDATE proof SET idx = 9223372036854775807, size = "
        "9223372036854775807 WHERE rid = 1",
        VAULT_OK, BAD},
    {"a place below none", "UPDATE proof SET idx = -1 WHERE rid = 1", BAD, 0},
    {"a proof in another vault's log", "UPDATE proof SET log = 2 WHERE rid = 1",
        VAULT_OK, BAD},
    {"a second proof that does not hold",
        "INSERT INTO proof SELECT rid, 3, size, idx, kind, ev, path FROM proof "
        "WHERE rid = 1",
        VAULT_OK, BAD},
    {"a proof in no log", "UPDATE proof SET log = 77 WHERE rid = 1", BAD, 0},
    {"a proof of no record", "UPDATE proof SET rid = 77 WHERE rid = 1", BAD, 0},
    {"the version before is gone from the proofs of later ones",
        "DELETE FROM proof WHERE rid IN (5, 6)", VAULT_OK, BAD},
    {"no checkpoint of the sender's log",
        "DELETE FROM checkpoint WHERE log = 1", BAD, 0},
    {"no checkpoint of another log", "DELETE FROM checkpoint WHERE log = 2",
        VAULT_OK, BAD},
    {"a second checkpoint that is not what it says",
        "INSERT INTO checkpoint SELECT log, size + 1, keep, note FROM "
        "checkpoint WHERE log = 2",
        VAULT_OK, BAD},
    {"the checkpoint of another log",
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE log = "
        "1) WHERE log = 2",
        VAULT_OK, BAD},
    {"a checkpoint of another size",
        "UPDATE checkpoint SET size = size + 1 WHERE log = 2", VAULT_OK, BAD},
    {"a checkpoint that is no note",
        "UPDATE checkpoint SET note = 'x' WHERE log = 2", VAULT_OK, BAD},
    {"a checkpoint of no log", "UPDATE checkpoint SET log = 77 WHERE log = 2",
        BAD, 0},
    {"a log note that is none", "UPDATE log SET note = 'x' WHERE n = 2",
        VAULT_OK, BAD},
    {"a log under another name",
        "UPDATE log SET origin = 'example.org/x' WHERE n = 2", VAULT_OK, BAD},
    {"the logs' notes change places",
        "UPDATE log SET note = (SELECT l.note FROM log l WHERE l.n = 3 - "
        "log.n) WHERE n = 2",
        VAULT_OK, BAD},
    {"no note of the sender's log", "DELETE FROM log WHERE n = 1", BAD, 0},
    {"no first session",
        "DELETE FROM log WHERE n = 3; DELETE FROM checkpoint "
        "WHERE log = 3; UPDATE proof SET log = 4 WHERE log = "
        "3",
        VAULT_OK, BAD},
    {"no word for the device", "DELETE FROM note WHERE kind = 'device'",
        VAULT_OK, GONE},
    {"a device note that is none",
        "UPDATE note SET b = x'78' WHERE kind = 'device'", VAULT_OK, GONE},
    {"no card of the sender", "DELETE FROM note WHERE n = 1", BAD, 0},
    {"no card of another origin", "DELETE FROM note WHERE n = 2", VAULT_OK,
        BAD},
    {"a card that does not hold",
        "UPDATE note SET b = CAST(replace(CAST(b AS TEXT), ' 1' || char(10), "
        "' 2' || char(10)) AS BLOB) WHERE n = 2",
        VAULT_OK, BAD},
    {"a card's note twice is one card",
        "INSERT INTO note(f, kind, b) SELECT f, kind, b FROM note WHERE n = 1",
        VAULT_OK, VAULT_OK},
    {"a note of a kind that does not travel",
        "INSERT INTO note(f, kind, b) VALUES(0, 'replica', x'78')", BAD, 0},
    {"a sealed note", "INSERT INTO note(f, kind, b) VALUES(1, '', x'78')", BAD,
        0},
    {"a byte of the letter",
        "UPDATE meta SET v = " FLIP("v") " WHERE k = 'manifest'", BAD, 0},
    {"no letter", "DELETE FROM meta WHERE k = 'manifest'", BAD, 0},
    {"an unknown entry", "INSERT INTO meta VALUES('card', x'00')", BAD, 0},
    {"an entry that is missing", "DELETE FROM meta WHERE k = 'vault'", BAD, 0},
    {"another vault", "UPDATE meta SET v = zeroblob(16) WHERE k = 'vault'", BAD,
        0},
    {"a newer suite", "UPDATE meta SET v = x'00000002' WHERE k = 'suite'",
        VAULT_E_NEWER, 0},
    {"a newer reader", "UPDATE meta SET v = x'00000002' WHERE k = 'min_reader'",
        VAULT_E_NEWER, 0},
    {"another kind", "UPDATE meta SET v = CAST('kit' AS BLOB) WHERE k = 'kind'",
        VAULT_E_FORMAT, 0},
    {"what was signed is empty", "UPDATE meta SET v = x'' WHERE k = 'bundle'",
        BAD, 0},
    {"what was signed has one letter more",
        "UPDATE meta SET v = CAST(v || 'x' AS BLOB) WHERE k = 'bundle'", BAD,
        0},
    {"a smaller number of records is signed",
        "UPDATE meta SET v = CAST(replace(CAST(v AS TEXT), 'records 11', "
        "'records 1') AS BLOB) WHERE k = 'bundle'",
        BAD, 0},
    {"an absurd number of records is signed",
        "UPDATE meta SET v = CAST(replace(CAST(v AS TEXT), 'records 11', "
        "'records 18446744073709551615') AS BLOB) WHERE k = 'bundle'",
        BAD, 0},
    {"a byte of an epoch's wraps", "UPDATE epoch SET wraps = " FLIP("wraps"),
        BAD, 0},
    {"a byte of who it is for", "UPDATE epoch SET rcpt = " FLIP("rcpt"), BAD,
        0},
    {"a byte of the epoch's commitment",
        "UPDATE epoch SET head = " FLIP_AT("head", 101), BAD, 0},
    {"another writer", "UPDATE epoch SET head = " FLIP_AT("head", 41), BAD, 0},
    {"a cached secret", "UPDATE epoch SET cache = zeroblob(80)", BAD, 0},
    {"no epoch", "DELETE FROM epoch", BAD, 0},
    {"two epochs of its own",
        "INSERT INTO epoch(id, head, rcpt, wraps) SELECT zeroblob(16), "
        "CAST(substr(head, 1, 24) || zeroblob(16) || substr(head, 41) AS "
        "BLOB), rcpt, wraps FROM epoch",
        BAD, 0},
    {"an epoch of a vault",
        "INSERT INTO epoch(id, head, rcpt, wraps) SELECT zeroblob(16), "
        "CAST(substr(head, 1, 4) || x'01' || substr(head, 6, 19) || "
        "zeroblob(16) || substr(head, 41) AS BLOB), rcpt, wraps FROM epoch",
        BAD, 0},
    {"a slot", "INSERT INTO slot VALUES(zeroblob(16), zeroblob(152))", BAD, 0},
    {"an identity", "INSERT INTO identity VALUES(1, 'x', NULL)", BAD, 0},
    {"a staged body", "INSERT INTO staging VALUES(1)", BAD, 0},
    {"a line of a log",
        "INSERT INTO leaf VALUES(1, 0, 'note', NULL, NULL, zeroblob(32), "
        "zeroblob(32), NULL)",
        BAD, 0},
    {"a node", "INSERT INTO node VALUES(1, 4, 0, zeroblob(32))", BAD, 0},
    {"a setting", "INSERT INTO local VALUES(1, 1, zeroblob(300))", BAD, 0},
    {"a catalogue page", "INSERT INTO page VALUES(1, zeroblob(300))", BAD, 0},
    {"an attachment to nothing",
        "INSERT INTO attachment(log, size, kind, b) VALUES(1, 999, 'ots', "
        "x'00')",
        BAD, 0},
    {"an attachment of another kind to a checkpoint",
        "INSERT INTO attachment(log, size, kind, b) SELECT log, size, 'other', "
        "x'00' FROM checkpoint WHERE log = 1",
        VAULT_OK, VAULT_OK},
    {"an attachment that is too long",
        "INSERT INTO attachment(log, size, kind, b) SELECT log, size, 'ots', "
        "zeroblob(2000000) FROM checkpoint WHERE log = 1",
        VAULT_E_LIMIT, 0},
    {"an extension", "INSERT INTO ext VALUES('later', 0, x'00')", VAULT_OK,
        VAULT_OK},
    {"an extension that must be understood",
        "INSERT INTO ext VALUES('!later', 0, x'00')", VAULT_E_NEWER, 0},
    {"negative row numbers",
        "UPDATE record SET rid = -rid; UPDATE wrap SET "
        "rid = -rid; UPDATE proof SET rid = -rid; UPDATE "
        "segment SET rid = -rid; UPDATE extract SET rid = "
        "-rid",
        BAD, 0},
    {"a trigger",
        "CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM wrap; END",
        BAD, 0},
    {"a table of its own", "CREATE TABLE more(x)", BAD, 0},
    {"another index", "CREATE INDEX i ON record(ver)", BAD, 0},
    {"a WAL flag", "PRAGMA journal_mode=WAL", BAD, 0},
};

#endif
