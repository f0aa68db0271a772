/* SPDX-License-Identifier: Apache-2.0 */
/* find.c: whether a content is in the vault already */
#include <string.h>
#include "catalogue_ops.h"
#include "fail.h"
#include "foreign.h"
#include "fresh.h"
#include "history.h"
#include "record_open.h"

enum { ROWS = 16 };

struct search {
    struct vault *v;
    const uint8_t *sha256;
    bool same;
    bool found;
    uint8_t id[16];
    bool original; /* a field import.* does not count */
};

static enum vault_status
compare(void *ctx, const uint8_t sha256[32], struct vault_error *err)
{
    struct search *q = ctx;

    (void)err;
    q->same = q->same || memcmp(sha256, q->sha256, 32) == 0;
    return VAULT_OK;
}

static bool
has_content(struct search *q, const struct vlt_indexed *x)
{
    struct vlt_body_commit body;

    q->same = false;
    if (!q->original)
        (void)!vlt_contents(x, compare, q, NULL);
    else if (vlt_meta_body(&x->meta, &x->head.h, &body))
        q->same = memcmp(body.sha256, q->sha256, 32) == 0;
    return q->same;
}

/* ---- whether a row counts ---- */

struct own_line {
    const struct vault *v;
    const uint8_t *stmt;
    bool found;
};

/* A line of the running action: not signed yet, and nobody else's. */
static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct own_line *q = ctx;

    (void)err;
    if (r->log == q->v->log_n && r->idx >= q->v->kept.size &&
        strcmp(r->leaf.kind, "seal") == 0 &&
        memcmp(r->leaf.subject, q->stmt, 32) == 0)
        q->found = true;
    return VAULT_OK;
}

/* Anybody can seal a row to a public card: one that no line names must not
 * keep the same content out. */
static enum vault_status
stands(struct vault *v, uint64_t rid, const struct vlt_record_head *head,
    bool *out, struct vault_error *err)
{
    struct vlt_history h;
    uint8_t stmt[32];
    struct own_line q = {v, stmt, false};
    bool foreign, hidden = false;
    enum vault_status st = vlt_history_load(v, head->h.id, &h, err);
    size_t i;

    *out = false;
    if (st == VAULT_E_TAMPERED) { /* listing it tells what is wrong */
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    for (i = 0; i < h.n; i++) {
        if (h.v[i].row.rid == rid)
            *out = h.v[i].logged && !h.v[i].withdrawn;
    }
    foreign = h.foreign;
    vlt_history_clear(&h);
    vlt_record_stmt(stmt, head);
    if (foreign) {
        st = vlt_hidden(v, stmt, &hidden, err);
        *out = *out && !hidden;
        return st;
    }
    if (*out || !v->acting)
        return VAULT_OK;
    st = vlt_leaves_of(v->store, head->h.id, take_line, &q, err);
    *out = q.found;
    return st;
}

/* The row itself says whether it has that content; what the catalogue says
 * of a row that is gone is nothing. */
static enum vault_status
confirm(struct search *q, uint64_t rid, struct vault_error *err)
{
    struct vlt_indexed x;
    enum vault_status st = vlt_catalogue_open_row(q->v, rid, &x, err);

    if (st != VAULT_OK || !x.readable)
        return st;
    if (has_content(q, &x))
        st = stands(q->v, rid, &x.head, &q->found, err);
    if (q->found)
        memcpy(q->id, x.head.h.id, 16);
    vlt_meta_clear(&x.meta);
    return st;
}

static enum vault_status
confirm_all(struct search *q, const uint64_t *rid, size_t n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && !q->found && i < n; i++)
        st = confirm(q, rid[i], err);
    return st;
}

static enum vault_status
ask(struct search *q, struct vlt_catalogue *c, struct vault_error *err)
{
    uint64_t rid[ROWS];
    uint8_t hash[16];
    size_t n = ROWS;
    uint64_t from = 0;
    enum vault_status st = VAULT_OK;

    vlt_catalogue_content_hash(hash, vlt_catalogue_session_key(c), q->sha256);
    while (st == VAULT_OK && !q->found && n == ROWS) {
        st = vlt_catalogue_content(c, hash, from, rid, ROWS, &n, err);
        if (st == VAULT_OK)
            st = confirm_all(q, rid, n, err);
        from = n > 0 ? rid[n - 1] : 0;
    }
    return st;
}

/* ---- without a catalogue ---- */

static int
look_at(void *ctx, const struct vault_record *r)
{
    struct search *q = ctx;
    struct vlt_indexed x = {r->meta, r->head, true, false};

    if (!has_content(q, &x))
        return 0;
    q->found = true;
    memcpy(q->id, r->head.h.id, 16);
    return 1;
}

