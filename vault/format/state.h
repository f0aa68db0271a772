/* SPDX-License-Identifier: Apache-2.0 */
/* state.h: the sealed state file of one replica (section 7.4) */
#ifndef VLT_STATE_H
#define VLT_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include "secret.h"

enum { VLT_STATE_FILE = 1024 };

struct vlt_state {
    uint8_t vault[16];
    uint8_t replica[8];
    uint32_t number;
    uint64_t size;
    uint8_t root[32];
    uint8_t card[32];
    uint32_t slots_gen;
    uint32_t settings_gen;
    struct vlt_logkey *log; /* heap; the log secret */
};
void vlt_state_clear(struct vlt_state *s);
/* 16 hex digits and a 0: the file's name. */
void vlt_state_name(char out[17], const struct vlt_vmk *vmk,
    const uint8_t vault[16]);
void vlt_state_seal(uint8_t out[VLT_STATE_FILE], const struct vlt_state *s,
    const struct vlt_vmk *vmk);
/* VAULT_E_TAMPERED when it does not open under this VMK or names another
 * vault; VAULT_E_NEWER for reserved bytes that are not zero. */
VAULT_CHECKED enum vault_status vlt_state_open(struct vlt_state *out,
    const void *p, size_t n, const struct vlt_vmk *vmk, const uint8_t vault[16],
    struct vault_error *err);

#endif
