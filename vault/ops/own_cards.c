/* SPDX-License-Identifier: Apache-2.0 */
/* own_cards.c: the vault's own cards: shown, renewed, revoked */
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "card_view.h"
#include "cell.h"
#include "fail.h"
#include "note_rows.h"
#include "own_revoke.h"
#include "renew.h"
#include "revoke.h"
#include "sealer.h"

/* ---- revoked or not ---- */

struct search {
    const struct vlt_card *card;
    bool found;
    struct vlt_buf *note;
};

static enum vault_status
match_note(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct search *s = ctx;
    struct vlt_revoke r;

    /* the same key signs that a device is revoked */
    if (s->found || vlt_revoke_check(note, len, s->card, NULL) != VAULT_OK ||
        vlt_revoke_parse(&r, note, len, NULL) != VAULT_OK || r.is_device)
        return VAULT_OK;
    s->found = true;
    if (s->note == NULL)
        return VAULT_OK;
    vlt_buf_put(s->note, note, len);
    return vlt_buf_end(s->note, "revocation", err);
}

enum vault_status
vlt_own_revoked(struct vault *v, const struct vlt_card *card, bool *out,
    struct vlt_buf *note, struct vault_error *err)
{
    struct search s = {card, false, note};
    enum vault_status st = vlt_notes(v->store, "revoke", match_note, &s, err);

    if (st == VAULT_OK)
        *out = s.found;
    return st;
}

enum vault_status
vlt_own_card_usable(struct vault *v, struct vault_error *err)
{
    bool revoked = false;
    enum vault_status st = vlt_own_revoked(v, &v->card, &revoked, NULL, err);

    if (st == VAULT_OK && revoked)
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "sanduq card renew makes the next card; others must compare it",
            "this vault's card is revoked: what it signs is refused");
    return st;
}

/* ---- shown ---- */

struct showing {
    struct vault *v;
    int (*fn)(void *ctx, const struct vault_card *card);
    void *ctx;
};

