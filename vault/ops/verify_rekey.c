/* SPDX-License-Identifier: Apache-2.0 */
/* verify_rekey.c: the epochs, against the line that tells of new keys */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "epochset.h"
#include "verify.h"

/*
 * A `rekey` line has the hash over all epochs that there were after it. Those
 * that came later are named by no line, but their rows follow: the first k
 * rows, for some k, must give the hash of the newest line of one own log. (Of
 * several machines' logs nobody can say without a secret which is the
 * newest.) Beyond so many rows it is not computed: it is quadratic.
 */
enum { EPOCHS_MAX = 4096 };

static bool
of_some_log(const void *ctx, const uint8_t hash[32])
{
    const struct vlt_verify *v = ctx;
    size_t i;

    for (i = 0; i < v->logs; i++) {
        if (v->log[i].has_rekey && memcmp(v->log[i].rekey, hash, 32) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_verify_rekey(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_epoch_mark *m = NULL;
    bool any = false;
    size_t n = 0;
    size_t i;
    enum vault_status st;

    for (i = 0; i < v->logs; i++)
        any = any || v->log[i].has_rekey;
    if (!any)
        return VAULT_OK;
    st = vlt_epoch_marks(v->s, EPOCHS_MAX, &m, &n, err);
    if (st == VAULT_E_LIMIT) {
        vlt_not_seen(v, "rekey", 1,
            "whether the epochs are those of the last new keys: there are "
            "more than %d",
            (int)EPOCHS_MAX);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    if (vlt_epoch_set_begins(m, n, of_some_log, v))
        vlt_held(v, "rekey", n,
            "the epochs are those that the log names, and what was added "
            "since the last new keys");
    else
        vlt_mismatch(v, "rekey",
            "the epochs are not those that the log names with the last new "
            "keys");
    free(m);
    return VAULT_OK;
}
