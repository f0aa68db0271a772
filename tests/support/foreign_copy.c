/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_copy.c: records of one vault as foreign rows of another */
#include "foreign_copy.h"

#include <stdlib.h>
#include <string.h>

#include "fnote.h"
#include "log_rows.h"
#include "record_open.h"
#include "tlogproof.h"

static struct vault_error err;

static void
must(enum vault_status st, const char *what)
{
    if (st != VAULT_OK)
        temp_die(err.message, what);
}

/* ---- reading ---- */

struct line {
    const uint8_t *stmt;
    bool found;
    uint64_t log, idx;
    struct vlt_leaf leaf;
};

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *e)
{
    struct line *l = ctx;

    (void)e;
    if (strcmp(r->leaf.kind, "seal") != 0 ||
        memcmp(r->leaf.subject, l->stmt, 32) != 0)
        return VAULT_OK;
    l->found = true;
    l->log = r->log;
    l->idx = r->idx;
    l->leaf = r->leaf;
    return VAULT_OK;
}

static void
prove(struct vault *from, struct foreign_row *r)
{
    struct line l = {.stmt = r->stmt};
    struct vlt_checkpoint_row point;
    struct vlt_tlogproof p;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_buf note;
    struct vlt_hash32 path[VLT_PROOF_MAX];

    must(vlt_leaves_of(from->store, r->head.h.id, take_line, &l, &err), "line");
    if (!l.found)
        temp_die("no line", "proof");
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_checkpoint_newest(from->store, l.log, &point, &note, &err),
        "checkpoint");
    vlt_log_tree_io(&tree, from->store, l.log, false, &io);
    p.index = l.idx;
    must(vlt_tree_inclusion(&io, l.idx, point.size, path, &p.n, &err), "path");
    memcpy(p.path, path, p.n * sizeof *path);
    p.checkpoint = (const char *)note.p;
    p.checkpoint_len = note.len;
    must(vlt_tlogproof_encode(&r->proof.proof, &p, &err), "proof");
    must(vlt_leaf_encode(&r->proof.leaf, &l.leaf, &err), "leaf");
    memcpy(r->proof.stmt, r->stmt, 32);
    memset(r->proof.bundle, 0xb0, 16);
    memcpy(r->proof.from, from->card.fingerprint, 32);
    r->proof.received = 1700000000;
    vlt_buf_clear(&note);
}

void
foreign_read(struct vault *from, const uint8_t id[VAULT_ID], uint32_t version,
    struct foreign_row *out)
{
    struct vlt_record_row row;

    memset(out, 0, sizeof *out);
    vlt_buf_init(&out->meta, VLT_META_MAX + 16);
    vlt_meta_init(&out->plain);
    vlt_foreign_proof_init(&out->proof);
    must(vlt_read_begin(from, &err), "reading");
    must(vlt_record_get(from->store, id, version, &row, &out->meta, &err),
        "record");
    out->rid = row.rid;
    out->head = row.head;
    vlt_record_stmt(out->stmt, &row.head);
    must(vlt_record_key(from, row.rid, &row.head, &out->rk, &err), "key");
    must(vlt_record_meta(from, row.rid, &row.head, row.meta, row.meta_len,
             &out->plain, &err),
        "metadata");
    prove(from, out);
    vlt_store_rollback(from->store);
}

void
foreign_clear(struct foreign_row *r)
{
    vlt_buf_clear(&r->meta);
    vlt_meta_clear(&r->plain);
    vlt_rk_free(r->rk);
    vlt_foreign_proof_clear(&r->proof);
    memset(r, 0, sizeof *r);
}

/* ---- writing ---- */

static bool
begin(struct vault *to)
{
    if (to->acting)
        return false;
    must(vlt_action_begin(to, &err), "action");
    return true;
}

/* ---- whose logs and cards ---- */

struct notes {
    struct vault *to;
    struct vlt_book *book;
};

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *e)
{
    struct notes *n = ctx;

    return vlt_book_add(n->to, n->book, "card", r->card, r->card_len, e);
}

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *e)
{
    struct notes *n = ctx;

    return vlt_book_add(n->to, n->book, "replica", r->note, r->note_len, e);
}

void
foreign_know(struct vault *to, struct vault *from)
{
    struct notes n = {to, NULL};
    bool own = begin(to);

    must(vlt_read_begin(from, &err), "reading");
    must(vlt_book_load(to, &n.book, &err), "book");
    must(vlt_identities(from->store, take_card, &n, &err), "card");
    must(vlt_logs(from->store, take_log, &n, &err), "log");
    vlt_store_rollback(from->store);
    vlt_book_free(n.book);
    if (own)
        must(vlt_action_commit(to, &err), "commit");
}

