/* SPDX-License-Identifier: Apache-2.0 */
/* receive_look.c: what of a record is here already */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign_find.h"
#include "foreign_rows.h"
#include "receiving.h"
#include "withdraw_absent.h"

/* ---- rows of this vault's own ---- */

static enum vault_status
own_row(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], struct vlt_rlook *out, struct vault_error *err)
{
    struct vlt_version_rows rows;
    enum vault_status st =
        vlt_record_versions(v->store, head->h.id, &rows, err);
    bool standing = false;
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; i < rows.n; i++) {
        standing = standing || rows.v[i].meta;
        if (memcmp(head->h.origin, v->id, 16) != 0)
            out->here = VLT_HERE_ANOTHER;
        else if (memcmp(rows.v[i].stmt, stmt, 32) == 0) {
            out->here = rows.v[i].meta ? VLT_HERE_WHOLE : VLT_HERE_GONE;
            out->own = true;
            out->proved = true;
            out->rid = rows.v[i].rid;
        }
        if (rows.v[i].meta && memcmp(rows.v[i].stmt, head->h.prev, 32) == 0)
            out->follows_own = true;
    }
    out->own_stands = standing;
    /* a version of a record that was withdrawn here as a whole */
    if (out->here == VLT_HERE_NOT && rows.n > 0 && !standing)
        out->here = VLT_HERE_GONE;
    vlt_version_rows_clear(&rows);
    return VAULT_OK;
}

/* What this vault withdrew does not come back, also when its row is not here:
 * the line counts. */
static enum vault_status
own_gone(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], struct vlt_rlook *out, struct vault_error *err)
{
    bool gone = false;
    enum vault_status st;

    if (memcmp(head->h.origin, v->id, 16) != 0 || out->here == VLT_HERE_GONE)
        return VAULT_OK;
    st = vlt_record_withdrawn(v->store, &head->h, stmt, &gone, err);
    if (st == VAULT_OK && !gone)
        st = vlt_absent_withdrawn(v, head->h.id, head->h.version, stmt, &gone,
            err);
    if (st == VAULT_OK && gone)
        out->here = VLT_HERE_GONE;
    return st;
}

/* ---- rows of others ---- */

static enum vault_status
foreign_state(struct vault *v, uint64_t rid, struct vlt_rlook *out,
    struct vault_error *err)
{
    struct vlt_foreign_parts parts;
    struct vlt_foreign_proof p;
    enum vault_status st = vlt_foreign_parts(v->store, rid, &parts, err);

    if (st != VAULT_OK)
        return st;
    vlt_foreign_proof_init(&p);
    st = vlt_foreign_proof_get(v, rid, &p, err);
    if (st != VAULT_OK)
        return st;
    out->proved = p.proof.len > 0;
    if (p.dropped != 0)
        out->here = VLT_HERE_GONE;
    else if (parts.meta)
        out->here = VLT_HERE_WHOLE;
    else
        out->here = parts.extracts ? VLT_HERE_PART : VLT_HERE_HEAD;
    out->rid = rid;
    vlt_foreign_proof_clear(&p);
    return vlt_segment_count(v->store, rid, &out->segments, err);
}

static enum vault_status
foreign_row(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], struct vlt_rlook *out, struct vault_error *err)
{
    const struct vlt_foreign_head *at = NULL;
    size_t i, rows = 0, n = 0;
    uint64_t rid = 0;
    enum vault_status st = vlt_foreign_heads(v, head->h.id, &at, &n, err);

    if (st != VAULT_OK)
        return st;
    for (i = 0; i < n; i++) {
        rows += !at[i].other;
        if (at[i].other)
            continue;
        if (memcmp(at[i].origin, head->h.origin, 16) != 0)
            out->here = VLT_HERE_ANOTHER;
        else if (memcmp(at[i].stmt, stmt, 32) == 0)
            rid = at[i].rid;
    }
    if (rid != 0)
        st = foreign_state(v, rid, out, err);
    /* with one more nothing of the record could be read */
    if (st == VAULT_OK && out->here == VLT_HERE_NOT &&
        rows >= VLT_VERSIONS_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "a record with more than %d versions",
            (int)VLT_VERSIONS_MAX);
    return st;
}

