/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h: jobs that some threads do in the order in which they were given */
#ifndef VLT_POOL_H
#define VLT_POOL_H

#include <stdbool.h>
#include <vault/error.h>

/*
 * The threads of a pool are its workers and whoever waits for a job: a pool of
 * one has no worker, and its jobs are done by vlt_pool_wait. add, wait, drop
 * and free belong to one thread, the owner's.
 */
struct vlt_pool;

enum { VLT_POOL_MAX = 64 };

/* Owned by the caller and in place until it was waited for. */
struct vlt_job {
    void (*run)(void *ctx);
    void *ctx;
    struct vlt_job *next; /* the pool's, as what follows */
    int state;
};

/*
 * With `threads` threads, the owner's counted; 0: one for each processor. At
 * most VLT_POOL_MAX; fewer when the system gives no more.
 *   VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status vlt_pool_new(unsigned threads,
    struct vlt_pool **out, struct vault_error *err);
/* Waits for every job that was added. NULL is fine. */
void vlt_pool_free(struct vlt_pool *p);
unsigned vlt_pool_threads(const struct vlt_pool *p);

void vlt_pool_add(struct vlt_pool *p, struct vlt_job *j, void (*run)(void *ctx),
    void *ctx);
/*
 * Wait until the job was done, doing jobs meanwhile. What it wrote can be read
 * then.
 */
void vlt_pool_wait(struct vlt_pool *p, struct vlt_job *j);
/* Take back a job that nobody has begun; whether that was so. */
bool vlt_pool_drop(struct vlt_pool *p, struct vlt_job *j);
/* Wait for it `ms` milliseconds at most, doing nothing; whether it was done.
 * With no worker it is done here. */
bool vlt_pool_look(struct vlt_pool *p, struct vlt_job *j, unsigned ms);

#endif
