/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_key.c: the key of the catalogue's pages */
#include "catalogue_ops.h"
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "label.h"
#include "seal.h"

enum { CELL = 72 }; /* SEAL of 32 bytes */

static struct vlt_cell *
wrapping_key(const struct vault *v)
{
    struct vlt_cell *k = vlt_cell_new();

    if (k != NULL)
        vlt_x(v->vmk->b, VLT_L_CATALOGUE, v->id, 16, k->b, sizeof k->b);
    return k;
}

enum vault_status
vlt_catalogue_key(struct vault *v, struct vlt_cell **out,
    struct vault_error *err)
{
    uint8_t cell[CELL], ad[4];
    struct vlt_cell *wrap, *ck;
    uint32_t gen = 0;
    enum vault_status st;

    st = vlt_meta_get(v->store, "catalogue", cell, sizeof cell, err);
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "catalogue-gen", &gen, err);
    if (st != VAULT_OK)
        return st;
    wrap = wrapping_key(v);
    ck = vlt_cell_new();
    vlt_store_u32(ad, gen);
    if (wrap == NULL || ck == NULL)
        st = vlt_fail_memory(err);
    else if (!vlt_unseal(ck->b, wrap->b, ad, sizeof ad, cell, sizeof cell))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the catalogue's key does not open");
    vlt_cell_free(wrap);
    if (st == VAULT_OK)
        *out = ck;
    else
        vlt_cell_free(ck);
    return st;
}

enum vault_status
vlt_catalogue_new_key(struct vault *v, struct vlt_cell **out,
    struct vault_error *err)
{
    uint8_t cell[CELL], ad[4];
    struct vlt_cell *wrap, *ck;
    uint32_t gen = 0;
    enum vault_status st;

    st = vlt_meta_get_u32(v->store, "catalogue-gen", &gen, err);
    if (st != VAULT_OK && st != VAULT_E_NOT_FOUND && st != VAULT_E_TAMPERED)
        return st;
    vlt_error_clear(err);
    gen = gen == UINT32_MAX ? 1 : gen + 1;
    wrap = wrapping_key(v);
    ck = vlt_cell_new();
    if (wrap == NULL || ck == NULL) {
        vlt_cell_free(wrap);
        vlt_cell_free(ck);
        return vlt_fail_memory(err);
    }
    vlt_random(ck->b, sizeof ck->b);
    vlt_store_u32(ad, gen);
    vlt_seal(cell, wrap->b, ad, sizeof ad, ck->b, sizeof ck->b);
    vlt_cell_free(wrap);
    st = vlt_meta_put_u32(v->store, "catalogue-gen", gen, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(v->store, "catalogue", cell, sizeof cell, err);
    if (st == VAULT_OK)
        *out = ck;
    else
        vlt_cell_free(ck);
    return st;
}

void
vlt_catalogue_content_hash(uint8_t out[16], const struct vlt_cell *ck,
    const uint8_t sha256[32])
{
    static const char what[] = "sanduq catalogue content";
    uint8_t text[sizeof what + 32];
    uint8_t mac[32];

    memcpy(text, what, sizeof what);
    memcpy(text + sizeof what, sha256, 32);
    vlt_hmac(mac, ck->b, sizeof ck->b, text, sizeof text);
    memcpy(out, mac, 16);
}
