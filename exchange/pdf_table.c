/* SPDX-License-Identifier: Apache-2.0 */
/* pdf_table.c: the tables that say where objects are (ISO 32000-1, 7.5) */
#include "pdf.h"

#include "fail.h"
#include "nmark.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 1024, TAIL = 2048, WIDTH_MAX = 8 };

/* Room up to this number. */
VAULT_CHECKED static enum vault_status
reach(struct pdf *f, uint64_t number, struct vault_error *err)
{
    uint32_t want = f->objects < 512 ? 1024 : f->objects * 2;
    struct pdf_object *all;

    if (number < f->objects)
        return VAULT_OK;
    if (number >= PDF_OBJECTS)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the document has objects beyond number %d", PDF_OBJECTS);
    if (want <= number)
        want = (uint32_t)number + 1;
    if (want > PDF_OBJECTS)
        want = PDF_OBJECTS;
    all = realloc(f->object, want * sizeof *all);
    if (all == NULL)
        return vlt_fail_memory(err);
    memset(all + f->objects, 0, (want - f->objects) * sizeof *all);
    f->object = all;
    f->objects = want;
    return VAULT_OK;
}

/* One entry; newer tables come first, and what they say stays. `known` marks
 * a number as spoken for, also when it says that the object is absent. */
VAULT_CHECKED static enum vault_status
enter(struct pdf *f, uint64_t number, enum pdf_place place, uint64_t at,
    uint64_t in, struct vault_error *err)
{
    struct pdf_object *o;
    enum vault_status st = reach(f, number, err);

    if (st != VAULT_OK)
        return st;
    o = &f->object[number];
    if (o->known) {
        f->older = f->older || place != PDF_ABSENT;
        return VAULT_OK;
    }
    o->known = true;
    o->place = (uint8_t)place;
    o->at = at;
    o->in = in < PDF_OBJECTS ? (uint32_t)in : PDF_OBJECTS;
    return VAULT_OK;
}

/* ---- the plain table ---- */

VAULT_CHECKED static enum vault_status
read_section(struct pdf *f, struct pdf_text *t, uint64_t first, uint64_t count,
    bool want, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (uint64_t i = 0; i < count && st == VAULT_OK; i++) {
        uint64_t at = 0, gen = 0;
        bool used;

        if (!pdf_take_uint(t, &at) || !pdf_take_uint(t, &gen))
            return pdf_broken(err, t->at);
        used = pdf_take_word(t, "n");
        if (!used && !pdf_take_word(t, "f"))
            return pdf_broken(err, t->at);
        /* some writers mark unused entries so */
        used = used && at != 0;
        if (used == want)
            st = enter(f, first + i, used ? PDF_PLAIN : PDF_ABSENT, at, 0, err);
    }
    return st;
}

/* Its entries that are used, or those that are not. */
VAULT_CHECKED static enum vault_status
read_plain_table(struct pdf *f, struct pdf_text *t, bool used,
    uint32_t *trailer, struct vault_error *err)
{
    uint64_t first = 0, count = 0;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && !pdf_take_word(t, "trailer")) {
        if (!pdf_take_uint(t, &first) || !pdf_take_uint(t, &count) ||
            count > PDF_OBJECTS)
            return pdf_broken(err, t->at);
        st = read_section(f, t, first, count, used, err);
    }
    if (st == VAULT_OK)
        st = pdf_parse(f, t, trailer, err);
    if (st == VAULT_OK && !pdf_is_type(f, *trailer, PDF_DICT))
        return pdf_broken(err, t->at);
    return st;
}

/* ---- the table in a stream ---- */

static uint64_t
field(struct vlt_reader *r, uint64_t width, uint64_t absent)
{
    uint64_t v = width == 0 ? absent : 0;

    for (uint64_t i = 0; i < width; i++)
        v = v << 8 | vlt_read_u8(r);
    return v;
}

VAULT_CHECKED static enum vault_status
read_rows(struct pdf *f, struct vlt_reader *r, const uint64_t w[3],
    uint64_t first, uint64_t count, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (uint64_t i = 0; i < count && st == VAULT_OK; i++) {
        uint64_t kind = field(r, w[0], 1);
        uint64_t a = field(r, w[1], 0), b = field(r, w[2], 0);

        if (r->failed)
            return vlt_fail(err, VAULT_E_USAGE,
                "the document's table of objects is cut off");
        if (kind == 2)
            st = enter(f, first + i, PDF_PACKED, b, a, err);
        else
            st = enter(f, first + i, kind == 1 ? PDF_PLAIN : PDF_ABSENT, a, 0,
                err);
    }
    return st;
}

/* /W [a b c] */
static bool
widths(const struct pdf *f, uint32_t dict, uint64_t w[3])
{
    uint32_t array = pdf_get(f, dict, "W");
    uint32_t at = pdf_is_type(f, array, PDF_ARRAY) ? f->node[array].child : 0;

    for (size_t i = 0; i < 3; i++) {
        if (!pdf_uint(f, at, &w[i]) || w[i] > WIDTH_MAX)
            return false;
        at = f->node[at].next;
    }
    return w[0] + w[1] + w[2] > 0;
}

VAULT_CHECKED static enum vault_status
read_stream_rows(struct pdf *f, uint32_t dict, struct vlt_reader *r,
    struct vault_error *err)
{
    uint32_t index = pdf_get(f, dict, "Index");
    uint64_t w[3] = {0}, first = 0, count = 0;
    enum vault_status st = VAULT_OK;

