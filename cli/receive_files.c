/* SPDX-License-Identifier: Apache-2.0 */
/* receive_files.c: the files that a person names, and those in their folders */
#include "receive_files.h"

#include "bytes.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "tr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 32, PATH_SIZE = 4096 };

void
receive_files_clear(struct receive_files *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->v[i]);
    free(p->v);
    free(p->named);
}

VAULT_CHECKED static enum vault_status
files_add(struct receive_files *p, const char *path, bool named,
    struct vault_error *err)
{
    char **v = realloc(p->v, (p->n + 1) * sizeof *v);
    bool *flags;
    char *copy = vlt_strdup(path);

    if (v != NULL)
        p->v = v;
    flags = realloc(p->named, (p->n + 1) * sizeof *flags);
    if (flags != NULL)
        p->named = flags;
    if (v == NULL || flags == NULL || copy == NULL) {
        free(copy);
        return vlt_fail_memory(err);
    }
    p->v[p->n] = copy;
    p->named[p->n++] = named;
    return VAULT_OK;
}

struct folder {
    struct receive_files names;
    const char *path;
    struct vault_error *err;
};

static enum vault_status
take_name(void *ctx, const char *name, bool is_dir)
{
    struct folder *f = ctx;
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s/%s", f->path, name);

    if (n < 0 || (size_t)n >= sizeof path) {
        say_warn(tr("left: a path in %s is too long"), f->path);
        return VAULT_OK;
    }
    /* a link, a pipe or a device is not looked into */
    if (!is_dir && !vlt_os_is_file(path)) {
        say_warn(tr("left: %s is a link, or no file"), path);
        return VAULT_OK;
    }
    return files_add(&f->names, path, is_dir, f->err);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

VAULT_CHECKED static enum vault_status walk(struct receive_files *out,
    const char *path, unsigned depth, struct vault_error *err);

/* In the order of names, so that two runs say the same. */
VAULT_CHECKED static enum vault_status
walk_names(struct receive_files *out, struct folder *f, unsigned depth,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (f->names.n > 0)
        qsort(f->names.v, f->names.n, sizeof *f->names.v, by_name);
    for (size_t i = 0; st == VAULT_OK && i < f->names.n; i++) {
        if (vlt_os_is_dir(f->names.v[i]))
            st = walk(out, f->names.v[i], depth + 1, err);
        else
            st = files_add(out, f->names.v[i], false, err);
    }
    return st;
}

static enum vault_status
walk(struct receive_files *out, const char *path, unsigned depth,
    struct vault_error *err)
{
    struct folder f = {.path = path, .err = err};
    enum vault_status st;

    if (depth > DEPTH) { /* it keeps nothing that lies higher out */
        say_warn(tr("left: %s lies too deep"), path);
        return VAULT_OK;
    }
    st = vlt_os_listdir(path, take_name, &f, err);
    if (st == VAULT_OK)
        st = walk_names(out, &f, depth, err);
    receive_files_clear(&f.names);
    return st;
}

enum vault_status
receive_files_find(const struct opt_list *named, struct receive_files *out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < named->n; i++) {
        const char *path = named->v[i];

        st = vlt_os_is_dir(path) ? walk(out, path, 0, err)
                                 : files_add(out, path, true, err);
    }
    if (st == VAULT_OK && out->n == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "there is no file in it");
    return st;
}
