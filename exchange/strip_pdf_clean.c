/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf_clean.c: from the catalogue on, what stays and what goes */
#include "strip_pdf_work.h"

#include "fail.h"
#include "nmark.h"

#include <stdlib.h>

enum { COUNT_DEPTH = 40 };

static uint64_t size_of(struct pdf_work *w, uint32_t value, unsigned depth);

/* An object that goes with what leads to it, once. */
static uint64_t
size_of_object(struct pdf_work *w, uint32_t number, unsigned depth)
{
    struct pdf_object *o = NULL;
    struct vault_error ignored;

    /* What goes need not be sound. */
    if (pdf_load(&w->f, number, &o, &ignored) != VAULT_OK || o == NULL ||
        o->page || o->number != 0 || o->counted)
        return 0;
    o->counted = true;
    return o->data_len + size_of(w, o->node, depth + 1);
}

/* How much goes when this value goes, for the report. */
static uint64_t
size_of(struct pdf_work *w, uint32_t value, unsigned depth)
{
    bool dict = pdf_is_type(&w->f, value, PDF_DICT);
    uint64_t sum = w->f.node[value].n;
    uint32_t at;

    if (depth > COUNT_DEPTH)
        return sum;
    if (pdf_is_type(&w->f, value, PDF_REF))
        return size_of_object(w, w->f.node[value].child, depth);
    if (!dict && !pdf_is_type(&w->f, value, PDF_ARRAY))
        return sum;
    for (at = w->f.node[value].child; at != 0; at = w->f.node[at].next) {
        bool up = dict &&
            (pdf_is_name(&w->f, at, "Parent") || pdf_is_name(&w->f, at, "P"));

        at = dict ? w->f.node[at].next : at;
        if (!up && w->f.node[at].type >= PDF_ARRAY)
            sum += size_of(w, at, depth + 1) -
                (w->f.node[at].type == PDF_REF ? 0 : w->f.node[at].n);
    }
    return sum;
}

static uint64_t
bytes_of(struct pdf_work *w, uint32_t value)
{
    return size_of(w, value, 0);
}

/* Number the object that a reference leads to. */
VAULT_CHECKED static enum vault_status
keep(struct pdf_work *w, uint32_t ref, bool free_names, struct vault_error *err)
{
    struct pdf_object *o = NULL;
    uint32_t number = w->f.node[ref].child;
    enum vault_status st = pdf_load(&w->f, number, &o, err);

    if (st != VAULT_OK || o == NULL)
        return st;
    o->free_names = o->free_names || free_names;
    if (o->number == 0) {
        w->order[w->count] = number;
        o->number = ++w->count;
    }
    return VAULT_OK;
}

/* What is decided by must stand there once: readers differ in which they
 * believe. */
VAULT_CHECKED static enum vault_status
check_once(const struct pdf *f, uint32_t dict, struct vault_error *err)
{
    static const char *const keys[] = {"Type", "Subtype", "S", "Rect", "Kids",
        "Parent", "Pages", "Root", "Length", "Filter", "DecodeParms", "F", "N"};
    bool seen[VLT_COUNT(keys)] = {false};
    uint32_t at = f->node[dict].child;

    for (; at != 0; at = f->node[f->node[at].next].next) {
        for (size_t i = 0; i < VLT_COUNT(keys); i++) {
            if (!pdf_is_name(f, at, keys[i]))
                continue;
            if (seen[i])
                return vlt_fail(err, VAULT_E_USAGE,
                    "the document says %s twice in one place, so that "
                    "programs may show different things",
                    keys[i]);
            seen[i] = true;
        }
    }
    return VAULT_OK;
}

/* Which keys have a meaning in this dict. */
VAULT_CHECKED static enum vault_status
place_of(struct pdf_work *w, uint32_t dict, const struct pdf_object *o,
    unsigned *in, struct vault_error *err)
{
    uint32_t type = 0, subtype = 0;
    enum vault_status st = pdf_want(&w->f, dict, "Type", &type, err);

    if (st == VAULT_OK)
        st = pdf_want(&w->f, dict, "Subtype", &subtype, err);
    *in = IN_ANY;
    if (pdf_is_name(&w->f, type, "Catalog"))
        *in |= IN_CATALOG;
    if (o != NULL && o->page)
        *in |= IN_PAGE;
    if (o != NULL && o->data != NULL)
        *in |= IN_STREAM;
    if (pdf_get(&w->f, dict, "Rect") != 0 && subtype != 0 &&
        !pdf_is_name(&w->f, subtype, "Widget"))
        *in |= IN_ANNOTATION;
    return st;
}

