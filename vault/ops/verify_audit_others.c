/* SPDX-License-Identifier: Apache-2.0 */
/* verify_audit_others.c: records of other vaults in an audit pack */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "audit_rows.h"
#include "bundle_parts.h"
#include "fail.h"
#include "verify_evidence.h"

struct others {
    struct vlt_verify *v;
    struct vlt_bundle *b;
    uint64_t proved;
    uint64_t heads;
    uint64_t waiting;
    uint64_t *by_card; /* proved versions, by place of the origin's card */
};

/* ---- one record ---- */

struct judging {
    const struct vlt_bundle *b;
    struct vlt_bundle_item item;
    uint64_t proofs;
    bool replica; /* what holds lies in a log that is no session */
    enum vlt_proof_fault fault;       /* of the first that does not hold */
    const struct vlt_bundle_log *log; /* of what holds, or of that one */
};

/* All of them must hold; a replica's says more than a session's. */
static enum vault_status
take_proof(void *ctx, const struct vlt_proof_seen *r, struct vault_error *err)
{
    struct judging *j = ctx;
    const struct vlt_bundle_log *log = vlt_bundle_log(j->b, r->log);
    enum vlt_proof_fault fault = vlt_bundle_judge_proof(j->b, &j->item, r);

    (void)err;
    j->proofs++;
    if (j->fault != VLT_PROOF_HOLDS)
        return VAULT_OK;
    j->fault = fault;
    if (j->log == NULL || fault != VLT_PROOF_HOLDS ||
        (log != NULL && !log->session && !j->replica)) {
        j->log = log;
        j->item.idx = r->idx;
        j->replica = log != NULL && !log->session;
    }
    return VAULT_OK;
}

static enum vault_status
say_fault(const struct judging *j, struct vault_error *err)
{
    switch (j->fault) {
    case VLT_PROOF_HOLDS:
        return VAULT_OK;
    case VLT_PROOF_OTHER:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its proof lies in a log of another vault than the one it names");
    case VLT_PROOF_LOG:
        if (j->log != NULL && j->log->fault != VLT_LOG_SOUND)
            return vlt_bundle_log_why(j->log, err);
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the log or checkpoint that its proof names is not here");
    case VLT_PROOF_NONE:
    case VLT_PROOF_PLACE:
        break;
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "its line is not in the signed tree of that log");
}

/* A head without a proof of its own is named by the version after it. */
static enum vault_status
check_followed(struct others *o, const struct vlt_record_head *head,
    const uint8_t stmt[32], struct vault_error *err)
{
    bool followed = false;
    enum vault_status st =
        vlt_audit_followed(o->v->s, head, stmt, &followed, err);

    if (st == VAULT_OK && !followed)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "nothing proves it, and no later version names it");
    o->heads += st == VAULT_OK;
    return st;
}

static enum vault_status
check_chain(struct others *o, const struct vlt_record_head *head,
    struct vault_error *err)
{
    bool found = true;
    enum vault_status st = VAULT_OK;

    if (head->h.version > 1)
        st = vlt_record_has_statement(o->v->s, head->h.id, head->h.version - 1,
            head->h.prev, &found, err);
    if (st == VAULT_OK && !found)
        st =
            vlt_fail(err, VAULT_E_TAMPERED, "the version before it is missing");
    return st;
}

static void
count_card(struct others *o, const struct vlt_card *card)
{
    const struct vlt_bundle_inside *in = o->b->in;
    size_t low = 0, high = in->cards;

    while (low < high) { /* it is one of the list */
        size_t mid = low + (high - low) / 2;

        if ((const char *)&in->card[mid].card < (const char *)card)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < in->cards && &in->card[low].card == card)
        o->by_card[low]++;
}

/* The version of a device that its vault does not trust any more. */
static void
say_untrusted(struct others *o, const struct judging *j)
{
    struct vault_error why;

    if (!j->log->session || j->item.idx < j->log->good)
        return;
    (void)vlt_fail(&why, VAULT_E_POLICY,
        "untrusted: sealed by a device that is revoked, after its last good "
        "state");
    vlt_record_waits(o->v, "untrusted", j->item.id, j->item.version, &why);
}

static enum vault_status
check_twins(struct others *o, uint64_t rid, const struct vlt_record_head *head,
    struct vault_error *err)
{
    struct vlt_record_row row;
    uint64_t twins = 0;
    enum vault_status st;

    memset(&row, 0, sizeof row);
    row.rid = rid;
    row.head = *head;
    st = vlt_record_twins(o->v->s, &row, &twins, err);
    return st == VAULT_OK && twins > 0
        ? vlt_fail(err, VAULT_E_TAMPERED, "stored twice: planted")
        : st;
}

static enum vault_status
judge(struct others *o, uint64_t rid, const struct vlt_record_head *head,
    struct vault_error *err)
{
    struct judging j;
    enum vault_status st;

    memset(&j, 0, sizeof j);
    j.b = o->b;
    j.fault = VLT_PROOF_HOLDS;
    j.item.version = head->h.version;
    memcpy(j.item.id, head->h.id, 16);
    memcpy(j.item.origin, head->h.origin, 16);
    vlt_record_stmt(j.item.stmt, head);
    st = check_twins(o, rid, head, err);
    if (st == VAULT_OK)
        st = vlt_audit_proofs(o->v->s, rid, take_proof, &j, err);
    if (st == VAULT_OK)
        st = check_chain(o, head, err);
    if (st == VAULT_OK && j.proofs == 0)
        return check_followed(o, head, j.item.stmt, err);
    if (st == VAULT_OK)
        st = say_fault(&j, err);
    if (st != VAULT_OK)
        return st;
    o->proved++;
    count_card(o, j.log->card);
    say_untrusted(o, &j);
    return VAULT_OK;
}

