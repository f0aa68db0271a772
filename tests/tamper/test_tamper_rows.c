/* SPDX-License-Identifier: Apache-2.0 */
/* test_tamper_rows: rows deleted, changed, swapped, doubled, moved, planted */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "row_bench.h"
#include "state_bench.h"

enum {
    OK = VAULT_OK,
    BAD = VAULT_E_TAMPERED,
    SLOT = VAULT_E_SLOT,
    NEWER = VAULT_E_NEWER
};

/*
 * Expected of verify without a secret and with it (status, and the kind of a
 * line that failed), of unlocking, and of sealing one more record.
 */
struct row {
    const char *name;
    const char *sql;
    int keyless;
    const char *keyless_kind;
    int keyed;
    const char *keyed_kind;
    int unlock;
    int add;
};

#define TWO "CREATE TEMP TABLE t AS SELECT * FROM "
static const struct row rows[] = {
    /* records */
    {"a record is deleted", "DELETE FROM record WHERE rid = 1", BAD, "missing",
        BAD, "missing", OK, OK},
    {"a record is deleted with its wrap",
        "DELETE FROM record WHERE rid = 1; DELETE FROM wrap WHERE rid = 1", BAD,
        "missing", BAD, "missing", OK, OK},
    {"a record's metadata are deleted",
        "UPDATE record SET meta = NULL WHERE rid = 1", BAD, "record", BAD,
        "record", OK, OK},
    {"a record's metadata are changed",
        "UPDATE record SET meta = flip(meta, 100) WHERE rid = 1", BAD, "record",
        BAD, "content", OK, OK},
    {"a record's head is changed",
        "UPDATE record SET head = flip(head, 100) WHERE rid = 1", BAD, "record",
        BAD, "record", OK, OK},
    {"a record's version is changed", "UPDATE record SET ver = 2 WHERE rid = 1",
        BAD, "record", BAD, "record", OK, OK},
    {"a record becomes someone else's", "UPDATE record SET f = 1 WHERE rid = 1",
        BAD, "record", BAD, "record", OK, OK},
    {"a record is there twice",
        "INSERT INTO record(f, id, ver, head, meta) "
        "SELECT f, id, ver, head, meta FROM record WHERE rid = 1",
        BAD, "record", BAD, "record", OK, OK},
    {"a record is there twice, below zero",
        "INSERT INTO record SELECT -5, f, id, ver, head, meta FROM record "
        "WHERE rid = 1",
        BAD, NULL, BAD, NULL, OK, OK},
    {"metadata of two records are swapped",
        TWO "record; UPDATE record SET meta = (SELECT meta FROM t WHERE "
            "t.rid = 4 - record.rid) WHERE rid IN (1, 3)",
        BAD, "record", BAD, "content", OK, OK},
    {"row numbers of two records are swapped",
        "UPDATE record SET rid = 99 WHERE rid = 1; UPDATE record SET rid = 1 "
        "WHERE rid = 3; UPDATE record SET rid = 3 WHERE rid = 99",
        OK, NULL, BAD, "content", OK, OK},
    {"records of another vault are planted",
        "INSERT INTO record SELECT 100 + rid, f, id, ver, head, meta FROM "
        "b.record; INSERT INTO wrap SELECT 100 + rid, b FROM b.wrap; INSERT "
        "INTO segment SELECT 100 + s, 100 + rid, n, ct FROM b.segment",
        BAD, "record", BAD, "record", OK, OK},
    {"a record of another vault is planted below zero",
        "INSERT INTO record SELECT -7, f, id, ver, head, meta FROM b.record "
        "WHERE rid = 1",
        BAD, NULL, BAD, NULL, OK, OK},
    /* wraps */
    {"a wrap is deleted", "DELETE FROM wrap WHERE rid = 1", OK, NULL, BAD,
        "content", OK, OK},
    {"a wrap is changed", "UPDATE wrap SET b = flip(b, 90) WHERE rid = 1", OK,
        NULL, BAD, "content", OK, OK},
    {"a wrap names another epoch",
        "UPDATE wrap SET b = flip(b, 3) WHERE rid = 1", OK, NULL, BAD,
        "content", OK, OK},
    {"two wraps are swapped",
        TWO "wrap; UPDATE wrap SET b = (SELECT b FROM t WHERE t.rid = 4 - "
            "wrap.rid) WHERE rid IN (1, 3)",
        OK, NULL, BAD, "content", OK, OK},
    {"a wrap of no record is planted",
        "INSERT INTO wrap SELECT 500, b FROM wrap WHERE rid = 1", BAD,
        "planted", BAD, "planted", OK, OK},
    /* segments */
    {"a segment is deleted", "DELETE FROM segment WHERE rid = 18 AND n = 1",
        BAD, "body", BAD, "body", OK, OK},
    {"all segments of a body are deleted", "DELETE FROM segment WHERE rid = 2",
        BAD, "body", BAD, "body", OK, OK},
    {"a segment is changed",
        "UPDATE segment SET ct = flip(ct, 70000) WHERE rid = 2", BAD, "body",
        BAD, "body", OK, OK},
    {"a segment is cut short",
        "UPDATE segment SET ct = substr(ct, 1, 65552) WHERE rid = 2", BAD,
        "body", BAD, "body", OK, OK},
    {"segments of two records are swapped",
        TWO "segment; UPDATE segment SET ct = (SELECT ct FROM t WHERE t.rid "
            "= 37 - segment.rid AND t.n = segment.n) WHERE rid IN (18, 19)",
        BAD, "body", BAD, "body", OK, OK},
    {"segments of one body change places",
        "UPDATE segment SET n = 9 WHERE rid = 18 AND n = 0; UPDATE segment "
        "SET n = 0 WHERE rid = 18 AND n = 1; UPDATE segment SET n = 1 WHERE "
        "rid = 18 AND n = 9",
        BAD, "body", BAD, "body", OK, OK},
    {"a body has a segment more",
        "INSERT INTO segment(rid, n, ct) SELECT "
        "rid, 2, ct FROM segment WHERE rid = 18 AND n = 1",
        BAD, "body", BAD, "body", OK, OK},
    {"a record without body has a segment",
        "INSERT INTO segment(rid, n, ct) "
        "SELECT 3, 0, ct FROM segment WHERE rid = 2",
        BAD, "body", BAD, "body", OK, OK},
    {"segments of no record are planted",
        "INSERT INTO segment(rid, n, ct) "
        "SELECT 500, n, ct FROM segment WHERE rid = 2",
        BAD, "planted", BAD, "planted", OK, OK},
    {"segments are left from an interrupted sealing",
        "INSERT INTO staging VALUES(500); INSERT INTO segment(rid, n, ct) "
        "SELECT 500, n, ct FROM segment WHERE rid = 2",
        OK, NULL, OK, NULL, OK, OK},
    {"a record is said to be an interrupted sealing",
        "INSERT INTO staging VALUES(2)", BAD, "planted", BAD, "planted", OK,
        OK},
    /* leaves */
    {"the last leaf is deleted",
        "DELETE FROM leaf WHERE idx = (SELECT max(idx) FROM leaf)", BAD, "log",
        BAD, "log", BAD, BAD},
    {"the first leaf is deleted", "DELETE FROM leaf WHERE idx = 0", BAD, "log",
        BAD, "log", BAD, BAD},
    {"a leaf between is deleted", "DELETE FROM leaf WHERE idx = 6", BAD, "log",
        BAD, "log", BAD, BAD},
    {"all leaves are deleted", "DELETE FROM leaf", BAD, "log", BAD, "log", BAD,
        BAD},
    {"a leaf and its record are deleted",
        "DELETE FROM record WHERE rid = 1; DELETE FROM wrap WHERE rid = 1; "
        "DELETE FROM leaf WHERE idx = 4",
        BAD, "log", BAD, "log", BAD, BAD},
    {"two leaves change places",
        "UPDATE leaf SET idx = 99 WHERE idx = 5; UPDATE leaf SET idx = 5 "
        "WHERE idx = 6; UPDATE leaf SET idx = 6 WHERE idx = 99",
        BAD, "log", BAD, "log", BAD, BAD},
    {"a leaf's subject is changed",
        "UPDATE leaf SET subj = flip(subj, 0) WHERE idx = 6", BAD, "log", BAD,
        "log", BAD, BAD},
    {"a leaf's kind is changed", "UPDATE leaf SET kind = 'take' WHERE idx = 6",
        BAD, "log", BAD, "log", BAD, BAD},
    {"a leaf's kind is unknown", "UPDATE leaf SET kind = 'ask' WHERE idx = 6",
        BAD, "log", BAD, "log", BAD, BAD},
    {"a leaf's version is changed", "UPDATE leaf SET ver = 2 WHERE idx = 6",
        BAD, "log", BAD, "log", BAD, BAD},
    {"a leaf's record is changed",
        "UPDATE leaf SET id = flip(id, 0) WHERE idx = 6", BAD, "log", BAD,
        "log", BAD, BAD},
    {"a leaf's event is changed",
        "UPDATE leaf SET ev = flip(ev, 0) WHERE idx = 6", BAD, "log", BAD,
        "log", BAD, BAD},
    {"an event's text is changed",
        "UPDATE leaf SET evct = flip(evct, 60) WHERE idx = 6", OK, NULL, BAD,
        "event", OK, OK},
    {"an event's text is deleted", "UPDATE leaf SET evct = NULL WHERE idx = 6",
        BAD, "event", BAD, "event", OK, OK},
    {"the text of a line about slots is deleted",
        "UPDATE leaf SET evct = NULL WHERE kind = 'slots' AND idx > 20", BAD,
        "event", BAD, "event", BAD, BAD},
    {"two events' texts are swapped",
        TWO "leaf; UPDATE leaf SET evct = (SELECT evct FROM t WHERE t.idx = "
            "11 - leaf.idx) WHERE idx IN (5, 6)",
        OK, NULL, BAD, "event", OK, OK},
    {"a leaf is planted beyond the checkpoint",
        "INSERT INTO leaf SELECT log, idx + 1, kind, id, ver, subj, ev, evct "
        "FROM leaf WHERE idx = (SELECT max(idx) FROM leaf)",
        BAD, "log", BAD, "log", BAD, BAD},
    {"a leaf is planted far beyond the checkpoint",
        "INSERT INTO leaf SELECT log, 9000, kind, id, ver, subj, ev, evct "
        "FROM leaf WHERE idx = 6",
        BAD, "log", BAD, "log", BAD, BAD},
    {"a leaf is planted before the first",
        "INSERT INTO leaf SELECT log, -1, kind, id, ver, subj, ev, evct FROM "
        "leaf WHERE idx = 6",
        BAD, "planted", BAD, "planted", OK, OK},
    {"a leaf of no log is planted",
        "INSERT INTO leaf SELECT 9, idx, kind, id, ver, subj, ev, evct FROM "
        "leaf WHERE idx = 6",
        BAD, "planted", BAD, "planted", OK, OK},
    {"a withdrawal is planted",
        "UPDATE leaf SET kind = 'withdraw' WHERE idx = 5; UPDATE record SET "
        "meta = NULL WHERE rid = 2",
        BAD, "log", BAD, "log", BAD, BAD},
    /* nodes */
    {"the nodes are deleted", "DELETE FROM node", OK, NULL, OK, NULL, OK, OK},
    {"a node is changed", "UPDATE node SET h = flip(h, 0)", BAD, "log", BAD,
        "log", BAD, BAD},
    {"a node is short", "UPDATE node SET h = substr(h, 1, 31)", BAD, "log", BAD,
        "log", BAD, BAD},
    {"a node stands elsewhere", "UPDATE node SET idx = 1", BAD, "planted", BAD,
        "planted", OK, OK},
    {"a node of a level that is not stored is planted",
        "INSERT INTO node VALUES(1, 3, 0, zeroblob(32))", BAD, "planted", BAD,
        "planted", OK, OK},
    {"a node of no log is planted",
        "INSERT INTO node VALUES(7, 4, 0, zeroblob(32))", BAD, "planted", BAD,
        "planted", OK, OK},
    /* checkpoints */
    {"the checkpoint is deleted", "DELETE FROM checkpoint", BAD, "log", BAD,
        "log", BAD, BAD},
    {"the checkpoint is changed",
        "UPDATE checkpoint SET note = replace(note, 'sanduq', 'sanduk')", BAD,
        "log", BAD, "log", BAD, BAD},
    {"the checkpoint's size is changed", "UPDATE checkpoint SET size = 24", BAD,
        "log", BAD, "log", BAD, BAD},
    {"an older checkpoint takes its place",
        "UPDATE checkpoint SET (size, note) = (SELECT size, note FROM "
        "old.checkpoint)",
        BAD, "log", BAD, "log", BAD, BAD},
    {"an older checkpoint stands beside it",
        "INSERT INTO checkpoint SELECT "
        "log, size, 1, note FROM old.checkpoint",
        OK, NULL, OK, NULL, OK, OK},
    {"another log's checkpoint takes its place",
        "UPDATE checkpoint SET (size, note) = (SELECT size, note FROM "
        "b.checkpoint)",
        BAD, "log", BAD, "log", BAD, BAD},
    {"another log's checkpoint stands beside it",
        "INSERT INTO checkpoint "
        "SELECT log, size, 1, note FROM b.checkpoint",
        BAD, "log", BAD, "log", OK, OK},
    {"a checkpoint of no log is planted",
        "INSERT INTO checkpoint SELECT "
        "9, size, 1, note FROM checkpoint",
        BAD, "planted", BAD, "planted", OK, OK},
    {"checkpoint and leaves are older",
        "UPDATE checkpoint SET (size, note) = (SELECT size, note FROM "
        "old.checkpoint); DELETE FROM leaf WHERE idx >= (SELECT size FROM "
        "old.checkpoint)",
        BAD, "slots", BAD, "slots", BAD, BAD},
    /* logs */
    {"the log is deleted", "DELETE FROM log", BAD, "log", BAD, "log", BAD, BAD},
    {"the log has another vault's note",
        "UPDATE log SET note = (SELECT note FROM b.log)", BAD, "log", BAD,
        "log", BAD, BAD},
    {"the log has another vault's name",
        "UPDATE log SET origin = (SELECT origin FROM b.log)", BAD, "log", BAD,
        "log", BAD, BAD},
    {"another vault's log is planted",
        "INSERT INTO log SELECT 2, origin, note FROM b.log; INSERT INTO leaf "
        "SELECT 2, idx, kind, id, ver, subj, ev, evct FROM b.leaf; INSERT "
        "INTO checkpoint SELECT 2, size, keep, note FROM b.checkpoint",
        BAD, "log", BAD, "log", BAD, BAD},
    /* cards */
    {"the card is deleted", "DELETE FROM identity", BAD, "card", BAD, "card",
        BAD, BAD},
    {"the card is another vault's",
        "UPDATE identity SET card = (SELECT card FROM b.identity)", BAD, "card",
        BAD, "card", BAD, BAD},
    {"card and secret are another vault's",
        "DELETE FROM identity; INSERT INTO identity SELECT * FROM b.identity",
        BAD, "card", BAD, "card", BAD, BAD},
    {"the card is changed",
        "UPDATE identity SET card = replace(card, 'mini "
        "', 'mini A')",
        BAD, "card", BAD, "card", BAD, BAD},
    {"a second card is planted",
        "INSERT INTO identity SELECT 2, card, NULL FROM b.identity", BAD,
        "card", BAD, "card", BAD, BAD},
    {"the card's secret is changed",
        "UPDATE identity SET seed = flip(seed, 40)", OK, NULL, BAD, "unlock",
        BAD, BAD},
    {"the card's secret is another vault's",
        "UPDATE identity SET seed = (SELECT seed FROM b.identity)", OK, NULL,
        BAD, "unlock", BAD, BAD},
    /* epochs */
    {"an epoch is deleted", "DELETE FROM epoch", OK, NULL, BAD, "unlock", BAD,
        BAD},
    {"an epoch's wraps are changed",
        "UPDATE epoch SET wraps = flip(flip(wraps, 100), 1300)", OK, NULL, BAD,
        "epoch", OK, OK},
    {"an epoch's recipients are changed",
        "UPDATE epoch SET rcpt = flip(rcpt, 5)", OK, NULL, BAD, "unlock", BAD,
        BAD},
    {"an epoch's writer is changed", "UPDATE epoch SET head = flip(head, 50)",
        BAD, "epoch", BAD, "epoch", BAD, BAD},
    {"an epoch's commitment is changed",
        "UPDATE epoch SET head = flip(head, 90)", OK, NULL, BAD, "unlock", BAD,
        BAD},
    {"an epoch's cache is deleted", "UPDATE epoch SET cache = NULL", OK, NULL,
        OK, NULL, OK, OK},
    {"an epoch's cache is changed", "UPDATE epoch SET cache = flip(cache, 30)",
        OK, NULL, OK, NULL, OK, OK},
    {"another vault's epoch is planted",
        "INSERT INTO epoch SELECT 9, id, head, rcpt, wraps, cache FROM "
        "b.epoch",
        BAD, "epoch", BAD, "epoch", OK, OK},
    {"an epoch is there twice",
        "INSERT INTO epoch SELECT 9, flip(id, 0), "
        "head, rcpt, wraps, cache FROM epoch",
        BAD, "epoch", BAD, "epoch", OK, OK},
    /* slots and settings */
    {"the slots are deleted", "DELETE FROM slot", BAD, "slots", SLOT, NULL,
        SLOT, SLOT},
    {"a slot is deleted", "DELETE FROM slot WHERE substr(b, 5, 1) = x'01'", BAD,
        "slots", BAD, "unlock", BAD, BAD},
    {"a slot's sealed key is changed",
        "UPDATE slot SET b = flip(b, 120) WHERE substr(b, 5, 1) = x'02'", BAD,
        "slots", SLOT, NULL, SLOT, SLOT},
    {"a slot's salt is changed",
        "UPDATE slot SET b = flip(b, 40) WHERE substr(b, 5, 1) = x'02'", BAD,
        "slots", SLOT, NULL, SLOT, SLOT},
    {"another slot is changed",
        "UPDATE slot SET b = flip(b, 120) WHERE substr(b, 5, 1) = x'01'", BAD,
        "slots", BAD, "unlock", BAD, BAD},
    {"a slot's row is malformed",
        "UPDATE slot SET b = put(b, 6, x'01') WHERE substr(b, 5, 1) = x'01'",
        BAD, "slots", BAD, "unlock", BAD, BAD},
    {"a slot of another vault is planted",
        "INSERT INTO slot SELECT * FROM b.slot", BAD, "slots", BAD, "unlock",
        BAD, BAD},
    {"an older slot is put beside", "INSERT INTO slot SELECT * FROM old.slot",
        BAD, "slots", BAD, "unlock", BAD, BAD},
    {"older slots are put back",
        "DELETE FROM slot; INSERT INTO slot SELECT * FROM old.slot", BAD,
        "slots", SLOT, NULL, SLOT, SLOT},
    {"the slots' generation is changed",
        "UPDATE meta SET v = x'00000001' WHERE k = 'slots-gen'", BAD, "slots",
        BAD, "unlock", BAD, BAD},
    {"the slots' seal is changed",
        "UPDATE meta SET v = flip(v, 0) WHERE k = 'slots-mac'", OK, NULL, BAD,
        "unlock", BAD, BAD},
    {"the settings' generation is changed",
        "UPDATE meta SET v = x'00000002' WHERE k = 'settings-gen'", BAD,
        "settings", BAD, "unlock", BAD, BAD},
    {"a setting is planted", "INSERT INTO local VALUES(1, 1, zeroblob(296))",
        BAD, "settings", BAD, "unlock", BAD, BAD},
    /* meta */
    {"the slots' seal is missing", "DELETE FROM meta WHERE k = 'slots-mac'",
        BAD, "structure", BAD, "structure", BAD, BAD},
    {"the vault's id is missing", "DELETE FROM meta WHERE k = 'vault'", BAD,
        NULL, BAD, NULL, BAD, BAD},
    {"the vault's id is changed",
        "UPDATE meta SET v = flip(v, 0) WHERE k = 'vault'", BAD, "card", SLOT,
        NULL, SLOT, SLOT},
    {"the kind is another",
        "UPDATE meta SET v = CAST('bundle' AS BLOB) WHERE k = 'kind'", BAD,
        "structure", VAULT_E_USAGE, NULL, VAULT_E_FORMAT, VAULT_E_FORMAT},
    {"the kind is none of ours",
        "UPDATE meta SET v = CAST('waalt' AS BLOB) WHERE k = 'kind'", BAD, NULL,
        BAD, NULL, VAULT_E_FORMAT, VAULT_E_FORMAT},
    {"an entry is unknown", "INSERT INTO meta VALUES('x', x'00')", BAD,
        "structure", BAD, "structure", OK, OK},
    {"a newer reader is asked for",
        "UPDATE meta SET v = x'00000002' WHERE k = 'min_reader'", NEWER, NULL,
        NEWER, NULL, NEWER, NEWER},
    {"another suite is asked for",
        "UPDATE meta SET v = x'00000002' WHERE k = 'suite'", NEWER, NULL, NEWER,
        NULL, NEWER, NEWER},
    /* what a vault never holds */
    {"a note is planted", "INSERT INTO note VALUES(1, 0, 'card', x'00')", BAD,
        "planted", BAD, "planted", OK, OK},
    {"a revocation is planted",
        "INSERT INTO note VALUES(1, 0, 'revoke', x'00')", BAD, "planted", BAD,
        "planted", OK, OK},
    {"an attachment is planted",
        "INSERT INTO attachment VALUES(1, 1, 23, 'ots', x'00')", BAD, "planted",
        BAD, "planted", OK, OK},
    {"a proof is planted",
        "INSERT INTO proof VALUES(1, 1, 1, 0, 'seal', "
        "zeroblob(32), x'')",
        BAD, "planted", BAD, "planted", OK, OK},
    {"an extract is planted",
        "INSERT INTO extract VALUES(1, 1, zeroblob(96), zeroblob(300))", BAD,
        "planted", BAD, "planted", OK, OK},
    /* extensions */
    {"an extension that may be ignored",
        "INSERT INTO ext VALUES('x', 0, x'00')", OK, NULL, OK, NULL, OK, OK},
    {"an extension that must be understood",
        "INSERT INTO ext VALUES('!x', 0, x'00')", OK, NULL, OK, NULL, OK,
        NEWER},
    /* structure */
    {"a column is added", "ALTER TABLE note ADD COLUMN x TEXT", BAD,
        "structure", BAD, "structure", BAD, BAD},
    {"an index is added", "CREATE INDEX x ON note(kind)", BAD, "structure", BAD,
        "structure", BAD, BAD},
    {"an index is dropped", "DROP INDEX leaf_set", BAD, "structure", BAD,
        "structure", BAD, BAD},
    {"a trigger is added",
        "CREATE TRIGGER x AFTER INSERT ON record BEGIN "
        "DELETE FROM record; END",
        BAD, "structure", BAD, "structure", BAD, BAD},
    {"a view is added", "CREATE VIEW x AS SELECT * FROM record", BAD,
        "structure", BAD, "structure", BAD, BAD},
    {"a table is added", "CREATE TABLE x(y)", BAD, "structure", BAD,
        "structure", BAD, BAD},
    {"a table is a view",
        "DROP TABLE page; CREATE VIEW page AS SELECT rid AS n, head AS b "
        "FROM record",
        BAD, "structure", BAD, "structure", BAD, BAD},
    {"a newer format", "PRAGMA user_version=2", NEWER, NULL, NEWER, NULL, NEWER,
        NEWER},
    {"another program's mark", "PRAGMA application_id=1", BAD, "structure", BAD,
        "structure", BAD, BAD},
    {"no program's mark", "PRAGMA application_id=0", VAULT_E_FORMAT, NULL,
        VAULT_E_FORMAT, NULL, VAULT_E_FORMAT, VAULT_E_FORMAT},
    {"a write-ahead log is asked for", "PRAGMA journal_mode=WAL", BAD,
        "structure", BAD, "structure", BAD, BAD},
};

