/* SPDX-License-Identifier: Apache-2.0 */
/* pinned_cards.c: cards of others: listed, added, removed, revoked */
#include <stdlib.h>
#include <string.h>
#include "card_view.h"
#include "fail.h"
#include "note_rows.h"
#include "own_revoke.h"
#include "pin_add.h"
#include "revoke.h"

/* ---- listed ---- */

struct list {
    size_t n;
    struct vlt_pin *at;
};

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct list *l = ctx;
    struct vlt_pin *more = realloc(l->at, (l->n + 1) * sizeof *more);
    enum vault_status st;

    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    st = vlt_pin_copy(&more[l->n], p, err);
    if (st == VAULT_OK)
        l->n++;
    return st;
}

static int
by_name(const void *a, const void *b)
{
    const struct vlt_pin *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    if (order != 0)
        return order;
    return x->card.generation < y->card.generation
        ? -1
        : x->card.generation > y->card.generation;
}

enum vault_status
vault_pins(struct vault *v, int (*fn)(void *ctx, const struct vault_card *card),
    void *ctx, struct vault_error *err)
{
    struct list l = {0, NULL};
    struct vault_card view;
    enum vault_status st = vlt_read_begin(v, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    st = vlt_pins(v, take_pin, &l, err);
    vlt_store_rollback(v->store);
    if (l.n > 1)
        qsort(l.at, l.n, sizeof *l.at, by_name);
    for (i = 0; i < l.n; i++) {
        if (st == VAULT_OK) {
            vlt_pin_view(&view, &l.at[i]);
            if (fn(ctx, &view) != 0)
                st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
        }
        vlt_pin_clear(&l.at[i]);
    }
    free(l.at);
    return st;
}

/* ---- changed: an action that leaves no line when nothing changed ---- */

static enum vault_status
begin(struct vault *v, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    return st == VAULT_OK ? vlt_action_begin(v, err) : st;
}

static enum vault_status
finish(struct vault *v, enum vault_status st, bool changed,
    struct vault_error *err)
{
    if (st == VAULT_OK && changed)
        st = vlt_settings_changed(v, err);
    if (st == VAULT_OK && changed)
        return vlt_action_commit(v, err);
    vlt_action_abort(v);
    return st;
}

static void
tell(const struct vlt_pin *p,
    void (*fn)(void *ctx, const struct vault_card *card), void *ctx)
{
    struct vault_card view;

    vlt_pin_view(&view, p);
    if (fn != NULL)
        fn(ctx, &view);
}

enum vault_status
vault_pin_find(struct vault *v, const char *name,
    void (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err)
{
    char own[VLT_PIN_NAME + 1];
    struct vlt_pin p;
    enum vault_status st = vlt_pin_name(name, own, err);

    if (st == VAULT_OK)
        st = vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    vlt_pin_init(&p);
    st = vlt_pin_by_name(v, own, &p, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        tell(&p, fn, ctx);
    vlt_pin_clear(&p);
    return st;
}

enum vault_status
vault_pin_add(struct vault *v, const void *note, size_t n, const char *name,
    bool compared, void (*fn)(void *ctx, const struct vault_card *card),
    void *ctx, struct vault_error *err)
{
    struct vlt_pin p;
    bool changed = false;
    enum vault_status st = begin(v, err);

    if (st != VAULT_OK)
        return st;
    vlt_pin_init(&p);
    st = vlt_pin_add(v, note, n, name, compared, &changed, &p, err);
    st = finish(v, st, changed, err);
    if (st == VAULT_OK)
        tell(&p, fn, ctx);
    vlt_pin_clear(&p);
    return st;
}

enum vault_status
vault_pin_remove(struct vault *v, const char *name, const uint8_t *fingerprint,
    uint64_t *n, struct vault_error *err)
{
    size_t removed = 0;
    enum vault_status st = begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_pin_remove(v, name, fingerprint, &removed, err);
    st = finish(v, st, true, err);
    if (st == VAULT_OK)
        *n = removed;
    return st;
}

/* ---- revoked ---- */

static const struct vlt_card *
own_generation(const struct vault *v, uint32_t generation)
{
    size_t i;

    if (v->card.generation == generation)
        return &v->card;
    for (i = 0; i < v->pasts; i++) {
        if (v->past[i].card.generation == generation)
            return &v->past[i].card;
    }
    return NULL;
}

/* The line first names it, the note is kept in clear: anybody may know. */
static enum vault_status
revoke_own(struct vault *v, const struct vlt_revoke *r, const char *note,
    size_t n, bool *changed, struct vault_card *view, struct vault_error *err)
{
    const struct vlt_card *card = own_generation(v, r->generation);
    struct vlt_entry e = {"revoke", NULL, 0, r->text_hash, NULL, -1};
    bool revoked = false;
    enum vault_status st;

    if (card == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "this vault has no card of generation %u", (unsigned)r->generation);
    st = vlt_revoke_check(note, n, card, err);
    if (st == VAULT_OK)
        st = vlt_own_revoked(v, card, &revoked, NULL, err);
    if (st != VAULT_OK)
        return st;
    *changed = !revoked;
    vlt_card_view(view, card, "", 0, VAULT_CARD_OWN);
    view->revocation = note;
    view->revocation_len = n;
    if (revoked)
        return VAULT_OK;
    st = vlt_note_put(v->store, "revoke", note, n, err);
    return st == VAULT_OK ? vlt_action_leaf(v, &e, err) : st;
}

static enum vault_status
revoke_own_card(struct vault *v, const struct vlt_revoke *r, const char *note,
    size_t n, void (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err)
{
    struct vault_card view;
    bool changed = false;
    enum vault_status st = revoke_own(v, r, note, n, &changed, &view, err);

    if (st == VAULT_OK && changed)
        st = vlt_action_commit(v, err);
    else
        vlt_action_abort(v);
    if (st == VAULT_OK && fn != NULL)
        fn(ctx, &view);
    return st;
}

enum vault_status
vault_card_revoke(struct vault *v, const void *note, size_t n,
    void (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err)
{
    struct vlt_revoke r;
    struct vlt_pin p;
    bool changed = false;
    enum vault_status st = vlt_revoke_parse(&r, note, n, err);

    if (st == VAULT_OK && r.is_device)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "the revocation is of a device, not of a card");
    if (st == VAULT_OK)
        st = begin(v, err);
    if (st != VAULT_OK)
        return st;
    if (memcmp(r.vault, v->id, 16) == 0)
        return revoke_own_card(v, &r, note, n, fn, ctx, err);
    vlt_pin_init(&p);
    st = vlt_pin_revoke(v, note, n, &changed, &p, err);
    st = finish(v, st, changed, err);
    if (st == VAULT_OK)
        tell(&p, fn, ctx);
    vlt_pin_clear(&p);
    return st;
}
