/* SPDX-License-Identifier: Apache-2.0 */
/* codex32.h: 32 bytes dealt as shares that people can keep on paper */
#ifndef VLT_CODEX32_H
#define VLT_CODEX32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>
#include "secret.h"

/*
 * codex32 (BIP-93) over GF(32), with a prefix of our own: `sqr1`, threshold,
 * four letters that name the dealing, the share's index, 52 letters, 13 of
 * checksum: 75 characters (docs/format.md section 14). Any k shares of a dealing
 * give the secret, k - 1 say nothing about it. Threshold 0 with index `s` is
 * the whole secret on one sheet.
 *
 * Sets live in guarded memory; texts are secrets: whoever asks for one gives
 * guarded room for it. Nothing here branches or looks up by a secret value,
 * except the search for a mistyped character.
 */
enum {
    VLT_SHARE_TEXT = 76,     /* a share and its closing zero */
    VLT_SHARES_MAX = 15,     /* of one dealing */
    VLT_SHARE_K_MAX = 9,     /* the largest threshold */
    VLT_SHARE_HEAD = 6,      /* threshold, identifier, index */
    VLT_SHARE_CHECK = 13,    /* checksum */
    VLT_SHARE_SYMBOLS = 71,  /* all of it behind `sqr1` */
    VLT_SHARE_GROUP = 4      /* characters in a group, as it is printed */
};

struct vlt_share {
    uint8_t threshold; /* 0: the secret as it is; else 2 to 9 */
    char id[5];        /* of the dealing, lower case */
    char index;        /* lower case; `s`: the secret itself */
    uint8_t n;         /* symbols in use */
    uint8_t v[VLT_SHARE_SYMBOLS]; /* 0 to 31 each */
};

/* Shares of one dealing, in guarded memory. NULL without memory. */
struct vlt_shares {
    size_t n;
    struct vlt_share s[VLT_SHARES_MAX];
};
struct vlt_shares *vlt_shares_new(void);
void vlt_shares_free(struct vlt_shares *s);

/*
 * Deal: any k of n shares give `secret`. k = 1 with n = 1 is the secret on one
 * sheet (threshold 0). The identifier is drawn when `id` is NULL. Every window
 * of k shares was found to give the secret before this answers VAULT_OK.
 *   VAULT_E_USAGE  not 2 <= k <= 9, k <= n <= 15, nor 1 of 1; or not an id
 */
VAULT_CHECKED enum vault_status vlt_shares_deal(const struct vlt_recovery
                                                    *secret,
    unsigned k, unsigned n, const char *id, struct vlt_shares **out,
    struct vault_error *err);

/*
 * Read a share as a person types it or a code holds it: upper or lower case
 * but not both; white space and dashes count for nothing. `out` is guarded.
 *   VAULT_E_FORMAT  not a share: the message says what is wrong and where (in
 *                   groups of four, `sqr1` being the first), never a character
 */
VAULT_CHECKED enum vault_status vlt_share_read(struct vlt_share *out,
    const char *text, size_t len, struct vault_error *err);

/* The text, lower case, closed by a zero; `out` is guarded room. */
void vlt_share_text(const struct vlt_share *s, char out[VLT_SHARE_TEXT]);

/*
 * Read one more share into the set.
 *   VAULT_E_FORMAT  as vlt_share_read
 *   VAULT_E_EXISTS  this very share is in the set; it stays as it was
 *   VAULT_E_USAGE   of another dealing, another share under the same index, or
 *                   more than fit
 */
VAULT_CHECKED enum vault_status vlt_shares_add(struct vlt_shares *set,
    const char *text, size_t len, struct vault_error *err);

/* How many more shares are needed: 0 when the set is enough. Of an empty set
 * nobody knows: 1. */
size_t vlt_shares_missing(const struct vlt_shares *set);

/*
 * The secret. Shares beyond the threshold must lie on the same polynomial.
 *   VAULT_E_NO_KEY  shares are missing
 *   VAULT_E_USAGE   they do not fit together; the message names the one that
 *                   does not when it can be told
 */
VAULT_CHECKED enum vault_status vlt_shares_join(const struct vlt_shares *set,
    struct vlt_recovery **out, struct vault_error *err);

/*
 * For tests against strings of others: another prefix of letters, a secret of
 * `bytes` (16 to 32), and the share of any index by interpolation over all
 * shares of the set. Answers as vlt_share_read; false: the index is one of
 * those.
 */
VAULT_CHECKED enum vault_status vlt_share_read_as(struct vlt_share *out,
    const char *prefix, size_t bytes, const char *text, size_t len,
    struct vault_error *err);
void vlt_share_text_as(const struct vlt_share *s, const char *prefix,
    char out[VLT_SHARE_TEXT]);
bool vlt_shares_at(const struct vlt_shares *set, char index,
    struct vlt_share *out);

#endif
