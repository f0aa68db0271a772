/* SPDX-License-Identifier: Apache-2.0 */
/* pdf_object.c: objects found and unpacked (ISO 32000-1, 7.3.8, 7.4, 7.5.7) */
#include "pdf.h"

#include "deflate.h"
#include "fail.h"
#include "nmark.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 1024 * 1024 };

struct vlt_buf *
pdf_pool(struct pdf *f, size_t max)
{
    struct vlt_buf **all = f->pool;
    struct vlt_buf *b;

    if ((f->pools & (f->pools - 1)) == 0) {
        all = realloc(f->pool,
            (f->pools == 0 ? 1 : 2 * f->pools) * sizeof(struct vlt_buf *));
        if (all == NULL)
            return NULL;
        f->pool = all;
    }
    b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    vlt_buf_init(b, max);
    all[f->pools++] = b;
    return b;
}

void
pdf_close(struct pdf *f)
{
    for (size_t i = 0; i < f->pools; i++) {
        vlt_buf_clear(f->pool[i]);
        free(f->pool[i]);
    }
    free(f->pool);
    free(f->node);
    free(f->object);
    memset(f, 0, sizeof *f);
}

bool
pdf_is_type(const struct pdf *f, uint32_t node, enum pdf_type type)
{
    return node != 0 && f->node[node].type == type;
}

bool
pdf_is_name(const struct pdf *f, uint32_t node, const char *name)
{
    const struct pdf_node *x = &f->node[node];

    return node != 0 && x->type == PDF_NAME && x->n == strlen(name) &&
        memcmp(x->p, name, x->n) == 0;
}

bool
pdf_uint(const struct pdf *f, uint32_t node, uint64_t *out)
{
    struct pdf_text t = {f->node[node].p, f->node[node].n, 0};

    return pdf_is_type(f, node, PDF_NUMBER) && pdf_take_uint(&t, out);
}

uint32_t
pdf_get(const struct pdf *f, uint32_t dict, const char *key)
{
    uint32_t at;

    if (!pdf_is_type(f, dict, PDF_DICT))
        return 0;
    for (at = f->node[dict].child; at != 0;
         at = f->node[f->node[at].next].next) {
        if (pdf_is_name(f, at, key))
            return f->node[at].next;
    }
    return 0;
}

enum vault_status
pdf_follow(struct pdf *f, uint32_t node, uint32_t *out, struct vault_error *err)
{
    struct pdf_object *o = NULL;
    enum vault_status st;

    for (unsigned steps = 0; pdf_is_type(f, node, PDF_REF); steps++) {
        if (steps == PDF_DEPTH)
            return vlt_fail(err, VAULT_E_USAGE,
                "the document leads from object to object without an end");
        st = pdf_load(f, f->node[node].child, &o, err);
        if (st != VAULT_OK)
            return st;
        node = o == NULL ? 0 : o->node;
    }
    *out = pdf_is_type(f, node, PDF_NULL) ? 0 : node;
    return VAULT_OK;
}

enum vault_status
pdf_want(struct pdf *f, uint32_t dict, const char *key, uint32_t *out,
    struct vault_error *err)
{
    return pdf_follow(f, pdf_get(f, dict, key), out, err);
}

/* ---- streams ---- */

/* The bytes after the word "stream", as long as the dict says. */
VAULT_CHECKED static enum vault_status
find_data(struct pdf *f, struct pdf_text *t, uint32_t dict,
    const uint8_t **data, size_t *n, struct vault_error *err)
{
    uint32_t length = 0;
    uint64_t want = 0;
    enum vault_status st;

    if (t->at < t->n && t->p[t->at] == 13)
        t->at++;
    if (t->at < t->n && t->p[t->at] == 10)
        t->at++;
    st = pdf_want(f, dict, "Length", &length, err);
    if (st != VAULT_OK)
        return st;
    if (!pdf_uint(f, length, &want) || want > t->n - t->at)
        return pdf_broken(err, t->at);
    *data = t->p + t->at;
    *n = (size_t)want;
    t->at += (size_t)want;
    /* Not pdf_take_word alone: data may end in what looks like a comment. */
    return pdf_take_word(t, "endstream") ? VAULT_OK : pdf_broken(err, t->at);
}

