/* SPDX-License-Identifier: Apache-2.0 */
/* share_tell.c: what a person or a script is told about a bundle */
#include "share_tell.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "safe.h"
#include "tr.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- while records are chosen ---- */

static const char *
word_of(enum vault_share_left why)
{
    static const char *const words[] = {[VAULT_SHARE_HAD] = "had",
        [VAULT_SHARE_HIDDEN] = "hidden",
        [VAULT_SHARE_BARE] = "no-field",
        [VAULT_SHARE_BROKEN] = "failed",
        [VAULT_SHARE_AWAY] = "compartment"};

    return words[why];
}

void
share_tell_left(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    enum vault_share_left why, const struct vault_error *err)
{
    const struct cli *c = ctx;
    char hex[HEX_ID], message[512] = "";
    struct jline j;

    hex_id(hex, id);
    if (err != NULL)
        say_message(err, message, sizeof message);
    if (why == VAULT_SHARE_HIDDEN)
        say_warn(tr("%s is left out: its origin asked not to pass it on"), hex);
    else if (why == VAULT_SHARE_BROKEN)
        say_warn(tr("%s is left out: %s"), hex, message);
    if (!c->g.json || why == VAULT_SHARE_HAD)
        return;
    jline_begin(&j, "left_out");
    jline_text(&j, "id", hex);
    jline_u64(&j, "version", version);
    jline_text(&j, "code", word_of(why));
    if (err != NULL)
        jline_text(&j, "message", message);
    jline_end(&j);
}

/* ---- before ---- */

static const char *
pin_text(enum vault_share_pin pin)
{
    switch (pin) {
    case VAULT_SHARE_KNOWN:
        return tr("compared");
    case VAULT_SHARE_CONTINUES:
        return tr("CONTINUES A COMPARED ONE, NOT COMPARED ITSELF");
    case VAULT_SHARE_UNKNOWN:
        break;
    }
    return tr("NEVER COMPARED");
}

static const char *
pin_word(enum vault_share_pin pin)
{
    return pin == VAULT_SHARE_KNOWN    ? "known"
        : pin == VAULT_SHARE_CONTINUES ? "continues"
                                       : "unknown";
}

static void
tell_recipients(const struct cli *c, const struct vault_share *s)
{
    struct vault_share_recipient r;
    struct jline j;

    for (size_t i = 0; i < vault_share_recipients(s); i++) {
        vault_share_recipient(s, i, &r);
        say_warn(tr("for %s, card %s: %s"), r.name, r.fingerprint,
            pin_text(r.pin));
        if (!c->g.json)
            continue;
        jline_begin(&j, "recipient");
        jline_text(&j, "name", r.name);
        jline_text(&j, "fingerprint", r.fingerprint);
        jline_text(&j, "state", pin_word(r.pin));
        jline_end(&j);
    }
}

static void
tell_left_out(const struct vault_share_plan *p, const struct share_judged *n)
{
    if (p->had > 0)
        say_info(tr("left out, because all of them have it: %" PRIu64), p->had);
    if (p->bare > 0)
        say_warn(tr("left out, because they have none of these fields: "
                    "%" PRIu64),
            p->bare);
    if (p->hidden > 0)
        say_warn(tr("left out, because their origin asked for it: %" PRIu64),
            p->hidden);
    if (p->broken > 0)
        say_warn(tr("left out, because they cannot be read: %" PRIu64),
            p->broken);
    if (p->away > 0)
        say_warn(tr("left out, because they are sealed to compartments that "
                    "not all of them are in: %" PRIu64),
            p->away);
    if (n->refused > 0)
        say_warn(tr("refused and left out: %" PRIu64), n->refused);
    if (n->no_consent > 0)
        say_warn(tr("no consent on record: %" PRIu64), n->no_consent);
    if (n->conditions > 0)
        say_warn(tr("with a consent that has conditions of its own: %" PRIu64
                    "; read them first"),
            n->conditions);
    if (n->overridden > 0)
        say_warn(tr("against what is on record: %" PRIu64), n->overridden);
}

