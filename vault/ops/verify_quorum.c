/* SPDX-License-Identifier: Apache-2.0 */
/* verify_quorum.c: the lines about countersignatures, and single states */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "utc.h"
#include "verify_witness.h"

/* ---- who is missing ---- */

enum { LIST = 160 };

/* A name into a list of them, or that there are more. */
static bool
put_name(char list[LIST], size_t *at, const char *name)
{
    size_t n = strlen(name);

    if (*at + n + 8 > LIST) {
        snprintf(list + *at, LIST - *at, " ...");
        return false;
    }
    *at += (size_t)snprintf(list + *at, LIST - *at, "%s%s", *at > 0 ? ", " : "",
        name);
    return true;
}

/* The members of a group that are not there; each of them is asked for in its
 * turn. */
static void
list_missing(const struct vlt_wit *w, size_t group, bool *wanted,
    char list[LIST])
{
    const struct vlt_policy *p = &w->policy;
    size_t i, at = 0;
    bool room = true;

    list[0] = 0;
    for (i = 0; i < group; i++) {
        if (p->node[i].parent != group || w->held[i])
            continue;
        wanted[i] = true;
        room = room && put_name(list, &at, p->node[i].name);
    }
}

void
vlt_wit_say_lacking(struct vlt_verify *v, const char *origin)
{
    const struct vlt_wit *w = v->wit;
    const struct vlt_policy *p = &w->policy;
    bool *wanted = calloc(p->nodes + 1, sizeof *wanted);
    char list[LIST];
    size_t i;

    if (wanted == NULL || p->quorum == VLT_POLICY_NONE) {
        free(wanted);
        return;
    }
    wanted[p->quorum] = true;
    for (i = p->quorum + 1; i-- > 0;) { /* members stand before their group */
        if (!wanted[i] || w->held[i])
            continue;
        if (!p->node[i].group && p->node[i].parent == VLT_POLICY_NONE)
            vlt_not_as_asked(v, "policy",
                "log %s: witness %s did not countersign it", origin,
                p->node[i].name);
        if (!p->node[i].group)
            continue;
        list_missing(w, i, wanted, list);
        vlt_not_as_asked(v, "policy",
            "log %s: group %s of the policy lacks %zu more of: %s", origin,
            p->node[i].name, p->node[i].need - p->node[i].have, list);
    }
    free(wanted);
}

/* ---- lines that all kinds of file have ---- */

static void
say_key(struct vlt_verify *v, const char *origin, const struct vlt_wit_key *k)
{
    char time[VLT_UTC_TEXT];

    vlt_utc_text(time, k->time);
    if (k->from == VLT_WIT_GIVEN)
        vlt_held(v, "witness", k->lines,
            "log %s: its first %" PRIu64
            " lines existed before %s, by the clock of witness %s (key given "
            "by you)",
            origin, k->size, time, k->shown);
    else if (k->from == VLT_WIT_POLICY)
        vlt_held(v, "witness", k->lines,
            "log %s: its first %" PRIu64
            " lines existed before %s, by the clock of witness %s (key named "
            "by the policy)",
            origin, k->size, time, k->shown);
    else if (k->from == VLT_WIT_PINNED)
        vlt_held(v, "witness", k->lines,
            "log %s: its first %" PRIu64
            " lines existed before %s, by the clock of witness %s (key "
            "compared and kept in the vault)",
            origin, k->size, time, k->shown);
    else
        vlt_held(v, "witness", k->lines,
            "log %s: its first %" PRIu64
            " lines existed before %s, by the clock of witness %s (key kept "
            "in the vault, and never compared)",
            origin, k->size, time, k->shown);
}

void
vlt_wit_say_lines(struct vlt_verify *v, const char *origin,
    const struct vlt_wit_said *said)
{
    struct vlt_wit *w = v->wit;
    size_t i;

    if (said->bad > 0)
        vlt_mismatch(v, "witness",
            "log %s: under the checkpoint of %" PRIu64
            " lines stands a signature of witness %s that does not hold: "
            "planted or damaged; nothing under that checkpoint counts",
            origin, said->bad_size, said->bad_name);
    for (i = 0; i < w->keys; i++) {
        if (w->key[i].lines > 0)
            say_key(v, origin, &w->key[i]);
        w->key[i].lines = 0;
    }
    if (said->self > 0)
        vlt_not_seen(v, "witness", said->self,
            "log %s: %" PRIu64
            " signatures by the witness key of its own vault: they count for "
            "nothing",
            origin, said->self);
    if (said->future > 0)
        vlt_not_seen(v, "witness", said->future,
            "log %s: %" PRIu64
            " countersignatures name a time that this machine's clock has not "
            "reached: one of the clocks is wrong",
            origin, said->future);
    if (said->early > 0)
        vlt_not_seen(v, "witness", said->early,
            "log %s: %" PRIu64
            " countersignatures name a time at which there was no such log: "
            "the witness's clock was wrong, and they count for nothing",
            origin, said->early);
}

