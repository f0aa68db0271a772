/* SPDX-License-Identifier: Apache-2.0 */
/* test_book.c: whose log it is, from cards and notes that came in any order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "action.h"
#include "fnote.h"
#include "hash.h"
#include "quick_vault.h"
#include "sign.h"

static struct quick_vault theirs, ours;
static struct vlt_book *book;

static int
begin(void **state)
{
    (void)state;
    quick_make(&theirs);
    quick_make(&ours);
    book = NULL;
    return vlt_action_begin(ours.v, NULL) != VAULT_OK ||
        vlt_book_load(ours.v, &book, NULL) != VAULT_OK;
}

static int
end(void **state)
{
    (void)state;
    vlt_book_free(book);
    vlt_action_abort(ours.v);
    quick_end(&theirs);
    quick_end(&ours);
    return 0;
}

static void
add(const char *kind, const struct vlt_buf *note)
{
    assert_int_equal(vlt_book_add(ours.v, book, kind, (const char *)note->p,
                         note->len, NULL),
        VAULT_OK);
}

/* Read anew: what was kept is what counts. */
static void
again(void)
{
    vlt_book_free(book);
    assert_int_equal(vlt_book_load(ours.v, &book, NULL), VAULT_OK);
}

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    (void)err;
    vlt_buf_put(ctx, r->card, r->card_len);
    return VAULT_OK;
}

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    (void)err;
    vlt_buf_put(ctx, r->note, r->note_len);
    return VAULT_OK;
}

static void
read_theirs(struct vlt_buf *card, struct vlt_buf *log)
{
    vlt_buf_init(card, VLT_NOTE_MAX);
    vlt_buf_init(log, VLT_NOTE_MAX);
    assert_int_equal(vlt_read_begin(theirs.v, NULL), VAULT_OK);
    assert_int_equal(vlt_identities(theirs.v->store, take_card, card, NULL),
        VAULT_OK);
    assert_int_equal(vlt_logs(theirs.v->store, take_log, log, NULL), VAULT_OK);
    vlt_store_rollback(theirs.v->store);
}

static void
a_log_is_known_when_its_card_is(void **state)
{
    struct vlt_buf card, log;
    const char *origin;
    uint64_t notes = 0;
    size_t n = 0;

    (void)state;
    read_theirs(&card, &log);
    origin = theirs.v->logs.log[0].origin;
    add("replica", &log);
    assert_null(vlt_book_log_note(book, origin, &n));
    add("card", &card);
    for (int i = 0; i < 2; i++) {
        assert_non_null(vlt_book_log_note(book, origin, &n));
        assert_int_equal(n, log.len);
        assert_non_null(vlt_book_card(book, theirs.v->card.fingerprint));
        assert_null(vlt_book_card(book, ours.v->card.fingerprint));
        assert_null(vlt_book_log_note(book, "sanduq.invalid/none", &n));
        again();
    }
    /* twice is once */
    add("replica", &log);
    add("card", &card);
    assert_int_equal(vlt_count(ours.v->store,
                         "SELECT count(*) FROM note WHERE f = 1", &notes, NULL),
        VAULT_OK);
    assert_int_equal(notes, 2);
    vlt_buf_clear(&card);
    vlt_buf_clear(&log);
}

/* Two sessions of one device, and the note that speaks for it. */
struct device {
    struct vlt_logkey *key[2];
    struct vlt_session s[2];
    struct vlt_buf note[2];
    struct vlt_device d;
    struct vlt_buf device;
    char origin[2][VLT_NAME_MAX + 1];
};

static void
make_device(struct device *d, bool forged)
{
    memset(d, 0, sizeof *d);
    vlt_buf_init(&d->device, VLT_NOTE_MAX);
    for (uint32_t i = 0; i < 2; i++) {
        struct vlt_session *s = &d->s[i];

        d->key[i] = vlt_logkey_new();
        assert_non_null(d->key[i]);
        vlt_random(d->key[i]->b, 32);
        vlt_buf_init(&d->note[i], VLT_NOTE_MAX);
        memcpy(s->vault, theirs.v->id, 16);
        memset(s->device, 0xd0, 8);
        memset(s->session, (int)(0x51 + i), 8);
        s->number = i + 1;
        vlt_sign_public(s->log_key, d->key[i]->b);
        memcpy(s->card, theirs.v->card.fingerprint, 32);
        s->has_base = i > 0;
        if (i > 0) {
            memcpy(s->base.replica, d->s[0].session, 8);
            s->base.size = 1;
            memset(s->base.checkpoint, 7, 32);
        }
        assert_int_equal(vlt_session_make(s, d->key[i > 0 && !forged ? 0 : i],
                             &d->note[i], NULL),
            VAULT_OK);
        vlt_name_origin(d->origin[i], s->vault, s->session);
    }
    memcpy(d->d.vault, theirs.v->id, 16);
    memset(d->d.device, 0xd0, 8);
    memcpy(d->d.card, theirs.v->card.fingerprint, 32);
    memcpy(d->d.first, d->s[0].text_hash, 32);
    assert_int_equal(vlt_device_make(&d->d, theirs.v->seed, &d->device, NULL),
        VAULT_OK);
}

