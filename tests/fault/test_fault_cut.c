/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_cut.c: power goes at every second operation of every action; at
 * each of them in test_fault_slow.c */
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
        (struct fault_effort){seeds,
            (unsigned)effort_step(3 * stride, 19 * stride), false},
        &count);
    printf("%s: %" PRIu64 " operations, %" PRIu64 " disks, %" PRIu64
           " violations\n",
        fault_action_name(a), count.steps, count.tried, count.failed);
    assert_int_equal(count.failed, 0);
    assert_true(count.steps > 10);
}

static void
a_power_cut_leaves_no_vault_or_a_whole_one(void **state)
{
    (void)state;
    cut(FAULT_INIT, 1, 1);
}

static void
a_power_cut_leaves_a_small_record_whole_or_away(void **state)
{
    (void)state;
    cut(FAULT_ADD_SMALL, 2, 1);
}

static void
a_power_cut_leaves_a_record_in_segments_whole_or_away(void **state)
{
    (void)state;
    cut(FAULT_ADD_MIDDLE, 1, 2);
}

static void
a_power_cut_leaves_a_staged_record_whole_or_away(void **state)
{
    (void)state;
    cut(FAULT_ADD_STAGED, 1, 149);
}

static void
a_power_cut_leaves_all_of_a_batch_or_none(void **state)
{
    (void)state;
    cut(FAULT_BATCH, 1, 1);
}

static void
a_power_cut_leaves_the_old_keys_or_the_new(void **state)
{
    (void)state;
    cut(FAULT_SLOT_ADD, 1, 1);
    cut(FAULT_SLOT_CHANGE, 1, 1);
    cut(FAULT_SLOT_REMOVE, 1, 1);
}

static void
a_power_cut_leaves_the_old_version_or_the_new(void **state)
{
    (void)state;
    cut(FAULT_AMEND, 1, 1);
}

static void
a_power_cut_leaves_a_record_or_its_tombstone(void **state)
{
    (void)state;
    cut(FAULT_WITHDRAW, 1, 2);
}

static void
a_power_cut_leaves_all_that_was_received_or_nothing(void **state)
{
    (void)state;
    cut(FAULT_RECEIVE, 1, 2);
}

static void
a_power_cut_leaves_the_old_card_or_the_new(void **state)
{
    (void)state;
    cut(FAULT_RENEW, 1, 1);
}

static void
a_power_cut_leaves_a_record_for_others_with_its_epoch_or_neither(void **state)
{
    (void)state;
    cut(FAULT_AWAY, 1, 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_leaves_no_vault_or_a_whole_one),
        cmocka_unit_test(a_power_cut_leaves_a_small_record_whole_or_away),
        cmocka_unit_test(a_power_cut_leaves_a_record_in_segments_whole_or_away),
        cmocka_unit_test(a_power_cut_leaves_a_staged_record_whole_or_away),
        cmocka_unit_test(a_power_cut_leaves_all_of_a_batch_or_none),
        cmocka_unit_test(a_power_cut_leaves_the_old_keys_or_the_new),
        cmocka_unit_test(a_power_cut_leaves_the_old_version_or_the_new),
        cmocka_unit_test(a_power_cut_leaves_a_record_or_its_tombstone),
        cmocka_unit_test(a_power_cut_leaves_all_that_was_received_or_nothing),
        cmocka_unit_test(a_power_cut_leaves_the_old_card_or_the_new),
        cmocka_unit_test(
            a_power_cut_leaves_a_record_for_others_with_its_epoch_or_neither),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
