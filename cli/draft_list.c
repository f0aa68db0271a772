/* SPDX-License-Identifier: Apache-2.0 */
/* draft_list.c: the drafts that wait beside the vault */
#include "draft_list.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "out.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, PREFIX_LEAST = 6 };

/* ---- finding ---- */

static int
note_file(void *ctx, const struct vault_draft_file *file)
{
    struct draft_list *l = ctx;

    l->total++;
    if (l->n < DRAFTS_MAX)
        memcpy(l->id[l->n++], file->id, VAULT_ID);
    return 0;
}

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, VAULT_ID);
}

enum vault_status
drafts_find(const struct cli *c, struct draft_list *out,
    struct vault_error *err)
{
    struct draft_list l = {0};
    char path[PATH_SIZE];
    enum vault_status st = form_draft_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = vault_drafts(path, note_file, &l, err);
    if (st != VAULT_OK)
        return st;
    qsort(l.id, l.n, sizeof l.id[0], by_id);
    *out = l;
    return VAULT_OK;
}

enum vault_status
drafts_resolve(const struct cli *c, const char *prefix, uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct draft_list l = {0};
    size_t n = prefix != NULL ? strlen(prefix) : 0;
    size_t fit = 0;
    enum vault_status st = drafts_find(c, &l, err);

    if (st != VAULT_OK)
        return st;
    if (prefix != NULL && (n < PREFIX_LEAST || n >= HEX_ID))
        return vlt_fail(err, VAULT_E_USAGE,
            "\"%s\" is not the beginning of an id: 6 to 32 digits", prefix);
    for (size_t i = 0; i < l.n; i++) {
        char hex[HEX_ID];

        hex_id(hex, l.id[i]);
        if (prefix != NULL && strncmp(hex, prefix, n) != 0)
            continue;
        memcpy(id, l.id[i], VAULT_ID);
        fit++;
    }
    if (fit == 1)
        return VAULT_OK;
    if (fit == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "there is no such draft");
    return vlt_fail_hint(err, VAULT_E_AMBIGUOUS,
        N_("sanduq form drafts shows them with their ids"),
        "more than one draft could be meant: %zu", fit);
}

/* ---- telling ---- */

void
drafts_tell(const struct cli *c)
{
    struct draft_list l = {0};

    if (drafts_find(c, &l, NULL) != VAULT_OK || l.total == 0)
        return;
    say_info(trn("%" PRIu64 " unfinished draft lies beside the vault: sanduq "
                 "form drafts",
                 "%" PRIu64 " unfinished drafts lie beside the vault: sanduq "
                 "form drafts",
                 l.total),
        l.total);
}

static void
tell_locked(const struct cli *c)
{
    struct draft_list l = {0};

    if (drafts_find(c, &l, NULL) != VAULT_OK || l.total == 0)
        return;
    say_info(trn("%" PRIu64 " unfinished draft lies beside the vault; while "
                 "it is locked nobody can read it, so this is a new form",
                 "%" PRIu64 " unfinished drafts lie beside the vault; while "
                 "it is locked nobody can read them, so this is a new form",
                 l.total),
        l.total);
    say_hint(N_("sanduq form resume unlocks and goes on with a draft"));
}

/* ---- offering ---- */

VAULT_CHECKED static enum vault_status
ask_for(const struct vault_draft *d, bool *wanted, struct vault_error *err)
{
    char when[WHEN_SIZE], prompt[512];
    struct vlt_buf answer;
    size_t n = vault_draft_fields(d);
    enum vault_status st;

    when_local(when, vault_draft_time(d));
    (void)snprintf(prompt, sizeof prompt,
        trn("An unfinished %s with %zu answer, kept %s. Go on with it? "
            "[yes/no] ",
            "An unfinished %s with %zu answers, kept %s. Go on with it? "
            "[yes/no] ",
            n),
        vault_draft_type(d), n, when);
    vlt_buf_init(&answer, ASK_MAX + 1);
    st = ask_line(prompt, true, NULL, &answer, err);
    *wanted = st == VAULT_OK && ask_is_yes(vlt_buf_cstr(&answer));
    vlt_buf_clear(&answer);
    return st;
}

enum vault_status
drafts_offer(struct cli *c, const char *type, struct form_draft *draft,
    struct form *f, struct vault_error *err)
{
    struct draft_list l = {0};
    enum vault_status st = VAULT_OK;

    if (!vault_unlocked(c->vault)) {
        tell_locked(c);
        return VAULT_OK;
    }
    if (drafts_find(c, &l, NULL) != VAULT_OK)
        return VAULT_OK;
    for (size_t i = 0; i < l.n && st == VAULT_OK; i++) {
        struct form_draft d = {0};
        struct form found = {0};
        bool wanted = false;

        /* what cannot be read is told by sanduq form drafts */
        if (form_draft_open(c, l.id[i], &d, &found, NULL) == VAULT_OK &&
            strcmp(vault_draft_type(d.d), type) == 0)
            st = ask_for(d.d, &wanted, err);
        if (wanted) {
            form_draft_warn(&d);
            *draft = d;
            *f = found;
            return VAULT_OK;
        }
        form_draft_close(&d);
        form_clear(&found);
    }
    return st;
}
