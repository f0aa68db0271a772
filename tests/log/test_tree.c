/* SPDX-License-Identifier: Apache-2.0 */
/* test_tree.c: roots and proofs from stored nodes, against RFC 6962's text */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "tree.h"
#include "tree_model.h"

enum { LEAVES = 5000, LEVELS = 4 }; /* levels 4, 8, 12 fill in 5,000 leaves */

/* Storage in memory that counts, loses and fails on request. */
struct fake {
    struct vlt_hash32 leaf[LEAVES];
    struct vlt_hash32 node[LEVELS][LEAVES / 16 + 1];
    bool stored[LEVELS][LEAVES / 16 + 1];
    uint64_t size; /* nothing may be asked beyond */
    size_t reads;
    size_t fail_at; /* this read fails; 0: none */
    size_t puts;
    size_t fail_put;
};

static struct fake disk;

static enum vault_status
fake_leaf(void *ctx, uint64_t index, uint8_t out[32], struct vault_error *err)
{
    struct fake *f = ctx;

    assert_true(index < f->size);
    if (++f->reads == f->fail_at)
        return vlt_fail(err, VAULT_E_IO, "leaf is gone");
    memcpy(out, f->leaf[index].b, 32);
    return VAULT_OK;
}

static enum vault_status
fake_node(void *ctx, unsigned level, uint64_t index, uint8_t out[32],
    bool *found, struct vault_error *err)
{
    struct fake *f = ctx;

    assert_true(level >= 4 && level % 4 == 0);
    assert_true(index + 1 <= f->size >> level);
    if (++f->reads == f->fail_at)
        return vlt_fail(err, VAULT_E_IO, "node is gone");
    *found = f->stored[level / 4 - 1][index];
    if (*found)
        memcpy(out, f->node[level / 4 - 1][index].b, 32);
    return VAULT_OK;
}

static enum vault_status
fake_put(void *ctx, unsigned level, uint64_t index, const uint8_t hash[32],
    struct vault_error *err)
{
    struct fake *f = ctx;

    assert_true(level >= 4 && level % 4 == 0 && level / 4 <= LEVELS);
    assert_true((index + 1) << level == f->size); /* full just now */
    if (++f->puts == f->fail_put)
        return vlt_fail(err, VAULT_E_IO, "no room");
    f->stored[level / 4 - 1][index] = true;
    memcpy(f->node[level / 4 - 1][index].b, hash, 32);
    return VAULT_OK;
}

static const struct vlt_tree_io io = {&disk, fake_leaf, fake_node, fake_put};

static void
fill(uint64_t n)
{
    memset(&disk, 0, sizeof disk);
    for (; disk.size < n;) {
        disk.leaf[disk.size] = model_leaf(disk.size);
        disk.size++;
        assert_int_equal(vlt_tree_appended(&io, disk.size - 1, NULL), VAULT_OK);
    }
}

static void
check_root(uint64_t size)
{
    struct vlt_hash32 want = model_mth(disk.leaf, size), got;

    disk.size = size;
    assert_int_equal(vlt_tree_root(&io, size, got.b, NULL), VAULT_OK);
    assert_memory_equal(got.b, want.b, 32);
}

static void
root_of_every_size_is_the_rfcs(void **state)
{
    uint64_t size;

    (void)state;
    fill(LEAVES);
    for (size = 0; size <= 600; size++)
        check_root(size);
    for (size = 4000; size <= LEAVES; size += 7)
        check_root(size);
    check_root(4095);
    check_root(4096);
    check_root(4097);
}

static void
root_is_the_same_where_nodes_are_missing(void **state)
{
    static const char *const names[] = {"no nodes", "every other node",
        "only the lowest", "only the highest", "none of the lowest"};
    size_t kind, level, i;

    (void)state;
    for (kind = 0; kind < VLT_COUNT(names); kind++) {
        print_message("%s\n", names[kind]);
        fill(LEAVES);
        for (level = 0; level < LEVELS; level++)
            for (i = 0; i <= LEAVES / 16; i++)
                if (kind == 0 || (kind == 1 && (i + level) % 2) ||
                    (kind == 2 && level > 0) || (kind == 3 && level != 2) ||
                    (kind == 4 && level == 0))
                    disk.stored[level][i] = false;
        for (i = 0; i < 300; i++)
            check_root(i);
        check_root(4096);
        check_root(4999);
        check_root(LEAVES);
    }
}

/* One read for each unit of each hex digit of the size: at most 15 each. */
static void
root_takes_as_many_reads_as_the_hex_digits_sum_to(void **state)
{
    uint64_t size, rest;
    uint8_t root[32];
    size_t sum;

    (void)state;
    fill(LEAVES);
    for (size = 1; size <= LEAVES; size++) {
        sum = 0;
        for (rest = size; rest != 0; rest /= 16)
            sum += (size_t)(rest % 16);
        disk.reads = 0;
        disk.size = size;
        assert_int_equal(vlt_tree_root(&io, size, root, NULL), VAULT_OK);
        assert_int_equal(disk.reads, sum);
    }
}

