/* SPDX-License-Identifier: Apache-2.0 */
/* test_replica.c: replica notes name a log, its key and what came before */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "hash.h"
#include "known.h"
#include "replica.h"
#include "text.h"

#define VAULT_HEX "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define LOG_KEY   /* of the seed 00 01 .. 1f, by OpenSSL */ \
    "log A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
#define CARD "card AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
#define HASH "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define START \
    "sanduq.v1/replica\n" VAULT_HEX " 0102030405060708 3\n" LOG_KEY CARD
#define BASES                                 \
    "base 0000000000000001 100000 " HASH "\n" \
    "base 0102030405060709 9 " HASH "\n"      \
    "base ff00000000000000 18446744073709551615 " HASH "\n"

static struct vlt_seed *seed, *other;
static struct vlt_card card;

static int
setup(void **state)
{
    struct vlt_buf note;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    seed = vlt_seed_new();
    other = vlt_seed_new();
    assert_true(seed != NULL && other != NULL);
    memset(other->b, 1, 32);
    from_hex(card.vault, 16, VAULT_HEX);
    card.generation = 1;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&card, seed, NULL, &note, NULL), VAULT_OK);
    vlt_buf_clear(&note);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    vlt_seed_free(seed);
    vlt_seed_free(other);
    return 0;
}

/* What START says, with room for n base lines. */
static void
start(struct vlt_replica *r, size_t n)
{
    *r = (struct vlt_replica){.number = 3, .bases = n};
    from_hex(r->vault, 16, VAULT_HEX);
    from_hex(r->replica, 8, "0102030405060708");
    from_hex(r->log_key, 32,
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
    memset(r->card, 1, 32);
    if (n > 0) {
        r->base = calloc(n, sizeof *r->base);
        assert_non_null(r->base);
    }
}

/* Three base lines, in another order than that of BASES. */
static void
start_with_bases(struct vlt_replica *r)
{
    size_t i;

    start(r, 3);
    from_hex(r->base[0].replica, 8, "ff00000000000000");
    from_hex(r->base[1].replica, 8, "0000000000000001");
    from_hex(r->base[2].replica, 8, "0102030405060709");
    r->base[0].size = UINT64_MAX;
    r->base[1].size = 100000;
    r->base[2].size = 9;
    for (i = 0; i < 3; i++)
        memset(r->base[i].checkpoint, 2, 32);
}

static void
notes_are_written_as_the_format_says_and_read_back(void **state)
{
    static const char *const want[] = {START, START BASES};
    struct vlt_replica r, got;
    struct vlt_buf note;
    uint8_t hash[32];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(want); i++) {
        if (i == 0)
            start(&r, 0);
        else
            start_with_bases(&r);
        vlt_buf_init(&note, VLT_NOTE_MAX);
        assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_OK);
        assert_true(note.len > strlen(want[i]));
        assert_memory_equal(note.p, want[i], strlen(want[i]));
        vlt_sha256(hash, want[i], strlen(want[i]));
        assert_memory_equal(r.text_hash, hash, 32);
        assert_int_equal(vlt_replica_parse(&got, (const char *)note.p, note.len,
                             NULL),
            VAULT_OK);
        assert_int_equal(got.number, 3);
        assert_int_equal(got.bases, r.bases);
        assert_memory_equal(got.vault, r.vault, 16);
        assert_memory_equal(got.replica, r.replica, 8);
        assert_memory_equal(got.log_key, r.log_key, 32);
        assert_memory_equal(got.card, r.card, 32);
        assert_memory_equal(got.text_hash, hash, 32);
        if (i > 0)
            assert_memory_equal(got.base, r.base, 3 * sizeof *r.base);
        vlt_replica_clear(&r);
        vlt_replica_clear(&got);
        vlt_buf_clear(&note);
    }
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"no base", START, VAULT_OK},
    {"three bases", START BASES, VAULT_OK},
    {"size 0", START "base 0000000000000001 0 " HASH "\n", VAULT_OK},
    {"one more than the largest size",
        START "base 0000000000000001 18446744073709551616 " HASH "\n",
        VAULT_E_FORMAT},
    {"leading zero", START "base 0000000000000001 01 " HASH "\n",
        VAULT_E_FORMAT},
    {"bases out of order",
        START "base 0000000000000002 1 " HASH "\n"
              "base 0000000000000001 1 " HASH "\n",
        VAULT_E_FORMAT},
    {"a log twice",
        START "base 0000000000000001 1 " HASH "\n"
              "base 0000000000000001 2 " HASH "\n",
        VAULT_E_FORMAT},
    {"its own log", START "base 0102030405060708 1 " HASH "\n", VAULT_E_FORMAT},
    {"base -", START "base -\n", VAULT_E_FORMAT},
    {"number 0",
        "sanduq.v1/replica\n" VAULT_HEX " 0102030405060708 0\n" LOG_KEY CARD,
        VAULT_E_FORMAT},
    {"log key of small order",
        "sanduq.v1/replica\n" VAULT_HEX " 0102030405060708 1\n"
        "log AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" CARD,
        VAULT_E_FORMAT},
    {"ext line", START BASES "ext a AA==\n", VAULT_OK},
    {"ext line before base",
        START "ext a AA==\nbase 0000000000000001 1 " HASH "\n", VAULT_E_FORMAT},
    {"ext line to be understood", START "ext !a AA==\n", VAULT_E_NEWER},
    {"session", "sanduq.v1/session\n", VAULT_E_FORMAT},
    {"no last line feed", START "base 0000000000000001 1 " HASH,
        VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_replica r;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(vlt_replica_decode(&r, rows[i].text,
                             strlen(rows[i].text), NULL),
            rows[i].want);
        if (rows[i].want == VAULT_OK)
            vlt_replica_clear(&r);
    }
}