static void
end(struct vault *to, bool own)
{
    if (own)
        must(vlt_action_commit(to, &err), "commit");
}

static void
copy_segments(struct vault *to, struct vault *from, const struct foreign_row *r,
    uint64_t rid)
{
    uint64_t n = vlt_segments(r->head.h.body_padded);
    uint64_t have = 0;
    uint8_t *p = malloc(VLT_SEGMENT_SEALED);

    if (r->head.h.body_version != r->head.h.version)
        n = 0;
    must(vlt_segment_count(to->store, rid, &have, &err), "segments");
    if (have > 0)
        n = 0;
    if (n > 0)
        must(vlt_read_begin(from, &err), "reading");
    for (uint64_t i = 0; i < n; i++) {
        size_t len = vlt_segment_size(r->head.h.body_padded, i);

        must(vlt_segment_get(from->store, r->rid, i, p, len, &err), "segment");
        must(vlt_foreign_segment_put(to, rid, i, p, len, &err), "segment");
    }
    vlt_store_rollback(from->store);
    free(p);
}

uint64_t
foreign_put(struct vault *to, struct vault *from, const struct foreign_row *r,
    int how)
{
    struct vlt_foreign_proof none;
    bool head = how == FOREIGN_HEAD;
    bool own = begin(to);
    uint64_t rid = 0;

    foreign_know(to, from);
    vlt_foreign_proof_init(&none);
    memcpy(none.stmt, r->stmt, 32);
    none.received = r->proof.received;
    must(vlt_foreign_put(to, &r->head, head ? NULL : r->meta.p, r->meta.len,
             head ? NULL : r->rk, head ? &none : &r->proof, &rid, &err),
        "row");
    if (!head)
        copy_segments(to, from, r, rid);
    must(vlt_foreign_import_leaf(to, &r->head, r->proof.bundle, r->proof.from,
             &err),
        "line");
    end(to, own);
    return rid;
}

uint64_t
foreign_put_part(struct vault *to, struct vault *from,
    const struct foreign_row *r, const char *const *names)
{
    const struct vlt_fields *l = &r->plain.fields;
    bool *shown = calloc(l->n, sizeof *shown);
    bool body = false;
    bool own = begin(to);
    struct vlt_xk *xk = vlt_xk_new();
    enum vlt_foreign_state state;
    struct vlt_buf ct;
    uint64_t rid = 0;

    foreign_know(to, from);
    for (size_t i = 0; i < l->n; i++) {
        for (size_t k = 0; names[k] != NULL; k++) {
            if (strlen(names[k]) == l->f[i].name_len &&
                memcmp(names[k], l->f[i].name, l->f[i].name_len) == 0)
                shown[i] = true;
        }
        body = body || (shown[i] && l->f[i].type == VLT_FIELD_BODY);
    }
    vlt_random(xk->b, sizeof xk->b);
    vlt_buf_init(&ct, VLT_EXTRACT_MAX);
    must(vlt_extract_seal(&ct, &r->head, &r->plain, shown, xk, &err),
        "extract");
    must(vlt_foreign_known(to, &r->head, r->stmt, &state, &rid, &err), "known");
    if (state == VLT_FOREIGN_NEW)
        must(vlt_foreign_put(to, &r->head, NULL, 0, NULL, &r->proof, &rid,
                 &err),
            "row");
    must(vlt_foreign_extract_put(to, rid, &r->head, ct.p, ct.len, xk, &err),
        "extract");
    if (body)
        copy_segments(to, from, r, rid);
    must(vlt_foreign_import_leaf(to, &r->head, r->proof.bundle, r->proof.from,
             &err),
        "line");
    end(to, own);
    vlt_buf_clear(&ct);
    vlt_xk_free(xk);
    free(shown);
    return rid;
}

void
foreign_finish(struct vault *to, struct vault *from,
    const struct foreign_row *r, uint64_t rid)
{
    bool own = begin(to);

    must(vlt_foreign_complete(to, rid, &r->head, r->meta.p, r->meta.len, r->rk,
             &err),
        "complete");
    must(vlt_foreign_proof_put(to, rid, &r->proof, &err), "proof");
    copy_segments(to, from, r, rid);
    must(vlt_foreign_import_leaf(to, &r->head, r->proof.bundle, r->proof.from,
             &err),
        "line");
    end(to, own);
}

void
foreign_copy(struct vault *to, struct vault *from, const uint8_t id[VAULT_ID],
    uint32_t version)
{
    struct foreign_row r;

    for (uint32_t n = 1; n <= version; n++) {
        foreign_read(from, id, n, &r);
        (void)foreign_put(to, from, &r, FOREIGN_FULL);
        foreign_clear(&r);
    }
}
