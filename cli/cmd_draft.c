/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_draft.c: unfinished forms: listed, resumed, discarded */
#include "add.h"
#include "ask.h"
#include "capturing.h"
#include "cmd.h"
#include "draft_list.h"

#include "fail.h"
#include "form_ask.h"
#include "form_tell.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Without the line that says that drafts wait: they are what is asked for. */
VAULT_CHECKED static enum vault_status
unlock_for_drafts(struct cli *c, struct vault_error *err)
{
    enum vault_status st = unlock_only(c, err);

    if (st == VAULT_OK)
        capture_take_in(c);
    return st;
}

/* ---- listing ---- */

enum { ID_COLUMNS = 12, WHEN_COLUMNS = 23, TYPE_COLUMNS = 10 };

static void
print_bad(struct cli *c, const uint8_t id[VAULT_ID],
    const struct vault_error *why)
{
    char hex[HEX_ID], message[512];
    struct jline j;

    hex_id(hex, id);
    say_message(why, message, sizeof message);
    c->exit = 1;
    say_warn(tr("the draft %s is left alone: %s"), hex, message);
    if (!c->g.json)
        return;
    jline_begin(&j, "failed");
    jline_text(&j, "id", hex);
    jline_text(&j, "code", vault_status_name(why->code));
    jline_text(&j, "message", message);
    jline_end(&j);
}

static void
print_draft(const struct cli *c, const struct vault_draft *d)
{
    char hex[HEX_ID], when[WHEN_SIZE];
    struct jline j;

    hex_id(hex, vault_draft_id(d));
    if (c->g.json) {
        jline_begin(&j, "draft");
        jline_text(&j, "id", hex);
        jline_text(&j, "path", vault_draft_path(d));
        jline_text(&j, "record_type", vault_draft_type(d));
        jline_u64(&j, "answers", vault_draft_fields(d));
        jline_text(&j, "last", vault_draft_last(d));
        jline_bool(&j, "sealing",
            (vault_draft_flags(d) & VAULT_DRAFT_SEALING) != 0);
        jline_time(&j, "begun", vault_draft_begun(d));
        jline_time(&j, "kept", vault_draft_time(d));
        jline_end(&j);
        return;
    }
    hex[ID_COLUMNS] = 0;
    out_text(hex);
    out_text("  ");
    when_local(when, vault_draft_time(d));
    out_column(when, WHEN_COLUMNS, false);
    out_text("  ");
    out_column(vault_draft_type(d), TYPE_COLUMNS, true);
    out_printf("  %7zu  ", vault_draft_fields(d));
    out_safe(vault_draft_last(d), strlen(vault_draft_last(d)), 0);
    out_text("\n");
}

static void
print_head(const struct cli *c, const struct draft_list *l)
{
    if (c->g.json || l->n == 0)
        return;
    out_column(tr("DRAFT"), ID_COLUMNS, false);
    out_text("  ");
    out_column(tr("KEPT"), WHEN_COLUMNS, false);
    out_text("  ");
    out_column(tr("TYPE"), TYPE_COLUMNS, false);
    out_printf("  %7s  %s\n", tr("ANSWERS"), tr("LAST"));
}

static void
list_end(const struct cli *c, const struct draft_list *l)
{
    struct jline j;

    if (l->total > l->n)
        say_warn(tr("there are %" PRIu64 " drafts; %zu of them are shown"),
            l->total, l->n);
    if (!c->g.json) {
        if (l->n == 0)
            say_info("%s", tr("there is no draft"));
        else
            say_info("%s",
                tr("drafts are no evidence: anyone who had this disk could "
                   "have written them"));
        return;
    }
    jline_begin(&j, "summary");
    jline_text(&j, "command", "form drafts");
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_u64(&j, "drafts", l->total);
    jline_end(&j);
}

static enum vault_status
drafts_run(struct cli *c, struct vault_error *err)
{
    struct draft_list l = {0};
    char path[4096];
    enum vault_status st = unlock_for_drafts(c, err);

    if (st == VAULT_OK)
        st = form_draft_path(c, path, sizeof path, err);
    if (st == VAULT_OK)
        st = drafts_find(c, &l, err);
    if (st != VAULT_OK)
        return st;
    print_head(c, &l);
    for (size_t i = 0; i < l.n; i++) {
        struct vault_draft *d = NULL;
        struct vault_error why;

        if (vault_draft_open(c->vault, path, l.id[i], &d, &why) == VAULT_OK)
            print_draft(c, d);
        else
            print_bad(c, l.id[i], &why);
        vault_draft_close(d);
    }
    list_end(c, &l);
    return VAULT_OK;
}

