/* SPDX-License-Identifier: Apache-2.0 */
/* verify_witness.c: which states of the logs witnesses countersigned, and when */
#include "verify_witness.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "utc.h"

/*
 * A state that a witness countersigned vouches for more than its own log: a
 * line `join`, and the note that a log begins with, name states of other logs
 * by their hash. What is named below a countersigned size existed when that
 * was signed. So states are taken in the order of their times, and each one
 * covers what it names, and what that names.
 */
struct state { /* a checkpoint with a cosignature that holds */
    size_t log;
    uint64_t size;
    int64_t time;
    bool quorum;
};
struct naming { /* line `line` of log `by` names log `log` at `size` */
    size_t by, log;
    uint64_t line, size;
};
struct covered {   /* of one log */
    uint64_t size; /* how much of it */
    int64_t time;  /* since when all of it, -1: not all */
    bool named;    /* by another log, and not by its own countersignature */
    size_t by;
    uint64_t line;
};
struct witnessing {
    struct vlt_verify *v;
    size_t at; /* the log on the way */
    struct vlt_wit_said *said;
    size_t states, states_room;
    struct state *state;
    size_t namings, namings_room;
    struct naming *naming;
    size_t *first;          /* of each log: where its namings begin; logs + 1 */
    struct covered *any;    /* by a witness that is known here */
    struct covered *enough; /* as the policy asks */
    uint8_t (*hash)[40];    /* H(text of newest checkpoint), number of log */
};

/* ---- the stored checkpoints ---- */

static enum vault_status
add_state(struct witnessing *w, const struct vlt_wit_point *p,
    struct vault_error *err)
{
    struct state *more = w->state;

    if (w->states == w->states_room) {
        w->states_room = w->states_room * 2 + 16;
        more = realloc(w->state, w->states_room * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        w->state = more;
    }
    more[w->states].log = w->at;
    more[w->states].size = p->size;
    more[w->states].time = p->time;
    more[w->states++].quorum = p->quorum;
    return VAULT_OK;
}

/* Whether the checkpoint says of this log what its leaves give. Those behind
 * the lines that were walked were compared then. */
static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct witnessing *w = ctx;
    struct vlt_verify *v = w->v;
    const struct vlt_seen_log *log = &v->log[w->at];
    struct vlt_wit_point p;
    enum vault_status st = vlt_wit_lines(v, log->origin, log->replica.log_key,
        r->note, r->note_len, &p, err);

    if (st != VAULT_OK)
        return st;
    vlt_wit_count(&w->said[w->at], &p);
    return p.held > 0 ? add_state(w, &p, err) : VAULT_OK;
}

static enum vault_status
each_log(struct witnessing *w, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    struct vault_error why;
    enum vault_status st = VAULT_OK;

    for (w->at = 0; st == VAULT_OK && w->at < v->logs; w->at++) {
        if (!v->log[w->at].sound)
            continue; /* had its line */
        vlt_error_clear(&why);
        st = vlt_checkpoints(v->s, v->log[w->at].n, take_point, w, &why);
        st = vlt_judge(v, "witness", st, &why, err);
        if (st == VAULT_OK)
            vlt_wit_say_lines(v, v->log[w->at].origin, &w->said[w->at]);
    }
    return st;
}

/* ---- what names what ---- */

static enum vault_status
add_naming(struct witnessing *w, size_t by, uint64_t line, size_t log,
    uint64_t size, struct vault_error *err)
{
    struct naming *more = w->naming;

    if (w->namings == w->namings_room) {
        w->namings_room = w->namings_room * 2 + 16;
        more = realloc(w->naming, w->namings_room * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        w->naming = more;
    }
    more[w->namings].by = by;
    more[w->namings].line = line;
    more[w->namings].log = log;
    more[w->namings++].size = size;
    return VAULT_OK;
}

static enum vault_status
hash_state(struct vlt_verify *v, const struct vlt_seen_log *log, uint64_t size,
    uint8_t out[32], struct vault_error *err)
{
    struct vlt_checkpoint cp;
    struct vlt_buf text;
    enum vault_status st = VAULT_OK;

    memset(&cp, 0, sizeof cp);
    memcpy(cp.origin, log->origin, sizeof cp.origin);
    cp.size = size;
    memcpy(cp.root, log->root, 32);
    if (size != log->size)
        st = vlt_seen_root(v, log, size, cp.root, err);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    if (st == VAULT_OK)
        st = vlt_checkpoint_encode(&text, &cp, err);
    if (st == VAULT_OK)
        vlt_sha256(out, text.p, text.len);
    vlt_buf_clear(&text);
    return st;
}

static int
compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

/* Where the newest states of all sound logs are found by their hash. */
static enum vault_status
hash_newest(struct witnessing *w, size_t *n, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    enum vault_status st = VAULT_OK;
    size_t i;

    *n = 0;
    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        if (!v->log[i].sound)
            continue;
        st = hash_state(v, &v->log[i], v->log[i].size, w->hash[*n], err);
        vlt_store_u64(w->hash[*n] + 32, i);
        *n += st == VAULT_OK;
    }
    if (*n > 1)
        qsort(w->hash, *n, sizeof *w->hash, compare_hashes);
    return st;
}

