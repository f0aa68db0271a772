/* SPDX-License-Identifier: Apache-2.0 */
/* verify_walk.h: judging one log, record or line, for walks over all or a part */
#ifndef VLT_VERIFY_WALK_H
#define VLT_VERIFY_WALK_H

#include "log_rows.h"
#include "record_rows.h"
#include "verify.h"

/* A checkpoint of the log, judged when the walk reaches its size. */
struct vlt_log_point {
    uint64_t size;
    uint8_t root[32];
};

/*
 * One log from line edge.size on. vlt_log_walk_init begins with line 0; whoever
 * has the edge of an earlier walk sets edge.size and edge.at between init and
 * walk. Checkpoints of that size are then compared with the edge, smaller ones
 * are only held against their signature (`passed` counts them); every later
 * one must be reached.
 */
struct vlt_log_walk {
    struct vlt_verify *v;
    struct vlt_seen_log *log;
    struct vlt_edge edge;
    uint64_t from;               /* edge.size at the beginning */
    struct vlt_log_point *point; /* ascending, all of them */
    size_t points;
    size_t next;
    size_t passed;
    uint64_t unknown; /* leaves of kinds this version does not know */
    /* Told of each leaf that was hashed; may be NULL. */
    enum vault_status (*leaf)(void *ctx, const struct vlt_leaf_row *r,
        struct vault_error *err);
    void *ctx;
};
void vlt_log_walk_init(struct vlt_log_walk *w, struct vlt_verify *v,
    struct vlt_seen_log *log);
void vlt_log_walk_clear(struct vlt_log_walk *w);
/*
 * Checkpoints, leaves, stored nodes. VAULT_OK: log->size, ->root and ->sound
 * are set, and nothing was told yet.
 *   VAULT_E_TAMPERED  and the like: what does not hold
 */
VAULT_CHECKED enum vault_status vlt_log_walk(struct vlt_log_walk *w,
    struct vault_error *err);

/* What was counted over records of this vault; `v` is the caller's to set. */
struct vlt_record_walk {
    struct vlt_verify *v;
    uint64_t foreign;
    uint64_t withdrawn;
    uint64_t no_wrap;
    uint64_t own;
};
/*
 * One row of the table record, for vlt_records: logged, once, its predecessor
 * here, metadata unchanged or withdrawn and gone. What does not hold becomes a
 * line. ctx is the struct vlt_record_walk.
 */
VAULT_CHECKED enum vault_status vlt_walk_record(void *ctx,
    const struct vlt_record_row *r, struct vault_error *err);
/* One line, for vlt_leaves: its event text, and the record it names, are here
 * or withdrawn. ctx is the struct vlt_verify. */
VAULT_CHECKED enum vault_status vlt_walk_line(void *ctx,
    const struct vlt_leaf_row *r, struct vault_error *err);

#endif
