/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_rekey.c: power goes while keys are exchanged */
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

static void
cut(enum fault_action a, unsigned seeds, unsigned stride)
{
    struct fault_count count = {0, 0, 0};

    fault_loop_cut(&world, a,
        (struct fault_effort){seeds, (unsigned)effort_step(stride, 13 * stride),
            false},
        &count);
    printf("%s: %" PRIu64 " operations, %" PRIu64 " disks, %" PRIu64
           " violations\n",
        fault_action_name(a), count.steps, count.tried, count.failed);
    assert_int_equal(count.failed, 0);
    assert_true(count.steps > 10);
}

static void
a_power_cut_leaves_the_keys_of_before_or_the_new_ones(void **state)
{
    (void)state;
    cut(FAULT_REKEY, 1, 7);
}

static void
a_power_cut_leaves_no_new_file_or_a_whole_one(void **state)
{
    (void)state;
    cut(FAULT_REKEY_NEW, 1, 17);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_leaves_the_keys_of_before_or_the_new_ones),
        cmocka_unit_test(a_power_cut_leaves_no_new_file_or_a_whole_one),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
