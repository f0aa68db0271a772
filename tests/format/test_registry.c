/* SPDX-License-Identifier: Apache-2.0 */
/* test_registry.c: the registry of fields is sound, and docs/records.md has
 * its table. WRITE_RECORDS=1 writes the table anew. */
#include "registry.h"

#include "bytes.h"
#include "fail.h"
#include "field.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const types[] = {"testimony", "letter", "contact", "consent",
    "file", "note"};
static const char *const kinds[] = {"", "text", "lang", "long text", "date",
    "time", "number", "link", "choice", "language", "script", "SHA-256",
    "bytes", "body"};

static void
every_row_is_complete_and_its_name_a_path(void **state)
{
    (void)state;
    for (size_t t = 0; t < VLT_COUNT(types); t++) {
        size_t n = vault_form_fields(types[t]);

        assert_true(n > 10);
        for (size_t i = 0; i < n; i++) {
            struct vault_form_field f, other;
            char name[128];

            vault_form_field(types[t], i, &f);
            print_message("%s %s\n", types[t], f.name);
            (void)snprintf(name, sizeof name, "%s", f.name);
            for (char *c = name; *c != 0; c++)
                *c = *c == 'N' ? '9' : *c;
            /* with 999 for each N it is still a name */
            assert_true(strlen(name) + 6 <= VLT_FIELD_NAME);
            assert_true(vlt_field_name_ok(name, strlen(name)));
            assert_non_null(strchr("CTSP", f.domain));
            assert_true(f.standard[0] != 0 && f.label[0] != 0 &&
                f.help[0] != 0 && f.part[0] != 0);
            assert_int_equal(f.kind == VAULT_FORM_CHOICE, f.words != NULL);
            assert_int_equal(f.repeats, strchr(f.name, 'N') != NULL);
            /* and found under it, and nothing else is */
            assert_true(vault_form_find(types[t], name, &other));
            assert_string_equal(other.name, f.name);
        }
    }
    assert_int_equal(vault_form_fields("receipt"), 0);
    assert_int_equal(vault_form_fields(""), 0);
}

static void
numbers_in_names_are_1_to_999(void **state)
{
    static const struct {
        const char *name;
        bool known;
    } rows[] = {
        {"victim.1.name.1", true},
        {"victim.999.name.12.kind", true},
        {"victim.0.name.1", false},
        {"victim.01.name.1", false},
        {"victim.1000.name.1", false},
        {"victim.N.name.1", false},
        {"victim..name.1", false},
        {"victim.1.name", false},
        {"victim.1.name.1.", false},
        {"victim.1.name.1.kind.x", false},
        {"", false},
        {"type", true},
        {"tag.3", true},
    };
    struct vault_form_field f;

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(vault_form_find("testimony", rows[i].name, &f),
            rows[i].known);
    }
}

static void
delicate_names_are_known_by_their_first_word(void **state)
{
    static const struct {
        const char *type;
        const char *name;
        char domain;
    } rows[] = {
        {"testimony", "victim.1.name.1", 'C'},
        {"testimony", "victim.nickname", 'C'},
        {"testimony", "interviewer.code", 'S'},
        {"testimony", "interviewer.telephone", 'S'},
        {"testimony", "risk.of-all", 'S'},
        {"testimony", "record.code", 'P'},
        {"testimony", "text", 'T'},
        {"testimony", "event.1.colour", 'T'},
        {"testimony", "my-own", 'T'},
        {"testimony", "victims", 'T'},
        {"letter", "author.1.name", 'C'},
        {"letter", "acquired.from", 'S'},
        {"contact", "anything", 'C'},
        {"contact", "title", 'C'},
        {"consent", "anything", 'S'},
        {"note", "text", 'T'},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s %s\n", rows[i].type, rows[i].name);
        assert_int_equal(vault_form_domain(rows[i].type, rows[i].name),
            rows[i].domain);
    }
}

/* Spellings of "Maria", "Mariam" and the like in each script, and mixtures. */
static void
the_script_of_a_name_is_found(void **state)
{
    static const struct {
        const char *name;
        const char *script;
    } rows[] = {
        {"Gülnar O'Brien-Straße", "Latn"},
        {"Jo\xcc\x88rg", "Latn"},
        {"Әйгерім Қасым", "Cyrl"},
        {"ئايگۈل", "Arab"},
        {"گۈلنار (گۈلى)", "Arab"},
        {"阿依古丽·买买提", "Hani"},
        {"古丽 Gülnar", NULL},
        {"Аmina", NULL}, /* the first letter is Cyrillic */
        {"1987", NULL},
        {"", NULL},
        {"Ἀθηνᾶ", NULL},
        {"თამარ", NULL},
        {"\xff", NULL},
        {"\xf0\xa0\x80\x80", "Hani"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        const char *got = vault_form_script(rows[i].name, strlen(rows[i].name));

        print_message("%s\n", rows[i].name);
        if (rows[i].script == NULL)
            assert_null(got);
        else
            assert_string_equal(got, rows[i].script);
    }
}

/* From RFC 5646, sections 2.1, 2.2.9 and appendix A. */
static void
language_tags_are_well_formed(void **state)
{
    static const struct {
        const char *tag;
        bool good;
    } rows[] = {
        {"de", true},
        {"kk", true},
        {"und", true},
        {"ug-Arab", true},
        {"zh-cmn-Hans-CN", true},
        {"sl-rozaj-biske", true},
        {"de-CH-1901", true},
        {"hy-Latn-IT-arevela", true},
        {"es-419", true},
        {"de-CH-x-phonebk", true},
        {"en-US-u-islamcal", true},
        {"en-a-myext-b-another", true},
        {"", false},
        {"k", false},
        {"kazakh", false},
        {"k1", false},
        {"kk-", false},
        {"kk--Cyrl", false},
        {"kk_Cyrl", false},
        {"de-419-DE", false},
        {"ug-Arab-Latn", false},
        {"en-a", false},
        {"de-x", false},
        {"en-toolongsub", false},
        {"kk Cyrl", false},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].tag);
        assert_int_equal(vlt_registry_tag_ok(rows[i].tag, strlen(rows[i].tag)),
            rows[i].good);
    }
}

