/* SPDX-License-Identifier: Apache-2.0 */
/* consent_book.c: all consents of a vault */
#include "consent_inner.h"

#include "bytes.h"
#include "fail.h"
#include "nmark.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

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

bool
consent_is_value(const struct vault_field *f, const char *name)
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

void
consent_mark_link(char out[MARKED], char mark, const struct vault_link *link)
{
    out[0] = mark;
    vlt_hex(out + 1, link->vault, VAULT_ID);
    out[1 + VAULT_HEX] = '/';
    vlt_hex(out + 2 + VAULT_HEX, link->record, VAULT_ID);
}

bool
consent_mark_source(char out[MARKED], char mark, const struct vault_field *f)
{
    if (!consent_is_value(f, "import.source") || f->value_len < SOURCE)
        return false;
    out[0] = mark;
    memcpy(out + 1, f->value, SOURCE);
    out[MARKED - 1] = 0;
    return true;
}

void
consent_note_source(const struct vault_field *f, char from[VAULT_HEX + 1])
{
    if (!consent_is_value(f, "import.source") || f->value_len < VAULT_HEX)
        return;
    memcpy(from, f->value, VAULT_HEX);
    from[VAULT_HEX] = 0;
}

void
consent_origin(const struct vault_record *r, char from[VAULT_HEX + 1])
{
    const struct vault_entry *e = vault_record_entry(r);

    from[0] = 0;
    if (e->foreign) {
        vlt_hex(from, e->origin, VAULT_ID);
        return;
    }
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        consent_note_source(&f, from);
    }
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

/* Whoever had a device when it was revoked can have made it: it may say no, and
 * never yes. */
static const char *
judge_device(struct consent_book *b, const struct vault_record *r)
{
    const struct vault_entry *e = vault_record_entry(r);
    char device[VAULT_DEVICE_HEX];
    bool is = false;

    if (e->foreign)
        return NULL;
    if (vault_untrusted_is(b->untrusted, e->id, 0, &is, device, NULL) !=
        VAULT_OK)
        return N_("its history cannot be read");
    return is ? N_("a revoked device sealed it after its last good state")
              : NULL;
}

/* Why this consent counts for nothing, beyond what it says; NULL: it counts. */
static const char *
doubt(struct consent_book *b, const struct vault_record *r)
{
    const char *why;

    if (vault_record_entry(r)->hidden)
        return N_("those who gave it asked to withdraw it");
    if (vault_record_entry(r)->partial)
        return N_("only a part of it is here: its end or its withdrawal may "
                  "be among what was withheld");
    why = judge_history(b, r);
    return why != NULL ? why : judge_device(b, r);
}

static bool
add_entry(struct consent_book *b, const struct vault_record *r,
    const struct all_fields *a)
{
    bool foreign = vault_record_entry(r)->foreign;
    struct consent_entry *e;
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
            consent_mark_link(marked, MARK_FOR, &link);
            /* a copy of another vault's record has its id */
            good = add_edge(b, link.record);
            if (good && memcmp(link.vault, b->vault, VAULT_ID) != 0)
                good = add_code(b, marked, MARKED - 1);
        } else if (!foreign && consent_mark_source(marked, MARK_OWN, &a->at[i]))
            good = add_code(b, marked, MARKED - 1);
        else if (consent_is_value(&a->at[i], "consent.id") &&
            a->at[i].value_len > 0)
            good = add_code(b, a->at[i].value, a->at[i].value_len);
    }
    consent_origin(r, e->from);
    e->hidden = vault_record_entry(r)->hidden;
    if (e->why == NULL)
        e->why = doubt(b, r);
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
    const struct consent_edge *x = a, *y = b;

    return memcmp(x->record, y->record, VAULT_ID);
}

static int
by_text(const void *a, const void *b)
{
    const struct consent_code *x = a, *y = b;

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
        .until = INT64_MAX,
        .hidden = true};
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
        st = vault_untrusted_open(v, &b->untrusted, err);
    }
    if (st == VAULT_OK) {
        st = vault_list_records(v, &o, take, pass_over, b, err);
    }
    vault_untrusted_close(b->untrusted);
    b->untrusted = NULL;
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
