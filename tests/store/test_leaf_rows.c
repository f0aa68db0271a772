/* SPDX-License-Identifier: Apache-2.0 */
/* test_leaf_rows.c: leaves, and the tree over them as RFC 6962 has it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <sqlite3.h>

#include "log_rows.h"
#include "row_store.h"
#include "tree_model.h"

enum { LEAVES = 300 };

static struct vlt_leaf leaf[LEAVES];
static struct vlt_hash32 hash[LEAVES];

/* The text of docs/format.md section 7.1, written here by hand. */
static struct vlt_hash32
hash_by_hand(const struct vlt_leaf *l)
{
    struct vlt_hash32 out;
    char hex[33], subject[64], event[64], text[400];
    int n;

    sodium_bin2hex(hex, sizeof hex, l->record, 16);
    sodium_bin2base64(subject, sizeof subject, l->subject, 32,
        sodium_base64_VARIANT_ORIGINAL);
    sodium_bin2base64(event, sizeof event, l->event, 32,
        sodium_base64_VARIANT_ORIGINAL);
    if (l->has_record)
        n = snprintf(text + 1, sizeof text - 1,
            "sanduq.v1/leaf\n%s %s %u\n%s\n%s\n", l->kind, hex, l->version,
            subject, event);
    else
        n = snprintf(text + 1, sizeof text - 1,
            "sanduq.v1/leaf\n%s - -\n%s\n%s\n", l->kind, subject, event);
    text[0] = 0;
    crypto_hash_sha256(out.b, (const uint8_t *)text, (size_t)n + 1);
    return out;
}

static void
fill(unsigned i)
{
    static const char *const kinds[] = {"seal", "slots", "a-new-kind",
        "withdraw"};
    struct vlt_leaf *l = &leaf[i];

    memset(l, 0, sizeof *l);
    (void)snprintf(l->kind, sizeof l->kind, "%s", kinds[i % 4]);
    l->has_record = i % 2 == 0;
    if (l->has_record) {
        memset(l->record, (int)(i % 7 + 1), 16);
        l->version = i / 7 + 1;
    }
    quick_noise(l->subject, 32, i);
    quick_noise(l->event, 32, i + 1000);
    hash[i] = hash_by_hand(l);
}

static void
append(unsigned i)
{
    struct vlt_log_tree t;
    struct vlt_tree_io io;

    fill(i);
    assert_int_equal(vlt_leaf_put(s, 1, i, &leaf[i],
                         i % 3 == 0 ? "event" : NULL, i % 3 == 0 ? 5 : 0, NULL),
        VAULT_OK);
    vlt_log_tree_io(&t, s, 1, true, &io);
    assert_int_equal(vlt_tree_appended(&io, i, NULL), VAULT_OK);
}

static void
expect_root(unsigned n)
{
    struct vlt_log_tree t;
    struct vlt_tree_io io;
    struct vlt_hash32 want = model_mth(hash, n);
    uint8_t got[32];

    vlt_log_tree_io(&t, s, 1, false, &io);
    assert_int_equal(vlt_tree_root(&io, n, got, NULL), VAULT_OK);
    assert_memory_equal(got, want.b, 32);
}

static void
the_root_is_that_of_the_rfc_at_every_size(void **state)
{
    uint8_t h[32];
    bool found = false;

    (void)state;
    for (unsigned i = 0; i < LEAVES; i++) {
        append(i);
        expect_root(i + 1);
    }
    for (unsigned n = 1; n <= LEAVES; n++)
        expect_root(n); /* and at every earlier size later on */
    assert_int_equal(vlt_node_get(s, 1, 8, 0, h, &found, NULL), VAULT_OK);
    assert_true(found);
    assert_memory_equal(h, model_mth(hash, 256).b, 32);
    assert_int_equal(vlt_node_get(s, 1, 4, 18, h, &found, NULL), VAULT_OK);
    assert_false(found); /* not full yet */
    /* nodes are rebuildable: without them the root is the same */
    assert_int_equal(sqlite3_exec(s->db, "DELETE FROM node", NULL, NULL, NULL),
        SQLITE_OK);
    expect_root(LEAVES);
    expect_root(17);
    /* a wrong one is not: it is believed, and the root differs */
    assert_int_equal(sqlite3_exec(s->db,
                         "INSERT INTO node VALUES(1, 4, 0, "
                         "zeroblob(32))",
                         NULL, NULL, NULL),
        SQLITE_OK);
    {
        struct vlt_log_tree t;
        struct vlt_tree_io io;

        vlt_log_tree_io(&t, s, 1, false, &io);
        assert_int_equal(vlt_tree_root(&io, LEAVES, h, NULL), VAULT_OK);
        assert_memory_not_equal(h, model_mth(hash, LEAVES).b, 32);
    }
}

