/* SPDX-License-Identifier: Apache-2.0 */
/* test_recover.c: shares and headquarters' card open a vault, others do not */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/cards.h>
#include <vault/recover.h>

#include "circle.h"

/* ---- helpers ---- */

static struct vault_recovery *
deal(unsigned k, unsigned n)
{
    struct vault_recovery *r = NULL;

    assert_int_equal(vault_recovery_deal(k, n, &r, NULL), VAULT_OK);
    assert_int_equal(vault_shares_count(vault_recovery_shares(r)), n);
    return r;
}

/* A key from those shares whose bits are in `which`, as a person types them. */
static struct vault_key *
typed(const struct vault_recovery *r, unsigned which)
{
    const struct vault_shares *all = vault_recovery_shares(r);
    struct vault_shares *s = vault_shares_new();
    struct vault_key *key = vault_key_new();
    char print[VAULT_SHARE_PRINT];

    for (size_t i = 0; i < vault_shares_count(all); i++)
        if ((which >> i & 1) != 0) {
            vault_shares_print(all, i, print);
            assert_int_equal(strlen(print), VAULT_SHARE_PRINT - 1);
            assert_int_equal(vault_shares_add(s, print, strlen(print), NULL,
                                 NULL),
                VAULT_OK);
        }
    assert_int_equal(vault_key_shares(key, s, NULL), VAULT_OK);
    vault_shares_free(s);
    return key;
}

static enum vault_status
try(const char *path, const struct vault_key *key, struct vault_error *err)
{
    struct vault_options opt = {.no_state = true};
    struct vault *v;
    enum vault_status st;

    assert_int_equal(vault_open(path, &opt, &v, NULL), VAULT_OK);
    st = vault_unlock(v, key, NULL, err);
    vault_close(v);
    return st;
}

static enum vault_status
try_free(const char *path, struct vault_key *key)
{
    enum vault_status st = try(path, key, NULL);

    vault_key_free(key);
    return st;
}

static void
expect_sound(const char *path, const struct vault_key *key)
{
    struct quick_verdict said;

    quick_verify(path, key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
}

static uint32_t
slots_in(struct vault *v)
{
    struct vault_info info;

    assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
    return info.slots;
}

/* ---- shares ---- */

static void
any_k_shares_open_and_the_log_remembers_the_set(void **state)
{
    struct vault_recovery *r = deal(2, 3);
    struct vault_share_view first;
    struct vault_slot_about about;
    struct vault_key *key;
    struct quick_vault q;
    uint8_t id[VAULT_ID], stranger[VAULT_ID] = {1};

    (void)state;
    quick_make(&q);
    assert_int_equal(try_free(q.path, typed(r, 3)), VAULT_E_NO_KEY);
    assert_int_equal(vault_slot_add_recovery(q.v, r, NULL, id, NULL), VAULT_OK);
    assert_int_equal(try_free(q.path, typed(r, 3)), VAULT_OK);
    assert_int_equal(try_free(q.path, typed(r, 5)), VAULT_OK);
    assert_int_equal(try_free(q.path, typed(r, 6)), VAULT_OK);
    assert_int_equal(try_free(q.path, typed(r, 7)), VAULT_OK);
    vault_shares_view(vault_recovery_shares(r), 0, &first);
    assert_int_equal(vault_slot_about(q.v, id, &about, NULL), VAULT_OK);
    assert_true(about.known);
    assert_string_equal(about.set, first.set);
    assert_int_equal(about.threshold, 2);
    assert_int_equal(about.total, 3);
    assert_false(about.has_card);
    assert_int_equal(vault_slot_about(q.v, stranger, &about, NULL), VAULT_OK);
    assert_false(about.known);
    key = typed(r, 6);
    expect_sound(q.path, key); /* verify unlocks with shares too */
    vault_key_free(key);
    vault_lock(q.v);
    assert_int_equal(vault_slot_about(q.v, id, &about, NULL), VAULT_E_LOCKED);
    vault_recovery_free(r);
    quick_end(&q);
}

/* Who finds the file learns nothing that ties a sheet to it. */
static void
the_name_of_the_set_is_nowhere_in_the_file(void **state)
{
    struct vault_recovery *r = deal(2, 3);
    struct vault_share_view first;
    struct quick_vault q;
    uint8_t id[VAULT_ID];
    char text[VAULT_SHARE_TEXT];
    char sql[256];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_slot_add_recovery(q.v, r, NULL, id, NULL), VAULT_OK);
    quick_close(&q);
    vault_shares_view(vault_recovery_shares(r), 0, &first);
    vault_shares_text(vault_recovery_shares(r), 0, text);
    (void)snprintf(sql, sizeof sql,
        "SELECT count(*) FROM slot WHERE instr(hex(b), hex('%s')) > 0 OR "
        "instr(hex(id), hex('%s')) > 0",
        first.set, first.set);
    assert_int_equal(quick_count(q.path, sql), 0);
    (void)snprintf(sql, sizeof sql,
        "SELECT count(*) FROM leaf WHERE instr(evct, '%s') > 0", first.set);
    assert_int_equal(quick_count(q.path, sql), 0);
    vault_recovery_free(r);
    quick_end(&q);
}

