/* SPDX-License-Identifier: Apache-2.0 */
/* verify_event.c: what the lines of the log say, opened */
#include <inttypes.h>
#include "fail.h"
#include "verify.h"

struct events {
    struct vlt_verify *v;
    uint64_t n;
};

static enum vault_status
take_event(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct events *e = ctx;
    struct vlt_fields f;
    struct vault_error why;
    enum vault_status st;

    /* one that is gone was judged with the lines (verify_rows.c) */
    if (r->evct == NULL)
        return VAULT_OK;
    vlt_fields_init(&f);
    vlt_error_clear(&why);
    st = vlt_event_read(e->v->v, r, &f, &why);
    vlt_fields_clear(&f);
    if (st == VAULT_OK) {
        e->n++;
        return st;
    }
    if (st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY ||
        st == VAULT_E_FORMAT || st == VAULT_E_NEWER) {
        vlt_mismatch(e->v, "event", "log %" PRIu64 ", line %" PRIu64 ": %-s",
            r->log, r->idx, why.message);
        return VAULT_OK;
    }
    return vlt_judge(e->v, "event", st, &why, err);
}

enum vault_status
vlt_verify_events(struct vlt_verify *v, struct vault_error *err)
{
    struct events e = {v, 0};
    uint64_t failed = v->verdict.failed;
    struct vault_error why;
    enum vault_status st = vlt_store_begin(v->s, false, err);
    size_t i;

    vlt_error_clear(&why);
    for (i = 0; st == VAULT_OK && i < v->logs; i++)
        st = vlt_leaves(v->s, v->log[i].n, 0, take_event, &e, &why);
    vlt_store_rollback(v->s);
    st = vlt_judge(v, "event", st, &why, err);
    if (st == VAULT_OK && v->verdict.failed == failed)
        vlt_held(v, "event", e.n,
            "%" PRIu64 " lines of the log opened: what they say is what they "
            "committed to",
            e.n);
    return st;
}
