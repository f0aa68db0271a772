/* SPDX-License-Identifier: Apache-2.0 */
/* verify_body.c: sealed bodies by their hash, and with a secret by opening */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "body_out.h"
#include "fail.h"
#include "record_open.h"
#include "sealed_away.h"
#include "verify.h"

enum { PAGE = 32 };

struct item {
    uint64_t rid;
    struct vlt_record_head head;
    bool withdrawn;
    bool needed; /* a version that stands has its own segments as its body */
    bool there;  /* the row that its segments lie under is there */
};
struct bodies {
    struct vlt_verify *v;
    uint64_t last;
    size_t rows;
    size_t n;
    struct item at[PAGE];
    uint8_t *segment;
    uint64_t bodies;
    uint64_t bytes;
    uint64_t opened;
    uint64_t away; /* sealed to others, and the log says so */
};

/* Whose body is whose, among the versions of one record. */
static enum vault_status
look_at_versions(struct bodies *b, struct item *i, struct vault_error *err)
{
    const struct vlt_record_head *head = &i->head;
    struct vlt_version_rows l;
    enum vault_status st = vlt_record_versions(b->v->s, head->h.id, &l, err);
    size_t k;

    if (st != VAULT_OK)
        return st;
    i->needed = false;
    i->there = false;
    for (k = 0; st == VAULT_OK && k < l.n; k++) {
        bool gone = false;

        i->there = i->there || vlt_record_shares_body(&l.v[k].head, head);
        if (i->needed || !vlt_record_shares_body(head, &l.v[k].head))
            continue;
        st = vlt_record_withdrawn(b->v->s, &l.v[k].head.h, l.v[k].stmt, &gone,
            err);
        i->needed = !gone;
    }
    vlt_version_rows_clear(&l);
    return st;
}

static enum vault_status
take_row(void *ctx, const struct vlt_record_row *r, struct vault_error *err)
{
    struct bodies *b = ctx;
    struct item *i = &b->at[b->n];
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
    st = vlt_record_withdrawn(b->v->s, &r->head.h, stmt, &i->withdrawn, err);
    if (st == VAULT_OK &&
        (i->withdrawn || i->head.h.body_version != i->head.h.version))
        st = look_at_versions(b, i, err);
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
one_segment(struct bodies *b, const struct item *i, uint64_t n, size_t len,
    struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(b->v->s, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_segment_get(b->v->s, i->rid, n, b->segment, len, err);
    vlt_store_rollback(b->v->s);
    if (st == VAULT_E_NOT_FOUND)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "segment %" PRIu64 " of the body is missing", n);
    return st;
}

static enum vault_status
count_segments(struct bodies *b, const struct item *i, uint64_t want,
    struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = vlt_store_begin(b->v->s, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_segment_count(b->v->s, i->rid, &n, err);
    vlt_store_rollback(b->v->s);
    if (st == VAULT_OK && n > 0 && i->withdrawn && !i->needed)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "declared withdrawn, and its sealed body is still here");
    if (st == VAULT_OK && n != want)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "%" PRIu64 " segments of the body instead of %" PRIu64, n, want);
    return st;
}

