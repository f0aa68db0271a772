/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_foreign.c: a database of others is refused and left as it is, even
 * with an interrupted write in it and noise where its header was */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>
#include "fault_world.h"

static struct fault_world world;

static int
set_up(void **state)
{
    (void)state;
    fault_world_init(&world);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_world_clear(&world);
    return 0;
}

static int
run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* A database of somebody else in the vault's place, written to until
 * operation n; how many operations there were. */
static unsigned
write_until(unsigned n)
{
    static const struct folder_image nothing;
    struct fault_wreck *w;
    sqlite3 *db = NULL;
    unsigned ops;

    folder_image_lay(&nothing, world.folder);
    assert_int_equal(sqlite3_open(world.vault, &db), SQLITE_OK);
    assert_int_equal(run(db, "CREATE TABLE t(a); INSERT INTO t VALUES(1)"),
        SQLITE_OK);
    sqlite3_close(db);
    fault_disk_begin(world.folder);
    assert_int_equal(sqlite3_open(world.vault, &db), SQLITE_OK);
    fault_disk_plan(FAULT_CUT, n);
    (void)run(db, "INSERT INTO t VALUES(zeroblob(9000))");
    ops = fault_disk_ops();
    sqlite3_close(db);
    w = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    fault_wreck_lay(w, FAULT_KEEP_ALL, 0);
    fault_wreck_free(w);
    return ops;
}

/* The last operation removes the journal; the power goes just before. */
static void
interrupted_database(void)
{
    unsigned all = write_until(1000000);

    assert_true(all > 5);
    assert_int_equal(write_until(all - 1), all - 1);
}

static void
noise_in_front(void)
{
    uint8_t noise[512];
    uint64_t rng = 1;
    size_t i;
    int fd = open(world.vault, O_WRONLY);

    for (i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)fault_random(&rng);
    assert_int_equal(pwrite(fd, noise, sizeof noise, 0), sizeof noise);
    close(fd);
}

static void
refused_and_left(void)
{
    struct folder_image before, after;
    struct vault_options opt = {.state_dir = world.state};
    struct vault_error err;
    struct vault *v = NULL;

    folder_image_load(&before, world.folder);
    assert_non_null(folder_image_find(&before, "v.sanduq-journal"));
    assert_int_equal(vault_open(world.vault, &opt, &v, &err), VAULT_E_FORMAT);
    vault_close(v);
    folder_image_load(&after, world.folder);
    assert_true(folder_image_equal(&before, &after));
    folder_image_clear(&before);
    folder_image_clear(&after);
}

static void
an_interrupted_database_of_others_is_left_as_it_is(void **state)
{
    (void)state;
    interrupted_database();
    refused_and_left();
}

static void
a_database_of_others_with_noise_in_front_is_left_as_it_is(void **state)
{
    sqlite3 *db = NULL;

    (void)state;
    interrupted_database();
    noise_in_front();
    refused_and_left();
    /* and its own program can still undo the write */
    assert_int_equal(sqlite3_open(world.vault, &db), SQLITE_OK);
    assert_int_equal(run(db, "SELECT * FROM t"), SQLITE_OK);
    sqlite3_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interrupted_database_of_others_is_left_as_it_is),
        cmocka_unit_test(
            a_database_of_others_with_noise_in_front_is_left_as_it_is),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
