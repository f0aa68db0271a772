/* SPDX-License-Identifier: Apache-2.0 */
/* test_travel_texts.c: challenge, answer, request, unlock: bytes of another
 * implementation, one form, and what mail does to them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "challenge.h"
#include "changes.h"
#include "hash.h"
#include "kem.h"
#include "known.h"
#include "known_travel.h"
#include "regain.h"

static void
fill(uint8_t *p, size_t n, uint8_t first)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(first + i);
}

static void
equals(struct vlt_buf *b, const char *known)
{
    assert_string_equal(vlt_buf_cstr(b), known);
    vlt_buf_clear(b);
}

/* The slot's row as the other implementation made it, out of its request. */
static void
known_row(uint8_t row[VLT_SLOT5_SIZE])
{
    struct vlt_unlock_request r;

    assert_int_equal(vlt_unlock_request_decode(&r, known_request,
                         strlen(known_request), NULL),
        VAULT_OK);
    memcpy(row, r.row, sizeof r.row);
}

static void
a_challenge_is_what_another_implementation_computes(void **state)
{
    uint8_t row[VLT_SLOT5_SIZE], q[32], eseed[64], seed[32], expect[32];
    struct vlt_challenge c = {0};
    struct vlt_card to = {0};
    struct vlt_buf text;

    (void)state;
    known_row(row);
    fill(c.vault, 16, 0xa0);
    fill(c.slot, 16, 0x30);
    vlt_sha256(c.row, row, sizeof row);
    fill(seed, 32, 0x11);
    vlt_kem_public(to.kem, seed);
    fill(to.fingerprint, 32, 0x50);
    fill(q, 32, 0x70);
    fill(eseed, 64, 0x31);
    assert_int_equal(vlt_challenge_build(&c, &to, q, eseed, expect, NULL),
        VAULT_OK);
    vlt_buf_init(&text, VLT_FIXED_MAX);
    assert_int_equal(vlt_challenge_encode(&text, &c, NULL), VAULT_OK);
    equals(&text, known_challenge);
    assert_hex(expect, 32, known_answer_hash);
}

static void
its_answer_is_too(void **state)
{
    struct vlt_kemkey *kem = vlt_kemkey_new(), *other = vlt_kemkey_new();
    struct vlt_challenge c;
    struct vlt_answer a;
    struct vlt_buf text;

    (void)state;
    assert_non_null(kem);
    assert_non_null(other);
    fill(kem->b, 32, 0x11);
    fill(other->b, 32, 0x12);
    assert_int_equal(vlt_challenge_decode(&c, known_challenge,
                         strlen(known_challenge), NULL),
        VAULT_OK);
    assert_int_equal(vlt_challenge_answer(&a, &c, other, NULL),
        VAULT_E_NO_KEY);
    assert_int_equal(vlt_challenge_answer(&a, &c, kem, NULL), VAULT_OK);
    vlt_buf_init(&text, VLT_FIXED_MAX);
    assert_int_equal(vlt_answer_encode(&text, &a, NULL), VAULT_OK);
    equals(&text, known_answer);
    assert_int_equal(
        vlt_answer_decode(&a, known_answer, strlen(known_answer), NULL),
        VAULT_OK);
    assert_hex(a.text_hash, 32, known_answer_hash);
    /* the answer is about this vault, slot and row, and no other */
    c.row[0] ^= 1;
    assert_int_equal(vlt_challenge_answer(&a, &c, kem, NULL), VAULT_E_NO_KEY);
    c.row[0] ^= 1;
    c.slot[15] ^= 1;
    assert_int_equal(vlt_challenge_answer(&a, &c, kem, NULL), VAULT_E_NO_KEY);
    vlt_kemkey_free(kem);
    vlt_kemkey_free(other);
}

