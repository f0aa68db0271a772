/* SPDX-License-Identifier: Apache-2.0 */
/* rid_table.c: row numbers by record id, in memory */
#include "rid_table.h"
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"

static size_t
place(const struct vlt_rid_table *t, const uint8_t id[16])
{
    return (size_t)vlt_load_u64(id) & (t->slots - 1);
}

static void
insert(struct vlt_rid_table *t, const uint8_t id[16], uint64_t rid, bool lined)
{
    size_t i;

    for (i = place(t, id); t->at[i].rid != 0; i = (i + 1) & (t->slots - 1)) {
        if (t->at[i].rid == rid)
            return;
    }
    memcpy(t->at[i].id, id, 16);
    t->at[i].rid = rid;
    t->at[i].lined = lined;
    t->n++;
}

void
vlt_rid_table_clear(struct vlt_rid_table *t)
{
    if (t->at != NULL)
        vlt_wipe(t->at, t->slots * sizeof *t->at);
    free(t->at);
    memset(t, 0, sizeof *t);
}

enum vault_status
vlt_rid_table_add(struct vlt_rid_table *t, const uint8_t id[16], uint64_t rid,
    struct vault_error *err)
{
    struct vlt_rid_table more = {0, t->slots == 0 ? 256 : 2 * t->slots, NULL};
    size_t i;

    if (2 * t->n >= t->slots) {
        more.at = calloc(more.slots, sizeof *more.at);
        if (more.at == NULL)
            return vlt_fail_memory(err);
        for (i = 0; i < t->slots; i++) {
            if (t->at[i].rid != 0)
                insert(&more, t->at[i].id, t->at[i].rid, t->at[i].lined);
        }
        vlt_rid_table_clear(t);
        *t = more;
    }
    insert(t, id, rid, false);
    return VAULT_OK;
}

struct vlt_rid_pair *
vlt_rid_table_find(const struct vlt_rid_table *t, const uint8_t id[16],
    uint64_t rid)
{
    size_t i;

    if (t->slots == 0)
        return NULL;
    for (i = place(t, id); t->at[i].rid != 0; i = (i + 1) & (t->slots - 1)) {
        if (t->at[i].rid == rid)
            return &t->at[i];
    }
    return NULL;
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

void
vlt_rids_settle(struct vlt_rids *l)
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

enum vault_status
vlt_rids_push(struct vlt_rids *l, uint64_t rid, struct vault_error *err)
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

enum vault_status
vlt_rid_table_collect(const struct vlt_rid_table *t, const uint8_t id[16],
    struct vlt_rids *out, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    if (t->slots == 0)
        return VAULT_OK;
    for (i = place(t, id); st == VAULT_OK && t->at[i].rid != 0;
         i = (i + 1) & (t->slots - 1)) {
        if (memcmp(t->at[i].id, id, 16) == 0)
            st = vlt_rids_push(out, t->at[i].rid, err);
    }
    return st;
}
