/* SPDX-License-Identifier: Apache-2.0 */
/* test_verifystate.c: a saved state is exact, and damage to it is told */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hash.h"
#include "text.h"
#include "verifystate.h"

#define H "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define FIRST                                                           \
    "sanduq.v1/verify-state\n00112233445566778899aabbccddeeff vault\n"  \
    "time 1795916611 1795000000\nrecords 5 1 0 2\nrows 5 5 9 1 1 0 3\n" \
    "card " H "\n"
#define LOG \
    "log 2 0123456789abcdef 6 " H "\nsets " H " -\nedge " H "\nedge " H "\n"

/* The text with its hash behind it. */
static char *
summed(const char *body)
{
    char *out = calloc(1, strlen(body) + 100), b64[VLT_B64_32 + 1];
    uint8_t sum[32];

    assert_non_null(out);
    vlt_sha256(sum, body, strlen(body));
    vlt_b64(b64, sum, 32);
    (void)snprintf(out, strlen(body) + 100, "%ssum %s\n", body, b64);
    return out;
}

static enum vault_status
decode(const char *body, struct vlt_verifystate *s)
{
    char *text = summed(body);
    enum vault_status st = vlt_verifystate_decode(s, text, strlen(text), NULL);

    free(text);
    return st;
}

static void
an_example_says_what_it_says(void **state)
{
    struct vlt_verifystate s;
    struct vlt_buf again;
    char *text = summed(FIRST "revoke " H "\n" LOG);

    (void)state;
    assert_int_equal(vlt_verifystate_decode(&s, text, strlen(text), NULL), 0);
    assert_int_equal(s.vault[1], 0x11);
    assert_int_equal(s.kind, VLT_CHECKED_VAULT);
    assert_int_equal(s.time, 1795916611);
    assert_int_equal(s.whole, 1795000000);
    assert_int_equal(s.records, 5);
    assert_int_equal(s.foreign, 2);
    assert_int_equal(s.row[VLT_CHECKED_SEGMENT], 9);
    assert_int_equal(s.row[VLT_CHECKED_NOTE], 3);
    assert_int_equal(s.cards, 1);
    assert_int_equal(s.revoked, 1);
    assert_int_equal(s.logs, 1);
    assert_int_equal(s.log->n, 2);
    assert_int_equal(s.log->size, 6);
    assert_int_equal(s.log->edges, 2);
    assert_true(s.log->has_slots);
    assert_false(s.log->has_settings);
    vlt_buf_init(&again, 4096);
    assert_int_equal(vlt_verifystate_encode(&again, &s, NULL), 0);
    assert_string_equal(vlt_buf_cstr(&again), text);
    vlt_buf_clear(&again);
    vlt_verifystate_clear(&s);
    free(text);
}

static void
nothing_but_the_exact_form_is_taken(void **state)
{
    static const struct {
        const char *name, *body;
    } bad[] = {
        {"another kind of file",
            "sanduq.v1/verify-state\n"
            "00112233445566778899aabbccddeeff kit\n"},
        {"no rows",
            "sanduq.v1/verify-state\n"
            "00112233445566778899aabbccddeeff vault\n"
            "time 1 1\nrecords 0 0 0 0\n" LOG},
        {"an edge too few",
            FIRST "log 2 0123456789abcdef 6 " H "\nsets - -\nedge " H "\n"},
        {"an edge too many", FIRST LOG "edge " H "\n"},
        {"a log of no lines",
            FIRST "log 2 0123456789abcdef 0 " H "\nsets - -\n"},
        {"a log without number",
            FIRST "log 0123456789abcdef 1 " H "\nsets - -\nedge " H "\n"},
        {"a size above all",
            FIRST "log 2 0123456789abcdef 9223372036854775808 " H
                  "\nsets - -\nedge " H "\n"},
        {"logs that do not ascend", FIRST LOG LOG},
        {"a card behind a log", FIRST LOG "card " H "\n"},
        {"a number with a zero in front",
            "sanduq.v1/verify-state\n00112233445566778899aabbccddeeff vault\n"
            "time 01 1\nrecords 0 0 0 0\nrows 0 0 0 0 0 0 0\n"},
        {"a row number above all",
            "sanduq.v1/verify-state\n00112233445566778899aabbccddeeff vault\n"
            "time 1 1\nrecords 0 0 0 0\nrows 9223372036854775808 0 0 0 0 0 "
            "0\n"},
        {"a line more", FIRST LOG "\n"},
    };
    struct vlt_verifystate s;

    (void)state;
    assert_int_equal(decode(FIRST LOG, &s), VAULT_OK);
    vlt_verifystate_clear(&s);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        print_message("%s\n", bad[i].name);
        assert_int_equal(decode(bad[i].body, &s), VAULT_E_FORMAT);
    }
}

static void
any_changed_byte_is_found(void **state)
{
    char *text = summed(FIRST LOG);
    struct vlt_verifystate s;
    size_t n = strlen(text), i;

    (void)state;
    for (i = 0; i < n; i++) {
        text[i] ^= 1;
        assert_int_equal(vlt_verifystate_decode(&s, text, n, NULL),
            VAULT_E_FORMAT);
        text[i] ^= 1;
        assert_int_equal(vlt_verifystate_decode(&s, text, i, NULL),
            VAULT_E_FORMAT);
    }
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_example_says_what_it_says),
        cmocka_unit_test(nothing_but_the_exact_form_is_taken),
        cmocka_unit_test(any_changed_byte_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
