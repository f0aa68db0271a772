/* SPDX-License-Identifier: Apache-2.0 */
/* book.c: cards and log notes of others, and how they hang together */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "fnote.h"
#include "hash.h"
#include "note.h"
#include "receiving.h"
#include "revoke.h"
#include "session.h"
#include "settings.h"

enum kind { CARD, REPLICA, SESSION, DEVICE, REVOKE, KINDS };
static const char *const kind_name[KINDS] = {"card", "replica", "session",
    "device", "revoke"};

/* Whether a note holds is found out when it is asked for: what it needs may
 * come in after it. */
enum judged { NOT_YET, HOLDS, FAILS };

struct entry {
    enum kind kind;
    bool pinned; /* it lies in the settings, and may leave them */
    char *note;
    size_t len;
    uint8_t hash[32]; /* of the note */
    enum judged judged;
    struct vlt_card *card;
    uint8_t vault[16];
    uint8_t id[8];       /* replica, session or device */
    uint8_t log_key[32]; /* of a log */
    uint8_t by[32];      /* fingerprint of the card that signs */
    uint8_t device[8];   /* of a session */
    uint8_t base[8];     /* of a session: the one before it; number > 1 */
    uint32_t number;     /* of a session */
    uint8_t first[32];   /* of a device: H of its first session's text */
    uint8_t text[32];    /* H(text) */
    uint64_t tried;      /* in which search, and for which session, it was */
    size_t of;           /* looked at */
    char origin[VLT_NAME_MAX + 1];
};

struct vlt_book {
    size_t n, cap;
    struct entry *e;
    size_t last; /* what was found last is asked for again, mostly */
    uint64_t search;
};

/* ---- reading a note ---- */

static bool
read_card(struct entry *e)
{
    e->card = malloc(sizeof *e->card);
    if (e->card == NULL ||
        vlt_card_parse(e->card, e->note, e->len, NULL) != VAULT_OK)
        return false;
    e->judged = HOLDS; /* it is signed by its own key */
    return true;
}

static bool
read_replica(struct entry *e)
{
    struct vlt_replica r;

    if (vlt_replica_parse(&r, e->note, e->len, NULL) != VAULT_OK)
        return false;
    memcpy(e->vault, r.vault, 16);
    memcpy(e->id, r.replica, 8);
    memcpy(e->log_key, r.log_key, 32);
    memcpy(e->by, r.card, 32);
    vlt_name_origin(e->origin, r.vault, r.replica);
    vlt_replica_clear(&r);
    return true;
}

static bool
read_session(struct entry *e)
{
    struct vlt_session s;

    if (vlt_session_parse(&s, e->note, e->len, NULL) != VAULT_OK)
        return false;
    memcpy(e->vault, s.vault, 16);
    memcpy(e->id, s.session, 8);
    memcpy(e->device, s.device, 8);
    memcpy(e->log_key, s.log_key, 32);
    memcpy(e->text, s.text_hash, 32);
    e->number = s.number;
    if (s.has_base)
        memcpy(e->base, s.base.replica, 8);
    vlt_name_origin(e->origin, s.vault, s.session);
    return true;
}

static bool
read_device(struct entry *e)
{
    struct vlt_device d;

    if (vlt_device_parse(&d, e->note, e->len, NULL) != VAULT_OK)
        return false;
    memcpy(e->vault, d.vault, 16);
    memcpy(e->id, d.device, 8);
    memcpy(e->by, d.card, 32);
    memcpy(e->first, d.first, 32);
    return true;
}

static void
clear_entry(struct entry *e)
{
    free(e->note);
    free(e->card);
    memset(e, 0, sizeof *e);
}

/* What cannot be read is kept as a note and answers no question. */
static void
read_entry(struct entry *e)
{
    bool good = e->kind == REVOKE;

    if (e->kind == CARD)
        good = read_card(e);
    else if (e->kind == REPLICA)
        good = read_replica(e);
    else if (e->kind == SESSION)
        good = read_session(e);
    else if (e->kind == DEVICE)
        good = read_device(e);
    if (!good)
        e->judged = FAILS;
}

static enum vault_status
push(struct vlt_book *b, enum kind kind, const void *note, size_t len,
    struct vault_error *err)
{
    struct entry *more = b->e;
    size_t cap = b->cap == 0 ? 16 : 2 * b->cap;

    if (b->n == b->cap) {
        more = realloc(more, cap * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        b->e = more;
        b->cap = cap;
    }
    memset(&more[b->n], 0, sizeof *more);
    more[b->n].kind = kind;
    more[b->n].note = vlt_memdup(note, len);
    more[b->n].len = len;
    if (more[b->n].note == NULL)
        return vlt_fail_memory(err);
    vlt_sha256(more[b->n].hash, note, len);
    read_entry(&more[b->n]);
    b->n++;
    return VAULT_OK;
}

static bool
kind_of(const char *name, enum kind *out)
{
    unsigned k;

    for (k = 0; k < KINDS; k++) {
        if (strcmp(kind_name[k], name) != 0)
            continue;
        *out = (enum kind)k;
        return true;
    }
    return false;
}

static enum vault_status
take_note(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    enum kind kind;

    return kind_of(n->kind, &kind) ? push(ctx, kind, n->p, n->len, err)
                                   : VAULT_OK;
}

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_book *b = ctx;
    enum vault_status st = push(b, CARD, p->note.p, p->note.len, err);

