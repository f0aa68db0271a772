/* SPDX-License-Identifier: Apache-2.0 */
/* verify_new_log.c: lines that came since a saved state, on its right edge */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "verify_new.h"
#include "verify_walk.h"

/* ---- the state ---- */

const struct vlt_checked_log *
vlt_known_log(const struct vlt_verifystate *s, const struct vlt_seen_log *log)
{
    size_t low = 0, high = s->logs;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (s->log[mid].n < log->n)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == s->logs || s->log[low].n != log->n ||
        memcmp(s->log[low].replica, log->replica.replica, 8) != 0 ||
        memcmp(s->log[low].note, log->replica.text_hash, 32) != 0)
        return NULL;
    return &s->log[low];
}

bool
vlt_as_before(const struct vlt_verify *v, const struct vlt_seen_log *log)
{
    const struct vlt_checked_log *was =
        v->fresh == NULL ? NULL : vlt_known_log(v->fresh->was, log);

    return was != NULL && was->size == log->size;
}

void
vlt_checked_edge(struct vlt_edge *e, const struct vlt_checked_log *was)
{
    size_t i = 0;
    unsigned k;

    vlt_edge_init(e);
    if (was == NULL)
        return;
    e->size = was->size;
    for (k = 0; k < VLT_TREE_LEVELS; k++) {
        if (was->size >> k & 1)
            e->at[k] = was->edge[i++];
    }
}

enum vault_status
vlt_new_root_fits(struct vlt_verify *v, const struct vlt_seen_log *log,
    uint64_t size, const uint8_t root[32], struct vault_error *err)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    size_t len = 0;
    enum vault_status st;

    vlt_log_tree_io(&tree, v->s, log->n, false, &io);
    st = vlt_tree_consistency(&io, size, log->size, path, &len, err);
    if (st == VAULT_OK &&
        !vlt_consistency_ok(size, log->size, root, log->root, path, len))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "stored nodes of log %s are not its lines' hashes", log->origin);
    return st;
}

/* ---- one log ---- */

struct lines {
    struct vlt_new *n;
    bool session;
};

/* What the whole look has its own ways for. */
static bool
needs_all(const struct vlt_leaf_row *r)
{
    static const char *const kinds[] = {"card", "revoke", "rekey", "stamp"};
    size_t i;

    for (i = 0; i < VLT_COUNT(kinds); i++) {
        if (strcmp(r->leaf.kind, kinds[i]) == 0)
            return true;
    }
    return false;
}

static enum vault_status
keep_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct lines *l = ctx;
    struct vlt_new *n = l->n;
    struct vlt_new_line *more = n->line;

    if (needs_all(r))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a line to be looked at with all others");
    if (n->lines == VLT_NEW_LINES)
        return vlt_fail(err, VAULT_E_LIMIT, "too many new lines");
    if ((n->lines & (n->lines - 1)) == 0)
        more = realloc(more, (n->lines == 0 ? 1 : 2 * n->lines) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    n->line = more;
    more[n->lines++] = (struct vlt_new_line){r->log, r->idx, l->session,
        r->evct != NULL, r->leaf};
    return VAULT_OK;
}

static void
say_log(const struct vlt_log_walk *w)
{
    const struct vlt_seen_log *log = w->log;

    if (w->from == 0)
        vlt_held(w->v, "log", log->size,
            "log %s, which is new: %" PRIu64
            " lines unchanged since they were signed, %zu checkpoints",
            log->origin, log->size, w->points);
    else if (w->from < log->size)
        vlt_held(w->v, "log", log->size - w->from,
            "log %s: %" PRIu64
            " new lines unchanged since they were signed; they go on from the "
            "%" PRIu64 " that were checked before",
            log->origin, log->size - w->from, w->from);
    else
        vlt_held(w->v, "log", 0,
            "log %s: no new line; its newest checkpoint is of the %" PRIu64
            " that were checked before",
            log->origin, w->from);
}

