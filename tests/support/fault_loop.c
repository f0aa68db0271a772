/* SPDX-License-Identifier: Apache-2.0 */
/* fault_loop.c: an action broken at step 1, 2, 3 ... until it gets through */
#include "fault_loop.h"
#include <inttypes.h>
#include <stdio.h>

enum { SHOWN = 12, RESTART_STEPS = 12 };

struct loop {
    struct fault_world *w;
    enum fault_action a;
    enum fault_kind kind;
    unsigned n;
    bool silent;
    struct fault_outcome o;
    struct fault_count *count;
};

static void
judge(struct loop *l, const char *disk, uint64_t seed, enum fault_depth depth)
{
    char why[800] = "";

    l->count->tried++;
    if (fault_world_check(l->w, l->a, &l->o, depth, why, sizeof why))
        return;
    if (l->count->failed++ < SHOWN && !l->silent)
        printf("%s, kind %d, step %u, %s, seed %" PRIu64 " (%s): %s\n",
            fault_action_name(l->a), (int)l->kind, l->n, disk, seed,
            vault_status_name(l->o.st), why);
}

/* The power goes once more while the vault is opened again. */
static void
cut_again(struct loop *l, const struct fault_wreck *wreck, uint64_t seed)
{
    struct fault_wreck *second;
    uint64_t rng = seed ^ l->n;
    bool hit;

    fault_wreck_lay(wreck, FAULT_KEEP_SOME, seed);
    second = fault_world_restart(l->w,
        1 + (unsigned)(fault_random(&rng) % RESTART_STEPS), &hit);
    if (hit) {
        fault_wreck_lay(second, FAULT_KEEP_SOME, seed);
        judge(l, "cut twice", seed, FAULT_WHOLE);
    }
    fault_wreck_free(second);
}

static void
judge_wreck(struct loop *l, const struct fault_wreck *wreck, unsigned seeds)
{
    uint64_t seed;
    unsigned i;

    fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
    judge(l, "all lost", 0, FAULT_WHOLE);
    fault_wreck_lay(wreck, FAULT_KEEP_ALL, 0);
    judge(l, "all kept", 0, FAULT_WHOLE);
    for (i = 0; i < seeds; i++) {
        seed = (uint64_t)l->n * 1000 + i;
        fault_wreck_lay(wreck, FAULT_KEEP_SOME, seed);
        judge(l, "some kept", seed, i % 2 == 0 ? FAULT_QUICK : FAULT_WHOLE);
        if (l->a != FAULT_INIT) {
            fault_wreck_lay(wreck, FAULT_KEEP_SOME, seed);
            fault_world_old_state(l->w);
            judge(l, "some kept, older state", seed, FAULT_WHOLE);
            cut_again(l, wreck, seed);
        }
    }
}

void
fault_loop_cut(struct fault_world *w, enum fault_action a,
    struct fault_effort e, struct fault_count *count)
{
    struct loop l = {.w = w,
        .a = a,
        .kind = FAULT_CUT,
        .silent = e.silent,
        .count = count};
    struct fault_wreck *wreck;
    bool hit = true;

    for (l.n = 1; hit; l.n += e.stride) {
        wreck = fault_world_run(w, a, FAULT_CUT, l.n, false, &l.o, &hit);
        judge_wreck(&l, wreck, e.seeds);
        fault_wreck_free(wreck);
        if (!hit && l.o.st != VAULT_OK)
            folder_die("no fault, and no success:", l.o.err.message);
    }
    count->steps += l.n - e.stride;
}

void
fault_loop_fail(struct fault_world *w, enum fault_action a,
    enum fault_kind kind, struct fault_effort e, struct fault_count *count)
{
    struct loop l = {.w = w,
        .a = a,
        .kind = kind,
        .silent = e.silent,
        .count = count};
    struct fault_wreck *wreck;
    unsigned i;
    bool hit = true;

    for (l.n = 1; hit; l.n += e.stride) {
        wreck = fault_world_run(w, a, kind, l.n, true, &l.o, &hit);
        fault_wreck_lay(wreck, FAULT_KEEP_ALL, 0);
        judge(&l, "failed", 0, FAULT_WHOLE);
        for (i = 0; i < e.seeds; i++) {
            fault_wreck_lay(wreck, FAULT_KEEP_SOME, l.n * 1000 + i);
            judge(&l, "failed, then cut", l.n * 1000 + i, FAULT_WHOLE);
        }
        fault_wreck_free(wreck);
        if (!hit && l.o.st != VAULT_OK)
            folder_die("no fault, and no success:", l.o.err.message);
    }
    count->steps += l.n - e.stride;
}
