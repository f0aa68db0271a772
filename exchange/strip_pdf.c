/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf.c: a PDF written anew without what does not belong to its pages */
#include "strip_pdf.h"

#include "fail.h"
#include "nmark.h"
#include "strip_pdf_work.h"

#include <stdlib.h>
#include <string.h>

/* What the trailer leads to besides the catalogue. */
VAULT_CHECKED static enum vault_status
note_trailer(struct pdf_work *w, struct vault_error *err)
{
    uint32_t info = 0, id = pdf_get(&w->f, w->f.trailer, "ID");
    enum vault_status st = pdf_want(&w->f, w->f.trailer, "Info", &info, err);

    if (st == VAULT_OK && info != 0)
        strip_note(w->notes, N_("times, authors and names of programs"),
            w->f.node[info].n);
    if (id != 0)
        strip_note(w->notes, N_("the identifier of the document"),
            w->f.node[id].n);
    return st;
}

static bool
holds(const uint8_t *p, size_t n, const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i + len <= n; i++) {
        if (memcmp(p + i, word, len) == 0)
            return true;
    }
    return false;
}

/* An object that was never looked at; the table itself and the note about
 * the layout for the web are not worth telling. */
static bool
left_over(const struct pdf *f, const struct pdf_object *o)
{
    size_t n;

    if (o->place == PDF_ABSENT || o->loaded || o->at >= f->n)
        return false;
    if (o->place == PDF_PACKED)
        return true;
    n = f->n - (size_t)o->at < 256 ? f->n - (size_t)o->at : 256;
    return !holds(f->p + o->at, n, "/XRef") &&
        !holds(f->p + o->at, n, "/Linearized") &&
        !holds(f->p + o->at, n, "/ObjStm");
}

static void
note_rest(struct pdf_work *w)
{
    bool rest = false;

    if (w->f.older || w->f.tables > (w->f.linear ? 2u : 1u))
        strip_note(w->notes, N_("earlier versions of the document"), 0);
    for (uint32_t i = 0; i < w->f.objects && !rest; i++)
        rest = left_over(&w->f, &w->f.object[i]);
    if (rest && !w->f.linear) /* it has a table of hints that nothing names */
        strip_note(w->notes, N_("parts that no page leads to"), 0);
}

VAULT_CHECKED static enum vault_status
strip_all(struct pdf_work *w, struct vault_error *err)
{
    uint32_t root = pdf_get(&w->f, w->f.trailer, "Root"), catalog = 0;
    enum vault_status st = VAULT_OK;

    if (pdf_get(&w->f, w->f.trailer, "Encrypt") != 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("take the password off a copy of it with another program; "
               "without --strip the original comes out as it is"),
            "the document is encrypted, so that its metadata cannot be taken "
            "out");
    if (pdf_is_type(&w->f, root, PDF_REF))
        st = pdf_follow(&w->f, root, &catalog, err);
    if (st == VAULT_OK && !pdf_is_type(&w->f, catalog, PDF_DICT))
        st = vlt_fail(err, VAULT_E_USAGE, "the document has no catalogue");
    if (st == VAULT_OK)
        st = note_trailer(w, err);
    if (st == VAULT_OK)
        st = strip_pdf_pages(&w->f, root, err);
    if (st == VAULT_OK)
        st = strip_pdf_clean(w, root, err);
    if (st == VAULT_OK)
        st = strip_pdf_write(w, err);
    if (st == VAULT_OK)
        note_rest(w);
    return st;
}

enum vault_status
strip_pdf(const uint8_t *p, size_t n, struct vlt_buf *out,
    struct strip_notes *notes, struct vault_error *err)
{
    struct pdf_work w = {.out = out, .notes = notes};
    enum vault_status st;

    st = pdf_open(&w.f, p, n, err);
    if (st != VAULT_OK)
        return st;
    st = strip_all(&w, err);
    free(w.order);
    pdf_close(&w.f);
    return st;
}