VAULT_CHECKED static enum vault_status clean(struct pdf_work *w, uint32_t value,
    const struct pdf_object *o, bool free_names, struct vault_error *err);

/* A value inside of something: gone, kept, or looked into. */
VAULT_CHECKED static enum vault_status
clean_inner(struct pdf_work *w, uint32_t value, bool free_names, bool *gone,
    struct vault_error *err)
{
    const char *what = NULL;
    enum vault_status st = strip_pdf_judge(&w->f, value, &what, err);

    *gone = what != NULL;
    if (what != NULL)
        strip_note(w->notes, what, bytes_of(w, value));
    if (st != VAULT_OK || what != NULL)
        return st;
    if (pdf_is_type(&w->f, value, PDF_REF))
        return keep(w, value, free_names, err);
    return clean(w, value, NULL, free_names, err);
}

VAULT_CHECKED static enum vault_status
clean_pair(struct pdf_work *w, uint32_t key, unsigned in, bool free_names,
    struct vault_error *err)
{
    uint32_t value = w->f.node[key].next;
    const char *what = strip_pdf_key(&w->f, key, free_names ? IN_ANY : in);
    bool gone = false;
    enum vault_status st;

    if (what != NULL && free_names)
        return vlt_fail(err, VAULT_E_USAGE,
            "the document calls a part of its pages by a name that metadata "
            "have, and they cannot be told apart");
    if (what != NULL) {
        strip_note(w->notes, what, bytes_of(w, value));
        w->f.node[key].gone = true;
        return VAULT_OK;
    }
    st = clean_inner(w, value, !free_names && strip_pdf_free_names(&w->f, key),
        &gone, err);
    w->f.node[key].gone = gone;
    return st;
}

VAULT_CHECKED static enum vault_status
clean(struct pdf_work *w, uint32_t value, const struct pdf_object *o,
    bool free_names, struct vault_error *err)
{
    bool dict = pdf_is_type(&w->f, value, PDF_DICT), gone = false;
    unsigned in = IN_ANY;
    enum vault_status st = VAULT_OK;
    uint32_t at;

    if (!dict && !pdf_is_type(&w->f, value, PDF_ARRAY))
        return VAULT_OK;
    if (dict && !free_names)
        st = check_once(&w->f, value, err);
    if (dict && st == VAULT_OK)
        st = place_of(w, value, o, &in, err);
    for (at = w->f.node[value].child; at != 0 && st == VAULT_OK;
         at = w->f.node[at].next) {
        if (dict) {
            st = clean_pair(w, at, in, free_names, err);
            at = w->f.node[at].next;
            continue;
        }
        st = clean_inner(w, at, false, &gone, err);
        w->f.node[at].gone = gone;
    }
    return st;
}

/* One more object of the copy. */
VAULT_CHECKED static enum vault_status
clean_object(struct pdf_work *w, uint32_t number, struct vault_error *err)
{
    struct pdf_object *o = NULL;
    enum vault_status st = pdf_load(&w->f, number, &o, err);

    if (st != VAULT_OK)
        return st;
    if (o->data != NULL && pdf_get(&w->f, o->node, "F") != 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "the document keeps a part of itself in another file");
    if (pdf_is_type(&w->f, o->node, PDF_REF))
        return pdf_broken(err, o->at); /* an object is no reference */
    return clean(w, o->node, o, o->free_names && o->data == NULL, err);
}

enum vault_status
strip_pdf_clean(struct pdf_work *w, uint32_t root, struct vault_error *err)
{
    const char *what = NULL;
    enum vault_status st;

    w->order = calloc(w->f.objects + 1u, sizeof *w->order);
    if (w->order == NULL)
        return vlt_fail_memory(err);
    st = strip_pdf_judge(&w->f, root, &what, err);
    if (st == VAULT_OK && what != NULL)
        st = vlt_fail(err, VAULT_E_USAGE, "the document has no catalogue");
    if (st == VAULT_OK)
        st = keep(w, root, false, err);
    for (uint32_t i = 0; i < w->count && st == VAULT_OK; i++)
        st = clean_object(w, w->order[i], err);
    return st;
}
