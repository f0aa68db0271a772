/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_part.c: members of a mapping file, and mistakes in them */
#include "mapping_parts.h"

#include "nmark.h"

#include <stdio.h>
#include <string.h>

void
mapping_mistake(const struct mapping_reading *r, const char *part,
    const char *name, const char *expected)
{
    char where[512];
    char prefix[32] = "";

    if (r->many)
        (void)snprintf(prefix, sizeof prefix, "records[%zu].", r->record);
    (void)snprintf(where, sizeof where, "%s%s%s%.400s", prefix, part,
        part[0] != 0 && name[0] != 0 ? "." : "", name);
    form_note_mistake(&r->m->mistakes, where, expected);
}

/* Only these members may be there. `words` is split by |. */
void
mapping_only(const struct mapping_reading *r, json_t *object, const char *part,
    const char *words)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        size_t n = strlen(name);
        const char *at = words;
        bool found = false;

        while (!found && at != NULL) {
            found = strncmp(at, name, n) == 0 && (at[n] == '|' || at[n] == 0);
            at = strchr(at, '|');
            at = at != NULL ? at + 1 : NULL;
        }
        if (!found)
            mapping_mistake(r, part, name,
                N_("another member; this one is not known"));
    }
}

/* A member that is a text; NULL when it is not there. */
const char *
mapping_text(const struct mapping_reading *r, const json_t *object,
    const char *part, const char *name)
{
    const json_t *v = json_object_get(object, name);

    if (v == NULL)
        return NULL;
    if (!json_is_string(v) || json_string_length(v) == 0) {
        mapping_mistake(r, part, name, N_("a text"));
        return NULL;
    }
    return json_string_value(v);
}

/* An object of text: text. */
const json_t *
mapping_words(const struct mapping_reading *r, json_t *object, const char *part,
    const char *member)
{
    json_t *v = json_object_get(object, member);
    const char *name;
    json_t *to;

    if (v == NULL)
        return NULL;
    if (!json_is_object(v)) {
        mapping_mistake(r, part, member, N_("an object of text: text"));
        return NULL;
    }
    json_object_foreach(v, name, to)
    {
        const char *s = json_string_value(to);
        bool state = strcmp(member, "states") == 0;

        if (s == NULL)
            mapping_mistake(r, member, name, N_("a text"));
        else if (state && strcmp(s, "refused") != 0 &&
            strcmp(s, "not-asked") != 0 && strcmp(s, "unknown") != 0)
            mapping_mistake(r, member, name,
                N_("one of \"refused\", \"not-asked\", \"unknown\""));
    }
    return v;
}
