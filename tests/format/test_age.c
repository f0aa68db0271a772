/* SPDX-License-Identifier: Apache-2.0 */
/* test_age: what was sealed opens whole, and nothing else opens */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "age.h"
#include "agetext.h"
#include "fail.h"

enum { MOST = 4 * VLT_AGE_CHUNK, WORK = 4 };

static struct vlt_kemkey *kem;
static struct vlt_kemkey *other_kem;
static uint8_t x25519[1][32] = {{0x77, 1}};
static uint8_t kem_pk[1][VLT_KEM_PK];
static uint8_t x25519_pk[1][32];
static struct vlt_guarded *passphrase;

enum way { HYBRID, X25519, PASSPHRASE, WAYS };

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    vlt_buf_put(ctx, p, n);
    return vlt_buf_end(ctx, "file", err);
}

struct pieces {
    const uint8_t *p;
    size_t left;
};

static enum vault_status
give(void *ctx, void *p, size_t max, size_t *n, struct vault_error *err)
{
    struct pieces *s = ctx;

    (void)err;
    *n = max < s->left ? max : s->left;
    if (*n > 0)
        memcpy(p, s->p, *n);
    s->p += *n;
    s->left -= *n;
    return VAULT_OK;
}

static struct vlt_age_to
to_of(enum way way, bool armor)
{
    struct vlt_age_to to = {.armor = armor};

    to.kem = (const uint8_t(*)[VLT_KEM_PK])kem_pk;
    to.kems = way == HYBRID;
    to.x25519 = (const uint8_t(*)[32])x25519_pk;
    to.x25519s = way == X25519;
    to.passphrase = way == PASSPHRASE ? passphrase : NULL;
    to.work = WORK;
    return to;
}

/* In writes of `step` bytes. */
static void
seal_in_steps(struct vlt_buf *file, const struct vlt_age_to *to,
    const uint8_t *p, size_t n, size_t step)
{
    struct vlt_age_out *out = NULL;
    size_t take;

    vlt_buf_init(file, 2 * MOST);
    assert_int_equal(vlt_age_begin(&out, put, file, to, NULL), VAULT_OK);
    for (; n > 0; p += take, n -= take) {
        take = n < step ? n : step;
        assert_int_equal(vlt_age_write(out, p, take, NULL), VAULT_OK);
    }
    assert_int_equal(vlt_age_finish(out, NULL), VAULT_OK);
    vlt_age_out_free(out);
}

static const struct vlt_kemkey *
key_of(bool right)
{
    return right ? kem : other_kem;
}

/* The status at the end, and what came out before. */
static enum vault_status
open_all(const void *p, size_t n, bool right, struct vlt_buf *plain,
    struct vault_error *err)
{
    const struct vlt_kemkey *keys[] = {key_of(right)};
    struct vlt_age_identities who = {.kem = keys, .kems = 1};
    struct pieces s = {p, n};
    struct vlt_age_in *in = NULL;
    static uint8_t piece[VLT_AGE_CHUNK];
    static size_t calls;
    size_t room = ++calls % 2 == 0 ? 1000 : sizeof piece;
    enum vault_status st;
    size_t got = 1;

    if (right) {
        who.x25519 = (const uint8_t(*)[32])x25519;
        who.x25519s = 1;
        who.passphrase = passphrase;
    }
    vlt_buf_init(plain, MOST);
    st = vlt_age_open(&in, give, &s, &who, err);
    while (st == VAULT_OK && got > 0) {
        st = vlt_age_read(in, piece, room, &got, err);
        if (st == VAULT_OK)
            vlt_buf_put(plain, piece, got);
    }
    /* a stream that failed stays failed */
    if (st != VAULT_OK && in != NULL)
        assert_int_equal(vlt_age_read(in, piece, 1, &got, NULL), st);
    vlt_age_in_free(in);
    return st;
}

static void
comes_back(enum way way, bool armor, const uint8_t *p, size_t n, size_t step)
{
    struct vlt_age_to to = to_of(way, armor);
    struct vlt_buf file, plain;

    seal_in_steps(&file, &to, p, n, step);
    assert_int_equal(open_all(file.p, file.len, true, &plain, NULL), VAULT_OK);
    assert_int_equal(plain.len, n);
    if (n > 0)
        assert_memory_equal(plain.p, p, n);
    vlt_buf_clear(&plain);
    vlt_buf_clear(&file);
}

