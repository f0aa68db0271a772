/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_notes.c: the notes that travel in a bundle */
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"

typedef enum vault_status note_fn(void *ctx, const char *kind, const char *note,
    size_t len, struct vault_error *err);

struct tell {
    struct vlt_bundle *b;
    note_fn *fn;
    void *ctx;
};

static enum vault_status
tell_row(struct tell *t, const char *kind, bool log, uint64_t n,
    struct vault_error *err)
{
    struct vlt_buf *note = &t->b->in->log_note;
    enum vault_status st = log
        ? vlt_bundle_log_text(t->b->store, n, note, err)
        : vlt_bundle_note_text(t->b->store, n, note, err);

    t->b->in->text_log = 0;
    if (st == VAULT_OK)
        st = vlt_bundle_poll(t->b, err);
    return st == VAULT_OK
        ? t->fn(t->ctx, kind, (const char *)note->p, note->len, err)
        : st;
}

/* By session number: what goes on comes after what it goes on from. */
static enum vault_status
tell_logs(struct tell *t, struct vault_error *err)
{
    const struct vlt_bundle_inside *in = t->b->in;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < in->logs; i++) {
        const struct vlt_bundle_log *log = in->by_number[i];

        if (log->fault == VLT_LOG_SOUND)
            st = tell_row(t, log->session ? "session" : "replica", true, log->n,
                err);
    }
    return st;
}

static enum vault_status
take_revocation(void *ctx, uint64_t n, const char *note, size_t len,
    struct vault_error *err)
{
    struct tell *t = ctx;
    enum vault_status st = vlt_bundle_poll(t->b, err);

    (void)n;
    if (st != VAULT_OK)
        return st;
    if (vlt_bundle_revocation_holds(t->b, note, len, NULL))
        return t->fn(t->ctx, "revoke", note, len, err);
    return VAULT_OK;
}

enum vault_status
vlt_bundle_notes(struct vlt_bundle *b, note_fn *fn, void *ctx, uint64_t *bad,
    struct vault_error *err)
{
    struct tell t = {b, fn, ctx};
    const struct vlt_bundle_inside *in = b->in;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < in->cards; i++) {
        if (in->card[i].sound)
            st = tell_row(&t, "card", false, in->card[i].n, err);
    }
    if (st == VAULT_OK)
        st = tell_logs(&t, err);
    for (i = 0; st == VAULT_OK && i < in->devices; i++)
        st = tell_row(&t, "device", false, in->device[i].n, err);
    if (st == VAULT_OK)
        st = vlt_bundle_notes_of(b->store, "revoke", take_revocation, &t, err);
    if (st == VAULT_OK && bad != NULL)
        *bad = b->bad_notes;
    return st;
}

/* ---- notices ---- */

struct notices {
    enum vault_status (
        *fn)(void *ctx, const char *note, size_t len, struct vault_error *err);
    void *ctx;
};

static enum vault_status
take_notice(void *ctx, uint64_t n, const char *note, size_t len,
    struct vault_error *err)
{
    struct notices *t = ctx;

    (void)n;
    return t->fn(t->ctx, note, len, err);
}

enum vault_status
vlt_bundle_notices(struct vlt_bundle *b,
    enum vault_status (
        *fn)(void *ctx, const char *note, size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    static const char *const kinds[] = {"withdraw", "withdraw-revoked", "ack",
        "receipt"};
    struct notices t = {fn, ctx};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(kinds); i++)
        st = vlt_bundle_notes_of(b->store, kinds[i], take_notice, &t, err);
    return st;
}
