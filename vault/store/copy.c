/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c: a complete copy of a container, by SQLite's backup */
#include "copy.h"
#include <sqlite3.h>
#include "fail.h"
#include "os.h"
#include "rovfs.h"

enum { STEP_PAGES = 512, WAIT_MS = 50, WAITS = 100 };

static enum vault_status
steps(struct vlt_store *s, sqlite3_backup *b, uint64_t page,
    int (*on_page)(void *ctx, uint64_t done, uint64_t total), void *ctx,
    struct vault_error *err)
{
    int waits = 0;
    int rc;

    do {
        rc = sqlite3_backup_step(b, STEP_PAGES);
        if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
            if (++waits > WAITS)
                return vlt_sqlite_fail(s, SQLITE_BUSY, "copying", err);
            sqlite3_sleep(WAIT_MS);
            continue;
        }
        if (rc == SQLITE_OK && on_page != NULL) {
            uint64_t total = (uint64_t)sqlite3_backup_pagecount(b);
            uint64_t left = (uint64_t)sqlite3_backup_remaining(b);

            if (on_page(ctx, (total - left) * page, total * page) != 0)
                return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
        }
    } while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
    return rc == SQLITE_DONE ? VAULT_OK
                             : vlt_sqlite_fail(s, rc, "copying", err);
}

static enum vault_status
run(struct vlt_store *s, sqlite3 *to,
    int (*on_page)(void *ctx, uint64_t done, uint64_t total), void *ctx,
    struct vault_error *err)
{
    sqlite3_backup *b;
    enum vault_status st;
    int rc;

    sqlite3_exec(to, "PRAGMA synchronous=EXTRA", NULL, NULL, NULL);
    sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    b = sqlite3_backup_init(to, "main", s->db, "main");
    if (b == NULL)
        return vlt_fail(err, VAULT_E_IO, "cannot write the copy: %s",
            sqlite3_errmsg(to));
    st = steps(s, b, VLT_PAGE, on_page, ctx, err);
    rc = sqlite3_backup_finish(b);
    if (st == VAULT_OK && rc != SQLITE_OK)
        st = vlt_fail(err, VAULT_E_IO, "cannot write the copy: %s",
            sqlite3_errmsg(to));
    return st;
}

enum vault_status
vlt_store_copy(struct vlt_store *s, const char *path,
    int (*on_page)(void *ctx, uint64_t done, uint64_t total), void *ctx,
    struct vault_error *err)
{
    char full[4096];
    sqlite3 *to = NULL;
    struct vlt_rovfs *vfs = NULL;
    enum vault_status st = vlt_os_absolute(path, full, sizeof full, err);

    if (st == VAULT_OK)
        st = vlt_os_create_empty(full, err);
    if (st != VAULT_OK)
        return st;
    vfs = vlt_rovfs_new(true);
    if (vfs == NULL) {
        (void)!vlt_os_unlink(full, NULL);
        return vlt_fail_memory(err);
    }
    /* a snapshot held throughout: writers wait, or end as busy */
    st = vlt_store_begin(s, false, err);
    if (st == VAULT_OK) {
        if (sqlite3_open_v2(full, &to,
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE,
                vlt_rovfs_name(vfs)) != SQLITE_OK)
            st = vlt_fail(err, VAULT_E_IO, "cannot write %s", path);
        else
            st = run(s, to, on_page, ctx, err);
        vlt_store_rollback(s);
    }
    if (sqlite3_close(to) != SQLITE_OK && st == VAULT_OK)
        st = vlt_fail(err, VAULT_E_IO, "cannot close %s", path);
    vlt_rovfs_free(vfs);
    if (st != VAULT_OK)
        (void)!vlt_os_unlink(full, NULL);
    return st;
}
