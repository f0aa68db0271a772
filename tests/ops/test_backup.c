/* SPDX-License-Identifier: Apache-2.0 */
/* test_backup.c: copies and kits, and what is put back from them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "quick_vault.h"

enum { MIB = 1024 * 1024 };

static void
expect_sound(const char *path, const struct vault_key *key)
{
    struct quick_verdict said;

    quick_verify(path, key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s: %s\n%s", path, said.err.message, said.lines);
}

static struct vault_info
info_of(struct vault *v)
{
    struct vault_info info;

    assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
    return info;
}

static void
a_copy_holds_everything_and_is_private(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    struct vault_options opt = {.no_state = true};
    struct vault *v;
    struct stat st;
    char path[TEMP_PATH];
    uint8_t *p = malloc(3 * MIB), *got;
    size_t len;

    (void)state;
    quick_make(&q);
    quick_noise(p, 3 * MIB, 1);
    quick_add(q.v, "body", p, 3 * MIB, &out);
    temp_dir_path(&q.dir, "copy", path);
    vault_lock(q.v);
    assert_int_equal(vault_backup(q.v, path, NULL), VAULT_OK);
    quick_close(&q);
    assert_int_equal(temp_dir_count(&q.dir), 4);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    expect_sound(path, q.key);
    v = quick_open(&q, path, &opt);
    got = quick_body(v, out.id, &len);
    assert_int_equal(len, 3 * MIB);
    assert_memory_equal(got, p, len);
    vault_close(v);
    free(got);
    free(p);
    quick_end(&q);
}

static void
copies_and_kits_never_overwrite(void **state)
{
    struct quick_vault q;
    char path[TEMP_PATH];
    char *before, *after;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "there", path);
    temp_write(path, "mine", 4);
    quick_again(&q);
    before = temp_dir_picture(&q.dir);
    assert_int_equal(vault_backup(q.v, path, NULL), VAULT_E_EXISTS);
    assert_int_equal(vault_backup(q.v, q.path, NULL), VAULT_E_EXISTS);
    assert_int_equal(vault_backup_kit(q.v, path, NULL), VAULT_E_EXISTS);
    assert_int_equal(vault_restore(q.path, path, &q.opt, NULL), VAULT_E_EXISTS);
    assert_int_equal(vault_restore(q.path, q.path, &q.opt, NULL),
        VAULT_E_EXISTS);
    temp_dir_path(&q.dir, "no/such/folder", path);
    assert_int_not_equal(vault_backup(q.v, path, NULL), VAULT_OK);
    after = temp_dir_picture(&q.dir);
    assert_string_equal(before, after);
    free(before);
    free(after);
    quick_end(&q);
}

static int
stop(void *ctx, const struct vault_progress *p)
{
    (void)p;
    return *(bool *)ctx;
}

static void
a_stopped_copy_leaves_nothing(void **state)
{
    struct quick_vault q;
    bool stopping = false;
    uint8_t *p = malloc(20 * MIB);
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_noise(p, 20 * MIB, 1);
    quick_add(q.v, "body", p, 20 * MIB, NULL);
    quick_close(&q);
    q.opt.progress = stop;
    q.opt.ctx = &stopping;
    q.v = quick_open(&q, q.path, &q.opt);
    temp_dir_path(&q.dir, "copy", path);
    stopping = true;
    assert_int_equal(vault_backup(q.v, path, NULL), VAULT_E_CANCELLED);
    stopping = false;
    assert_false(temp_exists(path));
    assert_int_equal(temp_dir_count(&q.dir), 3);
    assert_int_equal(vault_backup(q.v, path, NULL), VAULT_OK);
    free(p);
    quick_end(&q);
}

static void
a_restored_copy_goes_on_as_a_new_replica(void **state)
{
    struct quick_vault q;
    struct vault *v;
    struct vault_options away;
    char copy[TEMP_PATH], back[TEMP_PATH], dir[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "kept", "abc", 3, NULL);
    temp_dir_path(&q.dir, "copy", copy);
    temp_dir_path(&q.dir, "back", back);
    temp_dir_path(&q.dir, "state2", dir);
    assert_int_equal(vault_backup(q.v, copy, NULL), VAULT_OK);
    quick_add(q.v, "not in the copy", "abc", 3, NULL);
    quick_close(&q);
    assert_int_equal(vault_restore(copy, back, &q.opt, NULL), VAULT_OK);
    expect_sound(back, NULL);
    /* on another machine */
    away = q.opt;
    away.state_dir = dir;
    v = quick_open(&q, back, &away);
    assert_false(info_of(v).older);
    quick_add(v, "there", NULL, 0, NULL);
    assert_int_equal(info_of(v).logs, 2);
    assert_int_equal(quick_listed(v), 2);
    vault_close(v);
    expect_sound(back, q.key);
    /* on this one, which remembers more */
    v = quick_open(&q, copy, &q.opt);
    assert_true(info_of(v).older);
    vault_close(v);
    quick_end(&q);
}

