/* SPDX-License-Identifier: Apache-2.0 */
/* verify_witnessed.c: the logs that a witness has seen, against those here */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fail.h"
#include "utc.h"
#include "verify_witness.h"
#include "witnessed.h"

/* One text on its way. */
struct seeing {
    struct vlt_verify *v;
    struct vlt_witnessed said;
    char name[VLT_NAME_MAX + 1]; /* of the witness, as it is shown */
    char time[VLT_UTC_TEXT];
    uint64_t other; /* logs that it knows, and that are not here */
    uint64_t same;  /* states that are as it says */
    uint64_t met;   /* logs here that it knows */
    uint64_t forks; /* of which it saw another history */
};

static bool
stands_alone(const struct vlt_verify *v)
{
    return v->wit->states > 0;
}

/* ---- whose word it is ---- */

static void
name_witness(struct seeing *s, const struct vlt_card *card)
{
    const struct vlt_wit *w = s->v->wit;
    size_t i;

    vlt_name_witness(s->name, card->vault);
    for (i = 0; i < w->keys; i++) {
        if (strcmp(w->key[i].vkey.name, s->name) == 0) {
            memcpy(s->name, w->key[i].shown, sizeof s->name);
            return;
        }
    }
}

static const struct vlt_card *
find_card(const struct vlt_wit *w, const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < w->cards; i++) {
        if (memcmp(w->card[i].fingerprint, fingerprint, 32) == 0)
            return &w->card[i];
    }
    return NULL;
}

/* Whether the text counts here; else why it does not was said. */
static enum vault_status
check_text(struct seeing *s, const char *text, bool *counts,
    struct vault_error *err)
{
    struct vlt_verify *v = s->v;
    const struct vlt_card *card = find_card(v->wit, s->said.card);
    char shown[VLT_FINGERPRINT_TEXT];
    enum vault_status st;

    *counts = false;
    if (card == NULL) {
        vlt_fingerprint_text(shown, s->said.card);
        vlt_not_as_asked(v, "witnessed",
            "what a witness says was not checked: it names the card %s, which "
            "--witness must give",
            shown);
        return VAULT_OK;
    }
    st = vlt_witnessed_check(text, strlen(text), card, err);
    if (st != VAULT_OK)
        return st;
    name_witness(s, card);
    vlt_utc_text(s->time, (int64_t)s->said.time);
    if (memcmp(card->vault, s->said.vault, 16) == 0) {
        vlt_not_as_asked(v, "witnessed",
            "witness %s speaks of its own logs: that counts for nothing",
            s->name);
        return VAULT_OK;
    }
    if (s->said.time < (uint64_t)VLT_CLOCK_FLOOR) {
        vlt_not_as_asked(v, "witnessed",
            "witness %s speaks of a time at which there was no such log (%s): "
            "its clock was wrong, and it counts for nothing",
            s->name, s->time);
        return VAULT_OK;
    }
    if ((int64_t)s->said.time > v->wit->now)
        vlt_not_seen(v, "witnessed", 1,
            "witness %s speaks of a time that this machine's clock has not "
            "reached (%s): one of the clocks is wrong",
            s->name, s->time);
    *counts = true;
    return VAULT_OK;
}

/* ---- one log that it has seen ---- */

static void
say_fork(struct seeing *s, const struct vlt_witnessed_log *l)
{
    s->forks++;
    vlt_mismatch(s->v, "witnessed",
        "log %s: at %" PRIu64
        " lines witness %s saw another history (%s): if that is true the log's "
        "key signed two, by tampering or on a machine restored with its state",
        l->origin, l->size, s->name, s->time);
}

static enum vault_status
compare_log(struct seeing *s, const struct vlt_witnessed_log *l,
    const struct vlt_seen_log *log, struct vault_error *err)
{
    struct vlt_verify *v = s->v;
    uint8_t root[32];
    enum vault_status st = VAULT_OK;

    if (!log->sound)
        return VAULT_OK; /* had its line */
    if (l->size > log->size) {
        vlt_not_as_asked(v, "witnessed",
            "log %s ends at line %" PRIu64 "; witness %s had seen %" PRIu64
            ": an older copy, or lines were taken away",
            l->origin, log->size, s->name, l->size);
        return VAULT_OK;
    }
    memcpy(root, log->root, 32);
    if (l->size != log->size)
        st = vlt_seen_root(v, log, l->size, root, err);
    if (st != VAULT_OK)
        return st;
    if (memcmp(root, l->root, 32) != 0)
        say_fork(s, l);
    else
        s->same++;
    return VAULT_OK;
}

static const struct vlt_seen_log *
find_log(const struct vlt_verify *v, const char *origin)
{
    size_t i;

    for (i = 0; i < v->logs; i++) {
        if (strcmp(v->log[i].origin, origin) == 0)
            return &v->log[i];
    }
    return NULL;
}

static enum vault_status
judge_log(struct seeing *s, const struct vlt_witnessed_log *l,
    struct vault_error *err)
{
    const struct vlt_seen_log *log = find_log(s->v, l->origin);

