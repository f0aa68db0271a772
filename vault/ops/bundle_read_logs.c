/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_logs.c: which logs in a bundle a card of their vault speaks for */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "hash.h"

/* In an audit pack: of the vault that it is of. */
static bool
is_own(const struct vlt_bundle *b, const uint8_t vault[16])
{
    return b->in->audit && memcmp(vault, b->in->own, 16) == 0;
}

/* ---- device notes ---- */

static enum vault_status
take_device(void *ctx, uint64_t n, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_bundle *b = ctx;
    struct vlt_seen_device *at = &b->in->device[b->in->devices];
    struct vlt_device d;
    enum vault_status st = vlt_bundle_poll(b, err);

    if (st != VAULT_OK)
        return st;
    at->card = NULL;
    if (vlt_device_parse(&d, note, len, NULL) == VAULT_OK) {
        if (is_own(b, d.vault))
            return VAULT_OK;
        at->card = vlt_bundle_card(b, d.vault, d.card);
    }
    if (at->card == NULL ||
        vlt_device_check(note, len, at->card, NULL) != VAULT_OK) {
        b->bad_notes++;
        return VAULT_OK;
    }
    at->n = n;
    memcpy(at->vault, d.vault, sizeof at->vault);
    memcpy(at->device, d.device, sizeof at->device);
    memcpy(at->first, d.first, sizeof at->first);
    b->in->devices++;
    return VAULT_OK;
}

