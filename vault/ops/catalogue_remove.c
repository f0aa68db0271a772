/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_remove.c: no page of the catalogue keeps a word of a record */
#include "catalogue_ops.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "foreign_rows.h"
#include "fresh.h"
#include "sealed_away.h"

static enum vault_status
remove_words(struct vault *v, struct vlt_catalogue *c,
    const struct vlt_version_rows *rows, bool purge, struct vault_error *err)
{
    struct vlt_tokenset words;
    struct vlt_indexed x;
    bool away = false;
    enum vault_status st = VAULT_OK;
    size_t i;

    vlt_tokenset_init(&words);
    for (i = 0; st == VAULT_OK && i < rows->n; i++) {
        if (!rows->v[i].meta && !rows->v[i].part && purge)
            continue; /* withdrawn before, and purged then */
        st = vlt_catalogue_words(v, rows->v[i].rid, &words, &x, err);
        if (st != VAULT_OK)
            break;
        st = purge ? vlt_catalogue_purge(c, &words, err)
                   : vlt_catalogue_drop(c, rows->v[i].rid, &words, err);
        if (st == VAULT_OK)
            st = vlt_away_wrap(v->store, rows->v[i].rid, &away, NULL, err);
        /* one that does not open may have left words when it was amended; of
         * one that is sealed away there never was any */
        if (st == VAULT_OK && purge && !x.readable && !away)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "a version of this record does not open");
        if (x.readable)
            vlt_meta_clear(&x.meta);
    }
    vlt_tokenset_clear(&words);
    if (st == VAULT_OK)
        st = vlt_catalogue_flush(c, err);
    return st;
}

static enum vault_status
remove_one(struct vault *v, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_version_rows rows = {0, NULL};
    struct vlt_catalogue *c = NULL;
    struct vlt_cell *ck = NULL;
    enum vault_status st = vlt_catalogue_key(v, &ck, err);

    if (st == VAULT_OK)
        st = vlt_catalogue_open(v->store, ck, VLT_CATALOGUE_WRITE, &c, err);
    if (st == VAULT_OK)
        st = vlt_foreign_writer(v, c, err);
    if (st == VAULT_OK)
        st = vlt_record_versions(v->store, id, &rows, err);
    if (st == VAULT_OK && rows.n == 0)
        st = vlt_foreign_versions(v, id, &rows, err);
    if (st == VAULT_OK)
        st = remove_words(v, c, &rows, false, err);
    if (st == VAULT_OK)
        st = remove_words(v, c, &rows, true, err);
    (void)!vlt_foreign_writer(v, NULL, NULL);
    vlt_version_rows_clear(&rows);
    vlt_catalogue_close(c);
    vlt_cell_free(ck);
    return st;
}

enum vault_status
vlt_catalogue_remove(struct vault *v, const uint8_t id[16],
    struct vault_error *err)
{
    enum vault_status st;

    vlt_fresh_forget(v);
    st = vlt_catalogue_save(v->store, err);
    if (st != VAULT_OK)
        return st;
    st = remove_one(v, id, err);
    if (st == VAULT_OK)
        return vlt_catalogue_keep(v->store, err);
    if (st == VAULT_E_CANCELLED)
        return st;
    vlt_error_clear(err);
    st = vlt_catalogue_undo(v->store, err);
    if (st == VAULT_OK)
        st = vlt_catalogue_clear(v->store, err);
    return st;
}
