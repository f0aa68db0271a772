/* SPDX-License-Identifier: Apache-2.0 */
/* content.c: salted commitments to fields (sections 6.3 and 7.2) */
#include "content.h"
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "label.h"

#include <stdlib.h>
#include <string.h>

enum {
    SCOPE_MAX = 16 + 4, /* record id || version, empty for an event */
    LEAF_MAX = VLT_LABEL_MAX + SCOPE_MAX + 2 + 32 + 3 + VLT_FIELD_NAME + 8 + 32
};

/* What tells the leaves of one list from those of another. */
struct scope {
    enum vlt_label leaf;
    enum vlt_label salt;
    const struct vlt_salts *salts;
    size_t len;
    uint8_t b[SCOPE_MAX];
};

static void
leaf_salt(uint8_t out[32], const struct scope *s, size_t i)
{
    uint8_t ctx[SCOPE_MAX + 2];

    memcpy(ctx, s->b, s->len);
    vlt_store_u16(ctx + s->len, (uint16_t)i);
    vlt_x(s->salts->b, s->salt, ctx, s->len + 2, out, 32);
}

/* Length and hash a field commits to; a body's may be another's. */
static void
value_commit(struct vlt_body_commit *out, const struct vlt_field *f,
    const struct vlt_body_commit *body)
{
    if (body != NULL && f->type == VLT_FIELD_BODY &&
        f->state == VLT_STATE_VALUE) {
        *out = *body;
        return;
    }
    out->original_len = f->value_len;
    vlt_sha256(out->sha256, f->value, f->value_len);
}

static void
field_leaf(struct vlt_hash32 *out, const struct scope *s, size_t i,
    const uint8_t salt[32], const struct vlt_field *f,
    const struct vlt_body_commit *body)
{
    struct vlt_body_commit v;
    uint8_t leaf[LEAF_MAX];
    size_t n = vlt_label(s->leaf, leaf);

    value_commit(&v, f, body);
    memcpy(leaf + n, s->b, s->len);
    n += s->len;
    vlt_store_u16(leaf + n, (uint16_t)i);
    n += 2;
    memcpy(leaf + n, salt, 32);
    n += 32;
    leaf[n++] = f->type;
    leaf[n++] = f->state;
    leaf[n++] = f->name_len;
    memcpy(leaf + n, f->name, f->name_len);
    n += f->name_len;
    vlt_store_u64(leaf + n, v.original_len);
    n += 8;
    memcpy(leaf + n, v.sha256, 32);
    n += 32;
    vlt_leaf_hash(out->b, leaf, n);
    vlt_wipe(leaf, sizeof leaf);
}

static void
pad_leaf(struct vlt_hash32 *out, const uint8_t salt[32])
{
    uint8_t leaf[VLT_LABEL_MAX + 32];
    size_t n = vlt_label(VLT_L_PAD, leaf);

    memcpy(leaf + n, salt, 32);
    vlt_leaf_hash(out->b, leaf, n + 32);
    vlt_wipe(leaf, sizeof leaf);
}

/* All T >= least leaves; `body` stands in for a type-5 value if given. */
static enum vault_status
leaves(struct vlt_hash32 **out, size_t *out_t, const struct scope *s,
    const struct vlt_fields *l, size_t least,
    const struct vlt_body_commit *body, struct vault_error *err)
{
    struct vlt_hash32 *leaf;
    uint8_t salt[32];
    size_t t = least, i;

    while (t < l->n)
        t *= 2;
    leaf = calloc(t, sizeof *leaf);
    if (leaf == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < t; i++) {
        leaf_salt(salt, s, i);
        if (i < l->n)
            field_leaf(&leaf[i], s, i, salt, &l->f[i], body);
        else
            pad_leaf(&leaf[i], salt);
    }
    vlt_wipe(salt, sizeof salt);
    *out = leaf;
    *out_t = t;
    return VAULT_OK;
}

static void
record_scope(struct scope *s, const uint8_t record[16], uint32_t version,
    const struct vlt_salts *salts)
{
    *s = (struct scope){
        .leaf = VLT_L_FIELD,
        .salt = VLT_L_FIELD_SALT,
        .salts = salts,
        .len = SCOPE_MAX,
    };
    memcpy(s->b, record, 16);
    vlt_store_u32(s->b + 16, version);
}

void
vlt_content_salt(uint8_t out[32], const struct vlt_salts *salts,
    const uint8_t record[16], uint32_t version, size_t i)
{
    struct scope s;

    record_scope(&s, record, version, salts);
    leaf_salt(out, &s, i);
}

void
vlt_content_leaf(struct vlt_hash32 *out, const uint8_t record[16],
    uint32_t version, size_t i, const uint8_t salt[32],
    const struct vlt_field *f, const struct vlt_body_commit *body)
{
    struct scope s;

    record_scope(&s, record, version, NULL);
    field_leaf(out, &s, i, salt, f, body);
}

enum vault_status
vlt_content_leaves(struct vlt_hash32 **out, size_t *t,
    const struct vlt_fields *l, const struct vlt_salts *salts,
    const uint8_t record[16], uint32_t version,
    const struct vlt_body_commit *body, struct vault_error *err)
{
    const struct vlt_field *f = vlt_fields_find(l, "body");
    struct scope s;

    if ((f != NULL && f->state == VLT_STATE_VALUE) != (body != NULL))
        return vlt_fail(err, VAULT_E_USAGE,
            "a body and the field `body` go together");
    record_scope(&s, record, version, salts);
    return leaves(out, t, &s, l, VLT_CONTENT_LEAST, body, err);
}

enum vault_status
vlt_content_root(uint8_t out[32], const struct vlt_fields *l,
    const struct vlt_salts *salts, const uint8_t record[16], uint32_t version,
    const struct vlt_body_commit *body, struct vault_error *err)
{
    struct vlt_hash32 *leaf;
    size_t t;
    enum vault_status st;

    st = vlt_content_leaves(&leaf, &t, l, salts, record, version, body, err);
    if (st != VAULT_OK)
        return st;
    vlt_mth(out, leaf, t);
    free(leaf);
    return VAULT_OK;
}

enum vault_status
vlt_event_root(uint8_t out[32], const struct vlt_fields *l,
    const struct vlt_salts *salts, struct vault_error *err)
{
    const struct scope s = {
        .leaf = VLT_L_EVENT_FIELD,
        .salt = VLT_L_EVENT_SALT,
        .salts = salts,
    };
    struct vlt_hash32 *leaf;
    size_t t;
    enum vault_status st;

    st = leaves(&leaf, &t, &s, l, 4, NULL, err);
    if (st != VAULT_OK)
        return st;
    vlt_mth(out, leaf, t);
    free(leaf);
    return VAULT_OK;
}
