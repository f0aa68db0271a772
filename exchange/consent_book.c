/* SPDX-License-Identifier: Apache-2.0 */
/* consent_book.c: all consents of a vault, and which records they are for */
#include "consent.h"

#include "bytes.h"
#include "fail.h"
#include "nmark.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* How many records one may belong to, and these in turn. */
enum { SEEN_MAX = 512, VAULT_HEX = 2 * VAULT_ID };
/* VAULT/ID, as import.source begins; with a mark in front and a 0 behind. */
enum { SOURCE = 2 * VAULT_HEX + 1, MARKED = SOURCE + 2 };
/* In front of such a text among the codes: the record that a consent is for,
 * and the consent itself. No code of a form begins with these. */
static const char mark_for = 1, mark_own = 2;

struct entry {
    uint8_t id[VAULT_ID];
    uint8_t statement[VAULT_HASH];
    const char *why; /* NULL: yes */
    bool conditions;
    char from[VAULT_HEX + 1]; /* the vault it was imported from; "" */
};
/* From a record, or the code of a consent, to a consent. */
struct edge {
    uint8_t record[VAULT_ID];
    size_t entry;
};
struct code {
    char *text;
    size_t entry;
};
struct consent_book {
    struct vault *v;
    uint8_t vault[VAULT_ID];
    const char *purpose; /* borrowed */
    int64_t now;
    struct entry *entry;
    size_t entries, entry_room;
    struct edge *edge;
    size_t edges, edge_room;
    struct code *code;
    size_t codes, code_room;
    struct edge *by_id; /* the entries' own ids, sorted */
    uint64_t unreadable;
    struct vault_error *err;
    enum vault_status st;
};

/* Room for one more; false without memory. */
static bool
grow(void **p, size_t n, size_t *room, size_t size)
{
    size_t more = *room < 32 ? 64 : *room * 2;
    void *q;

    if (n < *room)
        return true;
    q = more <= SIZE_MAX / size ? realloc(*p, more * size) : NULL;
    if (q == NULL)
        return false;
    *p = q;
    *room = more;
    return true;
}

static bool
is_value(const struct vault_field *f, const char *name)
{
    return f->state == VAULT_VALUE && f->type == VAULT_TEXT &&
        strcmp(f->name, name) == 0;
}

static bool
add_edge(struct consent_book *b, const uint8_t record[VAULT_ID])
{
    if (!grow((void **)&b->edge, b->edges, &b->edge_room, sizeof *b->edge))
        return false;
    memcpy(b->edge[b->edges].record, record, VAULT_ID);
    b->edge[b->edges++].entry = b->entries - 1;
    return true;
}

static bool
add_code(struct consent_book *b, const void *code, size_t n)
{
    char *text;

    if (!grow((void **)&b->code, b->codes, &b->code_room, sizeof *b->code))
        return false;
    text = calloc(1, n + 1);
    if (text == NULL)
        return false;
    memcpy(text, code, n);
    b->code[b->codes].text = text;
    b->code[b->codes++].entry = b->entries - 1;
    return true;
}

/* All fields of a record at once: a list whose names last. */
struct all_fields {
    struct vault_field *at;
    char (*name)[97];
    size_t n;
};

static bool
read_fields(const struct vault_record *r, struct all_fields *a)
{
    a->n = vault_record_fields(r);
    a->at = calloc(a->n + 1, sizeof *a->at);
    a->name = calloc(a->n + 1, sizeof *a->name);
    if (a->at == NULL || a->name == NULL)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        vault_record_field(r, i, &a->at[i]);
        memcpy(a->name[i], a->at[i].name, strlen(a->at[i].name) + 1);
        a->at[i].name = a->name[i];
    }
    return true;
}

/* A link to a record of another vault, which may be here under another id. */
static void
mark_link(char out[MARKED], char mark, const struct vault_link *link)
{
    out[0] = mark;
    vlt_hex(out + 1, link->vault, VAULT_ID);
    out[1 + VAULT_HEX] = '/';
    vlt_hex(out + 2 + VAULT_HEX, link->record, VAULT_ID);
}

/* The same of what an import says of a record; false for other fields. */
static bool
mark_source(char out[MARKED], char mark, const struct vault_field *f)
{
    if (!is_value(f, "import.source") || f->value_len < SOURCE)
        return false;
    out[0] = mark;
    memcpy(out + 1, f->value, SOURCE);
    out[MARKED - 1] = 0;
    return true;
}

