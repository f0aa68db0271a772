/* SPDX-License-Identifier: Apache-2.0 */
/* verify_stamp.h: time evidence beside the states of the logs in a container */
#ifndef VLT_VERIFY_STAMP_H
#define VLT_VERIFY_STAMP_H

#include "bundle_read.h"
#include "verify.h"

/* Of a vault or an audit pack: a part, behind the logs. */
VAULT_CHECKED enum vault_status vlt_verify_stamps(struct vlt_verify *v,
    struct vault_error *err);
/* Of a bundle whose logs were judged. */
VAULT_CHECKED enum vault_status vlt_verify_bundle_stamps(struct vlt_verify *v,
    struct vlt_bundle *b, struct vault_error *err);

/* Of any container: what is said of a log's state by whoever judged the log. */
struct vlt_stamped {
    bool holds;     /* its key is known, it signed this very state */
    uint64_t lines; /* of the log, as far as it is here */
};
struct vlt_stamp_judge {
    struct vlt_store *s;
    /* The state at `size` of the log in row n, whose checkpoint text has this
     * hash. */
    void (*state)(void *ctx, uint64_t n, uint64_t size, const uint8_t hash[32],
        struct vlt_stamped *out);
    void *ctx;
    bool lines; /* a line `stamp` must name each, else it is not told as held */
};
VAULT_CHECKED enum vault_status vlt_verify_stamps_by(struct vlt_verify *v,
    const struct vlt_stamp_judge *j, struct vault_error *err);

#endif
