/* SPDX-License-Identifier: Apache-2.0 */
/* verify_log.c: replica notes, every leaf and every checkpoint */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "verify_new.h"
#include "verify_quick.h"

enum { LOGS_MAX = 1 << 20, CHECKPOINTS_MAX = 65536 };

const struct vlt_seen_log *
vlt_seen_log_find(const struct vlt_verify *v, uint64_t n)
{
    size_t low = 0;
    size_t high = v->logs;

    while (low < high) { /* they are read in the order of their numbers */
        size_t mid = low + (high - low) / 2;

        if (v->log[mid].n == n)
            return &v->log[mid];
        if (v->log[mid].n < n)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct vlt_log_walk *w = ctx;
    struct vlt_checkpoint cp;
    struct vlt_note note;
    struct vlt_log_point *more;
    enum vault_status st = vlt_note_parse(&note, r->note, r->note_len, err);

    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&cp, note.text, note.text_len, err);
    if (st == VAULT_OK)
        st =
            vlt_note_check(&note, w->log->origin, w->log->replica.log_key, err);
    if (st != VAULT_OK)
        return st;
    if (strcmp(cp.origin, w->log->origin) != 0 || cp.size != r->size ||
        cp.size == 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "checkpoint %" PRIu64 " is another's", r->size);
    if (w->points >= CHECKPOINTS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "too many checkpoints");
    more = realloc(w->point, (w->points + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    w->point = more;
    more[w->points].size = cp.size;
    memcpy(more[w->points].root, cp.root, 32);
    w->points++;
    return VAULT_OK;
}

/* Stored nodes are a cache; a wrong one would mislead whoever appends. */
static enum vault_status
compare_node(void *ctx, unsigned level, uint64_t index, const uint8_t hash[32],
    struct vault_error *err)
{
    struct vlt_log_walk *w = ctx;
    uint8_t stored[32];
    bool found;
    enum vault_status st =
        vlt_node_get(w->v->s, w->log->n, level, index, stored, &found, err);

    if (st == VAULT_OK && found && memcmp(stored, hash, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the stored node %u/%" PRIu64 " is not the leaves' hash", level,
            index);
    return st;
}

static void
note_kind(struct vlt_log_walk *w, const struct vlt_leaf *leaf)
{
    struct vlt_seen_log *log = w->log;

    if (!vlt_leaf_kind_known(leaf->kind))
        w->unknown++;
    if (log->session)
        return;
    if (strcmp(leaf->kind, "slots") == 0) {
        memcpy(log->slots, leaf->subject, 32);
        log->has_slots = true;
    }
    if (strcmp(leaf->kind, "settings") == 0) {
        memcpy(log->settings, leaf->subject, 32);
        log->has_settings = true;
    }
    if (strcmp(leaf->kind, "rekey") == 0) {
        memcpy(log->rekey, leaf->subject, 32);
        log->has_rekey = true;
    }
}

/* At the size of a checkpoint the edge must have its root. */
static enum vault_status
reach_point(struct vlt_log_walk *w, struct vault_error *err)
{
    uint8_t root[32];

    if (w->next == w->points || w->edge.size != w->point[w->next].size)
        return VAULT_OK;
    vlt_edge_root(&w->edge, root);
    if (memcmp(root, w->point[w->next].root, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the leaves do not give the root signed at size %" PRIu64,
            w->edge.size);
    w->next++;
    return VAULT_OK;
}

static enum vault_status
take_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vlt_log_walk *w = ctx;
    bool genesis = strcmp(r->leaf.kind, "genesis") == 0;
    uint8_t hash[32];
    enum vault_status st;

    if (r->idx != w->edge.size)
        return vlt_fail(err, VAULT_E_TAMPERED, "leaf %" PRIu64 " is missing",
            w->edge.size);
    if (w->next == w->points)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "leaf %" PRIu64
            " and what follows are covered by no checkpoint: planted",
            r->idx);
    if (!vlt_leaf_fits_kind(&r->leaf))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "leaf %" PRIu64
            ": a line of kind %s names no record, or one where none belongs",
            r->idx, r->leaf.kind);
    if (genesis != (r->idx == 0) ||
        (genesis &&
            memcmp(r->leaf.subject, w->log->replica.text_hash, 32) != 0))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the log does not begin with its own note");
    if (w->log->session && !genesis && strcmp(r->leaf.kind, "seal") != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "leaf %" PRIu64 ": a line that no session writes: %s", r->idx,
            r->leaf.kind);
    vlt_leaf_text_hash(hash, &r->leaf);
    st = vlt_edge_add(&w->edge, hash, err);
    if (st != VAULT_OK)
        return st;
    note_kind(w, &r->leaf);
    w->v->verdict.leaves++;
    st = reach_point(w, err);
    return st == VAULT_OK && w->leaf != NULL ? w->leaf(w->ctx, r, err) : st;
}

void
vlt_log_walk_init(struct vlt_log_walk *w, struct vlt_verify *v,
    struct vlt_seen_log *log)
{
    memset(w, 0, sizeof *w);
    w->v = v;
    w->log = log;
    vlt_edge_init(&w->edge);
}

void
vlt_log_walk_clear(struct vlt_log_walk *w)
{
    free(w->point);
    w->point = NULL;
}

/* Checkpoints before the first line of this walk. */
static enum vault_status
pass_points(struct vlt_log_walk *w, struct vault_error *err)
{
    if (w->points == 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "the log has no checkpoint");
    w->from = w->edge.size;
    while (w->next < w->points && w->point[w->next].size < w->from)
        w->next++;
    w->passed = w->next;
    if (w->next == w->points) /* not one that speaks of where it begins */
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the log ends before line %" PRIu64, w->from);
    return reach_point(w, err);
}

enum vault_status
vlt_log_walk(struct vlt_log_walk *w, struct vault_error *err)
{
    enum vault_status st;

    w->edge.ctx = w;
    w->edge.full = compare_node;
    w->log->sound = false;
    st = vlt_checkpoints(w->v->s, w->log->n, take_point, w, err);
    if (st == VAULT_OK)
        st = pass_points(w, err);
    if (st == VAULT_OK)
        st = vlt_leaves(w->v->s, w->log->n, w->from, take_leaf, w, err);
    if (st == VAULT_OK && w->next != w->points)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "leaves are missing: %" PRIu64
            " are there, the checkpoint speaks of %" PRIu64,
            w->edge.size, w->point[w->points - 1].size);
    if (st != VAULT_OK)
        return st;
    w->log->size = w->edge.size;
    vlt_edge_root(&w->edge, w->log->root);
    w->log->sound = true;
    return vlt_seen_edge_keep(w->v, w->log, &w->edge, err);
}

