/* SPDX-License-Identifier: Apache-2.0 */
/* tlogproof.h: C2SP tlog-proof: a leaf's place in a signed tree, as text */
#ifndef VLT_TLOGPROOF_H
#define VLT_TLOGPROOF_H

#include "bytes.h"
#include "merkle.h"
#include "note.h"

enum {
    VLT_TLOGPROOF_MAX = 63, /* longest path in a tree of 2^63 leaves */
    /* head, index, path and blank line, then the longest note */
    VLT_TLOGPROOF_TEXT = 3072 + VLT_NOTE_MAX
};

/*
 * The first line `c2sp.org/tlog-proof@v1`, `index N`, one line of base64 per
 * hash, a blank line, then the checkpoint as it was given out, all
 * cosignatures included. C2SP lets an `extra` line stand second; it is
 * authenticated by nothing, so it is neither made nor taken.
 */
struct vlt_tlogproof {
    uint64_t index;
    size_t n;
    struct vlt_hash32 path[VLT_TLOGPROOF_MAX]; /* from the leaf upwards */
    const char *checkpoint;                    /* a signed note; borrowed */
    size_t checkpoint_len;
};
/*
 * Append the text to out.
 *   VAULT_E_FORMAT  the path is longer than VLT_TLOGPROOF_MAX, or the
 *                   checkpoint is no signed note
 */
VAULT_CHECKED enum vault_status vlt_tlogproof_encode(struct vlt_buf *out,
    const struct vlt_tlogproof *p, struct vault_error *err);
/*
 * Only the exact form; `checkpoint` borrows from the text and has the form of
 * a signed note. Whether it is a checkpoint, who signed it and whether the
 * path leads to its root is the caller's question (vlt_inclusion_ok).
 *   VAULT_E_FORMAT  anything else
 */
VAULT_CHECKED enum vault_status vlt_tlogproof_decode(struct vlt_tlogproof *out,
    const char *text, size_t len, struct vault_error *err);

#endif
