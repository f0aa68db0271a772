/* SPDX-License-Identifier: Apache-2.0 */
/* draft_files.h: the files of drafts: their names, replaced without a gap */
#ifndef VLT_DRAFT_FILES_H
#define VLT_DRAFT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * PATH.draft-ID, and PATH.draft-ID.next beside it while a newer state takes
 * its place: complete as soon as it has that name, so it counts when both
 * are there.
 */
struct vlt_draft_names {
    char *path;
    char *next;
};
VAULT_CHECKED enum vault_status vlt_draft_names_make(struct vlt_draft_names
                                                         *out,
    const char *vault, const uint8_t id[16], struct vault_error *err);
void vlt_draft_names_clear(struct vlt_draft_names *n);

/* The file's bytes, of the newer one; *p is the caller's to free.
 *   VAULT_E_NOT_FOUND, VAULT_E_LIMIT, VAULT_E_IO (a link, no regular file) */
VAULT_CHECKED enum vault_status vlt_draft_load(const struct vlt_draft_names *n,
    uint8_t **p, size_t *len, struct vault_error *err);
/* `kept`: there is one already, which is overwritten once the new is safe. */
VAULT_CHECKED enum vault_status vlt_draft_store(const struct vlt_draft_names *n,
    bool kept, const void *p, size_t len, struct vault_error *err);

#endif
