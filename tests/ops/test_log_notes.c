/* SPDX-License-Identifier: Apache-2.0 */
/* test_log_notes.c: a log's key is believed along its notes, or not at all */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_notes.h"
#include "replica.h"
#include "session.h"
#include "sign.h"

enum { SESSIONS = 4 };

static struct vlt_seed *seed, *other;
static struct vlt_card card, other_card;
static struct vlt_logkey *key[SESSIONS];
static struct vlt_buf session[SESSIONS], device, replica;

static void
make_card(struct vlt_card *c, const struct vlt_seed *s)
{
    struct vlt_buf note;

    memset(c->vault, 0xa1, 16);
    c->generation = 1;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(c, s, NULL, &note, NULL), VAULT_OK);
    vlt_buf_clear(&note);
}

static void
make_session(size_t i, uint8_t first_hash[32])
{
    struct vlt_session s = {.number = (uint32_t)i + 1, .has_base = i > 0};

    memset(s.vault, 0xa1, 16);
    memset(s.device, 0xd0, 8);
    memset(s.session, (int)i + 1, 8);
    memcpy(s.card, card.fingerprint, 32);
    vlt_sign_public(s.log_key, key[i]->b);
    if (i > 0) {
        memset(s.base.replica, (int)i, 8);
        s.base.size = 3;
    }
    vlt_buf_init(&session[i], VLT_NOTE_MAX);
    assert_int_equal(vlt_session_make(&s, key[i > 0 ? i - 1 : 0], &session[i],
                         NULL),
        VAULT_OK);
    if (i == 0)
        memcpy(first_hash, s.text_hash, 32);
}

static int
setup(void **state)
{
    struct vlt_device d = {0};
    struct vlt_replica r = {.number = 1};

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    seed = vlt_seed_new();
    other = vlt_seed_new();
    assert_true(seed != NULL && other != NULL);
    memset(other->b, 1, 32);
    make_card(&card, seed);
    make_card(&other_card, other);
    for (size_t i = 0; i < SESSIONS; i++) {
        key[i] = vlt_logkey_new();
        assert_non_null(key[i]);
        memset(key[i]->b, 0x40 + (int)i, 32);
    }
    for (size_t i = 0; i < SESSIONS; i++)
        make_session(i, d.first);
    memset(d.vault, 0xa1, 16);
    memset(d.device, 0xd0, 8);
    memcpy(d.card, card.fingerprint, 32);
    vlt_buf_init(&device, VLT_NOTE_MAX);
    assert_int_equal(vlt_device_make(&d, seed, &device, NULL), VAULT_OK);
    memset(r.vault, 0xa1, 16);
    memset(r.replica, 0xee, 8);
    memcpy(r.card, card.fingerprint, 32);
    vlt_sign_public(r.log_key, key[0]->b);
    vlt_buf_init(&replica, VLT_NOTE_MAX);
    assert_int_equal(vlt_replica_make(&r, seed, &replica, NULL), VAULT_OK);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < SESSIONS; i++) {
        vlt_buf_clear(&session[i]);
        vlt_logkey_free(key[i]);
    }
    vlt_buf_clear(&device);
    vlt_buf_clear(&replica);
    vlt_seed_free(seed);
    vlt_seed_free(other);
    return 0;
}

/* Notes by letters: r, d, and 1 to 4 for the sessions. */
static enum vault_status
check(const char *which, const struct vlt_card *by, struct vlt_noted_log *out)
{
    struct vlt_text_part note[16];
    size_t n;

    for (n = 0; which[n] != 0; n++) {
        const struct vlt_buf *b = which[n] == 'r' ? &replica
            : which[n] == 'd'                     ? &device
                                                  : &session[which[n] - '1'];

        note[n] = (struct vlt_text_part){(const char *)b->p, b->len};
    }
    return vlt_log_notes_check(out, note, n, by, NULL);
}

static void
a_replica_is_believed_by_its_card(void **state)
{
    struct vlt_noted_log log;
    uint8_t pk[32];

    (void)state;
    assert_int_equal(check("r", &card, &log), VAULT_OK);
    vlt_sign_public(pk, key[0]->b);
    assert_memory_equal(log.key, pk, 32);
    assert_false(log.session);
    assert_int_equal(check("r", &other_card, &log), VAULT_E_TAMPERED);
}

static void
a_session_is_believed_along_the_whole_chain(void **state)
{
    static const char *const good[] = {"1d", "12d", "123d", "1234d"};
    struct vlt_noted_log log;
    char origin[VLT_NAME_MAX + 1];
    uint8_t pk[32], id[8];

    (void)state;
    for (size_t i = 0; i < SESSIONS; i++) {
        assert_int_equal(check(good[i], &card, &log), VAULT_OK);
        vlt_sign_public(pk, key[i]->b);
        assert_memory_equal(log.key, pk, 32);
        assert_true(log.session);
        assert_int_equal(log.number, i + 1);
        memset(id, (int)i + 1, 8);
        vlt_name_origin(origin, card.vault, id);
        assert_string_equal(log.origin, origin);
        assert_int_equal(check(good[i], &other_card, &log), VAULT_E_TAMPERED);
    }
}

static void
no_other_order_or_choice_of_notes_is_believed(void **state)
{
    static const char *const bad[] = {"", "d", "dd", "rr", "rd", "r1d", "1",
        "12", "1r", "2d", "23d", "13d", "124d", "132d", "21d", "11d", "122d",
        "d1", "12dd", "1d2", "1234"};
    struct vlt_noted_log log;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (check(bad[i], &card, &log) == VAULT_OK)
            fail_msg("%s is believed", bad[i]);
    }
}

/* Every byte of every note counts. */
static void
no_byte_of_a_note_can_change(void **state)
{
    struct vlt_buf *notes[] = {&session[0], &session[1], &device};
    struct vlt_noted_log log;

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < notes[k]->len; i++) {
            notes[k]->p[i] ^= 1;
            if (check("12d", &card, &log) == VAULT_OK)
                fail_msg("byte %zu of note %zu", i, k);
            notes[k]->p[i] ^= 1;
        }
    }
    assert_int_equal(check("12d", &card, &log), VAULT_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replica_is_believed_by_its_card),
        cmocka_unit_test(a_session_is_believed_along_the_whole_chain),
        cmocka_unit_test(no_other_order_or_choice_of_notes_is_believed),
        cmocka_unit_test(no_byte_of_a_note_can_change),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
