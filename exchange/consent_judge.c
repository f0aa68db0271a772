/* SPDX-License-Identifier: Apache-2.0 */
/* consent_judge.c: which consents bear on a record, and what they say */
#include "consent_inner.h"

#include "bytes.h"
#include "fail.h"
#include "newest.h"
#include "nmark.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* How many records one may belong to, and these in turn. */
enum { SEEN_MAX = 512 };

struct judging {
    const struct consent_book *b;
    struct consent_verdict v;
    void (*also)(void *ctx, size_t number);
    void *ctx;
    char from[VAULT_HEX + 1]; /* where the record comes from; "": from here */
    /* what it belongs to, the nearest first; each is gone through once */
    uint8_t (*seen)[VAULT_ID];
    size_t seen_len;
};

/* Something that nobody can look at: not a yes. */
static void
doubt(struct judging *j, const char *why)
{
    j->v.consents++;
    j->v.why = j->v.why == NULL ? why : j->v.why;
}

/*
 * claimed: only the consent itself says that it is for this record. One that
 * others made elsewhere cannot say yes for what was not made there: whoever
 * knows the ids could write it.
 */
static void
count(struct judging *j, size_t number, bool claimed)
{
    const struct consent_entry *e = &j->b->entry[number];
    const char *why = e->why;

    if (why == NULL && claimed && e->from[0] != 0 &&
        strcmp(e->from, j->from) != 0)
        why = N_("it was imported from elsewhere, and only it says that it is "
                 "for this record: link the record to it");
    j->v.consents++;
    j->v.conditions = j->v.conditions || e->conditions;
    if (j->also != NULL && !e->hidden)
        j->also(j->ctx, number);
    if (why == NULL || j->v.why != NULL)
        return;
    j->v.why = why;
    j->v.has_consent = true;
    memcpy(j->v.consent, e->id, VAULT_ID);
}

/* The first of those with this record in a sorted list; n when none. */
static size_t
first_of(const struct consent_edge *edge, size_t n,
    const uint8_t record[VAULT_ID])
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (memcmp(edge[mid].record, record, VAULT_ID) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static size_t
count_all(struct judging *j, const struct consent_edge *edge, size_t n,
    const uint8_t record[VAULT_ID], bool claimed)
{
    size_t found = 0;

    for (size_t i = first_of(edge, n, record);
         i < n && memcmp(edge[i].record, record, VAULT_ID) == 0; i++) {
        count(j, edge[i].entry, claimed);
        found++;
    }
    return found;
}

/* A consent that it names and that is not in the book: gone, or no consent. */
static void
count_named(struct judging *j, const uint8_t id[VAULT_ID])
{
    const struct consent_book *b = j->b;
    struct vault_record *r = NULL;

    if (count_all(j, b->by_id, b->entries, id, false) > 0)
        return;
    if (vault_record_open(b->v, id, 0, &r, NULL) == VAULT_OK) {
        vault_record_close(r);
        return;
    }
    j->v.consents++;
    if (j->v.why != NULL)
        return;
    j->v.why = N_("it cannot be read: withdrawn, or not here");
    j->v.has_consent = true;
    memcpy(j->v.consent, id, VAULT_ID);
}

static void
count_text(struct judging *j, const char *text, bool claimed)
{
    const struct consent_book *b = j->b;
    size_t low = 0, high = b->codes;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strcmp(b->code[mid].text, text) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < b->codes && strcmp(b->code[low].text, text) == 0; low++)
        count(j, b->code[low].entry, claimed);
}

static void
count_code(struct judging *j, const struct vault_field *f)
{
    const struct consent_book *b = j->b;
    uint8_t id[VAULT_ID];
    char *text;

    if (vlt_unhex(id, sizeof id, (const char *)f->value, f->value_len) &&
        count_all(j, b->by_id, b->entries, id, false) > 0)
        return;
    text = calloc(1, f->value_len + 1);
    if (text == NULL) {
        doubt(j, N_("there is no memory to look for it"));
        return;
    }
    memcpy(text, f->value, f->value_len);
    count_text(j, text, true);
    free(text);
}

static bool
belongs(const char *relation)
{
    static const char *const words[] = {"attachment-of", "scan-of",
        "translation-of", "derived-from", "contact-of", "amends"};

    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        if (strcmp(relation, words[i]) == 0)
            return true;
    }
    return false;
}

static int
note_any(void *ctx, const struct vault_record_version *v)
{
    (void)v;
    *(bool *)ctx = true;
    return 1;
}

/*
 * Whether what a link names has a place here: it is this vault's own, or a
 * copy of another's came in, though it may be destroyed by now.
 */