void
share_tell_before(const struct cli *c, const struct vault_share *s,
    const struct share_judged *judged, const char *purpose,
    const struct share_deal *deal)
{
    struct vault_share_plan p;
    char size[SIZE_TEXT];

    vault_share_plan(s, &p);
    size_text(size, p.bytes);
    if (deal->needed > 0)
        share_shares_before(deal);
    else
        tell_recipients(c, s);
    say_warn(tr("%" PRIu64 " whole records, %" PRIu64 " in part, %" PRIu64
                " originals, about %s, purpose %s"),
        p.whole, p.part, p.originals, size, purpose);
    tell_left_out(&p, judged);
}

/* ---- asking ---- */

static const char *
trimmed(struct vlt_buf *answer)
{
    while (answer->len > 0 && answer->p[answer->len - 1] == ' ')
        answer->len--;
    return vlt_buf_cstr(answer);
}

static enum vault_status
confirm_one(const char *name, struct vault_error *err)
{
    struct vlt_buf answer;
    char question[512];
    enum vault_status st;

    (void)snprintf(question, sizeof question,
        tr("To seal it to them, type the name %s: "), name);
    vlt_buf_init(&answer, ASK_MAX + 1);
    st = ask_line(question, true, N_("--yes shares without asking"), &answer,
        err);
    if (st == VAULT_OK && strcmp(trimmed(&answer), name) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED,
            "that was another name; nothing was shared");
    vlt_buf_clear(&answer);
    return st;
}

enum vault_status
share_confirm(const struct cli *c, const struct vault_share *s,
    struct vault_error *err)
{
    struct vault_share_recipient r;
    enum vault_status st = VAULT_OK;

    if (c->g.yes)
        return VAULT_OK;
    for (size_t i = 0; st == VAULT_OK && i < vault_share_recipients(s); i++) {
        vault_share_recipient(s, i, &r);
        st = confirm_one(r.name, err);
    }
    return st;
}

/* ---- after ---- */

static void
summary(const struct cli *c, uint64_t records, uint64_t bytes)
{
    struct jline j;

    jline_begin(&j, "summary");
    jline_text(&j, "command", "share");
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_u64(&j, "records", records);
    jline_u64(&j, "bytes", bytes);
    jline_end(&j);
}

void
share_tell_nothing(const struct cli *c, const struct vault_share *s,
    const struct share_judged *judged)
{
    struct vault_share_plan p;

    vault_share_plan(s, &p);
    tell_left_out(&p, judged);
    say_info("%s", tr("there is nothing to share; no file was made"));
    if (c->g.json)
        summary(c, 0, 0);
}

void
share_tell_after(const struct cli *c, const struct vault_shared *r,
    const struct share_deal *deal)
{
    char size[SIZE_TEXT];
    struct jline j;

    size_text(size, r->bytes);
    if (!c->g.json) {
        say_info(tr("wrote %s (%" PRIu64 " records, %s)"), r->path, r->records,
            size);
        if (deal->needed > 0)
            say_info(tr("set %s: any %u of its %u shares open it"),
                deal->identifier, deal->needed, deal->shares);
        if (deal->written)
            say_info(tr("its shares lie in %s: print them, give each to "
                        "somebody else, and destroy the files"),
                deal->sheets);
        if (r->minisig != NULL)
            say_info(tr("minisign -V -m FILE -P %s verifies it"),
                r->minisign_key);
        return;
    }
    jline_begin(&j, "share");
    jline_text(&j, "path", r->path);
    jline_hex(&j, "bundle", r->bundle, VAULT_ID);
    jline_hex(&j, "text", r->text, VAULT_HASH);
    jline_u64(&j, "records", r->records);
    jline_u64(&j, "bytes", r->bytes);
    if (deal->needed > 0) {
        jline_text(&j, "set", deal->identifier);
        jline_u64(&j, "needed", deal->needed);
        jline_u64(&j, "shares", deal->shares);
    }
    if (r->minisig != NULL) {
        jline_text(&j, "minisig", r->minisig);
        jline_text(&j, "minisign_key", r->minisign_key);
    }
    jline_end(&j);
    summary(c, r->records, r->bytes);
}
