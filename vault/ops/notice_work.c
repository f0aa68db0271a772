/* SPDX-License-Identifier: Apache-2.0 */
/* notice_work.c: what is needed to judge notices, read once for many */
#include "notice_work.h"
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "label.h"
#include "text.h"

/* A list that grows by doubling; NULL without memory. */
static void *
grown(void *list, size_t n, size_t size)
{
    if ((n & (n - 1)) != 0)
        return list;
    return realloc(list, (n == 0 ? 1 : 2 * n) * size);
}

/* ---- cards ---- */

static enum vault_status
add_signer(struct vlt_notices *w, const struct vlt_card *card, const void *note,
    size_t len, struct vlt_signer **out, struct vault_error *err)
{
    struct vlt_signer *more = grown(w->signer, w->signers, sizeof *more);

    if (more == NULL)
        return vlt_fail_memory(err);
    w->signer = more;
    more += w->signers;
    memset(more, 0, sizeof *more);
    more->card = *card;
    more->note = vlt_memdup(note, len);
    more->note_len = len;
    if (more->note == NULL)
        return vlt_fail_memory(err);
    w->signers++;
    *out = more;
    return VAULT_OK;
}

static enum vault_status
take_own(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct vlt_notices *w = ctx;
    struct vlt_signer *s = NULL;
    struct vlt_card card;
    enum vault_status st;

    st = vlt_card_parse(&card, r->card, r->card_len, err);
    if (st == VAULT_OK)
        st = add_signer(w, &card, r->card, r->card_len, &s, err);
    if (st == VAULT_OK)
        s->own = true;
    return st;
}

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_notices *w = ctx;
    struct vlt_signer *s = NULL;
    enum vault_status st;

    st = add_signer(w, &p->card, p->note.p, p->note.len, &s, err);
    if (st != VAULT_OK)
        return st;
    memcpy(s->name, p->name, vlt_utf8_cut(p->name, sizeof s->name - 1));
    s->pinned = true;
    s->bad = p->state == VLT_PIN_REFUSED || p->state == VLT_PIN_REVOKED;
    s->compared = p->state == VLT_PIN_KNOWN;
    return VAULT_OK;
}

static const struct vlt_signer *
find_signer(const struct vlt_notices *w, const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < w->signers; i++) {
        if (memcmp(w->signer[i].card.fingerprint, fingerprint, 32) == 0)
            return &w->signer[i];
    }
    return NULL;
}

const struct vlt_card *
vlt_notices_card(const struct vlt_notices *w, const uint8_t fingerprint[32],
    const struct vlt_signer **more)
{
    const struct vlt_signer *s = find_signer(w, fingerprint);

    if (more != NULL)
        *more = s;
    return s != NULL ? &s->card : vlt_book_card(w->book, fingerprint);
}

/* A key that is not to be trusted names no successor: a person must have
 * compared it. */
static bool
proves(const struct vlt_signer *before, const struct vlt_signer *next)
{
    return before == NULL || !before->bad || (next != NULL && next->compared);
}

/* Whether `newer` follows `older` by one step or more. */
static bool
follows(const struct vlt_notices *w, const uint8_t newer[32],
    const uint8_t older[32])
{
    enum { STEPS = 64 };
    uint8_t at[32];
    int i;

    memcpy(at, newer, 32);
    for (i = 0; i < STEPS; i++) {
        const struct vlt_signer *s = NULL, *before = NULL;
        const struct vlt_card *card = vlt_notices_card(w, at, &s);
        const struct vlt_card *prev;
        const char *note;
        size_t len = 0;

        if (card == NULL || !card->has_prev)
            return false;
        prev = vlt_notices_card(w, card->prev, &before);
        note = s != NULL ? s->note : vlt_book_card_note(w->book, at, &len);
        if (s != NULL)
            len = s->note_len;
        if (prev == NULL || note == NULL || !proves(before, s) ||
            vlt_card_follows(card, note, len, prev, NULL) != VAULT_OK)
            return false;
        if (memcmp(card->prev, older, 32) == 0)
            return true;
        memcpy(at, card->prev, 32);
    }
    return false;
}

bool
vlt_notices_linked(const struct vlt_notices *w, const uint8_t a[32],
    const uint8_t b[32])
{
    return memcmp(a, b, 32) == 0 || follows(w, a, b) || follows(w, b, a);
}

/* ---- notices that are kept ---- */

static enum vault_status
add_kept(struct vlt_notices *w, uint64_t number, const struct vlt_notice *n,
    struct vault_error *err)
{
    struct vlt_kept *more = grown(w->kept, w->kept_len, sizeof *more);

    if (more == NULL)
        return vlt_fail_memory(err);
    w->kept = more;
    more += w->kept_len++;
    *more = (struct vlt_kept){.kind = n->kind,
        .n = number,
        .date = (int64_t)n->date,
        .answer = n->answer,
        .stmts = n->stmts};
    memcpy(more->vault, n->vault, 16);
    memcpy(more->card, n->card, 32);
    memcpy(more->hash, n->text_hash, 32);
    memcpy(more->of, n->of, 32);
    return VAULT_OK;
}