static bool
is_here(const struct consent_book *b, const struct vault_link *link)
{
    bool any = false;

    if (memcmp(link->vault, b->vault, VAULT_ID) == 0)
        return true;
    (void)!vault_record_history(b->v, link->record, note_any, &any, NULL);
    return any;
}

/* A copy that names a consent of the vault it came from: not having been given
 * it is no yes. */
static bool
names_consent(const struct consent_book *b, const struct vault_record *r,
    const struct vault_link *link)
{
    const struct vault_entry *e = vault_record_entry(r);

    return is_here(b, link) ||
        (e->foreign && memcmp(link->vault, e->origin, VAULT_ID) == 0);
}

static void
own_consents(struct judging *j, const struct vault_record *r)
{
    const struct consent_book *b = j->b;
    const struct vault_entry *e = vault_record_entry(r);
    bool consent = strcmp(e->type, "consent") == 0;

    consent_origin(r, j->from);
    if (consent)
        (void)count_all(j, b->by_id, b->entries, e->id, false);
    (void)count_all(j, b->edge, b->edges, e->id, true);
    for (size_t i = 0; i < vault_record_fields(r) && !consent; i++) {
        struct vault_field f;
        struct vault_link link;
        char marked[MARKED];

        vault_record_field(r, i, &f);
        if (vault_link_read(&f, &link) &&
            strcmp(link.relation, "consent-for") == 0) {
            consent_mark_link(marked, MARK_OWN, &link);
            if (names_consent(b, r, &link))
                count_named(j, link.record);
            else
                count_text(j, marked, false);
        } else if (!e->foreign && consent_mark_source(marked, MARK_FOR, &f))
            count_text(j, marked, true);
        else if (f.value_len > 0 &&
            (consent_is_value(&f, "consent.id") ||
                (strncmp(f.name, "consent.other.", 14) == 0 &&
                    f.state == VAULT_VALUE && f.type == VAULT_TEXT)))
            count_code(j, &f);
    }
}

/* ---- what a record belongs to ---- */

static void
want(struct judging *j, const uint8_t id[VAULT_ID])
{
    for (size_t i = 0; i < j->seen_len; i++) {
        if (memcmp(j->seen[i], id, VAULT_ID) == 0)
            return;
    }
    if (j->seen == NULL)
        j->seen = calloc(SEEN_MAX, sizeof *j->seen);
    if (j->seen == NULL || j->seen_len == SEEN_MAX) {
        doubt(j, N_("it belongs to too many records to look at each"));
        return;
    }
    memcpy(j->seen[j->seen_len++], id, VAULT_ID);
}

/* Its own consents, or what it belongs to is looked at later. */
static void
judge(struct judging *j, const struct vault_record *r)
{
    const struct consent_book *b = j->b;
    size_t before = j->v.consents;

    own_consents(j, r);
    if (j->v.consents > before)
        return;
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;
        struct vault_link link;

        vault_record_field(r, i, &f);
        if (vault_link_read(&f, &link) && belongs(link.relation) &&
            is_here(b, &link))
            want(j, link.record);
    }
}

/* Each of the versions in conflict; false when one cannot be read. */
static bool
judge_conflict(struct judging *j, const uint8_t id[VAULT_ID])
{
    struct newest l = {NULL, 0};
    bool good = newest_find(j->b->v, id, &l, NULL) == VAULT_OK && l.n > 0;

    for (size_t i = 0; good && i < l.n; i++) {
        struct vault_record *r = NULL;

        good = vault_record_open_statement(j->b->v, id, l.at[i], &r, NULL) ==
            VAULT_OK;
        if (good)
            judge(j, r);
        vault_record_close(r);
    }
    newest_clear(&l);
    return good;
}

static void
judge_whole(struct judging *j, const uint8_t id[VAULT_ID])
{
    const struct consent_book *b = j->b;
    struct vault_record *r = NULL;
    enum vault_status st = vault_record_open(b->v, id, 0, &r, NULL);

    if (st == VAULT_OK)
        judge(j, r);
    else if (st != VAULT_E_AMBIGUOUS || !judge_conflict(j, id))
        doubt(j, N_("what it belongs to was withdrawn, or cannot be read"));
    vault_record_close(r);
}

void
consent_judge(const struct consent_book *b, const struct vault_record *r,
    struct consent_verdict *out, void (*also)(void *ctx, size_t number),
    void *ctx)
{
    struct judging j = {.b = b, .also = also, .ctx = ctx};

    judge(&j, r);
    for (size_t i = 0; i < j.seen_len; i++)
        judge_whole(&j, j.seen[i]);
    free(j.seen);
    *out = j.v;
}

void
consent_judge_closed(const struct consent_book *b,
    const uint8_t record[VAULT_ID], struct consent_verdict *out)
{
    struct judging j = {.b = b};

    (void)count_all(&j, b->edge, b->edges, record, true);
    *out = j.v;
}
