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

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct vlt_hash32));
}

/* Once, for as many epochs as there are: replicas' first, then sessions'. */
static enum vault_status
load_writers(struct vlt_verify *v, struct vault_error *err)
{
    size_t i, n = 0, last = v->logs;

    if (v->writer != NULL)
        return VAULT_OK;
    v->writer = calloc(v->logs + 1, sizeof *v->writer);
    if (v->writer == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < v->logs; i++) {
        size_t at = v->log[i].session ? --last : n++;

        vlt_sha256(v->writer[at].b, v->log[i].replica.log_key, 32);
    }
    v->writers = n;
    qsort(v->writer, n, sizeof *v->writer, by_bytes);
    qsort(v->writer + n, v->logs - n, sizeof *v->writer, by_bytes);
    return VAULT_OK;
}

static enum vault_status
check_writer(struct vlt_verify *v, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    enum vault_status st = load_writers(v, err);
    size_t n = v->writers;

    if (st != VAULT_OK)
        return st;
    /* whoever finds a capture file has a session's key */
    if (bsearch(r->epoch.writer, v->writer, n, sizeof *v->writer, by_bytes) !=
            NULL ||
        (r->epoch.kind != VLT_EPOCH_VAULT &&
            bsearch(r->epoch.writer, v->writer + n, v->logs - n,
                sizeof *v->writer, by_bytes) != NULL))
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_TAMPERED,
        "epoch %" PRIu64 " was written by no log of this vault: planted", r->e);
}

enum vault_status
vlt_verify_epoch_row(struct vlt_verify *v, const struct vlt_epoch_row *r,
    struct vault_error *err)
{
    enum vault_status st;

    if (r->epoch.kind != VLT_EPOCH_COMPARTMENT &&
        r->epoch.kind != (v->capture ? VLT_EPOCH_CAPTURE : VLT_EPOCH_VAULT))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "epoch %" PRIu64 " is of a kind that this file never holds", r->e);
    if (v->capture && r->has_cache)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "epoch %" PRIu64 " has a cache, in a capture file", r->e);
    if (memcmp(r->epoch.vault, v->id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "epoch %" PRIu64 " is another vault's", r->e);
    st = check_writer(v, r, err);
    return st == VAULT_OK ? check_own_wrap(v, r, err) : st;
}

static enum vault_status
take_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct epoch_walk *w = ctx;

    w->n++;
    return vlt_verify_epoch_row(w->v, r, err);
}

enum vault_status
vlt_verify_epochs(struct vlt_verify *v, struct vault_error *err)
{
    struct epoch_walk w = {v, 0};
    uint64_t failed = v->verdict.failed;
    enum vault_status st = vlt_epochs(v->s, take_epoch, &w, err);

    if (st == VAULT_OK && v->verdict.failed == failed)
        vlt_held(v, "epoch", w.n,
            "%" PRIu64 " epochs, each naming a log of this vault as its writer",
            w.n);
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

/* The generation of the card that was given, when that is not the newest: the
 * chain of cards leads from it to the signer. 0: it is, or was given by its
 * fingerprint. */
static size_t
former(const struct vlt_verify *v)
{
    size_t i, k;

    for (i = 0; i < v->opt->cards_len; i++) {
        if (v->cards > 0 &&
            vlt_card_is(&v->card[v->cards - 1], 1, v->opt->cards[i]))
            return 0;
    }
    for (k = v->cards; k > 0; k--) {
        for (i = 0; i < v->opt->cards_len; i++) {
            if (vlt_card_is(v->card, k, v->opt->cards[i]) &&
                !vlt_card_is(v->card, k - 1, v->opt->cards[i]))
                return k;
        }
    }
    return 0;
}

void
vlt_verify_signer(struct vlt_verify *v)
{
    size_t i;

    for (i = 0; i < v->opt->cards_len && !v->verdict.compared; i++)
        v->verdict.compared = vlt_card_is(v->card, v->cards, v->opt->cards[i]);
    if (v->capture)
        say_recipient(v);
    else if (v->verdict.compared && former(v) > 0)
        vlt_held(v, "signer", former(v),
            "signed by %s, generation %zu, which goes on from the card that "
            "was given, generation %zu",
            v->verdict.fingerprint, v->cards, former(v));
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

enum vault_status
vlt_verify_asked(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    vlt_verify_signer(v);
    for (i = 0; st == VAULT_OK && i < v->opt->since_len; i++)
        st = vlt_verify_older(v, v->opt->since[i], err);
    return st;
}