enum vault_status
pdf_read_plain(struct pdf *f, uint64_t at, uint32_t *number, uint32_t *node,
    const uint8_t **data, size_t *data_len, struct vault_error *err)
{
    struct pdf_text t = {f->p, f->n, at < f->n ? (size_t)at : f->n};
    uint64_t num = 0, gen = 0;
    enum vault_status st;

    *data = NULL;
    *data_len = 0;
    if (!pdf_take_uint(&t, &num) || !pdf_take_uint(&t, &gen) ||
        !pdf_take_word(&t, "obj") || num >= PDF_OBJECTS)
        return pdf_broken(err, at);
    *number = (uint32_t)num;
    if (pdf_take_word(&t, "endobj")) /* an empty object is null */
        return pdf_parse(f, &(struct pdf_text){(const uint8_t *)"null", 4, 0},
            node, err);
    st = pdf_parse(f, &t, node, err);
    if (st == VAULT_OK && pdf_is_type(f, *node, PDF_DICT) &&
        pdf_take_word(&t, "stream"))
        st = find_data(f, &t, *node, data, data_len, err);
    if (st == VAULT_OK && !pdf_take_word(&t, "endobj"))
        return pdf_broken(err, t.at);
    return st;
}

static unsigned
paeth(int a, int b, int c)
{
    int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);

    return (unsigned)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* Undo PNG's filters, in place; lines of 1 + columns bytes (7.4.4.4). */
static bool
undo_lines(struct vlt_buf *b, size_t columns, size_t step)
{
    size_t lines = b->len / (columns + 1);

    for (size_t y = 0; y < lines; y++) {
        const uint8_t *from = b->p + y * (columns + 1);
        unsigned kind = from[0];
        uint8_t *to = b->p + y * columns;
        const uint8_t *up = y > 0 ? to - columns : NULL;

        if (kind > 4)
            return false;
        for (size_t x = 0; x < columns; x++) {
            unsigned a = x >= step ? to[x - step] : 0;
            unsigned u = up != NULL ? up[x] : 0;
            unsigned c = up != NULL && x >= step ? up[x - step] : 0;
            unsigned add[5] = {0, a, u, (a + u) / 2,
                paeth((int)a, (int)u, (int)c)};

            to[x] = (uint8_t)(from[1 + x] + add[kind]);
        }
    }
    b->len = lines * columns;
    return true;
}

/* A number of DecodeParms, or what it is when it is not said. */
static uint64_t
parameter(const struct pdf *f, uint32_t dict, const char *key, uint64_t other)
{
    uint64_t v = other;

    (void)pdf_uint(f, pdf_get(f, dict, key), &v);
    return v;
}

static bool
undo_predictor(const struct pdf *f, uint32_t parms, struct vlt_buf *out)
{
    uint64_t kind = parameter(f, parms, "Predictor", 1);
    uint64_t columns = parameter(f, parms, "Columns", 1);
    uint64_t colors = parameter(f, parms, "Colors", 1);
    uint64_t bits = parameter(f, parms, "BitsPerComponent", 8);

    if (kind == 1)
        return true;
    if (kind < 10 || kind > 15 || columns == 0 || columns > COLUMNS_MAX ||
        colors == 0 || colors > 64 || bits != 8)
        return false;
    return undo_lines(out, (size_t)(columns * colors), (size_t)colors);
}

/* The only element of an array, or the value itself. */
VAULT_CHECKED static enum vault_status
only_one(struct pdf *f, uint32_t dict, const char *key, uint32_t *out,
    bool *many, struct vault_error *err)
{
    uint32_t node = 0;
    enum vault_status st = pdf_want(f, dict, key, &node, err);

    *many = false;
    if (st == VAULT_OK && pdf_is_type(f, node, PDF_ARRAY)) {
        node = f->node[node].child;
        *many = node != 0 && f->node[node].next != 0;
        st = pdf_follow(f, node, &node, err);
    }
    *out = node;
    return st;
}

enum vault_status
pdf_unpack(struct pdf *f, uint32_t dict, const uint8_t *data, size_t n,
    struct vlt_buf *out, struct vault_error *err)
{
    uint32_t filter = 0, parms = 0;
    bool many = false, ok = true;
    enum vault_status st;

    st = only_one(f, dict, "Filter", &filter, &many, err);
    if (st == VAULT_OK && !many)
        st = only_one(f, dict, "DecodeParms", &parms, &many, err);
    if (st != VAULT_OK)
        return st;
    if (f->unpacked > PDF_UNPACKED)
        out->max = 0;
    else if (out->max > PDF_UNPACKED - f->unpacked)
        out->max = PDF_UNPACKED - f->unpacked;
    if (filter == 0)
        vlt_buf_put(out, data, n);
    else if (!many &&
        (pdf_is_name(f, filter, "FlateDecode") || pdf_is_name(f, filter, "Fl")))
        ok = inflate_all(data, n, out) && undo_predictor(f, parms, out);
    else
        ok = false;
    f->unpacked += out->len;
    if (out->failed)
        return vlt_buf_end(out, "unpacked stream", err);
    return ok ? VAULT_OK
              : vlt_fail(err, VAULT_E_USAGE,
                    "the document has a stream that cannot be unpacked here");
}

