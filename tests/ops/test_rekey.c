/* SPDX-License-Identifier: Apache-2.0 */
/* test_rekey.c: new keys in place: what stands opens, what is old is gone */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <vault/cards.h>
#include <vault/rekey.h>

#include "circle.h"
#include "quick_vault.h"

enum { KIB = 1024, WINDOW = 16 };

static void
expect_verify(const struct quick_vault *q, const char *path,
    enum vault_status want, const char *line)
{
    for (int keyed = 0; keyed < 2; keyed++) {
        static struct quick_verdict v;

        quick_verify(path, keyed ? q->key : NULL, &v);
        if (v.st != want || (line != NULL && strstr(v.lines, line) == NULL))
            fail_msg("%s: %s instead of %s, wanted \"%s\" in:\n%s",
                keyed ? "with the key" : "keyless", vault_status_name(v.st),
                vault_status_name(want), line != NULL ? line : "", v.lines);
    }
}

static void
amend(struct vault *v, const uint8_t id[VAULT_ID], const char *value)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_amend_begin(v, id, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "note", value,
                         strlen(value), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_reason(s, "it had to", NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

static void
ok(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s: %s", vault_status_name(st), err->message);
}

/* ---- old cells of a file, looked for in another ---- */

struct cells {
    size_t n, room;
    uint8_t (*at)[WINDOW];
};

static void
take(struct cells *c, const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        const uint8_t *p = sqlite3_column_blob(st, 0);
        size_t n = (size_t)sqlite3_column_bytes(st, 0);

        assert_true(n >= WINDOW);
        for (size_t at = 0; at + WINDOW <= n; at += n - WINDOW) {
            if (c->n == c->room) {
                c->room = 2 * c->room + 64;
                c->at = realloc(c->at, c->room * sizeof *c->at);
            }
            memcpy(c->at[c->n++], p + at, WINDOW);
            if (n == WINDOW)
                break;
        }
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
}

static size_t
count_found(const struct cells *c, const char *path)
{
    size_t len = 0;
    size_t found = 0;
    uint8_t *all = temp_read(path, &len);

    for (size_t i = 0; i < c->n; i++)
        found += memmem(all, len, c->at[i], WINDOW) != NULL;
    free(all);
    return found;
}

/* What level 2 must not leave: wraps, event texts, epochs, catalogue. */
static void
take_old(struct cells *c, const char *path)
{
    take(c, path, "SELECT substr(b, 25) FROM wrap");
    take(c, path, "SELECT substr(wrap, 25) FROM extract");
    take(c, path, "SELECT substr(evct, 21) FROM leaf WHERE evct IS NOT NULL");
    take(c, path, "SELECT substr(head, 25, 16) FROM epoch");
    take(c, path, "SELECT wraps FROM epoch");
    take(c, path, "SELECT cache FROM epoch WHERE cache IS NOT NULL");
    take(c, path, "SELECT v FROM meta WHERE k = 'catalogue'");
    take(c, path, "SELECT b FROM page");
}

/* ---- the tests ---- */

static void
what_stands_opens_and_what_is_old_is_gone(void **state)
{
    enum { RECORDS = 60, BIG = 300 * KIB };
    static struct vault_sealed all[RECORDS];
    struct vault_withdrawal gone;
    struct vault_rekeyed done;
    struct vault_error err;
    struct cells old = {0}, body = {0};
    struct quick_vault q;
    char journal[TEMP_PATH];
    uint8_t *p = malloc(BIG), *got;
    size_t n;

    (void)state;
    quick_make(&q);
    for (unsigned i = 0; i < RECORDS; i++) {
        quick_noise(p, BIG, i);
        quick_add(q.v, "words", p, i % 40 == 0 ? BIG : i * 97 % (9 * KIB),
            &all[i]);
        if (i % 4 == 0)
            amend(q.v, all[i].id, "longer than before");
    }
    quick_again(&q);
    take_old(&old, q.path);
    take(&body, q.path, "SELECT ct FROM segment");
    assert_true(old.n > 3 * RECORDS && body.n >= 4);
    ok(vault_withdraw_rekey(q.v, all[1].id, 0, "asked", &gone, &done, &err),
        &err);
    assert_int_equal(gone.versions, 1);
    assert_int_equal(done.wraps, RECORDS + RECORDS / 4 - 1);
    assert_true(done.epochs_gone >= 1 && done.epochs_left == 0);
    /* it goes on, in this handle and the next */
    quick_add(q.v, "after", "text", 4, NULL);
    got = quick_body(q.v, all[40].id, &n);
    quick_noise(p, BIG, 40);
    assert_int_equal(n, BIG);
    assert_memory_equal(got, p, BIG);
    free(got);
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), RECORDS);
    quick_close(&q);
    assert_int_equal(count_found(&old, q.path), 0);
    assert_int_equal(count_found(&body, q.path), body.n);
    temp_dir_path(&q.dir, "v.sanduq-journal", journal);
    assert_false(temp_exists(journal));
    expect_verify(&q, q.path, VAULT_OK, "since the last new keys");
    free(old.at);
    free(body.at);
    free(p);
    quick_end(&q);
}