static void
appending_stores_the_nodes_that_become_full(void **state)
{
    struct vlt_hash32 want;
    size_t level, i;

    (void)state;
    fill(LEAVES);
    for (level = 0; level < LEVELS; level++) {
        uint64_t width = UINT64_C(1) << (4 * level + 4);

        for (i = 0; i <= LEAVES / 16; i++) {
            assert_int_equal(disk.stored[level][i], (i + 1) * width <= LEAVES);
            if (!disk.stored[level][i])
                continue;
            want = model_mth(disk.leaf + i * width, width);
            assert_memory_equal(disk.node[level][i].b, want.b, 32);
        }
    }
    assert_int_equal(disk.puts, LEAVES / 16 + LEAVES / 256 + LEAVES / 4096);
}

/* A rubbish node at the level being stored must not be copied into place. */
static void
appending_does_not_ask_for_the_node_it_makes(void **state)
{
    struct vlt_hash32 want;
    size_t i;

    (void)state;
    fill(255);
    disk.leaf[255] = model_leaf(255);
    disk.size = 256;
    disk.stored[0][15] = disk.stored[1][0] = true;
    assert_int_equal(vlt_tree_appended(&io, 255, NULL), VAULT_OK);
    want = model_mth(disk.leaf, 256);
    assert_memory_equal(disk.node[1][0].b, want.b, 32);
    for (i = 0; i < 16; i++) {
        want = model_mth(disk.leaf + 16 * i, 16);
        assert_memory_equal(disk.node[0][i].b, want.b, 32);
    }
}

static void
appending_stores_nothing_where_nothing_is_asked_to_be(void **state)
{
    struct vlt_tree_io reader = io;

    (void)state;
    fill(16);
    reader.put_node = NULL;
    disk.puts = 0;
    assert_int_equal(vlt_tree_appended(&reader, 15, NULL), VAULT_OK);
    assert_int_equal(disk.puts, 0);
}

static bool
same_path(const struct vlt_hash32 *a, size_t a_len, const struct vlt_hash32 *b,
    size_t b_len)
{
    return a_len == b_len && (a_len == 0 || memcmp(a, b, 32 * a_len) == 0);
}

static void
check_inclusion(uint64_t index, uint64_t size)
{
    struct vlt_hash32 path[VLT_PROOF_MAX], want[VLT_PROOF_MAX];
    size_t n = 99;

    disk.size = size;
    assert_int_equal(vlt_tree_inclusion(&io, index, size, path, &n, NULL),
        VAULT_OK);
    assert_true(
        same_path(path, n, want, model_path(want, index, disk.leaf, size)));
}

static void
inclusion_paths_are_the_rfcs(void **state)
{
    uint64_t size, index;

    (void)state;
    fill(LEAVES);
    for (size = 1; size <= 130; size++)
        for (index = 0; index < size; index++)
            check_inclusion(index, size);
    for (index = 0; index < LEAVES; index += 37)
        check_inclusion(index, LEAVES);
    memset(disk.stored, 0, sizeof disk.stored);
    for (index = 0; index < 70; index++)
        check_inclusion(index, 70);
}

static void
check_consistency(uint64_t m, uint64_t n)
{
    struct vlt_hash32 path[VLT_PROOF_MAX], want[VLT_PROOF_MAX];
    size_t len = 99;

    disk.size = n;
    assert_int_equal(vlt_tree_consistency(&io, m, n, path, &len, NULL),
        VAULT_OK);
    assert_true(same_path(path, len, want, model_proof(want, m, disk.leaf, n)));
}

static void
consistency_proofs_are_the_rfcs(void **state)
{
    uint64_t m, n;

    (void)state;
    fill(LEAVES);
    for (n = 1; n <= 130; n++)
        for (m = 1; m <= n; m++)
            check_consistency(m, n);
    for (m = 1; m <= LEAVES; m += 41)
        check_consistency(m, LEAVES);
    check_consistency(4096, LEAVES);
}

