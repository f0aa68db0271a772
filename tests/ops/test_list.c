/* SPDX-License-Identifier: Apache-2.0 */
/* test_list.c: which records a walk shows, and finding one by its id */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

enum { RECORDS = 70 }; /* more than two pages of 32 */

struct seen {
    size_t n;
    size_t stop_at; /* 0: never */
    char name[RECORDS][16];
    int64_t sealed[RECORDS];
    size_t bad;
    enum vault_status why;
};

static int
take(void *ctx, const struct vault_entry *e)
{
    struct seen *s = ctx;

    assert_true(s->n < RECORDS);
    (void)snprintf(s->name[s->n], 16, "%s", e->name);
    s->sealed[s->n] = e->sealed;
    return ++s->n == s->stop_at;
}

static int
take_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct seen *s = ctx;

    assert_non_null(id);
    assert_int_equal(version, 1);
    s->bad++;
    s->why = why->code;
    return 0;
}

static void
add(struct vault *v, const char *type, const char *field, int n,
    struct vault_sealed *out)
{
    struct vault_sealer *s;
    char text[16];

    (void)snprintf(text, sizeof text, "%d", n);
    assert_int_equal(vault_seal_begin(v, type, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, field, text,
                         strlen(text), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, out, NULL), VAULT_OK);
}

static struct quick_vault q;
static struct vault_sealed sealed[RECORDS];

static int
fill(void **state)
{
    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (int i = 0; i < RECORDS; i++)
        add(q.v, i % 2 == 0 ? "note" : "letter",
            i % 3 == 0 ? "file.name" : "title", i, &sealed[i]);
    return vault_batch_end(q.v, NULL) != VAULT_OK;
}

static int
empty(void **state)
{
    (void)state;
    quick_end(&q);
    return 0;
}

