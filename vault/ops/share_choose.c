/* SPDX-License-Identifier: Apache-2.0 */
/* share_choose.c: which versions go into a bundle, and how much of them */
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "fail.h"
#include "foreign.h"
#include "history.h"
#include "record_open.h"
#include "sharing.h"
#include "untrusted.h"

/* ---- the list of items, found by their statements ---- */

static size_t
place(const struct vault_share *s, const uint8_t stmt[32])
{
    size_t at = (size_t)vlt_load_u64(stmt) & (s->slots - 1);

    while (s->slot[at] != 0 &&
        memcmp(s->item[s->slot[at] - 1].stmt, stmt, 32) != 0)
        at = (at + 1) & (s->slots - 1);
    return at;
}

enum vault_status
vlt_share_index(struct vault_share *s, struct vault_error *err)
{
    size_t slots = 64, i;
    size_t *slot;

    while (slots < 4 * (s->n + 1))
        slots *= 2;
    slot = calloc(slots, sizeof *slot);
    if (slot == NULL)
        return vlt_fail_memory(err);
    free(s->slot);
    s->slot = slot;
    s->slots = slots;
    for (i = 0; i < s->n; i++)
        slot[place(s, s->item[i].stmt)] = i + 1;
    return VAULT_OK;
}

struct vlt_share_item *
vlt_share_find(const struct vault_share *s, const uint8_t stmt[32])
{
    size_t at;

    if (s->slots == 0)
        return NULL;
    at = s->slot[place(s, stmt)];
    return at != 0 ? &s->item[at - 1] : NULL;
}

enum vault_status
vlt_share_push(struct vault_share *s, const struct vlt_share_item *item,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? 64 : 2 * s->cap;
        struct vlt_share_item *more = realloc(s->item, cap * sizeof *more);

        if (more == NULL)
            return vlt_fail_memory(err);
        s->item = more;
        s->cap = cap;
    }
    if (2 * (s->n + 1) >= s->slots)
        st = vlt_share_index(s, err);
    if (st != VAULT_OK)
        return st;
    s->slot[place(s, item->stmt)] = s->n + 1;
    s->item[s->n++] = *item;
    return VAULT_OK;
}

/* ---- one row ---- */

void
vlt_share_row_init(struct vlt_share_row *r)
{
    memset(&r->row, 0, sizeof r->row);
    vlt_buf_init(&r->meta, VLT_META_MAX + 16);
}

void
vlt_share_row_clear(struct vlt_share_row *r)
{
    vlt_buf_clear(&r->meta);
}

enum vault_status
vlt_share_row(struct vault_share *s, const struct vlt_share_item *item,
    struct vlt_share_row *out, struct vault_error *err)
{
    uint8_t stmt[32], m[32];
    enum vault_status st =
        vlt_any_row(s->v, item->rid, &out->row, &out->meta, err);

    if (st != VAULT_OK)
        return st;
    vlt_record_stmt(stmt, &out->row.head);
    if (memcmp(stmt, item->stmt, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a record's row was changed since it was chosen");
    if (out->row.meta == NULL)
        return VAULT_OK;
    vlt_blake2b(m, out->row.meta, out->row.meta_len);
    return memcmp(m, out->row.head.m, 32) == 0
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_TAMPERED, "the sealed metadata were changed");
}

/* ---- what is here only in part ---- */

struct holding {
    const struct vlt_record_head *head;
    struct vlt_extract *x;
    size_t n;
};

/* A copy, by what sealing a part of it gives and opening that. */
static enum vault_status
copy_extract(struct vlt_extract *out, const struct vlt_extract *x,
    const struct vlt_record_head *head, struct vault_error *err)
{
    struct vlt_xk *xk = vlt_xk_new();
    bool *all = malloc(x->fields.n + 1);
    struct vlt_buf b;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&b, VLT_EXTRACT_MAX);
    if (xk == NULL || all == NULL)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK) {
        memset(all, true, x->fields.n + 1);
        vlt_random(xk->b, sizeof xk->b);
        st = vlt_extract_seal_part(&b, head, x, all, xk, err);
    }
    if (st == VAULT_OK)
        st = vlt_extract_open(out, b.p, b.len, head, xk, err);
    vlt_buf_clear(&b);
    free(all);
    vlt_xk_free(xk);
    return st;
}

static enum vault_status
take_extract(void *ctx, uint64_t n, const struct vlt_extract *x,
    struct vault_error *err)
{
    struct holding *h = ctx;

    (void)n;
    if (h->n++ == 0)
        return copy_extract(h->x, x, h->head, err);
    return vlt_extract_merge(h->x, x, h->head, err);
}