static enum vault_status
hash_body(struct bodies *b, const struct item *i, struct vault_error *err)
{
    const struct vlt_record_header *h = &i->head.h;
    bool own = h->body_version == h->version && i->needed;
    uint64_t want = own ? vlt_segments(h->body_padded) : 0;
    struct vlt_segments_hash hash;
    uint8_t got[32];
    enum vault_status st = count_segments(b, i, want, err);
    uint64_t n;

    if (st == VAULT_OK && h->body_version != 0 && !i->withdrawn && !i->there)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the version that holds the body is missing");
    if (st != VAULT_OK || !own)
        return st;
    vlt_segments_hash_init(&hash);
    for (n = 0; st == VAULT_OK && n < want; n++) {
        size_t len = vlt_segment_size(h->body_padded, n);

        st = one_segment(b, i, n, len, err);
        if (st == VAULT_OK)
            vlt_segments_hash_add(&hash, b->segment, len);
        b->v->done += len;
    }
    vlt_segments_hash_final(&hash, got);
    if (st == VAULT_OK && memcmp(got, i->head.b, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the sealed body was changed");
    b->bodies++;
    b->bytes += h->body_padded;
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
open_record(struct bodies *b, const struct item *i, struct vault_record **out,
    struct vault_error *err)
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
judge_away(struct bodies *b, const struct item *i, struct vault_error *err)
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
open_all(struct bodies *b, const struct item *i, struct vault_error *err)
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

static enum vault_status
judge_item(struct bodies *b, const struct item *i, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    const char *kind = "body";

    vlt_error_clear(&why);
    st = hash_body(b, i, &why);
    if (st == VAULT_OK && b->v->verdict.unlocked && !i->withdrawn) {
        kind = "content";
        st = open_all(b, i, &why);
    }
    if (st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY ||
        st == VAULT_E_FORMAT || st == VAULT_E_NEWER) {
        vlt_record_mismatch(b->v, kind, i->head.h.id, i->head.h.version, &why);
        return VAULT_OK;
    }
    return vlt_judge(b->v, kind, st, &why, err);
}

static enum vault_status
judge_page(struct bodies *b, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(b->v->s, false, err);
    struct vault_error why;
    size_t i;

    b->n = 0;
    b->rows = 0;
    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = vlt_records(b->v->s, b->last, false, PAGE, take_row, b, &why);
    vlt_store_rollback(b->v->s);
    /* a malformed row had its line before */
    if (st != VAULT_OK)
        return vlt_judge(b->v, "body", st, &why, err);
    for (i = 0; st == VAULT_OK && i < b->n; i++)
        st = judge_item(b, &b->at[i], err);
    return st;
}

enum vault_status
vlt_verify_bodies(struct vlt_verify *v, struct vault_error *err)
{
    struct bodies *b = calloc(1, sizeof *b);
    uint64_t failed = v->verdict.failed;
    enum vault_status st = VAULT_OK;

    if (b == NULL || (b->segment = malloc(VLT_SEGMENT_SEALED)) == NULL) {
        free(b);
        return vlt_fail_memory(err);
    }
    b->v = v;
    do
        st = judge_page(b, err);
    while (st == VAULT_OK && b->rows == PAGE);
    if (st == VAULT_OK && v->verdict.failed == failed) {
        vlt_held(v, "body", b->bodies,
            "%" PRIu64 " sealed bodies (%" PRIu64
            " bytes) unchanged since they were sealed",
            b->bodies, b->bytes);
        if (v->verdict.unlocked)
            vlt_held(v, "content", b->opened,
                "%" PRIu64 " record versions "
                "opened: fields and bodies are what was committed to",
                b->opened);
    }
    if (st == VAULT_OK && b->away > 0)
        vlt_not_seen(v, "compartment", b->away,
            "%" PRIu64 " record versions are sealed to compartments that this "
            "vault is not in: only their members can see what they hold",
            b->away);
    free(b->segment);
    free(b);
    return st;
}

/* ---- events ---- */

struct events {
    struct vlt_verify *v;
    uint64_t n;
};

static enum vault_status
take_event(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct events *e = ctx;
    struct vlt_fields f;
    struct vault_error why;
    enum vault_status st;

    /* one that is gone was judged with the lines (verify_rows.c) */
    if (r->evct == NULL)
        return VAULT_OK;
    vlt_fields_init(&f);
    vlt_error_clear(&why);
    st = vlt_event_read(e->v->v, r, &f, &why);
    vlt_fields_clear(&f);
    if (st == VAULT_OK) {
        e->n++;
        return st;
    }
    if (st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY ||
        st == VAULT_E_FORMAT || st == VAULT_E_NEWER) {
        vlt_mismatch(e->v, "event", "log %" PRIu64 ", line %" PRIu64 ": %s",
            r->log, r->idx, why.message);
        return VAULT_OK;
    }
    return vlt_judge(e->v, "event", st, &why, err);
}

enum vault_status
vlt_verify_events(struct vlt_verify *v, struct vault_error *err)
{
    struct events e = {v, 0};
    uint64_t failed = v->verdict.failed;
    struct vault_error why;
    enum vault_status st = vlt_store_begin(v->s, false, err);
    size_t i;

    vlt_error_clear(&why);
    for (i = 0; st == VAULT_OK && i < v->logs; i++)
        st = vlt_leaves(v->s, v->log[i].n, 0, take_event, &e, &why);
    vlt_store_rollback(v->s);
    st = vlt_judge(v, "event", st, &why, err);
    if (st == VAULT_OK && v->verdict.failed == failed)
        vlt_held(v, "event", e.n,
            "%" PRIu64 " lines of the log opened: what they say is what they "
            "committed to",
            e.n);
    return st;
}
