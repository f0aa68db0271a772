/* SPDX-License-Identifier: Apache-2.0 */
/* meta.h: a record's sealed metadata (section 6.2) */
#ifndef VLT_META_H
#define VLT_META_H

#include "content.h"
#include "field.h"
#include "record.h"
#include "secret.h"

enum { VLT_META_HEAD = 92, VLT_META_INLINE_MAX = 16 * 1024 };

/*
 * The plain side. salts and kb are heap (guarded); kb, body_stored and
 * body_original are zero/NULL when body version is 0.
 */
struct vlt_meta {
    struct vlt_salts *salts;
    struct vlt_kb *kb;
    bool body_raw;          /* flag bit 1: segments hold the original bytes */
    uint64_t body_stored;   /* compressed length */
    uint64_t body_original; /* original length */
    struct vlt_fields fields;
};
void vlt_meta_init(struct vlt_meta *m);
void vlt_meta_clear(struct vlt_meta *m);

/*
 * Encode and pad: the plaintext of the padded length (a bucket 1, 2, 4 ..
 * KiB up to VLT_META_MAX) is appended to out. The block is compressed when that saves a bucket;
 * what was compressed is decompressed and compared.
 *   VAULT_E_LIMIT  does not fit VLT_META_MAX
 */
VAULT_CHECKED enum vault_status vlt_meta_encode(struct vlt_buf *out,
    const struct vlt_meta *m, struct vault_error *err);
/*
 * Decode an unsealed plaintext of meta_padded bytes. Checks flags, reserved
 * bytes, smallest bucket, zero padding, one zstd frame, and against h: kb
 * and lengths zero iff body version 0, the `body` field of type 5 as section
 * 17 asks, body_padded = padding of max(4096, body_stored).
 * *out is the caller's to clear on success, untouched otherwise.
 *   VAULT_E_FORMAT, VAULT_E_NEWER, VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status vlt_meta_decode(struct vlt_meta *out,
    const void *p, size_t n, const struct vlt_record_header *h,
    struct vault_error *err);
/*
 * Length and hash that the `body` field commits to: the field's own bytes
 * (body version 0), or body_original and the stored hash. False: no body.
 */
bool vlt_meta_body(const struct vlt_meta *m, const struct vlt_record_header *h,
    struct vlt_body_commit *out);

#endif
