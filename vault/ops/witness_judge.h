/* SPDX-License-Identifier: Apache-2.0 */
/* witness_judge.h: requests to a witness: what comes in, what is signed */
#ifndef VLT_WITNESS_JUDGE_H
#define VLT_WITNESS_JUDGE_H

#include "addcheckpoint.h"
#include "checkpoint.h"
#include "session.h"
#include "witness_rows.h"

/* A note that introduces a log; borrowed from the text. */
struct vlt_intro {
    const char *note;
    size_t len;
    enum { VLT_INTRO_REPLICA, VLT_INTRO_SESSION, VLT_INTRO_DEVICE } kind;
    union {
        struct {
            uint8_t vault[16];
            uint8_t id[8];
            uint8_t log_key[32];
            uint8_t card[32];
        } replica;
        struct vlt_session session;
        struct vlt_device device;
    } is;
    enum { VLT_INTRO_UNSEEN, VLT_INTRO_GOOD, VLT_INTRO_BAD } state;
    struct vlt_intro *before; /* of a session that was looked at */
};
struct vlt_intros {
    size_t n;
    struct vlt_intro *at;
};
void vlt_intros_clear(struct vlt_intros *l);
/* Notes of other kinds are passed over.
 *   VAULT_E_FORMAT, VAULT_E_NEWER  it is one of these, and malformed */
VAULT_CHECKED enum vault_status vlt_intros_add(struct vlt_intros *l,
    const char *note, size_t len, struct vault_error *err);

/* The pinned cards, without their notes. */
struct vlt_judge_card {
    char name[VLT_PIN_NAME + 1];
    enum vlt_pin_state state;
    struct vlt_card card;
};
struct vlt_judging {
    struct vault *v;
    struct vlt_intros intros;
    size_t cards;
    struct vlt_judge_card *card;
    struct vlt_seens seens;
};
/* Needs a transaction. To be cleared, also on failure. */
VAULT_CHECKED enum vault_status vlt_judging_load(struct vlt_judging *j,
    struct vault *v, struct vault_error *err);
void vlt_judging_clear(struct vlt_judging *j);

/*
 * The key of a log not seen before, if a card that is pinned, compared and not
 * revoked speaks for it: by its replica note, or by a device note and the
 * session notes from the one that this names.
 *   VAULT_E_NOT_FOUND  no note that came along introduces it
 *   VAULT_E_POLICY     the card is not pinned, not compared, or not trusted
 *   VAULT_E_TAMPERED   a note is not signed as it must be
 */
VAULT_CHECKED enum vault_status vlt_judge_admit(struct vlt_judging *j,
    const uint8_t vault[16], const uint8_t id[8], uint8_t key[32],
    struct vault_error *err);

/* One request, and what comes of it. */
struct vlt_judged {
    struct vlt_ask ask; /* borrowed from the text */
    const char *text;   /* of the checkpoint, to be signed */
    size_t text_len;
    struct vlt_checkpoint c;
    enum vault_judged what;
    uint64_t kept;
    bool first;
    char name[VLT_PIN_NAME + 1];
    struct vault_error why;
    struct vlt_buf before;
};
/* Fills `what` and the rest; when it is to be signed the log's row in j->seens
 * says so (`changed`).
 *   VAULT_E_MEMORY ...  what is no judgement */
VAULT_CHECKED enum vault_status vlt_judge_request(struct vlt_judging *j,
    struct vlt_judged *d, struct vault_error *err);

#endif
