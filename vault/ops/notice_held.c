/* SPDX-License-Identifier: Apache-2.0 */
/* notice_held.c: which foreign records a notice names, and whose they are */
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "checkpoint.h"
#include "fail.h"
#include "foreign_rows.h"
#include "notice_work.h"
#include "session.h"
#include "tlogproof.h"

/* ---- by statement ---- */

/* A row whose head does not open is told by whoever lists or verifies. */
static enum vault_status
take_head(void *ctx, uint64_t rid, const uint8_t sealed[VLT_SEALED_HEAD],
    struct vault_error *err)
{
    struct vlt_notices *w = ctx;
    struct vlt_held *more = w->held;
    uint8_t head[VLT_RECORD_HEAD];
    struct vlt_record_head h;

    if (!vlt_foreign_cell_open(head, w->v->vmk, w->v->id, "head", rid, sealed,
            VLT_SEALED_HEAD) ||
        vlt_record_head_decode(&h, head, sizeof head, NULL) != VAULT_OK)
        return VAULT_OK;
    if ((w->held_len & (w->held_len - 1)) == 0)
        more = realloc(more,
            (w->held_len == 0 ? 1 : 2 * w->held_len) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    w->held = more;
    more += w->held_len++;
    vlt_record_stmt(more->stmt, &h);
    memcpy(more->id, h.h.id, 16);
    memcpy(more->origin, h.h.origin, 16);
    more->version = h.h.version;
    more->rid = rid;
    return VAULT_OK;
}

static int
compare(const void *a, const void *b)
{
    const struct vlt_held *x = a, *y = b;

    return memcmp(x->stmt, y->stmt, sizeof x->stmt);
}

enum vault_status
vlt_notices_held(struct vlt_notices *w, const uint8_t stmt[32],
    const struct vlt_held **out, struct vault_error *err)
{
    struct vlt_held key;
    enum vault_status st = VAULT_OK;

    *out = NULL;
    if (!w->indexed) {
        w->held_len = 0;
        st = vlt_foreign_rows(w->v->store, 0, INT64_MAX, take_head, w, err);
        if (st == VAULT_OK && w->held_len > 1)
            qsort(w->held, w->held_len, sizeof *w->held, compare);
        w->indexed = st == VAULT_OK;
    }
    if (st != VAULT_OK || w->held_len == 0)
        return st;
    memset(&key, 0, sizeof key);
    memcpy(key.stmt, stmt, 32);
    *out = bsearch(&key, w->held, w->held_len, sizeof *w->held, compare);
    return VAULT_OK;
}

/* ---- whose they are ---- */

/* The card that the log of this proof is certified by: the replica note's, or
 * for a capture session that of the device note. */
static bool
origin_card(const struct vlt_notices *w, const struct vlt_foreign_proof *p,
    uint8_t card[32])
{
    struct vlt_tlogproof t;
    struct vlt_checkpoint c;
    struct vlt_note n;
    struct vlt_session s;
    struct vlt_device d;
    struct vlt_replica r;
    const char *note;
    size_t len = 0;

    if (vlt_tlogproof_decode(&t, (const char *)p->proof.p, p->proof.len,
            NULL) != VAULT_OK ||
        vlt_note_parse(&n, t.checkpoint, t.checkpoint_len, NULL) != VAULT_OK ||
        vlt_checkpoint_decode(&c, n.text, n.text_len, NULL) != VAULT_OK)
        return false;
    note = vlt_book_log_of(w->book, c.origin, &n, &len);
    if (note == NULL)
        return false;
    if (!vlt_session_is(note, len)) {
        if (vlt_replica_parse(&r, note, len, NULL) != VAULT_OK)
            return false;
        memcpy(card, r.card, 32);
        vlt_replica_clear(&r);
        return true;
    }
    if (vlt_session_parse(&s, note, len, NULL) != VAULT_OK)
        return false;
    note = vlt_book_device_from(w->book, &s, &len);
    if (note == NULL || vlt_device_parse(&d, note, len, NULL) != VAULT_OK)
        return false;
    memcpy(card, d.card, 32);
    return true;
}

/*
 * Only whose log it is. Who passed it on may carry the origin's request, and
 * asks for nothing himself: whether he came first would depend on the order of
 * bundles, and a bribed courier could hide what he carried.
 */
static bool
may_ask(const struct vlt_notices *w, const struct vlt_held *h,
    const struct vlt_foreign_proof *p, const uint8_t fingerprint[32])
{
    const struct vlt_card *c = vlt_notices_card(w, fingerprint, NULL);
    uint8_t origin[32];

    return c != NULL && memcmp(c->vault, h->origin, 16) == 0 &&
        origin_card(w, p, origin) && vlt_notices_linked(w, origin, fingerprint);
}

enum vault_status
vlt_notices_claim(struct vlt_notices *w, const uint8_t stmt[32],
    const uint8_t fingerprint[32], enum vlt_claim *out, struct vault_error *err)
{
    const struct vlt_held *h = NULL;
    struct vlt_foreign_proof p;
    enum vault_status st = vlt_notices_held(w, stmt, &h, err);

    if (st != VAULT_OK)
        return st;
    *out = VLT_CLAIM_LATER;
    if (h == NULL)
        return VAULT_OK;
    vlt_foreign_proof_init(&p);
    st = vlt_foreign_proof_get(w->v, h->rid, &p, err);
    if (st == VAULT_OK && p.leaf.len > 0) {
        if (!may_ask(w, h, &p, fingerprint))
            *out = VLT_CLAIM_OTHERS;
        else
            *out = p.dropped != 0 ? VLT_CLAIM_GONE : VLT_CLAIM_HELD;
    }
    vlt_foreign_proof_clear(&p);
    return st;
}