static int failures;

static void
expect(const struct row *r, const char *what, int want, int got)
{
    if (want == got)
        return;
    failures++;
    print_message("%s: %s: %s, not %s\n", r->name, what,
        vault_status_name((enum vault_status)got),
        vault_status_name((enum vault_status)want));
}

static void
expect_kind(const struct row *r, const char *what, const char *want,
    const struct kinds *k)
{
    char word[40];

    (void)snprintf(word, sizeof word, " %s ", want != NULL ? want : "");
    if (want == NULL || strstr(k->list, word) != NULL)
        return;
    failures++;
    print_message("%s: %s: no line%sbut%s\n", r->name, what, word, k->list);
}

/* What is sealed on top of a changed vault makes nothing of it good. */
static void
add_one(struct row_bench *t, const struct row *r, struct vault *v)
{
    enum vault_status st = small_vault_note(v, "one more");
    struct kinds k;

    vault_close(v);
    expect(r, "sealing", r->add, (int)st);
    st = bench_verify(t, NULL, &k);
    expect(r, "verify after sealing", r->keyless, (int)st);
}

/* States of the vault before anything was changed. */
static char *early; /* all records, and most lines, are new since */
static char *late;  /* nothing is */

/*
 * With a state of the time of its making everything that matters is new: what
 * fails without it fails with it. What nothing new hangs on is not looked at:
 * `unseen` counts these rows.
 */
