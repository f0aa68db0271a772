/* SPDX-License-Identifier: Apache-2.0 */
/* challenge_ops.c: headquarters shows that it has the key, and opens nothing */
#include <string.h>

#include "asker.h"
#include "challenge.h"
#include "fail.h"
#include "identity_keys.h"

/* Generation by generation, until one opens it. */
struct trying {
    const struct vlt_challenge *c;
    struct vlt_answer answer;
    uint32_t generation;
    const struct vault *v;
};

static enum vault_status
try_key(void *ctx, const struct vlt_kemkey *kem, const uint8_t fingerprint[32],
    struct vault_error *err)
{
    struct trying *t = ctx;
    enum vault_status st;

    if (t->generation != 0 || memcmp(fingerprint, t->c->to, 32) != 0)
        return VAULT_OK;
    st = vlt_challenge_answer(&t->answer, t->c, kem, err);
    if (st == VAULT_OK)
        t->generation = vlt_asker_generation(t->v, fingerprint);
    return st;
}

static enum vault_status
answer(struct vault *v, const struct vlt_challenge *c, struct trying *t,
    struct vault_error *err)
{
    enum vault_status st;

    *t = (struct trying){.c = c, .v = v};
    st = vlt_kem_keys(v, try_key, t, err);
    if (st == VAULT_OK && t->generation == 0)
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "this challenge is sealed to the card of another vault");
    return st;
}

enum vault_status
vault_challenge_look(struct vault *v, const void *raw, size_t n,
    struct vault_asker *out, struct vault_error *err)
{
    struct vault_asker who;
    struct vlt_challenge c;
    struct trying t;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_challenge_read(&c, raw, n, err);
    if (st == VAULT_OK)
        st = answer(v, &c, &t, err);
    if (st == VAULT_OK)
        st = vlt_asker_fill(v, &who, c.vault, c.slot, c.text_hash, err);
    if (st != VAULT_OK)
        return st;
    who.generation = t.generation;
    vlt_wipe(&t.answer, sizeof t.answer);
    *out = who;
    return VAULT_OK;
}

enum vault_status
vault_challenge_answer(struct vault *v, const void *raw, size_t n, char **text,
    size_t *len, struct vault_error *err)
{
    struct vlt_challenge c;
    struct vlt_buf out;
    struct trying t;
    enum vault_status st = vlt_need_unlocked(v, err);

    vlt_buf_init(&out, VLT_FIXED_MAX);
    if (st == VAULT_OK)
        st = vlt_challenge_read(&c, raw, n, err);
    if (st == VAULT_OK)
        st = answer(v, &c, &t, err);
    if (st == VAULT_OK)
        st = vlt_answer_encode(&out, &t.answer, err);
    if (st == VAULT_OK)
        st = vlt_text_give(&out, text, len, err);
    vlt_buf_clear(&out);
    return st;
}