/* ---- going on ---- */

VAULT_CHECKED static enum vault_status
resume(struct cli *c, const uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct form form = {0};
    struct form_draft draft = {0};
    struct add a = {.c = c, .form = &form};
    enum vault_status st = form_draft_open(c, id, &draft, &form, err);

    if (st == VAULT_OK) {
        a.type = vault_draft_type(draft.d);
        form_draft_warn(&draft);
        vlt_os_catch_interrupt();
        st = form_ask(a.type, &form, &draft, err);
    }
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

static enum vault_status
resume_run(struct cli *c, struct vault_error *err)
{
    uint8_t id[VAULT_ID];
    enum vault_status st =
        drafts_resolve(c, c->args.n > 0 ? c->args.v[0] : NULL, id, err);

    if (st == VAULT_OK && !form_can_ask(c))
        st = vlt_fail(err, VAULT_E_USAGE,
            "a draft is shown to a person before it is sealed: there is no "
            "terminal to ask on");
    if (st == VAULT_OK)
        st = unlock_for_drafts(c, err);
    if (st != VAULT_OK)
        return st;
    capture_make_missing(c);
    opt_list_clear(&c->args); /* what is sealed is a form without a file */
    return resume(c, id, err);
}

/* ---- discarding ---- */

static enum vault_status
discard_run(struct cli *c, struct vault_error *err)
{
    const char *hex = c->args.v[0];
    char path[4096], question[4300];
    uint8_t id[VAULT_ID];
    enum vault_status st;

    if (!vlt_unhex(id, VAULT_ID, hex, strlen(hex)))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq form drafts --json shows the whole ids"),
            "\"%s\" is not the whole id of a draft (32 digits)", hex);
    st = drafts_resolve(c, hex, id, err);
    if (st == VAULT_OK)
        st = form_draft_path(c, path, sizeof path, err);
    if (st != VAULT_OK)
        return st;
    (void)snprintf(question, sizeof question,
        tr("Destroy the draft %s.draft-%s? It cannot be brought back."), path,
        hex);
    st = ask_sure(c, question, err);
    if (st == VAULT_OK)
        st = vault_draft_destroy(path, id, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info("%s",
        tr("destroyed; copies made earlier and old blocks of the disk may "
           "still hold it, sealed"));
    return VAULT_OK;
}

static const struct cmd_example drafts_examples[] = {
    {"sanduq form drafts", N_("what was begun and not finished")},
    {"sanduq form resume", N_("goes on with the only one")},
};

static const struct cmd_example discard_examples[] = {
    {"sanduq form discard 5f2c0a91e3b7d8465f2c0a91e3b7d846",
        N_("the whole id, as sanduq form drafts --json shows it")},
};

static const struct cmd draft_cmds[] = {
    {"form drafts", "", N_("unfinished forms that wait beside the vault"),
        N_("While a form is filled in on a terminal, each answer is kept in a "
           "draft beside the vault, sealed to it, so that a crash loses only "
           "the answer being typed. Reading drafts needs unlocking.\n\nA "
           "draft is no evidence: it stands in no log and nobody signs it. "
           "Anyone who can write beside the vault could have put it there. "
           "What is damaged or not a draft is told and left alone."),
        drafts_examples, VLT_COUNT(drafts_examples), NULL, 0, 0, 0, 0, 0,
        drafts_run},
    {"form resume", "[ID]", N_("go on with an unfinished form"),
        N_("Unlocks the vault, shows where the draft stopped and asks for the "
           "rest; then everything is shown before it is sealed, and the draft "
           "is destroyed. ID is the draft's id or its beginning, 6 digits or "
           "more; without it the only draft there is."),
        drafts_examples, VLT_COUNT(drafts_examples), NULL, 0, 0, 0, 1,
        CMD_WRITES, resume_run},
    {"form discard", "ID", N_("destroy an unfinished form"),
        N_("Overwrites and removes the draft; needs no unlocking. What is "
           "under its name and is no draft is not touched. Copies made "
           "earlier and old blocks of the disk may still hold it, sealed."),
        discard_examples, VLT_COUNT(discard_examples), NULL, 0, 0, 1, 1,
        CMD_WRITES, discard_run},
};
const struct cmd_group draft_group = {draft_cmds, VLT_COUNT(draft_cmds)};
