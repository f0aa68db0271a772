/* SPDX-License-Identifier: Apache-2.0 */
/* registry.c: looking fields up */
#include "registry.h"
#include "fail.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *type;
    const struct vlt_registry_part *part;
} forms[] = {
    {"testimony", vlt_registry_testimony},
    {"letter", vlt_registry_letter},
    {"contact", vlt_registry_contact},
    {"consent", vlt_registry_consent},
    {"file", vlt_registry_plain},
    {"note", vlt_registry_plain},
};

static const struct vlt_registry_part *
parts_of(const char *type)
{
    for (size_t i = 0; i < VLT_COUNT(forms); i++)
        if (strcmp(forms[i].type, type) == 0)
            return forms[i].part;
    return NULL;
}

static size_t
count(const struct vlt_registry_part *p)
{
    size_t n = 0;

    for (; p->title != NULL; p++)
        n += p->n;
    return n;
}

size_t
vlt_registry_count(const char *type)
{
    const struct vlt_registry_part *p = parts_of(type);

    return p == NULL ? 0 : count(p) + count(vlt_registry_common);
}

/* Whether one part of the path is the letter N. */
static bool
has_n(const char *name)
{
    for (const char *n = strchr(name, 'N'); n != NULL; n = strchr(n + 1, 'N'))
        if (n > name && n[-1] == '.' && (n[1] == '.' || n[1] == 0))
            return true;
    return false;
}

void
vlt_registry_at(const char *type, size_t i, struct vault_form_field *out)
{
    const struct vlt_registry_part *p = parts_of(type);
    char domain = strcmp(type, "contact") == 0 ? 'C' : 'T';

    assert(p != NULL && i < vlt_registry_count(type));
    if (strcmp(type, "consent") == 0)
        domain = 'S';
    if (i >= count(p)) {
        i -= count(p);
        p = vlt_registry_common;
    }
    for (; i >= p->n; p++)
        i -= p->n;
    *out = p->row[i];
    /* What all types share is as delicate as its record. */
    if (domain != 'T' && out->domain == 'T')
        out->domain = domain;
    out->repeats = has_n(out->name);
    out->part = p->title;
}

/* 1 to 999 without a leading zero; its length, or 0. */
static size_t
number_len(const char *s)
{
    size_t n = strspn(s, "0123456789");

    return n >= 1 && n <= 3 && s[0] != '0' ? n : 0;
}

bool
vlt_registry_match(const char *pattern, const char *name)
{
    while (*pattern != 0) {
        if (*pattern == 'N') {
            size_t n = number_len(name);

            if (n == 0)
                return false;
            name += n;
            pattern++;
        } else if (*pattern++ != *name++) {
            return false;
        }
    }
    return *name == 0;
}

/* ---- public ---- */

size_t
vault_form_fields(const char *type)
{
    return vlt_registry_count(type);
}

void
vault_form_field(const char *type, size_t i, struct vault_form_field *out)
{
    vlt_registry_at(type, i, out);
}

bool
vault_form_find(const char *type, const char *name,
    struct vault_form_field *out)
{
    size_t n = vlt_registry_count(type);

    for (size_t i = 0; i < n; i++) {
        struct vault_form_field f;

        vlt_registry_at(type, i, &f);
        if (vlt_registry_match(f.name, name)) {
            *out = f;
            return true;
        }
    }
    return false;
}

/* Of the fields of this type that begin with the first word of `name`. */
static char
group_domain(const char *type, const char *name)
{
    size_t n = vlt_registry_count(type), word = strcspn(name, ".");
    char found = 'T';

    for (size_t i = 0; i < n; i++) {
        struct vault_form_field f;

        vlt_registry_at(type, i, &f);
        if (strncmp(f.name, name, word) != 0 ||
            (f.name[word] != '.' && f.name[word] != 0))
            continue;
        if (f.domain == 'C')
            return 'C';
        if (f.domain == 'S')
            found = 'S';
    }
    return found;
}

char
vault_form_domain(const char *type, const char *name)
{
    struct vault_form_field f;

    if (strcmp(type, "contact") == 0)
        return 'C';
    if (strcmp(type, "consent") == 0)
        return 'S';
    if (vault_form_find(type, name, &f))
        return f.domain;
    return group_domain(type, name);
}

enum vault_field_type
vault_form_type(enum vault_form_kind kind)
{
    switch (kind) {
    case VAULT_FORM_LANG_TEXT:
    case VAULT_FORM_LONG_TEXT:
        return VAULT_LANG_TEXT;
    case VAULT_FORM_DATE:
        return VAULT_DATE;
    case VAULT_FORM_TIME:
        return VAULT_TIME;
    case VAULT_FORM_NUMBER:
        return VAULT_NUMBER;
    case VAULT_FORM_LINK:
        return VAULT_LINK;
    case VAULT_FORM_BYTES:
        return VAULT_BYTES;
    case VAULT_FORM_BODY:
        return VAULT_BODY;
    case VAULT_FORM_TEXT:
    case VAULT_FORM_CHOICE:
    case VAULT_FORM_LANGUAGE:
    case VAULT_FORM_SCRIPT:
    case VAULT_FORM_SHA256:
        break;
    }
    return VAULT_TEXT;
}
