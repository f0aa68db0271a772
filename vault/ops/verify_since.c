/* SPDX-License-Identifier: Apache-2.0 */
/* verify_since.c: what was given of an earlier time: checkpoints, a state */
#include "nmark.h"
#include "verify_since.h"
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "pasted.h"
#include "text.h"
#include "utc.h"

static void
unmet(struct vlt_verify *v)
{
    v->since_unmet = true;
}

static const struct vlt_seen_log *
log_of(const struct vlt_verify *v, const char *origin)
{
    size_t i;

    for (i = 0; i < v->logs; i++) {
        if (strcmp(v->log[i].origin, origin) == 0)
            return &v->log[i];
    }
    return NULL;
}

/* ---- checkpoints ---- */

static bool
is_signed(const struct vlt_pasted *p, const struct vlt_seen_log *log)
{
    struct vlt_buf text;
    struct vlt_note note;
    bool ok;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    ok = vlt_pasted_note(&text, p, NULL) == VAULT_OK &&
        vlt_note_parse(&note, (const char *)text.p, text.len, NULL) ==
            VAULT_OK &&
        vlt_note_check(&note, log->origin, log->replica.log_key, NULL) ==
            VAULT_OK;
    vlt_buf_clear(&text);
    return ok;
}

/* Its root is not the one that the log had at that size. */
static void
say_other(struct vlt_verify *v, const struct vlt_pasted *p)
{
    unmet(v);
    if (p->has_signature)
        vlt_mismatch(v, "fork",
            "the key of log %s signed two histories, this and the one of the "
            "checkpoint given: tampering, or a machine restored with its state",
            p->cp.origin);
    else
        vlt_not_as_asked(v, "since",
            "the checkpoint given is not of the history of log %s, and has no "
            "signature: mistyped, or another history",
            p->cp.origin);
}

static void
say_same(struct vlt_verify *v, const struct vlt_pasted *p)
{
    if (p->has_signature)
        vlt_held(v, "since", p->cp.size,
            "nothing up to line %" PRIu64
            " of log %s was changed or removed since the checkpoint given",
            p->cp.size, p->cp.origin);
    else
        vlt_held(v, "since", p->cp.size,
            "nothing up to line %" PRIu64
            " of log %s was changed or removed since the checkpoint given; "
            "there is no signature under that",
            p->cp.size, p->cp.origin);
}

static enum vault_status
check_older(struct vlt_verify *v, const struct vlt_pasted *p,
    struct vault_error *err)
{
    const struct vlt_seen_log *log = log_of(v, p->cp.origin);
    uint8_t root[32];
    enum vault_status st;

    if (log == NULL || !log->sound || p->cp.size == 0 ||
        (p->has_signature && !is_signed(p, log))) {
        unmet(v);
        vlt_not_as_asked(v, "since",
            log == NULL ? "the older checkpoint is not of a log in this file: "
                          "%s"
                : !log->sound
                ? N_("the older checkpoint is of a log that does not hold: %s")
                : N_("the older checkpoint is not signed by the key of log %s: mistyped, or forged"),
            p->cp.origin);
        return VAULT_OK;
    }
    if (p->cp.size > log->size) {
        unmet(v);
        vlt_not_as_asked(v, "rollback",
            "log %s ends at %" PRIu64 ", before the checkpoint given (%" PRIu64
            "): an older copy",
            log->origin, log->size, p->cp.size);
        return VAULT_OK;
    }
    st = vlt_seen_root(v, log, p->cp.size, root, err);
    if (st != VAULT_OK)
        return st;
    if (memcmp(root, p->cp.root, 32) != 0)
        say_other(v, p);
    else
        say_same(v, p);
    return VAULT_OK;
}

enum vault_status
vlt_verify_older(struct vlt_verify *v, const char *given,
    struct vault_error *err)
{
    struct vlt_pasted p;
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t at = 0, n = 0, len = strlen(given);

    while (st == VAULT_OK) {
        vlt_error_clear(&why);
        st = vlt_pasted_next(&p, given, len, &at, &why);
        if (st == VAULT_E_NOT_FOUND)
            break;
        n++;
        if (st == VAULT_OK) {
            st = check_older(v, &p, &why);
            st = vlt_judge(v, "since", st, &why, err);
        } else if (st == VAULT_E_FORMAT) {
            unmet(v);
            vlt_not_as_asked(v, "since", "%-s", why.message);
            st = VAULT_OK;
        } else if (err != NULL) {
            *err = why;
        }
    }
    if (st == VAULT_E_NOT_FOUND && n == 0) {
        unmet(v);
        vlt_not_as_asked(v, "since",
            "what was given as an older checkpoint holds none of a Sanduq log");
    }
    return st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
}

