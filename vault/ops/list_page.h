/* SPDX-License-Identifier: Apache-2.0 */
/* list_page.h: a page of records, opened and not shown yet */
#ifndef VLT_LIST_PAGE_H
#define VLT_LIST_PAGE_H

#include "handle.h"
#include "sealed_away.h"

/*
 * Records are opened inside a read transaction, a page at a time, and shown
 * after it has ended, so that nobody waits for whoever looks at the list.
 * They come in the order of their rows: through the catalogue, which proposes,
 * or, where there is none that covers all, by walking the table.
 */
enum { VLT_LIST_PAGE = 64 };

/* What one row came to. */
struct vlt_shown {
    struct vault_record *record; /* NULL: `why` says what is wrong */
    uint8_t id[16];
    uint32_t version;
    struct vault_error why;
    struct vlt_away *away; /* why not: others can; a list tells it so */
};
struct vlt_page;

/* Before the first row that `o` asks for. match: what the catalogue is asked,
 * NULL for all; it must outlive the page. */
VAULT_CHECKED enum vault_status vlt_page_new(struct vault *v,
    const struct vault_list_options *o, const char *match,
    struct vlt_page **out, struct vault_error *err);
void vlt_page_free(struct vlt_page *p);

/*
 * Drop what it holds and open the records that follow, about `want` of them,
 * VLT_LIST_PAGE at most. Needs no transaction, and leaves none. Trouble of one
 * record is in its `why`; what fails here stops the whole walk.
 */
VAULT_CHECKED enum vault_status vlt_page_load(struct vlt_page *p, size_t want,
    struct vault_error *err);
/* What was opened; lent until the page is loaded again or freed. */
const struct vlt_shown *vlt_page_shown(const struct vlt_page *p, size_t *n);
/* Whether there may be more behind it. */
bool vlt_page_goes_on(const struct vlt_page *p);

#endif
