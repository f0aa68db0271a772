/* SPDX-License-Identifier: Apache-2.0 */
/* test_field: field lists have one form, and values are of their type */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "doc_example.h"
#include "field.h"
#include "known_format.h"
#include "record.h"

static enum vault_status
decode(struct vlt_fields *l, const void *p, size_t n)
{
    struct vlt_reader r;
    enum vault_status st;

    vlt_reader_init(&r, p, n);
    st = vlt_fields_decode(l, &r, NULL);
    if (st != VAULT_OK)
        return st;
    st = vlt_read_end(&r, "list", NULL);
    if (st != VAULT_OK)
        vlt_fields_clear(l);
    return st;
}

static void
lists_of_a_second_implementation_come_back_byte_for_byte(void **unused)
{
    const char *const hex[] = {doc_text("content", "list"), known_nine_list,
        known_local_list};

    (void)unused;
    for (size_t i = 0; i < ROWS(hex); i++) {
        uint8_t list[1024];
        size_t n;
        struct vlt_fields l;
        struct vlt_buf out;

        n = strlen(hex[i]) / 2;
        from_hex(list, n, hex[i]);
        assert_int_equal(decode(&l, list, n), VAULT_OK);
        assert_int_equal(l.bytes, n);
        vlt_buf_init(&out, n);
        assert_int_equal(vlt_fields_encode(&out, &l, NULL), VAULT_OK);
        assert_int_equal(out.len, n);
        assert_memory_equal(out.p, list, n);
        vlt_buf_clear(&out);
        vlt_fields_clear(&l);
    }
}

static void
fields_may_be_added_in_any_order(void **unused)
{
    struct vlt_fields l;
    struct vlt_buf out;
    const struct vlt_field *f;
    uint8_t list[1024];
    size_t n = strlen(known_local_list) / 2;

    (void)unused;
    from_hex(list, n, known_local_list);
    vlt_fields_init(&l);
    assert_int_equal(vlt_fields_add_text(&l, "value", "kk", NULL), VAULT_OK);
    assert_int_equal(vlt_fields_add_text(&l, "kind", "setting", NULL),
        VAULT_OK);
    assert_int_equal(vlt_fields_add_text(&l, "name", "lang", NULL), VAULT_OK);
    assert_int_equal(vlt_fields_add_text(&l, "name", "again", NULL),
        VAULT_E_EXISTS);
    vlt_buf_init(&out, 1024);
    assert_int_equal(vlt_fields_encode(&out, &l, NULL), VAULT_OK);
    assert_int_equal(out.len, n);
    assert_memory_equal(out.p, list, n);
    f = vlt_fields_find(&l, "kind");
    assert_non_null(f);
    assert_int_equal(f->value_len, 7);
    assert_memory_equal(f->value, "setting", 7);
    assert_null(vlt_fields_find(&l, "kin"));
    assert_null(vlt_fields_find(&l, "kinds"));
    assert_null(vlt_fields_find(&l, ""));
    vlt_buf_clear(&out);
    vlt_fields_clear(&l);
}

static void
a_shorter_name_stands_before_one_it_begins(void **unused)
{
    static const uint8_t right[] = "\0\2\2\0\1a\0\0\0\0\2\0\2a.\0\0\0\0";
    static const uint8_t wrong[] = "\0\2\2\0\2a.\0\0\0\0\2\0\1a\0\0\0\0";
    struct vlt_fields l;

    (void)unused;
    assert_int_equal(decode(&l, right, sizeof right - 1), VAULT_OK);
    vlt_fields_clear(&l);
    assert_int_equal(decode(&l, wrong, sizeof wrong - 1), VAULT_E_FORMAT);
}

