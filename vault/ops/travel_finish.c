/* SPDX-License-Identifier: Apache-2.0 */
/* travel_finish.c: what still stands between a machine and a border */
#include <stdlib.h>
#include <string.h>
#include <vault/travel.h>

#include "challenge.h"
#include "fail.h"
#include "os.h"
#include "os_traces.h"
#include "statefolder.h"
#include "travel_file.h"
#include "travel_left.h"

struct finishing {
    const char *path; /* absolute */
    const struct vault_travel_look *o;
    struct vlt_travel_seen seen;
    struct vlt_plan plan;
    int64_t now;
    bool changed; /* of the plan */
    struct vault_travel_state out;
    uint8_t now_slot[16]; /* proved just now, by shares */
    bool now_shares;
};

static bool
late(const struct finishing *f, int64_t when)
{
    int64_t age = f->now - when;

    /* a clock that was set back says nothing about an age */
    return age > (int64_t)VAULT_TRAVEL_DAYS * 86400 || age < -86400;
}

/* ---- the travel file and its plan ---- */

static enum vault_status
load(struct finishing *f, struct vault_error *err)
{
    enum vault_status st = vlt_travel_see(f->path, &f->seen, err);

    if (st == VAULT_OK && f->seen.kit)
        st = vlt_fail(err, VAULT_E_FORMAT, "%s is a kit, not a travel file",
            f->path);
    if (st != VAULT_OK)
        return st;
    st = vlt_plan_load(f->path, &f->plan, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        f->out.made = -1;
        return VAULT_OK;
    }
    if (st == VAULT_OK &&
        (memcmp(f->plan.vault, f->seen.vault, 16) != 0 ||
            memcmp(f->plan.card, f->seen.card, 32) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the plan beside %s is of another file", f->path);
    f->out.planned = st == VAULT_OK;
    f->out.made = f->plan.made;
    return st;
}

/* It was written here and is carried over a border: that it is whole is
 * worth knowing before anything else goes. */
static int
no_finding(void *ctx, const struct vault_finding *x)
{
    (void)ctx;
    (void)x;
    return 0;
}

static enum vault_status
check_whole(const struct finishing *f, struct vault_error *err)
{
    struct vault_verify_options vo = {.key = NULL};
    struct vault_verdict verdict;
    enum vault_status st =
        vault_verify(f->path, &vo, no_finding, NULL, &verdict, err);

    if (st == VAULT_E_TAMPERED)
        st = vlt_fail_hint(err, st,
            "do not travel with it: sanduq verify says what; make another",
            "the travel file %s does not hold", f->path);
    return st;
}

/* ---- ways back ---- */

static enum vault_status
take_answer(struct finishing *f, struct vault_error *err)
{
    struct vlt_plan_way *w;
    struct vlt_answer a;
    enum vault_status st;

    if (f->o->answer == NULL)
        return VAULT_OK;
    st = vlt_answer_read(&a, f->o->answer, f->o->answer_len, err);
    if (st != VAULT_OK)
        return st;
    w = vlt_plan_way_of(&f->plan, a.slot);
    if (w == NULL || !w->card || memcmp(a.vault, f->seen.vault, 16) != 0)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            f->out.planned
                ? "is it the answer to another challenge, or to another file?"
                : "the plan beside the travel file is gone: ask once more with "
                  "sanduq travel prepare --ask",
            "this answer is not for a challenge about this travel file");
    if (!vlt_equal(a.text_hash, w->expect, sizeof a.text_hash))
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "the way back is not proved: whoever answered may not have "
            "headquarters' key, or answered an older challenge",
            "this is not the answer to the challenge");
    w->proved = w->asked;
    f->changed = true;
    f->out.answered = true;
    return VAULT_OK;
}

/* Shares typed now: tried on the travel file itself, and then forgotten. */
static enum vault_status
take_shares(struct finishing *f, struct vault_error *err)
{
    struct vault_options opt = {.no_state = true};
    struct vlt_plan_way *w;
    struct vault *v = NULL;
    enum vault_status st;

    if (f->o->shares == NULL)
        return VAULT_OK;
    st = vault_open(f->path, &opt, &v, err);
    if (st == VAULT_OK)
        st = vault_unlock(v, f->o->shares, NULL, err);
    if (st == VAULT_OK) {
        memcpy(f->now_slot, v->slot, sizeof f->now_slot);
        f->now_shares = true;
        w = vlt_plan_way_of(&f->plan, v->slot);
        if (w != NULL) {
            w->proved = f->now;
            f->changed = true;
        }
    }
    vault_close(v);
    return st;
}

