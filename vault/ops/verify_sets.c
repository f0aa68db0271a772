/* SPDX-License-Identifier: Apache-2.0 */
/* verify_sets.c: slots, settings, epochs, and what the caller asked for */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "destroy_rows.h"
#include "fail.h"
#include "fingerprint.h"
#include "hash.h"
#include "text.h"
#include "verify.h"

/* ---- slots and settings ---- */

static enum vault_status
check_slots(struct vlt_verify *v, struct vault_error *err)
{
    uint8_t now[32];
    uint32_t gen = 0;
    enum vault_status st = vlt_slots_hash_now(v->s, now, &gen, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; i < v->logs; i++) {
        if (v->log[i].has_slots && memcmp(v->log[i].slots, now, 32) == 0) {
            vlt_held(v, "slots", gen,
                "the ways to unlock are those of the log, generation %u", gen);
            return VAULT_OK;
        }
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the ways to unlock are not those that the log names last");
}

static enum vault_status
check_settings(struct vlt_verify *v, struct vault_error *err)
{
    uint8_t now[32];
    uint32_t gen = 0;
    enum vault_status st = vlt_settings_hash_now(v->s, now, &gen, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; i < v->logs; i++) {
        if (v->log[i].has_settings &&
            memcmp(v->log[i].settings, now, 32) == 0) {
            vlt_held(v, "settings", gen,
                "the settings are those of the log, generation %u", gen);
            return VAULT_OK;
        }
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the settings are not those that the log names last");
}

/* After panic there is nothing to compare: neither a way to unlock nor a
 * secret is left, and no settings. The rest is judged as ever. Whoever has the
 * file can do the same to hide that he changed one of these. */
static enum vault_status
say_gone(struct vlt_verify *v, bool *gone, struct vault_error *err)
{
    uint64_t left = 0;
    enum vault_status st = vlt_keys_gone(v->s, gone, err);

    if (st == VAULT_OK && *gone)
        st = vlt_count(v->s, "SELECT count(*) FROM local", &left, err);
    *gone = *gone && left == 0;
    if (st == VAULT_OK && *gone)
        vlt_not_seen(v, "keys", 0,
            "nothing in this file opens it any more: its keys were destroyed, "
            "by panic or by whoever had the file; ways to unlock and settings "
            "are not here to be compared with the log; a kit or another copy "
            "may open it");
    return st;
}

enum vault_status
vlt_verify_sets(struct vlt_verify *v, struct vault_error *err)
{
    struct vault_error why;
    bool gone = false;
    enum vault_status st = say_gone(v, &gone, err);

    if (st != VAULT_OK || gone)
        return st;
    vlt_error_clear(&why);
    st = vlt_judge(v, "slots", check_slots(v, &why), &why, err);
    if (st != VAULT_OK)
        return st;
    vlt_error_clear(&why);
    return vlt_judge(v, "settings", check_settings(v, &why), &why, err);
}

/* ---- epochs ---- */

struct epoch_walk {
    struct vlt_verify *v;
    uint64_t n;
};

/* Readers take the cached secret while there is one; the wrap to the vault
 * itself must open too, for the day the cache is gone. */
static enum vault_status
check_own_wrap(struct vlt_verify *v, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    struct vault_error why;
    struct vlt_e0 *e0 = NULL;
    enum vault_status st;

    if (!v->verdict.unlocked || r->epoch.kind != VLT_EPOCH_VAULT)
        return VAULT_OK;
    vlt_error_clear(&why);
    st = vlt_epoch_own_open(v->v, &r->epoch, &e0, &why);
    vlt_e0_free(e0);
    return vlt_judge(v, "epoch", st, &why, err);
}

static enum vault_status
check_writer(struct vlt_verify *v, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    uint8_t hash[32];
    size_t i;

    for (i = 0; i < v->logs; i++) {
        /* whoever finds a capture file has a session's key */
        if (v->log[i].session && r->epoch.kind == VLT_EPOCH_VAULT)
            continue;
        vlt_sha256(hash, v->log[i].replica.log_key, 32);
        if (memcmp(hash, r->epoch.writer, 32) == 0)
            return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "epoch %" PRIu64 " was written by no log of this vault: planted", r->e);
}

static enum vault_status
take_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct epoch_walk *w = ctx;
    enum vault_status st;

    w->n++;
    if (r->epoch.kind != VLT_EPOCH_COMPARTMENT &&
        r->epoch.kind != (w->v->capture ? VLT_EPOCH_CAPTURE : VLT_EPOCH_VAULT))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "epoch %" PRIu64 " is of a kind that this file never holds", r->e);
    if (w->v->capture && r->has_cache)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "epoch %" PRIu64 " has a cache, in a capture file", r->e);
    if (memcmp(r->epoch.vault, w->v->id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "epoch %" PRIu64 " is another vault's", r->e);
    st = check_writer(w->v, r, err);
    return st == VAULT_OK ? check_own_wrap(w->v, r, err) : st;
}

enum vault_status
vlt_verify_epochs(struct vlt_verify *v, struct vault_error *err)
{
    struct epoch_walk w = {v, 0};
    uint64_t failed = v->verdict.failed;
    enum vault_status st = vlt_epochs(v->s, take_epoch, &w, err);

    if (st == VAULT_OK && v->verdict.failed == failed)
        vlt_held(v, "epoch", w.n,
            "%" PRIu64 " epochs, each written by a log of this vault", w.n);
    return st;
}

/* ---- what was asked for: signer, older checkpoints ---- */

