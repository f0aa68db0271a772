/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_card.c: who this vault is to others, and who they are to it */
#include "cmd.h"

#include "ask.h"
#include "card_beside.h"
#include "card_cmds.h"
#include "card_show.h"
#include "capturing.h"
#include "fail.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- show, export, list ---- */

static enum vault_status
show_run(struct cli *c, struct vault_error *err)
{
    struct card_kept k;
    enum vault_status st;

    card_kept_init(&k);
    st = card_find(c, c->args.n > 0 ? c->args.v[0] : NULL, &k, err);
    if (st == VAULT_OK && c->g.json)
        card_json(&k.card, true);
    else if (st == VAULT_OK)
        card_print(&k.card);
    if (st == VAULT_OK && k.card.state == VAULT_CARD_OWN &&
        k.card.revocation != NULL)
        say_warn("%s",
            tr("this vault's card is revoked: sanduq card renew makes the "
               "next one"));
    card_kept_clear(&k);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

static enum vault_status
put_card(struct cli *c, const struct card_export_opts *o,
    const struct vault_card *card, struct vault_error *err)
{
    char age[VAULT_CARD_AGE + 1];
    size_t len;
    enum vault_status st;

    if (!o->age)
        return card_write_file(c, o->output, card->note, card->note_len, err);
    st = vault_card_age(card, age, err);
    if (st != VAULT_OK)
        return st;
    len = strlen(age);
    age[len++] = '\n';
    return card_write_file(c, o->output, age, len, err);
}

static enum vault_status
export_run(struct cli *c, struct vault_error *err)
{
    const struct card_export_opts *o = c->opts;
    bool to_out = o->output == NULL || strcmp(o->output, "-") == 0;
    struct card_kept k;
    enum vault_status st;

    card_kept_init(&k);
    st = card_find(c, c->args.n > 0 ? c->args.v[0] : NULL, &k, err);
    if (st == VAULT_OK && c->g.json)
        card_json(&k.card, true);
    if (st == VAULT_OK && !(c->g.json && to_out))
        st = put_card(c, o, &k.card, err);
    if (st == VAULT_OK)
        say_info(tr("its fingerprint, to be compared over another way: %s"),
            k.card.letters);
    card_kept_clear(&k);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

struct listing {
    bool json;
    unsigned n;
};

static int
list_card(void *ctx, const struct vault_card *card)
{
    struct listing *l = ctx;

    l->n++;
    if (l->json) {
        card_json(card, false);
        return 0;
    }
    out_column(card->name, 20, true);
    out_printf(" %" PRIu32 "  %s  ", card->generation, card->letters);
    out_text(card_state(card));
    out_text("\n");
    return 0;
}

static enum vault_status
list_run(struct cli *c, struct vault_error *err)
{
    struct listing l = {c->g.json, 0};
    enum vault_status st = unlock(c, err);

    if (st == VAULT_OK)
        st = vault_pins(c->vault, list_card, &l, err);
    if (st == VAULT_OK && l.n == 0)
        say_info("%s", tr("no card is pinned here"));
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

/* ---- add ---- */

/* What a person says of the fingerprint. */
static enum vault_status
ask_compared(const struct cli *c, const struct vault_card *card, bool *compared,
    struct vault_error *err)
{
    struct vlt_buf answer;
    enum vault_status st;

    *compared = false;
    if (c->g.yes)
        return VAULT_OK;
    say_info("%s",
        tr("compare the fingerprint with the person: over the telephone, or "
           "face to face, not the way the card came by"));
    vlt_buf_init(&answer, ASK_MAX);
    st = ask_line(tr("Its last group, when they read out the same (nothing: "
                     "not compared): "),
        true,
        N_("use --fingerprint with what the person read out, or --yes to pin "
           "it as not compared"),
        &answer, err);
    if (st == VAULT_OK && answer.len > 0) {
        *compared =
            vault_fingerprint_ends(card->fingerprint, vlt_buf_cstr(&answer)) ||
            vault_fingerprint_is(card->fingerprint, vlt_buf_cstr(&answer));
        if (!*compared)
            st = vlt_fail(err, VAULT_E_POLICY,
                "that is not the last group of this card's fingerprint: it "
                "was not pinned");
    }
    vlt_buf_clear(&answer);
    return st;
}

static enum vault_status
compare(const struct cli *c, const struct vault_card *card, bool *compared,
    struct vault_error *err)
{
    const struct card_add_opts *o = c->opts;

    if (o->fingerprint == NULL)
        return ask_compared(c, card, compared, err);
    *compared = vault_fingerprint_is(card->fingerprint, o->fingerprint);
    if (*compared)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        N_("somebody may have put another card in its place: ask the person "
           "for the card over another way"),
        "the card does not have that fingerprint: it was not pinned");
}

struct told {
    const struct cli *c;
    enum vault_card_state state;
};

static void
tell_pinned(void *ctx, const struct vault_card *card)
{
    struct told *t = ctx;

    t->state = card->state;
    if (t->c->g.json)
        card_json(card, false);
    say_info(tr("\"%s\": %s"), card->name, card_state(card));
}

static enum vault_status
add_run(struct cli *c, struct vault_error *err)
{
    const struct card_add_opts *o = c->opts;
    struct told t = {c, VAULT_CARD_UNKNOWN};
    struct vault_card card;
    struct vlt_buf file;
    bool compared = false;
    enum vault_status st;

    vlt_buf_init(&file, CARD_FILE_MAX);
    st = card_read_file(c->args.v[0], &file, err);
    if (st == VAULT_OK)
        st = vault_card_read(file.p, file.len, &card, err);
    if (st == VAULT_OK && !c->g.json)
        card_print(&card);
    if (st == VAULT_OK)
        card_tell_beside(c, c->args.v[0]);
    if (st == VAULT_OK)
        st = compare(c, &card, &compared, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_pin_add(c->vault, file.p, file.len, o->name, compared,
            tell_pinned, &t, err);
    vlt_buf_clear(&file);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    capture_compartments(c);
    if (t.state == VAULT_CARD_REFUSED) {
        say_warn("%s",
            tr("two cards claim to continue one: somebody else has this "
               "person's key. Both are refused; warn them over another way"));
        c->exit = vault_status_exit(VAULT_E_TAMPERED);
    }
    card_end(c);
    return VAULT_OK;
}

/* ---- remove ---- */

static enum vault_status
remove_run(struct cli *c, struct vault_error *err)
{
    char question[512];
    struct card_kept k;
    uint64_t n = 0;
    enum vault_status st;

    card_kept_init(&k);
    st = card_find(c, c->args.v[0], &k, err);
    if (st == VAULT_OK) {
        (void)snprintf(question, sizeof question,
            k.card.state == VAULT_CARD_REVOKED ||
                    k.card.state == VAULT_CARD_REFUSED
                ? tr("Remove the card of \"%s\"? That it is not to be trusted "
                     "is forgotten with it.")
                : tr("Remove the card of \"%s\"? Who it was compared with is "
                     "forgotten."),
            k.card.name);
        st = ask_sure(c, question, err);
    }
    if (st == VAULT_OK)
        st = vault_pin_remove(c->vault, k.card.name, NULL, &n, err);
    if (st == VAULT_OK) {
        c->changed = true;
        capture_compartments(c);
        say_info(tr("removed \"%s\""), k.card.name);
        card_end(c);
    }
    card_kept_clear(&k);
    return st;
}

/* ---- the commands ---- */

static const struct opt export_table[] = {
    {'o', "output", OPT_TEXT, "FILE|-", N_("where to; else standard output"),
        offsetof(struct card_export_opts, output)},
    {0, "age", OPT_FLAG, NULL,
        N_("only the age1pq1... line that age (1.3 or newer) seals to"),
        offsetof(struct card_export_opts, age)},
};
static const struct opt add_table[] = {
    {0, "name", OPT_TEXT, "NAME",
        N_("what you call the person; stays sealed in the vault"),
        offsetof(struct card_add_opts, name)},
    {0, "fingerprint", OPT_TEXT, "TEXT",
        N_("what the person read out to you, in letters or digits: the card "
           "must have it"),
        offsetof(struct card_add_opts, fingerprint)},
};

static const struct cmd_example show_examples[] = {
    {"sanduq card show", N_("what you read out to others; works locked")},
    {"sanduq card show Aina", N_("a card that you pinned")},
};
static const struct cmd_example export_examples[] = {
    {"sanduq card export -o my.card", N_("to give to people who send to you")},
    {"sanduq card export --age", N_("for somebody who only has age")},
};
static const struct cmd_example qr_examples[] = {
    {"sanduq card qr --short", N_("to be compared face to face")},
    {"sanduq card qr -o my-card.png", N_("the whole card, as a picture")},
};
static const struct cmd_example add_examples[] = {
    {"sanduq card add aina.card --name Aina",
        N_("shows the fingerprint and asks whether you compared it")},
    {"sanduq card add new.card --fingerprint \"12345 ...\"",
        N_("the next card of somebody, read out over the telephone")},
};
static const struct cmd_example list_examples[] = {
    {"sanduq card list", N_("whose cards are pinned, and which you compared")},
};
static const struct cmd_example remove_examples[] = {
    {"sanduq card remove Aina", N_("all cards under this name")},
};
static const struct cmd_example renew_examples[] = {
    {"sanduq card renew --reason \"the laptop was taken away\"",
        N_("what is sealed from now on is sealed to the new card")},
};
static const struct cmd_example revoke_examples[] = {
    {"sanduq card revoke -o key-stolen.note",
        N_("made beforehand, kept with the recovery sheet")},
    {"sanduq card revoke key-stolen.note",
        N_("the card it speaks of is not to be trusted any more")},
};

static const struct cmd card_cmds[] = {
    {"card show", "[NAME]", N_("a card and its fingerprint"),
        N_("Without a name this vault's own, for which no passphrase is "
           "needed; else the newest one pinned under the name. The "
           "fingerprint is shown in letters and as ten groups of five "
           "digits, which can be read out in any language; both say the "
           "same."),
        show_examples, VLT_COUNT(show_examples), NULL, 0, 0, 0, 1, 0, show_run},
    {"card export", "[NAME]", N_("the card as a text, for others"),
        N_("A card is public: others seal to it and check signatures by it. "
           "It says nothing about who you are; give the fingerprint over "
           "another way than the card. On a person's device it ties the "
           "vault to the person."),
        export_examples, VLT_COUNT(export_examples), export_table,
        VLT_COUNT(export_table), sizeof(struct card_export_opts), 0, 1, 0,
        export_run},
    {"card qr", "[NAME]", N_("the card as a QR code"),
        N_("The whole card is a large code: a picture with -o, or on a "
           "terminal of 153 columns or more. --fingerprint gives the "
           "fingerprint in letters, which fits every terminal."),
        qr_examples, VLT_COUNT(qr_examples), card_qr_table, 2,
        sizeof(struct card_qr_opts), 0, 1, 0, card_qr_run},
    {"card add", "FILE", N_("pin somebody's card under a name"),
        N_("FILE is a card, - is standard input. Its fingerprint is shown "
           "and is to be compared with the person over another way than the "
           "card came by; until then the card counts as not compared. "
           "--yes pins it so without asking. A card that continues a known "
           "one stands under the same name as \"continues, not confirmed\" "
           "until it is compared. When two cards claim to continue one, both "
           "are refused: somebody else has that person's key (status 3)."),
        add_examples, VLT_COUNT(add_examples), add_table, VLT_COUNT(add_table),
        sizeof(struct card_add_opts), 1, 1, CMD_WRITES, add_run},
    {"card list", "", N_("the cards that are pinned"),
        N_("Name, generation, fingerprint, and what is known of it. Names "
           "stay sealed in the vault; nobody else has them."),
        list_examples, VLT_COUNT(list_examples), NULL, 0, 0, 0, 0, 0, list_run},
    {"card remove", "NAME", N_("forget the cards under a name"),
        N_("Also that they were compared, refused or revoked."),
        remove_examples, VLT_COUNT(remove_examples), NULL, 0, 0, 1, 1,
        CMD_WRITES, remove_run},
    {"card renew", "", N_("the next card of this vault"),
        N_("New keys, and a card signed by the new ones and by the old. What "
           "is sealed from now on is sealed to them, and whoever has the old "
           "keys cannot open it; what was sealed before opens as before, here "
           "and for whoever has the old keys and the file. Others see the new "
           "card as \"continues, not confirmed\" until they compare it: give "
           "it to all who have the old one. If the old keys are in wrong "
           "hands, give them the revocation too (sanduq card revoke)."),
        renew_examples, VLT_COUNT(renew_examples), card_renew_table, 1,
        sizeof(struct card_renew_opts), 0, 0, CMD_WRITES, card_renew_run},
    {"card revoke", "[FILE]", N_("a card that is not to be trusted any more"),
        N_("With -o it makes the note by which a key of this vault revokes "
           "its own card, and changes nothing: make it beforehand and keep it "
           "with the recovery sheet, since whoever takes the vault away takes "
           "the key away. With FILE it takes such a note to heart: a pinned "
           "card is marked as revoked; of this vault's own card it is written "
           "into the log for all to see. It cannot be taken back."),
        revoke_examples, VLT_COUNT(revoke_examples), card_revoke_table, 2,
        sizeof(struct card_revoke_opts), 0, 1, CMD_WRITES, card_revoke_run},
};
const struct cmd_group card_group = {card_cmds, VLT_COUNT(card_cmds)};
