/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_file.c: small files as a whole: read, replace, create, destroy.
 * Files get the access rights that their folder hands down. */
#include "bytes.h"
#include "os_windows.h"

#include <assert.h>
#include <stdlib.h>

static HANDLE
open_existing(const char *path, DWORD access, DWORD flags)
{
    wchar_t *w = vlt_win_path(path);
    HANDLE h = INVALID_HANDLE_VALUE;
    DWORD error;

    if (w == NULL)
        return h;
    h = CreateFileW(w, access,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, flags, NULL);
    error = GetLastError();
    free(w);
    SetLastError(error);
    return h;
}

/* Everything to the end of h, of which b holds one byte more than max. */
static enum vault_status
read_to_end(HANDLE h, const char *path, size_t hint, struct vlt_buf *b,
    struct vault_error *err)
{
    for (;;) {
        size_t left = b->max - b->len;
        size_t n = hint < left ? hint : left;
        uint8_t *to = vlt_buf_room(b, n);
        long got;

        if (to == NULL)
            return vlt_fail_memory(err);
        got = vlt_win_read(h, to, n);
        b->len -= n - (got > 0 ? (size_t)got : 0);
        if (got < 0)
            return VLT_WIN_FAIL(err, "cannot read %s: %s", path);
        if (got == 0)
            return VAULT_OK;
        if (b->len == b->max)
            return vlt_fail(err, VAULT_E_LIMIT, "%s is longer than %zu bytes",
                path, b->max - 1);
        hint = 65536;
    }
}

enum vault_status
vlt_os_read_small(const char *path, size_t max, uint8_t **out, size_t *out_len,
    struct vault_error *err)
{
    enum vault_status st;
    LARGE_INTEGER size;
    struct vlt_buf b;
    HANDLE h;

    assert(max < SIZE_MAX);
    if (vlt_os_is_dir(path))
        return vlt_fail(err, VAULT_E_IO, "%s is not a regular file", path);
    vlt_buf_init(&b, max + 1);
    h = open_existing(path, GENERIC_READ, FILE_ATTRIBUTE_NORMAL);
    if (h == INVALID_HANDLE_VALUE)
        return VLT_WIN_FAIL(err, "cannot open %s: %s", path);
    if (GetFileType(h) != FILE_TYPE_DISK || !GetFileSizeEx(h, &size)) {
        st = vlt_fail(err, VAULT_E_IO, "%s is not a regular file", path);
        goto out;
    }
    if ((uint64_t)size.QuadPart > max) {
        st = vlt_fail(err, VAULT_E_LIMIT, "%s is longer than %zu bytes", path,
            max);
        goto out;
    }
    st = read_to_end(h, path, (size_t)size.QuadPart + 1, &b, err);
    if (st != VAULT_OK)
        goto out;
    *out = b.p;
    *out_len = b.len;
    vlt_buf_init(&b, 0); /* the caller's from here on */
out:
    vlt_buf_clear(&b);
    (void)CloseHandle(h);
    return st;
}

static enum vault_status
put_file(const char *path, bool replace, const void *p, size_t len,
    struct vault_error *err)
{
    struct vlt_outfile *f = NULL;
    enum vault_status st;

