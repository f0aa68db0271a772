/* SPDX-License-Identifier: Apache-2.0 */
/* label.h: the one table of labels, and what is derived or hashed under them */
#ifndef VLT_LABEL_H
#define VLT_LABEL_H

#include <stddef.h>
#include <stdint.h>
#include "hash.h"

/*
 * docs/format.md, section 1. L(x) = "sanduq.v1/" x 00. Each label has one
 * use and one context length; a wrong length ends the process, in release
 * builds too. A test compares the table with docs/format.md and proves that
 * labels are unique and no L(x) is a prefix of another.
 */
enum vlt_label {
    /* X under VMK; ctx vault id 16; out 32 (state-name: 8) */
    VLT_L_SEED,
    VLT_L_EPOCH_CACHE,
    VLT_L_LOCAL,
    VLT_L_FOREIGN,
    VLT_L_CATALOGUE,
    VLT_L_SLOTS_MAC,
    VLT_L_STATE,
    VLT_L_STATE_NAME,
    /* X under SEED; ctx vault id 16; out 32 */
    VLT_L_ID_KEM,
    VLT_L_ID_SIGN,
    VLT_L_ID_MINI,
    VLT_L_ID_WIT,
    /* Expand under the prk of section 3; ctx vault id 16; out 64 */
    VLT_L_SLOT,
    /* X under E0 or Ei */
    VLT_L_EPOCH_COMMIT, /* ctx epoch header 80, out 32 */
    VLT_L_MANIFEST,     /* ctx epoch id 16, out 32 */
    VLT_L_WRAP,         /* ctx epoch id 16 || i u32, out 32 */
    VLT_L_EVENT_KEY,    /* same */
    VLT_L_NEXT,         /* same */
    VLT_L_RECORD,       /* X under RK; ctx H(record header) 32, out 64 */
    VLT_L_EXTRACT,      /* X under XK; ctx stmt 32, out 32 */
    VLT_L_FIELD_SALT,   /* ctx record id 16 || version u32 || i u16, out 32 */
    VLT_L_EVENT_SALT,   /* ctx i u16, out 32 */
    /* HPKE info */
    VLT_L_EPOCH,     /* ctx 144 */
    VLT_L_SLOT5,     /* ctx 96 */
    VLT_L_CHALLENGE, /* ctx 64 */
    VLT_L_UNLOCK,    /* ctx 32 */
    VLT_L_DRAFT,     /* ctx 40 */
    /* H(L(x) || ...) */
    VLT_L_KEYFILE,  /* 32 */
    VLT_L_RCPT,     /* 80 */
    VLT_L_RCPTS,    /* 32 n */
    VLT_L_SEGMENTS, /* 32 n */
    VLT_L_CIPHER,   /* 192 */
    VLT_L_SALTED,   /* 64 */
    VLT_L_STMTS,    /* 32 n */
    VLT_L_NOTED,    /* 32 n */
    VLT_L_SLOTS,
    VLT_L_SETTINGS,
    VLT_L_EPOCHS,
    VLT_L_ANSWER, /* 32 */
    /* prefixes of MTH leaves */
    VLT_L_FIELD,
    VLT_L_EVENT_FIELD,
    VLT_L_PAD,
    VLT_L_ENTRY,
    /* prefix of an Ed25519 message */
    VLT_L_ACT,
    VLT_LABEL_COUNT
};

enum { VLT_LABEL_MAX = 32 }; /* the longest L(x), closing 00 counted */

struct vlt_label_row {
    const char *name; /* without "sanduq.v1/" */
    int ctx;          /* bytes that follow; -1 varies, -32 a multiple of 32 */
    int out;          /* bytes of output; 0 for hashes and prefixes */
};
const struct vlt_label_row *vlt_label_row(enum vlt_label l);

/* Write L(label) to out (VLT_LABEL_MAX bytes) and give its length. */
size_t vlt_label(enum vlt_label l, uint8_t out[VLT_LABEL_MAX]);

/*
 * X(key, label, ctx, n) = HKDF-SHA-256-Expand(PRK = key, L(label) || ctx, n)
 * (RFC 5869). key is 32 uniformly random bytes. ctx_len and n must be those
 * of the table.
 */
void vlt_x(const uint8_t key[32], enum vlt_label l, const void *ctx,
    size_t ctx_len, uint8_t *out, size_t n);

/* H(L(label) || parts joined); the total length must be that of the table. */
void vlt_label_hash(uint8_t out[32], enum vlt_label l,
    const struct vlt_part *part, size_t parts);

/* A streaming H(L(label) || ...) for long lists: init, then vlt_sha256_*. */
void vlt_label_hash_init(struct vlt_sha256 *h, enum vlt_label l);

#endif
