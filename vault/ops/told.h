/* SPDX-License-Identifier: Apache-2.0 */
/* told.h: what the lines of verify said of single records */
#ifndef VLT_TOLD_H
#define VLT_TOLD_H

#include <vault/evidence.h>
#include <vault/vault.h>

/*
 * Facts about records come behind all lines, and must say the same. What has no
 * line holds, as verify looks at every record; unless a line failed that names
 * none: then a part of the walk may not have been done, and nothing is said to
 * hold that has no word of its own.
 */
struct vlt_told_record {
    uint8_t id[16];
    uint32_t version;
    bool failed;
    bool untrusted;
    bool waits; /* sound, but not as asked for */
    bool here;  /* a row of it was met */
};
struct vlt_told {
    struct vlt_told_record *record; /* ascending after vlt_told_sort */
    size_t n, room;
    bool loose;  /* a failed line that names no record */
    bool cards;  /* one that speaks of cards */
    bool lost;   /* more lines than are kept, or no memory */
    bool walked; /* the logs were, so that records can be told of */
};
void vlt_told_clear(struct vlt_told *t);
/* One line; t may be NULL. */
void vlt_told_line(struct vlt_told *t, const struct vault_finding *f);
/* One entry for each record version; afterwards it can be found. */
void vlt_told_sort(struct vlt_told *t);
/* NULL: no line spoke of it. */
struct vlt_told_record *vlt_told_find(struct vlt_told *t, const uint8_t id[16],
    uint32_t version);
/* What can be said of a record that a row was met of; r may be NULL. */
enum vault_evidence_state vlt_told_state(const struct vlt_told *t,
    const struct vlt_told_record *r);

#endif
