/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_fail.c: every operation of every action fails once, or for good */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include "effort.h"
#include "fault_loop.h"

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

/* Every action; the staged one is long, so it takes larger steps. */
static void
break_all(enum fault_kind kind, unsigned stride)
{
    struct fault_count count = {0, 0, 0};
    int a;

    for (a = 0; a < FAULT_ACTIONS; a++) {
        size_t usual = a == FAULT_ADD_STAGED ? 97 * stride
            : a >= FAULT_REKEY               ? 13 * stride
                                             : stride;

        fault_loop_fail(&world, (enum fault_action)a, kind,
            (struct fault_effort){1,
                (unsigned)effort_step(2 * usual, 11 * usual), false},
            &count);
    }
    printf("%" PRIu64 " operations, %" PRIu64 " disks, %" PRIu64
           " violations\n",
        count.steps, count.tried, count.failed);
    assert_int_equal(count.failed, 0);
    assert_true(count.steps > 100);
}

static void
an_operation_that_fails_once_leaves_before_or_after(void **state)
{
    (void)state;
    break_all(FAULT_ERROR_ONCE, 5);
}

static void
a_disk_that_breaks_leaves_before_or_after(void **state)
{
    (void)state;
    break_all(FAULT_ERROR_FROM, 11);
}

static void
a_disk_that_is_full_leaves_before_or_after(void **state)
{
    (void)state;
    break_all(FAULT_FULL_ONCE, 17);
    break_all(FAULT_FULL_FROM, 17);
}

static void
a_read_that_fails_leaves_before_or_after(void **state)
{
    (void)state;
    break_all(FAULT_READ_ONCE, 17);
    break_all(FAULT_READ_FROM, 17);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_that_fails_once_leaves_before_or_after),
        cmocka_unit_test(a_disk_that_breaks_leaves_before_or_after),
        cmocka_unit_test(a_disk_that_is_full_leaves_before_or_after),
        cmocka_unit_test(a_read_that_fails_leaves_before_or_after),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
