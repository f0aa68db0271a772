/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_find.c: which rows hold versions of a foreign record */
#include "foreign_find.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "cell.h"
#include "fail.h"
#include "foreign_rows.h"

/* Pairs of id and row; several rows may have one id. */
struct pair {
    uint8_t id[16];
    uint64_t rid; /* 0: free */
};
struct pairs {
    size_t n, slots;
    struct pair *at;
};

struct vlt_finder {
    struct pairs added; /* by the running action */
    struct pairs all;   /* when `walked` */
    bool walked;
    int64_t version; /* of the data that was walked */
};

/* ---- a table of pairs ---- */

static size_t
place(const struct pairs *t, const uint8_t id[16])
{
    return (size_t)vlt_load_u64(id) & (t->slots - 1);
}

static void
insert(struct pairs *t, const uint8_t id[16], uint64_t rid)
{
    size_t i;

    for (i = place(t, id); t->at[i].rid != 0; i = (i + 1) & (t->slots - 1)) {
        if (t->at[i].rid == rid)
            return;
    }
    memcpy(t->at[i].id, id, 16);
    t->at[i].rid = rid;
    t->n++;
}

static void
clear_pairs(struct pairs *t)
{
    if (t->at != NULL)
        vlt_wipe(t->at, t->slots * sizeof *t->at);
    free(t->at);
    memset(t, 0, sizeof *t);
}

static enum vault_status
add_pair(struct pairs *t, const uint8_t id[16], uint64_t rid,
    struct vault_error *err)
{
    struct pairs more = {0, t->slots == 0 ? 256 : 2 * t->slots, NULL};
    size_t i;

    if (2 * t->n >= t->slots) {
        more.at = calloc(more.slots, sizeof *more.at);
        if (more.at == NULL)
            return vlt_fail_memory(err);
        for (i = 0; i < t->slots; i++) {
            if (t->at[i].rid != 0)
                insert(&more, t->at[i].id, t->at[i].rid);
        }
        clear_pairs(t);
        *t = more;
    }
    insert(t, id, rid);
    return VAULT_OK;
}

/* ---- lists of rows ---- */

void
vlt_rids_clear(struct vlt_rids *l)
{
    free(l->rid);
    l->rid = NULL;
    l->n = 0;
}

static int
by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Ascending, each once. */
static void
settle(struct vlt_rids *l)
{
    size_t i, kept = 0;

    if (l->n > 1)
        qsort(l->rid, l->n, sizeof *l->rid, by_number);
    for (i = 0; i < l->n; i++) {
        if (i == 0 || l->rid[i] != l->rid[i - 1])
            l->rid[kept++] = l->rid[i];
    }
    l->n = kept;
}

static enum vault_status
push(struct vlt_rids *l, uint64_t rid, struct vault_error *err)
{
    uint64_t *more = l->rid;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->rid = more;
    more[l->n++] = rid;
    return VAULT_OK;
}

static enum vault_status
collect(const struct pairs *t, const uint8_t id[16], struct vlt_rids *out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    if (t->slots == 0)
        return VAULT_OK;
    for (i = place(t, id); st == VAULT_OK && t->at[i].rid != 0;
         i = (i + 1) & (t->slots - 1)) {
        if (memcmp(t->at[i].id, id, 16) == 0)
            st = push(out, t->at[i].rid, err);
    }
    return st;
}

/* ---- the finder of a handle ---- */

static enum vault_status
finder(struct vault *v, struct vault_error *err)
{
    assert(v->vmk != NULL);
    if (v->finder == NULL)
        v->finder = calloc(1, sizeof *v->finder);
    return v->finder != NULL ? VAULT_OK : vlt_fail_memory(err);
}

void
vlt_foreign_forget(struct vault *v)
{
    if (v->finder == NULL)
        return;
    clear_pairs(&v->finder->added);
    clear_pairs(&v->finder->all);
    free(v->finder);
    v->finder = NULL;
}

/* A row whose head does not open is told by whoever lists or verifies. */
static enum vault_status
take_head(void *ctx, uint64_t rid, const uint8_t sealed[VLT_SEALED_HEAD],
    struct vault_error *err)
{
    struct vault *v = ctx;
    uint8_t head[VLT_RECORD_HEAD];
    struct vlt_record_head h;

    if (!vlt_foreign_cell_open(head, v->vmk, v->id, "head", rid, sealed,
            VLT_SEALED_HEAD) ||
        vlt_record_head_decode(&h, head, sizeof head, NULL) != VAULT_OK)
        return VAULT_OK;
    return add_pair(&v->finder->all, h.h.id, rid, err);
}

static enum vault_status
walk(struct vault *v, struct vault_error *err)
{
    struct vlt_finder *f = v->finder;
    enum vault_status st;

    if (f->walked && f->version == v->data_version)
        return VAULT_OK;
    clear_pairs(&f->all);
    f->walked = false;
    st = vlt_foreign_rows(v->store, 0, INT64_MAX, take_head, v, err);
    f->walked = st == VAULT_OK;
    f->version = v->data_version;
    return st;
}

enum vault_status
vlt_foreign_rids(struct vault *v, const uint8_t id[16], struct vlt_rids *out,
    struct vault_error *err)
{
    struct vlt_rids l = {0, NULL};
    enum vault_status st = finder(v, err);

    if (st == VAULT_OK)
        st = walk(v, err);
    if (st == VAULT_OK)
        st = collect(&v->finder->all, id, &l, err);
    if (st == VAULT_OK)
        st = collect(&v->finder->added, id, &l, err);
    if (st != VAULT_OK) {
        vlt_rids_clear(&l);
        return st;
    }
    settle(&l);
    *out = l;
    return VAULT_OK;
}

enum vault_status
vlt_foreign_note(struct vault *v, const uint8_t id[16], uint64_t rid,
    struct vault_error *err)
{
    enum vault_status st = finder(v, err);

    assert(v->acting);
    return st == VAULT_OK ? add_pair(&v->finder->added, id, rid, err) : st;
}

bool
vlt_foreign_is_new(const struct vault *v, const uint8_t id[16], uint64_t rid)
{
    const struct pairs *t;
    size_t i;

    if (v->finder == NULL || v->finder->added.slots == 0)
        return false;
    t = &v->finder->added;
    for (i = place(t, id); t->at[i].rid != 0; i = (i + 1) & (t->slots - 1)) {
        if (t->at[i].rid == rid)
            return true;
    }
    return false;
}
