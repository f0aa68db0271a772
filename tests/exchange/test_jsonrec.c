/* SPDX-License-Identifier: Apache-2.0 */
/* test_jsonrec.c: a line of JSON is exactly the record it says, written by
 * hand after docs/json.md */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "jsonrec.h"

#define V  "00112233445566778899aabbccddeeff"
#define ID "0123456789abcdef0123456789abcdef"
#define HEAD                                                               \
    "{\"type\":\"record\",\"v\":1,\"record_type\":\"testimony\",\"vault\"" \
    ":\"" V "\",\"id\":\"" ID "\",\"version\":2,\"sealed\":"               \
    "\"2031-11-04T09:00:00Z\""

static struct jsonrec
read_line(const char *line)
{
    struct jsonrec r = {0};
    struct vault_error err = {0};

    if (jsonrec_read(line, strlen(line), NULL, &r, &err) != VAULT_OK)
        fail_msg("%s: %s", err.message, line);
    return r;
}

static void
read_fields(const char *fields, struct jsonrec *r)
{
    char line[4096];

    (void)snprintf(line, sizeof line, HEAD ",\"fields\":[%s]}", fields);
    *r = read_line(line);
}

/* Each type, and the bytes that docs/format.md says it is sealed as. */
static const struct {
    const char *json;
    const char *name;
    enum vault_field_type type;
    enum vault_field_state state;
    const char *value;
    size_t n;
} fields[] = {
    {"{\"name\":\"device\",\"type\":\"text\",\"state\":\"value\","
     "\"value\":\"a\\nb\"}",
        "device", VAULT_TEXT, VAULT_VALUE, "a\nb", 3},
    {"{\"name\":\"x.empty\",\"type\":\"text\",\"state\":\"value\","
     "\"value\":\"\"}",
        "x.empty", VAULT_TEXT, VAULT_VALUE, "", 0},
    {"{\"name\":\"x.nul\",\"type\":\"text\",\"value\":\"a\\u0000b\"}", "x.nul",
        VAULT_TEXT, VAULT_VALUE, "a\0b", 3},
    {"{\"name\":\"text\",\"type\":\"lang\",\"state\":\"value\",\"lang\":"
     "\"kk\",\"value\":\"\\u04d9 b\"}",
        "text", VAULT_LANG_TEXT, VAULT_VALUE, "kk \xd3\x99 b", 7},
    {"{\"name\":\"event.1.date\",\"type\":\"date\",\"state\":\"value\","
     "\"calendar\":\"islamic\",\"value\":\"1450-09\"}",
        "event.1.date", VAULT_DATE, VAULT_VALUE, "islamic 1450-09", 15},
    {"{\"name\":\"n\",\"type\":\"number\",\"state\":\"value\",\"value\":-2}",
        "n", VAULT_NUMBER, VAULT_VALUE, "\xff\xff\xff\xff\xff\xff\xff\xfe", 8},
    {"{\"name\":\"t\",\"type\":\"time\",\"state\":\"value\",\"value\":258,"
     "\"time\":\"1970-01-01T00:04:18Z\"}",
        "t", VAULT_TIME, VAULT_VALUE, "\0\0\0\0\0\0\1\2", 8},
    {"{\"name\":\"t2\",\"type\":\"time\",\"time\":\"1970-01-01T00:04:18Z\"}",
        "t2", VAULT_TIME, VAULT_VALUE, "\0\0\0\0\0\0\1\2", 8},
    {"{\"name\":\"b\",\"type\":\"bytes\",\"state\":\"value\",\"hex\":"
     "\"00ff10\"}",
        "b", VAULT_BYTES, VAULT_VALUE, "\x00\xff\x10", 3},
    {"{\"name\":\"b2\",\"type\":\"bytes\",\"value\":\"AP8Q\"}", "b2",
        VAULT_BYTES, VAULT_VALUE, "\x00\xff\x10", 3},
    {"{\"name\":\"link.1\",\"type\":\"link\",\"relation\":\"about\",\"vault\":"
     "\"" V "\",\"record\":\"" ID "\",\"version\":3}",
        "link.1", VAULT_LINK, VAULT_VALUE,
        "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
        "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"
        "\0\0\0\3"
        "about",
        41},
    {"{\"name\":\"link.2\",\"type\":\"link\",\"hex\":\"" V ID "0000000061\"}",
        "link.2", VAULT_LINK, VAULT_VALUE,
        "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
        "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"
        "\0\0\0\0"
        "a",
        37},
    {"{\"name\":\"r\",\"type\":\"lang\",\"state\":\"refused\"}", "r",
        VAULT_LANG_TEXT, VAULT_REFUSED, "", 0},
    {"{\"name\":\"na\",\"type\":\"date\",\"state\":\"not-asked\"}", "na",
        VAULT_DATE, VAULT_NOT_ASKED, "", 0},
    {"{\"name\":\"u\",\"type\":\"number\",\"state\":\"unknown\"}", "u",
        VAULT_NUMBER, VAULT_UNKNOWN, "", 0},
    {"{\"name\":\"file.name\",\"type\":\"text\",\"value\":\"a.jpg\"}",
        "file.name", VAULT_TEXT, VAULT_VALUE, "a.jpg", 5},
    {"{\"name\":\"file.modified\",\"type\":\"time\",\"value\":1}",
        "file.modified", VAULT_TIME, VAULT_VALUE, "\0\0\0\0\0\0\0\1", 8},
    {"{\"name\":\"file.name.raw\",\"type\":\"bytes\",\"hex\":\"ff\"}",
        "file.name.raw", VAULT_BYTES, VAULT_VALUE, "\xff", 1},
    {"{\"name\":\"import.key\",\"type\":\"bytes\",\"hex\":\"aa\"}",
        "imported.key.1", VAULT_BYTES, VAULT_VALUE, "\xaa", 1},
};

