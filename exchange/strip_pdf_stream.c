/* SPDX-License-Identifier: Apache-2.0 */
/* strip_pdf_stream.c: streams as they are, but for pictures and profiles that
 * carry metadata of their own */
#include "strip_pdf_work.h"

#include "deflate.h"
#include "fail.h"
#include "icc_clean.h"
#include "nmark.h"
#include "strip.h"
#include "strip_jpeg.h"

#include <string.h>

enum { FILTERS_MAX = 8, PROFILE_HEAD = 40 };

static const char *const as_it_is[] = {"Length", NULL};
static const char *const anew[] = {"Length", "Filter", "DecodeParms", NULL};

static enum vault_status
unknown(const char *what, struct vault_error *err)
{
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("without --strip the original comes out as it is"),
        "the document has something inside whose metadata cannot be taken "
        "out: %s",
        what);
}

static void
put_data(struct pdf_work *w, const void *p, size_t n)
{
    vlt_buf_printf(w->out, "/Length %zu\n>>\nstream\n", n);
    vlt_buf_put(w->out, p, n);
    vlt_buf_put_str(w->out, "\nendstream");
}

/* The filters, first one first, as nodes. */
VAULT_CHECKED static enum vault_status
filters_of(struct pdf_work *w, uint32_t dict, uint32_t *all, size_t *n,
    struct vault_error *err)
{
    uint32_t node = 0;
    enum vault_status st = pdf_want(&w->f, dict, "Filter", &node, err);

    *n = 0;
    if (st != VAULT_OK || node == 0)
        return st;
    if (!pdf_is_type(&w->f, node, PDF_ARRAY)) {
        all[(*n)++] = node;
        return VAULT_OK;
    }
    for (uint32_t at = w->f.node[node].child; at != 0 && st == VAULT_OK;
         at = w->f.node[at].next) {
        if (*n == FILTERS_MAX)
            return unknown("filters", err);
        st = pdf_follow(&w->f, at, &all[(*n)++], err);
    }
    return st;
}

static bool
filter_is(struct pdf_work *w, uint32_t node, const char *name,
    const char *shorter)
{
    return pdf_is_name(&w->f, node, name) || pdf_is_name(&w->f, node, shorter);
}

/* ---- pictures ---- */

static bool
from_hex(const uint8_t *p, size_t n, struct vlt_buf *out)
{
    unsigned v = 1;

    for (size_t i = 0; i < n && p[i] != '>'; i++) {
        unsigned c = p[i] | 0x20u;

        if (pdf_is_space(p[i]))
            continue;
        if (p[i] >= '0' && p[i] <= '9')
            v = v << 4 | (p[i] - (unsigned)'0');
        else if (c >= 'a' && c <= 'f')
            v = v << 4 | (c - 'a' + 10);
        else
            return false;
        if (v >= 0x100) {
            vlt_buf_put_u8(out, (uint8_t)v);
            v = 1;
        }
    }
    if (v != 1)
        vlt_buf_put_u8(out, (uint8_t)(v << 4));
    return !out->failed;
}

/* `have` digits of base 85 (2 to 5) as bytes, the missing ones as u. */
static void
put_group(struct vlt_buf *out, const unsigned d[5], size_t have)
{
    uint64_t v = 0;
    uint8_t b[4];

    for (size_t i = 0; i < 5; i++)
        v = v * 85 + (i < have ? d[i] : 84);
    vlt_store_u32(b, (uint32_t)v);
    vlt_buf_put(out, b, have - 1);
}

static bool
from_85(const uint8_t *p, size_t n, struct vlt_buf *out)
{
    unsigned d[5] = {0};
    size_t have = 0;

    for (size_t i = 0; i < n && p[i] != '~'; i++) {
        if (pdf_is_space(p[i]))
            continue;
        if (p[i] == 'z' && have == 0) {
            vlt_buf_put_zero(out, 4);
            continue;
        }
        if (p[i] < '!' || p[i] > 'u')
            return false;
        d[have++] = p[i] - (unsigned)'!';
        if (have == 5) {
            put_group(out, d, 5);
            have = 0;
        }
    }
    if (have > 1)
        put_group(out, d, have);
    return have != 1 && !out->failed;
}

/* One filter undone. Streams may lie inside of each other, so what is read
 * counts too. */
static bool
undo(struct pdf_work *w, uint32_t filter, const uint8_t *p, size_t n,
    struct vlt_buf *to)
{
    bool ok = false;

    if (filter_is(w, filter, "FlateDecode", "Fl"))
        ok = inflate_all(p, n, to);
    else if (filter_is(w, filter, "ASCII85Decode", "A85"))
        ok = from_85(p, n, to);
    else if (filter_is(w, filter, "ASCIIHexDecode", "AHx"))
        ok = from_hex(p, n, to);
    w->f.unpacked += n < PDF_UNPACKED ? n : PDF_UNPACKED;
    w->f.unpacked += to->len;
    return ok;
}

/* The parameters of the last filter, 0 for none; *others: some before it has
 * its own. */
VAULT_CHECKED static enum vault_status
last_parms(struct pdf_work *w, uint32_t dict, uint32_t *out, bool *others,
    struct vault_error *err)
{
    uint32_t node = 0, at, value = 0;
    enum vault_status st = pdf_want(&w->f, dict, "DecodeParms", &node, err);

