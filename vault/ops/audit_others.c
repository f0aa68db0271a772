/* SPDX-License-Identifier: Apache-2.0 */
/* audit_others.c: records of other vaults that go along in an audit pack */
#include <stdlib.h>
#include <string.h>
#include "audit_rows.h"
#include "checkpoint.h"
#include "fail.h"
#include "foreign.h"
#include "packing.h"
#include "tlogproof.h"

/* ---- which of them ---- */

/* A row of f 1, as far as it matters here. */
struct row {
    uint64_t rid;
    struct vlt_record_head head;
    uint8_t stmt[32];
    bool own;    /* this vault's own record, come back from others */
    bool proved; /* by a line of its own, and here to be shown */
    bool bare;   /* a head that only precedes another version */
};

/* What was dropped, or is hidden by a request, is not given out. */
static enum vault_status
may_go(struct vault *v, struct row *r, struct vault_error *err)
{
    struct vlt_foreign_proof proof;
    bool hidden = false;
    enum vault_status st = vlt_foreign_proof_get(v, r->rid, &proof, err);

    if (st != VAULT_OK)
        return st;
    r->bare = proof.leaf.len == 0;
    if (!r->bare && proof.dropped == 0) {
        st = vlt_hidden(v, r->stmt, &hidden, err);
        r->proved = !hidden;
    }
    vlt_foreign_proof_clear(&proof);
    return st;
}

static enum vault_status
look(struct vault *v, uint64_t rid, struct row *out, struct vault_error *err)
{
    struct vlt_record_row row;
    enum vault_status st = vlt_any_row(v, rid, &row, NULL, err);

    if (st != VAULT_OK)
        return st;
    out->rid = rid;
    out->head = row.head;
    vlt_record_stmt(out->stmt, &row.head);
    out->own = memcmp(row.head.h.origin, v->id, 16) == 0;
    out->proved = false;
    out->bare = false;
    return out->own ? VAULT_OK : may_go(v, out, err);
}

static const struct vlt_version_row *
before(const struct vlt_version_rows *l, const struct vlt_record_header *h)
{
    size_t i;

    for (i = 0; h->version > 1 && i < l->n; i++) {
        if (l->v[i].head.h.version == h->version - 1 &&
            memcmp(l->v[i].stmt, h->prev, 32) == 0)
            return &l->v[i];
    }
    return NULL;
}

/* Back to the first version: one that waits for another proves nothing yet. */
static bool
is_whole(const struct vlt_version_rows *l, const struct vlt_record_head *head)
{
    const struct vlt_record_header *h = &head->h;

    while (h->version > 1) {
        const struct vlt_version_row *b = before(l, h);

        if (b == NULL)
            return false;
        h = &b->head.h;
    }
    return true;
}

/* ---- into the pack ---- */

static enum vault_status
put_head(struct vlt_packing *p, const struct vlt_version_row *b,
    struct vault_error *err)
{
    bool there = false;
    enum vault_status st = vlt_record_has_statement(p->file.out, b->head.h.id,
        b->head.h.version, b->stmt, &there, err);

    if (st != VAULT_OK || there)
        return st;
    p->told.heads++;
    return vlt_record_put(p->file.out, ++p->rid, &b->head, NULL, 0, err);
}

/* Those before it that do not go along by themselves, as heads. */
static enum vault_status
put_before(struct vlt_packing *p, const struct vlt_version_rows *l,
    const struct vlt_record_head *head, struct vault_error *err)
{
    const struct vlt_version_row *b = before(l, &head->h);
    enum vault_status st = VAULT_OK;

    for (; st == VAULT_OK && b != NULL; b = before(l, &b->head.h)) {
        struct row r;

        st = look(p->v, b->rid, &r, err);
        if (st == VAULT_OK && !r.proved)
            st = put_head(p, b, err);
    }
    return st;
}

static enum vault_status
put_proved(struct vlt_packing *p, const struct row *r, struct vault_error *err)
{
    struct vlt_share_item item = {.rid = r->rid,
        .version = r->head.h.version,
        .foreign = true};
    enum vault_status st;

    memcpy(item.id, r->head.h.id, 16);
    memcpy(item.stmt, r->stmt, 32);
    st = vlt_record_put(p->file.out, ++p->rid, &r->head, NULL, 0, err);
    if (st == VAULT_OK)
        st = vlt_share_proof(&p->file, &item, p->rid, err);
    p->told.others++;
    return st;
}

static enum vault_status
put_row(struct vlt_packing *p, const struct row *r, struct vault_error *err)
{
    struct vlt_version_rows l = {0, NULL};
    enum vault_status st = vlt_foreign_versions(p->v, r->head.h.id, &l, err);

    if (st == VAULT_OK && !is_whole(&l, &r->head)) {
        p->told.left++;
    } else if (st == VAULT_OK) {
        st = put_proved(p, r, err);
        if (st == VAULT_OK)
            st = put_before(p, &l, &r->head, err);
    }
    vlt_version_rows_clear(&l);
    return st;
}

