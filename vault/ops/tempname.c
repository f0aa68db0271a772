/* SPDX-License-Identifier: Apache-2.0 */
/* tempname.c: the name a file has until it is complete, and what is left of it
 */
#include "tempname.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "os.h"
#include "secret.h"
#include "text.h"

enum { RANDOM = 8 };

static enum vault_status
draw_name(const char *path, char **out, struct vault_error *err)
{
    const char *base = vlt_os_basename(path);
    uint8_t r[RANDOM];
    char hex[2 * RANDOM + 1];
    size_t n = strlen(path) + sizeof hex + 8;
    char *name = malloc(n);

    if (name == NULL)
        return vlt_fail_memory(err);
    vlt_random(r, sizeof r);
    vlt_hex(hex, r, sizeof r);
    (void)snprintf(name, n, "%.*s.%s.%s.new", (int)(base - path), path, base,
        hex);
    *out = name;
    return VAULT_OK;
}

enum vault_status
vlt_temp_begin(const char *path, struct vlt_temp *out, struct vault_error *err)
{
    struct vlt_temp t = {NULL, NULL};
    enum vault_status st = vlt_os_check_name(path, err);

    if (st != VAULT_OK)
        return st;
    vlt_temp_sweep(path);
    st = draw_name(path, &t.name, err);
    if (st != VAULT_OK)
        return st;
    /* where this cannot be had, nobody can sweep either */
    (void)!vlt_os_lock_folder(path, false, &t.lock, NULL);
    *out = t;
    return VAULT_OK;
}

void
vlt_temp_end(struct vlt_temp *t)
{
    vlt_os_unlock(t->lock);
    free(t->name);
    t->lock = NULL;
    t->name = NULL;
}

/* ---- what is left ---- */

struct left {
    const char *path;
    const char *base;
    bool journals;
    struct vault_error *err;
    enum vault_status (
        *fn)(void *ctx, const char *name, struct vault_error *err);
    void *ctx;
};

static bool
is_ours(const struct left *l, const char *name)
{
    size_t n = strlen(l->base);
    uint8_t r[RANDOM];
    const char *end;

    if (name[0] != '.' || strncmp(name + 1, l->base, n) != 0 ||
        name[n + 1] != '.' || strlen(name) < n + 2 + 2 * sizeof r)
        return false;
    end = name + n + 2 + 2 * sizeof r;
    if (!vlt_unhex(r, sizeof r, name + n + 2, 2 * sizeof r))
        return false;
    return strcmp(end, ".new") == 0 ||
        (l->journals && strcmp(end, ".new-journal") == 0);
}

static enum vault_status
each_name(void *ctx, const char *name, bool is_dir)
{
    struct left *l = ctx;
    int folder = (int)(l->base - l->path);
    size_t n = strlen(l->path) + strlen(name) + 1;
    char *full;
    enum vault_status st;

    if (is_dir || !is_ours(l, name))
        return VAULT_OK;
    full = malloc(n);
    if (full == NULL)
        return vlt_fail_memory(l->err);
    (void)snprintf(full, n, "%.*s%s", folder, l->path, name);
    st = l->fn(l->ctx, full, l->err);
    free(full);
    return st;
}

static enum vault_status
walk(struct left *l, struct vault_error *err)
{
    char *folder;
    struct vlt_lock *lock = NULL;
    enum vault_status st = vlt_os_lock_folder(l->path, true, &lock, err);

    if (st != VAULT_OK)
        return st;
    l->base = vlt_os_basename(l->path);
    l->err = err;
    folder = l->base == l->path ? vlt_strdup(".") : vlt_strdup(l->path);
    if (folder == NULL) {
        vlt_os_unlock(lock);
        return vlt_fail_memory(err);
    }
    if (l->base != l->path)
        folder[l->base - l->path] = 0;
    st = vlt_os_listdir(folder, each_name, l, err);
    free(folder);
    vlt_os_unlock(lock);
    return st;
}

static enum vault_status
remove_one(void *ctx, const char *name, struct vault_error *err)
{
    (void)ctx;
    (void)err;
    (void)!vlt_os_unlink(name, NULL);
    return VAULT_OK;
}

void
vlt_temp_sweep(const char *path)
{
    struct left l = {.path = path, .journals = true, .fn = remove_one};

    (void)!walk(&l, NULL);
}

enum vault_status
vlt_temp_left(const char *path,
    enum vault_status (
        *fn)(void *ctx, const char *name, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct left l = {.path = path, .fn = fn, .ctx = ctx};

    return walk(&l, err);
}