static void
a_new_deal_makes_the_old_shares_useless(void **state)
{
    struct vault_recovery *old = deal(2, 2);
    struct vault_recovery *new = deal(3, 4);
    struct vault_error err;
    struct vault_key *key;
    struct quick_vault q;
    char copy[TEMP_PATH];
    uint8_t a[VAULT_ID], b[VAULT_ID];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_slot_add_recovery(q.v, old, NULL, a, NULL),
        VAULT_OK);
    temp_dir_path(&q.dir, "copy", copy);
    assert_int_equal(vault_backup(q.v, copy, NULL), VAULT_OK);
    assert_int_equal(vault_slot_add_recovery(q.v, new, a, b, NULL), VAULT_OK);
    assert_int_equal(slots_in(q.v), 2);
    key = typed(old, 3);
    assert_int_equal(try(q.path, key, &err), VAULT_E_SECRET);
    assert_non_null(strstr(err.message, "these shares"));
    assert_int_equal(try(copy, key, NULL), VAULT_OK); /* as we say */
    vault_key_free(key);
    assert_int_equal(try_free(q.path, typed(new, 14)), VAULT_OK);
    expect_sound(q.path, q.key);
    /* what goes must be a set of shares, and must be there */
    assert_int_equal(vault_slot_add_recovery(q.v, old, a, b, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(slots_in(q.v), 2);
    vault_recovery_free(old);
    vault_recovery_free(new);
    quick_end(&q);
}

static int
first_keyfile(void *ctx, const struct vault_slot *s)
{
    if (s->kind == VAULT_SLOT_KEYFILE)
        memcpy(ctx, s->id, VAULT_ID);
    return 0;
}

static void
a_key_file_is_never_taken_for_an_old_set(void **state)
{
    struct vault_recovery *r = deal(1, 1);
    struct quick_vault q;
    uint8_t id[VAULT_ID], keyfile[VAULT_ID];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_slots(q.v, first_keyfile, keyfile, NULL), VAULT_OK);
    assert_int_equal(vault_slot_add_recovery(q.v, r, keyfile, id, NULL),
        VAULT_E_USAGE);
    assert_int_equal(slots_in(q.v), 1);
    assert_int_equal(try(q.path, q.key, NULL), VAULT_OK);
    vault_recovery_free(r);
    quick_end(&q);
}

static void
a_handle_opened_by_shares_does_all_work(void **state)
{
    struct vault_recovery *r = deal(1, 1);
    struct vault_recovery *next = deal(2, 2);
    struct vault_key *key;
    struct quick_vault q;
    uint8_t id[VAULT_ID], keyfile[VAULT_ID], again[VAULT_ID];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_slots(q.v, first_keyfile, keyfile, NULL), VAULT_OK);
    assert_int_equal(vault_slot_add_recovery(q.v, r, NULL, id, NULL), VAULT_OK);
    vault_lock(q.v);
    key = typed(r, 1);
    assert_int_equal(vault_unlock(q.v, key, NULL, NULL), VAULT_OK);
    quick_add(q.v, "after", "text", 4, NULL);
    assert_int_equal(vault_slot_remove(q.v, keyfile, NULL), VAULT_OK);
    assert_int_equal(vault_slot_remove(q.v, id, NULL), VAULT_E_USAGE);
    /* the set that opened it may go for a new one */
    assert_int_equal(vault_slot_add_recovery(q.v, next, id, again, NULL),
        VAULT_OK);
    assert_int_equal(slots_in(q.v), 1);
    assert_int_equal(try(q.path, key, NULL), VAULT_E_SECRET);
    vault_key_free(key);
    key = typed(next, 3);
    expect_sound(q.path, key);
    vault_key_free(key);
    vault_recovery_free(r);
    vault_recovery_free(next);
    quick_end(&q);
}

