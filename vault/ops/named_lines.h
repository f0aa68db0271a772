/* SPDX-License-Identifier: Apache-2.0 */
/* named_lines.h: what lines of one kind name by its hash, and whether it is here */
#ifndef VLT_NAMED_LINES_H
#define VLT_NAMED_LINES_H

#include "handle.h"

/*
 * For lines `revoke` and `join`. Counting notes and lines is not enough: whoever
 * has the file can take one note away and put another in twice.
 */
struct vlt_named_line {
    uint8_t text_hash[32]; /* the subject */
    bool met;              /* that text is here */
};
struct vlt_named_lines {
    size_t n;
    struct vlt_named_line *at; /* ascending */
};

/* Of this kind, of all logs. Needs a transaction; *out is to be cleared.
 *   VAULT_E_LIMIT  more than this program takes */
VAULT_CHECKED enum vault_status vlt_named_lines_load(struct vlt_store *s,
    const char *kind, struct vlt_named_lines *out, struct vault_error *err);
/* One by one, before vlt_named_lines_sort, which keeps each once; ctx is the
 * struct vlt_named_lines. */
VAULT_CHECKED enum vault_status vlt_named_lines_add(void *ctx,
    const uint8_t subject[32], struct vault_error *err);
void vlt_named_lines_sort(struct vlt_named_lines *l);
void vlt_named_lines_clear(struct vlt_named_lines *l);
/* A text with this hash is here: marks its line; false: no line names it. */
bool vlt_named_lines_meet(struct vlt_named_lines *l,
    const uint8_t text_hash[32]);
/* The same, and nothing is marked. */
bool vlt_named_lines_has(const struct vlt_named_lines *l,
    const uint8_t text_hash[32]);
/* Lines whose text was not met. */
size_t vlt_named_lines_missing(const struct vlt_named_lines *l);

#endif