/* Seconds from `date -u -d ... +%s` of GNU coreutils. */
static void
times_are_rfc_3339(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t t;
    } rows[] = {
        {"1970-01-01T00:00:00Z", true, 0},
        {"2031-11-04T09:00:00Z", true, INT64_C(1951549200)},
        {"2031-11-04T14:00:00+05:00", true, INT64_C(1951549200)},
        {"2031-11-04 04:30:00-04:30", true, INT64_C(1951549200)},
        {"1937-05-02T00:00:00Z", true, INT64_C(-1030924800)},
        {"2028-02-29T23:59:59Z", true, INT64_C(1835481599)},
        {"0001-01-01T00:00:00Z", true, INT64_C(-62135596800)},
        {"9999-12-31T23:59:59Z", true, INT64_C(253402300799)},
        {"2029-02-29T00:00:00Z", false, 0},
        {"2031-11-04T24:00:00Z", false, 0},
        {"2031-11-04T09:00:60Z", false, 0},
        {"2031-11-04T09:00:00", false, 0},
        {"2031-11-04T09:00:00+5:00", false, 0},
        {"2031-11-04T09:00Z", false, 0},
        {"2031-11-04", false, 0},
        {"", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        int64_t t = 0;

        print_message("%s\n", rows[i].text);
        assert_int_equal(vlt_registry_time(rows[i].text, strlen(rows[i].text),
                             &t),
            rows[i].good);
        assert_int_equal(t, rows[i].t);
    }
}

/* ---- docs/records.md ---- */

static void
put_type(struct vlt_buf *b, const char *type)
{
    const char *part = NULL;
    size_t n = vault_form_fields(type);

    vlt_buf_printf(b, "\n## %s\n", type);
    for (size_t i = 0; i < n; i++) {
        struct vault_form_field f;

        vault_form_field(type, i, &f);
        if (f.part != part)
            vlt_buf_printf(b,
                "\n### %s: %s\n\n| field | kind | K | asked for by | what it "
                "is |\n|---|---|---|---|---|\n",
                type, f.part);
        part = f.part;
        vlt_buf_printf(b, "| `%s` | %s%s | %c | %s | %s. %s", f.name,
            kinds[f.kind], f.set ? ", set" : "", f.domain, f.standard, f.label,
            f.help);
        if (f.words != NULL)
            vlt_buf_put_str(b, " `");
        for (const char *w = f.words; w != NULL && *w != 0; w++)
            vlt_buf_put_str(b, *w == '|' ? "`, `" : (const char[]){*w, 0});
        vlt_buf_put_str(b, f.words != NULL ? "` |\n" : " |\n");
    }
}

static const char mark[] = "<!-- from here on made by "
                           "tests/format/test_registry -->\n";

static void
the_table_for_people_is_this_registry(void **state)
{
    const char *src = getenv("SRC");
    char path[4096], *text;
    struct vlt_buf b;
    FILE *file;
    size_t n;
    char *at;

    (void)state;
    if (src == NULL)
        skip();
    vlt_buf_init(&b, 1024 * 1024);
    for (size_t t = 0; t < VLT_COUNT(types); t++)
        put_type(&b, types[t]);
    (void)snprintf(path, sizeof path, "%s/docs/records.md", src);
    text = calloc(1, 1024 * 1024);
    file = fopen(path, "rb");
    assert_non_null(file);
    n = fread(text, 1, 1024 * 1024 - 1, file);
    (void)fclose(file);
    at = strstr(text, mark);
    assert_non_null(at);
    at += sizeof mark - 1;
    if (getenv("WRITE_RECORDS") != NULL) {
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(text, 1, (size_t)(at - text), file),
            (size_t)(at - text));
        assert_int_equal(fwrite(b.p, 1, b.len, file), b.len);
        assert_int_equal(fclose(file), 0);
    } else {
        /* else: run it with WRITE_RECORDS=1 and SRC set */
        assert_int_equal(n - (size_t)(at - text), b.len);
        assert_memory_equal(at, b.p, b.len);
    }
    vlt_buf_clear(&b);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete_and_its_name_a_path),
        cmocka_unit_test(numbers_in_names_are_1_to_999),
        cmocka_unit_test(delicate_names_are_known_by_their_first_word),
        cmocka_unit_test(the_script_of_a_name_is_found),
        cmocka_unit_test(language_tags_are_well_formed),
        cmocka_unit_test(times_are_rfc_3339),
        cmocka_unit_test(the_table_for_people_is_this_registry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
