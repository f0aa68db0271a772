/* SPDX-License-Identifier: Apache-2.0 */
/* hq.c: headquarters' side: answering a challenge, opening a vault again */
#include "travel_cmds.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "text_in.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"
#include "when.h"
#include "withdraw_more.h"

#include <inttypes.h>
#include <string.h>
#include <vault/notice.h>

static void
tell_pinned(const struct vault_asker *a)
{
    char when[WHEN_SIZE];

    if (a->name[0] == 0) {
        say_warn("%s",
            tr("no card of that vault is pinned here: nothing tells whose it "
               "is"));
        return;
    }
    say_info(tr("its card is pinned here as %s (%s): %s"), a->name,
        vault_card_state_word(a->state), a->fingerprint);
    if (a->state == VAULT_CARD_REVOKED)
        say_warn("%s",
            tr("that card was revoked: somebody else may have that vault, and "
               "its keys"));
    else if (a->state == VAULT_CARD_REFUSED)
        say_warn("%s",
            tr("two cards claim to follow that one: somebody else may have "
               "that vault, and its keys"));
    else if (a->state != VAULT_CARD_KNOWN)
        say_warn("%s",
            tr("nobody compared that card with its owner: its name says "
               "nothing about who asks"));
    if (a->pinned >= 0) {
        when_local(when, a->pinned);
        say_info(tr("that card was pinned: %s"), when);
    }
}

void
hq_tell_asker(const struct vault_asker *a, bool request)
{
    char vault[HEX_ID], slot[HEX_ID];

    hex_id(vault, a->vault);
    hex_id(slot, a->slot);
    say_info(request ? tr("asks to be unlocked: vault %s, way to unlock %s")
                     : tr("asks whether this vault has the key: vault %s, way "
                          "to unlock %s"),
        vault, slot);
    say_info(tr("sealed to this vault's card of generation %u"),
        (unsigned)a->generation);
    tell_pinned(a);
    say_warn("%s",
        tr("whoever holds that file, or a copy of it, can ask this, and a "
           "person can be forced to: what comes in says nothing about who "
           "sends it"));
}

static void
asker_json(const struct cli *c, const char *type, const struct vault_asker *a,
    bool hash)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, type);
    jline_hex(&j, "vault", a->vault, VAULT_ID);
    jline_hex(&j, "slot", a->slot, VAULT_ID);
    jline_u64(&j, "generation", a->generation);
    jline_text(&j, "name", a->name);
    jline_text(&j, "state", vault_card_state_word(a->state));
    jline_text(&j, "fingerprint", a->fingerprint);
    jline_time(&j, "pinned", a->pinned);
    if (hash)
        jline_hex(&j, "hash", a->hash, VAULT_HASH);
    jline_end(&j);
}

static void
end(const struct cli *c)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

/* ---- travel answer ---- */

VAULT_CHECKED static enum vault_status
answer(struct cli *c, const struct vlt_buf *raw, struct vault_error *err)
{
    const struct travel_answer_opts *o = c->opts;
    struct vault_asker who;
    struct note_file f = {.c = c};
    char *text = NULL;
    size_t len = 0;
    enum vault_status st =
        vault_challenge_look(c->vault, raw->p, raw->len, &who, err);

    if (st != VAULT_OK)
        return st;
    hq_tell_asker(&who, false);
    asker_json(c, "challenge", &who, true);
    st = ask_sure(c,
        tr("The answer shows that this vault can open that file; it opens "
           "nothing. Answer?"),
        err);
    if (st == VAULT_OK)
        st = note_file_begin(c, o->output != NULL ? o->output : "-", &f, err);
    if (st == VAULT_OK)
        st = vault_challenge_answer(c->vault, raw->p, raw->len, &text, &len,
            err);
    if (st == VAULT_OK)
        st = note_file_end(&f, "answer", text, len, err);
    note_file_discard(&f);
    vault_text_free(text);
    if (st == VAULT_OK)
        end(c);
    return st;
}

enum vault_status
travel_answer_run(struct cli *c, struct vault_error *err)
{
    struct vlt_buf raw;
    enum vault_status st;

    vlt_buf_init(&raw, TEXT_IN_MAX);
    st = text_in(c->args.v[0], &raw, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = answer(c, &raw, err);
    vlt_buf_clear(&raw);
    return st;
}

/* ---- recover --grant ---- */

/* What is not shown before it was typed cannot be copied from the screen. */
VAULT_CHECKED static enum vault_status
ask_heard(const char *given, struct vlt_buf *out, struct vault_error *err)
{
    if (given != NULL) {
        vlt_buf_reset(out);
        vlt_buf_put_str(out, given);
        return vlt_buf_end(out, "number", err);
    }
    return ask_line(
        tr("Speak to the person, over another way than the request came by, "
           "and be sure who it is.\nLet them read out the number of the "
           "request, and type what you hear: "),
        true, N_("--heard TEXT gives it"), out, err);
}

VAULT_CHECKED static enum vault_status
sure(const struct cli *c, const struct vault_asker *who,
    struct vault_error *err)
{
    return ask_sure(c,
        who->name[0] == 0
            ? tr("Whoever sent it will open that vault and everything in it. "
                 "Nothing here says whose it is. Have you spoken to them, and "
                 "are they free?")
            : tr("Whoever sent it will open that vault and everything in it. "
                 "Have you spoken to them, and are they free?"),
        err);
}

VAULT_CHECKED static enum vault_status
grant(struct cli *c, const struct vlt_buf *raw, const char *heard,
    const char *reason, const char *output, struct vault_error *err)
{
    struct vault_asker who;
    struct note_file f = {.c = c};
    struct vlt_buf typed;
    char *text = NULL;
    size_t len = 0;
    enum vault_status st =
        vault_regain_look(c->vault, raw->p, raw->len, &who, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&typed, ASK_MAX + 1);
    hq_tell_asker(&who, true);
    asker_json(c, "request", &who, false);
    st = ask_heard(heard, &typed, err);
    if (st == VAULT_OK)
        st = sure(c, &who, err);
    if (st == VAULT_OK)
        st = note_file_begin(c, output != NULL ? output : "-", &f, err);
    if (st == VAULT_OK)
        st = vault_regain_grant(c->vault, raw->p, raw->len,
            vlt_buf_cstr(&typed), reason, &text, &len, err);
    c->changed = st == VAULT_OK;
    if (st == VAULT_OK)
        st = note_file_end(&f, "unlock", text, len, err);
    note_file_discard(&f);
    vault_text_free(text);
    vlt_buf_clear(&typed);
    if (st != VAULT_OK)
        return st;
    say_info("%s",
        tr("give this text to them; it opens that vault for this one request, "
           "and this vault's log says that it was given"));
    end(c);
    return VAULT_OK;
}

enum vault_status
hq_grant(struct cli *c, const char *path, const char *heard, const char *reason,
    const char *output, struct vault_error *err)
{
    struct vlt_buf raw, why;
    enum vault_status st;

    vlt_buf_init(&raw, TEXT_IN_MAX);
    vlt_buf_init(&why, ASK_MAX + 1);
    st = text_in(path, &raw, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK && reason != NULL)
        st = version_reason(reason, tr("Who was spoken to, and how? "), &why,
            err);
    if (st == VAULT_OK)
        st = grant(c, &raw, heard, why.len > 0 ? vlt_buf_cstr(&why) : NULL,
            output, err);
    vlt_buf_clear(&why);
    vlt_buf_clear(&raw);
    return st;
}
