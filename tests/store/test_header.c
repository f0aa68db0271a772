/* SPDX-License-Identifier: Apache-2.0 */
/* test_header.c: which first 100 bytes are a container's, byte by byte */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "header.h"

enum { PAGES = 7 };

/* By docs/format.md section 8.1 and sqlite.org/fileformat2.html. */
static void
good(uint8_t h[VLT_DB_HEADER], unsigned page_size)
{
    memset(h, 0, VLT_DB_HEADER);
    memcpy(h, "SQLite format 3", 16);
    h[16] = (uint8_t)(page_size >> 8);
    h[17] = (uint8_t)page_size;
    h[18] = h[19] = 1; /* no write-ahead log */
    h[21] = 64;
    h[22] = h[23] = 32;
    h[27] = h[95] = 9; /* change counter, and when the size was written */
    h[31] = PAGES;
    h[43] = 26;                /* schema cookie */
    h[47] = 4;                 /* schema format */
    h[55] = 5;                 /* largest root page: auto-vacuum */
    h[59] = 1;                 /* UTF-8 */
    h[67] = 1;                 /* incremental */
    memcpy(h + 68, "SDQ1", 4); /* 0x53445131 */
    h[99] = 1;
}

static enum vault_status
check(const uint8_t *h, int64_t size)
{
    struct vlt_db_header out;
    struct vault_error err;
    enum vault_status st = vlt_db_header_check(h, size, &out, &err);

    if (st != VAULT_OK)
        assert_int_equal(err.code, st);
    return st;
}

static void
both_page_sizes_are_taken_and_told(void **state)
{
    static const unsigned sizes[] = {4096, 16384};
    struct vlt_db_header out;
    uint8_t h[VLT_DB_HEADER];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        good(h, sizes[i]);
        h[63] = 1;
        assert_int_equal(vlt_db_header_check(h, PAGES * (int64_t)sizes[i], &out,
                             NULL),
            VAULT_OK);
        assert_int_equal(out.page_size, sizes[i]);
        assert_int_equal(out.pages, PAGES);
        assert_int_equal(out.user_version, 1);
    }
}

static void
each_byte_has_its_status(void **state)
{
    static const struct {
        const char *name;
        size_t at;
        uint8_t to;
        enum vault_status st;
    } rows[] = {
        {"magic", 0, 's', VAULT_E_TAMPERED},
        {"magic's end", 15, 1, VAULT_E_TAMPERED},
        {"page size 512", 16, 2, VAULT_E_TAMPERED},
        {"page size 65536", 16, 0, VAULT_E_TAMPERED},
        {"page size + 1", 17, 1, VAULT_E_TAMPERED},
        {"write-ahead log, write", 18, 2, VAULT_E_TAMPERED},
        {"write-ahead log, read", 19, 2, VAULT_E_TAMPERED},
        {"reserved bytes", 20, 1, VAULT_E_TAMPERED},
        {"largest payload", 21, 63, VAULT_E_TAMPERED},
        {"smallest payload", 22, 31, VAULT_E_TAMPERED},
        {"leaf payload", 23, 33, VAULT_E_TAMPERED},
        {"change counter", 27, 8, VAULT_E_TAMPERED},
        {"page count", 31, PAGES + 1, VAULT_E_TAMPERED},
        {"schema format", 47, 3, VAULT_E_TAMPERED},
        {"no auto-vacuum", 55, 0, VAULT_E_TAMPERED},
        {"UTF-16", 59, 2, VAULT_E_TAMPERED},
        {"version 1", 63, 1, VAULT_OK},
        {"version 2", 63, 2, VAULT_E_NEWER},
        {"a very late version", 60, 0xff, VAULT_E_NEWER},
        {"not incremental", 67, 0, VAULT_E_TAMPERED},
        {"application id", 68, 0x54, VAULT_E_TAMPERED},
        {"application id's end", 71, 0x32, VAULT_E_TAMPERED},
        {"reserved, first", 72, 1, VAULT_E_TAMPERED},
        {"reserved, last", 91, 1, VAULT_E_TAMPERED},
        {"version valid for", 95, 8, VAULT_E_TAMPERED},
        {"SQLite's own version", 99, 77, VAULT_OK},
        {"free pages", 39, 3, VAULT_OK},
        {"cache size", 51, 1, VAULT_OK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t h[VLT_DB_HEADER];
        enum vault_status st;

        good(h, 16384);
        h[rows[i].at] = rows[i].to;
        st = check(h, PAGES * 16384);
        if (st != rows[i].st)
            fail_msg("%s: %s", rows[i].name, vault_status_name(st));
    }
}

static void
another_file_is_no_container(void **state)
{
    uint8_t h[VLT_DB_HEADER];

    (void)state;
    good(h, 16384);
    memset(h + 68, 0, 4); /* some SQLite database */
    assert_int_equal(check(h, PAGES * 16384), VAULT_E_FORMAT);
    memset(h, 0, sizeof h);
    assert_int_equal(check(h, 100), VAULT_E_FORMAT);
    memset(h, 0xff, sizeof h);
    assert_int_equal(check(h, 100), VAULT_E_FORMAT);
}

static void
the_file_is_as_long_as_it_says(void **state)
{
    uint8_t h[VLT_DB_HEADER];

    (void)state;
    good(h, 4096);
    assert_int_equal(check(h, PAGES * 4096), VAULT_OK);
    assert_int_equal(check(h, PAGES * 4096 - 1), VAULT_E_TAMPERED);
    assert_int_equal(check(h, PAGES * 4096 + 1), VAULT_E_TAMPERED);
    assert_int_equal(check(h, (PAGES + 1) * 4096), VAULT_E_TAMPERED);
    assert_int_equal(check(h, 0), VAULT_E_TAMPERED);
    /* not yet: a journal may still have to be played back */
    h[27]++;
    assert_int_equal(check(h, -1), VAULT_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_page_sizes_are_taken_and_told),
        cmocka_unit_test(each_byte_has_its_status),
        cmocka_unit_test(another_file_is_no_container),
        cmocka_unit_test(the_file_is_as_long_as_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
