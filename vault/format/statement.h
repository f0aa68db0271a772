/* SPDX-License-Identifier: Apache-2.0 */
/* statement.h: what the log says of one record version (section 6.5) */
#ifndef VLT_STATEMENT_H
#define VLT_STATEMENT_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"

/*
 * The text is at most 298 bytes. It is rebuilt from a row head and never
 * stored. Version 1 has no predecessor and every later one has.
 */
struct vlt_statement {
    uint8_t origin[16];
    uint8_t record[16];
    uint32_t version; /* from 1 */
    uint8_t content[32];
    uint8_t cipher[32]; /* ct of section 6.4 */
    uint8_t key[32];    /* the record key's commitment */
    bool has_prev;      /* version > 1 */
    uint8_t prev[32];   /* stmt of version - 1 */
};

/*
 * Append the text to out.
 *   VAULT_E_FORMAT  version 0, or has_prev does not fit the version
 */
VAULT_CHECKED enum vault_status vlt_statement_encode(struct vlt_buf *out,
    const struct vlt_statement *s, struct vault_error *err);
/* Only the exact form; VAULT_E_FORMAT for anything else. */
VAULT_CHECKED enum vault_status vlt_statement_decode(struct vlt_statement *out,
    const char *text, size_t len, struct vault_error *err);
/* stmt = H(statement text), also of one that encode would refuse. */
void vlt_statement_hash(uint8_t out[32], const struct vlt_statement *s);

#endif
