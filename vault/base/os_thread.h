/* SPDX-License-Identifier: Apache-2.0 */
/* os_thread.h: threads, and one way to wait for each other */
#ifndef VLT_OS_THREAD_H
#define VLT_OS_THREAD_H

#include <stdbool.h>
#include <vault/error.h>

/* Processors that this process may use, at least 1. */
unsigned vlt_os_processors(void);

/*
 * Run fn(ctx) in a thread of its own, which no signal interrupts. Every thread
 * that was started is joined once: that waits for its end and frees it.
 *   VAULT_E_MEMORY, VAULT_E_IO  the system gives none
 */
struct vlt_thread;
VAULT_CHECKED enum vault_status vlt_os_thread_start(void (*fn)(void *ctx),
    void *ctx, struct vlt_thread **out, struct vault_error *err);
/* NULL is fine. */
void vlt_os_thread_join(struct vlt_thread *t);

/*
 * A monitor: one thread at a time is inside. Whoever is inside may wait, which
 * leaves, until another calls wake or `ms` milliseconds have passed (or for no
 * reason: ask again what was waited for), and enters again.
 */
struct vlt_monitor;
VAULT_CHECKED enum vault_status vlt_os_monitor_new(struct vlt_monitor **out,
    struct vault_error *err);
/* Nobody is inside. NULL is fine. */
void vlt_os_monitor_free(struct vlt_monitor *m);
void vlt_os_monitor_enter(struct vlt_monitor *m);
void vlt_os_monitor_leave(struct vlt_monitor *m);
void vlt_os_monitor_wait(struct vlt_monitor *m, unsigned ms);
/* Everybody who waits. From inside. */
void vlt_os_monitor_wake(struct vlt_monitor *m);

#endif
