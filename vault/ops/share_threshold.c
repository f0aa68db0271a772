/* SPDX-License-Identifier: Apache-2.0 */
/* share_threshold.c: a bundle sealed to a one-time identity, dealt as shares */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "onetime.h"
#include "own_revoke.h"
#include "shares.h"
#include "sharing.h"

/* ---- the recipient ---- */

static enum vault_status
check_numbers(unsigned needed, unsigned shares, struct vault_error *err)
{
    if (needed >= VAULT_SHARES_LEAST && needed <= VAULT_SHARES_NEEDED &&
        needed <= shares && shares <= VAULT_SHARES_MOST)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_USAGE,
        "%d to %d shares are needed to open it, of %d at most",
        VAULT_SHARES_LEAST, VAULT_SHARES_NEEDED, VAULT_SHARES_MOST);
}

static enum vault_status
check_alone(const struct vault_share *s, struct vault_error *err)
{
    if (s->recipients > 0 || s->deal.needed > 0)
        return vlt_fail_hint(err, VAULT_E_USAGE, "make two bundles",
            "what is sealed to shares has no other recipient: whoever else "
            "opened it would need none of them");
    if (s->sealed)
        return vlt_fail(err, VAULT_E_USAGE,
            "recipients come before the first record");
    if (s->o.name_recipients)
        return vlt_fail(err, VAULT_E_USAGE,
            "shares have no names that the letter could tell");
    return VAULT_OK;
}

static enum vault_status
check_own_card(const struct vault_share *s, struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(s->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_own_card_usable(s->v, err);
    vlt_store_rollback(s->v->store);
    return st;
}

enum vault_status
vault_share_to_shares(struct vault_share *s, unsigned needed, unsigned shares,
    enum vault_status (
        *deal)(void *ctx, const struct vault_dealt *d, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_pin *p = NULL;
    enum vault_status st = check_numbers(needed, shares, err);

    if (st == VAULT_OK)
        st = check_alone(s, err);
    if (st == VAULT_OK)
        st = check_own_card(s, err);
    if (st != VAULT_OK)
        return st;
    p = malloc(sizeof *p);
    if (p == NULL)
        return vlt_fail_memory(err);
    vlt_pin_init(p);
    st = vlt_onetime_draw(&s->deal.secret, &p->card, err);
    if (st != VAULT_OK) {
        free(p);
        return st;
    }
    p->state = VLT_PIN_KNOWN;
    (void)snprintf(p->name, sizeof p->name, "%u/%u", needed, shares);
    s->deal.needed = needed;
    s->deal.shares = shares;
    s->deal.fn = deal;
    s->deal.ctx = ctx;
    s->pin = p;
    s->recipients = 1;
    return VAULT_OK;
}

/* ---- dealing ---- */

static enum vault_status
hand_out(const struct vault_share *s, struct vlt_shares *set,
    struct vault_dealt *d, struct vault_error *err)
{
    struct vault_shares *shares = vlt_shares_wrap(set);
    enum vault_status st;

    if (shares == NULL)
        return vlt_fail_memory(err);
    d->shares = shares;
    st = s->deal.fn(s->deal.ctx, d, err);
    vault_shares_free(shares);
    return st;
}

enum vault_status
vlt_share_deal(struct vault_share *s, const struct vlt_bundle_text *text,
    const char *path, const uint8_t sha256[32], struct vault_error *err)
{
    struct vault_dealt d = {.needed = s->deal.needed, .path = path};
    struct vlt_shares *set = NULL;
    enum vault_status st;

    memcpy(d.bundle, text->bundle, sizeof d.bundle);
    memcpy(d.file, sha256, sizeof d.file);
    vlt_onetime_identifier(d.identifier, sha256);
    st = vlt_shares_deal(s->deal.secret, d.needed, s->deal.shares, d.identifier,
        &set, err);
    if (st == VAULT_OK)
        st = hand_out(s, set, &d, err);
    vlt_recovery_free(s->deal.secret);
    s->deal.secret = NULL; /* nobody here opens it any more */
    if (st == VAULT_OK)
        (void)snprintf(s->deal.said, sizeof s->deal.said, "%u/%u %s", d.needed,
            s->deal.shares, d.identifier);
    return st;
}
