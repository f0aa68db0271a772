/* SPDX-License-Identifier: Apache-2.0 */
/* renew_slot.c: a slot of the new file for one way to unlock it */
#include "fail.h"
#include "renewing.h"
#include "slot.h"

enum vault_status
vlt_renew_slot(struct vault *w, const struct vlt_renew_way *way,
    struct vlt_slot *out, struct vault_error *err)
{
    struct vlt_offer offer;
    struct vlt_cost cost = {0, 0};

    if (way->card != NULL)
        return vlt_slot_make_card(out, w->id, way->card->kem, w->vmk, err);
    offer = vlt_key_offer(way->key);
    if (vlt_offer_kind(&offer) == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "neither a passphrase nor a key file was given");
    if (way->cost != NULL)
        cost = (struct vlt_cost){way->cost->passes, way->cost->memory_kib};
    return vlt_slot_make(out, w->id, &offer, &cost, w->vmk, err);
}
