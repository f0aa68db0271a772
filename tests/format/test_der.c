/* SPDX-License-Identifier: Apache-2.0 */
/* test_der.c: one form of each length and number, nothing beyond the end */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "der.h"
#include "known.h"

static size_t
unhex(uint8_t *out, const char *hex)
{
    size_t n = strlen(hex) / 2;

    from_hex(out, n, hex);
    return n;
}

/* X.690, 8.1.3 and 10.1: what is a length, and what is not the shortest. */
static void
lengths_have_one_form(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
    } rows[] = {
        {"short", "0400", true},
        {"two bytes", "04020102", true},
        {"127 of them missing", "047f", false},
        {"long form for a short one", "04810101", false},
        {"a zero in front", "0482000101", false},
        {"indefinite", "048000", false},
        {"five bytes of length", "04850100000001", false},
        {"length cut off", "0482", false},
        {"nothing but a tag", "04", false},
        {"nothing", "", false},
        {"a tag of several bytes", "1f8101", false},
        {"more than there is", "048200ff", false},
    };
    uint8_t bytes[64];

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct vlt_der_element e;
        struct vlt_der r;

        vlt_der_init(&r, bytes, unhex(bytes, rows[i].hex));
        if (vlt_der_any(&r, &e) != rows[i].ok || r.failed == rows[i].ok)
            fail_msg("%s", rows[i].name);
    }
}

static void
a_length_of_128_takes_two_bytes(void **state)
{
    uint8_t bytes[3 + 128] = {0x04, 0x81, 0x80};
    struct vlt_der_element e;
    struct vlt_der r;

    (void)state;
    vlt_der_init(&r, bytes, sizeof bytes);
    assert_true(vlt_der_take(&r, VLT_DER_OCTETS, &e));
    assert_int_equal(e.len, 128);
    assert_int_equal(e.whole_len, sizeof bytes);
    assert_true(vlt_der_end(&r));
    vlt_der_init(&r, bytes, sizeof bytes - 1);
    assert_false(vlt_der_take(&r, VLT_DER_OCTETS, &e));
    assert_null(e.p);
}

static void
a_reader_that_failed_stays_failed(void **state)
{
    static const uint8_t bytes[] = {0x02, 0x01, 0x05, 0x04, 0x00};
    struct vlt_der_element e;
    struct vlt_der r, in;

    (void)state;
    vlt_der_init(&r, bytes, sizeof bytes);
    assert_false(vlt_der_enter(&r, VLT_DER_SEQUENCE, &in));
    assert_true(in.failed);
    assert_false(vlt_der_any(&in, &e));
    assert_false(vlt_der_any(&r, &e));
    assert_false(vlt_der_left(&r));
    assert_false(vlt_der_end(&r));
}

static void
small_numbers_have_one_form(void **state)
{
    static const struct {
        const char *hex;
        bool ok;
        uint32_t n;
    } rows[] = {
        {"020100", true, 0},
        {"02017f", true, 127},
        {"02020080", true, 128},
        {"02047fffffff", true, 2147483647},
        {"0202007f", false, 0},
        {"0201ff", false, 0},
        {"0200", false, 0},
        {"02050080000000", false, 0},
        {"0401aa", false, 0},
    };
    uint8_t bytes[64];

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct vlt_der_element e;
        struct vlt_der r;
        uint32_t n = 0;

        vlt_der_init(&r, bytes, unhex(bytes, rows[i].hex));
        assert_true(vlt_der_any(&r, &e));
        if (vlt_der_small(&e, &n) != rows[i].ok || n != rows[i].n)
            fail_msg("%s", rows[i].hex);
    }
}

/* As `openssl asn1parse` prints them. */
static void
object_identifiers_read_as_others_write_them(void **state)
{
    static const struct {
        const char *hex, *text;
    } rows[] = {
        {"0609608648016503040201", "2.16.840.1.101.3.4.2.1"},
        {"060b2a864886f70d0109100104", "1.2.840.113549.1.9.16.1.4"},
        {"06042a030401", "1.2.3.4.1"},
        {"0603550406", "2.5.4.6"},
        {"0603883703", "2.999.3"},
        {"06022780", NULL},
        {"0603808001", NULL},
        {"0600", NULL},
        {"040100", NULL},
        {"060bffffffffffffffffffff7f", NULL},
    };
    uint8_t bytes[64];

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct vlt_der_element e;
        struct vlt_der r;
        char text[65] = "";

        vlt_der_init(&r, bytes, unhex(bytes, rows[i].hex));
        assert_true(vlt_der_any(&r, &e));
        if (vlt_der_oid_text(&e, text, sizeof text) != (rows[i].text != NULL))
            fail_msg("%s", rows[i].hex);
        if (rows[i].text != NULL)
            assert_string_equal(text, rows[i].text);
        assert_false(rows[i].text != NULL && vlt_der_oid_text(&e, text, 5));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_have_one_form),
        cmocka_unit_test(a_length_of_128_takes_two_bytes),
        cmocka_unit_test(a_reader_that_failed_stays_failed),
        cmocka_unit_test(small_numbers_have_one_form),
        cmocka_unit_test(object_identifiers_read_as_others_write_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
