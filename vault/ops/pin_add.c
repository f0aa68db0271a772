/* SPDX-License-Identifier: Apache-2.0 */
/* pin_add.c: which cards may stand under a name, and in what state */
#include "pin_add.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "revoke.h"

enum { PINS_MAX = 1024 }; /* of one vault */

/* The cards that are pinned of one vault, ascending by generation. */
struct line {
    const uint8_t *vault;
    const char *name; /* that is asked for; another's when `taken` */
    bool taken;
    size_t n;
    struct vlt_pin *at;
};

static void
clear_line(struct line *l)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        vlt_pin_clear(&l->at[i]);
    free(l->at);
    l->at = NULL;
    l->n = 0;
}

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct line *l = ctx;
    struct vlt_pin *more;
    enum vault_status st;

    if (memcmp(p->card.vault, l->vault, 16) != 0) {
        l->taken = l->taken ||
            (l->name != NULL && vlt_pin_name_same(l->name, p->name));
        return VAULT_OK;
    }
    if (l->n >= PINS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "too many cards of one vault");
    more = realloc(l->at, (l->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    st = vlt_pin_copy(&more[l->n], p, err);
    if (st == VAULT_OK)
        l->n++;
    return st;
}

static int
by_generation(const void *a, const void *b)
{
    const struct vlt_pin *x = a, *y = b;

    return x->card.generation < y->card.generation
        ? -1
        : x->card.generation > y->card.generation;
}

static enum vault_status
load_line(struct vault *v, struct line *l, struct vault_error *err)
{
    enum vault_status st = vlt_pins(v, take_pin, l, err);

    if (l->n > 1)
        qsort(l->at, l->n, sizeof *l->at, by_generation);
    return st;
}

static struct vlt_pin *
of_generation(const struct line *l, uint32_t generation)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (l->at[i].card.generation == generation)
            return &l->at[i];
    }
    return NULL;
}

static enum vault_status
follows(const struct vlt_pin *p, const struct vlt_pin *before,
    struct vault_error *err)
{
    return vlt_card_follows(&p->card, (const char *)p->note.p, p->note.len,
        &before->card, err);
}

/* ---- what the line comes to ---- */

/* Refused goes down the line: what continues a refused card is no better. */
static enum vault_status
refuse_rest(struct vault *v, struct line *l, uint32_t generation,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        if (l->at[i].card.generation < generation ||
            l->at[i].state == VLT_PIN_REFUSED)
            continue;
        l->at[i].state = VLT_PIN_REFUSED;
        st = vlt_pin_put(v, &l->at[i], err);
    }
    return st;
}

static enum vault_status
judge_rival(struct vault *v, struct line *l, const struct vlt_pin *rival,
    struct vlt_pin *p, struct vault_error *err)
{
    const struct vlt_pin *before = of_generation(l, p->card.generation - 1);

    if (before == NULL || follows(p, before, NULL) != VAULT_OK ||
        follows(rival, before, NULL) != VAULT_OK)
        return vlt_fail_hint(err, VAULT_E_TAMPERED,
            "ask the person over another way which one is right; sanduq card "
            "remove takes the wrong one away",
            "another card of generation %" PRIu32
            " of this vault is pinned as \"%s\": one of the two is not its own",
            p->card.generation, rival->name);
    p->state = VLT_PIN_REFUSED;
    return refuse_rest(v, l, p->card.generation, err);
}

static enum vlt_pin_state
state_after(const struct vlt_pin *before, bool compared)
{
    if (before != NULL && before->state == VLT_PIN_REFUSED)
        return VLT_PIN_REFUSED;
    if (compared)
        return VLT_PIN_KNOWN;
    return before != NULL &&
            (before->state == VLT_PIN_KNOWN ||
                before->state == VLT_PIN_CONTINUES)
        ? VLT_PIN_CONTINUES
        : VLT_PIN_UNKNOWN;
}

/* A card that is not pinned, beside those that are. */
static enum vault_status
judge_new(struct vault *v, struct line *l, struct vlt_pin *p, bool compared,
    struct vault_error *err)
{
    const struct vlt_pin *before = of_generation(l, p->card.generation - 1);
    const struct vlt_pin *same = of_generation(l, p->card.generation);
    const struct vlt_pin *after = of_generation(l, p->card.generation + 1);
    enum vault_status st = VAULT_OK;

