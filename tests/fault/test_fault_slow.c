/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_slow.c: every operation, every kind of fault, many disks of each
 * (test_fault_slow_staged.c has the action that takes longest) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include "fault_loop.h"

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
power_cuts_at_every_operation(void **state)
{
    int a;

    (void)state;
    for (a = 0; a < FAULT_ACTIONS; a++) {
        struct fault_count count = {0, 0, 0};

        if (a == FAULT_ADD_STAGED)
            continue;
        fault_loop_cut(&world, (enum fault_action)a,
            (struct fault_effort){SEEDS, 1, false}, &count);
        report(fault_action_name((enum fault_action)a), &count);
    }
}

static void
every_operation_fails_in_every_way(void **state)
{
    int kind;
    int a;

    (void)state;
    for (kind = FAULT_ERROR_ONCE; kind <= FAULT_READ_FROM; kind++) {
        struct fault_count count = {0, 0, 0};
        char name[40];

        for (a = 0; a < FAULT_ACTIONS; a++) {
            if (a != FAULT_ADD_STAGED)
                fault_loop_fail(&world, (enum fault_action)a,
                    (enum fault_kind)kind, (struct fault_effort){2, 1, false},
                    &count);
        }
        snprintf(name, sizeof name, "fault kind %d", kind);
        report(name, &count);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_cuts_at_every_operation),
        cmocka_unit_test(every_operation_fails_in_every_way),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
