/* SPDX-License-Identifier: Apache-2.0 */
/* verify_body.c: sealed bodies by their hash, and with a secret by opening */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "body_out.h"
#include "fail.h"
#include "record_open.h"
#include "sealed_away.h"
#include "verify_hash.h"
#include "verify_ids.h"
#include "verify_quick.h"

enum { PAGE = 32 };

struct vlt_bodies {
    struct vlt_verify *v;
    struct vlt_hasher *hasher;
    uint64_t last; /* row of the page */
    bool over;     /* no row comes after it */
    size_t rows;
    size_t n;
    size_t k; /* the item whose segments are named now */
    struct vlt_body_item at[PAGE];
    bool begun;
    uint64_t segments; /* of an item that has begun, and those named already */
    uint64_t named;
    enum vault_status looked; /* at it */
    struct vault_error why;
    uint64_t bodies;
    uint64_t bytes;
    uint64_t opened;
    uint64_t away; /* sealed to others, and the log says so */
};

/* Whose body is whose, among the versions of one record. */
static enum vault_status
look_at_versions(struct vlt_bodies *b, struct vlt_id_seen *seen,
    struct vlt_body_item *i, struct vault_error *err)
{
    const struct vlt_record_head *head = &i->head;
    const struct vlt_version_rows *l;
    enum vault_status st = vlt_id_versions(b->v, seen, &l, err);
    size_t k;

    if (st != VAULT_OK)
        return st;
    i->needed = false;
    i->there = false;
    for (k = 0; st == VAULT_OK && k < l->n; k++) {
        const struct vlt_version_row *r = &l->v[k];
        bool gone = false;

        i->there = i->there || vlt_record_shares_body(&r->head, head);
        if (i->needed || !vlt_record_shares_body(head, &r->head))
            continue;
        st = vlt_id_withdrawn(b->v, seen, r->head.h.version, r->stmt, &gone,
            err);
        i->needed = !gone;
    }
    return st;
}

static enum vault_status
take_row(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct vlt_bodies *b = ctx;
    struct vlt_body_item *i = &b->at[b->n];
    struct vlt_id_seen *seen = NULL;
    uint8_t stmt[32];
    enum vault_status st;

    b->rows++;
    b->last = r->rid;
    if (r->foreign)
        return VAULT_OK;
    i->rid = r->rid;
    i->head = r->head;
    i->needed = true;
    i->there = true;
    b->n++;
    vlt_record_stmt(stmt, &r->head);
    st = vlt_id_look(b->v, r->head.h.id, &seen, err);
    if (st == VAULT_OK)
        st = vlt_id_withdrawn(b->v, seen, r->head.h.version, stmt,
            &i->withdrawn, err);
    if (st == VAULT_OK &&
        (i->withdrawn || i->head.h.body_version != i->head.h.version))
        st = look_at_versions(b, seen, i, err);
    return st;
}

static enum vault_status
fetch(void *ctx, uint64_t n, uint8_t *out, size_t len, struct vault_error *err)
{
    struct vault_record *r = ctx;
    enum vault_status st = vlt_store_begin(r->v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_segment_get(r->v->store, r->body_rid, n, out, len, err);
    vlt_store_rollback(r->v->store);
    return st;
}

/* ---- without a secret: the hash over the segments ---- */

static enum vault_status
count_segments(struct vlt_bodies *b, const struct vlt_body_item *i,
    uint64_t want, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = vlt_segment_count(b->v->s, i->rid, &n, err);

    if (st == VAULT_OK && n > 0 && i->withdrawn && !i->needed)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "declared withdrawn, and its sealed body is still here");
    if (st == VAULT_OK && n != want)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "%" PRIu64 " segments of the body instead of %" PRIu64, n, want);
    return st;
}

/* Whether the body is there, by its number of segments. */
static enum vault_status
look_at_body(struct vlt_bodies *b, struct vlt_body_item *i,
    struct vault_error *err)
{
    const struct vlt_record_header *h = &i->head.h;
    enum vault_status st;

