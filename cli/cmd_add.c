/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_add.c: sealing files, standard input, and forms without a file */
#include "add.h"
#include "ask.h"
#include "capturing.h"
#include "cmd.h"
#include "draft_list.h"

#include "fail.h"
#include "form_tell.h"
#include "form.h"
#include "form_ask.h"
#include "os.h"
#include "out.h"
#include "pass.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <vault/compartments.h>
#include <vault/filekind.h>

struct add_opts {
    const char *type;
    const char *name;
    struct opt_list fields;
    const char *form;
    bool again;
    const char *compartment;
};

static const struct opt add_table[] = {
    {'t', "type", OPT_CHOICE, "testimony|letter|contact|consent|file|note",
        N_("what it is; file for a file, note for a form without one"),
        offsetof(struct add_opts, type)},
    {0, "name", OPT_TEXT, "NAME", N_("the name to keep, instead of the file's"),
        offsetof(struct add_opts, name)},
    {'f', "field", OPT_LIST, "FIELD=VALUE", N_("a field of the record"),
        offsetof(struct add_opts, fields)},
    {0, "fields", OPT_TEXT, "FILE.json|-",
        N_("more fields, from a JSON object"), offsetof(struct add_opts, form)},
    {0, "again", OPT_FLAG, NULL,
        N_("seal also a file that is in the vault already"),
        offsetof(struct add_opts, again)},
    {0, "compartment", OPT_TEXT, "NAME",
        N_("seal it to this compartment, or to default, whatever its type"),
        offsetof(struct add_opts, compartment)},
};

static const struct cmd_example add_examples[] = {
    {"sanduq add letter.jpg", N_("seals a scan; prints the record's id")},
    {"sanduq add -t letter -f kind=verdict -f date.written=2029-10 scans/*.jpg",
        N_("many at once, with the same fields; sanduq form letter has all")},
    {"sanduq add -t testimony",
        N_("asks for the fields one by one, on a terminal")},
    {"sanduq add -t testimony --fields k-01.json voice.opus",
        N_("a recording with its form")},
    {"sanduq add -t contact --fields -",
        N_("a contact, typed or piped in, kept out of the shell's history")},
    {"ffmpeg … | sanduq add --name interview.opus -",
        N_("standard input of any length")},
};

/* Is `-` among the paths? */
static bool
reads_stdin(const struct cli *c)
{
    for (size_t i = 0; i < c->args.n; i++) {
        if (strcmp(c->args.v[i], "-") == 0)
            return true;
    }
    return false;
}

/* What the registry is asked about. */
static const char *
type_of(const struct cli *c, const struct add_opts *o)
{
    return o->type != NULL ? o->type : c->args.n > 0 ? "file" : "note";
}

/* A form is filled in by a person, not given. */
static bool
asks(const struct cli *c, const struct add_opts *o)
{
    return o->type != NULL && o->form == NULL && c->args.n == 0 &&
        form_can_ask(c);
}

VAULT_CHECKED static enum vault_status
check_options(const struct cli *c, const struct add_opts *o,
    struct vault_error *err)
{
    struct pass_from from = {c->g.pass_fd, c->g.pass_file, c->g.pass_command};
    int users = pass_uses_stdin(&from) + reads_stdin(c) +
        (o->form != NULL && strcmp(o->form, "-") == 0);
    bool delicate = o->type != NULL &&
        (strcmp(o->type, "contact") == 0 || strcmp(o->type, "consent") == 0);

    if (c->args.n == 0 && o->fields.n == 0 && o->form == NULL && !asks(c, o))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq add FILE…, sanduq add -, or fields with -f or "
               "--fields"),
            "there is nothing to add");
    if (delicate && o->fields.n > 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("the shell keeps what is typed, and others see it in the "
               "process list; give it with --fields - or --fields FILE"),
            "-f is refused for %s: it would leave names and addresses behind",
            o->type);
    if (o->name != NULL && c->args.n > 1)
        return vlt_fail(err, VAULT_E_USAGE,
            "--name is for one thing, and %zu were given", c->args.n);
    if (users > 1)
        return vlt_fail(err, VAULT_E_USAGE,
            "standard input can be read for one thing only");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