/* ---- objects ---- */

/* Where in there each object stands. */
VAULT_CHECKED static enum vault_status
read_index(struct pdf *f, struct pdf_object *o, struct vault_error *err)
{
    struct pdf_text t = {o->opened->p, o->opened->len, 0};
    uint64_t count = 0, first = 0, number = 0, offset = 0;

    if (!pdf_uint(f, pdf_get(f, o->node, "N"), &count) ||
        !pdf_uint(f, pdf_get(f, o->node, "First"), &first) ||
        count > PDF_OBJECTS || first > t.n)
        return pdf_broken(err, o->at);
    for (uint64_t i = 0; i < count; i++) {
        if (!pdf_take_uint(&t, &number) || !pdf_take_uint(&t, &offset) ||
            number >= PDF_OBJECTS || t.at > first || offset > t.n - first)
            return pdf_broken(err, o->at);
        vlt_buf_put_u32(o->index, (uint32_t)number);
        vlt_buf_put_u32(o->index, (uint32_t)(first + offset));
    }
    return vlt_buf_end(o->index, "index", err);
}

/* The stream with objects, unpacked once. */
VAULT_CHECKED static enum vault_status
open_packed(struct pdf *f, uint32_t number, struct pdf_object **out,
    struct vault_error *err)
{
    struct pdf_object *o = NULL;
    struct vlt_buf *b, *index;
    enum vault_status st;

    if (number >= f->objects || f->object[number].place != PDF_PLAIN)
        return vlt_fail(err, VAULT_E_USAGE,
            "the document names object %u for others, and it is not there",
            number);
    st = pdf_load(f, number, &o, err);
    if (st != VAULT_OK)
        return st;
    if (o == NULL)
        return pdf_broken(err, 0);
    *out = o;
    if (o->opened != NULL)
        return VAULT_OK;
    b = pdf_pool(f, PDF_UNPACKED);
    index = pdf_pool(f, 8 * PDF_OBJECTS);
    if (b == NULL || index == NULL)
        return vlt_fail_memory(err);
    if (o->data == NULL ||
        !pdf_is_name(f, pdf_get(f, o->node, "Type"), "ObjStm"))
        return pdf_broken(err, o->at);
    st = pdf_unpack(f, o->node, o->data, o->data_len, b, err);
    if (st != VAULT_OK)
        return st;
    o->opened = b;
    o->index = index;
    return read_index(f, o, err);
}

VAULT_CHECKED static enum vault_status
load_packed(struct pdf *f, uint32_t number, struct vault_error *err)
{
    struct pdf_object *o = &f->object[number], *s = NULL;
    struct pdf_text t = {0};
    enum vault_status st = open_packed(f, o->in, &s, err);
    const uint8_t *row;

    if (st != VAULT_OK)
        return st;
    if (s == NULL || o->at >= s->index->len / 8)
        return pdf_broken(err, 0);
    row = s->index->p + 8 * o->at;
    if (vlt_load_u32(row) != number)
        return pdf_broken(err, s->at);
    t = (struct pdf_text){s->opened->p, s->opened->len, vlt_load_u32(row + 4)};
    return pdf_parse(f, &t, &o->node, err);
}

enum vault_status
pdf_load(struct pdf *f, uint32_t number, struct pdf_object **out,
    struct vault_error *err)
{
    struct pdf_object *o = number < f->objects ? &f->object[number] : NULL;
    uint32_t found = 0;
    enum vault_status st = VAULT_OK;

    *out = NULL;
    if (o == NULL || o->place == PDF_ABSENT)
        return VAULT_OK;
    if (o->loading)
        return vlt_fail(err, VAULT_E_USAGE,
            "the document needs object %u to read object %u", number, number);
    if (!o->loaded) {
        o->loading = true;
        if (o->place == PDF_PACKED)
            st = load_packed(f, number, err);
        else
            st = pdf_read_plain(f, o->at, &found, &o->node, &o->data,
                &o->data_len, err);
        o->loading = false;
        if (st == VAULT_OK && o->place == PDF_PLAIN && found != number)
            st = pdf_broken(err, o->at);
        o->loaded = st == VAULT_OK;
    }
    if (st == VAULT_OK)
        *out = o;
    return st;
}