/* Which vault an import says that a record comes from. */
static void
note_source(const struct vault_field *f, char from[VAULT_HEX + 1])
{
    if (!is_value(f, "import.source") || f->value_len < VAULT_HEX)
        return;
    memcpy(from, f->value, VAULT_HEX);
    from[VAULT_HEX] = 0;
}

/* Whether a version later than this one was withdrawn: what a person said last
 * is not known any more, and what they said before does not come back. */
struct later {
    uint32_t than;
    bool gone;
};

static int
note_later(void *ctx, const struct vault_record_version *v)
{
    struct later *l = ctx;

    l->gone = l->gone || (v->withdrawn && v->version > l->than);
    return 0;
}

static const char *
judge_history(struct consent_book *b, const struct vault_record *r)
{
    const struct vault_entry *e = vault_record_entry(r);
    struct later l = {e->version, false};

    if (vault_record_history(b->v, e->id, note_later, &l, NULL) != VAULT_OK)
        return N_("its history cannot be read");
    return l.gone ? N_("its newest version was withdrawn") : NULL;
}

static bool
add_entry(struct consent_book *b, const struct vault_record *r,
    const struct all_fields *a)
{
    struct entry *e;
    bool good = true;

    if (!grow((void **)&b->entry, b->entries, &b->entry_room, sizeof *e))
        return false;
    e = &b->entry[b->entries++];
    memset(e, 0, sizeof *e);
    memcpy(e->id, vault_record_entry(r)->id, VAULT_ID);
    vault_record_statement(r, e->statement);
    e->why = consent_answer(a->at, a->n, b->purpose, b->now, &e->conditions);
    for (size_t i = 0; good && i < a->n; i++) {
        struct vault_link link;
        char marked[MARKED];

        if (vault_link_read(&a->at[i], &link) &&
            strcmp(link.relation, "consent-for") == 0) {
            mark_link(marked, mark_for, &link);
            good = memcmp(link.vault, b->vault, VAULT_ID) == 0
                ? add_edge(b, link.record)
                : add_code(b, marked, MARKED - 1);
        } else if (mark_source(marked, mark_own, &a->at[i]))
            good = add_code(b, marked, MARKED - 1);
        else if (is_value(&a->at[i], "consent.id") && a->at[i].value_len > 0)
            good = add_code(b, a->at[i].value, a->at[i].value_len);
        note_source(&a->at[i], e->from);
    }
    if (e->why == NULL)
        e->why = judge_history(b, r);
    return good;
}

static int
take(void *ctx, const struct vault_record *r)
{
    struct consent_book *b = ctx;
    struct all_fields a = {0};

    if (!read_fields(r, &a) || !add_entry(b, r, &a))
        b->st = vlt_fail_memory(b->err);
    free(a.at);
    free(a.name);
    return b->st != VAULT_OK;
}

static int
pass_over(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct consent_book *b = ctx;

    (void)id;
    (void)version;
    (void)why;
    b->unreadable++;
    return 0;
}

static int
by_record(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    return memcmp(x->record, y->record, VAULT_ID);
}

static int
by_text(const void *a, const void *b)
{
    const struct code *x = a, *y = b;

    return strcmp(x->text, y->text);
}

static bool
sort_all(struct consent_book *b)
{
    b->by_id = calloc(b->entries + 1, sizeof *b->by_id);
    if (b->by_id == NULL)
        return false;
    for (size_t i = 0; i < b->entries; i++) {
        memcpy(b->by_id[i].record, b->entry[i].id, VAULT_ID);
        b->by_id[i].entry = i;
    }
    qsort(b->by_id, b->entries, sizeof *b->by_id, by_record);
    if (b->edges > 0)
        qsort(b->edge, b->edges, sizeof *b->edge, by_record);
    if (b->codes > 0)
        qsort(b->code, b->codes, sizeof *b->code, by_text);
    return true;
}

enum vault_status
consent_book_load(struct vault *v, const char *purpose, int64_t now,
    struct consent_book **out, uint64_t *unreadable, struct vault_error *err)
{
    struct vault_list_options o = {.type = "consent",
        .since = INT64_MIN,
        .until = INT64_MAX};
    struct consent_book *b = calloc(1, sizeof *b);
    struct vault_info info;
    enum vault_status st;

