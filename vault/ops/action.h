/* SPDX-License-Identifier: Apache-2.0 */
/* action.h: one transaction that makes an action visible, log line included */
#ifndef VLT_ACTION_H
#define VLT_ACTION_H

#include "handle.h"
#include "os.h"
#include "record.h"

/*
 * begin, change rows, add leaves, commit. The checkpoint over all leaves is
 * signed just before COMMIT; the state file follows. On any failure the
 * caller calls vlt_action_abort, after which vault and handle are as before.
 *
 * begin starts a new replica when this machine has none to continue, and
 * joins other own logs that ours does not name yet (docs/format.md,
 * replicas).
 *   VAULT_E_BUSY, VAULT_E_TAMPERED (changed outside this program)
 */
VAULT_CHECKED enum vault_status vlt_action_begin(struct vault *v,
    struct vault_error *err);
/* The same within a write transaction that is open: what was done in it
 * already is part of the action. On failure all of it is rolled back. */
VAULT_CHECKED enum vault_status vlt_action_enter(struct vault *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_action_commit(struct vault *v,
    struct vault_error *err);
void vlt_action_abort(struct vault *v);
/* Write the state file if that failed after the last commit. */
VAULT_CHECKED enum vault_status vlt_action_mend_state(struct vault *v,
    struct vault_error *err);
/* The state as it is now is what an abort goes back to. */
void vlt_action_keep(struct vault *v);

/* Fresh replica id, log key, note and `genesis` leaf, within an action. Only
 * vlt_action_begin and the making of a vault call it. */
VAULT_CHECKED enum vault_status vlt_replica_start(struct vault *v,
    struct vault_error *err);

/*
 * Give back what a process that ended staged and never made a record: once
 * per handle, and only if nothing was added to it since the handle was
 * opened (another process may be at it right now).
 */
VAULT_CHECKED enum vault_status vlt_staging_clear(struct vault *v,
    struct vault_error *err);
/*
 * While it is held, no other process of this machine clears what is staged.
 * A lock of the operating system beside the state file, which ends with the
 * process; NULL without a state folder (--no-state).
 */
VAULT_CHECKED enum vault_status vlt_staging_lock(struct vault *v,
    struct vlt_lock **out, struct vault_error *err);
/* Note what is staged, at opening. Needs a transaction. */
VAULT_CHECKED enum vault_status vlt_staging_mark(struct vault *v,
    struct vault_error *err);

/* What goes into a leaf besides time, tool and actor. */
struct vlt_entry {
    const char *kind;
    const uint8_t *record; /* 16 bytes, or NULL */
    uint32_t version;
    const uint8_t *subject; /* 32 bytes */
    const char *reason;     /* or NULL */
    int64_t gen;            /* field `gen` when >= 0 */
};
/* The wrap's i for the leaf that comes next is v->next_i. */
VAULT_CHECKED enum vault_status vlt_action_leaf(struct vault *v,
    const struct vlt_entry *e, struct vault_error *err);
/* The same with more fields in the event. */
VAULT_CHECKED enum vault_status vlt_action_leaf_with(struct vault *v,
    const struct vlt_entry *e, const struct vlt_fields *more,
    struct vault_error *err);
/* Put slots-gen, slots-mac for the stored slots and the `slots` leaf. */
VAULT_CHECKED enum vault_status vlt_action_slots_changed(struct vault *v,
    uint32_t gen, struct vault_error *err);
/* The same with more fields in the event; NULL: none. */
VAULT_CHECKED enum vault_status vlt_action_slots_changed_with(struct vault *v,
    uint32_t gen, const struct vlt_fields *more, struct vault_error *err);
/* The epoch under which the next wrap and event are sealed (v->epoch, v->e0,
 * v->next_i): continued from the cache, or a new one. */
VAULT_CHECKED enum vault_status vlt_action_epoch(struct vault *v,
    struct vault_error *err);
/* Whether the one being written is still in the file: another program may
 * have made new keys since. If not it is forgotten. */
VAULT_CHECKED enum vault_status vlt_action_epoch_check(struct vault *v,
    struct vault_error *err);
/* A fresh one, whatever there is to go on with. */
VAULT_CHECKED enum vault_status vlt_action_epoch_anew(struct vault *v,
    struct vault_error *err);

/* A record's wrap under that epoch, at the i of the leaf that comes next. */
void vlt_action_wrap(const struct vault *v, uint8_t out[VLT_RECORD_WRAP],
    const struct vlt_record_head *head, const struct vlt_rk *rk);

/*
 * The same for a capture file: the running session is loaded and checked, an
 * old one ended and the drawn one begun when that is due.
 *   VAULT_E_NO_KEY  its session key is gone
 */
VAULT_CHECKED enum vault_status vlt_capture_begin(struct vault *v,
    struct vault_error *err);
/* What the file says of times that were. Needs a transaction. */
void vlt_capture_learn(struct vault *v);
VAULT_CHECKED enum vault_status vlt_capture_epoch(struct vault *v,
    struct vault_error *err);
/* What helps when it was changed. */
#define VLT_CAPTURE_HINT                                                       \
    "sanduq capture admit takes in what holds by itself, puts the file aside " \
    "and makes a new one"
/* Open it whatever card it has: only to take out what is in it. */
VAULT_CHECKED enum vault_status vlt_capture_open_any(const char *path,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err);
/* Within vlt_capture_begin's transaction or a like one: read what runs. */
VAULT_CHECKED enum vault_status vlt_capture_load(struct vault *v, bool *running,
    struct vault_error *err);
/* Its sessions; each newest checkpoint holds. Needs a transaction; *out is to
 * be cleared. */
VAULT_CHECKED enum vault_status vlt_capture_logs(struct vault *c,
    struct vlt_own_logs *out, struct vault_error *err);
/* End the running session, draw and sign the next. */
VAULT_CHECKED enum vault_status vlt_capture_end_session(struct vault *v,
    struct vault_error *err);

#endif
