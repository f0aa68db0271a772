/* SPDX-License-Identifier: Apache-2.0 */
/* statefolder.c: where the state files lie, and which files there are ours */
#include "statefolder.h"
#include <stdio.h>
#include <string.h>
#include "fail.h"
#include "os.h"

#define LOCK ".staging"

enum { PATH_SIZE = 4096, NAME = 16 };

enum vault_status
vlt_state_folder(const char *state_dir, char *out, size_t size,
    struct vault_error *err)
{
    char home[PATH_SIZE];
    enum vault_status st;
    int n;

    if (state_dir != NULL) {
        n = snprintf(out, size, "%s", state_dir);
    } else {
        st = vlt_os_state_home(home, sizeof home, err);
        if (st != VAULT_OK)
            return st;
        n = snprintf(out, size, "%s/sanduq", home);
    }
    if (n < 0 || (size_t)n >= size)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the state folder's path is too long");
    return VAULT_OK;
}

static bool
is_name(const char *name, bool *lock)
{
    size_t n = strspn(name, "0123456789abcdef");

    *lock = strcmp(name + n, LOCK) == 0;
    return n == NAME && (*lock || name[n] == 0);
}

struct walk {
    char dir[PATH_SIZE];
    enum vault_status (
        *fn)(void *ctx, const char *path, bool lock, struct vault_error *err);
    void *ctx;
    struct vault_error *err;
};

static enum vault_status
take_name(void *ctx, const char *name, bool is_dir)
{
    struct walk *w = ctx;
    char path[PATH_SIZE + 64];
    bool lock;

    if (is_dir || !is_name(name, &lock))
        return VAULT_OK;
    (void)snprintf(path, sizeof path, "%s/%s", w->dir, name);
    return vlt_os_is_file(path) ? w->fn(w->ctx, path, lock, w->err) : VAULT_OK;
}

enum vault_status
vlt_state_files(const char *state_dir,
    enum vault_status (
        *fn)(void *ctx, const char *path, bool lock, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk w = {"", fn, ctx, err};
    enum vault_status st =
        vlt_state_folder(state_dir, w.dir, sizeof w.dir, err);

    if (st == VAULT_OK && vlt_os_is_dir(w.dir))
        st = vlt_os_listdir(w.dir, take_name, &w, err);
    if (st != VAULT_E_NOT_FOUND)
        return st;
    vlt_error_clear(err); /* no home: no state files */
    return VAULT_OK;
}