static enum vault_status
show_row(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct showing *s = ctx;
    struct vault_card view;
    struct vlt_card card;
    struct vlt_buf note;
    bool revoked = false;
    enum vault_status st = vlt_card_parse(&card, r->card, r->card_len, err);

    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the vault's card is malformed");
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_own_revoked(s->v, &card, &revoked, &note, err);
    if (st == VAULT_OK) {
        vlt_card_view(&view, &card, r->card, r->card_len, VAULT_CARD_OWN);
        if (revoked) {
            view.revocation = (const char *)note.p;
            view.revocation_len = note.len;
        }
        if (s->fn(s->ctx, &view) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    vlt_buf_clear(&note);
    return st;
}

enum vault_status
vault_cards_own(struct vault *v,
    int (*fn)(void *ctx, const struct vault_card *card), void *ctx,
    struct vault_error *err)
{
    struct showing s = {v, fn, ctx};
    enum vault_status st = vlt_need_vault(v, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_identities(v->store, show_row, &s, err);
    vlt_store_rollback(v->store);
    return st;
}

/* ---- the next generation ---- */

static enum vault_status
put_next(struct vault *v, struct vault_error *err)
{
    struct vlt_identity_row row;
    struct vlt_card card;
    struct vlt_seed *seed = vlt_seed_new();
    uint8_t cell[VLT_SEED_CELL];
    struct vlt_buf note;
    enum vault_status st;

    if (seed == NULL)
        return vlt_fail_memory(err);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    vlt_random(seed->b, sizeof seed->b);
    memset(&card, 0, sizeof card);
    memcpy(card.vault, v->id, sizeof card.vault);
    card.generation = v->card.generation + 1;
    card.has_prev = true;
    memcpy(card.prev, v->card.fingerprint, sizeof card.prev);
    st = vlt_card_make(&card, seed, v->seed, &note, err);
    if (st == VAULT_OK) {
        vlt_seed_seal(cell, seed, v->vmk, v->id, card.generation,
            card.fingerprint);
        row = (struct vlt_identity_row){card.generation, (const char *)note.p,
            note.len, cell, sizeof cell};
        st = vlt_identity_put(v->store, &row, err);
    }
    vlt_buf_clear(&note);
    vlt_seed_free(seed);
    return st;
}

static enum vault_status
renew(struct vault *v, const char *reason, struct vault_error *err)
{
    struct vlt_entry e = {"card", NULL, 0, NULL, reason, -1};
    enum vault_status st = VAULT_OK;

    if (v->card.has_next)
        return vlt_fail(err, VAULT_E_POLICY,
            "the next card was fixed when this one was made, and is held "
            "elsewhere");
    if (v->card.generation == UINT32_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "there were too many cards");
    st = put_next(v, err);
    if (st == VAULT_OK) /* from the rows, as the next unlocking will */
        st = vlt_identity_load(v, err);
    if (st != VAULT_OK)
        return st;
    memcpy(v->state.card, v->card.fingerprint, sizeof v->state.card);
    e.subject = v->card.fingerprint;
    return vlt_action_leaf(v, &e, err);
}

/* Nothing may be sealed to a card that did not come to be. */
static void
go_back(struct vault *v)
{
    bool back = vlt_store_begin(v->store, false, NULL) == VAULT_OK;

    back = back && vlt_identity_load(v, NULL) == VAULT_OK;
    vlt_store_rollback(v->store);
    if (!back) {
        vault_lock(v);
        return;
    }
    memcpy(v->state.card, v->card.fingerprint, sizeof v->state.card);
}

enum vault_status
vault_card_renew(struct vault *v, const char *reason, struct vault_error *err)
{
    bool made = false;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && reason != NULL)
        st = vlt_reason_check(reason, err);
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_renew_made(v, &made, err);
    if (st == VAULT_OK && made)
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "go on with that file; whoever sees two successors of a card "
            "refuses both",
            "a file with the next card was made from this vault already");
    if (st == VAULT_OK)
        st = renew(v, reason, err);
    if (st == VAULT_OK)
        st = vlt_action_commit(v, err);
    else
        vlt_action_abort(v);
    if (st != VAULT_OK)
        go_back(v);
    return st;
}

/* ---- revoking ---- */

struct making {
    struct vault *v;
    uint32_t generation;
    struct vlt_seed *seed;
    bool found;
};

static enum vault_status
open_generation(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct making *m = ctx;
    struct vlt_card card;

    if (r->gen != m->generation || r->seed == NULL)
        return VAULT_OK;
    if (vlt_card_parse(&card, r->card, r->card_len, NULL) != VAULT_OK ||
        !vlt_seed_open(m->seed, r->seed, r->seed_len, m->v->vmk, m->v->id,
            r->gen, card.fingerprint))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the vault's card or its sealed secret was changed");
    m->found = true;
    return VAULT_OK;
}

static enum vault_status
make_revocation(struct making *m, struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_revoke r;
    enum vault_status st = vlt_identities(m->v->store, open_generation, m, err);

    if (st == VAULT_OK && !m->found)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "the secret of generation %u is not in this vault",
            (unsigned)m->generation);
    if (st != VAULT_OK)
        return st;
    memset(&r, 0, sizeof r);
    memcpy(r.vault, m->v->id, sizeof r.vault);
    r.generation = m->generation;
    return vlt_revoke_make(&r, m->seed, out, err);
}

enum vault_status
vault_card_revocation(struct vault *v, uint32_t generation,
    int (*fn)(void *ctx, const char *note, size_t len), void *ctx,
    struct vault_error *err)
{
    struct making m = {v, generation, vlt_seed_new(), false};
    struct vlt_buf note;
    enum vault_status st =
        m.seed == NULL ? vlt_fail_memory(err) : vlt_read_begin(v, err);

    if (st != VAULT_OK) {
        vlt_seed_free(m.seed);
        return st;
    }
    vlt_buf_init(&note, VLT_NOTE_MAX);
    if (generation == 0)
        m.generation = v->card.generation;
    st = make_revocation(&m, &note, err);
    vlt_store_rollback(v->store);
    vlt_seed_free(m.seed);
    if (st == VAULT_OK && fn(ctx, (const char *)note.p, note.len) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    vlt_buf_clear(&note);
    return st;
}