static unsigned unseen;

static void
judge_since(struct row_bench *t, const struct row *r)
{
    struct vault_verdict d;
    enum vault_status st = state_verify(t->a.path, early, NULL, NULL, &d);

    if (st == VAULT_E_USAGE && d.bundle)
        return; /* it says that it is a bundle: no state is of one */
    if (st == VAULT_OK && r->keyless == BAD && d.partly) {
        print_message("%s: nothing new hangs on it\n", r->name);
        unseen++;
    } else {
        expect(r, "verify --since the making", r->keyless, (int)st);
    }
    st = state_verify(t->a.path, late, NULL, NULL, &d);
    /* a wrong finding would be an error, "not looked at" is none */
    if (st != (enum vault_status)r->keyless && !(st == VAULT_OK && d.partly))
        expect(r, "verify --since the end", r->keyless, (int)st);
}

static void
judge_row(struct row_bench *t, const struct row *r)
{
    struct vault *v = NULL;
    enum small_reading is;
    enum vault_status st;
    struct kinds k;

    bench_sql(t, r->sql);
    expect(r, "verify", r->keyless, (int)bench_verify(t, NULL, &k));
    expect_kind(r, "verify", r->keyless_kind, &k);
    judge_since(t, r);
    expect(r, "verify with key", r->keyed, (int)bench_verify(t, t->a.key, &k));
    expect_kind(r, "verify with key", r->keyed_kind, &k);
    is = small_vault_read(&t->a, t->a.path, t->a.key);
    if (is == SMALL_WRONG || (r->keyed == OK && is != SMALL_SAME)) {
        failures++;
        print_message("%s: reading gives %d\n", r->name, (int)is);
    }
    st = bench_unlock(t, t->a.key, false, &v);
    expect(r, "unlock", r->unlock, (int)st);
    if (st == VAULT_OK)
        add_one(t, r, v);
}

