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
    struct vlt_device_limits limits;
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
    struct vlt_device_trust t;
    struct vault *v = u->v;
    enum vault_status st = vlt_device_limits_own(v, &u->limits, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && u->limits.n > 0 && i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (!log->session ||
            !vlt_device_limited(&u->limits, v->id, log->device))
            continue;
        st = vlt_device_trusted(&u->limits, v->store, log,
            vlt_own_session_number, v, &t, err);
        if (st == VAULT_OK && t.good < log->size)
            st = add(u, log, t.good, err);
    }
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
    return u->limits.n > 0;
}

void
vault_untrusted_close(struct vault_untrusted *u)
{
    if (u == NULL)
        return;
    vlt_device_limits_clear(&u->limits);
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
    bool taken; /* by itself, from a session that is not here */
    uint8_t device[8];
};

static bool
has_bytes(const struct vlt_fields *f, const char *name, uint8_t out[8])
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL || x->type != VLT_FIELD_BYTES || x->value_len != 8)
        return false;
    memcpy(out, x->value, 8);
    return true;
}

/* What came in by itself has in its line which device, session and line it is
 * from; what came in with its session has that session. */
static enum vault_status
match_taken(struct asking *q, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct vault *v = q->u->v;
    uint8_t device[8], session[8];
    int64_t number = 0, line = 0;
    struct vlt_fields f;
    enum vault_status st = vlt_event_read(v, r, &f, err);

    if (st != VAULT_OK)
        return st;
    if (has_bytes(&f, "device", device) && has_bytes(&f, "session", session) &&
        vlt_fields_i64(&f, "number", &number) &&
        vlt_fields_i64(&f, "line", &line) && number > 0 &&
        number <= UINT32_MAX && line >= 0)
        q->taken = (uint64_t)line >= vlt_device_good(&q->u->limits, v->id,
                                         device, session, (uint32_t)number,
                                         vlt_own_session_number, v);
    if (q->taken)
        memcpy(q->device, device, sizeof q->device);
    vlt_fields_clear(&f);
    return VAULT_OK;
}

static enum vault_status
match(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct asking *q = ctx;
    struct session key = {.log = r->log};
    const struct session *s;

    if (q->found != NULL || q->taken ||
        (q->version != 0 && r->leaf.version != q->version) ||
        (q->stmt != NULL && memcmp(r->leaf.subject, q->stmt, 32) != 0))
        return VAULT_OK;
    if (strcmp(r->leaf.kind, "take") == 0)
        return match_taken(q, r, err);
    if (strcmp(r->leaf.kind, "seal") != 0 || q->u->n == 0)
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
    struct asking q = {.u = u, .version = version, .stmt = stmt};
    enum vault_status st = VAULT_OK;

    memset(out, 0, sizeof *out);
    if (u->limits.n > 0)
        st = vlt_leaves_of(u->v->store, id, match, &q, err);
    if (st != VAULT_OK || (q.found == NULL && !q.taken))
        return st;
    out->is = true;
    out->taken = q.found == NULL;
    memcpy(out->device, q.device, sizeof out->device);
    if (out->taken)
        return VAULT_OK;
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
    if (u->limits.n == 0)
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
