/* SPDX-License-Identifier: Apache-2.0 */
/* statement.h: what the log says of one record version (section 6.5) */
#ifndef VLT_STATEMENT_H
#define VLT_STATEMENT_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"

struct vlt_statement {
    uint8_t origin[16];
    uint8_t record[16];
    uint32_t version;
    uint8_t content[32];
    uint8_t cipher[32];
    uint8_t key[32];
    bool has_prev;
    uint8_t prev[32];
};

VAULT_CHECKED enum vault_status vlt_statement_encode(struct vlt_buf *out,
    const struct vlt_statement *s, struct vault_error *err);
/* Only the exact form. */
VAULT_CHECKED enum vault_status vlt_statement_decode(
    struct vlt_statement *out, const char *text, size_t len,
    struct vault_error *err);
/* stmt = H(statement text). */
void vlt_statement_hash(uint8_t out[32], const struct vlt_statement *s);

#endif
