/* SPDX-License-Identifier: Apache-2.0 */
/* test_epoch_rows.c: epochs by id and in their order */
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

#include "epoch_rows.h"
#include "row_store.h"

static const uint8_t vault[16] = {1};
static const uint8_t writer_pk[2][32] = {{1}, {2}};

static void
make(struct vlt_epoch *e, enum vlt_epoch_kind kind, int writer)
{
    struct vlt_recipient to;
    struct vlt_e0 *e0 = NULL;
    struct vault_error err;
    uint8_t seed[32], sk[crypto_kem_xwing_SECRETKEYBYTES];

    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    memset(&to, 0, sizeof to);
    memset(seed, 7, sizeof seed);
    assert_int_equal(crypto_kem_xwing_seed_keypair(to.kem, sk, seed), 0);
    if (vlt_epoch_make(e, kind, vault, writer_pk[writer], &to, 1, &e0, &err) !=
        VAULT_OK)
        fail_msg("%s", err.message);
    vlt_e0_free(e0);
}

static void
put(struct vlt_epoch *e, int writer, bool cached)
{
    uint8_t cache[VLT_EPOCH_CACHE];

    memset(cache, 3, sizeof cache);
    make(e, VLT_EPOCH_VAULT, writer);
    assert_int_equal(vlt_epoch_put(s, e, cached ? cache : NULL, sizeof cache,
                         NULL),
        VAULT_OK);
}

static enum vault_status
count(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    unsigned *n = ctx;

    (void)err;
    assert_true(r->e > *n);
    ++*n;
    return VAULT_OK;
}

static void
epochs_are_found_by_id(void **state)
{
    struct vlt_epoch e[4];
    struct vlt_epoch_row row;
    uint8_t id[16] = {0};
    unsigned n = 0;

    (void)state;
    put(&e[0], 0, true);
    put(&e[1], 0, true);
    put(&e[2], 0, false);
    put(&e[3], 1, true);
    assert_int_equal(vlt_epochs(s, count, &n, NULL), VAULT_OK);
    assert_int_equal(n, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(vlt_epoch_by_id(s, e[i].id, &row, NULL), VAULT_OK);
        assert_memory_equal(row.epoch.head, e[i].head, VLT_EPOCH_HEAD);
        assert_int_equal(row.epoch.n, 2);
        assert_memory_equal(row.epoch.wraps, e[i].wraps, 2 * VLT_EPOCH_WRAP);
        assert_memory_equal(row.epoch.rcpt, e[i].rcpt, 64);
        assert_int_equal(row.has_cache, i != 2);
        vlt_epoch_row_clear(&row);
    }
    assert_int_equal(vlt_epoch_by_id(s, id, &row, NULL), VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_epoch_delete(s, e[3].id, NULL), VAULT_OK);
    assert_int_equal(vlt_epoch_by_id(s, e[3].id, &row, NULL),
        VAULT_E_NOT_FOUND);
    /* put back where it was */
    assert_int_equal(vlt_epoch_put_at(s, 4, &e[3], NULL, 0, NULL), VAULT_OK);
    assert_int_equal(vlt_epoch_by_id(s, e[3].id, &row, NULL), VAULT_OK);
    assert_int_equal(row.e, 4);
    vlt_epoch_row_clear(&row);
    for (int i = 0; i < 4; i++)
        vlt_epoch_clear(&e[i]);
}

static void
an_epoch_under_another_id_is_tampering(void **state)
{
    struct vlt_epoch e;
    struct vlt_epoch_row row;
    uint8_t id[16] = {0};
    unsigned n = 0;

    (void)state;
    put(&e, 0, true);
    assert_int_equal(sqlite3_exec(s->db, "UPDATE epoch SET id = zeroblob(16)",
                         NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(vlt_epoch_by_id(s, id, &row, NULL), VAULT_E_TAMPERED);
    assert_int_equal(vlt_epochs(s, count, &n, NULL), VAULT_E_TAMPERED);
    assert_int_equal(n, 0);
    vlt_epoch_clear(&e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ROWS(epochs_are_found_by_id),
        WITH_ROWS(an_epoch_under_another_id_is_tampering),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
