/* SPDX-License-Identifier: Apache-2.0 */
/* verify_foreign.c: every record of others that this vault holds, opened */
#include "verify_foreign.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "body_out.h"
#include "fail.h"
#include "foreign_find.h"
#include "foreign_rows.h"
#include "history.h"
#include "record_open.h"
#include "rows.h"

enum { PAGE = 32 };

struct work {
    struct vlt_verify *v;
    struct vlt_named_rows lines;
    struct vlt_proving proving;
    uint64_t last;
    size_t n;
    uint64_t rid[PAGE];
    /* what it came to */
    uint64_t proved, opened, parts, heads, dropped, waiting;
};

static bool
is_mismatch(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_NO_KEY ||
        st == VAULT_E_FORMAT || st == VAULT_E_NEWER ||
        st == VAULT_E_NOT_FOUND || st == VAULT_E_LIMIT;
}

/* ---- a row among the versions of its record ---- */

static enum vault_status
find_version(const struct vlt_history *h, const struct vlt_record_row *row,
    const struct vlt_version **out, struct vault_error *err)
{
    const struct vlt_version *x = NULL;
    size_t same = 0;
    size_t i;

    for (i = 0; i < h->n; i++) {
        if (h->v[i].row.rid == row->rid)
            x = &h->v[i];
    }
    for (i = 0; x != NULL && i < h->n; i++)
        same += memcmp(h->v[i].row.stmt, x->row.stmt, 32) == 0;
    if (x == NULL || same != 1)
        return vlt_fail(err, VAULT_E_TAMPERED, "stored twice: planted");
    for (i = 0; i < h->n; i++) {
        if (memcmp(h->v[i].row.head.h.origin, x->row.head.h.origin, 16) != 0)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "two vaults have records of this id");
    }
    *out = x;
    return VAULT_OK;
}

static enum vault_status
check_lines(struct work *w, const struct vlt_version *x,
    struct vault_error *err)
{
    const struct vlt_named_row *line =
        vlt_named_row_find(&w->lines, x->row.rid);

    if (line == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log says that it came in: planted");
    if (line->dropped != x->withdrawn)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the log and what is kept beside it differ on whether its copy "
            "was destroyed");
    return VAULT_OK;
}

/* The proof beside a row can be put back with what it spoke of; the lines of
 * the log cannot. A whole record has no parts any more. */
static enum vault_status
check_holds(struct work *w, const struct vlt_version *x,
    const struct vlt_foreign_proof *p, struct vault_error *err)
{
    const struct vlt_named_row *line =
        vlt_named_row_find(&w->lines, x->row.rid);

    if (x->withdrawn || p->whole || line == NULL ||
        (!line->whole && p->parts >= line->parts))
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_TAMPERED,
        "less of it is here than came in: an older state of it was put back "
        "from outside");
}

static enum vault_status
check_proof(struct work *w, const struct vlt_version *x,
    struct vault_error *err)
{
    struct vlt_foreign_proof p;
    uint64_t parts = 0;
    enum vault_status st = vlt_foreign_proof_get(w->v->v, x->row.rid, &p, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_extract_count(w->v->s, x->row.rid, &parts, err);
    if (st == VAULT_OK && parts != p.parts)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "something of this record was taken away from outside");
    if (st == VAULT_OK)
        st = check_holds(w, x, &p, err);
    if (st == VAULT_OK && p.leaf.len > 0) {
        st = vlt_verify_proof(&w->proving, &x->row.head, x->row.stmt, &p, err);
        w->proved += st == VAULT_OK;
    } else if (st == VAULT_OK && !x->logged && !x->waits) {
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "nothing proves it, and no later version names it");
    }
    vlt_foreign_proof_clear(&p);
    return st;
}