static void
as_many_base_lines_as_the_limit_says(void **state)
{
    struct vlt_replica r, got;
    struct vlt_buf note;
    size_t i;

    (void)state;
    start(&r, VLT_REPLICA_BASES + 1);
    r.number = UINT32_MAX;
    for (i = 0; i <= VLT_REPLICA_BASES; i++) {
        r.base[i].replica[0] = (uint8_t)(i >> 8);
        r.base[i].replica[1] = (uint8_t)i;
        r.base[i].size = UINT64_MAX;
    }
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_E_FORMAT);
    r.bases--;
    assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_replica_parse(&got, (const char *)note.p, note.len,
                         NULL),
        VAULT_OK);
    assert_int_equal(got.bases, VLT_REPLICA_BASES);
    vlt_replica_clear(&got);
    vlt_replica_clear(&r);
    vlt_buf_clear(&note);
}

static void
one_base_line_too_many_is_refused(void **state)
{
    struct vlt_replica r;
    struct vlt_buf text;
    size_t i;

    (void)state;
    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_buf_put_str(&text, START);
    for (i = 0; i <= VLT_REPLICA_BASES; i++)
        vlt_buf_printf(&text, "base %016zx 1 " HASH "\n", i);
    assert_int_equal(vlt_replica_decode(&r, (const char *)text.p, text.len,
                         NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vlt_replica_decode(&r, (const char *)text.p,
                         text.len -
                             strlen("base 0123456789abcdef 1 " HASH "\n"),
                         NULL),
        VAULT_OK);
    vlt_replica_clear(&r);
    vlt_buf_clear(&text);
}

static void
what_cannot_be_is_not_signed(void **state)
{
    struct vlt_replica r;
    struct vlt_buf note;

    (void)state;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    start_with_bases(&r);
    r.number = 0;
    assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_E_FORMAT);
    r.number = 1;
    memcpy(r.base[0].replica, r.base[1].replica, 8);
    assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_E_FORMAT);
    memcpy(r.base[0].replica, r.replica, 8);
    assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_E_FORMAT);
    assert_int_equal(note.len, 0);
    vlt_replica_clear(&r);
    vlt_buf_clear(&note);
}

static enum vault_status
check(const struct vlt_buf *note, const struct vlt_card *c)
{
    return vlt_replica_check((const char *)note->p, note->len, c, NULL);
}

static void
a_note_holds_under_its_card_only(void **state)
{
    struct vlt_replica r;
    struct vlt_card c;
    struct vlt_buf note;

    (void)state;
    start_with_bases(&r);
    memcpy(r.card, card.fingerprint, 32);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_OK);
    assert_int_equal(check(&note, &card), VAULT_OK);
    c = card;
    c.vault[0] ^= 1;
    assert_int_equal(check(&note, &c), VAULT_E_TAMPERED);
    c = card;
    c.fingerprint[0] ^= 1;
    assert_int_equal(check(&note, &c), VAULT_E_TAMPERED);
    c = card;
    memcpy(c.sign, card.mini, 32);
    assert_int_equal(check(&note, &c), VAULT_E_TAMPERED);

    vlt_buf_reset(&note);
    assert_int_equal(vlt_replica_make(&r, other, &note, NULL), VAULT_OK);
    assert_int_equal(check(&note, &card), VAULT_E_TAMPERED);
    vlt_replica_clear(&r);
    vlt_buf_clear(&note);
}

static void
is_refused(void *ctx, const char *note, size_t len)
{
    (void)ctx;
    assert_int_not_equal(vlt_replica_check(note, len, &card, NULL), VAULT_OK);
}

static void
no_change_of_one_byte_holds(void **state)
{
    struct vlt_replica r;
    struct vlt_buf note;

    (void)state;
    start_with_bases(&r);
    memcpy(r.card, card.fingerprint, 32);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_replica_make(&r, seed, &note, NULL), VAULT_OK);
    each_change((const char *)note.p, note.len, is_refused, NULL);
    vlt_replica_clear(&r);
    vlt_buf_clear(&note);
}

static void
is_refused_or_encodes_again(void *ctx, const char *text, size_t len)
{
    struct vlt_replica r;
    struct vlt_buf out;

    if (vlt_replica_decode(&r, text, len, NULL) != VAULT_OK)
        return;
    ++*(size_t *)ctx;
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_replica_encode(&out, &r, NULL), VAULT_OK);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.p, text, len);
    vlt_buf_clear(&out);
    vlt_replica_clear(&r);
}

static void
a_changed_byte_of_the_text_is_refused_or_says_something_else(void **state)
{
    size_t taken = 0;

    (void)state;
    each_change(START BASES, strlen(START BASES), is_refused_or_encodes_again,
        &taken);
    assert_true(taken > 500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_are_written_as_the_format_says_and_read_back),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(as_many_base_lines_as_the_limit_says),
        cmocka_unit_test(one_base_line_too_many_is_refused),
        cmocka_unit_test(what_cannot_be_is_not_signed),
        cmocka_unit_test(a_note_holds_under_its_card_only),
        cmocka_unit_test(no_change_of_one_byte_holds),
        cmocka_unit_test(
            a_changed_byte_of_the_text_is_refused_or_says_something_else),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
