/* SPDX-License-Identifier: Apache-2.0 */
/* test_witness_take.c: lines find their state, whatever their order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <vault/witness.h>

#include "cosignature.h"
#include "handle.h"
#include "note.h"
#include "quick_vault.h"
#include "sign.h"

/*
 * States of the vault's log are planted beside its own: they are as many as a
 * witness that is asked each hour leaves in years. This handle has judged its
 * log before and trusts what it wrote; another would refuse the file.
 */
enum { FIRST = 1000, MANY = 20001, SOME = 160 };
static const uint64_t when = 1768000000; /* 2026-01-09T23:06:40Z */
static const uint8_t seed[32] = {7};
static const char root[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

struct world {
    struct quick_vault q;
    char origin[128];
    struct vlt_buf text;
    unsigned got[VAULT_LINE_CLOCK + 1];
    uint64_t size; /* of the last that was taken */
};

static int
count_line(void *ctx, const struct vault_line_result *r)
{
    struct world *w = ctx;

    w->got[r->what]++;
    w->size = r->size;
    return 0;
}

static void
pin_witness(struct world *w)
{
    struct vault_witness_key key;
    struct vlt_vkey k;
    char text[VLT_VKEY_TEXT];
    uint8_t pk[32];
    bool changed;

    vlt_sign_public(pk, seed);
    assert_int_equal(vlt_vkey_make(&k, "w.example", VLT_VKEY_COSIGNATURE, pk,
                         NULL),
        VAULT_OK);
    vlt_vkey_text(text, &k);
    assert_int_equal(vault_witness_key_read(text, strlen(text), &key, NULL),
        VAULT_OK);
    assert_int_equal(vault_witness_pin(w->q.v, "w", &key, false, false,
                         &changed, NULL),
        VAULT_OK);
}

static void
read_origin(struct world *w)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    const char *note;

    assert_int_equal(sqlite3_open(w->q.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT note FROM checkpoint", -1,
                         &st, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    note = (const char *)sqlite3_column_text(st, 0);
    snprintf(w->origin, sizeof w->origin, "%.*s", (int)strcspn(note, "\n"),
        note);
    sqlite3_finalize(st);
    sqlite3_close(db);
}

static void
state_text(const struct world *w, unsigned i, char out[256])
{
    snprintf(out, 256, "%s\n%u\n%s\n", w->origin, FIRST + i, root);
}

static void
begin(struct world *w, unsigned states)
{
    char sql[1024];

    memset(w, 0, sizeof *w);
    vlt_buf_init(&w->text, 1 << 20);
    quick_make(&w->q);
    pin_witness(w);
    read_origin(w);
    snprintf(sql, sizeof sql,
        "WITH RECURSIVE c(i) AS (SELECT %u UNION ALL SELECT i + 1 FROM c WHERE "
        "i < %u) INSERT INTO checkpoint SELECT log, i, 1, '%s' || char(10) || i "
        "|| char(10) || '%s' || substr(note, instr(note, char(10, 10))) "
        "FROM c, (SELECT log, note FROM checkpoint)",
        FIRST, FIRST + states - 1, w->origin, root);
    assert_int_equal(sqlite3_exec(w->q.v->store->db, sql, NULL, NULL, NULL),
        SQLITE_OK);
    /* as it is when it has judged the log */
    assert_int_equal(vlt_store_data_version(w->q.v->store,
                         &w->q.v->data_version, NULL),
        VAULT_OK);
}

static void
end(struct world *w)
{
    vlt_buf_clear(&w->text);
    quick_end(&w->q);
}

static void
put_line(struct world *w, unsigned i, const uint8_t s[32])
{
    char text[256];

    state_text(w, i, text);
    assert_int_equal(vlt_cosignature_sign(&w->text, text, strlen(text),
                         "w.example", s, when, NULL),
        VAULT_OK);
}

static enum vault_status
take(struct world *w)
{
    struct vault_error err;
    enum vault_status st;

    memset(w->got, 0, sizeof w->got);
    st = vault_witness_take(w->q.v, (const char *)w->text.p, w->text.len,
        count_line, w, &err);
    if (st != VAULT_OK)
        print_message("%s\n", err.message);
    vlt_buf_reset(&w->text);
    return st;
}

static void
a_line_for_the_newest_of_many_states_is_taken(void **state)
{
    struct world w;

    (void)state;
    begin(&w, MANY);
    put_line(&w, MANY - 1, seed);
    assert_int_equal(take(&w), VAULT_OK);
    assert_int_equal(w.got[VAULT_LINE_TAKEN], 1);
    assert_int_equal(w.size, FIRST + MANY - 1);
    end(&w);
}

/* Whoever sorts the lines by their text has them in any order: more tries than
 * lines that fit nowhere may cost. */
static void
lines_in_any_order_are_taken(void **state)
{
    struct world w;
    unsigned i;

    (void)state;
    begin(&w, 2 * SOME + 1);
    for (i = 0; i < SOME; i++) /* 127 and 2 * SOME + 1 have no common divisor */
        put_line(&w, i * 127 % (2 * SOME + 1), seed);
    assert_int_equal(take(&w), VAULT_OK);
    assert_int_equal(w.got[VAULT_LINE_TAKEN], SOME);
    end(&w);
}

/* As many whole notes as there are states, in any order, cost one try each. */
static void
a_line_under_a_text_is_tried_there_first(void **state)
{
    struct world w;
    char text[256];
    unsigned i;

    (void)state;
    begin(&w, 2003);
    for (i = 0; i < 4 * 250; i++) {
        state_text(&w, i * 911 % 2003, text);
        vlt_buf_put_str(&w.text, text);
        vlt_buf_put_str(&w.text, "\n");
        put_line(&w, i * 911 % 2003, seed);
        vlt_buf_put_str(&w.text, "\n");
    }
    /* one that stands under another is found all the same */
    vlt_buf_put_str(&w.text, text);
    vlt_buf_put_str(&w.text, "\n");
    put_line(&w, 1, seed);
    assert_int_equal(take(&w), VAULT_OK);
    assert_int_equal(w.got[VAULT_LINE_TAKEN], 1001);
    assert_int_equal(w.size, FIRST + 1);
    end(&w);
}

/* Many lines that fit nowhere are refused in a second or so. */
static void
lines_that_fit_nowhere_are_not_tried_for_ever(void **state)
{
    struct world w;
    unsigned i;

    (void)state;
    begin(&w, 500);
    for (i = 0; i < 42; i++)
        put_line(&w, 500 + i, seed);
    assert_int_equal(take(&w), VAULT_E_LIMIT);
    put_line(&w, 500, seed);
    put_line(&w, 3, seed);
    assert_int_equal(take(&w), VAULT_OK);
    assert_int_equal(w.got[VAULT_LINE_STRAY], 1);
    assert_int_equal(w.got[VAULT_LINE_TAKEN], 1);
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_for_the_newest_of_many_states_is_taken),
        cmocka_unit_test(lines_in_any_order_are_taken),
        cmocka_unit_test(a_line_under_a_text_is_tried_there_first),
        cmocka_unit_test(lines_that_fit_nowhere_are_not_tried_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
