/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_logs.c: which logs in a bundle a card of their vault speaks for */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"

/* ---- rows of `log` ---- */

static void
judge_replica(struct vlt_bundle *b, struct vlt_bundle_log *log,
    const struct vlt_log_row *r)
{
    struct vlt_replica rep;

    if (vlt_replica_parse(&rep, r->note, r->note_len, NULL) != VAULT_OK)
        return;
    memcpy(log->vault, rep.vault, sizeof log->vault);
    memcpy(log->id, rep.replica, sizeof log->id);
    memcpy(log->key, rep.log_key, sizeof log->key);
    memcpy(log->text_hash, rep.text_hash, sizeof log->text_hash);
    log->number = rep.number;
    log->card = vlt_bundle_card(b, rep.vault, rep.card);
    log->fault = log->card != NULL &&
            vlt_replica_check(r->note, r->note_len, log->card, NULL) == VAULT_OK
        ? VLT_LOG_SOUND
        : VLT_LOG_UNSIGNED;
    vlt_replica_clear(&rep);
}

/* Its chain is judged when all rows are known. */
static void
read_session(struct vlt_bundle_log *log, const struct vlt_log_row *r)
{
    struct vlt_session s;

    if (vlt_session_parse(&s, r->note, r->note_len, NULL) != VAULT_OK)
        return;
    memcpy(log->vault, s.vault, sizeof log->vault);
    memcpy(log->id, s.session, sizeof log->id);
    memcpy(log->device, s.device, sizeof log->device);
    memcpy(log->key, s.log_key, sizeof log->key);
    memcpy(log->text_hash, s.text_hash, sizeof log->text_hash);
    log->number = s.number;
    log->has_base = s.has_base;
    if (s.has_base) {
        memcpy(log->base, s.base.replica, sizeof log->base);
        log->base_size = s.base.size;
        memcpy(log->base_point, s.base.checkpoint, sizeof log->base_point);
    }
    log->fault = VLT_LOG_UNCHAINED;
}

void
vlt_bundle_origin(const struct vlt_bundle_log *log, char out[VLT_NAME_MAX + 1])
{
    vlt_name_origin(out, log->vault, log->id);
}

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct vlt_bundle *b = ctx;
    struct vlt_bundle_log *log = &b->in->log[b->in->logs++];
    char origin[VLT_NAME_MAX + 1];

    log->n = r->n;
    log->fault = VLT_LOG_MALFORMED;
    log->session = vlt_session_is(r->note, r->note_len);
    if (log->session)
        read_session(log, r);
    else
        judge_replica(b, log, r);
    vlt_bundle_origin(log, origin);
    if (strlen(origin) != r->origin_len ||
        memcmp(origin, r->origin, r->origin_len) != 0)
        log->fault = VLT_LOG_MALFORMED;
    if (b->in->audit && vlt_origin_of(b->in->own, r->origin, r->origin_len))
        memset(&b->in->log[--b->in->logs], 0, sizeof *log);
    return vlt_bundle_poll(b, err);
}

static int
compare_origins(const void *a, const void *b)
{
    const struct vlt_bundle_log *const *x = a, *const *y = b;
    int c = memcmp((*x)->vault, (*y)->vault, 16);

    if (c == 0)
        c = memcmp((*x)->id, (*y)->id, 8);
    return c != 0 ? c : ((*x)->n > (*y)->n) - ((*x)->n < (*y)->n);
}

static int
compare_numbers(const void *a, const void *b)
{
    const struct vlt_bundle_log *const *x = a, *const *y = b;

    if ((*x)->number != (*y)->number)
        return (*x)->number > (*y)->number ? 1 : -1;
    return ((*x)->n > (*y)->n) - ((*x)->n < (*y)->n);
}

static enum vault_status
read_logs(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    uint64_t n = 0;
    enum vault_status st =
        vlt_count(b->store, "SELECT count(*) FROM log", &n, err);
    size_t i;

    if (st != VAULT_OK || n == 0)
        return st;
    in->log = calloc((size_t)n, sizeof *in->log);
    in->by_origin = calloc((size_t)n, sizeof(struct vlt_bundle_log *));
    in->by_number = calloc((size_t)n, sizeof(struct vlt_bundle_log *));
    if (in->log == NULL || in->by_origin == NULL || in->by_number == NULL)
        return vlt_fail_memory(err);
    st = vlt_logs(b->store, take_log, b, err);
    for (i = 0; i < in->logs; i++)
        in->by_origin[i] = in->by_number[i] = &in->log[i];
    if (in->logs > 1) {
        qsort(in->by_origin, in->logs, sizeof(struct vlt_bundle_log *),
            compare_origins);
        qsort(in->by_number, in->logs, sizeof(struct vlt_bundle_log *),
            compare_numbers);
    }
    return st;
}