struct joining {
    struct witnessing *w;
    size_t hashes;
};

static size_t
place_of(const struct vlt_verify *v, uint64_t n)
{
    const struct vlt_seen_log *log = vlt_seen_log_find(v, n);

    return log == NULL || !log->sound ? SIZE_MAX : (size_t)(log - v->log);
}

static enum vault_status
take_join(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct joining *j = ctx;
    const uint8_t *found = bsearch(r->leaf.subject, j->w->hash, j->hashes,
        sizeof *j->w->hash, compare_hashes);
    size_t by = place_of(j->w->v, r->log), log;

    if (found == NULL || by == SIZE_MAX)
        return VAULT_OK;
    log = (size_t)vlt_load_u64(found + 32);
    return add_naming(j->w, by, r->idx, log, j->w->v->log[log].size, err);
}

struct by_id {
    uint8_t id[8];
    size_t log;
};

static int
compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, 8);
}

/* One line `base` of the note that log `by` begins with. */
static enum vault_status
take_base(struct witnessing *w, size_t by, const struct vlt_base_line *base,
    const struct by_id *ids, size_t n, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    const struct by_id *found =
        bsearch(base->replica, ids, n, sizeof *ids, compare_ids);
    const struct vlt_seen_log *log;
    uint8_t hash[32];
    enum vault_status st;

    if (found == NULL)
        return VAULT_OK; /* had its line */
    log = &v->log[found->log];
    if (base->size == 0 || base->size > log->size)
        return VAULT_OK;
    st = hash_state(v, log, base->size, hash, err);
    if (st != VAULT_OK || memcmp(hash, base->checkpoint, 32) != 0)
        return st;
    return add_naming(w, by, 0, found->log, base->size, err);
}

static enum vault_status
take_bases(struct witnessing *w, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    struct by_id *ids = calloc(v->logs + 1, sizeof *ids);
    enum vault_status st = ids == NULL ? vlt_fail_memory(err) : VAULT_OK;
    size_t i, j, n = 0;

    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        if (!v->log[i].sound)
            continue;
        memcpy(ids[n].id, v->log[i].replica.replica, 8);
        ids[n++].log = i;
    }
    if (n > 1)
        qsort(ids, n, sizeof *ids, compare_ids);
    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        const struct vlt_replica *r = &v->log[i].replica;

        for (j = 0; st == VAULT_OK && v->log[i].sound && j < r->bases; j++)
            st = take_base(w, i, &r->base[j], ids, n, err);
    }
    free(ids);
    return st;
}

static int
compare_namings(const void *a, const void *b)
{
    const struct naming *x = a, *y = b;

    if (x->by != y->by)
        return x->by > y->by ? 1 : -1;
    return (x->line > y->line) - (x->line < y->line);
}

static enum vault_status
find_namings(struct witnessing *w, struct vault_error *err)
{
    struct joining j = {w, 0};
    enum vault_status st = hash_newest(w, &j.hashes, err);
    size_t i, at = 0;

    if (st == VAULT_OK)
        st = vlt_leaves_joining(w->v->s, take_join, &j, err);
    if (st == VAULT_OK)
        st = take_bases(w, err);
    if (st == VAULT_OK && w->namings > 1)
        qsort(w->naming, w->namings, sizeof *w->naming, compare_namings);
    for (i = 0; i <= w->v->logs; i++) {
        while (at < w->namings && w->naming[at].by < i)
            at++;
        w->first[i] = at;
    }
    return st;
}

/* ---- what is covered by what ---- */

static int
compare_states(const void *a, const void *b)
{
    const struct state *x = a, *y = b;

    return (x->time > y->time) - (x->time < y->time);
}

/* Log `log` is covered up to size; whether that is more than before. */
static bool
cover(const struct witnessing *w, struct covered *c, size_t log, uint64_t size,
    int64_t time)
{
    if (size <= c[log].size)
        return false;
    c[log].size = size;
    if (size == w->v->log[log].size && c[log].time < 0)
        c[log].time = time;
    return true;
}