static void
clear_device(struct device *d)
{
    for (size_t i = 0; i < 2; i++) {
        vlt_logkey_free(d->key[i]);
        vlt_buf_clear(&d->note[i]);
    }
    vlt_buf_clear(&d->device);
}

static void
a_session_is_known_back_to_its_device(void **state)
{
    struct vlt_buf card, log;
    struct device d;
    size_t n = 0;

    (void)state;
    read_theirs(&card, &log);
    make_device(&d, false);
    add("session", &d.note[1]);
    add("card", &card);
    assert_null(vlt_book_log_note(book, d.origin[1], &n));
    add("session", &d.note[0]);
    assert_null(vlt_book_log_note(book, d.origin[1], &n));
    assert_null(vlt_book_log_note(book, d.origin[0], &n));
    add("device", &d.device);
    assert_non_null(vlt_book_log_note(book, d.origin[1], &n));
    assert_int_equal(n, d.note[1].len);
    assert_non_null(vlt_book_log_note(book, d.origin[0], &n));
    assert_non_null(vlt_book_device_from(book, &d.s[1], &n));
    again();
    assert_non_null(vlt_book_log_note(book, d.origin[1], &n));
    clear_device(&d);
    vlt_buf_clear(&card);
    vlt_buf_clear(&log);
}

static void
a_session_that_the_one_before_did_not_sign_is_nobodys(void **state)
{
    struct vlt_buf card, log;
    struct device d;
    size_t n = 0;

    (void)state;
    read_theirs(&card, &log);
    make_device(&d, true);
    add("card", &card);
    add("device", &d.device);
    add("session", &d.note[0]);
    add("session", &d.note[1]);
    assert_non_null(vlt_book_log_note(book, d.origin[0], &n));
    assert_null(vlt_book_log_note(book, d.origin[1], &n));
    clear_device(&d);
    vlt_buf_clear(&card);
    vlt_buf_clear(&log);
}

/* Under a card that is refused, the sessions of a bundle are kept all the
 * same: they may claim the names of another's. */
static void
a_note_of_the_same_names_does_not_stand_in_the_way(void **state)
{
    struct vlt_buf card, log;
    struct device forged, d;
    size_t n = 0;

    (void)state;
    read_theirs(&card, &log);
    make_device(&forged, false);
    make_device(&d, false);
    add("session", &forged.note[0]);
    add("session", &forged.note[1]);
    add("card", &card);
    add("session", &d.note[0]);
    add("session", &d.note[1]);
    assert_null(vlt_book_log_note(book, d.origin[1], &n));
    add("device", &d.device);
    assert_non_null(vlt_book_log_note(book, d.origin[1], &n));
    assert_int_equal(n, d.note[1].len);
    assert_memory_equal(vlt_book_log_note(book, d.origin[1], &n), d.note[1].p,
        d.note[1].len);
    clear_device(&forged);
    clear_device(&d);
    vlt_buf_clear(&card);
    vlt_buf_clear(&log);
}

/* Bundles and disclosures say so, and what was taken in has to hold then. */
static void
a_device_note_may_begin_with_a_later_session(void **state)
{
    struct vlt_buf card, log;
    struct device d;
    size_t n = 0;

    (void)state;
    read_theirs(&card, &log);
    make_device(&d, false);
    memcpy(d.d.first, d.s[1].text_hash, 32);
    vlt_buf_reset(&d.device);
    assert_int_equal(vlt_device_make(&d.d, theirs.v->seed, &d.device, NULL),
        VAULT_OK);
    add("card", &card);
    add("session", &d.note[1]);
    assert_null(vlt_book_log_note(book, d.origin[1], &n));
    add("device", &d.device);
    assert_non_null(vlt_book_log_note(book, d.origin[1], &n));
    add("session", &d.note[0]);
    assert_null(vlt_book_log_note(book, d.origin[0], &n));
    clear_device(&d);
    vlt_buf_clear(&card);
    vlt_buf_clear(&log);
}

#define WITH_BOOK(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BOOK(a_log_is_known_when_its_card_is),
        WITH_BOOK(a_session_is_known_back_to_its_device),
        WITH_BOOK(a_session_that_the_one_before_did_not_sign_is_nobodys),
        WITH_BOOK(a_note_of_the_same_names_does_not_stand_in_the_way),
        WITH_BOOK(a_device_note_may_begin_with_a_later_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
