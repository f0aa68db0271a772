/* SPDX-License-Identifier: Apache-2.0 */
/* test_tally.c: the same items in any order, and nothing else, are the same */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "secret.h"
#include "tally.h"

static struct vlt_tally_key key;

/* Item i: all three parts go by it. */
static void
add(struct vlt_tally *t, unsigned i)
{
    uint8_t id[16] = {0}, hash[32] = {0};

    id[3] = (uint8_t)i;
    id[4] = (uint8_t)(i >> 8);
    hash[31] = (uint8_t)(i * 7);
    vlt_tally_add(t, &key, id, i + 1, hash);
}

static void
order_does_not_matter(void **state)
{
    struct vlt_tally up = {0}, down = {0}, a = {0}, b = {0};
    unsigned i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        add(&up, i);
        add(&down, 999 - i);
        add(i % 3 == 0 ? &a : &b, i);
    }
    assert_true(vlt_tally_same(&up, &down));
    vlt_tally_join(&a, &b);
    assert_true(vlt_tally_same(&up, &a));
}

/* One bit of one part, or one item more, less or twice. */
static void
anything_else_is_another_sum(void **state)
{
    uint8_t item[52] = {0};
    struct vlt_tally first = {0}, other, twice = {0}, none = {0};
    size_t bit;

    (void)state;
    vlt_tally_add(&first, &key, item, 0, item + 20);
    for (bit = 0; bit < 16 * 8; bit++) {
        item[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memset(&other, 0, sizeof other);
        vlt_tally_add(&other, &key, item, 0, item + 20);
        assert_false(vlt_tally_same(&first, &other));
        item[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (bit = 0; bit < 32 * 8; bit++) {
        item[20 + bit / 8] ^= (uint8_t)(1u << bit % 8);
        memset(&other, 0, sizeof other);
        vlt_tally_add(&other, &key, item, 0, item + 20);
        assert_false(vlt_tally_same(&first, &other));
        item[20 + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (bit = 0; bit < 32; bit++) {
        memset(&other, 0, sizeof other);
        vlt_tally_add(&other, &key, item, 1u << bit, item + 20);
        assert_false(vlt_tally_same(&first, &other));
    }
    vlt_tally_join(&twice, &first);
    vlt_tally_join(&twice, &first);
    assert_false(vlt_tally_same(&first, &twice));
    assert_false(vlt_tally_same(&first, &none));
    twice.n = first.n; /* the sum alone tells them apart too */
    assert_false(vlt_tally_same(&first, &twice));
}

/* Carries go all the way up: 2^256 - 1 and 1 are 0. */
static void
sums_carry(void **state)
{
    struct vlt_tally a = {1, {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    const struct vlt_tally one = {1, {1, 0, 0, 0}};
    struct vlt_tally b = {1, {UINT64_MAX, UINT64_MAX, 0, 5}};
    const struct vlt_tally c = {1, {1, UINT64_MAX, 0, 0}};

    (void)state;
    vlt_tally_join(&a, &one);
    assert_true(
        a.sum[0] == 0 && a.sum[1] == 0 && a.sum[2] == 0 && a.sum[3] == 0);
    vlt_tally_join(&b, &c); /* 2^128 - 1 + 2^128 - 2^64 + 1 = 2^129 - 2^64 */
    assert_true(b.sum[0] == 0 && b.sum[1] == UINT64_MAX && b.sum[2] == 1 &&
        b.sum[3] == 5);
}

static void
another_key_gives_another_sum(void **state)
{
    struct vlt_tally_key second;
    struct vlt_tally a = {0}, b = {0};
    const uint8_t zeros[32] = {0};

    (void)state;
    vlt_tally_key_init(&second);
    vlt_tally_add(&a, &key, zeros, 1, zeros);
    vlt_tally_add(&b, &second, zeros, 1, zeros);
    assert_false(vlt_tally_same(&a, &b));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(anything_else_is_another_sum),
        cmocka_unit_test(sums_carry),
        cmocka_unit_test(another_key_gives_another_sum),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    vlt_tally_key_init(&key);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
