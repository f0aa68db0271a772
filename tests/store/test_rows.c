/* SPDX-License-Identifier: Apache-2.0 */
/* test_rows.c: rows are what this format stores, or they are refused */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "epoch_rows.h"
#include "log_rows.h"
#include "quick_vault.h"
#include "record_rows.h"
#include "rows.h"

static struct temp_dir d;
static char path[TEMP_PATH];

static int
make_dir(void **state)
{
    struct vlt_store_options opt = {VLT_STORE_WRITE, 0, NULL, NULL};
    struct vlt_store *s = NULL;

    (void)state;
    temp_dir_make(&d);
    temp_dir_path(&d, "c", path);
    if (vlt_store_create(path, VLT_PAGE, &opt, &s, NULL) != VAULT_OK)
        return 1;
    vlt_store_close(s);
    return 0;
}

static int
remove_dir(void **state)
{
    (void)state;
    temp_dir_remove(&d);
    return 0;
}

static struct vlt_store *
begin(bool write)
{
    struct vlt_store_options opt = {VLT_STORE_WRITE, 0, NULL, NULL};
    struct vlt_store *s = NULL;

    assert_int_equal(vlt_store_open(path, &opt, &s, NULL), VAULT_OK);
    assert_int_equal(vlt_store_begin(s, write, NULL), VAULT_OK);
    return s;
}

static enum vault_status
each_meta(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    (void)k;
    (void)v;
    (void)n;
    (void)err;
    ++*(unsigned *)ctx;
    return VAULT_OK;
}

