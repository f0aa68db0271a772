/* SPDX-License-Identifier: Apache-2.0 */
/* record_read.c: one record for the caller: fields, and the body as a stream */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "body_out.h"
#include "fail.h"
#include "foreign.h"
#include "history.h"
#include "record_open.h"
#include "sealed_away.h"

void
vault_record_close(struct vault_record *r)
{
    if (r == NULL)
        return;
    vlt_meta_clear(&r->meta);
    if (r->name != NULL)
        vlt_wipe(r->name, strlen(r->name));
    free(r->name);
    free(r->media);
    free(r->field_name);
    vlt_wipe(r, sizeof *r);
    free(r);
}

static enum vault_status
check_hidden(struct vault *v, const struct vlt_version *x,
    struct vault_error *err)
{
    bool hidden = false;
    enum vault_status st = vlt_hidden(v, x->row.stmt, &hidden, err);

    if (st == VAULT_OK && hidden)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "sanduq withdraw --requests shows what they asked",
            "this record is hidden: those who gave it asked that it be "
            "withdrawn");
    return st;
}

static enum vault_status
open_in(struct vault *v, const uint8_t id[16], uint32_t version,
    const uint8_t *stmt, struct vault_record **out, struct vault_error *err)
{
    const struct vlt_version *wanted = NULL;
    struct vlt_history h;
    enum vault_status st = vlt_history_load(v, id, &h, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_history_pick(&h, version, stmt, &wanted, err);
    if (st == VAULT_OK && h.foreign)
        st = check_hidden(v, wanted, err);
    if (st == VAULT_OK)
        st = vlt_record_open_row(v, wanted->row.rid, out, err);
    if (st == VAULT_E_NO_KEY && !h.foreign)
        st = vlt_away_explain(v, wanted->row.rid, &wanted->row.head, st, err);
    if (st == VAULT_OK)
        (*out)->entry.conflict = wanted->conflict;
    vlt_history_clear(&h);
    return st;
}

static enum vault_status
open_any(struct vault *v, const uint8_t id[16], uint32_t version,
    const uint8_t *stmt, struct vault_record **out, struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = open_in(v, id, version, stmt, out, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_record_open(struct vault *v, const uint8_t id[VAULT_ID], uint32_t version,
    struct vault_record **out, struct vault_error *err)
{
    return open_any(v, id, version, NULL, out, err);
}

enum vault_status
vault_record_open_statement(struct vault *v, const uint8_t id[VAULT_ID],
    const uint8_t statement[VAULT_HASH], struct vault_record **out,
    struct vault_error *err)
{
    return open_any(v, id, 0, statement, out, err);
}

const struct vault_entry *
vault_record_entry(const struct vault_record *r)
{
    return &r->entry;
}

bool
vault_record_sha256(const struct vault_record *r, uint8_t out[VAULT_HASH])
{
    if (r->has_body)
        memcpy(out, r->body.sha256, VAULT_HASH);
    return r->has_body;
}

void
vault_record_statement(const struct vault_record *r, uint8_t out[VAULT_HASH])
{
    vlt_record_stmt(out, &r->head);
}

uint32_t
vault_record_versions(const struct vault_record *r)
{
    return r->versions;
}

size_t
vault_record_fields(const struct vault_record *r)
{
    return r->meta.fields.n;
}

void
vault_record_field(const struct vault_record *r, size_t i,
    struct vault_field *out)
{
    const struct vlt_field *f = &r->meta.fields.f[i];

    /* the list keeps names without an end; one is lent at a time */
    char *name = r->field_name;

    memcpy(name, f->name, f->name_len);
    name[f->name_len] = 0;
    out->type = (enum vault_field_type)f->type;
    out->state = (enum vault_field_state)f->state;
    out->name = name;
    out->value = f->value;
    out->value_len = f->value_len;
}

static enum vault_status
fetch_in(const struct vault_record *r, uint64_t n, uint8_t *out, size_t len,
    struct vault_error *err)
{
    return r->foreign
        ? vlt_foreign_segment(r->v, r->body_rid, n, out, len, err)
        : vlt_segment_get(r->v->store, r->body_rid, n, out, len, err);
}

/* A segment in a read transaction of its own, so that writers get in. */
static enum vault_status
fetch(void *ctx, uint64_t n, uint8_t *out, size_t len, struct vault_error *err)
{
    struct vault_record *r = ctx;
    struct vlt_store *s = r->v->store;
    enum vault_status st;

    if (vlt_store_in_transaction(s))
        return fetch_in(r, n, out, len, err);
    st = vlt_store_begin(s, false, err);
    if (st != VAULT_OK)
        return st;
    st = fetch_in(r, n, out, len, err);
    vlt_store_rollback(s);
    return st;
}

enum vault_status
vault_record_read(struct vault_record *r,
    enum vault_status (
        *write)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    const struct vlt_field *body = vlt_fields_find(&r->meta.fields, "body");
    struct vlt_body_out b;

    if (!vault_unlocked(r->v))
        return vlt_need_unlocked(r->v, err);
    if (!r->has_body || body == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "this record has no body, only fields");
    if (r->head.h.body_version == 0)
        return body->value_len == 0
            ? VAULT_OK
            : write(ctx, body->value, body->value_len, err);
    b = (struct vlt_body_out){&r->head, &r->meta, &r->body, fetch, r, write,
        ctx, &r->v->opt};
    return vlt_body_stream(&b, err);
}
