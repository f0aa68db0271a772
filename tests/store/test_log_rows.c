/* SPDX-License-Identifier: Apache-2.0 */
/* test_log_rows.c: logs by number, checkpoints by size */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "log_rows.h"
#include "row_store.h"

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    unsigned *n = ctx;

    (void)err;
    ++*n;
    assert_int_equal(r->n, *n);
    assert_int_equal(r->origin_len, 2);
    assert_int_equal(r->origin[1], (int)('0' + *n));
    assert_int_equal(r->note_len, 4);
    assert_memory_equal(r->note, "note", 4);
    return VAULT_OK;
}

static void
logs_are_numbered_and_their_origins_differ(void **state)
{
    uint64_t n = 0;
    unsigned seen = 0;

    (void)state;
    assert_int_equal(vlt_log_put(s, "o1", "note", 4, &n, NULL), VAULT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(vlt_log_put(s, "o2", "note", 4, &n, NULL), VAULT_OK);
    assert_int_equal(n, 2);
    assert_int_not_equal(vlt_log_put(s, "o2", "note", 4, &n, NULL), VAULT_OK);
    assert_int_equal(vlt_logs(s, take_log, &seen, NULL), VAULT_OK);
    assert_int_equal(seen, 2);
}

struct sizes {
    size_t n;
    uint64_t size[10];
};

static enum vault_status
take_size(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct sizes *c = ctx;

    (void)err;
    c->size[c->n++] = r->size;
    return VAULT_OK;
}

static void
a_new_checkpoint_replaces_what_is_not_kept(void **state)
{
    struct vlt_checkpoint_row row;
    struct vlt_buf note;
    struct sizes c = {0};

    (void)state;
    vlt_buf_init(&note, 1000);
    assert_int_equal(vlt_checkpoint_newest(s, 1, &row, &note, NULL),
        VAULT_E_NOT_FOUND);
    for (unsigned i = 1; i <= 3; i++)
        assert_int_equal(vlt_checkpoint_put(s, 1, 4 * i, "cp", 2, NULL),
            VAULT_OK);
    assert_int_equal(vlt_checkpoint_put(s, 2, 99, "other", 5, NULL), VAULT_OK);
    assert_int_equal(vlt_checkpoints(s, 1, take_size, &c, NULL), VAULT_OK);
    assert_int_equal(c.n, 1);
    assert_int_equal(c.size[0], 12);
    assert_int_equal(sqlite3_exec(s->db, "UPDATE checkpoint SET keep = 1", NULL,
                         NULL, NULL),
        SQLITE_OK);
    assert_int_equal(vlt_checkpoint_put(s, 1, 16, "cp", 2, NULL), VAULT_OK);
    assert_int_equal(vlt_checkpoint_put(s, 1, 20, "newest", 6, NULL), VAULT_OK);
    c.n = 0;
    assert_int_equal(vlt_checkpoints(s, 1, take_size, &c, NULL), VAULT_OK);
    assert_int_equal(c.n, 2);
    assert_int_equal(c.size[0], 12);
    assert_int_equal(c.size[1], 20);
    assert_int_equal(vlt_checkpoint_newest(s, 1, &row, &note, NULL), VAULT_OK);
    assert_int_equal(row.size, 20);
    assert_false(row.keep);
    assert_int_equal(row.note_len, 6);
    assert_memory_equal(row.note, "newest", 6);
    /* one size has one checkpoint */
    assert_int_not_equal(vlt_checkpoint_put(s, 1, 20, "again", 5, NULL),
        VAULT_OK);
    vlt_buf_clear(&note);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ROWS(logs_are_numbered_and_their_origins_differ),
        WITH_ROWS(a_new_checkpoint_replaces_what_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
