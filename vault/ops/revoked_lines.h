/* SPDX-License-Identifier: Apache-2.0 */
/* revoked_lines.h: the revocations that the log names, each by its hash */
#ifndef VLT_REVOKED_LINES_H
#define VLT_REVOKED_LINES_H

#include "handle.h"

/*
 * Counting notes and lines is not enough: whoever has the file can take one
 * note away and put another in twice.
 */
struct vlt_revoked_line {
    uint8_t text_hash[32];
    bool met; /* its note is here */
};
struct vlt_revoked_lines {
    size_t n;
    struct vlt_revoked_line *at; /* ascending */
};

/* Of all logs. Needs a transaction; *out is to be cleared.
 *   VAULT_E_LIMIT  more than this program takes */
VAULT_CHECKED enum vault_status vlt_revoked_lines_load(struct vlt_store *s,
    struct vlt_revoked_lines *out, struct vault_error *err);
void vlt_revoked_lines_clear(struct vlt_revoked_lines *l);
/* A note with this text is here: marks its line; false: no line names it. */
bool vlt_revoked_lines_meet(struct vlt_revoked_lines *l,
    const uint8_t text_hash[32]);
/* Lines whose note was not met. */
size_t vlt_revoked_lines_missing(const struct vlt_revoked_lines *l);

#endif