/* ---- headquarters ---- */

/* Field is vault 0, headquarters vault 1, somebody else vault 2. */
static enum vault_status
try_as(const struct circle *c, size_t who, const char *path)
{
    struct vault_key *key = vault_key_new();
    enum vault_status st;

    assert_int_equal(vault_key_identity(key, c->q[who].v, NULL), VAULT_OK);
    st = try_free(path, key);
    return st;
}

static void
only_the_vault_of_that_card_opens(void **state)
{
    struct vault_slot_about about;
    struct circle c;
    struct vault_key *key = vault_key_new();
    uint8_t id[VAULT_ID];

    (void)state;
    circle_make(&c, 3);
    assert_int_equal(try_as(&c, 1, c.q[0].path), VAULT_E_NO_KEY);
    assert_int_equal(vault_slot_add_card(c.q[0].v, "v1", id, NULL), VAULT_OK);
    assert_int_equal(quick_count(c.q[0].path,
                         "SELECT length(b) FROM slot ORDER BY 1 DESC LIMIT 1"),
        1248);
    assert_int_equal(try_as(&c, 1, c.q[0].path), VAULT_OK);
    assert_int_equal(try_as(&c, 2, c.q[0].path), VAULT_E_SECRET);
    assert_int_equal(try_as(&c, 0, c.q[0].path), VAULT_E_SECRET);
    assert_int_equal(try(c.q[0].path, c.q[0].key, NULL), VAULT_OK);
    assert_int_equal(vault_slot_about(c.q[0].v, id, &about, NULL), VAULT_OK);
    assert_true(about.known && about.has_card);
    assert_string_equal(about.name, "v1");
    assert_string_equal(about.set, "");
    expect_sound(c.q[0].path, c.q[0].key);
    /* a card of headquarters' next generation: the old one's key is kept */
    assert_int_equal(vault_card_renew(c.q[1].v, NULL, NULL), VAULT_OK);
    assert_int_equal(try_as(&c, 1, c.q[0].path), VAULT_OK);
    vault_lock(c.q[1].v);
    assert_int_equal(vault_key_identity(key, c.q[1].v, NULL), VAULT_E_LOCKED);
    vault_key_free(key);
    assert_int_equal(vault_slot_remove(c.q[0].v, id, NULL), VAULT_OK);
    assert_int_equal(slots_in(c.q[0].v), 1);
    circle_end(&c);
}

static void
a_card_that_nobody_compared_gets_nothing(void **state)
{
    struct quick_vault field, hq;
    struct vault_error err;
    uint8_t id[VAULT_ID];

    (void)state;
    quick_make(&field);
    quick_make(&hq);
    assert_int_equal(vault_slot_add_card(field.v, "hq", id, NULL),
        VAULT_E_NOT_FOUND);
    circle_pin(field.v, hq.v, "hq", false);
    assert_int_equal(vault_slot_add_card(field.v, "hq", id, &err),
        VAULT_E_POLICY);
    assert_non_null(strstr(err.message, "nobody has compared"));
    assert_int_equal(slots_in(field.v), 1);
    circle_pin(field.v, hq.v, "hq", true);
    assert_int_equal(vault_slot_add_card(field.v, "hq", id, NULL), VAULT_OK);
    quick_end(&field);
    quick_end(&hq);
}

/* ---- copies, kits, damage ---- */

static void
copies_and_kits_keep_both_kinds(void **state)
{
    struct vault_recovery *r = deal(2, 3);
    struct vault_options opt = {.no_state = true};
    struct vault_key *key = typed(r, 5);
    struct circle c;
    char copy[TEMP_PATH], kit[TEMP_PATH], back[TEMP_PATH];
    uint8_t id[VAULT_ID];

    (void)state;
    circle_make(&c, 2);
    assert_int_equal(vault_slot_add_recovery(c.q[0].v, r, NULL, id, NULL),
        VAULT_OK);
    assert_int_equal(vault_slot_add_card(c.q[0].v, "v1", id, NULL), VAULT_OK);
    temp_dir_path(&c.q[0].dir, "copy", copy);
    temp_dir_path(&c.q[0].dir, "kit", kit);
    temp_dir_path(&c.q[0].dir, "back", back);
    assert_int_equal(vault_backup(c.q[0].v, copy, NULL), VAULT_OK);
    assert_int_equal(vault_backup_kit(c.q[0].v, kit, NULL), VAULT_OK);
    assert_int_equal(vault_restore(copy, back, &opt, NULL), VAULT_OK);
    assert_int_equal(try(back, key, NULL), VAULT_OK);
    assert_int_equal(try_as(&c, 1, back), VAULT_OK);
    /* slots destroyed, as panic does it: shares open the kit and bring back */
    quick_sql(copy, "DELETE FROM slot");
    assert_int_not_equal(try(copy, key, NULL), VAULT_OK);
    assert_int_equal(vault_restore_kit(kit, copy, key, &opt, NULL), VAULT_OK);
    assert_int_equal(try(copy, key, NULL), VAULT_OK);
    assert_int_equal(try_as(&c, 1, copy), VAULT_OK);
    vault_key_free(key);
    vault_recovery_free(r);
    circle_end(&c);
}

