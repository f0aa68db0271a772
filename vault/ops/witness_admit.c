/* SPDX-License-Identifier: Apache-2.0 */
/* witness_admit.c: whose a log is, that a witness has not seen before */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "replica.h"
#include "witness_judge.h"

/* ---- the notes that came along ---- */

void
vlt_intros_clear(struct vlt_intros *l)
{
    free(l->at);
    *l = (struct vlt_intros){0, NULL};
}

static bool
begins(const char *p, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(p, with, strlen(with)) == 0;
}

static enum vault_status
read_replica(struct vlt_intro *i, struct vault_error *err)
{
    struct vlt_replica r = {0};
    enum vault_status st = vlt_replica_parse(&r, i->note, i->len, err);

    if (st != VAULT_OK)
        return st;
    memcpy(i->is.replica.vault, r.vault, 16);
    memcpy(i->is.replica.id, r.replica, 8);
    memcpy(i->is.replica.log_key, r.log_key, 32);
    memcpy(i->is.replica.card, r.card, 32);
    vlt_replica_clear(&r);
    return VAULT_OK;
}

static enum vault_status
read_intro(struct vlt_intro *i, bool *other, struct vault_error *err)
{
    *other = false;
    if (begins(i->note, i->len, "sanduq.v1/replica\n")) {
        i->kind = VLT_INTRO_REPLICA;
        return read_replica(i, err);
    }
    if (begins(i->note, i->len, "sanduq.v1/session\n")) {
        i->kind = VLT_INTRO_SESSION;
        return vlt_session_parse(&i->is.session, i->note, i->len, err);
    }
    if (begins(i->note, i->len, "sanduq.v1/device\n")) {
        i->kind = VLT_INTRO_DEVICE;
        return vlt_device_parse(&i->is.device, i->note, i->len, err);
    }
    *other = true;
    return VAULT_OK;
}

enum vault_status
vlt_intros_add(struct vlt_intros *l, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_intro i = {.note = note, .len = len};
    struct vlt_intro *more = l->at;
    bool other;
    enum vault_status st = read_intro(&i, &other, err);

    if (st != VAULT_OK || other)
        return st;
    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    more[l->n++] = i;
    return VAULT_OK;
}

/* ---- the card behind them ---- */

static enum vault_status
known_card(const struct vlt_judging *j, const uint8_t vault[16],
    const uint8_t fingerprint[32], const struct vlt_card **out,
    struct vault_error *err)
{
    const struct vlt_judge_card *c = NULL;
    size_t i;

    for (i = 0; i < j->cards && c == NULL; i++) {
        if (memcmp(j->card[i].card.fingerprint, fingerprint, 32) == 0)
            c = &j->card[i];
    }
    if (c == NULL || memcmp(c->card.vault, vault, 16) != 0)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "sanduq card add pins it; compare the fingerprint with the person",
            "the card that speaks for this log is not pinned here");
    if (c->state != VLT_PIN_KNOWN)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "sanduq card add --fingerprint, with what the person read out",
            "the card that speaks for this log, of \"%s\", is %-s: a witness "
            "asks for one that was compared",
            c->name, vlt_pin_state_word(c->state));
    *out = &c->card;
    return VAULT_OK;
}

/* ---- a replica ---- */

static enum vault_status
admit_replica(struct vlt_judging *j, struct vlt_intro *i, uint8_t key[32],
    struct vault_error *err)
{
    const struct vlt_card *card = NULL;
    enum vault_status st =
        known_card(j, i->is.replica.vault, i->is.replica.card, &card, err);

    if (st == VAULT_OK)
        st = vlt_replica_check(i->note, i->len, card, err);
    if (st == VAULT_OK)
        memcpy(key, i->is.replica.log_key, 32);
    return st;
}

/* ---- a session ---- */

/* Whether a device note names this session as the one it begins with. */
static enum vault_status
named_first(struct vlt_judging *j, const struct vlt_session *s, bool *named,
    struct vault_error *err)
{
    size_t i;
    enum vault_status st = VAULT_OK;