static void
numbers_and_times_keep_their_sign(void **unused)
{
    static const int64_t v[] = {0, 1, -1, INT64_MAX, INT64_MIN, 1950000000};

    (void)unused;
    for (size_t i = 0; i < ROWS(v); i++) {
        struct vlt_fields l;
        int64_t got = 0;

        vlt_fields_init(&l);
        assert_int_equal(vlt_fields_add_i64(&l, VLT_FIELD_TIME, "time", v[i],
                             NULL),
            VAULT_OK);
        assert_int_equal(vlt_fields_add_i64(&l, VLT_FIELD_NUMBER, "gen", v[i],
                             NULL),
            VAULT_OK);
        assert_int_equal(vlt_fields_add(&l, VLT_FIELD_NUMBER, VLT_STATE_UNKNOWN,
                             "count", NULL, 0, NULL),
            VAULT_OK);
        assert_int_equal(vlt_fields_add_text(&l, "text", "12345678", NULL),
            VAULT_OK);
        assert_true(vlt_fields_i64(&l, "time", &got) && got == v[i]);
        assert_true(vlt_fields_i64(&l, "gen", &got) && got == v[i]);
        assert_false(vlt_fields_i64(&l, "text", &got));
        assert_false(vlt_fields_i64(&l, "count", &got));
        assert_false(vlt_fields_i64(&l, "none", &got));
        vlt_fields_clear(&l);
    }
}

#define LINK     "0123456789abcdef0123456789abcdef\0\0\0\1"
#define VALUE(s) s, sizeof(s) - 1

static const struct {
    const char *name;
    uint8_t type;
    const char *value;
    size_t len;
    bool ok;
} values[] = {
    {"text", 1, VALUE("куәлік"), true},
    {"empty text", 1, VALUE(""), true},
    {"text with a zero byte", 1, VALUE("a\0b"), true},
    {"text that is not UTF-8", 1, VALUE("a\xff"), false},
    {"text with a surrogate", 1, VALUE("\xed\xa0\x80"), false},
    {"bytes", 2, VALUE("\xff\0\xfe"), true},
    {"time", 3, VALUE("\0\0\0\0\0\0\0\1"), true},
    {"time, short", 3, VALUE("\0\0\0\0\0\0\1"), false},
    {"time, long", 3, VALUE("\0\0\0\0\0\0\0\0\1"), false},
    {"link", 4, VALUE(LINK "amends"), true},
    {"link without relation", 4, VALUE(LINK), false},
    {"short link", 4, VALUE("0123456789abcdef"), false},
    {"relation of 32", 4, VALUE(LINK "abcdefghijklmnopqrstuvwxyz-01234"), true},
    {"relation of 33", 4, VALUE(LINK "abcdefghijklmnopqrstuvwxyz-012345"),
        false},
    {"relation with a capital", 4, VALUE(LINK "Amends"), false},
    {"relation with a dot", 4, VALUE(LINK "a.b"), false},
    {"body", 5, VALUE("anything \xff"), true},
    {"date", 6, VALUE("gregorian 2019-05"), true},
    {"date, other calendar", 6, VALUE("persian 1398-13-01"), true},
    {"date without calendar", 6, VALUE("2019-05"), false},
    {"date with a space in front", 6, VALUE(" 2019-05"), false},
    {"calendar of 16", 6, VALUE("abcdefghijklmnop 2019"), true},
    {"calendar of 17", 6, VALUE("abcdefghijklmnopq 2019"), false},
    {"calendar alone", 6, VALUE("gregorian"), false},
    {"calendar and space", 6, VALUE("gregorian "), false},
    {"calendar with capital", 6, VALUE("Gregorian 2019"), false},
    {"date with two spaces", 6, VALUE("gregorian  2019"), false},
    {"date in words", 6, VALUE("gregorian about 2019"), false},
    {"language", 7, VALUE("ug-Arab-CN ئۇيغۇر"), true},
    {"language, empty text", 7, VALUE("kk "), true},
    {"language alone", 7, VALUE("kk"), false},
    {"no language", 7, VALUE(" text"), false},
    {"language with underscore", 7, VALUE("zh_CN text"), false},
    {"language of 35", 7, VALUE("abcdefgh-abcdefgh-abcdefgh-abcdefgh x"), true},
    {"language of 36", 7, VALUE("abcdefgh-abcdefgh-abcdefgh-abcdefghi x"),
        false},
    {"language, text not UTF-8", 7, VALUE("kk \xc3"), false},
    {"number", 8, VALUE("\xff\xff\xff\xff\xff\xff\xff\xff"), true},
    {"number, empty", 8, VALUE(""), false},
    {"opaque 64", 64, VALUE("\xff"), true},
    {"opaque 127", 127, VALUE(""), true},
};

