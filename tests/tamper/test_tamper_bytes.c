/* SPDX-License-Identifier: Apache-2.0 */
/* test_tamper_bytes: every 301st byte of a small vault, and every second
 * of its structure, changed */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "byte_walk.h"
#include "effort.h"

static void
changed_bytes_are_reported_or_change_nothing(void **state)
{
    struct byte_walk w;
    size_t at;

    (void)state;
    byte_walk_begin(&w);
    /* every byte: test_tamper_bytes_slow */
    for (at = 0; at < w.n; at += effort_step(11 * 43, 61 * 25))
        change_byte(&w, at, (uint8_t)(at % 2 == 0 ? 0xffu : 1u << at % 8));
    byte_walk_tell(&w);
    assert_true(w.count[PART_CONTENT][SEEN_KEYLESS] > 0);
    assert_true(w.count[PART_CONTENT][SEEN_WITH_KEY] > 0);
    assert_true(w.count[PART_UNUSED][SEEN_KEYLESS] == 0);
    assert_true(w.slowest < 10);
    byte_walk_end(&w);
}

static void
changed_structure_is_reported_or_changes_nothing(void **state)
{
    struct byte_walk w;
    size_t at, seen = 0, step = effort_step(3, 9);
    int i;

    (void)state;
    byte_walk_begin(&w);
    for (at = 0; at < w.n; at++) {
        /* in the header each byte is a number of its own */
        if (!is_structure(&w, at) ||
            (w.part[at] != PART_HEADER && seen++ % step != 0))
            continue;
        change_byte(&w, at, (uint8_t)(1u << at % 8));
        change_byte(&w, at, 0xff);
    }
    byte_walk_tell(&w);
    for (i = 0; i <= PART_OVERFLOW; i++)
        assert_true(w.count[i][SEEN_KEYLESS] > 0);
    assert_true(w.slowest < 10);
    byte_walk_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_structure_is_reported_or_changes_nothing),
        cmocka_unit_test(changed_bytes_are_reported_or_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
