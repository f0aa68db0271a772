/* SPDX-License-Identifier: Apache-2.0 */
/* regain.c: getting back in with headquarters' help over a bad line (s. 11) */
#include "regain.h"

#include <string.h>

#include "fail.h"
#include "hash.h"
#include "hpke.h"
#include "label.h"

static const struct vlt_fixed_part request_parts[] = {
    VLT_FIXED_TEXT("sanduq.v1/unlock-request\n"),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_unlock_request, vault),
    VLT_FIXED_TEXT(" "),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_unlock_request, slot),
    VLT_FIXED_TEXT("\nkem "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_unlock_request, kem),
    VLT_FIXED_TEXT("\nslot "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_unlock_request, row),
    VLT_FIXED_TEXT("\n"),
};
const struct vlt_fixed_form vlt_unlock_request_form = {"request to unlock",
    "sanduq.v1/unlock-request", request_parts, VLT_COUNT(request_parts)};

static const struct vlt_fixed_part unlock_parts[] = {
    VLT_FIXED_TEXT("sanduq.v1/unlock\n"),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_unlock_text, vault),
    VLT_FIXED_TEXT(" "),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_unlock_text, slot),
    VLT_FIXED_TEXT("\nrequest "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_unlock_text, request),
    VLT_FIXED_TEXT("\nseal "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_unlock_text, seal),
    VLT_FIXED_TEXT("\n"),
};
const struct vlt_fixed_form vlt_unlock_form = {"text that unlocks",
    "sanduq.v1/unlock", unlock_parts, VLT_COUNT(unlock_parts)};

enum vault_status
vlt_unlock_request_encode(struct vlt_buf *out,
    const struct vlt_unlock_request *r, struct vault_error *err)
{
    return vlt_fixed_encode(out, &vlt_unlock_request_form, r, err);
}

