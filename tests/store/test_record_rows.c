/* SPDX-License-Identifier: Apache-2.0 */
/* test_record_rows.c: record versions by id, number and order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "record_rows.h"
#include "row_store.h"

static struct vlt_record_head
head_of(uint8_t id, uint32_t version)
{
    struct vlt_record_head r;

    memset(&r, 0, sizeof r);
    memset(r.h.origin, 0xee, 16);
    memset(r.h.id, id, 16);
    r.h.version = version;
    r.h.meta_padded = 1024;
    if (version > 1)
        memset(r.h.prev, 1, 32);
    memset(r.content, (int)version, 32);
    vlt_record_header_encode(r.header, &r.h);
    return r;
}

static void
put(uint64_t rid, uint8_t id, uint32_t version)
{
    struct vlt_record_head r = head_of(id, version);
    uint8_t meta[1040];

    memset(meta, (int)rid, sizeof meta);
    assert_int_equal(vlt_record_put(s, rid, &r, meta, sizeof meta, NULL),
        VAULT_OK);
}

static void
sql(const char *text)
{
    assert_int_equal(sqlite3_exec(s->db, text, NULL, NULL, NULL), SQLITE_OK);
}

static void
a_version_is_found_by_id_and_by_number(void **state)
{
    struct vlt_record_row row;
    struct vlt_buf meta;
    uint8_t id[16], stmt[32];
    uint32_t version, n;
    uint64_t twins;
    bool found;

    (void)state;
    vlt_buf_init(&meta, 2000);
    put(1, 5, 1);
    put(2, 6, 1);
    put(3, 5, 2);
    put(9, 5, 3);
    memset(id, 5, 16);
    assert_int_equal(vlt_record_get(s, id, 2, &row, &meta, NULL), VAULT_OK);
    assert_int_equal(row.rid, 3);
    assert_int_equal(row.head.h.version, 2);
    assert_int_equal(row.meta_len, 1040);
    assert_int_equal(row.meta[0], 3);
    assert_int_equal(vlt_record_get(s, id, 4, &row, NULL, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_record_by_rid(s, 9, &row, NULL, NULL), VAULT_OK);
    assert_int_equal(row.head.h.version, 3);
    assert_null(row.meta);
    assert_int_equal(vlt_record_by_rid(s, 8, &row, NULL, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_record_newest(s, id, &version, &n, NULL), VAULT_OK);
    assert_int_equal(version, 3);
    assert_int_equal(n, 3);
    assert_int_equal(vlt_record_by_rid(s, 9, &row, NULL, NULL), VAULT_OK);
    vlt_record_stmt(stmt, &row.head);
    assert_int_equal(vlt_record_has_statement(s, id, 3, stmt, &found, NULL),
        VAULT_OK);
    assert_true(found);
    assert_int_equal(vlt_record_has_statement(s, id, 2, stmt, &found, NULL),
        VAULT_OK);
    assert_false(found);
    assert_int_equal(vlt_record_twins(s, &row, &twins, NULL), VAULT_OK);
    assert_int_equal(twins, 0);
    sql("INSERT INTO record SELECT 20, f, id, ver, head, meta FROM record "
        "WHERE rid = 9");
    assert_int_equal(vlt_record_twins(s, &row, &twins, NULL), VAULT_OK);
    assert_int_equal(twins, 1);
    memset(id, 7, 16);
    assert_int_equal(vlt_record_newest(s, id, &version, &n, NULL), VAULT_OK);
    assert_int_equal(version, 0);
    vlt_buf_clear(&meta);
}

static void
a_row_that_carries_another_records_header_is_tampering(void **state)
{
    static const char *const rows[] = {
        "UPDATE record SET id = zeroblob(16)",
        "UPDATE record SET ver = 2",
        "UPDATE record SET head = zeroblob(224)",
        "UPDATE record SET meta = zeroblob(1039)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vlt_record_row row;

        sql("DELETE FROM record");
        put(1, 5, 1);
        assert_int_equal(vlt_record_by_rid(s, 1, &row, NULL, NULL), VAULT_OK);
        sql(rows[i]);
        if (vlt_record_by_rid(s, 1, &row, NULL, NULL) != VAULT_E_TAMPERED)
            fail_msg("%s", rows[i]);
    }
}

struct walk {
    size_t n;
    uint64_t rid[10];
};

static enum vault_status
take(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct walk *w = ctx;

    (void)err;
    w->rid[w->n++] = r->foreign ? 100 + r->rid : r->rid;
    return VAULT_OK;
}

static void
rows_are_walked_up_and_down(void **state)
{
    struct walk up = {0}, down = {0};

    (void)state;
    for (uint8_t i = 1; i <= 5; i++)
        put(i, i, 1);
    sql("UPDATE record SET f = 1, id = NULL, ver = NULL, "
        "head = zeroblob(264) WHERE rid = 3");
    assert_int_equal(vlt_records(s, 1, false, 3, take, &up, NULL), VAULT_OK);
    assert_int_equal(up.n, 3);
    assert_int_equal(up.rid[0], 2);
    assert_int_equal(up.rid[1], 103);
    assert_int_equal(up.rid[2], 4);
    assert_int_equal(vlt_records(s, INT64_MAX, true, 10, take, &down, NULL),
        VAULT_OK);
    assert_int_equal(down.n, 5);
    assert_int_equal(down.rid[0], 5);
    assert_int_equal(down.rid[4], 1);
}

static void
ids_between_two_bounds_are_distinct_and_ascending(void **state)
{
    uint8_t low[16], high[16], id[3][16];
    size_t n = 0;

    (void)state;
    put(1, 9, 1);
    put(2, 5, 1);
    put(3, 5, 2);
    put(4, 7, 1);
    memset(low, 5, 16);
    memset(high, 9, 16);
    assert_int_equal(vlt_record_ids(s, low, high, id, 3, &n, NULL), VAULT_OK);
    assert_int_equal(n, 3);
    assert_int_equal(id[0][0], 5);
    assert_int_equal(id[1][0], 7);
    assert_int_equal(id[2][0], 9);
    low[15]++;
    high[15]--;
    assert_int_equal(vlt_record_ids(s, low, high, id, 3, &n, NULL), VAULT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(id[0][0], 7);
}

static void
a_wrap_belongs_to_one_row(void **state)
{
    uint8_t in[VLT_RECORD_WRAP], out[VLT_RECORD_WRAP];

    (void)state;
    quick_noise(in, sizeof in, 4);
    assert_int_equal(vlt_wrap_put(s, 3, in, NULL), VAULT_OK);
    assert_int_not_equal(vlt_wrap_put(s, 3, in, NULL), VAULT_OK);
    assert_int_equal(vlt_wrap_get(s, 3, out, NULL), VAULT_OK);
    assert_memory_equal(in, out, sizeof in);
    assert_int_equal(vlt_wrap_get(s, 4, out, NULL), VAULT_E_NOT_FOUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ROWS(a_version_is_found_by_id_and_by_number),
        WITH_ROWS(a_row_that_carries_another_records_header_is_tampering),
        WITH_ROWS(rows_are_walked_up_and_down),
        WITH_ROWS(ids_between_two_bounds_are_distinct_and_ascending),
        WITH_ROWS(a_wrap_belongs_to_one_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
