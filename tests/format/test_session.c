/* SPDX-License-Identifier: Apache-2.0 */
/* test_session.c: notes of capture sessions and devices, and chains of steps */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "epoch.h"
#include "event.h"
#include "hash.h"
#include "known.h"
#include "record.h"
#include "session.h"
#include "sign.h"

#define VAULT_HEX "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define IDS       " 1112131415161718 0102030405060708 "
#define LOG_KEY   /* of the seed 00 01 .. 1f, by OpenSSL */ \
    "log A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
#define CARD  "card AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
#define HASH  "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define HEAD  "sanduq.v1/session\n" VAULT_HEX IDS
#define FIRST HEAD "1\n" LOG_KEY CARD "base -\n"
#define THIRD HEAD "3\n" LOG_KEY CARD "base 2122232425262728 61 " HASH "\n"
#define DEVICE \
    "sanduq.v1/device\n" VAULT_HEX " 1112131415161718\n" CARD "first " HASH "\n"

static struct vlt_seed *seed, *other;
static struct vlt_logkey *own, *before;
static struct vlt_card card;

static int
setup(void **state)
{
    struct vlt_buf note;
    uint8_t i;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    seed = vlt_seed_new();
    other = vlt_seed_new();
    own = vlt_logkey_new();
    before = vlt_logkey_new();
    assert_true(seed != NULL && other != NULL && own != NULL && before != NULL);
    memset(other->b, 1, 32);
    memset(before->b, 2, 32);
    for (i = 0; i < 32; i++)
        own->b[i] = i;
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
    vlt_logkey_free(own);
    vlt_logkey_free(before);
    return 0;
}

/* What FIRST and THIRD say. */
static void
start(struct vlt_session *s, uint32_t number)
{
    memset(s, 0, sizeof *s);
    s->number = number;
    from_hex(s->vault, 16, VAULT_HEX);
    from_hex(s->device, 8, "1112131415161718");
    from_hex(s->session, 8, "0102030405060708");
    vlt_sign_public(s->log_key, own->b);
    memset(s->card, 1, 32);
    if (number == 1)
        return;
    s->has_base = true;
    from_hex(s->base.replica, 8, "2122232425262728");
    s->base.size = 61;
    memset(s->base.checkpoint, 2, 32);
}

static void
start_device(struct vlt_device *d)
{
    memset(d, 0, sizeof *d);
    from_hex(d->vault, 16, VAULT_HEX);
    from_hex(d->device, 8, "1112131415161718");
    memset(d->card, 1, 32);
    memset(d->first, 2, 32);
}

static void
sessions_are_written_as_the_format_says_and_read_back(void **state)
{
    static const char *const want[] = {FIRST, THIRD};
    struct vlt_session s, got;
    struct vlt_buf note;
    uint8_t hash[32];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(want); i++) {
        start(&s, i == 0 ? 1 : 3);
        vlt_buf_init(&note, VLT_NOTE_MAX);
        assert_int_equal(vlt_session_make(&s, i == 0 ? own : before, &note,
                             NULL),
            VAULT_OK);
        assert_memory_equal(note.p, want[i], strlen(want[i]));
        vlt_sha256(hash, want[i], strlen(want[i]));
        assert_memory_equal(s.text_hash, hash, 32);
        assert_true(vlt_session_is((const char *)note.p, note.len));
        assert_int_equal(vlt_session_parse(&got, (const char *)note.p, note.len,
                             NULL),
            VAULT_OK);
        assert_memory_equal(&got, &s, sizeof s);
        vlt_buf_clear(&note);
    }
}

static void
devices_are_written_as_the_format_says_and_read_back(void **state)
{
    struct vlt_device d, got;
    struct vlt_buf note;

    (void)state;
    start_device(&d);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_device_make(&d, seed, &note, NULL), VAULT_OK);
    assert_memory_equal(note.p, DEVICE, strlen(DEVICE));
    assert_int_equal(vlt_device_parse(&got, (const char *)note.p, note.len,
                         NULL),
        VAULT_OK);
    assert_memory_equal(&got, &d, sizeof d);
    assert_false(vlt_session_is((const char *)note.p, note.len));
    vlt_buf_clear(&note);
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"first", FIRST, VAULT_OK},
    {"third", THIRD, VAULT_OK},
    {"number 0", HEAD "0\n" LOG_KEY CARD "base -\n", VAULT_E_FORMAT},
    {"leading zero", HEAD "01\n" LOG_KEY CARD "base -\n", VAULT_E_FORMAT},
    {"too large a number", HEAD "4294967296\n" LOG_KEY CARD "base -\n",
        VAULT_E_FORMAT},
    {"first with a base",
        HEAD "1\n" LOG_KEY CARD "base 2122232425262728 61 " HASH "\n",
        VAULT_E_FORMAT},
    {"second without", HEAD "2\n" LOG_KEY CARD "base -\n", VAULT_E_FORMAT},
    {"no base line", HEAD "1\n" LOG_KEY CARD, VAULT_E_FORMAT},
    {"two base lines", FIRST "base -\n", VAULT_E_FORMAT},
    {"base on itself",
        HEAD "2\n" LOG_KEY CARD "base 0102030405060708 61 " HASH "\n",
        VAULT_E_FORMAT},
    {"base without lines",
        HEAD "2\n" LOG_KEY CARD "base 2122232425262728 0 " HASH "\n",
        VAULT_E_FORMAT},
    {"log key of small order",
        HEAD "1\nlog AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" CARD
             "base -\n",
        VAULT_E_FORMAT},
    {"ext line", THIRD "ext a AA==\n", VAULT_OK},
    {"ext line to be understood", FIRST "ext !a AA==\n", VAULT_E_NEWER},
    {"replica", "sanduq.v1/replica\n", VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_session s;
    struct vlt_device d;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(vlt_session_decode(&s, rows[i].text,
                             strlen(rows[i].text), NULL),
            rows[i].want);
    }
    assert_int_equal(vlt_device_decode(&d, DEVICE "ext a AA==\n",
                         strlen(DEVICE "ext a AA==\n"), NULL),
        VAULT_OK);
    assert_int_equal(vlt_device_decode(&d, DEVICE "ext !a AA==\n",
                         strlen(DEVICE "ext !a AA==\n"), NULL),
        VAULT_E_NEWER);
    assert_int_equal(vlt_device_decode(&d, DEVICE, strlen(DEVICE) - 1, NULL),
        VAULT_E_FORMAT);
}