    if (b == NULL)
        return vlt_fail_memory(err);
    b->v = v;
    b->purpose = purpose;
    b->now = now;
    b->err = err;
    st = vault_info(v, &info, err);
    if (st == VAULT_OK) {
        memcpy(b->vault, info.id, VAULT_ID);
        st = vault_list_records(v, &o, take, pass_over, b, err);
    }
    if (b->st != VAULT_OK)
        st = b->st;
    if (st == VAULT_OK && !sort_all(b))
        st = vlt_fail_memory(err);
    if (st != VAULT_OK) {
        consent_book_free(b);
        return st;
    }
    b->err = NULL;
    *unreadable = b->unreadable;
    *out = b;
    return VAULT_OK;
}

void
consent_book_free(struct consent_book *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->codes; i++)
        free(b->code[i].text);
    free(b->code);
    free(b->edge);
    free(b->entry);
    free(b->by_id);
    free(b);
}

size_t
consent_book_count(const struct consent_book *b)
{
    return b->entries;
}

void
consent_book_at(const struct consent_book *b, size_t number,
    uint8_t id[VAULT_ID], uint8_t statement[VAULT_HASH])
{
    memcpy(id, b->entry[number].id, VAULT_ID);
    memcpy(statement, b->entry[number].statement, VAULT_HASH);
}

/* ---- judging ---- */

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
    const struct entry *e = &j->b->entry[number];
    const char *why = e->why;

    if (why == NULL && claimed && e->from[0] != 0 &&
        strcmp(e->from, j->from) != 0)
        why = N_("it was imported from elsewhere, and only it says that it is "
                 "for this record: link the record to it");
    j->v.consents++;
    j->v.conditions = j->v.conditions || e->conditions;
    if (j->also != NULL)
        j->also(j->ctx, number);
    if (why == NULL || j->v.why != NULL)
        return;
    j->v.why = why;
    j->v.has_consent = true;
    memcpy(j->v.consent, e->id, VAULT_ID);
}

/* The first of those with this record in a sorted list; n when none. */
static size_t
first_of(const struct edge *edge, size_t n, const uint8_t record[VAULT_ID])
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
count_all(struct judging *j, const struct edge *edge, size_t n,
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

static void
own_consents(struct judging *j, const struct vault_record *r)
{
    const struct consent_book *b = j->b;
    const struct vault_entry *e = vault_record_entry(r);
    bool consent = strcmp(e->type, "consent") == 0;

    j->from[0] = 0;
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        note_source(&f, j->from);
    }
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
            mark_link(marked, mark_own, &link);
            if (memcmp(link.vault, b->vault, VAULT_ID) == 0)
                count_named(j, link.record);
            else
                count_text(j, marked, false);
        } else if (mark_source(marked, mark_for, &f))
            count_text(j, marked, true);
        else if (f.value_len > 0 &&
            (is_value(&f, "consent.id") ||
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
            memcmp(link.vault, b->vault, VAULT_ID) == 0)
            want(j, link.record);
    }
}

/* The versions of a record in conflict. */
struct newest {
    uint8_t (*at)[VAULT_HASH];
    size_t n;
    bool failed;
};

static int
note_newest(void *ctx, const struct vault_record_version *v)
{
    struct newest *l = ctx;
    void *p;

    if (v->withdrawn || !v->logged || (!v->current && !v->conflict))
        return 0;
    p = realloc(l->at, (l->n + 1) * sizeof *l->at);
    if (p == NULL) {
        l->failed = true;
        return 1;
    }
    l->at = p;
    memcpy(l->at[l->n++], v->statement, VAULT_HASH);
    return 0;
}

/* Each of the versions in conflict; false when one cannot be read. */
static bool
judge_conflict(struct judging *j, const uint8_t id[VAULT_ID])
{
    struct newest l = {NULL, 0, false};
    bool good =
        vault_record_history(j->b->v, id, note_newest, &l, NULL) == VAULT_OK &&
        !l.failed && l.n > 0;

    for (size_t i = 0; good && i < l.n; i++) {
        struct vault_record *r = NULL;

        good = vault_record_open_statement(j->b->v, id, l.at[i], &r, NULL) ==
            VAULT_OK;
        if (good)
            judge(j, r);
        vault_record_close(r);
    }
    free(l.at);
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
