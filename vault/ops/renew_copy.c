/* SPDX-License-Identifier: Apache-2.0 */
/* renew_copy.c: every row of a vault, into a new file under new keys */
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_rows.h"
#include "renewing.h"

static enum vault_status
changed(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED,
        "something that came from others was changed in this vault");
}

/* A foreign cell under the new key: out has as many bytes as p. */
static enum vault_status
recell(const struct vlt_renewing *n, const char *table, uint64_t row,
    const uint8_t *p, size_t len, uint8_t *out, struct vault_error *err)
{
    uint8_t *plain = malloc(len);
    enum vault_status st = VAULT_OK;

    if (plain == NULL)
        return vlt_fail_memory(err);
    if (len < VLT_CELL_EXTRA ||
        !vlt_foreign_cell_open(plain, n->v->vmk, n->v->id, table, row, p, len))
        st = changed(err);
    else
        vlt_foreign_cell_seal(out, n->w->vmk, n->w->id, table, row, plain,
            len - VLT_CELL_EXTRA);
    free(plain);
    return st;
}

/* ---- records ---- */

struct extract_copy {
    struct vlt_renewing *n;
    uint64_t rid;
};

/* Zeros in place of the wrap: the old one is never written to the new medium.
 * vlt_renew_seals puts the new one there. */
static enum vault_status
copy_extract(void *ctx, uint64_t x, const uint8_t wrap[VLT_RECORD_WRAP],
    const uint8_t *b, size_t len, struct vault_error *err)
{
    static const uint8_t none[VLT_RECORD_WRAP];
    struct extract_copy *c = ctx;
    uint8_t *cell = malloc(len);
    enum vault_status st;

    (void)wrap;
    if (cell == NULL)
        return vlt_fail_memory(err);
    st = recell(c->n, "extract", x, b, len, cell, err);
    if (st == VAULT_OK)
        st = vlt_extract_row_put(c->n->w->store, x, c->rid, none, cell, len,
            err);
    free(cell);
    return st;
}

static enum vault_status
copy_foreign(struct vlt_renewing *n, const struct vlt_record_row *row,
    struct vault_error *err)
{
    struct extract_copy c = {n, row->rid};
    uint8_t head[VLT_SEALED_HEAD];
    uint8_t *meta = NULL;
    enum vault_status st = recell(n, "head", row->rid, row->sealed,
        sizeof row->sealed, head, err);

    if (st == VAULT_OK && row->meta != NULL) {
        meta = malloc(row->meta_len);
        st = meta == NULL ? vlt_fail_memory(err)
                          : recell(n, "meta", row->rid, row->meta,
                                row->meta_len, meta, err);
    }
    if (st == VAULT_OK)
        st = vlt_foreign_row_put(n->w->store, row->rid, head, meta,
            meta != NULL ? row->meta_len : 0, err);
    if (st == VAULT_OK)
        st = vlt_extract_rows(n->v->store, row->rid, copy_extract, &c, err);
    free(meta);
    n->done.others += st == VAULT_OK;
    return st;
}

static enum vault_status
copy_record(struct vlt_renewing *n, uint64_t rid, struct vlt_buf *meta,
    struct vault_error *err)
{
    struct vlt_record_row row;
    enum vault_status st;

    vlt_buf_reset(meta);
    st = vlt_record_by_rid(n->v->store, rid, &row, meta, err);
    if (st != VAULT_OK)
        return st;
    if (row.foreign)
        return copy_foreign(n, &row, err);
    n->done.versions += row.meta != NULL;
    return vlt_record_put(n->w->store, rid, &row.head, row.meta, row.meta_len,
        err);
}

