/* SPDX-License-Identifier: Apache-2.0 */
/* test_text.c: hex, base64, bech32, UTF-8 and numbers against their RFCs */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "text.h"

/* RFC 4648 section 10; and every kind of closing group. */
static const struct {
    const char *plain;
    const char *base64;
    const char *hex;
} rfc4648[] = {
    {"", "", ""},
    {"f", "Zg==", "66"},
    {"fo", "Zm8=", "666f"},
    {"foo", "Zm9v", "666f6f"},
    {"foob", "Zm9vYg==", "666f6f62"},
    {"fooba", "Zm9vYmE=", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "666f6f626172"},
    {"\xfb\xff\xbf\xff\xfe", "+/+///4=", "fbffbffffe"},
};

static void
base64_and_hex_are_those_of_rfc_4648(void **state)
{
    char out[32];
    uint8_t back[16];
    size_t i, n, len;

    (void)state;
    for (i = 0; i < VLT_COUNT(rfc4648); i++) {
        len = strlen(rfc4648[i].plain);
        vlt_b64(out, (const uint8_t *)rfc4648[i].plain, len);
        assert_string_equal(out, rfc4648[i].base64);
        assert_int_equal(strlen(out), VLT_B64_SIZE(len));
        n = 99;
        assert_true(vlt_unb64(back, len, &n, out, strlen(out)));
        assert_int_equal(n, len);
        assert_memory_equal(back, rfc4648[i].plain, len);

        vlt_hex(out, (const uint8_t *)rfc4648[i].plain, len);
        assert_string_equal(out, rfc4648[i].hex);
        assert_true(vlt_unhex(back, len, out, strlen(out)));
        assert_memory_equal(back, rfc4648[i].plain, len);
    }
}

static void
bare_base64_is_the_same_without_padding(void **state)
{
    static const char *const bad[] = {"Zg==", "Zh", "Zm9vY", "Zm9", "Zm9v ",
        "Zm9v\n", "Z"};
    char out[32], want[32];
    uint8_t back[16];
    size_t i, n, len;

    (void)state;
    for (i = 0; i < VLT_COUNT(rfc4648); i++) {
        len = strlen(rfc4648[i].plain);
        strcpy(want, rfc4648[i].base64);
        want[strcspn(want, "=")] = 0;
        n = vlt_b64_bare(out, (const uint8_t *)rfc4648[i].plain, len);
        assert_string_equal(out, want);
        assert_int_equal(n, strlen(want));
        assert_int_equal(n, VLT_B64_BARE(len));
        assert_true(vlt_unb64_bare(back, len, &n, out, strlen(out)));
        assert_int_equal(n, len);
        assert_memory_equal(back, rfc4648[i].plain, len);
        assert_true(
            len == 0 || !vlt_unb64_bare(back, len - 1, &n, out, strlen(out)));
    }
    for (i = 0; i < VLT_COUNT(bad); i++)
        assert_false(
            vlt_unb64_bare(back, sizeof back, &n, bad[i], strlen(bad[i])));
}

static void
bech32_comes_back_in_either_case_but_not_in_both(void **state)
{
    /* BIP-173: valid and invalid ones, and 20 bytes of its first address. */
    static const char upper[] = "A12UEL5L", lower[] = "a12uel5l";
    static const char both[] = "A12uEL5L", wrong[] = "a12uel5m";
    uint8_t bytes[20], back[20];
    char text[64];
    size_t n;

    (void)state;
    assert_true(vlt_unbech32(back, 0, "a", upper, 8));
    assert_true(vlt_unbech32(back, 0, "a", lower, 8));
    assert_false(vlt_unbech32(back, 0, "a", both, 8));
    assert_false(vlt_unbech32(back, 0, "a", wrong, 8));
    assert_false(vlt_unbech32(back, 0, "b", lower, 8));
    assert_false(vlt_unbech32(back, 0, "a", lower, 7));
    for (n = 0; n <= sizeof bytes; n++) {
        memset(bytes, (int)(0x5a ^ n), sizeof bytes);
        vlt_bech32(text, "some-hrp", bytes, n);
        assert_true(vlt_unbech32(back, n, "some-hrp", text, strlen(text)));
        assert_memory_equal(back, bytes, n);
        assert_false(vlt_unbech32(back, n + 1, "some-hrp", text, strlen(text)));
    }
}

