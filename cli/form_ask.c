/* SPDX-License-Identifier: Apache-2.0 */
/* form_ask.c: a form filled in on the terminal */
#include "form_ask.h"

#include "ask.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "tr.h"
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 4, NAME_SIZE = 97, PROMPT_SIZE = 1024, LAST = 999 };

struct asking {
    const char *type;
    struct form *f;
    size_t n;              /* fields of the type */
    unsigned round[DEPTH]; /* what stands for each N */
    struct vlt_buf answer; /* the line that was typed last */
    bool skip;             /* the rest of this part */
    bool done;             /* the rest of the form */
};

bool
form_can_ask(const struct cli *c)
{
    return !c->g.json && !c->g.yes && vlt_tty_is(0) && vlt_tty_is(2);
}

/* On the terminal, beside the questions; our own words and theirs. */
static void
show(const char *s, size_t n, unsigned flags)
{
    struct vlt_buf b;

    vlt_buf_init(&b, 10 * n + 1);
    safe_put(&b, s, n, flags);
    if (b.len > 0)
        (void)fwrite(b.p, 1, b.len, stderr);
    vlt_buf_clear(&b);
}

static void
show_text(const char *s)
{
    show(s, strlen(s), SAFE_BLOCK | SAFE_BACKSLASH);
}

static void
show_line(const char *indent, const char *s)
{
    show_text(indent);
    show_text(s);
    show_text("\n");
}

/* The words of a choice, "yes, no". */
static void
put_words(char *out, size_t size, const char *words)
{
    size_t at = 0;

    for (; *words != 0 && at + 3 < size; words++) {
        if (*words != '|') {
            out[at++] = *words;
            continue;
        }
        out[at++] = ',';
        out[at++] = ' ';
    }
    out[at] = 0;
}

/* The record's own name of a field: numbers instead of N. */
static void
concrete(const struct asking *a, const char *pattern, char out[NAME_SIZE])
{
    size_t at = 0, depth = 0;

    for (; *pattern != 0 && at + 4 < NAME_SIZE; pattern++) {
        if (*pattern == 'N')
            at += (size_t)snprintf(out + at, NAME_SIZE - at, "%u",
                a->round[depth++]);
        else
            out[at++] = *pattern;
    }
    out[at] = 0;
}

static void
put_prompt(char *out, size_t size, const struct vault_form_field *field,
    const char *name)
{
    char words[256] = "";

    if (field->words != NULL)
        put_words(words, sizeof words, field->words);
    if (field->repeats && words[0] != 0)
        (void)snprintf(out, size, "%s [%s] (%s): ", tr(field->label), name,
            words);
    else if (field->repeats)
        (void)snprintf(out, size, "%s [%s]: ", tr(field->label), name);
    else if (words[0] != 0)
        (void)snprintf(out, size, "%s (%s): ", tr(field->label), words);
    else
        (void)snprintf(out, size, "%s: ", tr(field->label));
}

static void
show_help(const struct vault_form_field *field, const char *name)
{
    char words[256];

    show_line("    ", tr(field->help));
    if (field->words != NULL) {
        put_words(words, sizeof words, field->words);
        show_line("    ", words);
    }
    if (field->kind == VAULT_FORM_LONG_TEXT)
        show_line("    ",
            tr("Many lines; a line with a single dot ends them."));
    show_text("    ");
    show_text(name);
    show_text(" (");
    show_text(field->standard);
    show_text(")\n");
    show_line("    ",
        tr("Enter: leave it out   !refused !unknown !not-asked: no answer, "
           "and why"));
    show_line("    ", tr("!skip: pass over this part   !done: on to the end"));
}

/* One line. A line that is too long is told, and asked for again. */
VAULT_CHECKED static enum vault_status
read_line(struct asking *a, const char *prompt, struct vault_error *err)
{
    enum vault_status st;

    do {
        st = ask_line(prompt, true,
            N_("--fields FILE.json or --fields - gives the fields"), &a->answer,
            err);
        if (st == VAULT_E_LIMIT)
            say_error(err);
    } while (st == VAULT_E_LIMIT);
    return st;
}

/* The lines after the first, up to a single dot, behind it in `all`. */
VAULT_CHECKED static enum vault_status
read_more(struct asking *a, struct vlt_buf *all, struct vault_error *err)
{
    enum vault_status st;

    for (;;) {
        st = read_line(a, "  ", err);
        if (st != VAULT_OK || strcmp(vlt_buf_cstr(&a->answer), ".") == 0)
            return st;
        vlt_buf_put_u8(all, '\n');
        vlt_buf_put(all, a->answer.p, a->answer.len);
        st = vlt_buf_end(all, "answer", err);
        if (st != VAULT_OK)
            return st;
    }
}

