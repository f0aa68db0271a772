/* SPDX-License-Identifier: Apache-2.0 */
/* challenge.c: asking headquarters to prove that it can open a slot (s. 11) */
#include "challenge.h"

#include <string.h>

#include "fail.h"
#include "hash.h"
#include "hpke.h"
#include "label.h"

static const struct vlt_fixed_part challenge_parts[] = {
    VLT_FIXED_TEXT("sanduq.v1/challenge\n"),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_challenge, vault),
    VLT_FIXED_TEXT(" "),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_challenge, slot),
    VLT_FIXED_TEXT(" "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_challenge, row),
    VLT_FIXED_TEXT("\nto "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_challenge, to),
    VLT_FIXED_TEXT("\nseal "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_challenge, seal),
    VLT_FIXED_TEXT("\n"),
};
const struct vlt_fixed_form vlt_challenge_form = {"challenge",
    "sanduq.v1/challenge", challenge_parts, VLT_COUNT(challenge_parts)};

static const struct vlt_fixed_part answer_parts[] = {
    VLT_FIXED_TEXT("sanduq.v1/answer\n"),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_answer, vault),
    VLT_FIXED_TEXT(" "),
    VLT_FIXED_AT(VLT_FIXED_HEX, struct vlt_answer, slot),
    VLT_FIXED_TEXT("\nanswer "),
    VLT_FIXED_AT(VLT_FIXED_B64, struct vlt_answer, answer),
    VLT_FIXED_TEXT("\n"),
};
const struct vlt_fixed_form vlt_answer_form = {"answer", "sanduq.v1/answer",
    answer_parts, VLT_COUNT(answer_parts)};

enum vault_status
vlt_challenge_encode(struct vlt_buf *out, const struct vlt_challenge *c,
    struct vault_error *err)
{
    return vlt_fixed_encode(out, &vlt_challenge_form, c, err);
}

enum vault_status
vlt_challenge_decode(struct vlt_challenge *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_challenge c = {0};
    enum vault_status st =
        vlt_fixed_decode(&c, sizeof c, &vlt_challenge_form, text, len, err);

    if (st != VAULT_OK)
        return st;
    vlt_sha256(c.text_hash, text, len);
    *out = c;
    return VAULT_OK;
}

enum vault_status
vlt_answer_encode(struct vlt_buf *out, const struct vlt_answer *a,
    struct vault_error *err)
{
    return vlt_fixed_encode(out, &vlt_answer_form, a, err);
}

enum vault_status
vlt_answer_decode(struct vlt_answer *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_answer a = {0};
    enum vault_status st =
        vlt_fixed_decode(&a, sizeof a, &vlt_answer_form, text, len, err);

    if (st != VAULT_OK)
        return st;
    vlt_sha256(a.text_hash, text, len);
    *out = a;
    return VAULT_OK;
}

enum vault_status
vlt_challenge_read(struct vlt_challenge *out, const char *raw, size_t len,
    struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    st = vlt_fixed_mend(&text, &vlt_challenge_form, raw, len, err);
    if (st == VAULT_OK)
        st = vlt_challenge_decode(out, (const char *)text.p, text.len, err);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_answer_read(struct vlt_answer *out, const char *raw, size_t len,
    struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    st = vlt_fixed_mend(&text, &vlt_answer_form, raw, len, err);
    if (st == VAULT_OK)
        st = vlt_answer_decode(out, (const char *)text.p, text.len, err);
    vlt_buf_clear(&text);
    return st;
}

/* ---- seal, open ---- */

/* L("challenge") || vault id || slot id || H(slot row) */
struct info {
    uint8_t b[VLT_LABEL_MAX + 64];
    size_t n;
};

static void
make_info(struct info *out, const struct vlt_challenge *c)
{
    out->n = vlt_label(VLT_L_CHALLENGE, out->b);
    memcpy(out->b + out->n, c->vault, 16);
    memcpy(out->b + out->n + 16, c->slot, 16);
    memcpy(out->b + out->n + 32, c->row, 32);
    out->n += 64;
}

static void
answer_of(struct vlt_answer *out, const struct vlt_challenge *c,
    const uint8_t q[32])
{
    const struct vlt_part part = {q, 32};

    memset(out, 0, sizeof *out);
    memcpy(out->vault, c->vault, 16);
    memcpy(out->slot, c->slot, 16);
    vlt_label_hash(out->answer, VLT_L_ANSWER, &part, 1);
}

/* H(challenge text), and H(answer text) of the right answer. */
static enum vault_status
hash_both(struct vlt_challenge *c, const uint8_t q[32], uint8_t expect[32],
    struct vault_error *err)
{
    struct vlt_answer a;
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    answer_of(&a, c, q);
    st = vlt_answer_encode(&text, &a, err);
    if (st == VAULT_OK)
        vlt_sha256(expect, text.p, text.len);
    vlt_buf_reset(&text);
    if (st == VAULT_OK)
        st = vlt_challenge_encode(&text, c, err);
    if (st == VAULT_OK)
        vlt_sha256(c->text_hash, text.p, text.len);
    vlt_buf_clear(&text);
    vlt_wipe(&a, sizeof a);
    return st;
}

enum vault_status
vlt_challenge_make(struct vlt_challenge *c, const struct vlt_card *to,
    uint8_t expect[32], struct vault_error *err)
{
    struct vlt_base *q = vlt_base_new();
    struct info info;
    enum vault_status st;

    if (q == NULL)
        return vlt_fail_memory(err);
    vlt_random(q->b, sizeof q->b);
    memcpy(c->to, to->fingerprint, 32);
    make_info(&info, c);
    st = vlt_hpke_seal(c->seal, to->kem, info.b, info.n, q->b, 32, err);
    if (st == VAULT_OK)
        st = hash_both(c, q->b, expect, err);
    vlt_base_free(q);
    return st;
}

enum vault_status
vlt_challenge_build(struct vlt_challenge *c, const struct vlt_card *to,
    const uint8_t q[32], const uint8_t eseed[64], uint8_t expect[32],
    struct vault_error *err)
{
    struct info info;
    enum vault_status st;

    memcpy(c->to, to->fingerprint, 32);
    make_info(&info, c);
    st = vlt_hpke_seal_with(c->seal, to->kem, eseed, info.b, info.n, q, 32,
        err);
    return st == VAULT_OK ? hash_both(c, q, expect, err) : st;
}

enum vault_status
vlt_challenge_answer(struct vlt_answer *out, const struct vlt_challenge *c,
    const struct vlt_kemkey *kem, struct vault_error *err)
{
    struct vlt_base *q = vlt_base_new();
    struct info info;
    enum vault_status st = VAULT_OK;

    if (q == NULL)
        return vlt_fail_memory(err);
    make_info(&info, c);
    if (vlt_hpke_open(q->b, kem->b, info.b, info.n, c->seal, sizeof c->seal))
        answer_of(out, c, q->b);
    else
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "this challenge is not for this key, or it was changed on the "
            "way");
    vlt_base_free(q);
    return st;
}