/* A card note, or a fingerprint as it is shown (groups and dashes aside). */
bool
vlt_card_is(const struct vlt_card *known, size_t n, const char *given)
{
    char shown[VLT_FINGERPRINT_TEXT];
    struct vlt_card card;
    const char *a = given;
    const char *b = shown;
    size_t i;

    if (vlt_card_parse(&card, given, strlen(given), NULL) == VAULT_OK) {
        for (i = 0; i < n; i++) {
            if (memcmp(card.fingerprint, known[i].fingerprint, 32) == 0)
                return true;
        }
        return false;
    }
    if (n == 0)
        return false;
    if (vlt_fingerprint_is(known[n - 1].fingerprint, given))
        return true;
    vlt_fingerprint_text(shown, known[n - 1].fingerprint);
    for (;;) {
        while (*a == ' ' || *a == '-' || *a == '\n' || *a == '\r')
            a++;
        while (*b == ' ' || *b == '-')
            b++;
        if (*a != *b)
            return false;
        if (*a == 0)
            return true;
        a++;
        b++;
    }
}

/* A capture file pins the key it seals to; its sessions sign themselves. */
static void
say_recipient(struct vlt_verify *v)
{
    if (v->verdict.compared)
        vlt_held(v, "signer", 1, "sealed to the key that was given (%s)",
            v->verdict.fingerprint);
    else if (v->opt->cards_len > 0)
        vlt_not_as_asked(v, "signer",
            "sealed to another key than the one that was given: %s",
            v->verdict.fingerprint);
    else
        vlt_not_seen(v, "signer", 1,
            "who holds the key %s that it is sealed "
            "to: not compared with a card",
            v->verdict.fingerprint);
}

void
vlt_verify_signer(struct vlt_verify *v)
{
    size_t i;

    for (i = 0; i < v->opt->cards_len && !v->verdict.compared; i++)
        v->verdict.compared = vlt_card_is(v->card, v->cards, v->opt->cards[i]);
    if (v->capture)
        say_recipient(v);
    else if (v->verdict.compared)
        vlt_held(v, "signer", 1, "signed by the key that was given (%s)",
            v->verdict.fingerprint);
    else if (v->opt->cards_len > 0)
        vlt_not_as_asked(v, "signer",
            "signed by another key than the one that was given: %s",
            v->verdict.fingerprint);
    else
        vlt_not_seen(v, "signer", 1,
            "who holds the signing key %s: not "
            "compared with a card",
            v->verdict.fingerprint);
}

static enum vault_status
check_older(struct vlt_verify *v, const char *given, struct vault_error *err)
{
    const struct vlt_seen_log *log = NULL;
    struct vlt_checkpoint cp;
    struct vlt_note note;
    uint8_t root[32];
    enum vault_status st;
    size_t i;

    st = vlt_note_parse(&note, given, strlen(given), NULL);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&cp, note.text, note.text_len, NULL);
    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        if (strcmp(v->log[i].origin, cp.origin) == 0)
            log = &v->log[i];
    }
    if (st != VAULT_OK || log == NULL || !log->sound ||
        vlt_note_check(&note, log->origin, log->replica.log_key, NULL) !=
            VAULT_OK) {
        vlt_not_as_asked(v, "since",
            "the older checkpoint is not of a log in this file");
        return VAULT_OK;
    }
    if (cp.size > log->size) {
        vlt_not_as_asked(v, "since",
            "log %s ends at %" PRIu64 ", before the checkpoint given (%" PRIu64
            "): an older copy",
            log->origin, log->size, cp.size);
        return VAULT_OK;
    }
    st = cp.size == 0 ? VAULT_OK : vlt_seen_root(v, log, cp.size, root, err);
    if (st != VAULT_OK)
        return st;
    if (cp.size == 0 || memcmp(root, cp.root, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "this log key signed two "
            "histories: tampering, or a machine restored with its state");
    vlt_held(v, "since", cp.size,
        "nothing up to line %" PRIu64
        " of log %s was changed or removed since the checkpoint given",
        cp.size, log->origin);
    return VAULT_OK;
}

/* Behind the signature lines of the first note at p. */
static const char *
note_end(const char *p)
{
    static const char dash[] = "\xe2\x80\x94 ";
    const char *blank = strstr(p, "\n\n"), *lf;

    if (blank == NULL)
        return p + strlen(p);
    for (p = blank + 2; strncmp(p, dash, sizeof dash - 1) == 0; p = lf + 1) {
        lf = strchr(p, '\n');
        if (lf == NULL)
            return p + strlen(p);
    }
    /* anything else there is no note, and belongs to this one */
    return p == blank + 2 ? p + strlen(p) : p;
}

/* One checkpoint, or several one after the other, as `log checkpoint` gives
 * them of a vault that has several logs. */
static enum vault_status
check_all_older(struct vlt_verify *v, const char *given,
    struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    const char *end;

    do {
        char *one;

        end = note_end(given);
        one = calloc(1, (size_t)(end - given) + 1);
        if (one == NULL)
            return vlt_fail_memory(err);
        memcpy(one, given, (size_t)(end - given));
        vlt_error_clear(&why);
        st = check_older(v, one, &why);
        free(one);
        st = vlt_judge(v, "since", st, &why, err);
        given = end;
    } while (st == VAULT_OK && *given != 0);
    return st;
}

enum vault_status
vlt_verify_asked(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    vlt_verify_signer(v);
    for (i = 0; st == VAULT_OK && i < v->opt->since_len; i++)
        st = check_all_older(v, v->opt->since[i], err);
    return st;
}
