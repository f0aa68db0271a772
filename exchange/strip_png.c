/* SPDX-License-Identifier: Apache-2.0 */
/* strip_png.c: a PNG without what does not belong to the picture */
#include "strip_png.h"

#include "deflate.h"
#include "exif_look.h"
#include "fail.h"
#include "icc_clean.h"
#include "nmark.h"

#include <string.h>
#include <zlib.h>

enum { SIGNATURE = 8, OVERHEAD = 12 };
/* Unpacked, of one picture. */
static const uint64_t MOST = (uint64_t)4 << 30;

struct png {
    const uint8_t *p;
    size_t n, at;
    bool header, data, palette;
    struct inflate_end *end; /* of the picture's data */
    struct vlt_buf *out;
    struct strip_notes *notes;
};

/* What is kept, and how long it can be (W3C PNG, third edition, 11). */
static const struct kept {
    char name[5];
    uint32_t least, most;
} kept[] = {
    {"IHDR", 13, 13},
    {"PLTE", 3, 768},
    {"IDAT", 0, INT32_MAX},
    {"IEND", 0, 0},
    {"tRNS", 1, 256},
    {"gAMA", 4, 4},
    {"cHRM", 32, 32},
    {"sRGB", 1, 1},
    {"sBIT", 1, 4},
    {"bKGD", 1, 6},
    {"pHYs", 9, 9},
    {"hIST", 2, 512},
    {"cICP", 4, 4},
    {"mDCV", 24, 24},
    {"cLLI", 8, 8},
    {"acTL", 8, 8},
    {"fcTL", 26, 26},
    {"fdAT", 4, INT32_MAX},
};

static const struct told {
    char name[5];
    const char *what;
} told[] = {
    {"tEXt", N_("texts")},
    {"zTXt", N_("texts")},
    {"iTXt", N_("texts, perhaps with XMP")},
    {"tIME", N_("the time of the last change")},
};

static enum vault_status
bad(const struct png *g, struct vault_error *err)
{
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("without --strip the original comes out as it is"),
        "at byte %zu the picture is not built as a PNG is, so that its "
        "metadata cannot be taken out safely",
        g->at);
}

static uint32_t
sum(const uint8_t *p, size_t n)
{
    return (uint32_t)crc32(0, p, (uInt)n);
}

static void
put_chunk(struct png *g, const char *name, const uint8_t *p, size_t n)
{
    size_t from = g->out->len + 4;

    vlt_buf_put_u32(g->out, (uint32_t)n);
    vlt_buf_put(g->out, name, 4);
    vlt_buf_put(g->out, p, n);
    if (!g->out->failed)
        vlt_buf_put_u32(g->out, sum(g->out->p + from, 4 + n));
}

static void
take_exif(struct png *g, const uint8_t *p, size_t n)
{
    struct exif_facts facts;
    uint8_t turned[EXIF_TURNED];
    size_t skip = n >= 6 && memcmp(p, "Exif\0", 6) == 0 ? 6 : 0;

    exif_look(p + skip, n - skip, &facts);
    strip_note(g->notes, N_("Exif: camera, times, settings"), n + OVERHEAD);
    if (facts.place > 0)
        strip_note(g->notes, N_("in Exif: the place where it was taken (GPS)"),
            facts.place);
    if (facts.thumbnail > 0)
        strip_note(g->notes,
            N_("in Exif: a small picture, perhaps of an earlier state"),
            facts.thumbnail);
    if (facts.orientation == 1)
        return;
    exif_turned(turned, facts.orientation);
    put_chunk(g, "eXIf", turned, sizeof turned);
}

/* The profile inside an iCCP chunk, cleaned and compressed again. */
static bool
clean_icc(struct png *g, const uint8_t *p, size_t n, struct vlt_buf *out)
{
    const uint8_t *name_end = n > 0 ? memchr(p, 0, n < 80 ? n : 80) : NULL;
    struct vlt_buf raw, clean;
    size_t head = name_end == NULL ? 0 : (size_t)(name_end - p) + 2;
    bool ok;

    vlt_buf_init(&raw, ICC_MAX);
    vlt_buf_init(&clean, ICC_MAX);
    ok = head > 0 && head < n && p[head - 1] == 0 &&
        inflate_all(p + head, n - head, &raw) &&
        icc_clean(raw.p, raw.len, &clean);
    if (ok) {
        vlt_buf_put(out, "icc\0", 5); /* its name, and the method, 0 */
        ok = deflate_all(clean.p, clean.len, out);
    }
    if (ok && (raw.len != clean.len || memcmp(raw.p, clean.p, raw.len) != 0))
        strip_note(g->notes,
            N_("in the colour profile: names, dates, makers, serial numbers"),
            raw.len > clean.len ? raw.len - clean.len : 0);
    vlt_buf_clear(&raw);
    vlt_buf_clear(&clean);
    return ok;
}

