/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_amend.c: a new version of a record */
#include "add.h"
#include "cmd.h"

#include "fail.h"
#include "form_tell.h"
#include "form_file.h"
#include "hex.h"
#include "out.h"
#include "pass.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"

#include <stdio.h>
#include <string.h>
#include <vault/compartments.h>

struct amend_opts {
    struct opt_list fields;
    const char *form;
    struct opt_list remove;
    const char *name;
    const char *reason;
    const char *onto;
    const char *compartment;
};

static const struct opt amend_table[] = {
    {'f', "field", OPT_LIST, "FIELD=VALUE",
        N_("a field, new or changed; the others stay"),
        offsetof(struct amend_opts, fields)},
    {0, "fields", OPT_TEXT, "FILE.json|-",
        N_("more fields, from a JSON object"),
        offsetof(struct amend_opts, form)},
    {0, "drop", OPT_LIST, "FIELD", N_("a field that the new version lacks"),
        offsetof(struct amend_opts, remove)},
    {0, "name", OPT_TEXT, "NAME", N_("another name for the original or form"),
        offsetof(struct amend_opts, name)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct amend_opts, reason)},
    {0, "onto", OPT_TEXT, "STATEMENT",
        N_("in a conflict: the version that the new one follows"),
        offsetof(struct amend_opts, onto)},
    {0, "compartment", OPT_TEXT, "NAME",
        N_("seal the new version to this compartment, or to default"),
        offsetof(struct amend_opts, compartment)},
};

static const struct cmd_example amend_examples[] = {
    {"sanduq amend 5f2c0a -f acquired.place=Almaty --reason \"place found\"",
        N_("one field changes, all others and the original stay")},
    {"sanduq amend 5f2c0a --drop note.2 --fields more.json",
        N_("fields go and come")},
    {"sanduq amend 5f2c0a better-scan.jpg",
        N_("another original; the first one stays in version 1")},
    {"sanduq amend 5f2c0a --onto 8d01c4 --reason \"both say the same\"",
        N_("ends a conflict: the new version names both")},
};

/* What one run is about. */
struct amend {
    struct cli *c;
    const struct amend_opts *o;
    uint8_t id[VAULT_ID];
    uint8_t onto[VAULT_HASH];
    bool has_body;
    bool replaces; /* another original is given */
    struct vlt_buf reason;
    char type[FORM_TYPE + 1]; /* of the record */
    char lang[FORM_TAG + 1];  /* its field `language`, or "" */
};

VAULT_CHECKED static enum vault_status
check_options(const struct cli *c, const struct amend_opts *o,
    struct vault_error *err)
{
    struct pass_from from = {c->g.pass_fd, c->g.pass_file, c->g.pass_command};
    int users = pass_uses_stdin(&from) +
        (o->form != NULL && strcmp(o->form, "-") == 0) +
        (c->args.n > 1 && strcmp(c->args.v[1], "-") == 0);

    if (users > 1)
        return vlt_fail(err, VAULT_E_USAGE,
            "standard input can be read for one thing only");
    if (c->args.n == 1 && o->fields.n == 0 && o->form == NULL &&
        o->remove.n == 0 && o->name == NULL && o->onto == NULL &&
        o->compartment == NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("fields with -f or --fields, --drop FIELD, --name, or a "
               "PATH"),
            "there is nothing to change");
    return VAULT_OK;
}

/* These names have a command of their own, which gives them their type. */
static void
check_name(struct form *form, const char *name)
{
    if (strncmp(name, "link.", 5) == 0)
        form_note_mistake(form, name, N_("sanduq link ID ID --as RELATION"));
    if (strncmp(name, "resolves.", 9) == 0)
        form_note_mistake(form, name,
            N_("another name; this one is set by the program"));
}

VAULT_CHECKED static enum vault_status
collect(const struct cli *c, const struct amend_opts *o, struct form *form,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < o->fields.n && st == VAULT_OK; i++)
        st = form_add_option(form, o->fields.v[i], err);
    if (st == VAULT_OK && o->form != NULL)
        st = form_read_file(form, o->form, err);
    for (size_t i = 0, n = form->n; i < n; i++)
        check_name(form, form->field[i].name);
    if (o->name != NULL &&
        !vlt_utf8_valid((const uint8_t *)o->name, strlen(o->name)))
        form_note_mistake(form, "--name", N_("a text in UTF-8"));
    if (st == VAULT_OK)
        st = form_check(c, form, err);
    return st;
}

/* What the record's form is, and in which language its texts are. */
static void
look_at_form(struct amend *a, const struct vault_record *r)
{
    struct vault_field f;

    (void)snprintf(a->type, sizeof a->type, "%s", vault_record_entry(r)->type);
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        vault_record_field(r, i, &f);
        if (strcmp(f.name, "language") == 0 && f.type == VAULT_TEXT &&
            f.value_len < sizeof a->lang)
            (void)snprintf(a->lang, sizeof a->lang, "%.*s", (int)f.value_len,
                (const char *)f.value);
    }
}

/* Now that the type is known: the same rules as for add. */
VAULT_CHECKED static enum vault_status
fit(const struct amend *a, struct form *form, struct vault_error *err)
{
    enum vault_status st;

    for (size_t i = 0; i < a->o->fields.n; i++)
        form_refuse_delicate(form, a->type, a->o->fields.v[i]);
    st = form_fit(form, a->type, a->lang, err);
    return st == VAULT_OK ? form_check(a->c, form, err) : st;
}