/* ---- a saved state, when everything was looked at ---- */

static void
edge_root(const struct vlt_checked_log *was, uint8_t root[32])
{
    struct vlt_edge e;
    size_t i = 0;
    unsigned k;

    vlt_edge_init(&e);
    e.size = was->size;
    for (k = 0; k < VLT_TREE_LEVELS; k++) {
        if (was->size >> k & 1)
            e.at[k] = was->edge[i++];
    }
    vlt_edge_root(&e, root);
}

static enum vault_status
compare_log(struct vlt_verify *v, const struct vlt_checked_log *was,
    const char *day, struct vault_error *err)
{
    char origin[VLT_NAME_MAX + 1];
    const struct vlt_seen_log *log;
    uint8_t root[32], now[32];
    enum vault_status st;

    vlt_name_origin(origin, v->id, was->replica);
    log = log_of(v, origin);
    if (log != NULL && !log->sound)
        return VAULT_OK; /* had its line */
    if (log == NULL || log->size < was->size) {
        unmet(v);
        if (log == NULL)
            vlt_not_as_asked(v, "log-gone",
                "log %s, which was checked on %s, is not in this file: taken "
                "out, or an older copy",
                origin, day);
        else
            vlt_not_as_asked(v, "rollback",
                "log %s ends at %" PRIu64 ", and on %s it had %" PRIu64
                " lines: an older copy",
                origin, log->size, day, was->size);
        return VAULT_OK;
    }
    st = vlt_seen_root(v, log, was->size, now, err);
    if (st != VAULT_OK)
        return st;
    edge_root(was, root);
    if (memcmp(root, now, 32) != 0 ||
        memcmp(log->replica.text_hash, was->note, 32) != 0)
        vlt_mismatch(v, "fork",
            "log %s has another history than on %s: tampering, or a machine "
            "restored with its state",
            origin, day);
    else
        vlt_held(v, "since", was->size,
            "nothing up to line %" PRIu64
            " of log %s was changed or removed since %s",
            was->size, origin, day);
    return VAULT_OK;
}

static void
compare_cards(struct vlt_verify *v, const char *day)
{
    const struct vlt_verifystate *s = v->known;
    size_t i;

    for (i = 0; i < s->cards && i < v->cards; i++) {
        if (memcmp(s->card[i].b, v->card[i].fingerprint, 32) == 0)
            continue;
        vlt_mismatch(v, "fork",
            "the card of generation %zu is another than on %s: two "
            "identities with one vault id",
            i + 1, day);
        return;
    }
    if (s->cards > v->cards) {
        unmet(v);
        vlt_not_as_asked(v, "rollback",
            "%zu cards are here, and on %s there were %zu: an older copy",
            v->cards, day, s->cards);
    }
}

enum vault_status
vlt_checked_compare(struct vlt_verify *v, struct vault_error *err)
{
    struct vault_error why;
    char day[VLT_UTC_TEXT];
    enum vault_status st = VAULT_OK;
    size_t i;

    if (v->known == NULL)
        return VAULT_OK;
    if (memcmp(v->known->vault, v->id, 16) != 0) {
        unmet(v);
        vlt_not_as_asked(v, "since", "the saved state is of another vault");
        return VAULT_OK;
    }
    if (v->known->kind != vlt_checked_kind(v)) {
        unmet(v);
        vlt_not_as_asked(v, "since",
            "the saved state is of another kind of file (vault, capture file, "
            "audit pack) than this one: only cards and logs were compared "
            "with it");
    }
    vlt_utc_text(day, (int64_t)v->known->time);
    compare_cards(v, day);
    for (i = 0; st == VAULT_OK && i < v->known->logs; i++) {
        vlt_error_clear(&why);
        st = compare_log(v, &v->known->log[i], day, &why);
        st = vlt_judge(v, "since", st, &why, err);
    }
    if (st == VAULT_OK && v->known->kind == vlt_checked_kind(v))
        vlt_held(v, "whole", 0,
            "everything was looked at, not only what is new since %s", day);
    return st;
}