const struct vlt_bundle_log *
vlt_bundle_log(const struct vlt_bundle *b, uint64_t n)
{
    size_t low = 0, high = b->in->logs;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (b->in->log[mid].n == n)
            return &b->in->log[mid];
        if (b->in->log[mid].n < n)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- checkpoints ---- */

const struct vlt_bundle_point *
vlt_bundle_point_find(const struct vlt_bundle *b, uint64_t log, uint64_t size)
{
    size_t low = 0, high = b->in->points;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct vlt_bundle_point *at = &b->in->point[mid];

        if (at->log == log && at->size == size)
            return at;
        if (at->log < log || (at->log == log && at->size < size))
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static bool
point_holds(const struct vlt_bundle_log *log,
    const struct vlt_checkpoint_row *r, struct vlt_bundle_point *out)
{
    char origin[VLT_NAME_MAX + 1];
    struct vlt_checkpoint cp;
    struct vlt_note note;

    vlt_bundle_origin(log, origin);
    if (vlt_note_parse(&note, r->note, r->note_len, NULL) != VAULT_OK ||
        vlt_checkpoint_decode(&cp, note.text, note.text_len, NULL) !=
            VAULT_OK ||
        vlt_note_check(&note, origin, log->key, NULL) != VAULT_OK ||
        strcmp(cp.origin, origin) != 0 || cp.size != r->size || cp.size == 0)
        return false;
    out->log = log->n;
    out->size = cp.size;
    memcpy(out->root, cp.root, 32);
    vlt_note_text_hash(out->hash, &note);
    return true;
}

struct points {
    struct vlt_bundle *b;
    struct vlt_bundle_log *log;
    uint64_t most;
};

static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct points *t = ctx;
    struct vlt_bundle_inside *in = t->b->in;
    struct vlt_bundle_log *log = t->log;

    if (in->points >= t->most)
        return vlt_fail(err, VAULT_E_TAMPERED, "planted: too many checkpoints");
    log->has_point = true;
    if (log->fault != VLT_LOG_MALFORMED &&
        point_holds(log, r, &in->point[in->points])) {
        log->size = in->point[in->points++].size;
        return vlt_bundle_poll(t->b, err);
    }
    log->point_bad = true;
    if (log->fault == VLT_LOG_SOUND)
        log->fault = VLT_LOG_UNPOINTED;
    return vlt_bundle_poll(t->b, err);
}

/* No more than a proof could ask for, and the sender's own. */
static enum vault_status
read_points(struct vlt_bundle *b, struct vault_error *err)
{
    struct points t = {b, NULL, 0};
    uint64_t proofs = 0;
    enum vault_status st =
        vlt_count(b->store, "SELECT count(*) FROM checkpoint", &t.most, err);
    size_t i;

    if (st == VAULT_OK)
        st = vlt_count(b->store, "SELECT count(*) FROM proof", &proofs, err);
    if (st == VAULT_OK && !b->in->audit && t.most > proofs + b->in->logs)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "planted: more checkpoints than proofs and logs");
    if (st != VAULT_OK)
        return st;
    b->in->point = calloc((size_t)t.most + 1, sizeof *b->in->point);
    if (b->in->point == NULL)
        return vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < b->in->logs; i++) {
        t.log = &b->in->log[i];
        st = vlt_checkpoints(b->store, t.log->n, take_point, &t, err);
    }
    return st;
}

/* ---- all ---- */

/* What the sender's log was when the bundle was signed. */
static enum vault_status
check_sender_log(struct vlt_bundle *b, struct vault_error *err)
{
    size_t i;

    for (i = 0; i < b->in->points; i++) {
        const struct vlt_bundle_point *at = &b->in->point[i];
        const struct vlt_bundle_log *log = vlt_bundle_log(b, at->log);

        if (log != NULL && log->fault == VLT_LOG_SOUND &&
            memcmp(log->vault, b->text.vault, 16) == 0 &&
            memcmp(at->hash, b->text.log, 32) == 0)
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the state of the sender's log that was signed is not in it");
}

enum vault_status
vlt_bundle_logs(struct vlt_bundle *b, struct vault_error *err)
{
    enum vault_status st = vlt_bundle_devices(b, err);
    size_t i;

    if (st == VAULT_OK)
        st = read_logs(b, err);
    if (st == VAULT_OK)
        st = read_points(b, err);
    if (st == VAULT_OK)
        st = vlt_bundle_sessions(b, err);
    if (st == VAULT_OK)
        vlt_bundle_limit_sessions(b);
    for (i = 0; st == VAULT_OK && i < b->in->logs; i++)
        b->bad_notes += b->in->log[i].fault != VLT_LOG_SOUND;
    return st == VAULT_OK && !b->in->audit ? check_sender_log(b, err) : st;
}

enum vault_status
vlt_bundle_log_why(const struct vlt_bundle_log *log, struct vault_error *err)
{
    char origin[VLT_NAME_MAX + 1];

    vlt_bundle_origin(log, origin);
    switch (log->fault) {
    case VLT_LOG_SOUND:
        return VAULT_OK;
    case VLT_LOG_MALFORMED:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": its note is malformed, or another log's", log->n);
    case VLT_LOG_UNSIGNED:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %s: signed under no card of its vault that is here and holds",
            origin);
    case VLT_LOG_UNCHAINED:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %s: a session that does not go on from one that is here",
            origin);
    case VLT_LOG_UNCONFIRMED:
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "log %s: device not confirmed: no card here speaks for it", origin);
    case VLT_LOG_UNPOINTED:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %s: its checkpoint is not signed by its key", origin);
    }
    return vlt_fail(err, VAULT_E_INTERNAL, "a log that was not judged");
}
