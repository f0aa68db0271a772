/* SPDX-License-Identifier: Apache-2.0 */
/* verify_revoke.c: cards that the log names, and those that are revoked */
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "note_rows.h"
#include "revoke.h"
#include "named_lines.h"
#include "rows.h"
#include "text.h"
#include "verify.h"

struct walk {
    struct vlt_verify *v;
    struct vlt_named_lines lines;
};

/* Of a card that one, of a device whichever was the newest when it was made:
 * a line of the log names it. */
static bool
is_signed(const struct vlt_verify *v, const char *note, size_t len)
{
    size_t i;

    for (i = 0; i < v->cards; i++) {
        if (vlt_revoke_check(note, len, &v->card[i], NULL) == VAULT_OK)
            return true;
    }
    return false;
}

static void
say_device(struct vlt_verify *v, const struct vlt_revoke *r)
{
    char device[17], session[17];

    vlt_hex(device, r->device, 8);
    vlt_hex(session, r->last.replica, 8);
    if (r->has_last)
        vlt_held(v, "revoke", r->last.size,
            "device %s is revoked: what it signed after line %" PRIu64
            " of session %s is not to be trusted",
            device, r->last.size, session);
    else
        vlt_held(v, "revoke", 0,
            "device %s is revoked: nothing that it signed is to be trusted",
            device);
}

static bool
is_named(const struct vlt_named_lines *l, const char *note, size_t len)
{
    struct vlt_note parsed;
    uint8_t hash[32];

    if (vlt_note_parse(&parsed, note, len, NULL) != VAULT_OK)
        return false;
    vlt_note_text_hash(hash, &parsed);
    return vlt_named_lines_has(l, hash);
}

static enum vault_status
take_note(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct walk *w = ctx;
    struct vlt_revoke r;

    (void)err;
    w->v->strays += !is_named(&w->lines, note, len);
    if (vlt_revoke_parse(&r, note, len, NULL) == VAULT_OK &&
        vlt_audit_other(w->v, r.vault))
        return VAULT_OK;
    if (vlt_revoke_parse(&r, note, len, NULL) != VAULT_OK ||
        !is_signed(w->v, note, len)) {
        vlt_mismatch(w->v, "revoke",
            "a revocation that no card of this vault signed: planted");
        return VAULT_OK;
    }
    if (!vlt_named_lines_meet(&w->lines, r.text_hash) && w->v->audit)
        vlt_mismatch(w->v, "revoke",
            "a revocation that no line of the log names: planted");
    if (r.is_device)
        say_device(w->v, &r);
    else
        vlt_held(w->v, "revoke", r.generation,
            "card of generation %" PRIu32
            " is revoked: nothing that its key signs from then on is to be "
            "trusted",
            r.generation);
    return VAULT_OK;
}

static enum vault_status
take_stray(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct walk *w = ctx;

    (void)err;
    w->v->strays += !is_named(&w->lines, note, len);
    return VAULT_OK;
}

enum vault_status
vlt_verify_strays(struct vlt_verify *v, struct vault_error *err)
{
    struct walk w = {v, {0, NULL}};
    enum vault_status st = vlt_named_lines_load(v->s, "revoke", &w.lines, err);

    if (st == VAULT_OK)
        st = vlt_notes(v->s, "revoke", take_stray, &w, err);
    vlt_named_lines_clear(&w.lines);
    return st;
}

enum vault_status
vlt_verify_revocations(struct vlt_verify *v, struct vault_error *err)
{
    struct walk w = {v, {0, NULL}};
    uint64_t cards = 0;
    size_t missing;
    enum vault_status st = vlt_count(v->s,
        "SELECT count(DISTINCT subj) FROM leaf WHERE kind = 'card'", &cards,
        err);

    if (st == VAULT_OK && cards > v->cards)
        vlt_mismatch(v, "card",
            "cards that the log names are missing: %" PRIu64, cards - v->cards);
    if (st == VAULT_OK)
        st = vlt_named_lines_load(v->s, "revoke", &w.lines, err);
    if (st == VAULT_OK)
        st = vlt_notes(v->s, "revoke", take_note, &w, err);
    missing = vlt_named_lines_missing(&w.lines);
    v->revocation_missing = missing > 0;
    if (st == VAULT_OK && missing > 0)
        vlt_mismatch(v, "revoke",
            "revocations that the log names are missing: %zu", missing);
    vlt_named_lines_clear(&w.lines);
    return st;
}
