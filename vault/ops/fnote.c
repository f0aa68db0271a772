/* SPDX-License-Identifier: Apache-2.0 */
/* fnote.c: sealed notes: what others signed, and what was given to whom */
#include "fnote.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include "cell.h"
#include "fail.h"
#include "foreign_rows.h"

enum { KIND = 32, OBJECT = 1024 * 1024 };

static enum vault_status
broken(uint64_t n, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED,
        "sealed note %" PRIu64 " does not open: it was changed", n);
}

/* kind length u8, kind, content; *out borrows from the object. */
static enum vault_status
read_object(const struct vlt_buf *plain, struct vlt_fnote *out,
    struct vault_error *err)
{
    const uint8_t *p = NULL, *kind;
    struct vlt_reader r;
    size_t len = 0;
    size_t kind_len;
    enum vault_status st;

    st = vlt_object_decode(plain->p, plain->len, &p, &len, NULL);
    if (st != VAULT_OK)
        return broken(out->n, err);
    vlt_reader_init(&r, p, len);
    kind_len = vlt_read_u8(&r);
    kind = vlt_read_span(&r, kind_len);
    if (kind == NULL || kind_len == 0 || kind_len > KIND ||
        memchr(kind, 0, kind_len) != NULL)
        return broken(out->n, err);
    memcpy(out->kind, kind, kind_len);
    out->kind[kind_len] = 0;
    out->len = vlt_read_left(&r);
    out->p = vlt_read_span(&r, out->len);
    return VAULT_OK;
}

static enum vault_status
open_note(const struct vault *v, const uint8_t *b, size_t len,
    struct vlt_buf *plain, struct vlt_fnote *out, struct vault_error *err)
{
    uint8_t *room;

    vlt_buf_reset(plain);
    room = vlt_buf_room(plain, len - VLT_CELL_EXTRA);
    if (room == NULL)
        return vlt_fail_memory(err);
    if (!vlt_foreign_cell_open(room, v->vmk, v->id, "note", out->n, b, len))
        return broken(out->n, err);
    return read_object(plain, out, err);
}

/* ---- reading ---- */

struct walk {
    struct vault *v;
    const char *kind;
    enum vault_status (
        *fn)(void *ctx, const struct vlt_fnote *n, struct vault_error *err);
    void *ctx;
    struct vlt_buf plain;
};

static enum vault_status
take_note(void *ctx, uint64_t n, const uint8_t *b, size_t len,
    struct vault_error *err)
{
    struct walk *w = ctx;
    struct vlt_fnote note = {.n = n};
    enum vault_status st = open_note(w->v, b, len, &w->plain, &note, err);

    if (st != VAULT_OK || (w->kind != NULL && strcmp(w->kind, note.kind) != 0))
        return st;
    return w->fn(w->ctx, &note, err);
}

enum vault_status
vlt_fnotes(struct vault *v, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_fnote *n, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk w = {v, kind, fn, ctx, {0}};
    enum vault_status st;

    assert(v->vmk != NULL);
    vlt_buf_init(&w.plain, OBJECT);
    st = vlt_sealed_notes(v->store, 0, VLT_NOTE_ORDERED, take_note, &w, err);
    vlt_buf_clear(&w.plain);
    return st;
}

enum vault_status
vlt_fnote_get(struct vault *v, uint64_t n, char kind[33], struct vlt_buf *out,
    struct vault_error *err)
{
    struct vlt_fnote note = {.n = n};
    struct vlt_buf sealed, plain;
    enum vault_status st;

    assert(v->vmk != NULL);
    vlt_buf_init(&sealed, VLT_SEALED_NOTE);
    vlt_buf_init(&plain, OBJECT);
    st = vlt_sealed_note_get(v->store, n, &sealed, err);
    if (st == VAULT_OK)
        st = open_note(v, sealed.p, sealed.len, &plain, &note, err);
    if (st == VAULT_OK) {
        memcpy(kind, note.kind, sizeof note.kind);
        vlt_buf_put(out, note.p, note.len);
        st = vlt_buf_end(out, "note", err);
    }
    vlt_buf_clear(&sealed);
    vlt_buf_clear(&plain);
    return st;
}

/* ---- writing ---- */

static enum vault_status
seal_note(const struct vault *v, uint64_t n, const struct vlt_buf *content,
    struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_buf object;
    uint8_t *room;
    enum vault_status st;

    vlt_buf_init(&object, OBJECT);
    st = vlt_object_encode(&object, content->p, content->len, err);
    if (st == VAULT_OK) {
        room = vlt_buf_room(out, object.len + VLT_CELL_EXTRA);
        st = vlt_buf_end(out, "note", err);
        if (st == VAULT_OK)
            vlt_foreign_cell_seal(room, v->vmk, v->id, "note", n, object.p,
                object.len);
    }
    vlt_buf_clear(&object);
    return st;
}

enum vault_status
vlt_fnote_put(struct vault *v, uint64_t *n, const char *kind, const void *p,
    size_t len, struct vault_error *err)
{
    struct vlt_buf content, sealed;
    size_t kind_len = strlen(kind);
    uint64_t number = *n;
    enum vault_status st = VAULT_OK;

    assert(v->acting && kind_len > 0 && kind_len <= KIND);
    if (len > VLT_FNOTE_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a note of %zu bytes is too long to be kept", len);
    if (number == 0)
        st = vlt_note_next(v->store, &number, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&content, OBJECT);
    vlt_buf_init(&sealed, VLT_SEALED_NOTE);
    vlt_buf_put_u8(&content, (uint8_t)kind_len);
    vlt_buf_put(&content, kind, kind_len);
    vlt_buf_put(&content, p, len);
    st = vlt_buf_end(&content, "note", err);
    if (st == VAULT_OK)
        st = seal_note(v, number, &content, &sealed, err);
    if (st == VAULT_OK)
        st = vlt_sealed_note_put(v->store, number, sealed.p, sealed.len, err);
    vlt_buf_clear(&content);
    vlt_buf_clear(&sealed);
    if (st == VAULT_OK)
        *n = number;
    return st;
}

enum vault_status
vlt_fnote_delete(struct vault *v, uint64_t n, struct vault_error *err)
{
    assert(v->acting);
    return vlt_sealed_note_delete(v->store, n, err);
}
