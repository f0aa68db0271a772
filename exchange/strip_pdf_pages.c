/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf_pages.c: the tree of pages, from its root (ISO 32000-1, 7.7.3) */
#include "strip_pdf_work.h"

#include "fail.h"
#include "nmark.h"

static enum vault_status
bad_tree(struct vault_error *err)
{
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("another program may be able to repair a copy of it; without "
           "--strip the original comes out as it is"),
        "the document's pages do not hang in one tree, so that programs may "
        "show different ones");
}

VAULT_CHECKED static enum vault_status mark(struct pdf *f, uint32_t ref,
    uint32_t parent, unsigned depth, struct vault_error *err);

VAULT_CHECKED static enum vault_status
mark_kids(struct pdf *f, uint32_t kids, uint32_t self, unsigned depth,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    uint32_t at = 0;

    st = pdf_follow(f, kids, &kids, err);
    if (st == VAULT_OK && !pdf_is_type(f, kids, PDF_ARRAY))
        return bad_tree(err);
    if (st == VAULT_OK)
        at = f->node[kids].child;
    for (; at != 0 && st == VAULT_OK; at = f->node[at].next)
        st = mark(f, at, self, depth + 1, err);
    return st;
}

VAULT_CHECKED static enum vault_status
mark(struct pdf *f, uint32_t ref, uint32_t parent, unsigned depth,
    struct vault_error *err)
{
    struct pdf_object *o = NULL;
    uint32_t up, kids;
    enum vault_status st;

    if (depth > PDF_DEPTH || !pdf_is_type(f, ref, PDF_REF))
        return bad_tree(err);
    st = pdf_load(f, f->node[ref].child, &o, err);
    if (st != VAULT_OK)
        return st;
    if (o == NULL || o->page || !pdf_is_type(f, o->node, PDF_DICT))
        return bad_tree(err);
    o->page = true;
    up = pdf_get(f, o->node, "Parent");
    if (parent != 0 && up != 0 &&
        (!pdf_is_type(f, up, PDF_REF) || f->node[up].child != parent))
        return bad_tree(err);
    kids = pdf_get(f, o->node, "Kids");
    if (kids == 0)
        return VAULT_OK;
    return mark_kids(f, kids, f->node[ref].child, depth, err);
}

enum vault_status
strip_pdf_pages(struct pdf *f, uint32_t root, struct vault_error *err)
{
    uint32_t catalog = 0, pages;
    enum vault_status st = pdf_follow(f, root, &catalog, err);

    if (st != VAULT_OK)
        return st;
    pages = pdf_get(f, catalog, "Pages");
    if (pages == 0)
        return bad_tree(err);
    return mark(f, pages, 0, 0, err);
}
