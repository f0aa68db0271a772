/* SPDX-License-Identifier: Apache-2.0 */
/* renew_chosen.c: a few records, into a new file that has no old log */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "history.h"
#include "renewing.h"

/* Its key under the new file's epoch, at the i of the line that comes next. */
static enum vault_status
put_wrap(struct vlt_renewing *n, const struct vlt_version *x, uint64_t rid,
    struct vault_error *err)
{
    uint8_t b[VLT_RECORD_WRAP];
    bool left = false;
    enum vault_status st = vlt_wrap_get(n->v->store, x->row.rid, b, err);

    if (st == VAULT_OK)
        st = vlt_reseal_wrap(&n->r, &x->row.head, b, &left, err);
    if (st == VAULT_E_NOT_FOUND || (st == VAULT_OK && left))
        return vlt_fail(err, VAULT_E_NO_KEY,
            "a chosen record is sealed to others only: it cannot go along");
    return st == VAULT_OK ? vlt_wrap_put(n->w->store, rid, b, err) : st;
}

static enum vault_status
put_segments(struct vlt_renewing *n, const struct vlt_version *x, uint64_t rid,
    struct vault_error *err)
{
    const struct vlt_record_header *h = &x->row.head.h;
    uint8_t *room = malloc(VLT_SEGMENT_SEALED);
    uint64_t there = 0;
    uint64_t i;
    enum vault_status st = room == NULL
        ? vlt_fail_memory(err)
        : vlt_segment_count(n->v->store, x->row.rid, &there, err);

    if (st == VAULT_OK && there > vlt_segments(h->body_padded))
        st = vlt_fail(err, VAULT_E_TAMPERED, "a record has too many segments");
    for (i = 0; st == VAULT_OK && i < there; i++) {
        size_t len = vlt_segment_size(h->body_padded, i);

        st = vlt_segment_get(n->v->store, x->row.rid, i, room, len, err);
        if (st == VAULT_OK)
            st = vlt_segment_put(n->w->store, rid, i, room, len, err);
        if (st == VAULT_OK && !vlt_progress(&n->v->opt, i, there, true))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    free(room);
    return st;
}

/* What was withdrawn goes along as its tombstone: a later version may follow
 * it, or use its segments. */
static enum vault_status
put_version(struct vlt_renewing *n, const struct vlt_version *x,
    struct vault_error *err)
{
    struct vlt_entry take = {"take", x->row.head.h.id, x->row.head.h.version,
        x->row.stmt, NULL, -1};
    struct vlt_entry gone = take;
    struct vlt_record_row row;
    struct vlt_buf meta;
    uint64_t events = 0;
    uint64_t rid = 0;
    enum vault_status st = vlt_record_next_rid(n->w->store, &rid, err);

    gone.kind = "withdraw";
    vlt_buf_init(&meta, VLT_META_MAX + 16);
    if (st == VAULT_OK)
        st = vlt_record_by_rid(n->v->store, x->row.rid, &row, &meta, err);
    if (st == VAULT_OK)
        st = vlt_record_put(n->w->store, rid, &row.head,
            x->withdrawn ? NULL : row.meta, x->withdrawn ? 0 : row.meta_len,
            err);
    if (st == VAULT_OK)
        st = put_segments(n, x, rid, err);
    if (st == VAULT_OK && !x->withdrawn)
        st = put_wrap(n, x, rid, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf(n->w, &take, err);
    if (st == VAULT_OK && x->withdrawn) /* as a withdrawal leaves it */
        st = vlt_events_destroy(n->w->store, x->row.head.h.id,
            x->row.head.h.version, &events, err);
    if (st == VAULT_OK && x->withdrawn)
        st = vlt_action_leaf(n->w, &gone, err);
    vlt_buf_clear(&meta);
    n->done.versions += st == VAULT_OK && !x->withdrawn;
    return st;
}

static enum vault_status
put_record(struct vlt_renewing *n, const uint8_t id[16],
    struct vault_error *err)
{
    struct vlt_history h;
    enum vault_status st = vlt_history_load(n->v, id, &h, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    if (h.foreign)
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            "sanduq share gives it out again",
            "a chosen record is another vault's: only own ones go along");
    else if (h.planted)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this record as it is stored");
    else if (h.newest == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "a chosen record is withdrawn already");
    for (i = 0; st == VAULT_OK && i < h.n; i++)
        st = put_version(n, &h.v[i], err);
    vlt_history_clear(&h);
    return st;
}

static bool
named_before(const struct vlt_renew_options *o, size_t at)
{
    size_t i;

    for (i = 0; i < at; i++) {
        if (memcmp(o->id[i], o->id[at], 16) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_renew_chosen(struct vlt_renewing *n, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n->o->ids; i++) {
        if (!named_before(n->o, i))
            st = put_record(n, n->o->id[i], err);
    }
    return st;
}
