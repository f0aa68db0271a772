/* SPDX-License-Identifier: Apache-2.0 */
/* test_card.c: cards say what a vault's keys are, and continue each other */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "card.h"
#include "changes.h"
#include "hash.h"
#include "known.h"
#include "sign.h"
#include "text.h"

/*
 * SEED 00 01 .. 1f and vault id a0 a1 .. af. Seeds by HKDF with Python's
 * hmac, Ed25519 public keys by OpenSSL.
 */
static const char kem_seed[] =
    "4fad2d60717ef5595128f781e44b11aea090bba820ddf7ae53dc7accf1bcd1e8";
static const char sign_seed[] =
    "2e74f1b4a2fbad92c836fca95c3e1e72f1b436a1df4308ab1ee099aec8541cdc";
static const char mini_seed[] =
    "66348fda9127970a110995fc2f1598189ee008e90bd47da7f62a4bfaff19bcf8";
static const char sign_pk[] =
    "c15e8a055d9e363a4e9eb1029ef57d701addb4641a7ea03d9f0739fa19f0a36c";
static const char mini_pk[] =
    "3111ca3bf6830c3fcd578427282acb365a72251d753419940cce5137e145ed37";
#define VAULT_HEX "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"

static struct vlt_seed *seed, *second, *third;

static int
setup(void **state)
{
    size_t i;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    seed = vlt_seed_new();
    second = vlt_seed_new();
    third = vlt_seed_new();
    assert_true(seed != NULL && second != NULL && third != NULL);
    for (i = 0; i < 32; i++) {
        seed->b[i] = (uint8_t)i;
        second->b[i] = (uint8_t)(i + 100);
        third->b[i] = (uint8_t)(i + 200);
    }
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    vlt_seed_free(seed);
    vlt_seed_free(second);
    vlt_seed_free(third);
    return 0;
}

static void
start(struct vlt_card *c, struct vlt_buf *note)
{
    *c = (struct vlt_card){.generation = 1};
    from_hex(c->vault, 16, VAULT_HEX);
    vlt_buf_init(note, VLT_NOTE_MAX);
}

static void
make_first(struct vlt_card *c, struct vlt_buf *note)
{
    start(c, note);
    assert_int_equal(vlt_card_make(c, seed, NULL, note, NULL), VAULT_OK);
}

/* The next generation's card of `previous`, by seeds s and p. */
static void
make_next(struct vlt_card *c, struct vlt_buf *note,
    const struct vlt_card *previous, const struct vlt_seed *s,
    const struct vlt_seed *p)
{
    start(c, note);
    c->generation = previous->generation + 1;
    c->has_prev = true;
    memcpy(c->prev, previous->fingerprint, 32);
    assert_int_equal(vlt_card_make(c, s, p, note, NULL), VAULT_OK);
}

static enum vault_status
parse(struct vlt_card *out, const struct vlt_buf *note)
{
    return vlt_card_parse(out, (const char *)note->p, note->len, NULL);
}

static enum vault_status
follows(const struct vlt_card *c, const struct vlt_buf *note,
    const struct vlt_card *previous)
{
    return vlt_card_follows(c, (const char *)note->p, note->len, previous,
        NULL);
}

static void
keys_come_from_the_seed_as_the_format_says(void **state)
{
    struct vlt_signkey *sign = vlt_signkey_new(), *mini = vlt_signkey_new();
    struct vlt_kemkey *kem = vlt_kemkey_new();
    struct vlt_buf note;
    struct vlt_card c;

    (void)state;
    assert_true(sign != NULL && mini != NULL && kem != NULL);
    make_first(&c, &note);
    vlt_identity_sign_seed(sign, seed, c.vault);
    vlt_identity_mini_seed(mini, seed, c.vault);
    vlt_identity_kem_seed(kem, seed, c.vault);
    assert_hex(sign->b, 32, sign_seed);
    assert_hex(mini->b, 32, mini_seed);
    assert_hex(kem->b, 32, kem_seed);
    assert_hex(c.sign, 32, sign_pk);
    assert_hex(c.mini, 32, mini_pk);
    vlt_signkey_free(sign);
    vlt_signkey_free(mini);
    vlt_kemkey_free(kem);
    vlt_buf_clear(&note);
}

