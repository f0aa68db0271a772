/* SPDX-License-Identifier: Apache-2.0 */
/* test_bytes.c: readers that stay failed, buffers that stay bounded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "fail.h"

static void
integers_are_read_big_endian(void **state)
{
    static const uint8_t in[] = {0xfe, 0x01, 0x02, 0x89, 0xab, 0xcd, 0xef, 0x01,
        0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xfe};
    struct vlt_reader r;

    (void)state;
    vlt_reader_init(&r, in, sizeof in);
    assert_int_equal(vlt_read_u8(&r), 0xfe);
    assert_int_equal(vlt_read_u16(&r), 0x0102);
    assert_int_equal(vlt_read_u32(&r), 0x89abcdef);
    assert_true(vlt_read_u64(&r) == UINT64_C(0x0123456789abcdef));
    assert_true(vlt_read_i64(&r) == -2);
    assert_int_equal(vlt_read_end(&r, "numbers", NULL), VAULT_OK);
}

static void
signed_extremes_are_read(void **state)
{
    static const struct {
        uint8_t in[8];
        int64_t want;
    } rows[] = {
        {{0x80, 0, 0, 0, 0, 0, 0, 0}, INT64_MIN},
        {{0x7f, 255, 255, 255, 255, 255, 255, 255}, INT64_MAX},
        {{255, 255, 255, 255, 255, 255, 255, 255}, -1},
        {{0}, 0},
    };
    struct vlt_reader r;
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        vlt_reader_init(&r, rows[i].in, 8);
        assert_true(vlt_read_i64(&r) == rows[i].want);
    }
}

static void
a_reader_accepts_the_exact_length_only(void **state)
{
    static const struct {
        const char *name;
        size_t len;
        enum vault_status want;
    } rows[] = {
        {"nothing", 0, VAULT_E_FORMAT},
        {"one byte short", 11, VAULT_E_FORMAT},
        {"exact", 12, VAULT_OK},
        {"one byte long", 13, VAULT_E_FORMAT},
    };
    static const uint8_t in[13];
    struct vault_error err;
    struct vlt_reader r;
    uint8_t fixed[4];
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        vlt_reader_init(&r, rows[i].len > 0 ? in : NULL, rows[i].len);
        (void)vlt_read_u64(&r);
        vlt_read_fixed(&r, fixed, sizeof fixed);
        assert_int_equal(vlt_read_end(&r, "twelve", &err), rows[i].want);
    }
    assert_string_equal(err.message, "twelve has 1 bytes too many");
}

static void
a_failed_reader_stays_failed_and_gives_zeros(void **state)
{
    static const uint8_t in[] = {1, 2, 3, 4};
    uint8_t fixed[2] = {9, 9};
    struct vault_error err;
    struct vlt_reader r;

    (void)state;
    vlt_reader_init(&r, in, sizeof in);
    assert_true(vlt_read_u64(&r) == 0);
    assert_int_equal(vlt_read_u8(&r), 0); /* there would be one */
    vlt_read_fixed(&r, fixed, sizeof fixed);
    assert_int_equal(fixed[0] | fixed[1], 0);
    assert_null(vlt_read_span(&r, 1));
    assert_int_equal(vlt_read_left(&r), 0);
    assert_int_equal(vlt_read_end(&r, "slot", &err), VAULT_E_FORMAT);
    assert_string_equal(err.message, "slot is malformed");
}

static void
lengths_near_the_end_of_memory_do_not_wrap(void **state)
{
    static const uint8_t in[4];
    struct vlt_reader r;

    (void)state;
    vlt_reader_init(&r, in, sizeof in);
    (void)vlt_read_u16(&r);
    assert_null(vlt_read_span(&r, SIZE_MAX));
    vlt_reader_init(&r, in, sizeof in);
    (void)vlt_read_u16(&r);
    vlt_read_zero(&r, SIZE_MAX - 1);
    assert_int_equal(vlt_read_end(&r, "x", NULL), VAULT_E_FORMAT);
}

