/* SPDX-License-Identifier: Apache-2.0 */
/* test_tamper_bytes: every 183rd byte and every byte of structure, changed */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "byte_walk.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOWER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SLOWER 1
#endif
#if defined(SLOWER)
enum { STRIDE = 61 * 15 }; /* some ten times slower there */
#else
enum { STRIDE = 61 * 3 };
#endif

static void
changed_bytes_are_reported_or_change_nothing(void **state)
{
    struct byte_walk w;
    size_t at;

    (void)state;
    byte_walk_begin(&w);
    for (at = 0; at < w.n; at += STRIDE)
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
    size_t at;
    int i;

    (void)state;
    byte_walk_begin(&w);
    for (at = 0; at < w.n; at++) {
        if (!is_structure(&w, at))
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