    *named = false;
    for (i = 0; i < j->intros.n && !*named; i++) {
        const struct vlt_intro *x = &j->intros.at[i];
        const struct vlt_card *card = NULL;

        if (x->kind != VLT_INTRO_DEVICE ||
            memcmp(x->is.device.first, s->text_hash, 32) != 0 ||
            memcmp(x->is.device.vault, s->vault, 16) != 0 ||
            memcmp(x->is.device.device, s->device, 8) != 0)
            continue;
        st = known_card(j, s->vault, x->is.device.card, &card, err);
        if (st == VAULT_OK)
            st = vlt_device_check(x->note, x->len, card, err);
        if (st != VAULT_OK)
            return st;
        *named = true;
    }
    return st;
}

static struct vlt_intro *
session_before(struct vlt_judging *j, const struct vlt_session *s)
{
    size_t i;

    for (i = 0; s->has_base && i < j->intros.n; i++) {
        struct vlt_intro *x = &j->intros.at[i];

        if (x->kind == VLT_INTRO_SESSION &&
            memcmp(x->is.session.session, s->base.replica, 8) == 0 &&
            memcmp(x->is.session.device, s->device, 8) == 0 &&
            memcmp(x->is.session.vault, s->vault, 16) == 0 &&
            x->is.session.number + 1 == s->number)
            return x;
    }
    return NULL;
}

/* One link of the chain: nothing further to ask, or the one before. */
static enum vault_status
link_session(struct vlt_judging *j, struct vlt_intro *i,
    struct vlt_intro **before, struct vault_error *err)
{
    const struct vlt_session *s = &i->is.session;
    bool named = false;
    enum vault_status st = named_first(j, s, &named, err);

    *before = NULL;
    if (st != VAULT_OK)
        return st;
    if (named)
        return s->has_base ? VAULT_OK
                           : vlt_session_check(i->note, i->len, NULL, err);
    *before = session_before(j, s);
    if (*before == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no device note that came along begins with session %" PRIu32
            " of this device, and none before it is here",
            s->number);
    return vlt_session_check(i->note, i->len, (*before)->is.session.log_key,
        err);
}

/*
 * From this session back to one that a device note names, or that was found
 * good or bad before; numbers fall, so it ends. All on the way share what is
 * found, so that many sessions of one device cost no more than one.
 */
static enum vault_status
admit_session(struct vlt_judging *j, struct vlt_intro *i, uint8_t key[32],
    struct vault_error *err)
{
    struct vlt_intro *at = i, *before = NULL;
    enum vault_status st = VAULT_OK;
    bool good;

    while (st == VAULT_OK && at != NULL && at->state == VLT_INTRO_UNSEEN) {
        st = link_session(j, at, &before, err);
        at->before = before;
        at = before;
    }
    if (st == VAULT_OK && at != NULL && at->state == VLT_INTRO_BAD)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "a session before this one is not introduced as it must be");
    good = st == VAULT_OK;
    for (at = i; at != NULL && at->state == VLT_INTRO_UNSEEN; at = at->before)
        at->state = good ? VLT_INTRO_GOOD : VLT_INTRO_BAD;
    if (good)
        memcpy(key, i->is.session.log_key, 32);
    return st;
}

enum vault_status
vlt_judge_admit(struct vlt_judging *j, const uint8_t vault[16],
    const uint8_t id[8], uint8_t key[32], struct vault_error *err)
{
    size_t i;

    for (i = 0; i < j->intros.n; i++) {
        struct vlt_intro *x = &j->intros.at[i];

        if (x->kind == VLT_INTRO_REPLICA &&
            memcmp(x->is.replica.vault, vault, 16) == 0 &&
            memcmp(x->is.replica.id, id, 8) == 0)
            return admit_replica(j, x, key, err);
        if (x->kind == VLT_INTRO_SESSION &&
            memcmp(x->is.session.vault, vault, 16) == 0 &&
            memcmp(x->is.session.session, id, 8) == 0)
            return admit_session(j, x, key, err);
    }
    return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
        "the log's note goes along with the first request: sanduq witness "
        "ask NAME --old 0",
        "no log that was signed for here, and no note that introduces it "
        "came along");
}
