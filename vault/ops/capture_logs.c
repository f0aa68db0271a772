/* SPDX-License-Identifier: Apache-2.0 */
/* capture_logs.c: the sessions of a capture file, in the shape of own logs */
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "fail.h"

enum { SESSIONS_MAX = 1 << 20 };

struct reading {
    struct vault *c;
    struct vlt_own_logs *out;
};

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct reading *x = ctx;
    struct vlt_own_log *more, *log;
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, r->note, r->note_len, err);

    if (st == VAULT_E_FORMAT || x->out->n >= SESSIONS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "a session of %s was changed",
            x->c->path);
    if (st != VAULT_OK)
        return st;
    more = realloc(x->out->log, (x->out->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    x->out->log = more;
    log = &more[x->out->n];
    memset(log, 0, sizeof *log);
    log->n = r->n;
    log->session = true;
    memcpy(log->device, s.device, sizeof log->device);
    vlt_name_origin(log->origin, x->c->id, s.session);
    st = vlt_session_as_replica(&log->replica, &s, err);
    if (st == VAULT_OK)
        x->out->n++;
    return st;
}

/* Keys and signatures of each; that they go on from one another is what
 * verify says. */
enum vault_status
vlt_capture_logs(struct vault *c, struct vlt_own_logs *out,
    struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    struct reading x = {c, &logs};
    enum vault_status st = vlt_logs(c->store, take_log, &x, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < logs.n; i++)
        st = vlt_own_log_head(c->store, &logs.log[i], err);
    if (st == VAULT_OK)
        *out = logs;
    else
        vlt_own_logs_clear(&logs);
    return st;
}
