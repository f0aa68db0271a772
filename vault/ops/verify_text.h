/* SPDX-License-Identifier: Apache-2.0 */
/* verify_text.h: judging the texts that vaults give each other */
#ifndef VLT_VERIFY_TEXT_H
#define VLT_VERIFY_TEXT_H

#include "verify.h"

enum { VLT_TEXT_MAX = 32 * 1024 * 1024 };

/* Whether the file begins like one of them. False also when it cannot be
 * read: whoever opens it next says why. */
bool vlt_verify_text_is(const char *path);
/*
 * Judge it: disclosure, card, withdraw, withdraw-revoked, ack, receipt,
 * revoke, replica, session and device notes, tlog-proof, checkpoint.
 * Only a disclosure and a card bring the key along that signed them; of the
 * others a signature is checked when --card gives the card, and otherwise is
 * reported as not as asked. Statuses of vault_verify's parts.
 */
VAULT_CHECKED enum vault_status vlt_verify_text(struct vlt_verify *v,
    const char *path, struct vault_error *err);
/* The same for bytes. Nothing of them is kept. */
VAULT_CHECKED enum vault_status vlt_verify_text_bytes(struct vlt_verify *v,
    const char *text, size_t len, struct vault_error *err);

/* ---- the parts ---- */

VAULT_CHECKED enum vault_status vlt_verify_disclosure(struct vlt_verify *v,
    const char *text, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_tlogproof(struct vlt_verify *v,
    const char *text, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_notice(struct vlt_verify *v,
    const char *text, size_t len, struct vault_error *err);

/*
 * The card among those given with this fingerprint, as a card and not only as
 * its digits; false when there is none.
 */
bool vlt_given_card(const struct vlt_verify *v, const uint8_t fingerprint[32],
    struct vlt_card *out);
/*
 * Judge a note by the card that it names: `check` with the card, or what to
 * say when it was not given. *proved: it was checked and holds.
 */
VAULT_CHECKED enum vault_status vlt_judge_note(struct vlt_verify *v,
    const char *text, size_t len, const uint8_t fingerprint[32],
    enum vault_status (*check)(const char *note, size_t len,
        const struct vlt_card *card, struct vault_error *err),
    bool *proved, struct vault_error *err);
/* Hand a value to the caller's `said`. */
void vlt_say(struct vlt_verify *v, const struct vault_said *what);

#endif
