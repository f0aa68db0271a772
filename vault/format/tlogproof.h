/* SPDX-License-Identifier: Apache-2.0 */
/* tlogproof.h: C2SP tlog-proof: a leaf's place in a signed tree, as text */
#ifndef VLT_TLOGPROOF_H
#define VLT_TLOGPROOF_H

#include "bytes.h"
#include "note.h"

enum { VLT_TLOGPROOF_MAX = 63 }; /* longest path of C2SP tlog-proof */

/* extra is none in what we make and refused in what we take. */
struct vlt_tlogproof {
    uint64_t index;
    size_t n;
    uint8_t path[VLT_TLOGPROOF_MAX][32]; /* from the leaf upwards */
    const char *checkpoint;              /* a signed note; borrowed */
    size_t checkpoint_len;
};
VAULT_CHECKED enum vault_status vlt_tlogproof_encode(struct vlt_buf *out,
    const struct vlt_tlogproof *p, struct vault_error *err);
/* Exact form; `checkpoint` borrows from the text. VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_tlogproof_decode(struct vlt_tlogproof *out,
    const char *text, size_t len, struct vault_error *err);

#endif
