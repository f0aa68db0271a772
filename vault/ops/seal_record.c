/* SPDX-License-Identifier: Apache-2.0 */
/* seal_record.c: a record on its way in: fields, body, statement, log line */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "catalogue_ops.h"
#include "action.h"
#include "bytes.h"
#include "clock.h"
#include "fail.h"
#include "hash.h"
#include "record_rows.h"
#include "seal.h"
#include "sealer.h"
#include "text.h"

enum { REASON_MAX = 4096 };

void
vlt_sealer_free(struct vault_sealer *s)
{
    if (s == NULL)
        return;
    vlt_meta_clear(&s->meta);
    vlt_meta_clear(&s->carried);
    vlt_buf_clear(&s->reason);
    vlt_body_clear(&s->body);
    vlt_buf_clear(&s->plain);
    s->v->sealer = NULL;
    free(s);
}

enum vault_status
vlt_sealer_new(struct vault *v, struct vault_sealer **out,
    struct vault_error *err)
{
    struct vault_sealer *s;
    enum vault_status st = vlt_need_writer(v, err);

    assert(v->sealer == NULL);
    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st != VAULT_OK)
        return st;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return vlt_fail_memory(err);
    s->v = v;
    v->sealer = s;
    vlt_meta_init(&s->meta);
    vlt_meta_init(&s->carried);
    vlt_body_init(&s->body, v);
    vlt_buf_init(&s->plain, VLT_META_MAX);
    vlt_buf_init(&s->reason, REASON_MAX + 1);
    *out = s;
    return VAULT_OK;
}

enum vault_status
vault_seal_begin(struct vault *v, const char *type, struct vault_sealer **out,
    struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    enum vault_status st = vlt_sealer_new(v, &s, err);

    if (st == VAULT_OK)
        st = vlt_fields_add_text(&s->meta.fields, "type", type, err);
    if (st != VAULT_OK) {
        vlt_sealer_free(s);
        return st;
    }
    *out = s;
    return VAULT_OK;
}

bool
vlt_sealer_sets(const char *name)
{
    return strcmp(name, "type") == 0 || strcmp(name, "time.sealed") == 0 ||
        strcmp(name, "time.doubt") == 0 || strcmp(name, "time.known") == 0;
}

enum vault_status
vault_seal_field(struct vault_sealer *s, enum vault_field_type type,
    enum vault_field_state state, const char *name, const void *value,
    size_t value_len, struct vault_error *err)
{
    enum vault_status st;

    if (vlt_sealer_sets(name) || strcmp(name, "body") == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "the field %s is set by the vault itself", name);
    st = vlt_fields_add(&s->meta.fields, (uint8_t)type, (uint8_t)state, name,
        value, value_len, err);
    if (st == VAULT_OK)
        vlt_fields_remove(&s->carried.fields, name);
    return st;
}

enum vault_status
vault_seal_reason(struct vault_sealer *s, const char *text,
    struct vault_error *err)
{
    enum vault_status st = vlt_reason_check(text, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_reset(&s->reason);
    vlt_buf_put_str(&s->reason, text);
    return vlt_buf_end(&s->reason, "reason", err);
}

enum vault_status
vlt_reason_check(const char *text, struct vault_error *err)
{
    size_t n = strlen(text);

    if (n > REASON_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "a reason has at most %d bytes",
            (int)REASON_MAX);
    if (!vlt_utf8_valid((const uint8_t *)text, n))
        return vlt_fail(err, VAULT_E_USAGE, "the reason is no UTF-8 text");
    return VAULT_OK;
}

enum vault_status
vault_seal_write(struct vault_sealer *s, const void *p, size_t n,
    struct vault_error *err)
{
    return vlt_body_write(&s->body, p, n, err);
}

/* ---- metadata with or without the body in it ---- */

static enum vault_status
encode_with(struct vault_sealer *s, const void *body, size_t n,
    struct vault_error *err)
{
    enum vault_status st;

