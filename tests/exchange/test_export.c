/* SPDX-License-Identifier: Apache-2.0 */
/* test_export.c: what goes out is complete, and nothing goes out unlogged */
#include "export.h"

#include "bagit.h"
#include "export_plan.h"
#include "handle.h"
#include "text.h"
#include "fail.h"
#include "quick_vault.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/agefile.h>

/* 2031-11-04T09:00:00Z */
enum { NOW = 1951549200 };

static struct export_options
options(enum export_format format, const char *dest)
{
    return (struct export_options){.format = format,
        .dest = dest,
        .purpose = "share-inside",
        .agent = "test 1",
        .now = NOW};
}

static enum vault_status
export_all(struct vault *v, const struct export_options *o, bool *logged)
{
    struct export *e = NULL;
    enum vault_status st = export_begin(v, o, &e, NULL);

    *logged = false;
    if (st == VAULT_OK)
        st = export_add_list(e, NULL, NULL);
    if (st == VAULT_OK)
        st = export_ready(e, NULL);
    if (st == VAULT_OK)
        st = export_run(e, logged, NULL);
    export_free(e);
    return st;
}

static int
count_note(void *ctx, const struct vault_leaf *l)
{
    *(unsigned *)ctx += strcmp(l->kind, "note") == 0;
    return 0;
}

static unsigned
notes(struct vault *v)
{
    unsigned n = 0;

    assert_int_equal(vault_log(v, NULL, count_note, &n, NULL), VAULT_OK);
    return n;
}

static void
a_bag_that_goes_out_passes_the_check(void **state)
{
    static uint8_t noise[300000];
    struct quick_vault q;
    struct vault_sealed out;
    struct bagit_result r;
    char dest[TEMP_PATH];
    struct export_options o;
    bool logged;

    (void)state;
    quick_make(&q);
    quick_noise(noise, sizeof noise, 7);
    quick_add(q.v, "one", noise, sizeof noise, &out);
    quick_add(q.v, "two", "short", 5, &out);
    quick_add(q.v, "none", NULL, 0, &out);
    temp_dir_path(&q.dir, "bag", dest);
    o = options(EXPORT_BAGIT, dest);
    assert_int_equal(export_all(q.v, &o, &logged), VAULT_OK);
    assert_true(logged);
    assert_int_equal(notes(q.v), 1);
    assert_int_equal(bagit_check(dest, NULL, NULL, &r, NULL), VAULT_OK);
    assert_int_equal(r.files, 3); /* two originals and records.jsonl */
    assert_true(r.sha256 && r.sha512);
    assert_true(r.bytes > sizeof noise + 5);
    /* there is something now: nothing is written, nothing is logged */
    assert_int_equal(export_all(q.v, &o, &logged), VAULT_E_EXISTS);
    assert_false(logged);
    assert_int_equal(notes(q.v), 1);
    quick_end(&q);
}

/* ---- age ---- */

struct file {
    FILE *f;
};

static enum vault_status
from_file(void *ctx, void *p, size_t max, size_t *got, struct vault_error *err)
{
    struct file *f = ctx;

    (void)err;
    *got = fread(p, 1, max, f->f);
    return ferror(f->f) ? VAULT_E_IO : VAULT_OK;
}

/* The archive of an age file that is sealed to this vault. */
static void
read_archive(struct vault *v, const char *path, struct vlt_buf *out)
{
    struct file f = {fopen(path, "rb")};
    struct vault_age_in *in = NULL;
    uint8_t piece[1000];
    size_t n = 1;

    assert_non_null(f.f);
    vlt_buf_init(out, 1 << 24);
    assert_int_equal(vault_age_open(v, NULL, 0, from_file, &f, NULL, &in, NULL),
        VAULT_OK);
    while (n > 0) {
        assert_int_equal(vault_age_read(in, piece, sizeof piece, &n, NULL),
            VAULT_OK);
        vlt_buf_put(out, piece, n);
    }
    vault_age_in_free(in);
    fclose(f.f);
}

/* How many blocks begin with this name. */
static unsigned
named(const struct vlt_buf *archive, const char *name)
{
    unsigned n = 0;

    for (size_t at = 0; at + 512 <= archive->len; at += 512)
        n += strncmp((const char *)archive->p + at, name, strlen(name)) == 0;
    return n;
}

/* Two of one id, as versions in conflict have it and as somebody may make it:
 * none lies over the other. */
static void
records_of_one_id_have_folders_of_their_own(void **state)
{
    struct vault_age_to *to = vault_age_to_new();
    struct export *e = NULL;
    struct export_options o;
    struct vault_sealed one, two;
    struct vlt_buf archive;
    struct quick_vault q;
    char dest[TEMP_PATH], age[VLT_CARD_AGE_TEXT], id[33], name[256];
    bool logged;

    (void)state;
    quick_make(&q);
    vlt_card_age(age, &q.v->card);
    assert_int_equal(vault_age_to_add(to, age, NULL), VAULT_OK);
    quick_add(q.v, "one", "short", 5, &one);
    quick_add(q.v, "two", "shorter", 7, &two);
    temp_dir_path(&q.dir, "x.age", dest);
    o = options(EXPORT_AGE, dest);
    assert_int_equal(export_begin(q.v, &o, &e, NULL), VAULT_E_USAGE);
    o.age_to = to;
    assert_int_equal(export_begin(q.v, &o, &e, NULL), VAULT_OK);
    assert_int_equal(export_add_list(e, NULL, NULL), VAULT_OK);
    assert_int_equal(export_add_list(e, NULL, NULL), VAULT_OK);
    e->items = 3; /* one of them twice */
    assert_int_equal(export_run(e, &logged, NULL), VAULT_OK);
    read_archive(q.v, dest, &archive);
    vlt_hex(id, e->item[1].id, VAULT_ID);
    (void)snprintf(name, sizeof name, "sanduq-export/%s/record.jsonl", id);
    assert_int_equal(named(&archive, name), 1);
    vlt_hex(id, e->item[0].id, VAULT_ID);
    (void)snprintf(name, sizeof name, "sanduq-export/%s/", id);
    assert_int_equal(named(&archive, name), 0);
    (void)snprintf(name, sizeof name, "sanduq-export/%s-", id);
    assert_true(named(&archive, name) >= 2);
    export_free(e);
    vault_age_to_free(to);
    vlt_buf_clear(&archive);
    quick_end(&q);
}

