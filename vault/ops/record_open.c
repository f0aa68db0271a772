/* SPDX-License-Identifier: Apache-2.0 */
/* record_open.c: from a row to its fields, checked against the log */
#include "record_open.h"
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "foreign.h"
#include "history.h"
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
    struct vlt_rk *rk = NULL;
    struct vlt_meta m;
    uint8_t commit[32];
    enum vault_status st;

    if (kmeta == NULL)
        return vlt_fail_memory(err);
    vlt_meta_init(&m);
    st = vlt_record_key(v, rid, head, &rk, err);
    if (st == VAULT_OK) {
        vlt_record_keys(kmeta, commit, rk, head->header);
        st = unseal_meta(kmeta, head, meta_ct, meta_ct_len, &m, err);
    }
    vlt_rk_free(rk);
    vlt_kmeta_free(kmeta);
    if (st == VAULT_OK)
        st = check_content(head, &m, err);
    if (st == VAULT_OK)
        *out = m;
    else
        vlt_meta_clear(&m);
    return st;
}

enum vault_status
vlt_record_shown(struct vault *v, const struct vlt_record_row *row,
    struct vlt_meta *out, struct vault_error *err)
{
    if (row->meta != NULL)
        return vlt_record_meta(v, row->rid, &row->head, row->meta,
            row->meta_len, out, err);
    if (row->foreign)
        return vlt_foreign_shown(v, row->rid, &row->head, out, err);
    return vlt_fail(err, VAULT_E_NO_KEY, "this record's metadata are gone");
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
    r->entry.foreign = r->foreign;
    r->entry.partial = r->foreign && r->meta.salts == NULL;
    memcpy(r->entry.origin, r->head.h.origin, sizeof r->entry.origin);
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

/* ---- another vault's record: its other versions are sealed too ---- */

/* The list is in order. */
static uint32_t
count_versions(const struct vlt_version_rows *l)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < l->n; i++)
        n += i == 0 || l->v[i].head.h.version != l->v[i - 1].head.h.version;
    return n;
}

static enum vault_status
check_logged_foreign(struct vault *v, const struct vault_record *r,
    struct vault_error *err)
{
    struct vlt_history h;
    bool logged = false;
    bool waits = false;
    enum vault_status st = vlt_history_load_foreign(v, r->head.h.id, &h, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; i < h.n; i++) {
        logged = logged || (h.v[i].row.rid == r->rid && h.v[i].logged);
        waits = waits || (h.v[i].row.rid == r->rid && h.v[i].waits);
    }
    vlt_history_clear(&h);
    if (logged)
        return VAULT_OK;
    if (waits)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "this version waits for the one it follows, which did not come in "
            "yet");
    return vlt_fail(err, VAULT_E_TAMPERED,
        "its proof does not name this record as it is stored");
}

static enum vault_status
place_foreign(struct vault *v, struct vault_record *r, struct vault_error *err)
{
    const struct vlt_record_header *h = &r->head.h;
    struct vlt_version_rows l;
    bool follows = h->version == 1;
    bool here = h->body_version == 0 || h->body_version == h->version;
    enum vault_status st = vlt_foreign_versions(v, h->id, &l, err);
    size_t i;

    r->body_rid = r->rid;
    for (i = 0; st == VAULT_OK && i < l.n; i++) {
        follows = follows ||
            (l.v[i].head.h.version + 1 == h->version &&
                memcmp(l.v[i].stmt, h->prev, 32) == 0);
        if (here || !vlt_record_shares_body(&l.v[i].head, &r->head))
            continue;
        r->body_rid = l.v[i].rid;
        here = true;
    }
    if (st == VAULT_OK && !follows)
        st =
            vlt_fail(err, VAULT_E_TAMPERED, "the version before it is missing");
    if (st == VAULT_OK && !here)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the version that holds the body is missing");
    if (st == VAULT_OK)
        r->versions = count_versions(&l);
    vlt_version_rows_clear(&l);
    return st;
}

/* ---- the whole ---- */

static enum vault_status
place_own(struct vault *v, struct vault_record *r, struct vault_error *err)
{
    uint32_t newest;
    enum vault_status st = check_prev(v, &r->head.h, err);

    if (st == VAULT_OK)
        st = find_body_row(v, r, err);
    if (st == VAULT_OK)
        st = vlt_record_newest(v->store, r->head.h.id, &newest, &r->versions,
            err);
    return st;
}

static enum vault_status
place(struct vault *v, struct vault_record *r, bool logged,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (!logged)
        st = r->foreign ? check_logged_foreign(v, r, err)
                        : vlt_record_logged(v->store, &v->logs, &r->head, err);
    if (st != VAULT_OK)
        return st;
    return r->foreign ? place_foreign(v, r, err) : place_own(v, r, err);
}

enum vault_status
vlt_record_unseal(struct vault *v, const struct vlt_record_row *row,
    bool logged, struct vault_record **out, struct vault_error *err)
{
    struct vault_record *r = calloc(1, sizeof *r);
    enum vault_status st;

    if (r == NULL)
        return vlt_fail_memory(err);
    vlt_meta_init(&r->meta);
    r->v = v;
    r->rid = row->rid;
    r->foreign = row->foreign;
    r->head = row->head;
    if (row->meta == NULL && !row->foreign)
        st = vlt_fail(err, VAULT_E_NO_KEY, "this record's metadata are gone");
    else
        st = place(v, r, logged, err);
    if (st == VAULT_OK)
        st = vlt_record_shown(v, row, &r->meta, err);
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
    st = vlt_any_row(v, rid, &row, &meta, err);
    if (st == VAULT_OK)
        st = vlt_record_unseal(v, &row, false, out, err);
    vlt_buf_clear(&meta);
    return st;
}

enum vault_status
vlt_record_open_shown(struct vault *v, const struct vlt_record_row *r,
    bool also_hidden, struct vault_record **out, struct vault_error *err)
{
    const struct vlt_version *own = NULL;
    struct vlt_history h;
    bool logged, waits, hidden = false;
    enum vault_status st = r->foreign
        ? vlt_history_load_foreign(v, r->head.h.id, &h, err)
        : vlt_history_load(v, r->head.h.id, &h, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    *out = NULL;
    for (i = 0; i < h.n; i++) {
        if (h.v[i].row.rid == r->rid)
            own = &h.v[i];
    }
    logged = own != NULL && own->logged;
    if (own != NULL && r->foreign)
        st = vlt_hidden(v, own->row.stmt, &hidden, err);
    waits = own != NULL && own->waits;
    if (st == VAULT_OK && !waits && (!hidden || also_hidden) &&
        (!logged || vlt_history_shown(&h, own)))
        st = vlt_record_unseal(v, r, logged, out, err);
    if (st == VAULT_OK && *out != NULL) {
        (*out)->entry.conflict = h.conflict;
        (*out)->entry.hidden = hidden;
    }
    vlt_history_clear(&h);
    return st;
}
