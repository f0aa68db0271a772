/* SPDX-License-Identifier: Apache-2.0 */
/* test_foreign_seizure.c: two seized locked vaults with the same records of
 * others share no bytes, and none with the vault that sealed them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "foreign_copy.h"

enum { BLOCK = 16, BODY = 1200 * 1024 };

/* Every run of 16 bytes in every value, at every offset, sorted. */
struct blocks {
    size_t n, cap;
    uint8_t (*at)[BLOCK];
};

static void
push(struct blocks *b, const uint8_t *p)
{
    if (b->n == b->cap) {
        b->cap = b->cap == 0 ? 65536 : 2 * b->cap;
        b->at = realloc(b->at, b->cap * BLOCK);
        assert_non_null(b->at);
    }
    memcpy(b->at[b->n++], p, BLOCK);
}

static void
take_value(struct blocks *b, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i + BLOCK <= n; i++)
        push(b, p + i);
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, BLOCK);
}

/* What a thief finds of records, without what is the same in every vault: the
 * words of the schema, kinds of lines, the wording of notes. */
static const char *const everything[] = {
    "SELECT head FROM record",
    "SELECT meta FROM record WHERE meta IS NOT NULL",
    "SELECT id FROM record WHERE id IS NOT NULL",
    "SELECT b FROM wrap",
    "SELECT ct FROM segment",
    "SELECT wrap FROM extract",
    "SELECT b FROM extract",
    "SELECT b FROM note",
    "SELECT id FROM leaf WHERE id IS NOT NULL",
    /* the first settings are none, in every vault */
    "SELECT subj FROM leaf WHERE kind <> 'settings'",
    "SELECT ev FROM leaf",
    "SELECT evct FROM leaf WHERE evct IS NOT NULL",
    "SELECT h FROM node",
    "SELECT b FROM page",
    "SELECT b FROM local",
};

static void
take_query(struct blocks *b, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW)
        take_value(b, sqlite3_column_blob(st, 0),
            (size_t)sqlite3_column_bytes(st, 0));
    sqlite3_finalize(st);
}

static void
take_file(struct blocks *b, const char *path)
{
    sqlite3 *db = NULL;

    memset(b, 0, sizeof *b);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof everything / sizeof everything[0]; i++)
        take_query(b, db, everything[i]);
    sqlite3_close(db);
    qsort(b->at, b->n, BLOCK, by_bytes);
}

static size_t
shared(const struct blocks *a, const struct blocks *b)
{
    size_t i = 0, k = 0, n = 0;

    while (i < a->n && k < b->n) {
        int order = memcmp(a->at[i], b->at[k], BLOCK);

        n += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    return n;
}

static void
fill(struct vault *to, struct vault *from, const struct vault_sealed *all,
    size_t n)
{
    static const char *const shown[] = {"title", "body", NULL};
    struct foreign_row row;

    assert_int_equal(vlt_action_begin(to, NULL), VAULT_OK);
    for (size_t i = 0; i < n; i++) {
        foreign_read(from, all[i].id, 1, &row);
        if (i % 3 == 0)
            (void)foreign_put_part(to, from, &row, shown);
        else
            (void)foreign_put(to, from, &row, FOREIGN_FULL);
        foreign_clear(&row);
    }
    assert_int_equal(vlt_action_commit(to, NULL), VAULT_OK);
}

static void
two_locked_vaults_share_no_bytes(void **state)
{
    enum { RECORDS = 9 };
    static struct quick_vault theirs, one, two;
    struct vault_sealed all[RECORDS];
    struct blocks a, b, c;
    uint8_t *p = malloc(BODY);

    (void)state;
    quick_noise(p, BODY, 11);
    quick_make(&theirs);
    quick_make(&one);
    quick_make(&two);
    for (size_t i = 0; i < RECORDS; i++)
        quick_add(theirs.v, "the very same words", p,
            i == 1 ? BODY : 500 * (i + 1), &all[i]);
    fill(one.v, theirs.v, all, RECORDS);
    fill(two.v, theirs.v, all, RECORDS);
    quick_close(&one);
    quick_close(&two);
    quick_close(&theirs);
    take_file(&a, one.path);
    take_file(&b, two.path);
    take_file(&c, theirs.path);
    assert_true(a.n > BODY && b.n > BODY && c.n > BODY);
    assert_int_equal(shared(&a, &b), 0);
    assert_int_equal(shared(&a, &c), 0);
    assert_int_equal(shared(&b, &c), 0);
    /* the comparison sees what is the same */
    assert_int_equal(shared(&c, &c), c.n);
    free(a.at);
    free(b.at);
    free(c.at);
    quick_end(&theirs);
    quick_end(&one);
    quick_end(&two);
    free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_locked_vaults_share_no_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
