/* SPDX-License-Identifier: Apache-2.0 */
/* hpke.h: HPKE's key schedule and sealing with a given seed, for vectors */
#ifndef VLT_HPKE_H
#define VLT_HPKE_H

#include <stddef.h>
#include <stdint.h>
#include "kem.h"

/* What a context seals with. The caller wipes it. */
struct vlt_hpke {
    uint8_t key[32];
    uint8_t nonce[12]; /* base_nonce: that of sequence 0 */
};

/* RFC 9180, section 5.1: KeySchedule<ROLE>(mode_base, shared_secret, info). */
void vlt_hpke_schedule(struct vlt_hpke *out, const uint8_t shared[32],
    const void *info, size_t info_len);

/*
 * vlt_hpke_seal with the 64 bytes from which X-Wing encapsulates given by the
 * caller: for vectors and worked examples, never for two messages.
 */
VAULT_CHECKED enum vault_status vlt_hpke_seal_with(uint8_t *out,
    const uint8_t pk[VLT_KEM_PK], const uint8_t eseed[64], const void *info,
    size_t info_len, const void *p, size_t n, struct vault_error *err);

#endif
