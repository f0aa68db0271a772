/* SPDX-License-Identifier: Apache-2.0 */
/* receive_act.c: one bundle within the action that takes it in */
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "notice_ops.h"
#include "receiving.h"

enum vault_status
vlt_receive_books(struct vault_receive *r, struct vlt_rbooks *out,
    struct vault_error *err)
{
    enum vault_status st = vlt_book_load(r->v, &out->book, err);

    return st == VAULT_OK ? vlt_rlogs_load(r->v, &out->logs, err) : st;
}

void
vlt_receive_books_end(struct vlt_rbooks *b)
{
    vlt_book_free(b->book);
    vlt_rlogs_free(b->logs);
}

/* ---- notes and logs ---- */

struct keeping {
    struct vault *v;
    struct vlt_rbooks *books;
    struct vlt_rcards *cards;
    struct vlt_bundle *b;
};

/* The card that signed a replica or device note, or is one. */
static const struct vlt_card *
card_of(const struct keeping *k, const char *kind, const char *note, size_t len)
{
    struct vlt_replica r;
    struct vlt_device d;
    struct vlt_card c;
    const struct vlt_card *by = NULL;

    if (strcmp(kind, "card") == 0) {
        if (vlt_card_parse(&c, note, len, NULL) == VAULT_OK)
            by = vlt_bundle_card(k->b, c.vault, c.fingerprint);
    } else if (strcmp(kind, "replica") == 0) {
        if (vlt_replica_parse(&r, note, len, NULL) == VAULT_OK) {
            by = vlt_bundle_card(k->b, r.vault, r.card);
            vlt_replica_clear(&r);
        }
    } else if (strcmp(kind, "device") == 0) {
        if (vlt_device_parse(&d, note, len, NULL) == VAULT_OK)
            by = vlt_bundle_card(k->b, d.vault, d.card);
    }
    return by;
}

/* What a refused card signed is not kept: a log of its would stand beside the
 * one whose name it took. Sessions are nothing without their device note. */
static enum vault_status
keep_note(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    struct keeping *k = ctx;
    const struct vlt_card *by = card_of(k, kind, note, len);
    enum vault_status st;

    if (by != NULL && vlt_rcards_refuses(k->cards, by))
        return VAULT_OK;
    st = vlt_book_add(k->v, k->books->book, kind, note, len, err);
    if (st == VAULT_OK && strcmp(kind, "revoke") == 0)
        st = vlt_receive_revoke(k->v, note, len, &k->books->settings, err);
    if (st == VAULT_E_NOT_FOUND || st == VAULT_E_FORMAT) {
        vlt_error_clear(err); /* of a card or device that is not pinned */
        st = VAULT_OK;
    }
    return st;
}

static enum vault_status
keep_notes(struct vault *v, struct vlt_bundle *b, struct vlt_rbooks *books,
    struct vlt_rcards *cards, struct vault_error *err)
{
    struct keeping k = {v, books, cards, b};
    struct vlt_rmerged m;
    enum vault_status st = vlt_bundle_notes(b, keep_note, &k, NULL, err);

    return st == VAULT_OK
        ? vlt_rlogs_merge(v, books->logs, b, cards, true, &m, err)
        : st;
}

/* ---- the bundle ---- */

/* The signed text commits to all that was checked. */
enum vault_status
vlt_receive_same(const struct vlt_rfile *f, const struct vlt_bundle *b,
    struct vault_error *err)
{
    if (memcmp(f->text_hash, b->text.text_hash, 32) == 0 &&
        memcmp(f->from, b->sender.fingerprint, 32) == 0)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_TAMPERED, "receive it again",
        "%s was changed since it was checked; nothing was taken in", f->path);
}

/* Once more: a bundle of the same run may have brought another card of one
 * vault. */