static void
a_request_and_what_unlocks_are_what_another_implementation_computes(
    void **state)
{
    struct vlt_kemkey *hq = vlt_kemkey_new();
    struct vlt_vmk *vmk = vlt_vmk_new();
    struct vlt_unlock_request r;
    struct vlt_unlock_text u;
    struct vlt_slot slot;
    uint8_t eseed[64], want[32], vault[16];
    struct vlt_buf text;

    (void)state;
    assert_non_null(hq);
    assert_non_null(vmk);
    assert_int_equal(vlt_unlock_request_decode(&r, known_request,
                         strlen(known_request), NULL),
        VAULT_OK);
    assert_hex(r.text_hash, 32, known_request_hash);
    /* headquarters' key opens the slot that the other implementation made */
    fill(hq->b, 32, 0x11);
    fill(vault, 16, 0xa0);
    assert_int_equal(vlt_slot_decode(&slot, r.row, sizeof r.row, NULL),
        VAULT_OK);
    assert_int_equal(vlt_slot_open(&slot, vault,
                         &(struct vlt_offer){.kem = hq}, vmk, NULL),
        VAULT_OK);
    fill(want, 32, 0x90);
    assert_memory_equal(vmk->b, want, 32);
    fill(eseed, 64, 0x51);
    assert_int_equal(vlt_unlock_build(&u, &r, vmk, eseed, NULL), VAULT_OK);
    vlt_buf_init(&text, VLT_FIXED_MAX);
    assert_int_equal(vlt_unlock_encode(&text, &u, NULL), VAULT_OK);
    equals(&text, known_unlock);
    vlt_kemkey_free(hq);
    vlt_vmk_free(vmk);
}

static void
what_unlocks_opens_for_its_request_only(void **state)
{
    struct vlt_vmk *vmk = vlt_vmk_new();
    struct vlt_request_key k;
    struct vlt_unlock_text u;
    struct vlt_buf text;
    uint8_t want[32], other[32];

    (void)state;
    assert_non_null(vmk);
    assert_int_equal(vlt_request_key_decode(&k, known_request_key,
                         strlen(known_request_key), NULL),
        VAULT_OK);
    assert_hex(k.request, 32, known_request_hash);
    assert_int_equal(
        vlt_unlock_decode(&u, known_unlock, strlen(known_unlock), NULL),
        VAULT_OK);
    assert_int_equal(vlt_unlock_open(vmk, &u, k.request, k.kem, NULL),
        VAULT_OK);
    fill(want, 32, 0x90);
    assert_memory_equal(vmk->b, want, 32);
    memcpy(other, k.request, 32);
    other[31] ^= 1;
    assert_int_equal(vlt_unlock_open(vmk, &u, other, k.kem, NULL),
        VAULT_E_NO_KEY);
    /* the same with the other hash in the text: the seal is bound to it */
    memcpy(u.request, other, 32);
    assert_int_equal(vlt_unlock_open(vmk, &u, other, k.kem, NULL),
        VAULT_E_NO_KEY);
    vlt_buf_init(&text, VLT_FIXED_MAX);
    assert_int_equal(vlt_request_key_encode(&text, &k, NULL), VAULT_OK);
    equals(&text, known_request_key);
    vlt_kemkey_free(k.kem);
    vlt_vmk_free(vmk);
}

/* A challenge cannot be had opened as a slot, nor a slot as a challenge. */
static void
one_kind_of_seal_is_never_opened_as_another(void **state)
{
    struct vlt_kemkey *hq = vlt_kemkey_new();
    struct vlt_unlock_request r;
    struct vlt_challenge c;
    struct vlt_answer a;

    (void)state;
    assert_non_null(hq);
    fill(hq->b, 32, 0x11);
    assert_int_equal(vlt_unlock_request_decode(&r, known_request,
                         strlen(known_request), NULL),
        VAULT_OK);
    assert_int_equal(vlt_challenge_decode(&c, known_challenge,
                         strlen(known_challenge), NULL),
        VAULT_OK);
    memcpy(c.seal, r.row + 80, sizeof c.seal);
    assert_int_equal(vlt_challenge_answer(&a, &c, hq, NULL), VAULT_E_NO_KEY);
    vlt_kemkey_free(hq);
}

/* ---- one exact form ---- */

struct kind {
    const char *known;
    const struct vlt_fixed_form *form;
    enum vault_status (*again)(struct vlt_buf *out, const char *text,
        size_t len);
};

#define AGAIN(name, type, decode, encode)                              \
    static enum vault_status name(struct vlt_buf *out, const char *text, \
        size_t len)                                                    \
    {                                                                  \
        struct type x;                                                 \
        enum vault_status st = decode(&x, text, len, NULL);            \
                                                                       \
        return st == VAULT_OK ? encode(out, &x, NULL) : st;            \
    }
