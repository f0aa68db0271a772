/* SPDX-License-Identifier: Apache-2.0 */
/* test_panic_slow.c: panic takes a moment, however large the vault is */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <vault/panic.h>

#include "quick_vault.h"

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned
wanted(const char *name, unsigned otherwise)
{
    const char *n = getenv(name);

    return n != NULL ? (unsigned)atoi(n) : otherwise;
}

/* Rows of the size of segments: what they hold does not matter here. */
static void
pad(const char *path, unsigned mib)
{
    char sql[400];

    snprintf(sql, sizeof sql,
        "PRAGMA synchronous=OFF; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n WHERE i < %u) INSERT INTO segment SELECT "
        "1000000 + i, 1000000, i, zeroblob(1048832) FROM n",
        mib);
    quick_sql(path, sql);
}

static void
fill(struct quick_vault *q, unsigned records)
{
    struct vault_sealed out;

    for (unsigned i = 0; i < records; i++) {
        if (i % 2000 == 0)
            assert_int_equal(vault_batch_begin(q->v, NULL), VAULT_OK);
        quick_add(q->v, "one of many", "text", 4, &out);
        if (i % 2000 == 1999 || i + 1 == records)
            assert_int_equal(vault_batch_end(q->v, NULL), VAULT_OK);
    }
}

static void
it_is_done_within_a_second(void **state)
{
    struct quick_vault q;
    struct vault_panicked done;
    struct vault_panic_look look;
    unsigned records = wanted("SANDUQ_RECORDS", 100000);
    unsigned mib = wanted("SANDUQ_MIB", 1024);
    double begin, looked, keys, removed;

    (void)state;
    quick_make(&q);
    fill(&q, records);
    quick_close(&q);
    pad(q.path, mib);
    begin = now();
    assert_int_equal(vault_panic_look(q.path, &q.opt, NULL, NULL, &look, NULL),
        VAULT_OK);
    looked = now() - begin;
    begin = now();
    assert_int_equal(vault_panic(q.path, &q.opt, false, &done, NULL), VAULT_OK);
    keys = now() - begin;
    begin = now();
    assert_int_equal(vault_panic(q.path, &q.opt, true, &done, NULL), VAULT_OK);
    removed = now() - begin;
    printf("%u records, %u MiB: looking %.3f s, keys %.3f s, the file too "
           "%.3f s\n",
        records, mib, looked, keys, removed);
    assert_true(keys < 1.0);
    assert_true(removed < 1.0);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_done_within_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