/* The namings of each log are used once, as far as it is covered. */
static void
spread(const struct witnessing *w, struct covered *c, size_t *next,
    size_t *stack, size_t from, int64_t time)
{
    size_t depth = 0;

    stack[depth++] = from;
    while (depth > 0) {
        size_t by = stack[--depth];

        while (next[by] < w->first[by + 1] &&
            w->naming[next[by]].line < c[by].size) {
            const struct naming *n = &w->naming[next[by]++];

            if (!cover(w, c, n->log, n->size, time))
                continue;
            c[n->log].named = true;
            c[n->log].by = n->by;
            c[n->log].line = n->line;
            stack[depth++] = n->log;
        }
    }
}

/* Whether a log may vouch for itself: the policy names it, or names none. */
static bool
is_asked(const struct vlt_verify *v, size_t log)
{
    enum vlt_policy_named named = vlt_policy_log(&v->wit->policy,
        v->log[log].origin, v->log[log].replica.log_key);

    return named == VLT_POLICY_ANY || named == VLT_POLICY_NAMED;
}

static enum vault_status
sweep(const struct witnessing *w, bool enough, struct covered *c,
    struct vault_error *err)
{
    size_t n = w->v->logs;
    size_t *next = malloc((n + 1) * sizeof *next);
    /* a log is put there when it is covered further: by a state, by a naming */
    size_t *stack = malloc((w->namings + 1) * sizeof *stack);
    enum vault_status st = VAULT_OK;
    size_t i;

    if (next == NULL || stack == NULL)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        memcpy(next, w->first, (n + 1) * sizeof *next);
    for (i = 0; i < n; i++)
        c[i].time = -1;
    for (i = 0; st == VAULT_OK && i < w->states; i++) {
        const struct state *s = &w->state[i];

        if (enough && !(s->quorum && is_asked(w->v, s->log)))
            continue;
        if (!cover(w, c, s->log, s->size, s->time))
            continue;
        c[s->log].named = false;
        spread(w, c, next, stack, s->log, s->time);
    }
    free(next);
    free(stack);
    return st;
}

static void
say_covered(const struct witnessing *w, size_t log)
{
    struct vlt_verify *v = w->v;
    const struct vlt_seen_log *l = &v->log[log];
    const struct covered *c = &w->any[log];
    char time[VLT_UTC_TEXT];

    if (c->size == l->size && !c->named)
        return; /* its own countersignatures were told */
    if (c->size == l->size) {
        vlt_utc_text(time, c->time);
        vlt_held(v, "witness", 1,
            "log %s: its newest state is named in line %" PRIu64
            " of log %s, and so existed before %s as that did",
            l->origin, c->line, v->log[c->by].origin, time);
    } else if (c->size > 0) {
        vlt_not_seen(v, "witness", l->size - c->size,
            "log %s: lines %" PRIu64 " to %" PRIu64
            " came after the last countersignature that is known here: who "
            "has its key can still change them",
            l->origin, c->size, l->size - 1);
    } else {
        vlt_not_seen(v, "witness", l->size,
            "log %s: none of its states is countersigned by a witness that is "
            "known here",
            l->origin);
    }
}

/* ---- the policy ---- */

static void
say_not_enough(const struct witnessing *w, size_t log)
{
    struct vlt_verify *v = w->v;
    const struct vlt_seen_log *l = &v->log[log];
    const struct covered *c = &w->enough[log];

    if (v->wit->own_policy && c->size > 0)
        vlt_not_seen(v, "policy", l->size - c->size,
            "log %s: countersigned as this vault's own policy asks: its first "
            "%" PRIu64 " lines, of %" PRIu64,
            l->origin, c->size, l->size);
    else if (v->wit->own_policy)
        vlt_not_seen(v, "policy", l->size,
            "log %s: not countersigned yet as this vault's own policy asks",
            l->origin);
    else if (c->size > 0)
        vlt_not_as_asked(v, "policy",
            "log %s: countersigned as the policy asks: its first %" PRIu64
            " lines only, of %" PRIu64
            "; the rest can still be changed by who has its key",
            l->origin, c->size, l->size);
    else
        vlt_not_as_asked(v, "policy",
            "log %s: no state of it is countersigned as the policy asks",
            l->origin);
}

static enum vault_status
take_newest(struct witnessing *w, size_t log, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    struct vlt_checkpoint_row row;
    struct vlt_wit_point p;
    struct vlt_buf note;
    uint64_t counted = v->verdict.cosignatures;
    enum vault_status st;

    v->wit->again = true; /* its facts were told, and counted */
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_checkpoint_newest(v->s, v->log[log].n, &row, &note, err);
    if (st == VAULT_OK)
        st = vlt_wit_lines(v, v->log[log].origin, v->log[log].replica.log_key,
            row.note, row.note_len, &p, err);
    v->verdict.cosignatures = counted;
    v->wit->again = false;
    if (st == VAULT_OK)
        vlt_wit_say_lacking(v, v->log[log].origin);
    vlt_buf_clear(&note);
    return st;
}

