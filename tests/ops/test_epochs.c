/* SPDX-License-Identifier: Apache-2.0 */
/* test_epochs.c: what a planted or damaged epoch costs is bounded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "handle.h"
#include "quick_vault.h"

enum { WRAPS = 4096, PLANTED = 8 };

/* Eight epochs of 4,096 wraps that are for nobody, with ids 1 to 8. */
static void
plant(const char *path)
{
    char sql[640];
    int i;

    for (i = 1; i <= PLANTED; i++) {
        (void)snprintf(sql, sizeof sql,
            "INSERT INTO epoch SELECT NULL, CAST(zeroblob(15) || x'%02x' AS BLOB), "
            "CAST(substr(head, 1, 24) || zeroblob(15) || x'%02x' || "
            "substr(head, 41, 32) || x'00001000' || substr(head, 77) AS BLOB), "
            "randomblob(32 * 4096), randomblob(1200 * 4096), zeroblob(80) "
            "FROM epoch WHERE e = 1",
            (unsigned)i, (unsigned)i);
        quick_sql(path, sql);
    }
}

static void
epochs_for_nobody_are_tried_once_and_not_without_end(void **state)
{
    struct quick_vault q;
    const struct vlt_open_epoch *o = NULL;
    uint8_t id[16] = {0};
    int i, round;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "first", NULL, 0, NULL);
    quick_close(&q);
    plant(q.path);
    q.v = quick_open(&q, q.path, &q.opt);
    assert_int_equal(vlt_store_begin(q.v->store, false, NULL), VAULT_OK);
    id[15] = 1;
    for (round = 0; round < 100; round++)
        assert_int_equal(vlt_epoch_secret(q.v, id, &o, NULL), VAULT_E_NO_KEY);
    assert_int_equal(q.v->wraps_tried, WRAPS);
    for (i = 2; i <= PLANTED; i++) {
        id[15] = (uint8_t)i;
        assert_int_equal(vlt_epoch_secret(q.v, id, &o, NULL), VAULT_E_NO_KEY);
    }
    assert_int_equal(q.v->wraps_tried, 2 * WRAPS);
    vlt_store_rollback(q.v->store);
    assert_int_equal(quick_listed(q.v), 1);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs_for_nobody_are_tried_once_and_not_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
