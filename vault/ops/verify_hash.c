/* SPDX-License-Identifier: Apache-2.0 */
/* verify_hash.c: bodies read and hashed by all threads, told in order */
#include "verify_hash.h"
#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "fail.h"
#include "nmark.h"
#include "pool.h"

/*
 * What is read at once is so much for each thread that the end, when the last
 * of them are waited for, counts for little, and so little that a writer is
 * let in soon.
 */
enum {
    PIECES = 4096,
    ITEMS = 512,
    LANES = 16,
    LANE_BYTES = 32 << 20,
    LANE_CACHE_KIB = 512,
    SMALL_BYTES = 8 << 20
};

struct piece {
    uint64_t rid;
    uint64_t n;
    size_t len;
    bool read;
    uint8_t seg[32];
};

struct ended {
    size_t upto; /* pieces; its own are those since the item before */
    struct vlt_body_item item;
    enum vault_status st;
    struct vault_error why;
    uint8_t hash[32];
};

/* One thread's: a handle, and room for a segment. */
struct lane {
    struct vlt_hasher *h;
    struct vlt_store *s;
    uint8_t *p;
    struct vlt_job job;
    bool runs;
};

struct vlt_hasher {
    struct vlt_verify *v;
    vlt_hashed_fn *fn;
    void *ctx;
    /* of the item that is being added to: what its segments so far came to */
    struct vlt_segments_hash hash;
    enum vault_status st;
    struct vault_error why;
    size_t items;
    size_t pieces;
    size_t tried;   /* pieces, from the first on, that were read or could not */
    uint64_t bytes; /* of those that were not tried yet */
    uint64_t done;  /* before these, for the progress */
    atomic_uint_least64_t hashed;
    atomic_size_t next;
    atomic_bool stop;
    bool opened; /* the lanes after the first were */
    size_t lanes;
    struct lane lane[LANES];
    struct ended item[ITEMS];
    struct piece piece[PIECES];
};

/* ---- lanes ---- */

static bool
lane_new(struct vlt_hasher *h, struct vlt_store *s)
{
    uint8_t *p = malloc(VLT_SEGMENT_SEALED);

    if (p == NULL)
        return false;
    h->lane[h->lanes++] = (struct lane){.h = h, .s = s, .p = p};
    return true;
}

static int
stopped(void *ctx)
{
    struct vlt_hasher *h = ctx;

    return atomic_load(&h->stop);
}

/* A twin of the handle for each other thread, as far as there are any. */
static void
open_lanes(struct vlt_hasher *h)
{
    struct vlt_store *s;
    uint64_t size = 0;
    unsigned threads;

    if (h->opened || h->bytes == 0)
        return;
    h->opened = true;
    if (vlt_store_bytes(h->v->s, &size, NULL) != VAULT_OK)
        return;
    threads = vlt_verify_threads(h->v, size / SMALL_BYTES);
    while (h->lanes < threads && h->lanes < LANES &&
        vlt_store_twin(h->v->s, stopped, h, &s, NULL) == VAULT_OK) {
        if (vlt_store_cache(s, LANE_CACHE_KIB, NULL) != VAULT_OK ||
            !lane_new(h, s)) {
            vlt_store_close(s);
            return;
        }
    }
}

enum vault_status
vlt_hasher_new(struct vlt_verify *v, vlt_hashed_fn *fn, void *ctx,
    struct vlt_hasher **out, struct vault_error *err)
{
    struct vlt_hasher *h = calloc(1, sizeof *h);

    if (h == NULL || !lane_new(h, v->s)) {
        free(h);
        return vlt_fail_memory(err);
    }
    h->v = v;
    h->fn = fn;
    h->ctx = ctx;
    vlt_segments_hash_init(&h->hash);
    *out = h;
    return VAULT_OK;
}

void
vlt_hasher_free(struct vlt_hasher *h)
{
    size_t i;

    if (h == NULL)
        return;
    for (i = 0; i < h->lanes; i++) {
        if (i > 0)
            vlt_store_close(h->lane[i].s);
        free(h->lane[i].p);
    }
    free(h);
}

/* ---- naming ---- */

bool
vlt_hasher_room(const struct vlt_hasher *h)
{
    size_t lanes = h->opened ? h->lanes : 1;

    return h->items < ITEMS && h->pieces < PIECES &&
        h->bytes < lanes * LANE_BYTES;
}

void
vlt_hasher_add(struct vlt_hasher *h, uint64_t rid, uint64_t n, size_t len)
{
    assert(h->pieces < PIECES && len <= VLT_SEGMENT_SEALED);
    h->piece[h->pieces++] = (struct piece){.rid = rid, .n = n, .len = len};
    h->bytes += len;
}