/* Another program has the vault open all the while. */
static void
another_handle_does_not_write_under_an_epoch_that_is_gone(void **state)
{
    struct vault_sealed out;
    struct vault_rekeyed done;
    struct vault_error err;
    struct vault *other;
    struct quick_vault q;
    uint8_t *got;
    size_t n;

    (void)state;
    quick_make(&q);
    other = quick_open(&q, q.path, &q.opt);
    quick_add(other, "before", "text", 4, NULL);
    ok(vault_rekey(q.v, NULL, &done, &err), &err);
    quick_add(other, "after", "later", 5, &out);
    got = quick_body(other, out.id, &n);
    assert_int_equal(n, 5);
    free(got);
    vault_close(other);
    assert_int_equal(quick_listed(q.v), 2);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK, NULL);
    quick_end(&q);
}

static int
stop_at_once(void *ctx, const struct vault_progress *p)
{
    (void)ctx;
    return p->things;
}

static void
stopped_it_leaves_the_vault_as_it_was(void **state)
{
    struct vault_rekeyed done;
    struct vault_error err;
    struct vault_options opt;
    struct quick_vault q;
    struct vault *v;
    uint8_t *before, *after;
    size_t n, m;

    (void)state;
    quick_make(&q);
    ok(vault_batch_begin(q.v, &err), &err);
    for (unsigned i = 0; i < 300; i++)
        quick_add(q.v, "words", NULL, 0, NULL);
    ok(vault_batch_end(q.v, &err), &err);
    quick_close(&q);
    before = temp_read(q.path, &n);
    opt = q.opt;
    opt.progress = stop_at_once;
    v = quick_open(&q, q.path, &opt);
    assert_int_equal(vault_rekey(v, NULL, &done, NULL), VAULT_E_CANCELLED);
    vault_close(v);
    after = temp_read(q.path, &m);
    assert_int_equal(n, m);
    /* but for what SQLite counts in the header when it wrote and undid */
    assert_memory_equal(before + 100, after + 100, n - 100);
    free(before);
    free(after);
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), 300);
    quick_end(&q);
}

/* With more lines than a commit takes in, the next reader makes it. */
static void
a_large_catalogue_goes_at_once_and_comes_when_asked(void **state)
{
    enum { MANY = 1200 };
    struct vault_rekeyed done;
    struct vault_error err;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    ok(vault_batch_begin(q.v, &err), &err);
    for (unsigned i = 0; i < MANY; i++)
        quick_add(q.v, "words", NULL, 0, NULL);
    ok(vault_batch_end(q.v, &err), &err);
    assert_int_equal(quick_listed(q.v), MANY);
    assert_true(quick_count(q.path, "SELECT count(*) FROM page") > 0);
    ok(vault_rekey(q.v, NULL, &done, &err), &err);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM page"), 0);
    assert_int_equal(quick_count(q.path,
                         "SELECT count(*) FROM meta WHERE k = 'catalogue'"),
        0);
    assert_int_equal(quick_listed(q.v), MANY);
    assert_true(quick_count(q.path, "SELECT count(*) FROM page") > 0);
    quick_end(&q);
}

