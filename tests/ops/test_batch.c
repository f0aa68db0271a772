/* SPDX-License-Identifier: Apache-2.0 */
/* test_batch.c: several records become visible together, or none of them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

enum { MIB = 1024 * 1024 };

static void
expect_sound(struct quick_vault *q)
{
    struct quick_verdict said;

    quick_verify(q->path, q->key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
}

static unsigned
seen_by_others(const struct quick_vault *q)
{
    struct vault_options opt = {.no_state = true};
    struct vault *v = quick_open(q, q->path, &opt);
    unsigned n = quick_listed(v);

    vault_close(v);
    return n;
}

static void
a_batch_is_seen_only_at_its_end(void **state)
{
    struct quick_vault q;
    struct vault_sealed out[20];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (int i = 0; i < 20; i++)
        quick_add(q.v, "of a batch", "abc", 3, &out[i]);
    assert_int_equal(seen_by_others(&q), 0);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    assert_int_equal(seen_by_others(&q), 20);
    assert_int_equal(quick_listed(q.v), 20);
    for (int i = 1; i < 20; i++)
        assert_memory_not_equal(out[i].id, out[0].id, VAULT_ID);
    expect_sound(&q);
    quick_end(&q);
}

static void
an_empty_batch_adds_nothing(void **state)
{
    struct quick_vault q;
    struct vault_info info;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    assert_int_equal(info.leaves, 4);
    quick_end(&q);
}

static void
aborting_a_batch_leaves_nothing_and_the_handle_goes_on(void **state)
{
    struct quick_vault q;
    struct vault_info info;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "before", NULL, 0, NULL);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    quick_add(q.v, "one", NULL, 0, NULL);
    quick_add(q.v, "two", NULL, 0, NULL);
    vault_batch_abort(q.v);
    assert_int_equal(quick_listed(q.v), 1);
    quick_add(q.v, "after", NULL, 0, NULL);
    assert_int_equal(quick_listed(q.v), 2);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    assert_int_equal(info.logs, 1);
    assert_false(info.older);
    expect_sound(&q);
    quick_end(&q);
}

static void
aborting_the_first_batch_without_a_state_file_is_forgotten_too(void **state)
{
    struct vault_options opt = {.no_state = true};
    struct quick_vault q;
    struct vault_info info;
    struct vault *v;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    v = quick_open(&q, q.path, &opt);
    assert_int_equal(vault_batch_begin(v, NULL), VAULT_OK);
    quick_add(v, "one", NULL, 0, NULL);
    vault_batch_abort(v);
    assert_int_equal(quick_listed(v), 0);
    assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
    assert_int_equal(info.logs, 1);
    assert_false(info.older);
    quick_add(v, "two", NULL, 0, NULL);
    assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
    assert_int_equal(info.logs, 2);
    /* the log it began is the one it goes on with after a failure */
    assert_int_equal(vault_batch_begin(v, NULL), VAULT_OK);
    quick_add(v, "three", NULL, 0, NULL);
    vault_batch_abort(v);
    quick_add(v, "four", NULL, 0, NULL);
    assert_int_equal(quick_listed(v), 2);
    assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
    assert_int_equal(info.logs, 2);
    assert_false(info.older);
    vault_close(v);
    expect_sound(&q);
    quick_end(&q);
}

static void
one_failing_record_takes_the_batch_with_it(void **state)
{
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_sealed out;
    struct vault_error err = {0};

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    quick_add(q.v, "one", NULL, 0, NULL);
    quick_close(&q); /* within the batch: nothing of it was stored */
    assert_int_equal(seen_by_others(&q), 0);
    quick_again(&q);
    quick_add(q.v, "whole", NULL, 0, NULL);
    quick_close(&q);
    /* the row number after the next is taken */
    quick_sql(q.path,
        "INSERT INTO wrap VALUES((SELECT max(rid) + 2 FROM "
        "record), zeroblob(96))");
    quick_again(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    quick_add(q.v, "first of batch", NULL, 0, NULL);
    assert_int_equal(vault_seal_begin(q.v, "note", &s, NULL), VAULT_OK);
    assert_int_not_equal(vault_seal_commit(s, &out, &err), VAULT_OK);
    /* the third is told at once that its group is lost */
    assert_int_equal(vault_seal_begin(q.v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, &err), VAULT_E_IO);
    assert_int_equal(vault_batch_end(q.v, &err), VAULT_E_IO);
    assert_non_null(err.hint);
    assert_int_equal(quick_listed(q.v), 1);
    quick_close(&q);
    quick_sql(q.path,
        "DELETE FROM wrap WHERE rid NOT IN (SELECT rid FROM "
        "record)");
    quick_again(&q);
    quick_add(q.v, "later", NULL, 0, NULL);
    assert_int_equal(quick_listed(q.v), 2);
    expect_sound(&q);
    quick_end(&q);
}

static void
a_large_body_ends_the_running_batch_first(void **state)
{
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_sealed out;
    size_t n = 20 * MIB, len;
    uint8_t *p = malloc(n), *got;

    (void)state;
    quick_make(&q);
    quick_noise(p, n, 11);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    quick_add(q.v, "small one", "a", 1, NULL);
    quick_add(q.v, "small two", "b", 1, NULL);
    assert_int_equal(vault_seal_begin(q.v, "file", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_write(s, p, n, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    quick_add(q.v, "small three", "c", 1, NULL);
    assert_int_equal(seen_by_others(&q), 2);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    assert_int_equal(seen_by_others(&q), 4);
    got = quick_body(q.v, out.id, &len);
    assert_int_equal(len, n);
    assert_memory_equal(got, p, n);
    expect_sound(&q);
    free(got);
    free(p);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_seen_only_at_its_end),
        cmocka_unit_test(an_empty_batch_adds_nothing),
        cmocka_unit_test(
            aborting_a_batch_leaves_nothing_and_the_handle_goes_on),
        cmocka_unit_test(
            aborting_the_first_batch_without_a_state_file_is_forgotten_too),
        cmocka_unit_test(one_failing_record_takes_the_batch_with_it),
        cmocka_unit_test(a_large_body_ends_the_running_batch_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