static void
each_changed_row_is_refused_or_reported(void **state)
{
    struct row_bench t;
    size_t i;

    (void)state;
    bench_make(&t);
    failures = 0;
    early = state_early(t.a.path, 4);
    late = state_of(t.a.path);
    assert_non_null(early);
    assert_non_null(late);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        judge_row(&t, &rows[i]);
    print_message("%zu rows\n", i);
    free(early);
    free(late);
    assert_int_equal(failures, 0);
    bench_clear(&t);
}

/* ---- costs: refused before any work ---- */

struct cost_row {
    const char *name;
    const char *sql;
    int unlock;
};
#define PASS " WHERE substr(b, 5, 1) = x'01'"
#define MORE_SLOTS(n, cost)                                                   \
    "WITH RECURSIVE i(x, r) AS (SELECT 1, randomblob(16) UNION ALL SELECT "   \
    "x + 1, randomblob(16) FROM i WHERE x < " #n ") INSERT INTO slot SELECT " \
    "r, put(put(b, 16, r), 8, x'" cost "') FROM slot, i" PASS
static const struct cost_row costs[] = {
    {"passes below the floor",
        "UPDATE slot SET b = put(b, 8, x'00000002')" PASS, SLOT},
    {"memory below the floor",
        "UPDATE slot SET b = put(b, 12, x'0000ffff')" PASS, SLOT},
    {"memory above the ceiling",
        "UPDATE slot SET b = put(b, 12, x'00400001')" PASS, SLOT},
    {"as much memory as can be said",
        "UPDATE slot SET b = put(b, 12, x'ffffffff')" PASS, SLOT},
    {"passes above the ceiling",
        "UPDATE slot SET b = put(b, 8, x'00000041')" PASS, SLOT},
    {"both at the ceiling, too much together",
        "UPDATE slot SET b = put(b, 8, x'0000004000400000')" PASS,
        VAULT_E_LIMIT},
    {"no cost", "UPDATE slot SET b = put(b, 8, zeroblob(8))" PASS, SLOT},
    {"no stretching", "UPDATE slot SET b = put(b, 5, x'00')" PASS, SLOT},
    {"another kind", "UPDATE slot SET b = put(b, 4, x'02')" PASS, SLOT},
    {"an unknown kind", "UPDATE slot SET b = put(b, 4, x'09')" PASS, -1},
    {"many slots, too costly together", MORE_SLOTS(28, "0000000300100000"),
        VAULT_E_LIMIT},
    {"33 slots", MORE_SLOTS(31, "0000000300010000"), -1},
};

