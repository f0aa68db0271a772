/* SPDX-License-Identifier: Apache-2.0 */
/* test_form_check.c: what people write becomes values, or is told to be
 * wrong, all at once */
#include <vault/forms.h>

#include "bytes.h"
#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
what_people_write_becomes_a_value(void **state)
{
    static const struct {
        const char *type;
        const char *name;
        const char *text;
        const char *value; /* NULL: refused */
        size_t len;        /* 0: of value as a string */
    } rows[] = {
        /* EDTF, levels 0 and 1 (Library of Congress, 2019) */
        {"testimony", "interview.date", "1985-04-12", "gregorian 1985-04-12",
            0},
        {"testimony", "interview.date", "1985-04", "gregorian 1985-04", 0},
        {"testimony", "interview.date", "1985", "gregorian 1985", 0},
        {"testimony", "interview.date", " 1937-05 ", "gregorian 1937-05", 0},
        {"testimony", "interview.date", "1984?", "gregorian 1984?", 0},
        {"testimony", "interview.date", "2004-06~", "gregorian 2004-06~", 0},
        {"testimony", "interview.date", "2004-06-11%", "gregorian 2004-06-11%",
            0},
        {"testimony", "interview.date", "2001-21", "gregorian 2001-21", 0},
        {"testimony", "interview.date", "201X", "gregorian 201X", 0},
        {"testimony", "interview.date", "2004-XX", "gregorian 2004-XX", 0},
        {"testimony", "interview.date", "1985-04-XX", "gregorian 1985-04-XX",
            0},
        {"testimony", "interview.date", "1964/2008", "gregorian 1964/2008", 0},
        {"testimony", "interview.date", "2004-02-01/2005",
            "gregorian 2004-02-01/2005", 0},
        {"testimony", "interview.date", "1985-04-12/..",
            "gregorian 1985-04-12/..", 0},
        {"testimony", "interview.date", "/1985-04-12", "gregorian /1985-04-12",
            0},
        {"testimony", "interview.date", "1984~/2004-06",
            "gregorian 1984~/2004-06", 0},
        {"testimony", "interview.date", "Y170000002", "gregorian Y170000002",
            0},
        {"testimony", "interview.date", "-1985", "gregorian -1985", 0},
        {"testimony", "interview.date", "2004-02-29", "gregorian 2004-02-29",
            0},
        {"testimony", "interview.date", "islamic 1450-02-30",
            "islamic 1450-02-30", 0},
        {"testimony", "interview.date", "julian 1900-02-29",
            "julian 1900-02-29", 0},
        {"testimony", "interview.date", "1900-02-29", NULL, 0},
        {"testimony", "interview.date", "2005-02-29", NULL, 0},
        {"testimony", "interview.date", "2004-04-31", NULL, 0},
        {"testimony", "interview.date", "2004-13", NULL, 0},
        {"testimony", "interview.date", "2004-00", NULL, 0},
        {"testimony", "interview.date", "2004/2003", NULL, 0},
        {"testimony", "interview.date", "2004-06/2004-05", NULL, 0},
        {"testimony", "interview.date", "2004-06/2004",
            "gregorian "
            "2004-06/2004",
            0},
        {"testimony", "interview.date", "31.10.2029", NULL, 0},
        {"testimony", "interview.date", "2029-1-5", NULL, 0},
        {"testimony", "interview.date", "soon", NULL, 0},
        {"testimony", "interview.date", "", NULL, 0},
        {"testimony", "interview.date", "..", NULL, 0},
        /* the rest */
        {"testimony", "text", "сөз\nекі", "kk сөз\nекі", 0},
        {"testimony", "text", " a ", "kk  a ", 0},
        {"testimony", "text", "\xff", NULL, 0},
        {"testimony", "record.code", "K-01", "K-01", 0},
        {"testimony", "language", "ug-Arab", "ug-Arab", 0},
        {"testimony", "language", "Kazakh language", NULL, 0},
        {"testimony", "script", "Cyrl", "Cyrl", 0},
        {"testimony", "script", "cyrl", NULL, 0},
        {"testimony", "public.identity", "Part", "part", 0},
        {"testimony", "public.identity", "full|part", NULL, 0},
        {"testimony", "public.identity", "", NULL, 0},
        {"testimony", "interview.mode", "in person", "in person", 0},
        {"letter", "pages", "17", "\0\0\0\0\0\0\0\x11", 8},
        {"letter", "pages", "seventeen", NULL, 0},
        {"letter", "pages", "1.5", NULL, 0},
        {"consent", "withdrawal.effect", "1970-01-01T00:00:10Z",
            "\0\0\0\0\0\0\0\x0a", 8},
        {"consent", "withdrawal.effect", "noon", NULL, 0},
        {"letter", "derived.sha256",
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            0},
        {"letter", "derived.sha256", "ba78", NULL, 0},
        {"note", "resolves.1", "AP8=", "\x00\xff", 2},
        {"note", "resolves.1", "AP9=", NULL, 0},
        {"letter", "derived.from",
            "master 000102030405060708090a0b0c0d0e0f "
            "101112131415161718191a1b1c1d1e1f 2",
            "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
            "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
            "\x00\x00\x00\x02master",
            42},
        {"letter", "derived.from", "master 000102030405060708090a0b0c0d0e0f",
            NULL, 0},
        {"letter", "derived.from",
            "Master 000102030405060708090a0b0c0d0e0f "
            "101112131415161718191a1b1c1d1e1f",
            NULL, 0},
        {"note", "body", "x", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct vault_form_field f;
        const char *expected = NULL;
        uint8_t *value = NULL;
        size_t n = 0, want = rows[i].len;

        print_message("%s = %s\n", rows[i].name, rows[i].text);
        assert_true(vault_form_find(rows[i].type, rows[i].name, &f));
        assert_int_equal(vault_form_value(&f, rows[i].text,
                             strlen(rows[i].text), "kk", &value, &n, &expected,
                             NULL),
            VAULT_OK);
        if (rows[i].value == NULL) {
            assert_non_null(expected);
            assert_null(value);
            continue;
        }
        assert_null(expected);
        if (want == 0)
            want = strlen(rows[i].value);
        assert_int_equal(n, want);
        assert_memory_equal(value, rows[i].value, want);
        free(value);
    }
}

static void
a_text_without_a_language_is_undetermined(void **state)
{
    struct vault_form_field f;
    const char *expected = NULL;
    uint8_t *value = NULL;
    size_t n = 0;

    (void)state;
    assert_true(vault_form_find("note", "text", &f));
    assert_int_equal(vault_form_value(&f, "x", 1, NULL, &value, &n, &expected,
                         NULL),
        VAULT_OK);
    assert_int_equal(n, 5);
    assert_memory_equal(value, "und x", 5);
    free(value);
}

struct seen {
    char text[4096];
    size_t n;
};

static int
remember(void *ctx, const struct vault_form_mistake *m)
{
    struct seen *s = ctx;

    assert_true(m->expected[0] != 0);
    (void)strncat(s->text, m->field, sizeof s->text - strlen(s->text) - 2);
    (void)strcat(s->text, " ");
    s->n++;
    return 0;
}

#define TEXT(s) (const uint8_t *)(s), sizeof(s) - 1

static void
all_mistakes_are_told_and_what_is_unknown_passes(void **state)
{
    static const struct vault_field fields[] = {
        {VAULT_DATE, VAULT_VALUE, "interview.date",
            TEXT("gregorian 2031-11-31")},
        {VAULT_TEXT, VAULT_VALUE, "status.as-of", TEXT("2031-11-04")},
        {VAULT_DATE, VAULT_REFUSED, "event.1.date", NULL, 0},
        {VAULT_TEXT, VAULT_NOT_ASKED, "risk.review", NULL, 0},
        {VAULT_TEXT, VAULT_UNKNOWN, "status", NULL, 0},
        {VAULT_TEXT, VAULT_REFUSED, "public.photo", TEXT("yes")},
        {VAULT_TEXT, VAULT_VALUE, "public.identity", TEXT("some")},
        {VAULT_LANG_TEXT, VAULT_VALUE, "text", TEXT("kazakh сөз")},
        {VAULT_NUMBER, VAULT_VALUE, "recording.1.seconds", TEXT("12345678")},
        {VAULT_NUMBER, VAULT_VALUE, "recording.2.seconds", TEXT("1234")},
        {VAULT_TEXT, VAULT_VALUE, "nobody.knows-it", TEXT("at all")},
        {VAULT_DATE, VAULT_VALUE, "nobody.dates-it", TEXT("gregorian 99")},
        {(enum vault_field_type)64, VAULT_VALUE, "opaque", TEXT("\xff\x00")},
        {VAULT_TEXT, VAULT_VALUE, "Bad", TEXT("x")},
        {VAULT_TEXT, VAULT_VALUE, "tag.1", TEXT("a")},
        {VAULT_TEXT, VAULT_VALUE, "tag.1", TEXT("b")},
        {VAULT_TEXT, VAULT_VALUE, "type", TEXT("testimony")},
    };
    struct seen seen = {.text = ""};
    struct vault_error err;

    (void)state;
    assert_int_equal(vault_form_check("testimony", fields, VLT_COUNT(fields),
                         remember, &seen, &err),
        VAULT_E_USAGE);
    assert_string_equal(seen.text,
        "interview.date status.as-of public.photo public.identity text "
        "recording.2.seconds nobody.dates-it Bad tag.1 ");
    assert_int_equal(seen.n, 9);
    /* the same fields of a type that has no form: only names and types */
    memset(&seen, 0, sizeof seen);
    assert_int_equal(vault_form_check("strange", fields, VLT_COUNT(fields),
                         remember, &seen, &err),
        VAULT_E_USAGE);
    assert_string_equal(seen.text,
        "public.photo recording.2.seconds nobody.dates-it Bad tag.1 ");
    assert_int_equal(vault_form_check("testimony", NULL, 0, remember, &seen,
                         &err),
        VAULT_OK);
}

static int
stop(void *ctx, const struct vault_form_mistake *m)
{
    (void)ctx;
    (void)m;
    return 1;
}

static void
telling_can_be_stopped(void **state)
{
    static const struct vault_field bad = {VAULT_TEXT, VAULT_VALUE, "A",
        TEXT("x")};

    (void)state;
    assert_int_equal(vault_form_check("note", &bad, 1, stop, NULL, NULL),
        VAULT_E_CANCELLED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_write_becomes_a_value),
        cmocka_unit_test(a_text_without_a_language_is_undetermined),
        cmocka_unit_test(all_mistakes_are_told_and_what_is_unknown_passes),
        cmocka_unit_test(telling_can_be_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
