/* SPDX-License-Identifier: Apache-2.0 */
/* take_limits.c: up to where a revoked device's sessions are trusted */
#include <string.h>
#include "device_limit.h"
#include "fail.h"
#include "take_in.h"

/* Of the file's own sessions, else of those that came in before. */
static uint32_t
number_of(const void *ctx, const uint8_t device[8], const uint8_t session[8])
{
    const struct vlt_taking *t = ctx;
    size_t i;

    for (i = 0; i < t->whole && i < t->n; i++) {
        if (memcmp(t->at[i].s.device, device, 8) == 0 &&
            memcmp(t->at[i].s.session, session, 8) == 0)
            return t->at[i].s.number;
    }
    return vlt_own_session_number(t->v, device, session);
}

static bool
any_limited(const struct vlt_taking *t, const struct vlt_device_limits *l)
{
    size_t i;

    for (i = 0; i < t->n; i++) {
        if (vlt_device_limited(l, t->v->id, t->at[i].s.device))
            return true;
    }
    return t->has_drawn && vlt_device_limited(l, t->v->id, t->drawn.device);
}

static enum vault_status
set_good(struct vlt_taking *t, struct vlt_taken_session *s,
    const struct vlt_device_limits *l, struct vault_error *err)
{
    struct vlt_own_log log = s->log;
    struct vlt_device_trust trust;
    enum vault_status st;

    memcpy(log.replica.vault, t->v->id, sizeof log.replica.vault);
    memcpy(log.device, s->s.device, sizeof log.device);
    memcpy(log.replica.replica, s->s.session, sizeof log.replica.replica);
    log.replica.number = s->s.number;
    st = vlt_device_trusted(l, t->c->store, &log, number_of, t, &trust, err);
    if (st == VAULT_OK)
        s->good = trust.good;
    return st;
}

enum vault_status
vlt_take_limits(struct vlt_taking *t, struct vault_error *err)
{
    struct vlt_device_limits limits;
    enum vault_status st = vlt_device_limits_own(t->v, &limits, err);
    bool any;
    size_t i;

    if (st != VAULT_OK)
        return st;
    any = any_limited(t, &limits);
    if (any && t->opt.admit)
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "sanduq receive takes in what it signed before its last good "
            "state, and with --untrusted the rest",
            "the device of %s is revoked", t->c->path);
    for (i = 0; st == VAULT_OK && any && i < t->whole && i < t->n; i++)
        st = set_good(t, &t->at[i], &limits, err);
    vlt_device_limits_clear(&limits);
    return st;
}