/* The text as docs/format.md has it, put together by hand. */
static void
write_text(char *out, size_t size, const char *end)
{
    uint8_t sign[32], mini[32], kem[VLT_KEM_PK], ks[32];
    char sign64[45], mini64[45], kem64[1625];

    from_hex(sign, 32, sign_pk);
    from_hex(mini, 32, mini_pk);
    from_hex(ks, 32, kem_seed);
    vlt_kem_public(kem, ks);
    vlt_b64(sign64, sign, 32);
    vlt_b64(mini64, mini, 32);
    vlt_b64(kem64, kem, sizeof kem);
    (void)snprintf(out, size,
        "sanduq.v1/card\n" VAULT_HEX " 1\nsign %s\nmini %s\nkem %s\n"
        "prev -\n%s",
        sign64, mini64, kem64, end);
}

static void
the_first_card_is_written_as_the_format_says(void **state)
{
    char text[4000];
    uint8_t hash[32];
    struct vlt_buf note;
    struct vlt_card c, got;

    (void)state;
    make_first(&c, &note);
    write_text(text, sizeof text, "next -\n");
    assert_int_equal(note.len, 1944); /* section 4 */
    assert_true(note.len > strlen(text));
    assert_memory_equal(note.p, text, strlen(text));
    vlt_sha256(hash, text, strlen(text));
    assert_memory_equal(c.fingerprint, hash, 32);
    assert_int_equal(parse(&got, &note), VAULT_OK);
    assert_memory_equal(&got, &c, sizeof c);
    vlt_buf_clear(&note);
}

static void
a_card_may_name_the_key_to_come(void **state)
{
    struct vlt_buf note;
    struct vlt_card c, got;

    (void)state;
    start(&c, &note);
    c.has_next = true;
    memset(c.next, 7, 32);
    assert_int_equal(vlt_card_make(&c, seed, NULL, &note, NULL), VAULT_OK);
    assert_int_equal(parse(&got, &note), VAULT_OK);
    assert_true(got.has_next);
    assert_memory_equal(got.next, c.next, 32);
    vlt_buf_clear(&note);
}

/* Decode the hand-made text with `end` in place of its `next` line. */
static enum vault_status
decode(struct vlt_card *c, const char *end)
{
    char text[6000];

    write_text(text, sizeof text, end);
    return vlt_card_decode(c, text, strlen(text), NULL);
}

static const struct {
    const char *name;
    const char *end;
    enum vault_status want;
} ends[] = {
    {"exact", "next -\n", VAULT_OK},
    {"next given", "next AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",
        VAULT_OK},
    {"no next line", "", VAULT_E_FORMAT},
    {"no last line feed", "next -", VAULT_E_FORMAT},
    {"ext line", "next -\next a AA==\n", VAULT_OK},
    {"two ext lines", "next -\next a AA==\next b AQ==\n", VAULT_OK},
    {"ext lines out of order", "next -\next b AA==\next a AQ==\n",
        VAULT_E_FORMAT},
    {"ext line to be understood", "next -\next !a AA==\n", VAULT_E_NEWER},
    {"other line", "next -\nmore -\n", VAULT_E_FORMAT},
    {"blank line", "next -\n\n", VAULT_E_FORMAT},
};

static void
each_rule_of_the_end_is_kept(void **state)
{
    struct vlt_card c;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(ends); i++) {
        print_message("%s\n", ends[i].name);
        assert_int_equal(decode(&c, ends[i].end), ends[i].want);
    }
}

static void
the_fingerprint_covers_extension_lines(void **state)
{
    struct vlt_card plain, with;
    char text[6000];
    uint8_t hash[32];

    (void)state;
    assert_int_equal(decode(&plain, "next -\n"), VAULT_OK);
    assert_int_equal(decode(&with, "next -\next a AA==\n"), VAULT_OK);
    assert_memory_not_equal(plain.fingerprint, with.fingerprint, 32);
    write_text(text, sizeof text, "next -\next a AA==\n");
    vlt_sha256(hash, text, strlen(text));
    assert_memory_equal(with.fingerprint, hash, 32);
}

