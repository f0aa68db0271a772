/* SPDX-License-Identifier: Apache-2.0 */
/* sent.c: what was given to whom, sealed (notes `sent`) */
#include "sent.h"

#include <string.h>

#include "fail.h"
#include "field.h"

enum { PIECE = 16000, ID = 20 };

/* ---- writing ---- */

static enum vault_status
bytes(struct vlt_fields *f, const char *name, const void *p, size_t n,
    struct vault_error *err)
{
    return vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, name, p, n, err);
}

/* Statements from `at` on, `n` of them. */
static enum vault_status
build(struct vlt_fields *f, const struct vlt_sent *s, size_t at, size_t n,
    struct vault_error *err)
{
    enum vault_status st = bytes(f, "bundle", s->bundle, 16, err);

    if (st == VAULT_OK)
        st = bytes(f, "text", s->text, 32, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_TIME, "time", s->time, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "part", s->part ? 1 : 0,
            err);
    if (st == VAULT_OK)
        st = bytes(f, "to", s->to, s->to_len * 32, err);
    if (st == VAULT_OK)
        st = bytes(f, "stmts", s->stmt + at, n * 32, err);
    if (st == VAULT_OK)
        st = bytes(f, "ids", s->id + at, n * ID, err);
    if (st == VAULT_OK && s->shares[0] != 0)
        st = vlt_fields_add_text(f, "shares", s->shares, err);
    return st;
}

static enum vault_status
put_piece(struct vault *v, const struct vlt_sent *s, size_t at, size_t n,
    struct vault_error *err)
{
    uint64_t number = 0;
    struct vlt_fields f;
    struct vlt_buf b;
    enum vault_status st;

    vlt_fields_init(&f);
    vlt_buf_init(&b, VLT_FNOTE_MAX);
    st = build(&f, s, at, n, err);
    if (st == VAULT_OK)
        st = vlt_fields_encode(&b, &f, err);
    if (st == VAULT_OK)
        st = vlt_fnote_put(v, &number, "sent", b.p, b.len, err);
    vlt_buf_clear(&b);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_sent_put(struct vault *v, const struct vlt_sent *s, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t at, n;

    for (at = 0; st == VAULT_OK && at < s->n; at += n) {
        n = s->n - at < PIECE ? s->n - at : PIECE;
        st = put_piece(v, s, at, n, err);
    }
    return st;
}

/* ---- reading ---- */

static bool
fixed(const struct vlt_fields *f, const char *name, uint8_t *out, size_t n)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL || x->type != VLT_FIELD_BYTES || x->value_len != n)
        return false;
    memcpy(out, x->value, n);
    return true;
}

/* A value of whole items of `size` bytes, borrowed. */
static bool
items(const struct vlt_fields *f, const char *name, size_t size,
    const uint8_t **p, size_t *n)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL || x->type != VLT_FIELD_BYTES || x->value_len % size != 0)
        return false;
    *p = x->value;
    *n = x->value_len / size;
    return true;
}

static bool
take_shares(const struct vlt_fields *f, struct vlt_sent *s)
{
    const struct vlt_field *x = vlt_fields_find(f, "shares");

    if (x == NULL)
        return true;
    if (x->type != VLT_FIELD_TEXT || x->value_len >= sizeof s->shares)
        return false;
    memcpy(s->shares, x->value, x->value_len);
    s->shares[x->value_len] = 0;
    return true;
}

static bool
take(const struct vlt_fields *f, struct vlt_sent *s)
{
    const uint8_t *to, *stmt, *id;
    int64_t part = 0;
    size_t ids = 0;

    if (!fixed(f, "bundle", s->bundle, 16) || !fixed(f, "text", s->text, 32) ||
        !vlt_fields_i64(f, "time", &s->time) ||
        !vlt_fields_i64(f, "part", &part) ||
        !items(f, "to", 32, &to, &s->to_len) ||
        !items(f, "stmts", 32, &stmt, &s->n) ||
        !items(f, "ids", ID, &id, &ids) || ids != s->n || !take_shares(f, s))
        return false;
    s->part = part != 0;
    s->to = (const uint8_t(*)[32])to;
    s->stmt = (const uint8_t(*)[32])stmt;
    s->id = (const uint8_t(*)[ID])id;
    return true;
}

struct walk {
    enum vault_status (
        *fn)(void *ctx, const struct vlt_sent *s, struct vault_error *err);
    void *ctx;
};

static enum vault_status
take_note(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    const struct walk *w = ctx;
    struct vlt_sent s = {.time = 0};
    struct vlt_fields f;
    struct vlt_reader r;
    enum vault_status st;

    vlt_reader_init(&r, n->p, n->len);
    st = vlt_fields_decode(&f, &r, err);
    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "what is noted of a bundle that was made is malformed");
    if (st != VAULT_OK)
        return st;
    if (vlt_read_end(&r, "sent", NULL) != VAULT_OK || !take(&f, &s))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "what is noted of a bundle that was made is malformed");
    else
        st = w->fn(w->ctx, &s, err);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_sents(struct vault *v,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_sent *s, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk w = {fn, ctx};

    return vlt_fnotes(v, "sent", take_note, &w, err);
}