static void
every_type_and_state_is_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < VLT_COUNT(fields); i++) {
        struct jsonrec r;
        const struct form_field *f;

        read_fields(fields[i].json, &r);
        if (r.form.mistakes > 0 || r.form.n != 1)
            fail_msg("%s: %zu fields", fields[i].json, r.form.n);
        f = &r.form.field[0];
        assert_string_equal(f->name, fields[i].name);
        assert_int_equal(f->type, fields[i].type);
        assert_int_equal(f->state, fields[i].state);
        assert_int_equal(f->value_len, fields[i].n);
        if (f->value_len > 0)
            assert_memory_equal(f->value, fields[i].value, f->value_len);
        jsonrec_clear(&r);
    }
}

static void
the_head_says_which_record_it_was(void **state)
{
    struct jsonrec r = read_line(HEAD
        ",\"sha256\":\"" V V
        "\",\"bytes\":5,\"file\":\"records.files/x/a.jpg\",\"fields\":[]}");

    (void)state;
    assert_int_equal(r.form.mistakes, 0);
    assert_true(r.exchanged);
    assert_string_equal(r.type, "testimony");
    assert_int_equal(r.vault[1], 0x11);
    assert_int_equal(r.id[1], 0x23);
    assert_int_equal(r.version, 2);
    assert_true(r.has_sealed);
    assert_int_equal(r.sealed, 1951549200); /* date -d ... +%s */
    assert_string_equal(r.file, "records.files/x/a.jpg");
    assert_true(r.has_sha256);
    jsonrec_clear(&r);
}

/* What the vault makes anew is not taken over; what an import of before set
 * is kept under a number. */
static void
what_is_made_anew_is_passed_over(void **state)
{
    struct jsonrec r;

    (void)state;
    read_fields(
        "{\"name\":\"type\",\"type\":\"text\",\"value\":\"note\"},"
        "{\"name\":\"time.sealed\",\"type\":\"time\",\"value\":1},"
        "{\"name\":\"body\",\"type\":\"body\",\"state\":\"value\"},"
        "{\"name\":\"import.pending\",\"type\":\"bytes\",\"hex\":\"aa\"},"
        "{\"name\":\"import.key\",\"type\":\"bytes\",\"hex\":\"aa\"},"
        "{\"name\":\"import.key.1\",\"type\":\"bytes\",\"hex\":\"bb\"}",
        &r);
    assert_int_equal(r.form.mistakes, 0);
    assert_int_equal(r.form.n, 2);
    assert_string_equal(r.form.field[0].name, "imported.key.1");
    assert_string_equal(r.form.field[1].name, "imported.key.2");
    assert_int_equal(r.form.field[1].value[0], 0xbb);
    jsonrec_clear(&r);
}

