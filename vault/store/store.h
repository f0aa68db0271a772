/* SPDX-License-Identifier: Apache-2.0 */
/* store.h: opening an untrusted SQLite file, transactions, statements */
#ifndef VLT_STORE_H
#define VLT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/* SQLite's handles by name only: its header stays inside this layer. */
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

/*
 * One connection to one container, docs/format.md section 8. Every function
 * that reads a row checks the type and length of each column before use:
 *   VAULT_E_TAMPERED  a column is not what this format stores; the message
 *                     names table and column
 *   VAULT_E_BUSY      another writer, after the time given at opening
 *   VAULT_E_IO        the disk; the handle refuses further work when a
 *                     COMMIT failed, and must be opened again
 */
enum {
    VLT_APPLICATION_ID = 0x53445131,
    VLT_USER_VERSION = 0, /* the draft; 1 once the format is frozen */
    VLT_USER_VERSION_MAX = 1,
    VLT_PAGE = 16384,
    VLT_PAGE_SMALL = 4096,
    VLT_STORE_STATEMENTS = 256
};

enum vlt_store_mode {
    VLT_STORE_WRITE,  /* one's own vault, in place */
    VLT_STORE_READ,   /* anybody's file: writes nothing anywhere (rovfs.h) */
    VLT_STORE_PRESENT /* the same, and no journal is looked at */
};
struct vlt_store_options {
    enum vlt_store_mode mode;
    unsigned busy_ms;
    /* Asked now and then during long statements; not 0 stops them with
     * VAULT_E_CANCELLED. May be NULL. */
    int (*interrupt)(void *ctx);
    void *ctx;
};

struct vlt_store {
    sqlite3 *db;
    char *path;
    enum vlt_store_mode mode;
    bool broken;  /* a COMMIT failed: nothing more through this handle */
    bool written; /* the journal mode was set: leave one file at the end */
    bool undone; /* VLT_STORE_READ: an interrupted write was undone in memory */
    bool stopped;     /* interrupt asked to stop */
    int64_t ops_left; /* of the running transaction; hostile trees end */
    int (*interrupt)(void *ctx);
    void *ctx;
    int user_version;
    /* Told once before the running transaction ends, or when it turns out to
     * have ended: what was opened within it is closed. May be NULL. */
    void (*ending)(void *ctx);
    void *ending_ctx;
    struct vlt_rovfs *ro; /* the file, its journal, and nothing else */
    unsigned cached;
    struct {
        const char *sql;
        sqlite3_stmt *st;
    } cache[VLT_STORE_STATEMENTS];
};

/*
 * Open an existing container: header, sizes, application id, user version,
 * exact schema.
 *   VAULT_E_NOT_FOUND
 *   VAULT_E_FORMAT    not a Sanduq container
 *   VAULT_E_NEWER     a later format
 *   VAULT_E_TAMPERED  a Sanduq container whose structure was changed
 */
VAULT_CHECKED enum vault_status vlt_store_open(const char *path,
    const struct vlt_store_options *opt, struct vlt_store **out,
    struct vault_error *err);
/* Make an empty container in a new file with this page size. The schema
 * stands, no rows. VAULT_E_EXISTS. */
VAULT_CHECKED enum vault_status vlt_store_create(const char *path,
    int page_size, const struct vlt_store_options *opt, struct vlt_store **out,
    struct vault_error *err);
/* The same with another user_version than the present one. */
VAULT_CHECKED enum vault_status vlt_store_create_as(const char *path,
    int page_size, int user_version, const struct vlt_store_options *opt,
    struct vlt_store **out, struct vault_error *err);
/* Rolls back what is open; removes the journal under SQLite's own lock. */
void vlt_store_close(struct vlt_store *s);

/*
 * Another handle on what `of` sees within its running read transaction, for
 * another thread: it reads through the very file that `of` has open, under its
 * lock, and is within a transaction of its own from the start. Whatever thread
 * uses it, it is closed, or its transaction has ended, before that of `of`
 * ends; it may begin another one within another one of `of`. interrupt is
 * asked in that thread.
 *   VAULT_E_POLICY  this system cannot read one open file in two threads
 */
VAULT_CHECKED enum vault_status vlt_store_twin(struct vlt_store *of,
    int (*interrupt)(void *ctx), void *ctx, struct vlt_store **out,
    struct vault_error *err);