static void
a_session_is_signed_by_the_one_before_it(void **state)
{
    struct vlt_session s;
    struct vlt_buf note;
    uint8_t pk[32];

    (void)state;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    start(&s, 3);
    vlt_sign_public(pk, before->b);
    assert_int_equal(vlt_session_make(&s, before, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_session_check((const char *)note.p, note.len, pk,
                         NULL),
        VAULT_OK);
    assert_int_equal(vlt_session_check((const char *)note.p, note.len,
                         s.log_key, NULL),
        VAULT_E_TAMPERED);
    vlt_buf_reset(&note);
    assert_int_equal(vlt_session_make(&s, own, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_session_check((const char *)note.p, note.len, pk,
                         NULL),
        VAULT_E_TAMPERED);
    vlt_buf_reset(&note);
    start(&s, 1);
    assert_int_equal(vlt_session_make(&s, own, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_session_check((const char *)note.p, note.len, NULL,
                         NULL),
        VAULT_OK);
    vlt_buf_reset(&note);
    assert_int_equal(vlt_session_make(&s, before, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_session_check((const char *)note.p, note.len, NULL,
                         NULL),
        VAULT_E_TAMPERED);
    vlt_buf_clear(&note);
}

static void
is_refused(void *ctx, const char *note, size_t len)
{
    uint8_t pk[32];

    vlt_sign_public(pk, before->b);
    if (ctx == NULL)
        assert_int_not_equal(vlt_session_check(note, len, pk, NULL), VAULT_OK);
    else
        assert_int_not_equal(vlt_device_check(note, len, ctx, NULL), VAULT_OK);
}

static void
no_change_of_one_byte_holds(void **state)
{
    struct vlt_session s;
    struct vlt_device d;
    struct vlt_buf note;

    (void)state;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    start(&s, 3);
    assert_int_equal(vlt_session_make(&s, before, &note, NULL), VAULT_OK);
    each_change((const char *)note.p, note.len, is_refused, NULL);
    vlt_buf_reset(&note);
    start_device(&d);
    memcpy(d.card, card.fingerprint, 32);
    assert_int_equal(vlt_device_make(&d, seed, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_device_check((const char *)note.p, note.len, &card,
                         NULL),
        VAULT_OK);
    each_change((const char *)note.p, note.len, is_refused, &card);
    vlt_buf_reset(&note);
    assert_int_equal(vlt_device_make(&d, other, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_device_check((const char *)note.p, note.len, &card,
                         NULL),
        VAULT_E_TAMPERED);
    vlt_buf_clear(&note);
}

static void
is_refused_or_encodes_again(void *ctx, const char *text, size_t len)
{
    struct vlt_session s;
    struct vlt_buf out;

    if (vlt_session_decode(&s, text, len, NULL) != VAULT_OK)
        return;
    ++*(size_t *)ctx;
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_session_encode(&out, &s, NULL), VAULT_OK);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.p, text, len);
    vlt_buf_clear(&out);
}

static void
a_changed_byte_of_the_text_is_refused_or_says_something_else(void **state)
{
    size_t taken = 0;

    (void)state;
    each_change(THIRD, strlen(THIRD), is_refused_or_encodes_again, &taken);
    assert_true(taken > 100);
}

/* ---- a chain whose past is gone seals what a reader with E0 opens ---- */

static void
a_stepped_chain_seals_what_its_epoch_secret_opens(void **state)
{
    struct vlt_recipient to;
    struct vlt_epoch e;
    struct vlt_e0 *e0 = NULL;
    struct vlt_step *step = vlt_step_new();
    struct vlt_step again;
    struct vlt_record_head head = {0};
    struct vlt_rk *rk = vlt_rk_new(), *got = vlt_rk_new();
    struct vlt_kmeta *kmeta = vlt_kmeta_new();
    uint8_t wrap[VLT_RECORD_WRAP], last[32] = {0};
    uint32_t i;

    (void)state;
    memcpy(to.kem, card.kem, sizeof to.kem);
    memcpy(to.fingerprint, card.fingerprint, 32);
    assert_int_equal(vlt_epoch_make(&e, VLT_EPOCH_CAPTURE, card.vault,
                         card.sign, &to, 1, &e0, NULL),
        VAULT_OK);
    memset(rk->b, 7, 32);
    head.h.version = 1;
    head.h.meta_padded = 1024;
    vlt_record_header_encode(head.header, &head.h);
    vlt_record_keys(kmeta, head.commit, rk, head.header);
    vlt_epoch_step(step, &e, e0, 0);
    for (i = 0; i < 1024; i++) {
        assert_memory_not_equal(step->b, last, 32);
        memcpy(last, step->b, 32);
        if (i < 3 || i > 1021) {
            vlt_epoch_step(&again, &e, e0, i);
            assert_memory_equal(again.b, step->b, 32);
            vlt_wrap_seal_step(wrap, &e, step, i, &head, rk);
            memset(got->b, 0, 32);
            assert_int_equal(vlt_wrap_open(wrap, sizeof wrap, &e, e0, &head,
                                 got, kmeta, NULL),
                VAULT_OK);
            assert_memory_equal(got->b, rk->b, 32);
        }
        vlt_epoch_next(step, &e, i);
    }
    vlt_epoch_clear(&e);
    vlt_e0_free(e0);
    vlt_step_free(step);
    vlt_rk_free(rk);
    vlt_rk_free(got);
    vlt_kmeta_free(kmeta);
}

static void
an_event_sealed_again_says_the_same(void **state)
{
    struct vlt_recipient to;
    struct vlt_epoch from, dest;
    struct vlt_e0 *from_e0 = NULL, *dest_e0 = NULL;
    struct vlt_step step;
    struct vlt_salts *salts = vlt_salts_new();
    struct vlt_fields f, got;
    struct vlt_buf one, two;
    uint8_t hash[32] = {9}, root[32];
    int64_t t = 0;

    (void)state;
    memcpy(to.kem, card.kem, sizeof to.kem);
    memcpy(to.fingerprint, card.fingerprint, 32);
    assert_int_equal(vlt_epoch_make(&from, VLT_EPOCH_CAPTURE, card.vault,
                         card.sign, &to, 1, &from_e0, NULL),
        VAULT_OK);
    assert_int_equal(vlt_epoch_make(&dest, VLT_EPOCH_VAULT, card.vault,
                         card.sign, &to, 1, &dest_e0, NULL),
        VAULT_OK);
    vlt_random(salts->b, 32);
    vlt_fields_init(&f);
    vlt_buf_init(&one, VLT_EVENT_MAX);
    vlt_buf_init(&two, VLT_EVENT_MAX);
    assert_int_equal(vlt_fields_add_i64(&f, VLT_FIELD_TIME, "time", 4711, NULL),
        VAULT_OK);
    assert_int_equal(vlt_event_root(root, &f, salts, NULL), VAULT_OK);
    vlt_epoch_step(&step, &from, from_e0, 5);
    assert_int_equal(vlt_event_seal_step(&one, &from, &step, 5, hash, salts, &f,
                         NULL),
        VAULT_OK);
    assert_int_equal(vlt_event_reseal(&two, one.p, one.len, &from, from_e0,
                         hash, root, &dest, dest_e0, 77, NULL),
        VAULT_OK);
    assert_int_equal(two.len, one.len);
    assert_int_equal(vlt_event_open(&got, two.p, two.len, &dest, dest_e0, hash,
                         root, NULL),
        VAULT_OK);
    assert_true(vlt_fields_i64(&got, "time", &t));
    assert_int_equal(t, 4711);
    root[0] ^= 1;
    vlt_buf_reset(&two);
    assert_int_equal(vlt_event_reseal(&two, one.p, one.len, &from, from_e0,
                         hash, root, &dest, dest_e0, 77, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(two.len, 0);
    vlt_fields_clear(&f);
    vlt_fields_clear(&got);
    vlt_buf_clear(&one);
    vlt_buf_clear(&two);
    vlt_salts_free(salts);
    vlt_epoch_clear(&from);
    vlt_epoch_clear(&dest);
    vlt_e0_free(from_e0);
    vlt_e0_free(dest_e0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_written_as_the_format_says_and_read_back),
        cmocka_unit_test(devices_are_written_as_the_format_says_and_read_back),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(a_session_is_signed_by_the_one_before_it),
        cmocka_unit_test(no_change_of_one_byte_holds),
        cmocka_unit_test(
            a_changed_byte_of_the_text_is_refused_or_says_something_else),
        cmocka_unit_test(a_stepped_chain_seals_what_its_epoch_secret_opens),
        cmocka_unit_test(an_event_sealed_again_says_the_same),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