static void
mistakes_are_told_each_with_its_place(void **state)
{
    static const char *const bad[] = {
        "1", "{\"type\":\"text\",\"value\":\"x\"}",
        "{\"name\":\"a\",\"type\":\"text\"}",
        "{\"name\":\"a\",\"type\":\"text\",\"value\":1}",
        "{\"name\":\"a\",\"type\":\"other\",\"hex\":\"00\"}",
        "{\"name\":\"a\",\"value\":\"x\"}",
        "{\"name\":\"a\",\"type\":\"text\",\"state\":\"perhaps\"}",
        "{\"name\":\"a\",\"type\":\"lang\",\"value\":\"x\"}",
        "{\"name\":\"a\",\"type\":\"date\",\"value\":\"2029\"}",
        "{\"name\":\"a\",\"type\":\"number\",\"value\":\"1\"}",
        "{\"name\":\"a\",\"type\":\"number\",\"value\":1.5}",
        "{\"name\":\"a\",\"type\":\"bytes\",\"hex\":\"0\"}",
        "{\"name\":\"a\",\"type\":\"bytes\",\"hex\":\"0G\"}",
        "{\"name\":\"a\",\"type\":\"bytes\",\"value\":\"***\"}",
        "{\"name\":\"a\",\"type\":\"link\",\"relation\":\"x\",\"vault\":"
        "\"00\",\"record\":\"" ID "\"}",
        "{\"name\":\"A\",\"type\":\"text\",\"value\":\"x\"}",
        /* clang-format off: one text, however long */
        "{\"name\":\"a\",\"type\":\"text\",\"value\":\"x\"},{\"name\":\"a\",\"type\":\"text\",\"value\":\"y\"}",
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(bad); i++) {
        struct jsonrec r;

        read_fields(bad[i], &r);
        if (r.form.mistakes != 1)
            fail_msg("%zu mistakes: %s", r.form.mistakes, bad[i]);
        jsonrec_clear(&r);
    }
}

static void
a_plain_object_is_a_form(void **state)
{
    struct jsonrec r = read_line("{\"record_type\":\"letter\",\"kind\":"
                                 "\"verdict\",\"date.written\":null}");

    (void)state;
    assert_false(r.exchanged);
    assert_string_equal(r.type, "letter");
    assert_int_equal(r.form.n, 2);
    assert_int_equal(r.form.field[1].state, VAULT_UNKNOWN);
    jsonrec_clear(&r);
    r = read_line("{\"type\":\"contact\",\"name.1\":\"x\"}");
    assert_string_equal(r.type, "contact");
    jsonrec_clear(&r);
    r = read_line("{\"name.1\":\"x\"}");
    assert_int_equal(r.form.mistakes, 1);
    jsonrec_clear(&r);
    r = read_line("{\"type\":\"summary\",\"v\":1,\"exit\":0}");
    assert_true(r.passed);
    jsonrec_clear(&r);
}

static void
what_is_no_object_is_refused(void **state)
{
    static const char *const bad[] = {"", "x", "[]", "1", "\"a\"", "{\"a\":1",
        "{\"a\":1}{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}"};
    const size_t deep = 100000;
    char *nested = malloc(deep + 1);
    struct jsonrec r = {0};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(bad); i++)
        assert_int_equal(jsonrec_read(bad[i], strlen(bad[i]), NULL, &r, NULL),
            VAULT_E_FORMAT);
    assert_non_null(nested);
    memset(nested, '[', deep);
    assert_int_equal(jsonrec_read(nested, deep, NULL, &r, NULL),
        VAULT_E_FORMAT);
    free(nested);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_and_state_is_exact),
        cmocka_unit_test(the_head_says_which_record_it_was),
        cmocka_unit_test(what_is_made_anew_is_passed_over),
        cmocka_unit_test(mistakes_are_told_each_with_its_place),
        cmocka_unit_test(a_plain_object_is_a_form),
        cmocka_unit_test(what_is_no_object_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