static int
compare_devices(const void *a, const void *b)
{
    const struct vlt_seen_device *x = a, *y = b;
    int c = memcmp(x->first, y->first, sizeof x->first);

    return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

static enum vault_status
read_devices(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    uint64_t n = 0;
    enum vault_status st = vlt_count(b->store,
        "SELECT count(*) FROM note WHERE kind = 'device'", &n, err);

    if (st != VAULT_OK || n == 0)
        return st;
    in->device = calloc((size_t)n, sizeof *in->device);
    if (in->device == NULL)
        return vlt_fail_memory(err);
    st = vlt_bundle_notes_of(b->store, "device", take_device, b, err);
    if (st == VAULT_OK && in->devices > 1)
        qsort(in->device, in->devices, sizeof *in->device, compare_devices);
    return st;
}

/* The card whose word it is that this session begins a device of its vault. */
static const struct vlt_card *
speaker(const struct vlt_bundle_inside *in, const struct vlt_bundle_log *log)
{
    size_t low = 0, high = in->devices;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (memcmp(in->device[mid].first, log->text_hash, 32) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    /* the hash names vault and device too, so one of the same is enough */
    if (low == in->devices ||
        memcmp(in->device[low].first, log->text_hash, 32) != 0 ||
        memcmp(in->device[low].vault, log->vault, 16) != 0 ||
        memcmp(in->device[low].device, log->device, 8) != 0)
        return NULL;
    return in->device[low].card;
}

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

/* ---- sessions, each after the one that it follows ---- */

static const struct vlt_bundle_log *
session_before(const struct vlt_bundle_inside *in,
    const struct vlt_bundle_log *log)
{
    size_t low = 0, high = in->logs;

    if (!log->has_base)
        return NULL;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct vlt_bundle_log *at = in->by_origin[mid];
        int c = memcmp(at->vault, log->vault, 16);

        if (c == 0)
            c = memcmp(at->id, log->base, 8);
        if (c == 0)
            return at;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* It names its state at the end, which a checkpoint may show. */
static bool
goes_on_from(const struct vlt_bundle *b, const struct vlt_bundle_log *log,
    const struct vlt_bundle_log *before)
{
    const struct vlt_bundle_point *end;

    if (!before->session || memcmp(before->device, log->device, 8) != 0 ||
        (uint64_t)before->number + 1 != log->number)
        return false;
    if (!before->has_point || before->point_bad)
        return true;
    end = vlt_bundle_point_find(b, before->n, log->base_size);
    return before->size <= log->base_size &&
        (end == NULL || memcmp(end->hash, log->base_point, 32) == 0);
}

static enum vault_status
session_signed(struct vlt_bundle *b, const struct vlt_bundle_log *log,
    const uint8_t *key, bool *holds, struct vault_error *err)
{
    struct vlt_buf *note = &b->in->log_note;
    enum vault_status st = vlt_bundle_log_text(b->store, log->n, note, err);

    if (st == VAULT_OK)
        *holds = vlt_session_check((const char *)note->p, note->len, key,
                     NULL) == VAULT_OK;
    return st;
}

/* With a device note that begins with it, what came before may be missing. */
static enum vault_status
check_chain(struct vlt_bundle *b, struct vlt_bundle_log *log,
    const struct vlt_bundle_log *before, struct vault_error *err)
{
    if (log->number == 1)
        return session_signed(b, log, NULL, &log->chained, err);
    if (before == NULL)
        log->chained = log->card != NULL;
    else if (before->chained && goes_on_from(b, log, before))
        return session_signed(b, log, before->key, &log->chained, err);
    return VAULT_OK;
}

static enum vault_status
judge_session(struct vlt_bundle *b, struct vlt_bundle_log *log,
    struct vault_error *err)
{
    const struct vlt_bundle_log *before = session_before(b->in, log);
    enum vault_status st;

    log->card = speaker(b->in, log);
    st = check_chain(b, log, before, err);
    if (st != VAULT_OK)
        return st;
    if (log->chained && log->card == NULL && before != NULL)
        log->card = before->card;
    if (!log->chained)
        log->fault = VLT_LOG_UNCHAINED;
    else if (log->point_bad)
        log->fault = VLT_LOG_UNPOINTED;
    else if (log->card == NULL)
        log->fault = VLT_LOG_UNCONFIRMED;
    else
        log->fault = VLT_LOG_SOUND;
    return VAULT_OK;
}

static enum vault_status
judge_sessions(struct vlt_bundle *b, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < b->in->logs; i++) {
        struct vlt_bundle_log *log = b->in->by_number[i];

        if (log->session && log->fault != VLT_LOG_MALFORMED) {
            st = judge_session(b, log, err);
            if (st == VAULT_OK)
                st = vlt_bundle_poll(b, err);
        }
    }
    b->in->text_log = 0;
    return st;
}

/* ---- sessions of revoked devices ---- */

struct numbering {
    const struct vlt_bundle *b;
    const uint8_t *vault;
};

static uint32_t
number_of(const void *ctx, const uint8_t device[8], const uint8_t session[8])
{
    const struct numbering *x = ctx;
    size_t i;

    for (i = 0; i < x->b->in->logs; i++) {
        const struct vlt_bundle_log *log = &x->b->in->log[i];

        if (log->session && log->fault == VLT_LOG_SOUND &&
            memcmp(log->vault, x->vault, 16) == 0 &&
            memcmp(log->device, device, 8) == 0 &&
            memcmp(log->id, session, 8) == 0)
            return log->number;
    }
    return 0;
}

/* No lines lie here, so a state can be compared only where it was signed. */
static void
limit_session(struct vlt_bundle *b, struct vlt_bundle_log *log)
{
    const struct vlt_device_limits *l = &b->in->limits;
    const struct vlt_bundle_point *point;
    const struct vlt_device_limit *x;
    struct numbering by = {b, log->vault};
    size_t at = 0;

    log->good = vlt_device_good(l, log->vault, log->device, log->id,
        log->number, number_of, &by);
    while ((x = vlt_device_inside(l, log->vault, log->device, log->id, &at)) !=
        NULL) {
        point = vlt_bundle_point_find(b, log->n, x->last.size);
        log->other = log->other ||
            (point != NULL && memcmp(point->hash, x->last.checkpoint, 32) != 0);
    }
    if (log->other)
        log->good = 0;
}

static void
limit_sessions(struct vlt_bundle *b)
{
    size_t i;

    for (i = 0; i < b->in->logs; i++) {
        struct vlt_bundle_log *log = &b->in->log[i];

        log->good = UINT64_MAX;
        if (log->session && log->fault == VLT_LOG_SOUND &&
            vlt_device_limited(&b->in->limits, log->vault, log->device))
            limit_session(b, log);
    }
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
    enum vault_status st = read_devices(b, err);
    size_t i;

    if (st == VAULT_OK)
        st = read_logs(b, err);
    if (st == VAULT_OK)
        st = read_points(b, err);
    if (st == VAULT_OK)
        st = judge_sessions(b, err);
    if (st == VAULT_OK)
        limit_sessions(b);
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
