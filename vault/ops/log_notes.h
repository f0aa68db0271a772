/* SPDX-License-Identifier: Apache-2.0 */
/* log_notes.h: whose log it is, from the notes that go with a proof */
#ifndef VLT_LOG_NOTES_H
#define VLT_LOG_NOTES_H

#include "card.h"
#include "disclosure.h"

/* A log whose key a card speaks for, and no secret was needed to know it. */
struct vlt_noted_log {
    char origin[VLT_NAME_MAX + 1];
    uint8_t key[32];
    bool session; /* of a capture device; else a replica */
    uint32_t number;
    uint8_t text_hash[32]; /* H of the text of its own note */
};

/*
 * One replica note signed by `card`; or the session notes of one device, each
 * signed by the session before it, from the one that the device note names
 * (signed by `card`, last), up to the log in question.
 *   VAULT_E_FORMAT, VAULT_E_NEWER  a note is malformed
 *   VAULT_E_TAMPERED               not signed so, or the notes do not belong
 *                                  together
 */
VAULT_CHECKED enum vault_status vlt_log_notes_check(struct vlt_noted_log *out,
    const struct vlt_text_part *note, size_t n, const struct vlt_card *card,
    struct vault_error *err);

#endif