static enum vault_status
judge_again(const struct vlt_rcards *cards, struct vlt_bundle *b,
    struct vault_error *err)
{
    struct vault_error why;
    char name[256];
    enum vault_received_signer is =
        vlt_rcards_judge(cards, &b->sender, name, &why);

    if (is != VAULT_SIGNER_REFUSED && is != VAULT_SIGNER_REVOKED)
        return VAULT_OK;
    if (err != NULL)
        *err = why;
    return why.code;
}

static enum vault_status
take_in(struct vault_receive *r, struct vlt_rfile *f, struct vlt_bundle *b,
    struct vlt_rbooks *books, struct vlt_rcards *cards, struct vault_error *err)
{
    enum vault_status st = vlt_rcards_add_all(cards, b, err);

    if (st == VAULT_OK)
        st = judge_again(cards, b, err);
    if (st == VAULT_OK)
        st = keep_notes(r->v, b, books, cards, err);
    return st == VAULT_OK ? vlt_receive_take(r, f, b, cards, err) : st;
}

enum vault_status
vlt_receive_bundle(struct vault_receive *r, struct vlt_rfile *f,
    struct vlt_rbooks *books, struct vault_error *err)
{
    struct vlt_rcards *cards = NULL;
    struct vlt_bundle *b = NULL;
    enum vault_status st = vlt_bundle_open(f->inner, &r->v->opt, &b, err);

    if (st == VAULT_OK)
        st = vlt_receive_same(f, b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_unlock(b, r->v, err);
    if (st == VAULT_OK)
        st = vlt_rcards_load(r->v, &cards, err);
    if (st == VAULT_OK)
        st = take_in(r, f, b, books, cards, err);
    if (st == VAULT_OK && vlt_receive_by_shares(r, f, b))
        st = vlt_receive_opened(r, b, err);
    vlt_rcards_free(cards);
    vlt_bundle_close(b);
    return st;
}

/* ---- receipts ---- */

struct finding {
    struct vault *v;
    struct vlt_rfile *f;
    bool found;
};

static enum vault_status
same_receipt(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    struct finding *x = ctx;
    struct vlt_notice t;
    enum vault_status st;

    if (x->found)
        return VAULT_OK;
    vlt_notice_init(&t);
    st = vlt_notice_parse(&t, (const char *)n->p, n->len, err);
    if (st != VAULT_OK)
        return st;
    if (memcmp(t.vault, x->v->id, 16) == 0 &&
        memcmp(t.of, x->f->text_hash, 32) == 0) {
        x->found = true;
        vlt_buf_put(&x->f->receipt, n->p, n->len);
        st = vlt_buf_end(&x->f->receipt, "receipt", err);
    }
    vlt_notice_clear(&t);
    return st;
}

static enum vault_status
make_receipt(struct vault *v, struct vlt_rfile *f, struct vault_error *err)
{
    struct vlt_notice t;
    int64_t now = vlt_now(v);
    enum vault_status st;

    vlt_notice_init(&t);
    t.kind = VLT_NOTICE_RECEIPT;
    memcpy(t.vault, v->id, sizeof t.vault);
    memcpy(t.card, v->card.fingerprint, sizeof t.card);
    memcpy(t.of, f->text_hash, sizeof t.of);
    t.date = now < 0 ? 0 : (uint64_t)now;
    t.records = f->entries;
    st = vlt_notice_make(&t, v->seed, &f->receipt, err);
    vlt_notice_clear(&t);
    return st;
}

enum vault_status
vlt_receive_receipt(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_error *err)
{
    struct finding x = {r->v, f, false};
    enum vault_status st;

    vlt_buf_reset(&f->receipt);
    st = vlt_fnotes(r->v, "receipt", same_receipt, &x, err);
    if (st != VAULT_OK || x.found)
        return st;
    st = make_receipt(r->v, f, err);
    return st == VAULT_OK ? vlt_notice_given(r->v, (const char *)f->receipt.p,
                                f->receipt.len, err)
                          : st;
}
