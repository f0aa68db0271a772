/* SPDX-License-Identifier: Apache-2.0 */
/* form_ask.c: a form filled in on the terminal: which question comes when */
#include "form_ask.h"

#include "ask.h"
#include "fail.h"
#include "form_question.h"
#include "os.h"
#include "out.h"
#include "tr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAST = 999 };

bool
form_can_ask(const struct cli *c)
{
    return !c->g.json && !c->g.yes && vlt_tty_is(0) && vlt_tty_is(2);
}

/* ---- names ---- */

/* The record's own name of a field: numbers instead of N. Of the first `len`
 * letters of the pattern. */
static void
concrete(const struct asking *a, const char *pattern, size_t len,
    char out[QUESTION_NAME])
{
    size_t at = 0, depth = 0;

    for (size_t i = 0; i < len && at + 4 < QUESTION_NAME; i++) {
        if (pattern[i] == 'N')
            at += (size_t)snprintf(out + at, QUESTION_NAME - at, "%u",
                a->round[depth++]);
        else
            out[at++] = pattern[i];
    }
    out[at] = 0;
}

/* Links are made by a command of their own, scripts of names are found. */
static bool
is_asked(const struct vault_form_field *field)
{
    size_t n = strlen(field->name);

    return !field->set && field->kind != VAULT_FORM_LINK &&
        field->kind != VAULT_FORM_BYTES &&
        !(field->repeats && n > 7 &&
            strcmp(field->name + n - 7, ".script") == 0);
}

/* Length of the pattern up to its N number `depth` (0: the first), or 0. */
static size_t
group_len(const char *pattern, size_t depth)
{
    for (size_t i = 0; pattern[i] != 0; i++) {
        if (pattern[i] == 'N' && depth-- == 0)
            return i + 1;
    }
    return 0;
}

/* The number behind this prefix of a name, 0 when it begins otherwise. */
static unsigned
number_in(const char *name, const char *prefix)
{
    size_t n = strlen(prefix);
    unsigned k = 0;

    if (strncmp(name, prefix, n) != 0)
        return 0;
    for (const char *s = name + n; *s >= '0' && *s <= '9' && k <= LAST; s++)
        k = 10 * k + (unsigned)(*s - '0');
    return k;
}

/* ---- rows that repeat ---- */

VAULT_CHECKED static enum vault_status ask_rows(struct asking *a, size_t from,
    size_t to, size_t depth, bool *answered, struct vault_error *err);

/* Whether there are answers of round k already. */
static bool
has_round(const struct asking *a, const char *prefix, unsigned k)
{
    for (size_t i = 0; i < a->f->n; i++) {
        if (number_in(a->f->field[i].name, prefix) == k)
            return true;
    }
    return false;
}

/* Whether there is another round; *more. */
VAULT_CHECKED static enum vault_status
ask_more(struct asking *a, const char *prefix, unsigned k, bool single,
    bool *more, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (a->passing) {
        *more = number_in(a->pass_to, prefix) > k;
        return VAULT_OK;
    }
    /* of a single row one more question is the same as asking for it */
    if (!*more || single || has_round(a, prefix, k + 1))
        return VAULT_OK;
    st = question_line(a, tr("one more of these? [yes/no] "), err);
    *more = st == VAULT_OK && question_is_yes(a);
    return st;
}

/* Rows that repeat together, as often as there is something to say. */
VAULT_CHECKED static enum vault_status
ask_group(struct asking *a, size_t from, size_t to, size_t depth,
    bool *answered, struct vault_error *err)
{
    struct vault_form_field first;
    char prefix[QUESTION_NAME];
    enum vault_status st = VAULT_OK;
    bool more = true;

    vault_form_field(a->type, from, &first);
    concrete(a, first.name, group_len(first.name, depth) - 1, prefix);
    for (unsigned k = 1; more && k <= LAST && st == VAULT_OK; k++) {
        more = false;
        a->round[depth] = k;
        st = ask_rows(a, from, to, depth + 1, &more, err);
        *answered = *answered || more;
        if (st != VAULT_OK || a->skip || a->done)
            break;
        st = ask_more(a, prefix, k, to - from == 1, &more, err);
    }
    return st;
}

