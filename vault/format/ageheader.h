/* SPDX-License-Identifier: Apache-2.0 */
/* ageheader.h: the header of an age file, read and put together */
#ifndef VLT_AGEHEADER_H
#define VLT_AGEHEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

enum { VLT_AGE_KEY = 16, VLT_AGE_BODY = VLT_AGE_KEY + 16, VLT_AGE_MAC = 32 };

enum vlt_age_kind {
    VLT_AGE_FOREIGN, /* of a type we do not know: passed over */
    VLT_AGE_X25519,
    VLT_AGE_SCRYPT,
    VLT_AGE_HYBRID
};

/* A recipient stanza. What it borrows lives as long as the header's bytes. */
struct vlt_age_stanza {
    enum vlt_age_kind kind;
    uint8_t share[1120]; /* X25519: 32; scrypt: the salt, 16; hybrid: enc */
    unsigned work;       /* scrypt; 255 stands for any number above */
    uint8_t body[VLT_AGE_BODY];
};

/*
 * A cursor over a whole header, "age-encryption.org/v1" to the MAC's LF. A
 * stanza of a type we know must be what C2SP age.md asks of it, whoever it is
 * for, so that a file is malformed for everyone or for nobody.
 */
struct vlt_age_header {
    const char *p;
    size_t len;
    size_t pos;
    size_t stanzas; /* passed so far */
    bool scrypt;    /* one of them */
};

bool vlt_age_header_begin(struct vlt_age_header *h, const void *p, size_t n);
/* The next stanza into s; *more false at the MAC line. False: malformed. */
bool vlt_age_header_next(struct vlt_age_header *h, struct vlt_age_stanza *s,
    bool *more);
/* After the last stanza: the MAC, and how many bytes it is over. False when
 * malformed or bytes are left over. */
bool vlt_age_header_mac(const struct vlt_age_header *h,
    uint8_t mac[VLT_AGE_MAC], size_t *covered);

/* Append the version line, a stanza (its kind is not VLT_AGE_FOREIGN), the
 * last line. The MAC is over all that `out` holds then, and "---". */
void vlt_age_header_start(struct vlt_buf *out);
void vlt_age_header_put(struct vlt_buf *out, const struct vlt_age_stanza *s);
void vlt_age_header_end(struct vlt_buf *out, const uint8_t key[VLT_AGE_KEY]);

/* The MAC of n bytes of header under the file key. */
void vlt_age_header_hmac(uint8_t mac[VLT_AGE_MAC],
    const uint8_t key[VLT_AGE_KEY], const void *p, size_t n);

#endif
