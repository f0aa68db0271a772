/* SPDX-License-Identifier: Apache-2.0 */
/* epoch.h: a run of records sealed to one set of recipients (section 5) */
#ifndef VLT_EPOCH_H
#define VLT_EPOCH_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "kem.h"
#include "secret.h"

enum {
    VLT_EPOCH_HEADER = 80,
    VLT_EPOCH_HEAD = 112, /* header || commit */
    VLT_EPOCH_WRAP = 1200,
    VLT_EPOCH_WRAPS_MAX = 4096,
    VLT_EPOCH_CACHE = 80, /* the sealed cell */
    VLT_STEPS_VAULT = 1 << 20,
    VLT_STEPS_CHAIN = 1024
};
enum vlt_epoch_kind {
    VLT_EPOCH_VAULT = 1,
    VLT_EPOCH_BUNDLE = 2,
    VLT_EPOCH_CAPTURE = 3,
    VLT_EPOCH_COMPARTMENT = 4
};

/* The public part, as stored. rcpt and wraps are heap. */
struct vlt_epoch {
    enum vlt_epoch_kind kind;
    uint8_t vault[16];
    uint8_t id[16];
    uint8_t writer[32]; /* H(writer's Ed25519 public key) */
    uint32_t n;
    uint8_t head[VLT_EPOCH_HEAD];
    uint8_t *rcpt;  /* n x 32 */
    uint8_t *wraps; /* n x 1200 */
};
void vlt_epoch_clear(struct vlt_epoch *e);

/* How many wraps a set of `recipients` is padded to for this kind. */
uint32_t vlt_epoch_padded(enum vlt_epoch_kind kind, uint32_t recipients);
/* Steps i must stay below. */
uint32_t vlt_epoch_steps(enum vlt_epoch_kind kind);

struct vlt_recipient {
    uint8_t kem[VLT_KEM_PK];
    uint8_t fingerprint[32];
};

/*
 * Draw E0 and an epoch id and seal to the recipients, padding wraps going
 * to throw-away keys, order random. At least one recipient (asserted).
 * *out and *e0 are the caller's to clear and free.
 *   VAULT_E_LIMIT   more than VLT_EPOCH_WRAPS_MAX recipients
 *   VAULT_E_FORMAT  a recipient's key is one that encapsulation refuses
 */
VAULT_CHECKED enum vault_status vlt_epoch_make(struct vlt_epoch *out,
    enum vlt_epoch_kind kind, const uint8_t vault[16],
    const uint8_t writer_pk[32], const struct vlt_recipient *to, size_t n,
    struct vlt_e0 **e0, struct vault_error *err);
/*
 * Take the stored columns: magic, kind, reserved bytes, suite, lengths that
 * agree with n (1 .. 4096 and a padded count of that kind). Keyless.
 *   VAULT_E_FORMAT, VAULT_E_NEWER, VAULT_E_LIMIT (more wraps than 4096)
 */
VAULT_CHECKED enum vault_status vlt_epoch_decode(struct vlt_epoch *out,
    const void *head, size_t head_len, const void *rcpt, size_t rcpt_len,
    const void *wraps, size_t wraps_len, struct vault_error *err);
/* H(L("rcpts") || r_0 || ...) */
void vlt_epoch_rcpt_hash(uint8_t out[32], const struct vlt_epoch *e);
/* H(header || commit || rcpt || H(wraps)): the epoch's row in the epoch set
 * hash and a bundle's epoch line (section 17). */
void vlt_epoch_row_hash(uint8_t out[32], const struct vlt_epoch *e);
/*
 * Find and open one's own wrap: try the key on each, then recompute the
 * commitment, and r_j of the wrap opened must be one's own.
 *   VAULT_E_NO_KEY    no wrap is for this key
 *   VAULT_E_TAMPERED  opened, but commit or r_j does not fit; err names the
 *                     wrap
 */
VAULT_CHECKED enum vault_status vlt_epoch_open(const struct vlt_epoch *e,
    const struct vlt_kemkey *kem, const uint8_t fingerprint[32],
    struct vlt_e0 **out, struct vault_error *err);
/* Whether E0 gives the stored commitment. */
bool vlt_epoch_commit_ok(const struct vlt_epoch *e, const struct vlt_e0 *e0);

/* Ei of this kind (chain for 3 and 4; bound checked by assert). *out is
 * short-lived: the caller wipes it. */
void vlt_epoch_step(struct vlt_step *out, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i);

/* Ei in place becomes Ei+1, in a chain (kinds 3 and 4, asserted): what it was
 * is gone, and with it the way back to what was sealed under it. */
void vlt_epoch_next(struct vlt_step *step, const struct vlt_epoch *e,
    uint32_t i);

/* The cache cell of section 8.3: E0 and time of creation, 80 bytes. */
void vlt_epoch_cache_seal(uint8_t out[VLT_EPOCH_CACHE],
    const struct vlt_epoch *e, const struct vlt_e0 *e0, uint64_t time,
    const struct vlt_vmk *vmk);
/* False when it does not open or does not give the commitment. */
bool vlt_epoch_cache_open(const struct vlt_epoch *e, const uint8_t *cell,
    size_t len, const struct vlt_vmk *vmk, struct vlt_e0 *e0, uint64_t *time);

#endif