    if (st == VAULT_OK)
        b->e[b->n - 1].pinned = true;
    return st;
}

/* A card that came along is nobody's when the vault whose id it claims has
 * another one that is pinned: whatever it signed falls with it. */
static enum vault_status
deny_cards(struct vault *v, struct vlt_book *b, struct vault_error *err)
{
    struct vlt_rcards *c = NULL;
    enum vault_status st = vlt_rcards_load(v, &c, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < b->n; i++) {
        if (b->e[i].kind == CARD && b->e[i].judged == HOLDS &&
            vlt_rcards_denied(c, b->e[i].card))
            b->e[i].judged = FAILS;
    }
    vlt_rcards_free(c);
    return st;
}

enum vault_status
vlt_book_load(struct vault *v, struct vlt_book **out, struct vault_error *err)
{
    struct vlt_book *b = calloc(1, sizeof *b);
    enum vault_status st;

    if (b == NULL)
        return vlt_fail_memory(err);
    st = vlt_fnotes(v, NULL, take_note, b, err);
    if (st == VAULT_OK)
        st = vlt_pins(v, take_pin, b, err);
    if (st == VAULT_OK)
        st = deny_cards(v, b, err);
    if (st == VAULT_OK)
        *out = b;
    else
        vlt_book_free(b);
    return st;
}

void
vlt_book_free(struct vlt_book *b)
{
    size_t i;

    if (b == NULL)
        return;
    for (i = 0; i < b->n; i++)
        clear_entry(&b->e[i]);
    free(b->e);
    free(b);
}

/* ---- who signed what ---- */

static const struct entry *
find_card(const struct vlt_book *b, const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < b->n; i++) {
        if (b->e[i].kind == CARD && b->e[i].judged == HOLDS &&
            memcmp(b->e[i].card->fingerprint, fingerprint, 32) == 0)
            return &b->e[i];
    }
    return NULL;
}

static bool
judge_by_card(const struct vlt_book *b, struct entry *e)
{
    const struct entry *card = find_card(b, e->by);

    if (card == NULL)
        return false;
    return e->kind == REPLICA
        ? vlt_replica_check(e->note, e->len, card->card, NULL) == VAULT_OK
        : vlt_device_check(e->note, e->len, card->card, NULL) == VAULT_OK;
}

static struct entry *
find_device(struct vlt_book *b, const uint8_t vault[16],
    const uint8_t device[8], const uint8_t first[32])
{
    size_t i;

    for (i = 0; i < b->n; i++) {
        struct entry *e = &b->e[i];

        if (e->kind != DEVICE || e->judged == FAILS ||
            memcmp(e->vault, vault, 16) != 0 || memcmp(e->id, device, 8) != 0 ||
            memcmp(e->first, first, 32) != 0)
            continue;
        if (e->judged == NOT_YET)
            e->judged = judge_by_card(b, e) ? HOLDS : NOT_YET;
        if (e->judged == HOLDS)
            return e;
    }
    return NULL;
}

/* A session, from `from` on, that may be the one before: its key signed this
 * one, and it was not looked at in this search. b->n: none. */
static size_t
session_before(const struct vlt_book *b, const struct entry *of, size_t from)
{
    size_t i;

    for (i = of->number > 1 ? from : b->n; i < b->n; i++) {
        const struct entry *e = &b->e[i];

        if (e->kind == SESSION && e->judged != FAILS && e->tried != b->search &&
            memcmp(e->vault, of->vault, 16) == 0 &&
            memcmp(e->device, of->device, 8) == 0 &&
            memcmp(e->id, of->base, 8) == 0 && e->number + 1 == of->number &&
            vlt_session_check(of->note, of->len, e->log_key, NULL) == VAULT_OK)
            return i;
    }
    return b->n;
}

/* The device note speaks for it by its hash, as in a bundle or a disclosure:
 * what came before it may never have been taken out of the device. */
static bool
begins_device(struct vlt_book *b, const struct entry *e)
{
    return find_device(b, e->vault, e->device, e->text) != NULL &&
        (e->number > 1 ||
            vlt_session_check(e->note, e->len, e->log_key, NULL) == VAULT_OK);
}

/*
 * From this session back to the one that the device note names: each is signed
 * by the one before. Somebody else's note may claim the same names: where one
 * leads nowhere, the next is looked at, each once. Numbers go down by one, so
 * the walk ends.
 */
