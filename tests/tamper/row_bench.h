/* SPDX-License-Identifier: Apache-2.0 */
/* row_bench.h: a vault whose rows are changed by SQL, and its judges */
#ifndef TEST_ROW_BENCH_H
#define TEST_ROW_BENCH_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "small_vault.h"

/*
 * `a` is the vault under test, `b` another one. `old` is a before its first
 * key was exchanged for `a.key`; old_key opened that. A passphrase opens a
 * too. Record rows of a: 1 inline, 2 with a body of one segment, 3 fields
 * only, 4 to 17 notes, 18 and 19 with bodies of two segments. Its log has
 * number 1: 4 lines of the making, 19 sealings, 2 changes of slots.
 */
struct row_bench {
    struct small_vault a;
    struct small_vault b;
    struct vault_key *old_key;
    struct vault_key *pass;
    char old[TEMP_PATH];
    uint8_t *good;
    size_t n;
};

static inline void
bench_key_change(struct row_bench *t)
{
    const struct vault_cost floor = vault_cost(VAULT_COST_FLOOR);
    struct vault_key *key = small_vault_key(&t->a, "key-2");
    struct vault *v = NULL;
    uint8_t slot[VAULT_ID], now[VAULT_ID];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    assert_int_equal(sqlite3_open(t->a.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT id FROM slot", -1, &st,
                         NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    memcpy(slot, sqlite3_column_blob(st, 0), sizeof slot);
    sqlite3_finalize(st);
    sqlite3_close(db);
    assert_int_equal(small_vault_unlock(&t->a, t->a.path, true, &v), 0);
    assert_int_equal(vault_slot_change(v, slot, key, &floor, now, NULL), 0);
    assert_int_equal(vault_key_passphrase(t->pass, "бір екі үш", 18, NULL), 0);
    assert_int_equal(vault_slot_add(v, t->pass, &floor, now, NULL), 0);
    vault_close(v);
    t->old_key = t->a.key;
    t->a.key = key;
}

static inline void
bench_make(struct row_bench *t)
{
    struct vault *v = NULL;

    memset(t, 0, sizeof *t);
    small_vault_make(&t->a, 14);
    small_vault_make(&t->b, 2);
    t->pass = vault_key_new();
    assert_non_null(t->pass);
    assert_int_equal(small_vault_unlock(&t->a, t->a.path, true, &v), 0);
    small_vault_file(v, "two-1.bin", 1500000);
    small_vault_file(v, "two-2.bin", 1500000);
    vault_close(v);
    small_vault_name(&t->a, "old.sdq", t->old);
    temp_copy(t->a.path, t->old);
    bench_key_change(t);
    small_vault_remember(&t->a);
    t->good = temp_read(t->a.path, &t->n);
}

static inline void
bench_clear(struct row_bench *t)
{
    free(t->good);
    vault_key_free(t->old_key);
    vault_key_free(t->pass);
    small_vault_clear(&t->a);
    small_vault_clear(&t->b);
}

/* ---- SQL on the file, past the library ---- */

/* flip(b, i): bit 0 of byte i changed. put(b, i, x): x laid over b at i. */
static inline void
sql_put(sqlite3_context *c, int n, sqlite3_value **v)
{
    size_t len = (size_t)sqlite3_value_bytes(v[0]);
    size_t at = (size_t)sqlite3_value_int64(v[1]);
    size_t over = n == 3 ? (size_t)sqlite3_value_bytes(v[2]) : 1;
    uint8_t *p = malloc(len + 1);

    if (p == NULL || at + over > len) {
        free(p);
        sqlite3_result_error(c, "outside of the value", -1);
        return;
    }
    memcpy(p, sqlite3_value_blob(v[0]), len);
    if (n == 3)
        memcpy(p + at, sqlite3_value_blob(v[2]), over);
    else
        p[at] ^= 1;
    sqlite3_result_blob(c, p, (int)len, free);
}

static inline void
bench_sql(struct row_bench *t, const char *sql)
{
    char attach[3 * TEMP_PATH];
    char *why = NULL;
    sqlite3 *db = NULL;
    int before;

    temp_write(t->a.path, t->good, t->n);
    assert_int_equal(sqlite3_open(t->a.path, &db), SQLITE_OK);
    sqlite3_create_function(db, "flip", 2, SQLITE_UTF8, NULL, sql_put, NULL,
        NULL);
    sqlite3_create_function(db, "put", 3, SQLITE_UTF8, NULL, sql_put, NULL,
        NULL);
    (void)snprintf(attach, sizeof attach,
        "ATTACH '%s' AS b; ATTACH '%s' AS "
        "old; PRAGMA synchronous=OFF",
        t->b.path, t->old);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
    before = sqlite3_total_changes(db);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    if (strstr(sql, "PRAGMA") == NULL && strncmp(sql, "CREATE ", 7) != 0 &&
        strncmp(sql, "ALTER", 5) != 0 && strncmp(sql, "DROP", 4) != 0)
        assert_true(sqlite3_total_changes(db) > before);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- judges ---- */

struct kinds {
    char list[400]; /* " kind kind ..." of failed lines */
};

static inline int
take_kind(void *ctx, const struct vault_finding *f)
{
    struct kinds *k = ctx;
    size_t n = strlen(k->list);

    if (f->level == VAULT_FAILED && n + 40 < sizeof k->list)
        (void)snprintf(k->list + n, sizeof k->list - n, " %s ", f->kind);
    return 0;
}

/* Verify; nothing in the vault's folder may have changed: names, inodes,
 * modes, sizes, times, bytes. */
static inline enum vault_status
bench_verify(struct row_bench *t, const struct vault_key *key, struct kinds *k)
{
    struct vault_verify_options o = {.key = key};
    struct vault_verdict verdict;
    struct vault_error err = {0};
    char *before = temp_dir_picture(&t->a.home);
    enum vault_status st;
    char *after;

    memset(k, 0, sizeof *k);
    st = vault_verify(t->a.path, &o, take_kind, k, &verdict, &err);
    after = temp_dir_picture(&t->a.home);
    assert_string_equal(after, before);
    free(before);
    free(after);
    assert_int_equal(st == VAULT_OK ? VAULT_OK : err.code, st);
    return st;
}

static inline enum vault_status
bench_unlock(struct row_bench *t, const struct vault_key *key, bool state,
    struct vault **out)
{
    struct vault_options o = small_vault_options(&t->a);
    struct vault *v = NULL;
    struct vault_sealer *s = NULL;
    enum vault_status st;

    o.no_state = !state;
    st = vault_open(t->a.path, &o, &v, NULL);
    if (st == VAULT_OK)
        st = vault_unlock(v, key, NULL, NULL);
    if (st == VAULT_OK) {
        *out = v;
        return st;
    }
    /* a handle that was refused seals nothing */
    if (v != NULL) {
        assert_false(vault_unlocked(v));
        assert_int_equal(vault_seal_begin(v, "note", &s, NULL), VAULT_E_LOCKED);
    }
    vault_close(v);
    return st;
}

static inline double
bench_seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