/* Whether the answer is one of the words that begin with `!`. */
static bool
is_command(struct asking *a, bool *is_state, enum vault_field_state *state)
{
    static const struct {
        const char *word;
        enum vault_field_state state;
    } states[] = {{"!refused", VAULT_REFUSED}, {"!not-asked", VAULT_NOT_ASKED},
        {"!unknown", VAULT_UNKNOWN}};
    const char *word = vlt_buf_cstr(&a->answer);

    *is_state = false;
    for (size_t i = 0; i < VLT_COUNT(states); i++) {
        if (strcmp(states[i].word, word) != 0)
            continue;
        *is_state = true;
        *state = states[i].state;
        return true;
    }
    a->skip = a->skip || strcmp(word, "!skip") == 0;
    a->done = a->done || strcmp(word, "!done") == 0;
    return a->skip || a->done;
}

/* What was typed becomes the field. *again: it could not. */
VAULT_CHECKED static enum vault_status
take(struct asking *a, const struct vault_form_field *field, const char *name,
    bool *again, struct vault_error *err)
{
    const char *expected = NULL;
    char words[256] = "";
    struct vlt_buf all;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&all, FORM_MAX);
    vlt_buf_put(&all, a->answer.p, a->answer.len);
    if (field->kind == VAULT_FORM_LONG_TEXT)
        st = read_more(a, &all, err);
    if (st == VAULT_OK)
        st = form_put_known(a->f, a->type, field, name, all.p, all.len,
            &expected, err);
    vlt_buf_clear(&all);
    *again = expected != NULL;
    if (st != VAULT_OK || expected == NULL)
        return st;
    if (field->words != NULL)
        put_words(words, sizeof words, field->words);
    show_text("    ");
    show_text(tr("expected"));
    show_text(" ");
    show_text(tr(expected));
    show_text(words[0] != 0 ? ": " : "");
    show_line("", words);
    return VAULT_OK;
}

