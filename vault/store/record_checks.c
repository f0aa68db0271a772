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

enum { VERSIONS_MAX = 4096 };

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

/* ---- withdrawal ---- */

struct versions {
    size_t n;
    uint32_t ver[VERSIONS_MAX];
    struct vlt_hash32 stmt[VERSIONS_MAX];
};

/* All statements of an id, ascending by version, then by value. */
static enum vault_status
load_versions(struct vlt_store *s, const uint8_t id[16], struct versions *out,
    struct vault_error *err)
{
    struct vlt_record_head head;
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    out->n = 0;
    status = vlt_stmt(s,
        "SELECT head FROM record WHERE id = ? AND " VLT_RECORD_OWN
        " ORDER BY ver",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    for (;;) {
        const uint8_t *p;
        size_t n, i;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            return status;
        vlt_row_init(&r, st, "record");
        p = vlt_row_blob(&r, 0, VLT_RECORD_HEAD, VLT_RECORD_HEAD, &n);
        if (p == NULL || out->n == VERSIONS_MAX ||
            vlt_record_head_decode(&head, p, n, NULL) != VAULT_OK)
            continue;
        i = out->n++;
        out->ver[i] = head.h.version;
        vlt_record_stmt(out->stmt[i].b, &head);
        for (; i > 0 && out->ver[i - 1] == out->ver[i] &&
             memcmp(out->stmt[i - 1].b, out->stmt[i].b, 32) > 0;
             i--) {
            struct vlt_hash32 swap = out->stmt[i];

            out->stmt[i] = out->stmt[i - 1];
            out->stmt[i - 1] = swap;
        }
    }
}

struct question {
    struct vlt_store *s;
    const struct vlt_record_header *h;
    const uint8_t *stmt;
    struct versions *versions; /* loaded when first needed */
    bool found;
};

/* Does the subject cover the statements of versions up to some v? */
static bool
covers(const struct versions *v, uint32_t at_least, const uint8_t subject[32])
{
    struct vlt_sha256 h, copy;
    uint8_t hash[32];
    size_t i;

    vlt_label_hash_init(&h, VLT_L_STMTS);
    for (i = 0; i < v->n; i++) {
        vlt_sha256_update(&h, v->stmt[i].b, 32);
        if (v->ver[i] < at_least ||
            (i + 1 < v->n && v->ver[i + 1] == v->ver[i]))
            continue;
        copy = h;
        vlt_sha256_final(&copy, hash);
        if (memcmp(hash, subject, 32) == 0)
            return true;
    }
    return false;
}

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
    if (q->versions == NULL) {
        q->versions = malloc(sizeof *q->versions);
        if (q->versions == NULL)
            return vlt_fail_memory(err);
        st = load_versions(q->s, q->h->id, q->versions, err);
    }
    if (st == VAULT_OK)
        q->found = covers(q->versions, q->h->version, r->leaf.subject);
    return st;
}

enum vault_status
vlt_record_withdrawn(struct vlt_store *s, const struct vlt_record_header *h,
    const uint8_t stmt[32], bool *out, struct vault_error *err)
{
    struct question q = {s, h, stmt, NULL, false};
    enum vault_status st = vlt_leaves_of(s, h->id, look, &q, err);

    free(q.versions);
    if (st == VAULT_OK)
        *out = q.found;
    return st;
}

/* H of an attachment; of a note, H of its text (nothing when malformed). */
static void
hash_of(uint8_t out[32], const uint8_t *p, size_t n, bool note)
{
    struct vlt_note parsed;

    memset(out, 0, 32);
    if (!note)
        vlt_sha256(out, p, n);
    else if (vlt_note_parse(&parsed, (const char *)p, n, NULL) == VAULT_OK)
        vlt_note_text_hash(out, &parsed);
}

enum vault_status
vlt_count_unlogged(struct vlt_store *s, const char *table, const char *kind,
    uint64_t *out, struct vault_error *err)
{
    bool notes = strcmp(table, "note") == 0;
    sqlite3_stmt *st;
    struct vlt_row r;
    uint8_t hash[32];
    enum vault_status status;
    bool row, found;

    *out = 0;
    status = vlt_stmt(s,
        notes ? "SELECT b FROM note WHERE f = 0 AND kind = 'revoke'"
              : "SELECT b FROM attachment",
        &st, err);
    while (status == VAULT_OK) {
        const uint8_t *p;
        size_t n;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, table);
        p = vlt_row_blob(&r, 0, 0, VLT_META_MAX, &n);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            hash_of(hash, p, n, notes);
        if (status == VAULT_OK)
            status = vlt_leaf_exists(s, kind, NULL, hash, &found, err);
        if (status == VAULT_OK && !found)
            ++*out;
    }
    return status;
}
