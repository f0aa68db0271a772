/* SPDX-License-Identifier: Apache-2.0 */
/* test_recall.c: what was put in is known, the rest is not */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recall.h"

/* Many hashes that begin alike. */
static void
hash_of(uint32_t i, uint8_t out[VAULT_HASH])
{
    memset(out, 0, VAULT_HASH);
    memcpy(out + 20, &i, sizeof i);
    out[7] = (uint8_t)(i % 3);
}

static void
what_was_put_in_is_known(void **state)
{
    enum { MANY = 5000 };
    struct recall k = {0};
    uint8_t hash[VAULT_HASH], id[VAULT_ID] = {0};

    (void)state;
    hash_of(1, hash);
    assert_null(recall_get(&k, hash));
    for (uint32_t i = 0; i < MANY; i++) {
        hash_of(i, hash);
        memcpy(id, &i, sizeof i);
        assert_int_equal(recall_put(&k, hash, i % 2 == 0 ? id : NULL, NULL),
            VAULT_OK);
    }
    assert_int_equal(k.n, MANY);
    for (uint32_t i = 0; i < 2 * (uint32_t)MANY; i++) {
        const struct recall_entry *e;

        hash_of(i, hash);
        e = recall_get(&k, hash);
        assert_true((e != NULL) == (i < (uint32_t)MANY));
        if (e == NULL)
            continue;
        assert_true(e->found == (i % 2 == 0));
        if (e->found)
            assert_memory_equal(e->id, &i, sizeof i);
    }
    hash_of(1, hash);
    assert_int_equal(recall_put(&k, hash, id, NULL), VAULT_OK);
    assert_true(recall_get(&k, hash)->found);
    assert_int_equal(k.n, MANY);
    recall_clear(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
