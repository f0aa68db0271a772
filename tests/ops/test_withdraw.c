/* SPDX-License-Identifier: Apache-2.0 */
/* test_withdraw.c: what a withdrawal destroys, what stays, who sees it */
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

#include "quick_vault.h"

enum { KIB = 1024, WINDOW = 16, WINDOWS_MAX = 20000, STRIDE = 256 };

/* ---- pieces of sealed bytes, and whether a file holds them ---- */

struct pieces {
    size_t n;
    uint8_t at[WINDOWS_MAX][WINDOW];
};

static void
take_blob(struct pieces *w, const uint8_t *p, size_t n)
{
    for (size_t at = 0; n >= WINDOW; at += STRIDE) {
        size_t from = at + WINDOW <= n ? at : n - WINDOW;

        assert_true(w->n < WINDOWS_MAX);
        memcpy(w->at[w->n++], p + from, WINDOW);
        if (from != at)
            break;
    }
}

/* Every blob that this query gives. */
static void
take_rows(struct pieces *w, const char *path, const char *sql,
    const uint8_t id[VAULT_ID])
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    sqlite3_bind_blob(st, 1, id, VAULT_ID, SQLITE_STATIC);
    while (sqlite3_step(st) == SQLITE_ROW)
        take_blob(w, sqlite3_column_blob(st, 0),
            (size_t)sqlite3_column_bytes(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
}

/* All that is sealed of one record. */
static void
take_record(struct pieces *w, const char *path, const uint8_t id[VAULT_ID])
{
    static const char *const sql[] = {
        /* they begin with the epoch's id, which others name too */
        "SELECT substr(b, 25) FROM wrap WHERE rid IN (SELECT rid FROM record "
        "WHERE id = ?)",
        "SELECT meta FROM record WHERE id = ? AND meta IS NOT NULL",
        "SELECT ct FROM segment WHERE rid IN (SELECT rid FROM record WHERE "
        "id = ?)",
        "SELECT substr(evct, 21) FROM leaf WHERE id = ? AND evct IS NOT "
        "NULL",
    };

    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++)
        take_rows(w, path, sql[i], id);
}

static size_t
count_found(const struct pieces *w, const char *path)
{
    size_t len = 0;
    size_t found = 0;
    uint8_t *all = temp_read(path, &len);

    for (size_t i = 0; i < w->n; i++)
        found += memmem(all, len, w->at[i], WINDOW) != NULL;
    free(all);
    return found;
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

/* ---- the tests ---- */

static void
nothing_of_it_is_left_in_the_file(void **state)
{
    enum { RECORDS = 240, EVERY = 5 };
    static struct pieces gone, kept;
    static struct vault_sealed all[RECORDS];
    struct vault_withdrawal done;
    struct quick_vault q;
    char journal[TEMP_PATH];
    uint8_t *p = malloc(400 * KIB);

    (void)state;
    gone.n = kept.n = 0;
    quick_make(&q);
    for (unsigned i = 0; i < RECORDS; i++) {
        size_t n = i % 40 == 0 ? 400 * KIB : i * 97 % (20 * KIB);

        quick_noise(p, n, i);
        quick_add(q.v, "words", i % 3 == 0 ? NULL : p, n, &all[i]);
        if (i % 4 == 0)
            amend(q.v, all[i].id, "longer than before");
    }
    /* between withdrawals the vault is worked with, so that pages move */
    for (unsigned i = 0; i < RECORDS; i += EVERY) {
        take_record(&gone, q.path, all[i].id);
        take_record(&kept, q.path, all[i + 1].id);
        assert_int_equal(vault_withdraw(q.v, all[i].id, 0, "asked", &done,
                             NULL),
            VAULT_OK);
        amend(q.v, all[i + 1].id, "meanwhile");
        if (i % 3 == 0)
            quick_again(&q);
    }
    quick_close(&q);
    assert_true(gone.n > 1000 && kept.n > 1000);
    assert_int_equal(count_found(&gone, q.path), 0);
    assert_int_equal(count_found(&kept, q.path), kept.n);
    temp_dir_path(&q.dir, "v.sanduq-journal", journal);
    assert_false(temp_exists(journal));
    expect_verify(&q, q.path, VAULT_OK, "declared withdrawn");
    free(p);
    quick_end(&q);
}

static int
on_version(void *ctx, const struct vault_record_version *x)
{
    unsigned *n = ctx;

    ++*n;
    assert_true(x->withdrawn);
    assert_false(x->current);
    assert_false(x->leftover);
    assert_int_equal(x->sealed, -1);
    assert_string_equal(x->reason, "");
    assert_true(x->withdrawn_at > 0);
    assert_string_equal(x->withdrawn_reason, "by telephone");
    return 0;
}

static int
on_leaf(void *ctx, const struct vault_leaf *l)
{
    bool *seen = ctx;

    if (strcmp(l->kind, "withdraw") != 0) {
        assert_false(l->opened);
        return 0;
    }
    assert_true(l->opened);
    assert_int_equal(l->version, 0);
    assert_string_equal(l->reason, "by telephone");
    *seen = true;
    return 0;
}

static void
the_tombstone_says_when_and_why(void **state)
{
    struct vault_sealed one, two;
    struct vault_withdrawal done;
    struct vault_record *r = NULL;
    struct quick_vault q;
    uint8_t id[1][VAULT_ID];
    char hex[33];
    unsigned versions = 0;
    bool seen = false;
    size_t n;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "text", 4, &one);
    quick_add(q.v, "two", "other", 5, &two);
    amend(q.v, one.id, "second");
    assert_int_equal(vault_withdraw(q.v, one.id, 0, "by telephone", &done,
                         NULL),
        VAULT_OK);
    assert_int_equal(done.versions, 2);
    assert_int_equal(done.events, 2);
    assert_int_equal(quick_listed(q.v), 1);
    for (uint32_t v = 0; v < 3; v++)
        assert_int_equal(vault_record_open(q.v, one.id, v, &r, NULL),
            VAULT_E_NOT_FOUND);
    for (size_t i = 0; i < VAULT_ID; i++)
        snprintf(hex + 2 * i, 3, "%02x", one.id[i]);
    assert_int_equal(vault_resolve(q.v, hex, id, 1, &n, NULL), VAULT_OK);
    assert_int_equal(vault_record_history(q.v, one.id, on_version, &versions,
                         NULL),
        VAULT_OK);
    assert_int_equal(versions, 2);
    assert_int_equal(vault_log(q.v, one.id, on_leaf, &seen, NULL), VAULT_OK);
    assert_true(seen);
    assert_int_equal(vault_withdraw(q.v, one.id, 0, NULL, &done, NULL),
        VAULT_E_NOT_FOUND);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK, "2 of them declared withdrawn");
    quick_end(&q);
}

