/* SPDX-License-Identifier: Apache-2.0 */
/* hunt_loot.c: from the key of a slot down to the key of a body */
#include "hunt_loot.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "hpke.h"
#include "keyfile.h"
#include "label.h"
#include "seal.h"
#include "temp_dir.h"

void
loot_add(struct loot *l, enum hunt_kind kind, const char *what,
    const uint8_t *p, size_t n)
{
    struct loot_key *k = &l->key[l->n];

    for (size_t i = 0; i < l->n; i++)
        if (l->key[i].kind == kind && memcmp(l->key[i].b, p, n) == 0)
            return;
    if (l->n == LOOT_MAX)
        temp_die("too many keys", what);
    *k = (struct loot_key){.kind = kind, .what = what, .n = n};
    memcpy(k->b, p, n);
    l->n++;
}

/* ---- slots ---- */

static void
slot_keys(struct loot *l, const struct quarry_slot *s, const uint8_t *base,
    size_t n)
{
    uint8_t info[VLT_LABEL_MAX + 16], prk[32], out[64];
    size_t len = vlt_label(VLT_L_SLOT, info);

    memcpy(info + len, s->vault, 16);
    vlt_hkdf_extract(prk, s->slot.row, 48, base, n);
    vlt_hkdf_expand(out, 64, prk, info, len + 16);
    loot_add(l, HUNT_KEK, "of a slot", out, 32);
}

bool
loot_unlock(struct loot *l, const struct quarry *q, const uint8_t keyfile[32],
    const char *pass)
{
    struct vlt_keyfile *k = vlt_keyfile_new();
    struct vlt_guarded *p =
        pass == NULL ? NULL : vlt_guarded_copy(pass, strlen(pass));
    struct vlt_vmk *vmk = vlt_vmk_new();
    struct vlt_offer o = {.pass = p, .keyfile = keyfile == NULL ? NULL : k};
    uint8_t base[64];
    bool open = false;

    if (keyfile != NULL) {
        memcpy(k->b, keyfile, 32);
        loot_add(l, HUNT_KEYFILE, "the file", keyfile, 32);
    }
    for (size_t i = 0; i < q->slots; i++) {
        const struct quarry_slot *s = &q->slot[i];
        size_t n = 0;

        if (s->slot.kind != vlt_offer_kind(&o) ||
            vlt_slot_open(&s->slot, s->vault, &o, vmk, NULL) != VAULT_OK)
            continue;
        open = true;
        loot_add(l, HUNT_VMK, "from a slot", vmk->b, 32);
        if (p != NULL &&
            vlt_argon2id(base, p->p, p->len, s->slot.row + 32, &s->slot.cost,
                NULL) == VAULT_OK)
            n = 32;
        if (keyfile != NULL) {
            vlt_keyfile_base(base + n, k);
            n += 32;
        }
        loot_add(l, HUNT_BASE, "of a slot", base, n);
        slot_keys(l, s, base, n);
    }
    vlt_keyfile_free(k);
    vlt_guarded_free(p);
    vlt_vmk_free(vmk);
    return open;
}

/* ---- from the vault master key ---- */

static void
vmk_parts(struct loot *l, const struct quarry *q, const uint8_t vmk[32])
{
    static const struct {
        enum vlt_label label;
        const char *what;
    } part[] = {{VLT_L_SLOTS_MAC, "slots-mac"}, {VLT_L_SEED, "seed"},
        {VLT_L_EPOCH_CACHE, "epoch-cache"}, {VLT_L_LOCAL, "local"},
        {VLT_L_FOREIGN, "foreign"}, {VLT_L_CATALOGUE, "catalogue"}};
    uint8_t key[32], ck[32], ad[4];

    for (size_t i = 0; i < q->vaults; i++) {
        const struct quarry_vault *v = &q->vault[i];

        for (size_t k = 0; k < sizeof part / sizeof part[0]; k++) {
            vlt_x(vmk, part[k].label, v->id, 16, key, 32);
            loot_add(l, HUNT_VMK_PART, part[k].what, key, 32);
        }
        for (int b = 0; b < 4; b++)
            ad[b] = (uint8_t)(v->ck_gen >> (24 - 8 * b));
        if (v->ck.n == 72 && vlt_unseal(ck, key, ad, 4, v->ck.p, v->ck.n))
            loot_add(l, HUNT_CK, "CK", ck, 32);
    }
}

