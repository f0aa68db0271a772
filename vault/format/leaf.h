/* SPDX-License-Identifier: Apache-2.0 */
/* leaf.h: one line of the custody log (section 7.1) */
#ifndef VLT_LEAF_H
#define VLT_LEAF_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"

enum { VLT_LEAF_KIND = 16 }; /* longest kind */

struct vlt_leaf {
    char kind[VLT_LEAF_KIND + 1]; /* [a-z-]{1,16}; unknown kinds are fine */
    bool has_record;              /* else `- -` */
    uint8_t record[16];
    uint32_t version; /* 0: all of them (`withdraw` only) */
    uint8_t subject[32];
    uint8_t event[32];
};

/* Whether `kind` is well formed (any word), and one of section 7.1's. */
bool vlt_leaf_kind_ok(const char *kind);
bool vlt_leaf_kind_known(const char *kind);
/*
 * Whether a leaf of a known kind names a record and version exactly where
 * section 7.1 says so. True for unknown kinds. Decoding does not ask this: a
 * leaf that does not fit hashes and proves like any other, and whoever reads
 * the log says what is wrong with it.
 */
bool vlt_leaf_fits_kind(const struct vlt_leaf *l);

/* Append the text to out. VAULT_E_FORMAT: the kind is malformed. */
VAULT_CHECKED enum vault_status vlt_leaf_encode(struct vlt_buf *out,
    const struct vlt_leaf *l, struct vault_error *err);
/* Only the exact form; VAULT_E_FORMAT for anything else. */
VAULT_CHECKED enum vault_status vlt_leaf_decode(struct vlt_leaf *out,
    const char *text, size_t len, struct vault_error *err);
/* H(00 || text), or 32 zeros if the kind is malformed: no leaf has that. */
void vlt_leaf_text_hash(uint8_t out[32], const struct vlt_leaf *l);

#endif
