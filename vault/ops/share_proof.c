/* SPDX-License-Identifier: Apache-2.0 */
/* share_proof.c: the line of a log that names a record of a bundle */
#include <string.h>

#include "bundle_put.h"
#include "fail.h"
#include "foreign.h"
#include "sharing.h"
#include "tlogproof.h"
#include "untrusted.h"

/* ---- records of the vault's own log ---- */

struct search {
    const struct vault *v;
    const uint8_t *stmt;
    const struct vlt_own_log *log;
    uint64_t idx;
    struct vlt_leaf leaf;
};

/* In a replica's log: of a session's record, the line that took it in. */
static enum vault_status
match(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct search *q = ctx;
    const struct vlt_own_log *log;

    (void)err;
    if (q->log != NULL || memcmp(r->leaf.subject, q->stmt, 32) != 0 ||
        (strcmp(r->leaf.kind, "seal") != 0 &&
            strcmp(r->leaf.kind, "take") != 0))
        return VAULT_OK;
    log = vlt_own_log_find(&q->v->logs, r->log);
    if (log == NULL || log->session || r->idx >= log->size)
        return VAULT_OK;
    q->log = log;
    q->idx = r->idx;
    q->leaf = r->leaf;
    return VAULT_OK;
}

static enum vault_status
own_path(struct vault *v, const struct search *q,
    struct vlt_hash32 path[VLT_PROOF_MAX], size_t *n, struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    uint8_t leaf[32];
    enum vault_status st;

    vlt_log_tree_io(&tree, v->store, q->log->n, false, &io);
    st = vlt_tree_inclusion(&io, q->idx, q->log->size, path, n, err);
    if (st != VAULT_OK)
        return st;
    vlt_leaf_text_hash(leaf, &q->leaf);
    return vlt_inclusion_ok(q->idx, q->log->size, leaf, path, *n, q->log->root)
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_TAMPERED,
              "the line that names it is not in the signed tree");
}

/* What a revoked device sealed too late is proved by its own line, so that who
 * gets it sees whose it is: the line that took it in would hide that. */
static enum vault_status
find_untrusted(struct vlt_share_file *f, struct search *q, const uint8_t id[16],
    uint32_t version, struct vault_error *err)
{
    struct vault *v = f->s->v;
    struct vlt_untrusted found;
    struct vlt_leaf_row row;
    enum vault_status st = VAULT_OK;

    if (f->untrusted == NULL)
        st = vlt_untrusted_load(v, &f->untrusted, err);
    if (st == VAULT_OK)
        st =
            vlt_untrusted_find(f->untrusted, id, version, q->stmt, &found, err);
    if (st != VAULT_OK || !found.is)
        return st;
    if (found.taken) /* no line of its session is here to show whose it is */
        return vlt_fail(err, VAULT_E_POLICY,
            "a record that a revoked device sealed after its last good state, "
            "and whose session never came in, is not shared: nobody would see "
            "whose it is");
    st = vlt_leaf_get(v->store, found.log, found.idx, &row, NULL, err);
    if (st != VAULT_OK)
        return st;
    q->log = vlt_own_log_find(&v->logs, found.log);
    q->idx = found.idx;
    q->leaf = row.leaf;
    return VAULT_OK;
}

/* A session's log goes along with those before it and its device's notes. */
static enum vault_status
put_own_log(struct vlt_share_file *f, const struct vlt_own_log *log,
    uint64_t *n, struct vault_error *err)
{
    struct vlt_checkpoint_row point;
    struct vlt_buf note;
    enum vault_status st;

    if (!log->session)
        return vlt_share_own_log(f, log, n, err);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_share_log(f, log->origin, n, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_newest(f->s->v->store, log->n, &point, &note, err);
    if (st == VAULT_OK)
        st = vlt_share_point(f, *n, point.size, (const char *)note.p, note.len,
            err);
    vlt_buf_clear(&note);
    return st;
}

static enum vault_status
prove_own(struct vlt_share_file *f, const struct vlt_share_item *item,
    uint64_t rid, struct vault_error *err)
{
    struct vault *v = f->s->v;
    struct search q = {.v = v, .stmt = item->stmt};
    struct vlt_hash32 path[VLT_PROOF_MAX];
    struct vlt_proof_row row = {.rid = rid, .path = path};
    enum vault_status st = find_untrusted(f, &q, item->id, item->version, err);

    if (st == VAULT_OK && q.log == NULL)
        st = vlt_leaves_of(v->store, item->id, match, &q, err);
    if (st == VAULT_OK && q.log == NULL)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this record as it is stored");
    if (st == VAULT_OK)
        st = own_path(v, &q, path, &row.n, err);
    if (st == VAULT_OK)
        st = put_own_log(f, q.log, &row.log, err);
    if (st != VAULT_OK)
        return st;
    row.size = q.log->size;
    row.idx = q.idx;
    row.kind = q.leaf.kind;
    row.event = q.leaf.event;
    return vlt_bundle_put_proof(f->out, &row, err);
}

/* ---- records of others, passed on ---- */

/* The checkpoint that a stored proof ends in. */
static enum vault_status
checkpoint_of(const struct vlt_tlogproof *p, struct vlt_checkpoint *out,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st =
        vlt_note_parse(&n, p->checkpoint, p->checkpoint_len, err);

    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(out, n.text, n.text_len, err);
    return st;
}

static enum vault_status
put_foreign(struct vlt_share_file *f, uint64_t rid,
    const struct vlt_tlogproof *p, const struct vlt_leaf *leaf,
    struct vault_error *err)
{
    struct vlt_hash32 path[VLT_TLOGPROOF_MAX];
    struct vlt_proof_row row = {.rid = rid,
        .idx = p->index,
        .kind = leaf->kind,
        .event = leaf->event,
        .path = path,
        .n = p->n};
    struct vlt_checkpoint c;
    enum vault_status st = checkpoint_of(p, &c, err);

    if (st == VAULT_OK)
        st = vlt_share_log(f, c.origin, &row.log, err);
    if (st == VAULT_OK)
        st = vlt_share_point(f, row.log, c.size, p->checkpoint,
            p->checkpoint_len, err);
    if (st != VAULT_OK)
        return st;
    row.size = c.size;
    memcpy(path, p->path, p->n * sizeof *path);
    return vlt_bundle_put_proof(f->out, &row, err);
}

static enum vault_status
prove_foreign(struct vlt_share_file *f, const struct vlt_share_item *item,
    uint64_t rid, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    struct vlt_tlogproof t;
    struct vlt_leaf leaf;
    enum vault_status st = vlt_foreign_proof_get(f->s->v, item->rid, &p, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_leaf_decode(&leaf, (const char *)p.leaf.p, p.leaf.len, err);
    if (st == VAULT_OK)
        st =
            vlt_tlogproof_decode(&t, (const char *)p.proof.p, p.proof.len, err);
    if (st == VAULT_OK && memcmp(leaf.subject, item->stmt, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "its proof is of another record");
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "its proof is malformed");
    if (st == VAULT_OK)
        st = put_foreign(f, rid, &t, &leaf, err);
    vlt_foreign_proof_clear(&p);
    return st;
}

enum vault_status
vlt_share_proof(struct vlt_share_file *f, const struct vlt_share_item *item,
    uint64_t rid, struct vault_error *err)
{
    return item->foreign ? prove_foreign(f, item, rid, err)
                         : prove_own(f, item, rid, err);
}
