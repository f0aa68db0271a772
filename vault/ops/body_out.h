/* SPDX-License-Identifier: Apache-2.0 */
/* body_out.h: a body on its way out of segments */
#ifndef VLT_BODY_OUT_H
#define VLT_BODY_OUT_H

#include "handle.h"
#include "meta.h"
#include "record.h"

/* Everything a stream needs; all borrowed. */
struct vlt_body_out {
    const struct vlt_record_head *head;
    const struct vlt_meta *meta;
    const struct vlt_body_commit *body;
    /* Segment n, exactly len bytes. VAULT_E_NOT_FOUND: missing. */
    enum vault_status (*fetch)(void *ctx, uint64_t n, uint8_t *out, size_t len,
        struct vault_error *err);
    void *fetch_ctx;
    enum vault_status (
        *write)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *write_ctx;
    const struct vault_options *opt; /* progress */
};

/*
 * Fetch, compare b, authenticate chunk by chunk, unpack, hand on. No byte
 * leaves before its chunk was authenticated.
 *   VAULT_E_TAMPERED  a segment is missing or changed, padding is not zero,
 *                     or length or hash differ from what was sealed
 */
VAULT_CHECKED enum vault_status vlt_body_stream(const struct vlt_body_out *b,
    struct vault_error *err);

#endif
