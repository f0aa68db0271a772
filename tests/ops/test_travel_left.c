/* SPDX-License-Identifier: Apache-2.0 */
/* test_travel_left.c: what opens the vault is found under any disguise */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <vault/recover.h>
#include <vault/travel.h>

#include "circle.h"

/* A vault, away: closed, its state file gone; and the travel file beside it,
 * with a way back that is proved. Only the old file keeps it unfinished. */
struct trip {
    struct circle c;
    char path[TEMP_PATH];
    char old[TEMP_PATH];
    uint8_t id[VAULT_ID];
    struct vault_key *key; /* what opens the travel file */
    struct vault_travel_state state;
    char lines[8192]; /* "key|trace WORD PATH\n" */
};

static int
take_left(void *ctx, const struct vault_travel_left *l)
{
    struct trip *t = ctx;
    size_t n = strlen(t->lines);

    (void)snprintf(t->lines + n, sizeof t->lines - n, "%s %s %s\n",
        l->key ? "key" : "trace", l->word, l->path);
    return 0;
}

static bool
finished(struct trip *t)
{
    struct vault_travel_look look = {.state_dir = t->c.q[0].state,
        .left = take_left,
        .ctx = t};
    struct vault_error err = {0};

    t->lines[0] = '\0';
    if (vault_travel_finish(t->path, &look, &t->state, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t->state.proved, 1);
    return t->state.finished;
}

static void
finds(const struct trip *t, const char *what, const char *path)
{
    char line[2 * TEMP_PATH];

    (void)snprintf(line, sizeof line, "%s %s\n", what, path);
    if (strstr(t->lines, line) == NULL)
        fail_msg("no \"%s\" in:\n%s", line, t->lines);
}

static void
remove_state(const struct trip *t)
{
    char *at = strstr(t->lines, "key state ");
    char path[TEMP_PATH];

    assert_non_null(at);
    assert_int_equal(sscanf(at, "key state %511s", path), 1);
    assert_int_equal(unlink(path), 0);
}

/* The path that the vault is opened by when the travel file is made. */
enum by { BY_NAME, BY_LINK, BY_DOT };

static void
trip_make_by(struct trip *t, enum by by)
{
    struct vault_travel_way way = {.typed = true};
    struct vault_travel_options o = {.way = &way, .ways = 1};
    struct vault_travel_made made;
    struct vault_recovery *shares = NULL;
    struct vault_error err = {0};
    char link[TEMP_PATH];

    memset(t, 0, sizeof *t);
    circle_make(&t->c, 1);
    temp_dir_path(&t->c.files, "trip.sanduq", t->path);
    (void)snprintf(t->old, sizeof t->old, "%s", t->c.q[0].path);
    if (by != BY_NAME) {
        if (by == BY_LINK) {
            temp_dir_path(&t->c.files, "work.sanduq", link);
            assert_int_equal(symlink(t->old, link), 0);
        } else {
            (void)snprintf(link, sizeof link, "%.400s/./%.80s",
                t->c.q[0].dir.path, strrchr(t->old, '/') + 1);
        }
        vault_close(t->c.q[0].v);
        assert_int_equal(vault_open(link, &t->c.q[0].opt, &t->c.q[0].v, NULL),
            VAULT_OK);
        assert_int_equal(vault_unlock(t->c.q[0].v, t->c.q[0].key, NULL, NULL),
            VAULT_OK);
    }
    assert_int_equal(vault_recovery_deal(2, 3, &shares, NULL), VAULT_OK);
    t->key = vault_key_new();
    assert_non_null(t->key);
    assert_int_equal(vault_key_shares(t->key, vault_recovery_shares(shares),
                         NULL),
        VAULT_OK);
    way.shares = t->key;
    if (vault_travel_prepare(t->c.q[0].v, t->path, &o, NULL, NULL, &made,
            &err) != VAULT_OK)
        fail_msg("%s", err.message);
    vault_recovery_free(shares);
    circle_id(t->c.q[0].v, t->id);
    vault_close(t->c.q[0].v);
    t->c.q[0].v = NULL;
    assert_false(finished(t));
    finds(t, "key vault", t->old);
    remove_state(t);
    assert_int_equal(unlink(t->c.q[0].keyfile), 0);
}

static void
trip_make(struct trip *t)
{
    trip_make_by(t, BY_NAME);
}

/* With the old file, whatever it is called now, gone it is finished: nothing
 * else kept it from that. */
static void
trip_end(struct trip *t, const char *last)
{
    assert_int_equal(unlink(last), 0);
    assert_true(finished(t));
    vault_key_free(t->key);
    circle_end(&t->c);
}

/* ---- links ---- */

static void
a_link_is_looked_at_where_it_leads(void **state)
{
    char far[TEMP_PATH];
    struct temp_dir dir;
    struct trip t;

    (void)state;
    trip_make(&t);
    temp_dir_make(&dir);
    temp_dir_path(&dir, "holiday.jpg", far);
    temp_copy(t.old, far);
    assert_int_equal(unlink(t.old), 0);
    assert_int_equal(symlink(far, t.old), 0);
    assert_false(finished(&t));
    finds(&t, "key vault", far);
    assert_int_equal(unlink(far), 0);
    trip_end(&t, t.old); /* what leads nowhere, too */
    temp_dir_remove(&dir);
}

static void
a_vault_opened_by_a_link_is_found_without_the_link(void **state)
{
    char link[TEMP_PATH];
    struct trip t;

    (void)state;
    trip_make_by(&t, BY_LINK);
    temp_dir_path(&t.c.files, "work.sanduq", link);
    assert_int_equal(unlink(link), 0);
    assert_false(finished(&t));
    finds(&t, "key vault", t.old);
    trip_end(&t, t.old);
}

/* Told under one name, and judged once: without its slots it is a trace. */
static void
another_way_to_write_its_path_makes_no_second_vault(void **state)
{
    struct trip t;

    (void)state;
    trip_make_by(&t, BY_DOT);
    assert_false(finished(&t));
    assert_int_equal(t.state.keys, 1);
    quick_sql(t.old, "DELETE FROM slot");
    assert_true(finished(&t));
    finds(&t, "trace vault", t.old);
    trip_end(&t, t.old);
}

/* ---- what does not open as it is, and opens again in a moment ---- */

static void
one_byte_at_the_beginning_hides_nothing(void **state)
{
    struct trip t;
    uint8_t *p;
    size_t n;

    (void)state;
    trip_make(&t);
    p = temp_read(t.old, &n);
    p[0] ^= 1;
    temp_write(t.old, p, n);
    free(p);
    assert_false(finished(&t));
    finds(&t, "key vault", t.old);
    trip_end(&t, t.old);
}

static void
a_table_too_many_hides_nothing(void **state)
{
    struct trip t;

    (void)state;
    trip_make(&t);
    quick_sql(t.old, "CREATE TABLE more(x)");
    assert_false(finished(&t));
    finds(&t, "key unread", t.old);
    assert_int_equal(t.state.unread, 1);
    trip_end(&t, t.old);
}

/* Nor does it keep the rest from being told. */
static void
a_kind_too_long_hides_nothing(void **state)
{
    struct trip t;

    (void)state;
    trip_make(&t);
    quick_sql(t.old, "UPDATE meta SET v = zeroblob(100) WHERE k = 'kind'");
    assert_false(finished(&t));
    finds(&t, "key unread", t.old);
    trip_end(&t, t.old);
}

static void
another_kind_of_journal_hides_nothing(void **state)
{
    struct trip t;

    (void)state;
    trip_make(&t);
    quick_sql(t.old, "PRAGMA journal_mode=WAL");
    assert_false(finished(&t));
    finds(&t, "key unread", t.old);
    trip_end(&t, t.old);
}

static void
what_cannot_be_read_may_be_anything(void **state)
{
    struct trip t;

    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads everything */
    trip_make(&t);
    assert_int_equal(chmod(t.old, 0), 0);
    assert_false(finished(&t));
    finds(&t, "key unread", t.old);
    trip_end(&t, t.old);
}

static void
a_journal_that_stayed_holds_old_pages(void **state)
{
    char journal[TEMP_PATH];
    struct trip t;

    (void)state;
    trip_make(&t);
    (void)snprintf(journal, sizeof journal, "%.490s-journal", t.old);
    temp_copy(t.old, journal);
    assert_int_equal(unlink(t.old), 0);
    assert_false(finished(&t));
    finds(&t, "key vault", journal);
    trip_end(&t, journal);
}

/* ---- names ---- */

static void
what_lies_in_the_trash_is_found(void **state)
{
    char folder[TEMP_PATH], path[TEMP_PATH];
    struct trip t;
    int n;

    (void)state;
    trip_make(&t);
    temp_dir_path(&t.c.files, "Trash", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    temp_dir_path(&t.c.files, "Trash/files", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    temp_dir_path(&t.c.files, "Trash/files/v.2.sanduq", path);
    assert_int_equal(rename(t.old, path), 0);
    assert_int_equal(setenv("XDG_DATA_HOME", t.c.files.path, 1), 0);
    assert_false(finished(&t));
    finds(&t, "key vault", path);
    assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
    /* that of a stick, in a folder above where it lay */
    (void)snprintf(folder, sizeof folder, "%.400s/.Trash-%u", t.c.q[0].dir.path,
        (unsigned)getuid());
    assert_int_equal(mkdir(folder, 0700), 0);
    n = snprintf(folder + strlen(folder), 16, "/files");
    assert_int_equal(n, 6);
    assert_int_equal(mkdir(folder, 0700), 0);
    (void)snprintf(t.old, sizeof t.old, "%.490s/v.sanduq", folder);
    assert_int_equal(rename(path, t.old), 0);
    assert_false(finished(&t));
    finds(&t, "key vault", t.old);
    trip_end(&t, t.old);
}

static void
it_does_not_hide_behind_the_travel_files_own_names(void **state)
{
    char capture[TEMP_PATH];
    struct trip t;

    (void)state;
    trip_make(&t);
    (void)snprintf(capture, sizeof capture, "%.490s.capture", t.path);
    assert_int_equal(rename(t.old, capture), 0);
    assert_false(finished(&t));
    finds(&t, "key vault", capture);
    trip_end(&t, capture);
}

/* The plan has no key: what somebody writes into it makes no vault a trace. */
static void
a_changed_plan_makes_no_vault_a_trace(void **state)
{
    char plan[TEMP_PATH], *at;
    struct trip t;
    uint8_t *p;
    size_t n;

    (void)state;
    trip_make(&t);
    (void)snprintf(plan, sizeof plan, "%.490s.travel", t.path);
    p = temp_read(plan, &n);
    at = strstr((char *)p, "left vault ");
    assert_non_null(at);
    memcpy(at, "left xlock ", 11);
    temp_write(plan, p, n);
    free(p);
    assert_false(finished(&t));
    finds(&t, "key vault", t.old);
    trip_end(&t, t.old);
}

/* With the answer that is on its way it opens the travel file. */
static void
the_secret_of_a_request_is_a_key(void **state)
{
    char path[TEMP_PATH], text[256], hex[33];
    struct trip t;
    size_t i;

    (void)state;
    trip_make(&t);
    temp_dir_path(&t.c.files, "notes.txt", path);
    for (i = 0; i < 16; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", t.id[i]);
    (void)snprintf(text, sizeof text,
        "sanduq.v1/request-key\n%s 00112233445566778899aabbccddeeff\n", hex);
    temp_write(path, text, strlen(text));
    assert_int_equal(unlink(t.old), 0);
    assert_false(finished(&t));
    finds(&t, "key keyfile", path);
    /* of another vault it is no key to this one */
    text[23] = text[23] == '0' ? '1' : '0';
    temp_write(path, text, strlen(text));
    assert_true(finished(&t));
    trip_end(&t, path);
}

/* Taken away from its plan, the travel file does not know what to look for. */
static void
without_its_plan_it_is_not_finished(void **state)
{
    struct vault_travel_state out;
    struct vault_travel_look look = {0};
    const char *folder;
    struct trip t;
    char plan[TEMP_PATH];

    (void)state;
    trip_make(&t);
    assert_int_equal(unlink(t.old), 0);
    (void)snprintf(plan, sizeof plan, "%.490s.travel", t.path);
    assert_int_equal(unlink(plan), 0);
    look.state_dir = t.c.q[0].state;
    look.shares = t.key;
    assert_int_equal(vault_travel_finish(t.path, &look, &out, NULL), VAULT_OK);
    assert_int_equal(out.proved, 1);
    assert_int_equal(out.keys, 0);
    assert_false(out.planned);
    assert_false(out.finished);
    folder = t.c.files.path;
    look.folders = &folder;
    look.folders_len = 1;
    assert_int_equal(vault_travel_finish(t.path, &look, &out, NULL), VAULT_OK);
    assert_true(out.finished);
    vault_key_free(t.key);
    circle_end(&t.c);
}

/* Each key is counted once, by whatever name its folder is looked into. */
static void
what_is_found_twice_is_told_once(void **state)
{
    struct vault_travel_look look = {0};
    struct vault_travel_state out;
    char folder[TEMP_PATH];
    const char *folders[2];
    struct trip t;

    (void)state;
    trip_make(&t);
    (void)snprintf(folder, sizeof folder, "%.490s/.", t.c.q[0].dir.path);
    folders[0] = t.c.q[0].dir.path;
    folders[1] = folder;
    look.folders = folders;
    look.folders_len = 2;
    look.state_dir = t.c.q[0].state;
    assert_int_equal(vault_travel_finish(t.path, &look, &out, NULL), VAULT_OK);
    assert_int_equal(out.keys, 1);
    trip_end(&t, t.old);
}

/* What is not of this vault is not in the way. */
static void
something_else_under_its_name_is_told_apart(void **state)
{
    struct quick_vault other;
    struct trip t;

    (void)state;
    trip_make(&t);
    quick_make(&other);
    assert_int_equal(unlink(t.old), 0);
    temp_copy(other.path, t.old);
    assert_true(finished(&t));
    quick_end(&other);
    trip_end(&t, t.old);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_is_looked_at_where_it_leads),
        cmocka_unit_test(a_vault_opened_by_a_link_is_found_without_the_link),
        cmocka_unit_test(another_way_to_write_its_path_makes_no_second_vault),
        cmocka_unit_test(one_byte_at_the_beginning_hides_nothing),
        cmocka_unit_test(a_table_too_many_hides_nothing),
        cmocka_unit_test(a_kind_too_long_hides_nothing),
        cmocka_unit_test(another_kind_of_journal_hides_nothing),
        cmocka_unit_test(what_cannot_be_read_may_be_anything),
        cmocka_unit_test(a_journal_that_stayed_holds_old_pages),
        cmocka_unit_test(what_lies_in_the_trash_is_found),
        cmocka_unit_test(it_does_not_hide_behind_the_travel_files_own_names),
        cmocka_unit_test(a_changed_plan_makes_no_vault_a_trace),
        cmocka_unit_test(the_secret_of_a_request_is_a_key),
        cmocka_unit_test(without_its_plan_it_is_not_finished),
        cmocka_unit_test(what_is_found_twice_is_told_once),
        cmocka_unit_test(something_else_under_its_name_is_told_apart),
    };

    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
