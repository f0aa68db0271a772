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
#include "x25519.h"

/*
 * Streams: constant memory, 64 KiB chunks; no plaintext leaves before its
 * chunk is authenticated, and that the file is whole is known only at the
 * end. Binary or armored, told by the first bytes.
 */

enum {
    VLT_AGE_CHUNK = 64 * 1024,
    VLT_AGE_HEADER_MAX = 1024 * 1024, /* longest header that is read */
    VLT_AGE_WORK = 18,                /* of a passphrase, as we write it */
    VLT_AGE_WORK_MAX = 20             /* as we try it, if nothing is said */
};

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
    enum vlt_age_stage *stage; /* may be NULL: where vlt_age_open failed */
};

struct vlt_age_in;
/* Give up to max bytes, *n 0 at the end. */
typedef enum vault_status (*vlt_age_source)(void *ctx, void *p, size_t max,
    size_t *n, struct vault_error *err);
/*
 * Read the header and find the file key. The identities are not needed
 * afterwards.
 *   VAULT_E_FORMAT    not an age file, or malformed
 *   VAULT_E_LIMIT     the header is longer than VLT_AGE_HEADER_MAX, or the
 *                     passphrase's work factor above work_max
 *   VAULT_E_LOCKED    for a passphrase, and none was given
 *   VAULT_E_SECRET    the passphrase does not fit
 *   VAULT_E_NO_KEY    for somebody else
 *   VAULT_E_TAMPERED  header MAC
 */
VAULT_CHECKED enum vault_status vlt_age_open(struct vlt_age_in **out,
    vlt_age_source read, void *ctx, const struct vlt_age_identities *who,
    struct vault_error *err);
/* Up to max authenticated bytes; *n 0 exactly at the sound end. After a
 * failure it fails the same way for ever.
 *   VAULT_E_TAMPERED  a chunk does not open, or the file is cut or longer
 *   VAULT_E_FORMAT    the armor is malformed
 */
VAULT_CHECKED enum vault_status vlt_age_read(struct vlt_age_in *a, void *p,
    size_t max, size_t *n, struct vault_error *err);
/* Where vlt_age_read failed. */
enum vlt_age_stage vlt_age_stage(const struct vlt_age_in *a);
/* Whether an opened file is armored; whether a passphrase opened it. */
bool vlt_age_armored(const struct vlt_age_in *a);
bool vlt_age_by_passphrase(const struct vlt_age_in *a);
/* Else by which of who->kem or who->x25519. */
size_t vlt_age_opened_by(const struct vlt_age_in *a);
void vlt_age_in_free(struct vlt_age_in *a); /* NULL is fine */

/*
 * Hybrid recipients, or X25519 recipients, or one passphrase. A file for both
 * kinds of recipients would be as weak as the weaker, so that is refused.
 */
struct vlt_age_to {
    const uint8_t (*kem)[VLT_KEM_PK];
    size_t kems;
    const uint8_t (*x25519)[VLT_X25519];
    size_t x25519s;
    const struct vlt_guarded *passphrase;
    unsigned work; /* of the passphrase; 0: 18 */
    bool armor;
};
typedef enum vault_status (
    *vlt_age_sink)(void *ctx, const void *p, size_t n, struct vault_error *err);
struct vlt_age_out;
/*
 * Writes the header.
 *   VAULT_E_USAGE   nobody to seal to, or two kinds at once
 *   VAULT_E_FORMAT  a recipient's key is refused
 *   VAULT_E_LIMIT   more recipients than a header we read can hold, or the
 *                   work factor outside scrypt's bounds of kdf.h
 */
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