/* How much it keeps of what it has read, instead of some MiB. */
VAULT_CHECKED enum vault_status vlt_store_cache(struct vlt_store *s,
    unsigned kib, struct vault_error *err);

/* BEGIN IMMEDIATE (write) or a read snapshot. Not nested. */
VAULT_CHECKED enum vault_status vlt_store_begin(struct vlt_store *s, bool write,
    struct vault_error *err);
/* On any failure everything is rolled back. */
VAULT_CHECKED enum vault_status vlt_store_commit(struct vlt_store *s,
    struct vault_error *err);
void vlt_store_rollback(struct vlt_store *s);
bool vlt_store_in_transaction(const struct vlt_store *s);

/*
 * For files that others touched: PRAGMA integrity_check, as quick_check does
 * not see an index that hides or doubles rows.  VAULT_E_TAMPERED
 */
VAULT_CHECKED enum vault_status vlt_store_quick_check(struct vlt_store *s,
    struct vault_error *err);
/* Pages x page size. */
VAULT_CHECKED enum vault_status vlt_store_bytes(struct vlt_store *s,
    uint64_t *out, struct vault_error *err);
/* A number that changes when any connection commits. */
VAULT_CHECKED enum vault_status vlt_store_data_version(struct vlt_store *s,
    int64_t *out, struct vault_error *err);

/*
 * Whether deleted cells are zeroed (ON from the start). Off only for sealed
 * segments whose key was never written anywhere.
 */
VAULT_CHECKED enum vault_status vlt_store_zeroing(struct vlt_store *s, bool on,
    struct vault_error *err);

/* ---- for the row files of this layer ---- */

/* The prepared statement of a literal, reset and ready; kept for reuse. */
VAULT_CHECKED enum vault_status vlt_stmt(struct vlt_store *s, const char *sql,
    sqlite3_stmt **out, struct vault_error *err);
/* Step once: *row says whether there is a row. Done resets the statement. */
VAULT_CHECKED enum vault_status vlt_step(struct vlt_store *s, sqlite3_stmt *st,
    bool *row, struct vault_error *err);
/* Step a statement that gives no row, and reset it. */
VAULT_CHECKED enum vault_status vlt_run(struct vlt_store *s, sqlite3_stmt *st,
    struct vault_error *err);
void vlt_bind_blob(sqlite3_stmt *st, int i, const void *p, size_t n);
void vlt_bind_text(sqlite3_stmt *st, int i, const char *p, size_t n);
void vlt_bind_u64(sqlite3_stmt *st, int i, uint64_t v);
/* The version of the SQLite that is linked. */
const char *vlt_sqlite_version(void);
/* Translate a result code of SQLite. */
enum vault_status vlt_sqlite_fail(struct vlt_store *s, int rc, const char *what,
    struct vault_error *err);

/*
 * A row being read: columns are asked in any order; the first one that is
 * not as expected is remembered, ask with vlt_row_end. Blobs and texts are
 * borrowed until the next step.
 */
struct vlt_row {
    sqlite3_stmt *st;
    const char *table;
    int bad; /* column number + 1 */
};
void vlt_row_init(struct vlt_row *r, sqlite3_stmt *st, const char *table);
uint64_t vlt_row_u64(struct vlt_row *r, int col, uint64_t max);
const uint8_t *vlt_row_blob(struct vlt_row *r, int col, size_t min, size_t max,
    size_t *n);
void vlt_row_fixed(struct vlt_row *r, int col, void *out, size_t n);
/* Length min..max, no 0 byte inside; has a closing 0. */
const char *vlt_row_text(struct vlt_row *r, int col, size_t min, size_t max,
    size_t *n);
bool vlt_row_null(const struct vlt_row *r, int col);
VAULT_CHECKED enum vault_status vlt_row_end(const struct vlt_row *r,
    struct vault_error *err);
/*
 * Of a walk in order: that the higher key is above the lower one. In a damaged
 * tree SQLite gives rows again, without end; whoever walks a file that others
 * may have touched asks for each row.
 *   VAULT_E_TAMPERED  it is not
 */
VAULT_CHECKED enum vault_status vlt_rows_rise(uint64_t lower, uint64_t higher,
    const char *table, struct vault_error *err);

#endif
