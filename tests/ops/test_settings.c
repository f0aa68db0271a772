/* SPDX-License-Identifier: Apache-2.0 */
/* test_settings.c: sealed settings, and that nobody changes one unseen */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "quick_vault.h"
#include "settings.h"

static void
begin(struct vault *v)
{
    struct vault_error err;

    if (vlt_action_begin(v, &err) != VAULT_OK)
        fail_msg("%s", err.message);
}

static void
commit(struct vault *v)
{
    assert_int_equal(vlt_settings_changed(v, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(v, NULL), VAULT_OK);
}

/* Store a setting `name` = `value` as row id (0: anew); its number. */
static uint64_t
put(struct vault *v, uint64_t id, const char *name, const char *value)
{
    struct vlt_fields f;

    vlt_fields_init(&f);
    assert_int_equal(vlt_fields_add_text(&f, "kind", "setting", NULL),
        VAULT_OK);
    assert_int_equal(vlt_fields_add_text(&f, "name", name, NULL), VAULT_OK);
    assert_int_equal(vlt_fields_add_text(&f, "value", value, NULL), VAULT_OK);
    assert_int_equal(vlt_setting_put(v, &id, &f, NULL), VAULT_OK);
    vlt_fields_clear(&f);
    return id;
}

static uint64_t
put_one(struct vault *v, uint64_t id, const char *name, const char *value)
{
    begin(v);
    id = put(v, id, name, value);
    commit(v);
    return id;
}

struct text {
    char s[512];
};

static enum vault_status
join(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct text *t = ctx;
    const struct vlt_field *n = vlt_fields_find(&s->f, "name");
    const struct vlt_field *v = vlt_fields_find(&s->f, "value");
    size_t at = strlen(t->s);

    (void)err;
    snprintf(t->s + at, sizeof t->s - at, "%d:%.*s=%.*s ", (int)s->id,
        (int)n->value_len, (const char *)n->value, (int)v->value_len,
        (const char *)v->value);
    return VAULT_OK;
}

static void
expect(struct vault *v, const char *kind, const char *all)
{
    struct text t = {""};

    assert_int_equal(vlt_read_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_settings(v, kind, join, &t, NULL), VAULT_OK);
    vlt_store_rollback(v->store);
    assert_string_equal(t.s, all);
}

/* What the file answers: verified without a key and with one, unlocked. */
static void
expect_file(const struct quick_vault *q, enum vault_status want)
{
    struct vault_options opt = {.no_state = true};
    struct quick_verdict said;
    struct vault *v = NULL;

    quick_verify(q->path, NULL, &said);
    if (said.st != want)
        fail_msg("verify: %s", said.lines);
    quick_verify(q->path, q->key, &said);
    if (said.st != want)
        fail_msg("verify with the key: %s", said.lines);
    assert_int_equal(vault_open(q->path, &opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_unlock(v, q->key, NULL, NULL), want);
    vault_close(v);
}

static void
settings_come_change_and_go(void **state)
{
    struct quick_vault q;
    struct vlt_setting s;
    uint64_t a, b;

    (void)state;
    quick_make(&q);
    expect(q.v, NULL, "");
    begin(q.v);
    a = put(q.v, 0, "one", "1");
    b = put(q.v, 0, "two", "2");
    commit(q.v);
    assert_int_equal(a, 1);
    assert_int_equal(b, 2);
    expect(q.v, NULL, "1:one=1 2:two=2 ");
    expect(q.v, "setting", "1:one=1 2:two=2 ");
    expect(q.v, "card", "");
    assert_int_equal(put_one(q.v, a, "one", "uno"), a);
    expect(q.v, NULL, "1:one=uno 2:two=2 ");
    begin(q.v);
    assert_int_equal(vlt_setting_delete(q.v, b, NULL), VAULT_OK);
    assert_int_equal(vlt_setting_delete(q.v, b, NULL), VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_setting_get(q.v, b, &s, NULL), VAULT_E_NOT_FOUND);
    commit(q.v);
    expect(q.v, NULL, "1:one=uno ");
    quick_again(&q);
    expect(q.v, NULL, "1:one=uno ");
    assert_int_equal(vlt_read_begin(q.v, NULL), VAULT_OK);
    assert_int_equal(vlt_setting_get(q.v, a, &s, NULL), VAULT_OK);
    vlt_store_rollback(q.v->store);
    assert_int_equal(s.id, a);
    vlt_setting_clear(&s);
    quick_close(&q);
    expect_file(&q, VAULT_OK);
    quick_end(&q);
}

static void
a_given_up_change_leaves_nothing(void **state)
{
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    put_one(q.v, 0, "one", "1");
    begin(q.v);
    put(q.v, 0, "two", "2");
    assert_int_equal(vlt_settings_changed(q.v, NULL), VAULT_OK);
    vlt_action_abort(q.v);
    expect(q.v, NULL, "1:one=1 ");
    put_one(q.v, 0, "three", "3");
    expect(q.v, NULL, "1:one=1 2:three=3 ");
    quick_close(&q);
    expect_file(&q, VAULT_OK);
    quick_end(&q);
}

/* docs/format.md 8.4, from the file alone. */
static void
hash_of_file(const char *path, uint32_t gen, uint8_t out[32])
{
    static const char label[] = "sanduq.v1/settings"; /* with its 0 */
    struct vlt_sha256 h;
    uint8_t b[4], row[48];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                         "SELECT id, rev, b FROM local ORDER BY id", -1, &st,
                         NULL),
        SQLITE_OK);
    vlt_sha256_init(&h);
    vlt_sha256_update(&h, label, sizeof label);
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(gen >> (24 - 8 * i));
    vlt_sha256_update(&h, b, 4);
    while (sqlite3_step(st) == SQLITE_ROW) {
        for (int c = 0; c < 2; c++)
            for (int i = 0; i < 8; i++)
                row[8 * c + i] =
                    (uint8_t)((uint64_t)sqlite3_column_int64(st, c) >>
                        (56 - 8 * i));
        vlt_sha256(row + 16, sqlite3_column_blob(st, 2),
            (size_t)sqlite3_column_bytes(st, 2));
        vlt_sha256_update(&h, row, sizeof row);
    }
    vlt_sha256_final(&h, out);
    sqlite3_finalize(st);
    sqlite3_close(db);
}

