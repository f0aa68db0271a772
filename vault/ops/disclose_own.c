/* SPDX-License-Identifier: Apache-2.0 */
/* disclose_own.c: the proof of an own record, and the fields of any */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "disclosing.h"
#include "fail.h"
#include "untrusted.h"

/* ---- the line in a replica's log ---- */

struct line {
    struct vlt_disclosing *w;
    const struct vlt_record_head *head;
    uint8_t stmt[32];
    const struct vlt_own_log *log; /* NULL: not found yet */
};

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *row, struct vault_error *err)
{
    struct line *l = ctx;
    const struct vlt_own_log *log;
    enum vault_status st;

    if (l->log != NULL || memcmp(row->leaf.subject, l->stmt, 32) != 0 ||
        (strcmp(row->leaf.kind, "seal") != 0 &&
            strcmp(row->leaf.kind, "take") != 0))
        return VAULT_OK;
    log = vlt_own_log_find(&l->w->v->logs, row->log);
    if (log == NULL || log->session)
        return VAULT_OK; /* the line that took it in proves it */
    st = vlt_own_leaf_check(l->w->v->store, log, row->idx, &row->leaf, err);
    if (st != VAULT_OK)
        return st;
    l->log = log;
    l->w->d.leaf = row->leaf;
    l->w->d.tlog.index = row->idx;
    return VAULT_OK;
}

static enum vault_status
take_path(struct line *l, struct vault_error *err)
{
    struct vlt_tlogproof *p = &l->w->d.tlog;
    struct vlt_hash32 path[VLT_PROOF_MAX];
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    enum vault_status st;

    vlt_log_tree_io(&tree, l->w->v->store, l->log->n, false, &io);
    st = vlt_tree_inclusion(&io, p->index, l->log->size, path, &p->n, err);
    if (st == VAULT_OK && p->n > VLT_TLOGPROOF_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "the log is too long");
    if (st == VAULT_OK)
        memcpy(p->path, path, p->n * sizeof *path);
    return st;
}

static enum vault_status
take_checkpoint(struct line *l, struct vault_error *err)
{
    struct vlt_disclosing *w = l->w;
    struct vlt_checkpoint_row row;
    enum vault_status st = vlt_checkpoint_newest(w->v->store, l->log->n, &row,
        &w->checkpoint, err);

    w->d.tlog.checkpoint = (const char *)w->checkpoint.p;
    w->d.tlog.checkpoint_len = w->checkpoint.len;
    return st;
}

/* ---- its note and card ---- */

static enum vault_status
take_note(void *ctx, const struct vlt_log_row *row, struct vault_error *err)
{
    struct line *l = ctx;

    (void)err;
    if (row->n == l->log->n)
        vlt_buf_put(&l->w->notes, row->note, row->note_len);
    return VAULT_OK;
}

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *row,
    struct vault_error *err)
{
    struct line *l = ctx;
    struct vlt_card card;

    (void)err;
    if (vlt_card_parse(&card, row->card, row->card_len, NULL) == VAULT_OK &&
        memcmp(card.fingerprint, l->log->replica.card, 32) == 0 &&
        l->w->card.len == 0)
        vlt_buf_put(&l->w->card, row->card, row->card_len);
    return VAULT_OK;
}

