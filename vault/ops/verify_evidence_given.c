/* SPDX-License-Identifier: Apache-2.0 */
/* verify_evidence_given.c: the facts of what was given on: bundles and
 * disclosures */
#include "verify_evidence.h"

#include <string.h>

#include "bundle_parts.h"
#include "fail.h"
#include "told.h"

/* ---- bundles ---- */

struct giving {
    struct vlt_verify *v;
    struct vlt_bundle *b;
    const uint8_t *vault; /* whose what is told is called own */
};

/* In an audit pack what is its own was told before. */
static bool
is_told(const struct giving *g, const uint8_t vault[16])
{
    return g->v->audit && memcmp(vault, g->vault, 16) == 0;
}

static void
tell_cards(const struct giving *g)
{
    const struct vlt_bundle_inside *in = g->b->in;
    size_t i;

    for (i = 0; i < in->cards && !g->v->stopped; i++) {
        if (is_told(g, in->card[i].card.vault))
            continue;
        vlt_tell_card(g->v, &in->card[i].card,
            !in->card[i].sound        ? VAULT_EV_FAILED
                : in->card[i].revoked ? VAULT_EV_UNKNOWN
                                      : VAULT_EV_HELD,
            NULL, 0);
    }
}

static enum vault_evidence_state
log_state(const struct vlt_bundle_log *log)
{
    if (log->other)
        return VAULT_EV_FAILED;
    if (log->fault == VLT_LOG_UNCONFIRMED)
        return VAULT_EV_UNKNOWN;
    return log->fault == VLT_LOG_SOUND ? VAULT_EV_HELD : VAULT_EV_FAILED;
}

/* The newest state of it that is here. */
static void
tell_log(const struct giving *g, const struct vlt_bundle_log *log)
{
    struct vault_evidence e = vlt_fact(VAULT_EV_LOG, log_state(log));
    const struct vlt_bundle_point *p =
        vlt_bundle_point_find(g->b, log->n, log->size);
    char origin[VLT_NAME_MAX + 1];

    if (is_told(g, log->vault))
        return;
    vlt_bundle_origin(log, origin);
    e.origin = origin;
    e.session = log->session;
    e.own = memcmp(log->vault, g->vault, sizeof log->vault) == 0;
    memcpy(e.device, log->device, sizeof e.device);
    e.number = log->number;
    if (log->card != NULL)
        memcpy(e.fingerprint, log->card->fingerprint, sizeof e.fingerprint);
    e.size = log->size;
    if (p != NULL)
        memcpy(e.hash, p->root, sizeof e.hash);
    vlt_tell_fact(g->v, &e);
}

static void
tell_points(const struct giving *g)
{
    const struct vlt_bundle_inside *in = g->b->in;
    size_t i;

    for (i = 0; i < in->points && !g->v->stopped; i++) {
        const struct vlt_bundle_log *log =
            vlt_bundle_log(g->b, in->point[i].log);
        struct vault_evidence e = vlt_fact(VAULT_EV_CHECKPOINT,
            log != NULL && log_state(log) == VAULT_EV_HELD ? VAULT_EV_HELD
                                                           : VAULT_EV_UNKNOWN);
        char origin[VLT_NAME_MAX + 1];

        if (log == NULL || is_told(g, log->vault))
            continue;
        vlt_bundle_origin(log, origin);
        e.origin = origin;
        e.own = memcmp(log->vault, g->vault, 16) == 0;
        e.size = in->point[i].size;
        memcpy(e.hash, in->point[i].root, sizeof e.hash);
        vlt_tell_fact(g->v, &e);
    }
}

/* The line that names it, and the record: both hold together or not. */
static void
tell_record(struct vlt_verify *v, const struct vlt_bundle_record *r, bool own,
    enum vault_evidence_state state)
{
    struct vault_evidence e = vlt_fact(VAULT_EV_LEAF, state);
    static const char *const how[] = {"head", "whole", "part"};
    size_t use = r->use == VLT_ENTRY_FULL ? 1
        : r->use == VLT_ENTRY_PART        ? 2
                                          : 0;