static void
meta_values_come_back_and_have_exactly_their_length(void **state)
{
    struct vlt_store *s = begin(true);
    uint8_t buf[3] = {9, 9, 9};
    uint32_t v = 0;
    unsigned n = 0;

    (void)state;
    assert_int_equal(vlt_meta_put(s, "a", "xyz", 3, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put(s, "empty", NULL, 0, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(s, "n", 0xfffffffe, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_get_u32(s, "n", &v, NULL), VAULT_OK);
    assert_int_equal(v, 0xfffffffe);
    assert_int_equal(vlt_meta_get(s, "a", buf, 2, NULL), VAULT_E_TAMPERED);
    assert_int_equal(vlt_meta_get(s, "a", buf, 3, NULL), VAULT_OK);
    assert_memory_equal(buf, "xyz", 3);
    assert_int_equal(vlt_meta_get(s, "b", buf, 3, NULL), VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_meta_get_u32(s, "a", &v, NULL), VAULT_E_TAMPERED);
    assert_int_equal(vlt_meta_put(s, "a", "uvw", 3, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_get(s, "a", buf, 3, NULL), VAULT_OK);
    assert_memory_equal(buf, "uvw", 3);
    assert_int_equal(vlt_meta_each(s, each_meta, &n, NULL), VAULT_OK);
    assert_int_equal(n, 3);
    vlt_store_close(s);
}

static enum vault_status
each_identity(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    (void)ctx;
    (void)r;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
each_local(void *ctx, uint64_t id, uint64_t rev, const uint8_t *b, size_t n,
    struct vault_error *err)
{
    (void)id;
    (void)rev;
    (void)b;
    (void)n;
    (void)err;
    ++*(unsigned *)ctx;
    return VAULT_OK;
}

static enum vault_status
each_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    (void)ctx;
    (void)r;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
each_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    (void)ctx;
    (void)r;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
each_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    (void)ctx;
    (void)r;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
each_checkpoint(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    (void)ctx;
    (void)r;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
each_record(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    (void)ctx;
    (void)r;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
read_all(struct vlt_store *s, struct vault_error *err)
{
    static struct vlt_slot_set set;
    uint8_t buf[96];
    unsigned n = 0;
    bool found;
    uint64_t u;
    enum vault_status st = vlt_meta_each(s, each_meta, &n, err);

    if (st == VAULT_OK)
        st = vlt_slots_load(s, true, &set, err);
    if (st == VAULT_OK)
        st = vlt_identities(s, each_identity, NULL, err);
    if (st == VAULT_OK)
        st = vlt_locals(s, each_local, &n, err);
    if (st == VAULT_OK)
        st = vlt_epochs(s, each_epoch, NULL, err);
    if (st == VAULT_OK)
        st = vlt_logs(s, each_log, NULL, err);
    if (st == VAULT_OK)
        st = vlt_leaves(s, 1, 0, each_leaf, NULL, err);
    if (st == VAULT_OK)
        st = vlt_leaf_count(s, 1, &u, err);
    if (st == VAULT_OK)
        st = vlt_checkpoints(s, 1, each_checkpoint, NULL, err);
    if (st == VAULT_OK)
        st = vlt_records(s, 0, false, 100, each_record, NULL, err);
    if (st == VAULT_OK)
        st = vlt_node_get(s, 1, 4, 0, buf, &found, err);
    if (st == VAULT_OK) {
        st = vlt_wrap_get(s, 1, buf, err);
        st = st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
    }
    if (st == VAULT_OK) {
        st = vlt_segment_get(s, 1, 0, buf, 5, err);
        st = st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
    }
    if (st == VAULT_OK) {
        st = vlt_staging_first(s, &u, err);
        st = st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
    }
    return st;
}

static void
columns_that_this_format_never_stores_are_tampering(void **state)
{
    static const struct {
        const char *sql;
        const char *table; /* named in the message, or NULL */
    } rows[] = {
        {"INSERT INTO meta VALUES('', x'00')", "meta"},
        {"INSERT INTO meta VALUES(printf('%033d', 1), x'00')", "meta"},
        {"INSERT INTO meta VALUES('a' || char(0), x'00')", "meta"},
        {"INSERT INTO meta VALUES('a', zeroblob(1048641))", "meta"},
        {"INSERT INTO slot VALUES(x'', zeroblob(152))", "slot"},
        {"INSERT INTO slot VALUES(zeroblob(17), zeroblob(152))", "slot"},
        {"INSERT INTO slot VALUES(zeroblob(16), zeroblob(5000))", "slot"},
        {"INSERT INTO identity VALUES(-1, 'a', NULL)", "identity"},
        {"INSERT INTO identity VALUES(4294967296, 'a', NULL)", "identity"},
        {"INSERT INTO identity VALUES(1, '', NULL)", "identity"},
        {"INSERT INTO identity VALUES(1, 'a', x'')", "identity"},
        {"INSERT INTO identity VALUES(1, 'a', zeroblob(257))", "identity"},
        {"INSERT INTO local VALUES(-1, 1, x'00')", "local"},
        {"INSERT INTO local VALUES(1, -1, x'00')", "local"},
        {"INSERT INTO local VALUES(1, 1, zeroblob(2000000))", "local"},
        {"INSERT INTO epoch VALUES(-1, zeroblob(16), zeroblob(112), "
         "zeroblob(64), zeroblob(2400), NULL)",
            "epoch"},
        {"INSERT INTO epoch VALUES(1, zeroblob(15), zeroblob(112), "
         "zeroblob(64), zeroblob(2400), NULL)",
            "epoch"},
        {"INSERT INTO epoch VALUES(1, zeroblob(16), zeroblob(111), "
         "zeroblob(64), zeroblob(2400), NULL)",
            "epoch"},
        {"INSERT INTO epoch VALUES(1, zeroblob(16), zeroblob(112), x'', "
         "zeroblob(2400), NULL)",
            "epoch"},
        {"INSERT INTO epoch VALUES(1, zeroblob(16), zeroblob(112), "
         "zeroblob(64), zeroblob(6000000), NULL)",
            "epoch"},
        {"INSERT INTO epoch VALUES(1, zeroblob(16), zeroblob(112), "
         "zeroblob(64), zeroblob(2400), zeroblob(79))",
            "epoch"},
        {"INSERT INTO epoch VALUES(1, zeroblob(16), zeroblob(112), "
         "zeroblob(64), zeroblob(2400), NULL)",
            NULL},
        {"INSERT INTO log VALUES(-1, 'a', 'b')", "log"},
        {"INSERT INTO log VALUES(1, '', 'b')", "log"},
        {"INSERT INTO log VALUES(1, 'a', '')", "log"},
        {"INSERT INTO log VALUES(1, printf('%0300d', 1), 'b')", "log"},
        {"INSERT INTO leaf VALUES(1, 0, '', NULL, NULL, zeroblob(32), "
         "zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'aaaaaaaaaaaaaaaaa', NULL, NULL, "
         "zeroblob(32), zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'A', NULL, NULL, zeroblob(32), "
         "zeroblob(32), NULL)",
            NULL},
        {"INSERT INTO leaf VALUES(1, 0, 'a', NULL, 1, zeroblob(32), "
         "zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'a', zeroblob(16), NULL, "
         "zeroblob(32), zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'a', zeroblob(15), 1, zeroblob(32), "
         "zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'a', zeroblob(16), 4294967296, "
         "zeroblob(32), zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'a', NULL, NULL, zeroblob(31), "
         "zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'a', NULL, NULL, zeroblob(32), "
         "zeroblob(33), NULL)",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'a', NULL, NULL, zeroblob(32), "
         "zeroblob(32), x'')",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, 0, 'a', NULL, NULL, zeroblob(32), "
         "zeroblob(32), zeroblob(20000))",
            "leaf"},
        {"INSERT INTO leaf VALUES(1, -1, 'a', NULL, NULL, zeroblob(32), "
         "zeroblob(32), NULL)",
            "leaf"},
        {"INSERT INTO node VALUES(1, 4, 0, zeroblob(31))", "node"},
        {"INSERT INTO checkpoint VALUES(1, -1, 0, 'a')", "checkpoint"},
        {"INSERT INTO checkpoint VALUES(1, 1, 2, 'a')", "checkpoint"},
        {"INSERT INTO checkpoint VALUES(1, 1, 0, '')", "checkpoint"},
        {"INSERT INTO record VALUES(1, 2, NULL, NULL, zeroblob(224), NULL)",
            "record"},
        {"INSERT INTO record VALUES(1, 0, NULL, 1, zeroblob(224), NULL)",
            "record"},
        {"INSERT INTO record VALUES(1, 0, zeroblob(16), -1, zeroblob(224), "
         "NULL)",
            "record"},
        {"INSERT INTO record VALUES(1, 0, zeroblob(16), 1, zeroblob(223), "
         "NULL)",
            "record"},
        {"INSERT INTO record VALUES(1, 0, zeroblob(16), 1, zeroblob(224), "
         "NULL)",
            NULL},
        {"INSERT INTO record VALUES(1, 0, zeroblob(16), 1, zeroblob(224), "
         "x'00')",
            "record"},
        {"INSERT INTO wrap VALUES(1, zeroblob(95))", "wrap"},
        {"INSERT INTO segment VALUES(1, 1, 0, zeroblob(6))", "segment"},
        {"INSERT INTO segment VALUES(1, 1, 0, x'')", "segment"},
        {"INSERT INTO staging VALUES(-1)", "staging"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vault_error err;
        struct vlt_store *s;
        char want[40];

        remove_dir(NULL);
        make_dir(NULL);
        quick_sql(path, rows[i].sql);
        s = begin(false);
        if (read_all(s, &err) != VAULT_E_TAMPERED)
            fail_msg("%s: not refused", rows[i].sql);
        (void)snprintf(want, sizeof want, "table %s, column ",
            rows[i].table != NULL ? rows[i].table : "");
        if (rows[i].table != NULL && strstr(err.message, want) == NULL)
            fail_msg("%s: %s", rows[i].sql, err.message);
        vlt_store_close(s);
    }
}

static void
an_empty_container_reads_as_empty(void **state)
{
    struct vlt_store *s = begin(false);

    (void)state;
    assert_int_equal(read_all(s, NULL), VAULT_OK);
    vlt_store_close(s);
}

static void
slots_that_do_not_decode_are_left_out_when_asked(void **state)
{
    static struct vlt_slot_set set;
    struct vlt_store *s;

    (void)state;
    quick_sql(path,
        "INSERT INTO slot VALUES(x'"
        "01010101010101010101010101010101', zeroblob(152))");
    s = begin(false);
    assert_int_equal(vlt_slots_load(s, false, &set, NULL), VAULT_E_SLOT);
    assert_int_equal(vlt_slots_load(s, true, &set, NULL), VAULT_OK);
    assert_int_equal(set.n, 0);
    assert_int_equal(set.damaged, 1);
    assert_int_equal(set.damaged_id[0], 1);
    vlt_store_close(s);
    quick_sql(path,
        "INSERT INTO slot WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT "
        "n + 1 FROM c WHERE n < 32) SELECT CAST(printf('%016d', n) AS BLOB), "
        "zeroblob(152) FROM c");
    s = begin(false);
    assert_int_equal(vlt_slots_load(s, true, &set, NULL), VAULT_E_TAMPERED);
    vlt_store_close(s);
}

static enum vault_status
stop_walk(void *ctx, uint64_t id, uint64_t rev, const uint8_t *b, size_t n,
    struct vault_error *err)
{
    (void)id;
    (void)rev;
    (void)b;
    (void)n;
    (void)err;
    return ++*(unsigned *)ctx == 2 ? VAULT_E_CANCELLED : VAULT_OK;
}

static void
a_walk_ends_with_what_the_callback_answers(void **state)
{
    struct vlt_store *s;
    unsigned n = 0;
    uint64_t u = 0;

    (void)state;
    quick_sql(path,
        "INSERT INTO local VALUES(1, 1, x''), (2, 1, x'00'), "
        "(3, 1, x'00')");
    s = begin(false);
    assert_int_equal(vlt_locals(s, stop_walk, &n, NULL), VAULT_E_CANCELLED);
    assert_int_equal(n, 2);
    n = 10;
    assert_int_equal(vlt_locals(s, each_local, &n, NULL), VAULT_OK);
    assert_int_equal(n, 13);
    assert_int_equal(vlt_count(s, "SELECT count(*) FROM local", &u, NULL),
        VAULT_OK);
    assert_int_equal(u, 3);
    assert_int_equal(vlt_count(s, "SELECT max(rid) FROM record", &u, NULL),
        VAULT_OK);
    assert_int_equal(u, 0);
    assert_int_equal(vlt_count(s, "SELECT -1", &u, NULL), VAULT_E_TAMPERED);
    vlt_store_close(s);
}

int
main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
    const struct CMUnitTest tests[] = {
        IN_DIR(meta_values_come_back_and_have_exactly_their_length),
        IN_DIR(columns_that_this_format_never_stores_are_tampering),
        IN_DIR(an_empty_container_reads_as_empty),
        IN_DIR(slots_that_do_not_decode_are_left_out_when_asked),
        IN_DIR(a_walk_ends_with_what_the_callback_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
