/* SPDX-License-Identifier: Apache-2.0 */
/* strip_jpeg.c: a JPEG without what does not belong to the picture */
#include "strip_jpeg.h"

#include "exif_look.h"
#include "fail.h"
#include "icc_clean.h"
#include "nmark.h"

#include <string.h>

/* ITU-T T.81, table B.1. */
enum {
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    DQT = 0xdb,
    DNL = 0xdc,
    DRI = 0xdd,
    DHT = 0xc4,
    DAC = 0xcc,
    RST0 = 0xd0,
    RST7 = 0xd7,
    APP0 = 0xe0,
    COM = 0xfe,
    ICC_CHUNK = 65519
};

struct jpeg {
    const uint8_t *p;
    size_t n, at;
    bool embedded;
    bool jfif, exif; /* seen */
    unsigned frames, scans, turned;
    struct vlt_buf icc;
    unsigned icc_seen; /* pieces, in their order */
    struct vlt_buf *out;
    struct strip_notes *notes;
};

static enum vault_status
bad(const struct jpeg *j, struct vault_error *err)
{
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("without --strip the original comes out as it is"),
        "at byte %zu the picture is not built as a JPEG is, so that its "
        "metadata cannot be taken out safely",
        j->at);
}

static void
put_segment(struct jpeg *j, unsigned marker, const void *p, size_t n)
{
    vlt_buf_put_u8(j->out, 0xff);
    vlt_buf_put_u8(j->out, (uint8_t)marker);
    vlt_buf_put_u16(j->out, (uint16_t)(n + 2));
    vlt_buf_put(j->out, p, n);
}

static bool
begins(const uint8_t *p, size_t n, const char *with, size_t len)
{
    return n >= len && memcmp(p, with, len) == 0;
}
#define BEGINS(p, n, literal) begins(p, n, literal, sizeof(literal) - 1)

static bool
holds(const uint8_t *p, size_t n, const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i + len <= n; i++) {
        if (p[i] == (uint8_t)word[0] && memcmp(p + i, word, len) == 0)
            return true;
    }
    return false;
}

/* ---- segments of programs ---- */

static void
take_exif(struct jpeg *j, const uint8_t *p, size_t n)
{
    struct exif_facts facts;
    uint8_t turned[6 + EXIF_TURNED] = {'E', 'x', 'i', 'f', 0, 0};

    exif_look(p + 6, n - 6, &facts);
    strip_note(j->notes, N_("Exif: camera, times, settings"), n + 4);
    if (facts.place > 0)
        strip_note(j->notes, N_("in Exif: the place where it was taken (GPS)"),
            facts.place);
    if (facts.thumbnail > 0)
        strip_note(j->notes,
            N_("in Exif: a small picture, perhaps of an earlier state"),
            facts.thumbnail);
    if (j->exif || j->embedded || facts.orientation == 1)
        return;
    j->exif = true;
    j->turned = facts.orientation;
    exif_turned(turned + 6, facts.orientation);
    put_segment(j, APP0 + 1, turned, sizeof turned);
}

static void
take_xmp(struct jpeg *j, const uint8_t *p, size_t n)
{
    strip_note(j->notes, N_("XMP: description, programs, history"), n + 4);
    if (holds(p, n, "GPSLatitude") || holds(p, n, "GPSLongitude"))
        strip_note(j->notes, N_("in XMP: the place where it was taken (GPS)"),
            0);
}

static void
take_jfif(struct jpeg *j, const uint8_t *p, size_t n)
{
    uint8_t plain[14];

    if (n < sizeof plain || j->jfif) {
        strip_note(j->notes, N_("other data of programs"), n + 4);
        return;
    }
    j->jfif = true;
    memcpy(plain, p, sizeof plain);
    plain[12] = plain[13] = 0;
    put_segment(j, APP0, plain, sizeof plain);
    if (n > sizeof plain)
        strip_note(j->notes, N_("JFIF: a small picture"), n - sizeof plain);
}

