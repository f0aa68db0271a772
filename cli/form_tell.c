/* SPDX-License-Identifier: Apache-2.0 */
/* form_tell.c: the mistakes of a form, told all at once */
#include "form_tell.h"

#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"

#include <string.h>

/* One word after the other; *words moves on. NULL at the end. */
static const char *
next_word(const char **words, size_t *n)
{
    const char *word = *words;

    if (word == NULL)
        return NULL;
    *n = strcspn(word, "|");
    *words = word[*n] == '|' ? word + *n + 1 : NULL;
    return word;
}

static void
tell_json(const struct form_mistake *m)
{
    struct jline j;
    const char *words = m->words, *word;
    size_t n = 0;

    jline_begin(&j, "mistake");
    jline_text(&j, "field", m->field);
    jline_text(&j, "expected", tr(m->expected));
    if (words != NULL)
        jline_array(&j, "words");
    while ((word = next_word(&words, &n)) != NULL)
        jline_text_n(&j, NULL, word, n);
    if (m->words != NULL)
        jline_array_end(&j);
    jline_end(&j);
}

static void
tell(const struct form_mistake *m)
{
    struct vlt_buf b;
    const char *words = m->words, *word;
    size_t n = 0;

    vlt_buf_init(&b, 4096);
    while ((word = next_word(&words, &n)) != NULL) {
        if (b.len > 0)
            vlt_buf_put_str(&b, ", ");
        vlt_buf_put(&b, word, n);
    }
    if (b.len > 0)
        say_warn(tr("field \"%s\": expected %s: %s"), m->field, tr(m->expected),
            vlt_buf_cstr(&b));
    else
        say_warn(tr("field \"%s\": expected %s"), m->field, tr(m->expected));
    vlt_buf_clear(&b);
}

enum vault_status
form_check(const struct cli *c, const struct form *f, struct vault_error *err)
{
    for (size_t i = 0; i < f->mistakes; i++) {
        const struct form_mistake *m = &f->mistake[i];

        if (c->g.json)
            tell_json(m);
        tell(m);
    }
    if (f->mistakes > 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("nothing was sealed; mend the fields and say it again"),
            "mistakes in the fields: %zu", f->mistakes);
    return VAULT_OK;
}
