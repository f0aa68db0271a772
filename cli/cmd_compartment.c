/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_compartment.c: for whom records are sealed */
#include "cmd.h"

#include "ask.h"
#include "capturing.h"
#include "card_show.h"
#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/compartments.h>

struct compartment_opts {
    struct opt_list members, drop, types, unbind;
    bool without_me, with_me, unconfirmed;
};

static const struct opt add_table[] = {
    {0, "member", OPT_LIST, "CARDNAME",
        N_("somebody whose card is pinned under this name"),
        offsetof(struct compartment_opts, members)},
    {0, "type", OPT_LIST, "TYPE",
        N_("records of this type go to the compartment"),
        offsetof(struct compartment_opts, types)},
    {0, "without-me", OPT_FLAG, NULL,
        N_("this vault cannot open what is sealed to it"),
        offsetof(struct compartment_opts, without_me)},
    {0, "allow-unconfirmed", OPT_FLAG, NULL,
        N_("also cards whose fingerprint nobody has compared: it may be "
           "somebody else who reads it"),
        offsetof(struct compartment_opts, unconfirmed)},
};

static const struct opt change_table[] = {
    {0, "member", OPT_LIST, "CARDNAME",
        N_("one more, or the newest card of one who is there"),
        offsetof(struct compartment_opts, members)},
    {0, "drop", OPT_LIST, "CARDNAME",
        N_("one less; by fingerprint when the card is not pinned any more"),
        offsetof(struct compartment_opts, drop)},
    {0, "type", OPT_LIST, "TYPE",
        N_("records of this type go to the compartment"),
        offsetof(struct compartment_opts, types)},
    {0, "unbind", OPT_LIST, "TYPE",
        N_("records of this type go to the default set again"),
        offsetof(struct compartment_opts, unbind)},
    {0, "without-me", OPT_FLAG, NULL,
        N_("this vault cannot open what is sealed to it"),
        offsetof(struct compartment_opts, without_me)},
    {0, "with-me", OPT_FLAG, NULL,
        N_("this vault can open what is sealed to it"),
        offsetof(struct compartment_opts, with_me)},
    {0, "allow-unconfirmed", OPT_FLAG, NULL,
        N_("also cards whose fingerprint nobody has compared: it may be "
           "somebody else who reads it"),
        offsetof(struct compartment_opts, unconfirmed)},
};

struct note_opts {
    const char *output;
};

static const struct opt note_table[] = {
    {'o', "output", OPT_TEXT, "FILE", N_("where to; not given: printed"),
        offsetof(struct note_opts, output)},
};

static const struct cmd_example list_examples[] = {
    {"sanduq key compartment list", N_("who can open what is sealed to them")},
};
static const struct cmd_example add_examples[] = {
    {"sanduq key compartment add identities --member office --type contact "
     "--without-me",
        N_("contacts can be added here, and opened at the office only")},
    {"sanduq key compartment add case-12 --member office --type letter",
        N_("letters can be opened here and at the office")},
};
static const struct cmd_example change_examples[] = {
    {"sanduq key compartment change default --member office",
        N_("the office can open everything that is sealed from now on")},
    {"sanduq key compartment change identities --drop office --member archive",
        N_("others from now on")},
};
static const struct cmd_example remove_examples[] = {
    {"sanduq key compartment remove identities",
        N_("its types are sealed as everything else again")},
};
static const struct cmd_example note_examples[] = {
    {"sanduq key compartment note -o compartments.note",
        N_("for a capture device, which takes it with sanduq capture "
           "compartments")},
};

static const struct cmd_example take_examples[] = {
    {"sanduq capture compartments compartments.note",
        N_("on the capture device, after the office changed who reads what")},
};

/* ---- shown ---- */

struct listing {
    const struct cli *c;
    uint64_t n;
};

static void
print_members(const struct vault_compartment *c)
{
    for (size_t i = 0; i < c->members_len; i++) {
        const struct vault_compartment_member *m = &c->members[i];

        out_printf("  %s  ", m->fingerprint);
        out_safe(m->name, strlen(m->name), 0);
        out_printf(" (%s)%s\n", vault_card_state_word(m->state),
            m->left_out ? tr(": nothing is sealed to this card") : "");
    }
}

static void
print_text(const struct vault_compartment *c)
{
    out_safe(c->name, strlen(c->name), 0);
    out_printf(": %s\n",
        c->own ? tr("can be opened here, and by")
               : tr("cannot be opened here, only by"));
    print_members(c);
    if (c->types_len == 0)
        return;
    out_printf("  %s", tr("types:"));
    for (size_t i = 0; i < c->types_len; i++)
        out_printf(" %s", c->types[i]);
    out_text("\n");
}