static void
a_body_goes_with_the_last_version_that_needs_it(void **state)
{
    enum { N = 300 * KIB };
    struct vault_withdrawal done;
    struct vault_sealed out;
    struct quick_vault q;
    uint8_t *p = malloc(N), *got;
    size_t n;

    (void)state;
    quick_make(&q);
    quick_noise(p, N, 7);
    quick_add(q.v, "body", p, N, &out);
    amend(q.v, out.id, "second");
    amend(q.v, out.id, "third");
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM segment"), 1);
    assert_int_equal(vault_withdraw(q.v, out.id, 1, NULL, &done, NULL),
        VAULT_OK);
    assert_int_equal(done.bodies, 0);
    assert_int_equal(done.kept, 1);
    got = quick_body(q.v, out.id, &n);
    assert_int_equal(n, N);
    assert_memory_equal(got, p, N);
    free(got);
    quick_again(&q);
    expect_verify(&q, q.path, VAULT_OK, NULL);
    assert_int_equal(vault_withdraw(q.v, out.id, 3, NULL, &done, NULL),
        VAULT_OK);
    assert_int_equal(done.kept, 1);
    assert_int_equal(vault_withdraw(q.v, out.id, 2, NULL, &done, NULL),
        VAULT_OK);
    assert_int_equal(done.bodies, 1);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM segment"), 0);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK, "3 of them declared withdrawn");
    free(p);
    quick_end(&q);
}

static void
a_version_that_comes_later_is_not_withdrawn_by_it(void **state)
{
    struct vault_withdrawal done;
    struct vault_sealed out;
    struct vault_record *r = NULL;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "body", "text", 4, &out);
    amend(q.v, out.id, "second");
    assert_int_equal(vault_withdraw(q.v, out.id, 1, NULL, &done, NULL),
        VAULT_OK);
    amend(q.v, out.id, "third");
    assert_int_equal(vault_record_open(q.v, out.id, 0, &r, NULL), VAULT_OK);
    assert_int_equal(vault_record_entry(r)->version, 3);
    vault_record_close(r);
    assert_int_equal(vault_record_open(q.v, out.id, 1, &r, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_withdraw(q.v, out.id, 3, NULL, &done, NULL),
        VAULT_OK);
    assert_int_equal(vault_record_open(q.v, out.id, 0, &r, NULL), VAULT_OK);
    assert_int_equal(vault_record_entry(r)->version, 2);
    vault_record_close(r);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK, "2 of them declared withdrawn");
    quick_end(&q);
}