read_form_stdin(struct vlt_buf *b, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st = vlt_file_stdin(&f, err);

    while (st == VAULT_OK && got > 0) {
        uint8_t *p = vlt_buf_room(b, 65536);

        if (p == NULL) {
            st = vlt_buf_end(b, "form", err);
            break;
        }
        b->len -= 65536;
        st = vlt_file_read(f, p, 65536, &got, err);
        b->len += st == VAULT_OK ? got : 0;
    }
    vlt_file_close(f);
    return st;
}

VAULT_CHECKED static enum vault_status
read_form(const struct add_opts *o, struct form *form, struct vault_error *err)
{
    struct vlt_buf b;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st = VAULT_OK;

    if (o->form == NULL)
        return VAULT_OK;
    vlt_buf_init(&b, FORM_MAX + 65536);
    if (strcmp(o->form, "-") == 0) {
        st = read_form_stdin(&b, err);
        if (st == VAULT_OK)
            st = form_add_json(form, vlt_buf_cstr(&b), b.len, err);
    } else {
        st = vlt_os_read_small(o->form, FORM_MAX, &p, &n, err);
        if (st == VAULT_OK)
            st = form_add_json(form, (const char *)p, n, err);
        if (p != NULL)
            vlt_wipe(p, n);
        free(p);
    }
    vlt_buf_clear(&b);
    return st;
}

VAULT_CHECKED static enum vault_status
collect_fields(const struct cli *c, const struct add_opts *o, struct form *form,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < o->fields.n && st == VAULT_OK; i++) {
        form_refuse_delicate(form, type_of(c, o), o->fields.v[i]);
        st = form_add_option(form, o->fields.v[i], err);
    }
    if (c->args.n == 0 && o->name != NULL)
        form_refuse_delicate(form, type_of(c, o), "title=");
    if (st == VAULT_OK)
        st = read_form(o, form, err);
    if (st == VAULT_OK && c->args.n == 0 && o->name != NULL)
        st = form_put(form, "title", VAULT_TEXT, VAULT_VALUE, o->name,
            strlen(o->name), err);
    if (o->name != NULL &&
        !vlt_utf8_valid((const uint8_t *)o->name, strlen(o->name)))
        form_note_mistake(form, "--name", N_("a text in UTF-8"));
    if (st == VAULT_OK)
        st = form_fit(form, type_of(c, o), NULL, err);
    if (st == VAULT_OK)
        st = form_check(c, form, err);
    return st;
}

/* Unlocked when something says how; never by asking. */
VAULT_CHECKED static enum vault_status
open_for_adding(struct cli *c, struct vault_error *err)
{
    enum vault_status st;

    if (!unlock_given(c))
        return capture_open(c, err);
    st = unlock(c, err);
    if (st == VAULT_OK)
        capture_make_missing(c);
    return st;
}

/* Nobody could go on with a draft here: there is no vault that opens it. */
static bool
keeps_drafts(const struct cli *c)
{
    enum vault_file_kind kind = VAULT_FILE_OTHER;
    char vault[4096];

    return !vault_is_capture(c->vault) ||
        (form_draft_path(c, vault, sizeof vault, NULL) == VAULT_OK &&
            vault_file_kind(vault, &kind, NULL) == VAULT_OK &&
            kind == VAULT_FILE_VAULT);
}

/* Where the records go; a type that goes elsewhere is not put there without
 * a yes. *away: nobody here can open them afterwards. */
VAULT_CHECKED static enum vault_status
choose_compartment(struct cli *c, const struct add_opts *o, bool *away,
    struct vault_error *err)
{
    char bound[VAULT_COMPARTMENT_NAME], question[1024];
    struct vault_sealer *s = NULL;
    bool own = true, usual;
    enum vault_status st =
        vault_compartment_of_type(c->vault, type_of(c, o), bound, &own, err);

