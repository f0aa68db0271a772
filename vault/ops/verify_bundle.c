/* SPDX-License-Identifier: Apache-2.0 */
/* verify_bundle.c: judging a bundle, one line for each thing that holds */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "text.h"
#include "verify.h"
#include "verify_witness.h"
#include "verify_evidence.h"
#include "verify_stamp.h"

struct judging {
    struct vlt_verify *v;
    struct vlt_bundle *b;
    bool unlocked;    /* it opened with the recipient's vault */
    uint64_t whole;   /* versions that hold, metadata and body too */
    uint64_t named;   /* whose statement holds; in part, or heads */
    uint64_t waiting; /* and lack something that is not here */
    uint64_t bodies;
    uint64_t opened;
    uint64_t shut;     /* of a compartment that this vault does not open */
    uint64_t *by_card; /* held versions, by place of the origin's card */
};

/* ---- what comes before the records ---- */

struct step {
    const char *kind;
    enum vault_status (*fn)(struct vlt_bundle *b, struct vault_error *err);
    void (*say)(struct judging *j);
};

static void
say_structure(struct judging *j)
{
    vlt_held(j->v, "structure", 1,
        "header, schema and structure of the file are as they must be, and "
        "nothing is planted in it");
    if (j->b->store->undone)
        vlt_held(j->v, "structure", 1,
            "an interrupted write was undone, in memory only: the file was "
            "not changed");
}

static void
say_signature(struct judging *j)
{
    struct vlt_verify *v = j->v;
    char id[33];

    vlt_fingerprint_text(v->verdict.fingerprint, j->b->sender.fingerprint);
    v->card = calloc(1, sizeof *v->card);
    if (v->card != NULL) {
        *v->card = j->b->sender;
        v->cards = 1;
    }
    vlt_held(v, "card", 1,
        "the sender's card %s, generation %" PRIu32 ", signed by itself",
        v->verdict.fingerprint, j->b->sender.generation);
    vlt_hex(id, j->b->text.bundle, 16);
    vlt_held(v, "note", j->b->text.records,
        "bundle %s: what it holds is signed by %s", id, v->verdict.fingerprint);
}

/* A note in the same file says that a card is not to be trusted any more. */
static void
say_revoked(struct judging *j)
{
    const struct vlt_bundle_inside *in = j->b->in;
    char shown[VLT_FINGERPRINT_TEXT];
    size_t i;

    if (j->b->revoked)
        vlt_not_as_asked(j->v, "revoked",
            "the card that signed it is revoked by a note that lies in it");
    for (i = 0; i < in->cards; i++) {
        if (!in->card[i].revoked ||
            memcmp(in->card[i].card.fingerprint, j->b->sender.fingerprint,
                32) == 0)
            continue;
        vlt_fingerprint_text(shown, in->card[i].card.fingerprint);
        vlt_not_seen(j->v, "revoked", 1,
            "card %s is revoked by a note that lies in it: what its keys "
            "signed after their last good state is not to be trusted",
            shown);
    }
}

static void
say_recipients(struct judging *j)
{
    j->v->verdict.recipients = j->b->text.wraps;
    vlt_held(j->v, "epoch", j->b->text.wraps,
        "sealed by the key that signed, to at most %" PRIu32
        " recipients, who are not named",
        j->b->text.wraps);
}

/* Those that do not hold have a line each, for the first of them. */
enum { TOLD = 20 };

