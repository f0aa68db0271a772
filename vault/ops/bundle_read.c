/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read.c: opening a bundle that others made */
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "hash.h"
#include "manifest.h"

enum { POLL_EVERY = 64 };

/* ---- stopping ---- */

static int
on_interrupt(void *ctx)
{
    struct vlt_bundle *b = ctx;
    const struct vault_options *o = b->in->opt;

    return o != NULL && !vlt_progress(o, b->in->done, b->in->total, false);
}

enum vault_status
vlt_bundle_poll(struct vlt_bundle *b, struct vault_error *err)
{
    if (b->in->polls++ % POLL_EVERY != 0 || on_interrupt(b) == 0)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

/* ---- the file ---- */

static struct vlt_bundle *
make(const struct vault_options *opt)
{
    struct vlt_bundle *b = calloc(1, sizeof *b);

    if (b == NULL || (b->in = calloc(1, sizeof *b->in)) == NULL) {
        free(b);
        return NULL;
    }
    b->in->opt = opt;
    vlt_buf_init(&b->note, VLT_NOTE_MAX);
    vlt_buf_init(&b->sender_note, VLT_NOTE_MAX);
    vlt_buf_init(&b->manifest, VLT_MANIFEST_MAX + 64);
    vlt_buf_init(&b->in->log_note, VLT_NOTE_MAX);
    vlt_buf_init(&b->in->point_note, VLT_NOTE_MAX);
    vlt_buf_init(&b->in->proof, VLT_TLOGPROOF_TEXT);
    vlt_fields_init(&b->said);
    return b;
}

enum vault_status
vlt_bundle_begin(const char *path, const struct vault_options *opt,
    struct vlt_bundle **out, struct vault_error *err)
{
    struct vlt_bundle *b = make(opt);
    struct vlt_store_options so = {VLT_STORE_READ, 0, on_interrupt, b};
    enum vault_status st;

    if (b == NULL)
        return vlt_fail_memory(err);
    st = vlt_store_open(path, &so, &b->store, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(b->store, false, err);
    if (st != VAULT_OK) {
        vlt_bundle_close(b);
        return st;
    }
    *out = b;
    return VAULT_OK;
}

void
vlt_bundle_close(struct vlt_bundle *b)
{
    if (b == NULL)
        return;
    vlt_store_close(b->store);
    vlt_buf_clear(&b->note);
    vlt_buf_clear(&b->sender_note);
    vlt_buf_clear(&b->manifest);
    vlt_epoch_row_clear(&b->epoch);
    vlt_e0_free(b->e0);
    vlt_fields_clear(&b->said);
    vlt_buf_clear(&b->in->log_note);
    vlt_buf_clear(&b->in->point_note);
    vlt_buf_clear(&b->in->proof);
    vlt_epoch_row_clear(&b->in->shut);
    vlt_e0_free(b->in->shut_e0);
    free(b->in->card);
    free(b->in->by_print);
    vlt_device_limits_clear(&b->in->limits);
    free(b->in->device);
    free(b->in->log);
    free(b->in->by_origin);
    free(b->in->by_number);
    free(b->in->point);
    free(b->in->other);
    free(b->in->item);
    free(b->in->by_stmt);
    free(b->in->by_body);
    free(b->in->entry);
    free(b->in);
    free(b);
}

/* ---- within an audit pack ---- */

void
vlt_bundle_leave(struct vlt_bundle *b)
{
    if (b == NULL)
        return;
    b->store = NULL;
    vlt_bundle_close(b);
}

enum vault_status
vlt_bundle_of_audit(struct vlt_store *s, const uint8_t own[16],
    const struct vault_options *opt, struct vlt_bundle **out,
    struct vault_error *err)
{
    struct vlt_bundle *b = make(opt);
    enum vault_status st;

    if (b == NULL)
        return vlt_fail_memory(err);
    b->store = s;
    b->in->audit = true;
    memcpy(b->in->own, own, sizeof b->in->own);
    st = vlt_bundle_cards(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_revocations(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_logs(b, err);
    if (st != VAULT_OK) {
        vlt_bundle_leave(b);
        return st;
    }
    *out = b;
    return VAULT_OK;
}

/* ---- structure ---- */

static enum vault_status
is_kind(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    bool *found = ctx;

    (void)err;
    if (strcmp(k, "kind") == 0)
        *found = n == 6 && memcmp(v, "bundle", 6) == 0;
    return VAULT_OK;
}

enum vault_status
vlt_bundle_structure(struct vlt_bundle *b, struct vault_error *err)
{
    uint8_t vault[16];
    enum vault_status st = vlt_store_quick_check(b->store, err);

    if (st == VAULT_OK)
        st = vlt_bundle_meta(b->store, vault, &b->note, &b->manifest, err);
    if (st == VAULT_OK)
        st = vlt_bundle_planted(b->store, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_bundle_parse(&b->text, (const char *)b->note.p, b->note.len, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "what the sender signed is malformed");
    if (st == VAULT_OK && memcmp(vault, b->text.vault, 16) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the sender's vault in the file is not the one in what was signed");
    return st;
}

/* ---- the signature, and what it covers besides the records ---- */

enum vault_status
vlt_bundle_signature(struct vlt_bundle *b, struct vault_error *err)
{
    const struct vlt_card *card =
        vlt_bundle_card(b, b->text.vault, b->text.card);
    size_t i;
    enum vault_status st = VAULT_E_NOT_FOUND;

    if (card == NULL && b->forks > 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "two cards of one vault and generation lie in it: at least one is "
            "forged, and neither speaks for the sender");
    if (card == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the sender's card is not in it, or does not hold");
    for (i = 0; i < b->in->cards; i++) {
        if (&b->in->card[i].card == card)
            st = vlt_bundle_note_text(b->store, b->in->card[i].n,
                &b->sender_note, err);
    }
    if (st == VAULT_OK)
        st = vlt_bundle_check((const char *)b->note.p, b->note.len, card, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "what the sender signed is malformed");
    if (st == VAULT_OK)
        b->sender = *card;
    return st;
}

struct epochs {
    struct vlt_bundle *b;
    uint64_t own;
};

/* The row is borrowed: what is kept is copied by taking it over. */
static enum vault_status
take_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct epochs *w = ctx;
    struct vlt_bundle_inside *in = w->b->in;
    enum vlt_epoch_kind kind = r->epoch.kind;
    void *more;

    if (kind == VLT_EPOCH_BUNDLE) {
        if (w->own++ > 0)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "planted: two epochs of the bundle's own");
        return vlt_epoch_by_id(w->b->store, r->epoch.id, &w->b->epoch, err);
    }
    if (kind != VLT_EPOCH_COMPARTMENT)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "planted: an epoch of a kind that a bundle never holds");
    if ((in->others & (in->others - 1)) == 0) {
        more = realloc(in->other,
            (in->others == 0 ? 1 : 2 * in->others) * sizeof *in->other);
        if (more == NULL)
            return vlt_fail_memory(err);
        in->other = more;
    }
    in->other[in->others].used = false;
    memcpy(in->other[in->others++].id, r->epoch.id, 16);
    return vlt_bundle_poll(w->b, err);
}

static int
compare_id(const void *a, const void *b)
{
    const struct vlt_other_epoch *x = a, *y = b;

    return memcmp(x->id, y->id, sizeof x->id);
}

bool
vlt_bundle_is_other(const struct vlt_bundle *b, const uint8_t epoch[16])
{
    struct vlt_other_epoch key = {{0}, false}, *at = NULL;

    memcpy(key.id, epoch, sizeof key.id);
    if (b->in->others > 0)
        at = bsearch(&key, b->in->other, b->in->others, sizeof key, compare_id);
    if (at != NULL)
        at->used = true;
    return at != NULL;
}

static enum vault_status
check_epoch(struct vlt_bundle *b, struct vault_error *err)
{
    const struct vlt_epoch *e = &b->epoch.epoch;
    uint8_t hash[32], rcpt[32], writer[32];

    vlt_epoch_row_hash(hash, e);
    vlt_epoch_rcpt_hash(rcpt, e);
    vlt_sha256(writer, b->sender.sign, sizeof b->sender.sign);
    if (memcmp(writer, e->writer, 32) != 0 ||
        memcmp(e->vault, b->text.vault, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its records were sealed by another key than the one that signed");
    if (e->n != b->text.wraps || memcmp(rcpt, b->text.rcpt, 32) != 0 ||
        memcmp(hash, b->text.epoch, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the recipients are not those that the sender signed");
    vlt_sha256(hash, b->manifest.p, b->manifest.len);
    if (memcmp(hash, b->text.manifest, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the letter is not the one that the sender signed");
    return VAULT_OK;
}

enum vault_status
vlt_bundle_recipients(struct vlt_bundle *b, struct vault_error *err)
{
    struct epochs w = {b, 0};
    enum vault_status st = vlt_epochs(b->store, take_epoch, &w, err);

    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "an epoch row is malformed");
    if (st == VAULT_OK && w.own == 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the bundle has no epoch");
    if (st != VAULT_OK)
        return st;
    if (b->in->others > 1)
        qsort(b->in->other, b->in->others, sizeof *b->in->other, compare_id);
    return check_epoch(b, err);
}

/* ---- all of it ---- */

static enum vault_status
check_kind(struct vlt_bundle *b, struct vault_error *err)
{
    bool found = false;
    enum vault_status st = vlt_meta_each(b->store, is_kind, &found, err);

    if (st == VAULT_OK && !found)
        st = vlt_fail(err, VAULT_E_FORMAT, "this is no bundle");
    return st;
}

enum vault_status
vlt_bundle_open(const char *path, const struct vault_options *opt,
    struct vlt_bundle **out, struct vault_error *err)
{
    struct vlt_bundle *b = NULL;
    enum vault_status st = vlt_bundle_begin(path, opt, &b, err);

    if (st == VAULT_OK)
        st = check_kind(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_structure(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_cards(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_signature(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_revocations(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_recipients(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_logs(b, err);
    if (st != VAULT_OK) {
        vlt_bundle_close(b);
        return st;
    }
    *out = b;
    return VAULT_OK;
}
