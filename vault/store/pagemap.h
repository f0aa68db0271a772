/* SPDX-License-Identifier: Apache-2.0 */
/* pagemap.h: which sealed page of the catalogue is the one written last */
#ifndef VLT_PAGEMAP_H
#define VLT_PAGEMAP_H

#include "secret.h"
#include "store.h"

/*
 * docs/format.md section 8.5. A page of an earlier time opens as well as the
 * one that replaced it: whoever can write to the file could put it back and
 * so hide a record. The map holds 8 bytes of each page's tag; its rows are
 * `page` rows below 0, and row 0 holds the tags of those.
 */
enum {
    VLT_INNER_PAGE = 16384,
    VLT_INNER_RESERVED = 96,
    VLT_INNER_BYTES = VLT_INNER_PAGE - VLT_INNER_RESERVED,
    VLT_INNER_SEALED = VLT_INNER_BYTES + 40,
    VLT_MAP_TAG = 8,
    VLT_MAP_ROW = VLT_INNER_BYTES / VLT_MAP_TAG,
    VLT_MAP_PAGES = VLT_MAP_ROW * VLT_MAP_ROW /* that a map speaks of */
};

struct vlt_pagemap;
/* Borrows outer and ck, which outlive it. NULL without memory. */
struct vlt_pagemap *vlt_pagemap_new(struct vlt_store *outer,
    const struct vlt_cell *ck);
void vlt_pagemap_free(struct vlt_pagemap *m);

/*
 * Read page n (from 1) into plain; *found false when there is none, as it
 * should be.
 *   VAULT_E_TAMPERED  it does not open, is not the last one, or is missing
 */
VAULT_CHECKED enum vault_status vlt_pagemap_read(struct vlt_pagemap *m,
    uint64_t n, uint8_t plain[VLT_INNER_BYTES], bool *found,
    struct vault_error *err);
/* What is written counts after a flush: both, or neither. */
VAULT_CHECKED enum vault_status vlt_pagemap_write(struct vlt_pagemap *m,
    uint64_t n, const uint8_t plain[VLT_INNER_BYTES], struct vault_error *err);
/* Delete the pages after the first `size`. */
VAULT_CHECKED enum vault_status vlt_pagemap_cut(struct vlt_pagemap *m,
    uint64_t size, struct vault_error *err);
/* Write what changed of the map itself. */
VAULT_CHECKED enum vault_status vlt_pagemap_flush(struct vlt_pagemap *m,
    struct vault_error *err);

#endif
