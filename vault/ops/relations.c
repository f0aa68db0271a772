/* SPDX-License-Identifier: Apache-2.0 */
/* relations.c: which records a record names, and which name it */
#include <stdlib.h>
#include <string.h>
#include <vault/compartments.h>
#include "catalogue_ops.h"
#include "fail.h"
#include "foreign.h"
#include "record_open.h"

enum { PAGE = 64 }; /* records opened in one transaction */

struct search {
    struct vault *v;
    const struct vault_record *of;
    int (*fn)(void *ctx, const struct vault_related *other);
    void *ctx;
    enum vault_related_how how; /* what is looked for now */
    uint64_t from;              /* the last row that was looked at */
    bool renewed;
};

static int
tell(const struct search *q, enum vault_related_how how, const char *relation,
    const uint8_t id[VAULT_ID], const struct vault_entry *entry)
{
    struct vault_related other;

    memset(&other, 0, sizeof other);
    other.how = how;
    other.relation = relation;
    memcpy(other.id, id, VAULT_ID);
    other.entry = entry;
    return q->fn(q->ctx, &other);
}

/* What it names itself. */
static enum vault_status
outwards(const struct search *q, struct vault_error *err)
{
    const struct vlt_fields *l = &q->of->meta.fields;
    struct vault_record *r;
    struct vault_link link;
    int stop = 0;
    size_t i;

    for (i = 0; stop == 0 && i < l->n; i++) {
        if (!vlt_field_link(&l->f[i], &link))
            continue;
        r = NULL;
        (void)!vault_record_open(q->v, link.record, link.version, &r, NULL);
        if (r != NULL && memcmp(link.vault, r->entry.origin, VAULT_ID) != 0) {
            vault_record_close(r); /* another vault's record with that id */
            r = NULL;
        }
        stop = tell(q, VAULT_RELATED_TO, link.relation, link.record,
            r != NULL ? &r->entry : NULL);
        vault_record_close(r);
    }
    return stop == 0 ? VAULT_OK
                     : vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

/* ---- another record: does it name this one, or hold the same original? ---- */

static int
tell_links(const struct search *q, const struct vault_record *r)
{
    const struct vlt_fields *l = &r->meta.fields;
    struct vault_link link;
    int stop = 0;
    size_t i;

    for (i = 0; stop == 0 && i < l->n; i++) {
        if (vlt_field_link(&l->f[i], &link) &&
            memcmp(link.vault, q->of->entry.origin, VAULT_ID) == 0 &&
            memcmp(link.record, q->of->entry.id, VAULT_ID) == 0)
            stop = tell(q, VAULT_RELATED_FROM, link.relation, r->entry.id,
                &r->entry);
    }
    return stop;
}

static int
take_other(void *ctx, const struct vault_record *r)
{
    const struct search *q = ctx;

    if (r->rid <= q->from ||
        memcmp(r->entry.id, q->of->entry.id, VAULT_ID) == 0)
        return 0;
    if (q->how == VAULT_RELATED_FROM)
        return tell_links(q, r);
    if (r->has_body && r->body.original_len == q->of->body.original_len &&
        memcmp(r->body.sha256, q->of->body.sha256, VAULT_HASH) == 0)
        return tell(q, VAULT_RELATED_BODY, "", r->entry.id, &r->entry);
    return 0;
}

/* ---- through the catalogue ---- */

struct page {
    size_t n;
    uint64_t rid[PAGE];
    struct vault_record *record[PAGE]; /* NULL: not shown, or not readable */
};

static enum vault_status
ask(const struct search *q, struct vlt_catalogue *c, struct page *p,
    struct vault_error *err)
{
    uint8_t hash[16];

    if (q->how == VAULT_RELATED_FROM)
        return vlt_catalogue_links(c, q->of->entry.id, q->from, p->rid, PAGE,
            &p->n, err);
    vlt_catalogue_content_hash(hash, vlt_catalogue_session_key(c),
        q->of->body.sha256);
    return vlt_catalogue_content(c, hash, q->from, p->rid, PAGE, &p->n, err);
}

/* A record that cannot be read is told by whoever lists or verifies. */
static enum vault_status
open_one(struct vault *v, uint64_t rid, struct vault_record **out,
    struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_buf ct;
    enum vault_status st;

    vlt_buf_init(&ct, VLT_META_MAX + 16);
    st = vlt_any_row(v, rid, &row, &ct, err);
    if (st == VAULT_OK)
        st = vlt_record_open_shown(v, &row, false, out, err);
    vlt_buf_clear(&ct);
    if (st == VAULT_OK || st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED ||
        st == VAULT_E_BUSY)
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

static void
close_all(struct page *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        vault_record_close(p->record[i]);
    p->n = 0;
}

/* *asked false: there is no catalogue to be had. */
static enum vault_status
load_page(struct search *q, struct page *p, bool *asked,
    struct vault_error *err)
{
    struct vlt_catalogue *c = NULL;
    enum vault_status st = vlt_catalogue_read(q->v, true, &c, err);
    bool damaged = false;
    size_t i;

    memset(p, 0, sizeof *p);
    if (st != VAULT_OK)
        return st;
    *asked = c != NULL;
    if (c != NULL)
        st = ask(q, c, p, err);
    vlt_catalogue_close(c);
    damaged = st == VAULT_E_TAMPERED;
    for (i = 0; st == VAULT_OK && i < p->n; i++)
        st = open_one(q->v, p->rid[i], &p->record[i], err);
    vlt_store_rollback(q->v->store);
    if (!damaged)
        return st;
    vlt_error_clear(err);
    *asked = false;
    if (q->renewed || vlt_catalogue_renew(q->v) != VAULT_OK)
        return VAULT_OK;
    q->renewed = true;
    return load_page(q, p, asked, err);
}

static enum vault_status
tell_page(struct search *q, struct page *p, struct vault_error *err)
{
    int stop = 0;
    size_t i;

    for (i = 0; stop == 0 && i < p->n; i++) {
        if (p->record[i] != NULL)
            stop = take_other(q, p->record[i]);
        q->from = p->rid[i];
    }
    return stop == 0 ? VAULT_OK
                     : vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

static int
pass_over(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    (void)why;
    return 0;
}

static enum vault_status
inwards(struct search *q, enum vault_related_how how, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    bool asked = true;
    bool more = true;
    struct page p;

    q->how = how;
    q->from = 0;
    while (st == VAULT_OK && asked && more) {
        st = load_page(q, &p, &asked, err);
        more = p.n == PAGE;
        if (st == VAULT_OK && asked)
            st = tell_page(q, &p, err);
        close_all(&p);
    }
    if (st == VAULT_OK && !asked)
        st = vlt_list_records(q->v, take_other, pass_over, q, err);
    return st;
}

/* ---- of a record that nobody here can open ---- */

static int
note_away(void *ctx, const struct vault_away *a)
{
    (void)a;
    *(bool *)ctx = true;
    return 0;
}

/* What it names itself, nobody here knows; who names it, the others say. */
static enum vault_status
named_by_others(struct search *q, const uint8_t id[VAULT_ID],
    enum vault_status st, struct vault_error *err)
{
    struct vault_record *of;
    struct vault_error why;
    bool away = false;

    if (vault_away(q->v, id, note_away, &away, &why) != VAULT_OK || !away)
        return st;
    of = calloc(1, sizeof *of);
    if (of == NULL)
        return vlt_fail_memory(err);
    vlt_error_clear(err);
    vlt_meta_init(&of->meta);
    memcpy(of->entry.id, id, VAULT_ID);
    memcpy(of->entry.origin, q->v->id, VAULT_ID);
    q->of = of;
    st = inwards(q, VAULT_RELATED_FROM, err);
    vault_record_close(of);
    return st;
}

enum vault_status
vault_related(struct vault *v, const uint8_t id[VAULT_ID],
    int (*fn)(void *ctx, const struct vault_related *other), void *ctx,
    struct vault_error *err)
{
    struct vault_record *of = NULL;
    struct search q = {.v = v, .fn = fn, .ctx = ctx};
    enum vault_status st = vault_record_open(v, id, 0, &of, err);

    if (st == VAULT_E_NO_KEY)
        return named_by_others(&q, id, st, err);
    if (st != VAULT_OK)
        return st;
    q.of = of;
    st = outwards(&q, err);
    if (st == VAULT_OK)
        st = inwards(&q, VAULT_RELATED_FROM, err);
    if (st == VAULT_OK && of->has_body)
        st = inwards(&q, VAULT_RELATED_BODY, err);
    vault_record_close(of);
    return st;
}
