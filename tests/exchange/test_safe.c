/* SPDX-License-Identifier: Apache-2.0 */
/* test_safe.c: texts and names of others can do no harm */
#include "safe.h"

#include "fail.h"
#include "text.h"
#include "utf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A small repeatable source of bytes (xorshift). */
static uint32_t
next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void
fill(uint32_t *seed, char *p, size_t n)
{
    static const char *const bits[] = {"\\", "\\u202e", "\x1b[2J", "\xe2\x80",
        "\xe2\x80\xae", "қ", "证", "ئۇ", "/", "..", "\n", "\t", "CON", " ",
        "\xf0\x9f\x98\x80", "\xf3\xa0\x81\x81", "\xff", "-", "\xc2\x9b"};
    size_t at = 0;

    while (at < n) {
        const char *b = bits[next(seed) % VLT_COUNT(bits)];

        for (size_t i = 0; b[i] != 0 && at < n; i++)
            p[at++] = b[i];
        if (at < n && next(seed) % 3 == 0)
            p[at++] = (char)next(seed);
    }
}

static void
known_texts_are_shown_with_these_marks(void **state)
{
    static const struct {
        const char *in, *out;
        unsigned flags;
    } rows[] = {
        {"құжат 证据 delil", "құжат 证据 delil", 0},
        {"\x1b[31m", "\\u001b[31m", 0},
        {"a\xe2\x80\xaegnp.exe", "a\\u202egnp.exe", 0},
        {"a\nb\tc\rd", "a\\nb\\tc\\rd", 0},
        {"a\nb\tc\rd", "a\nb\tc\\rd", SAFE_BLOCK},
        {"\xff\xc0\x80", "\\xff\\xc0\\x80", 0},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80", 0}, /* a surrogate */
        {"C:\\x", "C:\\\\x", 0},
        {"C:\\x", "C:\\x", SAFE_BACKSLASH},
        {"\xf3\xa0\x81\x81", "\\U000e0041", 0}, /* a tag character */
        {"\xe2\x80\x8b\xef\xbb\xbf", "\\u200b\\ufeff", 0},
        {"\x7f\xc2\x9b", "\\u007f\\u009b", 0},
        {"", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct vlt_buf b;

        vlt_buf_init(&b, 1000);
        safe_put(&b, rows[i].in, strlen(rows[i].in), rows[i].flags);
        assert_string_equal(vlt_buf_cstr(&b), rows[i].out);
        vlt_buf_clear(&b);
    }
}

/* The inverse of safe_put without flags, written from safe.h alone. */
static size_t
undo(const char *s, size_t n, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < n;) {
        char digits[9] = {0};
        size_t width = 0;

        if (s[i] != '\\') {
            out[len++] = s[i++];
            continue;
        }
        i++;
        if (s[i] == 'x' || s[i] == 'u' || s[i] == 'U') {
            width = s[i] == 'x' ? 2 : s[i] == 'u' ? 4 : 8;
            memcpy(digits, s + i + 1, width);
            if (width == 2)
                out[len++] = (char)strtoul(digits, NULL, 16);
            else
                len += utf_put(out + len, (uint32_t)strtoul(digits, NULL, 16));
        } else {
            out[len++] = s[i] == 'n' ? '\n'
                : s[i] == 't'        ? '\t'
                : s[i] == 'r'        ? '\r'
                                     : s[i];
        }
        i += 1 + width;
    }
    return len;
}

static void
what_comes_out_is_printable_and_can_be_undone(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char in[64], back[256];
        size_t n = next(&seed) % sizeof in;
        struct vlt_buf b;

        fill(&seed, in, n);
        vlt_buf_init(&b, 1000);
        safe_put(&b, in, n, 0);
        for (size_t i = 0; i < b.len;) {
            uint32_t cp = 0;
            size_t len = utf_next((char *)b.p + i, b.len - i, &cp);

            assert_true(len > 0);
            assert_true(utf_plain(cp));
            i += len;
        }
        assert_int_equal(undo((char *)b.p, b.len, back), n);
        assert_memory_equal(back, in, n);
        vlt_buf_clear(&b);
    }
}

