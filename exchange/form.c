/* SPDX-License-Identifier: Apache-2.0 */
/* form.c: the fields that a user gives to a record */
#include "form.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 96 };

void
form_clear(struct form *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->field[i].name);
        if (f->field[i].value != NULL)
            vlt_wipe(f->field[i].value, f->field[i].value_len);
        free(f->field[i].value);
    }
    for (size_t i = 0; i < f->mistakes; i++)
        free(f->mistake[i].field);
    free(f->field);
    free(f->mistake);
    memset(f, 0, sizeof *f);
}

/* Room for one more of `size` bytes; doubled at powers of two. */
static void *
grown(void *p, size_t n, size_t size)
{
    if ((n & (n - 1)) != 0)
        return p;
    return realloc(p, (n == 0 ? 1 : 2 * n) * size);
}

void
form_note_mistake(struct form *f, const char *field, const char *expected)
{
    form_note_words(f, field, expected, NULL);
}

void
form_note_words(struct form *f, const char *field, const char *expected,
    const char *words)
{
    struct form_mistake *m;

    if (f->mistakes == FORM_MISTAKES)
        return;
    m = grown(f->mistake, f->mistakes, sizeof *m);
    if (m == NULL)
        return;
    f->mistake = m;
    m[f->mistakes].field = vlt_strdup(field);
    m[f->mistakes].expected = expected;
    m[f->mistakes].words = words;
    f->mistakes += m[f->mistakes].field != NULL;
}

bool
form_find(const struct form *f, const char *name, size_t *i)
{
    for (size_t k = 0; k < f->n; k++) {
        if (strcmp(f->field[k].name, name) != 0)
            continue;
        *i = k;
        return true;
    }
    return false;
}

bool
form_has(const struct form *f, const char *name)
{
    size_t i;

    return form_find(f, name, &i);
}

/* What is wrong with this name, NULL when nothing is. */
static const char *
name_mistake(const struct form *f, const char *name, bool set)
{
    /* all but the first three may be set by a program */
    static const char *const reserved[] = {"type", "time.sealed", "body",
        "time.doubt", "time.known", "file.name", "file.name.raw", "file.media",
        "file.modified", "import.key", "import.id", "import.pending",
        "import.source", "import.sealed"};
    size_t n = strlen(name);
    size_t forbidden = set ? 3 : VLT_COUNT(reserved);

    if (n == 0 || n > NAME_MAX_BYTES ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != n)
        return N_("a name of a-z, 0-9, dot and dash, at most 96 of them");
    for (size_t i = 0; i < forbidden; i++) {
        if (strcmp(reserved[i], name) == 0)
            return N_("another name; this one is set by the program");
    }
    if (f->n == FORM_FIELDS)
        return N_("at most 1024 fields");
    if (form_has(f, name))
        return N_("each name only once");
    return NULL;
}

/* What the vault takes for a content that it has already (vault.h): whoever
 * could set it would keep that content out. */
static bool
is_content(const char *name, const struct form_field *x)
{
    return strncmp(name, "import.", 7) == 0 && x->type == VAULT_BYTES &&
        x->value_len == VAULT_HASH;
}

VAULT_CHECKED static enum vault_status
put(struct form *f, const char *name, enum vault_field_type type,
    enum vault_field_state state, const void *value, size_t n,
    struct vault_error *err)
{
    struct form_field field = {NULL, type, state, NULL, n};
    struct form_field *all;

    all = grown(f->field, f->n, sizeof *all);
    if (all == NULL)
        return vlt_fail_memory(err);
    f->field = all;
    field.name = vlt_strdup(name);
    field.value = n > 0 ? vlt_memdup(value, n) : NULL;
    if (field.name == NULL || (n > 0 && field.value == NULL)) {
        free(field.name);
        free(field.value);
        return vlt_fail_memory(err);
    }
    all[f->n++] = field;
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
put_checked(struct form *f, const char *name, bool set,
    const struct form_field *x, struct vault_error *err)
{
    const char *mistake = name_mistake(f, name, set);

    if (mistake == NULL && is_content(name, x))
        mistake = N_("another name; this one is set by the program");
    if (mistake != NULL) {
        form_note_mistake(f, name, mistake);
        return VAULT_OK;
    }
    return put(f, name, x->type, x->state, x->value, x->value_len, err);
}

enum vault_status
form_put(struct form *f, const char *name, enum vault_field_type type,
    enum vault_field_state state, const void *value, size_t n,
    struct vault_error *err)
{
    struct form_field x = {NULL, type, state, (uint8_t *)value, n};

    return put_checked(f, name, false, &x, err);
}

enum vault_status
form_put_set(struct form *f, const char *name, enum vault_field_type type,
    enum vault_field_state state, const void *value, size_t n,
    struct vault_error *err)
{
    struct form_field x = {NULL, type, state, (uint8_t *)value, n};

    return put_checked(f, name, true, &x, err);
}

enum vault_status
form_add_option(struct form *f, const char *field_value,
    struct vault_error *err)
{
    const char *eq = strchr(field_value, '=');
    char name[NAME_MAX_BYTES + 2] = {0};
    size_t n = eq != NULL ? (size_t)(eq - field_value) : 0;

    if (eq == NULL || n > NAME_MAX_BYTES) {
        form_note_mistake(f, field_value, N_("FIELD=VALUE"));
        return VAULT_OK;
    }
    memcpy(name, field_value, n);
    if (!vlt_utf8_valid((const uint8_t *)eq + 1, strlen(eq + 1))) {
        form_note_mistake(f, name, N_("a text in UTF-8"));
        return VAULT_OK;
    }
    return form_put(f, name, VAULT_TEXT, VAULT_VALUE, eq + 1, strlen(eq + 1),
        err);
}

void
form_drop(struct form *f, size_t i)
{
    struct form_field *x = &f->field[i];

    free(x->name);
    if (x->value != NULL)
        vlt_wipe(x->value, x->value_len);
    free(x->value);
    f->n--;
    memmove(x, x + 1, (f->n - i) * sizeof *x);
}

void
form_drop_named(struct form *f, const char *name)
{
    size_t i;

    if (form_find(f, name, &i))
        form_drop(f, i);
}

enum vault_status
form_seal(const struct form *f, struct vault_sealer *s, struct vault_error *err)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct form_field *x = &f->field[i];
        enum vault_status st;

        st = vault_seal_field(s, x->type, x->state, x->name, x->value,
            x->value_len, err);
        if (st != VAULT_OK)
            return st;
    }
    return VAULT_OK;
}
