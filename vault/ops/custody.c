/* SPDX-License-Identifier: Apache-2.0 */
/* custody.c: the log for people to read, and its checkpoints */
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "bytes.h"
#include "fail.h"

enum { PAGE = 64 };

/* A leaf kept until the transaction has ended. */
struct kept {
    struct vlt_leaf_row row;
    struct vlt_fields fields;
    bool opened;
};
struct page {
    struct vault *v;
    const struct vlt_own_logs *logs;
    bool prove;    /* each line by itself: not all of the log was read */
    uint64_t skip; /* lines of a record that were shown before */
    size_t n;
    struct kept at[PAGE];
};

static enum vault_status
prove_line(const struct page *p, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    const struct vlt_own_log *log = vlt_own_log_find(p->logs, r->log);

    if (log == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED, "a leaf of no log");
    return vlt_own_leaf_check(p->v->store, log, r->idx, &r->leaf, err);
}

static enum vault_status
keep(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct page *p = ctx;
    struct kept *k = &p->at[p->n];
    enum vault_status st = VAULT_OK;

    if (p->skip > 0) {
        p->skip--;
        return VAULT_OK;
    }
    if (p->n == PAGE)
        return VAULT_E_LIMIT; /* the page is full: come again */
    if (p->prove)
        st = prove_line(p, r, err);
    if (st != VAULT_OK)
        return st;
    k->row = *r;
    k->row.evct = NULL;
    vlt_fields_init(&k->fields);
    k->opened = p->v->vmk != NULL && r->evct != NULL &&
        vlt_event_read(p->v, r, &k->fields, NULL) == VAULT_OK;
    p->n++;
    return VAULT_OK;
}

static void
text(const struct vlt_fields *l, const char *name, char *out, size_t size)
{
    const struct vlt_field *f = vlt_fields_find(l, name);

    out[0] = 0;
    if (f == NULL || f->type != VLT_FIELD_TEXT || f->value_len >= size ||
        memchr(f->value, 0, f->value_len) != NULL)
        return;
    memcpy(out, f->value, f->value_len);
    out[f->value_len] = 0;
}

enum { TEXT = 16384 };
/* What the leaf itself has no place for. */
enum { MORE = 64 };
struct more {
    size_t n;
    struct vault_field at[MORE];
    char name[MORE][VLT_FIELD_NAME + 1];
};

static bool
has_place(const struct vlt_field *f)
{
    static const char *const names[] = {"actor", "clock", "gen", "known",
        "reason", "time", "tool"};
    size_t i;

    for (i = 0; i < VLT_COUNT(names); i++) {
        if (strlen(names[i]) == f->name_len &&
            memcmp(names[i], f->name, f->name_len) == 0)
            return true;
    }
    return false;
}

static void
gather(struct more *m, const struct vlt_fields *l)
{
    size_t i;

    m->n = 0;
    for (i = 0; i < l->n && m->n < MORE; i++) {
        const struct vlt_field *f = &l->f[i];
        char *name = m->name[m->n];

        if (has_place(f))
            continue;
        memcpy(name, f->name, f->name_len);
        name[f->name_len] = 0;
        m->at[m->n++] = (struct vault_field){(enum vault_field_type)f->type,
            (enum vault_field_state)f->state, name, f->value, f->value_len};
    }
}

struct texts {
    char actor[TEXT];
    char reason[TEXT];
    char tool[TEXT];
    char clock[TEXT];
    struct more more;
};

static int
tell(const struct kept *k, const struct vlt_own_log *log, struct texts *t,
    int (*fn)(void *ctx, const struct vault_leaf *leaf), void *ctx)
{
    struct vault_leaf leaf;

    memset(&leaf, 0, sizeof leaf);
    leaf.log = (uint32_t)k->row.log;
    leaf.origin = log->origin;
    leaf.index = k->row.idx;
    leaf.kind = k->row.leaf.kind;
    leaf.known = vlt_leaf_kind_known(k->row.leaf.kind);
    leaf.has_record = k->row.leaf.has_record;
    memcpy(leaf.record, k->row.leaf.record, sizeof leaf.record);
    leaf.version = k->row.leaf.version;
    memcpy(leaf.subject, k->row.leaf.subject, sizeof leaf.subject);
    memcpy(leaf.event, k->row.leaf.event, sizeof leaf.event);
    vlt_leaf_text_hash(leaf.hash, &k->row.leaf);
    leaf.opened = k->opened;
    leaf.time = -1;
    leaf.gen = -1;
    leaf.clock_known = -1;
    (void)vlt_fields_i64(&k->fields, "time", &leaf.time);
    (void)vlt_fields_i64(&k->fields, "gen", &leaf.gen);
    text(&k->fields, "actor", t->actor, TEXT);
    text(&k->fields, "reason", t->reason, TEXT);
    text(&k->fields, "tool", t->tool, TEXT);
    text(&k->fields, "clock", t->clock, TEXT);
    (void)vlt_fields_i64(&k->fields, "known", &leaf.clock_known);
    leaf.actor = t->actor;
    leaf.reason = t->reason;
    leaf.tool = t->tool;
    leaf.clock = t->clock;
    gather(&t->more, &k->fields);
    leaf.fields = t->more.at;
    leaf.fields_len = t->more.n;
    return fn(ctx, &leaf);
}

