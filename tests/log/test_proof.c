/* SPDX-License-Identifier: Apache-2.0 */
/* test_proof.c: proofs hold for what they prove and for nothing else */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "effort.h"
#include "tree.h"
#include "tree_model.h"

enum { SIZES = 130, PAIRS = 70 };

static struct vlt_hash32 leaf[2 * SIZES];
static struct vlt_hash32 root[2 * SIZES + 1];

static int
setup(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 2 * SIZES; i++)
        leaf[i] = model_leaf(i);
    for (i = 0; i <= 2 * SIZES; i++)
        root[i] = model_mth(leaf, i);
    return 0;
}

static bool
included(uint64_t index, uint64_t size, const struct vlt_hash32 *l,
    const struct vlt_hash32 *path, size_t n, const struct vlt_hash32 *r)
{
    bool ok = vlt_inclusion_ok(index, size, l->b, path, n, r->b);

    assert_int_equal(ok, model_inclusion_ok(index, size, l, path, n, r));
    return ok;
}

static bool
consistent(uint64_t m, uint64_t n, const struct vlt_hash32 *old,
    const struct vlt_hash32 *new, const struct vlt_hash32 *path, size_t len)
{
    bool ok = vlt_consistency_ok(m, n, old->b, new->b, path, len);

    assert_int_equal(ok, model_consistency_ok(m, n, old, new, path, len));
    return ok;
}

static void
every_leaf_of_sizes_to_130_is_included(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    uint64_t size, i;
    size_t n;

    (void)state;
    for (size = 1; size <= SIZES; size += effort_step(1, 3))
        for (i = 0; i < size; i++) {
            n = model_path(path, i, leaf, size);
            assert_true(included(i, size, &leaf[i], path, n, &root[size]));
        }
}

static void
another_index_is_refused(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    uint64_t size, i, other;
    size_t n;

    (void)state;
    for (size = 1; size <= SIZES; size += effort_step(1, 3))
        for (i = 0; i < size; i++) {
            n = model_path(path, i, leaf, size);
            for (other = 0; other < size + 3; other++)
                if (other != i)
                    assert_false(vlt_inclusion_ok(other, size, leaf[i].b, path,
                        n, root[size].b));
            assert_false(
                included(UINT64_MAX, size, &leaf[i], path, n, &root[size]));
        }
}

/*
 * The size is the checkpoint's to prove, together with the root. A path
 * alone tells two sizes apart only where the leaf stands elsewhere in them.
 */
static void
another_size_is_refused_unless_the_leaf_stands_at_the_same_place(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    uint64_t size, i, other;
    size_t n;

    (void)state;
    for (size = 1; size <= SIZES; size += effort_step(1, 3))
        for (i = 0; i < size; i += 3) {
            n = model_path(path, i, leaf, size);
            for (other = 0; other <= SIZES; other++) {
                assert_int_equal(vlt_inclusion_ok(i, other, leaf[i].b, path, n,
                                     root[size].b),
                    model_same_turns(i, size, i, other));
                if (other != size) /* the root of the other size never fits */
                    assert_false(vlt_inclusion_ok(i, other, leaf[i].b, path, n,
                        root[other].b));
            }
        }
}

static void
flip(struct vlt_hash32 *h, size_t bit)
{
    h->b[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void
another_bit_in_an_inclusion_proof_is_refused(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX], l, r;
    uint64_t size, i;
    size_t n, k, bit;

    (void)state;
    for (size = 1; size <= SIZES; size += effort_step(1, 3))
        for (i = 0; i < size; i++) {
            n = model_path(path, i, leaf, size);
            l = leaf[i];
            r = root[size];
            /* Another bit each time: all 256 come up many times. */
            bit = (size_t)(size * 31 + i * 7) % 256;
            for (k = 0; k < n; k++) {
                flip(&path[k], bit);
                assert_false(included(i, size, &l, path, n, &r));
                flip(&path[k], bit);
            }
            flip(&l, bit);
            assert_false(included(i, size, &l, path, n, &r));
            flip(&l, bit);
            flip(&r, bit);
            assert_false(included(i, size, &l, path, n, &r));
        }
}

static void
an_inclusion_proof_of_another_length_is_refused(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX + 1] = {{{0}}};
    uint64_t size, i;
    size_t n, k;

    (void)state;
    for (size = 1; size <= SIZES; size += effort_step(1, 3))
        for (i = 0; i < size; i++) {
            n = model_path(path, i, leaf, size);
            path[n] = leaf[0];
            for (k = 0; k <= n + 1; k++)
                assert_int_equal(included(i, size, &leaf[i], path, k,
                                     &root[size]),
                    k == n);
            if (n > 0)
                assert_false(
                    included(i, size, &leaf[i], path + 1, n - 1, &root[size]));
        }
}