static enum vault_status
copy_records(struct vlt_renewing *n, struct vault_error *err)
{
    struct vlt_buf meta;
    uint64_t rid = 0;
    uint64_t done = 0;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&meta, VLT_META_MAX + 16 + VLT_CELL_EXTRA);
    while (st == VAULT_OK) {
        st = vlt_record_rid_after(n->v->store, rid, &rid, err);
        if (st == VAULT_E_NOT_FOUND)
            break;
        if (st == VAULT_OK)
            st = copy_record(n, rid, &meta, err);
        if (st == VAULT_OK && ++done % 64 == 0 &&
            !vlt_progress(&n->v->opt, done, 0, true))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    vlt_buf_clear(&meta);
    if (st != VAULT_E_NOT_FOUND)
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

/* ---- segments ---- */

static enum vault_status
copy_segment(struct vlt_renewing *n, const struct vlt_segment_row *g,
    uint8_t *room, struct vault_error *err)
{
    const uint8_t *ct = g->ct;
    enum vault_status st = VAULT_OK;

    if (g->foreign) {
        st = recell(n, "segment", g->s, g->ct, g->len, room, err);
        ct = room;
    }
    return st == VAULT_OK ? vlt_segment_put_at(n->w->store, g->s, g->rid, g->n,
                                ct, g->len, err)
                          : st;
}

static enum vault_status
copy_segments(struct vlt_renewing *n, struct vault_error *err)
{
    struct vlt_segment_row g = {.s = 0};
    uint8_t *room = malloc(VLT_SEALED_SEGMENT);
    uint64_t bytes = 0;
    bool found = true;
    enum vault_status st = room == NULL ? vlt_fail_memory(err) : VAULT_OK;

    while (st == VAULT_OK) {
        st = vlt_segment_after(n->v->store, g.s, &g, &found, err);
        if (st != VAULT_OK || !found)
            break;
        st = copy_segment(n, &g, room, err);
        bytes += g.len;
        if (st == VAULT_OK && !vlt_progress(&n->v->opt, bytes, 0, false))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    free(room);
    return st;
}

/* ---- notes, settings, epochs ---- */

static enum vault_status
copy_note(void *ctx, uint64_t row, const uint8_t *b, size_t len,
    struct vault_error *err)
{
    struct vlt_renewing *n = ctx;
    uint8_t *cell = malloc(len);
    enum vault_status st;

    if (cell == NULL)
        return vlt_fail_memory(err);
    st = recell(n, "note", row, b, len, cell, err);
    if (st == VAULT_OK)
        st = vlt_sealed_note_put(n->w->store, row, cell, len, err);
    free(cell);
    return st;
}

static enum vault_status
copy_local(void *ctx, uint64_t id, uint64_t rev, const uint8_t *b, size_t len,
    struct vault_error *err)
{
    struct vlt_renewing *n = ctx;
    struct vlt_fields l;
    struct vlt_buf cell;
    enum vault_status st =
        vlt_local_open(&l, b, len, n->v->vmk, n->v->id, id, rev, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&cell, VLT_LOCAL_MAX);
    st = vlt_local_seal(&cell, &l, n->w->vmk, n->w->id, id, rev, err);
    if (st == VAULT_OK)
        st = vlt_local_put(n->w->store, id, rev, cell.p, cell.len, err);
    vlt_buf_clear(&cell);
    vlt_fields_clear(&l);
    return st;
}

/* Those of which no key is here go along, for whoever has one. */
static enum vault_status
copy_left_epoch(void *ctx, const struct vlt_epoch_row *row,
    struct vault_error *err)
{
    struct vlt_renewing *n = ctx;
    struct vlt_e0 *e0 = NULL;
    enum vault_status st = vlt_epoch_row_open(n->v, row, &e0, err);

    vlt_e0_free(e0);
    if (st != VAULT_E_NO_KEY)
        return st;
    vlt_error_clear(err);
    n->done.left_epochs++;
    return vlt_epoch_put(n->w->store, &row->epoch, NULL, 0, err);
}

enum vault_status
vlt_renew_rows(struct vlt_renewing *n, struct vault_error *err)
{
    enum vault_status st = vlt_clear_rows_copy(n->v->store, n->w->store, err);

    if (st == VAULT_OK)
        st = copy_records(n, err);
    if (st == VAULT_OK)
        st = copy_segments(n, err);
    if (st == VAULT_OK)
        st = vlt_sealed_notes(n->v->store, 0, INT64_MAX, copy_note, n, err);
    if (st == VAULT_OK)
        st = vlt_locals(n->v->store, copy_local, n, err);
    if (st == VAULT_OK)
        st = vlt_epochs(n->v->store, copy_left_epoch, n, err);
    return st;
}

/* ---- wraps and events ---- */

/* A withdrawn one is not carried on; one that stays under its epoch is. */
static enum vault_status
one_wrap(struct vlt_renewing *n, struct vlt_wrapped_row *row, bool extract,
    struct vault_error *err)
{
    struct vlt_record_head head;
    uint8_t stmt[32];
    bool gone = false;
    bool left = false;
    enum vault_status st = vlt_wrapped_head(n->v, row, &head, err);

    if (st == VAULT_OK && !row->foreign) {
        vlt_record_stmt(stmt, &head);
        st = vlt_record_withdrawn(n->v->store, &head.h, stmt, &gone, err);
    }
    if (st != VAULT_OK || gone)
        return st;
    st = vlt_reseal_wrap(&n->r, &head, row->wrap, &left, err);
    n->done.left_wraps += left;
    if (st == VAULT_OK)
        st = extract
            ? vlt_extract_wrap_replace(n->w->store, row->x, row->wrap, err)
            : vlt_wrap_put(n->w->store, row->rid, row->wrap, err);
    return st == VAULT_OK ? vlt_reseal_tick(&n->r, err) : st;
}

static enum vault_status
all_wraps(struct vlt_renewing *n, bool extract,
    enum vault_status (*after)(struct vlt_store *s, uint64_t from,
        struct vlt_wrapped_row *out, bool *found, struct vault_error *err),
    struct vault_error *err)
{
    struct vlt_wrapped_row row = {.rid = 0};
    bool found = true;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK) {
        st = after(n->v->store, extract ? row.x : row.rid, &row, &found, err);
        if (st != VAULT_OK || !found)
            break;
        st = one_wrap(n, &row, extract, err);
    }
    return st;
}

static enum vault_status
put_event(void *ctx, uint64_t log, uint64_t idx, const struct vlt_buf *evct,
    struct vault_error *err)
{
    struct vlt_renewing *n = ctx;

    return vlt_event_replace(n->w->store, log, idx, evct->p, evct->len, err);
}

enum vault_status
vlt_renew_seals(struct vlt_renewing *n, struct vault_error *err)
{
    enum vault_status st = all_wraps(n, false, vlt_wrap_after, err);

    if (st == VAULT_OK)
        st = all_wraps(n, true, vlt_extract_wrap_after, err);
    if (st == VAULT_OK)
        st = vlt_reseal_events(&n->r, put_event, n, err);
    n->done.events = n->r.events;
    return st;
}
