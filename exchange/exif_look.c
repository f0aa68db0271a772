/* SPDX-License-Identifier: Apache-2.0 */
/* exif_look.c: the few facts of Exif data that have to be told or kept */
#include "exif_look.h"

#include <stdbool.h>
#include <string.h>

/* Tags of TIFF 6.0 and Exif 2.32. */
enum {
    TAG_ORIENTATION = 0x0112,
    TAG_PLACE = 0x8825,
    TAG_THUMBNAIL_BYTES = 0x0202,
    TYPE_SHORT = 3,
    ENTRY = 12
};

struct tiff {
    const uint8_t *p;
    size_t n;
    bool little;
};

/* `width` bytes at `at`; zero outside. */
static uint32_t
number(const struct tiff *t, size_t at, size_t width)
{
    uint32_t v = 0;

    if (width > t->n || at > t->n - width)
        return 0;
    for (size_t i = 0; i < width; i++)
        v = v << 8 | t->p[at + (t->little ? width - 1 - i : i)];
    return v;
}

/* Where the entry of this tag stands in the table at `ifd`; 0: nowhere. */
static size_t
entry_of(const struct tiff *t, size_t ifd, unsigned tag)
{
    uint32_t entries = ifd == 0 ? 0 : number(t, ifd, 2);

    for (uint32_t i = 0; i < entries; i++) {
        size_t at = ifd + 2 + (size_t)i * ENTRY;

        if (at + ENTRY > t->n)
            return 0;
        if (number(t, at, 2) == tag)
            return at;
    }
    return 0;
}

static void
look_in(const struct tiff *t, struct exif_facts *out)
{
    size_t first = number(t, 4, 4);
    size_t next = first + 2 + (size_t)number(t, first, 2) * ENTRY;
    size_t turned = entry_of(t, first, TAG_ORIENTATION);
    size_t place = entry_of(t, first, TAG_PLACE);
    size_t small = entry_of(t, number(t, next, 4), TAG_THUMBNAIL_BYTES);
    unsigned v = turned == 0 ? 0 : number(t, turned + 8, 2);

    if (v >= 1 && v <= 8 && number(t, turned + 2, 2) == TYPE_SHORT)
        out->orientation = v;
    if (place != 0)
        out->place = 2 + ENTRY * number(t, number(t, place + 8, 4), 2);
    if (small != 0)
        out->thumbnail = number(t, small + 8, 4);
}

void
exif_look(const uint8_t *p, size_t n, struct exif_facts *out)
{
    struct tiff t = {p, n, false};

    *out = (struct exif_facts){1, 0, 0};
    if (n < 8)
        return;
    t.little = p[0] == 'I';
    if ((memcmp(p, "II*\0", 4) == 0 || memcmp(p, "MM\0*", 4) == 0))
        look_in(&t, out);
}

void
exif_turned(uint8_t out[EXIF_TURNED], unsigned orientation)
{
    static const uint8_t tiff[EXIF_TURNED] = {'M', 'M', 0, '*', 0, 0, 0, 8, 0,
        1, TAG_ORIENTATION >> 8, TAG_ORIENTATION & 0xff, 0, TYPE_SHORT, 0, 0, 0,
        1, 0, 0, 0, 0, 0, 0, 0, 0};

    memcpy(out, tiff, EXIF_TURNED);
    out[19] = (uint8_t)orientation;
}
