/* SPDX-License-Identifier: Apache-2.0 */
/* test_draft_ops: drafts are kept whole, opened unlocked only, destroyed only
 * when they are drafts */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/drafts.h>

#include "os.h"
#include "quick_vault.h"

enum { MANY = 1025 };

static const struct vault_field answers[] = {
    {VAULT_TEXT, VAULT_VALUE, "record.code", (const uint8_t *)"K-7", 3},
    {VAULT_LANG_TEXT, VAULT_VALUE, "text",
        (const uint8_t *)"kk \xd1\x81\xd3\xa9\xd0\xb7", 9},
    {VAULT_DATE, VAULT_REFUSED, "interview.date", NULL, 0},
};

struct found {
    unsigned n;
    uint8_t id[8][VAULT_ID];
    char path[8][TEMP_PATH];
};

static int
note(void *ctx, const struct vault_draft_file *file)
{
    struct found *f = ctx;

    assert_true(f->n < 8);
    memcpy(f->id[f->n], file->id, VAULT_ID);
    (void)snprintf(f->path[f->n], TEMP_PATH, "%s", file->path);
    f->n++;
    return 0;
}

static void
find(const struct quick_vault *q, struct found *f)
{
    memset(f, 0, sizeof *f);
    assert_int_equal(vault_drafts(q->path, note, f, NULL), VAULT_OK);
}

/* A capture file, so that the vault is locked to whoever keeps. */
static struct vault *
locked(struct quick_vault *q)
{
    struct vault *c = NULL;
    char path[TEMP_PATH + 16];

    (void)snprintf(path, sizeof path, "%s.capture", q->path);
    if (!vlt_os_exists(path))
        assert_int_equal(vault_capture_create(q->v, path, NULL), VAULT_OK);
    assert_int_equal(vault_capture_open(path, &q->opt, &c, NULL), VAULT_OK);
    return c;
}

static void
what_was_kept_locked_is_read_unlocked(void **unused)
{
    struct quick_vault q;
    struct vault_draft *d = NULL, *back = NULL;
    struct vault_field f;
    struct found found;
    struct vault *c;

    (void)unused;
    quick_make(&q);
    c = locked(&q);
    assert_int_equal(vault_draft_begin(c, q.path, "note", &d, NULL), VAULT_OK);
    assert_false(vault_draft_kept(d));
    find(&q, &found);
    assert_int_equal(found.n, 0);
    for (size_t n = 0; n <= 3; n++)
        assert_int_equal(vault_draft_keep(d, answers, n, n > 0 ? "text" : "",
                             n == 3 ? VAULT_DRAFT_UNFINISHED : 0, NULL),
            VAULT_OK);
    assert_true(vault_draft_kept(d));
    find(&q, &found);
    assert_int_equal(found.n, 1);
    assert_memory_equal(found.id[0], vault_draft_id(d), VAULT_ID);
    assert_string_equal(found.path[0], vault_draft_path(d));
    /* whoever keeps it cannot read it */
    assert_int_equal(vault_draft_open(c, q.path, found.id[0], &back, NULL),
        VAULT_E_LOCKED);
    vault_draft_close(d);
    vault_close(c);

    assert_int_equal(vault_draft_open(q.v, q.path, found.id[0], &back, NULL),
        VAULT_OK);
    assert_string_equal(vault_draft_type(back), "note");
    assert_string_equal(vault_draft_last(back), "text");
    assert_int_equal(vault_draft_flags(back), VAULT_DRAFT_UNFINISHED);
    assert_int_equal(vault_draft_fields(back), 3);
    vault_draft_field(back, 2, &f); /* ascending by name */
    assert_string_equal(f.name, "text");
    assert_memory_equal(f.value, answers[1].value, 9);
    vault_draft_field(back, 0, &f);
    assert_int_equal(f.state, VAULT_REFUSED);
    vault_draft_close(back);
    vault_lock(q.v);
    assert_int_equal(vault_draft_open(q.v, q.path, found.id[0], &back, NULL),
        VAULT_E_LOCKED);
    assert_int_equal(vault_draft_begin(q.v, q.path, "note", &d, NULL),
        VAULT_E_LOCKED);
    quick_end(&q);
}

