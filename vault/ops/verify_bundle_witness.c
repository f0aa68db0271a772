/* SPDX-License-Identifier: Apache-2.0 */
/* verify_bundle_witness.c: who countersigned the states that prove a bundle */
#include "bundle_parts.h"
#include "fail.h"
#include "log_rows.h"
#include "verify_witness.h"

struct states {
    struct vlt_verify *v;
    const struct vlt_bundle *b;
    const struct vlt_bundle_log *log;
};

static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct states *s = ctx;
    char origin[VLT_NAME_MAX + 1];

    if (vlt_bundle_point_find(s->b, s->log->n, r->size) == NULL)
        return VAULT_OK; /* its log's key did not sign it */
    vlt_bundle_origin(s->log, origin);
    return vlt_wit_alone(s->v, origin, s->log->key, r->note, r->note_len, err);
}

/* Those that its recipient's vault has pinned. */
static enum vault_status
pinned(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st;

    if (v->v == NULL)
        return VAULT_OK;
    st = vlt_read_begin(v->v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_wit_pinned(v, err);
    vlt_store_rollback(v->v->store);
    return st;
}

enum vault_status
vlt_verify_bundle_witness(struct vlt_verify *v, struct vlt_bundle *b,
    struct vault_error *err)
{
    struct states s = {v, b, NULL};
    enum vault_status st = pinned(v, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < b->in->logs; i++) {
        s.log = &b->in->log[i];
        if (s.log->fault == VLT_LOG_SOUND)
            st = vlt_checkpoints(b->store, s.log->n, take_point, &s, err);
    }
    return st == VAULT_OK ? vlt_wit_alone_end(v, err) : st;
}
