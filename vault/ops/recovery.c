/* SPDX-License-Identifier: Apache-2.0 */
/* recovery.c: recovery keys and other vaults' cards as ways to unlock */
#include <stdlib.h>
#include <string.h>
#include "card.h"
#include "fail.h"
#include "settings.h"
#include "shares.h"
#include "slot_change.h"

/* ---- dealing ---- */

enum vault_status
vault_recovery_deal(unsigned k, unsigned n, struct vault_recovery **out,
    struct vault_error *err)
{
    struct vault_recovery *r;
    struct vlt_shares *set = NULL;
    enum vault_status st = vlt_crypto_init(err);

    if (st != VAULT_OK)
        return st;
    r = calloc(1, sizeof *r);
    if (r == NULL)
        return vlt_fail_memory(err);
    r->k = k;
    r->n = n;
    r->key = vlt_recovery_new();
    if (r->key == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    vlt_random(r->key->b, sizeof r->key->b);
    st = vlt_shares_deal(r->key, k, n, NULL, &set, err);
    if (st != VAULT_OK)
        goto out;
    r->shares = vlt_shares_wrap(set);
    if (r->shares == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    *out = r;
    r = NULL;
out:
    vault_recovery_free(r);
    return st;
}

void
vault_recovery_free(struct vault_recovery *r)
{
    if (r == NULL)
        return;
    vlt_recovery_free(r->key);
    vault_shares_free(r->shares);
    free(r);
}

const struct vault_shares *
vault_recovery_shares(const struct vault_recovery *r)
{
    return r->shares;
}

/* ---- what the event remembers ---- */

static enum vault_status
fields_shares(struct vlt_fields *f, const struct vlt_slot *slot,
    const struct vault_recovery *r, struct vault_error *err)
{
    enum vault_status st;

    st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "slot", slot->id,
        sizeof slot->id, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(f, "set", r->shares->set->s[0].id, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "threshold", r->k, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "total", r->n, err);
    return st;
}

static enum vault_status
fields_card(struct vlt_fields *f, const struct vlt_slot *slot,
    const struct vlt_card *card, struct vault_error *err)
{
    enum vault_status st;

    st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "slot", slot->id,
        sizeof slot->id, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "card",
            card->fingerprint, sizeof card->fingerprint, err);
    return st;
}

/* ---- adding ---- */

enum vault_status
vault_slot_add_recovery(struct vault *v, const struct vault_recovery *r,
    const uint8_t *old, uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct vlt_offer offer = {.recovery = r->key};
    struct vlt_slot slot;
    struct vlt_fields more;
    struct vlt_slot_change c = {.add = &slot,
        .remove = old,
        .only_kind = VLT_SLOT_RECOVERY,
        .more = &more};
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_slot_make(&slot, v->id, &offer, NULL, v->vmk, err);
    if (st != VAULT_OK)
        return st;
    vlt_fields_init(&more);
    st = fields_shares(&more, &slot, r, err);
    if (st == VAULT_OK)
        st = vlt_slot_change(v, &c, err);
    vlt_fields_clear(&more);
    if (st == VAULT_OK)
        memcpy(id, slot.id, VAULT_ID);
    return st;
}

/* What opens everything is given only to a card that was compared. */
static enum vault_status
judge_pin(const struct vlt_pin *p, struct vault_error *err)
{
    switch (p->state) {
    case VLT_PIN_KNOWN:
        return VAULT_OK;
    case VLT_PIN_REVOKED:
        return vlt_fail(err, VAULT_E_POLICY,
            "the card of \"%s\" was revoked: nothing is sealed to it", p->name);
    case VLT_PIN_REFUSED:
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "ask its owner in person which card is the right one",
            "two cards claim to follow that of \"%s\": somebody else may have "
            "its key, and nothing is sealed to it",
            p->name);
    case VLT_PIN_CONTINUES:
    case VLT_PIN_UNKNOWN:
        break;
    }
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "compare the fingerprint with its owner: sanduq card add",
        "nobody has compared the card of \"%s\" with its owner", p->name);
}

