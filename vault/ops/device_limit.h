/* SPDX-License-Identifier: Apache-2.0 */
/* device_limit.h: up to which state a revoked device is trusted */
#ifndef VLT_DEVICE_LIMIT_H
#define VLT_DEVICE_LIMIT_H

#include "handle.h"
#include "revoke.h"

/* One revocation of a device, by a card of its vault. */
struct vlt_device_limit {
    uint8_t vault[16];
    uint8_t device[8];
    bool has_last;             /* false: nothing that it signed is trusted */
    struct vlt_base_line last; /* replica: the session */
};
struct vlt_device_limits {
    size_t n;
    struct vlt_device_limit *at;
};

/*
 * Those among the notes `revoke` in clear that `holds` says a card signed.
 * Needs a transaction; *out is to be cleared.
 */
VAULT_CHECKED enum vault_status vlt_device_limits_load(struct vlt_store *s,
    bool (*holds)(const void *ctx, const char *note, size_t len),
    const void *ctx, struct vlt_device_limits *out, struct vault_error *err);
/* Within an action, besides the note in clear: a row among the settings, and
 * the line that covers them. */
VAULT_CHECKED enum vault_status vlt_device_limit_keep(struct vault *v,
    const char *note, struct vault_error *err);
/* By any own card of an unlocked vault; those of the settings, too, from where
 * nobody takes one away unseen. */
VAULT_CHECKED enum vault_status vlt_device_limits_own(struct vault *v,
    struct vlt_device_limits *out, struct vault_error *err);
/* One more. */
VAULT_CHECKED enum vault_status vlt_device_limits_add(struct vlt_device_limits
                                                          *l,
    const struct vlt_revoke *r, struct vault_error *err);
void vlt_device_limits_clear(struct vlt_device_limits *l);
bool vlt_device_limited(const struct vlt_device_limits *l,
    const uint8_t vault[16], const uint8_t device[8]);

/* The number of a session of that device; 0: not known here. */
typedef uint32_t vlt_session_number(const void *ctx, const uint8_t device[8],
    const uint8_t session[8]);
uint32_t vlt_own_session_number(const void *ctx, const uint8_t device[8],
    const uint8_t session[8]); /* of a struct vault's own logs */

/*
 * Lines of this session that were signed up to the last good state of its
 * device: UINT64_MAX of one that is not revoked, or that ended before that
 * state. Sessions follow each other by number; where the session of the last
 * good state is not known, nothing is good. Of several revocations the
 * earliest state counts. That a state within this session is one of its log is
 * to be checked: vlt_device_inside.
 */
uint64_t vlt_device_good(const struct vlt_device_limits *l,
    const uint8_t vault[16], const uint8_t device[8], const uint8_t session[8],
    uint32_t number, vlt_session_number *number_of, const void *ctx);
/* The next revocation, from *at on (0 first), that names a state of this very
 * session; NULL: no more. */
const struct vlt_device_limit *vlt_device_inside(const struct vlt_device_limits
                                                     *l,
    const uint8_t vault[16], const uint8_t device[8], const uint8_t session[8],
    size_t *at);

struct vlt_device_trust {
    uint64_t good; /* lines; UINT64_MAX: all */
    bool other;    /* its revocation names a state that this log never had:
                      then none is good */
};
/* The same with that check, of a log whose lines are in s: its replica says
 * vault, session and number. Needs a transaction. */
VAULT_CHECKED enum vault_status
vlt_device_trusted(const struct vlt_device_limits *l, struct vlt_store *s,
    const struct vlt_own_log *log, vlt_session_number *number_of,
    const void *ctx, struct vlt_device_trust *out, struct vault_error *err);
/* H(checkpoint text) of the first `size` lines of a log. */
VAULT_CHECKED enum vault_status vlt_log_state_hash(struct vlt_store *s,
    const struct vlt_own_log *log, uint64_t size, uint8_t out[32],
    struct vault_error *err);

#endif