static void
vmk_cells(struct loot *l, const struct quarry *q, const uint8_t key[32])
{
    struct vlt_vmk *vmk = vlt_vmk_new();
    struct vlt_seed *seed = vlt_seed_new();
    struct vlt_e0 *e0 = vlt_e0_new();
    uint64_t time;
    size_t i;

    memcpy(vmk->b, key, 32);
    for (i = 0; i < q->cards; i++) {
        const struct quarry_card *c = &q->card[i];

        if (c->seed.n != 0 &&
            vlt_seed_open(seed, c->seed.p, c->seed.n, vmk, c->card.vault,
                c->card.generation, c->card.fingerprint))
            loot_add(l, HUNT_SEED, "SEED", seed->b, 32);
    }
    for (i = 0; i < q->epochs; i++) {
        const struct quarry_epoch *e = &q->epoch[i];

        if (e->cache.n != 0 &&
            vlt_epoch_cache_open(&e->e, e->cache.p, e->cache.n, vmk, e0, &time))
            loot_add(l, HUNT_E0, "from the cache", e0->b, 32);
    }
    vlt_e0_free(e0);
    vlt_seed_free(seed);
    vlt_vmk_free(vmk);
}

/* ---- from an identity ---- */

static void
shared_secret(struct loot *l, const struct quarry_epoch *e,
    const uint8_t seed[32])
{
    uint8_t pk[crypto_kem_xwing_PUBLICKEYBYTES];
    uint8_t sk[crypto_kem_xwing_SECRETKEYBYTES];
    uint8_t ss[32], out[64], info[VLT_LABEL_MAX + 144];
    size_t n = vlt_label(VLT_L_EPOCH, info);
    struct vlt_hpke h;

    memcpy(info + n, e->e.head, VLT_EPOCH_HEAD);
    memcpy(info + n + VLT_EPOCH_HEAD, e->rcpt, 32);
    (void)crypto_kem_xwing_seed_keypair(pk, sk, seed);
    for (uint32_t j = 0; j < e->e.n; j++) {
        const uint8_t *w = e->e.wraps + (size_t)j * VLT_EPOCH_WRAP;

        if (crypto_kem_xwing_dec(ss, w, sk) != 0)
            continue;
        vlt_hpke_schedule(&h, ss, info, n + 144);
        if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL,
                w + VLT_KEM_CT, 80, NULL, 0, h.nonce, h.key) == 0)
            loot_add(l, HUNT_SHARED, "of a wrap", ss, 32);
    }
}

void
loot_kem(struct loot *l, const struct quarry *q, const uint8_t seed[32],
    const uint8_t fingerprint[32])
{
    struct vlt_kemkey *kem = vlt_kemkey_new();
    struct vlt_e0 *e0 = NULL;

    memcpy(kem->b, seed, 32);
    for (size_t i = 0; i < q->epochs; i++)
        if (vlt_epoch_open(&q->epoch[i].e, kem, fingerprint, &e0, NULL) ==
            VAULT_OK) {
            loot_add(l, HUNT_E0, "by a wrap", e0->b, 32);
            vlt_e0_free(e0);
            shared_secret(l, &q->epoch[i], seed);
        }
    vlt_kemkey_free(kem);
}

static void
seed_keys(struct loot *l, const struct quarry *q, const uint8_t seed[32])
{
    uint8_t key[32];

    for (size_t i = 0; i < q->cards; i++) {
        const struct vlt_card *c = &q->card[i].card;

        vlt_x(seed, VLT_L_ID_SIGN, c->vault, 16, key, 32);
        loot_add(l, HUNT_SIGN, "id-sign", key, 32);
        vlt_x(seed, VLT_L_ID_MINI, c->vault, 16, key, 32);
        loot_add(l, HUNT_SIGN, "id-mini", key, 32);
        vlt_x(seed, VLT_L_ID_KEM, c->vault, 16, key, 32);
        loot_add(l, HUNT_KEM, "id-kem", key, 32);
        loot_kem(l, q, key, c->fingerprint);
    }
}

/* ---- from an epoch ---- */

