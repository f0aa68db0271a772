/* SPDX-License-Identifier: Apache-2.0 */
/* receive.c: several files that others gave: judged, decided about, taken in */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "fingerprint.h"
#include "receiving.h"

/* ---- begin, close ---- */

static void
file_free(struct vlt_rfile *f)
{
    if (f->temp.name != NULL) {
        if (f->inner == f->temp.name)
            (void)!vlt_os_destroy(f->temp.name, NULL);
        vlt_temp_end(&f->temp);
    }
    free(f->path);
    free(f->line);
    vlt_fields_clear(&f->said);
    free(f->said_view);
    free(f->said_names);
    vlt_buf_clear(&f->note);
    vlt_guarded_free(f->pass);
    vlt_buf_clear(&f->receipt);
    free(f);
}

void
vault_receive_close(struct vault_receive *r)
{
    size_t i;

    if (r == NULL)
        return;
    for (i = 0; i < r->n; i++)
        file_free(r->file[i]);
    free(r->file);
    if (r->once != NULL)
        r->v->once = NULL;
    vlt_onetime_free(r->once);
    free(r->temp_base);
    free(r);
}

enum vault_status
vault_receive_begin(struct vault *v, const struct vault_receive_options *opt,
    struct vault_receive **out, struct vault_error *err)
{
    struct vault_receive *r;
    size_t n = strlen(v->path) + sizeof ".receive";
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st != VAULT_OK)
        return st;
    r = calloc(1, sizeof *r);
    if (r == NULL)
        return vlt_fail_memory(err);
    r->v = v;
    if (opt != NULL)
        r->opt = *opt;
    r->temp_base = malloc(n);
    if (r->temp_base == NULL) {
        free(r);
        return vlt_fail_memory(err);
    }
    (void)snprintf(r->temp_base, n, "%s.receive", v->path);
    vlt_temp_sweep(r->temp_base); /* what a killed run left */
    *out = r;
    return VAULT_OK;
}

/* ---- one file ---- */

static enum vault_status
file_new(struct vault_receive *r, const char *path, struct vlt_rfile **out,
    struct vault_error *err)
{
    struct vlt_rfile **more = realloc(r->file, (r->n + 1) * sizeof(void *));
    struct vlt_rfile *f = NULL;

    if (more != NULL) {
        r->file = more;
        f = calloc(1, sizeof *f);
    }
    if (f == NULL)
        return vlt_fail_memory(err);
    f->path = vlt_strdup(path);
    if (f->path == NULL) {
        free(f);
        return vlt_fail_memory(err);
    }
    f->inner = f->path;
    f->row.path = f->path;
    f->row.word = "";
    f->row.name = f->name;
    f->row.state = VAULT_RECEIVE_READY;
    vlt_fields_init(&f->said);
    vlt_buf_init(&f->note, VLT_RECEIVE_TEXT);
    vlt_buf_init(&f->receipt, VLT_NOTE_MAX);
    r->file[r->n++] = f;
    *out = f;
    return VAULT_OK;
}

static enum vault_status
judge(struct vault_receive *r, struct vlt_rfile *f, struct vault_error *err)
{
    bool age = false;
    enum vault_status st = vlt_rfile_kind(r, f, &age, err);

    if (st == VAULT_OK && age)
        st = vlt_rfile_age(r, f, err);
    if (st != VAULT_OK || f->row.state != VAULT_RECEIVE_READY)
        return st;
    switch (f->row.kind) {
    case VAULT_RECEIVED_BUNDLE:
        return vlt_rfile_bundle(r, f, err);
    case VAULT_RECEIVED_NOTICE:
    case VAULT_RECEIVED_REVOKE:
    case VAULT_RECEIVED_CARD:
        return vlt_rfile_text(r, f, err);
    case VAULT_RECEIVED_DOCUMENT:
    case VAULT_RECEIVED_CAPTURE:
    case VAULT_RECEIVED_OTHER:
        break;
    }
    return VAULT_OK;
}

enum vault_status
vault_receive_add(struct vault_receive *r, const char *path,
    struct vault_error *err)
{
    struct vlt_rfile *f;
    struct vault_error why;
    enum vault_status st = file_new(r, path, &f, err);

    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    st = judge(r, f, &why);
    if (st != VAULT_OK && vlt_rfile_fault(st)) {
        vlt_rfile_refuse(f, &why);
        return vlt_rline_why(f, "file", NULL, 0, &why, err);
    }
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

enum vault_status
vault_receive_each(struct vault_receive *r,
    int (*fn)(void *ctx, const struct vault_received *row), void *ctx,
    struct vault_error *err)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        if (fn(ctx, &r->file[i]->row) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    return VAULT_OK;
}

/* ---- a person's decision ---- */

enum vault_status
vault_receive_accept(struct vault_receive *r, const char *fingerprint,
    struct vault_error *err)
{
    bool found = false;
    size_t i;

