/* SPDX-License-Identifier: Apache-2.0 */
/* verify_pin.c: what the vault that opens a bundle knows of who signed it */
#include <string.h>
#include "fail.h"
#include "settings.h"
#include "verify.h"

static enum vault_status
find_pin(struct vlt_verify *v, struct vlt_pin *out, struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(v->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_pin_by_fingerprint(v->v, v->card[0].fingerprint, out, err);
    vlt_store_rollback(v->v->store);
    return st;
}

/* The name is the opener's own word for it. */
static void
say_pin(struct vlt_verify *v, const struct vlt_pin *p)
{
    switch (p->state) {
    case VLT_PIN_KNOWN:
        v->verdict.compared = true;
        vlt_held(v, "signer", 1,
            "signed by %s, whose card was compared in this vault", p->name);
        break;
    case VLT_PIN_REVOKED:
    case VLT_PIN_REFUSED:
        vlt_not_as_asked(v, "signer",
            "signed by a card of %s that is not to be trusted any more: it is "
            "revoked, or two of one generation are known",
            p->name);
        break;
    default:
        vlt_not_seen(v, "signer", 1,
            "signed by a card that this vault has for %s, not compared yet",
            p->name);
    }
}

enum vault_status
vlt_verify_pinned(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_pin pin;
    enum vault_status st;

    if (v->cards == 0)
        return VAULT_OK;
    if (v->v == NULL || v->opt->cards_len > 0) {
        vlt_verify_signer(v);
        return VAULT_OK;
    }
    vlt_pin_init(&pin);
    st = find_pin(v, &pin, err);
    if (st == VAULT_OK) {
        say_pin(v, &pin);
    } else if (st == VAULT_E_NOT_FOUND) {
        vlt_verify_signer(v);
        st = VAULT_OK;
    }
    vlt_pin_clear(&pin);
    return st;
}
