/* SPDX-License-Identifier: Apache-2.0 */
/* notice_mass.c: when so much is asked for that it may have been forced */
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "notice_work.h"

enum { MANY = 20, WEEK = 7 * 86400 };

/* A record: its origin's vault and its id. */
struct key {
    uint8_t origin[16];
    uint8_t id[16];
};
struct keys {
    size_t n;
    struct key *k;
};

static enum vault_status
add(struct keys *l, const uint8_t origin[16], const uint8_t id[16],
    struct vault_error *err)
{
    struct key *more = l->k;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->k = more;
    memcpy(more[l->n].origin, origin, 16);
    memcpy(more[l->n++].id, id, 16);
    return VAULT_OK;
}

static int
compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct key));
}

/* Each record once, however many versions of it there are. */
static void
unite(struct keys *l)
{
    size_t i, kept = 0;

    if (l->n > 1)
        qsort(l->k, l->n, sizeof *l->k, compare);
    for (i = 0; i < l->n; i++) {
        if (i == 0 || compare(&l->k[i], &l->k[i - 1]) != 0)
            l->k[kept++] = l->k[i];
    }
    l->n = kept;
}

struct count {
    struct vlt_notices *w;
    const struct vlt_request *about;
    struct keys named; /* that are here */
    size_t later;      /* that are not */
};

static enum vault_status
add_list(struct count *c, const struct vlt_stmts *l, struct vault_error *err)
{
    const struct vlt_held *h = NULL;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        st = vlt_notices_held(c->w, l->v[i].b, &h, err);
        if (st == VAULT_OK && h != NULL)
            st = add(&c->named, h->origin, h->id, err);
    }
    return st;
}

static enum vault_status
add_request(struct count *c, const struct vlt_request *r,
    struct vault_error *err)
{
    enum vault_status st = add_list(c, &r->stmts, err);

    if (st == VAULT_OK)
        st = add_list(c, &r->gone, err);
    c->later += r->later.n;
    return st;
}

static enum vault_status
add_if_near(void *ctx, struct vlt_request *r, struct vault_error *err)
{
    struct count *c = ctx;
    int64_t apart = r->received - c->about->received;

    if (memcmp(r->hash, c->about->hash, 32) == 0 || apart > WEEK ||
        apart < -WEEK || !vlt_notices_linked(c->w, r->from, c->about->from))
        return VAULT_OK;
    return add_request(c, r, err);
}

static size_t
of_origin(const struct keys *l, const uint8_t origin[16])
{
    size_t i, n = 0;

    for (i = 0; i < l->n; i++)
        n += memcmp(l->k[i].origin, origin, 16) == 0;
    return n;
}

/* Of one origin at least two records, and half of those that are held. */
static enum vault_status
half(const struct count *c, bool *out, struct vault_error *err)
{
    struct keys held = {0, NULL};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < c->w->held_len; i++)
        st = add(&held, c->w->held[i].origin, c->w->held[i].id, err);
    if (st == VAULT_OK)
        unite(&held);
    for (i = 0; st == VAULT_OK && !*out && i < c->named.n; i++) {
        const uint8_t *origin = c->named.k[i].origin;
        size_t n = of_origin(&c->named, origin);

        if (i == 0 || memcmp(origin, c->named.k[i - 1].origin, 16) != 0)
            *out = n >= 2 && 2 * n >= of_origin(&held, origin);
    }
    free(held.k);
    return st;
}

enum vault_status
vlt_notices_unusual(struct vlt_notices *w, const struct vlt_request *r,
    bool *out, struct vault_error *err)
{
    struct count c = {w, r, {0, NULL}, 0};
    enum vault_status st = add_request(&c, r, err);

    *out = false;
    if (st == VAULT_OK)
        st = vlt_requests(w->v, add_if_near, &c, err);
    if (st == VAULT_OK) {
        unite(&c.named);
        *out = c.named.n + c.later > MANY;
    }
    if (st == VAULT_OK && !*out)
        st = half(&c, out, err);
    free(c.named.k);
    return st;
}
