/* SPDX-License-Identifier: Apache-2.0 */
/* history.h: all versions of one record, and which of them is current */
#ifndef VLT_HISTORY_H
#define VLT_HISTORY_H

#include "handle.h"
#include "record_rows.h"

/*
 * docs/format.md section 6.5. A version is one statement; it counts when a
 * `seal` or `take` line in a signed tree names it, and is withdrawn when a
 * `withdraw` line there covers it. What the log names and the table does not
 * hold is VAULT_E_TAMPERED here: otherwise whoever takes the newest version
 * away would have an older one shown as current.
 */
struct vlt_version {
    struct vlt_version_row row;
    bool logged;
    bool withdrawn;
    /* of another vault's record: only its head is here, which tells what a
     * later version follows; or that it follows is not here yet */
    bool head_only;
    bool waits;
    /* another statement stands for this version, and no later one that
     * follows either of them resolves it */
    bool conflict;
    /* the line that sealed or took it, and the one that withdrew it */
    uint64_t seal_log, seal_idx;
    uint64_t gone_log, gone_idx;
};
struct vlt_history {
    size_t n;
    struct vlt_version *v; /* ascending by version, then by statement */
    uint32_t newest;       /* highest version logged and not withdrawn; 0 */
    bool conflict;         /* one that nothing resolves */
    size_t current;        /* index; n when there is none */
    bool planted;          /* a row that no line names */
    bool foreign;          /* another vault's record: see history_foreign.c */
};

/*
 * Needs a transaction on an unlocked handle whose heads are checked. *out is
 * the caller's to clear.
 *   VAULT_E_NOT_FOUND  no such record
 *   VAULT_E_TAMPERED, VAULT_E_LIMIT
 */
VAULT_CHECKED enum vault_status vlt_history_load(struct vault *v,
    const uint8_t id[16], struct vlt_history *out, struct vault_error *err);
void vlt_history_clear(struct vlt_history *h);

/* Only what came from others, whether or not this vault has an own record of
 * that id; the catalogue is asked in the session that changes it.
 *   VAULT_E_NOT_FOUND, VAULT_E_TAMPERED, VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status vlt_history_load_foreign(struct vault *v,
    const uint8_t id[16], struct vlt_history *out, struct vault_error *err);
/* What both end with: conflicts, and which version is current. */
VAULT_CHECKED enum vault_status vlt_history_settle(struct vault *v,
    struct vlt_history *h, struct vault_error *err);

/* The version with this statement; NULL when there is none. */
const struct vlt_version *vlt_history_find(const struct vlt_history *h,
    const uint8_t stmt[32]);
/* Whether v is `of`, or follows it through prev. */
bool vlt_history_follows(const struct vlt_history *h,
    const struct vlt_version *v, const struct vlt_version *of);
/*
 * Which version is meant: `number` (0: the current one), or by its statement
 * when that is not NULL. Only versions that can be read.
 *   VAULT_E_NOT_FOUND  no such version, or withdrawn
 *   VAULT_E_AMBIGUOUS  two statements stand for it
 */
VAULT_CHECKED enum vault_status vlt_history_pick(const struct vlt_history *h,
    uint32_t number, const uint8_t *stmt, const struct vlt_version **out,
    struct vault_error *err);
/* Whether it is among the versions that are shown for this record: the
 * current one, or in a conflict all of the highest number. */
bool vlt_history_shown(const struct vlt_history *h,
    const struct vlt_version *v);

/* Whether a version that stands still needs the segments under this one's
 * row. */
bool vlt_history_body_needed(const struct vlt_history *h,
    const struct vlt_version *owner);
/* Whether sealed bytes of a withdrawn version are still in their tables. */
VAULT_CHECKED enum vault_status vlt_history_leftover(struct vault *v,
    const struct vlt_history *h, const struct vlt_version *x, bool *out,
    struct vault_error *err);

#endif