    st = vlt_outfile_begin(path, replace, &f, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_outfile_write(f, p, len, err);
    if (st == VAULT_OK)
        return vlt_outfile_commit(f, err);
    vlt_outfile_discard(f);
    return st;
}

enum vault_status
vlt_os_replace(const char *path, const void *p, size_t len,
    struct vault_error *err)
{
    return put_file(path, true, p, len, err);
}

enum vault_status
vlt_os_create_small(const char *path, const void *p, size_t len,
    struct vault_error *err)
{
    return put_file(path, false, p, len, err);
}

enum vault_status
vlt_os_create_empty(const char *path, struct vault_error *err)
{
    return put_file(path, false, "", 0, err);
}

static bool
write_zeros(HANDLE h, int64_t n)
{
    static const uint8_t zeros[4096];

    while (n > 0) {
        size_t part = n < (int64_t)sizeof zeros ? (size_t)n : sizeof zeros;

        if (!vlt_win_write(h, zeros, part))
            return false;
        n -= (int64_t)part;
    }
    return FlushFileBuffers(h) != 0;
}

/* To this length; what is written next begins at the start. */
static bool
cut(HANDLE h, int64_t n)
{
    LARGE_INTEGER to = {.QuadPart = n};
    LARGE_INTEGER none = {.QuadPart = 0};

    return SetFilePointerEx(h, to, NULL, FILE_BEGIN) && SetEndOfFile(h) &&
        SetFilePointerEx(h, none, NULL, FILE_BEGIN);
}

static bool
overwrite(const char *path, uint64_t head)
{
    LARGE_INTEGER size;
    DWORD error;
    HANDLE h;
    bool good;

    h = open_existing(path, GENERIC_WRITE,
        FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_WRITE_THROUGH);
    if (h == INVALID_HANDLE_VALUE)
        return false;
    good = GetFileSizeEx(h, &size);
    if (good && (uint64_t)size.QuadPart <= head)
        good = write_zeros(h, size.QuadPart);
    else if (good)
        good =
            cut(h, (int64_t)head) && write_zeros(h, (int64_t)head) && cut(h, 0);
    error = GetLastError();
    (void)CloseHandle(h);
    SetLastError(error);
    return good;
}

static DWORD
attributes(const char *path)
{
    wchar_t *w = vlt_win_path(path);
    DWORD a = INVALID_FILE_ATTRIBUTES;
    DWORD error = GetLastError();

    if (w != NULL) {
        a = GetFileAttributesW(w);
        error = GetLastError();
        /* A file that is read-only cannot be overwritten or removed. */
        if (a != INVALID_FILE_ATTRIBUTES && (a & FILE_ATTRIBUTE_READONLY) != 0)
            (void)SetFileAttributesW(w, a & ~(DWORD)FILE_ATTRIBUTE_READONLY);
    }
    free(w);
    SetLastError(error);
    return a;
}

void
vlt_os_let_write(const char *path)
{
    const DWORD odd = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT;
    DWORD a = attributes(path);
    wchar_t *w;

    if (a == INVALID_FILE_ATTRIBUTES || (a & odd) != 0 ||
        (a & FILE_ATTRIBUTE_READONLY) == 0)
        return;
    w = vlt_win_path(path);
    if (w != NULL)
        (void)SetFileAttributesW(w, a & ~(DWORD)FILE_ATTRIBUTE_READONLY);
    free(w);
}

enum vault_status
vlt_os_destroy(const char *path, struct vault_error *err)
{
    return vlt_os_destroy_head(path, UINT64_MAX, err);
}

enum vault_status
vlt_os_destroy_head(const char *path, uint64_t head, struct vault_error *err)
{
    enum vault_status st = VAULT_OK, gone;
    DWORD a = attributes(path);

    if (a == INVALID_FILE_ATTRIBUTES) {
        if (vlt_win_status(GetLastError()) == VAULT_E_NOT_FOUND)
            return VAULT_OK;
        return VLT_WIN_FAIL(err, "cannot overwrite %s: %s", path);
    }
    if ((a & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) != 0)
        return vlt_fail(err, VAULT_E_IO, "%s is not a regular file", path);
    /* What cannot be overwritten is still unlinked; the first is told. */
    if (!overwrite(path, head))
        st = VLT_WIN_FAIL(err, "cannot overwrite %s: %s", path);
    gone = vlt_os_unlink(path, st == VAULT_OK ? err : NULL);
    return st != VAULT_OK ? st : gone;
}

enum vault_status
vlt_os_unlink(const char *path, struct vault_error *err)
{
    wchar_t *w = vlt_win_path(path);
    enum vault_status st = VAULT_OK;

    if (w == NULL || !DeleteFileW(w))
        st = VLT_WIN_FAIL(err, "cannot remove %s: %s", path);
    free(w);
    return st;
}

enum vault_status
vlt_os_rename_new(const char *from, const char *to, struct vault_error *err)
{
    enum vault_status st = vlt_os_check_name(to, err);
    wchar_t *a = vlt_win_path(from);
    wchar_t *b = a != NULL ? vlt_win_path(to) : NULL;

    if (st != VAULT_OK) {
        /* told */
    } else if (b == NULL) {
        st = VLT_WIN_FAIL(err, "cannot create %s: %s", to);
    } else if (!vlt_win_rename(a, b, false)) {
        if (vlt_win_status(GetLastError()) == VAULT_E_EXISTS)
            st = vlt_fail(err, VAULT_E_EXISTS, "%s exists already", to);
        else
            st = VLT_WIN_FAIL(err, "cannot create %s: %s", to);
    }
    free(a);
    free(b);
    return st;
}
