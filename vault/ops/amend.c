/* SPDX-License-Identifier: Apache-2.0 */
/* amend.c: a new version of a record: what is not changed is carried over */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "action.h"
#include "fail.h"
#include "history.h"
#include "record_open.h"
#include "sealed_away.h"
#include "sealer.h"

enum vault_status
vlt_sealer_free_name(const struct vault_sealer *s, const char *group,
    char out[VLT_FIELD_NAME + 1], struct vault_error *err)
{
    unsigned n;

    for (n = 1; n <= VLT_FIELDS_MAX; n++) {
        (void)snprintf(out, VLT_FIELD_NAME + 1, "%s.%u", group, n);
        if (vlt_fields_find(&s->meta.fields, out) == NULL &&
            vlt_fields_find(&s->carried.fields, out) == NULL)
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_LIMIT, "too many fields %s", group);
}

/* ---- beginning ---- */

/* The version to follow: the current one, or one side of a conflict. */
static enum vault_status
pick(const struct vlt_history *h, const uint8_t *stmt,
    const struct vlt_version **out, struct vault_error *err)
{
    enum vault_status st = vlt_history_pick(h, 0, stmt, out, err);

    if (st != VAULT_OK)
        return st;
    if (!vlt_history_shown(h, *out))
        return vlt_fail(err, VAULT_E_USAGE,
            "a new version follows the newest one, and this is an older one");
    if ((*out)->row.head.h.version >= VLT_VERSIONS_MAX ||
        h->n >= VLT_VERSIONS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a record with more than %d versions", (int)VLT_VERSIONS_MAX);
    return VAULT_OK;
}

/* Each statement that this version does not follow is named as seen. */
static enum vault_status
resolve(struct vault_sealer *s, const struct vlt_history *h,
    const struct vlt_version *base, struct vault_error *err)
{
    char name[VLT_FIELD_NAME + 1];
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < h->n; i++) {
        if (!h->v[i].conflict || vlt_history_follows(h, base, &h->v[i]))
            continue;
        st = vlt_sealer_free_name(s, "resolves", name, err);
        if (st == VAULT_OK)
            st = vlt_fields_add(&s->carried.fields, VLT_FIELD_BYTES,
                VLT_STATE_VALUE, name, h->v[i].row.stmt, 32, err);
    }
    return st;
}

static enum vault_status
read_base(struct vault_sealer *s, const struct vlt_version *base,
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    bool away = false;
    enum vault_status st = vlt_record_open_row(s->v, base->row.rid, &r, err);

    if (st == VAULT_E_NO_KEY) {
        st = vlt_away_explain(s->v, base->row.rid, &base->row.head, st, err);
        if (vlt_away_look(s->v, base->row.rid, &base->row.head, &away, NULL,
                NULL) == VAULT_OK &&
            away && err != NULL)
            err->hint = "a correction is a new record with a link of the kind "
                        "amends to it: sanduq add, then sanduq link";
    }
    if (st != VAULT_OK)
        return st;
    s->base = r->head;
    s->carried = r->meta;
    vlt_meta_init(&r->meta); /* the sealer's from here on */
    vault_record_close(r);
    vlt_record_stmt(s->base_stmt, &s->base);
    vlt_fields_remove(&s->carried.fields, "time.sealed");
    vlt_fields_remove(&s->carried.fields, "time.doubt");
    vlt_fields_remove(&s->carried.fields, "time.known");
    return VAULT_OK;
}

static enum vault_status
load(struct vault_sealer *s, const uint8_t id[16], const uint8_t *stmt,
    struct vault_error *err)
{
    const struct vlt_version *base = NULL;
    struct vlt_history h;
    enum vault_status st = vlt_read_begin(s->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_history_load(s->v, id, &h, err);
    if (st == VAULT_OK && h.foreign) {
        vlt_history_clear(&h);
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            "a correction is a record of your own, with a link of the kind "
            "amends to it",
            "this is a copy of somebody else's record: only they can make a "
            "new version of it");
    }
    if (st == VAULT_OK) {
        s->base_rows = h.n;
        st = pick(&h, stmt, &base, err);
        if (st == VAULT_OK)
            st = read_base(s, base, err);
        if (st == VAULT_OK)
            st = resolve(s, &h, base, err);
        vlt_history_clear(&h);
    }
    vlt_store_rollback(s->v->store);
    return st;
}

