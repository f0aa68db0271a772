/* SPDX-License-Identifier: Apache-2.0 */
/* share_log.c: logs, checkpoints, notes and cards that a bundle needs */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle_put.h"
#include "fail.h"
#include "fnote.h"
#include "note_rows.h"
#include "rows.h"
#include "sharing.h"

/* ---- cards ---- */

static bool
has_card(const struct vlt_share_file *f, const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < f->cards; i++) {
        if (memcmp(f->card[i].b, fingerprint, 32) == 0)
            return true;
    }
    return false;
}

static enum vault_status
put_card(struct vlt_share_file *f, const uint8_t fingerprint[32],
    const char *note, size_t len, struct vault_error *err)
{
    struct vlt_hash32 *more;

    if (has_card(f, fingerprint))
        return VAULT_OK;
    more = realloc(f->card, (f->cards + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    f->card = more;
    memcpy(more[f->cards++].b, fingerprint, 32);
    return vlt_note_put(f->out, "card", note, len, err);
}

static enum vault_status
book(struct vlt_share_file *f, struct vault_error *err)
{
    return f->book != NULL ? VAULT_OK : vlt_book_load(f->s->v, &f->book, err);
}

/* A card of somebody else's, and those it follows, as far as they are kept. */
static enum vault_status
put_cards_from(struct vlt_share_file *f, const uint8_t fingerprint[32],
    struct vault_error *err)
{
    uint8_t next[32];
    enum vault_status st = VAULT_OK;

    memcpy(next, fingerprint, sizeof next);
    while (st == VAULT_OK && !has_card(f, next)) {
        const struct vlt_card *c = vlt_book_card(f->book, next);
        const char *note;
        size_t len = 0;

        note = vlt_book_card_note(f->book, next, &len);
        if (c == NULL || note == NULL)
            break;
        st = put_card(f, next, note, len, err);
        if (!c->has_prev)
            break;
        memcpy(next, c->prev, sizeof next);
    }
    if (st == VAULT_OK && !has_card(f, fingerprint))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the card that its log is signed by is missing");
    return st;
}

static enum vault_status
put_own_card(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct vlt_card card;
    enum vault_status st = vlt_card_parse(&card, r->card, r->card_len, err);

    return st == VAULT_OK
        ? put_card(ctx, card.fingerprint, r->card, r->card_len, err)
        : st;
}

static enum vault_status
put_revocation(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct vlt_share_file *f = ctx;

    return vlt_note_put(f->out, "revoke", note, len, err);
}

/* ---- logs ---- */

static struct vlt_share_log *
find_log(struct vlt_share_file *f, const char *origin)
{
    size_t i;

    if (f->log_last < f->logs &&
        strcmp(f->log[f->log_last].origin, origin) == 0)
        return &f->log[f->log_last];
    for (i = 0; i < f->logs; i++) {
        if (strcmp(f->log[i].origin, origin) == 0) {
            f->log_last = i;
            return &f->log[i];
        }
    }
    return NULL;
}

static enum vault_status
put_log(struct vlt_share_file *f, const char *origin, const char *note,
    size_t len, uint64_t *n, struct vault_error *err)
{
    struct vlt_share_log *more;
    enum vault_status st;

    more = realloc(f->log, (f->logs + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    f->log = more;
    memset(&more[f->logs], 0, sizeof *more);
    (void)snprintf(more[f->logs].origin, sizeof more->origin, "%s", origin);
    st = vlt_log_put(f->out, origin, note, len, n, err);
    if (st == VAULT_OK)
        more[f->logs++].n = *n;
    return st;
}

struct own_note {
    uint64_t n;
    const char *origin;
    struct vlt_buf note;
};

static enum vault_status
take_note(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct own_note *o = ctx;

    if (o->origin != NULL ? strcmp(r->origin, o->origin) != 0 : r->n != o->n)
        return VAULT_OK;
    o->n = r->n;
    vlt_buf_put(&o->note, r->note, r->note_len);
    return vlt_buf_end(&o->note, "note", err);
}

enum vault_status
vlt_share_own_log(struct vlt_share_file *f, const struct vlt_own_log *own,
    uint64_t *n, struct vault_error *err)
{
    struct vault *v = f->s->v;
    struct own_note o = {.n = own->n};
    struct vlt_share_log *known = find_log(f, own->origin);
    struct vlt_checkpoint_row point;
    struct vlt_buf note;
    enum vault_status st;

    if (known != NULL) {
        *n = known->n;
        return VAULT_OK;
    }
    vlt_buf_init(&o.note, VLT_NOTE_MAX);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_logs(v->store, take_note, &o, err);
    if (st == VAULT_OK)
        st =
            put_log(f, own->origin, (const char *)o.note.p, o.note.len, n, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_newest(v->store, own->n, &point, &note, err);
    if (st == VAULT_OK && point.size != own->size)
        st = vlt_fail(err, VAULT_E_INTERNAL,
            "a log grew while a bundle was made");
    if (st == VAULT_OK)
        st = vlt_share_point(f, *n, point.size, (const char *)note.p, note.len,
            err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_keep(v->store, own->n, own->size, err);
    vlt_buf_clear(&o.note);
    vlt_buf_clear(&note);
    return st;
}

/* ---- checkpoints ---- */

enum vault_status
vlt_share_point(struct vlt_share_file *f, uint64_t log, uint64_t size,
    const char *note, size_t len, struct vault_error *err)
{
    struct vlt_share_point *p, *more;
    struct vlt_note n;
    uint8_t text[32];
    size_t i;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st != VAULT_OK)
        return st;
    vlt_note_text_hash(text, &n);
    for (i = 0; i < f->points; i++) {
        p = &f->point[(f->point_last + i) % f->points];
        if (p->log != log || p->size != size)
            continue;
        f->point_last = (size_t)(p - f->point);
        return memcmp(p->text, text, 32) == 0
            ? VAULT_OK
            : vlt_fail(err, VAULT_E_TAMPERED,
                  "its log signed two histories of one length");
    }
    more = realloc(f->point, (f->points + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    f->point = more;
    more[f->points].log = log;
    more[f->points].size = size;
    memcpy(more[f->points].text, text, 32);
    f->point_last = f->points++;
    return vlt_bundle_put_checkpoint(f->out, log, size, note, len, err);
}

/* ---- logs of others, and of the vault's own sessions ---- */

struct device_search {
    const struct vault *v;
    const struct vlt_session *s;
    struct vlt_buf note;
};

/* The one that begins with this very session, under a card of ours. */
static enum vault_status
take_device(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct device_search *q = ctx;
    const struct vlt_card *card;
    struct vlt_device d;

    if (q->note.len > 0 || vlt_device_parse(&d, note, len, NULL) != VAULT_OK ||
        memcmp(d.device, q->s->device, sizeof d.device) != 0 ||
        memcmp(d.first, q->s->text_hash, sizeof d.first) != 0)
        return VAULT_OK;
    card = vlt_own_card(q->v, d.card);
    if (card == NULL || vlt_device_check(note, len, card, NULL) != VAULT_OK)
        return VAULT_OK;
    vlt_buf_put(&q->note, note, len);
    return vlt_buf_end(&q->note, "note", err);
}

static enum vault_status
put_device_note(struct vlt_share_file *f, const struct vlt_session *s,
    const char *note, size_t len, struct vault_error *err)
{
    struct vlt_device d;
    enum vault_status st = vlt_device_parse(&d, note, len, err);

    if (st == VAULT_OK)
        st = put_cards_from(f, d.card, err);
    if (st == VAULT_OK)
        st = vlt_note_put(f->out, "device", note, len, err);
    /* one's own revocations are in it anyway */
    if (st == VAULT_OK && memcmp(s->vault, f->s->v->id, 16) != 0)
        st = vlt_book_revocations(f->book, s->vault, s->device, put_revocation,
            f, err);
    return st;
}

/* The word of its vault for the device that begins with this session, with
 * the card that signed it; *found: there is one. */
static enum vault_status
put_device(struct vlt_share_file *f, const struct vlt_session *s, bool *found,
    struct vault_error *err)
{
    struct device_search q = {.v = f->s->v, .s = s};
    const char *note = NULL;
    size_t len = 0;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&q.note, VLT_NOTE_MAX);
    if (memcmp(s->vault, f->s->v->id, 16) == 0) {
        st = vlt_notes(f->s->v->store, "device", take_device, &q, err);
        note = q.note.len > 0 ? (const char *)q.note.p : NULL;
        len = q.note.len;
    } else {
        note = vlt_book_device_note(f->book, s, &len);
    }
    *found = note != NULL;
    if (st == VAULT_OK && note != NULL)
        st = put_device_note(f, s, note, len, err);
    vlt_buf_clear(&q.note);
    return st;
}

/* What a session is certified by; *previous is the origin of the session
 * before it, when the device note does not begin with this one. */
static enum vault_status
put_session_notes(struct vlt_share_file *f, const struct vlt_session *s,
    char previous[VLT_NAME_MAX + 1], struct vault_error *err)
{
    bool found = false;
    enum vault_status st = put_device(f, s, &found, err);

    if (st != VAULT_OK || found)
        return st;
    if (!s->has_base)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the note of the device that sealed it is missing");
    vlt_name_origin(previous, s->vault, s->base.replica);
    return VAULT_OK;
}

/* The note of a log; *previous is the origin of the session before, if any. */
static enum vault_status
put_log_notes(struct vlt_share_file *f, const char *origin, const char *note,
    size_t len, uint64_t *n, char previous[VLT_NAME_MAX + 1],
    struct vault_error *err)
{
    struct vlt_replica r;
    struct vlt_session s;
    enum vault_status st = put_log(f, origin, note, len, n, err);

    previous[0] = '\0';
    if (st != VAULT_OK)
        return st;
    if (vlt_session_is(note, len)) {
        st = vlt_session_parse(&s, note, len, err);
        return st == VAULT_OK ? put_session_notes(f, &s, previous, err) : st;
    }
    st = vlt_replica_parse(&r, note, len, err);
    if (st != VAULT_OK)
        return st;
    st = put_cards_from(f, r.card, err);
    vlt_replica_clear(&r);
    return st;
}

/* One log; the caller goes on with the one before it. */
static enum vault_status
put_one_log(struct vlt_share_file *f, const char *origin, uint64_t *n,
    char previous[VLT_NAME_MAX + 1], struct vault_error *err)
{
    struct own_note own = {.origin = origin};
    const char *note;
    size_t len = 0;
    enum vault_status st = book(f, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&own.note, VLT_NOTE_MAX);
    note = vlt_book_log_note(f->book, origin, &len);
    if (note == NULL) {
        st = vlt_logs(f->s->v->store, take_note, &own, err);
        note = own.note.len > 0 ? (const char *)own.note.p : NULL;
        len = own.note.len;
    }
    if (st == VAULT_OK && note == NULL)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the note of the log that names it is missing");
    if (st == VAULT_OK)
        st = put_log_notes(f, origin, note, len, n, previous, err);
    vlt_buf_clear(&own.note);
    return st;
}

enum vault_status
vlt_share_log(struct vlt_share_file *f, const char *origin, uint64_t *n,
    struct vault_error *err)
{
    char at[VLT_NAME_MAX + 1], previous[VLT_NAME_MAX + 1];
    const struct vlt_share_log *known = find_log(f, origin);
    uint64_t number = 0;
    enum vault_status st;

    if (known != NULL) {
        *n = known->n;
        return VAULT_OK;
    }
    st = put_one_log(f, origin, n, previous, err);
    while (st == VAULT_OK && previous[0] != '\0' &&
        find_log(f, previous) == NULL) {
        memcpy(at, previous, sizeof at);
        st = put_one_log(f, at, &number, previous, err);
    }
    return st;
}

/* ---- the sender ---- */

/* The log this machine writes if it was signed before, else the latest one. */
static const struct vlt_own_log *
newest_log(const struct vault *v)
{
    const struct vlt_own_log *best = NULL;
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        const struct vlt_own_log *l = &v->logs.log[i];

        if (l->session || l->size == 0)
            continue;
        if (best == NULL || l->n == v->log_n ||
            (best->n != v->log_n && l->replica.number > best->replica.number))
            best = l;
    }
    return best;
}

enum vault_status
vlt_share_sender(struct vlt_share_file *f, struct vault_error *err)
{
    struct vault *v = f->s->v;
    const struct vlt_own_log *log = newest_log(v);
    uint64_t n = 0;
    enum vault_status st;

    if (log == NULL)
        return vlt_fail(err, VAULT_E_INTERNAL, "no log was signed yet");
    st = vlt_identities(v->store, put_own_card, f, err);
    if (st == VAULT_OK)
        st = vlt_notes(v->store, "revoke", put_revocation, f, err);
    if (st == VAULT_OK)
        st = vlt_share_own_log(f, log, &n, err);
    if (st == VAULT_OK)
        memcpy(f->text.log, log->checkpoint, 32);
    return st;
}