static void
pieces_give_the_same_as_the_whole(void **state)
{
    uint32_t seed = 11;

    (void)state;
    for (int round = 0; round < 5000; round++) {
        char in[64];
        size_t n = next(&seed) % sizeof in;
        struct safe_stream s = {.flags = SAFE_BLOCK};
        struct vlt_buf whole, parts;

        fill(&seed, in, n);
        vlt_buf_init(&whole, 1000);
        vlt_buf_init(&parts, 1000);
        safe_put(&whole, in, n, SAFE_BLOCK);
        for (size_t at = 0; at < n;) {
            size_t k = 1 + next(&seed) % 5;

            k = k < n - at ? k : n - at;
            safe_stream_put(&s, &parts, in + at, k, false);
            at += k;
        }
        safe_stream_put(&s, &parts, "", 0, true);
        assert_string_equal(vlt_buf_cstr(&parts), vlt_buf_cstr(&whole));
        vlt_buf_clear(&whole);
        vlt_buf_clear(&parts);
    }
}

static void
known_names_become_these(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"letter.jpg", "letter.jpg"},
        {"куәлік 证据.txt", "куәлік 证据.txt"},
        {"../../etc/passwd", "_.._etc_passwd"},
        {"..", "record"},
        {"", "record"},
        {".bashrc", "bashrc"},
        {"-rf", "rf"},
        {"a/b\\c:d", "a_b_c_d"},
        {"CON", "_CON"},
        {"con.txt", "_con.txt"},
        {"COM1.x.y", "_COM1.x.y"},
        {"LPT\xc2\xb9", "_LPT\xc2\xb9"},
        {"CONSOLE", "CONSOLE"},
        {"trailing. . ", "trailing"},
        {"a\xe2\x80\xaegpj.exe", "a_gpj.exe"},
        {"\x1b]0;title\x07.txt", "_]0;title_.txt"},
        {"\xff.bin", "_.bin"},
        {"what?*<>|\"", "what______"},
    };
    char out[SAFE_NAME];

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        safe_name(out, rows[i].in, strlen(rows[i].in), "record");
        assert_string_equal(out, rows[i].out);
    }
}

static void
a_long_name_keeps_its_ending(void **state)
{
    char in[1000], out[SAFE_NAME];

    (void)state;
    memset(in, 'a', sizeof in);
    memcpy(in + sizeof in - 5, ".jpeg", 5);
    safe_name(out, in, sizeof in, "record");
    assert_int_equal(strlen(out), SAFE_NAME - 1);
    assert_string_equal(out + SAFE_NAME - 1 - 5, ".jpeg");
}

static void
a_name_is_harmless_and_stays_what_it_became(void **state)
{
    uint32_t seed = 13;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char in[700], once[SAFE_NAME], twice[SAFE_NAME];
        size_t n = next(&seed) % (round % 20 == 0 ? sizeof in : 40);

        fill(&seed, in, n);
        safe_name(once, in, n, "record");
        assert_true(once[0] != 0 && once[0] != '.' && once[0] != '-');
        assert_null(strpbrk(once, "/\\:*?\"<>|\x1b\x7f\n"));
        assert_true(vlt_utf8_valid((uint8_t *)once, strlen(once)));
        safe_name(twice, once, strlen(once), "record");
        assert_string_equal(once, twice);
    }
}

static void
wide_and_combining_characters_have_their_columns(void **state)
{
    (void)state;
    assert_int_equal(utf_columns("证据", 6), 4);
    assert_int_equal(utf_columns("e\xcc\x81", 3), 1);
    assert_int_equal(utf_columns("қ", 2), 1);
    assert_int_equal(utf_count("құпия", strlen("құпия")), 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_are_shown_with_these_marks),
        cmocka_unit_test(what_comes_out_is_printable_and_can_be_undone),
        cmocka_unit_test(pieces_give_the_same_as_the_whole),
        cmocka_unit_test(known_names_become_these),
        cmocka_unit_test(a_long_name_keeps_its_ending),
        cmocka_unit_test(a_name_is_harmless_and_stays_what_it_became),
        cmocka_unit_test(wide_and_combining_characters_have_their_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
