/* SPDX-License-Identifier: Apache-2.0 */
/* challenge.h: asking headquarters to prove that it can open a slot (s. 11) */
#ifndef VLT_CHALLENGE_H
#define VLT_CHALLENGE_H

#include "card.h"
#include "fixedtext.h"
#include "secret.h"

enum { VLT_CHALLENGE_SEAL = 32 + VLT_HPKE_EXTRA }; /* 1,168 */

/*
 * 32 random bytes Q, sealed to headquarters' card under an info of their own.
 * The answer is a hash of Q: who gives it holds the card's key. It opens
 * nothing, and no sealed thing of another kind can be opened by asking for
 * one. A slot that a challenge speaks of is named by its row's hash: the
 * answer is about this very row.
 */
struct vlt_challenge {
    uint8_t vault[16]; /* whose slot it is */
    uint8_t slot[16];
    uint8_t row[32]; /* H(slot row) */
    uint8_t to[32];  /* fingerprint of the card it is sealed to */
    uint8_t seal[VLT_CHALLENGE_SEAL];
    uint8_t text_hash[32]; /* set by make and decode */
};
struct vlt_answer {
    uint8_t vault[16];
    uint8_t slot[16];
    uint8_t answer[32];    /* H(L("answer") || Q) */
    uint8_t text_hash[32]; /* set by decode */
};

extern const struct vlt_fixed_form vlt_challenge_form, vlt_answer_form;

/* The texts, appended to out; and back, exact form only.
 *   VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_challenge_encode(struct vlt_buf *out,
    const struct vlt_challenge *c, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_challenge_decode(struct vlt_challenge *out,
    const char *text, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_answer_encode(struct vlt_buf *out,
    const struct vlt_answer *a, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_answer_decode(struct vlt_answer *out,
    const char *text, size_t len, struct vault_error *err);
/* The same after vlt_fixed_mend: from mail and chat. */
VAULT_CHECKED enum vault_status vlt_challenge_read(struct vlt_challenge *out,
    const char *raw, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_answer_read(struct vlt_answer *out,
    const char *raw, size_t len, struct vault_error *err);

/*
 * Draw Q and seal it to `to`; c->vault, slot and row are the caller's.
 * `expect` is H(answer text) of the only right answer: whoever finds it
 * cannot make the answer out of it. Q is not kept.
 *   VAULT_E_FORMAT  the card's key is one that encapsulation refuses
 */
VAULT_CHECKED enum vault_status vlt_challenge_make(struct vlt_challenge *c,
    const struct vlt_card *to, uint8_t expect[32], struct vault_error *err);
/* With given Q and 64 bytes for the encapsulation: vectors, examples. */
VAULT_CHECKED enum vault_status vlt_challenge_build(struct vlt_challenge *c,
    const struct vlt_card *to, const uint8_t q[32], const uint8_t eseed[64],
    uint8_t expect[32], struct vault_error *err);
/*
 * Headquarters' side.
 *   VAULT_E_NO_KEY  it is not sealed to this key, or was changed
 */
VAULT_CHECKED enum vault_status vlt_challenge_answer(struct vlt_answer *out,
    const struct vlt_challenge *c, const struct vlt_kemkey *kem,
    struct vault_error *err);

#endif
