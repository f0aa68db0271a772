/* SPDX-License-Identifier: Apache-2.0 */
/* export_strip.c: an original on its way out, as it is or without metadata */
#include "export_plan.h"

#include "fail.h"
#include "os.h"
#include "strip.h"

#include <string.h>

struct going {
    struct export *e;
    struct vault_record *r;
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *ctx;
    bool tell;
};

static enum vault_status
take(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    const struct going *g = ctx;
    const struct export_options *o = &g->e->opt;

    if (vlt_os_interrupted())
        return vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    if (g->tell && o->progress != NULL &&
        o->progress(o->ctx, n, vault_record_entry(g->r)->name) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return g->put(g->ctx, p, n, err);
}

static int
tell(void *ctx, const char *what, uint64_t bytes)
{
    const struct going *g = ctx;
    struct export *e = g->e;

    if (e->removed_len < EXPORT_REMOVED) {
        e->removed[e->removed_len].what = what;
        e->removed[e->removed_len++].bytes = bytes;
    }
    if (g->tell && g->e->opt.removed != NULL)
        g->e->opt.removed(g->e->opt.ctx, vault_record_entry(g->r)->id, what,
            bytes);
    return 0;
}

enum vault_status
export_original(struct export *e, struct vault_record *r,
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, bool tell_it, struct vault_error *err)
{
    struct going g = {e, r, put, ctx, tell_it};
    struct strip_out out = {take, &g};

    e->removed_len = 0;
    if (!e->opt.strip)
        return vault_record_read(r, take, &g, err);
    return strip_record(r, &out, tell, &g, NULL, err);
}

/* ---- the first bytes ---- */

struct head {
    uint8_t at[1024];
    size_t n;
    bool enough;
};

static enum vault_status
take_head(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct head *h = ctx;
    size_t room = sizeof h->at - h->n;

    n = n < room ? n : room;
    memcpy(h->at + h->n, p, n);
    h->n += n;
    h->enough = h->n == sizeof h->at;
    return h->enough ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
                     : VAULT_OK;
}

enum vault_status
export_can_strip(struct vault_record *r, bool *can, struct vault_error *err)
{
    struct head h = {{0}, 0, false};
    enum vault_status st = vault_record_read(r, take_head, &h, err);

    if (st == VAULT_E_CANCELLED && h.enough) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st == VAULT_OK)
        *can = strip_kind(h.at, h.n) != STRIP_NONE;
    return st;
}
