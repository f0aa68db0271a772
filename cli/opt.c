/* SPDX-License-Identifier: Apache-2.0 */
/* opt.c: options as data, parsed from tables */
#include "opt.h"

#include "fail.h"
#include "tr.h"

#include <stdlib.h>
#include <string.h>

/* Where one parse stands. */
struct parse {
    const struct opt_table *tables;
    size_t tables_len;
    int argc;
    char *const *argv;
    int at;
    struct vault_error *err;
};

/* Options that people try and that must never work, and why. */
static const char *
why_never(const char *name, size_t n)
{
    static const char *const words[] = {"passphrase", "password", "pass",
        "new-passphrase", "new-password", "pin"};

    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        if (strlen(words[i]) == n && strncmp(words[i], name, n) == 0)
            return N_("a passphrase on the command line is seen by others "
                      "in the process list and kept by the shell; leave it "
                      "out and you are asked, or use --passphrase-fd, "
                      "--passphrase-file or --passphrase-command");
    }
    return N_("sanduq help lists the commands, sanduq help COMMAND the "
              "options of one");
}

static const struct opt *
find_long(const struct parse *p, const char *name, size_t n, void **into)
{
    for (size_t t = 0; t < p->tables_len; t++) {
        for (size_t i = 0; i < p->tables[t].n; i++) {
            const struct opt *o = &p->tables[t].opt[i];

            if (strlen(o->name) == n && strncmp(o->name, name, n) == 0) {
                *into = p->tables[t].into;
                return o;
            }
        }
    }
    return NULL;
}

static const struct opt *
find_letter(const struct parse *p, char letter, void **into)
{
    for (size_t t = 0; t < p->tables_len; t++) {
        for (size_t i = 0; i < p->tables[t].n; i++) {
            if (p->tables[t].opt[i].letter == letter) {
                *into = p->tables[t].into;
                return &p->tables[t].opt[i];
            }
        }
    }
    return NULL;
}

static bool
is_choice(const char *words, const char *value)
{
    size_t n = strlen(value);

    for (const char *w = words; w != NULL; w = strchr(w, '|')) {
        w += *w == '|';
        if (strncmp(w, value, n) == 0 && (w[n] == 0 || w[n] == '|'))
            return n > 0;
    }
    return false;
}

VAULT_CHECKED static enum vault_status
take_value(const struct parse *p, const struct opt *o, void *into,
    const char *value)
{
    const char **slot;

    if (into == NULL)
        return VAULT_OK;
    if (o->kind == OPT_CHOICE && !is_choice(o->arg, value))
        return vlt_fail(p->err, VAULT_E_USAGE,
            "--%s takes one of %s, not \"%s\"", o->name, o->arg, value);
    if (o->kind == OPT_TEXT && value[0] == 0)
        return vlt_fail(p->err, VAULT_E_USAGE, "--%s was given nothing",
            o->name);
    if (o->kind == OPT_LIST)
        return opt_list_add((void *)((char *)into + o->offset), value, p->err);
    slot = (void *)((char *)into + o->offset);
    if (*slot != NULL)
        return vlt_fail(p->err, VAULT_E_USAGE, "--%s was given twice", o->name);
    *slot = value;
    return VAULT_OK;
}

static void
take_flag(const struct opt *o, void *into)
{
    if (into != NULL)
        *(bool *)(void *)((char *)into + o->offset) = true;
}

/* The value of the option that was just read: the next argument. */
VAULT_CHECKED static enum vault_status
take_next(struct parse *p, const struct opt *o, void *into)
{
    if (o->kind == OPT_ASK && (p->at >= p->argc || p->argv[p->at][0] == '-'))
        return take_value(p, o, into, "");
    if (p->at >= p->argc)
        return vlt_fail(p->err, VAULT_E_USAGE, "--%s needs a value (%s)",
            o->name, o->arg);
    return take_value(p, o, into, p->argv[p->at++]);
}

VAULT_CHECKED static enum vault_status
parse_long(struct parse *p, const char *name)
{
    const char *eq = strchr(name, '=');
    size_t n = eq != NULL ? (size_t)(eq - name) : strlen(name);
    void *into = NULL;
    const struct opt *o = find_long(p, name, n, &into);
    char shown[64] = {0};

    if (o == NULL) {
        /* what stands behind the = may be a passphrase */
        memcpy(shown, name, n < sizeof shown ? n : sizeof shown - 1);
        return vlt_fail_hint(p->err, VAULT_E_USAGE, why_never(name, n),
            "there is no option --%s here", shown);
    }
    if (o->kind == OPT_FLAG) {
        if (eq != NULL)
            return vlt_fail(p->err, VAULT_E_USAGE, "--%s takes no value",
                o->name);
        take_flag(o, into);
        return VAULT_OK;
    }
    if (eq != NULL)
        return take_value(p, o, into, eq + 1);
    return take_next(p, o, into);
}

/* Letters behind one dash: flags, and last perhaps one with a value. */
VAULT_CHECKED static enum vault_status
parse_letters(struct parse *p, const char *letters)
{
    for (const char *s = letters; *s != 0; s++) {
        void *into = NULL;
        const struct opt *o = find_letter(p, *s, &into);

        if (o == NULL)
            return vlt_fail_hint(p->err, VAULT_E_USAGE, why_never("", 0),
                "there is no option -%c here",
                *s > ' ' && *s < 0x7f ? *s : '?');
        if (o->kind == OPT_FLAG)
            take_flag(o, into);
        else if (s[1] != 0)
            return take_value(p, o, into, s + 1);
        else
            return take_next(p, o, into);
    }
    return VAULT_OK;
}

enum vault_status
opt_parse(const struct opt_table *tables, size_t tables_len, int argc,
    char *const *argv, struct opt_list *words, struct vault_error *err)
{
    struct parse p = {tables, tables_len, argc, argv, 0, err};
    bool ended = false;

    while (p.at < argc) {
        const char *a = argv[p.at++];
        enum vault_status st;

        if (!ended && strcmp(a, "--") == 0) {
            ended = true;
            continue;
        }
        if (ended || a[0] != '-' || a[1] == 0)
            st = opt_list_add(words, a, err);
        else if (a[1] == '-')
            st = parse_long(&p, a + 2);
        else
            st = parse_letters(&p, a + 1);
        if (st != VAULT_OK)
            return st;
    }
    return VAULT_OK;
}

void
opt_clear(const struct opt_table *t)
{
    for (size_t i = 0; t->into != NULL && i < t->n; i++) {
        if (t->opt[i].kind == OPT_LIST)
            opt_list_clear((void *)((char *)t->into + t->opt[i].offset));
    }
}

enum vault_status
opt_list_add(struct opt_list *list, const char *value, struct vault_error *err)
{
    /* doubled at every power of two */
    if ((list->n & (list->n - 1)) == 0) {
        size_t cap = list->n == 0 ? 1 : list->n * 2;
        const char **v = realloc(list->v, cap * sizeof *v);

        if (v == NULL)
            return vlt_fail_memory(err);
        list->v = v;
    }
    list->v[list->n++] = value;
    return VAULT_OK;
}

void
opt_list_clear(struct opt_list *list)
{
    free(list->v);
    list->v = NULL;
    list->n = 0;
}

bool
opt_given(const char *name, int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0)
            return true;
    }
    return false;
}