static void
judge_cost(struct row_bench *t, const struct cost_row *c)
{
    struct row r = {c->name, c->sql, BAD, "slots", 0, NULL, c->unlock, 0};
    struct vault *v = NULL;
    struct kinds k;
    double begun;
    enum vault_status st;

    bench_sql(t, c->sql);
    begun = bench_seconds();
    expect(&r, "verify", BAD, (int)bench_verify(t, NULL, &k));
    expect_kind(&r, "verify", "slots", &k);
    st = bench_unlock(t, t->pass, false, &v);
    if (c->unlock >= 0)
        expect(&r, "unlock", c->unlock, (int)st);
    assert_int_not_equal(st, VAULT_OK);
    if (bench_seconds() - begun > 1) {
        failures++;
        print_message("%s: took %.1f s\n", c->name, bench_seconds() - begun);
    }
    /* the other way to unlock is refused too: the set was changed */
    st = bench_unlock(t, t->a.key, false, &v);
    assert_true(st == VAULT_E_TAMPERED || st == VAULT_E_LIMIT);
}

static void
changed_costs_are_refused_without_work(void **state)
{
    struct row_bench t;
    size_t i;

    (void)state;
    bench_make(&t);
    failures = 0;
    for (i = 0; i < sizeof costs / sizeof costs[0]; i++)
        judge_cost(&t, &costs[i]);
    assert_int_equal(failures, 0);
    bench_clear(&t);
}

