/* SPDX-License-Identifier: Apache-2.0 */
/* share_add.c: adding records to a bundle, and what is in it so far */
#include <stdlib.h>
#include <string.h>

#include <vault/compartments.h>
#include "fail.h"
#include "record_open.h"
#include "sharing.h"

static enum vault_status
begin(struct vault_share *s, struct vault_error *err)
{
    enum vault_status st;

    if (s->recipients == 0)
        return vlt_fail(err, VAULT_E_USAGE, "recipients come first");
    st = vlt_read_begin(s->v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_share_had_load(s, err);
    if (st != VAULT_OK)
        vlt_store_rollback(s->v->store);
    return st;
}

enum vault_status
vault_share_add(struct vault_share *s, const uint8_t id[VAULT_ID],
    uint32_t version, struct vault_error *err)
{
    uint64_t hidden = s->count.hidden;
    enum vault_status st = begin(s, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_share_choose(s, id, version, NULL, false, err);
    vlt_store_rollback(s->v->store);
    if (st == VAULT_OK && s->count.hidden > hidden)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "its origin asked not to pass this record on: it is hidden");
    return st;
}

/* ---- many ---- */

struct found {
    uint8_t id[16];
    uint8_t stmt[32];
};
struct finding {
    struct vault_share *s;
    size_t n, cap;
    struct found *found;
    bool no_memory;
};

static int
take_found(struct finding *f, const uint8_t id[16], const uint8_t stmt[32])
{
    struct found *more = f->found;

    if (f->n == f->cap) {
        size_t cap = f->cap == 0 ? 256 : 2 * f->cap;

        more = realloc(more, cap * sizeof *more);
        f->no_memory = more == NULL;
        if (f->no_memory)
            return 1;
        f->found = more;
        f->cap = cap;
    }
    memcpy(more[f->n].id, id, 16);
    memcpy(more[f->n++].stmt, stmt, 32);
    return 0;
}

static int
take_record(void *ctx, const struct vault_record *r)
{
    uint8_t stmt[32];

    vlt_record_stmt(stmt, &r->head);
    return take_found(ctx, r->head.h.id, stmt);
}

static int
take_away(void *ctx, const struct vault_away *a)
{
    return take_found(ctx, a->id, a->statement);
}

/* What nobody here can open answers no question about what stands in it. */
static bool
asks_nothing(const struct vault_list_options *o)
{
    return o->type == NULL && o->tag == NULL && o->words_len == 0 &&
        o->since == INT64_MIN && o->until == INT64_MAX && o->limit == 0;
}

static int
take_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct finding *f = ctx;

    f->s->count.broken++;
    if (f->s->o.left != NULL)
        f->s->o.left(f->s->o.ctx, id, version, VAULT_SHARE_BROKEN, why);
    return 0;
}

/* One of many: what does not open keeps no other out. */
static enum vault_status
add_found(struct vault_share *s, const struct found *f, bool again,
    struct vault_error *err)
{
    struct vault_error why = {0};
    enum vault_status st = vlt_share_choose(s, f->id, 0, f->stmt, !again, &why);

    if (st == VAULT_E_POLICY) { /* sealed to others than these recipients */
        s->count.away++;
        if (s->o.left != NULL)
            s->o.left(s->o.ctx, f->id, 0, VAULT_SHARE_AWAY, &why);
        return VAULT_OK;
    }
    if (st != VAULT_E_TAMPERED && st != VAULT_E_NO_KEY &&
        st != VAULT_E_NOT_FOUND) {
        if (st != VAULT_OK && err != NULL)
            *err = why;
        return st;
    }
    s->count.broken++;
    if (s->o.left != NULL)
        s->o.left(s->o.ctx, f->id, 0, VAULT_SHARE_BROKEN, &why);
    return VAULT_OK;
}

enum vault_status
vault_share_add_list(struct vault_share *s,
    const struct vault_list_options *opt, bool again, struct vault_error *err)
{
    struct vault_list_options o = {.since = INT64_MIN, .until = INT64_MAX};
    struct finding f = {.s = s};
    enum vault_status st;
    size_t i;

    if (s->recipients == 0)
        return vlt_fail(err, VAULT_E_USAGE, "recipients come first");
    if (opt != NULL)
        o = *opt;
    o.walk = true;
    st = vault_list_records(s->v, &o, take_record, take_bad, &f, err);
    if (st == VAULT_OK && asks_nothing(&o))
        st = vault_away(s->v, NULL, take_away, &f, err);
    if (f.no_memory)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = begin(s, err);
    if (st == VAULT_OK) {
        for (i = 0; st == VAULT_OK && i < f.n; i++)
            st = add_found(s, &f.found[i], again, err);
        vlt_store_rollback(s->v->store);
    }
    free(f.found);
    return st;
}

/* ---- what is in it ---- */

static void
tell(struct vault_share_record *out, const struct vlt_share_item *i)
{
    memcpy(out->id, i->id, sizeof out->id);
    out->version = i->version;
    memcpy(out->statement, i->stmt, sizeof out->statement);
    out->part = i->use == VLT_ENTRY_PART;
    out->away = i->away;
}

enum vault_status
vault_share_each(const struct vault_share *s,
    int (*fn)(void *ctx, const struct vault_share_record *r), void *ctx,
    struct vault_error *err)
{
    struct vault_share_record r;
    size_t i;

    for (i = 0; i < s->n; i++) {
        tell(&r, &s->item[i]);
        if (fn(ctx, &r) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped");
    }
    return VAULT_OK;
}

enum vault_status
vault_share_remove(struct vault_share *s, const uint8_t statement[VAULT_HASH],
    struct vault_error *err)
{
    struct vlt_share_item *i = vlt_share_find(s, statement);

    if (i == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "this record is not in the bundle");
    *i = s->item[s->n - 1];
    s->n--;
    return vlt_share_index(s, err);
}

void
vault_share_plan(const struct vault_share *s, struct vault_share_plan *out)
{
    size_t i;

    *out = s->count;
    out->bytes = 128 * 1024 +
        1232 *
            (uint64_t)vlt_epoch_padded(VLT_EPOCH_BUNDLE,
                s->recipients == 0 ? 1 : (uint32_t)s->recipients);
    for (i = 0; i < s->n; i++) {
        out->whole += s->item[i].use == VLT_ENTRY_FULL;
        out->part += s->item[i].use == VLT_ENTRY_PART;
        out->heads += s->item[i].version - 1;
        out->originals += s->item[i].body;
        out->bytes += s->item[i].size + s->item[i].segments;
    }
}