static enum vault_status
tell_way(struct finishing *f, const struct vlt_slot *s, struct vault_error *err)
{
    const struct vlt_plan_way *w = vlt_plan_way_of(&f->plan, s->id);
    struct vault_travel_back b = {.kind = (enum vault_slot_kind)s->kind,
        .asked = -1,
        .proved = -1};

    memcpy(b.slot, s->id, VAULT_ID);
    if (w != NULL) {
        b.asked = w->card ? w->asked : -1;
        b.proved = w->proved;
        b.now = w->card && f->out.answered && w->proved >= 0;
    }
    if (f->now_shares && memcmp(s->id, f->now_slot, 16) == 0) {
        b.proved = f->now;
        b.now = true;
    }
    b.late = b.proved >= 0 && late(f, b.proved);
    f->out.proved += b.proved >= 0 && !b.late;
    if (f->o->way != NULL && f->o->way(f->o->ctx, &b) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

/* Slots of the travel file: those that lead back, and those that its bearer
 * could be forced to open. */
static enum vault_status
tell_ways(struct finishing *f, struct vault_error *err)
{
    struct vault_travel_left l = {.path = f->path,
        .word = "vault",
        .key = true,
        .bearer = true,
        .seeds = f->seen.seeds,
        .epochs = f->seen.caches};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < f->seen.slots.n; i++) {
        const struct vlt_slot *s = &f->seen.slots.slot[i];

        if (s->kind == VLT_SLOT_RECOVERY || s->kind == VLT_SLOT_IDENTITY)
            st = tell_way(f, s, err);
        else
            l.ways++;
    }
    l.ways += f->seen.slots.damaged;
    if (st != VAULT_OK || l.ways == 0)
        return st;
    f->out.keys++;
    if (f->o->left != NULL && f->o->left(f->o->ctx, &l) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return st;
}

/* ---- what lies here ---- */

static enum vault_status
folder_of(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    char full[VLT_TRAVEL_PATH];
    size_t n;
    enum vault_status st = vlt_os_absolute(path, full, sizeof full, err);

    if (st != VAULT_OK)
        return st;
    n = (size_t)(vlt_os_basename(full) - full);
    while (n > 1 && (full[n - 1] == '/' || full[n - 1] == '\\'))
        n--;
    full[n] = '\0';
    return vlt_left_folder(w, full, err);
}

static bool
is_key(const char *word)
{
    return strcmp(word, "state") == 0 || strcmp(word, "keyfile") == 0;
}

static bool
is_container(const char *word)
{
    return strcmp(word, "vault") == 0 || strcmp(word, "capture") == 0;
}

/* What the plan says is a key is one by its name. What is no more than a trace
 * by its name is told when all was looked at: whoever changed the plan does
 * not make less of a vault by that. */
static enum vault_status
by_name(struct finishing *f, struct vlt_left_walk *w, bool keys,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < f->plan.lefts; i++) {
        const struct vlt_plan_left *l = &f->plan.left[i];

        if (!is_container(l->word) && strcmp(l->word, "folder") != 0 &&
            is_key(l->word) == keys)
            st = vlt_left_known(w, l->path,
                strcmp(l->word, "keyfile") == 0 ? "keyfile" : "state", keys,
                err);
    }
    return st;
}

/* Files of a kind that can be looked at are judged by what they are. */
static enum vault_status
planned(struct finishing *f, struct vlt_left_walk *w, struct vault_error *err)
{
    enum vault_status st = by_name(f, w, true, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < f->plan.lefts; i++) {
        const struct vlt_plan_left *l = &f->plan.left[i];

        if (is_container(l->word))
            st = folder_of(w, l->path, err);
        else if (strcmp(l->word, "folder") == 0)
            st = vlt_left_folder(w, l->path, err);
    }
    return st;
}

/* One that cannot be opened as a vault any more is still named, as long as
 * something lies under that name; a journal holds its old pages. */
static enum vault_status
planned_by_name(struct finishing *f, struct vlt_left_walk *w,
    struct vault_error *err)
{
    char part[VLT_TRAVEL_PATH];
    static const char *const parts[] = {"", "-journal", "-wal"};
    enum vault_status st = VAULT_OK;
    size_t i, k;

    for (i = 0; i < f->plan.lefts; i++) {
        const struct vlt_plan_left *l = &f->plan.left[i];

        if (!is_container(l->word))
            continue;
        for (k = 0; st == VAULT_OK && k < VLT_COUNT(parts); k++) {
            st = vlt_travel_name(l->path, parts[k], part, err);
            if (st == VAULT_OK)
                st = vlt_left_named(w, part,
                    strcmp(l->word, "vault") == 0 ? "vault" : "capture", err);
        }
    }
    return st;
}

struct states {
    struct vlt_left_walk *w;
};

static enum vault_status
take_state(void *ctx, const char *path, bool lock, struct vault_error *err)
{
    struct states *s = ctx;

    return lock ? VAULT_OK : vlt_left_known(s->w, path, "state", false, err);
}

/* Drafts are sealed to the old vault's card, and have its name in front. */
struct drafts {
    struct vlt_left_walk *w;
    const char *folder;
    const char *name;
    struct vault_error *err;
};

static enum vault_status
take_draft(void *ctx, const char *name, bool is_dir)
{
    struct drafts *d = ctx;
    size_t n = strlen(d->name);
    char path[VLT_TRAVEL_PATH], tail[VLT_TRAVEL_PATH] = "/";

    if (is_dir || strncmp(name, d->name, n) != 0 ||
        strncmp(name + n, ".draft-", 7) != 0 || strlen(name) + 2 > sizeof tail)
        return VAULT_OK;
    memcpy(tail + 1, name, strlen(name) + 1);
    if (vlt_travel_name(d->folder, tail, path, NULL) != VAULT_OK)
        return VAULT_OK;
    return vlt_left_known(d->w, path, "draft", false, d->err);
}

static enum vault_status
look_for_drafts(struct finishing *f, struct vlt_left_walk *w,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    char folder[VLT_TRAVEL_PATH];
    size_t i, n;

    for (i = 0; st == VAULT_OK && i < f->plan.lefts; i++) {
        struct drafts d = {w, folder, NULL, err};

        if (strcmp(f->plan.left[i].word, "vault") != 0)
            continue;
        d.name = vlt_os_basename(f->plan.left[i].path);
        n = (size_t)(d.name - f->plan.left[i].path);
        if (n < 2 || n > sizeof folder)
            continue;
        memcpy(folder, f->plan.left[i].path, n);
        folder[n - 1] = '\0';
        if (vlt_os_is_dir(folder))
            st = vlt_os_listdir(folder, take_draft, &d, err);
        if (st == VAULT_E_IO || st == VAULT_E_NOT_FOUND) {
            vlt_error_clear(err);
            st = VAULT_OK;
        }
    }
    return st;
}

/* What was "deleted" in a file manager lies in one of these, whole. */
static enum vault_status
look_into_trash(struct vlt_left_walk *w, const char *path,
    struct vault_error *err)
{
    char folder[VLT_TRAVEL_PATH];
    enum vault_status st = VAULT_OK;
    unsigned i;

    for (i = 0; st == VAULT_OK && vlt_os_trash(path, i, folder, sizeof folder);
         i++) {
        if (folder[0] != '\0')
            st = vlt_left_folder(w, folder, err);
    }
    return st;
}

static enum vault_status
trash(struct finishing *f, struct vlt_left_walk *w, struct vault_error *err)
{
    enum vault_status st = look_into_trash(w, f->path, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < f->plan.lefts; i++)
        st = look_into_trash(w, f->plan.left[i].path, err);
    return st;
}

static enum vault_status
named_folder(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    char full[VLT_TRAVEL_PATH];
    enum vault_status st = vlt_os_absolute(path, full, sizeof full, err);

    if (st == VAULT_OK && !vlt_os_is_dir(full))
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "%s is not a folder", path);
    return st == VAULT_OK ? vlt_left_folder(w, full, err) : st;
}

