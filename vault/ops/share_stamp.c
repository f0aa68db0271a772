/* SPDX-License-Identifier: Apache-2.0 */
/* share_stamp.c: time evidence of the states that a bundle names */
#include <string.h>

#include "fail.h"
#include "sharing.h"
#include "stamp_claim.h"
#include "stamp_rows.h"

struct copying {
    struct vlt_share_file *f;
    struct vlt_stamp_state at;
};

/* The log's number in the bundle; 0: not in it. */
static uint64_t
log_in_bundle(const struct vlt_share_file *f, const char *origin)
{
    size_t i;

    for (i = 0; i < f->logs; i++) {
        if (strcmp(f->log[i].origin, origin) == 0)
            return f->log[i].n;
    }
    return 0;
}

static bool
state_in_bundle(const struct vlt_share_file *f, uint64_t log,
    const struct vlt_stamp_state *at)
{
    size_t i;

    for (i = 0; i < f->points; i++) {
        if (f->point[i].log == log && f->point[i].size == at->point.size &&
            memcmp(f->point[i].text, at->hash, sizeof at->hash) == 0)
            return true;
    }
    return false;
}

static enum vault_status
copy(void *ctx, const struct vlt_attachment_row *r, struct vault_error *err)
{
    struct copying *c = ctx;
    uint64_t log;
    enum vault_status st =
        vlt_stamp_state_load(&c->at, c->f->s->v->store, r->log, r->size, err);

    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "time evidence of a state that is not here");
    if (st != VAULT_OK)
        return st;
    log = log_in_bundle(c->f, c->at.point.origin);
    if (log == 0 || !state_in_bundle(c->f, log, &c->at))
        return VAULT_OK;
    return vlt_attachment_put(c->f->out, log, r->size, r->kind, r->b, r->b_len,
        err);
}

enum vault_status
vlt_share_stamps(struct vlt_share_file *f, struct vault_error *err)
{
    struct copying c;
    enum vault_status st;

    memset(&c, 0, sizeof c);
    c.f = f;
    vlt_buf_init(&c.at.note, VLT_NOTE_MAX);
    st = vlt_attachments(f->s->v->store, copy, &c, err);
    vlt_buf_clear(&c.at.note);
    return st;
}
