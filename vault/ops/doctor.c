/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c: the state files that this machine keeps */
#include <vault/doctor.h>
#include <stdio.h>
#include <string.h>
#include "fail.h"
#include "handle.h"
#include "os.h"
#include "statefolder.h"

enum vault_status
vault_state_folder(const struct vault_options *opt, char *out, size_t size,
    struct vault_error *err)
{
    return vlt_state_folder(opt != NULL ? opt->state_dir : NULL, out, size,
        err);
}

struct walk {
    int (*fn)(void *ctx, const struct vault_state_file *f);
    void *ctx;
    char own[17]; /* the name of the state file of an unlocked vault, or "" */
};

static enum vault_status
take_file(void *ctx, const char *path, bool lock, struct vault_error *err)
{
    struct walk *w = ctx;
    struct vault_state_file f = {path, lock, false};

    f.own = w->own[0] != 0 &&
        strncmp(vlt_os_basename(path), w->own, strlen(w->own)) == 0;
    if (w->fn(w->ctx, &f) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

enum vault_status
vault_states(struct vault *v, const struct vault_options *opt,
    int (*fn)(void *ctx, const struct vault_state_file *f), void *ctx,
    struct vault_error *err)
{
    struct walk w = {fn, ctx, ""};

    if (v != NULL && v->vmk != NULL)
        vlt_state_name(w.own, v->vmk, v->id);
    return vlt_state_files(opt != NULL ? opt->state_dir : NULL, take_file, &w,
        err);
}
