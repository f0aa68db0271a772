/* SPDX-License-Identifier: Apache-2.0 */
/* notice_told.c: which notices a bundle took along, and to whom */
#include "notice_told.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"

static void
clear(struct vlt_told *t)
{
    vlt_set_clear(&t->to);
    vlt_set_clear(&t->notes);
}

void
vlt_tolds_clear(struct vlt_tolds *l)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        clear(&l->t[i]);
    free(l->t);
    *l = (struct vlt_tolds){0, NULL};
}

/* ---- reading ---- */

static bool
read_set(const struct vlt_fields *f, const char *name, struct vlt_set *out,
    struct vault_error *err)
{
    const struct vlt_field *x = vlt_fields_find(f, name);
    size_t i;

    out->size = 32;
    if (x == NULL || x->type != VLT_FIELD_BYTES || x->value_len % 32 != 0)
        return false;
    for (i = 0; i < x->value_len; i += 32) {
        if (vlt_set_add(out, x->value + i, err) != VAULT_OK)
            return false;
    }
    return true;
}

static enum vault_status
read_fields(const struct vlt_fnote *n, struct vlt_told *t,
    struct vault_error *err)
{
    struct vlt_fields f;
    struct vlt_reader r;
    enum vault_status st;

    vlt_reader_init(&r, n->p, n->len);
    st = vlt_fields_decode(&f, &r, err);
    if (st != VAULT_OK)
        return st;
    if (vlt_read_end(&r, "told", NULL) != VAULT_OK ||
        !vlt_setting_bytes(&f, "bundle", t->bundle, 32) ||
        !vlt_fields_i64(&f, "time", &t->time) ||
        !read_set(&f, "to", &t->to, err) ||
        !read_set(&f, "notes", &t->notes, err))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "what is kept of notices taken along is malformed");
    vlt_fields_clear(&f);
    return st;
}

static enum vault_status
take(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    struct vlt_tolds *l = ctx;
    struct vlt_told *more = l->t;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->t = more;
    more += l->n++;
    memset(more, 0, sizeof *more);
    return read_fields(n, more, err);
}

enum vault_status
vlt_tolds_load(struct vault *v, struct vlt_tolds *out, struct vault_error *err)
{
    struct vlt_tolds l = {0, NULL};
    enum vault_status st = vlt_fnotes(v, "told", take, &l, err);

    if (st != VAULT_OK) {
        vlt_tolds_clear(&l);
        return st;
    }
    *out = l;
    return VAULT_OK;
}

static bool
to_him(const struct vlt_told *t, const struct vlt_notices *w,
    const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < t->to.n; i++) {
        if (vlt_notices_linked(w, t->to.p + 32 * i, fingerprint))
            return true;
    }
    return false;
}

int64_t
vlt_tolds_when(const struct vlt_tolds *l, const struct vlt_notices *w,
    const uint8_t hash[32], const uint8_t fingerprint[32], bool *arrived)
{
    int64_t first = 0;
    size_t i;

    *arrived = false;
    for (i = 0; i < l->n; i++) {
        const struct vlt_told *t = &l->t[i];

        if (!vlt_set_has(&t->notes, hash) || !to_him(t, w, fingerprint))
            continue;
        if (first == 0 || t->time < first)
            first = t->time;
        if (vlt_notices_receipt(w, t->bundle, fingerprint) != NULL)
            *arrived = true;
    }
    return first;
}

/* ---- writing ---- */

static enum vault_status
build(struct vlt_fields *f, const struct vlt_told *t, struct vault_error *err)
{
    enum vault_status st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE,
        "bundle", t->bundle, 32, err);

    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_TIME, "time", t->time, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "to", t->to.p,
            32 * t->to.n, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "notes",
            t->notes.p, 32 * t->notes.n, err);
    return st;
}

enum vault_status
vlt_told_put(struct vault *v, const struct vlt_told *t, struct vault_error *err)
{
    struct vlt_fields f;
    struct vlt_buf b;
    uint64_t n = 0;
    enum vault_status st;

    vlt_fields_init(&f);
    vlt_buf_init(&b, VLT_FNOTE_MAX);
    st = build(&f, t, err);
    if (st == VAULT_OK)
        st = vlt_fields_encode(&b, &f, err);
    if (st == VAULT_OK)
        st = vlt_fnote_put(v, &n, "told", b.p, b.len, err);
    vlt_fields_clear(&f);
    vlt_buf_clear(&b);
    return st;
}
