/* SPDX-License-Identifier: Apache-2.0 */
/* ots.h: the head of an OpenTimestamps proof: which hash it is about */
#ifndef VLT_OTS_H
#define VLT_OTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

enum { VLT_OTS_MAX = 1 << 20 /* longest proof that is kept */ };

/* Whether p begins as a detached timestamp file (magic bytes). */
bool vlt_ots_is(const void *p, size_t len);
/*
 * Magic bytes, version 1, the operation SHA-256 and its digest. The proof
 * behind it must be there and is not looked at.
 *   VAULT_E_FORMAT  not so; VAULT_E_NEWER  another version
 *   VAULT_E_LIMIT   longer than VLT_OTS_MAX
 */
VAULT_CHECKED enum vault_status vlt_ots_read(uint8_t digest[32], const void *p,
    size_t len, struct vault_error *err);

#endif
