/* SPDX-License-Identifier: Apache-2.0 */
/* share_file.c: the container of a bundle, from its first row to its note */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "manifest.h"
#include "note_rows.h"
#include "notice_ops.h"
#include "rows.h"
#include "sharing.h"
#include "sign.h"

enum { SMALL = 4 * 1024 * 1024 };

enum vault_status
vlt_share_progress(struct vlt_share_file *f, uint64_t bytes,
    struct vault_error *err)
{
    f->done += bytes;
    return vlt_progress(&f->s->v->opt, f->done, f->total, false)
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_CANCELLED, "stopped");
}

/* ---- epoch ---- */

static enum vault_status
make_epoch(struct vlt_share_file *f, struct vault_error *err)
{
    struct vault_share *s = f->s;
    struct vlt_recipient *to = calloc(s->recipients, sizeof *to);
    size_t i;
    enum vault_status st;

    if (to == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < s->recipients; i++) {
        memcpy(to[i].kem, s->pin[i].card.kem, sizeof to[i].kem);
        memcpy(to[i].fingerprint, s->pin[i].card.fingerprint, 32);
    }
    st = vlt_epoch_make(&f->epoch, VLT_EPOCH_BUNDLE, s->v->id, s->v->card.sign,
        to, s->recipients, &f->e0, err);
    free(to);
    if (st != VAULT_OK)
        return st;
    vlt_epoch_row_hash(f->text.epoch, &f->epoch);
    vlt_epoch_rcpt_hash(f->text.rcpt, &f->epoch);
    f->text.wraps = f->epoch.n;
    return vlt_epoch_put(f->out, &f->epoch, NULL, 0, err);
}

/* ---- manifest ---- */

static enum vault_status
add_text(struct vlt_fields *l, const char *name, const char *text,
    struct vault_error *err)
{
    return text != NULL ? vlt_fields_add_text(l, name, text, err) : VAULT_OK;
}

static enum vault_status
name_recipients(struct vlt_share_file *f, struct vlt_fields *l,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    char name[32];
    size_t i;

    for (i = 0; st == VAULT_OK && i < f->s->recipients; i++) {
        (void)snprintf(name, sizeof name, "recipient.%zu", i + 1);
        st = vlt_fields_add(l, VLT_FIELD_BYTES, VLT_STATE_VALUE, name,
            f->s->pin[i].card.fingerprint, 32, err);
    }
    return st;
}

static enum vault_status
put_manifest(struct vlt_share_file *f, struct vault_error *err)
{
    const struct vault_share_options *o = &f->s->o;
    struct vlt_fields l;
    struct vlt_buf b;
    enum vault_status st;

    vlt_fields_init(&l);
    vlt_buf_init(&b, VLT_MANIFEST_MAX + 64);
    st = vlt_fields_add_i64(&l, VLT_FIELD_TIME, "date", vlt_now(f->s->v), err);
    if (st == VAULT_OK)
        st = add_text(&l, "letter", o->letter, err);
    if (st == VAULT_OK)
        st = add_text(&l, "purpose", o->purpose, err);
    if (st == VAULT_OK)
        st = add_text(&l, "limits", o->limits, err);
    if (st == VAULT_OK)
        st = add_text(&l, "reply", o->reply, err);
    if (st == VAULT_OK && o->name_recipients)
        st = name_recipients(f, &l, err);
    if (st == VAULT_OK)
        st = vlt_manifest_seal(&b, &f->epoch, f->e0, &l, err);
    if (st == VAULT_OK) {
        vlt_sha256(f->text.manifest, b.p, b.len);
        st = vlt_meta_put(f->out, "manifest", b.p, b.len, err);
    }
    vlt_buf_clear(&b);
    vlt_fields_clear(&l);
    return st;
}

/* ---- rows ---- */

