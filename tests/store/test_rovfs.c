/* SPDX-License-Identifier: Apache-2.0 */
/* test_rovfs.c: reading anybody's file without writing anything anywhere */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "quick_vault.h"
#include "record_rows.h"
#include "rows.h"
#include "store.h"

enum { MIB = 1024 * 1024, SEGMENTS = 24 };

static struct temp_dir d;
static char path[TEMP_PATH];
static char journal[TEMP_PATH + 16];

static int
make_dir(void **state)
{
    (void)state;
    temp_dir_make(&d);
    temp_dir_path(&d, "c", path);
    (void)snprintf(journal, sizeof journal, "%s-journal", path);
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
open_as(enum vlt_store_mode mode)
{
    struct vlt_store_options opt = {mode, 500, NULL, NULL};
    struct vlt_store *s = NULL;
    struct vault_error err;

    if (vlt_store_open(path, &opt, &s, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    return s;
}

static void
fill_segments(struct vlt_store *s, uint64_t rid, unsigned n, uint8_t byte)
{
    uint8_t *p = malloc(MIB);

    memset(p, byte, MIB);
    for (unsigned i = 0; i < n; i++)
        if (vlt_segment_put(s, rid, i, p, MIB, NULL) != VAULT_OK)
            temp_die("vlt_segment_put", "rovfs");
    free(p);
}

/* A container with rows that an interrupted write will change. */
static void
make_container(void)
{
    struct vlt_store_options opt = {VLT_STORE_WRITE, 0, NULL, NULL};
    struct vlt_store *s = NULL;

    assert_int_equal(vlt_store_create(path, VLT_PAGE, &opt, &s, NULL),
        VAULT_OK);
    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(s, "k", 1, NULL), VAULT_OK);
    fill_segments(s, 1, 3, 'a');
    assert_int_equal(vlt_store_commit(s, NULL), VAULT_OK);
    vlt_store_close(s);
}

/* Far more than the cache holds, so that pages have reached the file. */
static void
die_in_a_transaction(void *ctx)
{
    struct vlt_store *s = open_as(VLT_STORE_WRITE);
    uint64_t n;

    (void)ctx;
    if (vlt_store_begin(s, true, NULL) != VAULT_OK ||
        vlt_meta_put_u32(s, "k", 2, NULL) != VAULT_OK ||
        vlt_segments_delete(s, 1, 100, &n, NULL) != VAULT_OK)
        temp_die("transaction", "rovfs");
    fill_segments(s, 2, SEGMENTS, 'b');
    kill(getpid(), SIGKILL);
}

static void
make_hot_journal(void)
{
    make_container();
    assert_int_equal(quick_child(die_in_a_transaction, NULL), 256 + SIGKILL);
    assert_true(temp_exists(journal));
}

/* The state before the transaction that did not end. */
static void
expect_before(struct vlt_store *s)
{
    uint8_t *p = malloc(MIB);
    uint32_t k = 0;
    uint64_t n = 0;

    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    assert_int_equal(vlt_store_quick_check(s, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_get_u32(s, "k", &k, NULL), VAULT_OK);
    assert_int_equal(k, 1);
    assert_int_equal(vlt_segment_count(s, 1, &n, NULL), VAULT_OK);
    assert_int_equal(n, 3);
    assert_int_equal(vlt_segment_count(s, 2, &n, NULL), VAULT_OK);
    assert_int_equal(n, 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(vlt_segment_get(s, 1, i, p, MIB, NULL), VAULT_OK);
        for (size_t at = 0; at < MIB; at++)
            assert_true(p[at] == 'a');
    }
    free(p);
    vlt_store_rollback(s);
}

/* Whoever opens it for reading needs no permission for more. */
static void
expect_opened_for_reading_only(void)
{
    struct stat want, st;
    int seen = 0;

    assert_int_equal(stat(path, &want), 0);
    for (int fd = 3; fd < 256; fd++) {
        if (fstat(fd, &st) != 0 || st.st_ino != want.st_ino ||
            st.st_dev != want.st_dev)
            continue;
        seen++;
        assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    }
    assert_true(seen > 0);
}

static void
a_file_at_rest_is_read_and_nothing_changes(void **state)
{
    struct vlt_store *s;
    char *before, *during, *after;

    (void)state;
    make_container();
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(d.path, 0555), 0);
    before = temp_dir_picture(&d);
    s = open_as(VLT_STORE_READ);
    expect_before(s);
    assert_false(s->undone);
    expect_opened_for_reading_only();
    during = temp_dir_picture(&d);
    vlt_store_close(s);
    after = temp_dir_picture(&d);
    assert_int_equal(chmod(d.path, 0755), 0);
    assert_string_equal(before, during);
    assert_string_equal(before, after);
    free(before);
    free(during);
    free(after);
}

static void
an_interrupted_write_is_undone_in_memory_only(void **state)
{
    struct vlt_store *s;
    char *before, *during, *after;
    struct stat st;

    (void)state;
    make_hot_journal();
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 8 * MIB); /* pages did reach the file */
    before = temp_dir_picture(&d);
    for (int again = 0; again < 2; again++) {
        s = open_as(VLT_STORE_READ);
        expect_before(s);
        assert_true(s->undone);
        expect_before(s); /* a second snapshot through the same overlay */
        during = temp_dir_picture(&d);
        vlt_store_close(s);
        after = temp_dir_picture(&d);
        assert_string_equal(before, during);
        assert_string_equal(before, after);
        free(during);
        free(after);
    }
    free(before);
    /* what SQLite itself makes of it is the same */
    s = open_as(VLT_STORE_WRITE);
    expect_before(s);
    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_OK);
    assert_int_equal(vlt_store_commit(s, NULL), VAULT_OK);
    vlt_store_close(s);
    assert_false(temp_exists(journal));
}

