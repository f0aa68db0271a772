/* SPDX-License-Identifier: Apache-2.0 */
/* import_batch.c: batches, and telling what is in for good */
#include "import_batch.h"

#include "fail.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_MS = 2000, ORDINALS_MAX = 16 * 1024 * 1024 };

/* ---- which records a pass is about ---- */

enum vault_status
import_note_ordinal(struct ordinals *o, uint64_t ordinal,
    struct vault_error *err)
{
    if (o->n > 0 && o->v[o->n - 1] == ordinal)
        return VAULT_OK;
    if (o->n == ORDINALS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "more than %d records with links to later ones", ORDINALS_MAX);
    if ((o->n & (o->n - 1)) == 0) {
        uint64_t *all = realloc(o->v, (o->n == 0 ? 1 : 2 * o->n) * sizeof *all);

        if (all == NULL)
            return vlt_fail_memory(err);
        o->v = all;
    }
    o->v[o->n++] = ordinal;
    return VAULT_OK;
}

/* Whether one of the next n is in it; those behind us are passed over. */
static bool
is_next(struct ordinals *o, uint64_t from, uint64_t n)
{
    while (o->at < o->n && o->v[o->at] < from)
        o->at++;
    return o->at < o->n && o->v[o->at] - from < n;
}

bool
import_concerns(struct import *im, uint64_t n)
{
    if (im->pass == 1)
        return true;
    return is_next(im->pass == 2 ? &im->deferred : &im->pending, im->ordinal,
        n);
}

bool
import_wants(struct import *im, uint64_t n)
{
    if (import_concerns(im, n))
        return true;
    im->ordinal += n;
    return false;
}

/* ---- telling ---- */

enum vault_status
import_say(struct import *im, const struct import_told *t,
    struct vault_error *err)
{
    struct import_counts *c = im->counts;
    uint64_t *const count[] = {&c->added, &c->amended, &c->linked, &c->same,
        &c->changed, &c->unlinked, &c->passed, &c->failed};

    ++*count[t->what];
    if (t->what == IMPORT_ADDED || t->what == IMPORT_AMENDED)
        c->bytes += t->bytes;
    if (t->why != NULL && t->why->code == VAULT_E_TAMPERED)
        c->tampered = true;
    if (im->r->tell(im->r->ctx, t) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

enum vault_status
import_tell(struct import *im, const struct import_told *t,
    struct vault_error *err)
{
    return im->pass == 1 ? import_say(im, t, err) : VAULT_OK;
}

enum vault_status
import_failed(struct import *im, const struct import_told *t,
    struct vault_error *err)
{
    im->ordinal++;
    return import_tell(im, t, err);
}

enum vault_status
import_step(struct import *im, uint64_t done, uint64_t total, const char *name,
    struct vault_error *err)
{
    if (im->r->progress != NULL &&
        im->r->progress(im->r->ctx, done, total, name) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    return VAULT_OK;
}

/* ---- batches ---- */

static void
forget_waiting(struct import *im)
{
    for (size_t i = 0; i < im->waiting_len; i++)
        free(im->waiting[i].path);
    im->waiting_len = 0;
    im->waiting_bytes = 0;
}

void
import_sink_clear(struct import *im)
{
    if (im->in_batch)
        vault_batch_abort(im->r->vault);
    im->in_batch = false;
    forget_waiting(im);
    import_queue_clear(im);
    recall_clear(&im->recall);
    free(im->deferred.v);
    free(im->pending.v);
    im->deferred = (struct ordinals){NULL, 0, 0};
    im->pending = (struct ordinals){NULL, 0, 0};
}

/* These are in the vault for good. */
VAULT_CHECKED static enum vault_status
settle(struct import *im, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < im->waiting_len; i++) {
        enum vault_status one = import_say(im, &im->waiting[i].told, err);

        st = st == VAULT_OK ? one : st;
    }
    forget_waiting(im);
    return st;
}

enum vault_status
import_end_batch(struct import *im, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (im->in_batch) {
        im->in_batch = false;
        st = vault_batch_end(im->r->vault, err);
    }
    if (st != VAULT_OK) {
        forget_waiting(im);
        return st;
    }
    return settle(im, err);
}

enum vault_status
import_begin_batch(struct import *im, struct vault_error *err)
{
    enum vault_status st;

    if (im->in_batch)
        return VAULT_OK;
    st = vault_batch_begin(im->r->vault, err);
    im->in_batch = st == VAULT_OK;
    im->began_ms = vlt_os_ticks_ms();
    return st;
}

static bool
is_full(const struct import *im)
{
    return !im->in_batch || im->waiting_len == IMPORT_BATCH ||
        im->waiting_bytes >= IMPORT_BATCH_BYTES ||
        vlt_os_ticks_ms() - im->began_ms >= BATCH_MS;
}

struct import_told
import_told_of(const struct import_item *item, enum import_what what)
{
    return (struct import_told){.what = what,
        .path = item->place,
        .row = item->row,
        .line = item->line,
        .type = item->type};
}

/* It is sealed; to be told when the batch has ended. */
enum vault_status
import_wait(struct import *im, const struct import_item *item,
    enum import_what what, const struct vault_sealed *sealed,
    struct vault_error *err)
{
    struct import_waiting *w = &im->waiting[im->waiting_len];

    w->told = import_told_of(item, what);
    w->path = item->place != NULL ? vlt_strdup(item->place) : NULL;
    w->told.path = w->path;
    w->told.has_id = true;
    memcpy(w->told.id, sealed->id, VAULT_ID);
    w->told.version = sealed->version;
    w->told.has_body = sealed->has_body;
    memcpy(w->told.sha256, sealed->sha256, VAULT_HASH);
    w->told.bytes = sealed->bytes;
    w->told.stored = sealed->stored;
    w->told.away = sealed->away;
    im->waiting_len++;
    im->waiting_bytes += sealed->bytes;
    return is_full(im) ? import_end_batch(im, err) : VAULT_OK;
}