    *away = st == VAULT_OK && !own;
    if (st != VAULT_OK || o->compartment == NULL)
        return st;
    st = vault_seal_begin(c->vault, type_of(c, o), &s, err);
    if (st == VAULT_OK)
        st = vault_seal_compartment(s, o->compartment, true, err);
    usual = st == VAULT_OK &&
        vault_seal_compartment(s, o->compartment, false, NULL) == VAULT_OK;
    vault_seal_abort(s);
    /* wherever it is said to go: no draft that could be read before */
    *away = true;
    if (st != VAULT_OK || usual)
        return st;
    (void)snprintf(question, sizeof question,
        tr("Records of this type go to the compartment \"%s\". Seal it to "
           "\"%s\" instead?"),
        bound, o->compartment);
    return ask_sure(c, question, err);
}

/* The form of this type: a draft that waits, or a new one. What goes where
 * nobody here can read it lies in no draft either. */
VAULT_CHECKED static enum vault_status
fill_in(struct cli *c, const struct add_opts *o, bool away, struct form *form,
    struct form_draft *draft, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    vlt_os_catch_interrupt();
    if (!keeps_drafts(c)) {
        say_info("%s",
            tr("no draft is kept here: what you type is sealed when the form "
               "is complete, and lost when it is broken off"));
        st = form_ask(o->type, form, NULL, err);
        if (st == VAULT_E_CANCELLED)
            say_warn("%s", tr("the answers were not kept anywhere"));
        return st;
    }
    if (away)
        say_warn("%s",
            tr("the answers are not kept as a draft, which could be read here: "
               "do not break off"));
    if (away)
        return form_ask(o->type, form, draft, err);
    if (form->n == 0)
        st = drafts_offer(c, o->type, draft, form, err);
    if (st == VAULT_OK && draft->d == NULL)
        st = form_draft_begin(c, o->type, draft, err);
    if (st == VAULT_OK)
        st = form_ask(o->type, form, draft, err);
    return st;
}

static enum vault_status
add_run(struct cli *c, struct vault_error *err)
{
    const struct add_opts *o = c->opts;
    struct form form = {0};
    struct form_draft draft = {0};
    struct add a = {.c = c,
        .form = &form,
        .type = o->type,
        .name = o->name,
        .again = o->again,
        .compartment = o->compartment};
    bool away = false;
    enum vault_status st = check_options(c, o, err);

    if (st == VAULT_OK)
        st = collect_fields(c, o, &form, err);
    if (st == VAULT_OK)
        st = add_check_paths(&a, err);
    if (st == VAULT_OK)
        st = open_for_adding(c, err);
    if (st == VAULT_OK)
        st = choose_compartment(c, o, &away, err);
    if (st == VAULT_OK && asks(c, o))
        st = fill_in(c, o, away, &form, &draft, err);
    if (st == VAULT_OK)
        st = form_check(c, &form, err);
    if (st == VAULT_OK)
        form_draft_sealing(&draft, &form);
    if (st == VAULT_OK)
        st = add_all(&a, err);
    form_draft_end(c, &draft, st == VAULT_OK);
    add_clear(&a);
    form_clear(&form);
    return st;
}

static const struct cmd add_cmds[] = {
    {"add", "[PATH…|-]", N_("seal files, standard input, or a form"),
        N_("Seals each file as one record, with its name, time, media type "
           "and SHA-256, and prints the records' ids. Without a path the "
           "fields alone become a record. Ids are printed when their records "
           "are on the disk for good.\n\nFields are checked against the form "
           "of the type (sanduq form TYPE); one that the form does not have "
           "is kept as it is. With -t TYPE and nothing else, on a terminal, "
           "you are asked for them one by one. Names, contacts and sources "
           "are not taken from -f.\n\nA file that cannot be read is told "
           "and the others go in; the exit status is then 1. The originals "
           "are not touched: at the end you are told which still lie on this "
           "disk unencrypted. A file that is in the vault already, bit for "
           "bit, is told and not added; while the vault is locked nobody can "
           "look, and the next unlocking says which records have the same "
           "original."),
        add_examples, VLT_COUNT(add_examples), add_table, VLT_COUNT(add_table),
        sizeof(struct add_opts), 0, SIZE_MAX, CMD_WRITES, add_run},
};
const struct cmd_group add_group = {add_cmds, VLT_COUNT(add_cmds)};