static enum vault_status
put_basics(struct vlt_share_file *f, struct vault_error *err)
{
    enum vault_status st = vlt_meta_put(f->out, "kind", "bundle", 6, err);

    if (st == VAULT_OK)
        st = vlt_meta_put(f->out, "vault", f->s->v->id, 16, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(f->out, "suite", 1, err);
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(f->out, "min_reader", 1, err);
    return st;
}

static enum vault_status
put_records(struct vlt_share_file *f, struct vault_error *err)
{
    struct vlt_edge edge;
    uint8_t leaf[32];
    enum vault_status st = VAULT_OK;
    size_t i;

    vlt_edge_init(&edge);
    for (i = 0; st == VAULT_OK && i < f->s->n; i++) {
        st = vlt_share_record(f, &f->s->item[i], (uint32_t)i, leaf, err);
        if (st == VAULT_OK)
            st = vlt_edge_add(&edge, leaf, err);
        if (st == VAULT_OK)
            st = vlt_share_progress(f, f->s->item[i].size, err);
    }
    if (st != VAULT_OK)
        return st;
    f->text.records = f->s->n;
    vlt_edge_root(&edge, f->text.entries);
    return VAULT_OK;
}

/* Requests and answers that concern each of the recipients. */
static enum vault_status
put_notice(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_share_file *f = ctx;

    return vlt_note_put(f->out, kind, note, len, err);
}

static enum vault_status
put_notices(struct vlt_share_file *f, struct vault_error *err)
{
    uint8_t(*to)[32] = NULL;
    enum vault_status st = vlt_share_fingerprints(f->s, &to, err);

    if (st == VAULT_OK)
        st = vlt_notices_pending_for(f->s->v, (const uint8_t(*)[32])to,
            f->s->recipients, put_notice, f, err);
    free(to);
    return st;
}

static enum vault_status
put_note(struct vlt_share_file *f, struct vault_error *err)
{
    enum vault_status st;

    vlt_random(f->text.bundle, sizeof f->text.bundle);
    memcpy(f->text.vault, f->s->v->id, 16);
    memcpy(f->text.card, f->s->v->card.fingerprint, 32);
    st = vlt_bundle_make(&f->text, f->s->v->seed, &f->note, err);
    if (st == VAULT_OK)
        st = vlt_meta_put(f->out, "bundle", f->note.p, f->note.len, err);
    return st;
}

static enum vault_status
fill(struct vlt_share_file *f, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(f->out, true, err);

    if (st != VAULT_OK)
        return st;
    st = put_basics(f, err);
    if (st == VAULT_OK)
        st = make_epoch(f, err);
    if (st == VAULT_OK)
        st = put_manifest(f, err);
    if (st == VAULT_OK)
        st = vlt_share_sender(f, err);
    if (st == VAULT_OK)
        st = put_records(f, err);
    if (st == VAULT_OK)
        st = vlt_share_stamps(f, err);
    if (st == VAULT_OK)
        st = put_notices(f, err);
    if (st == VAULT_OK)
        st = put_note(f, err);
    if (st == VAULT_OK)
        return vlt_store_commit(f->out, err);
    vlt_store_rollback(f->out);
    return st;
}

static void
file_clear(struct vlt_share_file *f)
{
    vlt_store_close(f->out);
    vlt_epoch_clear(&f->epoch);
    vlt_e0_free(f->e0);
    vlt_book_free(f->book);
    vault_untrusted_close(f->untrusted);
    free(f->log);
    free(f->point);
    free(f->card);
    free(f->segment);
    vlt_buf_clear(&f->note);
}

/* Bytes that will come, for the size of pages and the progress. */
static uint64_t
expected(const struct vault_share *s)
{
    struct vault_share_plan p;

    vault_share_plan(s, &p);
    return p.bytes;
}

enum vault_status
vlt_share_write(struct vault_share *s, const char *path,
    struct vlt_bundle_text *text, struct vlt_buf *note, struct vault_error *err)
{
    struct vlt_store_options so =
        vlt_handle_store_options(s->v, VLT_STORE_WRITE);
    struct vlt_share_file f = {.s = s, .total = expected(s)};
    enum vault_status st;

    vlt_buf_init(&f.note, VLT_NOTE_MAX);
    f.segment = malloc(VLT_SEGMENT_SEALED);
    if (f.segment == NULL)
        return vlt_fail_memory(err);
    st = vlt_store_create(path, f.total < SMALL ? VLT_PAGE_SMALL : VLT_PAGE,
        &so, &f.out, err);
    if (st == VAULT_OK)
        st = fill(&f, err);
    if (st == VAULT_OK) {
        *text = f.text;
        vlt_buf_put(note, f.note.p, f.note.len);
        st = vlt_buf_end(note, "bundle", err);
    }
    file_clear(&f);
    return st;
}
