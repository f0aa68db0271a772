/* SPDX-License-Identifier: Apache-2.0 */
/* destroy_rows.c: every row that opens something, overwritten and deleted */
#include "destroy_rows.h"
#include <sqlite3.h>
#include <stddef.h>
#include "fail.h"
#include "rows.h"

/* First the same number of zeros in place of what it was, then away with it:
 * a cell that is only deleted is zeroed by SQLite too, but it may leave the
 * old bytes where it moved cells about. */
static const struct {
    const char *sql;
    size_t count; /* into struct vlt_destroyed */
} steps[] = {
    {"UPDATE slot SET b = zeroblob(length(b))",
        offsetof(struct vlt_destroyed, slots)},
    {"UPDATE identity SET seed = zeroblob(length(seed)) "
     "WHERE seed IS NOT NULL",
        offsetof(struct vlt_destroyed, seeds)},
    {"UPDATE epoch SET cache = zeroblob(length(cache)) "
     "WHERE cache IS NOT NULL",
        offsetof(struct vlt_destroyed, caches)},
    {"UPDATE local SET b = zeroblob(length(b))",
        offsetof(struct vlt_destroyed, settings)},
    {"UPDATE meta SET v = zeroblob(length(v)) WHERE k = 'catalogue'",
        offsetof(struct vlt_destroyed, catalogue)},
    {"UPDATE meta SET v = zeroblob(length(v)) WHERE k = 'session-key'",
        offsetof(struct vlt_destroyed, sessions)},
    {"DELETE FROM slot", offsetof(struct vlt_destroyed, slots)},
    {"UPDATE identity SET seed = NULL WHERE seed IS NOT NULL",
        offsetof(struct vlt_destroyed, seeds)},
    {"UPDATE epoch SET cache = NULL WHERE cache IS NOT NULL",
        offsetof(struct vlt_destroyed, caches)},
    {"DELETE FROM local", offsetof(struct vlt_destroyed, settings)},
    {"DELETE FROM meta WHERE k = 'catalogue'",
        offsetof(struct vlt_destroyed, catalogue)},
    {"DELETE FROM meta WHERE k = 'session-key'",
        offsetof(struct vlt_destroyed, sessions)},
};

static enum vault_status
setting(struct vlt_store *s, const char *sql, struct vault_error *err)
{
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? VAULT_OK : vlt_sqlite_fail(s, rc, sql, err);
}

static enum vault_status
run_steps(struct vlt_store *s, struct vlt_destroyed *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = VAULT_OK;
    size_t i;

    for (i = 0; status == VAULT_OK && i < VLT_COUNT(steps); i++) {
        status = vlt_stmt(s, steps[i].sql, &st, err);
        if (status == VAULT_OK)
            status = vlt_run(s, st, err);
        if (status == VAULT_OK)
            *(uint64_t *)((char *)out + steps[i].count) =
                (uint64_t)sqlite3_changes64(s->db);
    }
    return status;
}

/* Through SQLite's own handle: it has the file open, and the lock. */
static enum vault_status
wipe_journal(struct vlt_store *s, struct vault_error *err)
{
    static const unsigned char zeros[16384];
    sqlite3_file *f = NULL;
    sqlite3_int64 size = 0, at;
    int rc;

    rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &f);
    if (rc != SQLITE_OK || f == NULL || f->pMethods == NULL)
        return VAULT_OK; /* nothing was written to one */
    rc = f->pMethods->xFileSize(f, &size);
    for (at = 0; rc == SQLITE_OK && at < size; at += (int)sizeof zeros) {
        int n = size - at < (sqlite3_int64)sizeof zeros ? (int)(size - at)
                                                        : (int)sizeof zeros;

        rc = f->pMethods->xWrite(f, zeros, n, at);
    }
    if (rc == SQLITE_OK)
        rc = f->pMethods->xSync(f, SQLITE_SYNC_FULL);
    return rc == SQLITE_OK
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_IO,
              "the journal beside the file, with old pages, cannot be "
              "overwritten");
}

/* One lock from the first page to the last zero in the journal. */
static enum vault_status
hold(struct vlt_store *s, struct vault_error *err)
{
    enum vault_status st;

    st = setting(s, "PRAGMA locking_mode=EXCLUSIVE", err);
    if (st == VAULT_OK)
        st = setting(s, "PRAGMA journal_mode=PERSIST", err);
    s->written = true; /* vlt_store_close removes the journal */
    return st;
}

/* The lock goes with the next access to the file. */
static enum vault_status
let_go(struct vlt_store *s, struct vault_error *err)
{
    enum vault_status st;

    st = setting(s, "PRAGMA journal_mode=DELETE", err);
    if (st == VAULT_OK)
        st = setting(s, "PRAGMA locking_mode=NORMAL", err);
    if (st == VAULT_OK)
        st = vlt_store_begin(s, false, err);
    vlt_store_rollback(s);
    s->written = false;
    return st;
}

enum vault_status
vlt_destroy_keys(struct vlt_store *s, struct vlt_destroyed *out,
    struct vault_error *err)
{
    struct vlt_destroyed done = {0, 0, 0, 0, 0, 0};
    enum vault_status st = hold(s, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(s, true, err);
    if (st == VAULT_OK)
        st = run_steps(s, &done, err);
    if (st != VAULT_OK) {
        vlt_store_rollback(s);
        return st;
    }
    st = vlt_store_commit(s, err);
    if (st != VAULT_OK)
        return st;
    *out = done;
    st = wipe_journal(s, err);
    return st == VAULT_OK ? let_go(s, err) : st;
}

enum vault_status
vlt_keys_gone(struct vlt_store *s, bool *out, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = vlt_count(s,
        "SELECT (SELECT count(*) FROM slot) + "
        "(SELECT count(*) FROM identity WHERE seed IS NOT NULL)",
        &n, err);

    if (st == VAULT_OK)
        *out = n == 0;
    return st;
}
