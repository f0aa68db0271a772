/* SPDX-License-Identifier: Apache-2.0 */
/* test_pool.c: every job is done once, whoever does it */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "os_thread.h"
#include "pool.h"

enum { JOBS = 1000 };

struct work {
    struct vlt_job job;
    atomic_int *running;
    int times;
    unsigned long sum;
};

static void
do_work(void *ctx)
{
    struct work *w = ctx;
    unsigned long i;

    atomic_fetch_add(w->running, 1);
    for (i = 0; i < 1000; i++)
        w->sum += i;
    w->times++;
    atomic_fetch_sub(w->running, 1);
}

static void
run_with(unsigned threads)
{
    struct work *w = calloc(JOBS, sizeof *w);
    struct vlt_pool *p = NULL;
    struct vault_error err;
    atomic_int running = 0;
    size_t i;

    assert_non_null(w);
    assert_int_equal(vlt_pool_new(threads, &p, &err), VAULT_OK);
    assert_true(vlt_pool_threads(p) >= 1);
    if (threads > 0)
        assert_true(vlt_pool_threads(p) <= threads);
    for (i = 0; i < JOBS; i++) {
        w[i].running = &running;
        vlt_pool_add(p, &w[i].job, do_work, &w[i]);
        if (i % 7 == 0)
            (void)vlt_pool_look(p, &w[i / 2].job, 1);
    }
    for (i = 0; i < JOBS / 2; i++) {
        vlt_pool_wait(p, &w[i].job);
        assert_int_equal(w[i].times, 1);
    }
    vlt_pool_free(p); /* does or awaits the rest */
    assert_int_equal(atomic_load(&running), 0);
    for (i = 0; i < JOBS; i++) {
        assert_int_equal(w[i].times, 1);
        assert_int_equal(w[i].sum, 499500);
    }
    free(w);
}

static void
every_job_is_done_once(void **state)
{
    static const unsigned threads[] = {1, 2, 3, 8, 0, 1000};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof threads / sizeof threads[0]; i++)
        run_with(threads[i]);
}

static void
a_pool_without_work_ends(void **state)
{
    struct vlt_pool *p = NULL;
    struct vault_error err;
    int i;

    (void)state;
    assert_true(vlt_os_processors() >= 1);
    for (i = 0; i < 50; i++) {
        assert_int_equal(vlt_pool_new(4, &p, &err), VAULT_OK);
        vlt_pool_free(p);
    }
    vlt_pool_free(NULL);
}

static void
nap(void *ctx)
{
    struct vlt_monitor *m = NULL;

    (void)ctx;
    assert_int_equal(vlt_os_monitor_new(&m, NULL), VAULT_OK);
    vlt_os_monitor_enter(m);
    vlt_os_monitor_wait(m, 200); /* nobody wakes it */
    vlt_os_monitor_leave(m);
    vlt_os_monitor_free(m);
}

static void
looking_does_not_wait_longer_than_asked(void **state)
{
    struct vlt_pool *p = NULL;
    struct vault_error err;
    struct vlt_job job;

    (void)state;
    assert_int_equal(vlt_pool_new(2, &p, &err), VAULT_OK);
    if (vlt_pool_threads(p) == 2) {
        vlt_pool_add(p, &job, nap, NULL);
        assert_false(vlt_pool_look(p, &job, 1));
        vlt_pool_wait(p, &job);
        assert_true(vlt_pool_look(p, &job, 1));
    }
    vlt_pool_free(p);
}

/* One that runs is not, and those around it in the queue stay. */
static void
a_job_that_nobody_began_is_taken_back(void **state)
{
    static const size_t order[] = {2, 0, 4}; /* middle, first, last */
    struct vlt_pool *p = NULL;
    struct vault_error err;
    struct work w[6];
    atomic_int running = 0;
    size_t i;

    (void)state;
    memset(w, 0, sizeof w);
    assert_int_equal(vlt_pool_new(1, &p, &err), VAULT_OK); /* no worker */
    for (i = 0; i < 6; i++)
        w[i].running = &running;
    for (i = 0; i < 5; i++)
        vlt_pool_add(p, &w[i].job, do_work, &w[i]);
    for (i = 0; i < 3; i++) {
        assert_true(vlt_pool_drop(p, &w[order[i]].job));
        assert_false(vlt_pool_drop(p, &w[order[i]].job));
    }
    vlt_pool_add(p, &w[5].job, do_work, &w[5]);
    vlt_pool_wait(p, &w[5].job);
    assert_false(vlt_pool_drop(p, &w[5].job));
    for (i = 0; i < 6; i++)
        assert_int_equal(w[i].times, i % 2);
    vlt_pool_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_is_done_once),
        cmocka_unit_test(a_pool_without_work_ends),
        cmocka_unit_test(looking_does_not_wait_longer_than_asked),
        cmocka_unit_test(a_job_that_nobody_began_is_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
