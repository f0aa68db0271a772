/* SPDX-License-Identifier: Apache-2.0 */
/* tr.c: every sentence for people, in their language */
#include "tr.h"

#include "os.h"

#include <string.h>

/* The language of this process: set once in main, before anything is said. */
static const struct tr_catalog *current;

static const struct tr_text *
find(const char *text)
{
    for (size_t i = 0; current != NULL && i < current->texts_len; i++) {
        if (strcmp(current->texts[i].id, text) == 0)
            return &current->texts[i];
    }
    return NULL;
}

const char *
tr(const char *text)
{
    const struct tr_text *t = find(text);

    return t != NULL && t->form[0] != NULL ? t->form[0] : text;
}

const char *
trn(const char *one, const char *many, unsigned long long n)
{
    const struct tr_text *t = find(one);
    unsigned form;

    if (t == NULL || t->id_many == NULL)
        return n == 1 ? one : many;
    /* Rules look at the last digits only, and whether n is small. */
    form = current->plural(
        (unsigned long)(n > 1000000 ? n % 1000000 + 1000000 : n));
    if (form >= current->plurals || t->form[form] == NULL)
        return n == 1 ? one : many;
    return t->form[form];
}

void
tr_use(const struct tr_catalog *catalog)
{
    current = catalog;
}

const char *
tr_code(void)
{
    return current != NULL ? current->code : "en";
}

const struct tr_catalog *
tr_find(const char *code)
{
    for (size_t i = 0; i < tr_catalogs_len; i++) {
        const char *have = tr_catalogs[i].code;
        size_t n = strlen(have);

        if (strncmp(have, code, n) == 0 &&
            (code[n] == 0 || strchr("_-.@", code[n]) != NULL))
            return &tr_catalogs[i];
    }
    return NULL;
}

bool
tr_is_english(const char *code)
{
    if (strcmp(code, "POSIX") == 0)
        return true;
    if (code[0] == 'C')
        return code[1] == 0 || code[1] == '.';
    return strncmp(code, "en", 2) == 0 &&
        (code[2] == 0 || strchr("_-.@", code[2]) != NULL);
}

void
tr_use_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    char value[64];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (vlt_os_env(names[i], value, sizeof value) && value[0] != 0) {
            tr_use(tr_find(value));
            return;
        }
    }
}
