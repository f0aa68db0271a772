/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h: the machine's clock, and when it is not believed */
#ifndef VLT_CLOCK_H
#define VLT_CLOCK_H

#include "field.h"
#include "handle.h"

/*
 * Nobody signs for the clock of a laptop. What can be known is that it stands
 * before a time which this log has seen already, or where no clock of today
 * can stand; then what is sealed carries a mark (docs/format.md, section 6.2).
 */

/* 2026-01-01: before it this program was not there, and no log of its. */
#define VLT_CLOCK_FLOOR INT64_C(1767225600)

/* A time that is known to have been; later ones count, unless a person says
 * that the clock is right. */
void vlt_clock_saw(struct vault *v, int64_t t);
/* What the newest lines of the vault's own log say; of all its logs when this
 * machine has none yet. Needs a transaction and an unlocked handle. */
void vlt_clock_learn(struct vault *v);

/*
 * NULL, or why `now` is in doubt: "implausible", "behind" (a time the log
 * knows, then in *known), "said" (by a person). Static.
 */
const char *vlt_clock_doubt(const struct vault *v, int64_t now, int64_t *known);
/* Put that word and time under these names, when there is doubt. */
VAULT_CHECKED enum vault_status vlt_clock_mark(const struct vault *v,
    int64_t now, const char *doubt_name, const char *known_name,
    struct vlt_fields *f, struct vault_error *err);

#endif
