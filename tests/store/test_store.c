/* SPDX-License-Identifier: Apache-2.0 */
/* test_store.c: how a container is opened, locked, limited and left behind */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "quick_vault.h"
#include "rows.h"
#include "store.h"

static struct temp_dir d;
static char path[TEMP_PATH];
static const struct vlt_store_options write_options = {VLT_STORE_WRITE, 300,
    NULL, NULL};

static int
make_dir(void **state)
{
    (void)state;
    temp_dir_make(&d);
    temp_dir_path(&d, "c", path);
    return 0;
}

static int
remove_dir(void **state)
{
    (void)state;
    temp_dir_remove(&d);
    return 0;
}

static struct vlt_store *
make(int page_size)
{
    struct vlt_store *s = NULL;

    assert_int_equal(vlt_store_create(path, page_size, &write_options, &s,
                         NULL),
        VAULT_OK);
    return s;
}

static struct vlt_store *
reopen(enum vlt_store_mode mode)
{
    struct vlt_store_options opt = write_options;
    struct vlt_store *s = NULL;

    opt.mode = mode;
    assert_int_equal(vlt_store_open(path, &opt, &s, NULL), VAULT_OK);
    return s;
}

static void
put(struct vlt_store *s, const char *k)
{
    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(s, k, 7, NULL), VAULT_OK);
    assert_int_equal(vlt_store_commit(s, NULL), VAULT_OK);
}

static const char *
pragma(struct vlt_store *s, const char *sql)
{
    static char out[100];
    sqlite3_stmt *st;

    assert_int_equal(sqlite3_prepare_v2(s->db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    (void)snprintf(out, sizeof out, "%s", sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    return out;
}

static void
the_settings_are_really_in_force(void **state)
{
    static const struct {
        const char *sql;
        const char *want;
    } rows[] = {
        {"PRAGMA journal_mode", "truncate"},
        {"PRAGMA synchronous", "3"}, /* EXTRA */
        {"PRAGMA secure_delete", "1"},
        {"PRAGMA auto_vacuum", "2"}, /* incremental */
        {"PRAGMA encoding", "UTF-8"},
        {"PRAGMA temp_store", "2"}, /* memory */
        {"PRAGMA mmap_size", "0"},
        {"PRAGMA cell_size_check", "1"},
        {"PRAGMA trusted_schema", "0"},
        {"PRAGMA application_id", "1396986161"},
        {"PRAGMA user_version", "0"},
    };
    struct vlt_store *s = make(VLT_PAGE);

    (void)state;
    for (int again = 0; again < 2; again++) {
        put(s, "k");
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            assert_string_equal(pragma(s, rows[i].sql), rows[i].want);
        vlt_store_close(s);
        s = again == 0 ? reopen(VLT_STORE_WRITE) : NULL;
    }
}

static void
defences_and_limits_are_really_in_force(void **state)
{
    static const struct {
        int op;
        int want;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
    };
    struct vlt_store *s;

    (void)state;
    vlt_store_close(make(VLT_PAGE));
    for (int mode = 0; mode < 2; mode++) {
        s = reopen(mode == 0 ? VLT_STORE_WRITE : VLT_STORE_READ);
        for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
            int on = -1;

            assert_int_equal(sqlite3_db_config(s->db, switches[i].op, -1, &on),
                SQLITE_OK);
            assert_int_equal(on, switches[i].want);
        }
        assert_int_equal(sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, -1),
            17 * 1024 * 1024);
        assert_int_equal(sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, -1), 0);
        assert_int_not_equal(sqlite3_exec(s->db, "ATTACH ':memory:' AS m", NULL,
                                 NULL, NULL),
            SQLITE_OK);
        assert_int_not_equal(sqlite3_exec(s->db, "SELECT \"text\"", NULL, NULL,
                                 NULL),
            SQLITE_OK);
        vlt_store_close(s);
    }
}

static void
one_file_is_left_and_it_is_private(void **state)
{
    struct vlt_store *s;
    struct stat st;

    (void)state;
    umask(0);
    s = make(VLT_PAGE_SMALL);
    put(s, "k");
    vlt_store_close(s);
    assert_int_equal(temp_dir_count(&d), 1);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size % 4096, 0);
    assert_int_equal(vlt_store_create(path, VLT_PAGE, &write_options, &s, NULL),
        VAULT_E_EXISTS);
    s = reopen(VLT_STORE_WRITE);
    put(s, "l");
    vlt_store_close(s);
    assert_int_equal(temp_dir_count(&d), 1);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM meta"), 2);
    umask(022);
}