enum vault_status
vlt_packing_others(struct vlt_packing *p, struct vault_error *err)
{
    uint64_t rid = 0;
    struct row r;
    enum vault_status st;

    for (;;) {
        st = vlt_audit_foreign_after(p->v->store, rid, &rid, err);
        if (st != VAULT_OK)
            break;
        st = look(p->v, rid, &r, err);
        if (st == VAULT_OK && r.proved)
            st = put_row(p, &r, err);
        else if (st == VAULT_OK && !r.bare)
            p->told.left++;
        if (st == VAULT_OK)
            st = vlt_packing_step(p, err);
        if (st != VAULT_OK)
            return st;
    }
    if (st != VAULT_E_NOT_FOUND)
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

/* ---- what would be shown ---- */

struct seen {
    uint8_t vault[16];
    uint64_t records;
    char origin[VLT_NAME_MAX + 1]; /* of a log that proves one of them */
};
struct looking {
    struct vault *v;
    size_t n;
    struct seen *at; /* ascending by vault */
};

static enum vault_status
origin_of(struct vault *v, uint64_t rid, char out[VLT_NAME_MAX + 1],
    struct vault_error *err)
{
    struct vlt_foreign_proof proof;
    struct vlt_tlogproof t;
    struct vlt_checkpoint c;
    struct vlt_note n;
    enum vault_status st = vlt_foreign_proof_get(v, rid, &proof, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_tlogproof_decode(&t, (const char *)proof.proof.p, proof.proof.len,
        err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&n, t.checkpoint, t.checkpoint_len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&c, n.text, n.text_len, err);
    if (st == VAULT_OK)
        memcpy(out, c.origin, sizeof c.origin);
    vlt_foreign_proof_clear(&proof);
    return st;
}

static enum vault_status
count_row(struct looking *l, const struct row *r, struct vault_error *err)
{
    struct seen *more;
    size_t i = 0;

    while (i < l->n && memcmp(l->at[i].vault, r->head.h.origin, 16) < 0)
        i++;
    if (i < l->n && memcmp(l->at[i].vault, r->head.h.origin, 16) == 0) {
        l->at[i].records++;
        return VAULT_OK;
    }
    more = realloc(l->at, (l->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    memmove(&more[i + 1], &more[i], (l->n - i) * sizeof *more);
    memset(&more[i], 0, sizeof more[i]);
    memcpy(more[i].vault, r->head.h.origin, 16);
    more[i].records = 1;
    l->n++;
    return origin_of(l->v, r->rid, more[i].origin, err);
}

/* The card that a log stands under. */
static void
card_of(const struct vlt_book *b, const struct seen *s,
    char out[VAULT_FINGERPRINT])
{
    struct vlt_replica r;
    struct vlt_session ss;
    struct vlt_device d;
    size_t len = 0;
    const char *note = vlt_book_log_note(b, s->origin, &len);

    out[0] = 0;
    if (note == NULL)
        return;
    if (!vlt_session_is(note, len)) {
        if (vlt_replica_parse(&r, note, len, NULL) != VAULT_OK)
            return;
        vlt_fingerprint_text(out, r.card);
        vlt_replica_clear(&r);
        return;
    }
    if (vlt_session_parse(&ss, note, len, NULL) != VAULT_OK)
        return;
    note = vlt_book_device_from(b, &ss, &len);
    if (note != NULL && vlt_device_parse(&d, note, len, NULL) == VAULT_OK)
        vlt_fingerprint_text(out, d.card);
}

static enum vault_status
count_all(struct looking *l, struct vault_error *err)
{
    uint64_t rid = 0, n = 0;
    struct row r;
    enum vault_status st;

    for (;;) {
        st = vlt_audit_foreign_after(l->v->store, rid, &rid, err);
        if (st == VAULT_OK)
            st = look(l->v, rid, &r, err);
        if (st == VAULT_OK && r.proved)
            st = count_row(l, &r, err);
        if (st == VAULT_OK && ++n % 64 == 0 &&
            !vlt_progress(&l->v->opt, n, 0, true))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
        if (st != VAULT_OK)
            break;
    }
    if (st != VAULT_E_NOT_FOUND)
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

static enum vault_status
tell_all(const struct looking *l, struct vlt_book *book,
    int (*fn)(void *ctx, const struct vault_pack_other *o), void *ctx,
    struct vault_error *err)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        struct vault_pack_other o;

        memset(&o, 0, sizeof o);
        memcpy(o.vault, l->at[i].vault, sizeof o.vault);
        o.records = l->at[i].records;
        card_of(book, &l->at[i], o.fingerprint);
        if (fn(ctx, &o) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    return VAULT_OK;
}

enum vault_status
vault_pack_others(struct vault *v,
    int (*fn)(void *ctx, const struct vault_pack_other *o), void *ctx,
    struct vault_error *err)
{
    struct looking l = {v, 0, NULL};
    struct vlt_book *book = NULL;
    enum vault_status st = vlt_need_vault(v, err);

    if (st == VAULT_OK)
        st = vlt_need_unlocked(v, err);
    if (st == VAULT_OK)
        st = vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = count_all(&l, err);
    if (st == VAULT_OK)
        st = vlt_book_load(v, &book, err);
    if (st == VAULT_OK)
        st = tell_all(&l, book, fn, ctx, err);
    vlt_store_rollback(v->store);
    vlt_book_free(book);
    free(l.at);
    return st;
}