/* ---- older states put back ---- */

#define OLD_SLOTS "DELETE FROM slot; INSERT INTO slot SELECT * FROM old.slot"
#define OLD_META                                                             \
    "; UPDATE meta SET v = (SELECT o.v FROM old.meta o WHERE o.k = meta.k) " \
    "WHERE k IN ('slots-gen', 'slots-mac')"

#define LEAF_SET(more)                                                       \
    "UPDATE sqlite_schema SET sql = 'CREATE INDEX leaf_set ON leaf(kind) "   \
    "WHERE kind IN (''card'', ''settings'', ''slots'')" more "' WHERE name " \
    "= 'leaf_set'"

static void
older_slots_do_not_open_with_what_opened_them(void **state)
{
    struct row_bench t;
    struct vault *v = NULL;
    struct kinds k;

    (void)state;
    bench_make(&t);
    bench_sql(&t, OLD_SLOTS);
    assert_int_equal(bench_unlock(&t, t.old_key, false, &v), BAD);
    bench_sql(&t, OLD_SLOTS OLD_META);
    assert_int_equal(bench_unlock(&t, t.old_key, false, &v), BAD);
    assert_int_equal(bench_unlock(&t, t.old_key, true, &v), BAD);
    assert_int_equal(bench_verify(&t, t.old_key, &k), BAD);
    assert_non_null(strstr(k.list, " unlock "));
    /* nor when the line that says so is deleted */
    bench_sql(&t,
        OLD_SLOTS OLD_META
        "; DELETE FROM leaf WHERE kind = 'slots' AND idx > 10");
    assert_int_equal(bench_unlock(&t, t.old_key, false, &v), BAD);
    assert_int_equal(bench_unlock(&t, t.old_key, true, &v), BAD);
    /* nor when the index of such lines hides it */
    bench_sql(&t,
        OLD_SLOTS OLD_META "; PRAGMA writable_schema=1; " LEAF_SET(
            " AND idx < 10") "; PRAGMA writable_schema=RESET; REINDEX "
                             "leaf_set; PRAGMA writable_schema=1; " LEAF_SET(
                                 ""));
    assert_int_equal(bench_unlock(&t, t.old_key, false, &v), BAD);
    assert_int_equal(bench_unlock(&t, t.old_key, true, &v), BAD);
    assert_int_equal(bench_verify(&t, NULL, &k), BAD);
    assert_non_null(strstr(k.list, " slots "));
    bench_clear(&t);
}

