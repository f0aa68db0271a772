/* SPDX-License-Identifier: Apache-2.0 */
/* test_renew.c: a new file out of a vault: what goes along, what does not */
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
#include "renew.h"

enum { KIB = 1024, WINDOW = 16 };

static void
ok(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s: %s", vault_status_name(st), err->message);
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

/* A vault that is to be renewed, and a new key file for what comes of it. */
struct world {
    struct quick_vault q;
    struct vault_key *key;
    char path[TEMP_PATH];
    char keyfile[TEMP_PATH];
    struct vault_way way;
    struct vault_rekey_options o;
};

static void
world_make(struct world *w)
{
    struct vault_error err;

    memset(w, 0, sizeof *w);
    quick_make(&w->q);
    temp_dir_path(&w->q.dir, "new.sanduq", w->path);
    temp_dir_path(&w->q.dir, "new-key", w->keyfile);
    ok(vault_keyfile_create(w->keyfile, &err), &err);
    w->key = vault_key_new();
    ok(vault_key_file(w->key, w->keyfile, &err), &err);
    w->way.key = w->key;
    w->o.way = &w->way;
    w->o.ways = 1;
}

static struct vault *
open_with(const struct world *w, const char *path, const struct vault_key *key,
    enum vault_status want)
{
    struct vault *v = NULL;
    struct vault_error err;
    enum vault_status st = vault_open(path, &w->q.opt, &v, &err);

    ok(st, &err);
    st = vault_unlock(v, key, NULL, &err);
    if (st != want)
        fail_msg("%s instead of %s: %s", vault_status_name(st),
            vault_status_name(want), err.message);
    if (st == VAULT_OK)
        return v;
    vault_close(v);
    return NULL;
}

static void
world_end(struct world *w)
{
    vault_key_free(w->key);
    quick_end(&w->q);
}

static void
holds(const char *path, const struct vault_key *key, const char *line)
{
    static struct quick_verdict v;

    for (int keyed = 0; keyed < 2; keyed++) {
        quick_verify(path, keyed ? key : NULL, &v);
        if (v.st != VAULT_OK || strstr(v.lines, line) == NULL)
            fail_msg("%s: %s: wanted \"%s\" in\n%s",
                keyed ? "with the key" : "keyless", vault_status_name(v.st),
                line, v.lines);
    }
}

/* ---- old bytes in a new file ---- */

static size_t
count_old(const char *from, const char *to, const char *const *sql, size_t n,
    size_t *asked)
{
    size_t len = 0;
    size_t found = 0;
    uint8_t *all = temp_read(to, &len);
    sqlite3 *db = NULL;

    *asked = 0;
    assert_int_equal(sqlite3_open(from, &db), SQLITE_OK);
    for (size_t i = 0; i < n; i++) {
        sqlite3_stmt *st = NULL;

        assert_int_equal(sqlite3_prepare_v2(db, sql[i], -1, &st, NULL),
            SQLITE_OK);
        while (sqlite3_step(st) == SQLITE_ROW) {
            const uint8_t *p = sqlite3_column_blob(st, 0);

            assert_true(sqlite3_column_bytes(st, 0) >= WINDOW);
            ++*asked;
            found += memmem(all, len, p, WINDOW) != NULL;
        }
        sqlite3_finalize(st);
    }
    sqlite3_close(db);
    free(all);
    return found;
}

/* Everything in a vault that an old secret opens. */
static const char *const sealed[] = {
    "SELECT substr(b, 25) FROM wrap",
    "SELECT substr(wrap, 25) FROM extract",
    "SELECT b FROM extract",
    "SELECT substr(evct, 21) FROM leaf WHERE evct IS NOT NULL",
    "SELECT substr(head, 25, 16) FROM epoch",
    "SELECT wraps FROM epoch",
    "SELECT cache FROM epoch WHERE cache IS NOT NULL",
    "SELECT v FROM meta WHERE k IN ('catalogue', 'slots-mac')",
    "SELECT b FROM page",
    "SELECT substr(b, 17) FROM slot",
    "SELECT seed FROM identity WHERE seed IS NOT NULL",
    "SELECT b FROM local",
    "SELECT b FROM note WHERE f = 1",
    "SELECT head FROM record WHERE f = 1",
    "SELECT meta FROM record WHERE f = 1 AND meta IS NOT NULL",
};

/* ---- level 3 ---- */

static void
everything_that_stands_goes_along_under_new_keys(void **state)
{
    enum { RECORDS = 40, BIG = 300 * KIB };
    static struct vault_sealed all[RECORDS];
    struct vault_withdrawal gone;
    struct vault_rekeyed done;
    struct vault_error err;
    struct vault_info before, after;
    struct world w;
    struct vault *v;
    uint8_t *p = malloc(BIG), *got;
    char *old, *now;
    size_t n;

    (void)state;
    world_make(&w);
    for (unsigned i = 0; i < RECORDS; i++) {
        quick_noise(p, BIG, i);
        quick_add(w.q.v, "words", p, i % 20 == 0 ? BIG : i * 97, &all[i]);
        if (i % 4 == 0)
            amend(w.q.v, all[i].id, "longer than before");
    }
    ok(vault_withdraw(w.q.v, all[3].id, 0, "asked", &gone, &err), &err);
    ok(vault_info(w.q.v, &before, &err), &err);
    old = circle_picture(w.q.v, NULL, NULL);
    ok(vault_rekey_new(w.q.v, w.path, &w.o, &done, &err), &err);
    assert_int_equal(done.versions, RECORDS + RECORDS / 4 - 1);
    assert_int_equal(done.generation, 2);
    v = open_with(&w, w.path, w.key, VAULT_OK);
    now = circle_picture(v, NULL, NULL);
    assert_string_equal(old, now);
    got = quick_body(v, all[20].id, &n);
    quick_noise(p, BIG, 20);
    assert_int_equal(n, BIG);
    assert_memory_equal(got, p, BIG);
    free(got);
    ok(vault_info(v, &after, &err), &err);
    assert_memory_equal(before.id, after.id, VAULT_ID);
    assert_int_equal(after.generation, 2);
    assert_string_equal(after.fingerprint, done.fingerprint);
    assert_int_equal(after.logs, before.logs + 1);
    assert_int_equal(after.slots, 1);
    assert_false(after.older);
    assert_string_not_equal(after.origin, before.origin);
    /* both go on */
    quick_add(v, "after", "text", 4, NULL);
    quick_add(w.q.v, "after", "text", 4, NULL);
    vault_close(v);
    (void)open_with(&w, w.path, w.q.key, VAULT_E_SECRET);
    holds(w.path, w.key, "since the last new keys");
    quick_close(&w.q);
    holds(w.q.path, w.q.key, "unchanged since it was sealed");
    free(old);
    free(now);
    free(p);
    world_end(&w);
}

static void
no_old_cell_is_in_the_new_file(void **state)
{
    static struct circle c;
    struct vault_sealed one, two;
    struct vault_receive_result got;
    struct vault_rekeyed done;
    struct vault_error err;
    struct world w;
    struct vault *v;
    char whole[TEMP_PATH], part[TEMP_PATH];
    char *before, *after;
    size_t asked;

    (void)state;
    world_make(&w);
    circle_make(&c, 2);
    quick_add(c.q[0].v, "own", "body", 4, NULL);
    quick_add(c.q[1].v, "one", "body", 4, &one);
    quick_add(c.q[1].v, "two", "other body", 10, &two);
    circle_share(&c,
        &(struct circle_share){.from = 1, .to = 1, .id = &one.id, .n = 1},
        "whole", whole);
    circle_share(&c,
        &(struct circle_share){.from = 1, .to = 1, .id = &two.id, .n = 1,
            .only = "title"},
        "part", part);
    circle_take(c.q[0].v, whole, &got);
    circle_take(c.q[0].v, part, &got);
    quick_again(&c.q[0]);
    before = circle_picture(c.q[0].v, NULL, NULL);
    ok(vault_rekey_new(c.q[0].v, w.path, &w.o, &done, &err), &err);
    assert_int_equal(done.others, 2);
    quick_close(&c.q[0]);
    assert_int_equal(count_old(c.q[0].path, w.path, sealed,
                         sizeof sealed / sizeof sealed[0], &asked),
        0);
    assert_true(asked > 30);
    v = open_with(&w, w.path, w.key, VAULT_OK);
    after = circle_picture(v, NULL, NULL);
    assert_string_equal(before, after);
    vault_close(v);
    holds(w.path, w.key, "since the last new keys");
    free(before);
    free(after);
    quick_again(&c.q[0]);
    circle_end(&c);
    world_end(&w);
}

static void
a_card_has_one_successor_unless_asked(void **state)
{
    struct vault_rekeyed done;
    struct vault_error err;
    struct world w;
    char other[TEMP_PATH];

    (void)state;
    world_make(&w);
    temp_dir_path(&w.q.dir, "other.sanduq", other);
    ok(vault_rekey_new(w.q.v, w.path, &w.o, &done, &err), &err);
    assert_int_equal(vault_rekey_new(w.q.v, w.path, &w.o, &done, &err),
        VAULT_E_EXISTS);
    assert_int_equal(vault_rekey_new(w.q.v, other, &w.o, &done, &err),
        VAULT_E_POLICY);
    assert_false(temp_exists(other));
    assert_int_equal(vault_card_renew(w.q.v, NULL, &err), VAULT_E_POLICY);
    w.o.again = true;
    ok(vault_rekey_new(w.q.v, other, &w.o, &done, &err), &err);
    w.o.ways = 0;
    assert_int_equal(vault_rekey_new(w.q.v, "none", &w.o, &done, &err),
        VAULT_E_USAGE);
    world_end(&w);
}

/* ---- for travel ---- */

static void
only_what_is_named_goes_along(void **state)
{
    struct vault_sealed one, two, three;
    struct vault_withdrawal gone;
    struct vlt_renew_way way;
    struct vlt_renew_options o = {.way = &way,
        .ways = 1,
        .records = VLT_RENEW_CHOSEN,
        .action = "travel"};
    struct vlt_renewed done;
    struct vault_error err;
    struct vault_info info;
    struct world w;
    struct vault *v;
    uint8_t *p = malloc(300 * KIB), *got;
    uint8_t id[2][VAULT_ID];
    size_t n, asked;

    (void)state;
    world_make(&w);
    quick_noise(p, 300 * KIB, 1);
    quick_add(w.q.v, "one", p, 300 * KIB, &one);
    quick_add(w.q.v, "two", "home", 4, &two);
    quick_add(w.q.v, "three", "along", 5, &three);
    amend(w.q.v, one.id, "second");
    amend(w.q.v, one.id, "third");
    ok(vault_withdraw(w.q.v, one.id, 2, NULL, &gone, &err), &err);
    memcpy(id[0], one.id, VAULT_ID);
    memcpy(id[1], three.id, VAULT_ID);
    way = (struct vlt_renew_way){.key = w.key};
    o.id = (const uint8_t(*)[16])id;
    o.ids = 2;
    ok(vlt_renew_write(w.q.v, w.path, &o, &done, &v, &err), &err);
    assert_int_equal(done.versions, 3);
    assert_int_equal(quick_listed(v), 2);
    got = quick_body(v, one.id, &n);
    assert_int_equal(n, 300 * KIB);
    assert_memory_equal(got, p, 300 * KIB);
    free(got);
    ok(vault_info(v, &info, &err), &err);
    assert_int_equal(info.logs, 1);
    assert_int_equal(info.generation, 2);
    vault_close(v);
    quick_close(&w.q);
    holds(w.path, w.key, "declared withdrawn");
    assert_int_equal(count_old(w.q.path, w.path, sealed,
                         sizeof sealed / sizeof sealed[0], &asked),
        0);
    assert_int_equal(quick_count(w.path,
                         "SELECT count(*) FROM identity WHERE seed IS NULL"),
        1);
    assert_int_equal(quick_count(w.path, "SELECT count(*) FROM local"), 0);
    assert_int_equal(quick_count(w.path, "SELECT count(*) FROM record"), 4);
    free(p);
    world_end(&w);
}

static void
for_travel_nothing_goes_along(void **state)
{
    struct vault_sealed one;
    struct vlt_renew_way way;
    struct vlt_renew_options o = {.way = &way,
        .ways = 1,
        .records = VLT_RENEW_NONE,
        .no_state = true,
        .action = "travel"};
    struct vlt_renewed done;
    struct vault_error err;
    struct world w;
    struct vault *v;

    (void)state;
    world_make(&w);
    quick_add(w.q.v, "one", "home", 4, &one);
    ok(vault_card_renew(w.q.v, NULL, &err), &err);
    way = (struct vlt_renew_way){.key = w.key};
    ok(vlt_renew_write(w.q.v, w.path, &o, &done, NULL, &err), &err);
    assert_int_equal(done.generation, 3);
    assert_int_equal(quick_count(w.path, "SELECT count(*) FROM record"), 0);
    /* genesis, three cards, slots, settings, rekey */
    assert_int_equal(quick_count(w.path, "SELECT count(*) FROM leaf"), 7);
    assert_int_equal(quick_count(w.path, "SELECT count(*) FROM epoch"), 1);
    holds(w.path, w.key, "since the last new keys");
    v = open_with(&w, w.path, w.key, VAULT_OK);
    quick_add(v, "on the way", "text", 4, NULL);
    assert_int_equal(quick_listed(v), 1);
    vault_close(v);
    holds(w.path, w.key, "since the last new keys");
    world_end(&w);
}

static void
what_does_not_hold_is_not_carried_on(void **state)
{
    struct vault_rekeyed done;
    struct vault_error err;
    struct vault_sealed one;
    struct world w;
    uint8_t *p = malloc(300 * KIB);

    (void)state;
    world_make(&w);
    quick_noise(p, 300 * KIB, 1);
    quick_add(w.q.v, "one", p, 300 * KIB, &one);
    quick_close(&w.q);
    quick_sql(w.q.path,
        "UPDATE segment SET ct = CAST(substr(ct, 1, 1000) || zeroblob(8) || "
        "substr(ct, 1009) AS BLOB)");
    quick_again(&w.q);
    assert_int_equal(vault_rekey_new(w.q.v, w.path, &w.o, &done, &err),
        VAULT_E_TAMPERED);
    assert_false(temp_exists(w.path));
    /* and nothing was written of it anywhere */
    assert_int_equal(vault_card_renew(w.q.v, NULL, &err), VAULT_OK);
    free(p);
    world_end(&w);
}

static int
count_holders(void *ctx, const struct vault_card_holder *h)
{
    unsigned *n = ctx;

    n[h->name != NULL]++;
    return 0;
}

/* What is sealed to the old card: opened as long as its secret is here. */
static void
old_cards_open_until_they_are_forgotten(void **state)
{
    static struct circle c;
    struct vault_sealed late;
    struct vault_receive_result got;
    struct vault_rekeyed done;
    struct vault_error err;
    struct world w;
    struct vault *v;
    char one[TEMP_PATH], two[TEMP_PATH], kit[TEMP_PATH];
    unsigned n[2] = {0, 0};

    (void)state;
    world_make(&w);
    circle_make(&c, 2);
    quick_add(c.q[1].v, "late", "body", 4, &late);
    for (int i = 0; i < 2; i++)
        circle_share(&c,
            &(struct circle_share){.from = 1, .to = 1, .id = &late.id, .n = 1},
            i == 0 ? "one" : "two", i == 0 ? one : two);
    w.o.keep_seeds = true;
    ok(vault_rekey_new(c.q[0].v, w.path, &w.o, &done, &err), &err);
    v = open_with(&w, w.path, w.key, VAULT_OK);
    circle_take(v, one, &got);
    assert_int_equal(quick_listed(v), 1);
    ok(vault_card_holders(v, count_holders, n, &err), &err);
    assert_int_equal(n[1], 1);
    temp_dir_path(&w.q.dir, "old.kit", kit);
    ok(vault_backup_kit(v, kit, &err), &err);
    ok(vault_rekey_forget(v, NULL, &done, &err), &err);
    assert_int_equal(done.seeds_gone, 1);
    assert_int_equal(quick_listed(v), 1);
    /* in this handle, and in the next */
    for (int i = 0; i < 2; i++) {
        assert_int_not_equal(circle_receive(v, (const char *[]){two}, 1, &got,
                                 &err),
            VAULT_OK);
        vault_close(v);
        v = open_with(&w, w.path, w.key, VAULT_OK);
    }
    assert_int_equal(vault_rekey_forget(v, NULL, &done, &err),
        VAULT_E_NOT_FOUND);
    vault_close(v);
    /* and no kit of before brings it back */
    assert_int_equal(vault_restore_kit(kit, w.path, w.key, &w.q.opt, &err),
        VAULT_E_USAGE);
    assert_int_equal(quick_count(w.path,
                         "SELECT count(*) FROM identity WHERE seed IS NOT NULL"),
        1);
    holds(w.path, w.key, "since the last new keys");
    circle_end(&c);
    world_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_stands_goes_along_under_new_keys),
        cmocka_unit_test(no_old_cell_is_in_the_new_file),
        cmocka_unit_test(a_card_has_one_successor_unless_asked),
        cmocka_unit_test(only_what_is_named_goes_along),
        cmocka_unit_test(for_travel_nothing_goes_along),
        cmocka_unit_test(what_does_not_hold_is_not_carried_on),
        cmocka_unit_test(old_cards_open_until_they_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
