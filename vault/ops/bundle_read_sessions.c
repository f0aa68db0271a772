/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_sessions.c: sessions of devices in a bundle, and who speaks for
 * them */
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"

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

enum vault_status
vlt_bundle_devices(struct vlt_bundle *b, struct vault_error *err)
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

enum vault_status
vlt_bundle_sessions(struct vlt_bundle *b, struct vault_error *err)
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

void
vlt_bundle_limit_sessions(struct vlt_bundle *b)
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