static void
what_is_left_of_a_withdrawn_record_is_a_finding(void **state)
{
    static const struct {
        const char *name;
        const char *sql;
        const char *line;
    } rows[] = {
        {"its wrap",
            "INSERT INTO wrap SELECT rid, b FROM o.wrap WHERE "
            "rid = 1",
            "its wrap is still here"},
        {"its metadata",
            "UPDATE record SET meta = (SELECT meta FROM "
            "o.record AS r WHERE r.rid = 1) WHERE rid = 1",
            "its sealed metadata are still here"},
        {"its body",
            "INSERT INTO segment SELECT s, rid, n, ct FROM "
            "o.segment WHERE rid = 1",
            "its sealed body is still here"},
        {"the text of its line",
            "UPDATE leaf SET evct = (SELECT evct FROM o.leaf AS l WHERE "
            "l.log = leaf.log AND l.idx = leaf.idx) WHERE kind = 'seal' AND "
            "idx = 4",
            "the text of its line in the log is still here"},
    };
    static const struct {
        const char *name;
        const char *sql;
    } erased[] = {
        {"the withdrawal's own event",
            "UPDATE leaf SET evct = NULL WHERE kind = 'withdraw'"},
        {"another record's event",
            "UPDATE leaf SET evct = NULL WHERE kind = 'seal' AND idx = 5"},
        {"the withdrawal itself", "DELETE FROM leaf WHERE kind = 'withdraw'"},
        {"the tombstone", "DELETE FROM record WHERE rid = 1"},
    };
    struct vault_withdrawal done;
    struct vault_sealed out;
    struct quick_vault q;
    uint8_t *p = malloc(300 * KIB);
    char old[TEMP_PATH], bad[TEMP_PATH], sql[3 * TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_noise(p, 300 * KIB, 3);
    quick_add(q.v, "body", p, 300 * KIB, &out);
    quick_add(q.v, "another", "text", 4, NULL);
    quick_close(&q);
    temp_dir_path(&q.dir, "old", old);
    temp_dir_path(&q.dir, "bad", bad);
    temp_copy(q.path, old);
    quick_again(&q);
    assert_int_equal(vault_withdraw(q.v, out.id, 0, NULL, &done, NULL),
        VAULT_OK);
    quick_close(&q);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].name);
        temp_copy(q.path, bad);
        snprintf(sql, sizeof sql, "ATTACH '%s' AS o; %s", old, rows[i].sql);
        quick_sql(bad, sql);
        expect_verify(&q, bad, VAULT_E_TAMPERED, rows[i].line);
    }
    for (size_t i = 0; i < sizeof erased / sizeof erased[0]; i++) {
        print_message("%s\n", erased[i].name);
        temp_copy(q.path, bad);
        quick_sql(bad, erased[i].sql);
        expect_verify(&q, bad, VAULT_E_TAMPERED, NULL);
    }
    free(p);
    quick_end(&q);
}

static void
a_record_that_does_not_fit_the_log_is_not_destroyed(void **state)
{
    struct vault_withdrawal done;
    struct vault_sealed out;
    struct quick_vault q;
    uint8_t none[VAULT_ID] = {1};

    (void)state;
    quick_make(&q);
    quick_add(q.v, "body", "text", 4, &out);
    assert_int_equal(vault_withdraw(q.v, none, 0, NULL, &done, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_withdraw(q.v, out.id, 2, NULL, &done, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_withdraw(q.v, out.id, 0, "\xff", &done, NULL),
        VAULT_E_USAGE);
    quick_close(&q);
    quick_sql(q.path,
        "UPDATE record SET head = CAST(substr(head, 1, 120) || "
        "zeroblob(8) || substr(head, 129) AS BLOB)");
    quick_again(&q);
    assert_int_equal(vault_withdraw(q.v, out.id, 0, NULL, &done, NULL),
        VAULT_E_TAMPERED);
    quick_add(q.v, "the handle goes on", NULL, 0, NULL);
    quick_close(&q);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM wrap"), 2);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_it_is_left_in_the_file),
        cmocka_unit_test(the_tombstone_says_when_and_why),
        cmocka_unit_test(a_body_goes_with_the_last_version_that_needs_it),
        cmocka_unit_test(a_version_that_comes_later_is_not_withdrawn_by_it),
        cmocka_unit_test(what_is_left_of_a_withdrawn_record_is_a_finding),
        cmocka_unit_test(a_record_that_does_not_fit_the_log_is_not_destroyed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