/* What cannot be kept leaves what was kept before as it is. */
static void
a_keep_that_fails_changes_nothing(void **unused)
{
    struct vault_field *many = calloc(MANY, sizeof *many);
    char(*names)[16] = calloc(MANY, sizeof *names);
    struct vault_draft *d = NULL;
    struct quick_vault q;
    uint8_t *before = NULL, *after = NULL;
    size_t n = 0, m = 0;

    (void)unused;
    assert_non_null(many);
    assert_non_null(names);
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(names[i], sizeof names[i], "a.%zu", i);
        many[i] = (struct vault_field){VAULT_TEXT, VAULT_VALUE, names[i],
            (const uint8_t *)"x", 1};
    }
    quick_make(&q);
    assert_int_equal(vault_draft_begin(q.v, q.path, "no type", &d, NULL),
        VAULT_OK);
    assert_int_equal(vault_draft_keep(d, answers, 1, "", 0, NULL),
        VAULT_E_USAGE);
    assert_false(vault_draft_kept(d));
    vault_draft_close(d);
    assert_int_equal(vault_draft_begin(q.v, q.path, "note", &d, NULL),
        VAULT_OK);
    assert_int_equal(vault_draft_keep(d, many, MANY - 1, "a.1", 0, NULL),
        VAULT_OK);
    assert_int_equal(vlt_os_read_small(vault_draft_path(d), 1 << 20, &before,
                         &n, NULL),
        VAULT_OK);
    assert_int_equal(vault_draft_keep(d, many, MANY, "a.1", 0, NULL),
        VAULT_E_LIMIT);
    assert_int_equal(vault_draft_keep(d, many, 1, "NO NAME", 0, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vault_draft_keep(d, many, 1, "a.1", 4, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_os_read_small(vault_draft_path(d), 1 << 20, &after, &m,
                         NULL),
        VAULT_OK);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    assert_int_equal(vault_draft_fields(d), MANY - 1);
    vault_draft_close(d);
    free(before);
    free(after);
    free(many);
    free(names);
    quick_end(&q);
}

static void
put(const char *path, const void *p, size_t n)
{
    assert_int_equal(vlt_os_replace(path, p, n, NULL), VAULT_OK);
}

/* Every file that a power cut can leave between two states gives one of
 * them, and the next keep ends with one file. */
static void
between_two_states_one_of_them_is_read(void **unused)
{
    static const struct {
        const char *name;
        bool old, next, zeroed;
        size_t fields;
    } rows[] = {{"before", true, false, false, 1},
        {"the new one has its name", true, true, false, 3},
        {"the old one is overwritten", true, true, true, 3},
        {"the old one is gone", false, true, false, 3}};
    struct quick_vault q;
    struct vault_draft *d = NULL;
    uint8_t *one = NULL, *three = NULL, id[VAULT_ID];
    size_t n = 0, m = 0;
    char path[TEMP_PATH], next[TEMP_PATH + 8];

    (void)unused;
    quick_make(&q);
    assert_int_equal(vault_draft_begin(q.v, q.path, "note", &d, NULL),
        VAULT_OK);
    memcpy(id, vault_draft_id(d), sizeof id);
    (void)snprintf(path, sizeof path, "%s", vault_draft_path(d));
    (void)snprintf(next, sizeof next, "%s.next", path);
    assert_int_equal(vault_draft_keep(d, answers, 1, "", 0, NULL), VAULT_OK);
    assert_int_equal(vlt_os_read_small(path, 1 << 20, &one, &n, NULL),
        VAULT_OK);
    assert_int_equal(vault_draft_keep(d, answers, 3, "", 0, NULL), VAULT_OK);
    assert_int_equal(vlt_os_read_small(path, 1 << 20, &three, &m, NULL),
        VAULT_OK);
    assert_false(vlt_os_exists(next));
    vault_draft_close(d);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct found found;

        assert_int_equal(vlt_os_destroy(path, NULL), VAULT_OK);
        assert_int_equal(vlt_os_destroy(next, NULL), VAULT_OK);
        if (rows[i].zeroed)
            memset(one, 0, n);
        if (rows[i].old)
            put(path, one, n);
        if (rows[i].next)
            put(next, three, m);
        find(&q, &found);
        assert_int_equal(found.n, 1);
        d = NULL;
        if (vault_draft_open(q.v, q.path, id, &d, NULL) != VAULT_OK)
            fail_msg("%s: does not open", rows[i].name);
        assert_int_equal(vault_draft_fields(d), rows[i].fields);
        assert_int_equal(vault_draft_keep(d, answers, 2, "", 0, NULL),
            VAULT_OK);
        vault_draft_close(d);
        assert_false(vlt_os_exists(next));
        assert_int_equal(vault_draft_open(q.v, q.path, id, &d, NULL), VAULT_OK);
        assert_int_equal(vault_draft_fields(d), 2);
        vault_draft_close(d);
    }
    assert_int_equal(vault_draft_destroy(q.path, id, NULL), VAULT_OK);
    assert_false(vlt_os_exists(path));
    assert_int_equal(vault_draft_destroy(q.path, id, NULL), VAULT_OK);
    assert_int_equal(vault_draft_open(q.v, q.path, id, &d, NULL),
        VAULT_E_NOT_FOUND);
    free(one);
    free(three);
    quick_end(&q);
}