struct last {
    unsigned n;
    uint8_t subject[32];
};

static int
look(void *ctx, const struct vault_leaf *l)
{
    struct last *last = ctx;

    if (strcmp(l->kind, "settings") != 0)
        return 0;
    last->n++;
    memcpy(last->subject, l->subject, 32);
    return 0;
}

static void
the_line_names_the_hash_of_all_rows(void **state)
{
    struct quick_vault q;
    struct last last = {0, {0}};
    uint8_t want[32];

    (void)state;
    quick_make(&q);
    put_one(q.v, 0, "one", "1");
    put_one(q.v, 0, "two", "2");
    put_one(q.v, 1, "one", "uno");
    assert_int_equal(vault_log(q.v, NULL, look, &last, NULL), VAULT_OK);
    quick_close(&q);
    assert_int_equal(last.n, 4); /* init, and three changes */
    assert_int_equal(quick_count(q.path,
                         "SELECT count(*) FROM meta WHERE k = 'settings-gen' "
                         "AND v = x'00000004'"),
        1);
    hash_of_file(q.path, 4, want);
    assert_memory_equal(last.subject, want, 32);
    quick_end(&q);
}

static void
a_row_changed_past_the_program_is_found(void **state)
{
    /* "old" holds the rows as they were before the last changes */
    static const char *const defects[] = {
        "DELETE FROM local WHERE id = 2",
        "INSERT INTO local SELECT 9, rev, b FROM local WHERE id = 1",
        "INSERT INTO local VALUES(0, 1, zeroblob(296))",
        "INSERT INTO local VALUES(-1, 1, zeroblob(296))",
        "UPDATE local SET b = (SELECT b FROM local WHERE id = 2) WHERE id = 1",
        "UPDATE local SET id = 3 - id + 10; UPDATE local SET id = id - 10",
        "UPDATE local SET rev = rev + 1 WHERE id = 1",
        "UPDATE local SET b = CAST(substr(b, 1, 100) || x'0000' || "
        "substr(b, 103) AS BLOB) WHERE id = 1",
        "UPDATE local SET rev = (SELECT n FROM ext), b = (SELECT b FROM ext) "
        "WHERE id = 1",
        "UPDATE meta SET v = x'00000003' WHERE k = 'settings-gen'",
        "DELETE FROM local",
    };
    struct quick_vault q;

    (void)state;
    for (size_t i = 0; i < sizeof defects / sizeof *defects; i++) {
        struct vault_options opt = {.no_state = true};
        struct quick_verdict said;
        struct vault *v = NULL;
        char keep[512];

        quick_make(&q);
        put_one(q.v, 0, "one", "1");
        quick_close(&q);
        quick_sql(q.path, "INSERT INTO ext SELECT 'old', rev, b FROM local");
        quick_again(&q);
        put_one(q.v, 0, "two", "2");
        put_one(q.v, 1, "one", "uno");
        quick_close(&q);
        expect_file(&q, VAULT_OK);
        snprintf(keep, sizeof keep, "%s", defects[i]);
        quick_sql(q.path, keep);
        quick_verify(q.path, NULL, &said);
        if (said.st != VAULT_E_TAMPERED)
            fail_msg("verify after %s: %s", defects[i], said.lines);
        assert_int_equal(vault_open(q.path, &opt, &v, NULL), VAULT_OK);
        if (vault_unlock(v, q.key, NULL, NULL) != VAULT_E_TAMPERED)
            fail_msg("unlocked after %s", defects[i]);
        vault_close(v);
        quick_end(&q);
    }
}