static int
pass_over(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    (void)why;
    return 0;
}

static enum vault_status
look_everywhere(struct search *q, struct vault_error *err)
{
    enum vault_status st = vlt_list_records(q->v, look_at, pass_over, q, err);

    if (st == VAULT_E_CANCELLED && q->found) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    return st;
}

/* ---- within a batch: its own records are not committed yet ---- */

static enum vault_status
ask_in_action(struct search *q, struct vault_error *err)
{
    struct vlt_fresh *f = NULL;
    uint64_t rid[ROWS];
    enum vault_status st = vlt_fresh_now(q->v, &f, err);

    if (st == VAULT_OK)
        st = ask(q, vlt_fresh_session(f), err);
    if (st == VAULT_OK && !q->found)
        st = confirm_all(q, rid, vlt_fresh_content(f, q->sha256, rid, ROWS),
            err);
    if (st == VAULT_OK || st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED)
        return st;
    vlt_fresh_forget(q->v);
    return vlt_fail(err, VAULT_E_BUSY,
        "the catalogue cannot be asked within this group");
}

/* ---- all of them, with one look at the catalogue ---- */

static enum vault_status
one_of(struct vault *v, struct vault_content *c,
    enum vault_status (
        *asking)(struct search *q, void *ctx, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct search q = {v, c->sha256, false, false, {0}, false};
    enum vault_status st = asking(&q, ctx, err);

    if (st != VAULT_OK)
        return st;
    c->found = q.found;
    if (q.found)
        memcpy(c->id, q.id, sizeof c->id);
    return VAULT_OK;
}

static enum vault_status
in_action(struct search *q, void *ctx, struct vault_error *err)
{
    (void)ctx;
    return ask_in_action(q, err);
}

static enum vault_status
outside(struct search *q, void *ctx, struct vault_error *err)
{
    return ask(q, ctx, err);
}

static enum vault_status
everywhere(struct search *q, void *ctx, struct vault_error *err)
{
    (void)ctx;
    return look_everywhere(q, err);
}

/* A catalogue that turns out damaged is made anew, once. */
static enum vault_status
ask_outside(struct vault *v, struct vault_content *all, size_t n, bool mended,
    struct vault_error *err)
{
    struct vlt_catalogue *c = NULL;
    enum vault_status st = vlt_catalogue_read(v, true, &c, err);
    bool asked = c != NULL;
    size_t i;

    for (i = 0; st == VAULT_OK && asked && i < n; i++)
        st = one_of(v, &all[i], outside, c, err);
    vlt_catalogue_close(c);
    vlt_store_rollback(v->store);
    if (asked && st == VAULT_E_TAMPERED) {
        vlt_error_clear(err);
        if (!mended && vlt_catalogue_renew(v) == VAULT_OK)
            return ask_outside(v, all, n, true, err);
        asked = false;
        st = VAULT_OK;
    }
    for (i = 0; st == VAULT_OK && !asked && i < n; i++)
        st = one_of(v, &all[i], everywhere, NULL, err);
    return st;
}

enum vault_status
vault_find_contents(struct vault *v, struct vault_content *all, size_t n,
    struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);
    size_t i;

    if (st != VAULT_OK || n == 0)
        return st;
    if (!v->acting)
        return ask_outside(v, all, n, false, err);
    for (i = 0; st == VAULT_OK && i < n; i++)
        st = one_of(v, &all[i], in_action, NULL, err);
    return st;
}

enum vault_status
vault_find_content(struct vault *v, const uint8_t sha256[VAULT_HASH],
    bool *found, uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct vault_content one;
    enum vault_status st;

    memcpy(one.sha256, sha256, sizeof one.sha256);
    st = vault_find_contents(v, &one, 1, err);
    if (st != VAULT_OK)
        return st;
    *found = one.found;
    if (one.found)
        memcpy(id, one.id, VAULT_ID);
    return VAULT_OK;
}

enum vault_status
vlt_find_original(struct vault *v, const uint8_t sha256[32], bool *found,
    uint8_t id[16], struct vault_error *err)
{
    struct search q = {v, sha256, false, false, {0}, true};
    struct vlt_catalogue *c = NULL;
    enum vault_status st;

    if (v->acting) {
        st = ask_in_action(&q, err);
    } else {
        st = vlt_catalogue_read(v, true, &c, err);
        if (st == VAULT_OK && c != NULL)
            st = ask(&q, c, err);
        vlt_catalogue_close(c);
        vlt_store_rollback(v->store);
    }
    if (st != VAULT_OK)
        return st;
    *found = q.found;
    if (q.found)
        memcpy(id, q.id, 16);
    return VAULT_OK;
}
