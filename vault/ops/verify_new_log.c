/* SPDX-License-Identifier: Apache-2.0 */
/* verify_new_log.c: lines that came since a saved state, on its right edge */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "verify_new.h"

enum { POINTS_MAX = 65536 };

/* A checkpoint that is not older than the state, judged at its size. */
struct point {
    uint64_t size;
    uint8_t root[32];
};
struct walk {
    struct vlt_new *n;
    struct vlt_seen_log *log;
    struct vlt_edge edge;
    struct point *point; /* ascending */
    size_t points, next;
};

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

static void
load_edge(struct vlt_edge *e, const struct vlt_checked_log *was)
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

static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct walk *w = ctx;
    struct vlt_checkpoint cp;
    struct vlt_note note;
    struct point *more = w->point;
    enum vault_status st = vlt_note_parse(&note, r->note, r->note_len, err);

    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&cp, note.text, note.text_len, err);
    if (st == VAULT_OK)
        st =
            vlt_note_check(&note, w->log->origin, w->log->replica.log_key, err);
    if (st != VAULT_OK)
        return st;
    if (strcmp(cp.origin, w->log->origin) != 0 || cp.size != r->size ||
        cp.size == 0 || w->points == POINTS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "a checkpoint is another's");
    if ((w->points & (w->points - 1)) == 0)
        more =
            realloc(more, (w->points == 0 ? 1 : 2 * w->points) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    w->point = more;
    more[w->points].size = cp.size;
    memcpy(more[w->points++].root, cp.root, 32);
    return VAULT_OK;
}

static enum vault_status
compare_node(void *ctx, unsigned level, uint64_t index, const uint8_t hash[32],
    struct vault_error *err)
{
    struct walk *w = ctx;
    uint8_t stored[32];
    bool found;
    enum vault_status st =
        vlt_node_get(w->n->v->s, w->log->n, level, index, stored, &found, err);

    if (st == VAULT_OK && found && memcmp(stored, hash, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "a stored node is wrong");
    return st;
}

/* At the size of the next checkpoint: is it the tree that was signed? */
static enum vault_status
meet_point(struct walk *w, struct vault_error *err)
{
    uint8_t root[32];

    if (w->next == w->points || w->edge.size != w->point[w->next].size)
        return VAULT_OK;
    vlt_edge_root(&w->edge, root);
    if (memcmp(root, w->point[w->next].root, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the lines do not give the root signed at size %" PRIu64,
            w->edge.size);
    w->next++;
    return VAULT_OK;
}

static enum vault_status
keep_line(struct walk *w, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vlt_new *n = w->n;
    struct vlt_new_line *more = n->line;

    if (n->lines == VLT_NEW_LINES)
        return vlt_fail(err, VAULT_E_LIMIT, "too many new lines");
    if ((n->lines & (n->lines - 1)) == 0)
        more = realloc(more, (n->lines == 0 ? 1 : 2 * n->lines) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    n->line = more;
    more[n->lines++] = (struct vlt_new_line){r->log, r->idx, w->log->session,
        r->evct != NULL, r->leaf};
    return VAULT_OK;
}

static void
note_kind(struct walk *w, const struct vlt_leaf *leaf)
{
    struct vlt_seen_log *log = w->log;

    w->n->unknown += !vlt_leaf_kind_known(leaf->kind);
    if (!log->session && strcmp(leaf->kind, "slots") == 0) {
        memcpy(log->slots, leaf->subject, 32);
        log->has_slots = true;
    }
    if (!log->session && strcmp(leaf->kind, "settings") == 0) {
        memcpy(log->settings, leaf->subject, 32);
        log->has_settings = true;
    }
}

/* What the whole look has its own ways for. */
static bool
needs_all(const struct vlt_leaf *leaf, uint64_t idx)
{
    return (idx > 0 && strcmp(leaf->kind, "card") == 0) ||
        strcmp(leaf->kind, "revoke") == 0 || strcmp(leaf->kind, "rekey") == 0;
}

static enum vault_status
take_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct walk *w = ctx;
    bool genesis = strcmp(r->leaf.kind, "genesis") == 0;
    uint8_t hash[32];
    enum vault_status st;

    if (r->idx != w->edge.size || w->next == w->points)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "lines are missing, or covered by no checkpoint");
    if (!vlt_leaf_fits_kind(&r->leaf) || genesis != (r->idx == 0) ||
        (genesis &&
            memcmp(r->leaf.subject, w->log->replica.text_hash, 32) != 0) ||
        (w->log->session && !genesis && strcmp(r->leaf.kind, "seal") != 0) ||
        needs_all(&r->leaf, r->idx))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "line %" PRIu64 " is to be looked at with all others", r->idx);
    vlt_leaf_text_hash(hash, &r->leaf);
    st = vlt_edge_add(&w->edge, hash, err);
    if (st == VAULT_OK)
        st = keep_line(w, r, err);
    if (st != VAULT_OK)
        return st;
    note_kind(w, &r->leaf);
    return meet_point(w, err);
}