static void
the_overlay_goes_when_the_journal_does(void **state)
{
    struct vlt_store *ro, *rw;
    uint32_t k = 0;
    uint64_t n = 0;

    (void)state;
    make_hot_journal();
    ro = open_as(VLT_STORE_READ);
    expect_before(ro);
    assert_true(ro->undone);
    /* the owner comes back, rolls back for good, and goes on */
    rw = open_as(VLT_STORE_WRITE);
    assert_int_equal(vlt_store_begin(rw, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(rw, "k", 3, NULL), VAULT_OK);
    assert_int_equal(vlt_segments_delete(rw, 1, 1, &n, NULL), VAULT_OK);
    fill_segments(rw, 5, 2, 'c');
    assert_int_equal(vlt_store_commit(rw, NULL), VAULT_OK);
    vlt_store_close(rw);
    assert_int_equal(vlt_store_begin(ro, false, NULL), VAULT_OK);
    assert_false(ro->undone);
    assert_int_equal(vlt_store_quick_check(ro, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_get_u32(ro, "k", &k, NULL), VAULT_OK);
    assert_int_equal(k, 3);
    assert_int_equal(vlt_segment_count(ro, 5, &n, NULL), VAULT_OK);
    assert_int_equal(n, 2);
    vlt_store_close(ro);
}

static void
two_readers_do_not_see_each_others_overlay(void **state)
{
    struct vlt_store *a, *b;

    (void)state;
    make_hot_journal();
    a = open_as(VLT_STORE_READ);
    b = open_as(VLT_STORE_READ);
    expect_before(a);
    vlt_store_close(a);
    expect_before(b);
    vlt_store_close(b);
}

static enum vault_status
open_read(struct vlt_store **s)
{
    struct vlt_store_options opt = {VLT_STORE_READ, 500, NULL, NULL};

    *s = NULL;
    return vlt_store_open(path, &opt, s, NULL);
}

static void
a_header_that_asks_for_a_write_ahead_log_is_refused(void **state)
{
    struct vlt_store *s;
    char *before, *after;
    char wal[TEMP_PATH + 8];

    (void)state;
    make_container();
    temp_poke(path, 18, 2);
    temp_poke(path, 19, 2);
    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    temp_write(wal, "", 0);
    before = temp_dir_picture(&d);
    assert_int_equal(open_read(&s), VAULT_E_TAMPERED);
    assert_null(s);
    after = temp_dir_picture(&d);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* The end of a journal that belongs to a transaction over several files. */
static void
name_super_journal(const char *super)
{
    static const uint8_t magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63,
        0xd7};
    size_t n, len = strlen(super);
    uint8_t *p = temp_read(journal, &n);
    uint8_t *q = malloc(n + 4 + len + 16);
    uint32_t sum = 0;
    size_t at = n;

    memcpy(q, p, n);
    memset(q + at, 0, 4);
    at += 4; /* page number 0: the lock page's, that no record has */
    memcpy(q + at, super, len);
    at += len;
    for (size_t i = 0; i < len; i++)
        sum += (uint8_t)super[i];
    for (int i = 0; i < 4; i++) {
        q[at + (size_t)i] = (uint8_t)(len >> (24 - 8 * i));
        q[at + 4 + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
    }
    at += 8;
    memcpy(q + at, magic, 8);
    temp_write(journal, q, at + 8);
    free(p);
    free(q);
}

static void
a_super_journal_named_in_a_planted_journal_is_not_touched(void **state)
{
    static const char *const names[] = {"victim", "c", "c-journal"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct vlt_store *s;
        char super[TEMP_PATH];
        char *before, *after;

        if (i > 0) {
            remove_dir(NULL);
            make_dir(NULL);
        }
        make_hot_journal();
        temp_dir_path(&d, "victim", super);
        temp_write(super, "an innocent file", 16);
        temp_dir_path(&d, names[i], super);
        name_super_journal(super);
        before = temp_dir_picture(&d);
        if (open_read(&s) == VAULT_OK)
            vlt_store_close(s);
        after = temp_dir_picture(&d);
        assert_string_equal(before, after);
        free(before);
        free(after);
    }
}

static void
a_planted_journal_is_judged_and_changes_nothing(void **state)
{
    static const uint8_t magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63,
        0xd7};
    uint8_t header[512] = {0};

    (void)state;
    make_container();
    for (int i = 0; i < 4; i++) {
        struct vlt_store *s;
        char *before, *after;

        memcpy(header, magic, 8);
        memset(header + 8, i == 0 ? 0xff : 0, 4); /* records: as many as fit */
        header[19] = i == 1 ? 1 : 0;              /* pages before: 1 */
        header[22] = 2;                           /* sector 512 */
        header[26] = i == 2 ? 1 : 0x40;           /* page size 256 or 16384 */
        temp_write(journal, header, i == 3 ? 10 : sizeof header);
        before = temp_dir_picture(&d);
        if (open_read(&s) == VAULT_OK)
            vlt_store_close(s);
        after = temp_dir_picture(&d);
        assert_string_equal(before, after);
        free(before);
        free(after);
    }
}

static void
a_reader_waits_for_a_writer_and_then_reads(void **state)
{
    struct vlt_store *rw, *ro;
    struct vlt_store_options opt = {VLT_STORE_READ, 200, NULL, NULL};

    (void)state;
    make_container();
    ro = open_as(VLT_STORE_READ);
    rw = open_as(VLT_STORE_WRITE);
    assert_int_equal(vlt_store_begin(rw, true, NULL), VAULT_OK);
    expect_before(ro); /* a writer that has not written is in nobody's way */
    fill_segments(rw, 2, SEGMENTS, 'b'); /* pages reach the file: exclusive */
    assert_int_equal(vlt_store_begin(ro, false, NULL), VAULT_E_BUSY);
    vlt_store_close(ro);
    assert_int_equal(vlt_store_open(path, &opt, &ro, NULL), VAULT_E_BUSY);
    vlt_store_rollback(rw);
    ro = open_as(VLT_STORE_READ);
    expect_before(ro);
    vlt_store_close(ro);
    vlt_store_close(rw);
}

static void
nothing_can_be_written_through_it(void **state)
{
    struct vlt_store *s;
    char *before, *after;

    (void)state;
    make_container();
    before = temp_dir_picture(&d);
    s = open_as(VLT_STORE_READ);
    (void)sqlite3_exec(s->db, "DELETE FROM segment", NULL, NULL, NULL);
    (void)sqlite3_exec(s->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    (void)sqlite3_exec(s->db, "VACUUM", NULL, NULL, NULL);
    vlt_store_close(s);
    after = temp_dir_picture(&d);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void
change_and_delete(void)
{
    struct vlt_store *s = open_as(VLT_STORE_WRITE);
    uint64_t n;

    assert_int_equal(vlt_store_begin(s, true, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_put_u32(s, "k", 2, NULL), VAULT_OK);
    assert_int_equal(vlt_segments_delete(s, 1, 100, &n, NULL), VAULT_OK);
    assert_int_equal(vlt_store_commit(s, NULL), VAULT_OK);
    vlt_store_close(s);
}

/* It holds no lock in between, and what it read before is not what it says
 * afterwards. */
static void
a_twin_begins_again_and_sees_what_is_there_then(void **state)
{
    uint8_t *p = malloc(MIB);
    struct vlt_store *s, *twin = NULL;
    struct vault_error err;
    uint32_t k = 0;

    (void)state;
    make_container();
    s = open_as(VLT_STORE_READ);
    assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
    if (vlt_store_twin(s, NULL, NULL, &twin, &err) == VAULT_OK) {
        vlt_store_rollback(twin);
        expect_before(twin);
        vlt_store_rollback(s);
        change_and_delete();
        assert_int_equal(vlt_store_begin(s, false, NULL), VAULT_OK);
        assert_int_equal(vlt_store_begin(twin, false, NULL), VAULT_OK);
        assert_int_equal(vlt_meta_get_u32(twin, "k", &k, NULL), VAULT_OK);
        assert_int_equal(k, 2);
        assert_int_equal(vlt_segment_get(twin, 1, 0, p, MIB, NULL),
            VAULT_E_NOT_FOUND);
        assert_int_equal(vlt_store_quick_check(twin, NULL), VAULT_OK);
    } else {
        assert_int_equal(err.code, VAULT_E_POLICY);
    }
    vlt_store_close(twin);
    vlt_store_close(s);
    free(p);
}

int
main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
    const struct CMUnitTest tests[] = {
        IN_DIR(a_file_at_rest_is_read_and_nothing_changes),
        IN_DIR(an_interrupted_write_is_undone_in_memory_only),
        IN_DIR(the_overlay_goes_when_the_journal_does),
        IN_DIR(two_readers_do_not_see_each_others_overlay),
        IN_DIR(a_header_that_asks_for_a_write_ahead_log_is_refused),
        IN_DIR(a_super_journal_named_in_a_planted_journal_is_not_touched),
        IN_DIR(a_planted_journal_is_judged_and_changes_nothing),
        IN_DIR(a_reader_waits_for_a_writer_and_then_reads),
        IN_DIR(a_twin_begins_again_and_sees_what_is_there_then),
        IN_DIR(nothing_can_be_written_through_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