    e.own = own;
    e.has_record = true;
    memcpy(e.record, r->row.head.h.id, sizeof e.record);
    e.version = r->row.head.h.version;
    if (r->has_proof) {
        e.origin = r->origin;
        e.size = r->index;
        vlt_leaf_text_hash(e.hash, &r->leaf);
        e.word = r->leaf.kind;
        vlt_tell_fact(v, &e);
    }
    e.kind = VAULT_EV_RECORD;
    e.origin = NULL;
    e.size = 0;
    memset(e.hash, 0, sizeof e.hash);
    e.word = how[use];
    if (r->untrusted)
        e.record_state = VAULT_RECORD_UNTRUSTED;
    vlt_tell_fact(v, &e);
}

static enum vault_status
take_record(void *ctx, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    const struct giving *g = ctx;
    struct vlt_verify *v = g->v;
    const struct vlt_record_header *h = &r->row.head.h;
    enum vault_evidence_state state =
        vlt_told_state(v->told, vlt_told_find(v->told, h->id, h->version));

    if (r->status != VAULT_OK && state == VAULT_EV_HELD)
        state = VAULT_EV_UNKNOWN;
    tell_record(v, r, memcmp(h->origin, g->vault, 16) == 0, state);
    return v->stopped ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
                      : VAULT_OK;
}

static void
tell_logs(const struct giving *g)
{
    size_t i;

    tell_cards(g);
    for (i = 0; i < g->b->in->logs && !g->v->stopped; i++)
        tell_log(g, &g->b->in->log[i]);
    tell_points(g);
}

enum vault_status
vlt_verify_bundle_facts(struct vlt_verify *v, struct vlt_bundle *b,
    struct vault_error *err)
{
    struct giving g = {v, b, b->sender.vault};
    enum vault_status st;

    if (v->told == NULL)
        return VAULT_OK;
    vlt_told_sort(v->told);
    memcpy(v->id, b->sender.vault, sizeof v->id);
    tell_logs(&g);
    st = vlt_bundle_records(b, take_record, &g, err);
    if (v->stopped)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    if (st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT) {
        vlt_error_clear(err); /* it had its line before */
        st = VAULT_OK;
    }
    return st;
}

void
vlt_verify_other_facts(struct vlt_verify *v, struct vlt_bundle *b)
{
    struct giving g = {v, b, v->id};

    if (v->told != NULL)
        tell_logs(&g);
}

/* ---- disclosures ---- */

static void
tell_disclosed(struct vlt_verify *v, const struct vlt_disclosed_log *d,
    enum vault_evidence_state state)
{
    struct vault_evidence e = vlt_fact(VAULT_EV_LOG, state);

    e.own = true;
    e.origin = d->origin;
    e.session = d->session;
    e.number = d->number;
    e.size = d->size;
    memcpy(e.hash, d->root, sizeof e.hash);
    if (v->cards > 0)
        memcpy(e.fingerprint, v->card->fingerprint, sizeof e.fingerprint);
    vlt_tell_fact(v, &e);
    e.kind = VAULT_EV_CHECKPOINT;
    e.session = false;
    e.number = 0;
    memset(e.fingerprint, 0, sizeof e.fingerprint);
    e.note = d->note;
    e.note_len = d->note_len;
    vlt_tell_fact(v, &e);
}

void
vlt_verify_disclosure_facts(struct vlt_verify *v,
    const struct vlt_disclosed_log *d, const struct vlt_leaf *leaf,
    uint64_t index)
{
    enum vault_evidence_state state =
        v->verdict.failed == 0 ? VAULT_EV_HELD : VAULT_EV_UNKNOWN;
    struct vault_evidence e = vlt_fact(VAULT_EV_LEAF, state);

    if (v->told == NULL)
        return;
    if (v->cards > 0)
        vlt_tell_card(v, v->card, state, NULL, 0);
    if (d != NULL)
        tell_disclosed(v, d, state);
    e.own = true;
    e.origin = d != NULL ? d->origin : NULL;
    e.size = index;
    vlt_leaf_text_hash(e.hash, leaf);
    e.word = leaf->kind;
    e.has_record = leaf->has_record;
    memcpy(e.record, leaf->record, sizeof e.record);
    e.version = leaf->version;
    if (d != NULL)
        vlt_tell_fact(v, &e);
    e.kind = VAULT_EV_RECORD;
    e.origin = NULL;
    e.size = 0;
    memset(e.hash, 0, sizeof e.hash);
    e.word = "head";
    vlt_tell_fact(v, &e);
}