static bool
judge_session(struct vlt_book *b, struct entry *e)
{
    size_t start = (size_t)(e - b->e);
    size_t at = start;
    size_t from = 0;
    size_t i;

    b->search++;
    while (b->e[at].judged != HOLDS &&
        (from > 0 || !begins_device(b, &b->e[at]))) {
        i = session_before(b, &b->e[at], from);
        if (i < b->n) {
            b->e[i].tried = b->search;
            b->e[i].of = at;
            at = i;
            from = 0;
        } else if (at == start) {
            return false;
        } else {
            from = at + 1;
            at = b->e[at].of;
        }
    }
    /* all on the way hold: none of them is asked for its chain again */
    for (; at != start; at = b->e[at].of)
        b->e[at].judged = HOLDS;
    e->judged = HOLDS;
    return true;
}

static bool
log_holds(struct vlt_book *b, struct entry *e)
{
    if (e->judged == NOT_YET &&
        (e->kind == REPLICA ? judge_by_card(b, e) : judge_session(b, e)))
        e->judged = HOLDS;
    return e->judged == HOLDS;
}

/* ---- asking ---- */

const struct vlt_card *
vlt_book_card(const struct vlt_book *b, const uint8_t fingerprint[32])
{
    const struct entry *e = find_card(b, fingerprint);

    return e != NULL ? e->card : NULL;
}

const char *
vlt_book_card_note(const struct vlt_book *b, const uint8_t fingerprint[32],
    size_t *len)
{
    const struct entry *e = find_card(b, fingerprint);

    if (e == NULL)
        return NULL;
    *len = e->len;
    return e->note;
}

/* What is judged is remembered: the book is const for whoever asks only. */
static struct vlt_book *
own(const struct vlt_book *b)
{
    union {
        const struct vlt_book *c;
        struct vlt_book *m;
    } u = {b};

    return u.m;
}

/* `point` NULL: any log of this origin; else the one whose key signed it. */
static const char *
find_log(struct vlt_book *b, const char *origin, const struct vlt_note *point,
    size_t *len)
{
    size_t i;

    for (i = 0; i < b->n; i++) {
        size_t at = (b->last + i) % b->n;
        struct entry *e = &b->e[at];

        if ((e->kind != REPLICA && e->kind != SESSION) || e->judged == FAILS ||
            strcmp(e->origin, origin) != 0 || !log_holds(b, e) ||
            (point != NULL &&
                vlt_note_check(point, origin, e->log_key, NULL) != VAULT_OK))
            continue;
        b->last = at;
        *len = e->len;
        return e->note;
    }
    return NULL;
}

const char *
vlt_book_log_note(const struct vlt_book *b, const char *origin, size_t *len)
{
    return find_log(own(b), origin, NULL, len);
}

const char *
vlt_book_log_of(const struct vlt_book *b, const char *origin,
    const struct vlt_note *point, size_t *len)
{
    return find_log(own(b), origin, point, len);
}

const char *
vlt_book_device_note(const struct vlt_book *b, const struct vlt_session *s,
    size_t *len)
{
    const struct entry *e =
        find_device(own(b), s->vault, s->device, s->text_hash);

    if (e == NULL)
        return NULL;
    *len = e->len;
    return e->note;
}

/* Numbers go down by one, so the walk ends. */
const char *
vlt_book_device_from(const struct vlt_book *b, const struct vlt_session *s,
    size_t *len)
{
    char origin[VLT_NAME_MAX + 1];
    struct vlt_session at = *s;
    uint32_t number;

    for (;;) {
        const char *note = vlt_book_device_note(b, &at, len);

        if (note != NULL || !at.has_base)
            return note;
        number = at.number;
        vlt_name_origin(origin, at.vault, at.base.replica);
        note = vlt_book_log_note(b, origin, len);
        if (note == NULL ||
            vlt_session_parse(&at, note, *len, NULL) != VAULT_OK ||
            at.number >= number)
            return NULL;
    }
}

enum vault_status
vlt_book_revocations(const struct vlt_book *b, const uint8_t vault[16],
    const uint8_t device[8],
    enum vault_status (
        *fn)(void *ctx, const char *note, size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    struct vlt_revoke r;
    size_t i;

    for (i = 0; st == VAULT_OK && i < b->n; i++) {
        const struct entry *e = &b->e[i];

        if (e->kind == REVOKE &&
            vlt_revoke_parse(&r, e->note, e->len, NULL) == VAULT_OK &&
            r.is_device && memcmp(r.vault, vault, 16) == 0 &&
            memcmp(r.device, device, 8) == 0)
            st = fn(ctx, e->note, e->len, err);
    }
    return st;
}

enum vault_status
vlt_book_add(struct vault *v, struct vlt_book *b, const char *kind,
    const char *note, size_t len, struct vault_error *err)
{
    uint8_t hash[32];
    uint64_t n = 0;
    enum kind k = CARD;
    bool known = kind_of(kind, &k);
    enum vault_status st;
    size_t i;

    assert(known);
    vlt_sha256(hash, note, len);
    for (i = 0; known && i < b->n; i++) {
        if (b->e[i].kind == k && !b->e[i].pinned &&
            memcmp(b->e[i].hash, hash, 32) == 0)
            return VAULT_OK;
    }
    st = vlt_fnote_put(v, &n, kind, note, len, err);
    return st == VAULT_OK ? push(b, k, note, len, err) : st;
}
