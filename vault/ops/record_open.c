/* SPDX-License-Identifier: Apache-2.0 */
/* record_open.c: from a row to its fields, checked against the log */
#include "record_open.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "seal.h"

/* ---- statement logged ---- */

struct search {
    struct vlt_store *s;
    const struct vlt_own_logs *logs;
    const uint8_t *stmt;
    const struct vlt_record_head *head;
    bool found;
};

static enum vault_status
match_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct search *q = ctx;
    const struct vlt_own_log *log;
    enum vault_status st;

    if (q->found || memcmp(r->leaf.subject, q->stmt, 32) != 0 ||
        (strcmp(r->leaf.kind, "seal") != 0 &&
            strcmp(r->leaf.kind, "take") != 0))
        return VAULT_OK;
    log = vlt_own_log_find(q->logs, r->log);
    /* a session's record counts by the line that took it in */
    if (log == NULL || log->session)
        return VAULT_OK;
    st = vlt_own_leaf_check(q->s, log, r->idx, &r->leaf, err);
    if (st == VAULT_OK)
        q->found = true;
    return st;
}

enum vault_status
vlt_record_logged(struct vlt_store *s, const struct vlt_own_logs *logs,
    const struct vlt_record_head *head, struct vault_error *err)
{
    uint8_t stmt[32];
    struct search q = {s, logs, stmt, head, false};
    enum vault_status st;

    vlt_record_stmt(stmt, head);
    st = vlt_leaves_of(s, head->h.id, match_leaf, &q, err);
    if (st == VAULT_OK && !q.found)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this record as it is stored");
    return st;
}

/* ---- wrap, commitment, metadata ---- */

