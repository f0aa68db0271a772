/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h: the small tables: meta, slot, identity, local, and what is counted */
#ifndef VLT_ROWS_H
#define VLT_ROWS_H

#include "bytes.h"
#include "slot.h"
#include "store.h"

/*
 * All functions need an open transaction. Columns are judged for type and
 * length here; what the bytes mean is the caller's business. A callback
 * that answers another status than VAULT_OK ends the walk with it.
 */

/* ---- meta ---- */
enum { VLT_META_VALUE_MAX = 1024 * 1024 + 64 }; /* a bundle's manifest */
/* VAULT_E_NOT_FOUND when there is no such key. Exactly n bytes. */
VAULT_CHECKED enum vault_status vlt_meta_get(struct vlt_store *s, const char *k,
    void *out, size_t n, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_meta_get_u32(struct vlt_store *s,
    const char *k, uint32_t *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_meta_put(struct vlt_store *s, const char *k,
    const void *p, size_t n, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_meta_put_u32(struct vlt_store *s,
    const char *k, uint32_t v, struct vault_error *err);
/* A value of any length, appended to `out`.   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_meta_load(struct vlt_store *s,
    const char *k, struct vlt_buf *out, struct vault_error *err);
/* What is not there is VAULT_OK. */
VAULT_CHECKED enum vault_status vlt_meta_delete(struct vlt_store *s,
    const char *k, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_meta_each(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const char *k, const uint8_t *v,
        size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err);

/* ---- slot ---- */
/*
 * Load all slots ascending by id, at most VLT_SLOT_MAX. With `lenient` a row
 * that does not decode is left out and *damaged counts it (its id in
 * damaged_id), so that other ways to unlock still work.
 *   VAULT_E_LIMIT  more than VLT_SLOT_MAX
 */
struct vlt_slot_set {
    size_t n;
    struct vlt_slot slot[VLT_SLOT_MAX];
    size_t damaged;
    uint8_t damaged_id[16];
};
VAULT_CHECKED enum vault_status vlt_slots_load(struct vlt_store *s,
    bool lenient, struct vlt_slot_set *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_slot_put(struct vlt_store *s,
    const struct vlt_slot *slot, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_slot_delete(struct vlt_store *s,
    const uint8_t id[16], struct vault_error *err);

VAULT_CHECKED enum vault_status vlt_slots_clear(struct vlt_store *s,
    struct vault_error *err);

/* ---- identity ---- */
struct vlt_identity_row {
    uint32_t gen;
    const char *card; /* the note, borrowed */
    size_t card_len;
    const uint8_t *seed; /* the cell or NULL */
    size_t seed_len;
};
VAULT_CHECKED enum vault_status vlt_identities(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_identity_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* seed may be NULL: held elsewhere. Replaces the row of that generation. */
VAULT_CHECKED enum vault_status vlt_identity_put(struct vlt_store *s,
    const struct vlt_identity_row *r, struct vault_error *err);
/* Zeros over the seeds of all generations below this one, then NULL. */
VAULT_CHECKED enum vault_status vlt_identity_seeds_destroy(struct vlt_store *s,
    uint32_t below, uint64_t *n, struct vault_error *err);

/* ---- local ---- */
enum { VLT_LOCAL_MAX = 1024 * 1024 + 64 };
/*
 * Ascending by id, b borrowed. Each row is read by a query of its own, so fn
 * may ask, walk and change this table too.
 */
VAULT_CHECKED enum vault_status vlt_locals(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, uint64_t id, uint64_t rev,
        const uint8_t *b, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* b appended to out.   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_local_get(struct vlt_store *s, uint64_t id,
    uint64_t *rev, struct vlt_buf *out, struct vault_error *err);
/* The highest id, 0 for none. */
VAULT_CHECKED enum vault_status vlt_local_last(struct vlt_store *s,
    uint64_t *id, struct vault_error *err);
/* Replaces the row of that id. */
VAULT_CHECKED enum vault_status vlt_local_put(struct vlt_store *s, uint64_t id,
    uint64_t rev, const void *b, size_t n, struct vault_error *err);
/*   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_local_delete(struct vlt_store *s,
    uint64_t id, struct vault_error *err);

/* ---- counting ---- */
/* One number out of a statement that is a literal. NULL counts as 0. */
VAULT_CHECKED enum vault_status vlt_count(struct vlt_store *s, const char *sql,
    uint64_t *out, struct vault_error *err);

#endif
