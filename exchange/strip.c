/* SPDX-License-Identifier: Apache-2.0 */
/* strip.c: a copy of a picture or document without embedded metadata */
#include "strip.h"

#include "bytes.h"
#include "fail.h"
#include "nmark.h"
#include "strip_check.h"
#include "strip_jpeg.h"
#include "strip_notes.h"
#include "strip_pdf.h"
#include "strip_png.h"

#include <string.h>

enum { PIECE = 64 * 1024, HEAD = 1024 };

enum strip_kind
strip_kind(const void *head, size_t n)
{
    const uint8_t *p = head;

    if (n >= 3 && memcmp(p, "\xff\xd8\xff", 3) == 0)
        return STRIP_JPEG;
    if (n >= 8 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0)
        return STRIP_PNG;
    /* Readers accept a little before the header; so does strip_pdf. */
    for (size_t i = 0; i + 5 <= n && i < HEAD; i++) {
        if (memcmp(p + i, "%PDF-", 5) == 0)
            return STRIP_PDF;
    }
    return STRIP_NONE;
}

VAULT_CHECKED static enum vault_status
make(const struct strip_in *in, struct vlt_buf *copy, struct strip_notes *notes,
    struct vault_error *err)
{
    enum strip_kind kind = strip_kind(in->p, in->n < HEAD ? in->n : HEAD);
    enum vault_status st;

    if (kind == STRIP_JPEG) {
        st = strip_jpeg(in->p, in->n, false, copy, notes, err);
        return st != VAULT_OK ? st : strip_check_jpeg(copy->p, copy->len, err);
    }
    if (kind == STRIP_PNG) {
        st = strip_png(in->p, in->n, copy, notes, err);
        return st != VAULT_OK ? st : strip_check_png(copy->p, copy->len, err);
    }
    if (kind == STRIP_PDF) {
        st = strip_pdf(in->p, in->n, copy, notes, err);
        return st != VAULT_OK ? st : strip_check_pdf(copy->p, copy->len, err);
    }
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("JPEG, PNG and PDF can be stripped; without --strip the original "
           "comes out as it is"),
        "there is no way to take metadata out of this type");
}

static enum vault_status
too_large(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_LIMIT,
        "it is larger than %d MiB, the most that metadata can be taken out of",
        STRIP_MAX / 1024 / 1024);
}

VAULT_CHECKED static enum vault_status
hand_out(const struct vlt_buf *copy, const struct strip_notes *notes,
    const struct strip_out *out, strip_removed *removed, void *ctx,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < notes->n; i++) {
        if (removed(ctx, notes->note[i].what, notes->note[i].bytes) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped");
    }
    for (size_t at = 0; at < copy->len && st == VAULT_OK; at += PIECE)
        st = out->write(out->ctx, copy->p + at,
            copy->len - at < PIECE ? copy->len - at : PIECE, err);
    return st;
}

enum vault_status
strip_copy(const struct strip_in *in, const struct strip_out *out,
    strip_removed *removed, void *ctx, struct vault_error *err)
{
    struct strip_notes notes = {0};
    struct vlt_buf copy;
    enum vault_status st;

    if (in->n > STRIP_MAX)
        return too_large(err);
    /* A copy can be longer: packed objects come out of their streams. */
    vlt_buf_init(&copy, (size_t)STRIP_MAX + STRIP_MAX / 2);
    st = make(in, &copy, &notes, err);
    if (st == VAULT_OK)
        st = hand_out(&copy, &notes, out, removed, ctx, err);
    vlt_buf_clear(&copy);
    return st;
}

struct whole {
    struct vlt_buf buf;
    int (*step)(size_t n);
};

static enum vault_status
collect(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct whole *w = ctx;

    if (w->step != NULL && w->step(n) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    vlt_buf_put(&w->buf, p, n);
    return w->buf.failed ? vlt_buf_end(&w->buf, "original", err) : VAULT_OK;
}

enum vault_status
strip_record(struct vault_record *r, const struct strip_out *out,
    strip_removed *removed, void *ctx, int (*step)(size_t n),
    struct vault_error *err)
{
    struct whole w = {.step = step};
    enum vault_status st;

    if (vault_record_entry(r)->bytes > STRIP_MAX)
        return too_large(err);
    vlt_buf_init(&w.buf, STRIP_MAX);
    st = vault_record_read(r, collect, &w, err);
    if (st == VAULT_OK) {
        struct strip_in in = {w.buf.p, w.buf.len};

        st = strip_copy(&in, out, removed, ctx, err);
    }
    vlt_buf_clear(&w.buf);
    return st;
}