static void
a_rolled_back_transaction_leaves_nothing(void **state)
{
    struct vlt_store *s = make(VLT_PAGE);
    int64_t a = 0, b = 0;
    uint32_t v;

    (void)state;
    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(s, "k", 1, NULL), VAULT_OK);
    assert_true(vlt_store_in_transaction(s));
    vlt_store_rollback(s);
    assert_false(vlt_store_in_transaction(s));
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_get_u32(s, "k", &v, NULL), VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_store_data_version(s, &a, NULL), VAULT_OK);
    vlt_store_rollback(s);
    quick_sql(path, "INSERT INTO meta VALUES('x', x'00')");
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    assert_int_equal(vlt_store_data_version(s, &b, NULL), VAULT_OK);
    vlt_store_rollback(s);
    assert_int_not_equal(a, b);
    /* closing in the middle is rolling back */
    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(s, "k", 1, NULL), VAULT_OK);
    vlt_store_close(s);
    assert_int_equal(temp_dir_count(&d), 1);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM meta"), 1);
}

static void
a_second_writer_is_busy_after_the_time_given(void **state)
{
    struct vlt_store *a = make(VLT_PAGE);
    struct vlt_store *b = reopen(VLT_STORE_WRITE);
    struct timespec begun, ended;
    struct vault_error err;
    double took;

    (void)state;
    assert_int_equal(vlt_store_begin(a, true, NULL), VAULT_OK);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    assert_int_equal(vlt_store_begin(b, true, &err), VAULT_E_BUSY);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    took = (double)(ended.tv_sec - begun.tv_sec) +
        (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
    assert_true(took > 0.2 && took < 2.0);
    assert_false(vlt_store_in_transaction(b));
    assert_false(b->broken);
    vlt_store_rollback(a);
    put(b, "k");
    vlt_store_close(a);
    put(b, "l");
    vlt_store_close(b);
    assert_int_equal(temp_dir_count(&d), 1);
}

static void
a_reader_in_the_way_of_a_commit_is_busy_and_nothing_is_lost(void **state)
{
    struct vlt_store *a = make(VLT_PAGE);
    struct vlt_store *b = reopen(VLT_STORE_WRITE);

    (void)state;
    assert_int_equal(vlt_store_begin(b, false, NULL), VAULT_OK);
    assert_int_equal(vlt_store_begin(a, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(a, "k", 1, NULL), VAULT_OK);
    assert_int_equal(vlt_store_commit(a, NULL), VAULT_E_BUSY);
    assert_false(a->broken);
    assert_false(vlt_store_in_transaction(a));
    vlt_store_rollback(b);
    put(a, "k");
    vlt_store_close(a);
    vlt_store_close(b);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM meta"), 1);
}

static void
after_a_failed_commit_the_handle_refuses_more(void **state)
{
    struct vlt_store *s = make(VLT_PAGE);
    uint8_t *big = calloc(1, 4 * 1024 * 1024);
    struct rlimit old, now;
    struct stat st;
    enum vault_status got;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(stat(path, &st), 0);
    now = old;
    now.rlim_cur = (rlim_t)st.st_size + 65536; /* the file cannot grow more */
    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put(s, "k", big, 4 * 1024 * 1024, NULL),
        VAULT_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
    got = vlt_store_commit(s, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(got, VAULT_E_IO);
    assert_true(s->broken);
    assert_false(vlt_store_in_transaction(s));
    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_E_IO);
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_E_IO);
    vlt_store_close(s);
    s = reopen(VLT_STORE_WRITE); /* a new one goes on */
    put(s, "l");
    vlt_store_close(s);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM meta"), 1);
    assert_int_equal(temp_dir_count(&d), 1);
    free(big);
}

static void
a_path_is_never_taken_for_a_uri(void **state)
{
    struct vlt_store *s = NULL;
    char cwd[TEMP_PATH];

    (void)state;
    assert_non_null(getcwd(cwd, sizeof cwd));
    assert_int_equal(chdir(d.path), 0);
    assert_int_equal(vlt_store_create("file:x?mode=memory", VLT_PAGE,
                         &write_options, &s, NULL),
        VAULT_OK);
    put(s, "k");
    vlt_store_close(s);
    temp_dir_path(&d, "file:x?mode=memory", path);
    assert_true(temp_exists(path));
    assert_int_equal(temp_dir_count(&d), 1);
    for (int mode = 0; mode < 2; mode++) {
        struct vlt_store_options opt = {mode == 0 ? VLT_STORE_WRITE
                                                  : VLT_STORE_READ,
            0, NULL, NULL};
        uint32_t v = 0;

        assert_int_equal(vlt_store_open("file:x?mode=memory", &opt, &s, NULL),
            VAULT_OK);
        assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
        assert_int_equal(vlt_meta_get_u32(s, "k", &v, NULL), VAULT_OK);
        assert_int_equal(v, 7);
        vlt_store_close(s);
    }
    assert_int_equal(chdir(cwd), 0);
}

static void
what_is_no_container_is_told_from_one_that_was_changed(void **state)
{
    struct vlt_store *s = NULL;
    char other[TEMP_PATH];
    struct stat st;

    (void)state;
    vlt_store_close(make(VLT_PAGE));
    assert_int_equal(stat(path, &st), 0);
    temp_dir_path(&d, "other", other);
    for (int mode = 0; mode < 2; mode++) {
        struct vlt_store_options opt = {mode == 0 ? VLT_STORE_WRITE
                                                  : VLT_STORE_READ,
            0, NULL, NULL};

        assert_int_equal(vlt_store_open(other, &opt, &s, NULL),
            VAULT_E_NOT_FOUND);
        assert_int_equal(vlt_store_open(d.path, &opt, &s, NULL),
            VAULT_E_FORMAT);
        temp_write(other, "", 0);
        assert_int_equal(vlt_store_open(other, &opt, &s, NULL), VAULT_E_FORMAT);
        temp_write(other, "short", 5);
        assert_int_equal(vlt_store_open(other, &opt, &s, NULL), VAULT_E_FORMAT);
        assert_int_equal(remove(other), 0);
        temp_copy(path, other);
        assert_int_equal(truncate(other, st.st_size - 16384), 0);
        assert_int_equal(vlt_store_open(other, &opt, &s, NULL),
            VAULT_E_TAMPERED);
        temp_copy(path, other);
        assert_int_equal(truncate(other, st.st_size + 16384), 0);
        assert_int_equal(vlt_store_open(other, &opt, &s, NULL),
            VAULT_E_TAMPERED);
        assert_int_equal(remove(other), 0);
    }
    assert_null(s);
}

static void
damaged_pages_are_found_by_the_quick_check(void **state)
{
    struct vlt_store *s = make(VLT_PAGE_SMALL);

    (void)state;
    put(s, "k");
    vlt_store_close(s);
    s = reopen(VLT_STORE_READ);
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    assert_int_equal(vlt_store_quick_check(s, NULL), VAULT_OK);
    vlt_store_close(s);
    temp_poke(path, 4096 * 4, 0xee); /* the type of some tree's page */
    s = reopen(VLT_STORE_READ);
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    assert_int_equal(vlt_store_quick_check(s, NULL), VAULT_E_TAMPERED);
    vlt_store_close(s);
}

static int
stop(void *ctx)
{
    return *(bool *)ctx;
}

static void
a_long_statement_stops_when_told(void **state)
{
    bool stopping = false;
    struct vlt_store_options opt = {VLT_STORE_READ, 0, stop, &stopping};
    struct vlt_store *s = NULL;
    uint64_t n = 0;

    (void)state;
    vlt_store_close(make(VLT_PAGE));
    quick_sql(path,
        "INSERT INTO page WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT "
        "n + 1 FROM c WHERE n < 3000) SELECT n, x'00' FROM c");
    assert_int_equal(vlt_store_open(path, &opt, &s, NULL), VAULT_OK);
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    stopping = true;
    assert_int_equal(vlt_count(s, "SELECT count(*) FROM page a, page b", &n,
                         NULL),
        VAULT_E_CANCELLED);
    vlt_store_close(s);
    /* and one without an end is ended: nobody asks for it to stop */
    stopping = false;
    assert_int_equal(vlt_store_open(path, &opt, &s, NULL), VAULT_OK);
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    s->ops_left = 1000000;
    assert_int_equal(vlt_count(s, "SELECT count(*) FROM page a, page b", &n,
                         NULL),
        VAULT_E_TAMPERED);
    vlt_store_close(s);
}

int
main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
    const struct CMUnitTest tests[] = {
        IN_DIR(the_settings_are_really_in_force),
        IN_DIR(defences_and_limits_are_really_in_force),
        IN_DIR(one_file_is_left_and_it_is_private),
        IN_DIR(a_rolled_back_transaction_leaves_nothing),
        IN_DIR(a_second_writer_is_busy_after_the_time_given),
        IN_DIR(a_reader_in_the_way_of_a_commit_is_busy_and_nothing_is_lost),
        IN_DIR(after_a_failed_commit_the_handle_refuses_more),
        IN_DIR(a_path_is_never_taken_for_a_uri),
        IN_DIR(what_is_no_container_is_told_from_one_that_was_changed),
        IN_DIR(damaged_pages_are_found_by_the_quick_check),
        IN_DIR(a_long_statement_stops_when_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