AGAIN(challenge_again, vlt_challenge, vlt_challenge_decode,
    vlt_challenge_encode)
AGAIN(answer_again, vlt_answer, vlt_answer_decode, vlt_answer_encode)
AGAIN(request_again, vlt_unlock_request, vlt_unlock_request_decode,
    vlt_unlock_request_encode)
AGAIN(unlock_again, vlt_unlock_text, vlt_unlock_decode, vlt_unlock_encode)

static const struct kind kinds[] = {
    {known_challenge, &vlt_challenge_form, challenge_again},
    {known_answer, &vlt_answer_form, answer_again},
    {known_request, &vlt_unlock_request_form, request_again},
    {known_unlock, &vlt_unlock_form, unlock_again},
};

static void
try_changed(void *ctx, const char *text, size_t len)
{
    const struct kind *k = ctx;
    struct vlt_buf again;

    vlt_buf_init(&again, VLT_FIXED_MAX);
    if (k->again(&again, text, len) == VAULT_OK) {
        assert_int_equal(again.len, len);
        assert_memory_equal(again.p, text, len);
    }
    vlt_buf_clear(&again);
}

static void
what_is_accepted_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    /* the short one at every place; what the others differ in is length */
    each_change(known_answer, strlen(known_answer), try_changed,
        (void *)(uintptr_t)&kinds[1]);
    for (size_t i = 0; i < ROWS(kinds); i++) {
        struct vlt_buf b;
        size_t n = strlen(kinds[i].known);

        vlt_buf_init(&b, VLT_FIXED_MAX);
        assert_int_equal(kinds[i].again(&b, kinds[i].known, n), VAULT_OK);
        vlt_buf_reset(&b);
        assert_int_equal(kinds[i].again(&b, kinds[i].known, n - 1),
            VAULT_E_FORMAT);
        vlt_buf_clear(&b);
    }
}

static void
a_request_with_another_slot_is_refused(void **state)
{
    struct vlt_unlock_request r;
    struct vlt_buf text;

    (void)state;
    assert_int_equal(vlt_unlock_request_decode(&r, known_request,
                         strlen(known_request), NULL),
        VAULT_OK);
    r.slot[0] ^= 1;
    vlt_buf_init(&text, VLT_FIXED_MAX);
    assert_int_equal(vlt_unlock_request_encode(&text, &r, NULL), VAULT_OK);
    assert_int_equal(vlt_unlock_request_decode(&r, (const char *)text.p,
                         text.len, NULL),
        VAULT_E_FORMAT);
    vlt_buf_reset(&text);
    r.slot[0] ^= 1;
    memset(r.kem, 0xff, sizeof r.kem);
    assert_int_equal(vlt_unlock_request_encode(&text, &r, NULL), VAULT_OK);
    assert_int_equal(vlt_unlock_request_decode(&r, (const char *)text.p,
                         text.len, NULL),
        VAULT_E_FORMAT);
    vlt_buf_clear(&text);
}

/* ---- what came by mail ---- */

/* Breaks lines at `width`, puts `before` at the beginning of each. */
static void
mangle(struct vlt_buf *out, const char *text, size_t width, const char *before,
    const char *end)
{
    size_t column = 0;

    vlt_buf_put_str(out, before);
    for (; *text != '\0'; text++) {
        if (*text == '\n' || column == width) {
            vlt_buf_put_str(out, end);
            vlt_buf_put_str(out, before);
            column = 0;
        }
        if (*text != '\n') {
            vlt_buf_put_u8(out, (uint8_t)*text);
            column++;
        }
    }
}

static void
mends_to(const struct kind *k, const void *raw, size_t len)
{
    struct vault_error err = {0};
    struct vlt_buf text;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    if (vlt_fixed_mend(&text, k->form, raw, len, &err) != VAULT_OK)
        fail_msg("%s: %s", k->form->what, err.message);
    equals(&text, k->known);
}