static enum vault_status
take_texts(struct line *l, struct vault_error *err)
{
    struct vlt_disclosing *w = l->w;
    enum vault_status st = vlt_logs(w->v->store, take_note, l, err);

    if (st == VAULT_OK)
        st = vlt_identities(w->v->store, take_card, l, err);
    if (st == VAULT_OK)
        st = vlt_buf_end(&w->notes, "note", err);
    if (st == VAULT_OK)
        st = vlt_buf_end(&w->card, "card", err);
    if (st == VAULT_OK && w->card.len == 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the card of the log is missing");
    if (st == VAULT_OK)
        st = vlt_disclosure_add_note(&w->d, (const char *)w->notes.p,
            w->notes.len, err);
    w->d.card = (struct vlt_text_part){(const char *)w->card.p, w->card.len};
    return st;
}

/* A disclosure brings the line that took it in, by which nobody sees that a
 * revoked device sealed it too late. */
static enum vault_status
check_trusted(struct vlt_disclosing *w, const struct vlt_record_head *head,
    const uint8_t stmt[32], struct vault_error *err)
{
    struct vault_untrusted *u = NULL;
    struct vlt_untrusted found;
    enum vault_status st = vlt_untrusted_load(w->v, &u, err);

    if (st == VAULT_OK)
        st = vlt_untrusted_find(u, head->h.id, head->h.version, stmt, &found,
            err);
    vault_untrusted_close(u);
    if (st == VAULT_OK && found.is)
        st = vlt_fail(err, VAULT_E_POLICY,
            "a revoked device sealed it after its last good state: it is not "
            "disclosed as this vault's");
    return st;
}

enum vault_status
vlt_disclose_line(struct vlt_disclosing *w, const struct vlt_record_head *head,
    struct vault_error *err)
{
    struct line l = {.w = w, .head = head};
    enum vault_status st;

    vlt_record_statement(&w->d.statement, head);
    vlt_statement_hash(l.stmt, &w->d.statement);
    st = vlt_leaves_of(w->v->store, head->h.id, take_line, &l, err);
    if (st == VAULT_OK && l.log == NULL)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this record as it is stored");
    if (st == VAULT_OK)
        st = take_path(&l, err);
    if (st == VAULT_OK)
        st = take_checkpoint(&l, err);
    return st == VAULT_OK ? take_texts(&l, err) : st;
}

enum vault_status
vlt_disclose_own(struct vlt_disclosing *w, const struct vlt_record_head *head,
    struct vault_error *err)
{
    uint8_t stmt[32];
    enum vault_status st;

    vlt_record_stmt(stmt, head);
    st = check_trusted(w, head, stmt, err);
    return st == VAULT_OK ? vlt_disclose_line(w, head, err) : st;
}

/* ---- the fields ---- */

/* All leaf hashes of the record, and how to come by one field's salt. */
struct tree {
    struct vlt_hash32 *leaf;
    size_t t;
};

enum vault_status
vlt_disclose_names(const struct vault_disclose_options *o,
    struct vault_error *err)
{
    size_t i, k;

    if (o->fields_len > VLT_FIELDS_MAX)
        return vlt_fail(err, VAULT_E_USAGE, "more than %d fields",
            (int)VLT_FIELDS_MAX);
    for (i = 0; i < o->fields_len; i++) {
        for (k = 0; k < i; k++) {
            if (strcmp(o->fields[i], o->fields[k]) == 0)
                return vlt_fail(err, VAULT_E_USAGE, "field %s is named twice",
                    o->fields[i]);
        }
    }
    return VAULT_OK;
}

bool
vlt_disclose_asked(const struct vault_disclose_options *o,
    const struct vlt_field *f)
{
    size_t i;

    for (i = 0; i < o->fields_len; i++) {
        if (strlen(o->fields[i]) == f->name_len &&
            memcmp(o->fields[i], f->name, f->name_len) == 0)
            return true;
    }
    return false;
}

static enum vault_status
check_there(const struct vault_disclose_options *o, const struct vlt_fields *l,
    struct vault_error *err)
{
    size_t i;

    for (i = 0; i < o->fields_len; i++) {
        if (vlt_fields_find(l, o->fields[i]) == NULL)
            return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
                "sanduq show ID prints its fields",
                "the record has no field %s", o->fields[i]);
    }
    return VAULT_OK;
}

static enum vault_status
add_field(struct vlt_disclosing *w, const struct vault_record *r,
    const struct tree *t, size_t i, struct vault_error *err)
{
    const struct vlt_field *f = &r->meta.fields.f[i];
    struct vlt_disclosed at = {.index = (uint16_t)i, .length = f->value_len};

    if (r->head.h.body_version != 0 && f->type == VLT_FIELD_BODY &&
        f->state == VLT_STATE_VALUE) {
        at.beside = true;
        at.length = r->body.original_len;
        memcpy(at.hash, r->body.sha256, sizeof at.hash);
    } else {
        vlt_sha256(at.hash, f->value, f->value_len);
    }
    vlt_content_salt(at.salt, r->meta.salts, r->head.h.id, r->head.h.version,
        i);
    vlt_disclosure_path(&at, t->leaf, t->t);
    return vlt_disclosure_add_field(&w->d, f, &at, err);
}

enum vault_status
vlt_disclose_fields(struct vlt_disclosing *w, const struct vault_record *r,
    struct vault_error *err)
{
    const struct vlt_fields *l = &r->meta.fields;
    struct tree t = {NULL, 0};
    enum vault_status st = check_there(w->opt, l, err);
    size_t i;

    if (st != VAULT_OK || w->opt->fields_len == 0)
        return st;
    st = vlt_content_leaves(&t.leaf, &t.t, l, r->meta.salts, r->head.h.id,
        r->head.h.version, r->has_body ? &r->body : NULL, err);
    w->d.leaves = (unsigned)t.t;
    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        if (vlt_disclose_asked(w->opt, &l->f[i]))
            st = add_field(w, r, &t, i, err);
    }
    free(t.leaf);
    return st;
}