/* The person behind the second vault gave records, whole and in part. */
static void
what_came_from_others_is_sealed_again_too(void **state)
{
    static struct circle c;
    struct vault_sealed one, two;
    struct vault_receive_result got;
    struct vault_rekeyed done;
    struct vault_error err;
    struct cells old = {0};
    char whole[TEMP_PATH], part[TEMP_PATH];
    char *before, *after;

    (void)state;
    circle_make(&c, 2);
    quick_add(c.q[1].v, "one", "body", 4, &one);
    quick_add(c.q[1].v, "two", "other body", 10, &two);
    circle_share(&c,
        &(struct circle_share){.from = 1, .to = 1, .id = &one.id, .n = 1},
        "whole", whole);
    circle_share(&c,
        &(struct circle_share){.from = 1,
            .to = 1,
            .id = &two.id,
            .n = 1,
            .only = "title"},
        "part", part);
    circle_take(c.q[0].v, whole, &got);
    circle_take(c.q[0].v, part, &got);
    quick_again(&c.q[0]);
    before = circle_picture(c.q[0].v, NULL, NULL);
    take_old(&old, c.q[0].path);
    ok(vault_rekey(c.q[0].v, NULL, &done, &err), &err);
    assert_int_equal(done.wraps, 2);
    after = circle_picture(c.q[0].v, NULL, NULL);
    assert_string_equal(before, after);
    quick_close(&c.q[0]);
    assert_int_equal(count_found(&old, c.q[0].path), 0);
    expect_verify(&c.q[0], c.q[0].path, VAULT_OK, NULL);
    free(before);
    free(after);
    free(old.at);
    quick_again(&c.q[0]);
    circle_end(&c);
}

/* A line of the log says which epochs there are; whoever has the file can
 * put in or take out rows, but not make it speak of them. */
static void
epochs_put_in_or_taken_out_since_are_a_finding(void **state)
{
    static const struct {
        const char *name;
        const char *sql;
    } rows[] = {
        {"an old epoch put back before the new one",
            "INSERT INTO epoch SELECT 0, id, head, rcpt, wraps, cache FROM "
            "o.epoch WHERE e = 1"},
        {"a wrap of the epoch changed",
            "UPDATE epoch SET wraps = (SELECT CAST(substr(wraps, 1201) || "
            "substr(wraps, 1, 1200) AS BLOB) FROM epoch WHERE e = (SELECT min(e) FROM "
            "epoch)) WHERE e = (SELECT min(e) FROM epoch)"},
    };
    struct vault_rekeyed done;
    struct vault_error err;
    struct quick_vault q;
    char old[TEMP_PATH], bad[TEMP_PATH], sql[3 * TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "body", "text", 4, NULL);
    quick_close(&q);
    temp_dir_path(&q.dir, "old", old);
    temp_dir_path(&q.dir, "bad", bad);
    temp_copy(q.path, old);
    quick_again(&q);
    ok(vault_rekey(q.v, "asked", &done, &err), &err);
    ok(vault_card_renew(q.v, NULL, &err), &err); /* a later epoch */
    quick_add(q.v, "body", "text", 4, NULL);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK, "since the last new keys");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].name);
        temp_copy(q.path, bad);
        snprintf(sql, sizeof sql, "ATTACH '%s' AS o; %s", old, rows[i].sql);
        quick_sql(bad, sql);
        expect_verify(&q, bad, VAULT_E_TAMPERED, "last new keys");
    }
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_opens_and_what_is_old_is_gone),
        cmocka_unit_test(
            another_handle_does_not_write_under_an_epoch_that_is_gone),
        cmocka_unit_test(stopped_it_leaves_the_vault_as_it_was),
        cmocka_unit_test(a_large_catalogue_goes_at_once_and_comes_when_asked),
        cmocka_unit_test(what_came_from_others_is_sealed_again_too),
        cmocka_unit_test(epochs_put_in_or_taken_out_since_are_a_finding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
