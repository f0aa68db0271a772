/* SPDX-License-Identifier: Apache-2.0 */
/* test_create.c: a new vault is one file, complete, or nothing at all */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "os.h"
#include "quick_vault.h"

static void
a_new_vault_is_one_private_file(void **state)
{
    struct quick_vault q;
    struct stat st;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "first", "abc", 3, NULL);
    quick_close(&q);
    assert_int_equal(temp_dir_count(&q.dir), 3); /* vault, key, state */
    assert_int_equal(stat(q.path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size % 16384, 0);
    quick_end(&q);
}

static void
a_new_vault_has_the_lines_of_init_and_verifies(void **state)
{
    struct quick_vault q;
    struct quick_verdict said;
    struct vault_info info;
    struct vault_error err;

    (void)state;
    quick_make(&q);
    assert_true(vault_unlocked(q.v));
    assert_int_equal(vault_info(q.v, &info, &err), VAULT_OK);
    assert_string_equal(info.kind, "vault");
    assert_int_equal(info.format, 0);
    assert_int_equal(info.generation, 1);
    assert_int_equal(info.versions, 0);
    assert_int_equal(info.slots, 1);
    assert_int_equal(info.logs, 1);
    assert_int_equal(info.leaves, 4); /* genesis, card, slots, settings */
    assert_int_equal(info.size, 4);
    assert_false(info.older);
    assert_int_equal(strlen(info.fingerprint), 39);
    quick_verify(q.path, q.key, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_int_equal(said.verdict.failed, 0);
    assert_string_equal(said.verdict.fingerprint, info.fingerprint);
    quick_end(&q);
}

static void
what_stands_at_the_name_is_not_touched(void **state)
{
    struct quick_vault q;
    struct vault *v = NULL;
    struct vault_error err;
    struct vault_cost none = {0, 0};
    char *before, *after;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    before = temp_dir_picture(&q.dir);
    assert_int_equal(vault_create(q.path, q.key, &none, &q.opt, &v, &err),
        VAULT_E_EXISTS);
    assert_null(v);
    assert_int_equal(vault_create(q.keyfile, q.key, &none, &q.opt, &v, &err),
        VAULT_E_EXISTS);
    assert_int_equal(vault_create(q.state, q.key, &none, &q.opt, &v, &err),
        VAULT_E_EXISTS);
    after = temp_dir_picture(&q.dir);
    assert_string_equal(before, after);
    free(before);
    free(after);
    quick_end(&q);
}

static void
a_dangling_link_at_the_name_is_something_that_exists(void **state)
{
    struct quick_vault q;
    struct vault *v = NULL;
    struct vault_error err;
    struct vault_cost none = {0, 0};
    char link[TEMP_PATH], nowhere[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "link", link);
    temp_dir_path(&q.dir, "nowhere", nowhere);
    assert_int_equal(symlink(nowhere, link), 0);
    assert_int_equal(vault_create(link, q.key, &none, &q.opt, &v, &err),
        VAULT_E_EXISTS);
    assert_false(temp_exists(nowhere));
    quick_end(&q);
}

static void
a_failure_leaves_nothing_at_the_name_or_beside_it(void **state)
{
    struct quick_vault q;
    struct vault *v = NULL;
    struct vault_error err;
    struct vault_cost none = {0, 0};
    struct vault_options opt = {0};
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "new.sanduq", path);
    /* the state folder cannot be made: a file stands at its name */
    opt.state_dir = q.keyfile;
    assert_int_not_equal(vault_create(path, q.key, &none, &opt, &v, &err),
        VAULT_OK);
    assert_null(v);
    assert_false(temp_exists(path));
    assert_int_equal(temp_dir_count(&q.dir), 3);
    temp_dir_path(&q.dir, "no/such/folder/v", path);
    assert_int_not_equal(vault_create(path, q.key, &none, &q.opt, &v, &err),
        VAULT_OK);
    assert_int_equal(temp_dir_count(&q.dir), 3);
    quick_end(&q);
}