static void
thirty_two_bytes_make_44_characters(void **state)
{
    static const uint8_t zeros[32];
    char out[VLT_B64_32 + 1];

    (void)state;
    vlt_b64(out, zeros, sizeof zeros);
    assert_string_equal(out, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_int_equal(strlen(out), VLT_B64_32);
}

static void
base64_has_one_form_only(void **state)
{
    static const struct {
        const char *name;
        const char *text;
    } rows[] = {
        {"no padding", "Zg"},
        {"half a padding", "Zg="},
        {"too much padding", "Zm9v===="},
        {"padding alone", "===="},
        {"three pads", "Z==="},
        {"padding inside", "Zg==Zm9v"},
        {"pad then digit", "Zm=v"},
        {"one group over", "Zm9vZ"},
        {"unused bits of one byte", "Zh=="},
        {"all unused bits of one byte", "Zv=="},
        {"highest unused bit of one byte", "Zo=="},
        {"unused bits of two bytes", "Zm9="},
        {"highest unused bit of two bytes", "Zm+="},
        {"line end behind", "Zm9v\n"},
        {"line end inside", "Zm9\nYmFy"},
        {"space in front", " Zm9v"},
        {"url alphabet", "-_-_"},
        {"not ASCII", "Zm9\xc3"},
        {"a character too low", "Zm9*"},
    };
    uint8_t out[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    size_t i, n = 5;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_false(
            vlt_unb64(out, sizeof out, &n, rows[i].text, strlen(rows[i].text)));
        assert_int_equal(n, 5);
        assert_int_equal(out[0], 7);
    }
    assert_false(vlt_unb64(out, 8, &n, "Zm9\0", 4));
    assert_false(vlt_unb64(out, 3, &n, "Zm9vYg==", 8)); /* 4 bytes */
    assert_true(vlt_unb64(out, 4, &n, "Zm9vYg==", 8));
}

static void
hex_has_one_form_only(void **state)
{
    static const struct {
        const char *name;
        const char *text;
    } rows[] = {
        {"nothing", ""},
        {"one digit", "a"},
        {"one byte short", "00"},
        {"half a byte short", "000"},
        {"half a byte long", "00000"},
        {"one byte long", "000000"},
        {"upper case", "00FF"},
        {"not a digit", "00fg"},
        {"below the digits", "00f/"},
        {"space", " 0ff"},
        {"prefix", "0x00"},
    };
    uint8_t out[2] = {7, 7};
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_false(vlt_unhex(out, 2, rows[i].text, strlen(rows[i].text)));
        assert_int_equal(out[0], 7);
    }
    assert_true(vlt_unhex(out, 2, "09af", 4));
    assert_memory_equal(out, "\x09\xaf", 2);
}

/* The strings that BIP-173 lists as valid, in lower case. */
static const char *const bip173[] = {
    "a12uel5l",
    "an83characterlonghumanreadablepartthatcontainsthenumber1"
    "andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
    "qqqqqqqqqqqc8247j",
    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
    "?1ezyfcl",
};

/* A reader of its own: the bytes that the data part stands for. */
static size_t
data_of(const char *text, char *hrp, uint8_t *out)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const char *one = strrchr(text, '1');
    const char *end = text + strlen(text) - 6;
    unsigned acc = 0, bits = 0;
    const char *s;
    size_t n = 0;

    memcpy(hrp, text, (size_t)(one - text));
    hrp[one - text] = 0;
    for (s = one + 1; s < end; s++) {
        acc = (acc << 5 | (unsigned)(strchr(alphabet, *s) - alphabet)) & 0xffff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (uint8_t)(acc >> bits & 0xff);
        }
    }
    return n;
}

static void
bech32_strings_are_those_of_bip_173(void **state)
{
    uint8_t data[128];
    char hrp[100], out[100];
    size_t i, n;

    (void)state;
    for (i = 0; i < VLT_COUNT(bip173); i++) {
        n = data_of(bip173[i], hrp, data);
        vlt_bech32(out, hrp, data, n);
        assert_string_equal(out, bip173[i]);
    }
}

