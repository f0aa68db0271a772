/* SPDX-License-Identifier: Apache-2.0 */
/* extract_parts.h: what making an extract and reading one share */
#ifndef VLT_EXTRACT_PARTS_H
#define VLT_EXTRACT_PARTS_H

#include "extract.h"

enum { VLT_EXTRACT_LEAST = 1024 }; /* smallest plaintext */

/* Room for n indices and salts and x->leaves - n hashes; x->leaves is set. */
VAULT_CHECKED enum vault_status vlt_extract_reserve(struct vlt_extract *x,
    size_t n, struct vault_error *err);
/* Body flags against head and fields, and all leaves against head->content.
 *   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_extract_check(const struct vlt_extract *x,
    const struct vlt_record_head *head, struct vault_error *err);
/* Encode, pad and seal; appended to out. */
VAULT_CHECKED enum vault_status vlt_extract_write(struct vlt_buf *out,
    const struct vlt_record_head *head, const struct vlt_extract *x,
    const struct vlt_xk *xk, struct vault_error *err);

#endif
