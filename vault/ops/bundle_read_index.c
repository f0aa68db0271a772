/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_index.c: every row head of a bundle, sorted to be found */
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"

typedef int compare_fn(const void *a, const void *b);

static enum vault_status
take_head(void *ctx, uint64_t rid, const struct vlt_record_head *head,
    bool meta, struct vault_error *err)
{
    struct vlt_bundle *b = ctx;
    struct vlt_bundle_item *at = &b->in->item[b->in->items++];

    at->rid = rid;
    memcpy(at->id, head->h.id, 16);
    memcpy(at->origin, head->h.origin, 16);
    memcpy(at->prev, head->h.prev, 32);
    memcpy(at->b, head->b, 32);
    at->version = head->h.version;
    at->body_version = head->h.body_version;
    at->body_padded = head->h.body_padded;
    at->meta = meta;
    vlt_record_stmt(at->stmt, head);
    return vlt_bundle_poll(b, err);
}

static int
compare_stmts(const void *a, const void *b)
{
    const struct vlt_bundle_item *const *x = a, *const *y = b;

    return memcmp((*x)->stmt, (*y)->stmt, 32);
}

/* By id, version, origin and b. */
static int
compare_as_body(const struct vlt_bundle_item *x,
    const struct vlt_bundle_item *y)
{
    int c = memcmp(x->id, y->id, 16);

    if (c == 0)
        c = (x->version > y->version) - (x->version < y->version);
    if (c == 0)
        c = memcmp(x->origin, y->origin, 16);
    return c != 0 ? c : memcmp(x->b, y->b, 32);
}

static int
compare_bodies(const void *a, const void *b)
{
    const struct vlt_bundle_item *const *x = a, *const *y = b;
    int c = compare_as_body(*x, *y);

    /* one that made its own body first: others only borrow it */
    if (c == 0)
        c = ((*y)->body_version == (*y)->version) -
            ((*x)->body_version == (*x)->version);
    return c != 0 ? c : ((*x)->rid > (*y)->rid) - ((*x)->rid < (*y)->rid);
}

static enum vault_status
sort(struct vlt_bundle_inside *in, struct vlt_bundle_item ***out,
    compare_fn *compare, struct vault_error *err)
{
    struct vlt_bundle_item **p =
        calloc(in->items, sizeof(struct vlt_bundle_item *));
    size_t i;

    if (p == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < in->items; i++)
        p[i] = &in->item[i];
    qsort(p, in->items, sizeof(struct vlt_bundle_item *), compare);
    *out = p;
    return VAULT_OK;
}

struct vlt_bundle_item *
vlt_bundle_item(const struct vlt_bundle *b, uint64_t rid)
{
    size_t low = 0, high = b->in->items;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (b->in->item[mid].rid == rid)
            return &b->in->item[mid];
        if (b->in->item[mid].rid < rid)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

struct vlt_bundle_item *
vlt_bundle_item_stmt(const struct vlt_bundle *b, const uint8_t stmt[32])
{
    size_t low = 0, high = b->in->items;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = memcmp(b->in->by_stmt[mid]->stmt, stmt, 32);

        if (c == 0)
            return b->in->by_stmt[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

struct vlt_bundle_item *
vlt_bundle_item_body(const struct vlt_bundle *b,
    const struct vlt_bundle_item *of)
{
    struct vlt_bundle_item key = *of;
    struct vlt_bundle_item *at;
    size_t low = 0, high = b->in->items;

    if (of->body_version == 0)
        return NULL;
    key.version = of->body_version;
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (compare_as_body(b->in->by_body[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == b->in->items)
        return NULL;
    at = b->in->by_body[low];
    return compare_as_body(at, &key) == 0 && at->body_version == at->version &&
            at->body_padded == of->body_padded
        ? at
        : NULL;
}

/* The statement that `prev` names, of the version before in this record. */
static struct vlt_bundle_item *
version_before(const struct vlt_bundle *b, const struct vlt_bundle_item *of)
{
    struct vlt_bundle_item *at =
        of->version > 1 ? vlt_bundle_item_stmt(b, of->prev) : NULL;

    return at != NULL && at->version == of->version - 1 &&
            memcmp(at->id, of->id, 16) == 0 &&
            memcmp(at->origin, of->origin, 16) == 0
        ? at
        : NULL;
}

static enum vault_status
check_twins(const struct vlt_bundle_inside *in, struct vault_error *err)
{
    size_t i;

    for (i = 1; i < in->items; i++) {
        if (memcmp(in->by_stmt[i - 1]->stmt, in->by_stmt[i]->stmt, 32) == 0)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "planted: one record version lies in it twice");
    }
    return VAULT_OK;
}

static enum vault_status
read_all(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    uint64_t n = 0;
    enum vault_status st =
        vlt_count(b->store, "SELECT count(*) FROM record", &n, err);

    if (st == VAULT_OK && n == 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the bundle holds no record");
    if (st != VAULT_OK)
        return st;
    in->item = calloc((size_t)n, sizeof *in->item);
    if (in->item == NULL)
        return vlt_fail_memory(err);
    st = vlt_bundle_heads(b->store, take_head, b, err);
    if (st == VAULT_OK)
        st = sort(in, &in->by_stmt, compare_stmts, err);
    if (st == VAULT_OK)
        st = sort(in, &in->by_body, compare_bodies, err);
    return st == VAULT_OK ? check_twins(in, err) : st;
}

/* What a proved version names is proved too, and so on: from the highest
 * version down each is looked at once. */
static enum vault_status
ground(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    size_t i;

    for (i = in->items; i > 0; i--) { /* by id and version, from the end */
        struct vlt_bundle_item *at = in->by_body[i - 1];
        struct vlt_bundle_item *before = version_before(b, at);
        enum vault_status st = vlt_bundle_poll(b, err);

        if (st != VAULT_OK)
            return st;
        at->has_prev = before != NULL;
        at->grounded = at->grounded || at->proof == VLT_PROOF_HOLDS;
        if (before != NULL && at->grounded)
            before->grounded = true;
    }
    return VAULT_OK;
}

enum vault_status
vlt_bundle_index(struct vlt_bundle *b, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (b->in->indexed)
        return VAULT_OK;
    if (b->in->item == NULL)
        st = read_all(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_prove(b, err);
    if (st == VAULT_OK)
        st = ground(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_bodies(b, err);
    b->in->indexed = st == VAULT_OK;
    return st;
}
