/* SPDX-License-Identifier: Apache-2.0 */
/* nfc.h: Unicode normalisation form C, of passphrases and of names */
#ifndef VLT_NFC_H
#define VLT_NFC_H

#include <stdbool.h>
#include <stddef.h>
#include "secret.h"

/*
 * Valid UTF-8 in Unicode normalisation form C; other bytes unchanged (RFC
 * 8265 OpaqueString without its mapping of spaces). Result in guarded
 * memory; intermediate copies are wiped.
 *   VAULT_E_LIMIT  longer than 4096 bytes, or empty
 */
VAULT_CHECKED enum vault_status vlt_passphrase_nfc(const void *p, size_t n,
    struct vlt_guarded **out, struct vault_error *err);
/*
 * A text that is no secret, in form C, with its closing 0, into out of `size`
 * bytes. False when it is not UTF-8 or does not fit.
 */
bool vlt_text_nfc(const char *s, char *out, size_t size);
const char *vlt_utf8proc_version(void);

#endif