static void
a_tampered_copy_is_not_restored(void **state)
{
    static const char *const rows[] = {
        "DELETE FROM leaf WHERE idx = 4",
        "UPDATE record SET meta = zeroblob(length(meta))",
        "DELETE FROM record",
        "UPDATE segment SET ct = zeroblob(length(ct)) WHERE n = 1",
        "INSERT INTO proof VALUES(1, 1, 1, 1, '', x'00', x'00')",
        "CREATE TABLE more(x)",
    };
    struct quick_vault q;
    char copy[TEMP_PATH], back[TEMP_PATH];
    uint8_t *p = malloc(2 * MIB);

    (void)state;
    quick_make(&q);
    quick_noise(p, 2 * MIB, 1);
    quick_add(q.v, "body", p, 2 * MIB, NULL);
    quick_close(&q);
    temp_dir_path(&q.dir, "copy", copy);
    temp_dir_path(&q.dir, "back", back);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vault_error err;
        char *before, *after;

        temp_copy(q.path, copy);
        quick_sql(copy, rows[i]);
        before = temp_dir_picture(&q.dir);
        if (vault_restore(copy, back, &q.opt, &err) != VAULT_E_TAMPERED)
            fail_msg("%s: %s", rows[i], err.message);
        after = temp_dir_picture(&q.dir);
        assert_string_equal(before, after);
        free(before);
        free(after);
    }
    temp_write(copy, "no container", 12);
    assert_int_equal(vault_restore(copy, back, &q.opt, NULL), VAULT_E_FORMAT);
    assert_int_equal(vault_restore(back, copy, &q.opt, NULL), VAULT_E_EXISTS);
    free(p);
    quick_end(&q);
}