static void
say_logs(struct judging *j)
{
    const struct vlt_bundle_inside *in = j->b->in;
    uint64_t sound = 0, bad = 0, unconfirmed = 0;
    struct vault_error why;
    enum vault_status st;
    size_t i;

    for (i = 0; i < in->logs; i++) {
        st = vlt_bundle_log_why(&in->log[i], &why);
        sound += st == VAULT_OK;
        unconfirmed += st == VAULT_E_NOT_FOUND;
        if (st == VAULT_E_TAMPERED && bad++ < TOLD)
            (void)!vlt_judge(j->v, "log", st, &why, NULL);
    }
    for (i = 0; i < in->logs; i++) {
        if (in->log[i].other)
            vlt_mismatch(j->v, "revoke",
                "a session never had the last good state that the revocation "
                "of its device names: two histories");
    }
    if (in->limits.n > 0)
        vlt_not_seen(j->v, "revoked", in->limits.n,
            "devices that are revoked by notes that lie in it: %zu; what they "
            "signed after their last good state is not to be trusted",
            in->limits.n);
    if (unconfirmed > 0)
        vlt_not_seen(j->v, "device", unconfirmed,
            "device not confirmed: whose device wrote %" PRIu64
            " sessions is not said by a card here",
            unconfirmed);
    if (j->b->forks > 0)
        vlt_mismatch(j->v, "card",
            "two cards of one vault and generation lie in it: at least one is "
            "forged, and none of them speaks for anything");
    if (bad > 0 || j->b->forks > 0)
        return;
    vlt_held(j->v, "log", sound,
        "%" PRIu64 " logs, each under a card of its vault that lies here; "
        "their newest states are signed",
        sound);
}

static enum vault_status
each_step(struct judging *j, bool *holds, struct vault_error *err)
{
    static const struct step steps[] = {
        {"structure", vlt_bundle_structure, say_structure},
        {"card", vlt_bundle_cards, NULL},
        {"note", vlt_bundle_signature, say_signature},
        {"revoked", vlt_bundle_revocations, say_revoked},
        {"epoch", vlt_bundle_recipients, say_recipients},
        {"log", vlt_bundle_logs, say_logs},
    };
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i;

    *holds = true;
    for (i = 0; *holds && st == VAULT_OK && i < VLT_COUNT(steps); i++) {
        vlt_error_clear(&why);
        st = steps[i].fn(j->b, &why);
        *holds = st == VAULT_OK;
        if (st == VAULT_E_NEWER) {
            if (err != NULL)
                *err = why;
            return st;
        }
        st = vlt_judge(j->v, steps[i].kind, st, &why, err);
        if (*holds && steps[i].say != NULL)
            steps[i].say(j);
    }
    return st;
}

/* ---- as its recipient ---- */

static enum vault_status
open_letter(struct judging *j, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st;

    if (j->v->v == NULL)
        return VAULT_OK;
    vlt_error_clear(&why);
    st = vlt_bundle_unlock(j->b, j->v->v, &why);
    if (st != VAULT_OK && st != VAULT_E_NO_KEY)
        return vlt_judge(j->v, "recipient", st, &why, err);
    if (st == VAULT_E_NO_KEY) {
        vlt_not_as_asked(j->v, "recipient",
            "it is sealed to others: this vault does not open it");
        return VAULT_OK;
    }
    j->unlocked = true;
    j->v->verdict.unlocked = true;
    vlt_held(j->v, "recipient", 1,
        "sealed to this vault, as the sender meant it; the letter opens");
    return VAULT_OK;
}

static enum vault_status
open_it(struct judging *j, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct vlt_rk *rk = NULL;
    struct vlt_xk *xk = NULL;
    struct vlt_extract x;
    struct vlt_meta m;
    enum vault_status st;

    if (r->use == VLT_ENTRY_FULL) {
        st = vlt_bundle_open_record(j->b, r, true, &rk, &m, err);
        if (st != VAULT_OK)
            return st;
        vlt_rk_free(rk);
        vlt_meta_clear(&m);
    } else if (r->use == VLT_ENTRY_PART) {
        st = vlt_bundle_open_part(j->b, r, true, &xk, &x, err);
        if (st != VAULT_OK)
            return st;
        vlt_xk_free(xk);
        vlt_extract_clear(&x);
    } else {
        return VAULT_OK;
    }
    j->opened++;
    return VAULT_OK;
}

/* ---- records ---- */

