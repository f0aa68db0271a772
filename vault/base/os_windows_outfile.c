/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_outfile.c: output files that appear only when complete */
#include "bytes.h"
#include "os_windows.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct vlt_outfile {
    HANDLE h;
    bool replace;
    bool made;     /* temp is there */
    char *path;    /* for messages */
    wchar_t *name; /* the target, absolute */
    wchar_t *temp; /* beside it */
};

/* "", ".", ".." and "file:stream" are not names of files. */
static bool
is_name(const char *name)
{
    return *name != 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
        strchr(name, ':') == NULL;
}

/* What is at the target's name may be absent, or a file to be replaced. */
static enum vault_status
check_target(const struct vlt_outfile *f, struct vault_error *err)
{
    DWORD a;

    if (!is_name(vlt_os_basename(f->path)) || vlt_win_is_device(f->name))
        return vlt_fail(err, VAULT_E_USAGE, "%s is not the name of a file",
            f->path);
    a = GetFileAttributesW(f->name);
    if (a == INVALID_FILE_ATTRIBUTES)
        return VAULT_OK; /* what else is wrong shows when it is made */
    if (!f->replace)
        return vlt_fail(err, VAULT_E_EXISTS, "%s exists already", f->path);
    if ((a & FILE_ATTRIBUTE_DIRECTORY) != 0)
        return vlt_fail(err, VAULT_E_IO, "%s is not a regular file", f->path);
    return VAULT_OK;
}

/* A temporary name in the target's folder; false with the last error. */
static bool
name_temp(struct vlt_outfile *f)
{
    const wchar_t *last = wcsrchr(f->name, L'\\');
    size_t n = last != NULL ? (size_t)(last - f->name) + 1 : 0;
    char name[VLT_TEMP_NAME];
    wchar_t *wide;

    if (!vlt_win_temp_name(name))
        return false;
    wide = vlt_win_wide(name);
    free(f->temp);
    f->temp = calloc(n + VLT_TEMP_NAME, sizeof *f->temp);
    if (wide == NULL || f->temp == NULL) {
        free(wide);
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return false;
    }
    wmemcpy(f->temp, f->name, n);
    wmemcpy(f->temp + n, wide, wcslen(wide) + 1);
    free(wide);
    return true;
}

/* Whether the file goes away when its handle does, however that happens. */
static bool
doom(HANDLE h, bool on)
{
    FILE_DISPOSITION_INFO info;

    memset(&info, 0, sizeof info);
    info.DeleteFile = on;
    return SetFileInformationByHandle(h, FileDispositionInfo, &info,
               sizeof info) != 0;
}

static bool
open_temp(struct vlt_outfile *f)
{
    do {
        if (!name_temp(f))
            return false;
        f->h = CreateFileW(f->temp, GENERIC_WRITE | DELETE, 0, NULL, CREATE_NEW,
            FILE_ATTRIBUTE_NORMAL, NULL);
    } while (f->h == INVALID_HANDLE_VALUE &&
        vlt_win_status(GetLastError()) == VAULT_E_EXISTS);
    if (f->h == INVALID_HANDLE_VALUE)
        return false;
    f->made = true;
    /* Best effort: not every file system can. */
    (void)doom(f->h, true);
    return true;
}

enum vault_status
vlt_outfile_begin(const char *path, bool replace, struct vlt_outfile **out,
    struct vault_error *err)
{
    struct vlt_outfile *f = calloc(1, sizeof *f);
    enum vault_status st;

    if (f == NULL)
        return vlt_fail_memory(err);
    f->h = INVALID_HANDLE_VALUE;
    st = vlt_os_check_name(path, err);
    if (st != VAULT_OK)
        goto out;
    f->replace = replace;
    f->path = vlt_strdup(path);
    if (f->path == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    f->name = vlt_win_path(path);
    if (f->name == NULL) {
        st = VLT_WIN_FAIL(err, "cannot create %s: %s", path);
        goto out;
    }
    st = check_target(f, err);
    if (st != VAULT_OK)
        goto out;
    if (!open_temp(f)) {
        st = VLT_WIN_FAIL(err, "cannot create %s: %s", path);
        goto out;
    }
    *out = f;
    f = NULL;
out:
    vlt_outfile_discard(f);
    return st;
}

enum vault_status
vlt_outfile_write(struct vlt_outfile *f, const void *p, size_t n,
    struct vault_error *err)
{
    if (!vlt_win_write(f->h, p, n))
        return VLT_WIN_FAIL(err, "cannot write %s: %s", f->path);
    return VAULT_OK;
}

enum vault_status
vlt_outfile_commit(struct vlt_outfile *f, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (!FlushFileBuffers(f->h)) {
        st = VLT_WIN_FAIL(err, "cannot write %s: %s", f->path);
        goto out;
    }
    (void)doom(f->h, false);
    (void)CloseHandle(f->h);
    f->h = INVALID_HANDLE_VALUE;
    if (vlt_win_rename(f->temp, f->name, f->replace))
        f->made = false;
    else if (vlt_win_status(GetLastError()) == VAULT_E_EXISTS)
        st = vlt_fail(err, VAULT_E_EXISTS, "%s exists already", f->path);
    else
        st = VLT_WIN_FAIL(err, "cannot create %s: %s", f->path);
out:
    vlt_outfile_discard(f);
    return st;
}

void
vlt_outfile_discard(struct vlt_outfile *f)
{
    if (f == NULL)
        return;
    if (f->h != INVALID_HANDLE_VALUE)
        (void)CloseHandle(f->h);
    if (f->made)
        (void)DeleteFileW(f->temp);
    free(f->path);
    free(f->name);
    free(f->temp);
    free(f);
}
