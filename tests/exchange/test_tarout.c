/* SPDX-License-Identifier: Apache-2.0 */
/* test_tarout: blocks as Python's tarfile writes them, and what it has not */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/vault.h>
#include "known.h"
#include "tarout.h"

enum { BLOCK = 512, WHEN = 1795893344 };

static struct vlt_buf out;

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)err;
    vlt_buf_put(ctx, p, n);
    return VAULT_OK;
}

static struct tar_out
begin(void)
{
    vlt_buf_clear(&out);
    vlt_buf_init(&out, 1 << 20);
    return (struct tar_out){.put = put, .ctx = &out};
}

static void
assert_sha256(const uint8_t *p, size_t n, const char *hex)
{
    struct vault_hash *h = vault_hash_new(VAULT_SHA256);
    uint8_t sum[32];

    vault_hash_update(h, p, n);
    vault_hash_final(h, sum);
    vault_hash_free(h);
    assert_hex(sum, sizeof sum, hex);
}

/* tarfile, USTAR_FORMAT: the same name, bytes, mode, time; owner 0. */
static void
files_and_folders_are_those_of_python(void **state)
{
    struct tar_out t = begin();

    (void)state;
    assert_int_equal(tar_file(&t, "sanduq-export/README.txt", "hello", 5, WHEN,
                         NULL),
        VAULT_OK);
    assert_int_equal(tar_folder(&t, "sanduq-export/x/", 0, NULL), VAULT_OK);
    assert_int_equal(out.len, 3 * BLOCK);
    assert_sha256(out.p, 2 * BLOCK,
        "dbf398617b69ebf9ade4c738a5d41f7e0f7a1882d67b9ecf472a979e314b444a");
    assert_sha256(out.p + 2 * BLOCK, BLOCK,
        "756ff7d0eae3251a0aca21ea22762d25ed64d1d3ccb4945a67572d8df428d834");
}

/* A record's length counts its own digits: 98 + 1 would be 99 + 2. */
static void
long_and_foreign_names_stand_in_a_record_of_the_right_length(void **state)
{
    char name[240];

    (void)state;
    for (size_t n = 1; n < sizeof name; n++) {
        struct tar_out t = begin();
        unsigned said = 0;
        char key[16] = "";
        int at = 0;

        memset(name, 'a', n);
        name[0] = (char)0xd0; /* no UTF-8, but no matter here */
        name[n] = 0;
        assert_int_equal(tar_file(&t, name, "", 0, WHEN, NULL), VAULT_OK);
        assert_int_equal(out.len, 3 * BLOCK);
        assert_int_equal(out.p[156], 'x');
        assert_int_equal(sscanf((const char *)out.p + BLOCK, "%u %15[^=]=%n",
                             &said, key, &at),
            2);
        assert_string_equal(key, "path");
        assert_int_equal(said, (unsigned)at + n + 1);
        assert_memory_equal(out.p + BLOCK + at, name, n);
        assert_int_equal(out.p[BLOCK + said - 1], '\n');
        assert_int_equal(out.p[BLOCK + said], 0);
        assert_int_equal(strtoul((const char *)out.p + 124, NULL, 8), said);
        assert_int_equal(out.p[2 * BLOCK], '_');
    }
}

static void
a_hundred_bytes_need_no_record(void **state)
{
    struct tar_out t = begin();
    char name[102];

    (void)state;
    memset(name, 'a', 101);
    name[100] = 0;
    assert_int_equal(tar_file(&t, name, "", 0, WHEN, NULL), VAULT_OK);
    assert_int_equal(out.len, BLOCK);
    name[100] = 'a';
    name[101] = 0;
    assert_int_equal(tar_file(&t, name, "", 0, WHEN, NULL), VAULT_OK);
    assert_int_equal(out.len, 4 * BLOCK);
}

static void
eight_gibibytes_stand_in_a_record(void **state)
{
    static const char want[] = "19 size=8589934592\n";
    struct tar_out t = begin();

    (void)state;
    assert_int_equal(tar_open(&t, "a", UINT64_C(8589934591), WHEN, NULL),
        VAULT_OK);
    assert_int_equal(out.len, BLOCK);
    assert_memory_equal(out.p + 124, "77777777777", 12);
    t = begin();
    assert_int_equal(tar_open(&t, "a", UINT64_C(8589934592), WHEN, NULL),
        VAULT_OK);
    assert_int_equal(out.len, 3 * BLOCK);
    assert_memory_equal(out.p + BLOCK, want, sizeof want);
}

static void
a_file_is_as_long_as_was_said(void **state)
{
    struct tar_out t = begin();

    (void)state;
    assert_int_equal(tar_open(&t, "a", 3, WHEN, NULL), VAULT_OK);
    assert_int_equal(tar_put(&t, "ab", 2, NULL), VAULT_OK);
    assert_int_equal(tar_close(&t, NULL), VAULT_E_TAMPERED);
    assert_int_equal(tar_put(&t, "cd", 2, NULL), VAULT_E_TAMPERED);
    assert_int_equal(tar_put(&t, "c", 1, NULL), VAULT_OK);
    assert_int_equal(tar_close(&t, NULL), VAULT_OK);
    assert_int_equal(tar_end(&t, NULL), VAULT_OK);
    assert_int_equal(out.len, 4 * BLOCK);
    vlt_buf_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_folders_are_those_of_python),
        cmocka_unit_test(
            long_and_foreign_names_stand_in_a_record_of_the_right_length),
        cmocka_unit_test(a_hundred_bytes_need_no_record),
        cmocka_unit_test(eight_gibibytes_stand_in_a_record),
        cmocka_unit_test(a_file_is_as_long_as_was_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