    i->own = h->body_version == h->version && i->needed;
    b->segments = i->own ? vlt_segments(h->body_padded) : 0;
    st = count_segments(b, i, b->segments, err);
    if (st == VAULT_OK && h->body_version != 0 && !i->withdrawn && !i->there)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the version that holds the body is missing");
    if (st != VAULT_OK)
        b->segments = 0;
    return st;
}

/* The segments of an item, as far as there is room. */
static void
name_item(struct vlt_bodies *b)
{
    struct vlt_body_item *i = &b->at[b->k];

    if (!b->begun) {
        vlt_error_clear(&b->why);
        b->looked = look_at_body(b, i, &b->why);
        b->begun = true;
        b->named = 0;
    }
    for (; b->named < b->segments && vlt_hasher_room(b->hasher); b->named++)
        vlt_hasher_add(b->hasher, i->rid, b->named,
            vlt_segment_size(i->head.h.body_padded, b->named));
    if (b->named < b->segments || !vlt_hasher_room(b->hasher))
        return;
    vlt_hasher_end(b->hasher, i, b->looked, &b->why);
    b->begun = false;
    b->k++;
}

/* On failure it can be tried again. */
static enum vault_status
next_page(struct vlt_bodies *b, struct vault_error *err)
{
    uint64_t last = b->last;
    enum vault_status st;

    b->n = 0;
    b->k = 0;
    b->rows = 0;
    if (b->v->quick != NULL && !b->v->verdict.unlocked)
        b->last = vlt_quick_no_bodies(b->v->quick, b->last);
    st = vlt_records(b->v->s, b->last, false, PAGE, take_row, b, err);
    b->over = st == VAULT_OK && b->rows < PAGE;
    if (st != VAULT_OK) {
        b->last = last;
        b->n = 0;
    }
    return st;
}

static bool
all_named(const struct vlt_bodies *b)
{
    return b->over && b->k == b->n;
}

/* Within a transaction. */
static enum vault_status
name_some(struct vlt_bodies *b, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && !all_named(b) && vlt_hasher_room(b->hasher)) {
        if (b->k < b->n)
            name_item(b);
        else
            st = next_page(b, err);
    }
    return st;
}

/* ---- with a secret: everything opens and is what was committed to ---- */

static enum vault_status
discard(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)ctx;
    (void)p;
    (void)n;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
open_record(struct vlt_bodies *b, const struct vlt_body_item *i,
    struct vault_record **out, struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_buf meta;
    struct vault *v = b->v->v;
    enum vault_status st = vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&meta, VLT_META_MAX + 16);
    st = vlt_record_by_rid(v->store, i->rid, &row, &meta, err);
    if (st == VAULT_OK)
        st = vlt_record_unseal(v, &row, false, out, err);
    vlt_buf_clear(&meta);
    vlt_store_rollback(v->store);
    return st;
}

/* Whoever it is sealed to can judge what it holds. */
static enum vault_status
judge_away(struct vlt_bodies *b, const struct vlt_body_item *i,
    struct vault_error *err)
{
    struct vault_error why;
    struct vault *v = b->v->v;
    bool away = false;
    enum vault_status st = vlt_store_begin(v->store, false, &why);

    if (st == VAULT_OK) {
        st = vlt_away_look(v, i->rid, &i->head, &away, NULL, &why);
        vlt_store_rollback(v->store);
    }
    if (st != VAULT_OK && err != NULL)
        *err = why;
    if (st != VAULT_OK || !away) /* err says what opening it said */
        return st != VAULT_OK ? st : VAULT_E_NO_KEY;
    b->away++;
    vlt_error_clear(err);
    return VAULT_OK;
}

static enum vault_status
open_all(struct vlt_bodies *b, const struct vlt_body_item *i,
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    struct vlt_body_out out;
    enum vault_status st = open_record(b, i, &r, err);

    if (st == VAULT_OK && r->head.h.body_version != 0) {
        out = (struct vlt_body_out){&r->head, &r->meta, &r->body, fetch, r,
            discard, NULL, NULL};
        st = vlt_body_stream(&out, err);
    }
    vault_record_close(r);
    if (st == VAULT_E_NO_KEY)
        return judge_away(b, i, err);
    if (st == VAULT_OK)
        b->opened++;
    return st;
}

/* ---- both ---- */

