/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c: the 24 statements, made and compared */
#include "schema.h"
#include <sqlite3.h>
#include <string.h>
#include "fail.h"

#define STRICT_ROWLESS " STRICT, WITHOUT ROWID"

static const struct {
    const char *type;
    const char *name;
    const char *table;
    const char *sql; /* NULL: SQLite's own index behind UNIQUE */
} schema[VLT_SCHEMA_ROWS] = {
    {"table", "meta", "meta",
        "CREATE TABLE meta(k TEXT PRIMARY KEY, v BLOB NOT NULL)" STRICT_ROWLESS},
    {"table", "slot", "slot",
        "CREATE TABLE slot(id BLOB PRIMARY KEY, b BLOB NOT NULL)" STRICT_ROWLESS},
    {"table", "identity", "identity",
        "CREATE TABLE identity(gen INTEGER PRIMARY KEY, card TEXT NOT NULL, "
        "seed BLOB) STRICT"},
    {"table", "epoch", "epoch",
        "CREATE TABLE epoch(e INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, "
        "head BLOB NOT NULL, rcpt BLOB NOT NULL, wraps BLOB NOT NULL, "
        "cache BLOB) STRICT"},
    {"index", "sqlite_autoindex_epoch_1", "epoch", NULL},
    {"table", "record", "record",
        "CREATE TABLE record(rid INTEGER PRIMARY KEY, f INTEGER NOT NULL, "
        "id BLOB, ver INTEGER, head BLOB NOT NULL, meta BLOB) STRICT"},
    {"index", "record_id", "record",
        "CREATE INDEX record_id ON record(id, ver) WHERE id IS NOT NULL"},
    {"table", "wrap", "wrap",
        "CREATE TABLE wrap(rid INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT"},
    {"table", "segment", "segment",
        "CREATE TABLE segment(s INTEGER PRIMARY KEY, rid INTEGER NOT NULL, "
        "n INTEGER NOT NULL, ct BLOB NOT NULL) STRICT"},
    {"index", "segment_rid", "segment",
        "CREATE UNIQUE INDEX segment_rid ON segment(rid, n)"},
    {"table", "staging", "staging",
        "CREATE TABLE staging(rid INTEGER PRIMARY KEY) STRICT"},
    {"table", "extract", "extract",
        "CREATE TABLE extract(x INTEGER PRIMARY KEY, rid INTEGER NOT NULL, "
        "wrap BLOB NOT NULL, b BLOB NOT NULL) STRICT"},
    {"index", "extract_rid", "extract",
        "CREATE INDEX extract_rid ON extract(rid)"},
    {"table", "log", "log",
        "CREATE TABLE log(n INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, "
        "note TEXT NOT NULL) STRICT"},
    {"index", "sqlite_autoindex_log_1", "log", NULL},
    {"table", "leaf", "leaf",
        "CREATE TABLE leaf(log INTEGER NOT NULL, idx INTEGER NOT NULL, "
        "kind TEXT NOT NULL, id BLOB, ver INTEGER, subj BLOB NOT NULL, "
        "ev BLOB NOT NULL, evct BLOB, PRIMARY KEY(log, idx))" STRICT_ROWLESS},
    {"index", "leaf_id", "leaf",
        "CREATE INDEX leaf_id ON leaf(id) WHERE id IS NOT NULL"},
    {"index", "leaf_set", "leaf",
        "CREATE INDEX leaf_set ON leaf(kind) "
        "WHERE kind IN ('card', 'settings', 'slots')"},
    {"table", "node", "node",
        "CREATE TABLE node(log INTEGER NOT NULL, lvl INTEGER NOT NULL, "
        "idx INTEGER NOT NULL, h BLOB NOT NULL, "
        "PRIMARY KEY(log, lvl, idx))" STRICT_ROWLESS},
    {"table", "checkpoint", "checkpoint",
        "CREATE TABLE checkpoint(log INTEGER NOT NULL, size INTEGER NOT NULL, "
        "keep INTEGER NOT NULL, note TEXT NOT NULL, "
        "PRIMARY KEY(log, size))" STRICT_ROWLESS},
    {"table", "attachment", "attachment",
        "CREATE TABLE attachment(a INTEGER PRIMARY KEY, log INTEGER NOT NULL, "
        "size INTEGER NOT NULL, kind TEXT NOT NULL, b BLOB NOT NULL) STRICT"},
    {"table", "note", "note",
        "CREATE TABLE note(n INTEGER PRIMARY KEY, f INTEGER NOT NULL, "
        "kind TEXT NOT NULL, b BLOB NOT NULL) STRICT"},
    {"table", "proof", "proof",
        "CREATE TABLE proof(rid INTEGER NOT NULL, log INTEGER NOT NULL, "
        "size INTEGER NOT NULL, idx INTEGER NOT NULL, kind TEXT NOT NULL, "
        "ev BLOB NOT NULL, path BLOB NOT NULL, "
        "PRIMARY KEY(rid, log))" STRICT_ROWLESS},
    {"table", "local", "local",
        "CREATE TABLE local(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, "
        "b BLOB NOT NULL) STRICT"},
    {"table", "page", "page",
        "CREATE TABLE page(n INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT"},
    {"table", "ext", "ext",
        "CREATE TABLE ext(k TEXT NOT NULL, n INTEGER NOT NULL, "
        "b BLOB NOT NULL, PRIMARY KEY(k, n))" STRICT_ROWLESS},
};

const char *
vlt_schema_statement(int i)
{
    int at;

    for (at = 0; at < VLT_SCHEMA_ROWS; at++) {
        if (schema[at].sql != NULL && i-- == 0)
            return schema[at].sql;
    }
    return NULL;
}

enum vault_status
vlt_schema_create(struct vlt_store *s, struct vault_error *err)
{
    int i;
    int rc;

    for (i = 0; i < VLT_SCHEMA_STATEMENTS; i++) {
        rc = sqlite3_exec(s->db, vlt_schema_statement(i), NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            return vlt_sqlite_fail(s, rc, "creating the tables", err);
    }
    return VAULT_OK;
}

static bool
same(sqlite3_stmt *st, int col, const char *want)
{
    const char *got;

    if (want == NULL)
        return sqlite3_column_type(st, col) == SQLITE_NULL;
    if (sqlite3_column_type(st, col) != SQLITE_TEXT)
        return false;
    got = (const char *)sqlite3_column_text(st, col);
    return got != NULL &&
        (size_t)sqlite3_column_bytes(st, col) == strlen(want) &&
        memcmp(got, want, strlen(want)) == 0;
}

enum vault_status
vlt_schema_check(struct vlt_store *s, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;
    int n;

    status = vlt_stmt(s,
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid",
        &st, err);
    for (n = 0; status == VAULT_OK; n++) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        if (n >= VLT_SCHEMA_ROWS || !same(st, 0, schema[n].type) ||
            !same(st, 1, schema[n].name) || !same(st, 2, schema[n].table) ||
            !same(st, 3, schema[n].sql)) {
            sqlite3_reset(st);
            return vlt_fail(err, VAULT_E_TAMPERED,
                "the container's schema was changed (entry %d)", n + 1);
        }
    }
    if (status != VAULT_OK)
        return status;
    if (n != VLT_SCHEMA_ROWS)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container's schema was changed (%d entries of %d)", n,
            (int)VLT_SCHEMA_ROWS);
    return VAULT_OK;
}
