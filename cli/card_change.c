/* SPDX-License-Identifier: Apache-2.0 */
/* card_change.c: the next card of this vault, and revoked ones */
#include "card_cmds.h"

#include "ask.h"
#include "capturing.h"
#include "card_show.h"
#include "fail.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct opt card_renew_table[1] = {
    {0, "reason", OPT_ASK, "TEXT",
        N_("why; it stands in the log, sealed; without TEXT you are asked"),
        offsetof(struct card_renew_opts, reason)},
};
const struct opt card_revoke_table[2] = {
    {'o', "output", OPT_TEXT, "FILE|-",
        N_("make the note that revokes this vault's card"),
        offsetof(struct card_revoke_opts, output)},
    {0, "generation", OPT_TEXT, "N",
        N_("with -o: of an older card of this vault; else the newest"),
        offsetof(struct card_revoke_opts, generation)},
};

static enum vault_status
renew(struct cli *c, const char *given, struct vault_error *err)
{
    struct vlt_buf reason;
    enum vault_status st;

    st = version_reason(given, tr("Why is it changed? "), &reason, err);
    if (st == VAULT_OK)
        st = vault_card_renew(c->vault,
            reason.len > 0 ? vlt_buf_cstr(&reason) : NULL, err);
    vlt_buf_clear(&reason);
    return st;
}

enum vault_status
card_renew_run(struct cli *c, struct vault_error *err)
{
    const struct card_renew_opts *o = c->opts;
    struct card_kept k;
    enum vault_status st = unlock(c, err);

    if (st == VAULT_OK)
        st = ask_sure(c,
            tr("Make the next card of this vault? Everybody who has the card "
               "now must compare the new one."),
            err);
    if (st == VAULT_OK)
        st = renew(c, o->reason, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    capture_take_in(c); /* the file beside the vault seals to the old one */
    card_kept_init(&k);
    st = card_find(c, NULL, &k, err);
    if (st == VAULT_OK && c->g.json)
        card_json(&k.card, false);
    else if (st == VAULT_OK)
        card_print(&k.card);
    card_kept_clear(&k);
    if (st != VAULT_OK)
        return st;
    say_info("%s",
        tr("give it to all who have the old card (sanduq card export), and "
           "make a new revocation note and a new backup kit"));
    card_end(c);
    return VAULT_OK;
}

/* ---- revoking ---- */

struct out_note {
    struct cli *c;
    const char *path;
    struct vault_error *err;
    enum vault_status st;
};

static int
put_note(void *ctx, const char *note, size_t len)
{
    struct out_note *n = ctx;

    n->st = card_write_file(n->c, n->path, note, len, n->err);
    return n->st != VAULT_OK;
}

static enum vault_status
make_note(struct cli *c, struct vault_error *err)
{
    const struct card_revoke_opts *o = c->opts;
    struct out_note n = {c, o->output, err, VAULT_OK};
    uint32_t generation = 0;
    enum vault_status st = VAULT_OK;

    if (o->generation != NULL) {
        char *end = NULL;
        unsigned long v = strtoul(o->generation, &end, 10);

        if (o->generation[0] < '1' || o->generation[0] > '9' || *end != '\0' ||
            v > UINT32_MAX)
            return vlt_fail(err, VAULT_E_USAGE,
                "\"%s\" is not the number of a generation", o->generation);
        generation = (uint32_t)v;
    }
    st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_card_revocation(c->vault, generation, put_note, &n, err);
    if (n.st != VAULT_OK)
        return n.st;
    if (st != VAULT_OK)
        return st;
    say_info("%s",
        tr("nothing is revoked yet. Keep this note where the vault is not, "
           "and from others: whoever has it can make people refuse this "
           "card"));
    card_end(c);
    return VAULT_OK;
}

static void
tell_revoked(void *ctx, const struct vault_card *card)
{
    const struct cli *c = ctx;

    if (c->g.json)
        card_json(card, false);
    if (card->state == VAULT_CARD_OWN)
        say_warn(tr("card of generation %" PRIu32 " of this vault is revoked; "
                    "sanduq card renew makes the next one"),
            card->generation);
    else
        say_info(tr("\"%s\": %s"), card->name, card_state(card));
}

static enum vault_status
apply_note(struct cli *c, struct vault_error *err)
{
    struct vlt_buf file;
    enum vault_status st;

    vlt_buf_init(&file, CARD_FILE_MAX);
    st = card_read_file(c->args.v[0], &file, err);
    if (st == VAULT_OK)
        st = ask_sure(c,
            tr("Mark the card that this note speaks of as revoked? It cannot "
               "be taken back."),
            err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st =
            vault_card_revoke(c->vault, file.p, file.len, tell_revoked, c, err);
    vlt_buf_clear(&file);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    capture_compartments(c); /* nothing more is sealed to a revoked card */
    card_end(c);
    return VAULT_OK;
}

enum vault_status
card_revoke_run(struct cli *c, struct vault_error *err)
{
    const struct card_revoke_opts *o = c->opts;

    if ((c->args.n > 0) == (o->output != NULL) ||
        (c->args.n > 0 && o->generation != NULL))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("-o FILE makes the note, FILE alone takes one to heart"),
            "card revoke takes a file to read or -o with one to write");
    return o->output != NULL ? make_note(c, err) : apply_note(c, err);
}