static void
drop(struct page *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        vlt_fields_clear(&p->at[i].fields);
    p->n = 0;
}

/* One page of one log from `from`, or all leaves of a record. */
static enum vault_status
load(struct page *p, const struct vlt_own_log *log, uint64_t from,
    const uint8_t *record, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(p->v->store, false, err);

    p->n = 0;
    if (st != VAULT_OK)
        return st;
    st = record != NULL ? vlt_leaves_of(p->v->store, record, keep, p, err)
                        : vlt_leaves(p->v->store, log->n, from, keep, p, err);
    vlt_store_rollback(p->v->store);
    if (st == VAULT_E_LIMIT && p->n == PAGE)
        st = VAULT_OK;
    return st;
}

static enum vault_status
walk(struct page *p, const struct vlt_own_logs *logs,
    const struct vlt_own_log *log, const uint8_t *record, struct texts *t,
    int (*fn)(void *ctx, const struct vault_leaf *leaf), void *ctx,
    struct vault_error *err)
{
    uint64_t from = 0;
    uint64_t shown = 0;
    enum vault_status st;
    size_t i;

    do {
        p->skip = record != NULL ? shown : 0;
        st = load(p, log, from, record, err);
        for (i = 0; st == VAULT_OK && i < p->n; i++) {
            const struct vlt_own_log *of =
                vlt_own_log_find(logs, p->at[i].row.log);

            if (of == NULL)
                st = vlt_fail(err, VAULT_E_TAMPERED, "a leaf of no log");
            else if (tell(&p->at[i], of, t, fn, ctx) != 0)
                st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
            from = p->at[i].row.idx + 1;
        }
        i = p->n;
        shown += i;
        drop(p);
    } while (st == VAULT_OK && i == PAGE);
    return st;
}

static enum vault_status
load_logs(struct vault *v, struct vlt_own_logs *out, struct vault_error *err)
{
    return v->capture ? vlt_capture_logs(v, out, err)
                      : vlt_own_logs_load(v->store, v->id, out, err);
}

enum vault_status
vault_log(struct vault *v, const uint8_t *record,
    int (*fn)(void *ctx, const struct vault_leaf *leaf), void *ctx,
    struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    struct page *p = calloc(1, sizeof *p);
    struct texts *t = calloc(1, sizeof *t);
    enum vault_status st = VAULT_OK;
    size_t i;

    if (p == NULL || t == NULL)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st == VAULT_OK) {
        st = load_logs(v, &logs, err);
        /* stored nodes vouch for the root, not for the lines under them */
        for (i = 0; st == VAULT_OK && record == NULL && i < logs.n; i++)
            st = vlt_own_log_scan(v->store, &logs.log[i], err);
        vlt_store_rollback(v->store);
    }
    if (st == VAULT_OK) {
        p->v = v;
        p->logs = &logs;
        p->prove = record != NULL;
        for (i = 0; st == VAULT_OK && i < (record != NULL ? 1 : logs.n); i++)
            st = walk(p, &logs, &logs.log[i], record, t, fn, ctx, err);
    }
    vlt_own_logs_clear(&logs);
    free(p);
    free(t);
    return st;
}

/* All notes, one after the other, each ended by a 0: they are given out when
 * the transaction has ended. */
static enum vault_status
collect_notes(struct vault *v, struct vlt_buf *all, struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    struct vlt_checkpoint_row row;
    struct vlt_buf note;
    enum vault_status st = vlt_store_begin(v->store, false, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = load_logs(v, &logs, err);
    for (i = 0; st == VAULT_OK && i < logs.n; i++) {
        st = vlt_checkpoint_newest(v->store, logs.log[i].n, &row, &note, err);
        if (st != VAULT_OK)
            break;
        vlt_buf_put(all, row.note, row.note_len);
        vlt_buf_put_u8(all, 0);
        st = vlt_buf_end(all, "checkpoints", err);
    }
    vlt_own_logs_clear(&logs);
    vlt_buf_clear(&note);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_log_checkpoints(struct vault *v,
    int (*fn)(void *ctx, const char *note, size_t len), void *ctx,
    struct vault_error *err)
{
    struct vlt_buf all;
    size_t at = 0;
    enum vault_status st;

    vlt_buf_init(&all, (size_t)VLT_NOTE_MAX * 4096);
    st = collect_notes(v, &all, err);
    while (st == VAULT_OK && at < all.len) {
        const char *note = (const char *)all.p + at;
        size_t len = strlen(note);

        if (fn(ctx, note, len) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
        at += len + 1;
    }
    vlt_buf_clear(&all);
    return st;
}
