/* SPDX-License-Identifier: Apache-2.0 */
/* test_epoch: epochs are sealed to their recipients and to nobody else */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "doc_example.h"
#include "epoch.h"
#include "hash.h"
#include "known_format.h"
#include "label.h"

enum { PEOPLE = 9 };

static uint8_t vault[16];
static const uint8_t writer[32] = {1, 2, 3};
static struct vlt_kemkey key[PEOPLE];
static struct vlt_recipient person[PEOPLE];

/* The epoch of the examples, with wraps that nobody opens. */
static void
example_epoch(struct vlt_epoch *e)
{
    uint8_t head[112], rcpt[64], wraps[2400];

    doc_hex(head, 80, "epoch-keys", "header");
    doc_hex(head + 80, 32, "epoch-keys", "commit");
    doc_hex(rcpt, 32, "epoch-rcpt", "r.0");
    doc_hex(rcpt + 32, 32, "epoch-rcpt", "r.1");
    for (size_t i = 0; i < sizeof wraps; i++)
        wraps[i] = (uint8_t)(i * 7);
    assert_int_equal(vlt_epoch_decode(e, head, sizeof head, rcpt, sizeof rcpt,
                         wraps, sizeof wraps, NULL),
        VAULT_OK);
}

static void
the_example_of_the_format_is_read(void **unused)
{
    struct vlt_epoch e;
    struct vlt_e0 e0;
    uint8_t hash[32];

    (void)unused;
    example_epoch(&e);
    doc_hex(e0.b, 32, "epoch-keys", "e0");
    assert_int_equal(e.kind, VLT_EPOCH_VAULT);
    assert_int_equal(e.n, 2);
    assert_hex(e.vault, 16, doc_text("epoch-keys", "vault"));
    assert_hex(e.id, 16, doc_text("epoch-keys", "epoch"));
    vlt_epoch_rcpt_hash(hash, &e);
    assert_hex(hash, 32, doc_text("epoch-rcpt", "rcpt"));
    vlt_epoch_row_hash(hash, &e);
    assert_hex(hash, 32, known_row_hash);
    assert_true(vlt_epoch_commit_ok(&e, &e0));
    e0.b[0] ^= 1;
    assert_false(vlt_epoch_commit_ok(&e, &e0));
    vlt_epoch_clear(&e);
}

static void
steps_stand_still_in_vaults_and_move_in_chains(void **unused)
{
    uint8_t head[112], lists[64 + 2400] = {0};
    struct vlt_epoch e;
    struct vlt_e0 e0;
    struct vlt_step step;

    (void)unused;
    doc_hex(e0.b, 32, "epoch-keys", "e0");
    example_epoch(&e);
    vlt_epoch_step(&step, &e, &e0, 5);
    assert_memory_equal(step.b, e0.b, 32);
    vlt_epoch_clear(&e);
    from_hex(head, sizeof head, known_chain_head);
    assert_int_equal(vlt_epoch_decode(&e, head, sizeof head, lists, 64,
                         lists + 64, 2400, NULL),
        VAULT_OK);
    assert_int_equal(e.kind, VLT_EPOCH_CAPTURE);
    assert_true(vlt_epoch_commit_ok(&e, &e0));
    vlt_epoch_step(&step, &e, &e0, 0);
    assert_memory_equal(step.b, e0.b, 32);
    vlt_epoch_step(&step, &e, &e0, 1);
    assert_hex(step.b, 32, doc_text("epoch-keys", "e1"));
    vlt_epoch_step(&step, &e, &e0, 3);
    assert_hex(step.b, 32, known_step_3);
    vlt_epoch_clear(&e);
}

