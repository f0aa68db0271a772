/* SPDX-License-Identifier: Apache-2.0 */
/* hunt_keys.c: 32 bytes tried as one kind of key, cheapest question first */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "hpke.h"
#include "keyfile.h"
#include "label.h"
#include "seal.h"
#include "sign.h"

#include "hunt_quarry.h"

/* Like vlt_unseal, without room for what comes out. */
static bool
sound(const uint8_t key[32], const void *ad, size_t ad_len,
    const struct quarry_blob *b)
{
    uint8_t small[1024], *out = small;
    bool ok;

    if (b->n < VLT_SEAL_EXTRA)
        return false;
    if (b->n > sizeof small)
        out = malloc(b->n);
    ok = vlt_unseal(out, key, ad, ad_len, b->p, b->n);
    if (out != small)
        free(out);
    return ok;
}

static void
be32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* ---- under the vault master key ---- */

static bool
mac_fits(const struct quarry_vault *v, const uint8_t key[32])
{
    uint8_t mac[32];

    vlt_hmac(mac, key, 32, v->slots_hash, 32);
    return v->has_slots && memcmp(mac, v->slots_mac, 32) == 0;
}

static bool
is_vmk(const struct quarry *q, const uint8_t *w)
{
    uint8_t key[32];

    for (size_t i = 0; i < q->vaults; i++) {
        vlt_x(w, VLT_L_SLOTS_MAC, q->vault[i].id, 16, key, 32);
        if (mac_fits(&q->vault[i], key))
            return true;
    }
    return false;
}

static bool
opens_ck(const struct quarry_vault *v, const uint8_t *w)
{
    uint8_t ad[4];

    be32(ad, v->ck_gen);
    return sound(w, ad, 4, &v->ck);
}

static bool
opens_cache(const struct quarry_epoch *e, const uint8_t *w)
{
    uint8_t ad[VLT_EPOCH_HEAD + 32];

    memcpy(ad, e->e.head, VLT_EPOCH_HEAD);
    memcpy(ad + VLT_EPOCH_HEAD, e->rcpt, 32);
    return sound(w, ad, sizeof ad, &e->cache);
}

static bool
opens_seed(const struct quarry_card *c, const uint8_t *w)
{
    uint8_t ad[36];

    be32(ad, c->card.generation);
    memcpy(ad + 4, c->card.fingerprint, 32);
    return sound(w, ad, sizeof ad, &c->seed);
}

static bool
is_vmk_part(const struct quarry *q, const uint8_t *w)
{
    size_t i;

    for (i = 0; i < q->vaults; i++)
        if (mac_fits(&q->vault[i], w) || opens_ck(&q->vault[i], w))
            return true;
    for (i = 0; i < q->epochs; i++)
        if (opens_cache(&q->epoch[i], w))
            return true;
    for (i = 0; i < q->cards; i++)
        if (opens_seed(&q->card[i], w))
            return true;
    for (i = 0; i < q->cells; i++)
        if (sound(w, q->cell[i].ad, q->cell[i].ad_len, &q->cell[i].ct))
            return true;
    return false;
}

/* The first page begins as every SQLite file does; its first block of key
 * stream is that of the MAC. */
static bool
is_ck(const struct quarry *q, const uint8_t *w)
{
    uint8_t head[80], n[8] = {0, 0, 0, 0, 0, 0, 0, 1};

    for (size_t i = 0; i < q->vaults; i++) {
        const struct quarry_blob *b = &q->vault[i].page;

        if (b->n < VLT_SEAL_EXTRA + 16)
            continue;
        (void)crypto_stream_xchacha20_xor_ic(head, b->p + 24 + 16, 16, b->p, 1,
            w);
        if (memcmp(head, "SQLite format 3", 16) == 0 || sound(w, n, 8, b))
            return true;
    }
    return false;
}

/* ---- slots ---- */