/* name.1.language says something of name.1: without that it is not asked. */
static bool
is_of_nothing(const struct asking *a, const char *name)
{
    struct vault_form_field known;
    static const char *const ends[] = {".language", ".kind", ".level"};
    const char *dot = strrchr(name, '.');
    char parent[QUESTION_NAME];
    bool says = false;
    size_t i;

    for (i = 0; dot != NULL && i < VLT_COUNT(ends); i++)
        says = says || strcmp(dot, ends[i]) == 0;
    if (!says || a->passing || form_has(a->f, name))
        return false;
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(dot - name), name);
    if (!vault_form_find(a->type, parent, &known) || !is_asked(&known))
        return false;
    return !form_find(a->f, parent, &i) || a->f->field[i].state != VAULT_VALUE;
}

static enum vault_status
ask_rows(struct asking *a, size_t from, size_t to, size_t depth, bool *answered,
    struct vault_error *err)
{
    struct vault_form_field field, other;
    char name[QUESTION_NAME];
    enum vault_status st = VAULT_OK;

    for (size_t i = from; i < to && st == VAULT_OK && !a->skip && !a->done;) {
        size_t len, end = i + 1;

        vault_form_field(a->type, i, &field);
        len = depth < QUESTION_DEPTH ? group_len(field.name, depth) : 0;
        for (; len > 0 && end < to; end++) {
            vault_form_field(a->type, end, &other);
            if (strncmp(field.name, other.name, len) != 0)
                break;
        }
        if (len > 0) {
            if (is_asked(&field))
                st = ask_group(a, i, end, depth, answered, err);
        } else if (is_asked(&field)) {
            concrete(a, field.name, strlen(field.name), name);
            if (!is_of_nothing(a, name))
                st = question_ask(a, &field, name, answered, err);
            a->done = a->done || a->back;
        }
        i = end;
    }
    return st;
}

/* ---- the whole form ---- */

VAULT_CHECKED static enum vault_status
ask_parts(struct asking *a, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t end;

    for (size_t i = 0; i < a->n && st == VAULT_OK && !a->done; i = end) {
        struct vault_form_field first, other;
        bool answered = false;

        vault_form_field(a->type, i, &first);
        for (end = i + 1; end < a->n; end++) {
            vault_form_field(a->type, end, &other);
            if (other.part != first.part)
                break;
        }
        a->skip = false;
        st = ask_rows(a, i, end, 0, &answered, err);
    }
    return st;
}

/* Pass over what was asked before, up to this question. */
static void
pass_to(struct asking *a, const char *name)
{
    struct vault_form_field known;

    a->passing = vault_form_find(a->type, name, &known) && is_asked(&known);
    (void)snprintf(a->pass_to, sizeof a->pass_to, "%s", name);
}

/* The question before is asked again, its answer taken out. */
static void
go_back(struct asking *a)
{
    size_t i;

    a->back = false;
    a->done = false;
    a->part = NULL;
    a->trail_len--; /* there is one, or question_ask had not gone back */
    if (form_find(a->f, a->trail[a->trail_len], &i)) {
        question_show_line("    ", tr("The answer was:"));
        question_show_field(a->type, &a->f->field[i]);
        form_drop(a->f, i);
    }
    pass_to(a, a->trail_len > 0 ? a->trail[a->trail_len - 1] : "");
}

VAULT_CHECKED static enum vault_status
ask_all(struct asking *a, struct vault_error *err)
{
    enum vault_status st = ask_parts(a, err);

    while (st == VAULT_OK && a->back) {
        go_back(a);
        st = ask_parts(a, err);
    }
    return st;
}

/* ---- before it is sealed ---- */