static void
the_number_of_wraps_says_little_about_the_recipients(void **unused)
{
    static const struct {
        enum vlt_epoch_kind kind;
        uint32_t n;
        uint32_t want;
    } rows[] = {
        {VLT_EPOCH_VAULT, 1, 2},
        {VLT_EPOCH_VAULT, 2, 2},
        {VLT_EPOCH_VAULT, 3, 4},
        {VLT_EPOCH_VAULT, 4, 4},
        {VLT_EPOCH_VAULT, 5, 8},
        {VLT_EPOCH_VAULT, 8, 8},
        {VLT_EPOCH_VAULT, 9, 12},
        {VLT_EPOCH_BUNDLE, 1, 4},
        {VLT_EPOCH_BUNDLE, 4, 4},
        {VLT_EPOCH_BUNDLE, 5, 8},
        {VLT_EPOCH_CAPTURE, 1, 2},
        {VLT_EPOCH_COMPARTMENT, 3, 4},
        {VLT_EPOCH_VAULT, 4096, 4096},
    };

    (void)unused;
    for (size_t i = 0; i < ROWS(rows); i++)
        assert_int_equal(vlt_epoch_padded(rows[i].kind, rows[i].n),
            rows[i].want);
    assert_int_equal(vlt_epoch_steps(VLT_EPOCH_VAULT), 1 << 20);
    assert_int_equal(vlt_epoch_steps(VLT_EPOCH_BUNDLE), 1 << 20);
    assert_int_equal(vlt_epoch_steps(VLT_EPOCH_CAPTURE), 1024);
    assert_int_equal(vlt_epoch_steps(VLT_EPOCH_COMPARTMENT), 1024);
}

static void
each_recipient_opens_and_others_do_not(void **unused)
{
    (void)unused;
    for (int kind = VLT_EPOCH_VAULT; kind <= VLT_EPOCH_COMPARTMENT; kind++)
        for (size_t n = 1; n < PEOPLE; n += 2) {
            struct vlt_epoch e;
            struct vlt_e0 *e0 = NULL;

            assert_int_equal(vlt_epoch_make(&e, (enum vlt_epoch_kind)kind,
                                 vault, writer, person, n, &e0, NULL),
                VAULT_OK);
            assert_int_equal(e.n,
                vlt_epoch_padded((enum vlt_epoch_kind)kind, (uint32_t)n));
            for (size_t i = 0; i < PEOPLE; i++) {
                struct vlt_e0 *got = NULL;

                assert_int_equal(vlt_epoch_open(&e, &key[i],
                                     person[i].fingerprint, &got, NULL),
                    i < n ? VAULT_OK : VAULT_E_NO_KEY);
                if (i < n)
                    assert_memory_equal(got->b, e0->b, 32);
                else
                    assert_null(got);
                vlt_e0_free(got);
            }
            vlt_e0_free(e0);
            vlt_epoch_clear(&e);
        }
}

static void
what_is_made_is_read_back_the_same(void **unused)
{
    struct vlt_epoch e, again;
    struct vlt_e0 *e0 = NULL;
    uint8_t hash[32];

    (void)unused;
    assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_BUNDLE, vault, writer, person,
                         3, &e0, NULL),
        VAULT_OK);
    vlt_sha256(hash, writer, sizeof writer);
    assert_memory_equal(e.writer, hash, 32);
    assert_int_equal(vlt_epoch_decode(&again, e.head, sizeof e.head, e.rcpt,
                         (size_t)e.n * 32, e.wraps,
                         (size_t)e.n * VLT_EPOCH_WRAP, NULL),
        VAULT_OK);
    assert_memory_equal(again.vault, e.vault, 16);
    assert_memory_equal(again.id, e.id, 16);
    assert_memory_equal(again.writer, e.writer, 32);
    assert_memory_equal(again.head, e.head, sizeof e.head);
    assert_int_equal(again.kind, e.kind);
    assert_int_equal(again.n, e.n);
    assert_true(vlt_epoch_commit_ok(&again, e0));
    vlt_e0_free(e0);
    vlt_epoch_clear(&again);
    vlt_epoch_clear(&e);
}

/* 40 epochs: that a fair order shows one place only is one chance in 2^39. */
static void
the_order_of_recipients_is_drawn(void **unused)
{
    int seen[2] = {0, 0};

    (void)unused;
    for (int i = 0; i < 40; i++) {
        struct vlt_epoch e;
        struct vlt_e0 *e0 = NULL, *got = NULL;

        assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_VAULT, vault, writer,
                             person, 1, &e0, NULL),
            VAULT_OK);
        memset(e.wraps, 0, VLT_EPOCH_WRAP);
        seen[vlt_epoch_open(&e, &key[0], person[0].fingerprint, &got, NULL) ==
            VAULT_OK]++;
        vlt_e0_free(got);
        vlt_e0_free(e0);
        vlt_epoch_clear(&e);
    }
    assert_true(seen[0] > 0);
    assert_true(seen[1] > 0);
}