static enum vault_status
take_kept(void *ctx, const struct vlt_fnote *f, struct vault_error *err)
{
    struct vlt_notices *w = ctx;
    struct vlt_notice n;
    enum vlt_notice_kind kind;
    enum vault_status st;

    if (!vlt_notice_is((const char *)f->p, f->len, &kind))
        return VAULT_OK;
    st = vlt_notice_parse(&n, (const char *)f->p, f->len, err);
    if (st != VAULT_OK)
        return st;
    st = add_kept(w, f->n, &n, err);
    vlt_notice_clear(&n);
    return st;
}

const struct vlt_kept *
vlt_notices_kept(const struct vlt_notices *w, const uint8_t hash[32])
{
    size_t i;

    for (i = 0; i < w->kept_len; i++) {
        if (memcmp(w->kept[i].hash, hash, 32) == 0)
            return &w->kept[i];
    }
    return NULL;
}

enum vault_status
vlt_notices_read(const struct vlt_notices *w, const struct vlt_kept *k,
    struct vlt_notice *out, struct vlt_buf *note, struct vault_error *err)
{
    struct vlt_buf text;
    char kind[33];
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_fnote_get(w->v, k->n, kind, &text, err);
    if (st == VAULT_OK)
        st = vlt_notice_parse(out, (const char *)text.p, text.len, err);
    if (st == VAULT_OK && note != NULL) {
        vlt_buf_put(note, text.p, text.len);
        st = vlt_buf_end(note, "note", err);
        if (st != VAULT_OK)
            vlt_notice_clear(out);
    }
    vlt_buf_clear(&text);
    return st;
}

/* S(x) of section 7.1: the line says that there was something, not what. */
static enum vault_status
salted_leaf(struct vault *v, const char *kind, const uint8_t x[32],
    struct vault_error *err)
{
    uint8_t salt[32], subject[32];
    struct vlt_entry e = {kind, NULL, 0, subject, NULL, -1};
    struct vlt_fields more;
    struct vlt_sha256 h;
    enum vault_status st;

    vlt_random(salt, sizeof salt);
    vlt_label_hash_init(&h, VLT_L_SALTED);
    vlt_sha256_update(&h, salt, sizeof salt);
    vlt_sha256_update(&h, x, 32);
    vlt_sha256_final(&h, subject);
    vlt_fields_init(&more);
    st = vlt_fields_add(&more, VLT_FIELD_BYTES, VLT_STATE_VALUE, "salt", salt,
        sizeof salt, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(v, &e, &more, err);
    vlt_fields_clear(&more);
    return st;
}

enum vault_status
vlt_notices_keep(struct vlt_notices *w, const struct vlt_notice *n,
    const char *note, size_t len, const char *leaf, struct vault_error *err)
{
    uint64_t number = 0;
    enum vault_status st =
        vlt_fnote_put(w->v, &number, vlt_notice_word(n->kind), note, len, err);

    if (st == VAULT_OK)
        st = salted_leaf(w->v, leaf, n->text_hash, err);
    return st == VAULT_OK ? add_kept(w, number, n, err) : st;
}

/* ---- transactions ---- */

enum vault_status
vlt_notices_look(struct vault *v, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    return st == VAULT_OK ? vlt_read_begin(v, err) : st;
}

enum vault_status
vlt_notices_begin(struct vault *v, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    return st == VAULT_OK ? vlt_action_begin(v, err) : st;
}

enum vault_status
vlt_notices_end(struct vault *v, enum vault_status st, struct vault_error *err)
{
    if (st == VAULT_OK && v->state.size != v->kept.size)
        return vlt_action_commit(v, err);
    vlt_action_abort(v);
    return st;
}

/* ---- open, close ---- */

enum vault_status
vlt_notices_open(struct vault *v, struct vlt_notices **out,
    struct vault_error *err)
{
    struct vlt_notices *w = calloc(1, sizeof *w);
    enum vault_status st;

    if (w == NULL)
        return vlt_fail_memory(err);
    w->v = v;
    st = vlt_book_load(v, &w->book, err);
    if (st == VAULT_OK)
        st = vlt_identities(v->store, take_own, w, err);
    if (st == VAULT_OK)
        st = vlt_pins(v, take_pin, w, err);
    if (st == VAULT_OK)
        st = vlt_fnotes(v, NULL, take_kept, w, err);
    if (st != VAULT_OK) {
        vlt_notices_close(w);
        return st;
    }
    *out = w;
    return VAULT_OK;
}

void
vlt_notices_close(struct vlt_notices *w)
{
    size_t i;

    if (w == NULL)
        return;
    for (i = 0; i < w->signers; i++)
        free(w->signer[i].note);
    free(w->signer);
    free(w->kept);
    free(w->held);
    vlt_book_free(w->book);
    free(w);
}
