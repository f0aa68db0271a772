/* SPDX-License-Identifier: Apache-2.0 */
/* member_view.c: fingerprints as the people whose cards they are */
#include "member_view.h"
#include <stdlib.h>
#include <string.h>
#include "card_view.h"
#include "fail.h"
#include "fingerprint.h"

struct vlt_member_name {
    uint8_t fingerprint[32];
    uint8_t vault[16];
    char name[256];
    enum vlt_pin_state state;
    enum vault_card_state shown;
};

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_member_names *l = ctx;
    struct vlt_member_name *more = realloc(l->at, (l->n + 1) * sizeof *more);
    struct vault_card card;

    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    vlt_pin_view(&card, p);
    more += l->n++;
    memcpy(more->fingerprint, p->card.fingerprint, 32);
    memcpy(more->vault, p->card.vault, 16);
    memcpy(more->name, p->name, sizeof more->name);
    more->state = p->state;
    more->shown = card.state;
    return VAULT_OK;
}

enum vault_status
vlt_member_names_load(struct vault *v, struct vlt_member_names *out,
    struct vault_error *err)
{
    enum vault_status st;

    memset(out, 0, sizeof *out);
    st = vlt_pins(v, take_pin, out, err);
    if (st != VAULT_OK)
        vlt_member_names_clear(out);
    return st;
}

void
vlt_member_names_clear(struct vlt_member_names *l)
{
    free(l->at);
    memset(l, 0, sizeof *l);
}

static const struct vlt_member_name *
find(const struct vlt_member_names *l, const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (memcmp(l->at[i].fingerprint, fingerprint, 32) == 0)
            return &l->at[i];
    }
    return NULL;
}

void
vlt_member_view(const struct vlt_member_names *l, const uint8_t fingerprint[32],
    struct vault_compartment_member *out)
{
    const struct vlt_member_name *n = find(l, fingerprint);

    memset(out, 0, sizeof *out);
    vlt_fingerprint_text(out->fingerprint, fingerprint);
    out->name = n != NULL ? n->name : "";
    out->state = n != NULL ? n->shown : VAULT_CARD_UNPINNED;
    out->left_out =
        n == NULL || n->state == VLT_PIN_REVOKED || n->state == VLT_PIN_REFUSED;
}

const uint8_t *
vlt_member_vault(const struct vlt_member_names *l,
    const uint8_t fingerprint[32])
{
    const struct vlt_member_name *n = find(l, fingerprint);

    return n != NULL ? n->vault : NULL;
}
