/* SPDX-License-Identifier: Apache-2.0 */
/* verify_lines.c: every line about a record of others, and its row */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "verify_foreign.h"

struct walk {
    struct vlt_verify *v;
    struct vlt_named_rows l;
    size_t cap;
    uint64_t lines;
};

static enum vault_status
push(struct walk *w, uint64_t rid, bool dropped, int64_t holds,
    struct vault_error *err)
{
    struct vlt_named_row *more = w->l.at;
    size_t cap = w->cap == 0 ? 256 : 2 * w->cap;

    if (w->l.n == w->cap) {
        more = realloc(more, cap * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        w->l.at = more;
        w->cap = cap;
    }
    more[w->l.n++] = (struct vlt_named_row){rid, dropped, holds < 0,
        holds < 0 ? 0 : (uint64_t)holds};
    return VAULT_OK;
}

/* The row must be there, and be what the line means. */
static enum vault_status
check_row(struct walk *w, const struct vlt_leaf_row *r,
    const uint8_t named[VLT_FOREIGN_NAMED], uint64_t rid,
    struct vault_error *err)
{
    struct vlt_record_row row;
    uint8_t stmt[32];
    bool same = false;
    enum vault_status st = vlt_any_row(w->v->v, rid, &row, NULL, err);

    if (st == VAULT_E_NOT_FOUND || (st == VAULT_OK && !row.foreign))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "it came in, and its row was taken away from outside");
    if (st != VAULT_OK)
        return st;
    vlt_record_stmt(stmt, &row.head);
    st = vlt_foreign_line_is(w->v->v, r, stmt, &same, err);
    if (st == VAULT_OK &&
        (!same || memcmp(named, row.head.h.origin, 16) != 0 ||
            memcmp(named + 16, row.head.h.id, 16) != 0 ||
            vlt_load_u32(named + 32) != row.head.h.version))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the row it names holds another record");
    return st;
}

/* One whose text does not open is judged with the texts (verify_body.c). */
static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    uint8_t named[VLT_FOREIGN_NAMED];
    struct walk *w = ctx;
    bool drop = strcmp(r->leaf.kind, "drop") == 0;
    struct vault_error why;
    uint64_t rid = 0;
    int64_t holds = 0;
    enum vault_status st;

    if (!drop && strcmp(r->leaf.kind, "import") != 0)
        return VAULT_OK;
    if (r->evct == NULL)
        return VAULT_OK;
    w->lines++;
    vlt_error_clear(&why);
    st = vlt_foreign_line(w->v->v, r, named, &rid, &holds, &why);
    if (st == VAULT_OK) {
        st = check_row(w, r, named, rid, &why);
        if (st == VAULT_OK)
            return push(w, rid, drop, holds, err);
        vlt_record_mismatch(w->v, "foreign", named + 16,
            vlt_load_u32(named + 32), &why);
        return VAULT_OK;
    }
    if (st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY ||
        st == VAULT_E_FORMAT || st == VAULT_E_NEWER) {
        vlt_mismatch(w->v, "foreign", "log %" PRIu64 ", line %" PRIu64 ": %-s",
            r->log, r->idx, why.message);
        return VAULT_OK;
    }
    return vlt_judge(w->v, "foreign", st, &why, err);
}

static int
by_rid(const void *a, const void *b)
{
    const struct vlt_named_row *x = a, *y = b;

    return x->rid < y->rid ? -1 : x->rid > y->rid;
}

static void
join(struct vlt_named_row *to, const struct vlt_named_row *x)
{
    to->dropped |= x->dropped;
    to->whole |= x->whole;
    if (to->parts < x->parts)
        to->parts = x->parts;
}

static void
settle(struct vlt_named_rows *l)
{
    size_t i, kept = 0;

    if (l->n > 1)
        qsort(l->at, l->n, sizeof *l->at, by_rid);
    for (i = 0; i < l->n; i++) {
        if (kept > 0 && l->at[kept - 1].rid == l->at[i].rid)
            join(&l->at[kept - 1], &l->at[i]);
        else
            l->at[kept++] = l->at[i];
    }
    l->n = kept;
}

enum vault_status
vlt_verify_foreign_lines(struct vlt_verify *v, struct vlt_named_rows *out,
    struct vault_error *err)
{
    struct walk w = {v, {0, NULL}, 0, 0};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        if (!v->log[i].session)
            st = vlt_leaves(v->s, v->log[i].n, 0, take_line, &w, err);
    }
    if (st != VAULT_OK) {
        free(w.l.at);
        return st;
    }
    settle(&w.l);
    *out = w.l;
    return VAULT_OK;
}

const struct vlt_named_row *
vlt_named_row_find(const struct vlt_named_rows *l, uint64_t rid)
{
    struct vlt_named_row key = {.rid = rid};

    return l->n == 0 ? NULL : bsearch(&key, l->at, l->n, sizeof *l->at, by_rid);
}
