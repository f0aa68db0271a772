/* SPDX-License-Identifier: Apache-2.0 */
/* test_fail.c: statuses, error texts and their translation */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "text.h"

static void
every_status_has_its_own_name(void **state)
{
    int a, b;

    (void)state;
    for (a = 0; a < VAULT_STATUS_COUNT; a++) {
        assert_non_null(vault_status_name((enum vault_status)a));
        for (b = 0; b < a; b++)
            assert_string_not_equal(vault_status_name((enum vault_status)a),
                vault_status_name((enum vault_status)b));
    }
    assert_string_equal(vault_status_name(VAULT_STATUS_COUNT), "unknown");
}

/* The list in the documentation of the command line. */
static void
exit_statuses_are_those_of_the_documentation(void **state)
{
    static const struct {
        enum vault_status st;
        int exit;
    } rows[] = {
        {VAULT_OK, 0},
        {VAULT_E_IO, 1},
        {VAULT_E_MEMORY, 1},
        {VAULT_E_INTERNAL, 1},
        {VAULT_E_NEWER, 1},
        {VAULT_E_FORMAT, 1},
        {VAULT_E_USAGE, 2},
        {VAULT_E_LIMIT, 2},
        {VAULT_E_EXISTS, 2},
        {VAULT_E_AMBIGUOUS, 2},
        {VAULT_E_TAMPERED, 3},
        {VAULT_E_LOCKED, 4},
        {VAULT_E_SECRET, 4},
        {VAULT_E_SLOT, 4},
        {VAULT_E_NO_KEY, 4},
        {VAULT_E_BUSY, 5},
        {VAULT_E_POLICY, 6},
        {VAULT_E_NOT_FOUND, 7},
        {VAULT_E_CANCELLED, 130},
    };
    size_t i;

    (void)state;
    assert_int_equal(VLT_COUNT(rows), VAULT_STATUS_COUNT);
    for (i = 0; i < VLT_COUNT(rows); i++)
        assert_int_equal(vault_status_exit(rows[i].st), rows[i].exit);
    assert_int_equal(vault_status_exit(VAULT_STATUS_COUNT), 1);
}

static void
a_failure_keeps_text_and_arguments_apart(void **state)
{
    static const char key[] = "%s stands at %" PRIu64 " of %zu, 100 %%";
    struct vault_error err;

    (void)state;
    assert_int_equal(vlt_fail(&err, VAULT_E_TAMPERED, key, "куәлік", UINT64_MAX,
                         (size_t)7),
        VAULT_E_TAMPERED);
    assert_int_equal(err.code, VAULT_E_TAMPERED);
    assert_ptr_equal(err.key, key);
    assert_null(err.hint);
    assert_int_equal(err.args, 3);
    assert_string_equal(err.arg[0], "куәлік");
    assert_string_equal(err.arg[1], "18446744073709551615");
    assert_string_equal(err.arg[2], "7");
    assert_string_equal(err.message,
        "куәлік stands at 18446744073709551615 of 7, 100 %");
}

/* Every conversion that fail.h lists, beside what the C library makes of it.
 */
static void
conversions_print_as_printf_prints_them(void **state)
{
    struct vault_error err;
    char want[256];

    (void)state;
#define SAME(...)                                       \
    do {                                                \
        (void)snprintf(want, sizeof want, __VA_ARGS__); \
        (void)vlt_fail(&err, VAULT_E_IO, __VA_ARGS__);  \
        assert_string_equal(err.message, want);         \
    } while (0)
    SAME("%d|%i|%u", -1, INT32_MIN, UINT32_MAX);
    SAME("%x|%X|%#x", 0xbeefu, 0xbeefu, 0x10u);
    SAME("%c|%5c|%-3c|", 'a', 'b', 'c');
    SAME("%5d|%-5d|%05d|%+d", 42, 42, -42, 42);
    SAME("%.3d|%08x|% d", 7, 0xabcu, 5);
    SAME("%ld|%lu", -123456L, 123456UL);
    SAME("%lld|%llu", (long long)INT64_MIN, (unsigned long long)UINT64_MAX);
    SAME("%" PRIu64 "|%" PRId64 "|%" PRIu32, UINT64_MAX, INT64_MIN, UINT32_MAX);
    SAME("%zu|%zx", SIZE_MAX, (size_t)255);
    SAME("%s|%10s|%-10s|", "a", "b", "c");
    SAME("%.2s|%.*s|%*d", "abcd", 3, "abcdef", 6, 1);
    SAME("%.0s|%d|%%", "abcd", 0);
#undef SAME
}