    if (same != NULL)
        return judge_rival(v, l, same, p, err);
    if (before != NULL)
        st = follows(p, before, err);
    if (st == VAULT_OK && after != NULL)
        st = follows(after, p, err);
    if (st != VAULT_OK)
        return st;
    if (l->n > 0 && before == NULL && after == NULL && !compared)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "compare the fingerprint with the person, or add the cards "
            "between them first",
            "\"%s\" has a card of generation %" PRIu32
            " here, which this one of generation %" PRIu32
            " does not continue directly",
            l->at[0].name, l->at[l->n - 1].card.generation, p->card.generation);
    p->state = state_after(before, compared);
    p->confirmed = compared;
    return VAULT_OK;
}

/* One that is pinned is confirmed now, or stays as it is. */
static enum vault_status
judge_same(struct vlt_pin *p, bool compared, bool *changed,
    struct vault_error *err)
{
    if (!compared || p->state == VLT_PIN_KNOWN)
        return VAULT_OK;
    if (p->state == VLT_PIN_REFUSED || p->state == VLT_PIN_REVOKED)
        return vlt_fail(err, VAULT_E_POLICY,
            p->state == VLT_PIN_REVOKED
                ? "the card of \"%s\" is revoked: comparing does not help"
                : "there are two successors of one card of \"%s\": somebody "
                  "else has its key, both are refused",
            p->name);
    p->state = VLT_PIN_KNOWN;
    p->confirmed = true;
    *changed = true;
    return VAULT_OK;
}

/* ---- adding ---- */

static enum vault_status
check_own(const struct vault *v, const struct vlt_card *card,
    struct vault_error *err)
{
    if (memcmp(card->vault, v->id, 16) != 0)
        return VAULT_OK;
    if (vlt_own_card(v, card->fingerprint) != NULL)
        return vlt_fail(err, VAULT_E_USAGE, "this is a card of this vault");
    return vlt_fail(err, VAULT_E_TAMPERED,
        "a card that says it is this vault's, and is not");
}

static enum vault_status
choose_name(const struct line *l, const char *name, struct vlt_pin *p,
    struct vault_error *err)
{
    if (l->n == 0 && name == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no card of this vault is pinned: it needs a name");
    if (l->taken)
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "\"%s\" is the name of another vault's card", name);
    if (l->n > 0 && name != NULL && !vlt_pin_name_same(name, l->at[0].name))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "all cards of one vault stand under one name",
            "this vault's card is pinned as \"%s\"", l->at[0].name);
    memset(p->name, 0, sizeof p->name);
    name = l->n > 0 ? l->at[0].name : name;
    memcpy(p->name, name, strlen(name));
    return VAULT_OK;
}

static struct vlt_pin *
the_same(const struct line *l, const struct vlt_card *card)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (memcmp(l->at[i].card.fingerprint, card->fingerprint, 32) == 0)
            return &l->at[i];
    }
    return NULL;
}

static enum vault_status
add_to(struct vault *v, struct line *l, struct vlt_pin *p, bool compared,
    bool *changed, struct vault_error *err)
{
    struct vlt_pin *same = the_same(l, &p->card);
    enum vault_status st = choose_name(l, l->name, p, err);

    if (st != VAULT_OK)
        return st;
    if (same == NULL) {
        st = judge_new(v, l, p, compared, err);
        *changed = st == VAULT_OK;
        return st == VAULT_OK ? vlt_pin_put(v, p, err) : st;
    }
    st = judge_same(same, compared, changed, err);
    if (st == VAULT_OK && *changed)
        st = vlt_pin_put(v, same, err);
    if (st != VAULT_OK)
        return st;
    vlt_pin_clear(p);
    return vlt_pin_copy(p, same, err);
}

enum vault_status
vlt_pin_add(struct vault *v, const char *note, size_t len, const char *name,
    bool compared, bool *changed, struct vlt_pin *out, struct vault_error *err)
{
    struct line l = {0};
    struct vlt_pin p;
    char own[VLT_PIN_NAME + 1];
    enum vault_status st;

    vlt_pin_init(&p);
    *changed = false;
    st = vlt_card_parse(&p.card, note, len, err);
    if (st == VAULT_OK)
        st = check_own(v, &p.card, err);
    if (st == VAULT_OK && name != NULL)
        st = vlt_pin_name(name, own, err);
    if (st == VAULT_OK) {
        vlt_buf_put(&p.note, note, len);
        st = vlt_buf_end(&p.note, "card", err);
    }
    l.vault = p.card.vault;
    l.name = name != NULL ? own : NULL;
    if (st == VAULT_OK)
        st = load_line(v, &l, err);
    if (st == VAULT_OK)
        st = add_to(v, &l, &p, compared, changed, err);
    clear_line(&l);
    if (st != VAULT_OK) {
        vlt_pin_clear(&p);
        return st;
    }
    *out = p;
    return VAULT_OK;
}

