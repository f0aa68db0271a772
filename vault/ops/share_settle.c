/* SPDX-License-Identifier: Apache-2.0 */
/* share_settle.c: earlier versions, bodies, and the order of a bundle */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "foreign.h"
#include "sharing.h"

/* All rows of a record, whoever's it is. */
static enum vault_status
load_rows(struct vault_share *s, const struct vlt_share_item *item,
    struct vlt_version_rows *out, struct vault_error *err)
{
    return item->foreign ? vlt_foreign_versions(s->v, item->id, out, err)
                         : vlt_record_versions(s->v->store, item->id, out, err);
}

static const struct vlt_version_row *
row_of(const struct vlt_version_rows *l, const uint8_t stmt[32])
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (memcmp(l->v[i].stmt, stmt, 32) == 0)
            return &l->v[i];
    }
    return NULL;
}

/* The head of a version that is not itself given. */
static enum vault_status
push_head(struct vault_share *s, const struct vlt_version_row *r, bool foreign,
    struct vault_error *err)
{
    struct vlt_share_item item = {.rid = r->rid,
        .version = r->head.h.version,
        .use = VLT_ENTRY_HEAD,
        .foreign = foreign};

    if (vlt_share_find(s, r->stmt) != NULL)
        return VAULT_OK;
    memcpy(item.id, r->head.h.id, 16);
    memcpy(item.stmt, r->stmt, 32);
    return vlt_share_push(s, &item, err);
}

/* Each version that came before, back to the first: so that none waits. */
static enum vault_status
push_heads(struct vault_share *s, const struct vlt_version_rows *l,
    const struct vlt_version_row *r, bool foreign, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && r->head.h.version > 1) {
        const struct vlt_version_row *prev = row_of(l, r->head.h.prev);

        if (prev == NULL || prev->head.h.version != r->head.h.version - 1)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "the version before one that is shared is missing");
        st = push_head(s, prev, foreign, err);
        r = prev;
    }
    return st;
}

/* Segments lie under the row of the version that made them. */
static enum vault_status
mark_body(struct vault_share *s, const struct vlt_version_rows *l,
    const struct vlt_version_row *r, bool foreign, struct vault_error *err)
{
    const struct vlt_version_row *owner = NULL;
    struct vlt_share_item *item;
    enum vault_status st;
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (l->v[i].head.h.version == r->head.h.body_version &&
            vlt_record_shares_body(&l->v[i].head, &r->head))
            owner = &l->v[i];
    }
    if (r->head.h.body_version == r->head.h.version)
        owner = r;
    if (owner == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the version that holds a body is missing");
    st = push_head(s, owner, foreign, err);
    if (st != VAULT_OK)
        return st;
    item = vlt_share_find(s, owner->stmt);
    if (item == NULL)
        return vlt_fail(err, VAULT_E_INTERNAL, "an item of a bundle is lost");
    item->body = true;
    return VAULT_OK;
}

static enum vault_status
settle_one(struct vault_share *s, size_t at, struct vault_error *err)
{
    struct vlt_share_item item = s->item[at];
    const struct vlt_version_row *r;
    struct vlt_version_rows l;
    bool hidden = false;
    enum vault_status st = vlt_hidden(s->v, item.stmt, &hidden, err);

    if (st == VAULT_OK && hidden)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "the origin of a record that was chosen asked not to pass it on");
    if (st == VAULT_OK)
        st = load_rows(s, &item, &l, err);
    if (st != VAULT_OK)
        return st;
    r = row_of(&l, item.stmt);
    if (r == NULL)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "a record that was chosen is not here any more");
    if (st == VAULT_OK)
        st = push_heads(s, &l, r, item.foreign, err);
    if (st == VAULT_OK && item.body) {
        s->item[at].body = false;
        st = mark_body(s, &l, r, item.foreign, err);
    }
    vlt_version_rows_clear(&l);
    return st;
}

/* The bytes of entries as far as they tell two apart: a statement is there
 * once. */
static int
by_entry(const void *a, const void *b)
{
    const struct vlt_share_item *x = a;
    const struct vlt_share_item *y = b;
    int c = (x->use > y->use) - (x->use < y->use);

    if (c == 0)
        c = memcmp(x->id, y->id, sizeof x->id);
    if (c == 0)
        c = (x->version > y->version) - (x->version < y->version);
    return c != 0 ? c : memcmp(x->stmt, y->stmt, sizeof x->stmt);
}

enum vault_status
vlt_share_settle(struct vault_share *s, struct vault_error *err)
{
    size_t i, n = s->n;
    enum vault_status st = VAULT_OK;

    for (i = 0; st == VAULT_OK && i < n; i++)
        st = settle_one(s, i, err);
    if (st != VAULT_OK)
        return st;
    if (s->n > vlt_epoch_steps(VLT_EPOCH_BUNDLE))
        return vlt_fail_hint(err, VAULT_E_LIMIT, "make several bundles",
            "%zu records and earlier versions are more than one bundle holds",
            s->n);
    if (s->n > 1)
        qsort(s->item, s->n, sizeof *s->item, by_entry);
    return vlt_share_index(s, err);
}