static void
spans_borrow_from_the_input(void **state)
{
    static const uint8_t in[] = {1, 2, 3};
    struct vlt_reader r;

    (void)state;
    vlt_reader_init(&r, in, sizeof in);
    assert_ptr_equal(vlt_read_span(&r, 0), in);
    assert_ptr_equal(vlt_read_span(&r, 2), in);
    assert_int_equal(vlt_read_left(&r), 1);
    assert_ptr_equal(vlt_read_span(&r, 1), in + 2);
    vlt_reader_init(&r, NULL, 0);
    assert_non_null(vlt_read_span(&r, 0));
    assert_int_equal(vlt_read_end(&r, "nothing", NULL), VAULT_OK);
}

static void
reserved_and_expected_bytes_are_exact(void **state)
{
    static const uint8_t in[] = {'S', 'Q', 0, 0, 0, 1};
    struct vlt_reader r;

    (void)state;
    vlt_reader_init(&r, in, 5);
    vlt_read_expect(&r, "SQ", 2);
    vlt_read_zero(&r, 3);
    assert_int_equal(vlt_read_end(&r, "x", NULL), VAULT_OK);
    vlt_reader_init(&r, in, 6);
    vlt_read_expect(&r, "SQ", 2);
    vlt_read_zero(&r, 4);
    assert_int_equal(vlt_read_end(&r, "x", NULL), VAULT_E_FORMAT);
    vlt_reader_init(&r, in, 2);
    vlt_read_expect(&r, "SR", 2);
    assert_int_equal(vlt_read_end(&r, "x", NULL), VAULT_E_FORMAT);
}

static void
integers_are_written_big_endian(void **state)
{
    static const uint8_t want[] = {0xfe, 0x01, 0x02, 0x89, 0xab, 0xcd, 0xef,
        0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xfe, 0, 0, 'h', 'i', '7'};
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, sizeof want);
    vlt_buf_put_u8(&b, 0xfe);
    vlt_buf_put_u16(&b, 0x0102);
    vlt_buf_put_u32(&b, 0x89abcdef);
    vlt_buf_put_u64(&b, UINT64_C(0x0123456789abcdef));
    vlt_buf_put_i64(&b, -2);
    vlt_buf_put_zero(&b, 2);
    vlt_buf_put_str(&b, "hi");
    vlt_buf_printf(&b, "%d", 7);
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_OK);
    assert_int_equal(b.len, sizeof want);
    assert_memory_equal(b.p, want, sizeof want);
    vlt_buf_clear(&b);

    assert_int_equal(vlt_load_u32(want + 3), 0x89abcdef);
    assert_true(vlt_load_u64(want + 7) == UINT64_C(0x0123456789abcdef));
}

static void
a_buffer_keeps_its_ceiling(void **state)
{
    static const struct {
        const char *name;
        size_t n;
        enum vault_status want;
    } rows[] = {
        {"one byte short", 99, VAULT_OK},
        {"exact", 100, VAULT_OK},
        {"one byte long", 101, VAULT_E_LIMIT},
        {"as long as memory", SIZE_MAX, VAULT_E_LIMIT},
    };
    struct vault_error err;
    struct vlt_buf b;
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        vlt_buf_init(&b, 110);
        vlt_buf_put(&b, "0123456789", 10);
        vlt_buf_put_zero(&b, rows[i].n);
        assert_int_equal(vlt_buf_end(&b, "list", &err), rows[i].want);
        assert_int_equal(b.len,
            10 + (rows[i].want == VAULT_OK ? rows[i].n : 0));
        vlt_buf_clear(&b);
        assert_int_equal(b.max, 110);
    }
    assert_string_equal(err.message, "list is longer than 110 bytes");
}