void
vlt_wit_count(struct vlt_wit_said *said, const struct vlt_wit_point *p)
{
    said->held += p->held;
    said->unknown += p->unknown;
    said->self += p->self;
    said->future += p->future;
    said->early += p->early;
    if (p->bad != NULL && said->bad++ == 0) {
        said->bad_size = p->size;
        said->bad_name = p->bad->shown;
    }
}

void
vlt_wit_say_limits(struct vlt_verify *v, uint64_t held, uint64_t unknown)
{
    if (unknown > 0)
        vlt_not_seen(v, "witness", unknown,
            "whose %" PRIu64
            " signatures stand below its checkpoints: their keys are not known "
            "here; --witness gives one",
            unknown);
    if (held > 0)
        vlt_not_seen(v, "witness", 0,
            "how long before those times it was written, and whether a witness "
            "works together with whoever wrote it: no countersignature says");
    else
        vlt_not_seen(v, "witness", 0,
            "when the log was written: no countersignature of a witness that "
            "is known here");
}

void
vlt_wit_say_policy(struct vlt_verify *v)
{
    const struct vlt_policy *p = &v->wit->policy;
    size_t i;

    for (i = 0; i < p->nodes; i++) {
        if (!p->node[i].group && !p->node[i].key.usable)
            vlt_not_seen(v, "policy", 1,
                "the policy's witness %s has a key of type %02x, which this "
                "program can not check: it never counts",
                p->node[i].name, p->node[i].key.type);
    }
    if (v->wit->has_policy && p->quorum == VLT_POLICY_NONE)
        vlt_not_seen(v, "policy", 0,
            "the policy asks for no countersignature (quorum none)");
}

bool
vlt_wit_say_named(struct vlt_verify *v, const char *origin,
    const uint8_t key[32])
{
    switch (vlt_policy_log(&v->wit->policy, origin, key)) {
    case VLT_POLICY_OTHER:
        vlt_not_as_asked(v, "policy",
            "log %s: the policy names another key for it", origin);
        return false;
    case VLT_POLICY_UNNAMED:
        vlt_not_as_asked(v, "policy",
            "log %s: the policy names logs, and not this one", origin);
        return false;
    case VLT_POLICY_NAMED:
        vlt_held(v, "policy", 1, "log %s: the policy names its key", origin);
        return true;
    case VLT_POLICY_ANY:
        break;
    }
    return true;
}

/* ---- states that stand alone ---- */

static enum vault_status
keep_state(struct vlt_wit *w, const char *origin, const struct vlt_wit_point *p,
    struct vault_error *err)
{
    struct vlt_wit_state *more = w->state;

    if (w->states == w->states_room) {
        w->states_room = w->states_room * 2 + 4;
        more = realloc(w->state, w->states_room * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        w->state = more;
    }
    memcpy(more[w->states].origin, origin, strlen(origin) + 1);
    more[w->states].size = p->size;
    memcpy(more[w->states++].root, p->root, 32);
    return VAULT_OK;
}

static void
say_alone(struct vlt_verify *v, const char *origin, const uint8_t key[32],
    const struct vlt_wit_point *p)
{
    if (!v->wit->has_policy || !vlt_wit_say_named(v, origin, key) ||
        v->wit->policy.quorum == VLT_POLICY_NONE)
        return;
    if (p->quorum) {
        vlt_held(v, "policy", p->size,
            "log %s: its state of %" PRIu64
            " lines is countersigned as the policy asks",
            origin, p->size);
        return;
    }
    if (v->wit->own_policy) {
        vlt_not_seen(v, "policy", p->size,
            "log %s: its state of %" PRIu64
            " lines is not countersigned as the vault's own policy asks",
            origin, p->size);
        return;
    }
    vlt_not_as_asked(v, "policy",
        "log %s: its state of %" PRIu64
        " lines is not countersigned as the policy asks",
        origin, p->size);
    vlt_wit_say_lacking(v, origin);
}

enum vault_status
vlt_wit_alone(struct vlt_verify *v, const char *origin, const uint8_t key[32],
    const char *note, size_t len, struct vault_error *err)
{
    struct vlt_wit_said said = {0};
    struct vlt_wit *w = v->wit;
    struct vlt_wit_point p;
    enum vault_status st;

    if (w == NULL)
        return VAULT_OK; /* a text of one's own, looked at before it goes */
    st = vlt_wit_lines(v, origin, key, note, len, &p, err);
    if (st == VAULT_OK)
        st = keep_state(w, origin, &p, err);
    if (st != VAULT_OK)
        return st;
    if (w->states == 1)
        vlt_wit_say_policy(v);
    vlt_wit_count(&said, &p);
    vlt_wit_say_lines(v, origin, &said);
    say_alone(v, origin, key, &p);
    w->held_all += p.held;
    w->unknown_all += p.unknown;
    w->untimed += p.time < 0;
    if (p.time > w->time_all)
        w->time_all = p.time;
    return VAULT_OK;
}

enum vault_status
vlt_wit_alone_end(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_wit *w = v->wit;

    if (w == NULL)
        return VAULT_OK;
    v->verdict.witnessed = w->states > 0 && w->untimed == 0 ? w->time_all : -1;
    vlt_wit_say_limits(v, w->held_all, w->unknown_all);
    return vlt_verify_witnessed(v, err);
}
