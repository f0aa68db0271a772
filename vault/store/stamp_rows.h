/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_rows.h: time evidence (`attachment`) and the states it belongs to */
#ifndef VLT_STAMP_ROWS_H
#define VLT_STAMP_ROWS_H

#include "bytes.h"
#include "store.h"

enum { VLT_ATTACHMENT_MAX = 1 << 20, VLT_ATTACHMENT_WORD = 32 };

struct vlt_attachment_row {
    uint64_t a;
    uint64_t log;
    uint64_t size;    /* of the checkpoint */
    const char *kind; /* borrowed, as below */
    const uint8_t *b;
    size_t b_len;
};
/* All, ascending by their numbers. */
VAULT_CHECKED enum vault_status vlt_attachments(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_attachment_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_attachment_put(struct vlt_store *s,
    uint64_t log, uint64_t size, const char *kind, const void *b, size_t n,
    struct vault_error *err);
/* A stored checkpoint, by its place; its note is copied into `note`.
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_checkpoint_at(struct vlt_store *s,
    uint64_t log, uint64_t size, struct vlt_buf *note, struct vault_error *err);
/* The origin of a log; out has `size` bytes.   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_log_origin(struct vlt_store *s,
    uint64_t log, char *out, size_t size, struct vault_error *err);

/* What all lines `stamp` name, sorted, each once: read in one walk, as there
 * may be many of both. */
struct vlt_stamp_line {
    uint8_t subject[32];
    bool here; /* for the caller's use */
};
struct vlt_stamp_lines {
    size_t n;
    struct vlt_stamp_line *line;
};
VAULT_CHECKED enum vault_status vlt_stamp_lines_load(struct vlt_store *s,
    struct vlt_stamp_lines *out, struct vault_error *err);
void vlt_stamp_lines_clear(struct vlt_stamp_lines *l);
/* The one that names these bytes; NULL: none. */
struct vlt_stamp_line *vlt_stamp_line_of(const struct vlt_stamp_lines *l,
    const void *b, size_t n);
/* How many attachments no line `stamp` names: a line names one of them. */
VAULT_CHECKED enum vault_status vlt_attachments_unnamed(struct vlt_store *s,
    uint64_t *out, struct vault_error *err);

#endif
