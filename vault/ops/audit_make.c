/* SPDX-License-Identifier: Apache-2.0 */
/* audit_make.c: log and heads of a vault as a file of their own */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "audit_rows.h"
#include "bundle_put.h"
#include "fail.h"
#include "note_rows.h"
#include "os.h"
#include "packing.h"
#include "tempname.h"
#include "verify.h"

enum { SMALL = 4 * 1024 * 1024, RECORD = 330, LINE = 160 };

enum vault_status
vlt_packing_step(struct vlt_packing *p, struct vault_error *err)
{
    p->done++;
    return p->done % 64 != 0 ||
            vlt_progress(&p->v->opt, p->done, p->total, true)
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

/* ---- what names the vault ---- */

static enum vault_status
put_basics(struct vlt_packing *p, struct vault_error *err)
{
    struct vlt_store *out = p->file.out;
    enum vault_status st = vlt_meta_put(out, "kind", "audit", 5, err);

    if (st == VAULT_OK)
        st = vlt_meta_put(out, "vault", p->v->id, 16, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(out, "suite", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(out, "min_reader", 1, err);
    return st;
}

static enum vault_status
put_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct vlt_packing *p = ctx;
    struct vlt_identity_row bare = *r;

    bare.seed = NULL;
    bare.seed_len = 0;
    p->told.cards++;
    return vlt_identity_put(p->file.out, &bare, err);
}

static enum vault_status
put_device(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct vlt_packing *p = ctx;

    return vlt_note_put(p->file.out, "device", note, len, err);
}

static enum vault_status
put_revocation(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct vlt_packing *p = ctx;

    return vlt_note_put(p->file.out, "revoke", note, len, err);
}

static enum vault_status
put_names(struct vlt_packing *p, struct vault_error *err)
{
    struct vlt_store *s = p->v->store;
    enum vault_status st = vlt_identities(s, put_card, p, err);

    if (st == VAULT_OK)
        st = vlt_notes(s, "device", put_device, p, err);
    if (st == VAULT_OK)
        st = vlt_notes(s, "revoke", put_revocation, p, err);
    return st;
}

/* ---- logs ---- */

struct log_work {
    struct vlt_packing *p;
    uint64_t n; /* in the pack */
};

static enum vault_status
put_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct log_work *w = ctx;
    enum vault_status st =
        vlt_leaf_put(w->p->file.out, w->n, r->idx, &r->leaf, NULL, 0, err);

    w->p->told.lines++;
    return st == VAULT_OK ? vlt_packing_step(w->p, err) : st;
}

static enum vault_status
put_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct log_work *w = ctx;

    w->p->told.checkpoints++;
    return vlt_bundle_put_checkpoint(w->p->file.out, w->n, r->size, r->note,
        r->note_len, err);
}

/* Its row; the lines follow when the walk over all rows has ended. */
static enum vault_status
put_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct vlt_packing *p = ctx;
    uint64_t n = 0;
    enum vault_status st =
        p->told.logs < p->logs.n && p->logs.log[p->told.logs].n == r->n
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_INTERNAL, "a log that was not looked at");

    if (st == VAULT_OK)
        st = vlt_log_put(p->file.out, r->origin, r->note, r->note_len, &n, err);
    if (st == VAULT_OK && n != p->told.logs + 1)
        st = vlt_fail(err, VAULT_E_INTERNAL, "a log has another number");
    if (st == VAULT_OK)
        p->told.sessions += p->logs.log[p->told.logs].session;
    p->told.logs++;
    return st;
}

static enum vault_status
put_lines(struct vlt_packing *p, size_t i, struct vault_error *err)
{
    struct vlt_store *s = p->v->store;
    struct log_work w = {p, i + 1};
    uint64_t from = p->logs.log[i].n;
    enum vault_status st = vlt_leaves(s, from, 0, put_leaf, &w, err);

    if (st == VAULT_OK)
        st = vlt_checkpoints(s, from, put_point, &w, err);
    if (st == VAULT_OK)
        st = vlt_audit_attachments(s, from, p->file.out, w.n, err);
    return st;
}

static enum vault_status
put_logs(struct vlt_packing *p, struct vault_error *err)
{
    enum vault_status st = vlt_logs(p->v->store, put_log, p, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < p->logs.n; i++)
        st = put_lines(p, i, err);
    return st;
}

/* ---- own records ---- */

/* In the pack nobody would see that its content is gone from the vault. */
static enum vault_status
check_gone(struct vlt_packing *p, const struct vlt_record_head *head,
    struct vault_error *err)
{
    uint8_t stmt[32];
    bool withdrawn = false;
    enum vault_status st;

    vlt_record_stmt(stmt, head);
    st = vlt_record_withdrawn(p->v->store, &head->h, stmt, &withdrawn, err);
    if (st == VAULT_OK && !withdrawn)
        st = vlt_fail_hint(err, VAULT_E_TAMPERED,
            "sanduq verify says which; no audit pack was made",
            "the vault has records whose content is gone, and no line of the "
            "log withdraws them");
    p->told.withdrawn += st == VAULT_OK;
    return st;
}

static enum vault_status
put_record(void *ctx, uint64_t rid, const struct vlt_record_head *head,
    bool meta, struct vault_error *err)
{
    struct vlt_packing *p = ctx;
    enum vault_status st = meta ? VAULT_OK : check_gone(p, head, err);

    (void)rid; /* in the vault: gaps would tell of what stays out */
    if (st == VAULT_OK)
        st = vlt_record_put(p->file.out, ++p->rid, head, NULL, 0, err);
    p->told.records++;
    return st == VAULT_OK ? vlt_packing_step(p, err) : st;
}

/* ---- the file ---- */