static void
what_is_refused_before_is_not_in_the_log(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    char dest[TEMP_PATH];
    struct export_options o;
    bool logged;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "x", 1, &out);
    temp_dir_path(&q.dir, "no/such/folder", dest);
    o = options(EXPORT_FILES, dest);
    assert_int_equal(export_all(q.v, &o, &logged), VAULT_E_NOT_FOUND);
    assert_int_equal(notes(q.v), 0);
    temp_dir_path(&q.dir, "table", dest);
    o = options(EXPORT_CSV, dest);
    o.purpose = "nothing";
    assert_int_equal(export_all(q.v, &o, &logged), VAULT_E_USAGE);
    o.purpose = "court";
    o.override = true;
    assert_int_equal(export_all(q.v, &o, &logged), VAULT_E_USAGE);
    o.reason = "because";
    assert_int_equal(export_all(q.v, &o, &logged), VAULT_OK);
    assert_int_equal(notes(q.v), 1);
    quick_end(&q);
}

/* ---- every type and state comes out, and nothing else ---- */

#define PUT(type, state, name, value)                              \
    assert_int_equal(vault_seal_field(s, type, state, name, value, \
                         sizeof(value) - 1, NULL),                 \
        VAULT_OK)

static void
seal_all_types(struct vault *v)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_seal_begin(v, "odd-type", &s, NULL), VAULT_OK);
    PUT(VAULT_TEXT, VAULT_VALUE, "a.text", "\"=1\n\xe2\x80\xae\"");
    PUT(VAULT_LANG_TEXT, VAULT_VALUE, "b.lang", "ug-Arab x y");
    PUT(VAULT_DATE, VAULT_VALUE, "c.date", "islamic 1450-09");
    PUT(VAULT_TIME, VAULT_VALUE, "d.time", "\0\0\0\0\0\0\0\x0a");
    PUT(VAULT_NUMBER, VAULT_VALUE, "e.number",
        "\xff\xff\xff\xff\xff\xff\xff\xfe");
    PUT(VAULT_BYTES, VAULT_VALUE, "f.bytes", "\x00\xff");
    PUT(VAULT_TEXT, VAULT_REFUSED, "g.refused", "");
    PUT(VAULT_DATE, VAULT_NOT_ASKED, "h.not-asked", "");
    PUT(VAULT_NUMBER, VAULT_UNKNOWN, "i.unknown", "");
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

/* The member of the field of this name, as JSON text. */
static const char *
text_of(const json_t *fields, const char *name, const char *member)
{
    size_t i;
    const json_t *f;

    json_array_foreach(fields, i, f)
    {
        if (strcmp(json_string_value(json_object_get(f, "name")), name) == 0)
            return json_string_value(json_object_get(f, member));
    }
    return NULL;
}

static void
every_type_and_state_is_in_the_line(void **state)
{
    static const char *const rows[][3] = {{"a.text", "value",
                                              "\"=1\n\xe2\x80\xae\""},
        {"b.lang", "lang", "ug-Arab"}, {"b.lang", "value", "x y"},
        {"c.date", "calendar", "islamic"}, {"c.date", "value", "1450-09"},
        {"d.time", "time", "1970-01-01T00:00:10Z"},
        {"e.number", "type", "number"}, {"f.bytes", "hex", "00ff"},
        {"g.refused", "state", "refused"}, {"h.not-asked", "type", "date"},
        {"h.not-asked", "state", "not-asked"},
        {"i.unknown", "state", "unknown"}, {"type", "value", "odd-type"},
        {"time.sealed", "type", "time"}};
    struct quick_vault q;
    char dest[TEMP_PATH], file[TEMP_PATH];
    struct export_options o;
    uint8_t *line;
    json_t *root;
    size_t n = 0;
    bool logged;

    (void)state;
    quick_make(&q);
    seal_all_types(q.v);
    temp_dir_path(&q.dir, "out", dest);
    temp_dir_path(&q.dir, "out/records.jsonl", file);
    o = options(EXPORT_JSONL, dest);
    assert_int_equal(export_all(q.v, &o, &logged), VAULT_OK);
    line = temp_read(file, &n);
    root = json_loadb((const char *)line, n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_int_equal(json_array_size(json_object_get(root, "fields")), 11);
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s %s\n", rows[i][0], rows[i][1]);
        assert_string_equal(text_of(json_object_get(root, "fields"), rows[i][0],
                                rows[i][1]),
            rows[i][2]);
    }
    json_decref(root);
    free(line);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bag_that_goes_out_passes_the_check),
        cmocka_unit_test(records_of_one_id_have_folders_of_their_own),
        cmocka_unit_test(what_is_refused_before_is_not_in_the_log),
        cmocka_unit_test(every_type_and_state_is_in_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
