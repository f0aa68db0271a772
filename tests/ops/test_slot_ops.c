/* SPDX-License-Identifier: Apache-2.0 */
/* test_slot_ops.c: ways to unlock come and go, and never the last */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

static const struct vault_cost none = {0, 0};

struct list {
    size_t n;
    struct vault_slot slot[40];
};

static int
take(void *ctx, const struct vault_slot *slot)
{
    struct list *l = ctx;

    assert_true(l->n < 40);
    l->slot[l->n++] = *slot;
    return 0;
}

static struct list
slots_of(struct vault *v)
{
    struct list l = {0};

    assert_int_equal(vault_slots(v, take, &l, NULL), VAULT_OK);
    return l;
}

static struct vault_key *
new_keyfile(const struct quick_vault *q, const char *name)
{
    struct vault_key *key = vault_key_new();
    char path[TEMP_PATH];

    temp_dir_path(&q->dir, name, path);
    assert_int_equal(vault_keyfile_create(path, NULL), VAULT_OK);
    assert_int_equal(vault_key_file(key, path, NULL), VAULT_OK);
    return key;
}

static enum vault_status
try(const struct quick_vault *q, const struct vault_key *key)
{
    struct vault_options opt = {.no_state = true};
    struct vault *v;
    enum vault_status st;

    assert_int_equal(vault_open(q->path, &opt, &v, NULL), VAULT_OK);
    st = vault_unlock(v, key, NULL, NULL);
    vault_close(v);
    return st;
}

