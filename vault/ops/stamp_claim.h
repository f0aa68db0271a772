/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_claim.h: what time evidence says of itself, and the state it is about */
#ifndef VLT_STAMP_CLAIM_H
#define VLT_STAMP_CLAIM_H

#include "checkpoint.h"
#include "rfc3161.h"
#include "store.h"

/* Of one piece of evidence, by its kind. */
struct vlt_stamp_claim {
    bool known; /* of a kind that is read here; else nothing below is set */
    uint8_t imprint[32];
    int64_t time; /* of a token; -1 */
    char policy[VLT_RFC3161_POLICY + 1];
    char serial[2 * VLT_RFC3161_SERIAL + 1];
};
/*
 * As it is stored: "tsr" is a granted response, "ots" a proof; any other word
 * is not read.
 *   VAULT_E_FORMAT, VAULT_E_NEWER, VAULT_E_LIMIT
 */
VAULT_CHECKED enum vault_status vlt_stamp_claim_read(struct vlt_stamp_claim
                                                         *out,
    const char *kind, const void *b, size_t n, struct vault_error *err);

/* Whether the bytes are evidence of a kind that is read here, whatever word
 * stands beside them. */
bool vlt_stamp_claim_fits(const void *b, size_t n);

/* A state that evidence can be about: its checkpoint as it is stored. `note`
 * is set up and cleared by the caller. */
struct vlt_stamp_state {
    struct vlt_buf note;
    struct vlt_note parsed; /* borrows from note */
    struct vlt_checkpoint point;
    uint8_t hash[32]; /* H(checkpoint text): what is stamped */
};
/*
 * The stored checkpoint of a log at a size, parsed; no signature is checked.
 *   VAULT_E_NOT_FOUND
 *   VAULT_E_TAMPERED  malformed, or of another size
 */
VAULT_CHECKED enum vault_status vlt_stamp_state_load(struct vlt_stamp_state
                                                         *out,
    struct vlt_store *s, uint64_t log, uint64_t size, struct vault_error *err);
/* The same of a checkpoint that was read. */
VAULT_CHECKED enum vault_status vlt_stamp_state_set(struct vlt_stamp_state *out,
    const char *note, size_t len, uint64_t size, struct vault_error *err);

#endif