static void
what_was_sealed_comes_back(void **state)
{
    static const size_t sizes[] = {0, 1, 47, 48, 49, VLT_AGE_CHUNK - 1,
        VLT_AGE_CHUNK, VLT_AGE_CHUNK + 1, 2 * VLT_AGE_CHUNK,
        3 * VLT_AGE_CHUNK + 17};
    uint8_t *p = malloc(MOST);

    (void)state;
    assert_non_null(p);
    vlt_random(p, MOST);
    for (int way = 0; way < WAYS; way++)
        for (size_t i = 0; i < VLT_COUNT(sizes); i++) {
            comes_back((enum way)way, false, p, sizes[i], 1 << 20);
            comes_back((enum way)way, true, p, sizes[i], 7001);
        }
    free(p);
}

/* Size of a file with header h and n bytes: chunks are full but the last. */
static void
there_is_no_empty_last_chunk(void **state)
{
    static const uint8_t zeros[2 * VLT_AGE_CHUNK];
    struct vlt_age_to to = to_of(X25519, false);
    struct vlt_buf none, full;

    (void)state;
    seal_in_steps(&none, &to, zeros, 0, 1);
    seal_in_steps(&full, &to, zeros, sizeof zeros, sizeof zeros);
    assert_int_equal(full.len, none.len + sizeof zeros + 16);
    vlt_buf_clear(&none);
    vlt_buf_clear(&full);
}

static void
a_file_cut_anywhere_does_not_end_well(void **state)
{
    static const uint8_t text[] = "what the witness said";
    struct vlt_buf file, plain;

    (void)state;
    for (int i = 0; i < 2 * WAYS; i++) {
        struct vlt_age_to to = to_of((enum way)(i % WAYS), i >= WAYS);

        seal_in_steps(&file, &to, text, sizeof text, 5);
        /* armor without its last LF is whole */
        for (size_t n = 0; n < file.len - (to.armor ? 1 : 0); n++) {
            assert_int_not_equal(open_all(file.p, n, true, &plain, NULL),
                VAULT_OK);
            assert_int_equal(plain.len, 0);
            vlt_buf_clear(&plain);
        }
        vlt_buf_put_str(&file, "x");
        assert_int_not_equal(open_all(file.p, file.len, true, &plain, NULL),
            VAULT_OK);
        vlt_buf_clear(&plain);
        vlt_buf_clear(&file);
    }
}

/* The armor may have CRLF for LF and white space around it: no bit of these
 * makes one of the other here. */
static void
a_file_with_any_bit_changed_does_not_open(void **state)
{
    static const uint8_t text[] = "what the witness said";
    struct vlt_buf file, plain;

    (void)state;
    for (int way = 0; way < WAYS; way++) {
        struct vlt_age_to to = to_of((enum way)way, false);

        seal_in_steps(&file, &to, text, sizeof text, 5);
        for (size_t i = 0; i < file.len; i++) {
            file.p[i] ^= (uint8_t)(1 << i % 8);
            /* a costlier passphrase is refused, which other tests say */
            if (way != PASSPHRASE || file.p[i] < '0' || file.p[i] > '9' ||
                file.p[i - 1] != ' ') {
                assert_int_not_equal(open_all(file.p, file.len, true, &plain,
                                         NULL),
                    VAULT_OK);
                assert_int_equal(plain.len, 0);
                vlt_buf_clear(&plain);
            }
            file.p[i] ^= (uint8_t)(1 << i % 8);
        }
        vlt_buf_clear(&file);
    }
}

static enum vlt_age_stage
stage_at_open(const void *p, size_t n)
{
    enum vlt_age_stage stage = VLT_AGE_PAYLOAD;
    struct vlt_age_identities who = {.x25519 = (const uint8_t(*)[32])x25519,
        .x25519s = 1,
        .stage = &stage};
    struct pieces s = {p, n};
    struct vlt_age_in *in = NULL;
    enum vault_status st = vlt_age_open(&in, give, &s, &who, NULL);

    assert_true((st == VAULT_OK) == (stage == VLT_AGE_FINE));
    assert_true((st == VAULT_E_TAMPERED) == (stage == VLT_AGE_HMAC));
    vlt_age_in_free(in);
    return stage;
}