/* All of one log, and what is told of it. */
static enum vault_status
whole_log(struct vlt_verify *v, struct vlt_seen_log *log,
    struct vault_error *err)
{
    struct vlt_log_walk w;
    enum vault_status st;

    vlt_log_walk_init(&w, v, log);
    if (v->quick != NULL) {
        vlt_quick_log(v->quick, log->session);
        w.leaf = vlt_quick_leaf;
        w.ctx = v->quick;
    }
    st = vlt_log_walk(&w, err);
    if (st == VAULT_OK)
        vlt_held(v, "log", log->size,
            "log %s: %" PRIu64 " lines unchanged since they were signed, "
            "%zu checkpoints",
            log->origin, log->size, w.points);
    if (st == VAULT_OK && w.unknown > 0)
        vlt_not_seen(v, "leaf", w.unknown,
            "log %s: %" PRIu64 " lines of kinds this version does not know",
            log->origin, w.unknown);
    vlt_log_walk_clear(&w);
    return st;
}

static enum vault_status
check_note(struct vlt_verify *v, struct vlt_seen_log *log,
    const struct vlt_log_row *r, struct vault_error *err)
{
    size_t i;

    vlt_name_origin(log->origin, v->id, log->replica.replica);
    if (memcmp(log->replica.vault, v->id, 16) != 0 ||
        strlen(log->origin) != r->origin_len ||
        memcmp(log->origin, r->origin, r->origin_len) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "the note is another log's");
    for (i = 0; i < v->cards; i++) {
        if (memcmp(v->card[i].fingerprint, log->replica.card, 32) != 0)
            continue;
        if (log->session)
            return VAULT_OK; /* vlt_verify_sessions, later */
        return vlt_replica_check(r->note, r->note_len, &v->card[i], err);
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the log is signed under a card that is not here");
}

static enum vault_status
parse_note(struct vlt_verify *v, struct vlt_seen_log *log,
    const struct vlt_log_row *r, struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st;

    if (!vlt_session_is(r->note, r->note_len)) {
        if (v->capture)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "a log that is no session's");
        return vlt_replica_parse(&log->replica, r->note, r->note_len, err);
    }
    st = vlt_session_parse(&s, r->note, r->note_len, err);
    if (st != VAULT_OK)
        return st;
    log->session = true;
    memcpy(log->device, s.device, sizeof log->device);
    return vlt_session_as_replica(&log->replica, &s, err);
}

