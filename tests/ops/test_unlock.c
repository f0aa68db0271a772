/* SPDX-License-Identifier: Apache-2.0 */
/* test_unlock.c: which key opens, and what is said when it does not */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

/* what SQLite joins is a text until it is told otherwise */
#define BYTES(x) "CAST(" x " AS BLOB)"

static const char nfc[] = "caf\xc3\xa9";  /* U+00E9 */
static const char nfd[] = "cafe\xcc\x81"; /* e, U+0301 */

static struct vault_key *
pass(const char *p)
{
    struct vault_key *key = vault_key_new();

    assert_int_equal(vault_key_passphrase(key, p, strlen(p), NULL), VAULT_OK);
    return key;
}

static enum vault_status
try(const char *path, const struct vault_key *key, const uint8_t *slot)
{
    struct vault_options opt = {.no_state = true};
    struct vault_error err = {0};
    struct vault *v = NULL;
    enum vault_status st = vault_open(path, &opt, &v, &err);

    assert_int_equal(st, VAULT_OK);
    st = vault_unlock(v, key, slot, &err);
    assert_int_equal(vault_unlocked(v), st == VAULT_OK);
    if (st != VAULT_OK) {
        assert_int_equal(err.code, st);
        assert_int_not_equal(strlen(err.message), 0);
    }
    vault_close(v);
    return st;
}

static void
each_key_opens_its_own_kind_of_slot_only(void **state)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct quick_vault q;
    struct vault_key *p, *other, *wrong, *both;
    uint8_t ps[VAULT_ID], bs[VAULT_ID];
    struct vault_error err;
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    p = pass(nfc);
    assert_int_equal(try(q.path, p, NULL), VAULT_E_NO_KEY);
    assert_int_equal(vault_slot_add(q.v, p, &cost, ps, &err), VAULT_OK);
    /* the same text in another Unicode form is the same passphrase */
    other = pass(nfd);
    assert_int_equal(try(q.path, other, NULL), VAULT_OK);
    wrong = pass("cafe");
    assert_int_equal(try(q.path, wrong, NULL), VAULT_E_SECRET);

    /* both together are a kind of their own: nothing else is tried */
    both = pass(nfc);
    assert_int_equal(vault_key_file(both, q.keyfile, &err), VAULT_OK);
    assert_int_equal(try(q.path, both, NULL), VAULT_E_NO_KEY);
    assert_int_equal(vault_slot_add(q.v, both, &cost, bs, &err), VAULT_OK);
    assert_int_equal(try(q.path, both, NULL), VAULT_OK);

    /* a slot that was named is the only one tried */
    assert_int_equal(try(q.path, p, ps), VAULT_OK);
    assert_int_equal(try(q.path, p, bs), VAULT_E_NO_KEY);
    assert_int_equal(try(q.path, both, bs), VAULT_OK);

    /* another key file */
    temp_dir_path(&q.dir, "key2", path);
    vault_key_free(wrong);
    wrong = vault_key_new();
    assert_int_equal(vault_keyfile_create(path, &err), VAULT_OK);
    assert_int_equal(vault_keyfile_create(path, &err), VAULT_E_EXISTS);
    assert_int_equal(vault_key_file(wrong, path, &err), VAULT_OK);
    assert_int_equal(try(q.path, wrong, NULL), VAULT_E_SECRET);
    vault_key_free(p);
    vault_key_free(other);
    vault_key_free(wrong);
    vault_key_free(both);
    quick_end(&q);
}

static void
only_key_files_of_this_program_are_taken(void **state)
{
    struct vault_key *key = vault_key_new();
    struct quick_vault q;
    struct vault_error err;
    char path[TEMP_PATH];
    uint8_t *p;
    size_t n;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "other", path);
    assert_int_equal(vault_key_file(key, path, &err), VAULT_E_NOT_FOUND);
    p = temp_read(q.keyfile, &n);
    temp_write(path, p, n - 1);
    assert_int_equal(vault_key_file(key, path, &err), VAULT_E_SECRET);
    temp_write(path, "", 0);
    assert_int_equal(vault_key_file(key, path, &err), VAULT_E_SECRET);
    free(p);
    p = calloc(1, 100000);
    temp_write(path, p, 100000);
    assert_int_equal(vault_key_file(key, path, &err), VAULT_E_SECRET);
    free(p);
    assert_int_equal(vault_key_passphrase(key, "", 0, &err), VAULT_E_LIMIT);
    p = malloc(4097);
    memset(p, 'a', 4097);
    assert_int_equal(vault_key_passphrase(key, p, 4097, &err), VAULT_E_LIMIT);
    assert_int_equal(vault_key_passphrase(key, p, 4096, &err), VAULT_OK);
    free(p);
    vault_key_free(key);
    quick_end(&q);
}

