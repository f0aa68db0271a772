/* SPDX-License-Identifier: Apache-2.0 */
/* verify_quick.h: one pass that shows that every record and line fit */
#ifndef VLT_VERIFY_QUICK_H
#define VLT_VERIFY_QUICK_H

#include "verify_walk.h"

/*
 * Almost always there is nothing to tell of records but how many there are.
 * Then it is enough to see that the lines and the rows say the same, as two
 * sums in any order (tally.h), instead of looking for each line of each row
 * and each row of each line. What needs a closer look (ids with a withdrawal,
 * with two rows of one version, with an event that is gone) gets the same
 * questions as ever. Where anything is not as it should be this says only that:
 * the walk of verify_records.c then says what, in the order of the rows.
 *
 * Leaves are seen as the log is walked; rows afterwards, in several threads.
 * Not for a walk over a part.
 */
struct vlt_quick;

VAULT_CHECKED enum vault_status vlt_quick_new(struct vlt_verify *v,
    struct vlt_quick **out, struct vault_error *err);
void vlt_quick_free(struct vlt_quick *q);

/* The leaves of which log come next. */
void vlt_quick_log(struct vlt_quick *q, bool session);
/* For vlt_log_walk.leaf; ctx is the struct vlt_quick. */
VAULT_CHECKED enum vault_status vlt_quick_leaf(void *ctx,
    const struct vlt_leaf_row *r, struct vault_error *err);
/* A log was not walked to its end. */
void vlt_quick_no_log(struct vlt_quick *q);

/*
 * Within the read transaction, after all logs. *plain: everything that
 * vlt_walk_record and vlt_walk_line ask holds of every row and line, `sum` is
 * what they would have counted, and no line of the table leaf, no wrap and no
 * record is there but what was seen.
 */
VAULT_CHECKED enum vault_status vlt_quick_records(struct vlt_quick *q,
    struct vlt_record_walk *sum, bool *plain, struct vault_error *err);
/* After that: it was plain. */
bool vlt_quick_plain(const struct vlt_quick *q);
/* And no version of a record has two rows. */
bool vlt_quick_all_single(const struct vlt_quick *q);
/*
 * The row number up to which, from `after`, no row has a sealed body or could
 * be taken to have one; `after` itself when the next one may.
 */
uint64_t vlt_quick_no_bodies(const struct vlt_quick *q, uint64_t after);

#endif
