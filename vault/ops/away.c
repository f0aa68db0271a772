/* SPDX-License-Identifier: Apache-2.0 */
/* away.c: telling what was sealed to others only */
#include <stdlib.h>
#include <string.h>
#include "epoch_rows.h"
#include "fail.h"
#include "history.h"
#include "member_view.h"
#include "sealed_away.h"

enum { PAGE = 256 };

/* One, as it is told after the transaction. */
struct item {
    uint8_t id[16];
    uint32_t version;
    uint8_t stmt[32];
    struct vlt_away away;
};
struct telling {
    struct vault *v;
    int (*fn)(void *ctx, const struct vault_away *a);
    void *ctx;
    struct vlt_member_names names;
    size_t n;
    struct item at[PAGE];
};

static enum vault_status
tell(struct telling *t, struct vault_error *err)
{
    struct vault_compartment_member member[VLT_COMPARTMENT_MEMBERS];
    size_t i, m;

    for (i = 0; i < t->n; i++) {
        const struct item *x = &t->at[i];
        struct vault_away a = {.version = x->version,
            .compartment = x->away.name,
            .sealed = x->away.time,
            .members = member,
            .members_len = x->away.to_len};

        memcpy(a.id, x->id, sizeof a.id);
        memcpy(a.statement, x->stmt, sizeof a.statement);
        for (m = 0; m < x->away.to_len; m++)
            vlt_member_view(&t->names, x->away.to[m], &member[m]);
        if (t->fn(t->ctx, &a) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    return VAULT_OK;
}

static enum vault_status
take_version(struct telling *t, const struct vlt_version *x,
    struct vault_error *err)
{
    struct item *at = &t->at[t->n];
    bool away = false;
    enum vault_status st = VAULT_OK;

    if (t->n == PAGE || x->withdrawn || !x->logged)
        return VAULT_OK;
    st = vlt_away_look(t->v, x->row.rid, &x->row.head, &away, &at->away, err);
    if (st != VAULT_OK || !away)
        return st;
    memcpy(at->id, x->row.head.h.id, sizeof at->id);
    at->version = x->row.head.h.version;
    memcpy(at->stmt, x->row.stmt, sizeof at->stmt);
    t->n++;
    return VAULT_OK;
}

/* ---- of one record ---- */

static enum vault_status
look_at_one(struct telling *t, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_history h;
    size_t i;
    enum vault_status st = vlt_history_load(t->v, id, &h, err);

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && !h.foreign && i < h.n; i++)
        st = take_version(t, &h.v[i], err);
    vlt_history_clear(&h);
    return st;
}

/* ---- of all ---- */

static enum vault_status
look_at_row(struct telling *t, uint64_t rid, struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_history h;
    struct vlt_buf meta;
    size_t i;
    enum vault_status st;

    vlt_buf_init(&meta, VLT_META_MAX + 16);
    st = vlt_record_by_rid(t->v->store, rid, &row, &meta, err);
    vlt_buf_clear(&meta);
    if (st == VAULT_E_NOT_FOUND || (st == VAULT_OK && row.foreign)) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_history_load(t->v, row.head.h.id, &h, err);
    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && i < h.n; i++) {
        if (h.v[i].row.rid == rid && vlt_history_shown(&h, &h.v[i]))
            st = take_version(t, &h.v[i], err);
    }
    vlt_history_clear(&h);
    return st;
}

/* A page of rows in one transaction, told after it has ended. */
static enum vault_status
look_at_page(struct telling *t, uint64_t *last, size_t *rows,
    struct vault_error *err)
{
    uint64_t rid[PAGE];
    size_t i;
    enum vault_status st = vlt_read_begin(t->v, err);

    if (st != VAULT_OK)
        return st;
    t->n = 0;
    st = vlt_away_rids(t->v->store, *last, rid, PAGE, rows, err);
    for (i = 0; st == VAULT_OK && i < *rows; i++) {
        *last = rid[i];
        st = look_at_row(t, rid[i], err);
    }
    vlt_store_rollback(t->v->store);
    return st == VAULT_OK ? tell(t, err) : st;
}

static enum vault_status
begin(struct telling *t, const uint8_t *id, struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(t->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_member_names_load(t->v, &t->names, err);
    if (st == VAULT_OK && id != NULL)
        st = look_at_one(t, id, err);
    vlt_store_rollback(t->v->store);
    return st;
}

enum vault_status
vault_away(struct vault *v, const uint8_t *id,
    int (*fn)(void *ctx, const struct vault_away *a), void *ctx,
    struct vault_error *err)
{
    struct telling *t = calloc(1, sizeof *t);
    uint64_t last = 0;
    size_t rows = PAGE;
    enum vault_status st;

    if (t == NULL)
        return vlt_fail_memory(err);
    t->v = v;
    t->fn = fn;
    t->ctx = ctx;
    st = begin(t, id, err);
    if (st == VAULT_OK && id != NULL)
        st = tell(t, err);
    while (st == VAULT_OK && id == NULL && rows == PAGE)
        st = look_at_page(t, &last, &rows, err);
    vlt_member_names_clear(&t->names);
    free(t);
    return st;
}

enum vault_status
vault_away_count(struct vault *v, uint64_t *n, struct vault_error *err)
{
    bool ours = !vlt_store_in_transaction(v->store);
    uint64_t count = 0;
    enum vault_status st =
        ours ? vlt_store_begin(v->store, false, err) : VAULT_OK;

    if (st != VAULT_OK)
        return st;
    st = vlt_away_rows(v->store, &count, err);
    if (ours)
        vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        *n = count;
    return st;
}