static enum vault_status
unseal_meta(const struct vlt_kmeta *kmeta, const struct vlt_record_head *head,
    const uint8_t *ct, size_t n, struct vlt_meta *out, struct vault_error *err)
{
    uint8_t m[32];
    struct vlt_buf plain;
    uint8_t *room;
    enum vault_status st;

    vlt_blake2b(m, ct, n);
    if (memcmp(m, head->m, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the sealed metadata were changed");
    vlt_buf_init(&plain, VLT_META_MAX);
    room = vlt_buf_room(&plain, n - VLT_TAG);
    if (room == NULL)
        st = vlt_fail_memory(err);
    else if (!vlt_unseal_once(room, kmeta->b, ct, n))
        st = vlt_fail(err, VAULT_E_TAMPERED, "the metadata do not open");
    else
        st = vlt_meta_decode(out, plain.p, plain.len, &head->h, err);
    if (st == VAULT_E_FORMAT || st == VAULT_E_LIMIT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the metadata are not what this format stores");
    vlt_buf_clear(&plain);
    return st;
}

static enum vault_status
open_wrap(struct vault *v, uint64_t rid, const struct vlt_record_head *head,
    struct vlt_kmeta *kmeta, struct vault_error *err)
{
    uint8_t row[VLT_RECORD_WRAP];
    const struct vlt_open_epoch *o;
    struct vlt_wrap wrap;
    struct vlt_rk *rk;
    enum vault_status st = vlt_wrap_get(v->store, rid, row, err);

    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_NO_KEY,
            "this record is sealed for no one: its wrap is missing");
    if (st == VAULT_OK)
        st = vlt_wrap_decode(&wrap, row, sizeof row, err);
    if (st == VAULT_OK)
        st = vlt_epoch_secret(v, wrap.epoch, &o, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the wrap is malformed");
    if (st != VAULT_OK)
        return st;
    rk = vlt_rk_new();
    if (rk == NULL)
        return vlt_fail_memory(err);
    st = vlt_wrap_open(row, sizeof row, &o->epoch, o->e0, head, rk, kmeta, err);
    vlt_rk_free(rk);
    return st;
}

static enum vault_status
check_content(const struct vlt_record_head *head, const struct vlt_meta *m,
    struct vault_error *err)
{
    struct vlt_body_commit body;
    uint8_t content[32];
    bool has = vlt_meta_body(m, &head->h, &body);
    enum vault_status st;

    st = vlt_content_root(content, &m->fields, m->salts, head->h.id,
        head->h.version, has ? &body : NULL, err);
    if (st == VAULT_OK && memcmp(content, head->content, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the fields are not those the record committed to");
    return st;
}

enum vault_status
vlt_record_meta(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, const uint8_t *meta_ct,
    size_t meta_ct_len, struct vlt_meta *out, struct vault_error *err)
{
    struct vlt_kmeta *kmeta = vlt_kmeta_new();
    struct vlt_meta m;
    enum vault_status st;

    if (kmeta == NULL)
        return vlt_fail_memory(err);
    vlt_meta_init(&m);
    st = open_wrap(v, rid, head, kmeta, err);
    if (st == VAULT_OK)
        st = unseal_meta(kmeta, head, meta_ct, meta_ct_len, &m, err);
    vlt_kmeta_free(kmeta);
    if (st == VAULT_OK)
        st = check_content(head, &m, err);
    if (st == VAULT_OK)
        *out = m;
    else
        vlt_meta_clear(&m);
    return st;
}

/* ---- what every record tells ---- */

static char *
copy_text(const struct vlt_fields *l, const char *name)
{
    const struct vlt_field *f = vlt_fields_find(l, name);
    char *s;

    if (f == NULL || f->type != VLT_FIELD_TEXT || f->state != VLT_STATE_VALUE ||
        memchr(f->value, 0, f->value_len) != NULL)
        return vlt_strdup("");
    s = malloc((size_t)f->value_len + 1);
    if (s == NULL)
        return NULL;
    memcpy(s, f->value, f->value_len);
    s[f->value_len] = 0;
    return s;
}

/* What a list calls it: the first of these that says something. */
static char *
copy_name(const struct vlt_fields *l)
{
    static const char *const names[] = {"file.name", "title", "name.preferred",
        "name.1", "record.code", "item.code", "contact.code", "consent.id"};
    char *s = NULL;
    size_t i;

    for (i = 0; i < VLT_COUNT(names) && (s == NULL || s[0] == 0); i++) {
        free(s);
        s = copy_text(l, names[i]);
        if (s == NULL)
            break;
    }
    return s;
}

static enum vault_status
fill_entry(struct vault_record *r, struct vault_error *err)
{
    const struct vlt_fields *l = &r->meta.fields;
    const struct vlt_field *type = vlt_fields_find(l, "type");

    if (type != NULL && type->type == VLT_FIELD_TEXT &&
        type->value_len < sizeof r->type)
        memcpy(r->type, type->value, type->value_len);
    r->name = copy_name(l);
    r->media = copy_text(l, "file.media");
    r->field_name = calloc(1, VLT_FIELD_NAME + 1);
    if (r->name == NULL || r->media == NULL || r->field_name == NULL)
        return vlt_fail_memory(err);
    memcpy(r->entry.id, r->head.h.id, sizeof r->entry.id);
    r->entry.version = r->head.h.version;
    r->entry.type = r->type;
    r->entry.name = r->name;
    r->entry.media = r->media;
    r->entry.sealed = -1;
    (void)vlt_fields_i64(l, "time.sealed", &r->entry.sealed);
    r->entry.has_body = r->has_body;
    r->entry.bytes = r->has_body ? r->body.original_len : 0;
    return VAULT_OK;
}

/* Its segments lie under the row of the version that made them: with two
 * statements for that version, the one with the same body. */
static enum vault_status
find_body_row(struct vault *v, struct vault_record *r, struct vault_error *err)
{
    const struct vlt_record_header *h = &r->head.h;
    struct vlt_version_rows l;
    bool here = false;
    enum vault_status st;
    size_t i;

    r->body_rid = r->rid;
    if (h->body_version == 0 || h->body_version == h->version)
        return VAULT_OK;
    st = vlt_record_versions(v->store, h->id, &l, err);
    if (st != VAULT_OK)
        return st;
    for (i = 0; i < l.n; i++) {
        if (!vlt_record_shares_body(&l.v[i].head, &r->head))
            continue;
        r->body_rid = l.v[i].rid;
        here = true;
    }
    vlt_version_rows_clear(&l);
    return here ? VAULT_OK
                : vlt_fail(err, VAULT_E_TAMPERED,
                      "the version that holds the body is missing");
}

static enum vault_status
check_prev(struct vault *v, const struct vlt_record_header *h,
    struct vault_error *err)
{
    bool found = true;
    enum vault_status st = VAULT_OK;

    if (h->version > 1)
        st = vlt_record_has_statement(v->store, h->id, h->version - 1, h->prev,
            &found, err);
    if (st == VAULT_OK && !found)
        st =
            vlt_fail(err, VAULT_E_TAMPERED, "the version before it is missing");
    return st;
}

enum vault_status
vlt_record_unseal(struct vault *v, const struct vlt_record_row *row,
    bool logged, struct vault_record **out, struct vault_error *err)
{
    struct vault_record *r = calloc(1, sizeof *r);
    uint32_t newest;
    enum vault_status st = VAULT_OK;

    if (r == NULL)
        return vlt_fail_memory(err);
    vlt_meta_init(&r->meta);
    r->v = v;
    r->rid = row->rid;
    r->head = row->head;
    if (row->meta == NULL)
        st = vlt_fail(err, VAULT_E_NO_KEY, "this record's metadata are gone");
    else if (!logged)
        st = vlt_record_logged(v->store, &v->logs, &r->head, err);
    if (st == VAULT_OK)
        st = check_prev(v, &r->head.h, err);
    if (st == VAULT_OK)
        st = vlt_record_meta(v, r->rid, &r->head, row->meta, row->meta_len,
            &r->meta, err);
    if (st == VAULT_OK)
        st = find_body_row(v, r, err);
    if (st == VAULT_OK)
        st = vlt_record_newest(v->store, r->head.h.id, &newest, &r->versions,
            err);
    if (st == VAULT_OK) {
        r->has_body = vlt_meta_body(&r->meta, &r->head.h, &r->body);
        st = fill_entry(r, err);
    }
    if (st != VAULT_OK) {
        vault_record_close(r);
        return st;
    }
    *out = r;
    return VAULT_OK;
}

enum vault_status
vlt_record_open_row(struct vault *v, uint64_t rid, struct vault_record **out,
    struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_buf meta;
    enum vault_status st;

    vlt_buf_init(&meta, VLT_META_MAX + 16);
    st = vlt_record_by_rid(v->store, rid, &row, &meta, err);
    if (st == VAULT_OK)
        st = vlt_record_unseal(v, &row, false, out, err);
    vlt_buf_clear(&meta);
    return st;
}