/* Which the test kit does not have: the file key comes out, and the header is
 * another one all the same. */
static void
a_header_is_the_one_that_was_sealed(void **state)
{
    static const char stanza[] = "-> example.com/x\n\n";
    struct vlt_age_to to = to_of(X25519, false);
    struct vlt_buf file, longer;
    const char *end;
    size_t head;

    (void)state;
    seal_in_steps(&file, &to, (const uint8_t *)"x", 1, 1);
    assert_int_equal(stage_at_open(file.p, file.len), VLT_AGE_FINE);
    end = strstr(vlt_buf_cstr(&file), "\n---");
    assert_non_null(end);
    head = (size_t)(end + 1 - (const char *)file.p);
    vlt_buf_init(&longer, MOST);
    vlt_buf_put(&longer, file.p, head);
    vlt_buf_put_str(&longer, stanza);
    vlt_buf_put(&longer, file.p + head, file.len - head);
    assert_int_equal(stage_at_open(longer.p, longer.len), VLT_AGE_HMAC);
    file.p[head + 10] = file.p[head + 10] == 'A' ? 'B' : 'A';
    assert_int_equal(stage_at_open(file.p, file.len), VLT_AGE_HMAC);
    vlt_buf_clear(&longer);
    vlt_buf_clear(&file);
}

static void
who_has_no_key_is_told_why(void **state)
{
    static const enum vault_status want[] = {[HYBRID] = VAULT_E_NO_KEY,
        [X25519] = VAULT_E_NO_KEY,
        [PASSPHRASE] = VAULT_E_LOCKED};
    struct vlt_buf file, plain;

    (void)state;
    for (int way = 0; way < WAYS; way++) {
        struct vlt_age_to to = to_of((enum way)way, false);

        seal_in_steps(&file, &to, (const uint8_t *)"x", 1, 1);
        assert_int_equal(open_all(file.p, file.len, false, &plain, NULL),
            want[way]);
        vlt_buf_clear(&plain);
        vlt_buf_clear(&file);
    }
}

static void
a_wrong_passphrase_is_a_wrong_secret(void **state)
{
    struct vlt_guarded *wrong = vlt_guarded_copy("trustno2", 8);
    struct vlt_age_to to = to_of(PASSPHRASE, false);
    struct vlt_buf file, plain;

    (void)state;
    to.passphrase = wrong;
    seal_in_steps(&file, &to, (const uint8_t *)"x", 1, 1);
    assert_int_equal(open_all(file.p, file.len, true, &plain, NULL),
        VAULT_E_SECRET);
    vlt_buf_clear(&plain);
    vlt_buf_clear(&file);
    vlt_guarded_free(wrong);
}

/* 2^21 would be 2 GiB: refused at once, and so is what no number holds. */
static void
a_costly_passphrase_is_refused_before_any_work(void **state)
{
    static const char *const works[] = {"21", "22", "23", "64", "255",
        "4294967297", "99999999999999999999999"};
    struct vlt_buf plain;
    char text[400];

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(works); i++) {
        snprintf(text, sizeof text,
            "age-encryption.org/v1\n"
            "-> scrypt rF0/NwblUHHTpgQgRpe5CQ %s\n"
            "gUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n"
            "--- IOXiQYStkoT1mvZW2tFOqZdhRVvj58egABx/sWfZQbc\n",
            works[i]);
        assert_int_equal(open_all(text, strlen(text), true, &plain, NULL),
            VAULT_E_LIMIT);
        vlt_buf_clear(&plain);
    }
}

