/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_path.c: paths and folders */
#include "bytes.h"
#include "os_windows.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static DWORD
attributes(const char *path)
{
    wchar_t *w = vlt_win_path(path);
    DWORD a = w != NULL ? GetFileAttributesW(w) : INVALID_FILE_ATTRIBUTES;

    free(w);
    return a;
}

bool
vlt_os_exists(const char *path)
{
    return attributes(path) != INVALID_FILE_ATTRIBUTES;
}

bool
vlt_os_is_dir(const char *path)
{
    DWORD a = attributes(path);

    return a != INVALID_FILE_ATTRIBUTES && (a & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool
vlt_os_is_file(const char *path)
{
    DWORD a = attributes(path);

    return a != INVALID_FILE_ATTRIBUTES &&
        (a &
            (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT |
                FILE_ATTRIBUTE_DEVICE)) == 0;
}

bool
vlt_os_is_special(const char *path)
{
    DWORD a = attributes(path);

    return a != INVALID_FILE_ATTRIBUTES && (a & FILE_ATTRIBUTE_DEVICE) != 0;
}

/* What tells files apart; 1 known, 0 missing, -1 unknown. */
static int
identify(const char *path, BY_HANDLE_FILE_INFORMATION *info)
{
    wchar_t *w = vlt_win_path(path);
    int rc = -1;
    HANDLE h;

    if (w == NULL)
        return -1;
    h = CreateFileW(w, 0,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (h == INVALID_HANDLE_VALUE) {
        if (vlt_win_status(GetLastError()) == VAULT_E_NOT_FOUND)
            rc = 0;
    } else {
        if (GetFileInformationByHandle(h, info))
            rc = 1;
        (void)CloseHandle(h);
    }
    free(w);
    return rc;
}

int
vlt_os_same_file(const char *a, const char *b)
{
    BY_HANDLE_FILE_INFORMATION x, y;
    int rc = identify(a, &x);

    if (rc == 1)
        rc = identify(b, &y);
    if (rc != 1)
        return rc;
    return x.dwVolumeSerialNumber == y.dwVolumeSerialNumber &&
        x.nFileIndexHigh == y.nFileIndexHigh &&
        x.nFileIndexLow == y.nFileIndexLow;
}

const char *
vlt_os_basename(const char *path)
{
    const char *last = path;
    const char *s;

    for (s = path; *s != 0; s++) {
        if (*s == '/' || *s == '\\' || (*s == ':' && s == path + 1))
            last = s + 1;
    }
    return last;
}

enum vault_status
vlt_os_absolute(const char *path, char *out, size_t size,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    wchar_t *w;
    char *s;

    if (path[0] == 0)
        return vlt_fail(err, VAULT_E_USAGE, "the path is empty");
    w = vlt_win_path(path);
    s = w != NULL ? vlt_win_utf8(w) : NULL;
    if (s == NULL)
        st = VLT_WIN_FAIL(err, "cannot find %s: %s", path);
    else if (strlen(s) >= size)
        st = vlt_fail(err, VAULT_E_LIMIT, "the path %s is too long", path);
    else
        memcpy(out, s, strlen(s) + 1);
    free(s);
    free(w);
    return st;
}

/* What the system calls an open file, without its prefix for long names. */
static char *
name_of(HANDLE h)
{
    DWORD n = GetFinalPathNameByHandleW(h, NULL, 0, FILE_NAME_NORMALIZED);
    wchar_t *w = n > 0 ? calloc((size_t)n + 1, sizeof *w) : NULL;
    char *s = NULL;

    if (w != NULL && GetFinalPathNameByHandleW(h, w, n + 1, 0) <= n)
        s = vlt_win_utf8(w);
    free(w);
    if (s != NULL && strncmp(s, "\\\\?\\UNC\\", 8) == 0) {
        memmove(s + 2, s + 8, strlen(s + 8) + 1);
    } else if (s != NULL && strncmp(s, "\\\\?\\", 4) == 0) {
        memmove(s, s + 4, strlen(s + 4) + 1);
    }
    return s;
}

enum vault_status
vlt_os_real(const char *path, char *out, size_t size, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    wchar_t *w = vlt_win_path(path);
    HANDLE h = w == NULL
        ? INVALID_HANDLE_VALUE
        : CreateFileW(w, 0,
              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
              OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    char *s = h != INVALID_HANDLE_VALUE ? name_of(h) : NULL;

    if (s == NULL)
        st = VLT_WIN_FAIL(err, "cannot open %s: %s", path);
    else if (strlen(s) >= size)
        st = vlt_fail(err, VAULT_E_LIMIT, "the path %s is too long", path);
    else
        memcpy(out, s, strlen(s) + 1);
    if (h != INVALID_HANDLE_VALUE)
        (void)CloseHandle(h);
    free(s);
    free(w);
    return st;
}

enum vault_status
vlt_os_state_home(char *out, size_t size, struct vault_error *err)
{
    wchar_t *value = NULL;
    DWORD n = GetEnvironmentVariableW(L"LOCALAPPDATA", NULL, 0);
    enum vault_status st = VAULT_OK;
    char *s = NULL;

    if (n > 1) {
        value = calloc(n, sizeof *value);
        if (value == NULL)
            return vlt_fail_memory(err);
        if (GetEnvironmentVariableW(L"LOCALAPPDATA", value, n) < n)
            s = vlt_win_utf8(value);
    }
    if (s == NULL)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "set LOCALAPPDATA to a folder",
            "there is no home folder to keep state in");
    else if (strlen(s) >= size)
        st = vlt_fail(err, VAULT_E_LIMIT, "the path %s is too long", s);
    else
        memcpy(out, s, strlen(s) + 1);
    free(s);
    free(value);
    return st;
}

static bool
make_folder(const char *path)
{
    wchar_t *w;
    bool good;

    if (vlt_os_is_dir(path))
        return true;
    w = vlt_win_path(path);
    good = w != NULL &&
        (CreateDirectoryW(w, NULL) ||
            (GetLastError() == ERROR_ALREADY_EXISTS &&
                vlt_os_is_dir(path))); /* another process was faster */
    free(w);
    return good;
}

/* Where the names of folders that can be made begin: behind a drive, or
 * behind a server and its share. */
static char *
behind_root(char *path)
{
    static const char slashes[] = "/\\";
    char *s = path;

    if (s[0] != 0 && s[1] == ':')
        return s + 2;
    if (strspn(s, slashes) < 2)
        return s;
    s += strspn(s, slashes);
    s += strcspn(s, slashes);
    s += strspn(s, slashes);
    return s + strcspn(s, slashes);
}

enum vault_status
vlt_os_mkdirs(const char *path, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    char *copy, *s;
    char end;

    copy = vlt_strdup(path);
    if (copy == NULL)
        return vlt_fail_memory(err);
    s = behind_root(copy);
    do {
        s += strspn(s, "/\\");
        s += strcspn(s, "/\\");
        end = *s;
        *s = 0;
        if (!make_folder(copy)) {
            st = VLT_WIN_FAIL(err, "cannot make the folder %s: %s", copy);
            break;
        }
        *s = end;
    } while (end != 0);
    free(copy);
    return st;
}

static enum vault_status
pass_entry(const WIN32_FIND_DATAW *e, const char *path,
    enum vault_status (*fn)(void *ctx, const char *name, bool is_dir),
    void *ctx, struct vault_error *err)
{
    DWORD kind = e->dwFileAttributes &
        (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT);
    enum vault_status st;
    char *name;

    if (wcscmp(e->cFileName, L".") == 0 || wcscmp(e->cFileName, L"..") == 0)
        return VAULT_OK;
    name = vlt_win_utf8(e->cFileName);
    if (name == NULL)
        return VLT_WIN_FAIL(err, "cannot read a name in %s: %s", path);
    st = fn(ctx, name, kind == FILE_ATTRIBUTE_DIRECTORY);
    free(name);
    return st;
}

static HANDLE
find_first(const char *path, WIN32_FIND_DATAW *e)
{
    size_t n = strlen(path);
    char *pattern = malloc(n + 3);
    wchar_t *w = NULL;
    HANDLE h = INVALID_HANDLE_VALUE;
    DWORD error;

    if (pattern != NULL) {
        memcpy(pattern, path, n);
        memcpy(pattern + n, "\\*", 3);
        w = vlt_win_path(pattern);
    }
    if (w != NULL)
        h = FindFirstFileW(w, e);
    error = pattern != NULL ? GetLastError() : ERROR_NOT_ENOUGH_MEMORY;
    free(w);
    free(pattern);
    SetLastError(error);
    return h;
}

enum vault_status
vlt_os_listdir(const char *path,
    enum vault_status (*fn)(void *ctx, const char *name, bool is_dir),
    void *ctx, struct vault_error *err)
{
    enum vault_status st;
    WIN32_FIND_DATAW e;
    HANDLE h;

    h = find_first(path, &e);
    if (h == INVALID_HANDLE_VALUE)
        return VLT_WIN_FAIL(err, "cannot list %s: %s", path);
    do
        st = pass_entry(&e, path, fn, ctx, err);
    while (st == VAULT_OK && FindNextFileW(h, &e));
    if (st == VAULT_OK && GetLastError() != ERROR_NO_MORE_FILES)
        st = VLT_WIN_FAIL(err, "cannot list %s: %s", path);
    (void)FindClose(h);
    return st;
}