/* Whoever has the disk can give another file the name of a draft, a link to
 * the vault for instance, and put an open draft's newer state beside it. */
static void
what_stands_under_a_drafts_name_is_not_overwritten(void **unused)
{
    static const size_t sizes[] = {0, 4, 40, 5271, 5272, 5273, 16384};
    struct quick_vault q;
    struct vault_draft *d = NULL;
    uint8_t *draft = NULL, *back, other[16384], id[VAULT_ID];
    size_t n = 0, m = 0;
    char path[TEMP_PATH], next[TEMP_PATH + 8];

    (void)unused;
    quick_make(&q);
    assert_int_equal(vault_draft_begin(q.v, q.path, "note", &d, NULL),
        VAULT_OK);
    memcpy(id, vault_draft_id(d), sizeof id);
    (void)snprintf(path, sizeof path, "%s", vault_draft_path(d));
    (void)snprintf(next, sizeof next, "%s.next", path);
    assert_int_equal(vault_draft_keep(d, answers, 1, "", 0, NULL), VAULT_OK);
    vault_draft_close(d);
    assert_int_equal(vlt_os_read_small(path, 1 << 20, &draft, &n, NULL),
        VAULT_OK);
    quick_noise(other, sizeof other, 9);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        put(path, other, sizes[i]);
        put(next, draft, n);
        d = NULL;
        assert_int_equal(vault_draft_open(q.v, q.path, id, &d, NULL), VAULT_OK);
        assert_int_not_equal(vault_draft_keep(d, answers, 3, "", 0, NULL),
            VAULT_OK);
        vault_draft_close(d);
        back = NULL;
        assert_int_equal(vlt_os_read_small(path, 1 << 20, &back, &m, NULL),
            VAULT_OK);
        assert_int_equal(m, sizes[i]);
        assert_memory_equal(back, other, m);
        free(back);
    }
    free(draft);
    quick_end(&q);
}

/* Names that only look like a draft's are none, and nothing else is
 * overwritten. */
static void
what_is_no_draft_is_left_alone(void **unused)
{
    static const char hex[] = "000102030405060708090a0b0c0d0e0f";
    static const char *const names[] = {"draft-", "draft-0001",
        "draft-000102030405060708090a0b0c0d0e0f0",
        "draft-000102030405060708090a0b0c0d0e0f.new",
        "draft-000102030405060708090A0B0C0D0E0F",
        "Draft-000102030405060708090a0b0c0d0e0f"};
    uint8_t id[VAULT_ID], *p = NULL;
    struct vault_error err;
    struct quick_vault q;
    struct found found;
    char path[TEMP_PATH + 64];
    size_t n = 0;

    (void)unused;
    for (uint8_t i = 0; i < VAULT_ID; i++)
        id[i] = i;
    quick_make(&q);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s.%s", q.path, names[i]);
        put(path, "x", 1);
    }
    find(&q, &found);
    assert_int_equal(found.n, 0);
    (void)snprintf(path, sizeof path, "%s.draft-%s", q.path, hex);
    put(path, "SQLite format 3", 15);
    find(&q, &found);
    assert_int_equal(found.n, 1);
    assert_int_equal(vault_draft_destroy(q.path, id, &err), VAULT_E_FORMAT);
    assert_int_equal(vlt_os_read_small(path, 100, &p, &n, NULL), VAULT_OK);
    assert_int_equal(n, 15);
    assert_memory_equal(p, "SQLite format 3", 15);
    free(p);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_kept_locked_is_read_unlocked),
        cmocka_unit_test(a_keep_that_fails_changes_nothing),
        cmocka_unit_test(between_two_states_one_of_them_is_read),
        cmocka_unit_test(what_stands_under_a_drafts_name_is_not_overwritten),
        cmocka_unit_test(what_is_no_draft_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