static enum vault_status
take_head(void *ctx, uint64_t rid, const struct vlt_record_head *head,
    bool meta, struct vault_error *err)
{
    struct others *o = ctx;
    struct vault_error why;
    enum vault_status st;

    (void)meta;
    if (memcmp(head->h.origin, o->v->id, 16) == 0)
        return VAULT_OK;
    o->v->verdict.foreign++;
    vlt_error_clear(&why);
    st = judge(o, rid, head, &why);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT) {
        vlt_record_mismatch(o->v, "foreign", head->h.id, head->h.version, &why);
        return VAULT_OK;
    }
    if (st == VAULT_E_NOT_FOUND) {
        o->waiting++;
        vlt_record_waits(o->v, "foreign", head->h.id, head->h.version, &why);
        return VAULT_OK;
    }
    return vlt_judge(o->v, "foreign", st, &why, err);
}

/* ---- all of them ---- */

/* Whose records they are; the cards lie in the pack, and are claims. */
static void
say_origins(struct others *o)
{
    const struct vlt_bundle_inside *in = o->b->in;
    struct vlt_verify *v = o->v;
    char shown[VLT_FINGERPRINT_TEXT];
    size_t i, k;

    for (i = 0; i < in->cards; i++) {
        const struct vlt_card *card = &in->card[i].card;
        bool compared = false;

        if (in->card[i].revoked) {
            vlt_fingerprint_text(shown, card->fingerprint);
            vlt_not_seen(v, "revoked", 1,
                "card %s is revoked by a note that lies in it: what its keys "
                "signed after their last good state is not to be trusted",
                shown);
        }
        if (o->by_card[i] == 0)
            continue;
        for (k = 0; k < v->opt->cards_len && !compared; k++)
            compared = vlt_card_is(card, 1, v->opt->cards[k]);
        vlt_fingerprint_text(shown, card->fingerprint);
        if (compared)
            vlt_held(v, "origin", o->by_card[i],
                "%" PRIu64 " record versions of another vault, whose log "
                "stands under the card %s (compared)",
                o->by_card[i], shown);
        else
            vlt_not_seen(v, "origin", o->by_card[i],
                "%" PRIu64 " record versions of another vault, whose log "
                "stands under the card %s: not compared with a card",
                o->by_card[i], shown);
    }
}

static void
say_others(struct others *o, bool held)
{
    struct vlt_verify *v = o->v;
    const struct vlt_bundle_inside *in = o->b->in;
    size_t i;

    if (o->b->forks > 0)
        vlt_mismatch(v, "card",
            "two cards of one vault and generation lie in it: at least one is "
            "forged, and none of them speaks for anything");
    for (i = 0; i < in->logs; i++) {
        if (in->log[i].other)
            vlt_mismatch(v, "revoke",
                "a session never had the last good state that the revocation "
                "of its device names: two histories");
    }
    if (held && o->proved > 0)
        vlt_held(v, "foreign", o->proved,
            "%" PRIu64 " record versions of other vaults, each named in a log "
            "of its origin, as its head says",
            o->proved);
    if (held && o->heads > 0)
        vlt_held(v, "foreign", o->heads,
            "%" PRIu64 " earlier versions of these, which they name", o->heads);
    if (v->verdict.foreign > 0)
        vlt_not_seen(v, "foreign", v->verdict.foreign,
            "which records of others this vault had: nobody signs that, so "
            "some may have been left out or put in");
    say_origins(o);
}

/* Notes that a writer never puts: no card in the pack signed them. */
static void
say_bad_notes(struct others *o)
{
    const struct vlt_bundle_inside *in = o->b->in;
    uint64_t waiting = 0;
    struct vault_error why;
    size_t i;

    for (i = 0; i < in->logs; i++)
        waiting += vlt_bundle_log_why(&in->log[i], &why) == VAULT_E_NOT_FOUND;
    if (o->b->bad_notes > waiting)
        vlt_mismatch(o->v, "planted",
            "planted: cards, logs or notes of others that do not hold: "
            "%" PRIu64,
            o->b->bad_notes - waiting);
}

static enum vault_status
judge_all(struct others *o, struct vault_error *err)
{
    uint64_t failed = o->v->verdict.failed;
    enum vault_status st;

    o->by_card = calloc(o->b->in->cards + 1, sizeof *o->by_card);
    if (o->by_card == NULL)
        return vlt_fail_memory(err);
    say_bad_notes(o);
    st = vlt_audit_heads(o->v->s, 0, take_head, o, err);
    if (st == VAULT_OK)
        say_others(o, o->v->verdict.failed == failed);
    free(o->by_card);
    return st;
}

enum vault_status
vlt_verify_audit_others(struct vlt_verify *v, struct vault_error *err)
{
    struct others o = {.v = v};
    struct vault_options opt;
    enum vault_status st;

    memset(&opt, 0, sizeof opt);
    opt.progress = v->opt->progress;
    opt.ctx = v->ctx;
    st = vlt_audit_bounds(v->s, err); /* before it is read into memory */
    if (st == VAULT_OK)
        st = vlt_bundle_of_audit(v->s, v->id, &opt, &o.b, err);
    if (st == VAULT_OK)
        st = judge_all(&o, err);
    if (st == VAULT_OK)
        vlt_verify_other_facts(v, o.b);
    vlt_bundle_leave(o.b);
    if (st == VAULT_OK && v->verdict.foreign == 0)
        vlt_not_seen(v, "foreign", 0,
            "records of other vaults: none are in it; lines of kind import say "
            "how often some came in, not what or from whom");
    return st;
}
