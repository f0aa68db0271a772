/* SPDX-License-Identifier: Apache-2.0 */
/* content.h: salted commitments to fields (sections 6.3 and 7.2) */
#ifndef VLT_CONTENT_H
#define VLT_CONTENT_H

#include "field.h"
#include "secret.h"
#include "merkle.h"

/* What a type-5 field commits to: the original's length and H. */
struct vlt_body_commit {
    uint64_t original_len;
    uint8_t sha256[32];
};

/*
 * content = MTH of T leaves, T = smallest power of two >= max(8, n). `body`
 * gives length and hash for the field of type 5: required if there is one
 * with a value (state 0), NULL otherwise.
 *   VAULT_E_USAGE   one without the other
 *   VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status vlt_content_root(uint8_t out[32],
    const struct vlt_fields *l, const struct vlt_salts *salts,
    const uint8_t record[16], uint32_t version,
    const struct vlt_body_commit *body, struct vault_error *err);

/*
 * The parts of it, for whoever shows some fields and only the hashes of the
 * others. All T leaf hashes, on the heap, the caller's to free; statuses as
 * above.
 */
enum { VLT_CONTENT_LEAST = 8 }; /* smallest T; the largest is VLT_FIELDS_MAX */
VAULT_CHECKED enum vault_status vlt_content_leaves(struct vlt_hash32 **out,
    size_t *t, const struct vlt_fields *l, const struct vlt_salts *salts,
    const uint8_t record[16], uint32_t version,
    const struct vlt_body_commit *body, struct vault_error *err);
/* salt_i, and the hash of leaf i for a field shown with its salt; `body` as
 * above, NULL where the value is the whole of it. */
void vlt_content_salt(uint8_t out[32], const struct vlt_salts *salts,
    const uint8_t record[16], uint32_t version, size_t i);
void vlt_content_leaf(struct vlt_hash32 *out, const uint8_t record[16],
    uint32_t version, size_t i, const uint8_t salt[32],
    const struct vlt_field *f, const struct vlt_body_commit *body);

/* event = MTH with L("event-field"), no record id or version, T >= 4. */
VAULT_CHECKED enum vault_status vlt_event_root(uint8_t out[32],
    const struct vlt_fields *l, const struct vlt_salts *salts,
    struct vault_error *err);

#endif