static void
count_record(struct judging *j, const struct vlt_bundle_record *r)
{
    struct vault_verdict *d = &j->v->verdict;

    d->records++;
    d->whole += r->use == VLT_ENTRY_FULL;
    d->partial += r->use == VLT_ENTRY_PART;
    d->heads += r->use == VLT_ENTRY_HEAD;
}

/* The origin's card lies in the list of seen cards. */
static void
count_origin(struct judging *j, const struct vlt_card *card)
{
    const struct vlt_bundle_inside *in = j->b->in;
    size_t low = 0, high = in->cards;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if ((const char *)&in->card[mid].card < (const char *)card)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < in->cards && &in->card[low].card == card)
        j->by_card[low]++;
}

static enum vault_status
judge_record(void *ctx, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct judging *j = ctx;
    const struct vlt_record_header *h = &r->row.head.h;
    struct vault_error why = r->why;
    enum vault_status st = r->status;

    count_record(j, r);
    if (st == VAULT_OK && j->unlocked)
        st = open_it(j, r, &why);
    if (st == VAULT_E_NO_KEY) {
        j->shut++;
        st = VAULT_OK;
    }
    if (st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT || st == VAULT_E_NEWER) {
        vlt_record_mismatch(j->v, "record", h->id, h->version, &why);
        return VAULT_OK;
    }
    if (st == VAULT_E_NOT_FOUND) {
        j->waiting++;
        vlt_record_waits(j->v, "record", h->id, h->version, &why);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return vlt_judge(j->v, "record", st, &why, err);
    if (r->untrusted) {
        (void)vlt_fail(&why, VAULT_E_POLICY,
            "untrusted: sealed by a device that is revoked, after its last "
            "good state");
        vlt_record_waits(j->v, "untrusted", h->id, h->version, &why);
    }
    j->whole += r->use == VLT_ENTRY_FULL;
    j->named += r->use != VLT_ENTRY_FULL;
    j->bodies += r->segments > 0;
    if (r->card != NULL)
        count_origin(j, r->card);
    j->v->done = j->b->in->done;
    return j->v->stopped ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
                         : VAULT_OK;
}

/* Whose records they are besides the sender's own. */
static void
say_origins(struct judging *j)
{
    struct vlt_verify *v = j->v;
    const struct vlt_bundle_inside *in = j->b->in;
    char shown[VLT_FINGERPRINT_TEXT];
    size_t i, k;

    for (i = 0; i < in->cards; i++) {
        const struct vlt_card *card = &in->card[i].card;
        bool compared = false;

        if (j->by_card[i] == 0 ||
            memcmp(card->vault, j->b->sender.vault, 16) == 0)
            continue;
        for (k = 0; k < v->opt->cards_len && !compared; k++)
            compared = vlt_card_is(card, 1, v->opt->cards[k]);
        vlt_fingerprint_text(shown, card->fingerprint);
        if (compared)
            vlt_held(v, "origin", j->by_card[i],
                "%" PRIu64 " record versions come from another vault than the "
                "sender's, signed by %s (compared)",
                j->by_card[i], shown);
        else
            vlt_not_seen(v, "origin", j->by_card[i],
                "%" PRIu64 " record versions come from another vault than the "
                "sender's, signed by %s: not compared with a card",
                j->by_card[i], shown);
    }
}

static void
say_records(struct judging *j)
{
    struct vault_verdict *d = &j->v->verdict;

    vlt_held(j->v, "entries", j->b->text.records,
        "%" PRIu64 " entries, exactly those that the sender signed",
        j->b->text.records);
    if (j->whole > 0)
        vlt_held(j->v, "record", j->whole,
            "%" PRIu64 " whole record versions unchanged since they were "
            "sealed, each named in a log of its origin",
            j->whole);
    if (j->named > 0)
        vlt_held(j->v, "statement", j->named,
            "%" PRIu64 " statements of records that are here in part or as "
            "heads only, each named in a log of its origin",
            j->named);
    if (j->bodies > 0)
        vlt_held(j->v, "body", j->bodies,
            "%" PRIu64 " sealed bodies unchanged since they were sealed",
            j->bodies);
    vlt_held(j->v, "records", d->records,
        "%" PRIu64 " whole, %" PRIu64 " in part, %" PRIu64 " heads only",
        d->whole, d->partial, d->heads);
    say_origins(j);
}

static void
say_opened(struct judging *j)
{
    struct vlt_verify *v = j->v;

    if (!j->unlocked) {
        vlt_not_seen(v, "wrap", v->verdict.records,
            "whether the records can be opened, and what they hold: that "
            "needs the recipient's vault");
        return;
    }
    vlt_held(v, "content", j->opened,
        "%" PRIu64 " record versions opened: what is shown of them is what "
        "was committed to",
        j->opened);
    if (j->shut > 0)
        vlt_not_seen(v, "wrap", j->shut,
            "%" PRIu64 " record versions are of a compartment that this vault "
            "does not open",
            j->shut);
}

static enum vault_status
count_notice(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    uint64_t *n = ctx;

    (void)note;
    (void)len;
    (void)err;
    ++*n;
    return VAULT_OK;
}

static enum vault_status
say_notices(struct judging *j, struct vault_error *err)
{
    struct vault_error why;
    uint64_t n = 0;
    enum vault_status st;

    vlt_error_clear(&why);
    st = vlt_bundle_notices(j->b, count_notice, &n, &why);
    if (st == VAULT_OK && n > 0)
        vlt_not_seen(j->v, "notice", n,
            "what is asked or answered in it (%" PRIu64
            " notes): sanduq receive looks at that",
            n);
    return vlt_judge(j->v, "notice", st, &why, err);
}

static void
say_limits(struct judging *j)
{
    struct vlt_verify *v = j->v;
    size_t i;

    for (i = 0; i < v->opt->since_len; i++)
        vlt_not_as_asked(v, "since",
            "a bundle holds no log that an older checkpoint could be compared "
            "with");
}

static enum vault_status
judge_records(struct judging *j, struct vault_error *err)
{
    uint64_t failed = j->v->verdict.failed;
    struct vault_error why;
    enum vault_status st;

    j->by_card = calloc(j->b->in->cards + 1, sizeof *j->by_card);
    if (j->by_card == NULL)
        return vlt_fail_memory(err);
    vlt_error_clear(&why);
    st = vlt_bundle_records(j->b, judge_record, j, &why);
    if (st == VAULT_OK)
        say_records(j);
    else
        st = vlt_judge(j->v, "entries", st, &why, err);
    if (st == VAULT_OK && j->v->verdict.failed == failed)
        say_opened(j);
    return st;
}

enum vault_status
vlt_verify_bundle(struct vlt_verify *v, const char *path,
    struct vault_error *err)
{
    struct vault_options opt;
    struct judging j;
    bool holds = false;
    enum vault_status st;

    memset(&j, 0, sizeof j);
    memset(&opt, 0, sizeof opt);
    opt.progress = v->opt->progress;
    opt.ctx = v->ctx;
    j.v = v;
    st = vlt_bundle_begin(path, &opt, &j.b, err);
    if (st != VAULT_OK)
        return st;
    st = each_step(&j, &holds, err);
    if (st == VAULT_OK && holds)
        st = vlt_verify_pinned(v, err);
    if (st == VAULT_OK && holds)
        st = vlt_verify_bundle_stamps(v, j.b, err);
    if (st == VAULT_OK && holds)
        st = open_letter(&j, err);
    if (st == VAULT_OK && holds)
        st = judge_records(&j, err);
    if (st == VAULT_OK && holds)
        st = say_notices(&j, err);
    if (st == VAULT_OK && holds)
        st = vlt_verify_bundle_facts(v, j.b, err);
    if (st == VAULT_OK && holds)
        st = vlt_verify_bundle_witness(v, j.b, err);
    if (st == VAULT_OK)
        say_limits(&j);
    free(j.by_card);
    vlt_bundle_close(j.b);
    return st;
}
