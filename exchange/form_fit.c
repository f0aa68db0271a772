/* SPDX-License-Identifier: Apache-2.0 */
/* form_fit.c: a form brought into the shape that its type asks for */
#include "form.h"

#include "fail.h"
#include "nmark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/forms.h>

enum { NAME_SIZE = 97, TAG_SIZE = FORM_TAG + 1 };

/* This text in `out` when it is a language tag, else NULL. */
static const char *
tag_of(const char *type, const void *text, size_t len, char out[TAG_SIZE])
{
    struct vault_form_field known;
    const char *expected = NULL;
    uint8_t *tag = NULL;
    size_t n = 0;

    if (!vault_form_find(type, "language", &known) ||
        vault_form_value(&known, text, len, NULL, &tag, &n, &expected, NULL) !=
            VAULT_OK ||
        tag == NULL)
        return NULL;
    (void)snprintf(out, TAG_SIZE, "%.*s", (int)n, (const char *)tag);
    free(tag);
    return out;
}

/* The form's own language in `out`, NULL when it says none. */
static const char *
language_of(const struct form *f, const char *type, char out[TAG_SIZE])
{
    for (size_t i = 0; i < f->n; i++) {
        const struct form_field *x = &f->field[i];

        if (strcmp(x->name, "language") == 0 && x->state == VAULT_VALUE &&
            x->type == VAULT_TEXT)
            return tag_of(type, x->value, x->value_len, out);
    }
    return NULL;
}

enum vault_status
form_put_known(struct form *f, const char *type,
    const struct vault_form_field *known, const char *name, const void *text,
    size_t n, const char **expected, struct vault_error *err)
{
    char tag[TAG_SIZE];
    uint8_t *value = NULL;
    size_t len = 0;
    enum vault_status st;

    st = vault_form_value(known, text, n, language_of(f, type, tag), &value,
        &len, expected, err);
    if (st == VAULT_OK && *expected == NULL)
        st = form_put(f, name, vault_form_type(known->kind), VAULT_VALUE, value,
            len, err);
    if (value != NULL)
        vlt_wipe(value, len);
    free(value);
    return st;
}

/* Whether a plain text has to become something else. */
static bool
is_plain(const struct form_field *x, const struct vault_form_field *known)
{
    return x->type == VAULT_TEXT && known->kind != VAULT_FORM_TEXT &&
        known->kind != VAULT_FORM_BODY;
}

/* *bad: it was noted, and the field must go. */
VAULT_CHECKED static enum vault_status
fit_one(struct form *f, size_t i, const char *type, const char *lang, bool *bad,
    struct vault_error *err)
{
    struct form_field *x = &f->field[i];
    struct vault_form_field known;
    const char *expected = NULL;
    uint8_t *value = NULL;
    size_t n = 0;
    enum vault_status st;

    *bad = false;
    if (!vault_form_find(type, x->name, &known) || known.set)
        return VAULT_OK;
    if (x->state != VAULT_VALUE)
        x->type = vault_form_type(known.kind);
    if (x->state != VAULT_VALUE || !is_plain(x, &known))
        return VAULT_OK;
    st = vault_form_value(&known, x->value, x->value_len, lang, &value, &n,
        &expected, err);
    if (st != VAULT_OK)
        return st;
    if (expected != NULL) {
        form_note_words(f, x->name, expected, known.words);
        *bad = true;
        return VAULT_OK;
    }
    if (x->value != NULL)
        vlt_wipe(x->value, x->value_len);
    free(x->value);
    x->type = vault_form_type(known.kind);
    x->value = value;
    x->value_len = n;
    return VAULT_OK;
}

/* NAME.script, for a name whose letters are of one script. */
VAULT_CHECKED static enum vault_status
add_script(struct form *f, size_t i, const char *type, struct vault_error *err)
{
    const struct form_field *x = &f->field[i];
    struct vault_form_field known;
    const char *script;
    char name[NAME_SIZE + 8];

    if (x->state != VAULT_VALUE || x->type != VAULT_TEXT || x->value == NULL)
        return VAULT_OK;
    (void)snprintf(name, sizeof name, "%s.script", x->name);
    if (strlen(name) >= NAME_SIZE || form_has(f, name) ||
        !vault_form_find(type, name, &known))
        return VAULT_OK;
    script = vault_form_script(x->value, x->value_len);
    if (script == NULL)
        return VAULT_OK;
    return form_put(f, name, VAULT_TEXT, VAULT_VALUE, script, strlen(script),
        err);
}

static int
note(void *ctx, const struct vault_form_mistake *m)
{
    form_note_words(ctx, m->field, m->expected, m->words);
    return 0;
}

VAULT_CHECKED static enum vault_status
check_all(struct form *f, const char *type, struct vault_error *err)
{
    struct vault_field *all = calloc(f->n + 1, sizeof *all);
    enum vault_status st;

    if (all == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < f->n; i++)
        all[i] = (struct vault_field){f->field[i].type, f->field[i].state,
            f->field[i].name, f->field[i].value, f->field[i].value_len};
    st = vault_form_check(type, all, f->n, note, f, err);
    free(all);
    /* Mistakes are told by form_check, these and the others. */
    return st == VAULT_E_USAGE ? VAULT_OK : st;
}

enum vault_status
form_fit(struct form *f, const char *type, const char *lang,
    struct vault_error *err)
{
    char tag[TAG_SIZE];
    const char *own = language_of(f, type, tag);
    enum vault_status st = VAULT_OK;
    size_t n;

    if (own == NULL && lang != NULL)
        own = tag_of(type, lang, strlen(lang), tag);
    for (size_t i = 0; i < f->n && st == VAULT_OK;) {
        bool bad = false;

        st = fit_one(f, i, type, own, &bad, err);
        if (bad)
            form_drop(f, i);
        else
            i++;
    }
    n = f->n;
    for (size_t i = 0; i < n && st == VAULT_OK; i++)
        st = add_script(f, i, type, err);
    if (st == VAULT_OK)
        st = check_all(f, type, err);
    return st;
}

void
form_refuse_delicate(struct form *f, const char *type, const char *field_value)
{
    const char *eq = strchr(field_value, '=');
    char name[NAME_SIZE] = {0};
    char domain;

    if (eq == NULL || eq == field_value || eq - field_value >= NAME_SIZE)
        return; /* form_add_option notes what is wrong */
    memcpy(name, field_value, (size_t)(eq - field_value));
    domain = vault_form_domain(type, name);
    if (domain != 'C' && domain != 'S')
        return;
    form_note_mistake(f, name,
        N_("it elsewhere than after -f: the shell keeps what is typed and "
           "others see it in the process list; leave it out and answer the "
           "question, or give it with --fields -"));
}
