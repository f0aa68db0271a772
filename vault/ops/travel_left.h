/* SPDX-License-Identifier: Apache-2.0 */
/* travel_left.h: what in a folder belongs to a vault, without its secret */
#ifndef VLT_TRAVEL_LEFT_H
#define VLT_TRAVEL_LEFT_H

#include <vault/travel.h>

/*
 * A walk over folders (not below them). Told is every file that is of this
 * vault or could open it; each once, however often it is come by.
 */
struct vlt_left_walk {
    const uint8_t *vault;      /* 16 bytes */
    const char *const *except; /* the travel file and what belongs to it */
    size_t excepts;
    int (*tell)(void *ctx, const struct vault_travel_left *l);
    void *ctx;
    /* what it came to */
    size_t keys, traces, unread;
    size_t others; /* looks at vaults of others that open here */
    bool full;     /* there is no room for more of them */
    bool other;    /* what was looked at last is of another vault */
    char **seen;   /* paths told, absolute */
    size_t seens;
    struct vlt_share_sets *sets; /* shares found, by dealing */
};
VAULT_CHECKED enum vault_status vlt_left_begin(struct vlt_left_walk *w,
    struct vault_error *err);
void vlt_left_end(struct vlt_left_walk *w);
/* One folder. What is there and cannot be looked at is told as a key, `unread`:
 * it may be one. */
VAULT_CHECKED enum vault_status vlt_left_folder(struct vlt_left_walk *w,
    const char *folder, struct vault_error *err);
/* A file that is known to be of it by its name, if it is there. */
VAULT_CHECKED enum vault_status vlt_left_known(struct vlt_left_walk *w,
    const char *path, const char *word, bool key, struct vault_error *err);
/* Where a vault or capture file of it lay. What is there still, and is neither
 * one of this vault nor of another, is told as a key: a byte at its beginning,
 * put right, may make it one again. */
VAULT_CHECKED enum vault_status vlt_left_named(struct vlt_left_walk *w,
    const char *path, const char *word, struct vault_error *err);
/* Shares come last: as many of one dealing as open it are a key. */
VAULT_CHECKED enum vault_status vlt_left_shares(struct vlt_left_walk *w,
    struct vault_error *err);

#endif
