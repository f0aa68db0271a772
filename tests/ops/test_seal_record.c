/* SPDX-License-Identifier: Apache-2.0 */
/* test_seal_record.c: what goes in comes out, padded as it must be */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

#include "quick_vault.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

/* Padmé in the words of the paper. */
static uint64_t
padme(uint64_t l)
{
    unsigned e = 0, s = 0;
    uint64_t step;

    while (l >> (e + 1) != 0)
        e++;
    while ((e >> (s + 1)) != 0)
        s++;
    s++;
    step = UINT64_C(1) << (e > s ? e - s : 0);
    return (l + step - 1) / step * step;
}

/* Sealed bytes of a body of this padded length: 16 more for each chunk. */
static uint64_t
sealed(uint64_t padded)
{
    return padded + (padded + 65535) / 65536 * 16;
}

/* Metadata fill one of 15 sizes: 1 KiB to 16 MiB by powers of two. */
static bool
is_bucket(uint64_t n)
{
    return n >= 1024 && n <= 16 * MIB && (n & (n - 1)) == 0;
}

static void
check_size(struct quick_vault *q, size_t n, bool noise)
{
    uint8_t *p = malloc(n + 1);
    uint8_t hash[32];
    struct vault_sealed out;
    struct vault_record *r;
    const struct vault_entry *e;
    uint8_t *got;
    size_t len;
    char sql[160];
    uint64_t body, meta;

    assert_non_null(p);
    if (noise)
        quick_noise(p, n, n);
    else
        memset(p, 'a', n);
    quick_add(q->v, "sized", p, n, &out);
    crypto_hash_sha256(hash, p, n);
    assert_true(out.has_body);
    assert_int_equal(out.bytes, n);
    assert_memory_equal(out.sha256, hash, 32);
    assert_int_equal(vault_record_open(q->v, out.id, 0, &r, NULL), VAULT_OK);
    e = vault_record_entry(r);
    assert_true(e->has_body);
    assert_int_equal(e->bytes, n);
    assert_string_equal(e->name, "sized");
    assert_true(vault_record_sha256(r, hash));
    assert_memory_equal(out.sha256, hash, 32);
    vault_record_close(r);
    got = quick_body(q->v, out.id, &len);
    assert_int_equal(len, n);
    assert_memory_equal(got, p, n);
    free(got);
    free(p);

    /* what an onlooker sees is one of few sizes */
    (void)snprintf(sql, sizeof sql,
        "SELECT ifnull(sum(length(ct)), 0) FROM segment WHERE rid = "
        "(SELECT max(rid) FROM record)");
    body = (uint64_t)quick_count(q->path, sql);
    (void)snprintf(sql, sizeof sql,
        "SELECT length(meta) FROM record WHERE rid = "
        "(SELECT max(rid) FROM record)");
    meta = (uint64_t)quick_count(q->path, sql);
    assert_true(is_bucket(meta - 16));
    assert_int_equal(out.stored, body + meta);
    if (body != 0) {
        /* the stream adds less than a frame head for each MiB */
        uint64_t chunks = (body + 65551) / 65552;
        uint64_t padded = body - 16 * chunks;

        assert_int_equal(sealed(padded), body);
        assert_int_equal(padme(padded), padded);
        assert_true(padded >= 4096);
        if (noise)
            assert_true(padded >= n && padded < n + n / 8 + 8192);
    } else {
        assert_true(meta <= 16 * KIB + 16);
        assert_true(!noise || n <= 16 * KIB);
    }
}

static void
bodies_of_every_size_come_back_and_are_stored_padded(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 4095, 4096, 4097, 15 * KIB,
        16 * KIB - 300, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 64 * KIB - 1,
        64 * KIB, 64 * KIB + 1, MIB - 1, MIB, MIB + 1, 8 * MIB - 64 * KIB,
        8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 33 * MIB};
    struct quick_vault q;
    struct quick_verdict said;

    (void)state;
    quick_make(&q);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_size(&q, sizes[i], true);
        check_size(&q, sizes[i], false);
    }
    assert_int_equal(quick_listed(q.v), 2 * sizeof sizes / sizeof sizes[0]);
    quick_close(&q);
    assert_int_equal(temp_dir_count(&q.dir), 3);
    quick_verify(q.path, q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    quick_end(&q);
}

static enum vault_status
drop(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)p;
    (void)err;
    *(size_t *)ctx += n;
    return VAULT_OK;
}

