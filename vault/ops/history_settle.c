/* SPDX-License-Identifier: Apache-2.0 */
/* history_settle.c: which version of a record is current, and conflicts */
#include "history.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "record_open.h"

static bool
counts(const struct vlt_version *v)
{
    return v->logged && !v->withdrawn;
}

/* The statement of version `number` that v follows, through prev. */
static const struct vlt_version *
ancestor(const struct vlt_history *h, const struct vlt_version *v,
    uint32_t number)
{
    while (v != NULL && v->row.head.h.version > number)
        v = vlt_history_find(h, v->row.head.h.prev);
    return v != NULL && v->row.head.h.version == number ? v : NULL;
}

bool
vlt_history_follows(const struct vlt_history *h, const struct vlt_version *v,
    const struct vlt_version *of)
{
    return ancestor(h, v, of->row.head.h.version) == of;
}

/*
 * Others decide how many versions stand in conflict, so the work grows with
 * their number and not with its square: each version is opened once at most,
 * and what it follows is found from what its predecessor follows.
 */
struct naming {
    bool read;
    size_t n;
    struct vlt_hash32 *stmt; /* that its fields `resolves.` name */
};
struct settling {
    struct vault *v;
    struct vlt_history *h;
    size_t *prev;    /* of each version; h->n: it is not here */
    size_t *follows; /* which one of the number at hand; h->n: none */
    struct naming *naming;
};

static void
settling_clear(struct settling *s)
{
    size_t i;

    for (i = 0; s->naming != NULL && i < s->h->n; i++)
        free(s->naming[i].stmt);
    free(s->naming);
    free(s->follows);
    free(s->prev);
}

static enum vault_status
settling_make(struct settling *s, struct vault_error *err)
{
    struct vlt_history *h = s->h;
    size_t i;

    s->prev = calloc(h->n + 1, sizeof *s->prev);
    s->follows = calloc(h->n + 1, sizeof *s->follows);
    s->naming = calloc(h->n + 1, sizeof *s->naming);
    if (s->prev == NULL || s->follows == NULL || s->naming == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < h->n; i++) {
        const struct vlt_version *p = h->v[i].row.head.h.version == 1
            ? NULL
            : vlt_history_find(h, h->v[i].row.head.h.prev);

        s->prev[i] = p != NULL && p < &h->v[i] ? (size_t)(p - h->v) : h->n;
    }
    return VAULT_OK;
}

static enum vault_status
take_names(struct naming *n, const struct vlt_fields *l,
    struct vault_error *err)
{
    size_t i;

    n->read = true;
    n->stmt = calloc(l->n + 1, sizeof *n->stmt);
    if (n->stmt == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < l->n; i++) {
        const struct vlt_field *f = &l->f[i];

        if (f->name_len > 9 && memcmp(f->name, "resolves.", 9) == 0 &&
            f->type == VLT_FIELD_BYTES && f->value_len == 32)
            memcpy(n->stmt[n->n++].b, f->value, 32);
    }
    return VAULT_OK;
}

static enum vault_status
read_names(struct settling *s, size_t i, struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_meta meta;
    struct vlt_buf ct;
    enum vault_status st;

    if (s->naming[i].read)
        return VAULT_OK;
    vlt_buf_init(&ct, VLT_META_MAX + 16);
    st = vlt_any_row(s->v, s->h->v[i].row.rid, &row, &ct, err);
    if (st == VAULT_OK)
        st = vlt_record_shown(s->v, &row, &meta, err);
    vlt_buf_clear(&ct);
    if (st != VAULT_OK)
        return st;
    st = take_names(&s->naming[i], &meta.fields, err);
    vlt_meta_clear(&meta);
    return st;
}

static bool
names(const struct naming *n, const uint8_t stmt[32])
{
    size_t i;

    for (i = 0; i < n->n; i++) {
        if (memcmp(n->stmt[i].b, stmt, 32) == 0)
            return true;
    }
    return false;
}

/* Its fields name every other statement of the versions first to last. */
static enum vault_status
resolves(struct settling *s, size_t by, size_t first, size_t last, bool *out,
    struct vault_error *err)
{
    const struct vlt_history *h = s->h;
    enum vault_status st;
    size_t i;

    *out = false;
    if (s->follows[by] == h->n)
        return VAULT_OK;
    st = read_names(s, by, err);
    if (st != VAULT_OK || s->naming[by].n == 0)
        return st;
    *out = true;
    for (i = first; i <= last; i++) {
        if (i != s->follows[by] && counts(&h->v[i]) &&
            !names(&s->naming[by], h->v[i].row.stmt))
            *out = false;
    }
    return VAULT_OK;
}

/* A record in conflict has no current version: once one number is not
 * resolved, whether a higher one is changes nothing. */
static enum vault_status
find_resolver(struct settling *s, size_t first, size_t last, bool *found,
    struct vault_error *err)
{
    const struct vlt_history *h = s->h;
    enum vault_status st = VAULT_OK;
    size_t i;

    *found = false;
    for (i = first; i <= last; i++)
        s->follows[i] = i;
    for (; st == VAULT_OK && !*found && i < h->n; i++) {
        s->follows[i] = s->prev[i] < h->n && s->prev[i] >= first
            ? s->follows[s->prev[i]]
            : h->n;
        if (counts(&h->v[i]) && !h->v[i].head_only)
            st = resolves(s, i, first, last, found, err);
    }
    return st;
}

/* The statements first to last stand for one version. */
static enum vault_status
judge_number(struct settling *s, size_t first, size_t last,
    struct vault_error *err)
{
    struct vlt_history *h = s->h;
    bool resolved = false;
    size_t standing = 0;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = first; i <= last; i++)
        standing += counts(&h->v[i]);
    if (standing < 2)
        return VAULT_OK;
    if (s->prev == NULL)
        st = settling_make(s, err);
    if (st == VAULT_OK && !h->conflict)
        st = find_resolver(s, first, last, &resolved, err);
    if (st != VAULT_OK || resolved)
        return st;
    h->conflict = true;
    for (i = first; i <= last; i++)
        h->v[i].conflict = counts(&h->v[i]);
    return VAULT_OK;
}

static enum vault_status
judge_numbers(struct vault *v, struct vlt_history *h, struct vault_error *err)
{
    struct settling s = {.v = v, .h = h};
    enum vault_status st = VAULT_OK;
    size_t first, last;

    for (first = 0; st == VAULT_OK && first < h->n; first = last + 1) {
        last = first;
        while (last + 1 < h->n &&
            h->v[last + 1].row.head.h.version == h->v[first].row.head.h.version)
            last++;
        st = judge_number(&s, first, last, err);
    }
    settling_clear(&s);
    return st;
}

enum vault_status
vlt_history_settle(struct vault *v, struct vlt_history *h,
    struct vault_error *err)
{
    enum vault_status st;
    size_t i;

    h->current = h->n;
    st = judge_numbers(v, h, err);
    for (i = 0; i < h->n; i++) {
        h->planted = h->planted || (!h->v[i].logged && !h->v[i].waits);
        if (!counts(&h->v[i]) || h->v[i].head_only)
            continue;
        h->newest = h->v[i].row.head.h.version;
        h->current = i;
    }
    if (h->conflict)
        h->current = h->n;
    return st;
}

bool
vlt_history_shown(const struct vlt_history *h, const struct vlt_version *v)
{
    return counts(v) && !v->head_only && v->row.head.h.version == h->newest;
}
