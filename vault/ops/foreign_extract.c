/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_extract.c: the parts of a record that was given in part */
#include <assert.h>
#include <string.h>
#include "cell.h"
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "foreign_rows.h"

/* ---- reading ---- */

struct walk {
    struct vault *v;
    const struct vlt_record_head *head;
    enum vault_status (*fn)(void *ctx, uint64_t x, const struct vlt_extract *e,
        struct vault_error *err);
    void *ctx;
};

static enum vault_status
open_wrap(struct walk *w, const uint8_t row[VLT_RECORD_WRAP], struct vlt_xk *xk,
    struct vault_error *err)
{
    const struct vlt_open_epoch *o;
    struct vlt_wrap wrap;
    enum vault_status st = vlt_wrap_decode(&wrap, row, VLT_RECORD_WRAP, err);

    if (st == VAULT_OK)
        st = vlt_epoch_secret(w->v, wrap.epoch, &o, err);
    if (st == VAULT_OK)
        st = vlt_wrap_open_xk(row, VLT_RECORD_WRAP, &o->epoch, o->e0, w->head,
            xk, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the wrap is malformed");
    return st;
}

static enum vault_status
open_extract(struct walk *w, uint64_t x, const uint8_t *b, size_t len,
    const struct vlt_xk *xk, struct vlt_extract *out, struct vault_error *err)
{
    struct vlt_buf plain;
    uint8_t *room;
    enum vault_status st;

    vlt_buf_init(&plain, VLT_EXTRACT_MAX);
    room = vlt_buf_room(&plain, len - VLT_CELL_EXTRA);
    if (room == NULL)
        st = vlt_buf_end(&plain, "extract", err);
    else if (!vlt_foreign_cell_open(room, w->v->vmk, w->v->id, "extract", x, b,
                 len))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "a part of this record does not open: it was changed");
    else
        st = vlt_extract_open(out, plain.p, plain.len, w->head, xk, err);
    vlt_buf_clear(&plain);
    return st;
}

static enum vault_status
take_extract(void *ctx, uint64_t x, const uint8_t wrap[VLT_RECORD_WRAP],
    const uint8_t *b, size_t len, struct vault_error *err)
{
    struct walk *w = ctx;
    struct vlt_xk *xk = vlt_xk_new();
    struct vlt_extract e;
    enum vault_status st;

    if (xk == NULL)
        return vlt_fail_memory(err);
    st = open_wrap(w, wrap, xk, err);
    if (st == VAULT_OK)
        st = open_extract(w, x, b, len, xk, &e, err);
    vlt_xk_free(xk);
    if (st != VAULT_OK)
        return st;
    st = w->fn(w->ctx, x, &e, err);
    vlt_extract_clear(&e);
    return st;
}