static void
no_body_is_not_an_empty_body(void **state)
{
    struct quick_vault q;
    struct vault_sealed none, empty;
    struct vault_record *r;
    struct vault_error err;
    uint8_t hash[32], zero[32] = {0};
    size_t n = 0;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "none", NULL, 0, &none);
    quick_add(q.v, "empty", "", 0, &empty);
    assert_false(none.has_body);
    assert_memory_equal(none.sha256, zero, 32);
    assert_true(empty.has_body);
    crypto_hash_sha256(hash, zero, 0);
    assert_memory_equal(empty.sha256, hash, 32);

    assert_int_equal(vault_record_open(q.v, none.id, 0, &r, &err), VAULT_OK);
    assert_false(vault_record_entry(r)->has_body);
    assert_false(vault_record_sha256(r, hash));
    assert_int_equal(vault_record_read(r, drop, &n, &err), VAULT_E_NOT_FOUND);
    vault_record_close(r);
    assert_int_equal(vault_record_open(q.v, empty.id, 0, &r, &err), VAULT_OK);
    assert_true(vault_record_entry(r)->has_body);
    assert_true(vault_record_sha256(r, hash));
    assert_int_equal(vault_record_read(r, drop, &n, &err), VAULT_OK);
    assert_int_equal(n, 0);
    vault_record_close(r);
    quick_end(&q);
}