    *others = false;
    *out = node;
    if (st != VAULT_OK || !pdf_is_type(&w->f, node, PDF_ARRAY))
        return st;
    *out = 0;
    for (at = w->f.node[node].child; at != 0 && st == VAULT_OK;
         at = w->f.node[at].next) {
        *others = *others || *out != 0;
        st = pdf_follow(&w->f, at, &value, err);
        *out = value;
    }
    return st;
}

VAULT_CHECKED static enum vault_status
put_jpeg(struct pdf_work *w, const struct pdf_object *o, const uint8_t *p,
    size_t n, struct vault_error *err)
{
    struct vlt_buf jpeg;
    uint32_t parms = 0;
    bool others = false;
    enum vault_status st = last_parms(w, o->node, &parms, &others, err);

    vlt_buf_init(&jpeg, STRIP_MAX);
    if (st == VAULT_OK && others)
        st = unknown("filters", err);
    if (st == VAULT_OK)
        st = strip_jpeg(p, n, true, &jpeg, w->notes, err);
    if (st == VAULT_OK) {
        strip_pdf_pairs(w, o->node, anew);
        vlt_buf_put_str(w->out, "/Filter /DCTDecode\n");
        if (parms != 0) {
            vlt_buf_put_str(w->out, "/DecodeParms ");
            strip_pdf_value(w, parms);
            vlt_buf_put_u8(w->out, '\n');
        }
        put_data(w, jpeg.p, jpeg.len);
    }
    vlt_buf_clear(&jpeg);
    return st;
}

/* All filters but the last undone, then the picture. */
VAULT_CHECKED static enum vault_status
unwrap_jpeg(struct pdf_work *w, const struct pdf_object *o,
    const uint32_t *filter, size_t n, struct vault_error *err)
{
    struct vlt_buf step[FILTERS_MAX] = {{0}};
    const uint8_t *p = o->data;
    size_t len = o->data_len;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i + 1 < n && st == VAULT_OK; i++) {
        vlt_buf_init(&step[i], STRIP_MAX);
        if (w->f.unpacked > PDF_UNPACKED)
            st = vlt_fail(err, VAULT_E_LIMIT,
                "the document has more than %d bytes when unpacked",
                PDF_UNPACKED);
        else if (!undo(w, filter[i], p, len, &step[i]))
            st = unknown("filters", err);
        p = step[i].p;
        len = step[i].len;
    }
    if (st == VAULT_OK)
        st = put_jpeg(w, o, p, len, err);
    for (size_t i = 0; i + 1 < n; i++)
        vlt_buf_clear(&step[i]);
    return st;
}

/* ---- profiles ---- */

/* Only profiles have a number of colours and no type. */
static bool
may_be_profile(struct pdf_work *w, const struct pdf_object *o)
{
    return pdf_get(&w->f, o->node, "N") != 0 &&
        pdf_get(&w->f, o->node, "Type") == 0 &&
        pdf_get(&w->f, o->node, "Subtype") == 0;
}

VAULT_CHECKED static enum vault_status
put_profile(struct pdf_work *w, const struct pdf_object *o,
    struct vault_error *err)
{
    struct vlt_buf raw, clean, packed;
    enum vault_status st;

    vlt_buf_init(&raw, ICC_MAX);
    vlt_buf_init(&clean, ICC_MAX);
    vlt_buf_init(&packed, ICC_MAX);
    st = pdf_unpack(&w->f, o->node, o->data, o->data_len, &raw, err);
    if (st == VAULT_OK &&
        (!icc_clean(raw.p, raw.len, &clean) ||
            !deflate_all(clean.p, clean.len, &packed)))
        st = unknown("a colour profile", err);
    if (st == VAULT_OK &&
        (raw.len != clean.len || memcmp(raw.p, clean.p, raw.len) != 0))
        strip_note(w->notes,
            N_("in the colour profile: names, dates, makers, serial numbers"),
            raw.len > clean.len ? raw.len - clean.len : 0);
    if (st == VAULT_OK) {
        strip_pdf_pairs(w, o->node, anew);
        vlt_buf_put_str(w->out, "/Filter /FlateDecode\n");
        put_data(w, packed.p, packed.len);
    }
    vlt_buf_clear(&raw);
    vlt_buf_clear(&clean);
    vlt_buf_clear(&packed);
    return st;
}

enum vault_status
strip_pdf_stream(struct pdf_work *w, const struct pdf_object *o,
    struct vault_error *err)
{
    uint32_t filter[FILTERS_MAX] = {0};
    size_t n = 0;
    enum vault_status st = filters_of(w, o->node, filter, &n, err);

    for (size_t i = 0; i < n && st == VAULT_OK; i++) {
        if (pdf_is_name(&w->f, filter[i], "JPXDecode"))
            st = unknown("a JPEG 2000 picture", err);
        else if (pdf_is_name(&w->f, filter[i], "Crypt"))
            st = unknown("encrypted parts", err);
    }
    if (st != VAULT_OK)
        return st;
    vlt_buf_put_str(w->out, "<<\n");
    if (n > 0 && filter_is(w, filter[n - 1], "DCTDecode", "DCT"))
        return unwrap_jpeg(w, o, filter, n, err);
    if (may_be_profile(w, o))
        return put_profile(w, o, err);
    strip_pdf_pairs(w, o->node, as_it_is);
    put_data(w, o->data, o->data_len);
    return VAULT_OK;
}