static enum vault_status
check_destroyed(struct work *w, const struct vlt_history *h,
    const struct vlt_version *x, struct vault_error *err)
{
    bool left = false;
    enum vault_status st = vlt_history_leftover(w->v->v, h, x, &left, err);

    if (st == VAULT_OK && left)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "its copy was destroyed, and sealed bytes of it are still here");
    w->dropped++;
    return st;
}

/* ---- what is in it ---- */

static enum vault_status
fetch(void *ctx, uint64_t n, uint8_t *out, size_t len, struct vault_error *err)
{
    struct vault_record *r = ctx;

    return vlt_foreign_segment(r->v, r->body_rid, n, out, len, err);
}

static enum vault_status
discard(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)ctx;
    (void)p;
    (void)n;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
open_row(struct work *w, const struct vlt_record_row *row,
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    struct vlt_body_out out;
    enum vault_status st = vlt_record_unseal(w->v->v, row, true, &r, err);

    if (st == VAULT_OK && r->has_body && r->head.h.body_version != 0) {
        out = (struct vlt_body_out){&r->head, &r->meta, &r->body, fetch, r,
            discard, NULL, NULL};
        st = vlt_body_stream(&out, err);
    }
    if (st == VAULT_OK && r->entry.partial)
        w->parts++;
    else if (st == VAULT_OK)
        w->opened++;
    vault_record_close(r);
    return st;
}

static enum vault_status
judge_version(struct work *w, const struct vlt_history *h,
    const struct vlt_version *x, const struct vlt_record_row *row,
    struct vault_error *err)
{
    enum vault_status st = check_lines(w, x, err);

    if (st == VAULT_OK)
        st = check_proof(w, x, err);
    if (st != VAULT_OK)
        return st;
    if (x->withdrawn)
        return check_destroyed(w, h, x, err);
    if (x->waits) {
        w->waiting++;
        return VAULT_OK;
    }
    if (x->head_only) {
        w->heads++;
        return VAULT_OK;
    }
    return open_row(w, row, err);
}

/* ---- one row, one page, all ---- */

static enum vault_status
judge_in(struct work *w, uint64_t rid, struct vlt_record_row *row,
    struct vault_error *err)
{
    const struct vlt_version *x = NULL;
    struct vlt_history h;
    struct vlt_buf ct;
    enum vault_status st;

    vlt_buf_init(&ct, VLT_META_MAX + 16);
    memset(&h, 0, sizeof h);
    st = vlt_any_row(w->v->v, rid, row, &ct, err);
    if (st == VAULT_OK)
        st = vlt_history_load_foreign(w->v->v, row->head.h.id, &h, err);
    if (st == VAULT_OK)
        st = find_version(&h, row, &x, err);
    if (st == VAULT_OK)
        st = judge_version(w, &h, x, row, err);
    vlt_history_clear(&h);
    vlt_buf_clear(&ct);
    return st;
}

static enum vault_status
judge_row(struct work *w, uint64_t rid, struct vault_error *err)
{
    struct vlt_record_row row = {.rid = rid};
    struct vault_error why;
    enum vault_status st = vlt_store_begin(w->v->s, false, err);

    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = judge_in(w, rid, &row, &why);
    vlt_store_rollback(w->v->s);
    w->v->done++;
    if (!is_mismatch(st))
        return vlt_judge(w->v, "foreign", st, &why, err);
    vlt_record_mismatch(w->v, "foreign", row.head.h.id, row.head.h.version,
        &why);
    return VAULT_OK;
}

static enum vault_status
take_rid(void *ctx, uint64_t rid, const uint8_t head[VLT_SEALED_HEAD],
    struct vault_error *err)
{
    struct work *w = ctx;

    (void)head;
    (void)err;
    w->rid[w->n++] = rid;
    w->last = rid;
    return VAULT_OK;
}

static enum vault_status
judge_page(struct work *w, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(w->v->s, false, err);
    struct vault_error why;
    size_t i;

    w->n = 0;
    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = vlt_foreign_rows(w->v->s, w->last, PAGE, take_rid, w, &why);
    vlt_store_rollback(w->v->s);
    st = vlt_judge(w->v, "foreign", st, &why, err);
    for (i = 0; st == VAULT_OK && i < w->n; i++)
        st = judge_row(w, w->rid[i], err);
    return st;
}