/* One change of the file, made on a copy; what unlocking says then. */
static enum vault_status
after(struct quick_vault *q, const char *sql)
{
    char path[TEMP_PATH];

    temp_dir_path(&q->dir, "copy", path);
    temp_copy(q->path, path);
    quick_sql(path, sql);
    return try(path, q->key, NULL);
}

static void
what_a_seizure_could_change_is_found(void **state)
{
    static const struct {
        const char *name;
        const char *sql;
        enum vault_status st;
    } rows[] = {
        {"slot: wrap",
            "UPDATE slot SET b = " BYTES("substr(b, 1, 151) || x'00'"),
            VAULT_E_SLOT},
        {"slot: nonce",
            "UPDATE slot SET b = " BYTES("substr(b, 1, 80) || "
                                         "zeroblob(24) || substr(b, 105)"),
            VAULT_E_SLOT},
        {"slot: commitment",
            "UPDATE slot SET b = " BYTES("substr(b, 1, 48) || "
                                         "zeroblob(32) || substr(b, 81)"),
            VAULT_E_SLOT},
        {"slot: magic", "UPDATE slot SET b = " BYTES("x'00' || substr(b, 2)"),
            VAULT_E_SLOT},
        {"slot: too short", "UPDATE slot SET b = substr(b, 1, 151)",
            VAULT_E_SLOT},
        {"slot: gone", "DELETE FROM slot", VAULT_E_SLOT},
        {"slot: one more",
            "INSERT INTO slot SELECT zeroblob(16), " BYTES(
                "substr(b, 1, 16) "
                "|| zeroblob(16) || substr(b, 33)") " FROM slot",
            VAULT_E_TAMPERED},
        {"slot: row of another type", "UPDATE slot SET id = x'00'",
            VAULT_E_TAMPERED},
        {"MAC", "UPDATE meta SET v = zeroblob(32) WHERE k = 'slots-mac'",
            VAULT_E_TAMPERED},
        {"MAC gone", "DELETE FROM meta WHERE k = 'slots-mac'",
            VAULT_E_TAMPERED},
        {"generation of slots",
            "UPDATE meta SET v = x'00000002' WHERE k = 'slots-gen'",
            VAULT_E_TAMPERED},
        {"generation of settings",
            "UPDATE meta SET v = x'00000002' WHERE k = 'settings-gen'",
            VAULT_E_TAMPERED},
        {"a setting", "INSERT INTO local VALUES(1, 1, zeroblob(64))",
            VAULT_E_TAMPERED},
        {"seed", "UPDATE identity SET seed = zeroblob(72)", VAULT_E_TAMPERED},
        {"card", "UPDATE identity SET card = replace(card, 'a', 'b')",
            VAULT_E_TAMPERED},
        {"no card", "DELETE FROM identity", VAULT_E_TAMPERED},
        {"a leaf", "UPDATE leaf SET subj = zeroblob(32) WHERE idx = 0",
            VAULT_E_TAMPERED},
        {"a leaf less", "DELETE FROM leaf WHERE idx = 3", VAULT_E_TAMPERED},
        {"a leaf more",
            "INSERT INTO leaf SELECT log, idx + 1, kind, id, ver, subj, ev, "
            "evct FROM leaf WHERE idx = 3",
            VAULT_E_TAMPERED},
        {"checkpoint", "UPDATE checkpoint SET size = 3", VAULT_E_TAMPERED},
        {"no checkpoint", "DELETE FROM checkpoint", VAULT_E_TAMPERED},
        {"no log", "DELETE FROM log", VAULT_E_TAMPERED},
        {"event",
            "UPDATE leaf SET evct = " BYTES(
                "substr(evct, 1, 100) || "
                "x'0000' || substr(evct, 103)") " WHERE kind = 'slots'",
            VAULT_E_TAMPERED},
        {"nothing", "SELECT 1", VAULT_OK},
    };
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum vault_status st = after(&q, rows[i].sql);

        if (st != rows[i].st)
            fail_msg("%s: %s instead of %s", rows[i].name,
                vault_status_name(st), vault_status_name(rows[i].st));
    }
    quick_end(&q);
}

