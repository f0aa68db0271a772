/* SPDX-License-Identifier: Apache-2.0 */
/* form_question.c: one question of a form on the terminal, and its answer */
#include "form_question.h"

#include "ask.h"
#include "fail.h"
#include "form_words.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "tr.h"
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A terminal hands over lines of at most 4095 bytes and drops the rest. */
enum { PROMPT_SIZE = 1024, LINE_MOST = 4094, TRAIL_MOST = 8192 };

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

void
question_show(const char *s)
{
    show(s, strlen(s), SAFE_BLOCK | SAFE_BACKSLASH);
}

void
question_show_line(const char *indent, const char *s)
{
    question_show(indent);
    question_show(s);
    question_show("\n");
}

/* Each line under the first. */
static void
show_lines(const char *s, size_t n)
{
    const char *end;

    while (n > 0 && (end = memchr(s, '\n', n)) != NULL) {
        show(s, (size_t)(end - s), SAFE_BLOCK);
        question_show("\n      ");
        n -= (size_t)(end - s) + 1;
        s = end + 1;
    }
    if (n > 0)
        show(s, n, SAFE_BLOCK);
    question_show("\n");
}

void
question_show_field(const char *type, const struct form_field *x)
{
    const struct vault_field f = {x->type, x->state, x->name, x->value,
        x->value_len};
    struct vault_form_field known;
    struct vlt_buf b;

    vlt_buf_init(&b, 2 * f.value_len + 128);
    question_show("  ");
    question_show(x->name);
    if (vault_form_find(type, x->name, &known)) {
        question_show("  ");
        question_show(tr(known.label));
    }
    question_show("\n      ");
    if (f.state == VAULT_VALUE)
        value_text(&b, &f);
    else if (f.state == VAULT_REFUSED)
        vlt_buf_put_str(&b, tr("(asked, and refused)"));
    else if (f.state == VAULT_NOT_ASKED)
        vlt_buf_put_str(&b, tr("(not asked)"));
    else
        vlt_buf_put_str(&b, tr("(unknown)"));
    show_lines((const char *)b.p, b.len);
    vlt_buf_clear(&b);
}