static bool
is_kek(const struct quarry *q, const uint8_t *w)
{
    uint8_t ad[96], out[32];

    for (size_t i = 0; i < q->slots; i++) {
        const struct quarry_slot *s = &q->slot[i];

        if (s->slot.kind == VLT_SLOT_IDENTITY)
            continue;
        memcpy(ad, s->vault, 16);
        memcpy(ad + 16, s->slot.row, 80);
        if (vlt_unseal_with(out, w, s->slot.row + 80, ad, 96, s->slot.row + 104,
                48))
            return true;
    }
    return false;
}

static bool
base_fits(const struct quarry_slot *s, const uint8_t *base, size_t n)
{
    uint8_t info[VLT_LABEL_MAX + 16], prk[32], out[64];
    size_t len = vlt_label(VLT_L_SLOT, info);

    memcpy(info + len, s->vault, 16);
    vlt_hkdf_extract(prk, s->slot.row, 48, base, n);
    vlt_hkdf_expand(out, 64, prk, info, len + 16);
    return memcmp(out + 32, s->slot.row + 48, 32) == 0;
}

static bool
is_base(const struct quarry *q, const uint8_t *w, size_t room)
{
    for (size_t i = 0; i < q->slots; i++) {
        const struct quarry_slot *s = &q->slot[i];

        if (s->slot.kind == VLT_SLOT_BOTH
                ? room >= 64 && base_fits(s, w, 64)
                : s->slot.kind != VLT_SLOT_IDENTITY && base_fits(s, w, 32))
            return true;
    }
    return false;
}

static bool
is_keyfile(const struct quarry *q, const uint8_t *w)
{
    struct vlt_keyfile k;
    uint8_t base[32];

    memcpy(k.b, w, 32);
    vlt_keyfile_base(base, &k);
    for (size_t i = 0; i < q->slots; i++)
        if (q->slot[i].slot.kind == VLT_SLOT_KEYFILE &&
            base_fits(&q->slot[i], base, 32))
            return true;
    return false;
}

/* ---- identities ---- */

/* Asked for cards and for logs, one after the other: the last is kept. */
static const uint8_t *
public_of(const uint8_t *w)
{
    static uint8_t last[32], pk[32];

    if (memcmp(last, w, 32) != 0) {
        vlt_sign_public(pk, w);
        memcpy(last, w, 32);
    }
    return pk;
}

static bool
is_sign(const struct quarry *q, const uint8_t *w)
{
    const uint8_t *pk;

    if (q->cards == 0)
        return false;
    pk = public_of(w);
    for (size_t i = 0; i < q->cards; i++)
        if (memcmp(pk, q->card[i].card.sign, 32) == 0 ||
            memcmp(pk, q->card[i].card.mini, 32) == 0)
            return true;
    return false;
}

static bool
is_log(const struct quarry *q, const uint8_t *w)
{
    const uint8_t *pk;

    if (q->logs == 0)
        return false;
    pk = public_of(w);
    for (size_t i = 0; i < q->logs; i++)
        if (memcmp(pk, q->log[i].pk, 32) == 0)
            return true;
    return false;
}

static bool
is_seed(const struct quarry *q, const uint8_t *w)
{
    uint8_t key[32], pk[32];

    for (size_t i = 0; i < q->cards; i++) {
        vlt_x(w, VLT_L_ID_SIGN, q->card[i].card.vault, 16, key, 32);
        vlt_sign_public(pk, key);
        if (memcmp(pk, q->card[i].card.sign, 32) == 0)
            return true;
    }
    return false;
}

/* X-Wing's seed becomes 96 bytes, of which the last 32 are the X25519 key,
 * whose public half stands last in the public key. */
static bool
is_kem(const struct quarry *q, const uint8_t *w)
{
    uint8_t wide[96], pk[32];

    if (q->cards == 0)
        return false;
    (void)crypto_xof_shake256(wide, sizeof wide, w, 32);
    (void)crypto_scalarmult_base(pk, wide + 64);
    for (size_t i = 0; i < q->cards; i++)
        if (memcmp(pk, q->card[i].card.kem + VLT_KEM_PK - 32, 32) == 0)
            return true;
    return false;
}

