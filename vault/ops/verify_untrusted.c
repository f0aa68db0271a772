/* SPDX-License-Identifier: Apache-2.0 */
/* verify_untrusted.c: what revoked devices signed after their last good state */
#include <inttypes.h>
#include <string.h>
#include "device_limit.h"
#include "fail.h"
#include "text.h"
#include "verify.h"

struct walk {
    struct vlt_verify *v;
    const struct vlt_seen_log *log;
    uint64_t good;
    uint64_t n;
};

static bool
is_signed(const void *ctx, const char *note, size_t len)
{
    const struct vlt_verify *v = ctx;
    size_t i;

    for (i = 0; i < v->cards; i++) {
        if (vlt_revoke_check(note, len, &v->card[i], NULL) == VAULT_OK)
            return true;
    }
    return false;
}

static uint32_t
number_of(const void *ctx, const uint8_t device[8], const uint8_t session[8])
{
    const struct vlt_verify *v = ctx;
    size_t i;

    for (i = 0; i < v->logs; i++) {
        if (v->log[i].session && memcmp(v->log[i].device, device, 8) == 0 &&
            memcmp(v->log[i].replica.replica, session, 8) == 0)
            return v->log[i].replica.number;
    }
    return 0;
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct walk *w = ctx;
    struct vault_error why;
    char hex[17];

    (void)err;
    if (!r->leaf.has_record)
        return VAULT_OK;
    w->n++;
    vlt_hex(hex, w->log->device, 8);
    (void)vlt_fail(&why, VAULT_E_POLICY,
        "untrusted: sealed by device %s, which is revoked, after its last "
        "good state",
        hex);
    vlt_record_waits(w->v, "untrusted", r->leaf.record, r->leaf.version, &why);
    return VAULT_OK;
}

/* In the shape that the question is asked in. */
static struct vlt_own_log
as_own(const struct vlt_seen_log *log)
{
    struct vlt_own_log own;

    memset(&own, 0, sizeof own);
    own.n = log->n;
    own.session = true;
    memcpy(own.origin, log->origin, sizeof own.origin);
    memcpy(own.replica.vault, log->replica.vault, 16);
    memcpy(own.device, log->device, sizeof own.device);
    memcpy(own.replica.replica, log->replica.replica, 8);
    own.replica.number = log->replica.number;
    own.size = log->size;
    return own;
}

static enum vault_status
judge_log(struct vlt_verify *v, const struct vlt_device_limits *l,
    const struct vlt_seen_log *log, uint64_t *n, struct vault_error *err)
{
    struct vlt_own_log own = as_own(log);
    struct vlt_device_trust t;
    struct walk w = {v, log, 0, 0};
    enum vault_status st =
        vlt_device_trusted(l, v->s, &own, number_of, v, &t, err);

    if (st != VAULT_OK || t.good >= log->size)
        return st;
    if (t.other)
        vlt_mismatch(v, "revoke",
            "log %s never had the last good state that the revocation of its "
            "device names: two histories",
            log->origin);
    st = vlt_leaves(v->s, log->n, t.good, take_line, &w, err);
    *n += w.n;
    return st;
}

enum vault_status
vlt_verify_untrusted(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_device_limits l;
    uint64_t n = 0;
    enum vault_status st = vlt_device_limits_load(v->s, is_signed, v, &l, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        const struct vlt_seen_log *log = &v->log[i];

        if (log->session && log->sound &&
            vlt_device_limited(&l, v->id, log->device))
            st = judge_log(v, &l, log, &n, err);
    }
    v->untrusted = n;
    if (st == VAULT_OK && l.n > 0 && n == 0 && !v->revocation_missing)
        vlt_held(v, "untrusted", l.n,
            "nothing here was sealed by a revoked device after its last good "
            "state");
    vlt_device_limits_clear(&l);
    return st;
}
