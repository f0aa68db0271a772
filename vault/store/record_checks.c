/* SPDX-License-Identifier: Apache-2.0 */
/* record_checks.c: questions about records that verifying asks */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "label.h"
#include "log_rows.h"
#include "record_rows.h"
#include "rows.h"

enum vault_status
vlt_record_has_statement(struct vlt_store *s, const uint8_t id[16],
    uint32_t version, const uint8_t stmt[32], bool *found,
    struct vault_error *err)
{
    struct vlt_record_head head;
    sqlite3_stmt *st;
    struct vlt_row r;
    uint8_t got[32];
    enum vault_status status;
    bool row;

    *found = false;
    status = vlt_stmt(s,
        "SELECT head FROM record WHERE id = ? AND ver = ? "
        "AND " VLT_RECORD_OWN,
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    vlt_bind_u64(st, 2, version);
    while (!*found) {
        const uint8_t *p;
        size_t n;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        vlt_row_init(&r, st, "record");
        p = vlt_row_blob(&r, 0, VLT_RECORD_HEAD, VLT_RECORD_HEAD, &n);
        /* a malformed head has no statement; its row is reported itself */
        if (p == NULL || vlt_record_head_decode(&head, p, n, NULL) != VAULT_OK)
            continue;
        vlt_record_stmt(got, &head);
        *found = memcmp(got, stmt, 32) == 0;
    }
    sqlite3_reset(st);
    return VAULT_OK;
}

/* What a row says, whatever the types of its columns are. */
static void
read_odd(sqlite3_stmt *st, struct vlt_odd_record *r,
    struct vlt_record_head *head)
{
    memset(r, 0, sizeof *r);
    r->rid = (uint64_t)sqlite3_column_int64(st, 0);
    if (sqlite3_column_type(st, 1) == SQLITE_BLOB &&
        sqlite3_column_bytes(st, 1) == 16)
        r->id = sqlite3_column_blob(st, 1);
    if (sqlite3_column_int64(st, 2) > 0)
        r->version = (uint64_t)sqlite3_column_int64(st, 2);
    if (sqlite3_column_bytes(st, 3) == VLT_RECORD_HEAD &&
        vlt_record_head_decode(head, sqlite3_column_blob(st, 3),
            VLT_RECORD_HEAD, NULL) == VAULT_OK)
        r->head = head;
}

static bool
is_odd(const struct vlt_odd_record *r)
{
    return r->id == NULL || r->head == NULL ||
        memcmp(r->id, r->head->h.id, 16) != 0 ||
        r->version != r->head->h.version;
}

enum vault_status
vlt_records_odd(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_odd_record *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_record_head head;
    struct vlt_odd_record r;
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s,
        "SELECT rid, id, ver, head FROM record WHERE f = 0 AND rid > 0", &st,
        err);
    bool row = true;

    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        read_odd(st, &r, &head);
        if (is_odd(&r))
            status = fn(ctx, &r, err);
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_record_twins(struct vlt_store *s, const struct vlt_record_row *r,
    uint64_t *out, struct vault_error *err)
{
    uint8_t head[VLT_RECORD_HEAD];
    sqlite3_stmt *st;
    struct vlt_row row;
    enum vault_status status;
    bool any;

    vlt_record_head_encode(head, &r->head);
    status = vlt_stmt(s,
        "SELECT count(*) FROM record WHERE id = ? AND "
        "ver = ? AND head = ? AND rid <> ?",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, r->head.h.id, 16);
    vlt_bind_u64(st, 2, r->head.h.version);
    vlt_bind_blob(st, 3, head, sizeof head);
    vlt_bind_u64(st, 4, r->rid);
    status = vlt_step(s, st, &any, err);
    if (status != VAULT_OK)
        return status;
    vlt_row_init(&row, st, "record");
    *out = vlt_row_u64(&row, 0, INT64_MAX);
    sqlite3_reset(st);
    return vlt_row_end(&row, err);
}

enum vault_status
vlt_record_rows_of(struct vlt_store *s, const uint8_t id[16],
    enum vault_status (
        *fn)(void *ctx, const struct vlt_id_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_record_head head;
    struct vlt_id_row out = {0, false, &head};
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status = vlt_stmt(s,
        "SELECT ver, head, " VLT_RECORD_OWN " FROM record WHERE id = ?", &st,
        err);
    bool row = true;

    if (status == VAULT_OK)
        vlt_bind_blob(st, 1, id, 16);
    while (status == VAULT_OK) {
        const uint8_t *p;
        size_t n;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        vlt_row_init(&r, st, "record");
        out.version = (uint32_t)vlt_row_u64(&r, 0, UINT32_MAX);
        p = vlt_row_blob(&r, 1, VLT_RECORD_HEAD, VLT_RECORD_HEAD, &n);
        out.own = vlt_row_u64(&r, 2, 1) == 1;
        if (vlt_row_end(&r, NULL) == VAULT_OK &&
            vlt_record_head_decode(&head, p, n, NULL) == VAULT_OK)
            status = fn(ctx, &out, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

/* ---- the versions of one record ---- */

void
vlt_version_rows_clear(struct vlt_version_rows *l)
{
    free(l->v);
    l->v = NULL;
    l->n = 0;
}

static int
by_version(const void *a, const void *b)
{
    const struct vlt_version_row *x = a;
    const struct vlt_version_row *y = b;

    if (x->head.h.version != y->head.h.version)
        return x->head.h.version < y->head.h.version ? -1 : 1;
    return memcmp(x->stmt, y->stmt, sizeof x->stmt);
}

static struct vlt_version_row *
one_more(struct vlt_version_rows *l)
{
    struct vlt_version_row *v = l->v;

    /* doubled at every power of two */
    if ((l->n & (l->n - 1)) == 0)
        v = realloc(v, (l->n == 0 ? 1 : 2 * l->n) * sizeof *v);
    if (v == NULL)
        return NULL;
    l->v = v;
    memset(&v[l->n], 0, sizeof *v);
    return &v[l->n];
}

static enum vault_status
take_version(struct vlt_version_rows *l, sqlite3_stmt *st, const uint8_t id[16],
    struct vault_error *err)
{
    struct vlt_version_row *v;
    struct vlt_row r;
    const uint8_t *p;
    size_t n;
    enum vault_status status;

    if (l->n == VLT_VERSIONS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a record with more than %d versions", (int)VLT_VERSIONS_MAX);
    v = one_more(l);
    if (v == NULL)
        return vlt_fail_memory(err);
    vlt_row_init(&r, st, "record");
    v->rid = vlt_row_u64(&r, 0, INT64_MAX);
    p = vlt_row_blob(&r, 1, VLT_RECORD_HEAD, VLT_RECORD_HEAD, &n);
    v->meta = vlt_row_u64(&r, 2, 1) == 1;
    v->wrap = vlt_row_u64(&r, 3, 1) == 1;
    status = vlt_row_end(&r, err);
    if (status != VAULT_OK)
        return status;
    if (vlt_record_head_decode(&v->head, p, n, NULL) != VAULT_OK ||
        memcmp(v->head.h.id, id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a row of this record has a malformed head");
    vlt_record_stmt(v->stmt, &v->head);
    l->n++;
    return VAULT_OK;
}

enum vault_status
vlt_record_versions(struct vlt_store *s, const uint8_t id[16],
    struct vlt_version_rows *out, struct vault_error *err)
{
    struct vlt_version_rows l = {0, NULL};
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s,
        "SELECT rid, head, meta IS NOT NULL, EXISTS(SELECT 1 "
        "FROM wrap WHERE wrap.rid = record.rid) FROM record WHERE id = ? AND " VLT_RECORD_OWN,
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    for (;;) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = take_version(&l, st, id, err);
        if (status != VAULT_OK) {
            sqlite3_reset(st);
            break;
        }
    }
    if (status != VAULT_OK) {
        vlt_version_rows_clear(&l);
        return status;
    }
    if (l.n > 0)
        qsort(l.v, l.n, sizeof *l.v, by_version);
    *out = l;
    return VAULT_OK;
}

bool
vlt_record_shares_body(const struct vlt_record_head *owner,
    const struct vlt_record_head *h)
{
    return h->h.body_version != 0 && owner->h.version == h->h.body_version &&
        owner->h.body_version == owner->h.version &&
        owner->h.body_padded == h->h.body_padded &&
        memcmp(owner->b, h->b, sizeof owner->b) == 0;
}

/* ---- withdrawal ---- */

bool
vlt_withdrawal_covers(const struct vlt_version_rows *l, uint32_t version,
    const uint8_t subject[32])
{
    struct vlt_sha256 h, copy;
    uint8_t hash[32];
    size_t i;

    vlt_label_hash_init(&h, VLT_L_STMTS);
    for (i = 0; i < l->n; i++) {
        uint32_t ver = l->v[i].head.h.version;

        vlt_sha256_update(&h, l->v[i].stmt, 32);
        if (ver < version ||
            (i + 1 < l->n && l->v[i + 1].head.h.version == ver))
            continue;
        copy = h;
        vlt_sha256_final(&copy, hash);
        if (memcmp(hash, subject, 32) == 0)
            return true;
    }
    return false;
}

void
vlt_withdrawal_subject(const struct vlt_version_rows *l, uint8_t out[32])
{
    struct vlt_sha256 h;
    size_t i;

    vlt_label_hash_init(&h, VLT_L_STMTS);
    for (i = 0; i < l->n; i++)
        vlt_sha256_update(&h, l->v[i].stmt, 32);
    vlt_sha256_final(&h, out);
}

struct question {
    struct vlt_store *s;
    const struct vlt_record_header *h;
    const uint8_t *stmt;
    struct vlt_version_rows versions; /* loaded when first needed */
    bool loaded;
    bool found;
};

static enum vault_status
look(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct question *q = ctx;
    enum vault_status st = VAULT_OK;

    if (q->found || strcmp(r->leaf.kind, "withdraw") != 0)
        return VAULT_OK;
    if (r->leaf.version != 0) {
        q->found = r->leaf.version == q->h->version &&
            memcmp(r->leaf.subject, q->stmt, 32) == 0;
        return VAULT_OK;
    }
    if (!q->loaded)
        st = vlt_record_versions(q->s, q->h->id, &q->versions, err);
    q->loaded = q->loaded || st == VAULT_OK;
    if (st == VAULT_OK)
        q->found =
            vlt_withdrawal_covers(&q->versions, q->h->version, r->leaf.subject);
    return st;
}

enum vault_status
vlt_record_withdrawn(struct vlt_store *s, const struct vlt_record_header *h,
    const uint8_t stmt[32], bool *out, struct vault_error *err)
{
    struct question q = {s, h, stmt, {0, NULL}, false, false};
    enum vault_status st = vlt_leaves_of(s, h->id, look, &q, err);

    vlt_version_rows_clear(&q.versions);
    if (st == VAULT_OK)
        *out = q.found;
    return st;
}
