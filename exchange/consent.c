/* SPDX-License-Identifier: Apache-2.0 */
/* consent.c: what one consent says for a purpose on a day */
#include "consent.h"

#include "days.h"
#include "fail.h"
#include "nmark.h"

#include <stdio.h>
#include <string.h>
#include <vault/forms.h>

enum { NAME_MAX_LEN = 96 };

static bool
full_name(char out[NAME_MAX_LEN + 1], const char *purpose)
{
    int n = snprintf(out, NAME_MAX_LEN + 1, "purpose.%s", purpose);

    return n > 0 && n <= NAME_MAX_LEN;
}

bool
consent_purpose(const char *purpose)
{
    struct vault_form_field f;
    char name[NAME_MAX_LEN + 1];

    return full_name(name, purpose) && vault_form_find("consent", name, &f) &&
        f.kind == VAULT_FORM_CHOICE;
}

bool
consent_inside(const char *purpose)
{
    return strcmp(purpose, "keep") == 0 || strcmp(purpose, "share-inside") == 0;
}

bool
consent_needed(const char *purpose, const char *record_type)
{
    return !consent_inside(purpose) &&
        (strcmp(record_type, "testimony") == 0 ||
            strcmp(record_type, "letter") == 0 ||
            strcmp(record_type, "contact") == 0);
}

static const struct vault_field *
find(const struct vault_field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

/* Anything that was said about a withdrawal, even only that its day is not
 * known, says that there was one. */
static bool
is_withdrawn(const struct vault_field *fields, size_t n)
{
    static const char head[] = "withdrawal.";

    for (size_t i = 0; i < n; i++) {
        if (strncmp(fields[i].name, head, sizeof head - 1) == 0 &&
            fields[i].state != VAULT_NOT_ASKED)
            return true;
    }
    return false;
}

/* Whether the field names a day; *doubt when it does and it is not known
 * which. */
static bool
has_days(const struct vault_field *f, int64_t *first, int64_t *last,
    bool *doubt)
{
    *doubt = false;
    if (f == NULL || f->state == VAULT_NOT_ASKED)
        return false;
    *doubt = f->state != VAULT_VALUE || f->type != VAULT_DATE ||
        !days_of(f->value, f->value_len, first, last);
    return true;
}

static const char *
check_days(const struct vault_field *fields, size_t n, int64_t today)
{
    int64_t first = 0, last = 0;
    bool doubt;

    if (has_days(find(fields, n, "expiry"), &first, &last, &doubt)) {
        if (doubt)
            return N_("when it ends cannot be told");
        if (today > first)
            return N_("it has expired");
    }
    if (has_days(find(fields, n, "review"), &first, &last, &doubt)) {
        if (doubt)
            return N_("when to ask again cannot be told");
        if (today > first)
            return N_("the day to ask again has passed");
    }
    if (has_days(find(fields, n, "embargo"), &first, &last, &doubt)) {
        if (doubt)
            return N_("from when on it holds cannot be told");
        if (today < last)
            return N_("it does not hold yet");
    }
    return NULL;
}

static const char *
check_answer(const struct vault_field *f)
{
    static const char yes[] = "yes", no[] = "no", ask[] = "ask first";

    if (f == NULL || f->state == VAULT_NOT_ASKED)
        return N_("it does not speak of this purpose");
    if (f->state == VAULT_REFUSED)
        return N_("no answer was given for this purpose");
    if (f->state != VAULT_VALUE || f->type != VAULT_TEXT)
        return N_("its answer for this purpose is not known");
    if (f->value_len == sizeof yes - 1 &&
        memcmp(f->value, yes, sizeof yes - 1) == 0)
        return NULL;
    if (f->value_len == sizeof no - 1 &&
        memcmp(f->value, no, sizeof no - 1) == 0)
        return N_("it says no to this purpose");
    if (f->value_len == sizeof ask - 1 &&
        memcmp(f->value, ask, sizeof ask - 1) == 0)
        return N_("it says to ask first");
    return N_("its answer for this purpose is not a plain yes");
}

const char *
consent_answer(const struct vault_field *fields, size_t n, const char *purpose,
    int64_t now, bool *conditions)
{
    const struct vault_field *f = find(fields, n, "conditions");
    char name[NAME_MAX_LEN + 1];
    const char *why;

    *conditions = f != NULL && f->state == VAULT_VALUE && f->value_len > 0;
    if (!full_name(name, purpose))
        return N_("it does not speak of this purpose");
    if (is_withdrawn(fields, n))
        return N_("it was withdrawn");
    why = check_answer(find(fields, n, name));
    return why != NULL ? why : check_days(fields, n, days_at(now));
}