static void
a_missing_leaf_is_tampering(void **state)
{
    struct vlt_log_tree t;
    struct vlt_tree_io io;
    uint8_t h[32];

    (void)state;
    for (unsigned i = 0; i < 5; i++)
        append(i);
    assert_int_equal(sqlite3_exec(s->db, "DELETE FROM leaf WHERE idx = 3", NULL,
                         NULL, NULL),
        SQLITE_OK);
    vlt_log_tree_io(&t, s, 1, false, &io);
    assert_int_equal(vlt_tree_root(&io, 5, h, NULL), VAULT_E_TAMPERED);
}

static enum vault_status
count(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    unsigned *n = ctx;

    (void)err;
    assert_int_equal(strcmp(r->leaf.kind, leaf[r->idx].kind), 0);
    assert_int_equal(r->leaf.has_record, leaf[r->idx].has_record);
    assert_int_equal(r->leaf.version, leaf[r->idx].version);
    assert_memory_equal(r->leaf.subject, leaf[r->idx].subject, 32);
    assert_memory_equal(r->leaf.event, leaf[r->idx].event, 32);
    assert_int_equal(r->evct != NULL, r->idx % 3 == 0);
    ++*n;
    return VAULT_OK;
}

static void
leaves_are_found_by_place_record_and_kind(void **state)
{
    struct vlt_leaf_row row;
    struct vlt_buf evct;
    uint8_t id[16], subject[32];
    unsigned n = 0;
    uint64_t size;
    bool found;

    (void)state;
    vlt_buf_init(&evct, VLT_EVENT_MAX);
    assert_int_equal(vlt_leaf_count(s, 1, &size, NULL), VAULT_OK);
    assert_int_equal(size, 0);
    for (unsigned i = 0; i < 100; i++)
        append(i);
    assert_int_equal(vlt_leaf_count(s, 1, &size, NULL), VAULT_OK);
    assert_int_equal(size, 100);
    assert_int_equal(vlt_leaf_count(s, 2, &size, NULL), VAULT_OK);
    assert_int_equal(size, 0);
    assert_int_equal(vlt_leaves(s, 1, 0, count, &n, NULL), VAULT_OK);
    assert_int_equal(n, 100);
    n = 0;
    assert_int_equal(vlt_leaves(s, 1, 90, count, &n, NULL), VAULT_OK);
    assert_int_equal(n, 10);
    n = 0;
    memset(id, 1, 16);
    assert_int_equal(vlt_leaves_of(s, id, count, &n, NULL), VAULT_OK);
    assert_int_equal(n, 8); /* 0, 14, 28 ... 98 */
    assert_int_equal(vlt_leaf_get(s, 1, 99, &row, &evct, NULL), VAULT_OK);
    assert_int_equal(row.evct_len, 5);
    assert_memory_equal(row.evct, "event", 5);
    assert_int_equal(vlt_leaf_get(s, 1, 100, &row, NULL, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_leaf_last(s, 1, "slots", &row, NULL, NULL), VAULT_OK);
    assert_int_equal(row.idx, 97);
    assert_int_equal(vlt_leaf_last_scan(s, 1, "slots", &row, NULL, NULL),
        VAULT_OK);
    assert_int_equal(row.idx, 97);
    assert_int_equal(vlt_leaf_last(s, 1, "card", &row, NULL, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_leaf_last(s, 2, "slots", &row, NULL, NULL),
        VAULT_E_NOT_FOUND);
    memcpy(subject, leaf[28].subject, 32);
    assert_int_equal(vlt_leaf_exists(s, leaf[28].kind, id, subject, &found,
                         NULL),
        VAULT_OK);
    assert_true(found);
    assert_int_equal(vlt_leaf_exists(s, leaf[28].kind, NULL, subject, &found,
                         NULL),
        VAULT_OK);
    assert_true(found);
    assert_int_equal(vlt_leaf_exists(s, "take", id, subject, &found, NULL),
        VAULT_OK);
    assert_false(found);
    id[0] = 9;
    assert_int_equal(vlt_leaf_exists(s, leaf[28].kind, id, subject, &found,
                         NULL),
        VAULT_OK);
    assert_false(found);
    vlt_buf_clear(&evct);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ROWS(the_root_is_that_of_the_rfc_at_every_size),
        WITH_ROWS(a_missing_leaf_is_tampering),
        WITH_ROWS(leaves_are_found_by_place_record_and_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
