/* SPDX-License-Identifier: Apache-2.0 */
/* test_no_state.c: a machine that keeps no state begins a log each time */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "quick_vault.h"

/* As many as a year of travelling: test_no_state_slow.sh asks for 1,000. */
static unsigned
sessions(void)
{
    const char *n = getenv("SANDUQ_SESSIONS");

    return n != NULL ? (unsigned)atoi(n) : 40;
}

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
session(const struct quick_vault *q, const struct vault_options *opt)
{
    double begin = now();
    struct vault_sealed out;
    struct vault *v = quick_open(q, q->path, opt);

    quick_add(v, "on the way", "text", 4, &out);
    quick_add(v, "and another", "text", 4, &out);
    vault_close(v);
    return now() - begin;
}

static void
each_session_is_a_log_and_all_of_them_hold(void **state)
{
    struct vault_options none = {.no_state = true};
    struct quick_vault q;
    struct quick_verdict said;
    struct vault_info info;
    double first = 0, last = 0, begin, verified, unlocked;
    unsigned n = sessions();
    unsigned i;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    for (i = 0; i < n; i++) {
        double took = session(&q, &none);

        if (i < 10)
            first += took / 10;
        if (i + 10 >= n)
            last += took / 10;
    }
    begin = now();
    quick_verify(q.path, q.key, &said);
    verified = now() - begin;
    if (said.st != VAULT_OK)
        fail_msg("%s\n%s", said.err.message, said.lines);
    begin = now();
    quick_again(&q); /* the machine that has a state file goes on */
    unlocked = now() - begin;
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    assert_int_equal(info.logs, n + 1);
    assert_int_equal(quick_listed(q.v), 2 * n);
    /* genesis and two records each: no session joins all before it */
    assert_true(info.leaves < 4 * n + 10);
    /* no state folder but the one of the making */
    assert_int_equal(temp_dir_count(&q.dir), 3);
    begin = now();
    (void)session(&q, &q.opt);
    printf("%u sessions: seconds of CPU each: first %.3f, last %.3f; unlock "
           "%.3f, next action there %.3f, verify with the key %.3f\n",
        n, first, last, unlocked, now() - begin, verified);
    /* what grows with the logs may grow with their number, not its square */
    assert_true(last < 0.25 + 0.002 * n);
    quick_verify(q.path, q.key, &said);
    assert_int_equal(said.st, VAULT_OK);
    quick_end(&q);
}

static long long
joins(const struct quick_vault *q, int log)
{
    char sql[100];

    snprintf(sql, sizeof sql,
        "SELECT count(*) FROM leaf WHERE kind = 'join' AND log = %d", log);
    return quick_count(q->path, sql);
}

static void
a_log_is_named_by_one_that_comes_after_it(void **state)
{
    struct vault_options none = {.no_state = true};
    struct quick_vault q;
    struct vault_sealed out;
    struct vault *a, *b;
    struct quick_verdict said;

    (void)state;
    quick_make(&q);
    a = quick_open(&q, q.path, &none);
    b = quick_open(&q, q.path, &none);
    for (int i = 0; i < 3;
         i++) { /* two at once, each goes on after the other */
        quick_add(a, "a", "text", 4, &out);
        quick_add(b, "b", "text", 4, &out);
    }
    vault_close(a);
    vault_close(b);
    quick_add(q.v, "home", "text", 4, &out);
    quick_add(q.v, "home", "text", 4, &out);
    /* each went on after the other and joined it; home joined only b, whose
     * newest state names that of a, and once */
    assert_int_equal(joins(&q, 1), 1);
    assert_int_equal(joins(&q, 2), 2);
    assert_int_equal(joins(&q, 3), 2);
    quick_verify(q.path, q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s\n%s", said.err.message, said.lines);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_session_is_a_log_and_all_of_them_hold),
        cmocka_unit_test(a_log_is_named_by_one_that_comes_after_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