/* The list of one field, by hand. */
static size_t
one_field(uint8_t *p, uint8_t type, uint8_t state, const char *name,
    const char *value, size_t len)
{
    size_t n = strlen(name);

    memcpy(p, "\0\1", 2);
    p[2] = type;
    p[3] = state;
    p[4] = (uint8_t)n;
    memcpy(p + 5, name, n);
    vlt_store_u32(p + 5 + n, (uint32_t)len);
    memcpy(p + 9 + n, value, len);
    return 9 + n + len;
}

static void
reader_and_writer_take_the_same_values(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(values); i++) {
        const char *name = values[i].type == 5 ? "body" : "x";
        struct vlt_fields l;
        uint8_t list[256];
        size_t n = one_field(list, values[i].type, 0, name, values[i].value,
            values[i].len);

        print_message("%s\n", values[i].name);
        assert_int_equal(decode(&l, list, n),
            values[i].ok ? VAULT_OK : VAULT_E_FORMAT);
        if (values[i].ok)
            vlt_fields_clear(&l);
        vlt_fields_init(&l);
        assert_int_equal(vlt_fields_add(&l, values[i].type, 0, name,
                             values[i].value, values[i].len, NULL),
            values[i].ok ? VAULT_OK : VAULT_E_USAGE);
        vlt_fields_clear(&l);
    }
}

static const struct {
    const char *name;
    uint8_t type;
    uint8_t state;
    const char *field;
    const char *value;
    enum vault_status want;
} kinds[] = {
    {"a value", 1, 0, "a.2.b-c", "x", VAULT_OK},
    {"refused", 1, 1, "a", "", VAULT_OK},
    {"not asked", 6, 2, "a", "", VAULT_OK},
    {"unknown, of a fixed length", 3, 3, "a", "", VAULT_OK},
    {"refused with a value", 1, 1, "a", "x", VAULT_E_FORMAT},
    {"state 4", 1, 4, "a", "", VAULT_E_NEWER},
    {"type 0", 0, 0, "a", "", VAULT_E_NEWER},
    {"type 9", 9, 0, "a", "", VAULT_E_NEWER},
    {"type 63", 63, 0, "a", "", VAULT_E_NEWER},
    {"type 128", 128, 0, "a", "", VAULT_E_NEWER},
    {"a body by another name", 5, 0, "bodies", "x", VAULT_E_FORMAT},
    {"a text named body", 1, 0, "body", "x", VAULT_E_FORMAT},
    {"a body without an answer", 5, 1, "body", "", VAULT_OK},
    {"no name", 1, 0, "", "x", VAULT_E_FORMAT},
    {"a name with a capital", 1, 0, "A", "x", VAULT_E_FORMAT},
    {"a name with a slash", 1, 0, "a/b", "x", VAULT_E_FORMAT},
    {"a name with a space", 1, 0, "a b", "x", VAULT_E_FORMAT},
};

static void
types_states_and_names_are_checked(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(kinds); i++) {
        struct vlt_fields l;
        uint8_t list[256];
        size_t n = one_field(list, kinds[i].type, kinds[i].state,
            kinds[i].field, kinds[i].value, strlen(kinds[i].value));

        print_message("%s\n", kinds[i].name);
        assert_int_equal(decode(&l, list, n), kinds[i].want);
        if (kinds[i].want == VAULT_OK)
            vlt_fields_clear(&l);
        vlt_fields_init(&l);
        assert_int_equal(vlt_fields_add(&l, kinds[i].type, kinds[i].state,
                             kinds[i].field, kinds[i].value,
                             strlen(kinds[i].value), NULL),
            kinds[i].want == VAULT_OK ? VAULT_OK : VAULT_E_USAGE);
        vlt_fields_clear(&l);
    }
}

static void
names_have_at_most_96_bytes(void **unused)
{
    char name[98];
    struct vlt_fields l;

    (void)unused;
    memset(name, 'a', sizeof name);
    name[97] = '\0';
    vlt_fields_init(&l);
    assert_int_equal(vlt_fields_add_text(&l, name, "x", NULL), VAULT_E_USAGE);
    name[96] = '\0';
    assert_int_equal(vlt_fields_add_text(&l, name, "x", NULL), VAULT_OK);
    vlt_fields_clear(&l);
}

