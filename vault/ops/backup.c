/* SPDX-License-Identifier: Apache-2.0 */
/* backup.c: complete copies, and putting one in a new place */
#include <stdio.h>
#include <string.h>
#include "copy.h"
#include "fail.h"
#include "handle.h"
#include "os.h"
#include "tempname.h"

/* ---- a complete copy ---- */

struct copying {
    const struct vault_options *opt;
};

static int
on_page(void *ctx, uint64_t done, uint64_t total)
{
    struct copying *c = ctx;

    return !vlt_progress(c->opt, done, total, false);
}

/* Copy s to a new file: under a temporary name until it is complete. */
static enum vault_status
copy_to(struct vlt_store *s, const char *path, const struct vault_options *opt,
    struct vault_error *err)
{
    struct copying c = {opt};
    struct vlt_temp temp;
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", path);
    st = vlt_temp_begin(path, &temp, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_store_copy(s, temp.name, on_page, &c, err);
    if (st == VAULT_OK)
        st = vlt_os_rename_new(temp.name, path, err);
    if (st != VAULT_OK)
        (void)!vlt_os_unlink(temp.name, NULL);
    vlt_temp_end(&temp);
    return st;
}

enum vault_status
vault_backup(struct vault *v, const char *path, struct vault_error *err)
{
    return copy_to(v->store, path, &v->opt, err);
}

static int
count_failed(void *ctx, const struct vault_finding *f)
{
    struct vault_finding *first = ctx;

    if (f->level == VAULT_FAILED && first->level != VAULT_FAILED)
        *first = *f;
    return 0;
}

enum vault_status
vault_restore(const char *from, const char *to, const struct vault_options *opt,
    struct vault_error *err)
{
    static const struct vault_options none;
    struct vlt_store_options so = {VLT_STORE_READ, 0, NULL, NULL};
    struct vault_verify_options vo;
    struct vault_verdict verdict;
    struct vault_finding first;
    struct vlt_store *s = NULL;
    enum vault_status st;

    memset(&vo, 0, sizeof vo);
    memset(&first, 0, sizeof first);
    if (vlt_os_exists(to))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", to);
    st = vault_verify(from, &vo, count_failed, &first, &verdict, err);
    if (st == VAULT_E_TAMPERED && first.level == VAULT_FAILED)
        return vlt_fail_hint(err, st,
            "see all of it: sanduq verify; nothing was written",
            "the copy does not match: %-s", first.text.message);
    if (st == VAULT_OK && verdict.audit)
        st = vlt_fail_hint(err, VAULT_E_FORMAT,
            "sanduq verify checks it; it holds no record that could come back",
            "%s is an audit pack, not a vault", from);
    if (st == VAULT_OK)
        st = vlt_store_open(from, &so, &s, err);
    if (st == VAULT_OK)
        st = copy_to(s, to, opt != NULL ? opt : &none, err);
    vlt_store_close(s);
    return st;
}
