/* SPDX-License-Identifier: Apache-2.0 */
/* test_tamper_bytes_slow: every byte of a small vault, changed */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "byte_walk.h"

/* Takes about an hour. */
static void
every_changed_byte_is_reported_or_changes_nothing(void **state)
{
    struct byte_walk w;
    size_t at;

    (void)state;
    byte_walk_begin(&w);
    for (at = 0; at < w.n; at++) {
        change_byte(&w, at, (uint8_t)(1u << at % 8));
        if (w.part[at] != PART_UNUSED)
            change_byte(&w, at, 0xff);
    }
    byte_walk_tell(&w);
    byte_walk_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_changed_byte_is_reported_or_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