/* ---- epochs ---- */

static bool
is_e0(const struct quarry *q, const uint8_t *w)
{
    uint8_t commit[32];

    for (size_t i = 0; i < q->epochs; i++) {
        const uint8_t *head = q->epoch[i].e.head;

        vlt_x(w, VLT_L_EPOCH_COMMIT, head, VLT_EPOCH_HEADER, commit, 32);
        if (memcmp(commit, head + VLT_EPOCH_HEADER, 32) == 0)
            return true;
    }
    return false;
}

static bool
chained(const struct quarry_epoch *e)
{
    return e->e.kind == VLT_EPOCH_CAPTURE || e->e.kind == VLT_EPOCH_COMPARTMENT;
}

static bool
step_opens(const struct quarry *q, const uint8_t epoch[16], uint32_t i,
    const uint8_t ei[32])
{
    uint8_t ctx[20], key[32];

    memcpy(ctx, epoch, 16);
    be32(ctx + 16, i);
    for (size_t k = 0; k < q->steps; k++) {
        const struct quarry_step *s = &q->step[k];

        if (s->i != i || memcmp(s->epoch, epoch, 16) != 0)
            continue;
        vlt_x(ei, s->event ? VLT_L_EVENT_KEY : VLT_L_WRAP, ctx, 20, key, 32);
        if (sound(key, s->ad, s->ad_len, &s->ct))
            return true;
    }
    return false;
}

/* Ei of a chain: as the step of every i, and on from there. */
static bool
is_step(const struct quarry *q, const uint8_t *w)
{
    uint8_t ctx[20], ei[32], next[32];

    for (size_t k = 0; k < q->epochs; k++) {
        const struct quarry_epoch *e = &q->epoch[k];

        if (!chained(e))
            continue;
        memcpy(ctx, e->e.id, 16);
        for (uint32_t from = 0; from < e->steps; from++) {
            memcpy(ei, w, 32);
            for (uint32_t i = from; i < e->steps; i++) {
                if (step_opens(q, e->e.id, i, ei))
                    return true;
                be32(ctx + 16, i);
                vlt_x(ei, VLT_L_NEXT, ctx, 20, next, 32);
                memcpy(ei, next, 32);
            }
        }
    }
    return false;
}

static bool
is_wrap_key(const struct quarry *q, const uint8_t *w)
{
    size_t i;

    for (i = 0; i < q->steps; i++)
        if (sound(w, q->step[i].ad, q->step[i].ad_len, &q->step[i].ct))
            return true;
    for (i = 0; i < q->epochs; i++)
        if (q->epoch[i].manifest.n != 0 &&
            sound(w, q->epoch[i].e.head, VLT_EPOCH_HEADER,
                &q->epoch[i].manifest))
            return true;
    return false;
}

static size_t
epoch_info(const struct quarry_epoch *e, uint8_t info[VLT_LABEL_MAX + 144])
{
    size_t n = vlt_label(VLT_L_EPOCH, info);

    memcpy(info + n, e->e.head, VLT_EPOCH_HEAD);
    memcpy(info + n + VLT_EPOCH_HEAD, e->rcpt, 32);
    return n + 144;
}

/* The shared secret of one wrap gives key and nonce; the key alone, with the
 * nonce that belongs to it, is what RFC 9180 keeps in a context. */
static bool
is_shared(const struct quarry *q, const uint8_t *w)
{
    uint8_t info[VLT_LABEL_MAX + 144], out[64];
    struct vlt_hpke h;

    for (size_t i = 0; i < q->epochs; i++) {
        const struct quarry_epoch *e = &q->epoch[i];

        vlt_hpke_schedule(&h, w, info, epoch_info(e, info));
        for (uint32_t j = 0; j < e->e.n; j++)
            if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL,
                    e->e.wraps + (size_t)j * VLT_EPOCH_WRAP + VLT_KEM_CT, 80,
                    NULL, 0, h.nonce, h.key) == 0)
                return true;
    }
    return false;
}

