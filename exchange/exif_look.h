/* SPDX-License-Identifier: Apache-2.0 */
/* exif_look.h: the few facts of Exif data that have to be told or kept */
#ifndef EXCHANGE_EXIF_LOOK_H
#define EXCHANGE_EXIF_LOOK_H

#include <stddef.h>
#include <stdint.h>

struct exif_facts {
    unsigned orientation; /* 1 to 8; 1 when none is said */
    uint32_t place;       /* bytes of the table with the place, 0: none */
    uint32_t thumbnail;   /* bytes of the small picture, 0: none */
};

/* The TIFF structure at p, without "Exif". Never fails: what cannot be read
 * is not there. */
void exif_look(const uint8_t *p, size_t n, struct exif_facts *out);

/* The smallest Exif data that say the orientation, and nothing else. */
enum { EXIF_TURNED = 26 };
void exif_turned(uint8_t out[EXIF_TURNED], unsigned orientation);

#endif