static void
under_step(struct loot *l, const struct quarry *q, const struct quarry_epoch *e,
    uint32_t i, const uint8_t ei[32])
{
    uint8_t ctx[20], key[32], rk[32], *room;

    memcpy(ctx, e->e.id, 16);
    for (int b = 0; b < 4; b++)
        ctx[16 + b] = (uint8_t)(i >> (24 - 8 * b));
    for (size_t k = 0; k < q->steps; k++) {
        const struct quarry_step *s = &q->step[k];

        if (s->i != i || memcmp(s->epoch, e->e.id, 16) != 0)
            continue;
        vlt_x(ei, s->event ? VLT_L_EVENT_KEY : VLT_L_WRAP, ctx, 20, key, 32);
        room = malloc(s->ct.n);
        if (vlt_unseal(room, key, s->ad, s->ad_len, s->ct.p, s->ct.n)) {
            loot_add(l, HUNT_WRAP_KEY, s->event ? "of an event" : "Wi", key,
                32);
            if (!s->event) {
                memcpy(rk, room, 32);
                loot_add(l, HUNT_RK, s->ad[151] == 1 ? "RK" : "XK", rk, 32);
            }
        }
        free(room);
    }
}

static void
e0_keys(struct loot *l, const struct quarry *q, const uint8_t key[32])
{
    struct vlt_e0 *e0 = vlt_e0_new();
    struct vlt_step *step = calloc(1, sizeof *step);
    uint8_t manifest[32];

    memcpy(e0->b, key, 32);
    for (size_t k = 0; k < q->epochs; k++) {
        const struct quarry_epoch *e = &q->epoch[k];
        bool chain = e->e.kind == VLT_EPOCH_CAPTURE ||
            e->e.kind == VLT_EPOCH_COMPARTMENT;

        if (!vlt_epoch_commit_ok(&e->e, e0))
            continue;
        for (uint32_t i = 0; i < e->steps; i++) {
            vlt_epoch_step(step, &e->e, e0, i);
            if (chain && i > 0)
                loot_add(l, HUNT_STEP, "Ei", step->b, 32);
            under_step(l, q, e, i, step->b);
        }
        vlt_x(key, VLT_L_MANIFEST, e->e.id, 16, manifest, 32);
        if (e->manifest.n != 0)
            loot_add(l, HUNT_WRAP_KEY, "of a manifest", manifest, 32);
    }
    free(step);
    vlt_e0_free(e0);
}

/* ---- from a record key ---- */

static void
rk_keys(struct loot *l, const struct quarry *q, const uint8_t rk[32])
{
    uint8_t out[64], key[32], *room;
    size_t i;

    for (i = 0; i < q->records; i++) {
        const struct quarry_record *r = &q->record[i];

        vlt_x(rk, VLT_L_RECORD, r->hash, 32, out, 64);
        if (memcmp(out + 32, r->commit, 32) != 0 || r->meta.n < 100)
            continue;
        loot_add(l, HUNT_META, "K_meta", out, 32);
        room = malloc(r->meta.n);
        if (vlt_unseal_once(room, out, r->meta.p, r->meta.n) && r->chunk.n != 0)
            loot_add(l, HUNT_KB, "KB", room + 36, 32);
        free(room);
    }
    for (i = 0; i < q->extracts; i++) {
        const struct quarry_extract *x = &q->extract[i];

        vlt_x(rk, VLT_L_EXTRACT, x->stmt, 32, key, 32);
        room = malloc(x->ct.n);
        if (vlt_unseal_once(room, key, x->ct.p, x->ct.n))
            loot_add(l, HUNT_META, "of an extract", key, 32);
        free(room);
    }
}

void
loot_follow(struct loot *l, const struct quarry *q)
{
    /* what is added is followed in its turn */
    for (size_t i = 0; i < l->n; i++) {
        struct loot_key k = l->key[i];

        if (k.kind == HUNT_VMK) {
            vmk_parts(l, q, k.b);
            vmk_cells(l, q, k.b);
        } else if (k.kind == HUNT_SEED) {
            seed_keys(l, q, k.b);
        } else if (k.kind == HUNT_E0) {
            e0_keys(l, q, k.b);
        } else if (k.kind == HUNT_RK) {
            rk_keys(l, q, k.b);
        }
    }
}

uint8_t *
loot_bytes(const struct loot *l, size_t *n)
{
    uint8_t *p = malloc(64 * l->n + 1);

    *n = 0;
    for (size_t i = 0; i < l->n; i++) {
        memcpy(p + *n, l->key[i].b, l->key[i].n);
        *n += l->key[i].n;
    }
    return p;
}
