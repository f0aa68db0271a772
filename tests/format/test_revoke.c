/* SPDX-License-Identifier: Apache-2.0 */
/* test_revoke.c: notes that a card or a device is not to be trusted */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "known.h"
#include "revoke.h"
#include "secret.h"

#define VAULT_HEX "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define HEAD      "sanduq.v1/revoke\n" VAULT_HEX
#define HASH      "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define CARD      HEAD " card 3\nlast -\n"
#define CARD_LAST HEAD " card 1\nlast 2122232425262728 61 " HASH "\n"
#define DEVICE    HEAD " device 1112131415161718\nlast -\n"

static void
texts_have_one_form(void **state)
{
    static const struct {
        const char *text;
        enum vault_status st;
    } rows[] = {
        {CARD, VAULT_OK},
        {CARD_LAST, VAULT_OK},
        {DEVICE, VAULT_OK},
        {HEAD " device 1112131415161718\nlast 2122232425262728 0 " HASH "\n",
            VAULT_E_FORMAT},
        {"", VAULT_E_FORMAT},
        {HEAD " card 0\nlast -\n", VAULT_E_FORMAT},
        {HEAD " card 01\nlast -\n", VAULT_E_FORMAT},
        {HEAD " card 4294967296\nlast -\n", VAULT_E_FORMAT},
        {HEAD " card 1\nlast -", VAULT_E_FORMAT},
        {HEAD " card 1\nlast - \n", VAULT_E_FORMAT},
        {HEAD " card 1\nlast -\next a QQ==\n", VAULT_E_FORMAT},
        {HEAD " device 11121314151617\nlast -\n", VAULT_E_FORMAT},
        {HEAD " device 1112131415161718 1\nlast -\n", VAULT_E_FORMAT},
        {HEAD " card 1\nlast 2122232425262728 " HASH "\n", VAULT_E_FORMAT},
        {HEAD " card 1\nlast 2122232425262728 061 " HASH "\n", VAULT_E_FORMAT},
        {HEAD " card 1\n", VAULT_E_FORMAT},
        {HEAD " replica 1112131415161718\nlast -\n", VAULT_E_FORMAT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vlt_revoke r;
        struct vlt_buf again;
        enum vault_status st =
            vlt_revoke_decode(&r, rows[i].text, strlen(rows[i].text), NULL);

        if (st != rows[i].st)
            fail_msg("%d: %s", (int)st, rows[i].text);
        if (st != VAULT_OK)
            continue;
        vlt_buf_init(&again, VLT_NOTE_MAX);
        assert_int_equal(vlt_revoke_encode(&again, &r, NULL), VAULT_OK);
        assert_string_equal(vlt_buf_cstr(&again), rows[i].text);
        vlt_buf_clear(&again);
    }
}

static void
try_changed(void *ctx, const char *text, size_t len)
{
    struct vlt_revoke r;
    struct vlt_buf again;

    (void)ctx;
    if (vlt_revoke_decode(&r, text, len, NULL) != VAULT_OK)
        return;
    vlt_buf_init(&again, VLT_NOTE_MAX);
    assert_int_equal(vlt_revoke_encode(&again, &r, NULL), VAULT_OK);
    assert_int_equal(again.len, len);
    assert_memory_equal(again.p, text, len);
    vlt_buf_clear(&again);
}

static void
what_is_accepted_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    each_change(CARD_LAST, strlen(CARD_LAST), try_changed, NULL);
    each_change(DEVICE, strlen(DEVICE), try_changed, NULL);
}

static void
make_card(struct vlt_card *c, struct vlt_seed *seed, uint8_t with)
{
    struct vlt_buf note;

    memset(c, 0, sizeof *c);
    memset(seed->b, with, 32);
    from_hex(c->vault, 16, VAULT_HEX);
    c->generation = 1;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(c, seed, NULL, &note, NULL), VAULT_OK);
    vlt_buf_clear(&note);
}

static void
only_the_card_itself_revokes_it(void **state)
{
    struct vlt_seed *seed, *other;
    struct vlt_card card, stranger, later;
    struct vlt_revoke r = {.generation = 1};
    struct vlt_buf note;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    seed = vlt_seed_new();
    other = vlt_seed_new();
    make_card(&card, seed, 1);
    make_card(&stranger, other, 2);
    from_hex(r.vault, 16, VAULT_HEX);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_revoke_make(&r, seed, &note, NULL), VAULT_OK);
    assert_true(vlt_revoke_is((const char *)note.p, note.len));
    assert_int_equal(vlt_revoke_check((const char *)note.p, note.len, &card,
                         NULL),
        VAULT_OK);
    assert_int_equal(vlt_revoke_check((const char *)note.p, note.len, &stranger,
                         NULL),
        VAULT_E_TAMPERED);
    later = card;
    later.generation = 2;
    assert_int_equal(vlt_revoke_check((const char *)note.p, note.len, &later,
                         NULL),
        VAULT_E_TAMPERED);
    later = card;
    later.vault[0] ^= 1;
    assert_int_equal(vlt_revoke_check((const char *)note.p, note.len, &later,
                         NULL),
        VAULT_E_TAMPERED);
    note.p[note.len - 10] ^= 2;
    assert_int_not_equal(vlt_revoke_check((const char *)note.p, note.len, &card,
                             NULL),
        VAULT_OK);
    vlt_buf_clear(&note);
    vlt_seed_free(seed);
    vlt_seed_free(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_one_form),
        cmocka_unit_test(what_is_accepted_encodes_to_the_same_bytes),
        cmocka_unit_test(only_the_card_itself_revokes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
