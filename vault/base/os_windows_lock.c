/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_lock.c: a lock that ends with the process */
#include "os_windows.h"

#include <stdlib.h>

struct vlt_lock {
    HANDLE h;
};

/* Opened for nobody else: the handle is the lock. */
enum vault_status
vlt_os_trylock(const char *path, struct vlt_lock **out, struct vault_error *err)
{
    struct vlt_lock *lock = malloc(sizeof *lock);
    wchar_t *w = vlt_win_path(path);
    bool held;

    if (lock == NULL || w == NULL) {
        free(lock);
        free(w);
        return vlt_fail_memory(err);
    }
    lock->h = CreateFileW(w, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS,
        FILE_ATTRIBUTE_NORMAL, NULL);
    held = lock->h == INVALID_HANDLE_VALUE &&
        GetLastError() == ERROR_SHARING_VIOLATION;
    if (lock->h == INVALID_HANDLE_VALUE && !held)
        (void)VLT_WIN_FAIL(err, "cannot lock %s: %s", path);
    free(w);
    if (lock->h != INVALID_HANDLE_VALUE) {
        *out = lock;
        return VAULT_OK;
    }
    free(lock);
    return held ? vlt_fail(err, VAULT_E_BUSY, "%s is in use", path)
                : VAULT_E_IO;
}

void
vlt_os_unlock(struct vlt_lock *lock)
{
    if (lock == NULL)
        return;
    CloseHandle(lock->h);
    free(lock);
}
