/* SPDX-License-Identifier: Apache-2.0 */
/* verify_hash.c: bodies read by one thread and hashed by all, in order */
#include "verify_hash.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "pool.h"

/*
 * Segments are laid into slabs of one large segment or many small ones. A full
 * slab is hashed by whichever thread is free; slabs form a ring, and the oldest
 * is told of when its place is needed again.
 */
enum { PIECES = 64, SLABS_PER_THREAD = 2, SLABS = 24, SMALL_BYTES = 8 << 20 };

/* One segment, and behind the last one of an item the item. */
struct piece {
    size_t at;
    size_t len; /* 0: no segment, only the end of an item */
    uint8_t seg[32];
    bool end;
    enum vault_status st;
    struct vlt_body_item item;
};

struct slab {
    struct vlt_job job;
    uint8_t *p;
    size_t len;
    size_t n;
    bool full; /* an error is its last piece, or it was given away */
    struct vault_error why;
    struct piece piece[PIECES];
};

struct vlt_hasher {
    struct vlt_verify *v;
    vlt_hashed_fn *fn;
    void *ctx;
    struct vlt_segments_hash hash; /* of the item that is told next */
    size_t slabs;
    size_t oldest;  /* not told yet; those from here to now, round the ring, */
    size_t waiting; /* are so many */
    struct slab *slab[SLABS];
};

static void
hash_slab(void *ctx)
{
    struct slab *s = ctx;
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (s->piece[i].len > 0)
            vlt_blake2b(s->piece[i].seg, s->p + s->piece[i].at,
                s->piece[i].len);
    }
}

static struct slab *
slab_new(void)
{
    struct slab *s = calloc(1, sizeof *s);

    if (s != NULL)
        s->p = malloc(VLT_SEGMENT_SEALED);
    if (s == NULL || s->p == NULL) {
        free(s);
        return NULL;
    }
    return s;
}

enum vault_status
vlt_hasher_new(struct vlt_verify *v, vlt_hashed_fn *fn, void *ctx,
    struct vlt_hasher **out, struct vault_error *err)
{
    struct vlt_hasher *h = calloc(1, sizeof *h);
    uint64_t size = 0;
    unsigned threads;
    size_t want;

    if (h == NULL)
        return vlt_fail_memory(err);
    h->v = v;
    h->fn = fn;
    h->ctx = ctx;
    vlt_segments_hash_init(&h->hash);
    if (vlt_store_bytes(v->s, &size, NULL) != VAULT_OK)
        size = 0;
    threads = vlt_verify_threads(v, size / SMALL_BYTES);
    want = threads == 1 ? 1 : (size_t)threads * SLABS_PER_THREAD + 1;
    for (; h->slabs < want && h->slabs < SLABS; h->slabs++) {
        h->slab[h->slabs] = slab_new();
        if (h->slab[h->slabs] == NULL)
            break;
    }
    if (h->slabs == 0) {
        vlt_hasher_free(h);
        return vlt_fail_memory(err);
    }
    *out = h;
    return VAULT_OK;
}

/* The one that is being filled. */
static struct slab *
now(const struct vlt_hasher *h)
{
    assert(h->slabs > 0);
    return h->slab[(h->oldest + h->waiting) % h->slabs];
}

void
vlt_hasher_free(struct vlt_hasher *h)
{
    size_t i;

    if (h == NULL)
        return;
    for (; h->slabs > 0 && h->waiting > 0; h->waiting--) {
        if (h->v->pool != NULL)
            vlt_pool_wait(h->v->pool, &h->slab[h->oldest]->job);
        h->oldest = (h->oldest + 1) % h->slabs;
    }
    for (i = 0; i < h->slabs; i++) {
        free(h->slab[i]->p);
        free(h->slab[i]);
    }
    free(h);
}

bool
vlt_hasher_begins(const struct vlt_hasher *h)
{
    return !now(h)->full && now(h)->n < PIECES;
}

uint8_t *
vlt_hasher_room(struct vlt_hasher *h, size_t len)
{
    struct slab *s = now(h);

    assert(len <= VLT_SEGMENT_SEALED);
    /* one piece is left for the end of an item */
    if (s->full || s->n + 1 >= PIECES || len > VLT_SEGMENT_SEALED - s->len)
        return NULL;
    return s->p + s->len;
}

void
vlt_hasher_add(struct vlt_hasher *h, size_t len)
{
    struct slab *s = now(h);
    struct piece *p = &s->piece[s->n++];

    p->at = s->len;
    p->len = len;
    p->end = false;
    s->len += len;
}

void
vlt_hasher_end(struct vlt_hasher *h, const struct vlt_body_item *i,
    enum vault_status st, const struct vault_error *why)
{
    struct slab *s = now(h);
    struct piece *p;

    /* with its last segment, unless it has none in this slab */
    if (s->n == 0 || s->piece[s->n - 1].end)
        s->piece[s->n++].len = 0;
    p = &s->piece[s->n - 1];
    p->end = true;
    p->st = st;
    p->item = *i;
    if (st != VAULT_OK) {
        s->why = *why;
        s->full = true;
    }
}

/* ---- telling ---- */

static enum vault_status
tell_piece(struct vlt_hasher *h, struct slab *s, const struct piece *p,
    struct vault_error *err)
{
    uint8_t hash[32];

    if (p->len > 0)
        vlt_segments_hash_join(&h->hash, p->seg);
    if (!p->end)
        return VAULT_OK;
    vlt_segments_hash_final(&h->hash, hash);
    vlt_segments_hash_init(&h->hash);
    return h->fn(h->ctx, &p->item, p->st, &s->why, hash, err);
}

static enum vault_status
tell_oldest(struct vlt_hasher *h, struct vault_error *err)
{
    struct slab *s = h->slab[h->oldest];
    enum vault_status st = VAULT_OK;
    size_t i;

    if (h->v->pool != NULL)
        vlt_pool_wait(h->v->pool, &s->job);
    h->oldest = (h->oldest + 1) % h->slabs;
    h->waiting--;
    if (vlt_verify_interrupt(h->v) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    for (i = 0; st == VAULT_OK && i < s->n; i++)
        st = tell_piece(h, s, &s->piece[i], err);
    s->n = 0;
    s->len = 0;
    s->full = false;
    return st;
}

/* What lies in the slab of now, to whoever is free. */
static void
give_away(struct vlt_hasher *h)
{
    struct slab *s = now(h);

    s->full = true;
    h->waiting++;
    if (h->v->pool != NULL)
        vlt_pool_add(h->v->pool, &s->job, hash_slab, s);
    else
        hash_slab(s);
}

enum vault_status
vlt_hasher_make_room(struct vlt_hasher *h, struct vault_error *err)
{
    give_away(h);
    return h->waiting == h->slabs ? tell_oldest(h, err) : VAULT_OK;
}

enum vault_status
vlt_hasher_finish(struct vlt_hasher *h, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (now(h)->n > 0)
        give_away(h);
    while (st == VAULT_OK && h->waiting > 0)
        st = tell_oldest(h, err);
    return st;
}