/* A path that goes on above the root would let any leaf pass for leaf 0. */
static void
a_path_does_not_go_on_above_the_root(void **state)
{
    struct vlt_hash32 path[2] = {leaf[0], leaf[2]}, up;

    (void)state;
    up = model_node(&leaf[0], &leaf[1]);
    assert_true(included(1, 2, &leaf[1], path, 1, &up));
    assert_false(included(0, 1, &leaf[1], path, 1, &up));
    up = model_node(&leaf[2], &up);
    assert_false(included(1, 2, &leaf[1], path, 2, &up));
    up = model_node(&leaf[0], &leaf[1]);
    assert_false(consistent(1, 1, &leaf[1], &up, path, 1));
}

static void
every_pair_of_sizes_to_70_is_consistent(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    uint64_t m, n;
    size_t len;

    (void)state;
    for (n = 1; n <= PAIRS; n += effort_step(1, 3))
        for (m = 1; m <= n; m++) {
            len = model_proof(path, m, leaf, n);
            assert_true(consistent(m, n, &root[m], &root[n], path, len));
        }
}

static void
another_older_size_is_refused(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    uint64_t m, n, other;
    size_t len;

    (void)state;
    for (n = 1; n <= PAIRS; n += effort_step(1, 3))
        for (m = 1; m <= n; m++) {
            len = model_proof(path, m, leaf, n);
            for (other = 0; other <= PAIRS; other++) {
                if (other == m)
                    continue;
                assert_false(vlt_consistency_ok(other, n, root[other].b,
                    root[n].b, path, len));
                assert_false(vlt_consistency_ok(m, n, root[other].b, root[n].b,
                    path, len));
                if (n < 34) /* whatever it is, it is what the RFC says */
                    (void)consistent(other, n, &root[m], &root[n], path, len);
            }
        }
}

static void
another_newer_size_is_refused_with_its_root(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    uint64_t m, n, other;
    size_t len;

    (void)state;
    for (n = 1; n <= PAIRS; n += effort_step(1, 3))
        for (m = 1; m <= n; m++) {
            len = model_proof(path, m, leaf, n);
            for (other = 0; other <= PAIRS; other++) {
                if (other == n)
                    continue;
                assert_false(vlt_consistency_ok(m, other, root[m].b,
                    root[other].b, path, len));
                assert_false(vlt_consistency_ok(m, n, root[m].b, root[other].b,
                    path, len));
                if (n < 34)
                    (void)consistent(m, other, &root[m], &root[n], path, len);
            }
        }
}

static void
another_bit_in_a_consistency_proof_is_refused(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX], old, new;
    uint64_t m, n;
    size_t len, k, bit;

    (void)state;
    for (n = 1; n <= PAIRS; n += effort_step(1, 3))
        for (m = 1; m <= n; m++) {
            len = model_proof(path, m, leaf, n);
            bit = (size_t)(n * 31 + m * 7) % 256;
            old = root[m];
            new = root[n];
            for (k = 0; k < len; k++) {
                flip(&path[k], bit);
                assert_false(consistent(m, n, &old, &new, path, len));
                flip(&path[k], bit);
            }
            flip(&old, bit);
            assert_false(consistent(m, n, &old, &new, path, len));
            flip(&old, bit);
            flip(&new, bit);
            assert_false(consistent(m, n, &old, &new, path, len));
        }
}

static void
a_consistency_proof_of_another_length_is_refused(void **state)
{
    struct vlt_hash32 path[VLT_PROOF_MAX + 1] = {{{0}}};
    uint64_t m, n;
    size_t len, k;

    (void)state;
    for (n = 1; n <= PAIRS; n += effort_step(1, 3))
        for (m = 1; m <= n; m++) {
            len = model_proof(path, m, leaf, n);
            path[len] = leaf[0];
            for (k = 0; k <= len + 1; k++)
                assert_int_equal(consistent(m, n, &root[m], &root[n], path, k),
                    k == len);
            if (len > 0)
                assert_false(
                    consistent(m, n, &root[m], &root[n], path + 1, len - 1));
        }
}

static void
an_empty_older_tree_proves_nothing(void **state)
{
    (void)state;
    assert_false(vlt_consistency_ok(0, 0, root[0].b, root[0].b, NULL, 0));
    assert_false(vlt_consistency_ok(0, 5, root[0].b, root[5].b, NULL, 0));
    assert_false(vlt_consistency_ok(0, 5, root[0].b, root[5].b, leaf, 3));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_leaf_of_sizes_to_130_is_included),
        cmocka_unit_test(another_index_is_refused),
        cmocka_unit_test(
            another_size_is_refused_unless_the_leaf_stands_at_the_same_place),
        cmocka_unit_test(another_bit_in_an_inclusion_proof_is_refused),
        cmocka_unit_test(an_inclusion_proof_of_another_length_is_refused),
        cmocka_unit_test(a_path_does_not_go_on_above_the_root),
        cmocka_unit_test(every_pair_of_sizes_to_70_is_consistent),
        cmocka_unit_test(another_older_size_is_refused),
        cmocka_unit_test(another_newer_size_is_refused_with_its_root),
        cmocka_unit_test(another_bit_in_a_consistency_proof_is_refused),
        cmocka_unit_test(a_consistency_proof_of_another_length_is_refused),
        cmocka_unit_test(an_empty_older_tree_proves_nothing),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
