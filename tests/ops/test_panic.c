/* SPDX-License-Identifier: Apache-2.0 */
/* test_panic.c: nothing opens a vault after panic but what lies elsewhere */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vault/panic.h>

#include "circle.h"
#include "key_traces.h"
#include "quick_vault.h"

/* ---- a vault with something of everything ---- */

enum { SESSIONS = 10, MORE_SLOTS = 10, PINS = 2 };

static void
more_keys(struct quick_vault *q)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    char path[TEMP_PATH], name[16];
    uint8_t id[VAULT_ID];

    for (int i = 0; i < MORE_SLOTS; i++) {
        struct vault_key *key = vault_key_new();

        snprintf(name, sizeof name, "more%d", i);
        temp_dir_path(&q->dir, name, path);
        assert_int_equal(vault_keyfile_create(path, NULL), VAULT_OK);
        assert_int_equal(vault_key_file(key, path, NULL), VAULT_OK);
        assert_int_equal(vault_slot_add(q->v, key, &cost, id, NULL), VAULT_OK);
        vault_key_free(key);
    }
}

static void
more_logs(struct quick_vault *q)
{
    struct vault_options opt = {.no_state = true};
    struct vault_sealed out;

    for (int i = 0; i < SESSIONS; i++) {
        struct vault *v = quick_open(q, q->path, &opt);

        quick_add(v, "session", "text", 4, &out);
        vault_close(v);
    }
}

static void
make_full(struct quick_vault *q, char capture[TEMP_PATH])
{
    struct vault_sealed out;
    struct quick_vault other;

    quick_make(q);
    quick_make(&other);
    snprintf(capture, TEMP_PATH, "%.490s.capture", q->path);
    for (int i = 0; i < PINS; i++) {
        char name[16];

        snprintf(name, sizeof name, "friend-%d", i);
        circle_pin(q->v, other.v, name, true);
        quick_end(&other);
        quick_make(&other);
    }
    quick_end(&other);
    quick_add(q->v, "first", "text", 4, &out);
    assert_int_equal(vault_capture_create(q->v, capture, NULL), VAULT_OK);
}

static void
seal_locked(const char *capture, const struct vault_options *opt,
    const char *title)
{
    struct vault_sealed out;
    struct vault *c = NULL;

    assert_int_equal(vault_capture_open(capture, opt, &c, NULL), VAULT_OK);
    quick_add(c, title, "text", 4, &out);
    vault_close(c);
}

static void
panic(struct quick_vault *q, bool remove, struct vault_panicked *out)
{
    struct vault_error err;

    quick_close(q);
    if (vault_panic(q->path, &q->opt, remove, out, &err) != VAULT_OK)
        fail_msg("panic: %s", err.message);
    assert_int_equal(out->failed, 0);
}

static void
expect_no_key(struct quick_vault *q)
{
    struct vault_error err;
    struct vault *v = NULL;
    bool gone = false;

    assert_int_equal(vault_open(q->path, &q->opt, &v, &err), VAULT_OK);
    assert_int_equal(vault_unlock(v, q->key, NULL, &err), VAULT_E_NO_KEY);
    assert_non_null(strstr(err.message, "panic"));
    assert_int_equal(vault_keys_gone(v, &gone, &err), VAULT_OK);
    assert_true(gone);
    vault_close(v);
}

