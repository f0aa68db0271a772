/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c: jobs that some threads do in the order in which they were given */
#include "pool.h"

#include <stdlib.h>

#include "fail.h"
#include "os_thread.h"

enum { WAITING, RUNNING, DONE };
enum { A_LONG_TIME = 60000 };

struct vlt_pool {
    struct vlt_monitor *m;
    struct vlt_job *first; /* the rest is read and written inside of m */
    struct vlt_job **last;
    bool ending;
    unsigned workers;
    struct vlt_thread *worker[VLT_POOL_MAX - 1];
};

/* Take the first job and do it. From inside; inside again afterwards. */
static void
do_one(struct vlt_pool *p)
{
    struct vlt_job *j = p->first;

    p->first = j->next;
    if (p->first == NULL)
        p->last = &p->first;
    j->state = RUNNING;
    vlt_os_monitor_leave(p->m);
    j->run(j->ctx);
    vlt_os_monitor_enter(p->m);
    j->state = DONE;
    vlt_os_monitor_wake(p->m);
}

static void
work(void *ctx)
{
    struct vlt_pool *p = ctx;

    vlt_os_monitor_enter(p->m);
    while (p->first != NULL || !p->ending) {
        if (p->first != NULL)
            do_one(p);
        else
            vlt_os_monitor_wait(p->m, A_LONG_TIME);
    }
    vlt_os_monitor_leave(p->m);
}

enum vault_status
vlt_pool_new(unsigned threads, struct vlt_pool **out, struct vault_error *err)
{
    struct vlt_pool *p = calloc(1, sizeof *p);
    enum vault_status st;

    if (p == NULL)
        return vlt_fail_memory(err);
    st = vlt_os_monitor_new(&p->m, err);
    if (st != VAULT_OK) {
        free(p);
        return st;
    }
    p->last = &p->first;
    if (threads == 0)
        threads = vlt_os_processors();
    if (threads > VLT_POOL_MAX)
        threads = VLT_POOL_MAX;
    while (p->workers + 1 < threads &&
        vlt_os_thread_start(work, p, &p->worker[p->workers], NULL) == VAULT_OK)
        p->workers++;
    *out = p;
    return VAULT_OK;
}

void
vlt_pool_free(struct vlt_pool *p)
{
    unsigned i;

    if (p == NULL)
        return;
    vlt_os_monitor_enter(p->m);
    while (p->first != NULL)
        do_one(p);
    p->ending = true;
    vlt_os_monitor_wake(p->m);
    vlt_os_monitor_leave(p->m);
    for (i = 0; i < p->workers; i++)
        vlt_os_thread_join(p->worker[i]);
    vlt_os_monitor_free(p->m);
    free(p);
}

unsigned
vlt_pool_threads(const struct vlt_pool *p)
{
    return p->workers + 1;
}

void
vlt_pool_add(struct vlt_pool *p, struct vlt_job *j, void (*run)(void *ctx),
    void *ctx)
{
    *j = (struct vlt_job){run, ctx, NULL, WAITING};
    vlt_os_monitor_enter(p->m);
    *p->last = j;
    p->last = &j->next;
    vlt_os_monitor_wake(p->m);
    vlt_os_monitor_leave(p->m);
}

void
vlt_pool_wait(struct vlt_pool *p, struct vlt_job *j)
{
    vlt_os_monitor_enter(p->m);
    while (j->state != DONE) {
        if (p->first != NULL)
            do_one(p);
        else
            vlt_os_monitor_wait(p->m, A_LONG_TIME);
    }
    vlt_os_monitor_leave(p->m);
}

bool
vlt_pool_drop(struct vlt_pool *p, struct vlt_job *j)
{
    struct vlt_job **at;
    bool waiting;

    vlt_os_monitor_enter(p->m);
    waiting = j->state == WAITING;
    for (at = &p->first; waiting && *at != j; at = &(*at)->next)
        continue;
    if (waiting) {
        *at = j->next;
        if (j->next == NULL)
            p->last = at;
        j->state = DONE;
    }
    vlt_os_monitor_leave(p->m);
    return waiting;
}

bool
vlt_pool_look(struct vlt_pool *p, struct vlt_job *j, unsigned ms)
{
    bool done;

    if (p->workers == 0)
        vlt_pool_wait(p, j);
    vlt_os_monitor_enter(p->m);
    if (j->state != DONE)
        vlt_os_monitor_wait(p->m, ms);
    done = j->state == DONE;
    vlt_os_monitor_leave(p->m);
    return done;
}