static enum vault_status
look_around(struct finishing *f, struct vlt_left_walk *w,
    struct vault_error *err)
{
    struct states states = {w};
    enum vault_status st = planned(f, w, err);
    size_t i;

    if (st == VAULT_OK)
        st = folder_of(w, f->path, err);
    if (st == VAULT_OK)
        st = folder_of(w, "x", err); /* where this program runs */
    for (i = 0; st == VAULT_OK && i < f->o->folders_len; i++)
        st = named_folder(w, f->o->folders[i], err);
    for (i = 0; st == VAULT_OK && i < f->o->also_len; i++)
        st = named_folder(w, f->o->also[i], err);
    if (st == VAULT_OK)
        st = trash(f, w, err);
    if (st == VAULT_OK)
        st = look_for_drafts(f, w, err);
    if (st == VAULT_OK)
        st = planned_by_name(f, w, err);
    if (st == VAULT_OK)
        st = by_name(f, w, false, err);
    if (st == VAULT_OK)
        st = vlt_left_shares(w, err);
    if (st == VAULT_OK)
        st = vlt_state_files(f->o->state_dir, take_state, &states, err);
    if (st == VAULT_E_NOT_FOUND && f->o->folders_len == 0) {
        vlt_error_clear(err);
        st = VAULT_OK; /* no home is known: no state files */
    }
    return st;
}