static void
take_icc(struct png *g, const uint8_t *p, size_t n)
{
    struct vlt_buf out;

    vlt_buf_init(&out, ICC_MAX);
    if (clean_icc(g, p, n, &out))
        put_chunk(g, "iCCP", out.p, out.len);
    else
        strip_note(g->notes,
            N_("the colour profile; colours may look different"), n + OVERHEAD);
    vlt_buf_clear(&out);
}

static const struct kept *
find_kept(const char *name)
{
    for (size_t i = 0; i < VLT_COUNT(kept); i++) {
        if (memcmp(kept[i].name, name, 4) == 0)
            return &kept[i];
    }
    return NULL;
}

/* Header first and once, data before the end. */
static bool
in_order(struct png *g, const char *name)
{
    bool header = memcmp(name, "IHDR", 4) == 0;

    if (header == g->header)
        return false;
    g->header = true;
    g->data = g->data || memcmp(name, "IDAT", 4) == 0;
    return g->data || memcmp(name, "IEND", 4) != 0;
}

/* More than the rows of the picture, in up to seven passes, can be: at most
 * 64 bits a pixel, and a byte for each row. */
static uint64_t
most_data(const uint8_t *header)
{
    uint64_t width = vlt_load_u32(header), rows = vlt_load_u32(header + 4);
    uint64_t row = (width < MOST ? width : MOST) * 8 + 8;

    rows = (rows < MOST ? rows : MOST) * 2 + 16;
    return row > MOST / rows ? MOST : row * rows;
}

/* What is behind the end of the picture in its own chunks is of an earlier,
 * larger picture, or of nobody knows what. */
VAULT_CHECKED static enum vault_status
take_data(struct png *g, const uint8_t *p, size_t n, struct vault_error *err)
{
    size_t used = 0;

    if (g->end == NULL)
        return vlt_fail_memory(err);
    if (!inflate_end_take(g->end, p, n, &used))
        return bad(g, err);
    if (used > 0 || n == 0)
        put_chunk(g, "IDAT", p, used);
    if (used < n)
        strip_note(g->notes,
            N_("after the end of the picture: a film, more pictures or other "
               "data"),
            n - used);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
take_chunk(struct png *g, const char *name, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    const struct kept *k = find_kept(name);
    const char *what = N_("other data of programs");

    if (!in_order(g, name) || (k == NULL && (name[0] & 0x20) == 0) ||
        (k != NULL && (n < k->least || n > k->most)))
        return bad(g, err);
    if (memcmp(name, "IHDR", 4) == 0)
        g->end = inflate_end_new(most_data(p));
    if (memcmp(name, "IDAT", 4) == 0)
        return take_data(g, p, n, err);
    if (memcmp(name, "IEND", 4) == 0 &&
        (g->end == NULL || !inflate_end_seen(g->end)))
        return bad(g, err);
    if (k != NULL) {
        put_chunk(g, name, p, n);
        return VAULT_OK;
    }
    if (memcmp(name, "eXIf", 4) == 0 || memcmp(name, "iCCP", 4) == 0) {
        (name[0] == 'e' ? take_exif : take_icc)(g, p, n);
        return VAULT_OK;
    }
    for (size_t i = 0; i < VLT_COUNT(told); i++) {
        if (memcmp(told[i].name, name, 4) == 0)
            what = told[i].what;
    }
    strip_note(g->notes, what, n + OVERHEAD);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
take_all(struct png *g, struct vault_error *err)
{
    const uint8_t *p = g->p;
    size_t n = g->n;
    enum vault_status st = VAULT_OK;
    bool end = false;

    if (n < SIGNATURE || memcmp(p, "\x89PNG\r\n\x1a\n", SIGNATURE) != 0)
        return bad(g, err);
    vlt_buf_put(g->out, p, SIGNATURE);
    g->at = SIGNATURE;
    while (st == VAULT_OK && !end) {
        uint32_t len = n - g->at < OVERHEAD ? 0 : vlt_load_u32(p + g->at);

        if (n - g->at < OVERHEAD || len > n - g->at - OVERHEAD ||
            sum(p + g->at + 4, 4 + (size_t)len) !=
                vlt_load_u32(p + g->at + 8 + len))
            return bad(g, err);
        st =
            take_chunk(g, (const char *)p + g->at + 4, p + g->at + 8, len, err);
        end = memcmp(p + g->at + 4, "IEND", 4) == 0;
        g->at += OVERHEAD + (size_t)len;
    }
    if (st == VAULT_OK && g->at < n)
        strip_note(g->notes,
            N_("after the end of the picture: a film, more pictures or other "
               "data"),
            n - g->at);
    return st == VAULT_OK ? vlt_buf_end(g->out, "copy", err) : st;
}

enum vault_status
strip_png(const uint8_t *p, size_t n, struct vlt_buf *out,
    struct strip_notes *notes, struct vault_error *err)
{
    struct png g = {.p = p, .n = n, .out = out, .notes = notes};
    enum vault_status st = take_all(&g, err);

    inflate_end_free(g.end);
    return st;
}