static void
a_header_has_a_ceiling(void **state)
{
    static const char stanza[] = "-> example.com/x\n\n";
    struct vlt_buf file, plain;

    (void)state;
    vlt_buf_init(&file, 2 * VLT_AGE_HEADER_MAX);
    vlt_buf_put_str(&file, "age-encryption.org/v1\n");
    while (file.len <= VLT_AGE_HEADER_MAX)
        vlt_buf_put_str(&file, stanza);
    assert_int_equal(open_all(file.p, file.len, true, &plain, NULL),
        VAULT_E_LIMIT);
    vlt_buf_clear(&plain);
    vlt_buf_clear(&file);
}

static void
two_kinds_at_once_are_refused(void **state)
{
    struct vlt_age_to none = {0};
    struct vlt_age_to mixed = to_of(HYBRID, false);
    struct vlt_age_to also = to_of(PASSPHRASE, false);
    struct vlt_age_out *out = NULL;
    struct vlt_buf file;

    (void)state;
    vlt_buf_init(&file, MOST);
    mixed.x25519s = 1;
    also.kems = 1;
    assert_int_equal(vlt_age_begin(&out, put, &file, &none, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_age_begin(&out, put, &file, &mixed, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_age_begin(&out, put, &file, &also, NULL),
        VAULT_E_USAGE);
    assert_null(out);
    assert_int_equal(file.len, 0);
    vlt_buf_clear(&file);
}

/* The example of C2SP age.md. */
static void
recipients_and_identities_are_those_of_the_specification(void **state)
{
    static const char identity[] = "AGE-SECRET-KEY-"
                                   "1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGF"
                                   "PYYSJZGFPQ4EGAEX";
    static const char recipient[] =
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    static const char pq[] = "AGE-SECRET-KEY-PQ-"
                             "1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX"
                             "0H3SK3ZQFR";
    uint8_t secret[32], pk[32], computed[32], kem_key[VLT_KEM_PK];
    char text[sizeof recipient];

    (void)state;
    assert_true(vlt_age_x25519_identity(secret, identity, strlen(identity)));
    assert_true(vlt_age_x25519_recipient(pk, recipient, strlen(recipient)));
    vlt_x25519_public(computed, secret);
    assert_memory_equal(pk, computed, 32);
    assert_false(vlt_age_hybrid_identity(secret, identity, strlen(identity)));
    assert_true(vlt_age_hybrid_identity(secret, pq, strlen(pq)));
    assert_false(vlt_age_x25519_identity(secret, pq, strlen(pq)));
    assert_false(
        vlt_age_hybrid_recipient(kem_key, recipient, strlen(recipient)));
    for (size_t i = 0; i < strlen(recipient); i++) {
        memcpy(text, recipient, sizeof text);
        text[i] = text[i] == 'q' ? 'p' : 'q';
        assert_false(vlt_age_x25519_recipient(pk, text, strlen(text)));
    }
    assert_false(
        vlt_age_x25519_recipient(pk, recipient, strlen(recipient) - 1));
}

static int
begin(void **state)
{
    (void)state;
    kem = vlt_kemkey_new();
    other_kem = vlt_kemkey_new();
    passphrase = vlt_guarded_copy("trustno1", 8);
    if (kem == NULL || other_kem == NULL || passphrase == NULL)
        return -1;
    vlt_random(kem->b, sizeof kem->b);
    vlt_random(other_kem->b, sizeof other_kem->b);
    vlt_kem_public(kem_pk[0], kem->b);
    vlt_x25519_public(x25519_pk[0], x25519[0]);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    vlt_kemkey_free(kem);
    vlt_kemkey_free(other_kem);
    vlt_guarded_free(passphrase);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_comes_back),
        cmocka_unit_test(there_is_no_empty_last_chunk),
        cmocka_unit_test(a_file_cut_anywhere_does_not_end_well),
        cmocka_unit_test(a_file_with_any_bit_changed_does_not_open),
        cmocka_unit_test(a_header_is_the_one_that_was_sealed),
        cmocka_unit_test(who_has_no_key_is_told_why),
        cmocka_unit_test(a_wrong_passphrase_is_a_wrong_secret),
        cmocka_unit_test(a_costly_passphrase_is_refused_before_any_work),
        cmocka_unit_test(a_header_has_a_ceiling),
        cmocka_unit_test(two_kinds_at_once_are_refused),
        cmocka_unit_test(
            recipients_and_identities_are_those_of_the_specification),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, begin, end);
}
