/* SPDX-License-Identifier: Apache-2.0 */
/* take_rest.c: what a capture file still holds after its sessions came in */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "record_rows.h"
#include "take_in.h"
#include "withdraw_absent.h"

enum { PAGE = 64 }; /* records in one action */

/* ---- rows of the file, some at a time ---- */

struct rows {
    uint64_t last;
    size_t n;
    struct {
        uint64_t rid;
        struct vlt_record_head head;
        bool malformed;
        bool foreign;
        bool meta;
    } at[PAGE];
};

/* What is no row of this format is told, and passed over. */
static bool
is_fault(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NOT_FOUND || st == VAULT_E_LIMIT;
}

static enum vault_status
fill(struct vlt_taking *t, struct rows *p, struct vault_error *err)
{
    struct vlt_record_row r;
    struct vlt_buf meta;
    enum vault_status st = VAULT_OK;

    p->n = 0;
    while (st == VAULT_OK && p->n < PAGE) {
        st = vlt_record_rid_after(t->c->store, p->last, &p->last, err);
        if (st != VAULT_OK)
            break;
        memset(&p->at[p->n], 0, sizeof p->at[p->n]);
        p->at[p->n].rid = p->last;
        vlt_buf_init(&meta, VLT_META_MAX + 16);
        st = vlt_record_by_rid(t->c->store, p->last, &r, &meta, err);
        if (st == VAULT_OK) {
            p->at[p->n].head = r.head;
            p->at[p->n].foreign = r.foreign;
            p->at[p->n].meta = r.meta != NULL;
        } else if (is_fault(st)) {
            p->at[p->n].malformed = true;
            st = VAULT_OK;
        }
        vlt_buf_clear(&meta);
        p->n++;
    }
    if (st == VAULT_E_NOT_FOUND)
        st = VAULT_OK;
    return st;
}

typedef enum vault_status each_page(struct vlt_taking *t, struct rows *p,
    struct vault_error *err);

/* fn has no transaction; neither file is held longer than for one page. */
static enum vault_status
walk(struct vlt_taking *t, each_page *fn, struct vault_error *err)
{
    struct rows *p = calloc(1, sizeof *p);
    enum vault_status st = p == NULL ? vlt_fail_memory(err) : VAULT_OK;
    bool more = p != NULL;

    while (st == VAULT_OK && more) {
        st = vlt_store_begin(t->c->store, false, err);
        if (st != VAULT_OK)
            break;
        st = fill(t, p, err);
        vlt_store_rollback(t->c->store);
        more = p->n == PAGE;
        if (st == VAULT_OK && p->n > 0)
            st = fn(t, p, err);
    }
    free(p);
    return st;
}

static void
tell(struct vlt_taking *t, const uint8_t *id, const struct vault_error *why)
{
    t->out.bad++;
    if (t->opt.bad != NULL)
        t->opt.bad(t->opt.ctx, id, why);
}

static void
tell_malformed(struct vlt_taking *t, uint64_t rid)
{
    struct vault_error why;

    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "row %" PRIu64 " of the capture file is no record", rid);
    tell(t, NULL, &why);
}

/* ---- rows that no line names ---- */

/* A session seals a record once. Rows and lines of one id without number would
 * be held against each other for hours. */
enum { LINES_MAX = 64 };

struct naming {
    const uint8_t *stmt;
    bool found;
    unsigned lines;
};

static enum vault_status
match(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct naming *n = ctx;

    if (n->lines++ == LINES_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "too many lines of one record");
    if (memcmp(l->leaf.subject, n->stmt, 32) == 0)
        n->found = true;
    return VAULT_OK;
}

static enum vault_status
tell_page(struct vlt_taking *t, struct rows *p, struct vault_error *err)
{
    struct vault_error why;
    uint8_t stmt[32];
    enum vault_status st = vlt_store_begin(t->c->store, false, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < p->n; i++) {
        struct naming n = {stmt, false, 0};

        if (p->at[i].malformed) {
            tell_malformed(t, p->at[i].rid);
            continue;
        }
        vlt_record_stmt(stmt, &p->at[i].head);
        if (!p->at[i].foreign)
            st = vlt_leaves_of(t->c->store, p->at[i].head.h.id, match, &n, err);
        if (st == VAULT_E_LIMIT) {
            vlt_error_clear(err);
            st = VAULT_OK;
        }
        if (st != VAULT_OK || n.found)
            continue;
        (void)vlt_fail(&why, VAULT_E_TAMPERED,
            "no line of the capture file names it");
        tell(t, p->at[i].head.h.id, &why);
    }
    vlt_store_rollback(t->c->store);
    return st;
}

