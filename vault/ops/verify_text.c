/* SPDX-License-Identifier: Apache-2.0 */
/* verify_text.c: judging the texts that vaults give each other */
#include "verify_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "addcheckpoint.h"
#include "checkpoint.h"
#include "disclosure.h"
#include "fail.h"
#include "os.h"
#include "revoke.h"
#include "session.h"
#include "text.h"
#include "verify_witness.h"

/* ---- what the notes have in common ---- */

void
vlt_say(struct vlt_verify *v, const struct vault_said *what)
{
    if (!v->stopped && v->opt->said != NULL && v->opt->said(v->ctx, what) != 0)
        v->stopped = true;
}

bool
vlt_given_card(const struct vlt_verify *v, const uint8_t fingerprint[32],
    struct vlt_card *out)
{
    size_t i;

    for (i = 0; i < v->opt->cards_len; i++) {
        const char *given = v->opt->cards[i];

        if (vlt_card_parse(out, given, strlen(given), NULL) == VAULT_OK &&
            memcmp(out->fingerprint, fingerprint, 32) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_judge_note(struct vlt_verify *v, const char *text, size_t len,
    const uint8_t fingerprint[32],
    enum vault_status (*check)(const char *note, size_t len,
        const struct vlt_card *card, struct vault_error *err),
    bool *proved, struct vault_error *err)
{
    struct vault_error why;
    struct vlt_card card;
    enum vault_status st;

    *proved = false;
    vlt_fingerprint_text(v->verdict.fingerprint, fingerprint);
    if (!vlt_given_card(v, fingerprint, &card)) {
        if (v->opt->cards_len == 0)
            vlt_not_as_asked(v, "signer",
                "signature not checked: it names the card %s; give that card "
                "with --card",
                v->verdict.fingerprint);
        else
            vlt_not_as_asked(v, "signer",
                "signature not checked: it names the card %s, which is none of "
                "those given; the card itself is needed, not only its digits",
                v->verdict.fingerprint);
        return VAULT_OK;
    }
    vlt_error_clear(&why);
    st = check(text, len, &card, &why);
    if (st == VAULT_OK) {
        *proved = true;
        v->verdict.compared = true;
        vlt_held(v, "signer", 1, "signed by the key that was given (%s)",
            v->verdict.fingerprint);
    }
    return vlt_judge(v, "signer", st, &why, err);
}

static void
say_form(struct vlt_verify *v)
{
    vlt_held(v, "structure", 1, "a text of kind %-s, in the exact form",
        v->verdict.text);
}

/* ---- cards ---- */

static enum vault_status
judge_card(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    enum vault_status st;

    v->card = calloc(1, sizeof *v->card);
    if (v->card == NULL)
        return vlt_fail_memory(err);
    st = vlt_card_parse(v->card, text, len, err);
    if (st != VAULT_OK)
        return st;
    v->cards = 1;
    say_form(v);
    vlt_fingerprint_text(v->verdict.fingerprint, v->card->fingerprint);
    vlt_held(v, "card", 1, "card %s, generation %u, signed by itself",
        v->verdict.fingerprint, v->card->generation);
    vlt_not_seen(v, "card", 0,
        "whose card it is: anyone can make one; compare the key with its "
        "owner, by voice or face to face");
    return vlt_verify_asked(v, err);
}

/* ---- notes about logs ---- */

static enum vault_status
judge_replica(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_replica r;
    char origin[VLT_NAME_MAX + 1];
    bool proved;
    enum vault_status st = vlt_replica_parse(&r, text, len, err);

    if (st != VAULT_OK)
        return st;
    say_form(v);
    vlt_name_origin(origin, r.vault, r.replica);
    vlt_held(v, "log", 1, "it speaks for the key of log %s, number %" PRIu32,
        origin, r.number);
    st = vlt_judge_note(v, text, len, r.card, vlt_replica_check, &proved, err);
    vlt_replica_clear(&r);
    return st;
}

static enum vault_status
judge_device(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_device d;
    bool proved;
    enum vault_status st = vlt_device_parse(&d, text, len, err);

    if (st != VAULT_OK)
        return st;
    say_form(v);
    return vlt_judge_note(v, text, len, d.card, vlt_device_check, &proved, err);
}

/* Its signature hangs on the session before it, which is not here. */
static enum vault_status
judge_session(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st = vlt_session_parse(&s, text, len, err);

    if (st != VAULT_OK)
        return st;
    say_form(v);
    if (!s.has_base)
        st = vlt_session_check_as(&s, text, len, NULL, err);
    if (st == VAULT_OK)
        vlt_not_as_asked(v, "signer",
            "whose session it is: only the notes before it and the device note "
            "say it, as a disclosure or a bundle brings them");
    return st;
}

/* ---- revocations ---- */

/* A card's is signed by that very generation, a device's by any card of the
 * vault: the note names no fingerprint. Of more than one, the one whose key
 * signed it. */
static bool
revoking_card(const struct vlt_verify *v, const struct vlt_revoke *r,
    const char *text, size_t len, struct vlt_card *out)
{
    struct vlt_card card;
    bool any = false;
    size_t i;

    for (i = 0; i < v->opt->cards_len; i++) {
        const char *given = v->opt->cards[i];

        if (vlt_card_parse(&card, given, strlen(given), NULL) != VAULT_OK ||
            memcmp(card.vault, r->vault, sizeof r->vault) != 0 ||
            (!r->is_device && card.generation != r->generation))
            continue;
        if (!any)
            *out = card;
        any = true;
        if (vlt_revoke_check(text, len, &card, NULL) != VAULT_OK)
            continue;
        *out = card;
        break;
    }
    return any;
}

static void
say_revoked(struct vlt_verify *v, const struct vlt_revoke *r)
{
    char device[17], vault[33];

    vlt_hex(vault, r->vault, sizeof r->vault);
    vlt_hex(device, r->device, sizeof r->device);
    say_form(v);
    if (r->is_device)
        vlt_held(v, "revoke", 1,
            "it says that device %s of vault %s is not to be trusted any more",
            device, vault);
    else
        vlt_held(v, "revoke", 1,
            "it says that the card of generation %" PRIu32
            " of vault %s is not to be trusted any more",
            r->generation, vault);
}

static enum vault_status
judge_revoke(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_revoke r;
    struct vlt_card card;
    bool proved;
    enum vault_status st = vlt_revoke_parse(&r, text, len, err);

    if (st != VAULT_OK)
        return st;
    say_revoked(v, &r);
    if (revoking_card(v, &r, text, len, &card))
        return vlt_judge_note(v, text, len, card.fingerprint, vlt_revoke_check,
            &proved, err);
    vlt_not_as_asked(v, "signer",
        "signature not checked: give the card that it is about, or a card of "
        "that vault, with --card");
    return VAULT_OK;
}

#define OURS "sanduq.invalid/" /* how the name of a log begins */

/* ---- logs ---- */

static bool
begins(const char *text, size_t len, const char *with)
{
    size_t n = strlen(with);

    return len >= n && memcmp(text, with, n) == 0;
}

/* Whoever holds only this has no key to check it with. */
static enum vault_status
say_point(struct vlt_verify *v, const char *text, size_t len,
    struct vlt_checkpoint *out, struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, text, len, err);

    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(out, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    say_form(v);
    vlt_held(v, "checkpoint", out->size,
        "it speaks of log %s with %" PRIu64 " lines", out->origin, out->size);
    return VAULT_OK;
}

/* The policy names the log's key. */
static enum vault_status
judge_named(struct vlt_verify *v, const struct vlt_checkpoint *c,
    const uint8_t key[32], const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, text, len, err);

    if (st == VAULT_OK)
        st = vlt_note_check(&n, c->origin, key, err);
    if (st != VAULT_OK)
        return st;
    vlt_held(v, "signer", 1, "signed by the key that the policy names for it");
    return vlt_wit_alone(v, c->origin, key, text, len, err);
}

/* *unchecked counts those whose log's key is not here. */
static enum vault_status
judge_point(struct vlt_verify *v, const char *text, size_t len,
    uint64_t *unchecked, struct vault_error *err)
{
    uint8_t key[32];
    struct vlt_checkpoint c;
    enum vault_status st = say_point(v, text, len, &c, err);

    if (st == VAULT_OK && vlt_wit_log_key(v, c.origin, key))
        return judge_named(v, &c, key, text, len, err);
    *unchecked += st == VAULT_OK;
    return st;
}

static void
say_unchecked(struct vlt_verify *v, uint64_t n)
{
    if (n == 1)
        vlt_not_as_asked(v, "signer",
            "signature not checked: the log's key is not here; sanduq verify "
            "VAULT --since FILE compares it with a vault");
    else if (n > 1)
        vlt_not_as_asked(v, "signer",
            "signatures of %" PRIu64 " checkpoints not checked: the keys of "
            "their logs are not here; sanduq verify VAULT --since FILE "
            "compares each with a vault",
            n);
}

static int
by_state(const void *a, const void *b)
{
    const struct vlt_wit_state *x = a, *y = b;
    int c = strcmp(x->origin, y->origin);

    if (c == 0)
        c = (x->size > y->size) - (x->size < y->size);
    return c != 0 ? c : memcmp(x->root, y->root, sizeof x->root);
}

/* States of one log and size, all signed by its key, that contradict each
 * other. */
static void
say_forks(struct vlt_verify *v)
{
    struct vlt_wit *w = v->wit;
    size_t i;

    if (w == NULL || w->states < 2)
        return;
    qsort(w->state, w->states, sizeof *w->state, by_state);
    for (i = 1; i < w->states; i++) {
        const struct vlt_wit_state *s = &w->state[i];

        if (strcmp(s[-1].origin, s->origin) == 0 && s[-1].size == s->size &&
            memcmp(s[-1].root, s->root, sizeof s->root) != 0)
            vlt_mismatch(v, "fork",
                "the key of log %s signed two states of %" PRIu64
                " lines: tampering, or a machine restored with its state",
                s->origin, s->size);
    }
}

/* One note, or one behind the other, as `log checkpoint` writes those of a
 * vault with several logs. Each is judged, whatever the others are. */
static enum vault_status
judge_checkpoints(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct vault_error why;
    uint64_t unchecked = 0;
    size_t at = 0;
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && at < len) {
        size_t n = vlt_note_len(text + at, len - at);

        if (n == 0 ||
            (n < len - at && !begins(text + at + n, len - at - n, OURS)))
            n = len - at; /* what else stands there breaks its form */
        vlt_error_clear(&why);
        st = judge_point(v, text + at, n, &unchecked, &why);
        at += n;
        if (st == VAULT_E_NEWER || st == VAULT_E_NOT_FOUND) {
            if (err != NULL)
                *err = why;
            return st;
        }
        st = vlt_judge(v, "structure", st, &why, err);
    }
    if (st != VAULT_OK)
        return st;
    say_unchecked(v, unchecked);
    say_forks(v);
    return v->wit != NULL && v->wit->states > 0 ? vlt_wit_alone_end(v, err)
                                                : VAULT_OK;
}

/* ---- which text it is ---- */

static const struct {
    const char *first; /* its beginning */
    const char *word;
    enum vault_status (*judge)(struct vlt_verify *v, const char *text,
        size_t len, struct vault_error *err);
} texts[] = {
    {"sanduq.v1/disclosure\n", "disclosure", vlt_verify_disclosure},
    {"sanduq.v1/card\n", "card", judge_card},
    {"sanduq.v1/withdraw\n", "withdraw", vlt_verify_notice},
    {"sanduq.v1/withdraw-revoked\n", "withdraw-revoked", vlt_verify_notice},
    {"sanduq.v1/ack\n", "ack", vlt_verify_notice},
    {"sanduq.v1/receipt\n", "receipt", vlt_verify_notice},
    {"sanduq.v1/revoke\n", "revoke", judge_revoke},
    {"sanduq.v1/replica\n", "replica", judge_replica},
    {"sanduq.v1/device\n", "device", judge_device},
    {"sanduq.v1/session\n", "session", judge_session},
    {"c2sp.org/tlog-proof@v1\n", "tlog-proof", vlt_verify_tlogproof},
    {OURS, "checkpoint", judge_checkpoints},
};
static const char *const beginnings[] = {"sanduq.v1/", "c2sp.org/tlog-proof@",
    OURS};

enum vault_status
vlt_verify_text_bytes(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st;
    size_t i;

    for (i = 0; i < VLT_COUNT(texts); i++) {
        if (!begins(text, len, texts[i].first))
            continue;
        v->verdict.text = texts[i].word;
        vlt_error_clear(&why);
        st = texts[i].judge(v, text, len, &why);
        if (st != VAULT_E_NEWER && st != VAULT_E_NOT_FOUND)
            return vlt_judge(v, "structure", st, &why, err);
        if (err != NULL)
            *err = why;
        return st;
    }
    return vlt_fail_hint(err, VAULT_E_FORMAT,
        "it may be made for another command, or by a newer program",
        "this is no text that verify knows");
}

/* The first bytes of a file, of one behind a link too; nothing waits here. */
static size_t
read_head(const char *path, char *head, size_t size)
{
    struct vlt_file *f = NULL;
    uint8_t *p = NULL;
    size_t len = 0;
    size_t got = 1;

    if (!vlt_os_is_file(path)) {
        if (vlt_os_read_small(path, VLT_TEXT_MAX, &p, &len, NULL) != VAULT_OK)
            return 0;
        got = len < size ? len : size;
        memcpy(head, p, got);
        vlt_wipe(p, len);
        free(p);
        return got;
    }
    if (vlt_file_open_plain(path, &f, NULL) != VAULT_OK)
        return 0;
    while (len < size && got > 0 &&
        vlt_file_read(f, head + len, size - len, &got, NULL) == VAULT_OK)
        len += got;
    vlt_file_close(f);
    return len;
}

bool
vlt_verify_text_is(const char *path)
{
    char head[32];
    size_t len = read_head(path, head, sizeof head);
    size_t i;

    for (i = 0; i < VLT_COUNT(beginnings); i++) {
        if (begins(head, len, beginnings[i]))
            return true;
    }
    return false;
}

enum vault_status
vlt_verify_text(struct vlt_verify *v, const char *path, struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t len = 0;
    enum vault_status st;

    if (v->opt->key != NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "verify it without one: whoever has it can check it",
            "a text opens with no passphrase or key file");
    st = vlt_os_read_small(path, VLT_TEXT_MAX, &p, &len, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_verify_text_bytes(v, (const char *)p, len, err);
    vlt_wipe(p, len);
    free(p);
    return st;
}