static void
a_card_with_extension_lines_is_signed_as_it_stands(void **state)
{
    struct vlt_buf note;
    uint8_t key[32];
    char text[6000], name[VLT_NAME_MAX + 1];
    struct vlt_card c;

    (void)state;
    from_hex(key, 32, sign_seed);
    start(&c, &note);
    vlt_name_sign(name, c.vault);
    write_text(text, sizeof text, "next -\next later AQID\n");
    assert_int_equal(vlt_note_sign(&note, text, strlen(text), name, key, NULL),
        VAULT_OK);
    assert_int_equal(parse(&c, &note), VAULT_OK);
    assert_true(vlt_card_matches_seed(&c, seed));
    vlt_buf_clear(&note);
}

static void
is_refused(void *ctx, const char *note, size_t len)
{
    struct vlt_card c;

    (void)ctx;
    assert_int_not_equal(vlt_card_parse(&c, note, len, NULL), VAULT_OK);
}

static void
no_change_of_one_byte_is_taken(void **state)
{
    struct vlt_buf note;
    struct vlt_card c;

    (void)state;
    make_first(&c, &note);
    each_change((const char *)note.p, note.len, is_refused, NULL);
    vlt_buf_clear(&note);
}

static enum vault_status
decode_struct(const struct vlt_card *c)
{
    struct vlt_buf text;
    struct vlt_card got;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_encode(&text, c, NULL), VAULT_OK);
    st = vlt_card_decode(&got, (const char *)text.p, text.len, NULL);
    vlt_buf_clear(&text);
    return st;
}

static void
keys_that_must_not_be_trusted_are_refused(void **state)
{
    struct vlt_buf note;
    struct vlt_card good, c;

    (void)state;
    make_first(&good, &note);
    assert_int_equal(decode_struct(&good), VAULT_OK);
    c = good;
    memset(c.sign, 0, 32); /* a point of order 4 */
    assert_int_equal(decode_struct(&c), VAULT_E_FORMAT);
    c = good;
    memset(c.mini, 0, 32);
    c.mini[0] = 1; /* the neutral element */
    assert_int_equal(decode_struct(&c), VAULT_E_FORMAT);
    c = good;
    memset(c.mini, 0xff, 32); /* not canonical */
    assert_int_equal(decode_struct(&c), VAULT_E_FORMAT);
    c = good;
    memset(c.kem, 0xff, 3); /* coefficients beyond the modulus */
    assert_int_equal(decode_struct(&c), VAULT_E_FORMAT);
    c = good;
    memset(c.kem + VLT_KEM_PK - 32, 0, 32); /* X25519 point of small order */
    assert_int_equal(decode_struct(&c), VAULT_E_FORMAT);
    vlt_buf_clear(&note);
}

static void
a_generation_that_cannot_be_is_not_written(void **state)
{
    struct vlt_buf text;
    struct vlt_card c;

    (void)state;
    start(&c, &text);
    c.generation = 0;
    assert_int_equal(vlt_card_encode(&text, &c, NULL), VAULT_E_FORMAT);
    c.generation = 2;
    assert_int_equal(vlt_card_encode(&text, &c, NULL), VAULT_E_FORMAT);
    c.generation = 1;
    c.has_prev = true;
    assert_int_equal(vlt_card_encode(&text, &c, NULL), VAULT_E_FORMAT);
    assert_int_equal(text.len, 0);
    vlt_buf_clear(&text);
}

static void
a_card_signed_by_another_key_is_refused(void **state)
{
    struct vlt_buf text, note;
    struct vlt_card c, got;
    char name[VLT_NAME_MAX + 1];
    uint8_t other[32] = {9};

    (void)state;
    make_first(&c, &note);
    vlt_buf_clear(&note);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_encode(&text, &c, NULL), VAULT_OK);
    vlt_name_sign(name, c.vault);
    assert_int_equal(vlt_note_sign(&note, (const char *)text.p, text.len, name,
                         other, NULL),
        VAULT_OK);
    assert_int_equal(parse(&got, &note), VAULT_E_TAMPERED);
    vlt_buf_reset(&note);
    /* by the right key under another name */
    from_hex(other, 32, sign_seed);
    assert_int_equal(vlt_note_sign(&note, (const char *)text.p, text.len,
                         "sanduq.invalid/x/sign", other, NULL),
        VAULT_OK);
    assert_int_equal(parse(&got, &note), VAULT_E_TAMPERED);
    vlt_buf_clear(&text);
    vlt_buf_clear(&note);
}