/* What headquarters would work with is what it should be. */
static enum vault_status
judge(const struct vlt_unlock_request *r, struct vault_error *err)
{
    struct vlt_slot slot;
    enum vault_status st =
        vlt_slot_decode(&slot, r->row, sizeof r->row, err);

    if (st == VAULT_E_NEWER)
        return st;
    if (st != VAULT_OK || slot.kind != VLT_SLOT_IDENTITY ||
        memcmp(slot.id, r->slot, sizeof slot.id) != 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the request holds no slot for a card, or another one");
    if (!vlt_kem_key_ok(r->kem))
        return vlt_fail(err, VAULT_E_FORMAT,
            "the request's key is not one that can be sealed to");
    return VAULT_OK;
}

enum vault_status
vlt_unlock_request_decode(struct vlt_unlock_request *out, const char *text,
    size_t len, struct vault_error *err)
{
    struct vlt_unlock_request r = {0};
    enum vault_status st = vlt_fixed_decode(&r, sizeof r,
        &vlt_unlock_request_form, text, len, err);

    if (st == VAULT_OK)
        st = judge(&r, err);
    if (st != VAULT_OK)
        return st;
    vlt_sha256(r.text_hash, text, len);
    *out = r;
    return VAULT_OK;
}

enum vault_status
vlt_unlock_encode(struct vlt_buf *out, const struct vlt_unlock_text *u,
    struct vault_error *err)
{
    return vlt_fixed_encode(out, &vlt_unlock_form, u, err);
}

enum vault_status
vlt_unlock_decode(struct vlt_unlock_text *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_unlock_text u = {0};
    enum vault_status st =
        vlt_fixed_decode(&u, sizeof u, &vlt_unlock_form, text, len, err);

    if (st == VAULT_OK)
        *out = u;
    return st;
}

enum vault_status
vlt_unlock_request_read(struct vlt_unlock_request *out, const char *raw,
    size_t len, struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    st = vlt_fixed_mend(&text, &vlt_unlock_request_form, raw, len, err);
    if (st == VAULT_OK)
        st = vlt_unlock_request_decode(out, (const char *)text.p, text.len,
            err);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_unlock_read(struct vlt_unlock_text *out, const char *raw, size_t len,
    struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    st = vlt_fixed_mend(&text, &vlt_unlock_form, raw, len, err);
    if (st == VAULT_OK)
        st = vlt_unlock_decode(out, (const char *)text.p, text.len, err);
    vlt_buf_clear(&text);
    return st;
}

/* ---- seal, open ---- */

/* L("unlock") || H(unlock-request text) */
struct info {
    uint8_t b[VLT_LABEL_MAX + 32];
    size_t n;
};

static void
make_info(struct info *out, const uint8_t request[32])
{
    out->n = vlt_label(VLT_L_UNLOCK, out->b);
    memcpy(out->b + out->n, request, 32);
    out->n += 32;
}

static void
begin(struct vlt_unlock_text *u, const struct vlt_unlock_request *r)
{
    memcpy(u->vault, r->vault, sizeof u->vault);
    memcpy(u->slot, r->slot, sizeof u->slot);
    memcpy(u->request, r->text_hash, sizeof u->request);
}

enum vault_status
vlt_unlock_seal(struct vlt_unlock_text *out, const struct vlt_unlock_request *r,
    const struct vlt_vmk *vmk, struct vault_error *err)
{
    struct info info;

    begin(out, r);
    make_info(&info, r->text_hash);
    return vlt_hpke_seal(out->seal, r->kem, info.b, info.n, vmk->b,
        sizeof vmk->b, err);
}

enum vault_status
vlt_unlock_build(struct vlt_unlock_text *out,
    const struct vlt_unlock_request *r, const struct vlt_vmk *vmk,
    const uint8_t eseed[64], struct vault_error *err)
{
    struct info info;

    begin(out, r);
    make_info(&info, r->text_hash);
    return vlt_hpke_seal_with(out->seal, r->kem, eseed, info.b, info.n, vmk->b,
        sizeof vmk->b, err);
}

enum vault_status
vlt_unlock_open(struct vlt_vmk *out, const struct vlt_unlock_text *u,
    const uint8_t request[32], const struct vlt_kemkey *kem,
    struct vault_error *err)
{
    struct info info;

    if (memcmp(u->request, request, sizeof u->request) != 0)
        return vlt_fail(err, VAULT_E_NO_KEY,
            "this text answers another request than the one made here");
    make_info(&info, request);
    if (!vlt_hpke_open(out->b, kem->b, info.b, info.n, u->seal,
            sizeof u->seal))
        return vlt_fail(err, VAULT_E_NO_KEY,
            "this text does not open with the key of the request, or it was "
            "changed on the way");
    return VAULT_OK;
}

/* ---- the one-time secret in a file ---- */

struct kept {
    uint8_t vault[16];
    uint8_t slot[16];
    uint8_t request[32];
    uint8_t seed[32];
};
static const struct vlt_fixed_part kept_parts[] = {
    VLT_FIXED_TEXT("sanduq.v1/request-key\n"),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct kept, vault),
    VLT_FIXED_TEXT(" "),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct kept, slot),
    VLT_FIXED_TEXT("\nrequest "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct kept, request),
    VLT_FIXED_TEXT("\nseed "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct kept, seed),
    VLT_FIXED_TEXT("\n"),
};
static const struct vlt_fixed_form kept_form = {"key of a request",
    "sanduq.v1/request-key", kept_parts, VLT_COUNT(kept_parts)};

enum vault_status
vlt_request_key_encode(struct vlt_buf *out, const struct vlt_request_key *k,
    struct vault_error *err)
{
    struct vlt_guarded *room = vlt_guarded_new(sizeof(struct kept));
    struct kept *kept;
    enum vault_status st;

    if (room == NULL)
        return vlt_fail_memory(err);
    kept = (struct kept *)room->p;
    memcpy(kept->vault, k->vault, sizeof kept->vault);
    memcpy(kept->slot, k->slot, sizeof kept->slot);
    memcpy(kept->request, k->request, sizeof kept->request);
    memcpy(kept->seed, k->kem->b, sizeof kept->seed);
    st = vlt_fixed_encode(out, &kept_form, kept, err);
    vlt_guarded_free(room);
    return st;
}

enum vault_status
vlt_request_key_decode(struct vlt_request_key *out, const char *text,
    size_t len, struct vault_error *err)
{
    struct vlt_guarded *room = vlt_guarded_new(sizeof(struct kept));
    struct vlt_kemkey *kem = vlt_kemkey_new();
    struct kept *kept;
    enum vault_status st = VAULT_OK;

    if (room == NULL || kem == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    kept = (struct kept *)room->p;
    st = vlt_fixed_decode(kept, sizeof *kept, &kept_form, text, len, err);
    if (st != VAULT_OK)
        goto out;
    memcpy(out->vault, kept->vault, sizeof out->vault);
    memcpy(out->slot, kept->slot, sizeof out->slot);
    memcpy(out->request, kept->request, sizeof out->request);
    memcpy(kem->b, kept->seed, sizeof kem->b);
    out->kem = kem;
    kem = NULL;
out:
    vlt_kemkey_free(kem);
    vlt_guarded_free(room);
    return st;
}
