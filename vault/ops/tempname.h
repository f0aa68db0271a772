/* SPDX-License-Identifier: Apache-2.0 */
/* tempname.h: the name a file has until it is complete */
#ifndef VLT_TEMPNAME_H
#define VLT_TEMPNAME_H

#include <vault/error.h>

struct vlt_lock;

/*
 * FOLDER/.NAME.RANDOM.new beside the target. While one is in use its folder
 * is locked, by a lock of the operating system that ends with the process: so
 * what lies there by such a name and is not locked was left by a process that
 * was killed.
 */
struct vlt_temp {
    char *name;
    struct vlt_lock *lock; /* NULL where folders cannot be locked */
};

/* Sweep, lock, draw a name; nothing is made yet. */
VAULT_CHECKED enum vault_status vlt_temp_begin(const char *path,
    struct vlt_temp *out, struct vault_error *err);
/* Unlock and free; the file itself is the caller's to name or remove. */
void vlt_temp_end(struct vlt_temp *t);

/*
 * Remove what killed processes left under names for `path`, unless any
 * process is making something in that folder now. Failures are ignored: it
 * is done again the next time.
 */
void vlt_temp_sweep(const char *path);
/*
 * For each such name that is left (a database file, no journal), under that
 * lock, so that none is in use. Stops at and passes on another status than
 * VAULT_OK.   VAULT_E_BUSY  something is being made in that folder
 */
VAULT_CHECKED enum vault_status vlt_temp_left(const char *path,
    enum vault_status (
        *fn)(void *ctx, const char *name, struct vault_error *err),
    void *ctx, struct vault_error *err);

#endif