static void
bech32_groups_are_those_of_the_alphabet(void **state)
{
    /* 0, 1, ... 31 as five bits each. */
    static const uint8_t counting[20] = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42,
        0x54, 0xb6, 0x35, 0xcf, 0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe,
        0x77, 0xdf};
    static const uint8_t ones[1] = {0xff};
    char out[33];

    (void)state;
    vlt_bech32_bits(out, counting, 160);
    assert_string_equal(out, "qpzry9x8gf2tvdw0s3jn54khce6mua7l");
    vlt_bech32_bits(out, counting, 20);
    assert_string_equal(out, "qpzr");
    vlt_bech32_bits(out, ones, 5);
    assert_string_equal(out, "l");
    vlt_bech32_bits(out, ones, 0);
    assert_string_equal(out, "");
}

/* Cases of Markus Kuhn's UTF-8 stress test, and of the Unicode standard's
 * table 3-7. */
static const struct {
    const char *name;
    const char *bytes;
    size_t n;
    bool valid;
} utf8[] = {
    {"nothing", "", 0, true},
    {"kosme", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", 11, true},
    {"first of 1 byte", "\0", 1, true},
    {"first of 2 bytes", "\xc2\x80", 2, true},
    {"first of 3 bytes", "\xe0\xa0\x80", 3, true},
    {"first of 4 bytes", "\xf0\x90\x80\x80", 4, true},
    {"first of 5 bytes", "\xf8\x88\x80\x80\x80", 5, false},
    {"first of 6 bytes", "\xfc\x84\x80\x80\x80\x80", 6, false},
    {"last of 1 byte", "\x7f", 1, true},
    {"last of 2 bytes", "\xdf\xbf", 2, true},
    {"last of 3 bytes", "\xef\xbf\xbf", 3, true},
    {"last code point", "\xf4\x8f\xbf\xbf", 4, true},
    {"one beyond", "\xf4\x90\x80\x80", 4, false},
    {"last of 4 bytes", "\xf7\xbf\xbf\xbf", 4, false},
    {"lead f5", "\xf5\x80\x80\x80", 4, false},
    {"before surrogates", "\xed\x9f\xbf", 3, true},
    {"after surrogates", "\xee\x80\x80", 3, true},
    {"replacement character", "\xef\xbf\xbd", 3, true},
    {"first continuation byte", "\x80", 1, false},
    {"last continuation byte", "\xbf", 1, false},
    {"lonely 2-byte lead", "\xc3", 1, false},
    {"2-byte lead and space", "\xc3 ", 2, false},
    {"3-byte lead and space", "\xe2 ", 2, false},
    {"2 of 3 bytes", "\xe1\x80", 2, false},
    {"2 of 3 bytes and text",
        "\xe1\x80"
        "a",
        3, false},
    {"3 of 4 bytes", "\xf1\x80\x80", 3, false},
    {"3 of 4 bytes and a lead", "\xf1\x80\x80\xc3", 4, false},
    {"byte fe", "\xfe", 1, false},
    {"byte ff", "\xff", 1, false},
    {"overlong slash in 2", "\xc0\xaf", 2, false},
    {"overlong slash in 3", "\xe0\x80\xaf", 3, false},
    {"overlong slash in 4", "\xf0\x80\x80\xaf", 4, false},
    {"overlong slash in 5", "\xf8\x80\x80\x80\xaf", 5, false},
    {"last overlong of 2", "\xc1\xbf", 2, false},
    {"last overlong of 3", "\xe0\x9f\xbf", 3, false},
    {"last overlong of 4", "\xf0\x8f\xbf\xbf", 4, false},
    {"overlong NUL", "\xc0\x80", 2, false},
    {"first surrogate", "\xed\xa0\x80", 3, false},
    {"last surrogate", "\xed\xbf\xbf", 3, false},
    {"paired surrogates", "\xed\xa0\x80\xed\xb0\x80", 6, false},
    {"noncharacter fffe", "\xef\xbf\xbe", 3, true},
    {"good then bad", "abc\xff", 4, false},
};

static void
utf8_is_judged_as_the_stress_test_does(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(utf8); i++) {
        print_message("%s\n", utf8[i].name);
        assert_int_equal(vlt_utf8_valid((const uint8_t *)utf8[i].bytes,
                             utf8[i].n),
            utf8[i].valid);
    }
}

