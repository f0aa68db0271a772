/* SPDX-License-Identifier: Apache-2.0 */
/* cell.h: sealed cells of the vault's own rows (sections 8.3 and 8.4) */
#ifndef VLT_CELL_H
#define VLT_CELL_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "field.h"
#include "hash.h"
#include "secret.h"

enum { VLT_SEED_CELL = 72 }; /* SEAL of 32 bytes */

/* identity.seed: AD = gen u32 || H(card text). */
void vlt_seed_seal(uint8_t out[VLT_SEED_CELL], const struct vlt_seed *s,
    const struct vlt_vmk *vmk, const uint8_t vault[16], uint32_t gen,
    const uint8_t card[32]);
bool vlt_seed_open(struct vlt_seed *out, const void *p, size_t n,
    const struct vlt_vmk *vmk, const uint8_t vault[16], uint32_t gen,
    const uint8_t card[32]);

/* Row(t, r) = t as ASCII || 00 || r u64; returns its length. */
size_t vlt_row_ad(uint8_t out[32], const char *table, uint64_t row);

/* Object = length u32 || bytes || zeros to 256, 512, 1024 ... (max 1 MiB).
 * Decoding lends the bytes. VAULT_E_LIMIT, VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_object_encode(struct vlt_buf *out,
    const void *p, size_t n, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_object_decode(const void *p, size_t n,
    const uint8_t **bytes, size_t *len, struct vault_error *err);

/* local.b: a field list as object, AD = Row("local", id) || rev u64. */
VAULT_CHECKED enum vault_status vlt_local_seal(struct vlt_buf *out,
    const struct vlt_fields *l, const struct vlt_vmk *vmk,
    const uint8_t vault[16], uint64_t id, uint64_t rev,
    struct vault_error *err);
/* Which row it is, is the caller's to know.
 *   VAULT_E_TAMPERED  does not open as this row at this revision
 *   VAULT_E_FORMAT, VAULT_E_NEWER */
VAULT_CHECKED enum vault_status vlt_local_open(struct vlt_fields *out,
    const void *p, size_t n, const struct vlt_vmk *vmk, const uint8_t vault[16],
    uint64_t id, uint64_t rev, struct vault_error *err);

/*
 * What came from others, sealed once more: SEAL(X(VMK, "foreign", vault id),
 * Row(table, row), p), n + 40 bytes. Opening n bytes gives n - 40; which row
 * it is, is the caller's to know. False: not sound, or too short.
 */
void vlt_foreign_cell_seal(uint8_t *out, const struct vlt_vmk *vmk,
    const uint8_t vault[16], const char *table, uint64_t row, const void *p,
    size_t n);
bool vlt_foreign_cell_open(uint8_t *out, const struct vlt_vmk *vmk,
    const uint8_t vault[16], const char *table, uint64_t row, const void *p,
    size_t n);

/* Settings set hash (section 8.4): init, one add per row ascending by id,
 * final. */
struct vlt_settings_hash {
    struct vlt_sha256 h;
};
void vlt_settings_hash_init(struct vlt_settings_hash *s, uint32_t gen);
void vlt_settings_hash_add(struct vlt_settings_hash *s, uint64_t id,
    uint64_t rev, const void *b, size_t n);
void vlt_settings_hash_final(struct vlt_settings_hash *s, uint8_t out[32]);

#endif