/* The whole file of before: nothing in it is wrong, but this machine
 * remembers that the ways to unlock have been changed since. */
static void
a_copy_from_before_the_key_was_changed_is_refused_where_that_is_known(
    void **state)
{
    struct row_bench t;
    struct vault *v = NULL;
    struct kinds k;

    (void)state;
    bench_make(&t);
    temp_copy(t.old, t.a.path);
    assert_int_equal(bench_verify(&t, NULL, &k), OK);
    assert_int_equal(bench_unlock(&t, t.old_key, true, &v), BAD);
    assert_int_equal(bench_unlock(&t, t.old_key, false, &v), OK);
    vault_close(v);
    bench_clear(&t);
}

static void
an_older_copy_is_said_to_be_older_and_gets_a_new_replica(void **state)
{
    struct row_bench t;
    struct vault *v = NULL;
    struct vault_info info;
    struct kinds k;

    (void)state;
    bench_make(&t);
    assert_int_equal(bench_unlock(&t, t.a.key, true, &v), OK);
    assert_int_equal(vault_info(v, &info, NULL), OK);
    assert_false(info.older);
    assert_int_equal(info.logs, 1);
    assert_int_equal(small_vault_note(v, "later"), OK);
    vault_close(v);

    temp_write(t.a.path, t.good, t.n);
    assert_int_equal(bench_unlock(&t, t.a.key, true, &v), OK);
    assert_int_equal(vault_info(v, &info, NULL), OK);
    assert_true(info.older);
    assert_int_equal(small_vault_note(v, "another future"), OK);
    assert_int_equal(vault_info(v, &info, NULL), OK);
    assert_int_equal(info.logs, 2);
    vault_close(v);
    assert_int_equal(bench_verify(&t, NULL, &k), OK);
    assert_int_equal(bench_verify(&t, t.a.key, &k), OK);
    bench_clear(&t);
}