static void
a_failed_buffer_takes_nothing_more(void **state)
{
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, 4);
    vlt_buf_put_str(&b, "12345");
    vlt_buf_put_str(&b, "1");
    vlt_buf_printf(&b, "%d", 1);
    assert_null(vlt_buf_room(&b, 1));
    assert_int_equal(b.len, 0);
    assert_string_equal(vlt_buf_cstr(&b), "");
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_E_LIMIT);
    vlt_buf_reset(&b);
    vlt_buf_printf(&b, "%s", "1234");
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_OK);
    vlt_buf_printf(&b, "%s", "");
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_OK);
    vlt_buf_printf(&b, "%s", "5");
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_E_LIMIT);
    vlt_buf_clear(&b);
}

static void
a_full_buffer_still_is_a_string(void **state)
{
    struct vlt_buf b = {0};

    (void)state;
    b.max = 64;
    assert_string_equal(vlt_buf_cstr(&b), "");
    vlt_buf_put_zero(&b, 64);
    memset(b.p, 'a', 64);
    assert_int_equal(strlen(vlt_buf_cstr(&b)), 64);
    assert_int_equal(b.len, 64);
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_OK);
    vlt_buf_clear(&b);
}

static void
a_buffer_grows_and_keeps_what_it_has(void **state)
{
    struct vlt_buf b;
    size_t i;

    (void)state;
    vlt_buf_init(&b, SIZE_MAX);
    for (i = 0; i < 100000; i++)
        vlt_buf_put_u32(&b, (uint32_t)i);
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_OK);
    for (i = 0; i < 100000; i++)
        assert_int_equal(vlt_load_u32(b.p + 4 * i), i);
    vlt_buf_clear(&b);
    assert_null(b.p);
}

static void
wanting_too_much_memory_is_told_apart(void **state)
{
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, SIZE_MAX);
    vlt_buf_put_zero(&b, SIZE_MAX / 2 + 1);
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_E_MEMORY);
    vlt_buf_clear(&b);
    assert_int_equal(vlt_buf_end(&b, "x", NULL), VAULT_OK);
}

static void
reset_wipes_what_was_there(void **state)
{
    static const uint8_t zeros[6];
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, 64);
    vlt_buf_put_str(&b, "secret");
    vlt_buf_reset(&b);
    assert_int_equal(b.len, 0);
    assert_memory_equal(b.p, zeros, sizeof zeros);
    vlt_buf_clear(&b);
}

static void
wipe_and_copies_do_what_they_say(void **state)
{
    uint8_t bytes[5] = {1, 2, 3, 4, 5};
    char *s = vlt_strdup("куәлік");
    uint8_t *m = vlt_memdup(bytes, 5);
    void *none = vlt_memdup(NULL, 0);

    (void)state;
    assert_string_equal(s, "куәлік");
    assert_memory_equal(m, bytes, 5);
    assert_non_null(none);
    vlt_wipe(bytes + 1, 3);
    assert_memory_equal(bytes, "\1\0\0\0\5", 5);
    vlt_wipe(NULL, 0);
    free(s);
    free(m);
    free(none);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read_big_endian),
        cmocka_unit_test(signed_extremes_are_read),
        cmocka_unit_test(a_reader_accepts_the_exact_length_only),
        cmocka_unit_test(a_failed_reader_stays_failed_and_gives_zeros),
        cmocka_unit_test(lengths_near_the_end_of_memory_do_not_wrap),
        cmocka_unit_test(spans_borrow_from_the_input),
        cmocka_unit_test(reserved_and_expected_bytes_are_exact),
        cmocka_unit_test(integers_are_written_big_endian),
        cmocka_unit_test(a_buffer_keeps_its_ceiling),
        cmocka_unit_test(a_failed_buffer_takes_nothing_more),
        cmocka_unit_test(a_full_buffer_still_is_a_string),
        cmocka_unit_test(a_buffer_grows_and_keeps_what_it_has),
        cmocka_unit_test(wanting_too_much_memory_is_told_apart),
        cmocka_unit_test(reset_wipes_what_was_there),
        cmocka_unit_test(wipe_and_copies_do_what_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