static void
every_length_but_the_whole_is_refused(void **unused)
{
    uint8_t list[1024];
    size_t n = strlen(known_nine_list) / 2;
    struct vlt_fields l;

    (void)unused;
    from_hex(list, n, known_nine_list);
    for (size_t i = 0; i < n; i++) {
        uint8_t *exact = malloc(i ? i : 1); /* so that ASan sees its end */

        assert_non_null(exact);
        memcpy(exact, list, i);
        assert_int_equal(decode(&l, exact, i), VAULT_E_FORMAT);
        free(exact);
    }
    list[n] = 0;
    assert_int_equal(decode(&l, list, n + 1), VAULT_E_FORMAT);
    assert_int_equal(decode(&l, list, n), VAULT_OK);
    vlt_fields_clear(&l);
}

static void
names_ascend_and_stand_once(void **unused)
{
    static const uint8_t twice[] = "\0\2\2\0\1a\0\0\0\0\2\0\1a\0\0\0\0";
    static const uint8_t down[] = "\0\2\2\0\1b\0\0\0\0\2\0\1a\0\0\0\0";
    static const uint8_t none[] = "\0\0";
    static const uint8_t too_many[] = "\4\1";
    static const uint8_t too_long[] = "\0\1\2\0\1a\xff\xff\xff\xff";
    struct vlt_fields l;

    (void)unused;
    assert_int_equal(decode(&l, twice, sizeof twice - 1), VAULT_E_FORMAT);
    assert_int_equal(decode(&l, down, sizeof down - 1), VAULT_E_FORMAT);
    assert_int_equal(decode(&l, too_many, 2), VAULT_E_FORMAT);
    assert_int_equal(decode(&l, too_long, sizeof too_long - 1), VAULT_E_FORMAT);
    assert_int_equal(decode(&l, none, 2), VAULT_OK);
    assert_int_equal(l.n, 0);
    assert_int_equal(l.bytes, 2);
    vlt_fields_clear(&l);
}

static void
a_list_holds_1024_fields_and_16_mib(void **unused)
{
    struct vlt_fields l;
    struct vlt_buf out;
    char name[16];
    uint8_t *big = calloc(1, VLT_META_MAX);

    (void)unused;
    assert_non_null(big);
    vlt_fields_init(&l);
    for (int i = 0; i < VLT_FIELDS_MAX; i++) {
        (void)snprintf(name, sizeof name, "f.%d", (i * 7) % VLT_FIELDS_MAX);
        assert_int_equal(vlt_fields_add_text(&l, name, "x", NULL), VAULT_OK);
    }
    assert_int_equal(vlt_fields_add_text(&l, "one-more", "x", NULL),
        VAULT_E_LIMIT);
    vlt_buf_init(&out, l.bytes);
    assert_int_equal(vlt_fields_encode(&out, &l, NULL), VAULT_OK);
    assert_int_equal(out.len, l.bytes);
    vlt_fields_clear(&l);
    assert_int_equal(decode(&l, out.p, out.len), VAULT_OK);
    assert_int_equal(l.n, VLT_FIELDS_MAX);
    vlt_buf_clear(&out);
    vlt_fields_clear(&l);
    assert_int_equal(vlt_fields_add(&l, VLT_FIELD_BYTES, 0, "a", big,
                         VLT_META_MAX - 2 - 7, NULL),
        VAULT_E_LIMIT);
    assert_int_equal(vlt_fields_add(&l, VLT_FIELD_BYTES, 0, "a", big,
                         VLT_META_MAX - 2 - 8, NULL),
        VAULT_OK);
    assert_int_equal(l.bytes, VLT_META_MAX);
    assert_int_equal(vlt_fields_add(&l, VLT_FIELD_BYTES, 0, "b", "", 0, NULL),
        VAULT_E_LIMIT);
    vlt_fields_clear(&l);
    free(big);
}

