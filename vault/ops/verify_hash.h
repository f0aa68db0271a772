/* SPDX-License-Identifier: Apache-2.0 */
/* verify_hash.h: bodies read by one thread and hashed by all, in order */
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
    bool own;    /* it has segments, and they were read */
};

/*
 * Items come one after another, each with its segments: room, reading into it,
 * add, and end once. `fn` is told of every item, in their order and in this
 * thread, some time later: within make_room or finish, so no transaction is
 * open then. st and why are those that end was given; hash is that over the
 * segments. A status of fn ends it all.
 *
 * Memory is a few MiB for each thread, whatever the bodies are.
 */
struct vlt_hasher;
typedef enum vault_status vlt_hashed_fn(void *ctx,
    const struct vlt_body_item *i, enum vault_status st,
    struct vault_error *why, const uint8_t hash[32], struct vault_error *err);

VAULT_CHECKED enum vault_status vlt_hasher_new(struct vlt_verify *v,
    vlt_hashed_fn *fn, void *ctx, struct vlt_hasher **out,
    struct vault_error *err);
/* Waits for what is being hashed. NULL is fine. */
void vlt_hasher_free(struct vlt_hasher *h);
/* Whether an item can begin without make_room. */
bool vlt_hasher_begins(const struct vlt_hasher *h);
/* Where the next segment goes, at most VLT_SEGMENT_SEALED bytes; NULL: only
 * after make_room, which always makes it. */
uint8_t *vlt_hasher_room(struct vlt_hasher *h, size_t len);
VAULT_CHECKED enum vault_status vlt_hasher_make_room(struct vlt_hasher *h,
    struct vault_error *err);
/* The segment lies there. */
void vlt_hasher_add(struct vlt_hasher *h, size_t len);
/* The item is read, or could not be. It is copied. */
void vlt_hasher_end(struct vlt_hasher *h, const struct vlt_body_item *i,
    enum vault_status st, const struct vault_error *why);
/* Everything that was not told yet. */
VAULT_CHECKED enum vault_status vlt_hasher_finish(struct vlt_hasher *h,
    struct vault_error *err);

#endif