static const struct {
    const char *name;
    const char *sql;
    enum vault_status shares, card;
} damage[] = {
    {"a card's slot is short",
        "UPDATE slot SET b = substr(b, 1, 1247) WHERE length(b) = 1248",
        VAULT_E_TAMPERED, VAULT_E_SLOT},
    {"a card's slot is as short as others",
        "UPDATE slot SET b = substr(b, 1, 152) WHERE length(b) = 1248",
        VAULT_E_TAMPERED, VAULT_E_SLOT},
    {"a byte of the sealed key differs",
        "UPDATE slot SET b = CAST(substr(b, 1, 1247) || x'00' AS BLOB) WHERE "
        "length(b) = 1248",
        VAULT_E_TAMPERED, VAULT_E_SLOT},
    {"its salt is not zero",
        "UPDATE slot SET b = CAST(substr(b, 1, 40) || x'01' || substr(b, 42) "
        "AS BLOB) WHERE length(b) = 1248",
        VAULT_E_TAMPERED, VAULT_E_SLOT},
};

static void
a_damaged_row_of_a_card_is_told_and_verify_sees_it(void **state)
{
    struct vault_recovery *r = deal(1, 1);
    struct vault_options opt = {.no_state = true};
    struct vault_key *key = typed(r, 1);
    struct circle c;
    uint8_t id[VAULT_ID];

    (void)state;
    circle_make(&c, 2);
    assert_int_equal(vault_slot_add_recovery(c.q[0].v, r, NULL, id, NULL),
        VAULT_OK);
    assert_int_equal(vault_slot_add_card(c.q[0].v, "v1", id, NULL), VAULT_OK);
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        struct quick_verdict said;
        char copy[TEMP_PATH], name[32], to[TEMP_PATH];
        enum vault_status st;

        (void)snprintf(name, sizeof name, "copy%zu", i);
        temp_dir_path(&c.q[0].dir, name, copy);
        temp_dir_path(&c.q[0].dir, "not-there", to);
        assert_int_equal(vault_backup(c.q[0].v, copy, NULL), VAULT_OK);
        quick_sql(copy, damage[i].sql);
        st = try(copy, key, NULL);
        if (st == VAULT_OK || st == VAULT_E_SECRET)
            fail_msg("%s: shares: %d", damage[i].name, (int)st);
        st = try_as(&c, 1, copy);
        if (st != damage[i].card)
            fail_msg("%s: card: %d", damage[i].name, (int)st);
        quick_verify(copy, NULL, &said);
        if (said.st != VAULT_E_TAMPERED)
            fail_msg("%s: verify: %d", damage[i].name, (int)said.st);
        assert_int_equal(vault_restore(copy, to, &opt, NULL), VAULT_E_TAMPERED);
    }
    vault_key_free(key);
    vault_recovery_free(r);
    circle_end(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_k_shares_open_and_the_log_remembers_the_set),
        cmocka_unit_test(the_name_of_the_set_is_nowhere_in_the_file),
        cmocka_unit_test(a_new_deal_makes_the_old_shares_useless),
        cmocka_unit_test(a_key_file_is_never_taken_for_an_old_set),
        cmocka_unit_test(a_handle_opened_by_shares_does_all_work),
        cmocka_unit_test(only_the_vault_of_that_card_opens),
        cmocka_unit_test(a_card_that_nobody_compared_gets_nothing),
        cmocka_unit_test(copies_and_kits_keep_both_kinds),
        cmocka_unit_test(a_damaged_row_of_a_card_is_told_and_verify_sees_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