/* The walk may change what it walks over. */
static enum vault_status
put_back(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct vault *v = ctx;
    uint64_t id = s->id;

    return s->id == 2 ? vlt_setting_delete(v, id, err)
                      : vlt_setting_put(v, &id, &s->f, err);
}

static void
rows_are_changed_while_they_are_walked(void **state)
{
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    begin(q.v);
    put(q.v, 0, "one", "1");
    put(q.v, 0, "two", "2");
    put(q.v, 0, "three", "3");
    commit(q.v);
    begin(q.v);
    assert_int_equal(vlt_settings(q.v, NULL, put_back, q.v, NULL), VAULT_OK);
    commit(q.v);
    expect(q.v, NULL, "1:one=1 3:three=3 ");
    quick_close(&q);
    expect_file(&q, VAULT_OK);
    quick_end(&q);
}

static void
a_number_given_again_is_never_sealed_as_before(void **state)
{
    struct quick_vault q;
    long long before;

    (void)state;
    quick_make(&q);
    put_one(q.v, 0, "one", "1");
    before = quick_count(q.path, "SELECT rev FROM local WHERE id = 1");
    begin(q.v);
    assert_int_equal(vlt_setting_delete(q.v, 1, NULL), VAULT_OK);
    commit(q.v);
    assert_int_equal(put_one(q.v, 0, "other", "2"), 1);
    assert_true(
        quick_count(q.path, "SELECT rev FROM local WHERE id = 1") > before);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_come_change_and_go),
        cmocka_unit_test(a_given_up_change_leaves_nothing),
        cmocka_unit_test(the_line_names_the_hash_of_all_rows),
        cmocka_unit_test(a_row_changed_past_the_program_is_found),
        cmocka_unit_test(rows_are_changed_while_they_are_walked),
        cmocka_unit_test(a_number_given_again_is_never_sealed_as_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