/* ---- notes ---- */

static enum vault_status
take_note(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    uint64_t *notes = ctx;

    (void)n;
    (void)err;
    ++*notes;
    return VAULT_OK;
}

static enum vault_status
judge_notes(struct work *w, struct vault_error *err)
{
    uint64_t notes = 0;
    uint64_t loose = 0;
    enum vault_status st = vlt_fnotes(w->v->v, NULL, take_note, &notes, err);

    if (st == VAULT_OK)
        st = vlt_count(w->v->s,
            "SELECT count(*) FROM note WHERE f = 1 AND n >= 4294967296 AND "
            "n - 4294967296 NOT IN (SELECT rid FROM record WHERE f = 1)",
            &loose, err);
    if (st == VAULT_OK && loose > 0)
        vlt_mismatch(w->v, "foreign", "proofs of no record: %" PRIu64, loose);
    if (st == VAULT_OK && notes > 0)
        vlt_held(w->v, "foreign", notes, "%" PRIu64 " sealed notes open",
            notes);
    return st;
}

static enum vault_status
prepare(struct work *w, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = vlt_store_begin(w->v->s, false, err);

    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = vlt_foreign_walk_only(w->v->v, &why);
    if (st == VAULT_OK)
        st = vlt_book_load(w->v->v, &w->proving.book, &why);
    if (st == VAULT_OK)
        st = judge_notes(w, &why);
    if (st == VAULT_OK)
        st = vlt_verify_foreign_lines(w->v, &w->lines, &why);
    if (st == VAULT_OK)
        st = vlt_verify_kept(w->v, &why);
    vlt_store_rollback(w->v->s);
    return vlt_judge(w->v, "foreign", st, &why, err);
}

static void
say(const struct work *w)
{
    struct vlt_verify *v = w->v;

    if (w->proved > 0)
        vlt_held(v, "foreign", w->proved,
            "%" PRIu64 " record versions of others: each logged by the vault "
            "that it names",
            w->proved);
    if (w->opened > 0)
        vlt_held(v, "foreign", w->opened,
            "%" PRIu64 " of them whole, opened: fields and bodies are what "
            "was committed to",
            w->opened);
    if (w->parts > 0)
        vlt_held(v, "foreign", w->parts,
            "%" PRIu64 " of them in part: the fields that are shown belong to "
            "the logged record",
            w->parts);
    if (w->heads > 0)
        vlt_held(v, "foreign", w->heads,
            "%" PRIu64 " of them only as what a later version follows",
            w->heads);
    if (w->dropped > 0)
        vlt_held(v, "foreign", w->dropped, "%" PRIu64 " of them destroyed here",
            w->dropped);
    if (w->waiting > 0)
        vlt_not_seen(v, "foreign", w->waiting,
            "%" PRIu64 " of them wait for the version that they follow",
            w->waiting);
}

enum vault_status
vlt_verify_foreign(struct vlt_verify *v, struct vault_error *err)
{
    struct work *w = calloc(1, sizeof *w);
    uint64_t failed = v->verdict.failed;
    enum vault_status st;

    if (w == NULL)
        return vlt_fail_memory(err);
    w->v = v;
    w->proving.v = v;
    vlt_buf_init(&w->proving.checkpoint, VLT_NOTE_MAX);
    st = prepare(w, err);
    if (st == VAULT_OK && w->proving.book != NULL) {
        do
            st = judge_page(w, err);
        while (st == VAULT_OK && w->n == PAGE);
    }
    if (st == VAULT_OK && v->verdict.failed == failed)
        say(w);
    vlt_book_free(w->proving.book);
    vlt_buf_clear(&w->proving.checkpoint);
    free(w->lines.at);
    free(w);
    return st;
}