/* The record as it is: what it is, and whether it may be given fields so. */
VAULT_CHECKED static enum vault_status
look(struct amend *a, struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st;

    st = version_open(a->c, a->id, NULL, a->o->onto, &r, err);
    if (st == VAULT_E_AMBIGUOUS && err != NULL)
        err->hint = N_("sanduq show ID shows both; --onto STATEMENT names "
                       "the one to follow");
    if (st != VAULT_OK)
        return st;
    a->has_body = vault_record_entry(r)->has_body;
    look_at_form(a, r);
    st =
        version_fields_allowed(vault_record_entry(r)->type, &a->o->fields, err);
    vault_record_close(r);
    if (st == VAULT_OK && a->o->onto != NULL)
        st = version_statement(a->c, a->id, a->o->onto, a->onto, err);
    return st;
}

VAULT_CHECKED static enum vault_status
remove_all(const struct amend *a, struct vault_sealer *s,
    struct vault_error *err)
{
    static const char *const of_file[] = {"file.name.raw", "file.modified"};
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < a->o->remove.n; i++)
        st = vault_amend_remove(s, a->o->remove.v[i], err);
    /* they spoke of the original that is replaced, if they are there */
    for (size_t i = 0; a->replaces && i < VLT_COUNT(of_file); i++)
        (void)!vault_amend_remove(s, of_file[i], NULL);
    return st;
}

VAULT_CHECKED static enum vault_status
begin(struct amend *a, struct vault_sealer **out, struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    enum vault_status st;

    st = vault_amend_begin(a->c->vault, a->id,
        a->o->onto != NULL ? a->onto : NULL, &s, err);
    if (st == VAULT_OK && a->o->compartment != NULL)
        st = vault_seal_compartment(s, a->o->compartment, true, err);
    if (st == VAULT_OK)
        st = remove_all(a, s, err);
    if (st == VAULT_OK && a->o->name != NULL && !a->replaces)
        st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE,
            a->has_body ? "file.name" : "title", a->o->name, strlen(a->o->name),
            err);
    if (st == VAULT_OK && a->reason.len > 0)
        st = vault_seal_reason(s, vlt_buf_cstr(&a->reason), err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    *out = s;
    return VAULT_OK;
}

static enum vault_status
begin_for_add(struct add *add, struct vault_sealer **out,
    struct vault_error *err)
{
    return begin(add->ctx, out, err);
}

/* With another original: it goes in as with add. */
VAULT_CHECKED static enum vault_status
replace(struct amend *a, const struct form *form, struct vault_error *err)
{
    struct add add = {.c = a->c,
        .form = form,
        .name = a->o->name,
        .begin = begin_for_add,
        .ctx = a};
    enum vault_status st = add_check_paths(&add, err);

    if (st == VAULT_OK)
        st = add_all(&add, err);
    add_clear(&add);
    return st;
}

VAULT_CHECKED static enum vault_status
change_fields(struct amend *a, const struct form *form, struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    enum vault_status st = begin(a, &s, err);

    if (st != VAULT_OK)
        return st;
    st = form_seal(form, s, err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    return version_seal(a->c, s, NULL, err);
}

/* The words after the id: the paths, as add has them. */
static void
drop_first_word(struct cli *c)
{
    memmove(c->args.v, c->args.v + 1, (c->args.n - 1) * sizeof *c->args.v);
    c->args.n--;
}

static enum vault_status
amend_run(struct cli *c, struct vault_error *err)
{
    const struct amend_opts *o = c->opts;
    struct amend a = {.c = c, .o = o, .replaces = c->args.n > 1};
    struct form form = {0};
    enum vault_status st = check_options(c, o, err);

    if (st == VAULT_OK)
        st = collect(c, o, &form, err);
    if (st == VAULT_OK)
        st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = hex_resolve(c, c->args.v[0], a.id, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = look(&a, err);
    if (st == VAULT_E_NO_KEY && err != NULL)
        err->hint = N_("a correction is a new record with a link of the kind "
                       "amends to it: sanduq add, then sanduq link");
    if (st == VAULT_OK)
        st = fit(&a, &form, err);
    if (st == VAULT_OK)
        st = version_reason(o->reason, tr("Why is it changed? "), &a.reason,
            err);
    if (st == VAULT_OK)
        drop_first_word(c);
    if (st == VAULT_OK)
        st = a.replaces ? replace(&a, &form, err)
                        : change_fields(&a, &form, err);
    vlt_buf_clear(&a.reason);
    form_clear(&form);
    return st;
}

static const struct cmd amend_cmds[] = {
    {"amend", "ID [PATH|-]", N_("a new version of a record; the old one stays"),
        N_("What is not changed is carried over, the original too, which is "
           "not stored again. The version before it stays as it was: sanduq "
           "show ID lists all of them, and show and get --revision N read an "
           "older one. Prints the record's id.\n\nIn a conflict (two people "
           "changed the same version in two copies of the vault) both are "
           "shown and neither is current, until a new version is made onto "
           "one of them; it names the other."),
        amend_examples, VLT_COUNT(amend_examples), amend_table,
        VLT_COUNT(amend_table), sizeof(struct amend_opts), 1, 2, CMD_WRITES,
        amend_run},
};
const struct cmd_group amend_group = {amend_cmds, VLT_COUNT(amend_cmds)};
