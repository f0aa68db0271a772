/* SPDX-License-Identifier: Apache-2.0 */
/* onetime.c: the identity that one bundle is sealed to, and its shares */
#include "onetime.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "os.h"
#include "text.h"

enum { PIECE = 256 * 1024 };

_Static_assert((int)VAULT_SHARES_MOST == (int)VLT_SHARES_MAX, "shares");
_Static_assert((int)VAULT_SHARES_NEEDED == (int)VLT_SHARE_K_MAX, "threshold");

/* ---- the identity ---- */

/* Of a card that is never written: only its keys and fingerprint count. */
static enum vault_status
make_card(struct vlt_card *out, const struct vlt_seed *seed,
    struct vault_error *err)
{
    struct vlt_card card = {.generation = 1}; /* vault id: zeros */
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_card_make(&card, seed, NULL, &note, err);
    vlt_buf_clear(&note);
    if (st == VAULT_OK)
        *out = card;
    return st;
}

static enum vault_status
seed_of(struct vlt_seed **out, const struct vlt_recovery *secret,
    struct vault_error *err)
{
    *out = vlt_seed_new();
    if (*out == NULL)
        return vlt_fail_memory(err);
    memcpy((*out)->b, secret->b, sizeof secret->b);
    return VAULT_OK;
}

enum vault_status
vlt_onetime_draw(struct vlt_recovery **secret, struct vlt_card *card,
    struct vault_error *err)
{
    struct vlt_recovery *drawn = vlt_recovery_new();
    struct vlt_seed *seed = NULL;
    enum vault_status st = drawn == NULL ? vlt_fail_memory(err) : VAULT_OK;

    if (st == VAULT_OK) {
        vlt_random(drawn->b, sizeof drawn->b);
        st = seed_of(&seed, drawn, err);
    }
    if (st == VAULT_OK)
        st = make_card(card, seed, err);
    vlt_seed_free(seed);
    if (st == VAULT_OK)
        *secret = drawn;
    else
        vlt_recovery_free(drawn);
    return st;
}

void
vlt_onetime_free(struct vlt_onetime *o)
{
    if (o == NULL)
        return;
    vlt_kemkey_free(o->kem);
    free(o);
}

static enum vault_status
fill(struct vlt_onetime *o, const struct vlt_recovery *secret,
    struct vault_error *err)
{
    struct vlt_seed *seed = NULL;
    enum vault_status st = seed_of(&seed, secret, err);

    if (st == VAULT_OK)
        st = make_card(&o->card, seed, err);
    if (st == VAULT_OK) {
        o->kem = vlt_kemkey_new();
        if (o->kem == NULL)
            st = vlt_fail_memory(err);
        else
            vlt_identity_kem_seed(o->kem, seed, o->card.vault);
    }
    vlt_seed_free(seed);
    return st;
}

enum vault_status
vlt_onetime_join(struct vlt_onetime **out, const struct vlt_shares *set,
    struct vault_error *err)
{
    struct vlt_onetime *o = calloc(1, sizeof *o);
    struct vlt_recovery *secret = NULL;
    size_t i;
    enum vault_status st;

    if (o == NULL)
        return vlt_fail_memory(err);
    st = vlt_shares_join(set, &secret, err);
    if (st == VAULT_OK)
        st = fill(o, secret, err);
    vlt_recovery_free(secret);
    if (st != VAULT_OK) {
        vlt_onetime_free(o);
        return st;
    }
    o->needed = set->s[0].threshold;
    memcpy(o->id, set->s[0].id, sizeof o->id);
    for (i = 0; i < set->n; i++)
        o->indices[i] = set->s[i].index;
    *out = o;
    return VAULT_OK;
}

/* ---- which file ---- */

void
vlt_onetime_identifier(char out[5], const uint8_t sha256[32])
{
    vlt_bech32_bits(out, sha256, 20);
}

enum vault_status
vlt_onetime_file(const char *path, uint8_t sha256[32], struct vault_error *err)
{
    uint8_t *piece = malloc(PIECE);
    struct vlt_file *in = NULL;
    struct vlt_sha256 h;
    size_t n = 0;
    enum vault_status st;

    if (piece == NULL)
        return vlt_fail_memory(err);
    vlt_sha256_init(&h);
    st = vlt_file_open_plain(path, &in, err);
    while (st == VAULT_OK) {
        st = vlt_file_read(in, piece, PIECE, &n, err);
        if (st != VAULT_OK || n == 0)
            break;
        vlt_sha256_update(&h, piece, n);
    }
    if (st == VAULT_OK)
        vlt_sha256_final(&h, sha256);
    vlt_file_close(in);
    free(piece);
    return st;
}