static enum vault_status
walk_log(struct vlt_new *n, struct vlt_log_walk *w, struct vault_error *err)
{
    bool fit = false;
    enum vault_status st = vlt_log_walk(w, err);

    if (st == VAULT_OK)
        st = vlt_new_nodes_fit(w->v->s, w->log->n, w->log->size, &fit, err);
    if (st == VAULT_OK && !fit)
        st = vlt_fail(err, VAULT_E_TAMPERED, "nodes of no lines");
    if (st != VAULT_OK)
        return st;
    n->old += w->from;
    n->unknown += w->unknown;
    say_log(w);
    return VAULT_OK;
}

static enum vault_status
judge_log(struct vlt_new *n, struct vlt_seen_log *log, struct vault_error *err)
{
    const struct vlt_checked_log *was = vlt_known_log(n->was, log);
    struct lines lines = {n, log->session};
    struct vlt_log_walk w;
    enum vault_status st;

    if (!log->sound)
        return vlt_fail(err, VAULT_E_TAMPERED, "a log's note does not hold");
    vlt_log_walk_init(&w, n->v, log);
    vlt_checked_edge(&w.edge, was);
    w.leaf = keep_line;
    w.ctx = &lines;
    if (was != NULL) {
        memcpy(log->slots, was->slots, 32);
        log->has_slots = was->has_slots;
        memcpy(log->settings, was->settings, 32);
        log->has_settings = was->has_settings;
    }
    st = walk_log(n, &w, err);
    vlt_log_walk_clear(&w);
    return st;
}

static enum vault_status
only_known_logs(struct vlt_new *n, struct vault_error *err)
{
    struct vlt_verify *v = n->v;
    uint64_t *number = calloc(v->logs + 1, sizeof *number);
    bool known = false;
    enum vault_status st;
    size_t i;

    if (number == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < v->logs; i++)
        number[i] = v->log[i].n;
    st = vlt_new_logs_known(v->s, number, v->logs, &known, err);
    if (st == VAULT_OK && !known)
        st = vlt_fail(err, VAULT_E_TAMPERED, "lines of no log");
    free(number);
    return st;
}

/* ---- all ---- */

static int
by_record(const void *a, const void *b)
{
    const struct vlt_new_line *x = a, *y = b;
    int c = (int)x->leaf.has_record - (int)y->leaf.has_record;

    if (c == 0)
        c = memcmp(x->leaf.record, y->leaf.record, 16);
    if (c == 0 && x->log != y->log)
        c = x->log < y->log ? -1 : 1;
    if (c == 0 && x->idx != y->idx)
        c = x->idx < y->idx ? -1 : 1;
    return c;
}

enum vault_status
vlt_new_logs(struct vlt_new *n, struct vault_error *err)
{
    struct vlt_verify *v = n->v;
    enum vault_status st = vlt_logs(v->s, vlt_verify_take_log, v, err);
    size_t i, known = 0;

    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        known += vlt_known_log(n->was, &v->log[i]) != NULL;
        st = judge_log(n, &v->log[i], err);
    }
    if (st == VAULT_OK && known != n->was->logs)
        st = vlt_fail(err, VAULT_E_TAMPERED, "a log is gone");
    if (st == VAULT_OK)
        st = only_known_logs(n, err);
    if (st == VAULT_OK)
        st = vlt_verify_bases(v, err);
    if (n->lines > 0)
        qsort(n->line, n->lines, sizeof *n->line, by_record);
    return st;
}

bool
vlt_new_leaf(const struct vlt_new *n, const char *kind,
    const uint8_t subject[32])
{
    size_t i;

    for (i = 0; i < n->lines; i++) {
        if (strcmp(n->line[i].leaf.kind, kind) == 0 &&
            memcmp(n->line[i].leaf.subject, subject, 32) == 0)
            return true;
    }
    return false;
}

const struct vlt_new_line *
vlt_new_lines_of(const struct vlt_new *n, const uint8_t id[16], size_t *count)
{
    size_t low = 0, high = n->lines, end;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct vlt_leaf *l = &n->line[mid].leaf;

        if (!l->has_record || memcmp(l->record, id, 16) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (end = low; end < n->lines &&
         memcmp(n->line[end].leaf.record, id, 16) == 0 &&
         n->line[end].leaf.has_record;)
        end++;
    *count = end - low;
    return n->line + low;
}