enum vault_status
vlt_share_held(struct vault_share *s, const struct vlt_share_item *item,
    const struct vlt_record_head *head, struct vlt_extract *out,
    struct vault_error *err)
{
    struct vlt_extract x;
    struct holding h = {head, &x, 0};
    enum vault_status st;

    vlt_extract_init(&x);
    st = vlt_foreign_extracts(s->v, item->rid, head, take_extract, &h, err);
    if (st == VAULT_OK && h.n == 0)
        st = vlt_fail(err, VAULT_E_NO_KEY, "nothing of this record is here");
    if (st == VAULT_OK)
        *out = x;
    else
        vlt_extract_clear(&x);
    return st;
}

/* ---- how much of it ---- */

/* Counts the fields of l that are shown, those that are always shown apart. */
static size_t
count_shown(const struct vault_share *s, const struct vlt_fields *l,
    size_t *asked)
{
    size_t i, n = 0;

    *asked = 0;
    for (i = 0; i < l->n; i++) {
        const struct vlt_field *f = &l->f[i];
        bool given = (f->name_len == 4 && memcmp(f->name, "type", 4) == 0) ||
            (f->name_len == 11 && memcmp(f->name, "time.sealed", 11) == 0);

        if (!vlt_share_shows(s, f->name, f->name_len))
            continue;
        n++;
        *asked += !given;
    }
    return n;
}

static uint64_t
segment_bytes(const struct vlt_record_head *h)
{
    uint64_t i, n = vlt_segments(h->h.body_padded), sum = 0;

    if (n == 0)
        return 0;
    for (i = n - 1; i < n; i++)
        sum += vlt_segment_size(h->h.body_padded, i);
    return sum + (n - 1) * VLT_SEGMENT_SEALED;
}

/* use, body and size of a chosen row; *bare: nothing of it is to be shown. */
static enum vault_status
measure(struct vault_share *s, struct vlt_share_item *item, bool *bare,
    struct vault_error *err)
{
    struct vlt_share_row r;
    struct vlt_extract x;
    struct vlt_meta m;
    const struct vlt_fields *l;
    size_t asked = 0, n;
    enum vault_status st;

    vlt_share_row_init(&r);
    vlt_extract_init(&x);
    vlt_meta_init(&m);
    st = vlt_share_row(s, item, &r, err);
    if (st != VAULT_OK)
        goto out;
    item->held = r.row.meta == NULL;
    if (item->held)
        st = vlt_share_held(s, item, &r.row.head, &x, err);
    else
        st = vlt_record_meta(s->v, item->rid, &r.row.head, r.row.meta,
            r.row.meta_len, &m, err);
    if (st != VAULT_OK)
        goto out;
    l = item->held ? &x.fields : &m.fields;
    n = count_shown(s, l, &asked);
    *bare = asked == 0 && vlt_share_chooses(s) && n < l->n;
    item->use = item->held || n < l->n ? VLT_ENTRY_PART : VLT_ENTRY_FULL;
    item->body = r.row.head.h.body_version != 0 &&
        (item->held ? x.has_body : true) && vlt_share_shows(s, "body", 4);
    item->size = 1024 + (uint64_t)r.row.head.h.meta_padded;
    item->segments = item->body ? segment_bytes(&r.row.head) : 0;
out:
    vlt_meta_clear(&m);
    vlt_extract_clear(&x);
    vlt_share_row_clear(&r);
    return st;
}

/* A record that goes as it is need not be opened for that: its key must be at
 * hand, and what is written is compared with its statement. */
static enum vault_status
measure_whole(struct vault_share *s, struct vlt_share_item *item,
    const struct vlt_record_head *head, bool opened, struct vault_error *err)
{
    struct vlt_rk *rk = NULL;
    enum vault_status st = VAULT_OK;

    if (!opened)
        st = vlt_record_key(s->v, item->rid, head, &rk, err);
    vlt_rk_free(rk);
    item->use = VLT_ENTRY_FULL;
    item->body = head->h.body_version != 0;
    item->size = 1024 + (uint64_t)head->h.meta_padded;
    item->segments = item->body ? segment_bytes(head) : 0;
    return st;
}

/* ---- choosing ---- */

static void
left(struct vault_share *s, const struct vlt_share_item *item,
    enum vault_share_left why, const struct vault_error *err)
{
    uint64_t *count[] = {[VAULT_SHARE_HAD] = &s->count.had,
        [VAULT_SHARE_HIDDEN] = &s->count.hidden,
        [VAULT_SHARE_BARE] = &s->count.bare,
        [VAULT_SHARE_BROKEN] = &s->count.broken,
        [VAULT_SHARE_AWAY] = &s->count.away};

    ++*count[why];
    if (s->o.left != NULL)
        s->o.left(s->o.ctx, item->id, item->version, why, err);
}