static void
say_log(struct walk *w, uint64_t from)
{
    if (from == 0)
        vlt_held(w->n->v, "log", w->edge.size,
            "log %s, which is new: %" PRIu64
            " lines unchanged since they were signed, %zu checkpoints",
            w->log->origin, w->edge.size, w->points);
    else if (from < w->edge.size)
        vlt_held(w->n->v, "log", w->edge.size - from,
            "log %s: %" PRIu64
            " new lines unchanged since they were signed; they go on from the "
            "%" PRIu64 " that were checked before",
            w->log->origin, w->edge.size - from, from);
    else
        vlt_held(w->n->v, "log", 0,
            "log %s: no new line; its newest checkpoint is of the %" PRIu64
            " that were checked before",
            w->log->origin, from);
}

static enum vault_status
walk_log(struct walk *w, struct vault_error *err)
{
    struct vlt_verify *v = w->n->v;
    uint64_t from = w->edge.size;
    bool fit = false;
    enum vault_status st;

    st = vlt_checkpoints_from(v->s, w->log->n, from, take_point, w, err);
    if (st == VAULT_OK && w->points == 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "an older log");
    if (st == VAULT_OK)
        st = meet_point(w, err);
    if (st == VAULT_OK)
        st = vlt_leaves(v->s, w->log->n, from, take_leaf, w, err);
    if (st == VAULT_OK && w->next != w->points)
        st = vlt_fail(err, VAULT_E_TAMPERED, "lines are missing");
    if (st == VAULT_OK)
        st = vlt_new_nodes_fit(v->s, w->log->n, w->edge.size, &fit, err);
    if (st == VAULT_OK && !fit)
        st = vlt_fail(err, VAULT_E_TAMPERED, "nodes of no lines");
    if (st != VAULT_OK)
        return st;
    w->n->old += from;
    v->verdict.leaves += w->edge.size - from;
    w->log->size = w->edge.size;
    vlt_edge_root(&w->edge, w->log->root);
    say_log(w, from);
    return vlt_seen_edge_keep(v, w->log, &w->edge, err);
}

static enum vault_status
judge_log(struct vlt_new *n, struct vlt_seen_log *log, struct vault_error *err)
{
    const struct vlt_checked_log *was = vlt_known_log(n->was, log);
    struct walk w = {.n = n, .log = log};
    enum vault_status st;

    if (!log->sound)
        return vlt_fail(err, VAULT_E_TAMPERED, "a log's note does not hold");
    load_edge(&w.edge, was);
    w.edge.ctx = &w;
    w.edge.full = compare_node;
    if (was != NULL) {
        memcpy(log->slots, was->slots, 32);
        log->has_slots = was->has_slots;
        memcpy(log->settings, was->settings, 32);
        log->has_settings = was->has_settings;
    }
    st = walk_log(&w, err);
    free(w.point);
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
