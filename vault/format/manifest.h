/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.h: what a bundle says to its recipients (section 9.1) */
#ifndef VLT_MANIFEST_H
#define VLT_MANIFEST_H

#include "epoch.h"
#include "field.h"

enum { VLT_MANIFEST_MAX = 1024 * 1024 };
/*
 * SEAL(X(E0, "manifest", epoch id), AD = epoch header, field list || zeros to
 * 1, 2, 4 ... KiB), appended to out.   VAULT_E_LIMIT
 */
VAULT_CHECKED enum vault_status vlt_manifest_seal(struct vlt_buf *out,
    const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const struct vlt_fields *l, struct vault_error *err);
/* VAULT_E_TAMPERED does not open; VAULT_E_FORMAT, VAULT_E_NEWER. *out is the
 * caller's to clear on success. */
VAULT_CHECKED enum vault_status vlt_manifest_open(struct vlt_fields *out,
    const void *p, size_t n, const struct vlt_epoch *e, const struct vlt_e0 *e0,
    struct vault_error *err);

#endif
