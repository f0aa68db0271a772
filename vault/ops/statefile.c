/* SPDX-License-Identifier: Apache-2.0 */
/* statefile.c: where the state file lies, reading and replacing it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "fail.h"
#include "handle.h"
#include "os.h"
#include "statefolder.h"

enum { PATH_SIZE = 4096 };

static enum vault_status
state_path(const struct vault *v, char out[PATH_SIZE], bool make,
    struct vault_error *err)
{
    char dir[PATH_SIZE];
    char name[17];
    enum vault_status st = vlt_state_folder(v->state_dir, dir, sizeof dir, err);
    int n;

    if (st == VAULT_OK && make)
        st = vlt_os_mkdirs(dir, err);
    if (st != VAULT_OK)
        return st;
    vlt_state_name(name, v->vmk, v->id);
    n = snprintf(out, PATH_SIZE, "%s/%s", dir, name);
    if (n < 0 || n >= PATH_SIZE)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the state folder's path is too long");
    return VAULT_OK;
}

enum vault_status
vlt_state_load(struct vault *v, struct vlt_state *out, bool *found,
    struct vault_error *err)
{
    char path[PATH_SIZE];
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    *found = false;
    if (v->opt.no_state || v->capture)
        return VAULT_OK;
    st = state_path(v, path, false, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_os_read_small(path, VLT_STATE_FILE, &p, &n, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_state_open(out, p, n, v->vmk, v->id, err);
    free(p);
    /* one that does not open is as good as none: a new replica begins */
    if (st == VAULT_E_TAMPERED || st == VAULT_E_LIMIT || st == VAULT_E_FORMAT) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    *found = st == VAULT_OK;
    return st;
}

enum vault_status
vlt_state_store(struct vault *v, struct vault_error *err)
{
    uint8_t file[VLT_STATE_FILE];
    char path[PATH_SIZE];
    enum vault_status st;

    if (v->opt.no_state || v->capture)
        return VAULT_OK;
    st = state_path(v, path, true, err);
    if (st != VAULT_OK)
        return st;
    vlt_state_seal(file, &v->state, v->vmk);
    return vlt_os_replace(path, file, sizeof file, err);
}

enum vault_status
vlt_state_remove(struct vault *v, struct vault_error *err)
{
    char path[PATH_SIZE];
    enum vault_status st;

    if (v->opt.no_state || v->capture)
        return VAULT_OK;
    st = state_path(v, path, false, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    return st == VAULT_OK ? vlt_os_destroy(path, err) : st;
}

enum vault_status
vlt_staging_lock(struct vault *v, struct vlt_lock **out,
    struct vault_error *err)
{
    char path[PATH_SIZE];
    enum vault_status st;

    *out = NULL;
    if (v->opt.no_state)
        return VAULT_OK;
    st = state_path(v, path, true, err);
    if (st != VAULT_OK)
        return st;
    if (strlen(path) + sizeof ".staging" > sizeof path)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the state folder's path is too long");
    memcpy(path + strlen(path), ".staging", sizeof ".staging");
    st = vlt_os_trylock(path, out, err);
    if (st == VAULT_E_BUSY)
        st = vlt_fail_hint(err, VAULT_E_BUSY, "wait until it is done",
            "another program is sealing a large body into this vault");
    return st;
}