static void
places_outside_the_tree_are_refused(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    uint64_t huge = (UINT64_C(1) << 63) + 1;
    uint8_t root[32];
    size_t n;

    (void)state;
    fill(20);
    assert_int_equal(vlt_tree_inclusion(&io, 0, 0, path, &n, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_tree_inclusion(&io, 20, 20, path, &n, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_tree_consistency(&io, 0, 20, path, &n, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_tree_consistency(&io, 20, 19, path, &n, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_tree_root(&io, huge, root, NULL), VAULT_E_LIMIT);
    assert_int_equal(vlt_tree_inclusion(&io, 0, huge, path, &n, NULL),
        VAULT_E_LIMIT);
    assert_int_equal(vlt_tree_consistency(&io, 1, UINT64_MAX, path, &n, NULL),
        VAULT_E_LIMIT);
    assert_int_equal(vlt_tree_appended(&io, huge - 1, NULL), VAULT_E_LIMIT);
    assert_int_equal(disk.reads, 1 + 16 - 1); /* those of fill */
}

static enum vault_status
ask(int what, struct vlt_hash32 *path, size_t *n, struct vault_error *err)
{
    if (what == 0)
        return vlt_tree_root(&io, 300, path[0].b, err);
    if (what == 1)
        return vlt_tree_inclusion(&io, 77, 300, path, n, err);
    return vlt_tree_consistency(&io, 77, 300, path, n, err);
}

static void
a_failing_read_is_passed_on_and_changes_nothing(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX], before[VLT_PROOF_MAX];
    enum vault_status st;
    struct vault_error err;
    size_t n, fails;
    int what;

    (void)state;
    fill(300);
    memset(before, 0xee, sizeof before);
    for (what = 0; what < 3; what++)
        for (fails = 1;; fails++) {
            memcpy(path, before, sizeof path);
            n = 99;
            disk.reads = 0;
            disk.fail_at = fails;
            st = ask(what, path, &n, &err);
            if (st == VAULT_OK)
                break;
            assert_int_equal(st, VAULT_E_IO);
            assert_non_null(strstr(err.message, "is gone"));
            assert_int_equal(n, 99);
            assert_memory_equal(path, before, sizeof path);
        }
}

static void
a_failing_write_is_passed_on(void **state)
{
    size_t fails;

    (void)state;
    for (fails = 1; fails <= 2; fails++) {
        fill(255);
        disk.leaf[255] = model_leaf(255);
        disk.size = 256;
        disk.puts = 0;
        disk.fail_put = fails;
        assert_int_equal(vlt_tree_appended(&io, 255, NULL), VAULT_E_IO);
    }
}

/* A tree of 2^63 equal leaves needs no storage: one hash for each level. */
static struct vlt_hash32 level_hash[64];

static enum vault_status
equal_leaf(void *ctx, uint64_t index, uint8_t out[32], struct vault_error *err)
{
    (void)ctx;
    (void)index;
    (void)err;
    memcpy(out, level_hash[0].b, 32);
    return VAULT_OK;
}

static enum vault_status
equal_node(void *ctx, unsigned level, uint64_t index, uint8_t out[32],
    bool *found, struct vault_error *err)
{
    (void)ctx;
    (void)index;
    (void)err;
    memcpy(out, level_hash[level].b, 32);
    *found = true;
    return VAULT_OK;
}

static struct vlt_hash32
equal_root(uint64_t size)
{
    struct vlt_hash32 h = {{0}};
    bool any = false;
    int k;

    for (k = 0; k < 64; k++)
        if (size >> k & 1) {
            h = any ? model_node(&level_hash[k], &h) : level_hash[k];
            any = true;
        }
    return h;
}

static void
the_largest_trees_have_roots_and_proofs(void **state)
{
    static const struct vlt_tree_io equal = {NULL, equal_leaf, equal_node,
        NULL};
    const uint64_t top = UINT64_C(1) << 63;
    const uint64_t sizes[] = {top, top - 1, top / 2 + 1, (top - 1) / 3 * 2};
    struct vlt_hash32 path[VLT_PROOF_MAX], root, old;
    size_t i, k, n;

    (void)state;
    level_hash[0] = model_leaf(0);
    for (k = 1; k < 64; k++)
        level_hash[k] = model_node(&level_hash[k - 1], &level_hash[k - 1]);
    for (i = 0; i < VLT_COUNT(sizes); i++) {
        const uint64_t at[] = {0, 1, sizes[i] / 3, sizes[i] / 2, sizes[i] - 2,
            sizes[i] - 1};

        old = equal_root(sizes[i]);
        assert_int_equal(vlt_tree_root(&equal, sizes[i], root.b, NULL),
            VAULT_OK);
        assert_memory_equal(root.b, old.b, 32);
        for (k = 0; k < VLT_COUNT(at); k++) {
            assert_int_equal(vlt_tree_inclusion(&equal, at[k], sizes[i], path,
                                 &n, NULL),
                VAULT_OK);
            assert_true(n <= VLT_PROOF_MAX);
            assert_true(vlt_inclusion_ok(at[k], sizes[i], level_hash[0].b, path,
                n, root.b));
            old = equal_root(at[k] + 1);
            assert_int_equal(vlt_tree_consistency(&equal, at[k] + 1, sizes[i],
                                 path, &n, NULL),
                VAULT_OK);
            assert_true(n <= VLT_PROOF_MAX);
            assert_true(vlt_consistency_ok(at[k] + 1, sizes[i], old.b, root.b,
                path, n));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_of_every_size_is_the_rfcs),
        cmocka_unit_test(root_is_the_same_where_nodes_are_missing),
        cmocka_unit_test(root_takes_as_many_reads_as_the_hex_digits_sum_to),
        cmocka_unit_test(appending_stores_the_nodes_that_become_full),
        cmocka_unit_test(appending_does_not_ask_for_the_node_it_makes),
        cmocka_unit_test(appending_stores_nothing_where_nothing_is_asked_to_be),
        cmocka_unit_test(inclusion_paths_are_the_rfcs),
        cmocka_unit_test(consistency_proofs_are_the_rfcs),
        cmocka_unit_test(places_outside_the_tree_are_refused),
        cmocka_unit_test(a_failing_read_is_passed_on_and_changes_nothing),
        cmocka_unit_test(a_failing_write_is_passed_on),
        cmocka_unit_test(the_largest_trees_have_roots_and_proofs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