/* What was read of a body, and the hash over it; in the order of the rows. */
static enum vault_status
judge_item(void *ctx, const struct vlt_body_item *i, enum vault_status st,
    struct vault_error *why, const uint8_t hash[32], struct vault_error *err)
{
    struct vlt_bodies *b = ctx;
    const char *kind = "body";

    if (st == VAULT_OK && i->own) {
        if (memcmp(hash, i->head.b, 32) != 0)
            st = vlt_fail(why, VAULT_E_TAMPERED, "the sealed body was changed");
        b->bodies++;
        b->bytes += i->head.h.body_padded;
    }
    if (st == VAULT_OK && b->v->verdict.unlocked && !i->withdrawn) {
        kind = "content";
        st = open_all(b, i, why);
    }
    if (st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY ||
        st == VAULT_E_FORMAT || st == VAULT_E_NEWER) {
        vlt_record_mismatch(b->v, kind, i->head.h.id, i->head.h.version, why);
        return VAULT_OK;
    }
    return vlt_judge(b->v, kind, st, why, err);
}

/* No transaction is open while somebody is told something. */
static enum vault_status
judge_some(struct vlt_bodies *b, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status named = VAULT_OK;
    enum vault_status st = vlt_store_begin(b->v->s, false, err);

    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = vlt_verify_unchanged(b->v, err);
    if (st == VAULT_OK)
        named = name_some(b, &why);
    if (st == VAULT_OK)
        st = vlt_hasher_settle(b->hasher, err);
    vlt_store_rollback(b->v->s);
    if (st == VAULT_OK)
        st = vlt_hasher_tell(b->hasher, err);
    if (st != VAULT_OK || named == VAULT_OK)
        return st;
    /* a malformed row had its line before, and nothing after it is reached */
    b->over = true;
    return vlt_judge(b->v, "body", named, &why, err);
}

static void
say_bodies(const struct vlt_bodies *b, bool held)
{
    struct vlt_verify *v = b->v;

    if (held)
        vlt_held(v, "body", b->bodies,
            "%" PRIu64 " sealed bodies (%" PRIu64
            " bytes) unchanged since they were sealed",
            b->bodies, b->bytes);
    if (held && v->verdict.unlocked)
        vlt_held(v, "content", b->opened,
            "%" PRIu64 " record versions "
            "opened: fields and bodies are what was committed to",
            b->opened);
    if (b->away > 0)
        vlt_not_seen(v, "compartment", b->away,
            "%" PRIu64 " record versions are sealed to compartments that this "
            "vault is not in: only their members can see what they hold",
            b->away);
}

static enum vault_status
begin(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_bodies *b;
    enum vault_status st;

    if (v->bodies != NULL)
        return VAULT_OK;
    b = calloc(1, sizeof *b);
    if (b == NULL)
        return vlt_fail_memory(err);
    b->v = v;
    st = vlt_hasher_new(v, judge_item, b, &b->hasher, err);
    if (st != VAULT_OK) {
        free(b);
        return st;
    }
    v->bodies = b;
    return VAULT_OK;
}

void
vlt_bodies_free(struct vlt_bodies *b)
{
    if (b != NULL)
        vlt_hasher_free(b->hasher);
    free(b);
}

void
vlt_verify_bodies_ahead(struct vlt_verify *v)
{
    struct vault_error why;

    if (v->audit || !vlt_structure_busy(v) || begin(v, &why) != VAULT_OK)
        return;
    while (vlt_structure_busy(v) && !all_named(v->bodies) &&
        vlt_hasher_room(v->bodies->hasher)) {
        if (name_some(v->bodies, &why) != VAULT_OK ||
            vlt_hasher_read(v->bodies->hasher, &why) != VAULT_OK)
            return; /* it fails again when it is told */
    }
}

enum vault_status
vlt_verify_bodies(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t failed = v->verdict.failed;
    enum vault_status st = begin(v, err);

    if (st != VAULT_OK)
        return st;
    do
        st = judge_some(v->bodies, err);
    while (st == VAULT_OK && !all_named(v->bodies));
    if (st == VAULT_OK)
        say_bodies(v->bodies, v->verdict.failed == failed);
    return st;
}
