/* SPDX-License-Identifier: Apache-2.0 */
/* body.h: a record's body on its way into segments */
#ifndef VLT_BODY_H
#define VLT_BODY_H

#include "handle.h"
#include "os.h"
#include "pack.h"
#include "record.h"

/*
 * original bytes -> sample (the first MiB decides: compress, or keep as it
 * is) -> packer -> 64 KiB chunks sealed under KB -> segments. Up to
 * VLT_BODY_HELD segments wait in memory. A longer body is staged: each time
 * so many are full they are written in one short transaction of their own,
 * so that a slow source never keeps others from the vault. Memory stays
 * below 32 MiB for any length.
 */
enum {
    VLT_BODY_SAMPLE = 1024 * 1024,
    VLT_BODY_HELD = 16 /* segments in memory, and in one transaction */
};

struct vlt_body {
    struct vault *v;
    bool any; /* the caller gave a body, if only an empty one */
    struct vlt_buf sample;
    struct vlt_packer *packer; /* NULL while all of it is in the sample */
    bool raw;
    struct vlt_kb *kb;
    uint8_t *chunk; /* plaintext of the chunk being filled */
    size_t chunk_len;
    uint64_t chunks;  /* sealed so far: the counter */
    uint8_t *segment; /* sealed chunks of the segment being filled */
    size_t segment_len;
    size_t held; /* full segments waiting in memory */
    uint8_t *hold[VLT_BODY_HELD];
    size_t hold_len[VLT_BODY_HELD];
    uint64_t segments;     /* hashed so far */
    uint64_t stored;       /* sealed bytes */
    uint64_t rid;          /* row they are staged under; 0: none yet */
    uint64_t staged;       /* segments written to the container */
    struct vlt_lock *lock; /* while staging: others leave it alone */
    uint8_t first[32];     /* the first of them begins so: rows get reused */
    struct vlt_segments_hash hash;
    /* known at the end */
    uint64_t stream_len;
    uint64_t original_len;
    uint64_t padded;
    uint8_t sha256[32];
    uint8_t b[32];
};

void vlt_body_init(struct vlt_body *b, struct vault *v);
/* Wipes; what was staged stays for the next clearing. */
void vlt_body_clear(struct vlt_body *b);
VAULT_CHECKED enum vault_status vlt_body_write(struct vlt_body *b,
    const void *p, size_t n, struct vault_error *err);
/* Whether all of it still lies in the sample, so that it may go inline. */
bool vlt_body_small(const struct vlt_body *b);
/* End of the body: everything sealed but not all of it written. Afterwards
 * padded, stream_len, original_len, sha256, b are known. */
VAULT_CHECKED enum vault_status vlt_body_finish(struct vlt_body *b,
    struct vault_error *err);
/* Within the action: write what is held under `rid` (the staged one, if
 * any), end the staging. */
VAULT_CHECKED enum vault_status vlt_body_put(struct vlt_body *b, uint64_t rid,
    struct vault_error *err);

#endif
