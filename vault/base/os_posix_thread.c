/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_thread.c: threads, and one way to wait for each other */
#define _GNU_SOURCE
#include "os_posix.h"
#include "os_thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

unsigned
vlt_os_processors(void)
{
    long n = -1;
#ifdef CPU_COUNT
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
#endif
    if (n < 1)
        n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (unsigned)n;
}

struct vlt_thread {
    pthread_t id;
    void (*fn)(void *ctx);
    void *ctx;
};

static void *
run(void *p)
{
    struct vlt_thread *t = p;

    t->fn(t->ctx);
    return NULL;
}

enum vault_status
vlt_os_thread_start(void (*fn)(void *ctx), void *ctx, struct vlt_thread **out,
    struct vault_error *err)
{
    struct vlt_thread *t = malloc(sizeof *t);
    sigset_t all, before;
    int rc;

    if (t == NULL)
        return vlt_fail_memory(err);
    t->fn = fn;
    t->ctx = ctx;
    /* signals are for the thread that began */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&t->id, NULL, run, t);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0) {
        free(t);
        return vlt_fail(err, VAULT_E_IO, "the system gives no more threads");
    }
    *out = t;
    return VAULT_OK;
}

void
vlt_os_thread_join(struct vlt_thread *t)
{
    if (t == NULL)
        return;
    (void)pthread_join(t->id, NULL);
    free(t);
}

struct vlt_monitor {
    pthread_mutex_t lock;
    pthread_cond_t woken;
};

enum vault_status
vlt_os_monitor_new(struct vlt_monitor **out, struct vault_error *err)
{
    struct vlt_monitor *m = malloc(sizeof *m);

    if (m == NULL)
        return vlt_fail_memory(err);
    if (pthread_mutex_init(&m->lock, NULL) != 0) {
        free(m);
        return vlt_fail_memory(err);
    }
    if (pthread_cond_init(&m->woken, NULL) != 0) {
        (void)pthread_mutex_destroy(&m->lock);
        free(m);
        return vlt_fail_memory(err);
    }
    *out = m;
    return VAULT_OK;
}

void
vlt_os_monitor_free(struct vlt_monitor *m)
{
    if (m == NULL)
        return;
    (void)pthread_cond_destroy(&m->woken);
    (void)pthread_mutex_destroy(&m->lock);
    free(m);
}

void
vlt_os_monitor_enter(struct vlt_monitor *m)
{
    (void)pthread_mutex_lock(&m->lock);
}

void
vlt_os_monitor_leave(struct vlt_monitor *m)
{
    (void)pthread_mutex_unlock(&m->lock);
}

void
vlt_os_monitor_wait(struct vlt_monitor *m, unsigned ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&m->woken, &m->lock, &until);
}

void
vlt_os_monitor_wake(struct vlt_monitor *m)
{
    (void)pthread_cond_broadcast(&m->woken);
}