static void
take_adobe(struct jpeg *j, const uint8_t *p, size_t n)
{
    uint8_t plain[12] = {'A', 'd', 'o', 'b', 'e', 0, 100};

    if (n < sizeof plain) {
        strip_note(j->notes, N_("other data of programs"), n + 4);
        return;
    }
    plain[11] = p[11]; /* how colours were turned */
    put_segment(j, APP0 + 14, plain, sizeof plain);
    if (n > sizeof plain)
        strip_note(j->notes, N_("other data of programs"), n - sizeof plain);
}

static void
put_icc(struct jpeg *j)
{
    struct vlt_buf clean;

    vlt_buf_init(&clean, ICC_MAX);
    if (!icc_clean(j->icc.p, j->icc.len, &clean)) {
        strip_note(j->notes,
            N_("the colour profile; colours may look different"), j->icc.len);
        vlt_buf_clear(&clean);
        return;
    }
    if (clean.len != j->icc.len || memcmp(clean.p, j->icc.p, clean.len) != 0)
        strip_note(j->notes,
            N_("in the colour profile: names, dates, makers, serial numbers"),
            j->icc.len > clean.len ? j->icc.len - clean.len : 0);
    for (size_t at = 0, i = 1; at < clean.len; i++) {
        size_t k = clean.len - at < ICC_CHUNK ? clean.len - at : ICC_CHUNK;
        uint8_t head[14] = "ICC_PROFILE";

        head[12] = (uint8_t)i;
        head[13] = (uint8_t)((clean.len + ICC_CHUNK - 1) / ICC_CHUNK);
        vlt_buf_put_u8(j->out, 0xff);
        vlt_buf_put_u8(j->out, APP0 + 2);
        vlt_buf_put_u16(j->out, (uint16_t)(k + 16));
        vlt_buf_put(j->out, head, sizeof head);
        vlt_buf_put(j->out, clean.p + at, k);
        at += k;
    }
    vlt_buf_clear(&clean);
}

/* Pieces come in their order; written when the last is there. */
static void
take_icc(struct jpeg *j, const uint8_t *p, size_t n)
{
    if (n < 14 || j->embedded || j->scans > 0 || p[12] != j->icc_seen + 1 ||
        p[13] < p[12]) {
        strip_note(j->notes,
            N_("the colour profile; colours may look different"), n + 4);
        return;
    }
    vlt_buf_put(&j->icc, p + 14, n - 14);
    j->icc_seen++;
    if (p[12] == p[13])
        put_icc(j);
}

static void
take_app(struct jpeg *j, unsigned app, const uint8_t *p, size_t n)
{
    const char *what = N_("other data of programs");

    if (app == 0 && BEGINS(p, n, "JFIF\0")) {
        take_jfif(j, p, n);
        return;
    }
    if (app == 1 && BEGINS(p, n, "Exif\0")) {
        if (n >= 6)
            take_exif(j, p, n);
        else
            strip_note(j->notes, what, n + 4);
        return;
    }
    if (app == 1 && BEGINS(p, n, "http://ns.adobe.com/x")) {
        take_xmp(j, p, n);
        return;
    }
    if (app == 2 && BEGINS(p, n, "ICC_PROFILE\0")) {
        take_icc(j, p, n);
        return;
    }
    if (app == 14 && BEGINS(p, n, "Adobe")) {
        take_adobe(j, p, n);
        return;
    }
    if (app == 0 && BEGINS(p, n, "JFXX\0"))
        what = N_("JFIF: a small picture");
    else if (app == 13 && BEGINS(p, n, "Photoshop 3.0\0"))
        what = N_("Photoshop and IPTC: captions, names, places");
    else if (app == 2 && BEGINS(p, n, "MPF\0"))
        what = N_("the table of further pictures (MPF)");
    strip_note(j->notes, what, n + 4);
}

/* ---- segments of the picture ---- */

static bool
sound_dqt(const uint8_t *p, size_t n)
{
    size_t at = 0;

    while (at < n)
        at += 1 + (p[at] >> 4 == 0 ? 64u : 128u);
    return at == n && n > 0;
}

static bool
sound_dht(const uint8_t *p, size_t n)
{
    size_t at = 0;

    while (at + 17 <= n) {
        size_t codes = 0;

        for (size_t i = 1; i <= 16; i++)
            codes += p[at + i];
        if (codes > 256)
            return false;
        at += 17 + codes;
    }
    return at == n && n > 0;
}

