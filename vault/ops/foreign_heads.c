/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_heads.c: the rows of one record of others, each opened once */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"

/* Of the id that was asked for last. */
struct vlt_heads {
    uint8_t id[16];
    int64_t version; /* of the data */
    size_t n, cap;
    struct vlt_foreign_head *at; /* ascending by rid */
};

void
vlt_foreign_heads_forget(struct vault *v)
{
    if (v->heads == NULL)
        return;
    free(v->heads->at);
    free(v->heads);
    v->heads = NULL;
}

static enum vault_status
prepare(struct vault *v, const uint8_t id[16], struct vault_error *err)
{
    if (v->heads == NULL)
        v->heads = calloc(1, sizeof *v->heads);
    if (v->heads == NULL)
        return vlt_fail_memory(err);
    if (memcmp(v->heads->id, id, 16) != 0 ||
        v->heads->version != v->data_version)
        v->heads->n = 0;
    memcpy(v->heads->id, id, 16);
    v->heads->version = v->data_version;
    return VAULT_OK;
}

static enum vault_status
open_row(struct vault *v, uint64_t rid, const uint8_t id[16],
    struct vlt_foreign_head *out, struct vault_error *err)
{
    struct vlt_record_row row;
    enum vault_status st = vlt_any_row(v, rid, &row, NULL, err);

    if (st == VAULT_E_NOT_FOUND || (st == VAULT_OK && !row.foreign))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a version of this record is missing: it was taken away from "
            "outside");
    if (st != VAULT_OK)
        return st;
    out->rid = rid;
    out->other = memcmp(row.head.h.id, id, 16) != 0;
    memcpy(out->origin, row.head.h.origin, sizeof out->origin);
    vlt_record_stmt(out->stmt, &row.head);
    return VAULT_OK;
}

static enum vault_status
push(struct vault *v, uint64_t rid, struct vault_error *err)
{
    struct vlt_heads *h = v->heads;
    struct vlt_foreign_head *more;
    enum vault_status st;

    if (h->n == h->cap) {
        size_t cap = h->cap == 0 ? 16 : 2 * h->cap;

        more = realloc(h->at, cap * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        h->at = more;
        h->cap = cap;
    }
    st = open_row(v, rid, h->id, &h->at[h->n], err);
    h->n += st == VAULT_OK;
    return st;
}

/* Rows get higher numbers as they come: what is known is a beginning of what
 * is there, or nothing is known. */
static bool
is_beginning(const struct vlt_heads *h, const struct vlt_rids *rids)
{
    size_t i;

    if (h->n > rids->n)
        return false;
    for (i = 0; i < h->n; i++) {
        if (h->at[i].rid != rids->rid[i])
            return false;
    }
    return true;
}

enum vault_status
vlt_foreign_heads(struct vault *v, const uint8_t id[16],
    const struct vlt_foreign_head **out, size_t *n, struct vault_error *err)
{
    struct vlt_rids rids = {0, NULL};
    enum vault_status st = prepare(v, id, err);

    if (st == VAULT_OK)
        st = vlt_foreign_rids(v, id, &rids, err);
    if (st == VAULT_OK && rids.n > VLT_VERSIONS_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "a record with more than %d versions",
            (int)VLT_VERSIONS_MAX);
    if (st == VAULT_OK && !is_beginning(v->heads, &rids))
        v->heads->n = 0;
    while (st == VAULT_OK && v->heads->n < rids.n)
        st = push(v, rids.rid[v->heads->n], err);
    vlt_rids_clear(&rids);
    if (st != VAULT_OK) {
        vlt_foreign_heads_forget(v);
        return st;
    }
    *out = v->heads->at;
    *n = v->heads->n;
    return VAULT_OK;
}
