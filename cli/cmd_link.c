/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_link.c: links between records, and tags */
#include "cmd.h"

#include "fail.h"
#include "form_tell.h"
#include "hex.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"

#include <string.h>

struct link_opts {
    const char *as;
    struct opt_list fields;
    const char *reason;
    bool remove;
};

static const struct opt link_table[] = {
    {0, "as", OPT_TEXT, "RELATION",
        N_("what the first is to the second: about, consent-for, contact-of, "
           "scan-of, translation-of, derived-from, attachment-of, amends, "
           "corroborates, duplicate-of, or another word of a-z, 0-9 and -"),
        offsetof(struct link_opts, as)},
    {'f', "field", OPT_LIST, "FIELD=VALUE",
        N_("a field of the first record that says more about it"),
        offsetof(struct link_opts, fields)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct link_opts, reason)},
    {0, "remove", OPT_FLAG, NULL,
        N_("take the link away; without --as, every link to that record"),
        offsetof(struct link_opts, remove)},
};

static const struct cmd_example link_examples[] = {
    {"sanduq link 77aa10 5f2c0a --as consent-for",
        N_("the consent 77aa10 is for the testimony 5f2c0a")},
    {"sanduq link c3d210 a91be4 --as derived-from -f "
     "derivative.kind=redacted-copy -f derivative.tool=gimp",
        N_("a redacted copy names its master, and how it was made")},
    {"sanduq link 77aa10 5f2c0a --remove", N_("no longer, from now on")},
};

struct tag_opts {
    const char *reason;
    bool remove;
};

static const struct opt tag_table[] = {
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct tag_opts, reason)},
    {0, "remove", OPT_FLAG, NULL, N_("take these tags away"),
        offsetof(struct tag_opts, remove)},
};

static const struct cmd_example tag_examples[] = {
    {"sanduq tag 5f2c0a urgent \"to translate\"", N_("two tags")},
    {"sanduq tag 5f2c0a urgent --remove", N_("one less")},
};

/* Names, contacts and sources are no more taken from -f than by add. */
VAULT_CHECKED static enum vault_status
check_delicate(const struct cli *c, const char *type,
    const struct opt_list *fields, struct vault_error *err)
{
    struct form mistakes = {0};
    enum vault_status st;

    for (size_t i = 0; i < fields->n; i++)
        form_refuse_delicate(&mistakes, type, fields->v[i]);
    st = form_check(c, &mistakes, err);
    form_clear(&mistakes);
    return st;
}

/* The first word's record, unlocked, and a new version of it begun. */
VAULT_CHECKED static enum vault_status
begin(struct cli *c, const uint8_t id[VAULT_ID], const struct opt_list *fields,
    struct vault_sealer **out, struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st = version_open(c, id, NULL, NULL, &r, err);

    if (st == VAULT_OK && fields != NULL)
        st = version_fields_allowed(vault_record_entry(r)->type, fields, err);
    if (st == VAULT_OK && fields != NULL)
        st = check_delicate(c, vault_record_entry(r)->type, fields, err);
    vault_record_close(r);
    if (st == VAULT_OK)
        st = vault_amend_begin(c->vault, id, NULL, out, err);
    return st;
}

VAULT_CHECKED static enum vault_status
resolve_first(struct cli *c, uint8_t id[VAULT_ID], struct vault_error *err)
{
    enum vault_status st = unlock_open(c, err);

    if (st == VAULT_OK)
        st = hex_resolve(c, c->args.v[0], id, err);
    return st;
}

/* ---- links ---- */

VAULT_CHECKED static enum vault_status
collect(const struct cli *c, const struct link_opts *o, struct form *form,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (o->as == NULL && !o->remove)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq help link names the usual ones"),
            "--as says what the first record is to the second");
    for (size_t i = 0; i < o->fields.n && st == VAULT_OK; i++)
        st = form_add_option(form, o->fields.v[i], err);
    if (st == VAULT_OK)
        st = form_check(c, form, err);
    return st;
}

/* A new link leads to something that can be read. */
VAULT_CHECKED static enum vault_status
check_target(struct cli *c, const uint8_t to[VAULT_ID], struct vault_error *err)
{
    struct versions v;
    enum vault_status st = versions_read(c, to, &v, err);

    if (st != VAULT_OK)
        return st;
    if (v.withdrawn == v.n)
        st =
            vlt_fail(err, VAULT_E_NOT_FOUND, "the second record was withdrawn");
    versions_clear(&v);
    return st;
}

VAULT_CHECKED static enum vault_status
change_link(struct cli *c, const struct link_opts *o, struct form *form,
    const uint8_t id[VAULT_ID], const uint8_t to[VAULT_ID],
    struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    enum vault_status st = begin(c, id, &o->fields, &s, err);

    if (st == VAULT_OK)
        st = o->remove ? vault_amend_unlink(s, to, o->as, err)
                       : vault_seal_link(s, to, o->as, err);
    if (st == VAULT_OK)
        st = form_seal(form, s, err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    return version_seal(c, s, o->reason, err);
}

static enum vault_status
link_run(struct cli *c, struct vault_error *err)
{
    const struct link_opts *o = c->opts;
    struct form form = {0};
    uint8_t id[VAULT_ID], to[VAULT_ID];
    enum vault_status st = collect(c, o, &form, err);

    if (st == VAULT_OK)
        st = resolve_first(c, id, err);
    if (st == VAULT_OK)
        st = hex_resolve(c, c->args.v[1], to, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK && !o->remove)
        st = check_target(c, to, err);
    if (st == VAULT_OK)
        st = change_link(c, o, &form, id, to, err);
    form_clear(&form);
    return st;
}

/* ---- tags ---- */

static enum vault_status
tag_run(struct cli *c, struct vault_error *err)
{
    const struct tag_opts *o = c->opts;
    struct vault_sealer *s = NULL;
    uint8_t id[VAULT_ID];
    enum vault_status st = resolve_first(c, id, err);

    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = begin(c, id, NULL, &s, err);
    for (size_t i = 1; st == VAULT_OK && i < c->args.n; i++)
        st = o->remove ? vault_amend_untag(s, c->args.v[i], err)
                       : vault_seal_tag(s, c->args.v[i], err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    return version_seal(c, s, o->reason, err);
}

static const struct cmd link_cmds[] = {
    {"link", "ID ID", N_("say what one record is to another"),
        N_("The first record gets a new version with a link to the second; "
           "the second stays as it is, and show tells it at both. Copies of "
           "an original (working copy, redacted copy) are records of their "
           "own, linked to it as derived-from; show follows that chain to "
           "the master."),
        link_examples, VLT_COUNT(link_examples), link_table,
        VLT_COUNT(link_table), sizeof(struct link_opts), 2, 2, CMD_WRITES,
        link_run},
    {"tag", "ID TAG…", N_("give a record tags, or take them away"),
        N_("Tags are sealed with the record, in a new version of it; they "
           "are nobody's to see without a secret."),
        tag_examples, VLT_COUNT(tag_examples), tag_table, VLT_COUNT(tag_table),
        sizeof(struct tag_opts), 2, SIZE_MAX, CMD_WRITES, tag_run},
};
const struct cmd_group link_group = {link_cmds, VLT_COUNT(link_cmds)};