    if (log != NULL) {
        s->met++;
        return compare_log(s, l, log, err);
    }
    s->other++;
    if (!s->v->capture)
        vlt_not_as_asked(s->v, "replicas",
            "another replica: witness %s had seen log %s with %" PRIu64
            " lines (%s), which is not in this file",
            s->name, l->origin, l->size, s->time);
    return VAULT_OK;
}

/* Of states without leaves only the same size can be compared. */
static void
judge_alone(struct seeing *s, const struct vlt_witnessed_log *l)
{
    const struct vlt_wit *w = s->v->wit;
    size_t i;

    for (i = 0; i < w->states; i++) {
        if (strcmp(w->state[i].origin, l->origin) != 0)
            continue;
        s->met++;
        if (w->state[i].size != l->size)
            vlt_not_seen(s->v, "witnessed", 1,
                "log %s: the state here has %" PRIu64
                " lines, and witness %s had seen %" PRIu64
                ": whether one leads to the other can not be compared without "
                "the lines",
                l->origin, w->state[i].size, s->name, l->size);
        else if (memcmp(w->state[i].root, l->root, 32) != 0)
            say_fork(s, l);
        else
            s->same++;
    }
}

/* ---- what follows ---- */

static void
say_seen(const struct seeing *s)
{
    struct vlt_verify *v = s->v;
    uint64_t here = stands_alone(v) ? v->wit->states : v->logs;

    if (s->same > 0)
        vlt_held(v, "witnessed", s->same,
            "%" PRIu64 " logs hold what witness %s had seen of them (%s), "
            "unchanged",
            s->same, s->name, s->time);
    if (here > s->met)
        vlt_not_seen(v, "witnessed", here - s->met,
            "logs here that witness %s had not seen (%s): %" PRIu64, s->name,
            s->time, here - s->met);
    if (stands_alone(v) || v->capture)
        vlt_not_seen(v, "replicas", s->other,
            "other replicas: this file does not hold all logs of its vault, so "
            "it can not be compared with those that witness %s knows",
            s->name);
    else if (s->met == 0 && s->other == 0)
        vlt_not_seen(v, "replicas", 0,
            "other replicas: witness %s has seen no log of this file, and so "
            "can not say",
            s->name);
    else if (s->other == 0 && s->forks == 0)
        vlt_held(v, "replicas", 1, "other replicas: none known to %s at %s",
            s->name, s->time);
}

static bool
is_of_here(const struct seeing *s)
{
    const struct vlt_wit *w = s->v->wit;
    char name[VLT_NAME_MAX + 1];
    size_t i, len;

    if (!stands_alone(s->v))
        return memcmp(s->said.vault, s->v->id, 16) == 0;
    vlt_name_witness(name, s->said.vault);
    len = (size_t)(strrchr(name, '/') - name) + 1;
    for (i = 0; i < w->states; i++) {
        if (strncmp(w->state[i].origin, name, len) == 0)
            return true;
    }
    return false;
}

static enum vault_status
judge_text(struct vlt_verify *v, const char *text, struct vault_error *err)
{
    struct seeing s = {.v = v};
    bool counts = false;
    enum vault_status st =
        vlt_witnessed_parse(&s.said, text, strlen(text), err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    st = check_text(&s, text, &counts, err);
    if (st == VAULT_OK && counts && !is_of_here(&s)) {
        vlt_not_as_asked(v, "witnessed",
            "what witness %s says is about another vault", s.name);
        counts = false;
    }
    for (i = 0; st == VAULT_OK && counts && i < s.said.n; i++) {
        if (stands_alone(v))
            judge_alone(&s, &s.said.log[i]);
        else
            st = judge_log(&s, &s.said.log[i], err);
    }
    if (st == VAULT_OK && counts)
        say_seen(&s);
    vlt_witnessed_clear(&s.said);
    return st;
}

/* The policy may name a log of this vault that is not shown. */
static void
say_policy_logs(struct vlt_verify *v)
{
    const struct vlt_policy *p = &v->wit->policy;
    char name[VLT_NAME_MAX + 1];
    size_t i, len;

    if (stands_alone(v) || v->capture)
        return;
    vlt_name_witness(name, v->id);
    len = (size_t)(strrchr(name, '/') - name) + 1;
    for (i = 0; i < p->logs; i++) {
        if (p->log[i].usable && strncmp(p->log[i].vkey.name, name, len) == 0 &&
            find_log(v, p->log[i].vkey.name) == NULL)
            vlt_not_as_asked(v, "replicas",
                "another replica: the policy names log %s, which is not in "
                "this file",
                p->log[i].vkey.name);
    }
}

enum vault_status
vlt_verify_witnessed(struct vlt_verify *v, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i;

    say_policy_logs(v);
    for (i = 0; st == VAULT_OK && i < v->opt->witnessed_len; i++) {
        vlt_error_clear(&why);
        st = judge_text(v, v->opt->witnessed[i], &why);
        st = vlt_judge(v, "witnessed", st, &why, err);
    }
    if (st == VAULT_OK && v->opt->witnessed_len == 0)
        vlt_not_seen(v, "replicas", 0, "other replicas: unknown");
    return st;
}
