/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf_work.h: what the parts of strip_pdf share */
#ifndef EXCHANGE_STRIP_PDF_WORK_H
#define EXCHANGE_STRIP_PDF_WORK_H

#include "pdf.h"
#include "strip_notes.h"

struct pdf_work {
    struct pdf f;
    uint32_t *order; /* old numbers of the objects of the copy, from 1 on */
    uint32_t count;
    struct vlt_buf *out;
    struct strip_notes *notes;
};

/* Where a key has a meaning. */
enum {
    IN_ANY = 1,
    IN_CATALOG = 2,
    IN_PAGE = 4,
    IN_ANNOTATION = 8, /* but not the field of a form */
    IN_STREAM = 16
};

/* What a value under this key is when it has to go; NULL when it stays. */
const char *strip_pdf_key(const struct pdf *f, uint32_t name, unsigned in);
/* Keys of the dict under this key are names that somebody chose. */
bool strip_pdf_free_names(const struct pdf *f, uint32_t name);
/*
 * Whether a value has to go because of what it is; *what stays NULL when
 * it stays. `value` may be a reference.
 *   VAULT_E_USAGE  a signature
 */
VAULT_CHECKED enum vault_status strip_pdf_judge(struct pdf *f, uint32_t value,
    const char **what, struct vault_error *err);
/* Mark what hangs in the tree of pages; a loop is refused. */
VAULT_CHECKED enum vault_status strip_pdf_pages(struct pdf *f, uint32_t root,
    struct vault_error *err);
/* Mark what has to go, note it, and number what is left. */
VAULT_CHECKED enum vault_status strip_pdf_clean(struct pdf_work *w,
    uint32_t root, struct vault_error *err);
/* Append the document. */
VAULT_CHECKED enum vault_status strip_pdf_write(struct pdf_work *w,
    struct vault_error *err);
/* Append the stream of an object: the rest of its dict, and its data. */
VAULT_CHECKED enum vault_status strip_pdf_stream(struct pdf_work *w,
    const struct pdf_object *o, struct vault_error *err);
void strip_pdf_value(struct pdf_work *w, uint32_t node);
/* The pairs of a dict, without those whose key is in `but` (ends in NULL). */
void strip_pdf_pairs(struct pdf_work *w, uint32_t dict, const char *const *but);

#endif
