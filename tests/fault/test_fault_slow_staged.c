/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_slow_staged.c: power cuts and failures while 12 MiB are added */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include "fault_loop.h"

/* With address checks every other step: it takes long enough. */
#ifdef __SANITIZE_ADDRESS__
enum { STRIDE = 2 };
#else
enum { STRIDE = 1 };
#endif
enum { SEEDS = 8 };

static struct fault_world world;

static int
set_up(void **state)
{
    (void)state;
    fault_world_init(&world);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_world_clear(&world);
    return 0;
}

static void
report(const char *what, const struct fault_count *c)
{
    printf("%s: %" PRIu64 " operations, %" PRIu64 " disks, %" PRIu64
           " violations\n",
        what, c->steps, c->tried, c->failed);
    fflush(stdout);
    assert_int_equal(c->failed, 0);
}

static void
a_power_cut_at_every_operation_of_a_staged_record(void **state)
{
    struct fault_count count = {0, 0, 0};

    (void)state;
    fault_loop_cut(&world, FAULT_ADD_STAGED,
        (struct fault_effort){SEEDS, STRIDE, false}, &count);
    report("power cut", &count);
}

static void
operations_of_a_staged_record_fail_in_every_way(void **state)
{
    int kind;

    (void)state;
    for (kind = FAULT_ERROR_ONCE; kind <= FAULT_READ_FROM; kind++) {
        struct fault_count count = {0, 0, 0};
        char name[40];

        fault_loop_fail(&world, FAULT_ADD_STAGED, (enum fault_kind)kind,
            (struct fault_effort){1, 5 * STRIDE, false}, &count);
        snprintf(name, sizeof name, "fault kind %d", kind);
        report(name, &count);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_at_every_operation_of_a_staged_record),
        cmocka_unit_test(operations_of_a_staged_record_fail_in_every_way),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