/* A way back that is another vault's card: nobody can tell without a key which
 * vault's. */
static bool
has_card(const struct vlt_slot_set *set)
{
    size_t i;

    for (i = 0; i < set->n; i++) {
        if (set->slot[i].kind == VLT_SLOT_IDENTITY)
            return true;
    }
    return false;
}

static enum vault_status
tell_left(struct finishing *f, struct vault_error *err)
{
    char capture[VLT_TRAVEL_PATH], plan[VLT_TRAVEL_PATH];
    const char *const except[] = {f->path, plan, capture};
    struct vlt_left_walk w = {.vault = f->seen.vault,
        .except = except,
        .excepts = VLT_COUNT(except) - 1,
        .tell = f->o->left,
        .ctx = f->o->ctx};
    enum vault_status st = vlt_travel_name(f->path, ".capture", capture, err);

    if (st == VAULT_OK)
        st = vlt_travel_name(f->path, ".travel", plan, err);
    if (st == VAULT_OK && vlt_travel_seals_to(capture, f->seen.card))
        w.excepts++; /* its own, not something that was given its name */
    if (st == VAULT_OK)
        st = vlt_left_begin(&w, err);
    if (st == VAULT_OK)
        st = look_around(f, &w, err);
    f->out.keys += w.keys;
    f->out.traces += w.traces;
    f->out.unread += w.unread;
    f->out.others = w.others > 0 && has_card(&f->seen.slots);
    vlt_left_end(&w);
    return st;
}

/* ---- the whole ---- */

/* What is done needs no paths of this machine any more. */
static enum vault_status
forget_paths(struct finishing *f, struct vault_error *err)
{
    struct vlt_plan bare = f->plan;

    bare.lefts = 0;
    bare.left = NULL;
    return vlt_plan_store(f->path, &bare, err);
}

static enum vault_status
finish(struct finishing *f, struct vault_error *err)
{
    enum vault_status st = load(f, err);

    if (st == VAULT_OK)
        st = check_whole(f, err);
    if (st == VAULT_OK)
        st = take_answer(f, err);
    if (st == VAULT_OK)
        st = take_shares(f, err);
    if (st == VAULT_OK && f->changed)
        st = vlt_plan_store(f->path, &f->plan, err);
    if (st == VAULT_OK)
        st = tell_ways(f, err);
    if (st == VAULT_OK)
        st = tell_left(f, err);
    /* without a plan, and no place named, the old vault was not looked for */
    f->out.finished = f->out.proved > 0 && f->out.keys == 0 &&
        (f->out.planned || f->o->folders_len > 0);
    if (st == VAULT_OK && f->out.finished && f->plan.lefts > 0)
        st = forget_paths(f, err);
    return st;
}

enum vault_status
vault_travel_finish(const char *path, const struct vault_travel_look *look,
    struct vault_travel_state *out, struct vault_error *err)
{
    char full[VLT_TRAVEL_PATH];
    struct finishing *f;
    enum vault_status st = vlt_os_absolute(path, full, sizeof full, err);

    if (st != VAULT_OK)
        return st;
    f = calloc(1, sizeof *f);
    if (f == NULL)
        return vlt_fail_memory(err);
    f->path = full;
    f->o = look;
    f->now = look->clock != NULL ? look->clock(look->ctx) : vlt_os_time();
    vlt_plan_init(&f->plan);
    st = finish(f, err);
    if (st == VAULT_OK)
        *out = f->out;
    vlt_plan_clear(&f->plan);
    free(f);
    return st;
}
