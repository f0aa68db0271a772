/* SPDX-License-Identifier: Apache-2.0 */
/* sent.h: what was given to whom, sealed (notes `sent`) */
#ifndef VLT_SENT_H
#define VLT_SENT_H

#include "fnote.h"

/*
 * One bundle that this vault made. stored as field lists of kind `sent`, at
 * most 16,000 statements in each: bundle(2,16), text(2,32), time(3),
 * to(2, 32 n fingerprints), part(8: 1 when only parts of them were given),
 * stmts(2, 32 n), ids(2, 20 n: id and version, in the same order), heads
 * left out; and shares(1) of a bundle that opens with shares, whose
 * fingerprint in `to` is that of the identity drawn for it.
 */
enum { VLT_SENT_SHARES = 24 };
struct vlt_sent {
    uint8_t bundle[16];
    uint8_t text[32]; /* H(bundle text) */
    int64_t time;
    bool part;
    size_t to_len;
    const uint8_t (*to)[32]; /* card fingerprints */
    size_t n;
    const uint8_t (*stmt)[32];
    const uint8_t (*id)[20];
    char shares[VLT_SENT_SHARES]; /* `K/N identifier`; else "" */
};
VAULT_CHECKED enum vault_status vlt_sent_put(struct vault *v,
    const struct vlt_sent *s, struct vault_error *err);
/* Every piece of every bundle; borrowed. */
VAULT_CHECKED enum vault_status vlt_sents(struct vault *v,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_sent *s, struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
