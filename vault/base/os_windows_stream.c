/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_stream.c: files and standard streams read or written piecewise */
#include "bytes.h"
#include "os_windows.h"

#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONSOLE_UNITS = 256 };

struct vlt_file {
    HANDLE h;
    bool owned;   /* closed by vlt_file_close */
    bool console; /* characters, not bytes */
    wchar_t high; /* first half of a character that was cut in two */
    char line[CONSOLE_UNITS * 3 + 4]; /* read, not yet taken */
    size_t at, len;
    char name[]; /* for messages */
};

static enum vault_status
wrap(HANDLE h, bool owned, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    size_t n = strlen(name) + 1;
    struct vlt_file *f = calloc(1, sizeof *f + n);
    DWORD mode;

    if (f == NULL)
        return vlt_fail_memory(err);
    f->h = h;
    f->owned = owned;
    f->console = GetConsoleMode(h, &mode) != 0;
    memcpy(f->name, name, n);
    *out = f;
    return VAULT_OK;
}

enum vault_status
vlt_file_open(const char *path, struct vlt_file **out, struct vault_error *err)
{
    enum vault_status st;
    wchar_t *w;
    HANDLE h;

    if (vlt_os_is_dir(path))
        return vlt_fail(err, VAULT_E_USAGE, "%s is a folder", path);
    w = vlt_win_path(path);
    h = w == NULL ? INVALID_HANDLE_VALUE
                  : CreateFileW(w, GENERIC_READ,
                        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                        NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (h == INVALID_HANDLE_VALUE)
        st = VLT_WIN_FAIL(err, "cannot open %s: %s", path);
    else
        st = wrap(h, true, path, out, err);
    if (st != VAULT_OK && h != INVALID_HANDLE_VALUE)
        (void)CloseHandle(h);
    free(w);
    return st;
}

enum vault_status
vlt_win_file(HANDLE h, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    return wrap(h, true, name, out, err);
}

enum vault_status
vlt_file_open_plain(const char *path, struct vlt_file **out,
    struct vault_error *err)
{
    wchar_t *w = vlt_win_path(path);
    DWORD a = w != NULL ? GetFileAttributesW(w) : INVALID_FILE_ATTRIBUTES;
    bool odd = a != INVALID_FILE_ATTRIBUTES &&
        (a & (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY)) != 0;

    if (w != NULL && vlt_win_is_device(w))
        odd = true;
    free(w);
    if (odd)
        return vlt_fail(err, VAULT_E_USAGE, "%s is not a regular file", path);
    return vlt_file_open(path, out, err);
}

/* Whether folder/path, or a folder on the way to it, is a link (any reparse
 * point). `all` is the joined path, cut and mended in place. */
static bool
through_link(char *all, size_t from)
{
    for (size_t i = from; all[i] != 0; i++) {
        size_t end = i + strcspn(all + i, "/");
        char kept = all[end];
        wchar_t *w;
        DWORD a;

        all[end] = 0;
        w = vlt_win_path(all);
        a = w != NULL ? GetFileAttributesW(w) : INVALID_FILE_ATTRIBUTES;
        free(w);
        all[end] = kept;
        if (a != INVALID_FILE_ATTRIBUTES &&
            (a & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
            return true;
        if (kept == 0)
            break;
        i = end;
    }
    return false;
}

enum vault_status
vlt_file_open_below(const char *folder, const char *path, struct vlt_file **out,
    struct vault_error *err)
{
    size_t n = strlen(folder), size = n + strlen(path) + 2;
    char *all;
    wchar_t *w = NULL;
    enum vault_status st;

    if (!vlt_os_is_below(path))
        return vlt_fail(err, VAULT_E_USAGE,
            "\"%s\" is no path to a file below the folder", path);
    all = malloc(size);
    if (all == NULL)
        return vlt_fail_memory(err);
    (void)snprintf(all, size, "%s/%s", folder, path);
    w = vlt_win_path(all);
    if (w != NULL && vlt_win_is_device(w))
        st = vlt_fail(err, VAULT_E_USAGE, "%s is no regular file", path);
    else if (through_link(all, n + 1))
        st = vlt_fail(err, VAULT_E_USAGE,
            "%s is a link, or lies behind one; links are not followed", path);
    else
        st = vlt_file_open(all, out, err);
    free(w);
    free(all);
    return st;
}

static enum vault_status
standard(DWORD which, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    HANDLE h = GetStdHandle(which);

    if (h == NULL || h == INVALID_HANDLE_VALUE)
        return vlt_fail(err, VAULT_E_IO, "%s is closed", name);
    return wrap(h, false, name, out, err);
}

enum vault_status
vlt_file_stdin(struct vlt_file **out, struct vault_error *err)
{
    return standard(STD_INPUT_HANDLE, "stdin", out, err);
}

enum vault_status
vlt_file_stdout(struct vlt_file **out, struct vault_error *err)
{
    return standard(STD_OUTPUT_HANDLE, "stdout", out, err);
}

static void
ignore(const wchar_t *expression, const wchar_t *function, const wchar_t *file,
    unsigned line, uintptr_t reserved)
{
    (void)expression;
    (void)function;
    (void)file;
    (void)line;
    (void)reserved;
}

enum vault_status
vlt_file_fd(int fd, struct vlt_file **out, struct vault_error *err)
{
    _invalid_parameter_handler before;
    intptr_t h;
    char name[24];

    /* The C library ends the process over a number that is not open. */
    before = _set_invalid_parameter_handler(ignore);
    h = fd < 0 ? -1 : _get_osfhandle(fd);
    (void)_set_invalid_parameter_handler(before);
    if (h == -1 || h == -2)
        return vlt_fail(err, VAULT_E_USAGE, "file descriptor %d is not open",
            fd);
    (void)snprintf(name, sizeof name, "fd %d", fd);
    return wrap((HANDLE)h, false, name, out, err);
}

/* Drop carriage returns; the console ends lines with both. */
static DWORD
plain_ends(wchar_t *units, DWORD n)
{
    DWORD from, to = 0;

    for (from = 0; from < n; from++) {
        if (units[from] != L'\r')
            units[to++] = units[from];
    }
    return to;
}

/* One piece of what is typed, as UTF-8, in f->line; empty at the end. */
static bool
read_console(struct vlt_file *f)
{
    wchar_t units[CONSOLE_UNITS + 1];
    DWORD old = 0, got = 0;

    f->at = 0;
    f->len = 0;
    do {
        if (f->high != 0)
            units[old++] = f->high;
        f->high = 0;
        if (!ReadConsoleW(f->h, units + old, CONSOLE_UNITS, &got, NULL))
            return false;
        if (got == 0 && vlt_os_interrupted()) {
            SetLastError(ERROR_CANCELLED);
            return false;
        }
        if (got == 0 || units[old] == 0x1a) /* Ctrl-Z: the end */
            return true;
        got = plain_ends(units, old + got);
        old = 0;
        if (got > 0 && IS_HIGH_SURROGATE(units[got - 1]))
            f->high = units[--got];
    } while (got == 0);
    f->len = (size_t)WideCharToMultiByte(CP_UTF8, 0, units, (int)got, f->line,
        (int)sizeof f->line, NULL, NULL);
    vlt_wipe(units, sizeof units);
    return true;
}

enum vault_status
vlt_file_read(struct vlt_file *f, void *p, size_t n, size_t *got,
    struct vault_error *err)
{
    long did;

    if (!f->console) {
        did = vlt_win_read(f->h, p, n);
        if (did < 0)
            return VLT_WIN_FAIL(err, "cannot read %s: %s", f->name);
        *got = (size_t)did;
        return VAULT_OK;
    }
    if (f->at == f->len && !read_console(f))
        return VLT_WIN_FAIL(err, "cannot read %s: %s", f->name);
    n = n < f->len - f->at ? n : f->len - f->at;
    memcpy(p, f->line + f->at, n);
    f->at += n;
    *got = n;
    return VAULT_OK;
}

enum vault_status
vlt_file_write(struct vlt_file *f, const void *p, size_t n,
    struct vault_error *err)
{
    if (!vlt_win_write(f->h, p, n))
        return VLT_WIN_FAIL(err, "cannot write %s: %s", f->name);
    return VAULT_OK;
}

int64_t
vlt_file_size(const struct vlt_file *f)
{
    LARGE_INTEGER size;

    if (GetFileType(f->h) != FILE_TYPE_DISK || !GetFileSizeEx(f->h, &size))
        return -1;
    return size.QuadPart;
}

int64_t
vlt_file_mtime(const struct vlt_file *f)
{
    FILETIME t;

    if (GetFileType(f->h) != FILE_TYPE_DISK ||
        !GetFileTime(f->h, NULL, NULL, &t))
        return 0;
    return vlt_win_seconds(&t);
}

void
vlt_file_close(struct vlt_file *f)
{
    if (f == NULL)
        return;
    if (f->owned)
        (void)CloseHandle(f->h);
    vlt_wipe(f->line, sizeof f->line);
    free(f);
}
