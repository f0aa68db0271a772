/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_put.h: rows that only a bundle gets */
#ifndef VLT_BUNDLE_PUT_H
#define VLT_BUNDLE_PUT_H

#include "merkle.h"
#include "store.h"

/* A checkpoint as it stands, beside others of the same log. */
VAULT_CHECKED enum vault_status vlt_bundle_put_checkpoint(struct vlt_store *s,
    uint64_t log, uint64_t size, const char *note, size_t note_len,
    struct vault_error *err);
/* The line that names record row rid: its place, kind, event root, and the
 * path from the leaf upwards. */
struct vlt_proof_row {
    uint64_t rid;
    uint64_t log;
    uint64_t size;
    uint64_t idx;
    const char *kind;
    const uint8_t *event; /* 32 bytes */
    const struct vlt_hash32 *path;
    size_t n;
};
VAULT_CHECKED enum vault_status vlt_bundle_put_proof(struct vlt_store *s,
    const struct vlt_proof_row *p, struct vault_error *err);

/* In a vault: this checkpoint was given out, so it stays when newer ones come:
 * what others hold is compared with it. */
VAULT_CHECKED enum vault_status vlt_checkpoint_keep(struct vlt_store *s,
    uint64_t log, uint64_t size, struct vault_error *err);

#endif