enum vault_status
vault_amend_begin(struct vault *v, const uint8_t id[VAULT_ID],
    const uint8_t *statement, struct vault_sealer **out,
    struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    enum vault_status st = vlt_need_unlocked(v, err);

    /* what is read must be in the signed tree */
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_sealer_new(v, &s, err);
    if (st == VAULT_OK)
        st = load(s, id, statement, err);
    if (st != VAULT_OK) {
        vlt_sealer_free(s);
        return st;
    }
    s->amends = true;
    *out = s;
    return VAULT_OK;
}

enum vault_status
vault_amend_remove(struct vault_sealer *s, const char *name,
    struct vault_error *err)
{
    if (vlt_sealer_sets(name) || strncmp(name, "resolves.", 9) == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "the field %s is set by the vault itself", name);
    if (vlt_fields_find(&s->carried.fields, name) == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "the record has no field \"%s\"", name);
    vlt_fields_remove(&s->carried.fields, name);
    return VAULT_OK;
}

/* ---- ending ---- */

static enum vault_status
carry_field(struct vault_sealer *s, const struct vlt_field *f,
    struct vault_error *err)
{
    char name[VLT_FIELD_NAME + 1];

    memcpy(name, f->name, f->name_len);
    name[f->name_len] = 0;
    return vlt_fields_add(&s->meta.fields, f->type, f->state, name, f->value,
        f->value_len, err);
}

/* The segments stay where they are, under the version that made them. */
static enum vault_status
carry_segments(struct vault_sealer *s, const struct vlt_field *body,
    struct vault_error *err)
{
    s->head.h.body_version = s->base.h.body_version;
    s->head.h.body_padded = s->base.h.body_padded;
    memcpy(s->head.b, s->base.b, 32);
    s->meta.kb = s->carried.kb;
    s->carried.kb = NULL;
    s->meta.body_raw = s->carried.body_raw;
    s->meta.body_stored = s->carried.body_stored;
    s->meta.body_original = s->carried.body_original;
    return carry_field(s, body, err);
}

static enum vault_status
carry_body(struct vault_sealer *s, const struct vlt_field *body,
    struct vault_error *err)
{
    if (s->body.any)
        return VAULT_OK; /* another one was given */
    if (body->state != VLT_STATE_VALUE)
        return carry_field(s, body, err);
    if (s->base.h.body_version != 0)
        return carry_segments(s, body, err);
    /* short: it goes the way of a new one, as the fields around it grew */
    return vlt_body_write(&s->body, body->value, body->value_len, err);
}

enum vault_status
vlt_amend_carry(struct vault_sealer *s, struct vault_error *err)
{
    const struct vlt_fields *l = &s->carried.fields;
    enum vault_status st = VAULT_OK;
    size_t i;

    memcpy(s->head.h.id, s->base.h.id, 16);
    s->head.h.version = s->base.h.version + 1;
    memcpy(s->head.h.prev, s->base_stmt, 32);
    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        if (l->f[i].type == VLT_FIELD_BODY)
            st = carry_body(s, &l->f[i], err);
        else
            st = carry_field(s, &l->f[i], err);
    }
    return st;
}

enum vault_status
vlt_amend_still(struct vault_sealer *s, struct vault_error *err)
{
    const struct vlt_version *base;
    struct vlt_history h;
    enum vault_status st = vlt_history_load(s->v, s->base.h.id, &h, err);

    if (st != VAULT_OK)
        return st;
    base = vlt_history_find(&h, s->base_stmt);
    if (base == NULL || !vlt_history_shown(&h, base) || h.n != s->base_rows)
        st = vlt_fail_hint(err, VAULT_E_BUSY,
            "look at what it is now, and change that",
            "the record was changed or withdrawn meanwhile");
    vlt_history_clear(&h);
    return st;
}