/* Levels 0 and 1 of the specification at the Library of Congress. */
static const char *const edtf_right[] = {
    "1985-04-12", "1985-04", "1985", "0000", "1985-04-12T23:20:30",
    "1985-04-12T23:20:30Z", "1985-04-12T23:20:30-04",
    "1985-04-12T23:20:30+04:30", "1964/2008", "2004-06/2006-08",
    "2004-02-01/2005-02-08", "2004-02-01/2005-02", "2004-02-01/2005",
    "2005/2006-02", "Y170000002", "Y-170000002", "2001-21", "2001-24", "1984?",
    "2004-06~", "2004-06-11%", "201X", "20XX", "2004-XX", "1985-04-XX",
    "1985-XX-XX", "1985-04-12/..", "1985-04/..", "1985/..", "../1985-04-12",
    "../1985", "1985-04-12/", "1985/", "/1985-04-12", "/1985", "-1985",
    "1984~/2004-06", "1984/2004-06~", "1984?/2004%", "1984-06-02?/2004-08-08~",
    "1398-13",    /* calendars with 13 months */
    "5784-07-32", /* and with months of 32 days */
};
static const char *const edtf_wrong[] = {
    "",
    " 1985",
    "1985 ",
    "85",
    "198",
    "19850",
    "1985-4",
    "1985-00",
    "1985-14",
    "1985-25",
    "1985-04-00",
    "1985-04-33",
    "1985-04-1",
    "1985-21-01",
    "1985-04-12T",
    "1985-04-12T23",
    "1985-04-12T23:20",
    "1985-04-12T25:20:30",
    "1985-04-12T23:60:30",
    "1985-04-12t23:20:30",
    "1985-04-12T23:20:30z",
    "1985-04-12T23:20:30+24",
    "1985-04-12T23:20:30?",
    "1985-04-12T23:20:30/1986",
    "Y1985",
    "Y01985",
    "Y",
    "y170000002",
    "XXXX",
    "1XXX",
    "19X5",
    "201x",
    "201X-04",
    "1985-XX-01",
    "1985-0X",
    "1985??",
    "?1985",
    "1985-04?-01",
    "/",
    "../..",
    "../",
    "1985/1986/1987",
    "1985//1986",
    "1985/...",
    "1985-04-12-",
    "1985-",
    "--1985",
    "+1985",
    "[1985,1986]",
    "1985\n",
    "spring 1985",
};

static void
dates_have_the_shape_of_edtf_level_1(void **unused)
{
    char date[128];

    (void)unused;
    for (size_t i = 0; i < ROWS(edtf_right); i++) {
        int n = snprintf(date, sizeof date, "gregorian %s", edtf_right[i]);

        print_message("right: %s\n", edtf_right[i]);
        assert_true(vlt_field_value_ok(VLT_FIELD_DATE, (const uint8_t *)date,
            (size_t)n));
    }
    for (size_t i = 0; i < ROWS(edtf_wrong); i++) {
        int n = snprintf(date, sizeof date, "gregorian %s", edtf_wrong[i]);

        print_message("wrong: %s\n", edtf_wrong[i]);
        assert_false(vlt_field_value_ok(VLT_FIELD_DATE, (const uint8_t *)date,
            (size_t)n));
    }
}

static void
a_date_has_at_most_64_characters(void **unused)
{
    char date[80] = "gregorian Y";

    (void)unused;
    memset(date + 11, '1', 64);
    assert_true(
        vlt_field_value_ok(VLT_FIELD_DATE, (const uint8_t *)date, 10 + 64));
    assert_false(
        vlt_field_value_ok(VLT_FIELD_DATE, (const uint8_t *)date, 10 + 65));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            lists_of_a_second_implementation_come_back_byte_for_byte),
        cmocka_unit_test(fields_may_be_added_in_any_order),
        cmocka_unit_test(a_shorter_name_stands_before_one_it_begins),
        cmocka_unit_test(numbers_and_times_keep_their_sign),
        cmocka_unit_test(reader_and_writer_take_the_same_values),
        cmocka_unit_test(types_states_and_names_are_checked),
        cmocka_unit_test(names_have_at_most_96_bytes),
        cmocka_unit_test(every_length_but_the_whole_is_refused),
        cmocka_unit_test(names_ascend_and_stand_once),
        cmocka_unit_test(a_list_holds_1024_fields_and_16_mib),
        cmocka_unit_test(dates_have_the_shape_of_edtf_level_1),
        cmocka_unit_test(a_date_has_at_most_64_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
