/* SPDX-License-Identifier: Apache-2.0 */
/* draft.h: an unfinished form, sealed to the vault's card (section 8.6) */
#ifndef VLT_DRAFT_H
#define VLT_DRAFT_H

#include <stddef.h>
#include <stdint.h>
#include "field.h"
#include "kem.h"
#include "secret.h"

enum {
    VLT_DRAFT_HEADER = 40,
    VLT_DRAFT_TYPE = 32,
    VLT_DRAFT_FLAGS = 3,    /* 1 the answer goes on, 2 about to be sealed */
    VLT_DRAFT_LEAST = 4096, /* padded plaintext: this times 2^k */
    VLT_DRAFT_MOST = 16 * 1024 * 1024,
    VLT_DRAFT_FILE_MOST = VLT_DRAFT_HEADER + VLT_HPKE_EXTRA + VLT_DRAFT_MOST
};

struct vlt_draft {
    uint8_t vault[16];
    uint8_t id[16];
    int64_t begun; /* by the clock of the machine that wrote it */
    int64_t kept;
    char type[VLT_DRAFT_TYPE + 1];
    char last[VLT_FIELD_NAME + 1]; /* the question answered last; "": none */
    uint8_t flags;                 /* of VLT_DRAFT_FLAGS */
    struct vlt_fields fields;
};
void vlt_draft_init(struct vlt_draft *d);
/* Wipes. */
void vlt_draft_clear(struct vlt_draft *d);

/*
 * The padded plaintext, into the empty buffer out.
 *   VAULT_E_USAGE  type or last is not such a word
 *   VAULT_E_LIMIT  more than VLT_DRAFT_MOST
 */
VAULT_CHECKED enum vault_status vlt_draft_encode(struct vlt_buf *out,
    const struct vlt_draft *d, struct vault_error *err);
/*
 * type, last, times and fields from a padded plaintext; *out is an
 * initialised draft, unchanged on failure.
 *   VAULT_E_FORMAT  malformed, or padded otherwise
 *   VAULT_E_NEWER   a version, reserved byte, type or state of later times
 */
VAULT_CHECKED enum vault_status vlt_draft_decode(struct vlt_draft *out,
    const void *p, size_t n, struct vault_error *err);

/* The whole file, into the empty buffer out: header and HPKE under the label
 * `draft` with that header as context.   VAULT_E_USAGE, VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status vlt_draft_seal(struct vlt_buf *out,
    const struct vlt_draft *d, const uint8_t kem[VLT_KEM_PK],
    struct vault_error *err);
/*
 * What a file says without any key: vault and id. Needs its first
 * VLT_DRAFT_HEADER bytes and its whole length.
 *   VAULT_E_FORMAT  not a draft, or of a length that no draft has
 *   VAULT_E_NEWER   a reserved byte is not zero
 */
VAULT_CHECKED enum vault_status vlt_draft_peek(struct vlt_draft *out,
    const void *p, size_t n, struct vault_error *err);
/*
 * Open a file. *out is an initialised draft, unchanged on failure.
 *   VAULT_E_TAMPERED  it does not open with this key: changed, damaged, or
 *                     sealed to another
 *   and what peek and decode answer
 */
VAULT_CHECKED enum vault_status vlt_draft_open(struct vlt_draft *out,
    const void *p, size_t n, const struct vlt_kemkey *key,
    struct vault_error *err);

#endif