static void
print_json(const struct vault_compartment *c)
{
    struct jline j;

    jline_begin(&j, "compartment");
    jline_text(&j, "name", c->name);
    jline_bool(&j, "own", c->own);
    jline_array(&j, "members");
    for (size_t i = 0; i < c->members_len; i++)
        jline_text(&j, NULL, c->members[i].fingerprint);
    jline_array_end(&j);
    jline_array(&j, "names");
    for (size_t i = 0; i < c->members_len; i++)
        jline_text(&j, NULL, c->members[i].name);
    jline_array_end(&j);
    jline_array(&j, "left_out");
    for (size_t i = 0; i < c->members_len; i++) {
        if (c->members[i].left_out)
            jline_text(&j, NULL, c->members[i].fingerprint);
    }
    jline_array_end(&j);
    jline_array(&j, "record_types");
    for (size_t i = 0; i < c->types_len; i++)
        jline_text(&j, NULL, c->types[i]);
    jline_array_end(&j);
    jline_end(&j);
}

static int
print_one(void *ctx, const struct vault_compartment *c)
{
    struct listing *l = ctx;

    l->n++;
    if (l->c->g.json)
        print_json(c);
    else
        print_text(c);
    return 0;
}

static void
tell_end(const struct cli *c, const char *name, uint64_t n)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_u64(&j, name, n);
    jline_end(&j);
}

static enum vault_status
list_run(struct cli *c, struct vault_error *err)
{
    struct listing l = {c, 0};
    enum vault_status st = unlock(c, err);

    if (st == VAULT_OK)
        st = vault_compartments(c->vault, print_one, &l, err);
    if (st != VAULT_OK)
        return st;
    if (l.n == 0 && !c->g.json)
        say_info("%s",
            tr("there are none: what is sealed here is sealed to this vault "
               "alone"));
    tell_end(c, "compartments", l.n);
    return VAULT_OK;
}

/* ---- changed ---- */

struct finding {
    const char *name;
    bool found, own;
};

static int
take_own(void *ctx, const struct vault_compartment *c)
{
    struct finding *f = ctx;

    if (strcmp(c->name, f->name) == 0) {
        f->found = true;
        f->own = c->own;
    }
    return 0;
}

/* With this vault or without it, as it will be. */
VAULT_CHECKED static enum vault_status
will_be_own(const struct cli *c, const struct compartment_opts *o, bool *own,
    struct vault_error *err)
{
    struct finding f = {c->args.v[0], false, true};
    enum vault_status st = vault_compartments(c->vault, take_own, &f, err);

    *own = o->without_me ? false : o->with_me ? true : f.own;
    return st;
}

VAULT_CHECKED static enum vault_status
confirm(const struct cli *c, const struct compartment_opts *o,
    struct vault_error *err)
{
    char question[1024];
    bool own = true;
    enum vault_status st = will_be_own(c, o, &own, err);

    if (st != VAULT_OK)
        return st;
    (void)snprintf(question, sizeof question,
        own ? tr("The members of \"%s\" can open what is sealed to it from now "
                 "on, from any copy of this vault or of its capture file. Is "
                 "that what you want?")
            : tr("What is sealed to \"%s\" from now on can be opened by its "
                 "members only, and by nobody here: not by you, not later, not "
                 "with any passphrase of this vault. Is that what you want?"),
        c->args.v[0]);
    return ask_sure(c, question, err);
}