static void
a_key_that_holds_nothing_makes_no_vault(void **state)
{
    struct quick_vault q;
    struct vault_key *key = vault_key_new();
    struct vault *v = NULL;
    struct vault_error err;
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "new.sanduq", path);
    assert_int_equal(vault_create(path, key, &cost, &q.opt, &v, &err),
        VAULT_E_USAGE);
    assert_int_equal(vault_key_passphrase(key, "a", 1, &err), VAULT_OK);
    cost.memory_kib--;
    assert_int_equal(vault_create(path, key, &cost, &q.opt, &v, &err),
        VAULT_E_USAGE);
    cost = vault_cost(VAULT_COST_FLOOR);
    cost.passes = 65;
    assert_int_equal(vault_create(path, key, &cost, &q.opt, &v, &err),
        VAULT_E_USAGE);
    assert_false(temp_exists(path));
    vault_key_free(key);
    quick_end(&q);
}

static void
what_a_killed_making_left_goes_when_nobody_makes_anything(void **state)
{
    static const char *const stale[] = {".w.0123456789abcdef.new",
        ".w.0123456789abcdef.new-journal", ".w.capture.0123456789abcdef.new"};
    static const char *const other[] = {".w.0123456789abcde.new",
        ".w.0123456789abcdeg.new", ".ww.0123456789abcdef.new", "w.new"};
    struct quick_vault q;
    struct vlt_lock *lock = NULL;
    char path[TEMP_PATH], capture[TEMP_PATH], name[TEMP_PATH];
    struct vault *v = NULL;
    size_t i;
    int round;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "w", path);
    temp_dir_path(&q.dir, "w.capture", capture);
    for (i = 0; i < 3; i++) {
        temp_dir_path(&q.dir, stale[i], name);
        temp_write(name, "x", 1);
    }
    for (i = 0; i < 4; i++) {
        temp_dir_path(&q.dir, other[i], name);
        temp_write(name, "x", 1);
    }
    /* first while somebody else makes something there */
    assert_int_equal(vlt_os_lock_folder(path, false, &lock, NULL), VAULT_OK);
    for (round = 0; round < 2; round++) {
        assert_int_equal(vault_create_with_capture(path, capture, q.key,
                             &(struct vault_cost){0, 0}, &q.opt, &v, NULL),
            VAULT_OK);
        vault_close(v);
        assert_true(temp_exists(capture));
        for (i = 0; i < 3; i++) {
            temp_dir_path(&q.dir, stale[i], name);
            assert_int_equal(temp_exists(name), round == 0);
        }
        for (i = 0; i < 4; i++) {
            temp_dir_path(&q.dir, other[i], name);
            assert_true(temp_exists(name));
        }
        assert_int_equal(remove(path), 0); /* its capture file makes way */
        vlt_os_unlock(lock);
        lock = NULL;
    }
    quick_end(&q);
}

static void
a_capture_file_that_was_used_stays(void **state)
{
    struct quick_vault q;
    char path[TEMP_PATH], capture[TEMP_PATH];
    struct vault *v = NULL, *c = NULL;
    struct vault_taken t;
    bool ended;
    struct vault_error err;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "w", path);
    temp_dir_path(&q.dir, "w.capture", capture);
    assert_int_equal(vault_create_with_capture(path, capture, q.key,
                         &(struct vault_cost){0, 0}, &q.opt, &v, NULL),
        VAULT_OK);
    assert_int_equal(vault_capture_open(capture, &q.opt, &c, NULL), VAULT_OK);
    quick_add(c, "said while locked", NULL, 0, NULL);
    assert_int_equal(vault_capture_end(c, &ended, NULL), VAULT_OK);
    vault_close(c);
    assert_int_equal(vault_take_in(v, capture, NULL, &t, NULL), VAULT_OK);
    assert_int_equal(t.records, 1);
    vault_close(v);
    assert_int_equal(remove(path), 0);
    assert_int_equal(vault_create_with_capture(path, capture, q.key,
                         &(struct vault_cost){0, 0}, &q.opt, &v, &err),
        VAULT_E_EXISTS);
    assert_true(temp_exists(capture));
    assert_false(temp_exists(path));
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_vault_is_one_private_file),
        cmocka_unit_test(a_new_vault_has_the_lines_of_init_and_verifies),
        cmocka_unit_test(what_stands_at_the_name_is_not_touched),
        cmocka_unit_test(a_dangling_link_at_the_name_is_something_that_exists),
        cmocka_unit_test(a_failure_leaves_nothing_at_the_name_or_beside_it),
        cmocka_unit_test(a_key_that_holds_nothing_makes_no_vault),
        cmocka_unit_test(
            what_a_killed_making_left_goes_when_nobody_makes_anything),
        cmocka_unit_test(a_capture_file_that_was_used_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
