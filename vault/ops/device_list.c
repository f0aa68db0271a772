/* SPDX-License-Identifier: Apache-2.0 */
/* device_list.c: the capture devices that a vault knows, and what came of them */
#include <stdlib.h>
#include <string.h>
#include <vault/device.h>
#include "action.h"
#include "device_limit.h"
#include "fail.h"
#include "note_rows.h"
#include "text.h"

struct known {
    struct vault_device d;
    uint8_t newest[32]; /* H(checkpoint text) of its newest session */
};
struct listing {
    struct vault *v;
    struct vlt_device_limits limits;
    size_t n;
    struct known *at;
};

static enum vault_status
find_or_add(struct listing *l, const uint8_t device[8], struct known **out,
    struct vault_error *err)
{
    struct known *more;
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (memcmp(l->at[i].d.id, device, 8) == 0) {
            *out = &l->at[i];
            return VAULT_OK;
        }
    }
    more = realloc(l->at, (l->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    memset(&more[l->n], 0, sizeof *more);
    memcpy(more[l->n].d.id, device, 8);
    vlt_hex(more[l->n].d.hex, device, 8);
    more[l->n].d.taken = -1;
    *out = &more[l->n++];
    return VAULT_OK;
}

/* The first note that was stored is the one that was compared. */
static enum vault_status
take_note(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct listing *l = ctx;
    const struct vlt_card *card;
    struct vlt_device d;
    struct known *k;
    enum vault_status st;

    if (vlt_device_parse(&d, note, len, NULL) != VAULT_OK)
        return VAULT_OK;
    card = vlt_own_card(l->v, d.card);
    if (card == NULL || vlt_device_check(note, len, card, NULL) != VAULT_OK)
        return VAULT_OK;
    st = find_or_add(l, d.device, &k, err);
    if (st != VAULT_OK || k->d.admitted)
        return st;
    k->d.admitted = true;
    memcpy(k->d.first, d.first, sizeof k->d.first);
    vlt_fingerprint_text(k->d.letters, d.first);
    return VAULT_OK;
}

/* A session has one line of its own, and one for each record. */
static enum vault_status
take_session(struct listing *l, const struct vlt_own_log *log,
    struct vault_error *err)
{
    struct vlt_device_trust t;
    struct known *k;
    uint64_t good;
    enum vault_status st = find_or_add(l, log->device, &k, err);

    if (st == VAULT_OK)
        st = vlt_device_trusted(&l->limits, l->v->store, log,
            vlt_own_session_number, l->v, &t, err);
    if (st != VAULT_OK)
        return st;
    k->d.sessions++;
    k->d.records += log->size - 1;
    good = t.good > 1 ? t.good : 1;
    k->d.beyond += good < log->size ? log->size - good : 0;
    if (log->replica.number <= k->d.number)
        return VAULT_OK;
    k->d.number = log->replica.number;
    k->d.size = log->size;
    vlt_hex(k->d.session, log->replica.replica, 8);
    memcpy(k->newest, log->checkpoint, sizeof k->newest);
    return VAULT_OK;
}

/* The revocation that leaves least; what is not known here comes first. */
static void
take_limit(struct known *k, const struct vlt_device_limit *limit,
    const struct vault *v)
{
    uint32_t number = !limit->has_last
        ? 0
        : vlt_own_session_number(v, limit->device, limit->last.replica);
    bool earlier = !k->d.revoked || !limit->has_last ||
        (!k->d.revoked_all &&
            (number < k->d.last_number ||
                (number == k->d.last_number &&
                    limit->last.size < k->d.last_size)));

    k->d.revoked = true;
    if (!earlier)
        return;
    k->d.revoked_all = !limit->has_last;
    k->d.last_number = number;
    k->d.last_size = limit->has_last ? limit->last.size : 0;
    k->d.last_session[0] = 0;
    if (limit->has_last)
        vlt_hex(k->d.last_session, limit->last.replica, 8);
}

static enum vault_status
take_limits(struct listing *l, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < l->limits.n; i++) {
        struct known *k;

        st = find_or_add(l, l->limits.at[i].device, &k, err);
        if (st == VAULT_OK)
            take_limit(k, &l->limits.at[i], l->v);
    }
    return st;
}

/* When the newest session came in, by the line that took it in. */
static enum vault_status
take_join(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct listing *l = ctx;
    struct vlt_fields f;
    size_t i;

    (void)err;
    if (strcmp(r->leaf.kind, "join") != 0)
        return VAULT_OK;
    for (i = 0; i < l->n; i++) {
        struct known *k = &l->at[i];

        if (k->d.number == 0 || memcmp(k->newest, r->leaf.subject, 32) != 0)
            continue;
        vlt_fields_init(&f);
        if (r->evct != NULL && vlt_event_read(l->v, r, &f, NULL) == VAULT_OK)
            (void)vlt_fields_i64(&f, "time", &k->d.taken);
        vlt_fields_clear(&f);
    }
    return VAULT_OK;
}

static enum vault_status
gather(struct listing *l, struct vault_error *err)
{
    struct vault *v = l->v;
    enum vault_status st = vlt_device_limits_own(v, &l->limits, err);
    size_t i;

    if (st == VAULT_OK)
        st = vlt_notes(v->store, "device", take_note, l, err);
    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        if (v->logs.log[i].session)
            st = take_session(l, &v->logs.log[i], err);
    }
    if (st == VAULT_OK)
        st = take_limits(l, err);
    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        if (!v->logs.log[i].session)
            st = vlt_leaves(v->store, v->logs.log[i].n, 0, take_join, l, err);
    }
    return st;
}

static int
by_id(const void *a, const void *b)
{
    const struct known *x = a, *y = b;

    return memcmp(x->d.id, y->d.id, sizeof x->d.id);
}

enum vault_status
vault_devices(struct vault *v,
    int (*fn)(void *ctx, const struct vault_device *d), void *ctx,
    struct vault_error *err)
{
    struct listing l = {.v = v};
    enum vault_status st = vlt_need_unlocked(v, err);
    size_t i;

    if (st == VAULT_OK)
        st = vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = gather(&l, err);
    vlt_store_rollback(v->store);
    if (l.n > 1)
        qsort(l.at, l.n, sizeof *l.at, by_id);
    for (i = 0; st == VAULT_OK && i < l.n; i++) {
        if (fn(ctx, &l.at[i].d) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    vlt_device_limits_clear(&l.limits);
    free(l.at);
    return st;
}