static void
line_ends_quotes_and_words_around_do_not_matter(void **state)
{
    static const struct {
        size_t width;
        const char *before, *end, *first, *last;
    } ways[] = {
        {100000, "", "\n", "", ""},
        {100000, "", "\r\n", "", "\r\n\r\n"},
        {76, "", "\r\n", "\xef\xbb\xbf", ""},
        {60, "> ", "\n", "Here it is:\n\n", "\n-- \nA. B., tel. 12345\n"},
        {72, "> > | ", "\r\n", "On Monday X wrote:\r\n", "\r\nyours\r\n"},
        {40, "\t \xc2\xa0", " \xe2\x80\x8b\n", "", "   "},
    };

    (void)state;
    for (size_t i = 0; i < ROWS(kinds); i++) {
        for (size_t w = 0; w < ROWS(ways); w++) {
            struct vlt_buf raw;

            vlt_buf_init(&raw, VLT_FIXED_RAW);
            vlt_buf_put_str(&raw, ways[w].first);
            mangle(&raw, kinds[i].known, ways[w].width, ways[w].before,
                ways[w].end);
            vlt_buf_put_str(&raw, ways[w].last);
            mends_to(&kinds[i], raw.p, raw.len);
            vlt_buf_clear(&raw);
        }
    }
}

static void
what_is_cut_says_how_much_is_missing(void **state)
{
    struct vault_error err = {0};
    size_t visible = 0;
    struct vlt_buf text;

    (void)state;
    vlt_buf_init(&text, VLT_FIXED_MAX);
    for (const char *s = known_unlock; *s != '\0'; s++)
        visible += *s != ' ' && *s != '\n';
    for (size_t drop = 1; drop < 60; drop += 7) {
        char want[32];

        vlt_buf_reset(&text);
        assert_int_equal(vlt_fixed_mend(&text, &vlt_unlock_form, known_unlock,
                             strlen(known_unlock) - 1 - drop, &err),
            VAULT_E_FORMAT);
        (void)snprintf(want, sizeof want, "%zu of its %zu ", drop, visible);
        if (strstr(err.message, want) == NULL)
            fail_msg("%zu: %s", drop, err.message);
    }
    vlt_buf_clear(&text);
}

static void
refused(const char *raw, enum vault_status want, const char *says)
{
    struct vault_error err = {0};
    struct vlt_buf text;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    assert_int_equal(vlt_fixed_mend(&text, &vlt_answer_form, raw, strlen(raw),
                         &err),
        want);
    if (strstr(err.message, says) == NULL)
        fail_msg("no \"%s\" in: %s", says, err.message);
    vlt_buf_clear(&text);
}

static void
what_is_something_else_says_what(void **state)
{
    char two[2048], hole[512];
    char *middle;

    (void)state;
    refused("", VAULT_E_FORMAT, "no answer is in this text");
    refused("sanduq.v1/answered\n", VAULT_E_FORMAT, "\"answered\"");
    refused(known_challenge, VAULT_E_FORMAT, "\"challenge\"");
    (void)snprintf(two, sizeof two, "%s%s", known_answer, known_answer);
    refused(two, VAULT_E_AMBIGUOUS, "more than one");
    (void)snprintf(hole, sizeof hole, "%s", known_answer);
    middle = strstr(hole, "answer ");
    assert_non_null(middle);
    memmove(middle - 3, middle, strlen(middle) + 1);
    refused(hole, VAULT_E_FORMAT, "damaged after");
    (void)snprintf(hole, sizeof hole, "%.*sx", (int)strlen(known_answer) - 1,
        known_answer);
    refused(hole, VAULT_E_FORMAT, "damaged after");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_challenge_is_what_another_implementation_computes),
        cmocka_unit_test(its_answer_is_too),
        cmocka_unit_test(
            a_request_and_what_unlocks_are_what_another_implementation_computes),
        cmocka_unit_test(what_unlocks_opens_for_its_request_only),
        cmocka_unit_test(one_kind_of_seal_is_never_opened_as_another),
        cmocka_unit_test(what_is_accepted_encodes_to_the_same_bytes),
        cmocka_unit_test(a_request_with_another_slot_is_refused),
        cmocka_unit_test(line_ends_quotes_and_words_around_do_not_matter),
        cmocka_unit_test(what_is_cut_says_how_much_is_missing),
        cmocka_unit_test(what_is_something_else_says_what),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