    if (!widths(f, dict, w) || !pdf_uint(f, pdf_get(f, dict, "Size"), &count))
        return vlt_fail(err, VAULT_E_USAGE,
            "the document's table of objects is broken");
    if (index == 0)
        return read_rows(f, r, w, 0, count, err);
    if (!pdf_is_type(f, index, PDF_ARRAY))
        index = 0;
    for (uint32_t at = f->node[index].child; at != 0 && st == VAULT_OK;
         at = f->node[f->node[at].next].next) {
        if (!pdf_uint(f, at, &first) ||
            !pdf_uint(f, f->node[at].next, &count) || first > PDF_OBJECTS)
            return vlt_fail(err, VAULT_E_USAGE,
                "the document's table of objects is broken");
        st = read_rows(f, r, w, first, count, err);
    }
    return st;
}

VAULT_CHECKED static enum vault_status
read_stream_table(struct pdf *f, uint64_t at, uint32_t *trailer,
    struct vault_error *err)
{
    const uint8_t *data = NULL;
    struct vlt_reader r;
    struct vlt_buf b;
    size_t n = 0;
    uint32_t number = 0;
    enum vault_status st;

    st = pdf_read_plain(f, at, &number, trailer, &data, &n, err);
    if (st != VAULT_OK)
        return st;
    if (data == NULL || !pdf_is_name(f, pdf_get(f, *trailer, "Type"), "XRef"))
        return pdf_broken(err, at);
    vlt_buf_init(&b, PDF_UNPACKED);
    st = pdf_unpack(f, *trailer, data, n, &b, err);
    vlt_reader_init(&r, b.p, b.len);
    if (st == VAULT_OK)
        st = read_stream_rows(f, *trailer, &r, err);
    vlt_buf_clear(&b);
    return st;
}

/* ---- all of them, newest first ---- */

VAULT_CHECKED static enum vault_status
read_table(struct pdf *f, uint64_t at, uint32_t *trailer,
    struct vault_error *err)
{
    struct pdf_text t = {f->p, f->n, (size_t)(at < f->n ? at : f->n)}, again;
    uint64_t beside = 0;
    uint32_t other = 0;
    enum vault_status st;

    if (!pdf_take_word(&t, "xref"))
        return read_stream_table(f, at, trailer, err);
    again = t;
    st = read_plain_table(f, &t, true, trailer, err);
    /* Objects in a table beside this one (hybrid) are unused in this one. */
    if (st == VAULT_OK && pdf_uint(f, pdf_get(f, *trailer, "XRefStm"), &beside))
        st = read_stream_table(f, beside, &other, err);
    if (st == VAULT_OK)
        st = read_plain_table(f, &again, false, &other, err);
    return st;
}

/* The number after the last "startxref". */
static bool
find_start(const struct pdf *f, uint64_t *out)
{
    static const char word[] = "startxref";
    size_t least = f->n > TAIL ? f->n - TAIL : 0;

    for (size_t at = f->n; at-- > least;) {
        struct pdf_text t = {f->p, f->n, at + sizeof word - 1};

        if (f->n - at >= sizeof word - 1 &&
            memcmp(f->p + at, word, sizeof word - 1) == 0)
            return pdf_take_uint(&t, out);
    }
    return false;
}

enum vault_status
pdf_read_tables(struct pdf *f, struct vault_error *err)
{
    uint64_t at = 0, seen[PDF_TABLES] = {0};
    uint32_t trailer = 0, prev = 0;
    enum vault_status st = VAULT_OK;

    if (!find_start(f, &at))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("another program may be able to repair a copy of it; without "
               "--strip the original comes out as it is"),
            "the document does not end as a PDF does; it may be cut off");
    for (;;) {
        for (unsigned i = 0; i < f->tables; i++) {
            if (seen[i] == at)
                return pdf_broken(err, at);
        }
        if (f->tables == PDF_TABLES)
            return vlt_fail(err, VAULT_E_LIMIT,
                "the document has more than %d versions", PDF_TABLES);
        seen[f->tables++] = at;
        st = read_table(f, at, &trailer, err);
        if (st != VAULT_OK)
            return st;
        f->trailer = f->trailer == 0 ? trailer : f->trailer;
        prev = pdf_get(f, trailer, "Prev");
        if (prev == 0)
            break;
        if (!pdf_uint(f, prev, &at))
            return pdf_broken(err, at);
    }
    return VAULT_OK;
}

/* Whether the first object says that it is laid out for the web. */
static bool
is_linear(const struct pdf *f)
{
    size_t n = f->n < HEAD ? f->n : HEAD;

    for (size_t i = 0; i + 12 <= n; i++) {
        if (memcmp(f->p + i, "/Linearized ", 12) == 0)
            return true;
    }
    return false;
}

enum vault_status
pdf_open(struct pdf *f, const uint8_t *p, size_t n, struct vault_error *err)
{
    enum vault_status st;
    size_t skip = 0;

    memset(f, 0, sizeof *f);
    while (skip < HEAD && skip + 5 <= n && memcmp(p + skip, "%PDF-", 5) != 0)
        skip++;
    if (skip == HEAD || skip + 8 > n)
        return pdf_broken(err, 0);
    f->p = p + skip;
    f->n = n - skip;
    f->linear = is_linear(f);
    st = pdf_read_tables(f, err);
    if (st != VAULT_OK)
        pdf_close(f);
    return st;
}