    st = vlt_fields_add(&s->meta.fields, VLT_FIELD_BODY, VLT_STATE_VALUE,
        "body", body, n, err);
    if (st == VAULT_OK)
        st = vlt_meta_encode(&s->plain, &s->meta, err);
    return st;
}

/* A short body goes in if all of it then pads to at most 16 KiB. */
static enum vault_status
try_inline(struct vault_sealer *s, bool *done, struct vault_error *err)
{
    struct vlt_body *b = &s->body;
    enum vault_status st;

    *done = false;
    if (!vlt_body_small(b))
        return VAULT_OK;
    st = encode_with(s, b->sample.p, b->sample.len, err);
    if (st == VAULT_E_LIMIT) {
        vlt_error_clear(err);
        st = VAULT_OK;
    } else if (st == VAULT_OK && s->plain.len <= VLT_META_INLINE_MAX) {
        *done = true;
        return VAULT_OK;
    }
    vlt_fields_remove(&s->meta.fields, "body");
    vlt_buf_reset(&s->plain);
    return st;
}

static enum vault_status
into_segments(struct vault_sealer *s, struct vault_error *err)
{
    struct vlt_body *b = &s->body;
    struct vlt_record_header *h = &s->head.h;
    enum vault_status st = vlt_body_finish(b, err);

    if (st != VAULT_OK)
        return st;
    h->body_version = h->version;
    h->body_padded = b->padded;
    memcpy(s->head.b, b->b, 32);
    s->meta.kb = b->kb;
    b->kb = NULL;
    s->meta.body_raw = b->raw;
    s->meta.body_stored = b->stream_len;
    s->meta.body_original = b->original_len;
    return encode_with(s, b->sha256, sizeof b->sha256, err);
}

static enum vault_status
build_meta(struct vault_sealer *s, struct vault_error *err)
{
    bool done = false;
    enum vault_status st;

    s->meta.salts = vlt_salts_new();
    if (s->meta.salts == NULL)
        return vlt_fail_memory(err);
    vlt_random(s->meta.salts->b, 32);
    s->sealed_at = vlt_now(s->v);
    st = vlt_fields_add_i64(&s->meta.fields, VLT_FIELD_TIME, "time.sealed",
        s->sealed_at, err);
    if (st == VAULT_OK)
        st = vlt_clock_mark(s->v, s->sealed_at, "time.doubt", "time.known",
            &s->meta.fields, err);
    if (st != VAULT_OK)
        return st;
    if (!s->body.any)
        return vlt_meta_encode(&s->plain, &s->meta, err);
    st = try_inline(s, &done, err);
    if (st == VAULT_OK && !done)
        st = into_segments(s, err);
    return st;
}

/* ---- header, commitment, ciphertext ---- */

static enum vault_status
build_head(struct vault_sealer *s, const struct vlt_rk *rk, struct vlt_buf *ct,
    struct vault_error *err)
{
    struct vlt_body_commit body;
    struct vlt_record_head *r = &s->head;
    struct vlt_kmeta *kmeta;
    uint8_t *room;
    bool has = vlt_meta_body(&s->meta, &r->h, &body);
    enum vault_status st;

