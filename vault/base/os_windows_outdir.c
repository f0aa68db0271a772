/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_outdir.c: a folder that appears only when complete */
#include "bytes.h"
#include "os_windows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct vlt_outdir {
    bool inside; /* path is there, and the temporary folder lies in it */
    bool made;
    char *path;
    char *temp; /* path of the temporary folder */
};

static char *
join(const char *a, const char *between, const char *b)
{
    size_t n = strlen(a) + strlen(between) + strlen(b) + 1;
    char *s = malloc(n);

    if (s != NULL)
        (void)snprintf(s, n, "%s%s%s", a, between, b);
    return s;
}

static DWORD
attributes(const char *path)
{
    wchar_t *w = vlt_win_path(path);
    DWORD a = w != NULL ? GetFileAttributesW(w) : INVALID_FILE_ATTRIBUTES;

    free(w);
    return a;
}

/* ---- removing, without following anything ---- */

static bool
remove_path(const char *path, bool folder)
{
    wchar_t *w = vlt_win_path(path);
    bool good =
        w != NULL && (folder ? RemoveDirectoryW(w) : DeleteFileW(w)) != 0;

    free(w);
    return good;
}

struct removing {
    const char *path;
    int depth;
    bool good;
};

static enum vault_status
remove_entry(void *ctx, const char *name, bool is_dir)
{
    struct removing *r = ctx;
    char *path = join(r->path, "\\", name);
    struct removing below = {path, r->depth - 1, true};

    if (path == NULL || (is_dir && r->depth == 0)) {
        r->good = false;
    } else {
        if (is_dir &&
            vlt_os_listdir(path, remove_entry, &below, NULL) != VAULT_OK)
            below.good = false;
        r->good = remove_path(path, is_dir) && below.good && r->good;
    }
    free(path);
    return VAULT_OK;
}

static bool
remove_tree(const char *path)
{
    struct removing r = {path, 16, true};

    if (vlt_os_listdir(path, remove_entry, &r, NULL) != VAULT_OK)
        r.good = false;
    return remove_path(path, true) && r.good;
}

/* ---- beginning ---- */

static enum vault_status
count(void *ctx, const char *name, bool is_dir)
{
    (void)name;
    (void)is_dir;
    ++*(size_t *)ctx;
    return VAULT_OK;
}