static void
a_translation_may_change_the_order(void **state)
{
    static const struct {
        const char *format;
        const char *want;
    } rows[] = {
        {"%s: %d", "a: 5"},
        {"%2$d -> %1$s", "5 -> a"},
        {"%2$d %2$d %1$s", "5 5 a"},
        {"no argument", "no argument"},
        {"100 %% %s", "100 % a"},
        {"%s %d %s %s|", "a 5  |"},
        {"%9$s|", "|"},
        {"%0$s|", "a|"},
        {"%s%", "a"},
        {"%1$", ""},
        {"", ""},
    };
    struct vault_error err;
    char out[64];
    size_t i;

    (void)state;
    (void)vlt_fail(&err, VAULT_E_IO, "%s is %d", "a", 5);
    for (i = 0; i < VLT_COUNT(rows); i++) {
        vault_error_render(&err, rows[i].format, out, sizeof out);
        assert_string_equal(out, rows[i].want);
    }
}

static void
arguments_are_text_and_never_formats(void **state)
{
    struct vault_error err;

    (void)state;
    (void)vlt_fail(&err, VAULT_E_IO, "cannot open %s", "%s%n%1$s");
    assert_string_equal(err.message, "cannot open %s%n%1$s");
}

static void
a_null_string_does_not_crash(void **state)
{
    const char *volatile nothing = NULL;
    struct vault_error err;

    (void)state;
    (void)vlt_fail(&err, VAULT_E_IO, "cannot open %s", nothing);
    assert_string_equal(err.message, "cannot open -");
}

static void
overlong_text_is_cut_between_code_points(void **state)
{
    struct vault_error err;
    char big[1024];
    char small[8];
    size_t i;

    (void)state;
    for (i = 0; i + 3 <= sizeof big - 1; i += 3)
        memcpy(big + i, "证", 3);
    big[i] = 0;
    (void)vlt_fail(&err, VAULT_E_IO, "%s", big);
    assert_int_equal(strlen(err.arg[0]), (VAULT_ERROR_ARG_SIZE - 1) / 3 * 3);
    assert_true(
        vlt_utf8_valid((const uint8_t *)err.arg[0], strlen(err.arg[0])));

    (void)vlt_fail(&err, VAULT_E_IO, "%s%s%s%s", big, big, big, big);
    assert_int_equal(strlen(err.message), (sizeof err.message - 1) / 3 * 3);

    vault_error_render(&err, "证证证", small, sizeof small);
    assert_string_equal(small, "证证");
    memset(small, 'x', sizeof small);
    vault_error_render(&err, "abc", small, 1);
    assert_string_equal(small, "");
    vault_error_render(&err, "abc", small, 0);
    assert_int_equal(small[1], 'x');
}

static void
hints_come_along_and_no_error_is_fine(void **state)
{
    struct vault_error err;

    (void)state;
    assert_int_equal(vlt_fail_hint(&err, VAULT_E_BUSY, "wait", "busy for %d s",
                         5),
        VAULT_E_BUSY);
    assert_string_equal(err.hint, "wait");
    assert_string_equal(err.message, "busy for 5 s");
    assert_int_equal(vlt_fail(NULL, VAULT_E_BUSY, "x"), VAULT_E_BUSY);
    assert_int_equal(vlt_fail_hint(NULL, VAULT_E_IO, "h", "x"), VAULT_E_IO);
    assert_int_equal(vlt_fail_memory(&err), VAULT_E_MEMORY);
    assert_null(err.hint);
    vlt_error_clear(&err);
    assert_int_equal(err.code, VAULT_OK);
    assert_string_equal(err.message, "");
    vlt_error_clear(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_name),
        cmocka_unit_test(exit_statuses_are_those_of_the_documentation),
        cmocka_unit_test(a_failure_keeps_text_and_arguments_apart),
        cmocka_unit_test(conversions_print_as_printf_prints_them),
        cmocka_unit_test(a_translation_may_change_the_order),
        cmocka_unit_test(arguments_are_text_and_never_formats),
        cmocka_unit_test(a_null_string_does_not_crash),
        cmocka_unit_test(overlong_text_is_cut_between_code_points),
        cmocka_unit_test(hints_come_along_and_no_error_is_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