static void
expect_sound(const struct quick_vault *q)
{
    struct quick_verdict said;

    quick_verify(q->path, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
}

static void
an_added_way_opens_until_it_is_removed(void **state)
{
    struct quick_vault q;
    struct vault_key *key;
    struct list l;
    uint8_t id[VAULT_ID];

    (void)state;
    quick_make(&q);
    key = new_keyfile(&q, "second");
    assert_int_equal(try(&q, key), VAULT_E_SECRET);
    assert_int_equal(vault_slot_add(q.v, key, &none, id, NULL), VAULT_OK);
    assert_int_equal(try(&q, key), VAULT_OK);
    assert_int_equal(try(&q, q.key), VAULT_OK);
    l = slots_of(q.v);
    assert_int_equal(l.n, 2);
    assert_true(memcmp(l.slot[0].id, l.slot[1].id, VAULT_ID) < 0);
    assert_int_equal(l.slot[0].opened + l.slot[1].opened, 1);
    assert_int_equal(l.slot[0].kind, VAULT_SLOT_KEYFILE);
    assert_true(l.slot[0].cost_ok);
    assert_int_equal(vault_slot_remove(q.v, id, NULL), VAULT_OK);
    assert_int_equal(try(&q, key), VAULT_E_SECRET);
    assert_int_equal(try(&q, q.key), VAULT_OK);
    assert_int_equal(vault_slot_remove(q.v, id, NULL), VAULT_E_NOT_FOUND);
    expect_sound(&q);
    vault_key_free(key);
    quick_end(&q);
}

static void
an_exchanged_way_opens_no_more_and_the_handle_stays_open(void **state)
{
    struct quick_vault q;
    struct vault_key *key;
    struct list l;
    uint8_t old[VAULT_ID], id[VAULT_ID];

    (void)state;
    quick_make(&q);
    key = new_keyfile(&q, "second");
    l = slots_of(q.v);
    memcpy(old, l.slot[0].id, VAULT_ID);
    /* the only slot: exchanging it leaves a way in */
    assert_int_equal(vault_slot_change(q.v, old, key, &none, id, NULL),
        VAULT_OK);
    assert_int_equal(try(&q, q.key), VAULT_E_SECRET);
    assert_int_equal(try(&q, key), VAULT_OK);
    quick_add(q.v, "still open", NULL, 0, NULL);
    l = slots_of(q.v);
    assert_int_equal(l.n, 1);
    assert_true(l.slot[0].opened);
    assert_memory_equal(l.slot[0].id, id, VAULT_ID);
    assert_int_equal(vault_slot_change(q.v, old, key, &none, id, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(try(&q, key), VAULT_OK);
    expect_sound(&q);
    vault_key_free(key);
    quick_end(&q);
}

static void
the_last_way_in_stays(void **state)
{
    struct quick_vault q;
    struct list l;
    struct vault_info a, b;

    (void)state;
    quick_make(&q);
    l = slots_of(q.v);
    assert_int_equal(vault_info(q.v, &a, NULL), VAULT_OK);
    assert_int_equal(vault_slot_remove(q.v, l.slot[0].id, NULL), VAULT_E_USAGE);
    assert_int_equal(vault_info(q.v, &b, NULL), VAULT_OK);
    assert_int_equal(a.leaves, b.leaves);
    assert_int_equal(try(&q, q.key), VAULT_OK);
    quick_end(&q);
}

static void
there_are_32_slots_and_no_more(void **state)
{
    struct quick_vault q;
    struct vault_key *key;
    uint8_t id[VAULT_ID];

    (void)state;
    quick_make(&q);
    key = new_keyfile(&q, "second");
    for (int i = 1; i < 32; i++)
        assert_int_equal(vault_slot_add(q.v, key, &none, id, NULL), VAULT_OK);
    assert_int_equal(slots_of(q.v).n, 32);
    assert_int_equal(vault_slot_add(q.v, key, &none, id, NULL), VAULT_E_LIMIT);
    assert_int_equal(slots_of(q.v).n, 32);
    assert_int_equal(vault_slot_change(q.v, id, key, &none, id, NULL),
        VAULT_OK);
    assert_int_equal(try(&q, q.key), VAULT_OK);
    assert_int_equal(vault_slot_remove(q.v, id, NULL), VAULT_OK);
    assert_int_equal(vault_slot_add(q.v, key, &none, id, NULL), VAULT_OK);
    expect_sound(&q);
    vault_key_free(key);
    quick_end(&q);
}

static void
slots_are_listed_locked_and_damaged_ones_are_told(void **state)
{
    struct quick_vault q;
    struct vault_options opt = {.no_state = true};
    struct vault_key *key = vault_key_new();
    struct vault_cost floor = vault_cost(VAULT_COST_FLOOR);
    struct vault *v;
    struct list l;
    struct list damaged = {0};
    uint8_t id[VAULT_ID];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_key_passphrase(key, "x", 1, NULL), VAULT_OK);
    assert_int_equal(vault_slot_add(q.v, key, &floor, id, NULL), VAULT_OK);
    quick_close(&q);
    assert_int_equal(vault_open(q.path, &opt, &v, NULL), VAULT_OK);
    l = slots_of(v);
    assert_int_equal(l.n, 2);
    for (size_t i = 0; i < 2; i++) {
        bool pass = memcmp(l.slot[i].id, id, VAULT_ID) == 0;

        assert_false(l.slot[i].opened);
        assert_int_equal(l.slot[i].kind,
            pass ? VAULT_SLOT_PASSPHRASE : VAULT_SLOT_KEYFILE);
        assert_int_equal(l.slot[i].cost.passes, pass ? floor.passes : 0);
        assert_int_equal(l.slot[i].cost.memory_kib,
            pass ? floor.memory_kib : 0);
    }
    vault_close(v);
    quick_sql(q.path,
        "UPDATE slot SET b = substr(b, 1, 151) "
        "WHERE substr(b, 5, 1) = x'01'");
    assert_int_equal(vault_open(q.path, &opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_slots(v, take, &damaged, NULL), VAULT_E_SLOT);
    assert_int_equal(damaged.n, 1);
    vault_close(v);
    vault_key_free(key);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_added_way_opens_until_it_is_removed),
        cmocka_unit_test(
            an_exchanged_way_opens_no_more_and_the_handle_stays_open),
        cmocka_unit_test(the_last_way_in_stays),
        cmocka_unit_test(there_are_32_slots_and_no_more),
        cmocka_unit_test(slots_are_listed_locked_and_damaged_ones_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