static enum vault_status
fill(struct vlt_packing *p, bool others, struct vault_error *err)
{
    struct vlt_store *out = p->file.out;
    enum vault_status st = vlt_store_begin(out, true, err);

    if (st != VAULT_OK)
        return st;
    st = put_basics(p, err);
    if (st == VAULT_OK)
        st = put_names(p, err);
    if (st == VAULT_OK)
        st = put_logs(p, err);
    if (st == VAULT_OK)
        st = vlt_audit_heads(p->v->store, 0, put_record, p, err);
    if (st == VAULT_OK && others)
        st = vlt_packing_others(p, err);
    if (st == VAULT_OK)
        return vlt_store_commit(out, err);
    vlt_store_rollback(out);
    return st;
}

/* Rows that will come, for the progress, and bytes, for the size of pages. */
static enum vault_status
expect(struct vlt_packing *p, uint64_t *bytes, struct vault_error *err)
{
    uint64_t records = 0, lines = 0;
    struct vlt_store *s = p->v->store;
    enum vault_status st =
        vlt_count(s, "SELECT count(*) FROM record", &records, err);

    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM leaf", &lines, err);
    p->total = records + lines;
    *bytes = records * RECORD + lines * LINE;
    return st;
}

static enum vault_status
write_file(struct vlt_packing *p, const char *path, bool others,
    struct vault_error *err)
{
    struct vlt_store_options so =
        vlt_handle_store_options(p->v, VLT_STORE_WRITE);
    uint64_t bytes = 0;
    enum vault_status st =
        vlt_own_logs_load(p->v->store, p->v->id, &p->logs, err);

    if (st == VAULT_OK)
        st = expect(p, &bytes, err);
    if (st == VAULT_OK)
        st = vlt_store_create(path, bytes < SMALL ? VLT_PAGE_SMALL : VLT_PAGE,
            &so, &p->file.out, err);
    if (st != VAULT_OK)
        return st;
    st = fill(p, others, err);
    if (st == VAULT_OK &&
        vlt_store_begin(p->file.out, false, err) == VAULT_OK) {
        st = vlt_store_bytes(p->file.out, &p->told.bytes, err);
        vlt_store_rollback(p->file.out);
    }
    vlt_store_close(p->file.out);
    p->file.out = NULL;
    return st;
}

static enum vault_status
snapshot(struct vlt_packing *p, const char *path, bool others,
    struct vault_error *err)
{
    struct vault *v = p->v;
    enum vault_status st = vault_unlocked(v)
        ? vlt_read_begin(v, err)
        : vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = write_file(p, path, others, err);
    vlt_store_rollback(v->store);
    return st;
}

static void
packing_clear(struct vlt_packing *p)
{
    vlt_store_close(p->file.out);
    vlt_book_free(p->file.book);
    vault_untrusted_close(p->file.untrusted);
    free(p->file.log);
    free(p->file.point);
    free(p->file.card);
    vlt_own_logs_clear(&p->logs);
}

/* ---- as a reader would ---- */

struct judging {
    struct vault *v;
    struct vault_finding first; /* that failed */
};

static int
on_finding(void *ctx, const struct vault_finding *f)
{
    struct judging *j = ctx;

    if (f->level == VAULT_FAILED && j->first.level != VAULT_FAILED)
        j->first = *f;
    return 0;
}

static int
on_progress(void *ctx, const struct vault_progress *p)
{
    struct judging *j = ctx;

    return !vlt_progress(&j->v->opt, p->done, p->total, true);
}

static enum vault_status
check_made(struct vault *v, const char *path, struct vault_error *err)
{
    struct vault_verify_options vo;
    struct vault_verdict verdict;
    struct judging j;
    enum vault_status st;

    memset(&vo, 0, sizeof vo);
    memset(&j, 0, sizeof j);
    vo.progress = on_progress;
    j.v = v;
    st = vlt_verify_file(path, NULL, &vo, on_finding, &j, &verdict, err);
    if (st == VAULT_E_TAMPERED && j.first.level == VAULT_FAILED)
        return vlt_fail_hint(err, st,
            "see all of it: sanduq verify; no audit pack was made",
            "the vault does not match: %-s", j.first.text.message);
    if (st != VAULT_E_POLICY)
        return st;
    vlt_error_clear(err); /* records of a revoked device: a reader is told */
    return VAULT_OK;
}

static enum vault_status
make_at(struct vlt_packing *p, const char *path, bool others,
    struct vault_error *err)
{
    struct vlt_temp temp;
    enum vault_status st = vlt_temp_begin(path, &temp, err);

    if (st != VAULT_OK)
        return st;
    st = snapshot(p, temp.name, others, err);
    if (st == VAULT_OK)
        st = check_made(p->v, temp.name, err);
    if (st == VAULT_OK)
        st = vlt_os_rename_new(temp.name, path, err);
    if (st != VAULT_OK && vlt_os_exists(temp.name))
        (void)!vlt_os_unlink(temp.name, NULL);
    vlt_temp_end(&temp);
    return st;
}

enum vault_status
vault_pack_make(struct vault *v, const char *path, bool others,
    struct vault_packed *out, struct vault_error *err)
{
    struct vlt_packing *p;
    enum vault_status st = vlt_need_vault(v, err);

    if (st == VAULT_OK && others)
        st = vlt_need_unlocked(v, err);
    if (st == VAULT_OK && vlt_os_exists(path))
        st = vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", path);
    if (st != VAULT_OK)
        return st;
    p = calloc(1, sizeof *p);
    if (p == NULL)
        return vlt_fail_memory(err);
    p->v = v;
    p->share.v = v;
    p->file.s = &p->share;
    st = make_at(p, path, others, err);
    if (st == VAULT_OK)
        *out = p->told;
    packing_clear(p);
    free(p);
    return st;
}
