/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf_write.c: the objects that are left, as a PDF with a plain table */
#include "strip_pdf_work.h"

#include "fail.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void
put_name(struct vlt_buf *out, const struct pdf_node *x)
{
    vlt_buf_put_u8(out, '/');
    for (uint32_t i = 0; i < x->n; i++) {
        unsigned c = x->p[i];

        if (c <= 32 || c >= 127 || c == '#' || pdf_is_delimiter(c))
            vlt_buf_printf(out, "#%02x", c);
        else
            vlt_buf_put_u8(out, (uint8_t)c);
    }
}

static void
put_ref(struct pdf_work *w, uint32_t number)
{
    uint32_t to = number < w->f.objects ? w->f.object[number].number : 0;

    if (to == 0)
        vlt_buf_put_str(w->out, "null"); /* leads nowhere */
    else
        vlt_buf_printf(w->out, "%u 0 R", (unsigned)to);
}

void
strip_pdf_pairs(struct pdf_work *w, uint32_t dict, const char *const *but)
{
    uint32_t at = w->f.node[dict].child;

    for (; at != 0; at = w->f.node[w->f.node[at].next].next) {
        bool skip = w->f.node[at].gone;

        for (size_t i = 0; but != NULL && but[i] != NULL; i++)
            skip = skip || pdf_is_name(&w->f, at, but[i]);
        if (skip)
            continue;
        put_name(w->out, &w->f.node[at]);
        vlt_buf_put_u8(w->out, ' ');
        strip_pdf_value(w, w->f.node[at].next);
        vlt_buf_put_u8(w->out, '\n');
    }
}

/* An annotation that is gone leaves no hole; in other arrays places count. */
static bool
is_annotation(const struct pdf *f, uint32_t node)
{
    const struct pdf_object *o;
    uint32_t dict = node;

    if (pdf_is_type(f, node, PDF_REF) && f->node[node].child < f->objects) {
        o = &f->object[f->node[node].child];
        dict = o->loaded ? o->node : 0;
    }
    return pdf_get(f, dict, "Rect") != 0;
}

static void
put_array(struct pdf_work *w, uint32_t array)
{
    uint32_t at = w->f.node[array].child;

    vlt_buf_put_u8(w->out, '[');
    for (; at != 0; at = w->f.node[at].next) {
        bool gone = w->f.node[at].gone;

        if (gone && is_annotation(&w->f, at))
            continue;
        if (gone)
            vlt_buf_put_str(w->out, "null");
        else
            strip_pdf_value(w, at);
        vlt_buf_put_u8(w->out, ' ');
    }
    vlt_buf_put_u8(w->out, ']');
}

void
strip_pdf_value(struct pdf_work *w, uint32_t node)
{
    const struct pdf_node *x = &w->f.node[node];

    switch ((enum pdf_type)x->type) {
    case PDF_DICT:
        vlt_buf_put_str(w->out, "<<\n");
        strip_pdf_pairs(w, node, NULL);
        vlt_buf_put_str(w->out, ">>");
        break;
    case PDF_ARRAY:
        put_array(w, node);
        break;
    case PDF_NAME:
        put_name(w->out, x);
        break;
    case PDF_REF:
        put_ref(w, x->child);
        break;
    default:
        vlt_buf_put(w->out, x->p, x->n);
    }
}

VAULT_CHECKED static enum vault_status
put_object(struct pdf_work *w, uint32_t i, struct vault_error *err)
{
    const struct pdf_object *o = &w->f.object[w->order[i]];

    vlt_buf_printf(w->out, "%u 0 obj\n", (unsigned)i + 1);
    if (o->data != NULL) {
        enum vault_status st = strip_pdf_stream(w, o, err);

        if (st != VAULT_OK)
            return st;
    } else {
        strip_pdf_value(w, o->node);
    }
    vlt_buf_put_str(w->out, "\nendobj\n");
    return VAULT_OK;
}

/* %PDF-1.4 and a line that says: not text. The version stays. */
VAULT_CHECKED static enum vault_status
put_header(struct pdf_work *w, struct vault_error *err)
{
    const uint8_t *p = w->f.p;

    if (p[5] < '1' || p[5] > '2' || p[6] != '.' || p[7] < '0' || p[7] > '9')
        return pdf_broken(err, 5);
    vlt_buf_put(w->out, p, 8);
    vlt_buf_put_str(w->out, "\n%\xc2\xb5\xc2\xb6\n");
    return VAULT_OK;
}

enum vault_status
strip_pdf_write(struct pdf_work *w, struct vault_error *err)
{
    size_t start = w->out->len, table;
    uint64_t *at = calloc(w->count + 1u, sizeof *at);
    enum vault_status st =
        at == NULL ? vlt_fail_memory(err) : put_header(w, err);

    for (uint32_t i = 0; i < w->count && st == VAULT_OK; i++) {
        at[i] = w->out->len - start;
        st = put_object(w, i, err);
        if (st == VAULT_OK && w->out->failed)
            st = vlt_buf_end(w->out, "copy", err);
    }
    if (st == VAULT_OK) {
        table = w->out->len - start;
        vlt_buf_printf(w->out, "xref\n0 %u\n0000000000 65535 f \n",
            (unsigned)w->count + 1);
        for (uint32_t i = 0; i < w->count; i++)
            vlt_buf_printf(w->out, "%010" PRIu64 " 00000 n \n", at[i]);
        vlt_buf_printf(w->out,
            "trailer\n<<\n/Size %u\n/Root 1 0 R\n>>\nstartxref\n%zu\n%%%%EOF\n",
            (unsigned)w->count + 1, table);
        st = vlt_buf_end(w->out, "copy", err);
    }
    free(at);
    return st;
}
