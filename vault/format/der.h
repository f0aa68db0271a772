/* SPDX-License-Identifier: Apache-2.0 */
/* der.h: reading DER that others made, one element after the other */
#ifndef VLT_DER_H
#define VLT_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Tags of one byte, definite lengths in their shortest form of at most four
 * bytes; no recursion: who wants what is inside of an element opens a reader
 * over it. A reader that failed stays failed, and gives nothing.
 */
enum {
    VLT_DER_BOOLEAN = 0x01,
    VLT_DER_INTEGER = 0x02,
    VLT_DER_BIT_STRING = 0x03,
    VLT_DER_OCTETS = 0x04,
    VLT_DER_OID = 0x06,
    VLT_DER_UTF8 = 0x0c,
    VLT_DER_GENERALIZED_TIME = 0x18,
    VLT_DER_SEQUENCE = 0x30,
    VLT_DER_SET = 0x31,
    VLT_DER_CONTEXT_0 = 0xa0
};
struct vlt_der {
    const uint8_t *p;
    size_t len;
    size_t pos;
    bool failed;
};
/* An element: tag, content, and the whole of it, all borrowed. */
struct vlt_der_element {
    uint8_t tag;
    const uint8_t *p;
    size_t len;
    const uint8_t *whole;
    size_t whole_len;
};

void vlt_der_init(struct vlt_der *r, const void *p, size_t len);
/* Whether something is left, and begins with this tag. */
bool vlt_der_is(const struct vlt_der *r, uint8_t tag);
bool vlt_der_left(const struct vlt_der *r);
/* The next element, whatever it is. False: there is none; the reader failed,
 * and *out is zeros. */
bool vlt_der_any(struct vlt_der *r, struct vlt_der_element *out);
/* The next one, which must have this tag. */
bool vlt_der_take(struct vlt_der *r, uint8_t tag, struct vlt_der_element *out);
/* The same, and *in reads what it holds. */
bool vlt_der_enter(struct vlt_der *r, uint8_t tag, struct vlt_der *in);
/* What is left is whole elements; passes over them. */
bool vlt_der_rest(struct vlt_der *r);
/* Sound, and nothing is left. */
bool vlt_der_end(const struct vlt_der *r);

/* An INTEGER of 0 to 2^31 - 1 in its shortest form. */
bool vlt_der_small(const struct vlt_der_element *e, uint32_t *out);
/* An OBJECT IDENTIFIER in dots; false when it is malformed or does not fit. */
bool vlt_der_oid_text(const struct vlt_der_element *e, char *out, size_t size);

#endif