static void
a_slot_of_another_cost_is_refused_before_any_work(void **state)
{
    static const struct {
        const char *name;
        const char *cost; /* t, m in KiB */
    } rows[] = {
        {"t too small", "0000000200010000"},
        {"t too large", "0000004100010000"},
        {"m too small", "000000030000ffff"},
        {"m too large", "0000000300400001"},
        {"largest numbers", "ffffffffffffffff"},
    };
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct quick_vault q;
    struct vault_key *p = pass("x");
    uint8_t id[VAULT_ID];
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_slot_add(q.v, p, &cost, id, NULL), VAULT_OK);
    quick_close(&q);
    temp_dir_path(&q.dir, "copy", path);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char sql[256];
        struct vault *v;

        temp_copy(q.path, path);
        (void)snprintf(sql, sizeof sql,
            "UPDATE slot SET b = " BYTES(
                "substr(b, 1, 8) || x'%s' || "
                "substr(b, 17)") " WHERE substr(b, 5, 1) = x'01'",
            rows[i].cost);
        quick_sql(path, sql);
        assert_int_equal(try(path, p, NULL), VAULT_E_SLOT);
        /* it is listed all the same */
        assert_int_equal(vault_open(path, NULL, &v, NULL), VAULT_OK);
        vault_close(v);
    }
    vault_key_free(p);
    quick_end(&q);
}

static void
many_costly_slots_must_be_named(void **state)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct quick_vault q;
    struct vault_key *p = pass("x");
    uint8_t id[VAULT_ID];
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_slot_add(q.v, p, &cost, id, NULL), VAULT_OK);
    quick_close(&q);
    temp_dir_path(&q.dir, "copy", path);
    temp_copy(q.path, path);
    /* t = 64, m = 4 GiB is within the bounds of one, not of the sum */
    quick_sql(path,
        "UPDATE slot SET b = " BYTES(
            "substr(b, 1, 8) || "
            "x'0000004000400000' || substr(b, 17)") " WHERE substr(b, 5, 1) = x'01'");
    assert_int_equal(try(path, p, NULL), VAULT_E_LIMIT);
    vault_key_free(p);
    quick_end(&q);
}

static void
an_older_copy_is_told(void **state)
{
    struct quick_vault q;
    struct vault_info info;
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "copy", path);
    quick_close(&q);
    temp_copy(q.path, path);
    quick_again(&q);
    quick_add(q.v, "later", NULL, 0, NULL);
    quick_close(&q);
    temp_copy(path, q.path);
    q.v = quick_open(&q, q.path, &q.opt);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    assert_true(info.older);
    quick_end(&q);
}

static void
older_ways_to_unlock_put_back_are_found_by_the_state_file(void **state)
{
    struct quick_vault q;
    struct vault_key *p = vault_key_new();
    struct vault_error err;
    struct vault *v;
    uint8_t id[VAULT_ID];
    char path[TEMP_PATH], key2[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "copy", path);
    temp_dir_path(&q.dir, "key2", key2);
    quick_close(&q);
    temp_copy(q.path, path);
    quick_again(&q);
    assert_int_equal(vault_keyfile_create(key2, &err), VAULT_OK);
    assert_int_equal(vault_key_file(p, key2, &err), VAULT_OK);
    assert_int_equal(vault_slot_add(q.v, p, &(struct vault_cost){0, 0}, id,
                         &err),
        VAULT_OK);
    quick_close(&q);
    temp_copy(path, q.path); /* the whole old file: older gens too */
    assert_int_equal(vault_open(q.path, &q.opt, &v, &err), VAULT_OK);
    assert_int_equal(vault_unlock(v, q.key, NULL, &err), VAULT_E_TAMPERED);
    vault_close(v);
    vault_key_free(p);
    quick_end(&q);
}

static void
locking_forgets_and_unlocking_again_works(void **state)
{
    struct quick_vault q;
    struct vault_error err;
    struct vault_sealer *s;
    uint8_t id[VAULT_ID] = {0};

    (void)state;
    quick_make(&q);
    vault_lock(q.v);
    assert_false(vault_unlocked(q.v));
    assert_int_equal(vault_seal_begin(q.v, "note", &s, &err), VAULT_E_LOCKED);
    assert_int_equal(vault_batch_begin(q.v, &err), VAULT_E_LOCKED);
    assert_int_equal(vault_list(q.v, NULL, NULL, NULL, NULL, &err),
        VAULT_E_LOCKED);
    assert_int_equal(vault_slot_remove(q.v, id, &err), VAULT_E_LOCKED);
    assert_int_equal(vault_unlock(q.v, q.key, NULL, &err), VAULT_OK);
    quick_add(q.v, "again", NULL, 0, NULL);
    assert_int_equal(quick_listed(q.v), 1);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_opens_its_own_kind_of_slot_only),
        cmocka_unit_test(only_key_files_of_this_program_are_taken),
        cmocka_unit_test(what_a_seizure_could_change_is_found),
        cmocka_unit_test(a_slot_of_another_cost_is_refused_before_any_work),
        cmocka_unit_test(many_costly_slots_must_be_named),
        cmocka_unit_test(an_older_copy_is_told),
        cmocka_unit_test(
            older_ways_to_unlock_put_back_are_found_by_the_state_file),
        cmocka_unit_test(locking_forgets_and_unlocking_again_works),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
