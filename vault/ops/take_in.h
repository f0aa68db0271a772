/* SPDX-License-Identifier: Apache-2.0 */
/* take_in.h: the parts of taking a capture file into its vault */
#ifndef VLT_TAKE_IN_H
#define VLT_TAKE_IN_H

#include "action.h"

/* One session of the capture file. */
struct vlt_taken_session {
    struct vlt_session s;
    struct vlt_own_log log; /* n in the file, origin, log key, newest state */
    struct vlt_buf note;
    bool known; /* in the vault, with all of it */
};
struct vlt_taking {
    struct vault *v;
    struct vault *c;
    bool admit;
    size_t n;
    struct vlt_taken_session *at; /* ascending by number */
    bool running;                 /* the last of them has not ended */
    bool has_drawn;               /* the next one is drawn */
    struct vlt_session drawn;
    struct vlt_buf drawn_note;
    struct vault_taken out;
};

/* Read the file's sessions, each with its signed state, one device's, one
 * after the other, and nothing planted.   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_take_load(struct vlt_taking *t,
    struct vault_error *err);
void vlt_take_clear(struct vlt_taking *t);
/*
 * Hold them against what the vault knows of the device; sets `known`.
 * *admit: the first unknown session (or the drawn one) is to be admitted by
 * a device note of its own.
 *   VAULT_E_POLICY    a device that the vault does not know
 *   VAULT_E_TAMPERED  an older copy, another history, or a gap
 */
VAULT_CHECKED enum vault_status vlt_take_compare(struct vlt_taking *t,
    bool *admit, struct vault_error *err);
/* Store a device note for the one that begins with `first`. */
VAULT_CHECKED enum vault_status vlt_take_admit(struct vault *v,
    const struct vlt_session *first, struct vault_error *err);
/* Within an action of t->v and a snapshot of t->c: log, leaves, records. */
VAULT_CHECKED enum vault_status vlt_take_session(struct vlt_taking *t,
    const struct vlt_taken_session *s, struct vault_error *err);

#endif
