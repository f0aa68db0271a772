/* SPDX-License-Identifier: Apache-2.0 */
/* nfc.h: the one form in which a passphrase enters the KDF */
#ifndef VLT_NFC_H
#define VLT_NFC_H

#include "secret.h"

/*
 * Valid UTF-8 in Unicode normalisation form C; other bytes unchanged (RFC
 * 8265 OpaqueString without its mapping of spaces). Result in guarded
 * memory; intermediate copies are wiped.
 *   VAULT_E_LIMIT  longer than 4096 bytes, or empty
 */
VAULT_CHECKED enum vault_status vlt_passphrase_nfc(const void *p, size_t n,
    struct vlt_guarded **out, struct vault_error *err);
const char *vlt_utf8proc_version(void);

#endif
