/* SPDX-License-Identifier: Apache-2.0 */
/* untrusted.c: records that a revoked device sealed after its last good state */
#include <stdlib.h>
#include <string.h>
#include <vault/device.h>
#include "action.h"
#include "device_limit.h"
#include "fail.h"
#include "text.h"
#include "untrusted.h"

struct session {
    uint64_t log;
    uint8_t device[8];
    uint64_t good; /* lines */
};
struct vault_untrusted {
    struct vault *v;
    size_t n;
    struct session *at; /* only those with lines that are not good, by log */
};

static enum vault_status
add(struct vault_untrusted *u, const struct vlt_own_log *log, uint64_t good,
    struct vault_error *err)
{
    struct session *more = realloc(u->at, (u->n + 1) * sizeof *more);

    if (more == NULL)
        return vlt_fail_memory(err);
    u->at = more;
    more[u->n].log = log->n;
    more[u->n].good = good;
    memcpy(more[u->n++].device, log->device, 8);
    return VAULT_OK;
}

static int
by_log(const void *a, const void *b)
{
    const struct session *x = a, *y = b;

    return (x->log > y->log) - (x->log < y->log);
}

static enum vault_status
load(struct vault_untrusted *u, struct vault_error *err)
{
    struct vlt_device_limits limits;
    struct vlt_device_trust t;
    struct vault *v = u->v;
    enum vault_status st = vlt_device_limits_own(v, &limits, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && limits.n > 0 && i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (!log->session || !vlt_device_limited(&limits, v->id, log->device))
            continue;
        st = vlt_device_trusted(&limits, v->store, log, vlt_own_session_number,
            v, &t, err);
        if (st == VAULT_OK && t.good < log->size)
            st = add(u, log, t.good, err);
    }
    vlt_device_limits_clear(&limits);
    if (u->n > 1)
        qsort(u->at, u->n, sizeof *u->at, by_log);
    return st;
}

enum vault_status
vlt_untrusted_load(struct vault *v, struct vault_untrusted **out,
    struct vault_error *err)
{
    struct vault_untrusted *u = calloc(1, sizeof *u);
    enum vault_status st;

    if (u == NULL)
        return vlt_fail_memory(err);
    u->v = v;
    st = load(u, err);
    if (st == VAULT_OK)
        *out = u;
    else
        vault_untrusted_close(u);
    return st;
}

enum vault_status
vault_untrusted_open(struct vault *v, struct vault_untrusted **out,
    struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_untrusted_load(v, out, err);
    vlt_store_rollback(v->store);
    return st;
}

bool
vault_untrusted_any(const struct vault_untrusted *u)
{
    return u->n > 0;
}

void
vault_untrusted_close(struct vault_untrusted *u)
{
    if (u == NULL)
        return;
    free(u->at);
    free(u);
}

/* ---- asking ---- */

struct asking {
    const struct vault_untrusted *u;
    uint32_t version;    /* 0: any */
    const uint8_t *stmt; /* or NULL */
    const struct session *found;
    uint64_t idx;
};

static enum vault_status
match(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct asking *q = ctx;
    struct session key = {.log = r->log};
    const struct session *s;

    (void)err;
    if (q->found != NULL || strcmp(r->leaf.kind, "seal") != 0 ||
        (q->version != 0 && r->leaf.version != q->version) ||
        (q->stmt != NULL && memcmp(r->leaf.subject, q->stmt, 32) != 0))
        return VAULT_OK;
    s = bsearch(&key, q->u->at, q->u->n, sizeof *s, by_log);
    if (s == NULL || r->idx < s->good)
        return VAULT_OK;
    q->found = s;
    q->idx = r->idx;
    return VAULT_OK;
}

enum vault_status
vlt_untrusted_find(const struct vault_untrusted *u, const uint8_t id[16],
    uint32_t version, const uint8_t *stmt, struct vlt_untrusted *out,
    struct vault_error *err)
{
    struct asking q = {u, version, stmt, NULL, 0};
    enum vault_status st = VAULT_OK;

    memset(out, 0, sizeof *out);
    if (u->n > 0)
        st = vlt_leaves_of(u->v->store, id, match, &q, err);
    if (st != VAULT_OK || q.found == NULL)
        return st;
    out->is = true;
    out->log = q.found->log;
    out->idx = q.idx;
    memcpy(out->device, q.found->device, sizeof out->device);
    return VAULT_OK;
}

enum vault_status
vault_untrusted_is(struct vault_untrusted *u, const uint8_t id[VAULT_ID],
    uint32_t version, bool *out, char device[VAULT_DEVICE_HEX],
    struct vault_error *err)
{
    struct vlt_untrusted found;
    bool inside = vlt_store_in_transaction(u->v->store);
    enum vault_status st = VAULT_OK;

    *out = false;
    if (u->n == 0)
        return VAULT_OK;
    if (!inside)
        st = vlt_store_begin(u->v->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_untrusted_find(u, id, version, NULL, &found, err);
    if (!inside)
        vlt_store_rollback(u->v->store);
    if (st != VAULT_OK || !found.is)
        return st;
    *out = true;
    vlt_hex(device, found.device, sizeof found.device);
    return VAULT_OK;
}