/* Within the action, so that the card is what it is when the slot is made. */
static enum vault_status
add_card(struct vault *v, const char *name, struct vlt_slot *slot,
    struct vault_error *err)
{
    struct vlt_fields more;
    struct vlt_slot_change c = {.add = slot, .more = &more};
    struct vlt_pin p;
    enum vault_status st;

    vlt_pin_init(&p);
    vlt_fields_init(&more);
    st = vlt_pin_by_name(v, name, &p, err);
    if (st == VAULT_OK)
        st = judge_pin(&p, err);
    if (st == VAULT_OK)
        st = vlt_slot_make_card(slot, v->id, p.card.kem, v->vmk, err);
    if (st == VAULT_OK)
        st = fields_card(&more, slot, &p.card, err);
    if (st == VAULT_OK)
        st = vlt_slot_change_in(v, &c, err);
    vlt_fields_clear(&more);
    vlt_pin_clear(&p);
    return st;
}

enum vault_status
vault_slot_add_card(struct vault *v, const char *name, uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct vlt_slot slot;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = add_card(v, name, &slot, err);
    if (st != VAULT_OK) {
        vlt_action_abort(v);
        return st;
    }
    st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        memcpy(id, slot.id, VAULT_ID);
    return st;
}

/* ---- remembering ---- */

struct search {
    struct vault *v;
    const uint8_t *id;
    struct vault_slot_about about;
};

static bool
number(const struct vlt_fields *f, const char *name, unsigned *out)
{
    int64_t n = 0;

    if (!vlt_fields_i64(f, name, &n) || n < 1 || n > VLT_SHARES_MAX)
        return false;
    *out = (unsigned)n;
    return true;
}

static bool
bytes_are(const struct vlt_field *f, size_t n)
{
    return f != NULL && f->type == VLT_FIELD_BYTES &&
        f->state == VLT_STATE_VALUE && f->value_len == n;
}

static void
take(struct vault_slot_about *a, const struct vlt_fields *f)
{
    const struct vlt_field *set = vlt_fields_find(f, "set");
    const struct vlt_field *card = vlt_fields_find(f, "card");

    memset(a, 0, sizeof *a);
    a->known = true;
    a->since = -1;
    (void)vlt_fields_i64(f, "time", &a->since);
    if (set != NULL && set->type == VLT_FIELD_TEXT &&
        set->value_len == VAULT_SHARE_SET - 1 &&
        number(f, "threshold", &a->threshold) && number(f, "total", &a->total))
        memcpy(a->set, set->value, set->value_len);
    if (bytes_are(card, VAULT_HASH)) {
        a->has_card = true;
        memcpy(a->card, card->value, VAULT_HASH);
        vlt_fingerprint_text(a->letters, a->card);
    }
}

/* An event that does not open says nothing; the next one may. */
static enum vault_status
look(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct search *s = ctx;
    struct vlt_fields f;
    const struct vlt_field *slot;

    (void)err;
    vlt_fields_init(&f);
    if (r->evct == NULL || vlt_event_read(s->v, r, &f, NULL) != VAULT_OK)
        return VAULT_OK;
    slot = vlt_fields_find(&f, "slot");
    if (bytes_are(slot, VAULT_ID) && memcmp(slot->value, s->id, VAULT_ID) == 0)
        take(&s->about, &f);
    vlt_fields_clear(&f);
    return VAULT_OK;
}

static enum vault_status
look_name(struct vault *v, struct vault_slot_about *a, struct vault_error *err)
{
    struct vlt_pin p;
    enum vault_status st;

    vlt_pin_init(&p);
    st = vlt_pin_by_fingerprint(v, a->card, &p, err);
    if (st == VAULT_OK)
        memcpy(a->name, p.name, sizeof a->name);
    vlt_pin_clear(&p);
    return st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
}

enum vault_status
vault_slot_about(struct vault *v, const uint8_t id[VAULT_ID],
    struct vault_slot_about *out, struct vault_error *err)
{
    struct search s = {.v = v, .id = id, .about = {.since = -1}};
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_leaves_slots(v->store, look, &s, err);
    if (st == VAULT_OK && s.about.has_card)
        st = look_name(v, &s.about, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        *out = s.about;
    return st;
}