    r->h.meta_padded = (uint32_t)s->plain.len;
    vlt_record_header_encode(r->header, &r->h);
    st = vlt_content_root(r->content, &s->meta.fields, s->meta.salts, r->h.id,
        r->h.version, has ? &body : NULL, err);
    if (st != VAULT_OK)
        return st;
    kmeta = vlt_kmeta_new();
    room = vlt_buf_room(ct, s->plain.len + VLT_TAG);
    if (kmeta == NULL || room == NULL) {
        vlt_kmeta_free(kmeta);
        return vlt_fail_memory(err);
    }
    vlt_record_keys(kmeta, r->commit, rk, r->header);
    vlt_seal_once(room, kmeta->b, s->plain.p, s->plain.len);
    vlt_kmeta_free(kmeta);
    vlt_blake2b(r->m, ct->p, ct->len);
    return VAULT_OK;
}

/* ---- rows and log line, within the action ---- */

static enum vault_status
put_rows(struct vault_sealer *s, const struct vlt_compartment_now *to,
    const struct vlt_rk *rk, const struct vlt_buf *ct, struct vault_error *err)
{
    struct vault *v = s->v;
    uint8_t wrap[VLT_RECORD_WRAP];
    uint64_t rid = s->body.rid;
    enum vault_status st = vlt_action_epoch(v, err);

    if (st == VAULT_OK && rid == 0)
        st = vlt_record_next_rid(v->store, &rid, err);
    if (st == VAULT_OK)
        st = vlt_record_put(v->store, rid, &s->head, ct->p, ct->len, err);
    if (st != VAULT_OK)
        return st;
    if (to != NULL)
        st = vlt_compartment_wrap(v, to, wrap, &s->head, rk, err);
    else
        vlt_action_wrap(v, wrap, &s->head, rk);
    if (st == VAULT_OK)
        st = vlt_wrap_put(v->store, rid, wrap, err);
    if (st == VAULT_OK && s->head.h.body_version == s->head.h.version)
        st = vlt_body_put(&s->body, rid, err);
    return st;
}

static enum vault_status
log_it(struct vault_sealer *s, const struct vlt_compartment_now *to,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    struct vlt_fields more;
    uint8_t stmt[32];
    struct vlt_entry e = {"seal", s->head.h.id, s->head.h.version, stmt, NULL,
        -1};

    if (s->reason.len > 0)
        e.reason = vlt_buf_cstr(&s->reason);
    vlt_record_stmt(stmt, &s->head);
    vlt_fields_init(&more);
    if (to != NULL)
        st = vlt_compartment_said(to, &more, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(s->v, &e, &more, err);
    vlt_fields_clear(&more);
    return st;
}

/* The settings may have changed since the record was begun. */
static enum vault_status
store_it(struct vault_sealer *s, const struct vlt_rk *rk,
    const struct vlt_buf *ct, struct vault_error *err)
{
    const struct vlt_compartment_now *to = NULL;
    enum vault_status st = vlt_sealer_place(s, &to, err);

    if (st == VAULT_OK && to != NULL) {
        memcpy(s->went, to->row.name, sizeof s->went);
        s->away = !to->row.own;
    }
    if (st == VAULT_OK)
        st = put_rows(s, to, rk, ct, err);
    return st == VAULT_OK ? log_it(s, to, err) : st;
}

/* One action, or a part of the running batch. */
static enum vault_status
act(struct vault_sealer *s, const struct vlt_rk *rk, const struct vlt_buf *ct,
    struct vault_error *err)
{
    struct vault *v = s->v;
    enum vault_status st = VAULT_OK;

    if (v->batch && v->batch_lost)
        return vlt_fail(err, VAULT_E_IO,
            "an earlier record of this group could not be written");
    if (!v->acting)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK) {
        v->batch_lost = v->batch;
        return st;
    }
    if (s->amends)
        st = vlt_amend_still(s, err);
    if (st == VAULT_OK)
        st = store_it(s, rk, ct, err);
    if (st == VAULT_OK && !v->batch)
        return vlt_action_commit(v, err);
    if (st != VAULT_OK)
        vlt_action_abort(v);
    return st;
}

static void
fill_result(const struct vault_sealer *s, struct vault_sealed *out)
{
    struct vlt_body_commit body;

    memset(out, 0, sizeof *out);
    memcpy(out->id, s->head.h.id, sizeof out->id);
    out->version = s->head.h.version;
    out->has_body = vlt_meta_body(&s->meta, &s->head.h, &body);
    if (out->has_body) {
        memcpy(out->sha256, body.sha256, sizeof out->sha256);
        out->bytes = body.original_len;
    }
    out->stored = s->body.stored + s->plain.len + VLT_TAG;
    out->clock_doubt = s->doubt;
    out->clock_known = s->known;
    memcpy(out->compartment, s->went, sizeof s->went);
    out->away = s->away;
}

void
vault_seal_unless_known(struct vault_sealer *s)
{
    s->unless_known = true;
}

/* Whether it goes to other people than a copy of it that is there did: then
 * that copy does not stand for it. */
static bool
goes_elsewhere(const struct vault_sealer *s)
{
    const struct vlt_compartment_now *to = NULL;
    bool ours = !vlt_store_in_transaction(s->v->store);
    enum vault_status st = ours ? vlt_read_begin(s->v, NULL) : VAULT_OK;

    if (st != VAULT_OK)
        return true;
    st = vlt_sealer_place(s, &to, NULL);
    if (ours)
        vlt_store_rollback(s->v->store);
    return st != VAULT_OK || to != NULL;
}

/* Its original is there already. A catalogue that cannot be asked keeps
 * nothing out. */
static bool
is_known(const struct vault_sealer *s, struct vault_sealed *out)
{
    struct vlt_body_commit body;
    bool found = false;
    uint8_t id[16];

    if (!s->unless_known || s->v->capture ||
        !vlt_meta_body(&s->meta, &s->head.h, &body) || body.original_len == 0 ||
        goes_elsewhere(s) ||
        vlt_find_original(s->v, body.sha256, &found, id, NULL) != VAULT_OK ||
        !found)
        return false;
    memset(out, 0, sizeof *out);
    memcpy(out->id, id, sizeof out->id);
    memcpy(out->sha256, body.sha256, sizeof out->sha256);
    out->has_body = true;
    out->bytes = body.original_len;
    out->clock_known = -1;
    out->known = true;
    return true;
}

enum vault_status
vault_seal_commit(struct vault_sealer *s, struct vault_sealed *out,
    struct vault_error *err)
{
    struct vlt_rk *rk = vlt_rk_new();
    struct vlt_buf ct;
    enum vault_status st;