/* Ask a field again by its name; false when there is none of it. */
VAULT_CHECKED static enum vault_status
ask_again(struct asking *a, bool *known_name, struct vault_error *err)
{
    struct vault_form_field known;
    char name[QUESTION_NAME], script[QUESTION_NAME + 8];
    bool answered = false;
    enum vault_status st;

    (void)snprintf(name, sizeof name, "%s", vlt_buf_cstr(&a->answer));
    *known_name = vault_form_find(a->type, name, &known) && is_asked(&known);
    if (!*known_name)
        return VAULT_OK;
    form_drop_named(a->f, name);
    (void)snprintf(script, sizeof script, "%s.script", name);
    form_drop_named(a->f, script);
    st = question_ask(a, &known, name, &answered, err);
    a->skip = a->done = a->back = false;
    if (st == VAULT_OK)
        st = form_fit(a->f, a->type, NULL, err);
    if (st == VAULT_OK && a->draft != NULL)
        form_draft_keep(a->draft, a->f, a->draft->last, false);
    return st;
}

/* Not to be sealed: destroyed too, or kept for later? */
VAULT_CHECKED static enum vault_status
refuse(struct asking *a, bool later, struct vault_error *err)
{
    enum vault_status st;

    if (!later && a->draft != NULL && vault_draft_kept(a->draft->d)) {
        st = question_line(a,
            tr("Destroy the answers? [yes; anything else keeps them as a "
               "draft] "),
            err);
        if (st != VAULT_OK)
            return st;
        a->draft->unwanted = question_is_yes(a);
    }
    if (later)
        return vlt_fail(err, VAULT_E_CANCELLED, "left for later");
    return vlt_fail(err, VAULT_E_CANCELLED, "the answer was no");
}

static bool
is_word(struct asking *a, const char *translated, const char *english)
{
    const char *s = vlt_buf_cstr(&a->answer);

    return strcmp(s, translated) == 0 || strcmp(s, english) == 0;
}

VAULT_CHECKED static enum vault_status
settle(struct asking *a, struct vault_error *err)
{
    for (;;) {
        bool known = false;
        enum vault_status st;

        question_show_line("\n== ", tr("What will be sealed"));
        for (size_t i = 0; i < a->f->n; i++)
            question_show_field(a->type, &a->f->field[i]);
        st = question_line(a,
            tr("Seal it? [yes / no / later / the name of a field to answer "
               "again] "),
            err);
        if (st != VAULT_OK)
            return st;
        if (is_word(a, tr("yes"), "yes"))
            return VAULT_OK;
        if (is_word(a, tr("no"), "no"))
            return refuse(a, false, err);
        if (is_word(a, tr("later"), "later"))
            return refuse(a, true, err);
        st = ask_again(a, &known, err);
        if (st != VAULT_OK)
            return st;
        if (!known)
            question_show_line("    ",
                tr("yes, no, later, or a name such as language"));
    }
}

static void
show_first(const struct form_draft *draft)
{
    question_show_line("",
        tr("Enter leaves a question out, ? explains it, !back returns to the "
           "one before, !skip passes over the part, !done goes to the end. "
           "Nothing becomes a record before you say so."));
    question_show_line("",
        draft != NULL ? tr("Until then every answer is kept in a draft, "
                           "sealed: Ctrl-C stops, and sanduq form resume goes "
                           "on.")
                      : tr("An unfinished form is not kept."));
}

enum vault_status
form_ask(const char *type, struct form *f, struct form_draft *draft,
    struct vault_error *err)
{
    struct asking a = {.type = type,
        .f = f,
        .draft = draft,
        .n = vault_form_fields(type)};
    enum vault_status st;

    out_flush();
    vlt_buf_init(&a.answer, ASK_MAX + 1);
    show_first(draft);
    if (draft != NULL && draft->last[0] != 0)
        pass_to(&a, draft->last);
    st = ask_all(&a, err);
    if (st == VAULT_OK && f->n == 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "no question was answered");
    a.passing = false;
    /* Scripts of names are shown too. */
    if (st == VAULT_OK)
        st = form_fit(f, type, NULL, err);
    if (st == VAULT_OK)
        st = settle(&a, err);
    vlt_buf_clear(&a.answer);
    free(a.trail);
    return st;
}