static void
nothing_opens_it_and_no_byte_of_a_key_is_left(void **state)
{
    struct quick_vault q;
    struct quick_verdict said;
    struct vault_panicked done;
    struct key_traces keys = {0, 0, NULL};
    char capture[TEMP_PATH], journal[TEMP_PATH];
    uint64_t records;

    (void)state;
    make_full(&q, capture);
    more_keys(&q);
    more_logs(&q);
    seal_locked(capture, &q.opt, "sealed while it was locked");
    key_traces_add(&keys, q.path);
    key_traces_add(&keys, capture);
    quick_verify(q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_OK);
    records = said.verdict.records;
    assert_true(
        key_traces_in(&keys, q.path) > 1000); /* the search finds them */
    assert_true(key_traces_in(&keys, capture) > 20);

    panic(&q, false, &done);
    assert_true(done.keys && done.session && !done.removed);
    assert_int_equal(done.slots, MORE_SLOTS + 1);
    assert_int_equal(done.seeds, 1);
    assert_int_equal(done.caches, SESSIONS + 1);
    assert_int_equal(done.settings, PINS);
    assert_int_equal(done.states, 1);
    assert_int_equal(key_traces_in(&keys, q.path), 0);
    assert_int_equal(key_traces_in(&keys, capture), 0);
    snprintf(journal, sizeof journal, "%.490s-journal", q.path);
    assert_false(temp_exists(journal));

    expect_no_key(&q);
    quick_verify(q.path, NULL, &said);
    if (said.st != VAULT_OK || strstr(said.lines, "keys: nothing in") == NULL)
        fail_msg("%s\n%s", said.err.message, said.lines);
    assert_int_equal(said.verdict.records, records);
    quick_verify(capture, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s\n%s", said.err.message, said.lines);
    key_traces_clear(&keys);
    quick_end(&q);
}

static void
what_was_changed_is_still_found_after_it(void **state)
{
    struct quick_vault q;
    struct quick_verdict said;
    struct vault_panicked done;
    char capture[TEMP_PATH];

    (void)state;
    make_full(&q, capture);
    panic(&q, false, &done);
    quick_sql(q.path, "UPDATE record SET meta = zeroblob(length(meta))");
    quick_verify(q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    quick_end(&q);
}

static void
a_copy_made_before_opens_as_ever(void **state)
{
    struct quick_vault q;
    struct vault_panicked done;
    struct vault_panic_look look;
    struct vault *v;
    char capture[TEMP_PATH], copy[TEMP_PATH];

    (void)state;
    make_full(&q, capture);
    temp_dir_path(&q.dir, "copy.sanduq", copy);
    assert_int_equal(vault_backup(q.v, copy, NULL), VAULT_OK);
    quick_close(&q);
    assert_int_equal(vault_panic_look(q.path, &q.opt, NULL, NULL, &look, NULL),
        VAULT_OK);
    assert_true(look.readable && !look.destroyed && look.capture);
    assert_int_equal(look.slots, 1);
    assert_int_equal(look.copies, 1);
    assert_int_equal(look.states, 1);
    panic(&q, false, &done);
    v = quick_open(&q, copy, &q.opt);
    assert_int_equal(quick_listed(v), 1);
    vault_close(v);
    assert_int_equal(vault_panic_look(q.path, &q.opt, NULL, NULL, &look, NULL),
        VAULT_OK);
    assert_true(look.destroyed);
    quick_end(&q);
}

static void
a_kit_puts_everything_back(void **state)
{
    struct quick_vault q;
    struct quick_verdict said;
    struct vault_panicked done;
    struct vault_restored back;
    struct vault_taken taken;
    struct vault_take_options take = {.admit = false};
    struct vault_error err;
    char capture[TEMP_PATH], kit[TEMP_PATH];

    (void)state;
    make_full(&q, capture);
    temp_dir_path(&q.dir, "kit", kit);
    assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
    more_logs(&q); /* epochs that the kit does not know */
    seal_locked(capture, &q.opt, "sealed while it was locked");
    panic(&q, false, &done);
    if (vault_restore_keys(kit, q.path, q.key, &q.opt, &back, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_false(back.settings_lost || back.older_slots);
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), 1 + SESSIONS);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM local"), PINS);
    if (vault_take_in(q.v, capture, &take, &taken, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(taken.records, 1);
    quick_verify(q.path, q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s\n%s", said.err.message, said.lines);
    quick_end(&q);
}

static void
an_older_kit_puts_back_what_it_has_and_the_log_says_so(void **state)
{
    struct quick_vault q, other;
    struct quick_verdict said;
    struct vault_panicked done;
    struct vault_restored back;
    struct vault_sealed out;
    struct vault_error err;
    char capture[TEMP_PATH], kit[TEMP_PATH];

    (void)state;
    make_full(&q, capture);
    temp_dir_path(&q.dir, "kit", kit);
    assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
    quick_make(&other);
    circle_pin(q.v, other.v, "later", true);
    quick_end(&other);
    more_keys(&q);
    quick_close(&q);
    /* as long as there is another way in, an older kit is refused */
    assert_int_equal(vault_restore_keys(kit, q.path, q.key, &q.opt, &back,
                         NULL),
        VAULT_E_USAGE);
    panic(&q, false, &done);
    if (vault_restore_keys(kit, q.path, q.key, &q.opt, &back, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_true(back.settings_lost && back.older_slots);
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), 1);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM local"), 0);
    quick_add(q.v, "after", "text", 4, &out);
    quick_verify(q.path, q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s\n%s", said.err.message, said.lines);
    quick_end(&q);
}

/* Generations in the file are not signed: whoever had the file may have set
 * them so that what is logged next is older than what is logged already. */
static void
generations_that_were_changed_in_the_file_do_not_shut_it(void **state)
{
    static const char *const sql[] =
        {"UPDATE meta SET v = zeroblob(4) WHERE k = 'settings-gen'",
            "UPDATE meta SET v = x'ffffffff' WHERE k = 'settings-gen'",
            "UPDATE meta SET v = zeroblob(4) WHERE k = 'slots-gen'",
            "UPDATE meta SET v = x'ffffffff' WHERE k = 'slots-gen'",
            "UPDATE meta SET v = (SELECT v FROM meta WHERE k = 'settings-gen') "
            "WHERE k = 'slots-gen'"};
    struct vault_panicked done;
    struct vault_restored back;
    struct quick_verdict said;
    struct vault_error err;
    struct quick_vault one, two;
    size_t i;

    (void)state;
    quick_make(&one);
    quick_make(&two);
    for (i = 0; i < 2 * sizeof sql / sizeof sql[0]; i++) {
        bool older = i % 2 == 1;
        struct quick_vault q;
        char kit[TEMP_PATH];

        quick_make(&q);
        temp_dir_path(&q.dir, "kit", kit);
        circle_pin(q.v, one.v, "first", true);
        if (older)
            assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
        circle_pin(q.v, two.v, "second", true);
        more_keys(&q);
        if (!older)
            assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
        panic(&q, false, &done);
        quick_sql(q.path, sql[i / 2]);
        if (vault_restore_keys(kit, q.path, q.key, &q.opt, &back, &err) !=
            VAULT_OK)
            fail_msg("%zu: %s", i, err.message);
        assert_int_equal(back.settings_lost, older);
        assert_int_equal(back.older_slots, older);
        quick_again(&q);
        quick_verify(q.path, q.key, &said);
        if (said.st != VAULT_OK)
            fail_msg("%zu: %s\n%s", i, said.err.message, said.lines);
        quick_end(&q);
    }
    quick_end(&one);
    quick_end(&two);
}

static void
with_the_file_nothing_is_left_beside_it(void **state)
{
    struct quick_vault q;
    struct vault_panicked done;
    char capture[TEMP_PATH];

    (void)state;
    make_full(&q, capture);
    panic(&q, true, &done);
    assert_true(done.removed);
    assert_false(temp_exists(q.path) || temp_exists(capture));
    assert_int_equal(temp_dir_count(&q.dir), 2); /* key file, state folder */
    quick_end(&q);
}

static void
nothing_but_its_own_files_is_touched(void **state)
{
    static const char text[] = "a shopping list";
    struct quick_vault q;
    struct vault_panicked done;
    char path[TEMP_PATH];
    size_t n;
    uint8_t *p;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "list.txt", path);
    temp_write(path, text, sizeof text);
    assert_int_equal(vault_panic(path, &q.opt, true, &done, NULL),
        VAULT_E_FORMAT);
    p = temp_read(path, &n);
    assert_int_equal(n, sizeof text);
    assert_memory_equal(p, text, n);
    free(p);
    assert_int_equal(vault_panic(q.state, &q.opt, true, &done, NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vault_panic("nothing", &q.opt, true, &done, NULL),
        VAULT_E_NOT_FOUND);
    quick_again(&q); /* and all of it is as it was */
    quick_end(&q);
}

/* Every other command works through a link, and keeps the capture file beside
 * the name that it was given. */
static void
a_link_is_followed(void **state)
{
    struct quick_vault q;
    struct vault_panicked done;
    struct vault_panic_look look;
    char capture[TEMP_PATH], link[TEMP_PATH], beside[2 * TEMP_PATH];

    (void)state;
    make_full(&q, capture);
    temp_dir_path(&q.dir, "link", link);
    assert_int_equal(symlink(q.path, link), 0);
    snprintf(beside, sizeof beside, "%s.capture", link);
    assert_int_equal(rename(capture, beside), 0);
    quick_close(&q);
    assert_int_equal(vault_panic_look(link, &q.opt, NULL, NULL, &look, NULL),
        VAULT_OK);
    assert_true(look.readable && look.slots == 1 && look.capture);
    assert_int_equal(look.copies, 0);
    assert_int_equal(vault_panic(link, &q.opt, false, &done, NULL), VAULT_OK);
    assert_true(done.keys && done.session);
    expect_no_key(&q);
    assert_int_equal(vault_panic(link, &q.opt, true, &done, NULL), VAULT_OK);
    assert_true(done.removed);
    assert_false(temp_exists(q.path) || temp_exists(beside));
    assert_int_not_equal(unlink(link), 0); /* nor is there a link */
    quick_end(&q);
}

static void
another_program_in_the_way_is_said_and_the_rest_done(void **state)
{
    struct quick_vault q;
    struct vault_panicked done = {0};
    struct vault_options soon;
    sqlite3 *db;
    char capture[TEMP_PATH];

    (void)state;
    make_full(&q, capture);
    quick_close(&q);
    soon = q.opt;
    soon.busy_ms = 50;
    assert_int_equal(sqlite3_open(q.path, &db), 0);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), 0);
    assert_int_equal(vault_panic(q.path, &soon, false, &done, NULL),
        VAULT_E_BUSY);
    assert_false(done.keys);
    assert_true(done.session);
    assert_int_equal(done.states, 1);
    assert_int_equal(done.failed, 1);
    sqlite3_close(db);
    assert_int_equal(vault_panic(q.path, &soon, false, &done, NULL), VAULT_OK);
    assert_true(done.keys);
    expect_no_key(&q);
    quick_end(&q);
}

static void
a_damaged_vault_can_still_be_removed(void **state)
{
    struct quick_vault q;
    struct vault_panicked done;
    struct vault_panic_look look;
    struct vault_sealed out;
    size_t n;
    uint8_t *p;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "first", "text", 4, &out);
    quick_close(&q);
    p = temp_read(q.path, &n);
    memset(p + 100, 0x5a, 16000); /* the schema */
    temp_write(q.path, p, n);
    free(p);
    assert_int_equal(vault_panic_look(q.path, &q.opt, NULL, NULL, &look, NULL),
        VAULT_OK);
    assert_false(look.readable);
    assert_int_not_equal(vault_panic(q.path, &q.opt, true, &done, NULL),
        VAULT_OK);
    assert_true(done.removed && !done.keys);
    assert_false(temp_exists(q.path));
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_opens_it_and_no_byte_of_a_key_is_left),
        cmocka_unit_test(what_was_changed_is_still_found_after_it),
        cmocka_unit_test(a_copy_made_before_opens_as_ever),
        cmocka_unit_test(a_kit_puts_everything_back),
        cmocka_unit_test(
            an_older_kit_puts_back_what_it_has_and_the_log_says_so),
        cmocka_unit_test(
            generations_that_were_changed_in_the_file_do_not_shut_it),
        cmocka_unit_test(with_the_file_nothing_is_left_beside_it),
        cmocka_unit_test(nothing_but_its_own_files_is_touched),
        cmocka_unit_test(a_link_is_followed),
        cmocka_unit_test(another_program_in_the_way_is_said_and_the_rest_done),
        cmocka_unit_test(a_damaged_vault_can_still_be_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