/* *answered: there is an answer now. */
VAULT_CHECKED static enum vault_status
ask_one(struct asking *a, const struct vault_form_field *field,
    const char *name, bool *answered, struct vault_error *err)
{
    char prompt[PROMPT_SIZE];
    bool again = true, is_state;
    enum vault_field_state state = VAULT_VALUE;
    enum vault_status st = VAULT_OK;

    if (form_has(a->f, name)) {
        *answered = true;
        return VAULT_OK;
    }
    put_prompt(prompt, sizeof prompt, field, name);
    while (st == VAULT_OK && again) {
        st = read_line(a, prompt, err);
        if (st != VAULT_OK || a->answer.len == 0)
            return st;
        if (strcmp(vlt_buf_cstr(&a->answer), "?") == 0) {
            show_help(field, name);
            continue;
        }
        again = false;
        if (!is_command(a, &is_state, &state))
            st = take(a, field, name, &again, err);
        else if (is_state)
            st = form_put(a->f, name, vault_form_type(field->kind), state, NULL,
                0, err);
        else
            return VAULT_OK;
    }
    *answered = *answered || st == VAULT_OK;
    return st;
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

VAULT_CHECKED static enum vault_status ask_rows(struct asking *a, size_t from,
    size_t to, size_t depth, bool *answered, struct vault_error *err);

/* Rows that repeat together, as often as there is something to say. */
VAULT_CHECKED static enum vault_status
ask_group(struct asking *a, size_t from, size_t to, size_t depth,
    bool *answered, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    bool more = true;

    for (unsigned k = 1; more && k <= LAST && st == VAULT_OK; k++) {
        more = false;
        a->round[depth] = k;
        st = ask_rows(a, from, to, depth + 1, &more, err);
        *answered = *answered || more;
        if (st != VAULT_OK || !more || a->skip || a->done)
            break;
        if (to - from == 1)
            continue; /* one more question is the same as asking for it */
        st = read_line(a, tr("one more of these? [yes/no] "), err);
        more = st == VAULT_OK && a->answer.len > 0 &&
            (strcmp(vlt_buf_cstr(&a->answer), tr("yes")) == 0 ||
                strcmp(vlt_buf_cstr(&a->answer), "yes") == 0 ||
                strcmp(vlt_buf_cstr(&a->answer), "y") == 0);
    }
    return st;
}

static enum vault_status
ask_rows(struct asking *a, size_t from, size_t to, size_t depth, bool *answered,
    struct vault_error *err)
{
    struct vault_form_field field, other;
    char name[NAME_SIZE];
    enum vault_status st = VAULT_OK;

    for (size_t i = from; i < to && st == VAULT_OK && !a->skip && !a->done;) {
        size_t len, end = i + 1;

        vault_form_field(a->type, i, &field);
        len = depth < DEPTH ? group_len(field.name, depth) : 0;
        for (; len > 0 && end < to; end++) {
            vault_form_field(a->type, end, &other);
            if (strncmp(field.name, other.name, len) != 0)
                break;
        }
        if (len > 0) {
            if (is_asked(&field))
                st = ask_group(a, i, end, depth, answered, err);
        } else if (is_asked(&field)) {
            concrete(a, field.name, name);
            st = ask_one(a, &field, name, answered, err);
        }
        i = end;
    }
    return st;
}

VAULT_CHECKED static enum vault_status
ask_parts(struct asking *a, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t end;

    for (size_t i = 0; i < a->n && st == VAULT_OK && !a->done; i = end) {
        struct vault_form_field first, other;
        bool any, answered = false;

        vault_form_field(a->type, i, &first);
        any = is_asked(&first);
        for (end = i + 1; end < a->n; end++) {
            vault_form_field(a->type, end, &other);
            if (other.part != first.part)
                break;
            any = any || is_asked(&other);
        }
        if (!any)
            continue;
        show_line("\n== ", tr(first.part));
        a->skip = false;
        st = ask_rows(a, i, end, 0, &answered, err);
    }
    return st;
}

/* ---- before it is sealed ---- */

static void
show_field(const struct asking *a, const struct form_field *x)
{
    const struct vault_field f = {x->type, x->state, x->name, x->value,
        x->value_len};
    struct vault_form_field known;
    struct vlt_buf b;

    vlt_buf_init(&b, 2 * f.value_len + 128);
    show_text("  ");
    show_text(x->name);
    if (vault_form_find(a->type, x->name, &known)) {
        show_text("  ");
        show_text(tr(known.label));
    }
    show_text("\n      ");
    if (f.state == VAULT_VALUE)
        value_text(&b, &f);
    else if (f.state == VAULT_REFUSED)
        vlt_buf_put_str(&b, tr("(asked, and refused)"));
    else if (f.state == VAULT_NOT_ASKED)
        vlt_buf_put_str(&b, tr("(not asked)"));
    else
        vlt_buf_put_str(&b, tr("(unknown)"));
    if (b.len > 0)
        show((const char *)b.p, b.len, SAFE_BLOCK);
    show_text("\n");
    vlt_buf_clear(&b);
}

/* Ask a field again by its name; false when there is none of it. */
VAULT_CHECKED static enum vault_status
ask_again(struct asking *a, bool *known_name, struct vault_error *err)
{
    struct vault_form_field known;
    char name[NAME_SIZE];
    bool answered = false;

    (void)snprintf(name, sizeof name, "%s", vlt_buf_cstr(&a->answer));
    *known_name = vault_form_find(a->type, name, &known) && is_asked(&known);
    if (!*known_name)
        return VAULT_OK;
    for (size_t i = 0; i < a->f->n; i++) {
        if (strcmp(a->f->field[i].name, name) == 0) {
            form_drop(a->f, i);
            break;
        }
    }
    return ask_one(a, &known, name, &answered, err);
}

VAULT_CHECKED static enum vault_status
settle(struct asking *a, struct vault_error *err)
{
    for (;;) {
        bool known = false;
        enum vault_status st;

        show_line("\n== ", tr("What will be sealed"));
        for (size_t i = 0; i < a->f->n; i++)
            show_field(a, &a->f->field[i]);
        st = read_line(a,
            tr("Seal it? [yes / no / the name of a field to answer again] "),
            err);
        if (st != VAULT_OK)
            return st;
        if (strcmp(vlt_buf_cstr(&a->answer), tr("yes")) == 0 ||
            strcmp(vlt_buf_cstr(&a->answer), "yes") == 0)
            return VAULT_OK;
        if (strcmp(vlt_buf_cstr(&a->answer), tr("no")) == 0 ||
            strcmp(vlt_buf_cstr(&a->answer), "no") == 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "the answer was no");
        st = ask_again(a, &known, err);
        if (st != VAULT_OK)
            return st;
        if (!known)
            show_line("    ", tr("yes, no, or a name such as language"));
    }
}

enum vault_status
form_ask(const struct cli *c, const char *type, struct form *f,
    struct vault_error *err)
{
    struct asking a = {.type = type, .f = f, .n = vault_form_fields(type)};
    enum vault_status st;

    (void)c;
    out_flush();
    vlt_buf_init(&a.answer, ASK_MAX + 1);
    show_line("",
        tr("Enter leaves a question out, ? explains it, !skip passes over "
           "the part, !done goes to the end. Nothing is stored before you "
           "say so; an unfinished form is not kept."));
    st = ask_parts(&a, err);
    if (st == VAULT_OK && f->n == 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "no question was answered");
    /* Scripts of names are shown too. */
    if (st == VAULT_OK)
        st = form_fit(f, type, NULL, err);
    if (st == VAULT_OK)
        st = settle(&a, err);
    vlt_buf_clear(&a.answer);
    return st;
}