/* ---- records ---- */

static bool
is_rk(const struct quarry *q, const uint8_t *w)
{
    uint8_t out[64], key[32];
    size_t i;

    for (i = 0; i < q->records; i++) {
        vlt_x(w, VLT_L_RECORD, q->record[i].hash, 32, out, 64);
        if (memcmp(out + 32, q->record[i].commit, 32) == 0)
            return true;
    }
    for (i = 0; i < q->extracts; i++) {
        struct quarry_blob b = q->extract[i].ct;

        vlt_x(w, VLT_L_EXTRACT, q->extract[i].stmt, 32, key, 32);
        if (b.n >= 16) {
            uint8_t *room = malloc(b.n);
            bool ok = vlt_unseal_once(room, key, b.p, b.n);

            free(room);
            if (ok)
                return true;
        }
    }
    return false;
}

static bool
sound_once(const uint8_t *w, const struct quarry_blob *b)
{
    uint8_t *room = malloc(b->n);
    bool ok = vlt_unseal_once(room, w, b->p, b->n);

    free(room);
    return ok;
}

/* Metadata begins with 01, flags below 4, and two zeros. */
static bool
is_meta(const struct quarry *q, const uint8_t *w)
{
    static const uint8_t nonce[12];
    uint8_t head[4];
    size_t i;

    for (i = 0; i < q->records; i++) {
        const struct quarry_blob *b = &q->record[i].meta;

        if (b->n < 20)
            continue;
        (void)crypto_stream_chacha20_ietf_xor_ic(head, b->p, 4, nonce, 1, w);
        if (head[0] == 1 && head[1] < 4 && head[2] == 0 && head[3] == 0 &&
            sound_once(w, b))
            return true;
    }
    for (i = 0; i < q->extracts; i++)
        if (q->extract[i].ct.n >= 16 && sound_once(w, &q->extract[i].ct))
            return true;
    return false;
}

/* No word of what a body begins with: the tag must do. */
static bool
is_kb(const struct quarry *q, const uint8_t *w)
{
    for (size_t i = 0; i < q->records; i++) {
        const struct quarry_record *r = &q->record[i];
        uint8_t *room;
        bool ok;

        if (r->chunk.n < 16)
            continue;
        room = malloc(r->chunk.n);
        ok = vlt_chunk_open(room, w, 0, r->chunk_final, r->chunk.p, r->chunk.n);
        free(room);
        if (ok)
            return true;
    }
    return false;
}

bool
quarry_opens(const struct quarry *q, enum hunt_kind k, const uint8_t *w,
    size_t room)
{
    switch (k) {
    case HUNT_VMK:
        return is_vmk(q, w);
    case HUNT_VMK_PART:
        return is_vmk_part(q, w);
    case HUNT_KEK:
        return is_kek(q, w);
    case HUNT_BASE:
        return is_base(q, w, room);
    case HUNT_KEYFILE:
        return is_keyfile(q, w);
    case HUNT_SEED:
        return is_seed(q, w);
    case HUNT_KEM:
        return is_kem(q, w);
    case HUNT_E0:
        return is_e0(q, w);
    case HUNT_STEP:
        return is_step(q, w);
    case HUNT_WRAP_KEY:
        return is_wrap_key(q, w);
    case HUNT_SHARED:
        return is_shared(q, w);
    case HUNT_RK:
        return is_rk(q, w);
    case HUNT_META:
        return is_meta(q, w);
    case HUNT_KB:
        return is_kb(q, w);
    case HUNT_CK:
        return is_ck(q, w);
    case HUNT_SIGN:
        return is_sign(q, w);
    case HUNT_LOG:
        return is_log(q, w);
    default:
        return false;
    }
}
