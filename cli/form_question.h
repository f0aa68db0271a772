/* SPDX-License-Identifier: Apache-2.0 */
/* form_question.h: one question of a form on the terminal, and its answer */
#ifndef CLI_FORM_QUESTION_H
#define CLI_FORM_QUESTION_H

#include "form.h"
#include "form_draft.h"

enum { QUESTION_DEPTH = 4, QUESTION_NAME = 97 };

/* A form while it is filled in. */
struct asking {
    const char *type;
    struct form *f;
    struct form_draft *draft;       /* NULL: nothing is kept */
    size_t n;                       /* fields of the type */
    unsigned round[QUESTION_DEPTH]; /* what stands for each N */
    struct vlt_buf answer;          /* the line that was typed last */
    const char *part;               /* whose heading was shown last */
    bool skip;                      /* the rest of this part */
    bool done;                      /* the rest of the form */
    bool back;                      /* to the question before, then on */
    bool passing;                   /* no question up to and with pass_to */
    char pass_to[QUESTION_NAME];
    char (*trail)[QUESTION_NAME]; /* the questions that were asked */
    size_t trail_len;
};

/* On the terminal, beside the questions; texts of others made harmless. */
void question_show(const char *s);
void question_show_line(const char *indent, const char *s);
void question_show_field(const char *type, const struct form_field *x);

/* One line. What is too long is told, and asked for again. */
VAULT_CHECKED enum vault_status question_line(struct asking *a,
    const char *prompt, struct vault_error *err);
bool question_is_yes(struct asking *a);

/* Ask for this field; *answered: there is an answer now. Otherwise unchanged.
 * Sets skip, done and back. */
VAULT_CHECKED enum vault_status question_ask(struct asking *a,
    const struct vault_form_field *field, const char *name, bool *answered,
    struct vault_error *err);

#endif
