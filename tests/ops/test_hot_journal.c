/* SPDX-License-Identifier: Apache-2.0 */
/* test_hot_journal.c: a journal beside a vault is played back only if it is its
 * own */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

enum { PAGE = 16384, SECTOR = 512, CHECKED_FROM = 200 };

static void
put_u32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

/* A rollback journal as SQLite's file format describes it: the pages from..to
 * of `from_file`, for a file of as many pages as that one has. */
static void
write_journal(const char *beside, const char *from_file, uint32_t from,
    uint32_t to)
{
    static const uint8_t magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63,
        0xd7};
    const uint32_t nonce = 12345;
    char name[TEMP_PATH + 16];
    size_t n, at = SECTOR;
    uint8_t *db = temp_read(from_file, &n);
    uint32_t pages = (uint32_t)(n / PAGE), i;
    uint8_t *j;

    if (to == 0)
        to = pages;
    j = calloc(1, SECTOR + (size_t)(to - from + 1) * (PAGE + 8));
    memcpy(j, magic, sizeof magic);
    put_u32(j + 8, to - from + 1);
    put_u32(j + 12, nonce);
    put_u32(j + 16, pages);
    put_u32(j + 20, SECTOR);
    put_u32(j + 24, PAGE);
    for (i = from; i <= to; i++) {
        const uint8_t *page = db + (size_t)(i - 1) * PAGE;
        uint32_t sum = nonce;
        int k;

        for (k = PAGE - CHECKED_FROM; k > 0; k -= CHECKED_FROM)
            sum += page[k];
        put_u32(j + at, i);
        memcpy(j + at + 4, page, PAGE);
        put_u32(j + at + 4 + PAGE, sum);
        at += PAGE + 8;
    }
    (void)snprintf(name, sizeof name, "%s-journal", beside);
    temp_write(name, j, at);
    free(j);
    free(db);
}

static void
expect_refused(struct quick_vault *q, bool capture, const char *path,
    const char *what)
{
    char *before = temp_dir_picture(&q->dir), *after;
    struct vault *v = NULL;
    struct vault_error err;
    enum vault_status st = capture ? vault_capture_open(path, &q->opt, &v, &err)
                                   : vault_open(path, &q->opt, &v, &err);

    if (st != VAULT_E_TAMPERED || strstr(err.message, "journal") == NULL)
        fail_msg("%s: %s: %s", what, vault_status_name(st),
            st == VAULT_OK ? "" : err.message);
    after = temp_dir_picture(&q->dir);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void
a_journal_of_another_vault_is_refused_and_nothing_changed(void **state)
{
    static const uint32_t range[][2] = {{1, 1}, {1, 3}, {3, 9}, {1, 0}};
    struct quick_vault q, other;
    char journal[TEMP_PATH + 16];
    size_t i;

    (void)state;
    quick_make(&q);
    quick_make(&other);
    for (i = 0; i < 5; i++) {
        quick_add(q.v, "ours", "abc", 3, NULL);
        quick_add(other.v, "theirs", NULL, 0, NULL);
        quick_add(other.v, "theirs too", NULL, 0, NULL);
    }
    quick_close(&q);
    quick_close(&other);
    (void)snprintf(journal, sizeof journal, "%s-journal", q.path);
    for (i = 0; i < sizeof range / sizeof range[0]; i++) {
        char what[40];

        write_journal(q.path, other.path, range[i][0], range[i][1]);
        (void)snprintf(what, sizeof what, "pages %u to %u", range[i][0],
            range[i][1]);
        expect_refused(&q, false, q.path, what);
    }
    assert_int_equal(remove(journal), 0);
    q.v = quick_open(&q, q.path, &q.opt);
    assert_int_equal(quick_listed(q.v), 5);
    quick_end(&q);
    quick_end(&other);
}

static void
a_journal_of_the_vault_beside_its_capture_file_is_refused(void **state)
{
    struct quick_vault q;
    char capture[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "c", capture);
    assert_int_equal(vault_capture_create(q.v, capture, NULL), VAULT_OK);
    quick_close(&q);
    write_journal(capture, q.path, 1, 0);
    expect_refused(&q, true, capture, "whole vault");
    quick_end(&q);
}

/* A write that was interrupted: its pages are half in the file. */
static void
a_journal_of_its_own_is_played_back(void **state)
{
    struct quick_vault q;
    char copy[TEMP_PATH];
    uint8_t *p;
    size_t n;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "copy", copy);
    quick_add(q.v, "first", "abc", 3, NULL);
    quick_close(&q);
    temp_copy(q.path, copy);
    quick_again(&q);
    quick_add(q.v, "second", NULL, 0, NULL);
    quick_close(&q);
    /* complete, only the journal still lies there: it was not committed */
    write_journal(q.path, copy, 1, 0);
    q.v = quick_open(&q, q.path, &q.opt);
    assert_int_equal(quick_listed(q.v), 1);
    quick_close(&q);
    /* half written, with noise */
    write_journal(q.path, copy, 1, 0);
    p = temp_read(copy, &n);
    quick_noise(p + PAGE / 2, 3 * PAGE, 5);
    temp_write(q.path, p, n);
    free(p);
    q.v = quick_open(&q, q.path, &q.opt);
    assert_int_equal(quick_listed(q.v), 1);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_journal_of_another_vault_is_refused_and_nothing_changed),
        cmocka_unit_test(
            a_journal_of_the_vault_beside_its_capture_file_is_refused),
        cmocka_unit_test(a_journal_of_its_own_is_played_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
