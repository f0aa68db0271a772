/* SPDX-License-Identifier: Apache-2.0 */
/* form_draft.c: a form's answers, kept as a sealed draft while it is filled in */
#include "form_draft.h"

#include "fail.h"
#include "form_tell.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPTURE ".capture"

enum { DUE_MS = 3000, PATH_SIZE = 4096 };

enum vault_status
form_draft_path(const struct cli *c, char *out, size_t size,
    struct vault_error *err)
{
    const size_t m = sizeof CAPTURE - 1;
    size_t n;
    enum vault_status st = unlock_path(c, out, size, err);

    if (st != VAULT_OK)
        return st;
    n = strlen(out);
    if (n > m && strcmp(out + n - m, CAPTURE) == 0)
        out[n - m] = 0;
    return VAULT_OK;
}

enum vault_status
form_draft_begin(struct cli *c, const char *type, struct form_draft *out,
    struct vault_error *err)
{
    struct form_draft d = {0};
    char path[PATH_SIZE];
    enum vault_status st = form_draft_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = vault_draft_begin(c->vault, path, type, &d.d, err);
    if (st == VAULT_OK)
        *out = d;
    return st;
}

VAULT_CHECKED static enum vault_status
take_fields(const struct vault_draft *d, struct form *f,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < vault_draft_fields(d) && st == VAULT_OK; i++) {
        struct vault_field x;

        vault_draft_field(d, i, &x);
        st = form_put(f, x.name, x.type, x.state, x.value, x.value_len, err);
    }
    if (st == VAULT_OK)
        st = form_fit(f, vault_draft_type(d), NULL, err);
    return st;
}

enum vault_status
form_draft_open(struct cli *c, const uint8_t id[VAULT_ID],
    struct form_draft *out, struct form *f, struct vault_error *err)
{
    struct form_draft d = {0};
    char path[PATH_SIZE];
    enum vault_status st = form_draft_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = vault_draft_open(c->vault, path, id, &d.d, err);
    if (st == VAULT_OK)
        st = take_fields(d.d, f, err);
    if (st == VAULT_OK && vault_form_fields(vault_draft_type(d.d)) == 0)
        st = vlt_fail(err, VAULT_E_NEWER,
            "the draft is of a type that this version has no form for");
    if (st == VAULT_OK && f->mistakes > 0)
        st = err != NULL ? form_check(c, f, err) : VAULT_E_USAGE;
    if (st != VAULT_OK) {
        form_draft_close(&d);
        return st;
    }
    (void)snprintf(d.last, sizeof d.last, "%s", vault_draft_last(d.d));
    d.unfinished = (vault_draft_flags(d.d) & VAULT_DRAFT_UNFINISHED) != 0;
    *out = d;
    return VAULT_OK;
}

void
form_draft_close(struct form_draft *d)
{
    vault_draft_close(d->d);
    memset(d, 0, sizeof *d);
}

static void
keep(struct form_draft *d, const struct form *f, unsigned flags)
{
    struct vault_field *all =
        d->d == NULL ? NULL : calloc(f->n + 1, sizeof *all);
    struct vault_error why;
    enum vault_status st;

    if (d->d == NULL)
        return; /* it is not to be kept, as was said */
    if (all == NULL) {
        st = vlt_fail_memory(&why);
    } else {
        for (size_t i = 0; i < f->n; i++)
            all[i] = (struct vault_field){f->field[i].type, f->field[i].state,
                f->field[i].name, f->field[i].value, f->field[i].value_len};
        st = vault_draft_keep(d->d, all, f->n, d->last, flags, &why);
    }
    free(all);
    d->kept_ms = vlt_os_ticks_ms();
    if (st == VAULT_OK || d->told)
        return;
    d->told = true;
    say_error(&why);
    say_warn("%s", tr("the answers are not kept as a draft: do not break off"));
}

void
form_draft_keep(struct form_draft *d, const struct form *f, const char *last,
    bool unfinished)
{
    /* it may be the draft's own */
    if (last != d->last)
        (void)snprintf(d->last, sizeof d->last, "%s", last);
    keep(d, f, unfinished ? VAULT_DRAFT_UNFINISHED : 0);
}

void
form_draft_sealing(struct form_draft *d, const struct form *f)
{
    if (d->d != NULL && vault_draft_kept(d->d))
        keep(d, f, VAULT_DRAFT_SEALING);
}

void
form_draft_warn(const struct form_draft *d)
{
    say_warn("%s",
        tr("this is a draft found beside the vault; anyone who had this disk "
           "could have written it or put an older one back: look at every "
           "answer before you seal it"));
    if ((vault_draft_flags(d->d) & VAULT_DRAFT_SEALING) != 0)
        say_warn("%s",
            tr("the program ended while this draft was sealed: look with "
               "sanduq list whether the record is there already"));
}

bool
form_draft_due(const struct form_draft *d)
{
    return vlt_os_ticks_ms() - d->kept_ms >= DUE_MS;
}

static void
tell_kept(struct cli *c, const struct form_draft *d)
{
    c->changed = true;
    say_warn(tr("kept as a sealed draft: %s"), vault_draft_path(d->d));
    say_hint(N_("sanduq form resume goes on with it; that needs unlocking"));
}

static void
destroy(const struct cli *c, const struct form_draft *d)
{
    char path[PATH_SIZE];
    struct vault_error why;
    enum vault_status st = form_draft_path(c, path, sizeof path, &why);

    if (st == VAULT_OK)
        st = vault_draft_destroy(path, vault_draft_id(d->d), &why);
    if (st == VAULT_OK)
        return;
    say_error(&why);
    say_warn(tr("the draft was not destroyed: %s"), vault_draft_path(d->d));
}

void
form_draft_end(struct cli *c, struct form_draft *d, bool sealed)
{
    if (d->d != NULL && vault_draft_kept(d->d)) {
        if (sealed || d->unwanted)
            destroy(c, d);
        else
            tell_kept(c, d);
    }
    form_draft_close(d);
}