static enum vault_status
say_policy_log(struct witnessing *w, size_t log, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    const struct vlt_seen_log *l = &v->log[log];
    const struct covered *c = &w->enough[log];
    enum vlt_policy_named named =
        vlt_policy_log(&v->wit->policy, l->origin, l->replica.log_key);

    if (named == VLT_POLICY_OTHER) {
        vlt_not_as_asked(v, "policy",
            "log %s: the policy names another key for it", l->origin);
        return VAULT_OK;
    }
    if (c->size == l->size && c->named) {
        vlt_held(v, "policy", l->size,
            "log %s: named in line %" PRIu64
            " of log %s, and so held fast by what is countersigned as the "
            "policy asks",
            l->origin, c->line, v->log[c->by].origin);
        return VAULT_OK;
    }
    if (named == VLT_POLICY_UNNAMED) {
        vlt_not_as_asked(v, "policy",
            "log %s: the policy names logs, and not this one", l->origin);
        return VAULT_OK;
    }
    if (c->size == l->size) {
        vlt_held(v, "policy", l->size,
            "log %s: its newest state (%" PRIu64
            " lines) is countersigned as the policy asks",
            l->origin, l->size);
        return VAULT_OK;
    }
    say_not_enough(w, log);
    return v->wit->own_policy ? VAULT_OK : take_newest(w, log, err);
}

static enum vault_status
say_policy(struct witnessing *w, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    enum vault_status st = VAULT_OK;
    size_t i;

    if (!v->wit->has_policy)
        return VAULT_OK;
    vlt_wit_say_policy(v);
    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        if (!v->log[i].sound)
            continue;
        if (v->wit->policy.quorum == VLT_POLICY_NONE)
            (void)vlt_wit_say_named(v, v->log[i].origin,
                v->log[i].replica.log_key);
        else
            st = say_policy_log(w, i, err);
    }
    return st;
}

/* ---- the whole ---- */

static void
sum_up(struct witnessing *w)
{
    struct vlt_verify *v = w->v;
    uint64_t held = 0, unknown = 0;
    int64_t time = v->logs > 0 ? 0 : -1;
    size_t i;

    for (i = 0; i < v->logs; i++) {
        held += w->said[i].held;
        unknown += w->said[i].unknown;
        if (!v->log[i].sound || w->any[i].time < 0)
            time = -1;
        else if (time >= 0 && w->any[i].time > time)
            time = w->any[i].time;
    }
    v->verdict.witnessed = time;
    for (i = 0; held > 0 && i < v->logs; i++) {
        if (v->log[i].sound)
            say_covered(w, i);
    }
    vlt_wit_say_limits(v, held, unknown);
}

static enum vault_status
judge(struct witnessing *w, struct vault_error *err)
{
    size_t n = w->v->logs;
    enum vault_status st;

    w->said = calloc(n + 1, sizeof *w->said);
    w->first = calloc(n + 2, sizeof *w->first);
    w->any = calloc(n + 1, sizeof *w->any);
    w->enough = calloc(n + 1, sizeof *w->enough);
    w->hash = calloc(n + 1, sizeof *w->hash);
    if (w->said == NULL || w->first == NULL || w->any == NULL ||
        w->enough == NULL || w->hash == NULL)
        return vlt_fail_memory(err);
    st = each_log(w, err);
    if (st == VAULT_OK && w->states > 0 && n > 1)
        st = find_namings(w, err);
    if (w->states > 1)
        qsort(w->state, w->states, sizeof *w->state, compare_states);
    if (st == VAULT_OK)
        st = sweep(w, false, w->any, err);
    if (st == VAULT_OK)
        st = sweep(w, true, w->enough, err);
    if (st == VAULT_OK)
        sum_up(w);
    return st == VAULT_OK ? say_policy(w, err) : st;
}

enum vault_status
vlt_verify_witness(struct vlt_verify *v, struct vault_error *err)
{
    struct witnessing w = {.v = v};
    struct vault_error why;
    enum vault_status st;

    vlt_error_clear(&why);
    st = vlt_judge(v, "witness", vlt_wit_pinned(v, &why), &why, err);
    if (st == VAULT_OK)
        st = judge(&w, err);
    free(w.said);
    free(w.state);
    free(w.naming);
    free(w.first);
    free(w.any);
    free(w.enough);
    free(w.hash);
    return st == VAULT_OK ? vlt_verify_witnessed(v, err) : st;
}