static void
put_prompt(char *out, size_t size, const struct vault_form_field *field,
    const char *name)
{
    char words[256] = "";

    if (field->words != NULL)
        words_list(words, sizeof words, field->words, true);
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
show_commands(void)
{
    question_show_line("    ",
        tr("Enter: leave it out   !refused !unknown !not-asked: no answer, "
           "and why"));
    question_show_line("    ",
        tr("!back: the question before   !skip: pass over this part   !done: "
           "on to the end"));
    question_show_line("    ",
        tr("An answer that begins with ! gets a blank before it."));
}

static void
show_help(const struct vault_form_field *field, const char *name)
{
    char words[256];

    question_show_line("    ", tr(field->help));
    if (field->words != NULL) {
        words_list(words, sizeof words, field->words, true);
        question_show_line("    ", words);
    }
    if (field->kind == VAULT_FORM_LONG_TEXT)
        question_show_line("    ",
            tr("Many lines; a line with a single dot ends them."));
    question_show("    ");
    question_show(name);
    question_show(" (");
    question_show(field->standard);
    question_show(")\n");
    show_commands();
}

enum vault_status
question_line(struct asking *a, const char *prompt, struct vault_error *err)
{
    enum vault_status st;

    do {
        st = vlt_os_interrupted()
            ? vlt_fail(err, VAULT_E_CANCELLED, "interrupted")
            : ask_line(prompt, true,
                  N_("--fields FILE.json or --fields - gives the fields"),
                  &a->answer, err);
        if (st == VAULT_OK && a->answer.len > LINE_MOST)
            st = vlt_fail_hint(err, VAULT_E_LIMIT,
                N_("give it in shorter lines; the terminal drops what is "
                   "longer"),
                "the line is longer than %d bytes, and was not taken",
                (int)LINE_MOST);
        if (st == VAULT_E_LIMIT)
            say_error(err);
    } while (st == VAULT_E_LIMIT);
    return st;
}

bool
question_is_yes(struct asking *a)
{
    return ask_is_yes(vlt_buf_cstr(&a->answer));
}

/* A long text so far becomes the field, is kept, and taken out again: it is
 * not finished. */
VAULT_CHECKED static enum vault_status
keep_so_far(struct asking *a, const struct vault_form_field *field,
    const char *name, const struct vlt_buf *all, struct vault_error *err)
{
    const char *expected = NULL;
    enum vault_status st;

    if (a->draft == NULL || !form_draft_due(a->draft))
        return VAULT_OK;
    st = form_put_known(a->f, a->type, field, name, all->p, all->len, &expected,
        err);
    if (st != VAULT_OK || expected != NULL)
        return st;
    form_draft_keep(a->draft, a->f, name, true);
    form_drop_named(a->f, name);
    return VAULT_OK;
}

/* The lines after the first, up to a single dot, behind it in `all`. */
VAULT_CHECKED static enum vault_status
read_more(struct asking *a, const struct vault_form_field *field,
    const char *name, struct vlt_buf *all, struct vault_error *err)
{
    enum vault_status st;

    for (;;) {
        st = keep_so_far(a, field, name, all, err);
        if (st == VAULT_OK)
            st = question_line(a, "  ", err);
        if (st != VAULT_OK || strcmp(vlt_buf_cstr(&a->answer), ".") == 0)
            return st;
        vlt_buf_put_u8(all, '\n');
        vlt_buf_put(all, a->answer.p, a->answer.len);
        st = vlt_buf_end(all, "answer", err);
        if (st != VAULT_OK)
            return st;
    }
}

/* An answer that is none. */
static enum vault_field_state
state_of(enum word_command command)
{
    return command == WORD_REFUSED ? VAULT_REFUSED
        : command == WORD_UNKNOWN  ? VAULT_UNKNOWN
                                   : VAULT_NOT_ASKED;
}

static void
show_expected(const struct vault_form_field *field, const char *expected)
{
    char words[256] = "";

    if (field->words != NULL)
        words_list(words, sizeof words, field->words, false);
    question_show("    ");
    question_show(tr("expected"));
    question_show(" ");
    question_show(tr(expected));
    question_show(words[0] != 0 ? ": " : "");
    question_show_line("", words);
}

/* What was typed, behind what is in `all`, becomes the field. *again: it
 * could not. Clears `all`. */
VAULT_CHECKED static enum vault_status
take(struct asking *a, const struct vault_form_field *field, const char *name,
    struct vlt_buf *all, bool *again, struct vault_error *err)
{
    const char *expected = NULL;
    enum vault_status st = VAULT_OK;

    if (field->kind == VAULT_FORM_LONG_TEXT)
        st = read_more(a, field, name, all, err);
    if (st == VAULT_OK)
        st = form_put_known(a->f, a->type, field, name, all->p, all->len,
            &expected, err);
    vlt_buf_clear(all);
    *again = expected != NULL;
    if (st == VAULT_OK && expected != NULL)
        show_expected(field, expected);
    return st;
}

VAULT_CHECKED static enum vault_status
take_first(struct asking *a, const struct vault_form_field *field,
    const char *name, bool *again, struct vault_error *err)
{
    struct vlt_buf all;
    size_t n = 0;
    const char *word = field->words != NULL
        ? words_chosen(field->words, vlt_buf_cstr(&a->answer), &n)
        : NULL;

    vlt_buf_init(&all, FORM_MAX);
    vlt_buf_put(&all, word != NULL ? (const uint8_t *)word : a->answer.p,
        word != NULL ? n : a->answer.len);
    return take(a, field, name, &all, again, err);
}

/* The i-th field is a text that was begun: show it, and go on with it. */
VAULT_CHECKED static enum vault_status
take_rest(struct asking *a, const struct vault_form_field *field,
    const char *name, size_t i, bool *again, struct vault_error *err)
{
    const struct form_field *x = &a->f->field[i];
    const uint8_t *text = memchr(x->value, ' ', x->value_len);
    struct vlt_buf all;

    vlt_buf_init(&all, FORM_MAX);
    if (text != NULL)
        vlt_buf_put(&all, text + 1,
            x->value_len - (size_t)(text + 1 - x->value));
    question_show_line("    ",
        tr("This text was begun, and goes on below; a line with a single dot "
           "ends it."));
    question_show_field(a->type, x);
    form_drop(a->f, i);
    return take(a, field, name, &all, again, err);
}

/* ---- the question ---- */

static void
show_part(struct asking *a, const struct vault_form_field *field)
{
    if (a->part != field->part)
        question_show_line("\n== ", tr(field->part));
    a->part = field->part;
}

static void
remember(struct asking *a, const char *name)
{
    char(*trail)[QUESTION_NAME] = a->trail;

    if (a->trail_len >= TRAIL_MOST)
        return;
    if ((a->trail_len & (a->trail_len - 1)) == 0)
        trail = realloc(trail,
            (a->trail_len == 0 ? 1 : 2 * a->trail_len) * sizeof *trail);
    if (trail == NULL)
        return;
    a->trail = trail;
    (void)snprintf(trail[a->trail_len++], QUESTION_NAME, "%s", name);
}

/* A word that says what to do. */
VAULT_CHECKED static enum vault_status
obey(struct asking *a, const struct vault_form_field *field, const char *name,
    enum word_command command, bool *again, struct vault_error *err)
{
    *again =
        command == WORD_SLIP || (command == WORD_BACK && a->trail_len == 0);
    if (command == WORD_SLIP)
        show_commands();
    else if (*again)
        question_show_line("    ", tr("this was the first question"));
    else if (command == WORD_BACK)
        a->back = true;
    else if (command == WORD_SKIP)
        a->skip = true;
    else if (command == WORD_DONE)
        a->done = true;
    else
        return form_put(a->f, name, vault_form_type(field->kind),
            state_of(command), NULL, 0, err);
    return VAULT_OK;
}

/* One answer; *again when it was none. */
VAULT_CHECKED static enum vault_status
answer(struct asking *a, const struct vault_form_field *field, const char *name,
    bool *again, struct vault_error *err)
{
    enum word_command command = words_command(vlt_buf_cstr(&a->answer));

    *again = true;
    if (strcmp(vlt_buf_cstr(&a->answer), "?") == 0) {
        show_help(field, name);
        return VAULT_OK;
    }
    if (command != WORD_NONE)
        return obey(a, field, name, command, again, err);
    return take_first(a, field, name, again, err);
}

/* The answer that is there, when it is one to go on with; true. */
static bool
is_unfinished(const struct asking *a, const struct vault_form_field *field,
    const char *name, size_t *i)
{
    return a->draft != NULL && a->draft->unfinished &&
        field->kind == VAULT_FORM_LONG_TEXT &&
        strcmp(a->draft->last, name) == 0 && form_find(a->f, name, i) &&
        a->f->field[*i].type == VAULT_LANG_TEXT &&
        a->f->field[*i].state == VAULT_VALUE && a->f->field[*i].value_len > 0;
}

/* Pass over a question that was asked before. */
VAULT_CHECKED static enum vault_status
pass(struct asking *a, const struct vault_form_field *field, const char *name,
    bool *answered, struct vault_error *err)
{
    bool again = false;
    size_t i = 0;
    enum vault_status st = VAULT_OK;

    if (strcmp(a->pass_to, name) == 0) {
        a->passing = false;
        if (is_unfinished(a, field, name, &i)) {
            show_part(a, field);
            a->draft->unfinished = false;
            st = take_rest(a, field, name, i, &again, err);
            remember(a, name);
            if (st == VAULT_OK && a->draft != NULL)
                form_draft_keep(a->draft, a->f, name, false);
        }
    }
    *answered = *answered || form_has(a->f, name);
    return st;
}

enum vault_status
question_ask(struct asking *a, const struct vault_form_field *field,
    const char *name, bool *answered, struct vault_error *err)
{
    char prompt[PROMPT_SIZE];
    bool again = true;
    enum vault_status st = VAULT_OK;

    if (a->passing)
        return pass(a, field, name, answered, err);
    if (form_has(a->f, name)) {
        *answered = true;
        return VAULT_OK;
    }
    show_part(a, field);
    put_prompt(prompt, sizeof prompt, field, name);
    while (st == VAULT_OK && again) {
        st = question_line(a, prompt, err);
        if (st == VAULT_OK && a->answer.len == 0)
            break;
        if (st == VAULT_OK)
            st = answer(a, field, name, &again, err);
    }
    if (st != VAULT_OK || a->back)
        return st;
    remember(a, name);
    if (!form_has(a->f, name))
        return VAULT_OK;
    *answered = true;
    if (a->draft != NULL)
        form_draft_keep(a->draft, a->f, name, false);
    return VAULT_OK;
}
