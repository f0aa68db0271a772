/* SPDX-License-Identifier: Apache-2.0 */
/* keyfile.h: the key files this program makes, the only ones it takes */
#ifndef VLT_KEYFILE_H
#define VLT_KEYFILE_H

#include "bytes.h"
#include "secret.h"

enum { VLT_KEYFILE_SIZE = 18 + 45 }; /* "sanduq.v1/keyfile\n" + b64 + LF */

void vlt_keyfile_encode(char out[VLT_KEYFILE_SIZE],
    const struct vlt_keyfile *k);
/* VAULT_E_FORMAT unless it is exactly such a file. */
VAULT_CHECKED enum vault_status vlt_keyfile_decode(struct vlt_keyfile *out,
    const void *p, size_t n, struct vault_error *err);
/* The 32 bytes that go into the base of a slot: H(L("keyfile") || K). */
void vlt_keyfile_base(uint8_t out[32], const struct vlt_keyfile *k);

#endif
