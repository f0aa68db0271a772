/* SPDX-License-Identifier: Apache-2.0 */
/* consent_book.c: all consents of a vault, and which records they are for */
#include "consent.h"

#include "bytes.h"
#include "fail.h"
#include "nmark.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 4 };

struct entry {
    uint8_t id[VAULT_ID];
    uint8_t statement[VAULT_HASH];
    const char *why; /* NULL: yes */
    bool conditions;
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
add_code(struct consent_book *b, const struct vault_field *f)
{
    char *text;

    if (!grow((void **)&b->code, b->codes, &b->code_room, sizeof *b->code))
        return false;
    text = calloc(1, f->value_len + 1);
    if (text == NULL)
        return false;
    memcpy(text, f->value, f->value_len);
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

        if (vault_link_read(&a->at[i], &link) &&
            strcmp(link.relation, "consent-for") == 0 &&
            memcmp(link.vault, b->vault, VAULT_ID) == 0)
            good = add_edge(b, link.record);
        else if (is_value(&a->at[i], "consent.id") && a->at[i].value_len > 0)
            good = add_code(b, &a->at[i]);
    }
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
};

static void
count(struct judging *j, size_t number)
{
    const struct entry *e = &j->b->entry[number];

    j->v.consents++;
    j->v.conditions = j->v.conditions || e->conditions;
    if (j->also != NULL)
        j->also(j->ctx, number);
    if (e->why == NULL || j->v.why != NULL)
        return;
    j->v.why = e->why;
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
    const uint8_t record[VAULT_ID])
{
    size_t found = 0;

    for (size_t i = first_of(edge, n, record);
         i < n && memcmp(edge[i].record, record, VAULT_ID) == 0; i++) {
        count(j, edge[i].entry);
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

    if (count_all(j, b->by_id, b->entries, id) > 0)
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
count_code(struct judging *j, const struct vault_field *f)
{
    const struct consent_book *b = j->b;
    uint8_t id[VAULT_ID];
    size_t low = 0, high = b->codes;
    char *text;

    if (vlt_unhex(id, sizeof id, (const char *)f->value, f->value_len) &&
        count_all(j, b->by_id, b->entries, id) > 0)
        return;
    text = calloc(1, f->value_len + 1);
    if (text == NULL) {
        j->v.why = N_("there is no memory to look for it");
        j->v.consents++;
        return;
    }
    memcpy(text, f->value, f->value_len);
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strcmp(b->code[mid].text, text) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < b->codes && strcmp(b->code[low].text, text) == 0; low++)
        count(j, b->code[low].entry);
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

    if (strcmp(e->type, "consent") == 0)
        (void)count_all(j, b->by_id, b->entries, e->id);
    (void)count_all(j, b->edge, b->edges, e->id);
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;
        struct vault_link link;

        vault_record_field(r, i, &f);
        if (vault_link_read(&f, &link) &&
            strcmp(link.relation, "consent-for") == 0 &&
            memcmp(link.vault, b->vault, VAULT_ID) == 0 &&
            strcmp(e->type, "consent") != 0)
            count_named(j, link.record);
        else if (strcmp(e->type, "consent") != 0 && f.value_len > 0 &&
            (is_value(&f, "consent.id") ||
                (strncmp(f.name, "consent.other.", 14) == 0 &&
                    f.state == VAULT_VALUE && f.type == VAULT_TEXT)))
            count_code(j, &f);
    }
}

static void
judge(struct judging *j, const struct vault_record *r, int depth)
{
    const struct consent_book *b = j->b;

    own_consents(j, r);
    if (j->v.consents > 0 || depth == 0)
        return;
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_record *whole = NULL;
        struct vault_field f;
        struct vault_link link;

        vault_record_field(r, i, &f);
        if (!vault_link_read(&f, &link) || !belongs(link.relation) ||
            memcmp(link.vault, b->vault, VAULT_ID) != 0)
            continue;
        if (vault_record_open(b->v, link.record, 0, &whole, NULL) == VAULT_OK)
            judge(j, whole, depth - 1);
        vault_record_close(whole);
    }
}

void
consent_judge(const struct consent_book *b, const struct vault_record *r,
    struct consent_verdict *out, void (*also)(void *ctx, size_t number),
    void *ctx)
{
    struct judging j = {b, {0}, also, ctx};

    judge(&j, r, DEPTH_MAX);
    *out = j.v;
}