enum vault_status
vlt_foreign_extracts(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head,
    enum vault_status (*fn)(void *ctx, uint64_t x, const struct vlt_extract *e,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk w = {v, head, fn, ctx};

    return vlt_extract_rows(v->store, rid, take_extract, &w, err);
}

/* ---- all parts together ---- */

static enum vault_status
copy_body(struct vlt_meta *m, const struct vlt_extract *e,
    struct vault_error *err)
{
    if (!e->has_body || m->kb != NULL)
        return VAULT_OK;
    m->kb = vlt_kb_new();
    if (m->kb == NULL)
        return vlt_fail_memory(err);
    memcpy(m->kb->b, e->kb->b, sizeof m->kb->b);
    m->body_raw = e->body_raw;
    m->body_stored = e->body_stored;
    m->body_original = e->body_original;
    return VAULT_OK;
}

/* Each was checked against the record's content, so two that show a field
 * show the same. */
static enum vault_status
add_part(void *ctx, uint64_t x, const struct vlt_extract *e,
    struct vault_error *err)
{
    struct vlt_meta *m = ctx;
    enum vault_status st = copy_body(m, e, err);
    size_t i;

    (void)x;
    for (i = 0; st == VAULT_OK && i < e->fields.n; i++) {
        const struct vlt_field *f = &e->fields.f[i];
        char name[VLT_FIELD_NAME + 1] = "";

        memcpy(name, f->name, f->name_len);
        if (vlt_fields_find(&m->fields, name) == NULL)
            st = vlt_fields_add(&m->fields, f->type, f->state, name, f->value,
                f->value_len, err);
    }
    return st;
}

enum vault_status
vlt_foreign_shown(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, struct vlt_meta *out,
    struct vault_error *err)
{
    struct vlt_meta m;
    enum vault_status st;

    vlt_meta_init(&m);
    st = vlt_foreign_extracts(v, rid, head, add_part, &m, err);
    if (st == VAULT_OK && m.fields.n == 0)
        st = vlt_fail(err, VAULT_E_NO_KEY,
            "only the head of this version is here, nothing that can be read");
    if (st == VAULT_OK)
        *out = m;
    else
        vlt_meta_clear(&m);
    return st;
}

/* ---- writing ---- */

/* Whether the parts that are here show all of this already. */
static bool
covered(const struct vlt_meta *have, const struct vlt_extract *e)
{
    size_t i;

    if (e->has_body && have->kb == NULL)
        return false;
    for (i = 0; i < e->fields.n; i++) {
        char name[VLT_FIELD_NAME + 1] = "";

        memcpy(name, e->fields.f[i].name, e->fields.f[i].name_len);
        if (vlt_fields_find(&have->fields, name) == NULL)
            return false;
    }
    return true;
}

/* The whole record, or other parts, may be here. */
enum vault_status
vlt_foreign_extract_brings(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, const void *ct, size_t len,
    const struct vlt_xk *xk, bool *out, struct vault_error *err)
{
    struct vlt_foreign_parts parts;
    struct vlt_extract e;
    struct vlt_meta have;
    enum vault_status st = vlt_foreign_parts(v->store, rid, &parts, err);

    *out = st == VAULT_OK && !parts.meta;
    if (!*out)
        return st;
    st = vlt_extract_open(&e, ct, len, head, xk, err);
    if (st != VAULT_OK)
        return st;
    *out = e.fields.n > 0;
    if (parts.extracts) {
        st = vlt_foreign_shown(v, rid, head, &have, err);
        *out = *out && st == VAULT_OK && !covered(&have, &e);
        if (st == VAULT_OK)
            vlt_meta_clear(&have);
    }
    vlt_extract_clear(&e);
    return st;
}

static enum vault_status
put_extract(struct vault *v, uint64_t rid, const struct vlt_record_head *head,
    const void *ct, size_t len, const struct vlt_xk *xk,
    struct vault_error *err)
{
    uint8_t wrap[VLT_RECORD_WRAP];
    struct vlt_buf sealed;
    uint8_t *room;
    uint64_t x = 0;
    enum vault_status st = vlt_action_epoch(v, err);

    if (st == VAULT_OK)
        st = vlt_extract_row_next(v->store, &x, err);
    if (st != VAULT_OK)
        return st;
    vlt_wrap_seal_xk(wrap, &v->epoch, v->e0, v->next_i, head, xk);
    vlt_buf_init(&sealed, VLT_SEALED_EXTRACT);
    room = vlt_buf_room(&sealed, len + VLT_CELL_EXTRA);
    st = vlt_buf_end(&sealed, "extract", err);
    if (st == VAULT_OK) {
        vlt_foreign_cell_seal(room, v->vmk, v->id, "extract", x, ct, len);
        st = vlt_extract_row_put(v->store, x, rid, wrap, sealed.p, sealed.len,
            err);
    }
    vlt_buf_clear(&sealed);
    return st;
}

enum vault_status
vlt_foreign_extract_put(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, const void *ct, size_t len,
    const struct vlt_xk *xk, struct vault_error *err)
{
    bool fresh = false;
    enum vault_status st;

    assert(v->acting);
    st = vlt_foreign_extract_brings(v, rid, head, ct, len, xk, &fresh, err);
    if (st == VAULT_OK && fresh)
        st = vlt_foreign_changing(v, head, rid, err);
    if (st == VAULT_OK && fresh)
        st = put_extract(v, rid, head, ct, len, xk, err);
    if (st == VAULT_OK && fresh)
        st = vlt_foreign_proof_again(v, rid, err);
    return st;
}