static void
the_next_generation_continues_the_last(void **state)
{
    struct vlt_buf note1, note2, note3;
    struct vlt_card c1, c2, c3, got;

    (void)state;
    make_first(&c1, &note1);
    make_next(&c2, &note2, &c1, second, seed);
    make_next(&c3, &note3, &c2, third, second);
    assert_int_equal(parse(&got, &note2), VAULT_OK);
    assert_int_equal(follows(&got, &note2, &c1), VAULT_OK);
    assert_int_equal(follows(&c3, &note3, &c2), VAULT_OK);
    /* not over one, not backwards, not itself, not by another's note */
    assert_int_equal(follows(&c3, &note3, &c1), VAULT_E_TAMPERED);
    assert_int_equal(follows(&c1, &note1, &c2), VAULT_E_TAMPERED);
    assert_int_equal(follows(&c2, &note2, &c2), VAULT_E_TAMPERED);
    assert_int_equal(follows(&c2, &note3, &c1), VAULT_E_TAMPERED);
    vlt_buf_clear(&note1);
    vlt_buf_clear(&note2);
    vlt_buf_clear(&note3);
}

static void
a_successor_needs_the_signature_of_the_last_key(void **state)
{
    struct vlt_buf note1, note2;
    struct vlt_card c1, c2, got;

    (void)state;
    make_first(&c1, &note1);
    make_next(&c2, &note2, &c1, second, third);      /* third is not the last */
    assert_int_equal(parse(&got, &note2), VAULT_OK); /* signed by itself */
    assert_int_equal(follows(&got, &note2, &c1), VAULT_E_TAMPERED);
    vlt_buf_clear(&note1);
    vlt_buf_clear(&note2);
}

static void
a_successor_belongs_to_the_same_vault_and_card(void **state)
{
    struct vlt_buf note1, note2;
    struct vlt_card c1, c2, other;

    (void)state;
    make_first(&c1, &note1);
    make_next(&c2, &note2, &c1, second, seed);
    other = c1;
    other.vault[0] ^= 1;
    assert_int_equal(follows(&c2, &note2, &other), VAULT_E_TAMPERED);
    other = c1;
    other.fingerprint[0] ^= 1;
    assert_int_equal(follows(&c2, &note2, &other), VAULT_E_TAMPERED);
    vlt_buf_clear(&note1);
    vlt_buf_clear(&note2);
}

static void
a_generation_may_not_be_passed_over(void **state)
{
    struct vlt_buf note1, note;
    struct vlt_card c1, c;

    (void)state;
    make_first(&c1, &note1);
    start(&c, &note);
    c.generation = 3;
    c.has_prev = true;
    memcpy(c.prev, c1.fingerprint, 32);
    assert_int_equal(vlt_card_make(&c, second, seed, &note, NULL), VAULT_OK);
    assert_int_equal(follows(&c, &note, &c1), VAULT_E_TAMPERED);
    vlt_buf_clear(&note1);
    vlt_buf_clear(&note);
}

/* Two cards continue the first: one's note says nothing of the other. */
static void
the_note_must_be_that_of_the_card(void **state)
{
    struct vlt_buf note1, note2, note3;
    struct vlt_card c1, c2, c3;

    (void)state;
    make_first(&c1, &note1);
    make_next(&c2, &note2, &c1, second, seed);
    make_next(&c3, &note3, &c1, third, seed);
    assert_int_equal(follows(&c2, &note2, &c1), VAULT_OK);
    assert_int_equal(follows(&c3, &note3, &c1), VAULT_OK);
    assert_int_equal(follows(&c3, &note2, &c1), VAULT_E_TAMPERED);
    vlt_buf_clear(&note1);
    vlt_buf_clear(&note2);
    vlt_buf_clear(&note3);
}

