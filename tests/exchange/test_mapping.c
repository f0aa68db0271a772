/* SPDX-License-Identifier: Apache-2.0 */
/* test_mapping.c: what a mapping makes of a row, and what it refuses to be */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "rowitem.h"

enum { CELLS = 16 };

/* A row of texts, up to the NULL. */
struct cells {
    struct csv_cell cell[CELLS];
    struct csv_row row;
};

static void
set(struct cells *c, const char *const *text)
{
    memset(c, 0, sizeof *c);
    while (text[c->row.n] != NULL) {
        c->cell[c->row.n].p = text[c->row.n];
        c->cell[c->row.n].n = strlen(text[c->row.n]);
        c->row.n++;
    }
    c->row.cell = c->cell;
    c->row.number = 2;
}

static struct mapping
mapping_of(const char *json)
{
    struct mapping m = {0};
    struct vault_error err = {0};

    if (mapping_read(json, strlen(json), NULL, &m, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    if (m.mistakes.mistakes > 0)
        fail_msg("%s: %s", m.mistakes.mistake[0].field,
            m.mistakes.mistake[0].expected);
    return m;
}

static const struct form_field *
field(const struct rowitem *x, const char *name)
{
    for (size_t i = 0; i < x->form.n; i++) {
        if (strcmp(x->form.field[i].name, name) == 0)
            return &x->form.field[i];
    }
    fail_msg("no field %s", name);
    return NULL;
}

static void
is(const struct rowitem *x, const char *name, enum vault_field_type type,
    const char *value)
{
    const struct form_field *f = field(x, name);

    if (f->type != type || f->state != VAULT_VALUE ||
        f->value_len != strlen(value) ||
        memcmp(f->value, value, f->value_len) != 0)
        fail_msg("%s is %.*s", name, (int)f->value_len, (const char *)f->value);
}

/* One row through a mapping. */
static struct rowitem
item_of(struct mapping *m, const char *const *headings, const char *const *row,
    size_t record)
{
    struct cells c;
    struct form mistakes = {0};
    struct rowitem x = {0};
    size_t *at = NULL;

    set(&c, headings);
    assert_int_equal(mapping_headings(m, &c.row, &at, &mistakes, NULL),
        VAULT_OK);
    assert_int_equal(mistakes.mistakes, 0);
    set(&c, row);
    assert_int_equal(rowitem_make(m, at, &c.row, record, &x, NULL), VAULT_OK);
    free(at);
    return x;
}

static const char full[] =
    "{\"v\":1,\"separator\":\";\",\"type\":\"testimony\",\"table\":\"t\","
    "\"key\":\"Номер\",\"language\":\"ru\","
    "\"states\":{\"отказ\":\"refused\",\"?\":\"unknown\"},"
    "\"values\":{\"да\":\"yes\",\"нет\":\"no\"},"
    "\"constants\":{\"interview.mode\":\"in person\"},"
    "\"tags\":[\"season\"],"
    "\"columns\":{\"Номер\":\"record.code\","
    "\"ФИО\":{\"field\":\"victim.1.name.N\",\"split\":\"/\"},"
    "\"Дата\":{\"field\":\"event.1.date\",\"date\":\"dd.mm.yyyy\"},"
    "\"Хиджра\":{\"field\":\"time.claimed\",\"calendar\":\"islamic\"},"
    "\"Здоровье\":\"victim.1.health\","
    "\"Сам\":{\"field\":\"own.answer\"},"
    "\"Метки\":{\"tag\":true,\"split\":\",\"},"
    "\"Скан\":{\"file\":true},"
    "\"Прочее\":null,"
    "\"Контакт\":{\"link\":{\"table\":\"c\",\"relation\":\"contact\"}}}}";

static const char *const full_headings[] = {"Номер", "ФИО", "Дата", "Хиджра",
    "Здоровье", "Сам", "Метки", "Скан", "Прочее", "Контакт", "Новое", NULL};

static void
a_row_becomes_what_the_mapping_says(void **state)
{
    static const char *const row[] = {"7", "Айгүл / 王芳 /", "31.10.2029",
        "1450-09", "отказ", "да", "срочно, суд,", "scans/7.jpg", "x", " K-1 ",
        "v", NULL};
    struct mapping m = mapping_of(full);
    struct rowitem x = item_of(&m, full_headings, row, 0);

    (void)state;
    assert_int_equal(m.separator, ';');
    if (x.form.mistakes > 0)
        fail_msg("%s: %s", x.form.mistake[0].field, x.form.mistake[0].expected);
    is(&x, "record.code", VAULT_TEXT, "7");
    is(&x, "victim.1.name.1", VAULT_TEXT, "Айгүл");
    is(&x, "victim.1.name.1.script", VAULT_TEXT, "Cyrl");
    is(&x, "victim.1.name.2", VAULT_TEXT, "王芳");
    is(&x, "victim.1.name.2.script", VAULT_TEXT, "Hani");
    is(&x, "event.1.date", VAULT_DATE, "gregorian 2029-10-31");
    is(&x, "time.claimed", VAULT_DATE, "islamic 1450-09");
    assert_int_equal(field(&x, "victim.1.health")->state, VAULT_REFUSED);
    assert_int_equal(field(&x, "victim.1.health")->type, VAULT_LANG_TEXT);
    is(&x, "own.answer", VAULT_TEXT, "yes");
    is(&x, "tag.1", VAULT_TEXT, "season");
    is(&x, "tag.2", VAULT_TEXT, "срочно");
    is(&x, "tag.3", VAULT_TEXT, "суд");
    is(&x, "interview.mode", VAULT_TEXT, "in person");
    is(&x, "column.11", VAULT_TEXT, "v");
    is(&x, "column.11.name", VAULT_TEXT, "Новое");
    assert_false(form_has(&x.form, "column.9"));
    assert_string_equal(x.file, "scans/7.jpg");
    assert_int_equal(x.links, 1);
    assert_string_equal(x.link[0].table, "c");
    assert_string_equal(x.link[0].relation, "contact");
    assert_int_equal(x.link[0].key.len, 4 + 3);
    assert_memory_equal(x.link[0].key.p, "\0\0\0\3K-1", 7);
    assert_memory_equal(x.key.p,
        "\0\0\0\1"
        "7",
        5);
    rowitem_clear(&x);
    mapping_clear(&m);
}

static void
every_mistake_of_a_row_is_told(void **state)
{
    static const char *const row[] = {"7", "", "2029-10-31", "9999-99", "", "",
        "", "", "", "", "", "beyond", NULL};
    struct mapping m = mapping_of(full);
    struct rowitem x = item_of(&m, full_headings, row, 0);

    (void)state;
    assert_int_equal(x.form.mistakes, 3);
    rowitem_clear(&x);
    mapping_clear(&m);
}

static void
a_row_can_be_several_records(void **state)
{
    static const char json[] =
        "{\"records\":[{\"type\":\"contact\",\"table\":\"c\",\"key\":[\"Name\","
        "\"Tel\"],\"when\":\"Tel\",\"columns\":{\"Name\":\"name.N\",\"Tel\":"
        "\"channel.1.address\"}},{\"type\":\"testimony\",\"columns\":{\"Text\":"
        "{\"field\":\"text\",\"language\":\"kk\"}},\"links\":[{\"key\":["
        "\"Name\",\"Tel\"],\"table\":\"c\",\"relation\":\"contact\"}]}],"
        "\"other-columns\":\"ignore\"}";
    static const char *const headings[] = {"Name", "Tel", "Text", "More", NULL};
    static const char *const row[] = {"A", "1", "сөз", "z", NULL};
    static const char *const without[] = {"", " ", "сөз", "z", NULL};
    struct mapping m = mapping_of(json);
    struct rowitem x = item_of(&m, headings, row, 0);
    struct rowitem y = item_of(&m, headings, row, 1);
    struct rowitem z = item_of(&m, headings, without, 0);

    (void)state;
    is(&x, "name.1", VAULT_TEXT, "A");
    is(&y, "text", VAULT_LANG_TEXT, "kk сөз");
    assert_int_equal(y.form.n, 1);
    assert_int_equal(y.links, 1);
    assert_int_equal(x.key.len, y.link[0].key.len);
    assert_memory_equal(x.key.p, y.link[0].key.p, x.key.len);
    assert_int_equal(y.key.len, 0);
    assert_true(z.left_out);
    rowitem_clear(&x);
    rowitem_clear(&y);
    rowitem_clear(&z);
    x = item_of(&m, headings, without, 1);
    assert_int_equal(x.links, 0); /* an empty key names nobody */
    rowitem_clear(&x);
    mapping_clear(&m);
}

/* Without a file: names of fields as they are, others kept. */
static void
without_a_mapping_headings_are_fields(void **state)
{
    static const char *const headings[] = {"victim.1.health", "My Column",
        "my-column", "Имя", "file.name", "import.key", "", NULL};
    static const char *const row[] = {"!refused", "a", "b", "c", "d", "e", "f",
        NULL};
    struct mapping m = {0};
    struct rowitem x;

    (void)state;
    assert_int_equal(mapping_plain("testimony", &m, NULL), VAULT_OK);
    x = item_of(&m, headings, row, 0);
    assert_int_equal(x.form.mistakes, 0);
    assert_int_equal(field(&x, "victim.1.health")->state, VAULT_REFUSED);
    is(&x, "my-column", VAULT_TEXT, "a");
    is(&x, "column.3", VAULT_TEXT, "b");
    is(&x, "column.3.name", VAULT_TEXT, "my-column");
    is(&x, "column.4", VAULT_TEXT, "c");
    is(&x, "column.4.name", VAULT_TEXT, "Имя");
    is(&x, "column.5", VAULT_TEXT, "d");
    is(&x, "column.6", VAULT_TEXT, "e");
    is(&x, "column.7", VAULT_TEXT, "f");
    rowitem_clear(&x);
    mapping_clear(&m);
}

static void
an_apostrophe_before_a_formula_is_undone_when_asked(void **state)
{
    static const char *const headings[] = {"a", "b", NULL};
    static const char *const row[] = {"'=1+1", "'tis", NULL};
    struct mapping m = mapping_of("{\"type\":\"note\"}");
    struct rowitem x = item_of(&m, headings, row, 0);

    (void)state;
    is(&x, "a", VAULT_TEXT, "'=1+1");
    rowitem_clear(&x);
    mapping_clear(&m);
    m = mapping_of("{\"type\":\"note\",\"undo-formulas\":true}");
    x = item_of(&m, headings, row, 0);
    is(&x, "a", VAULT_TEXT, "=1+1");
    is(&x, "b", VAULT_TEXT, "'tis");
    rowitem_clear(&x);
    mapping_clear(&m);
}

static void
a_mapping_with_a_mistake_says_where(void **state)
{
    static const struct {
        const char *json, *where;
    } bad[] = {
        {"{}", "type"},
        {"{\"type\":\"song\"}", "type"},
        {"{\"type\":\"note\",\"colums\":{}}", "colums"},
        {"{\"type\":\"note\",\"columns\":[]}", "columns"},
        {"{\"type\":\"note\",\"columns\":{\"A\":\"Bad Name\"}}", "A.field"},
        {"{\"type\":\"note\",\"columns\":{\"A\":\"import.key\"}}", "A.field"},
        {"{\"type\":\"note\",\"columns\":{\"A\":\"body\"}}", "A.field"},
        {"{\"type\":\"note\",\"columns\":{\"A\":1}}", "A"},
        {"{\"type\":\"note\",\"columns\":{\"A\":{\"split\":\",\"}}}", "A"},
        {"{\"type\":\"note\",\"columns\":{\"A\":{\"field\":\"a\",\"split\":"
         "\",\"}}}",
            "A.split"},
        {"{\"type\":\"note\",\"columns\":{\"A\":{\"field\":\"a\",\"date\":"
         "\"d/m\"}}}",
            "A.date"},
        {"{\"type\":\"note\",\"columns\":{\"A\":{\"field\":\"a\",\"tag\":true}"
         "}}",
            "A"},
        {"{\"type\":\"note\",\"columns\":{\"A\":{\"link\":{\"table\":\"t\","
         "\"relation\":\"Not this\"}}}}",
            "A.relation"},
        {"{\"type\":\"note\",\"states\":{\"x\":\"perhaps\"}}", "states.x"},
        {"{\"type\":\"note\",\"separator\":\";;\"}", "separator"},
        {"{\"type\":\"note\",\"constants\":{\"body\":\"x\"}}",
            "constants.body"},
        {"{\"type\":\"note\",\"key\":1}", "key"},
        {"{\"records\":[]}", "records"},
        {"{\"records\":[{\"type\":\"note\",\"x\":1}]}", "records[0].x"},
        {"{\"type\":\"note\",\"other-columns\":\"eat\"}", "other-columns"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(bad); i++) {
        struct mapping m = {0};

        assert_int_equal(mapping_read(bad[i].json, strlen(bad[i].json), NULL,
                             &m, NULL),
            VAULT_OK);
        if (m.mistakes.mistakes == 0 ||
            strcmp(m.mistakes.mistake[0].field, bad[i].where) != 0)
            fail_msg("%s: %s", bad[i].json,
                m.mistakes.mistakes > 0 ? m.mistakes.mistake[0].field : "-");
        mapping_clear(&m);
    }
}

static void
headings_that_do_not_fit_are_told(void **state)
{
    static const char *const twice[] = {"A", "B", "A", NULL};
    static const char *const missing[] = {"B", NULL};
    struct mapping m =
        mapping_of("{\"type\":\"note\",\"columns\":{\"A\":\"a\"}}");
    struct form mistakes = {0};
    struct cells c;
    size_t *at = NULL;

    (void)state;
    set(&c, twice);
    assert_int_equal(mapping_headings(&m, &c.row, &at, &mistakes, NULL),
        VAULT_OK);
    assert_int_equal(mistakes.mistakes, 1);
    free(at);
    form_clear(&mistakes);
    set(&c, missing);
    assert_int_equal(mapping_headings(&m, &c.row, &at, &mistakes, NULL),
        VAULT_OK);
    assert_int_equal(mistakes.mistakes, 1);
    assert_string_equal(mistakes.mistake[0].field, "A");
    free(at);
    form_clear(&mistakes);
    mapping_clear(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_becomes_what_the_mapping_says),
        cmocka_unit_test(every_mistake_of_a_row_is_told),
        cmocka_unit_test(a_row_can_be_several_records),
        cmocka_unit_test(without_a_mapping_headings_are_fields),
        cmocka_unit_test(an_apostrophe_before_a_formula_is_undone_when_asked),
        cmocka_unit_test(a_mapping_with_a_mistake_says_where),
        cmocka_unit_test(headings_that_do_not_fit_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