/* Whether the one recipient still opens, with one byte changed. */
static enum vault_status
open_changed(const struct vlt_epoch *e, uint8_t *at)
{
    struct vlt_e0 *got = NULL;
    enum vault_status st;

    *at ^= 0x10;
    st = vlt_epoch_open(e, &key[0], person[0].fingerprint, &got, NULL);
    *at ^= 0x10;
    vlt_e0_free(got);
    return st;
}

static void
no_changed_byte_of_an_epoch_passes(void **unused)
{
    struct vlt_epoch e;
    struct vlt_e0 *e0 = NULL, *got = NULL;
    uint8_t *mine = NULL;

    (void)unused;
    assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_VAULT, vault, writer, person,
                         1, &e0, NULL),
        VAULT_OK);
    for (size_t j = 0; j < 2 && mine == NULL; j++)
        if (open_changed(&e, e.wraps + j * VLT_EPOCH_WRAP) != VAULT_OK)
            mine = e.wraps + j * VLT_EPOCH_WRAP;
    assert_non_null(mine);
    for (size_t i = 0; i < VLT_EPOCH_WRAP; i++)
        assert_int_equal(open_changed(&e, mine + i), VAULT_E_NO_KEY);
    for (size_t i = 0; i < (size_t)e.n * 32; i++)
        assert_int_equal(open_changed(&e, e.rcpt + i), VAULT_E_NO_KEY);
    for (size_t i = 0; i < VLT_EPOCH_HEAD; i++)
        assert_int_equal(open_changed(&e, e.head + i), VAULT_E_NO_KEY);
    assert_int_equal(vlt_epoch_open(&e, &key[0], person[0].fingerprint, &got,
                         NULL),
        VAULT_OK);
    vlt_e0_free(got);
    vlt_e0_free(e0);
    vlt_epoch_clear(&e);
}

/* Seal E0 || t to a person as wrap j, as a dishonest recipient could. */
static void
reseal(struct vlt_epoch *e, size_t j, const struct vlt_e0 *e0,
    const uint8_t t[32], const struct vlt_recipient *to)
{
    uint8_t info[VLT_LABEL_MAX + 144], plain[64];
    size_t n = vlt_label(VLT_L_EPOCH, info);

    memcpy(info + n, e->head, 112);
    vlt_epoch_rcpt_hash(info + n + 112, e);
    memcpy(plain, e0->b, 32);
    memcpy(plain + 32, t, 32);
    assert_int_equal(vlt_hpke_seal(e->wraps + j * VLT_EPOCH_WRAP, to->kem, info,
                         n + 144, plain, sizeof plain, NULL),
        VAULT_OK);
}

static void
a_resealed_wrap_is_refused_and_named(void **unused)
{
    const uint8_t t[32] = {5};
    struct vlt_epoch e;
    struct vlt_e0 *e0 = NULL, *got = NULL;
    struct vault_error err = {0};

    (void)unused;
    assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_VAULT, vault, writer, person,
                         1, &e0, NULL),
        VAULT_OK);
    reseal(&e, 1, e0, t, &person[1]);
    assert_int_equal(vlt_epoch_open(&e, &key[1], person[1].fingerprint, &got,
                         &err),
        VAULT_E_TAMPERED);
    assert_null(got);
    assert_non_null(strstr(err.message, "wrap 1 "));
    vlt_e0_free(e0);
    vlt_epoch_clear(&e);
}