static bool
is_frame(unsigned marker)
{
    return (marker >= 0xc0 && marker <= 0xc3) ||
        (marker >= 0xc9 && marker <= 0xcb);
}

/* Whether a segment of the picture has exactly the bytes it needs. */
static bool
sound(struct jpeg *j, unsigned marker, const uint8_t *p, size_t n)
{
    if (is_frame(marker))
        return j->frames++ == 0 && n >= 9 && n == 6 + 3u * p[5];
    switch (marker) {
    case SOS:
        j->scans++;
        return j->frames == 1 && n >= 6 && n == 4 + 2u * p[0];
    case DQT:
        return sound_dqt(p, n);
    case DHT:
        return sound_dht(p, n);
    case DAC:
        return n > 0 && n % 2 == 0 && n <= 64;
    case DRI:
        return n == 2;
    case DNL:
        return n == 2 && j->scans > 0;
    default:
        return false; /* hierarchical, lossless-S, extensions, reserved */
    }
}

/* Everything up to the next marker that is no restart. */
static void
copy_scan(struct jpeg *j)
{
    size_t from = j->at;

    while (j->at + 1 < j->n) {
        const uint8_t *ff = memchr(j->p + j->at, 0xff, j->n - 1 - j->at);

        j->at = ff == NULL ? j->n - 1 : (size_t)(ff - j->p);
        if (ff == NULL || (ff[1] != 0 && (ff[1] < RST0 || ff[1] > RST7)))
            break;
        j->at += 2;
    }
    vlt_buf_put(j->out, j->p + from, j->at - from);
}

/* The next marker; 0 when there is none. */
static unsigned
next_marker(struct jpeg *j)
{
    if (j->at >= j->n || j->p[j->at] != 0xff)
        return 0;
    while (j->at < j->n && j->p[j->at] == 0xff)
        j->at++;
    return j->at < j->n ? j->p[j->at++] : 0;
}

VAULT_CHECKED static enum vault_status
take_segment(struct jpeg *j, unsigned marker, struct vault_error *err)
{
    const uint8_t *p;
    size_t n;

    if (j->n - j->at < 2)
        return bad(j, err);
    n = (size_t)j->p[j->at] << 8 | j->p[j->at + 1];
    if (n < 2 || n > j->n - j->at)
        return bad(j, err);
    p = j->p + j->at + 2;
    n -= 2;
    if (marker >= APP0 && marker <= APP0 + 15)
        take_app(j, marker - APP0, p, n);
    else if (marker == COM)
        strip_note(j->notes, N_("comments"), n + 4);
    else if (sound(j, marker, p, n))
        put_segment(j, marker, p, n);
    else
        return bad(j, err);
    j->at += 2 + n;
    if (marker == SOS)
        copy_scan(j);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
take_all(struct jpeg *j, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    unsigned marker;

    if (!BEGINS(j->p, j->n, "\xff\xd8"))
        return bad(j, err);
    vlt_buf_put(j->out, j->p, 2);
    j->at = 2;
    while (st == VAULT_OK && (marker = next_marker(j)) != EOI) {
        if (marker < 0xc0 || (marker >= RST0 && marker <= EOI))
            return bad(j, err);
        st = take_segment(j, marker, err);
    }
    if (st == VAULT_OK && j->scans == 0)
        return bad(j, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_put(j->out, "\xff\xd9", 2);
    if (j->at < j->n)
        strip_note(j->notes,
            N_("after the end of the picture: a film, more pictures or other "
               "data"),
            j->n - j->at);
    return vlt_buf_end(j->out, "copy", err);
}

enum vault_status
strip_jpeg(const uint8_t *p, size_t n, bool embedded, struct vlt_buf *out,
    struct strip_notes *notes, struct vault_error *err)
{
    struct jpeg j = {.p = p,
        .n = n,
        .embedded = embedded,
        .out = out,
        .notes = notes};
    enum vault_status st;

    vlt_buf_init(&j.icc, ICC_MAX);
    st = take_all(&j, err);
    vlt_buf_clear(&j.icc);
    return st;
}