static void
a_body_may_come_in_pieces_of_any_size(void **state)
{
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_sealed out;
    size_t n = 3 * MIB + 17, at = 0, take = 1, len;
    uint8_t *p = malloc(n), *got;

    (void)state;
    quick_make(&q);
    quick_noise(p, n, 7);
    assert_int_equal(vault_seal_begin(q.v, "file", &s, NULL), VAULT_OK);
    while (at < n) {
        if (take > n - at)
            take = n - at;
        assert_int_equal(vault_seal_write(s, p + at, take, NULL), VAULT_OK);
        at += take;
        take = take * 3 + 1;
    }
    assert_int_equal(vault_seal_write(s, p, 0, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    got = quick_body(q.v, out.id, &len);
    assert_int_equal(len, n);
    assert_memory_equal(got, p, n);
    free(got);
    free(p);
    quick_end(&q);
}

static void
fields_are_taken_by_the_rules(void **state)
{
    static const char name96[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const uint8_t eight[8] = {0, 0, 0, 0, 0x65, 0, 0, 0};
    const struct {
        const char *name;
        enum vault_field_type type;
        enum vault_field_state state;
        const void *value;
        size_t len;
        enum vault_status st;
    } rows[] = {
        {"title", VAULT_TEXT, VAULT_VALUE, "a", 1, VAULT_OK},
        {"title", VAULT_TEXT, VAULT_VALUE, "a", 1, VAULT_E_EXISTS},
        {"empty", VAULT_TEXT, VAULT_VALUE, "", 0, VAULT_OK},
        {name96, VAULT_TEXT, VAULT_VALUE, "a", 1, VAULT_OK},
        {"type", VAULT_TEXT, VAULT_VALUE, "a", 1, VAULT_E_USAGE},
        {"body", VAULT_BODY, VAULT_VALUE, "a", 1, VAULT_E_USAGE},
        {"body", VAULT_TEXT, VAULT_VALUE, "a", 1, VAULT_E_USAGE},
        {"time.sealed", VAULT_TIME, VAULT_VALUE, eight, 8, VAULT_E_USAGE},
        {"time.x", VAULT_TIME, VAULT_VALUE, eight, 8, VAULT_OK},
        {"number.x", VAULT_NUMBER, VAULT_VALUE, eight, 8, VAULT_OK},
        {"refused", VAULT_TEXT, VAULT_REFUSED, "", 0, VAULT_OK},
        {"not-asked", VAULT_DATE, VAULT_NOT_ASKED, "", 0, VAULT_OK},
        {"unknown", VAULT_TEXT, VAULT_UNKNOWN, "", 0, VAULT_OK},
        {"date", VAULT_DATE, VAULT_VALUE, "gregorian 2014-03-XX", 20, VAULT_OK},
        {"bytes", VAULT_BYTES, VAULT_VALUE, "\0\xff", 2, VAULT_OK},
    };
    const struct {
        const char *name;
        enum vault_field_type type;
        enum vault_field_state state;
        const void *value;
        size_t len;
    } refused[] = {
        {"", VAULT_TEXT, VAULT_VALUE, "a", 1},
        {"A", VAULT_TEXT, VAULT_VALUE, "a", 1},
        {"a b", VAULT_TEXT, VAULT_VALUE, "a", 1},
        {"a_b", VAULT_TEXT, VAULT_VALUE, "a", 1},
        {"bad-utf8", VAULT_TEXT, VAULT_VALUE, "\xff", 1},
        {"refused2", VAULT_TEXT, VAULT_REFUSED, "a", 1},
        {"time2", VAULT_TIME, VAULT_VALUE, eight, 7},
        {"number2", VAULT_NUMBER, VAULT_VALUE, eight, 9},
        {"date2", VAULT_DATE, VAULT_VALUE, "gregorian 2014-14-01", 20},
        {"no-body", VAULT_BODY, VAULT_VALUE, "a", 1},
        {"type9", (enum vault_field_type)9, VAULT_VALUE, "a", 1},
        {"state4", VAULT_TEXT, (enum vault_field_state)4, "", 0},
    };
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_sealed out;
    struct vault_record *r;
    struct vault_field f;
    char long_name[98], before[100] = "";
    size_t n, good = 0;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_seal_begin(q.v, "note", &s, NULL), VAULT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum vault_status st = vault_seal_field(s, rows[i].type, rows[i].state,
            rows[i].name, rows[i].value, rows[i].len, NULL);

        if (st != rows[i].st)
            fail_msg("%s: %s", rows[i].name, vault_status_name(st));
        good += st == VAULT_OK;
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        enum vault_status st =
            vault_seal_field(s, refused[i].type, refused[i].state,
                refused[i].name, refused[i].value, refused[i].len, NULL);

        if (st != VAULT_E_USAGE && st != VAULT_E_LIMIT)
            fail_msg("%s: %s", refused[i].name, vault_status_name(st));
    }
    memset(long_name, 'a', 97);
    long_name[97] = 0;
    assert_int_not_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, long_name,
                             "a", 1, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_int_equal(vault_record_open(q.v, out.id, 1, &r, NULL), VAULT_OK);
    n = vault_record_fields(r);
    assert_int_equal(n, good + 2); /* type, time.sealed */
    for (size_t i = 0; i < n; i++) {
        vault_record_field(r, i, &f);
        assert_true(strcmp(before, f.name) < 0);
        (void)snprintf(before, sizeof before, "%s", f.name);
        if (strcmp(f.name, "date") == 0)
            assert_memory_equal(f.value, "gregorian 2014-03-XX", 20);
        if (strcmp(f.name, "refused") == 0)
            assert_int_equal(f.state, VAULT_REFUSED);
    }
    vault_record_close(r);
    assert_int_equal(vault_record_open(q.v, out.id, 2, &r, NULL),
        VAULT_E_NOT_FOUND);
    quick_end(&q);
}

static void
metadata_have_a_limit_and_beyond_it_nothing_is_added(void **state)
{
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_sealed out;
    struct vault_error err;
    size_t n = 16 * MIB;
    uint8_t *p = malloc(n);
    enum vault_status st;

    (void)state;
    quick_make(&q);
    quick_noise(p, n, 3);
    assert_int_equal(vault_seal_begin(q.v, "note", &s, NULL), VAULT_OK);
    st = vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "big", p, n, &err);
    if (st == VAULT_OK)
        st = vault_seal_commit(s, &out, &err);
    else
        vault_seal_abort(s);
    assert_int_equal(st, VAULT_E_LIMIT);
    assert_int_equal(quick_listed(q.v), 0);
    /* and a large one below it goes in and comes out */
    assert_int_equal(vault_seal_begin(q.v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "big", p,
                         2 * MIB, &err),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, &err), VAULT_OK);
    assert_int_equal(quick_listed(q.v), 1);
    free(p);
    quick_end(&q);
}

static void
aborting_leaves_nothing(void **state)
{
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_info a, b;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_info(q.v, &a, NULL), VAULT_OK);
    assert_int_equal(vault_seal_begin(q.v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_write(s, "abc", 3, NULL), VAULT_OK);
    vault_seal_abort(s);
    vault_seal_abort(NULL);
    assert_int_equal(vault_info(q.v, &b, NULL), VAULT_OK);
    assert_int_equal(a.leaves, b.leaves);
    assert_int_equal(a.file_bytes, b.file_bytes);
    assert_int_equal(quick_listed(q.v), 0);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_of_every_size_come_back_and_are_stored_padded),
        cmocka_unit_test(no_body_is_not_an_empty_body),
        cmocka_unit_test(a_body_may_come_in_pieces_of_any_size),
        cmocka_unit_test(fields_are_taken_by_the_rules),
        cmocka_unit_test(metadata_have_a_limit_and_beyond_it_nothing_is_added),
        cmocka_unit_test(aborting_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