void
vlt_hasher_end(struct vlt_hasher *h, const struct vlt_body_item *i,
    enum vault_status st, const struct vault_error *why)
{
    struct ended *e = &h->item[h->items++];

    assert(h->items <= ITEMS);
    e->upto = h->pieces;
    e->item = *i;
    e->st = st;
    vlt_error_clear(&e->why);
    if (st != VAULT_OK)
        e->why = *why;
}

/* ---- reading ---- */

static enum vault_status
read_piece(const struct lane *l, struct piece *p, struct vault_error *err)
{
    enum vault_status st =
        vlt_segment_get(l->s, p->rid, p->n, l->p, p->len, err);

    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "segment %" PRIu64 " of the body is missing", p->n);
    if (st != VAULT_OK)
        return st;
    vlt_blake2b(p->seg, l->p, p->len);
    p->read = true;
    return VAULT_OK;
}

/* Only the caller's own thread asks him. */
static void
ask(struct vlt_hasher *h)
{
    h->v->done = h->done + atomic_load(&h->hashed);
    if (vlt_verify_interrupt(h->v) != 0)
        atomic_store(&h->stop, true);
}

/* Pieces, as long as there are any. */
static void
run_lane(void *ctx)
{
    struct lane *l = ctx;
    struct vlt_hasher *h = l->h;
    struct vault_error why;
    size_t i;

    while (!atomic_load(&h->stop)) {
        i = atomic_fetch_add(&h->next, 1);
        if (i >= h->pieces)
            return;
        /* what went wrong is asked again, in order */
        (void)!read_piece(l, &h->piece[i], &why);
        atomic_fetch_add(&h->hashed, h->piece[i].len);
        if (l == &h->lane[0])
            ask(h);
    }
}

static void
run_lanes(struct vlt_hasher *h)
{
    size_t i;

    atomic_store(&h->next, h->tried);
    atomic_store(&h->hashed, 0);
    h->done = h->v->done;
    for (i = 1; i < h->lanes && i < h->pieces - h->tried; i++) {
        struct lane *l = &h->lane[i];

        l->runs = vlt_store_in_transaction(l->s) ||
            vlt_store_begin(l->s, false, NULL) == VAULT_OK;
        if (l->runs)
            vlt_pool_add(h->v->pool, &l->job, run_lane, l);
    }
    run_lane(&h->lane[0]);
    for (i = 1; i < h->lanes; i++) {
        struct lane *l = &h->lane[i];

        if (l->runs && !vlt_pool_drop(h->v->pool, &l->job))
            vlt_pool_wait(h->v->pool, &l->job);
        l->runs = false;
        vlt_store_rollback(l->s);
    }
    h->tried = h->pieces;
    h->bytes = 0;
}

/* ---- putting together ---- */

static void
join(struct vlt_hasher *h, struct piece *p)
{
    if (h->st == VAULT_OK && !p->read)
        h->st = read_piece(&h->lane[0], p, &h->why);
    if (h->st == VAULT_OK)
        vlt_segments_hash_join(&h->hash, p->seg);
}

static void
finish(struct vlt_hasher *h, struct ended *e)
{
    if (h->st != VAULT_OK && e->st == VAULT_OK) {
        e->st = h->st;
        e->why = h->why;
    }
    vlt_segments_hash_final(&h->hash, e->hash);
    vlt_segments_hash_init(&h->hash);
    h->st = VAULT_OK;
    vlt_error_clear(&h->why);
}

static void
join_all(struct vlt_hasher *h)
{
    size_t at = 0;
    size_t i;

    for (i = 0; i < h->items; i++) {
        for (; at < h->item[i].upto; at++)
            join(h, &h->piece[at]);
        finish(h, &h->item[i]);
    }
    for (; at < h->pieces; at++) /* the item goes on */
        join(h, &h->piece[at]);
    h->pieces = 0;
    h->tried = 0;
}

enum vault_status
vlt_hasher_read(struct vlt_hasher *h, struct vault_error *err)
{
    open_lanes(h);
    run_lanes(h);
    ask(h);
    if (atomic_load(&h->stop))
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

enum vault_status
vlt_hasher_settle(struct vlt_hasher *h, struct vault_error *err)
{
    enum vault_status st = vlt_hasher_read(h, err);

    if (st == VAULT_OK)
        join_all(h);
    return st;
}

enum vault_status
vlt_hasher_tell(struct vlt_hasher *h, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < h->items; i++) {
        struct ended *e = &h->item[i];

        st = h->fn(h->ctx, &e->item, e->st, &e->why, e->hash, err);
    }
    h->items = 0;
    return st;
}
