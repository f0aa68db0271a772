/* SPDX-License-Identifier: Apache-2.0 */
/* test_edge.c: a tree that keeps only its right edge */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "tree.h"
#include "tree_model.h"

enum { LEAVES = 600 };

static struct vlt_hash32 leaf[LEAVES];

static int
setup(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < LEAVES; i++)
        leaf[i] = model_leaf(i);
    return 0;
}

static void
root_of_every_size_is_the_rfcs(void **state)
{
    struct vlt_hash32 got, want;
    struct vlt_edge e;
    size_t i;

    (void)state;
    vlt_edge_init(&e);
    for (i = 0;; i++) {
        vlt_edge_root(&e, got.b);
        want = model_mth(leaf, i);
        assert_memory_equal(got.b, want.b, 32);
        assert_int_equal(e.size, i);
        if (i == LEAVES)
            break;
        assert_int_equal(vlt_edge_add(&e, leaf[i].b, NULL), VAULT_OK);
    }
}

static enum vault_status
count_full(void *ctx, unsigned level, uint64_t index, const uint8_t hash[32],
    struct vault_error *err)
{
    struct vlt_hash32 want;
    size_t *count = ctx;

    (void)err;
    assert_int_equal(level % 4, 0);
    want = model_mth(leaf + (index << level), UINT64_C(1) << level);
    assert_memory_equal(hash, want.b, 32);
    count[level / 4]++;
    return VAULT_OK;
}

static void
each_full_subtree_of_a_stored_level_is_given_once(void **state)
{
    size_t count[16] = {0};
    struct vlt_edge e;
    size_t i;

    (void)state;
    vlt_edge_init(&e);
    e.ctx = count;
    e.full = count_full;
    for (i = 0; i < LEAVES; i++)
        assert_int_equal(vlt_edge_add(&e, leaf[i].b, NULL), VAULT_OK);
    assert_int_equal(count[0], 0);
    assert_int_equal(count[1], LEAVES / 16);
    assert_int_equal(count[2], LEAVES / 256);
    assert_int_equal(count[3], 0);
}

static enum vault_status
refuse(void *ctx, unsigned level, uint64_t index, const uint8_t hash[32],
    struct vault_error *err)
{
    (void)index;
    (void)hash;
    if (level == *(unsigned *)ctx)
        return vlt_fail(err, VAULT_E_TAMPERED, "a node differs");
    return VAULT_OK;
}

static void
a_refused_leaf_is_not_added(void **state)
{
    unsigned at;
    struct vlt_hash32 before, after;
    struct vlt_edge e;
    size_t i;

    (void)state;
    for (at = 4; at <= 8; at += 4) {
        vlt_edge_init(&e);
        for (i = 0; i < 255; i++)
            assert_int_equal(vlt_edge_add(&e, leaf[i].b, NULL), VAULT_OK);
        vlt_edge_root(&e, before.b);
        e.ctx = &at;
        e.full = refuse;
        assert_int_equal(vlt_edge_add(&e, leaf[255].b, NULL), VAULT_E_TAMPERED);
        vlt_edge_root(&e, after.b);
        assert_int_equal(e.size, 255);
        assert_memory_equal(before.b, after.b, 32);
    }
}

static void
a_full_edge_takes_no_more(void **state)
{
    struct vlt_edge e;

    (void)state;
    vlt_edge_init(&e);
    e.size = (UINT64_C(1) << 63) - 1;
    assert_int_equal(vlt_edge_add(&e, leaf[0].b, NULL), VAULT_OK);
    assert_int_equal(vlt_edge_add(&e, leaf[0].b, NULL), VAULT_E_LIMIT);
    assert_true(e.size == UINT64_C(1) << 63);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_of_every_size_is_the_rfcs),
        cmocka_unit_test(each_full_subtree_of_a_stored_level_is_given_once),
        cmocka_unit_test(a_refused_leaf_is_not_added),
        cmocka_unit_test(a_full_edge_takes_no_more),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