static void
utf8_is_cut_between_code_points(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        size_t want;
    } rows[] = {
        {"abc", 0, 0},
        {"abc", 2, 2},
        {"abc", 3, 3},
        {"abc", 9, 3},
        {"", 5, 0},
        {"a\xc3\xa9", 1, 1},
        {"a\xc3\xa9", 2, 1},
        {"a\xc3\xa9", 3, 3},
        {"\xe8\xaf\x81", 1, 0},
        {"\xe8\xaf\x81", 2, 0},
        {"\xe8\xaf\x81", 3, 3},
        {"\xf0\x9f\x94\x92z", 3, 0},
        {"\xf0\x9f\x94\x92z", 4, 4},
        {"\xf0\x9f\x94\x92z", 5, 5},
        {"\x80\x80\x80\x80\x80\x80", 5, 5}, /* no lead to cut at */
        {"\xff\xff\xff", 2, 2},
    };
    static const char open_end[2] = {'a', '\xc3'};
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++)
        assert_int_equal(vlt_utf8_cut(rows[i].text, rows[i].n), rows[i].want);
    assert_int_equal(vlt_utf8_cut(open_end, sizeof open_end), 1);
}

static void
decimals_have_one_form_only(void **state)
{
    static const struct {
        const char *text;
        bool is_u64, is_i64;
        uint64_t u;
        int64_t i;
    } rows[] = {
        {"0", true, true, 0, 0},
        {"7", true, true, 7, 7},
        {"1234567890", true, true, 1234567890, 1234567890},
        {"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
        {"9223372036854775808", true, false, UINT64_C(1) << 63, 0},
        {"18446744073709551615", true, false, UINT64_MAX, 0},
        {"18446744073709551616", false, false, 0, 0},
        {"18446744073709551620", false, false, 0, 0},
        {"99999999999999999999", false, false, 0, 0},
        {"184467440737095516150", false, false, 0, 0},
        {"-1", false, true, 0, -1},
        {"-9223372036854775808", false, true, 0, INT64_MIN},
        {"-9223372036854775809", false, false, 0, 0},
        {"-0", false, false, 0, 0},
        {"-", false, false, 0, 0},
        {"--1", false, false, 0, 0},
        {"+1", false, false, 0, 0},
        {"", false, false, 0, 0},
        {"00", false, false, 0, 0},
        {"01", false, false, 0, 0},
        {"-01", false, false, 0, 0},
        {" 1", false, false, 0, 0},
        {"1 ", false, false, 0, 0},
        {"1\n", false, false, 0, 0},
        {"1a", false, false, 0, 0},
        {"0x1", false, false, 0, 0},
        {"1.0", false, false, 0, 0},
    };
    size_t k, n;

    (void)state;
    for (k = 0; k < VLT_COUNT(rows); k++) {
        uint64_t u = 0;
        int64_t i = 0;

        print_message("\"%s\"\n", rows[k].text);
        n = strlen(rows[k].text);
        assert_int_equal(vlt_parse_u64(&u, rows[k].text, n), rows[k].is_u64);
        assert_int_equal(vlt_parse_i64(&i, rows[k].text, n), rows[k].is_i64);
        assert_true(u == rows[k].u);
        assert_true(i == rows[k].i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_and_hex_are_those_of_rfc_4648),
        cmocka_unit_test(bare_base64_is_the_same_without_padding),
        cmocka_unit_test(bech32_comes_back_in_either_case_but_not_in_both),
        cmocka_unit_test(thirty_two_bytes_make_44_characters),
        cmocka_unit_test(base64_has_one_form_only),
        cmocka_unit_test(hex_has_one_form_only),
        cmocka_unit_test(bech32_strings_are_those_of_bip_173),
        cmocka_unit_test(bech32_groups_are_those_of_the_alphabet),
        cmocka_unit_test(utf8_is_judged_as_the_stress_test_does),
        cmocka_unit_test(utf8_is_cut_between_code_points),
        cmocka_unit_test(decimals_have_one_form_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