/* Keep what the row says; it is walked after all rows are known. */
enum vault_status
vlt_verify_take_log(void *ctx, const struct vlt_log_row *r,
    struct vault_error *err)
{
    struct vlt_verify *v = ctx;
    struct vlt_seen_log *more, *log;
    struct vault_error why;
    enum vault_status st;

    if (vlt_audit_other_log(v, r->origin, r->origin_len))
        return VAULT_OK;
    if (v->logs >= LOGS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "too many logs");
    more = realloc(v->log, (v->logs + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    v->log = more;
    log = &more[v->logs];
    memset(log, 0, sizeof *log);
    log->n = r->n;
    vlt_error_clear(&why);
    st = parse_note(v, log, r, &why);
    if (st == VAULT_OK) {
        v->logs++;
        st = check_note(v, log, r, &why);
        log->sound = st == VAULT_OK;
    }
    return vlt_judge(v, "log", st, &why, err);
}

enum vault_status
vlt_seen_root(struct vlt_verify *v, const struct vlt_seen_log *log,
    uint64_t size, uint8_t out[32], struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    enum vault_status st;

    vlt_log_tree_io(&tree, v->s, log->n, false, &io);
    st = vlt_tree_root(&io, size, out, err);
    if (st == VAULT_OK && v->fresh != NULL) /* nodes were not compared then */
        st = vlt_new_root_fits(v, log, size, out, err);
    return st;
}

/* A note names the state in which it found another log: is it still so? */
static enum vault_status
check_base(struct vlt_verify *v, const struct vlt_seen_log *log,
    const struct vlt_base_line *base, struct vault_error *err)
{
    const struct vlt_seen_log *of = NULL;
    struct vlt_checkpoint cp;
    struct vlt_buf text;
    uint8_t hash[32];
    enum vault_status st;
    size_t i;

    for (i = 0; i < v->logs; i++) {
        if (memcmp(v->log[i].replica.replica, base->replica, 8) == 0)
            of = &v->log[i];
    }
    if (of == NULL || of == log || !of->sound || base->size > of->size)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %s builds on a log or "
            "state that is not here",
            log->origin);
    memset(&cp, 0, sizeof cp);
    memcpy(cp.origin, of->origin, sizeof cp.origin);
    cp.size = base->size;
    st = vlt_seen_root(v, of, base->size, cp.root, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_checkpoint_encode(&text, &cp, err);
    if (st == VAULT_OK) {
        vlt_sha256(hash, text.p, text.len);
        if (memcmp(hash, base->checkpoint, 32) != 0)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "log %s builds on another history of %s", log->origin,
                of->origin);
    }
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_verify_bases(struct vlt_verify *v, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i, j;

    for (i = 0; i < v->logs; i++) {
        if (v->log[i].session)
            continue; /* vlt_verify_sessions */
        for (j = 0; st == VAULT_OK && j < v->log[i].replica.bases; j++) {
            vlt_error_clear(&why);
            st = check_base(v, &v->log[i], &v->log[i].replica.base[j], &why);
            st = vlt_judge(v, "log", st, &why, err);
        }
    }
    return st;
}

enum vault_status
vlt_seen_leaf(struct vlt_verify *v, const char *kind, const uint8_t *id,
    const uint8_t subject[32], bool *found, struct vault_error *err)
{
    return vlt_leaf_exists(v->s, kind, id, subject, found, err);
}

static enum vault_status
walk_logs(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = vlt_quick_new(v, &v->quick, err);
    struct vault_error why;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        if (v->log[i].sound) {
            vlt_error_clear(&why);
            st = whole_log(v, &v->log[i], &why);
            st = vlt_judge(v, "log", st, &why, err);
        }
        if (!v->log[i].sound)
            vlt_quick_no_log(v->quick);
    }
    return st;
}

enum vault_status
vlt_verify_logs(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = vlt_logs(v->s, vlt_verify_take_log, v, err);

    if (st == VAULT_OK && v->logs == 0 && !v->capture)
        return vlt_fail(err, VAULT_E_TAMPERED, "the vault has no log");
    if (st == VAULT_OK)
        st = walk_logs(v, err);
    if (st == VAULT_OK)
        st = vlt_verify_bases(v, err);
    if (st == VAULT_OK && !v->capture)
        st = vlt_verify_card_leaves(v, err);
    return st;
}
