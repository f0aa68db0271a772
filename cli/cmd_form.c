/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_form.c: the fields that each type of record has */
#include "cmd.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"

#include <string.h>
#include <vault/forms.h>

static const char *const types[] = {"testimony", "letter", "contact", "consent",
    "file", "note"};

static const char *const kinds[] = {[VAULT_FORM_TEXT] = "text",
    [VAULT_FORM_LANG_TEXT] = "lang",
    [VAULT_FORM_LONG_TEXT] = "long",
    [VAULT_FORM_DATE] = "date",
    [VAULT_FORM_TIME] = "time",
    [VAULT_FORM_NUMBER] = "number",
    [VAULT_FORM_LINK] = "link",
    [VAULT_FORM_CHOICE] = "choice",
    [VAULT_FORM_LANGUAGE] = "language",
    [VAULT_FORM_SCRIPT] = "script",
    [VAULT_FORM_SHA256] = "sha256",
    [VAULT_FORM_BYTES] = "bytes",
    [VAULT_FORM_BODY] = "body"};

static const struct cmd_example form_examples[] = {
    {"sanduq form testimony", N_("what can be said in a testimony")},
    {"sanduq form --json consent", N_("the same for a program")},
};

static void
print_json(const char *type, const struct vault_form_field *f)
{
    struct jline j;

    jline_begin(&j, "field");
    jline_text(&j, "record_type", type);
    jline_text(&j, "part", tr(f->part));
    jline_text(&j, "name", f->name);
    jline_text(&j, "kind", kinds[f->kind]);
    jline_text_n(&j, "domain", &f->domain, 1);
    jline_bool(&j, "repeats", f->repeats);
    jline_bool(&j, "set", f->set);
    jline_text(&j, "standard", f->standard);
    jline_text(&j, "label", tr(f->label));
    jline_text(&j, "help", tr(f->help));
    if (f->words != NULL) {
        jline_array(&j, "words");
        for (const char *w = f->words; *w != 0;) {
            size_t n = strcspn(w, "|");

            jline_text_n(&j, NULL, w, n);
            w += n + (w[n] == '|');
        }
        jline_array_end(&j);
    }
    jline_end(&j);
}

static void
print_row(const struct vault_form_field *f)
{
    enum { NAME = 34, KIND = 10 };

    out_text("  ");
    out_column(f->name, NAME, false);
    out_text(" ");
    out_column(kinds[f->kind], KIND, false);
    out_text(" ");
    out_text(tr(f->label));
    out_text("\n");
    if (f->words != NULL)
        out_printf("  %*s %s\n", NAME + KIND + 1, "", f->words);
}

static uint64_t
print_type(const struct cli *c, const char *type)
{
    const char *part = NULL;
    size_t n = vault_form_fields(type);

    if (!c->g.json)
        out_printf("%s\n", type);
    for (size_t i = 0; i < n; i++) {
        struct vault_form_field f;

        vault_form_field(type, i, &f);
        if (c->g.json) {
            print_json(type, &f);
            continue;
        }
        if (f.part != part)
            out_printf("\n%s\n", tr(f.part));
        part = f.part;
        print_row(&f);
    }
    return n;
}

static enum vault_status
form_run(struct cli *c, struct vault_error *err)
{
    const char *wanted = c->args.n > 0 ? c->args.v[0] : NULL;
    uint64_t shown = 0;
    struct jline j;

    if (wanted != NULL && vault_form_fields(wanted) == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("testimony, letter, contact, consent, file or note"),
            "there is no form \"%s\"", wanted);
    for (size_t i = 0; i < VLT_COUNT(types); i++) {
        if (wanted != NULL && strcmp(wanted, types[i]) != 0)
            continue;
        if (shown > 0 && !c->g.json)
            out_text("\n");
        shown += print_type(c, types[i]);
    }
    if (!c->g.json)
        return VAULT_OK;
    jline_begin(&j, "summary");
    jline_text(&j, "command", "form");
    jline_u64(&j, "exit", 0);
    jline_u64(&j, "fields", shown);
    jline_end(&j);
    return VAULT_OK;
}

static const struct cmd form_cmds[] = {
    {"form", "[TYPE]", N_("the fields that each type of record has"),
        N_("Needs no vault. An N in a name stands for 1, 2, 3 and so on. A "
           "field that is not in the list may be given too and is kept. On "
           "a terminal sanduq add -t TYPE asks for the fields one by one; "
           "scripts give them with --fields FILE.json. docs/records.md says "
           "which standard asks for which field."),
        form_examples, VLT_COUNT(form_examples), NULL, 0, 0, 0, 1, 0, form_run},
};
const struct cmd_group form_group = {form_cmds, VLT_COUNT(form_cmds)};