    for (i = 0; i < r->n; i++) {
        struct vlt_rfile *f = r->file[i];

        if (f->row.state != VAULT_RECEIVE_UNKNOWN ||
            !vlt_fingerprint_is(f->from, fingerprint))
            continue;
        f->row.state = VAULT_RECEIVE_READY;
        found = true;
    }
    return found
        ? VAULT_OK
        : vlt_fail_hint(err, VAULT_E_NOT_FOUND,
              "the whole fingerprint, as letters or digits",
              "no file waits for a decision about \"%s\"", fingerprint);
}

/* ---- taking in ---- */

static bool
is_bundle(const struct vlt_rfile *f)
{
    return f->row.state == VAULT_RECEIVE_READY &&
        f->row.kind == VAULT_RECEIVED_BUNDLE;
}

static bool
is_text(const struct vlt_rfile *f)
{
    return f->row.state == VAULT_RECEIVE_READY &&
        (f->row.kind == VAULT_RECEIVED_NOTICE ||
            f->row.kind == VAULT_RECEIVED_REVOKE);
}

static bool
is_document(const struct vlt_rfile *f)
{
    return f->row.state == VAULT_RECEIVE_READY &&
        f->row.kind == VAULT_RECEIVED_DOCUMENT;
}

/* *bad: the one that did not come in. */
static enum vault_status
take_bundles(struct vault_receive *r, struct vlt_rbooks *books,
    struct vlt_rfile **bad, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    *bad = NULL;
    for (i = 0; st == VAULT_OK && i < r->n; i++) {
        if (!is_bundle(r->file[i]))
            continue;
        st = vlt_receive_bundle(r, r->file[i], books, err);
        if (st != VAULT_OK)
            *bad = r->file[i];
    }
    return st;
}

/* Everything but documents, within the action. Notices come after all
 * records, so that those of one run find what came with them. *bad: the file
 * that the failure is about. */
static enum vault_status
take_all(struct vault_receive *r, struct vlt_rfile **bad,
    struct vault_error *err)
{
    struct vlt_rbooks books = {NULL, NULL, false};
    enum vault_status st = vlt_receive_books(r, &books, err);
    size_t i;

    *bad = NULL;
    if (st == VAULT_OK)
        st = take_bundles(r, &books, bad, err);
    vlt_receive_books_end(&books);
    if (st == VAULT_OK)
        st = vlt_receive_revokes(r, &books.settings, err);
    if (st == VAULT_OK)
        st = vlt_receive_notices(r, err);
    for (i = 0; st == VAULT_OK && r->opt.receipts && i < r->n; i++) {
        if (is_bundle(r->file[i]))
            st = vlt_receive_receipt(r, r->file[i], err);
    }
    return st;
}

/* An action that adds no line adds nothing: twice is once. */
static enum vault_status
act_once(struct vault_receive *r, struct vlt_rfile **bad,
    struct vault_error *err)
{
    struct vault *v = r->v;
    uint64_t size;
    enum vault_status st = VAULT_OK;

    *bad = NULL;
    if (v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    size = v->state.size;
    st = take_all(r, bad, err);
    if (st == VAULT_OK && v->state.size > size)
        return vlt_action_commit(v, err);
    vlt_action_abort(v);
    return st;
}

/* A bundle that held by itself, and does not beside the others of this run,
 * keeps none of them out: it is refused, and the rest is taken in anew. */
static enum vault_status
act(struct vault_receive *r, struct vault_error *err)
{
    struct vlt_rfile *bad = NULL;
    struct vault_error why;
    enum vault_status st;

    do {
        bad = NULL;
        vlt_error_clear(&why);
        st = act_once(r, &bad, &why);
        if (st == VAULT_OK || bad == NULL || !vlt_rfile_fault(st))
            break;
        vlt_rfile_refuse(bad, &why);
        st = vlt_rline_why(bad, "file", NULL, 0, &why, &why);
    } while (st == VAULT_OK);
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

static void
add_counts(struct vault_receive_counts *to,
    const struct vault_receive_counts *n)
{
    to->records += n->records;
    to->fresh += n->fresh;
    to->more += n->more;
    to->already += n->already;
    to->hidden += n->hidden;
    to->gone += n->gone;
    to->waits += n->waits;
    to->bad += n->bad;
}

static void
conclude(struct vault_receive *r, struct vault_receive_result *out)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        struct vlt_rfile *f = r->file[i];

        if (is_bundle(f)) {
            out->bundles++;
            add_counts(&out->count, &f->row.count);
        } else if (is_text(f)) {
            out->notices++;
        } else {
            continue;
        }
        f->row.state = VAULT_RECEIVE_DONE;
        if (f->receipt.len > 0) {
            f->row.receipt = (const char *)f->receipt.p;
            f->row.receipt_len = f->receipt.len;
        }
    }
}

static enum vault_status
seal_documents(struct vault_receive *r, struct vault_receive_result *out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < r->n; i++) {
        if (!is_document(r->file[i]))
            continue;
        st = vlt_receive_document(r, r->file[i], err);
        if (st != VAULT_OK)
            break;
        out->documents++;
        r->file[i]->row.state = VAULT_RECEIVE_DONE;
    }
    return st;
}

static bool
any_ready(const struct vault_receive *r)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        if (is_bundle(r->file[i]) || is_text(r->file[i]))
            return true;
    }
    return false;
}

enum vault_status
vault_receive_commit(struct vault_receive *r, struct vault_receive_result *out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    memset(out, 0, sizeof *out);
    if (any_ready(r))
        st = act(r, err);
    if (st != VAULT_OK)
        return st;
    conclude(r, out);
    return seal_documents(r, out, err);
}
