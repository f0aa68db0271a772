/* SPDX-License-Identifier: Apache-2.0 */
/* stamps.c: the time evidence that lies in a file, as it lies there */
#include <vault/stamp.h>
#include <string.h>
#include "fail.h"
#include "secret.h"
#include "stamp_claim.h"
#include "stamp_rows.h"

struct telling {
    struct vlt_store *s;
    int (*fn)(void *ctx, const struct vault_stamp *s);
    void *ctx;
    struct vlt_stamp_state at;
};

static enum vault_status
tell(void *ctx, const struct vlt_attachment_row *r, struct vault_error *err)
{
    struct telling *t = ctx;
    struct vlt_stamp_claim claim;
    struct vault_stamp out;
    enum vault_status st;

    memset(&claim, 0, sizeof claim);
    memset(&out, 0, sizeof out);
    claim.time = -1;
    st = vlt_stamp_state_load(&t->at, t->s, r->log, r->size, err);
    if (st != VAULT_OK)
        return st == VAULT_E_NOT_FOUND
            ? vlt_fail(err, VAULT_E_TAMPERED,
                  "time evidence of a state that is not here")
            : st;
    out.note = vlt_buf_cstr(&t->at.note);
    if (vlt_stamp_claim_read(&claim, r->kind, r->b, r->b_len, NULL) == VAULT_OK)
        out.fits = claim.known &&
            memcmp(claim.imprint, t->at.hash, sizeof t->at.hash) == 0;
    out.origin = t->at.point.origin;
    out.size = r->size;
    out.kind = r->kind;
    out.note_len = t->at.note.len;
    out.text_len = t->at.parsed.text_len;
    out.b = r->b;
    out.b_len = r->b_len;
    out.time = claim.time;
    out.policy = claim.policy;
    out.serial = claim.serial;
    return t->fn(t->ctx, &out) == 0
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

enum vault_status
vault_stamps(const char *path,
    int (*fn)(void *ctx, const struct vault_stamp *s), void *ctx,
    struct vault_error *err)
{
    struct vlt_store_options so = {VLT_STORE_READ, 0, NULL, NULL};
    struct telling t;
    enum vault_status st = vlt_crypto_init(err);

    if (st != VAULT_OK)
        return st;
    memset(&t, 0, sizeof t);
    t.fn = fn;
    t.ctx = ctx;
    vlt_buf_init(&t.at.note, VLT_NOTE_MAX);
    st = vlt_store_open(path, &so, &t.s, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(t.s, false, err);
    if (st == VAULT_OK) {
        st = vlt_attachments(t.s, tell, &t, err);
        vlt_store_rollback(t.s);
    }
    vlt_store_close(t.s);
    vlt_buf_clear(&t.at.note);
    return st;
}