static enum vault_status
look(struct vlt_outdir *d, struct vault_error *err)
{
    DWORD a = attributes(d->path);
    size_t n = 0;

    if (a == INVALID_FILE_ATTRIBUTES)
        return VAULT_OK;
    if ((a & FILE_ATTRIBUTE_DIRECTORY) == 0 ||
        (a & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ||
        vlt_os_listdir(d->path, count, &n, NULL) != VAULT_OK || n > 0)
        return vlt_fail(err, VAULT_E_EXISTS,
            "%s exists already, and it is not an empty folder", d->path);
    d->inside = true;
    return VAULT_OK;
}

static enum vault_status
make_folder(const char *path, struct vault_error *err)
{
    wchar_t *w = vlt_win_path(path);
    enum vault_status st = VAULT_OK;

    if (w == NULL || !CreateDirectoryW(w, NULL))
        st = VLT_WIN_FAIL(err, "cannot create %s: %s", path);
    free(w);
    return st;
}

static enum vault_status
make_temp(struct vlt_outdir *d, struct vault_error *err)
{
    char random[VLT_TEMP_NAME], end[40];
    enum vault_status st;

    do {
        if (!vlt_win_temp_name(random))
            return VLT_WIN_FAIL(err, "cannot create %s: %s", d->path);
        (void)snprintf(end, sizeof end, "incomplete-%.8s",
            random + strlen(random) - 8);
        free(d->temp);
        d->temp = join(d->path, d->inside ? "\\" : ".", end);
        if (d->temp == NULL)
            return vlt_fail_memory(err);
        st = make_folder(d->temp, err);
    } while (st == VAULT_E_EXISTS);
    d->made = st == VAULT_OK;
    return st;
}

enum vault_status
vlt_outdir_begin(const char *path, struct vlt_outdir **out,
    struct vault_error *err)
{
    struct vlt_outdir *d = calloc(1, sizeof *d);
    size_t n = strlen(path);
    enum vault_status st;

    if (d == NULL)
        return vlt_fail_memory(err);
    d->path = vlt_strdup(path);
    while (d->path != NULL && n > 1 &&
        (d->path[n - 1] == '/' || d->path[n - 1] == '\\'))
        d->path[--n] = 0;
    if (d->path == NULL)
        st = vlt_fail_memory(err);
    else
        st = look(d, err);
    if (st == VAULT_OK)
        st = make_temp(d, err);
    if (st == VAULT_OK)
        *out = d;
    else
        (void)vlt_outdir_discard(d);
    return st;
}

const char *
vlt_outdir_path(const struct vlt_outdir *d)
{
    return d->temp;
}

/* ---- files in it ---- */

static enum vault_status
make_parents(const struct vlt_outdir *d, const char *name,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    const char *slash = name;

    while (st == VAULT_OK && (slash = strchr(slash, '/')) != NULL) {
        char *part = vlt_memdup(name, (size_t)(slash - name) + 1);
        char *path;

        if (part != NULL)
            part[slash - name] = 0;
        path = part != NULL ? join(d->temp, "\\", part) : NULL;
        if (path == NULL)
            st = vlt_fail_memory(err);
        else if (attributes(path) == INVALID_FILE_ATTRIBUTES)
            st = make_folder(path, err);
        free(part);
        free(path);
        slash++;
    }
    return st;
}

enum vault_status
vlt_outdir_create(struct vlt_outdir *d, const char *name, struct vlt_file **out,
    struct vault_error *err)
{
    char *path = join(d->temp, "\\", name);
    wchar_t *w = path != NULL ? vlt_win_path(path) : NULL;
    HANDLE h = INVALID_HANDLE_VALUE;
    enum vault_status st;

    assert(name[0] != 0 && name[0] != '/' && strstr(name, "..") != name);
    if (w == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    st = make_parents(d, name, err);
    if (st != VAULT_OK)
        goto out;
    h = CreateFileW(w, GENERIC_WRITE, 0, NULL, CREATE_NEW,
        FILE_ATTRIBUTE_NORMAL, NULL);
    if (h == INVALID_HANDLE_VALUE)
        st = VLT_WIN_FAIL(err, "cannot create %s: %s", name);
    else
        st = vlt_win_file(h, name, out, err);
    if (st != VAULT_OK && h != INVALID_HANDLE_VALUE)
        (void)CloseHandle(h);
out:
    free(w);
    free(path);
    return st;
}

void
vlt_outdir_drop(struct vlt_outdir *d, const char *name)
{
    char *path = join(d->temp, "\\", name);

    if (path != NULL)
        (void)remove_path(path, false);
    free(path);
}

/* ---- the end ---- */

static bool
move(const char *from, const char *to)
{
    wchar_t *f = vlt_win_path(from);
    wchar_t *t = vlt_win_path(to);
    bool good = f != NULL && t != NULL && vlt_win_rename(f, t, false);
    DWORD error = GetLastError();

    free(f);
    free(t);
    SetLastError(error);
    return good;
}

struct moving {
    const struct vlt_outdir *d;
    const char *last;
    bool only_last;
    struct vault_error *err;
};

static enum vault_status
move_entry(void *ctx, const char *name, bool is_dir)
{
    const struct moving *m = ctx;
    bool last = m->last != NULL && strcmp(name, m->last) == 0;
    char *from = join(m->d->temp, "\\", name);
    char *to = join(m->d->path, "\\", name);
    enum vault_status st = VAULT_OK;

    (void)is_dir;
    if (from == NULL || to == NULL)
        st = vlt_fail_memory(m->err);
    else if (last == m->only_last && !move(from, to))
        st = VLT_WIN_FAIL(m->err, "cannot create %s: %s", to);
    free(from);
    free(to);
    return st;
}

static enum vault_status
move_all(const struct vlt_outdir *d, const char *last, struct vault_error *err)
{
    struct moving m = {d, last, false, err};
    enum vault_status st = vlt_os_listdir(d->temp, move_entry, &m, err);

    m.only_last = true;
    if (st == VAULT_OK && last != NULL)
        st = vlt_os_listdir(d->temp, move_entry, &m, err);
    if (st == VAULT_OK)
        (void)remove_path(d->temp, true);
    return st;
}

enum vault_status
vlt_outdir_commit(struct vlt_outdir *d, const char *last,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (d->inside)
        st = move_all(d, last, err);
    else if (!move(d->temp, d->path))
        st = VLT_WIN_FAIL(err, "cannot create %s: %s", d->path);
    if (st == VAULT_OK)
        d->made = false;
    (void)vlt_outdir_discard(d);
    return st;
}

bool
vlt_outdir_discard(struct vlt_outdir *d)
{
    bool good = true;

    if (d == NULL)
        return true;
    if (d->made)
        good = remove_tree(d->temp);
    free(d->path);
    free(d->temp);
    free(d);
    return good;
}