    vlt_buf_init(&ct, VLT_META_MAX + VLT_TAG);
    if (rk == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    vlt_random(rk->b, sizeof rk->b);
    memcpy(s->head.h.origin, s->v->id, 16);
    if (s->amends) {
        st = vlt_amend_carry(s, err);
    } else {
        vlt_random(s->head.h.id, 16);
        s->head.h.version = 1;
        st = VAULT_OK;
    }
    if (st == VAULT_OK)
        st = build_meta(s, err);
    if (st == VAULT_OK && is_known(s, out))
        goto out;
    if (st == VAULT_OK)
        st = build_head(s, rk, &ct, err);
    s->doubt = vlt_clock_doubt(s->v, s->sealed_at, &s->known);
    if (st == VAULT_OK && (s->amends || s->compartment[0] != 0))
        st = vlt_sealer_check(s, err);
    if (st == VAULT_OK)
        st = act(s, rk, &ct, err);
    if (st == VAULT_OK)
        fill_result(s, out);
out:
    vlt_rk_free(rk);
    vlt_buf_clear(&ct);
    vlt_sealer_free(s);
    return st;
}

void
vault_seal_abort(struct vault_sealer *s)
{
    vlt_sealer_free(s);
}

/* ---- batches ---- */

enum vault_status
vault_batch_begin(struct vault *v, struct vault_error *err)
{
    enum vault_status st = vlt_need_writer(v, err);

    assert(!v->batch);
    v->batch_lost = false;
    if (st == VAULT_OK)
        v->batch = true;
    return st;
}

enum vault_status
vault_batch_end(struct vault *v, struct vault_error *err)
{
    bool lost = v->batch_lost;

    v->batch = false;
    v->batch_lost = false;
    if (lost) {
        vlt_action_abort(v);
        return vlt_fail_hint(err, VAULT_E_IO, "add these records once more",
            "one record could not be written, and the others of its group "
            "were not stored either");
    }
    return v->acting ? vlt_action_commit(v, err) : VAULT_OK;
}

void
vault_batch_abort(struct vault *v)
{
    v->batch = false;
    v->batch_lost = false;
    vlt_action_abort(v);
}
