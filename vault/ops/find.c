/* SPDX-License-Identifier: Apache-2.0 */
/* find.c: whether a content is in the vault already */
#include <string.h>
#include "catalogue_ops.h"
#include "fail.h"
#include "history.h"
#include "record_open.h"

enum { ROWS = 16 };

struct search {
    struct vault *v;
    const uint8_t *sha256;
    bool found;
    uint8_t id[16];
};

static bool
has_content(const struct vlt_indexed *x, const uint8_t sha256[32])
{
    struct vlt_body_commit body;
    size_t i;

    if (vlt_meta_body(&x->meta, &x->head.h, &body) &&
        memcmp(body.sha256, sha256, 32) == 0)
        return true;
    for (i = 0; i < x->meta.fields.n; i++) {
        const struct vlt_field *f = &x->meta.fields.f[i];

        if (f->type == VLT_FIELD_BYTES && f->value_len == 32 &&
            f->name_len >= 7 && memcmp(f->name, "import.", 7) == 0 &&
            memcmp(f->value, sha256, 32) == 0)
            return true;
    }
    return false;
}

/* ---- whether a row counts ---- */

struct own_line {
    const struct vault *v;
    const uint8_t *stmt;
    bool found;
};

/* A line of the running action: not signed yet, and nobody else's. */
static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct own_line *q = ctx;

    (void)err;
    if (r->log == q->v->log_n && r->idx >= q->v->kept.size &&
        strcmp(r->leaf.kind, "seal") == 0 &&
        memcmp(r->leaf.subject, q->stmt, 32) == 0)
        q->found = true;
    return VAULT_OK;
}

/* Anybody can seal a row to a public card: one that no line names must not
 * keep the same content out. */
static enum vault_status
stands(struct vault *v, uint64_t rid, const struct vlt_record_head *head,
    bool *out, struct vault_error *err)
{
    struct vlt_history h;
    uint8_t stmt[32];
    struct own_line q = {v, stmt, false};
    enum vault_status st = vlt_history_load(v, head->h.id, &h, err);
    size_t i;

    *out = false;
    if (st == VAULT_E_TAMPERED) { /* listing it tells what is wrong */
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    for (i = 0; i < h.n; i++) {
        if (h.v[i].row.rid == rid)
            *out = h.v[i].logged && !h.v[i].withdrawn;
    }
    vlt_history_clear(&h);
    if (*out || !v->acting)
        return VAULT_OK;
    vlt_record_stmt(stmt, head);
    st = vlt_leaves_of(v->store, head->h.id, take_line, &q, err);
    *out = q.found;
    return st;
}

/* The row itself says whether it has that content; what the catalogue says
 * of a row that is gone is nothing. */
static enum vault_status
confirm(struct search *q, uint64_t rid, struct vault_error *err)
{
    struct vlt_tokenset unused;
    struct vlt_indexed x;
    enum vault_status st;

    vlt_tokenset_init(&unused);
    st = vlt_catalogue_words(q->v, rid, &unused, &x, err);
    vlt_tokenset_clear(&unused);
    if (st != VAULT_OK || !x.readable)
        return st;
    if (has_content(&x, q->sha256))
        st = stands(q->v, rid, &x.head, &q->found, err);
    if (q->found)
        memcpy(q->id, x.head.h.id, 16);
    vlt_meta_clear(&x.meta);
    return st;
}

static enum vault_status
ask(struct search *q, struct vlt_catalogue *c, struct vault_error *err)
{
    uint64_t rid[ROWS];
    uint8_t hash[16];
    size_t n = 0;
    size_t i;
    enum vault_status st;

    vlt_catalogue_content_hash(hash, vlt_catalogue_session_key(c), q->sha256);
    st = vlt_catalogue_content(c, hash, rid, ROWS, &n, err);
    for (i = 0; st == VAULT_OK && !q->found && i < n; i++)
        st = confirm(q, rid[i], err);
    return st;
}

/* ---- without a catalogue ---- */

static int
look_at(void *ctx, const struct vault_record *r)
{
    struct search *q = ctx;
    struct vlt_indexed x = {r->meta, r->head, true};

    if (!has_content(&x, q->sha256))
        return 0;
    q->found = true;
    memcpy(q->id, r->head.h.id, 16);
    return 1;
}

static int
pass_over(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    (void)why;
    return 0;
}

static enum vault_status
look_everywhere(struct search *q, struct vault_error *err)
{
    enum vault_status st = vlt_list_records(q->v, look_at, pass_over, q, err);

    if (st == VAULT_E_CANCELLED && q->found) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    return st;
}

/* ---- within a batch: its own records are not committed yet ---- */

static enum vault_status
begin_in_action(struct vault *v, struct vlt_catalogue **out,
    struct vault_error *err)
{
    enum vault_status st = vlt_catalogue_follow(v, err);

    *out = NULL;
    if (st != VAULT_OK)
        return st;
    st = vlt_catalogue_current(v, out, NULL);
    if (st == VAULT_E_MEMORY)
        return vlt_fail_memory(err);
    if (st != VAULT_OK)
        *out = NULL;
    return VAULT_OK;
}

/* ---- all of them, with one look at the catalogue ---- */

static enum vault_status
ask_all(struct vault *v, struct vlt_catalogue *c, struct vault_content *all,
    size_t n, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n; i++) {
        struct search q = {v, all[i].sha256, false, {0}};

        st = c != NULL ? ask(&q, c, err) : look_everywhere(&q, err);
        all[i].found = q.found;
        memcpy(all[i].id, q.id, sizeof q.id);
    }
    return st;
}

enum vault_status
vault_find_contents(struct vault *v, struct vault_content *all, size_t n,
    struct vault_error *err)
{
    struct vlt_catalogue *c = NULL;
    bool asked = true;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st != VAULT_OK || n == 0)
        return st;
    if (v->acting) {
        st = begin_in_action(v, &c, err);
        if (st == VAULT_OK && c == NULL)
            st = vlt_fail(err, VAULT_E_BUSY,
                "the catalogue cannot be asked within this group");
        if (st == VAULT_OK)
            st = ask_all(v, c, all, n, err);
        vlt_catalogue_close(c);
        return st;
    }
    st = vlt_catalogue_read(v, true, &c, err);
    asked = st == VAULT_OK && c != NULL;
    if (asked)
        st = ask_all(v, c, all, n, err);
    vlt_catalogue_close(c);
    vlt_store_rollback(v->store);
    if (!asked && (st == VAULT_OK || st == VAULT_E_TAMPERED))
        st = ask_all(v, NULL, all, n, err);
    return st;
}

enum vault_status
vault_find_content(struct vault *v, const uint8_t sha256[VAULT_HASH],
    bool *found, uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct vault_content one;
    enum vault_status st;

    memcpy(one.sha256, sha256, sizeof one.sha256);
    st = vault_find_contents(v, &one, 1, err);
    if (st != VAULT_OK)
        return st;
    *found = one.found;
    if (one.found)
        memcpy(id, one.id, VAULT_ID);
    return VAULT_OK;
}