enum vault_status
vlt_receive_look(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], struct vlt_rlook *out, struct vault_error *err)
{
    enum vault_status st;

    memset(out, 0, sizeof *out);
    st = own_row(v, head, stmt, out, err);
    if (st == VAULT_OK && out->here == VLT_HERE_NOT)
        st = foreign_row(v, head, stmt, out, err);
    if (st == VAULT_OK && out->here != VLT_HERE_ANOTHER)
        st = own_gone(v, head, stmt, out, err);
    if (st == VAULT_OK)
        st = vlt_hidden(v, stmt, &out->hidden, err);
    return st;
}

/* ---- parts ---- */

struct shown {
    bool *index; /* of 1024 */
    bool body;
};

static enum vault_status
mark(void *ctx, uint64_t x, const struct vlt_extract *e,
    struct vault_error *err)
{
    struct shown *s = ctx;
    size_t i;

    (void)x;
    (void)err;
    s->body = s->body || e->has_body;
    for (i = 0; i < e->fields.n; i++) {
        if (e->index[i] < VLT_FIELDS_MAX)
            s->index[e->index[i]] = true;
    }
    return VAULT_OK;
}

enum vault_status
vlt_receive_shows_more(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, const struct vlt_extract *x, bool *more,
    struct vault_error *err)
{
    struct shown s = {calloc(VLT_FIELDS_MAX, sizeof *s.index), false};
    enum vault_status st;
    size_t i;

    if (s.index == NULL)
        return vlt_fail_memory(err);
    st = vlt_foreign_extracts(v, rid, head, mark, &s, err);
    *more = x->has_body && !s.body;
    for (i = 0; st == VAULT_OK && i < x->fields.n; i++)
        *more = *more || !s.index[x->index[i]];
    free(s.index);
    return st;
}

/* ---- counting ---- */

static enum vault_status
count_part(struct vault *v, struct vlt_rfile *f,
    const struct vlt_bundle_record *r, const struct vlt_extract *x,
    const struct vlt_rlook *look, bool *adds, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    *adds = r->use == VLT_ENTRY_FULL;
    if (r->use == VLT_ENTRY_PART)
        st = vlt_receive_shows_more(v, look->rid, &r->row.head, x, adds, err);
    if (st != VAULT_OK)
        return st;
    f->row.count.more += *adds;
    f->row.count.already += !*adds;
    return VAULT_OK;
}

/* A head brings nothing to see; it may bring the body of a later version. */
static bool
head_adds(const struct vlt_bundle_record *r, const struct vlt_rlook *look)
{
    if (look->here == VLT_HERE_NOT)
        return !look->own_stands;
    return look->here != VLT_HERE_ANOTHER && !look->own && look->rid != 0 &&
        look->segments == 0 && r->segments > 0;
}

enum vault_status
vlt_receive_count(struct vault *v, struct vlt_rfile *f,
    const struct vlt_bundle_record *r, const struct vlt_extract *x,
    struct vlt_rlook *look, bool *adds, struct vault_error *err)
{
    struct vault_receive_counts *n = &f->row.count;
    enum vault_status st =
        vlt_receive_look(v, &r->row.head, r->stmt, look, err);

    *adds = false;
    if (st != VAULT_OK)
        return st;
    if (r->use == VLT_ENTRY_HEAD) {
        *adds = head_adds(r, look);
        return VAULT_OK;
    }
    n->records++;
    /* beside rows of its own a copy would not be seen */
    if (look->here == VLT_HERE_NOT && look->own_stands &&
        (!look->follows_own || r->use != VLT_ENTRY_FULL)) {
        n->waits++;
        return VAULT_OK;
    }
    n->hidden += look->hidden;
    switch (look->here) {
    case VLT_HERE_ANOTHER:
        n->bad++;
        break;
    case VLT_HERE_GONE:
        n->gone++;
        break;
    case VLT_HERE_WHOLE:
        n->already++;
        break;
    case VLT_HERE_PART:
        return count_part(v, f, r, x, look, adds, err);
    case VLT_HERE_HEAD:
    case VLT_HERE_NOT:
        n->fresh++;
        *adds = true;
        break;
    }
    return VAULT_OK;
}
