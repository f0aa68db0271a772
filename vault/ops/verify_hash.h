/* SPDX-License-Identifier: Apache-2.0 */
/* verify_hash.h: bodies read and hashed by all threads, told in order */
#ifndef VLT_VERIFY_HASH_H
#define VLT_VERIFY_HASH_H

#include "record_rows.h"
#include "verify.h"

/* A row that may have a body. */
struct vlt_body_item {
    uint64_t rid;
    struct vlt_record_head head;
    bool withdrawn;
    bool needed; /* a version that stands has its own segments as its body */
    bool there;  /* the row that its segments lie under is there */
    bool own;    /* it has segments, and they are read */
};

/*
 * Items come one after another, each with its segments, which are only named:
 * add for each of them, and end once. vlt_hasher_read reads and hashes what was
 * named, in all threads: each reads what it hashes, this one by v->s and
 * others by twins of it. vlt_hasher_settle does that too, and puts each item
 * together; vlt_hasher_tell then tells fn of those that have ended, in their
 * order: st and why are those that end was given, or what the first segment
 * that could not be read said; hash is that over the segments. A status of fn
 * ends it all.
 *
 * Memory is below 2 MiB for each thread and 2 MiB for all, whatever the bodies
 * are.
 */
struct vlt_hasher;
typedef enum vault_status vlt_hashed_fn(void *ctx,
    const struct vlt_body_item *i, enum vault_status st,
    struct vault_error *why, const uint8_t hash[32], struct vault_error *err);

VAULT_CHECKED enum vault_status vlt_hasher_new(struct vlt_verify *v,
    vlt_hashed_fn *fn, void *ctx, struct vlt_hasher **out,
    struct vault_error *err);
/* NULL is fine. */
void vlt_hasher_free(struct vlt_hasher *h);
/* Whether one more segment, and the end of its item, can be added now; where
 * not, there is room after settle and tell, and perhaps after read already. */
bool vlt_hasher_room(const struct vlt_hasher *h);
/* Segment n of the body under this row, with its length, at most
 * VLT_SEGMENT_SEALED. */
void vlt_hasher_add(struct vlt_hasher *h, uint64_t rid, uint64_t n, size_t len);
/* No more segments of this item, which is copied. why is read unless st is
 * VAULT_OK. */
void vlt_hasher_end(struct vlt_hasher *h, const struct vlt_body_item *i,
    enum vault_status st, const struct vault_error *why);
/* Both within a read transaction of v->s.   VAULT_E_CANCELLED */
VAULT_CHECKED enum vault_status vlt_hasher_read(struct vlt_hasher *h,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_hasher_settle(struct vlt_hasher *h,
    struct vault_error *err);
/* After settle; in no transaction, as others may be waited for. */
VAULT_CHECKED enum vault_status vlt_hasher_tell(struct vlt_hasher *h,
    struct vault_error *err);

#endif