static void
only_the_key_that_was_named_may_come_next(void **state)
{
    struct vlt_buf note1, note2, note3;
    struct vlt_card c1, c2, other;

    (void)state;
    start(&c1, &note1);
    make_first(&other, &note2); /* to learn the second seed's sign key */
    vlt_buf_clear(&note2);
    make_next(&c2, &note2, &other, second, seed);
    c1.has_next = true;
    vlt_sha256(c1.next, c2.sign, 32);
    assert_int_equal(vlt_card_make(&c1, seed, NULL, &note1, NULL), VAULT_OK);
    vlt_buf_clear(&note2);
    make_next(&c2, &note2, &c1, second, seed);
    assert_int_equal(follows(&c2, &note2, &c1), VAULT_OK);
    make_next(&other, &note3, &c1, third, seed);
    assert_int_equal(follows(&other, &note3, &c1), VAULT_E_TAMPERED);
    vlt_buf_clear(&note1);
    vlt_buf_clear(&note2);
    vlt_buf_clear(&note3);
}

static void
a_card_matches_its_own_seed_only(void **state)
{
    struct vlt_buf note;
    struct vlt_card c, other;

    (void)state;
    make_first(&c, &note);
    assert_true(vlt_card_matches_seed(&c, seed));
    assert_false(vlt_card_matches_seed(&c, second));
    other = c;
    other.sign[0] ^= 1;
    assert_false(vlt_card_matches_seed(&other, seed));
    other = c;
    other.mini[0] ^= 1;
    assert_false(vlt_card_matches_seed(&other, seed));
    other = c;
    other.kem[1215] ^= 1;
    assert_false(vlt_card_matches_seed(&other, seed));
    other = c;
    other.vault[0] ^= 1;
    assert_false(vlt_card_matches_seed(&other, seed));
    vlt_buf_clear(&note);
}

/* Made with Python from H of nothing, e3b0c442 .. (its first 160 bits). */
static void
a_fingerprint_is_read_out_in_groups_of_four(void **state)
{
    char text[VLT_FINGERPRINT_TEXT];
    uint8_t hash[32];

    (void)state;
    vlt_sha256(hash, "", 0);
    vlt_fingerprint_text(text, hash);
    assert_string_equal(text, "uwcv gs5c lswp fxhm 7nyf jmae ysn6 us0y");
}

/*
 * The example of C2SP age.md: the identity AGE-SECRET-KEY-PQ-1XX76..., and
 * the SHA-256 of the recipient of 1,959 characters printed there.
 */
static void
the_age_recipient_is_that_of_the_age_specification(void **state)
{
    char text[VLT_CARD_AGE_TEXT];
    uint8_t identity[32], hash[32];
    struct vlt_card c = {.generation = 1};

    (void)state;
    from_hex(identity, 32,
        "31bda90fbf9fccdde5cfc0ed5a0378c5ea67ea193d7938b03b8c5dabb9a67de3");
    vlt_kem_public(c.kem, identity);
    vlt_card_age(text, &c);
    assert_int_equal(strlen(text), 1959);
    assert_memory_equal(text, "age1pq1x34nzsvr0rxjsgdn8", 24);
    vlt_sha256(hash, text, strlen(text));
    assert_hex(hash, 32,
        "a091dd7e0ee9d62b75173dcc98441a0424baa941e66a8776e570a4ae60ff61ea");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_from_the_seed_as_the_format_says),
        cmocka_unit_test(the_first_card_is_written_as_the_format_says),
        cmocka_unit_test(a_card_may_name_the_key_to_come),
        cmocka_unit_test(each_rule_of_the_end_is_kept),
        cmocka_unit_test(the_fingerprint_covers_extension_lines),
        cmocka_unit_test(a_card_with_extension_lines_is_signed_as_it_stands),
        cmocka_unit_test(no_change_of_one_byte_is_taken),
        cmocka_unit_test(keys_that_must_not_be_trusted_are_refused),
        cmocka_unit_test(a_generation_that_cannot_be_is_not_written),
        cmocka_unit_test(a_card_signed_by_another_key_is_refused),
        cmocka_unit_test(the_next_generation_continues_the_last),
        cmocka_unit_test(a_successor_needs_the_signature_of_the_last_key),
        cmocka_unit_test(a_successor_belongs_to_the_same_vault_and_card),
        cmocka_unit_test(a_generation_may_not_be_passed_over),
        cmocka_unit_test(the_note_must_be_that_of_the_card),
        cmocka_unit_test(only_the_key_that_was_named_may_come_next),
        cmocka_unit_test(a_card_matches_its_own_seed_only),
        cmocka_unit_test(a_fingerprint_is_read_out_in_groups_of_four),
        cmocka_unit_test(the_age_recipient_is_that_of_the_age_specification),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