/* All of wrap 0 is right but E0, which its commitment gives away. */
static void
a_wrap_with_another_secret_is_refused(void **unused)
{
    const uint8_t t[32] = {5};
    struct vlt_epoch e;
    struct vlt_e0 *e0 = NULL, *got = NULL;
    struct vault_error err = {0};
    const struct vlt_part part[] = {{e.id, 16}, {t, 32},
        {person[2].fingerprint, 32}};

    (void)unused;
    assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_VAULT, vault, writer, person,
                         1, &e0, NULL),
        VAULT_OK);
    vlt_label_hash(e.rcpt, VLT_L_RCPT, part, 3);
    reseal(&e, 0, e0, t, &person[2]);
    assert_int_equal(vlt_epoch_open(&e, &key[2], person[2].fingerprint, &got,
                         NULL),
        VAULT_OK);
    vlt_e0_free(got);
    got = NULL;
    e0->b[31] ^= 1;
    reseal(&e, 0, e0, t, &person[2]);
    assert_int_equal(vlt_epoch_open(&e, &key[2], person[2].fingerprint, &got,
                         &err),
        VAULT_E_TAMPERED);
    assert_null(got);
    assert_non_null(strstr(err.message, "wrap 0 "));
    vlt_e0_free(e0);
    vlt_epoch_clear(&e);
}

static const struct {
    const char *name;
    size_t at;
    uint8_t byte;
    enum vault_status want;
} decode_rows[] = {
    {"unchanged", 0, 'S', VAULT_OK},
    {"another magic", 3, '2', VAULT_E_FORMAT},
    {"kind 0", 4, 0, VAULT_E_FORMAT},
    {"kind 2 with two wraps", 4, 2, VAULT_E_FORMAT},
    {"kind 3", 4, 3, VAULT_OK},
    {"kind 5", 4, 5, VAULT_E_NEWER},
    {"reserved byte", 5, 1, VAULT_E_NEWER},
    {"last reserved byte", 7, 1, VAULT_E_NEWER},
    {"no wraps", 75, 0, VAULT_E_FORMAT},
    {"odd count of wraps", 75, 3, VAULT_E_FORMAT},
    {"more wraps than rows", 75, 4, VAULT_E_FORMAT},
    {"more wraps than allowed", 72, 1, VAULT_E_LIMIT},
    {"another suite", 79, 2, VAULT_E_NEWER},
    {"suite beyond a byte", 76, 1, VAULT_E_NEWER},
};

static void
only_epochs_of_the_exact_form_are_read(void **unused)
{
    static const uint8_t lists[64 + 2400];

    (void)unused;
    for (size_t i = 0; i < ROWS(decode_rows); i++) {
        struct vlt_epoch e;
        uint8_t head[112] = {0};
        enum vault_status st;

        print_message("%s\n", decode_rows[i].name);
        doc_hex(head, 80, "epoch-keys", "header");
        head[decode_rows[i].at] = decode_rows[i].byte;
        st = vlt_epoch_decode(&e, head, sizeof head, lists, 64, lists + 64,
            2400, NULL);
        assert_int_equal(st, decode_rows[i].want);
        if (st == VAULT_OK)
            vlt_epoch_clear(&e);
    }
}

static const struct {
    const char *name;
    size_t head;
    size_t rcpt;
    size_t wraps;
    enum vault_status want;
} length_rows[] = {
    {"exact", 112, 64, 2400, VAULT_OK},
    {"short head", 111, 64, 2400, VAULT_E_FORMAT},
    {"long head", 113, 64, 2400, VAULT_E_FORMAT},
    {"empty head", 0, 64, 2400, VAULT_E_FORMAT},
    {"short receipts", 112, 63, 2400, VAULT_E_FORMAT},
    {"long receipts", 112, 65, 2400, VAULT_E_FORMAT},
    {"short wraps", 112, 64, 2399, VAULT_E_FORMAT},
    {"long wraps", 112, 64, 2401, VAULT_E_FORMAT},
    {"no wraps", 112, 64, 0, VAULT_E_FORMAT},
};

static void
lengths_must_agree_with_the_count(void **unused)
{
    static const uint8_t lists[2401];

    (void)unused;
    for (size_t i = 0; i < ROWS(length_rows); i++) {
        struct vlt_epoch e;
        uint8_t head[113] = {0};
        enum vault_status st;

        print_message("%s\n", length_rows[i].name);
        doc_hex(head, 80, "epoch-keys", "header");
        st = vlt_epoch_decode(&e, head, length_rows[i].head, lists,
            length_rows[i].rcpt, lists, length_rows[i].wraps, NULL);
        assert_int_equal(st, length_rows[i].want);
        if (st == VAULT_OK)
            vlt_epoch_clear(&e);
    }
}