static void
all_are_shown_in_the_order_they_were_sealed(void **state)
{
    struct seen s = {0};
    char text[16];

    (void)state;
    assert_int_equal(vault_list(q.v, NULL, take, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, RECORDS);
    for (int i = 0; i < RECORDS; i++) {
        (void)snprintf(text, sizeof text, "%d", i);
        assert_string_equal(s.name[i], text);
        assert_true(s.sealed[i] > 1600000000);
    }
}

static void
filters_hold_alone_and_together(void **state)
{
    static const struct {
        const char *name;
        struct vault_list_options opt;
        size_t n;
        const char *first;
    } rows[] = {
        {"type",
            {"letter", INT64_MIN, INT64_MAX, 0, false, NULL, NULL, 0, false,
                false},
            35, "1"},
        {"no such type",
            {"lette", INT64_MIN, INT64_MAX, 0, false, NULL, NULL, 0, false,
                false},
            0, ""},
        {"limit",
            {NULL, INT64_MIN, INT64_MAX, 33, false, NULL, NULL, 0, false,
                false},
            33, "0"},
        {"limit of all",
            {NULL, INT64_MIN, INT64_MAX, 70, false, NULL, NULL, 0, false,
                false},
            70, "0"},
        {"limit 1",
            {NULL, INT64_MIN, INT64_MAX, 1, false, NULL, NULL, 0, false, false},
            1, "0"},
        {"newest",
            {NULL, INT64_MIN, INT64_MAX, 0, true, NULL, NULL, 0, false, false},
            70, "69"},
        {"newest 2",
            {"note", INT64_MIN, INT64_MAX, 2, true, NULL, NULL, 0, false,
                false},
            2, "68"},
        {"future",
            {NULL, INT64_C(99999999999), INT64_MAX, 0, false, NULL, NULL, 0,
                false, false},
            0, ""},
        {"past", {NULL, INT64_MIN, 1000, 0, false, NULL, NULL, 0, false, false},
            0, ""},
        {"from 1000",
            {NULL, 1000, INT64_MAX, 0, false, NULL, NULL, 0, false, false}, 70,
            "0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = {0};

        assert_int_equal(vault_list(q.v, &rows[i].opt, take, NULL, &s, NULL),
            VAULT_OK);
        if (s.n != rows[i].n || strcmp(s.name[0], rows[i].first) != 0)
            fail_msg("%s: %zu, first %s", rows[i].name, s.n, s.name[0]);
    }
}

static void
until_is_exclusive_and_since_is_not(void **state)
{
    struct seen s = {0}, t = {0};
    struct vault_list_options opt = {NULL, INT64_MIN, INT64_MAX, 0, false, NULL,
        NULL, 0, false, false};

    (void)state;
    assert_int_equal(vault_list(q.v, &opt, take, NULL, &s, NULL), VAULT_OK);
    opt.since = s.sealed[RECORDS - 1];
    opt.until = s.sealed[RECORDS - 1] + 1;
    assert_int_equal(vault_list(q.v, &opt, take, NULL, &t, NULL), VAULT_OK);
    assert_true(t.n > 0);
    memset(&t, 0, sizeof t);
    opt.until = opt.since;
    assert_int_equal(vault_list(q.v, &opt, take, NULL, &t, NULL), VAULT_OK);
    assert_int_equal(t.n, 0);
}

static void
a_caller_may_stop_the_walk(void **state)
{
    struct seen s = {.stop_at = 40};

    (void)state;
    assert_int_equal(vault_list(q.v, NULL, take, NULL, &s, NULL),
        VAULT_E_CANCELLED);
    assert_int_equal(s.n, 40);
    assert_int_equal(quick_listed(q.v), RECORDS);
}

static void
a_damaged_record_is_told_and_the_walk_goes_on(void **state)
{
    struct vault_options opt = {.no_state = true};
    struct vault *v;
    struct seen s = {0};
    char path[TEMP_PATH];

    (void)state;
    temp_dir_path(&q.dir, "copy", path);
    temp_copy(q.path, path);
    quick_sql(path,
        "UPDATE record SET meta = zeroblob(length(meta)) "
        "WHERE rid = 5; DELETE FROM wrap WHERE rid = 6");
    v = quick_open(&q, path, &opt);
    assert_int_equal(vault_list(v, NULL, take, take_bad, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, RECORDS - 2);
    assert_int_equal(s.bad, 2);
    assert_int_equal(s.why, VAULT_E_NO_KEY);
    assert_int_equal(vault_list(v, NULL, take, NULL, &(struct seen){0}, NULL),
        VAULT_E_TAMPERED);
    vault_close(v);
}

static void
hex(char *out, const uint8_t *p, size_t digits)
{
    for (size_t i = 0; i < digits; i++)
        out[i] = "0123456789abcdef"[i % 2 == 0 ? p[i / 2] >> 4 : p[i / 2] & 15];
    out[digits] = 0;
}

static void
an_id_is_found_by_its_beginning(void **state)
{
    uint8_t id[4][VAULT_ID];
    size_t n = 9;
    char text[40];

    (void)state;
    for (int i = 0; i < RECORDS; i++)
        for (size_t digits = 8; digits <= 32; digits += 3) {
            hex(text, sealed[i].id, digits);
            assert_int_equal(vault_resolve(q.v, text, id, 4, &n, NULL),
                VAULT_OK);
            assert_int_equal(n, 1);
            assert_memory_equal(id[0], sealed[i].id, VAULT_ID);
            assert_int_equal(vault_resolve(q.v, text, id, 1, &n, NULL),
                VAULT_OK);
            assert_memory_equal(id[0], sealed[i].id, VAULT_ID);
        }
}

static void
what_is_no_beginning_of_an_id_is_refused(void **state)
{
    static const char *const rows[] = {"", "0", "01234", "0123456g", "ABCDEF",
        "abc def", "../../etc", "000000000000000000000000000000000"};
    uint8_t id[1][VAULT_ID];
    char text[40];
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(vault_resolve(q.v, rows[i], id, 1, &n, NULL),
            VAULT_E_USAGE);
    hex(text, sealed[0].id, 32);
    text[31] = text[31] == '0' ? '1' : '0';
    assert_int_equal(vault_resolve(q.v, text, id, 1, &n, NULL),
        VAULT_E_NOT_FOUND);
}

static void
more_than_one_id_is_ambiguous_and_both_are_named(void **state)
{
    struct vault_options opt = {.no_state = true};
    struct vault *v;
    uint8_t id[3][VAULT_ID];
    size_t n = 0;
    char path[TEMP_PATH];

    (void)state;
    temp_dir_path(&q.dir, "copy2", path);
    temp_copy(q.path, path);
    quick_sql(path,
        "UPDATE record SET id = CAST(x'abcdef' || "
        "substr(id, 4) AS BLOB) WHERE rid IN (3, 4)");
    assert_int_equal(vault_open(path, &opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_resolve(v, "abcdef", id, 3, &n, NULL),
        VAULT_E_AMBIGUOUS); /* works locked */
    assert_int_equal(n, 2);
    assert_memory_equal(id[0], "\xab\xcd\xef", 3);
    assert_memory_equal(id[1], "\xab\xcd\xef", 3);
    assert_true(memcmp(id[0], id[1], VAULT_ID) < 0);
    assert_int_equal(vault_resolve(v, "abcdef", id, 1, &n, NULL),
        VAULT_E_AMBIGUOUS);
    assert_int_equal(n, 1);
    vault_close(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_shown_in_the_order_they_were_sealed),
        cmocka_unit_test(filters_hold_alone_and_together),
        cmocka_unit_test(until_is_exclusive_and_since_is_not),
        cmocka_unit_test(a_caller_may_stop_the_walk),
        cmocka_unit_test(a_damaged_record_is_told_and_the_walk_goes_on),
        cmocka_unit_test(an_id_is_found_by_its_beginning),
        cmocka_unit_test(what_is_no_beginning_of_an_id_is_refused),
        cmocka_unit_test(more_than_one_id_is_ambiguous_and_both_are_named),
    };

    return cmocka_run_group_tests(tests, fill, empty);
}
