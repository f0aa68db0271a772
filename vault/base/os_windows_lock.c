/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_lock.c: a lock that ends with the process */
#include "os_windows.h"

#include <stdlib.h>
#include <string.h>

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

/* FOLDER/.sanduq.lock, there while somebody holds it. */
static wchar_t *
folder_lock_path(const char *path)
{
    static const char name[] = ".sanduq.lock";
    const char *base = vlt_os_basename(path);
    size_t n = (size_t)(base - path);
    char *full = malloc(n + sizeof name);
    wchar_t *w;

    if (full == NULL)
        return NULL;
    memcpy(full, path, n);
    memcpy(full + n, name, sizeof name);
    w = vlt_win_path(full);
    free(full);
    return w;
}

enum vault_status
vlt_os_lock_folder(const char *path, bool alone, struct vlt_lock **out,
    struct vault_error *err)
{
    struct vlt_lock *lock = malloc(sizeof *lock);
    wchar_t *w = folder_lock_path(path);
    bool held = true;
    int i;

    if (lock == NULL || w == NULL) {
        free(lock);
        free(w);
        return vlt_fail_memory(err);
    }
    for (i = 0; i < (alone ? 1 : 50) && held; i++) {
        if (i > 0)
            Sleep(20);
        lock->h = CreateFileW(w, GENERIC_READ | DELETE,
            alone ? 0 : FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
            FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, NULL);
        held = lock->h == INVALID_HANDLE_VALUE &&
            (GetLastError() == ERROR_SHARING_VIOLATION ||
                GetLastError() == ERROR_ACCESS_DENIED);
    }
    if (lock->h == INVALID_HANDLE_VALUE && !held)
        (void)VLT_WIN_FAIL(err, "cannot lock the folder of %s: %s", path);
    free(w);
    if (lock->h != INVALID_HANDLE_VALUE) {
        *out = lock;
        return VAULT_OK;
    }
    free(lock);
    return held
        ? vlt_fail(err, VAULT_E_BUSY, "the folder of %s is in use", path)
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