/* ---- revoking ---- */

/* Successors signed by a key that is not to be trusted prove nothing. */
static enum vault_status
doubt_rest(struct vault *v, struct line *l, uint32_t generation,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        if (l->at[i].card.generation <= generation)
            continue;
        if (l->at[i].state != VLT_PIN_CONTINUES)
            break; /* compared, or it stopped there already */
        l->at[i].state = VLT_PIN_UNKNOWN;
        st = vlt_pin_put(v, &l->at[i], err);
    }
    return st;
}

/* Of two cards of one generation, the one whose key signed it. */
static struct vlt_pin *
signer_of(const struct line *l, const char *note, size_t len, bool *any,
    uint32_t generation)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        *any = *any || l->at[i].card.generation == generation;
        if (vlt_revoke_check(note, len, &l->at[i].card, NULL) == VAULT_OK)
            return &l->at[i];
    }
    return NULL;
}

static enum vault_status
revoke_in(struct vault *v, struct line *l, const char *note, size_t len,
    uint32_t generation, bool *changed, struct vlt_pin *out,
    struct vault_error *err)
{
    bool any = false;
    struct vlt_pin *p = signer_of(l, note, len, &any, generation);
    enum vault_status st = VAULT_OK;

    if (p == NULL && any)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the revocation is not signed by the card that it revokes");
    if (p == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "the card that it revokes is not pinned here");
    *changed = p->state != VLT_PIN_REVOKED;
    if (*changed) {
        p->state = VLT_PIN_REVOKED;
        vlt_buf_reset(&p->revoke);
        vlt_buf_put(&p->revoke, note, len);
        st = vlt_buf_end(&p->revoke, "revocation", err);
        if (st == VAULT_OK)
            st = vlt_pin_put(v, p, err);
        if (st == VAULT_OK)
            st = doubt_rest(v, l, generation, err);
    }
    return st == VAULT_OK ? vlt_pin_copy(out, p, err) : st;
}

enum vault_status
vlt_pin_revoke(struct vault *v, const char *note, size_t len, bool *changed,
    struct vlt_pin *out, struct vault_error *err)
{
    struct line l = {0};
    struct vlt_revoke r;
    enum vault_status st = vlt_revoke_parse(&r, note, len, err);

    *changed = false;
    if (st == VAULT_OK && r.is_device)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "the revocation is of a device, not of a card");
    if (st != VAULT_OK)
        return st;
    l.vault = r.vault;
    st = load_line(v, &l, err);
    if (st == VAULT_OK)
        st = revoke_in(v, &l, note, len, r.generation, changed, out, err);
    clear_line(&l);
    return st;
}

/* ---- removing ---- */

struct removing {
    struct vault *v;
    const char *name;
    const uint8_t *fingerprint;
    size_t n;
};

static enum vault_status
remove_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct removing *r = ctx;

    if (r->name != NULL ? !vlt_pin_name_same(r->name, p->name)
                        : memcmp(r->fingerprint, p->card.fingerprint, 32) != 0)
        return VAULT_OK;
    r->n++;
    return vlt_setting_delete(r->v, p->id, err);
}

enum vault_status
vlt_pin_remove(struct vault *v, const char *name, const uint8_t *fingerprint,
    size_t *n, struct vault_error *err)
{
    struct removing r = {v, name, fingerprint, 0};
    enum vault_status st = vlt_pins(v, remove_pin, &r, err);

    if (st == VAULT_OK && r.n == 0)
        st = name != NULL
            ? vlt_fail(err, VAULT_E_NOT_FOUND, "no card is pinned as \"%s\"",
                  name)
            : vlt_fail(err, VAULT_E_NOT_FOUND, "this card is not pinned");
    if (st == VAULT_OK)
        *n = r.n;
    return st;
}
