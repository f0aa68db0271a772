/* SPDX-License-Identifier: Apache-2.0 */
/* slot5.c: a slot that the key behind another vault's card opens (s. 3.1) */
#include "slot5.h"

#include <string.h>

#include "fail.h"
#include "label.h"

enum { HEAD = 80, AT_KIND = 4, AT_ID = 16 };

/* L("slot5") || vault id || bytes 0..79 */
struct info {
    uint8_t b[VLT_LABEL_MAX + 16 + HEAD];
    size_t n;
};

static void
make_info(struct info *out, const uint8_t vault[16], const uint8_t *row)
{
    out->n = vlt_label(VLT_L_SLOT5, out->b);
    memcpy(out->b + out->n, vault, 16);
    memcpy(out->b + out->n + 16, row, HEAD);
    out->n += 16 + HEAD;
}

enum vault_status
vlt_slot5_make(struct vlt_slot *out, const uint8_t vault[16],
    const struct vlt_card *card, const struct vlt_vmk *vmk,
    struct vault_error *err)
{
    struct vlt_slot s = {.kind = VLT_SLOT_IDENTITY, .len = VLT_SLOT5_SIZE};
    struct info info;
    enum vault_status st;

    vlt_random(s.id, sizeof s.id);
    memcpy(s.row, "SQS1", 4);
    s.row[AT_KIND] = VLT_SLOT_IDENTITY;
    memcpy(s.row + AT_ID, s.id, sizeof s.id);
    make_info(&info, vault, s.row);
    st = vlt_hpke_seal(s.row + HEAD, card->kem, info.b, info.n, vmk->b,
        sizeof vmk->b, err);
    if (st == VAULT_OK)
        *out = s;
    return st;
}

enum vault_status
vlt_slot5_open(const struct vlt_slot *s, const uint8_t vault[16],
    const struct vlt_kemkey *kem, struct vlt_vmk *out, struct vault_error *err)
{
    struct info info;

    if (s->kind != VLT_SLOT_IDENTITY)
        return vlt_fail(err, VAULT_E_SECRET,
            "this slot takes another kind of secret");
    make_info(&info, vault, s->row);
    if (!vlt_hpke_open(out->b, kem->b, info.b, info.n, s->row + HEAD,
            VLT_SLOT5_SIZE - HEAD))
        return vlt_fail(err, VAULT_E_SECRET,
            "this slot is not for this key, or it was changed");
    return VAULT_OK;
}
