/* SPDX-License-Identifier: Apache-2.0 */
/* share_judge.c: what consent says of the records of a bundle */
#include "share_judge.h"

#include "consent.h"
#include "fail.h"
#include "nmark.h"
#include "os.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct judging {
    struct vault *v;
    struct vault_share *s;
    const struct share_judge *o;
    struct consent_book *book;
    struct share_judged n;
    size_t records, room;
    struct vault_share_record *record;
};

static int
collect(void *ctx, const struct vault_share_record *r)
{
    struct judging *j = ctx;

    if (j->records == j->room) {
        size_t room = j->room == 0 ? 64 : 2 * j->room;
        struct vault_share_record *more =
            realloc(j->record, room * sizeof *more);

        if (more == NULL)
            return 1;
        j->record = more;
        j->room = room;
    }
    j->record[j->records++] = *r;
    return 0;
}

/* What consents say of one, told when it is not a yes. Whether it may go.
 * needed: by its type, or because nobody here knows its type. */
static bool
may_go(struct judging *j, const struct vault_entry *n,
    const struct consent_verdict *said, bool needed)
{
    struct consent_verdict v = *said;
    struct export_refusal f = {.version = n->version,
        .type = n->type,
        .name = n->name,
        .code = "consent",
        .overridden = j->o->override};

    f.why = v.why;
    f.has_consent = v.has_consent;
    memcpy(f.consent, v.consent, VAULT_ID);
    memcpy(f.id, n->id, VAULT_ID);
    if (v.consents == 0 && needed) {
        f.code = "no-consent";
        f.why = N_("there is no consent on record");
    }
    if (f.why != NULL && j->o->refused != NULL)
        j->o->refused(j->o->ctx, &f);
    if (f.why != NULL && !j->o->override) {
        j->n.refused++;
        return false;
    }
    j->n.overridden += f.why != NULL;
    j->n.no_consent += v.consents == 0;
    j->n.conditions += v.conditions;
    return true;
}

/* It goes only to people it was sealed for. */
static bool
may_go_closed(struct judging *j, const struct vault_share_record *x)
{
    struct vault_entry n = {.version = x->version, .type = "", .name = ""};
    struct consent_verdict v;

    memcpy(n.id, x->id, VAULT_ID);
    consent_judge_closed(j->book, x->id, &v);
    return may_go(j, &n, &v, !consent_inside(j->o->purpose));
}

VAULT_CHECKED static enum vault_status
may_go_open(struct judging *j, const struct vault_share_record *x, bool *good,
    struct vault_error *err)
{
    struct consent_verdict v;
    struct vault_record *r = NULL;
    const char *type;
    enum vault_status st =
        vault_record_open_statement(j->v, x->id, x->statement, &r, err);

    if (st != VAULT_OK)
        return st;
    consent_judge(j->book, r, &v, NULL, NULL);
    type = vault_record_entry(r)->type;
    *good = may_go(j, vault_record_entry(r), &v,
        consent_needed(j->o->purpose, type));
    vault_record_close(r);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
judge_one(struct judging *j, const struct vault_share_record *x,
    struct vault_error *err)
{
    bool good = x->away && may_go_closed(j, x);
    enum vault_status st = x->away ? VAULT_OK : may_go_open(j, x, &good, err);

    if (st != VAULT_OK)
        return st;
    if (!good)
        st = vault_share_remove(j->s, x->statement, err);
    if (st == VAULT_OK && vlt_os_interrupted())
        st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    return st;
}

VAULT_CHECKED static enum vault_status
load_book(struct judging *j, struct vault_error *err)
{
    uint64_t unreadable = 0;
    enum vault_status st = consent_book_load(j->v, j->o->purpose, j->o->now,
        &j->book, &unreadable, err);

    if (st != VAULT_OK || unreadable == 0 || j->o->override)
        return st;
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        N_("sanduq list names them; --override shares what can be read"),
        "%" PRIu64 " records cannot be read, and any of them may be a "
        "consent that says no",
        unreadable);
}

enum vault_status
share_judge_all(struct vault *v, struct vault_share *s,
    const struct share_judge *o, struct share_judged *out,
    struct vault_error *err)
{
    struct judging j = {.v = v, .s = s, .o = o};
    enum vault_status st;

    if (!consent_purpose(o->purpose))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq form consent lists them, as purpose.NAME"),
            "\"%s\" is not a purpose that a consent can speak of", o->purpose);
    st = load_book(&j, err);
    if (st == VAULT_OK && vault_share_each(s, collect, &j, NULL) != VAULT_OK)
        st = vlt_fail_memory(err);
    for (size_t i = 0; st == VAULT_OK && i < j.records; i++)
        st = judge_one(&j, &j.record[i], err);
    consent_book_free(j.book);
    free(j.record);
    if (st == VAULT_OK)
        *out = j.n;
    return st;
}
