/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_read.c: a catalogue that covers all, for whoever only reads */
#include "catalogue_update.h"
#include "fail.h"

enum { CHECKED_BYTES = 1024 * 1024 * 1024 };

/*
 * Whoever only reads must not do harm: in a file whose pages are tangled, by
 * accident or not, writing could take pages that hold records. Beyond 1 GiB
 * the check costs more than a reader can wait for; then the risk is that of
 * every writer.
 */
static enum vault_status
check_writable(struct vault *v, struct vault_error *err)
{
    uint64_t bytes = 0;
    enum vault_status st = vlt_need_plain(v, err);

    if (st == VAULT_OK)
        st = vlt_store_bytes(v->store, &bytes, err);
    if (st == VAULT_OK && bytes <= CHECKED_BYTES)
        st = vlt_store_quick_check(v->store, err);
    return st;
}

/* A write transaction of its own; no line of the log. */
static enum vault_status
mend_in(struct vault *v, struct vault_error *err)
{
    int64_t version;
    enum vault_status st = check_writable(v, err);

    if (st == VAULT_OK)
        st = vlt_store_data_version(v->store, &version, err);
    if (st == VAULT_OK && version != v->data_version)
        st = vlt_heads_check(v, err);
    if (st == VAULT_OK)
        st = vlt_catalogue_save(v->store, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_catalogue_catch_up(v, UINT64_MAX, err);
    if (st == VAULT_OK)
        return vlt_catalogue_keep(v->store, err);
    if (st == VAULT_E_CANCELLED || st == VAULT_E_MEMORY)
        return st;
    vlt_error_clear(err);
    st = vlt_catalogue_undo(v->store, err);
    return st == VAULT_OK ? vlt_catalogue_make(v, err) : st;
}

static enum vault_status
renew_in(struct vault *v, struct vault_error *err)
{
    enum vault_status st = check_writable(v, err);

    return st == VAULT_OK ? vlt_catalogue_make(v, err) : st;
}

static enum vault_status
mend(struct vault *v,
    enum vault_status (*how)(struct vault *v, struct vault_error *err),
    struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = how(v, err);
    if (st == VAULT_OK)
        return vlt_store_commit(v->store, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vlt_catalogue_renew(struct vault *v)
{
    return mend(v, renew_in, NULL);
}

/* Whether it covers every line that the checkpoints speak of. */
static enum vault_status
check_marks(struct vault *v, struct vlt_catalogue *c, struct vault_error *err)
{
    uint64_t n = 0;
    uint64_t size = 0;
    enum vault_status st = vlt_catalogue_marks(c, &n, err);
    size_t i;

    if (st == VAULT_OK && n != v->logs.n)
        st = vlt_fail(err, VAULT_E_LIMIT, "the catalogue is behind");
    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        st = vlt_catalogue_mark(c, v->logs.log[i].n, &size, err);
        if (st == VAULT_OK && size != v->logs.log[i].size)
            st = vlt_fail(err, VAULT_E_LIMIT, "the catalogue is behind");
    }
    return st;
}

enum vault_status
vlt_catalogue_now(struct vault *v, struct vlt_catalogue **out,
    struct vault_error *err)
{
    struct vlt_catalogue *c = NULL;
    struct vlt_cell *ck = NULL;
    enum vault_status st = vlt_catalogue_key(v, &ck, err);

    if (st == VAULT_OK)
        st = vlt_catalogue_open(v->store, ck, VLT_CATALOGUE_READ, &c, err);
    if (st == VAULT_OK)
        st = check_marks(v, c, err);
    if (st != VAULT_OK) {
        vlt_catalogue_close(c);
        vlt_cell_free(ck);
        return st;
    }
    vlt_catalogue_own_key(c, ck);
    *out = c;
    return VAULT_OK;
}

static bool
ends(enum vault_status st)
{
    return st == VAULT_E_CANCELLED || st == VAULT_E_MEMORY;
}

enum vault_status
vlt_catalogue_read(struct vault *v, bool may_mend, struct vlt_catalogue **out,
    struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = vlt_read_begin(v, err);

    *out = NULL;
    if (st != VAULT_OK)
        return st;
    st = vlt_catalogue_now(v, out, &why);
    if (st != VAULT_OK && !ends(st) && may_mend) {
        vlt_store_rollback(v->store);
        st = mend(v, mend_in, &why);
        if (!ends(st)) {
            st = vlt_read_begin(v, err);
            if (st != VAULT_OK)
                return st;
            st = vlt_catalogue_now(v, out, &why);
        }
    }
    if (!ends(st))
        return VAULT_OK;
    vlt_store_rollback(v->store);
    if (err != NULL)
        *err = why;
    return st;
}