/* Whether it came in with somebody's bundle, and whose. */
static enum vault_status
came_from(struct vault_share *s, const struct vlt_share_item *item,
    uint8_t from[32], struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st;

    memset(from, 0, 32);
    if (!item->foreign)
        return VAULT_OK;
    st = vlt_foreign_proof_get(s->v, item->rid, &p, err);
    if (st != VAULT_OK)
        return st;
    memcpy(from, p.from, 32);
    vlt_foreign_proof_clear(&p);
    return VAULT_OK;
}

/* What a revoked device sealed too late goes with its session's line, which
 * tells whose it is; what came in without its session has none. */
static enum vault_status
is_unproved(struct vault_share *s, const struct vlt_share_item *item, bool *out,
    struct vault_error *err)
{
    struct vlt_untrusted found = {.taken = false};
    enum vault_status st = VAULT_OK;

    if (!item->foreign && s->untrusted == NULL)
        st = vlt_untrusted_load(s->v, &s->untrusted, err);
    if (!item->foreign && st == VAULT_OK)
        st = vlt_untrusted_find(s->untrusted, item->id, item->version,
            item->stmt, &found, err);
    *out = found.taken;
    if (*out)
        (void)vlt_fail(err, VAULT_E_POLICY,
            "a revoked device sealed it after its last good state, and its "
            "session never came in: nobody would see whose it is");
    return st;
}

/* Add one version, or count why not; `opened`: a moment ago. */
static enum vault_status
take(struct vault_share *s, const struct vlt_version_row *r, bool unless_had,
    bool opened, struct vault_error *err)
{
    struct vlt_share_item item = {.rid = r->rid,
        .version = r->head.h.version,
        .foreign = r->foreign,
        .use = VLT_ENTRY_FULL};
    bool hidden = false, bare = false, unproved = false;
    struct vault_error why = {0};
    struct vlt_away away;
    uint8_t from[32];
    enum vault_status st;

    memcpy(item.id, r->head.h.id, 16);
    memcpy(item.stmt, r->stmt, 32);
    st = vlt_hidden(s->v, r->stmt, &hidden, err);
    if (st == VAULT_OK && hidden) {
        left(s, &item, VAULT_SHARE_HIDDEN, NULL);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = came_from(s, &item, from, err);
    if (st == VAULT_OK && unless_had &&
        vlt_share_had_all(s, r->stmt, r->head.h.origin, from, !r->meta)) {
        left(s, &item, VAULT_SHARE_HAD, NULL);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = is_unproved(s, &item, &unproved, &why);
    if (st != VAULT_OK && err != NULL && why.code != VAULT_OK)
        *err = why;
    if (st == VAULT_OK && unproved) {
        left(s, &item, VAULT_SHARE_BROKEN, &why);
        return VAULT_OK;
    }
    if (st == VAULT_OK && !r->foreign && r->meta && r->wrap)
        st = vlt_away_look(s->v, r->rid, &r->head, &item.away, &away, err);
    if (st == VAULT_OK && item.away)
        st = vlt_share_away_check(s, &away, err);
    if (st == VAULT_OK && !vlt_share_chooses(s) && r->meta && r->wrap)
        st = measure_whole(s, &item, &r->head, opened || item.away, err);
    else if (st == VAULT_OK)
        st = measure(s, &item, &bare, err);
    if (st == VAULT_OK && bare) {
        left(s, &item, VAULT_SHARE_BARE, NULL);
        return VAULT_OK;
    }
    return st == VAULT_OK ? vlt_share_push(s, &item, err) : st;
}

static enum vault_status
take_once(struct vault_share *s, const struct vlt_version_row *r,
    bool unless_had, bool opened, struct vault_error *err)
{
    return vlt_share_find(s, r->stmt) == NULL
        ? take(s, r, unless_had, opened, err)
        : VAULT_OK;
}

enum vault_status
vlt_share_choose(struct vault_share *s, const uint8_t id[16], uint32_t version,
    const uint8_t *stmt, bool unless_had, struct vault_error *err)
{
    const struct vlt_version *one;
    struct vlt_history h;
    size_t i;
    enum vault_status st = vlt_history_load(s->v, id, &h, err);

    if (st != VAULT_OK)
        return st;
    if (version != 0 || stmt != NULL || !h.conflict) {
        st = vlt_history_pick(&h, version, stmt, &one, err);
        if (st == VAULT_OK)
            st = take_once(s, &one->row, unless_had, stmt != NULL, err);
    } else {
        for (i = 0; st == VAULT_OK && i < h.n; i++) {
            if (vlt_history_shown(&h, &h.v[i]))
                st = take_once(s, &h.v[i].row, unless_had, false, err);
        }
    }
    vlt_history_clear(&h);
    return st;
}
