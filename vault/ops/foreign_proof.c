/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_proof.c: what the sealed note beside a foreign row says of it */
#include <string.h>
#include "fail.h"
#include "field.h"
#include "fnote.h"
#include "foreign.h"
#include "foreign_rows.h"

enum { LEAF = 1024, PROOF = 128 * 1024, NOTE = 256 * 1024 };

void
vlt_foreign_proof_init(struct vlt_foreign_proof *p)
{
    memset(p, 0, sizeof *p);
    vlt_buf_init(&p->leaf, LEAF);
    vlt_buf_init(&p->proof, PROOF);
}

void
vlt_foreign_proof_clear(struct vlt_foreign_proof *p)
{
    vlt_buf_clear(&p->leaf);
    vlt_buf_clear(&p->proof);
    vlt_foreign_proof_init(p);
}

/* ---- field list ---- */

static enum vault_status
build(struct vlt_fields *f, const struct vlt_foreign_proof *p,
    struct vault_error *err)
{
    static const uint8_t zeros[32];
    enum vault_status st;

    st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "stmt", p->stmt,
        32, err);
    if (st == VAULT_OK && p->leaf.len > 0)
        st = vlt_fields_add(f, VLT_FIELD_TEXT, VLT_STATE_VALUE, "leaf",
            p->leaf.p, p->leaf.len, err);
    if (st == VAULT_OK && p->proof.len > 0)
        st = vlt_fields_add(f, VLT_FIELD_TEXT, VLT_STATE_VALUE, "proof",
            p->proof.p, p->proof.len, err);
    if (st == VAULT_OK && memcmp(p->bundle, zeros, 16) != 0)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "bundle",
            p->bundle, 16, err);
    if (st == VAULT_OK && memcmp(p->from, zeros, 32) != 0)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "from",
            p->from, 32, err);
    if (st == VAULT_OK)
        st =
            vlt_fields_add_i64(f, VLT_FIELD_TIME, "received", p->received, err);
    if (st == VAULT_OK && p->dropped != 0)
        st = vlt_fields_add_i64(f, VLT_FIELD_TIME, "dropped", p->dropped, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "whole", p->whole, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "parts", (int64_t)p->parts,
            err);
    return st;
}

/* A value of exactly n bytes; false when it is there and is none. */
static bool
fixed(const struct vlt_fields *f, const char *name, uint8_t *out, size_t n,
    bool must)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL)
        return !must;
    if (x->type != VLT_FIELD_BYTES || x->state != VLT_STATE_VALUE ||
        x->value_len != n)
        return false;
    memcpy(out, x->value, n);
    return true;
}

static bool
text(const struct vlt_fields *f, const char *name, struct vlt_buf *out)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL)
        return true;
    if (x->type != VLT_FIELD_TEXT || x->state != VLT_STATE_VALUE)
        return false;
    vlt_buf_put(out, x->value, x->value_len);
    return !out->failed;
}

static bool
take(const struct vlt_fields *f, struct vlt_foreign_proof *p)
{
    int64_t whole = 0;
    int64_t parts = 0;

    (void)vlt_fields_i64(f, "dropped", &p->dropped);
    if (!vlt_fields_i64(f, "whole", &whole) ||
        !vlt_fields_i64(f, "parts", &parts) || parts < 0)
        return false;
    p->whole = whole != 0;
    p->parts = (uint64_t)parts;
    return fixed(f, "stmt", p->stmt, 32, true) && text(f, "leaf", &p->leaf) &&
        text(f, "proof", &p->proof) &&
        fixed(f, "bundle", p->bundle, 16, false) &&
        fixed(f, "from", p->from, 32, false) &&
        vlt_fields_i64(f, "received", &p->received) &&
        (p->leaf.len == 0) == (p->proof.len == 0);
}

/* ---- rows ---- */

static enum vault_status
malformed(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the proof of a foreign record is malformed");
}

static enum vault_status
parse(const struct vlt_buf *b, struct vlt_foreign_proof *out,
    struct vault_error *err)
{
    struct vlt_fields f;
    struct vlt_reader r;
    enum vault_status st;
    bool good;

    vlt_reader_init(&r, b->p, b->len);
    st = vlt_fields_decode(&f, &r, err);
    if (st == VAULT_E_FORMAT)
        return malformed(err);
    if (st != VAULT_OK)
        return st;
    good = vlt_read_end(&r, "proof", NULL) == VAULT_OK && take(&f, out);
    vlt_fields_clear(&f);
    return good ? VAULT_OK : malformed(err);
}

enum vault_status
vlt_foreign_proof_get(struct vault *v, uint64_t rid,
    struct vlt_foreign_proof *out, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    struct vlt_buf b;
    char kind[33];
    enum vault_status st;

    vlt_foreign_proof_init(&p);
    vlt_buf_init(&b, NOTE);
    st = vlt_fnote_get(v, VLT_FNOTE_PROOF + rid, kind, &b, err);
    if (st == VAULT_E_NOT_FOUND)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the proof of a foreign record is missing");
    if (st == VAULT_OK && strcmp(kind, "proof") != 0)
        st = malformed(err);
    if (st == VAULT_OK)
        st = parse(&b, &p, err);
    vlt_buf_clear(&b);
    if (st == VAULT_OK)
        *out = p;
    else
        vlt_foreign_proof_clear(&p);
    return st;
}

/* What of the row is here. */
static enum vault_status
look(struct vault *v, uint64_t rid, struct vlt_foreign_proof *p,
    struct vault_error *err)
{
    struct vlt_foreign_parts parts;
    enum vault_status st = vlt_foreign_parts(v->store, rid, &parts, err);

    if (st == VAULT_OK)
        st = vlt_extract_count(v->store, rid, &p->parts, err);
    if (st == VAULT_OK)
        p->whole = parts.meta;
    return st;
}

enum vault_status
vlt_foreign_proof_again(struct vault *v, uint64_t rid, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st = vlt_foreign_proof_get(v, rid, &p, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_foreign_proof_put(v, rid, &p, err);
    vlt_foreign_proof_clear(&p);
    return st;
}

enum vault_status
vlt_foreign_proof_put(struct vault *v, uint64_t rid,
    const struct vlt_foreign_proof *proof, struct vault_error *err)
{
    struct vlt_foreign_proof p = *proof;
    uint64_t n = VLT_FNOTE_PROOF + rid;
    struct vlt_fields f;
    struct vlt_buf b;
    enum vault_status st;

    vlt_fields_init(&f);
    vlt_buf_init(&b, NOTE);
    st = look(v, rid, &p, err);
    if (st == VAULT_OK)
        st = build(&f, &p, err);
    if (st == VAULT_OK)
        st = vlt_fields_encode(&b, &f, err);
    if (st == VAULT_OK)
        st = vlt_fnote_put(v, &n, "proof", b.p, b.len, err);
    vlt_fields_clear(&f);
    vlt_buf_clear(&b);
    return st;
}