static void
the_cache_of_the_format_opens_and_no_changed_byte_does(void **unused)
{
    struct vlt_epoch e;
    struct vlt_vmk vmk;
    struct vlt_e0 e0, got = {{0}};
    uint8_t cell[VLT_EPOCH_CACHE + 1] = {0};
    uint64_t time = 0;

    (void)unused;
    example_epoch(&e);
    doc_hex(vmk.b, 32, "epoch-cache", "vmk");
    doc_hex(e0.b, 32, "epoch-cache", "e0");
    doc_hex(cell, 80, "epoch-cache", "cell");
    assert_true(vlt_epoch_cache_open(&e, cell, 80, &vmk, &got, &time));
    assert_memory_equal(got.b, e0.b, 32);
    assert_int_equal(time, 1950000000);
    assert_false(vlt_epoch_cache_open(&e, cell, 79, &vmk, &got, &time));
    assert_false(vlt_epoch_cache_open(&e, cell, 81, &vmk, &got, &time));
    for (size_t i = 0; i < 80; i++) {
        cell[i] ^= 4;
        assert_false(vlt_epoch_cache_open(&e, cell, 80, &vmk, &got, &time));
        cell[i] ^= 4;
    }
    e.rcpt[63] ^= 1;
    assert_false(vlt_epoch_cache_open(&e, cell, 80, &vmk, &got, &time));
    e.rcpt[63] ^= 1;
    vlt_epoch_cache_seal(cell, &e, &e0, 77, &vmk);
    assert_true(vlt_epoch_cache_open(&e, cell, 80, &vmk, &got, &time));
    assert_int_equal(time, 77);
    e0.b[0] ^= 1; /* sealed well, but not this epoch's secret */
    vlt_epoch_cache_seal(cell, &e, &e0, 77, &vmk);
    assert_false(vlt_epoch_cache_open(&e, cell, 80, &vmk, &got, &time));
    vlt_epoch_clear(&e);
}

static void
too_many_recipients_and_bad_keys_are_refused(void **unused)
{
    struct vlt_recipient *many = calloc(4097, sizeof *many), bad = {{0}, {0}};
    struct vlt_epoch e = {0};
    struct vlt_e0 *e0 = NULL;

    (void)unused;
    assert_non_null(many);
    assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_VAULT, vault, writer, many,
                         4097, &e0, NULL),
        VAULT_E_LIMIT);
    memset(bad.kem, 0xff, sizeof bad.kem);
    assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_VAULT, vault, writer, &bad, 1,
                         &e0, NULL),
        VAULT_E_FORMAT);
    assert_null(e0);
    assert_null(e.wraps);
    free(many);
}

static int
begin(void **unused)
{
    (void)unused;
    doc_hex(vault, 16, "epoch-keys", "vault");
    for (size_t i = 0; i < PEOPLE; i++) {
        memset(key[i].b, (int)i + 1, 32);
        vlt_kem_public(person[i].kem, key[i].b);
        memset(person[i].fingerprint, 0x80 + (int)i, 32);
    }
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_is_read),
        cmocka_unit_test(steps_stand_still_in_vaults_and_move_in_chains),
        cmocka_unit_test(the_number_of_wraps_says_little_about_the_recipients),
        cmocka_unit_test(each_recipient_opens_and_others_do_not),
        cmocka_unit_test(what_is_made_is_read_back_the_same),
        cmocka_unit_test(the_order_of_recipients_is_drawn),
        cmocka_unit_test(no_changed_byte_of_an_epoch_passes),
        cmocka_unit_test(a_resealed_wrap_is_refused_and_named),
        cmocka_unit_test(a_wrap_with_another_secret_is_refused),
        cmocka_unit_test(only_epochs_of_the_exact_form_are_read),
        cmocka_unit_test(lengths_must_agree_with_the_count),
        cmocka_unit_test(
            the_cache_of_the_format_opens_and_no_changed_byte_does),
        cmocka_unit_test(too_many_recipients_and_bad_keys_are_refused),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, begin, NULL);
}