VAULT_CHECKED static enum vault_status
change(struct cli *c, bool fresh, struct vault_error *err)
{
    const struct compartment_opts *o = c->opts;
    struct vault_compartment_change x = {.name = c->args.v[0],
        .fresh = fresh,
        .own = o->without_me ? VAULT_COMPARTMENT_WITHOUT_ME
            : o->with_me     ? VAULT_COMPARTMENT_WITH_ME
                             : VAULT_COMPARTMENT_OWN_SAME,
        .add = o->members.v,
        .add_len = o->members.n,
        .drop = o->drop.v,
        .drop_len = o->drop.n,
        .bind = o->types.v,
        .bind_len = o->types.n,
        .unbind = o->unbind.v,
        .unbind_len = o->unbind.n,
        .allow_unconfirmed = o->unconfirmed};
    enum vault_status st = VAULT_OK;

    if (o->without_me && o->with_me)
        return vlt_fail(err, VAULT_E_USAGE,
            "--with-me and --without-me contradict each other");
    if (!fresh && x.add_len + x.drop_len + x.bind_len + x.unbind_len == 0 &&
        x.own == VAULT_COMPARTMENT_OWN_SAME)
        return vlt_fail(err, VAULT_E_USAGE, "there is nothing to change");
    st = unlock(c, err);
    if (st == VAULT_OK)
        st = confirm(c, o, err);
    if (st == VAULT_OK)
        st = vault_compartment_change(c->vault, &x, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    capture_compartments(c);
    say_info(tr("%s is sealed to from now on; what was sealed before stays as "
                "it is"),
        x.name);
    tell_end(c, "changed", 1);
    return VAULT_OK;
}

static enum vault_status
add_run(struct cli *c, struct vault_error *err)
{
    const struct compartment_opts *o = c->opts;

    if (o->members.n == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("--member NAME; sanduq card list shows the cards that are "
               "pinned"),
            "say who is in it");
    return change(c, true, err);
}

static enum vault_status
change_run(struct cli *c, struct vault_error *err)
{
    return change(c, false, err);
}

static enum vault_status
remove_run(struct cli *c, struct vault_error *err)
{
    char question[1024];
    enum vault_status st = unlock(c, err);

    (void)snprintf(question, sizeof question,
        tr("Records of the types that go to \"%s\" can be opened here from now "
           "on; what was sealed to it stays as it is. Remove it?"),
        c->args.v[0]);
    if (st == VAULT_OK)
        st = ask_sure(c, question, err);
    if (st == VAULT_OK)
        st = vault_compartment_remove(c->vault, c->args.v[0], err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    capture_compartments(c);
    say_info(tr("removed %s"), c->args.v[0]);
    tell_end(c, "removed", 1);
    return VAULT_OK;
}

static void
print_note(const char *note)
{
    struct jline j;

    jline_begin(&j, "compartments");
    jline_text(&j, "note", note);
    jline_end(&j);
}

static enum vault_status
note_run(struct cli *c, struct vault_error *err)
{
    const struct note_opts *o = c->opts;
    char *note = NULL;
    size_t len = 0;
    enum vault_status st = unlock(c, err);

    if (st == VAULT_OK)
        st = vault_compartments_note(c->vault, &note, &len, err);
    if (st == VAULT_OK && note == NULL)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "there are no compartments");
    if (st == VAULT_OK && c->g.json && o->output == NULL)
        print_note(note);
    else if (st == VAULT_OK)
        st = card_write_file(c, o->output, note, len, err);
    free(note);
    if (st == VAULT_OK)
        tell_end(c, "bytes", len);
    return st;
}

/* ---- a capture file elsewhere ---- */

enum { NOTE_MAX = 64 * 1024 };

static enum vault_status
take_run(struct cli *c, struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    bool changed = false;
    enum vault_status st = capture_open(c, err);

    if (st == VAULT_OK)
        st = vlt_os_read_small(c->args.v[0], NOTE_MAX, &p, &n, err);
    if (st == VAULT_OK)
        st = vault_capture_compartments_take(c->vault, (const char *)p, n,
            &changed, err);
    free(p);
    if (st != VAULT_OK)
        return st;
    c->changed = changed;
    say_info("%s",
        changed ? tr("records of these types go to their compartments from "
                     "now on")
                : tr("the capture file has this list already"));
    tell_end(c, "changed", changed);
    return VAULT_OK;
}

static const struct cmd compartment_cmds[] = {
    {"key compartment list", "", N_("who can open what is sealed to them"),
        N_("Compartments, their members and the types of records that go to "
           "them."),
        list_examples, VLT_COUNT(list_examples), NULL, 0, 0, 0, 0, 0, list_run},
    {"key compartment add", "NAME", N_("a set of people to seal records to"),
        N_("Members are people whose cards are pinned and compared. With "
           "--without-me whoever carries this vault can add to the compartment "
           "and not read it back: the keys are gone when the program ends, and "
           "no passphrase brings them back. Of such a record the vault knows "
           "its id, when it was sealed and to whom; it is found by nobody, "
           "shown to nobody, and carried to its members with sanduq share. A "
           "type goes to one compartment. Consents stay readable here. The "
           "capture file beside the vault gets the members' keys and the types "
           "in clear, signed: whoever finds it sees them."),
        add_examples, VLT_COUNT(add_examples), add_table, VLT_COUNT(add_table),
        sizeof(struct compartment_opts), 1, 1, CMD_WRITES, add_run},
    {"key compartment change", "NAME", N_("other members or types"),
        N_("What was sealed before stays sealed to whom it was; what comes "
           "from now on goes to the members as they are then. The compartment "
           "\"default\" is the set for everything that goes to no other: this "
           "vault is always in it."),
        change_examples, VLT_COUNT(change_examples), change_table,
        VLT_COUNT(change_table), sizeof(struct compartment_opts), 1, 1,
        CMD_WRITES, change_run},
    {"key compartment remove", "NAME", N_("no such set any more"),
        N_("Its types go to the default set from now on. What was sealed to it "
           "can still be opened by its members only."),
        remove_examples, VLT_COUNT(remove_examples), NULL, 0, 0, 1, 1,
        CMD_WRITES, remove_run},
    {"key compartment note", "", N_("the compartments for a capture device"),
        N_("A text signed by this vault, with the names of the compartments, "
           "the types and the members' keys in clear. sanduq capture "
           "compartments gives it to a capture file elsewhere."),
        note_examples, VLT_COUNT(note_examples), note_table,
        VLT_COUNT(note_table), sizeof(struct note_opts), 0, 0, 0, note_run},
    {"capture compartments", "NOTE",
        N_("give a capture file the compartments of its vault"),
        N_("For a capture file that is not beside its vault; beside it, "
           "unlocking does this. NOTE is what sanduq key compartment note "
           "wrote; it is taken if the card that this file seals to signed it, "
           "and if it is not older than what the file has."),
        take_examples, VLT_COUNT(take_examples), NULL, 0, 0, 1, 1, CMD_WRITES,
        take_run},
};
const struct cmd_group compartment_group = {compartment_cmds,
    VLT_COUNT(compartment_cmds)};