static void
a_kit_puts_back_what_was_destroyed(void **state)
{
    static const struct {
        const char *name;
        const char *sql;
    } rows[] = {
        {"slots", "DELETE FROM slot"},
        {"slots overwritten", "UPDATE slot SET b = zeroblob(152)"},
        {"MAC", "DELETE FROM meta WHERE k = 'slots-mac'"},
        {"seed", "UPDATE identity SET seed = NULL"},
        {"card", "DELETE FROM identity"},
        {"epoch caches", "UPDATE epoch SET cache = NULL"},
        {"epochs", "DELETE FROM epoch"},
        {"all",
            "DELETE FROM slot; DELETE FROM epoch; DELETE FROM identity; "
            "DELETE FROM meta WHERE k = 'slots-mac'"},
    };
    struct quick_vault q;
    struct vault_sealed out;
    char kit[TEMP_PATH], copy[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "abc", 3, &out);
    temp_dir_path(&q.dir, "kit", kit);
    temp_dir_path(&q.dir, "copy", copy);
    assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
    quick_add(q.v, "two", NULL, 0, NULL);
    quick_close(&q);
    assert_int_equal(quick_count(kit, "SELECT count(*) FROM record"), 0);
    assert_int_equal(quick_count(kit, "SELECT count(*) FROM leaf"), 0);
    assert_int_equal(quick_count(kit, "PRAGMA page_size"), 4096);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vault_options opt = {.no_state = true};
        struct vault_error err;
        struct vault *v;
        size_t n;
        uint8_t *got;

        print_message("%s\n", rows[i].name);
        temp_copy(q.path, copy);
        quick_sql(copy, rows[i].sql);
        if (vault_restore_kit(kit, copy, q.key, &opt, &err) != VAULT_OK)
            fail_msg("%s", err.message);
        v = quick_open(&q, copy, &opt);
        assert_int_equal(quick_listed(v), 2);
        got = quick_body(v, out.id, &n);
        assert_memory_equal(got, "abc", 3);
        free(got);
        vault_close(v);
        expect_sound(copy, q.key);
        v = quick_open(&q, copy, &q.opt); /* this machine's log goes on */
        quick_add(v, "three", NULL, 0, NULL);
        assert_int_equal(info_of(v).logs, 1);
        vault_close(v);
        expect_sound(copy, q.key);
        /* its state file now speaks of another copy: begin each anew */
        quick_end(&q);
        quick_make(&q);
        quick_add(q.v, "one", "abc", 3, &out);
        temp_dir_path(&q.dir, "kit", kit);
        temp_dir_path(&q.dir, "copy", copy);
        assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
        quick_add(q.v, "two", NULL, 0, NULL);
        quick_close(&q);
    }
    quick_end(&q);
}

static void
a_kit_that_does_not_fit_is_refused(void **state)
{
    struct quick_vault q, other;
    struct vault_key *key = vault_key_new();
    uint8_t id[VAULT_ID];
    char kit[TEMP_PATH], other_kit[TEMP_PATH], path[TEMP_PATH];
    char *before, *after;

    (void)state;
    quick_make(&q);
    quick_make(&other);
    temp_dir_path(&q.dir, "kit", kit);
    temp_dir_path(&q.dir, "other", other_kit);
    temp_dir_path(&q.dir, "second", path);
    assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
    assert_int_equal(vault_backup_kit(other.v, other_kit, NULL), VAULT_OK);
    assert_int_equal(vault_keyfile_create(path, NULL), VAULT_OK);
    assert_int_equal(vault_key_file(key, path, NULL), VAULT_OK);
    assert_int_equal(vault_slot_add(q.v, key, &(struct vault_cost){0, 0}, id,
                         NULL),
        VAULT_OK);
    quick_close(&q);
    before = temp_dir_picture(&q.dir);
    assert_int_equal(vault_restore_kit(kit, q.path, q.key, &q.opt, NULL),
        VAULT_E_USAGE); /* made before the change */
    assert_int_equal(vault_restore_kit(other_kit, q.path, q.key, &q.opt, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vault_restore_kit(q.path, q.path, q.key, &q.opt, NULL),
        VAULT_E_FORMAT); /* a vault is no kit */
    assert_int_equal(vault_restore_kit(kit, kit, q.key, &q.opt, NULL),
        VAULT_E_FORMAT); /* and a kit is no vault */
    assert_int_equal(vault_restore_kit(path, q.path, q.key, &q.opt, NULL),
        VAULT_E_FORMAT);
    after = temp_dir_picture(&q.dir);
    assert_string_equal(before, after);
    free(before);
    free(after);
    vault_key_free(key);
    quick_end(&q);
    quick_end(&other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_holds_everything_and_is_private),
        cmocka_unit_test(copies_and_kits_never_overwrite),
        cmocka_unit_test(a_stopped_copy_leaves_nothing),
        cmocka_unit_test(a_restored_copy_goes_on_as_a_new_replica),
        cmocka_unit_test(a_tampered_copy_is_not_restored),
        cmocka_unit_test(a_kit_puts_back_what_was_destroyed),
        cmocka_unit_test(a_kit_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
