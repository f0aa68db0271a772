/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_thread.c: threads, and one way to wait for each other */
#include "os_thread.h"
#include "os_windows.h"

#include <stdlib.h>

unsigned
vlt_os_processors(void)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return info.dwNumberOfProcessors < 1 ? 1
                                         : (unsigned)info.dwNumberOfProcessors;
}

struct vlt_thread {
    HANDLE h;
    void (*fn)(void *ctx);
    void *ctx;
};

static DWORD WINAPI
run(LPVOID p)
{
    struct vlt_thread *t = p;

    t->fn(t->ctx);
    return 0;
}

enum vault_status
vlt_os_thread_start(void (*fn)(void *ctx), void *ctx, struct vlt_thread **out,
    struct vault_error *err)
{
    struct vlt_thread *t = malloc(sizeof *t);

    if (t == NULL)
        return vlt_fail_memory(err);
    t->fn = fn;
    t->ctx = ctx;
    t->h = CreateThread(NULL, 0, run, t, 0, NULL);
    if (t->h == NULL) {
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
    (void)WaitForSingleObject(t->h, INFINITE);
    (void)CloseHandle(t->h);
    free(t);
}

struct vlt_monitor {
    SRWLOCK lock;
    CONDITION_VARIABLE woken;
};

enum vault_status
vlt_os_monitor_new(struct vlt_monitor **out, struct vault_error *err)
{
    struct vlt_monitor *m = malloc(sizeof *m);

    if (m == NULL)
        return vlt_fail_memory(err);
    InitializeSRWLock(&m->lock);
    InitializeConditionVariable(&m->woken);
    *out = m;
    return VAULT_OK;
}

void
vlt_os_monitor_free(struct vlt_monitor *m)
{
    free(m);
}

void
vlt_os_monitor_enter(struct vlt_monitor *m)
{
    AcquireSRWLockExclusive(&m->lock);
}

void
vlt_os_monitor_leave(struct vlt_monitor *m)
{
    ReleaseSRWLockExclusive(&m->lock);
}

void
vlt_os_monitor_wait(struct vlt_monitor *m, unsigned ms)
{
    (void)SleepConditionVariableSRW(&m->woken, &m->lock, ms, 0);
}

void
vlt_os_monitor_wake(struct vlt_monitor *m)
{
    WakeAllConditionVariable(&m->woken);
}