enum vault_status
vlt_take_unnamed(struct vlt_taking *t, struct vault_error *err)
{
    return walk(t, tell_page, err);
}

/* ---- each by itself ---- */

static enum vault_status
salvage_page(struct vlt_taking *t, struct rows *p, struct vault_error *err)
{
    struct vault_taken before = t->out;
    enum vault_status st = vlt_store_begin(t->c->store, false, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    st = vlt_action_begin(t->v, err);
    for (i = 0; st == VAULT_OK && i < p->n; i++) {
        if (p->at[i].malformed)
            tell_malformed(t, p->at[i].rid);
        else if (!p->at[i].foreign && p->at[i].meta)
            st = vlt_take_loose(t, p->at[i].rid, &p->at[i].head, err);
    }
    if (st == VAULT_OK && t->out.records > before.records)
        st = vlt_action_commit(t->v, err);
    else
        vlt_action_abort(t->v);
    vlt_store_rollback(t->c->store);
    if (st != VAULT_OK)
        t->out.records = before.records;
    return st;
}

/* Lines whose record is neither here as it was signed nor in the vault. */
static enum vault_status
tell_lost(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct vlt_taking *t = ctx;
    struct vault_error why;
    bool here = false;
    enum vault_status st;

    if (!l->leaf.has_record)
        return VAULT_OK;
    st = vlt_record_has_statement(t->v->store, l->leaf.record, l->leaf.version,
        l->leaf.subject, &here, err);
    if (st == VAULT_OK && !here)
        st = vlt_absent_withdrawn(t->v, l->leaf.record, l->leaf.version,
            l->leaf.subject, &here, err);
    if (st == VAULT_OK && !here)
        st = vlt_record_has_statement(t->c->store, l->leaf.record,
            l->leaf.version, l->leaf.subject, &here, err);
    if (st != VAULT_OK || here)
        return st;
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "its line is there, and the record is missing or changed");
    tell(t, l->leaf.record, &why);
    return VAULT_OK;
}

static enum vault_status
lost_of_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct vlt_taking *t = ctx;

    return vlt_leaves(t->c->store, r->n, 0, tell_lost, t, err);
}

static enum vault_status
tell_all_lost(struct vlt_taking *t, struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(t->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_store_begin(t->c->store, false, err);
    if (st == VAULT_OK)
        st = vlt_logs(t->c->store, lost_of_log, t, err);
    vlt_store_rollback(t->c->store);
    vlt_store_rollback(t->v->store);
    return is_fault(st) ? VAULT_OK
                        : st; /* that the lines do not hold is told */
}

/* ---- what the vault has ---- */

/* The row head and the lines stay: they still give the signed root. */
static enum vault_status
destroy(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    enum vault_status st = vlt_wrap_destroy(s, rid, err);

    if (st == VAULT_OK)
        st = vlt_meta_destroy(s, rid, err);
    if (st == VAULT_OK)
        st = vlt_segments_destroy(s, rid, err);
    return st;
}

static enum vault_status
empty_page(struct vlt_taking *t, struct rows *p, struct vault_error *err)
{
    uint8_t stmt[32];
    bool found;
    enum vault_status st = vlt_read_begin(t->v, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    st = vlt_store_begin(t->c->store, true, err);
    for (i = 0; st == VAULT_OK && i < p->n; i++) {
        found = false;
        vlt_record_stmt(stmt, &p->at[i].head);
        if (!p->at[i].foreign && p->at[i].meta) /* else it is done */
            st = vlt_take_held(t->v, p->at[i].head.h.id,
                p->at[i].head.h.version, stmt, &found, err);
        if (st == VAULT_OK && found)
            st = destroy(t->c->store, p->at[i].rid, err);
    }
    if (st == VAULT_OK)
        st = vlt_store_commit(t->c->store, err);
    else
        vlt_store_rollback(t->c->store);
    vlt_store_rollback(t->v->store);
    return st;
}

enum vault_status
vlt_take_empty(struct vlt_taking *t, struct vault_error *err)
{
    return walk(t, empty_page, err);
}

enum vault_status
vlt_take_salvage(struct vlt_taking *t, struct vault_error *err)
{
    enum vault_status st = walk(t, salvage_page, err);

    if (st == VAULT_OK)
        st = tell_all_lost(t, err);
    return st == VAULT_OK ? vlt_take_empty(t, err) : st;
}
