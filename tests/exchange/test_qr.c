/* SPDX-License-Identifier: Apache-2.0 */
/* test_qr.c: codes have the form that ISO/IEC 18004 says */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deflate.h"
#include "qr.h"

static bool
at(const struct qr *q, size_t x, size_t y)
{
    return q->module[y * q->width + x] != 0;
}

/* Three finder patterns, and the lines of alternating modules between. */
static void
expect_finders(const struct qr *q)
{
    static const char *const finder[7] = {"#######", "#     #", "# ### #",
        "# ### #", "# ### #", "#     #", "#######"};

    for (size_t y = 0; y < 7; y++) {
        for (size_t x = 0; x < 7; x++) {
            bool dark = finder[y][x] == '#';

            assert_int_equal(at(q, x, y), dark);
            assert_int_equal(at(q, q->width - 7 + x, y), dark);
            assert_int_equal(at(q, x, q->width - 7 + y), dark);
        }
    }
    for (size_t i = 8; i < q->width - 8; i++) {
        assert_int_equal(at(q, i, 6), i % 2 == 0);
        assert_int_equal(at(q, 6, i), i % 2 == 0);
    }
}

static void
the_smallest_code_that_holds_the_bytes_is_made(void **state)
{
    /* capacities of level L, byte mode (ISO/IEC 18004, table 7) */
    static const struct {
        size_t bytes, version;
    } rows[] = {{1, 1}, {17, 1}, {18, 2}, {32, 2}, {39, 3}, {1840, 31},
        {1841, 32}, {1952, 32}, {1953, 33}, {2809, 39}, {2953, 40}};
    uint8_t data[3000];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + 0x80);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct qr q = {0, NULL};

        assert_int_equal(qr_make(data, rows[i].bytes, &q, NULL), VAULT_OK);
        assert_int_equal(q.width, 17 + 4 * rows[i].version);
        expect_finders(&q);
        qr_clear(&q);
    }
}

static void
more_than_a_code_holds_is_refused(void **state)
{
    static uint8_t data[3000];
    struct qr q = {0, NULL};

    (void)state;
    assert_int_equal(qr_make(data, 2954, &q, NULL), VAULT_E_LIMIT);
    assert_int_equal(qr_make(data, 0, &q, NULL), VAULT_E_LIMIT);
    assert_null(q.module);
}

static void
text_and_picture_show_the_same_modules(void **state)
{
    struct vlt_buf text, png, raw;
    struct qr q = {0, NULL};
    size_t row, n = 0;

    (void)state;
    vlt_buf_init(&text, 1 << 20);
    vlt_buf_init(&png, 1 << 20);
    vlt_buf_init(&raw, 1 << 20);
    assert_int_equal(qr_make("abc", 3, &q, NULL), VAULT_OK);
    assert_int_equal(qr_columns(&q), 29);
    assert_int_equal(qr_text(&q, false, &text, NULL), VAULT_OK);
    for (size_t i = 0; i < text.len; i++)
        n += text.p[i] == '\n';
    assert_int_equal(n, 15); /* 29 rows, two to a line */
    text.len = 0;
    assert_int_equal(qr_text(&q, true, &text, NULL), VAULT_OK);
    assert_memory_equal(text.p, "\033[38;5;16;48;5;231m ", 20);

    assert_int_equal(qr_png(&q, 3, &png, NULL), VAULT_OK);
    assert_memory_equal(png.p,
        "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x57\0\0\0\x57\x01\0\0\0\0",
        29); /* 87 pixels, one bit, grey */
    assert_memory_equal(png.p + png.len - 12, "\0\0\0\0IEND\xae\x42\x60\x82",
        12);
    assert_true(
        inflate_all(png.p + 8 + 25 + 8, png.len - 8 - 25 - 8 - 16, &raw));
    row = 1 + 11;
    assert_int_equal(raw.len, 87 * row);
    for (size_t y = 0; y < 87; y++) {
        assert_int_equal(raw.p[y * row], 0);
        for (size_t x = 0; x < 87; x++) {
            bool light = raw.p[y * row + 1 + x / 8] >> (7 - x % 8) & 1;
            size_t mx = x / 3, my = y / 3;
            bool inside = mx >= 4 && my >= 4 && mx < 25 && my < 25;

            assert_int_equal(light, !(inside && at(&q, mx - 4, my - 4)));
        }
    }
    assert_int_equal(qr_png(&q, 0, &png, NULL), VAULT_E_USAGE);
    qr_clear(&q);
    vlt_buf_clear(&text);
    vlt_buf_clear(&png);
    vlt_buf_clear(&raw);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_code_that_holds_the_bytes_is_made),
        cmocka_unit_test(more_than_a_code_holds_is_refused),
        cmocka_unit_test(text_and_picture_show_the_same_modules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
