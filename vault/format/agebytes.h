/* SPDX-License-Identifier: Apache-2.0 */
/* agebytes.h: the bytes of an age file, out of its armor if it has one */
#ifndef VLT_AGEBYTES_H
#define VLT_AGEBYTES_H

#include "age.h"

/*
 * Strict PEM (RFC 7468, figure 3, label "AGE ENCRYPTED FILE"): lines of 64
 * columns, the last one may be shorter, LF or CRLF; white space before and
 * after it, 1,024 bytes at most, and nothing else.
 */
enum { VLT_ARMOR_COLUMNS = 64, VLT_ARMOR_BYTES = 48, VLT_ARMOR_SPACE = 1024 };

/* What comes in. {0} with read and ctx set is the start. */
struct vlt_age_bytes {
    vlt_age_source read;
    void *ctx;
    bool begun;
    bool armored;
    bool armor_bad; /* why a call failed */
    bool ended;     /* the source has no more */
    size_t pos;     /* in raw */
    size_t len;
    bool body_ended; /* armor: nothing but the last line comes */
    size_t line_pos; /* in line */
    size_t line_len;
    uint8_t line[VLT_ARMOR_BYTES];
    uint8_t raw[32 * 1024];
};

/*
 * Exactly n bytes, fewer only at the end (*got).
 *   VAULT_E_FORMAT  the armor is malformed
 */
VAULT_CHECKED enum vault_status vlt_age_bytes_read(struct vlt_age_bytes *b,
    void *p, size_t n, size_t *got, struct vault_error *err);

/* What goes out; armored when `armor`. {0} with write and ctx set. */
struct vlt_age_armor {
    vlt_age_sink write;
    void *ctx;
    bool armor;
    bool begun;
    size_t len;
    uint8_t line[VLT_ARMOR_BYTES];
};
VAULT_CHECKED enum vault_status vlt_age_armor_write(struct vlt_age_armor *a,
    const void *p, size_t n, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_age_armor_finish(struct vlt_age_armor *a,
    struct vault_error *err);

#endif
