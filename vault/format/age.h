/* SPDX-License-Identifier: Apache-2.0 */
/* age.h: files of age v1 (C2SP age.md): X25519, scrypt, mlkem768x25519 */
#ifndef VLT_AGE_H
#define VLT_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"
#include "kem.h"
#include "secret.h"

/*
 * Streams: constant memory, 64 KiB chunks; no plaintext leaves before its
 * chunk is authenticated, and that the file is whole is known only at the
 * end. Binary or armored, told by the first bytes.
 */

/* Where an attempt failed, for the test kit of C2SP. */
enum vlt_age_stage {
    VLT_AGE_FINE,
    VLT_AGE_HEADER,   /* "header failure" */
    VLT_AGE_HMAC,     /* "HMAC failure" */
    VLT_AGE_NO_MATCH, /* no identity matches */
    VLT_AGE_ARMOR,    /* "armor failure" */
    VLT_AGE_PAYLOAD   /* "payload failure" */
};

/* What may open a file. Any of them may be empty. */
struct vlt_age_identities {
    const struct vlt_kemkey *const *kem; /* X-Wing seeds: AGE-SECRET-KEY-PQ-1 */
    size_t kems;
    const uint8_t (*x25519)[32]; /* in guarded memory of the caller */
    size_t x25519s;
    const struct vlt_guarded *passphrase;
    /* Highest work factor of a passphrase that is tried; 0: 20. Above it:
     * VAULT_E_LIMIT before any work. */
    unsigned work_max;
};

struct vlt_age_in;
/* Give up to max bytes, *n 0 at the end. */
typedef enum vault_status (*vlt_age_source)(void *ctx, void *p, size_t max,
    size_t *n, struct vault_error *err);
/*
 * Read the header and find the file key.
 *   VAULT_E_FORMAT    not an age file, or malformed
 *   VAULT_E_SECRET    passphrase does not fit
 *   VAULT_E_NO_KEY    for somebody else
 *   VAULT_E_TAMPERED  header MAC
 */
VAULT_CHECKED enum vault_status vlt_age_open(struct vlt_age_in **out,
    vlt_age_source read, void *ctx, const struct vlt_age_identities *who,
    struct vault_error *err);
/* Up to max authenticated bytes; *n 0 exactly at the sound end.
 *   VAULT_E_TAMPERED  a chunk does not open, or the file is cut or longer */
VAULT_CHECKED enum vault_status vlt_age_read(struct vlt_age_in *a, void *p,
    size_t max, size_t *n, struct vault_error *err);
/* Also after a failure of open, by `out`'s last value: see the .c file. */
enum vlt_age_stage vlt_age_stage(const struct vlt_age_in *a);
void vlt_age_in_free(struct vlt_age_in *a); /* NULL is fine */

/* Either recipients (X-Wing keys, each hybrid) or one passphrase. */
struct vlt_age_to {
    const uint8_t (*kem)[VLT_KEM_PK];
    size_t kems;
    const struct vlt_guarded *passphrase;
    unsigned work; /* of the passphrase; 0: 18 */
    bool armor;
};
typedef enum vault_status (
    *vlt_age_sink)(void *ctx, const void *p, size_t n, struct vault_error *err);
struct vlt_age_out;
VAULT_CHECKED enum vault_status vlt_age_begin(struct vlt_age_out **out,
    vlt_age_sink write, void *ctx, const struct vlt_age_to *to,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_age_write(struct vlt_age_out *a,
    const void *p, size_t n, struct vault_error *err);
/* The last chunk; the file is whole after it. */
VAULT_CHECKED enum vault_status vlt_age_finish(struct vlt_age_out *a,
    struct vault_error *err);
void vlt_age_out_free(struct vlt_age_out *a); /* NULL is fine */

#endif