/* ---- what lies beside the file ---- */

static void
a_planted_journal_is_not_touched_and_gives_nothing_wrong(void **state)
{
    struct row_bench t;
    char journal[TEMP_PATH + 16], of_b[TEMP_PATH + 16];
    char noise[4096];
    struct kinds k;
    sqlite3 *db = NULL;

    (void)state;
    bench_make(&t);
    (void)snprintf(journal, sizeof journal, "%s-journal", t.a.path);
    (void)snprintf(of_b, sizeof of_b, "%s-journal", t.b.path);
    temp_write(t.a.path, t.good, t.n);
    memset(noise, 0x5a, sizeof noise);
    temp_write(journal, noise, sizeof noise);
    assert_int_equal(bench_verify(&t, NULL, &k), OK);
    assert_int_equal(small_vault_read(&t.a, t.a.path, t.a.key), SMALL_SAME);

    /* a real one, of another vault that was being written */
    assert_int_equal(sqlite3_open(t.b.path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
            "PRAGMA cache_size=2; BEGIN IMMEDIATE; "
            "UPDATE segment SET ct = zeroblob(length(ct)); UPDATE record SET "
            "meta = zeroblob(length(meta))",
            NULL, NULL, NULL),
        SQLITE_OK);
    temp_write(t.a.path, t.good, t.n);
    temp_copy(of_b, journal);
    sqlite3_close(db);
    (void)bench_verify(&t, NULL, &k);
    assert_int_not_equal(small_vault_read(&t.a, t.a.path, t.a.key),
        SMALL_WRONG);
    bench_clear(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_changed_row_is_refused_or_reported),
        cmocka_unit_test(changed_costs_are_refused_without_work),
        cmocka_unit_test(older_slots_do_not_open_with_what_opened_them),
        cmocka_unit_test(
            a_copy_from_before_the_key_was_changed_is_refused_where_that_is_known),
        cmocka_unit_test(
            an_older_copy_is_said_to_be_older_and_gets_a_new_replica),
        cmocka_unit_test(
            a_planted_journal_is_not_touched_and_gives_nothing_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
