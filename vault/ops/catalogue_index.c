/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_index.c: what the catalogue keeps of one record */
#include "catalogue_ops.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "foreign_find.h"
#include "hash.h"
#include "history.h"
#include "record_open.h"
#include "sealed_away.h"

/* What tells of this machine, not of the record. */
static bool
passes(enum vault_status st)
{
    return st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED ||
        st == VAULT_E_BUSY || st == VAULT_E_IO || st == VAULT_E_INTERNAL;
}

/* Whoever cannot open it is not asked for its words each time. */
static enum vault_status
look_away(struct vault *v, uint64_t rid, struct vlt_indexed *out,
    struct vault_error *err)
{
    vlt_error_clear(err);
    return vlt_away_look(v, rid, &out->head, &out->away, NULL, err);
}

enum vault_status
vlt_catalogue_open_row(struct vault *v, uint64_t rid, struct vlt_indexed *out,
    struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_buf ct;
    enum vault_status st;

    memset(out, 0, sizeof *out);
    vlt_buf_init(&ct, VLT_META_MAX + 16);
    st = vlt_any_row(v, rid, &row, &ct, err);
    if (st == VAULT_OK)
        out->head = row.head;
    if (st == VAULT_OK)
        st = vlt_record_shown(v, &row, &out->meta, err);
    vlt_buf_clear(&ct);
    out->readable = st == VAULT_OK;
    if (st == VAULT_E_NO_KEY && !row.foreign)
        st = look_away(v, rid, out, err);
    if (st == VAULT_OK || passes(st))
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

enum vault_status
vlt_catalogue_words(struct vault *v, uint64_t rid, struct vlt_tokenset *words,
    struct vlt_indexed *out, struct vault_error *err)
{
    enum vault_status st = vlt_catalogue_open_row(v, rid, out, err);

    vlt_tokenset_reset(words);
    if (st != VAULT_OK || !out->readable)
        return st;
    st =
        vlt_fields_tokens(&out->meta.fields, vlt_tokenset_add_word, words, err);
    if (st != VAULT_OK) {
        vlt_meta_clear(&out->meta);
        out->readable = false;
    }
    return st;
}

enum vault_status
vlt_contents(const struct vlt_indexed *x,
    enum vault_status (
        *fn)(void *ctx, const uint8_t sha256[32], struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct vlt_body_commit body;
    enum vault_status st = VAULT_OK;
    size_t i;

    if (vlt_meta_body(&x->meta, &x->head.h, &body))
        st = fn(ctx, body.sha256, err);
    for (i = 0; st == VAULT_OK && i < x->meta.fields.n; i++) {
        const struct vlt_field *f = &x->meta.fields.f[i];

        if (f->type == VLT_FIELD_BYTES && f->value_len == 32 &&
            f->name_len >= 7 && memcmp(f->name, "import.", 7) == 0)
            st = fn(ctx, f->value, err);
    }
    return st;
}

/* ---- putting one row in ---- */

struct contents {
    struct vlt_catalogue *c;
    const struct vlt_cell *ck;
    uint64_t rid;
};

static enum vault_status
put_content(void *ctx, const uint8_t sha256[32], struct vault_error *err)
{
    const struct contents *p = ctx;
    uint8_t hash[16];

    vlt_catalogue_content_hash(hash, p->ck, sha256);
    return vlt_catalogue_content_put(p->c, p->rid, hash, err);
}

static enum vault_status
put_contents(struct vlt_catalogue *c, const struct vlt_cell *ck, uint64_t rid,
    const struct vlt_indexed *x, struct vault_error *err)
{
    struct contents p = {c, ck, rid};

    return vlt_contents(x, put_content, &p, err);
}

/* Whatever vault it names: an id is used by one of them only. */
static enum vault_status
put_links(struct vlt_catalogue *c, uint64_t rid, const struct vlt_indexed *x,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < x->meta.fields.n; i++) {
        const struct vlt_field *f = &x->meta.fields.f[i];

        if (f->type == VLT_FIELD_LINK && f->state == VLT_STATE_VALUE &&
            f->value_len >= 32)
            st = vlt_catalogue_link_put(c, rid, f->value + 16, err);
    }
    return st;
}

static enum vault_status
put_row(struct vault *v, struct vlt_catalogue *c, const struct vlt_cell *ck,
    const struct vlt_version_row *r, struct vlt_tokenset *words,
    struct vault_error *err)
{
    struct vlt_entry_row e = {r->rid, {0}, r->head.h.version, false, -1};
    struct vlt_indexed x;
    enum vault_status st = vlt_catalogue_words(v, r->rid, words, &x, err);

    if (st != VAULT_OK)
        return st;
    memcpy(e.id, r->head.h.id, 16);
    e.always = (!x.readable && !x.away) || words->full;
    if (x.readable)
        (void)vlt_fields_i64(&x.meta.fields, "time.sealed", &e.sealed);
    st = vlt_catalogue_put(c, &e, words, err);
    if (st == VAULT_OK && x.readable)
        st = put_contents(c, ck, r->rid, &x, err);
    if (st == VAULT_OK && x.readable)
        st = put_links(c, r->rid, &x, err);
    if (x.readable)
        vlt_meta_clear(&x.meta);
    return st;
}

/* Of a row that the running action changed: with the words from before. */
static enum vault_status
drop_row(struct vault *v, struct vlt_catalogue *c, uint64_t rid,
    struct vlt_tokenset *words, struct vault_error *err)
{
    const struct vlt_tokenset *before = vlt_foreign_words_before(v, rid);
    struct vlt_indexed x;
    enum vault_status st;

    if (before != NULL)
        return vlt_catalogue_drop(c, rid, before, err);
    st = vlt_catalogue_words(v, rid, words, &x, err);
    if (st != VAULT_OK)
        return st;
    if (x.readable)
        vlt_meta_clear(&x.meta);
    return vlt_catalogue_drop(c, rid, words, err);
}

/* ---- which rows are current ---- */

struct standing {
    struct vault *v;
    const struct vlt_version_rows *rows;
    bool *logged;
    bool *withdrawn;
};

/* Of this action, or in a signed tree of the vault's own. A line that was
 * written into the file hides no record: whoever opens that finds it out. */
static bool
withdraws(const struct standing *s, const struct vlt_leaf_row *r)
{
    const struct vault *v = s->v;
    const struct vlt_own_log *log = vlt_own_log_find(&v->logs, r->log);

    if (v->acting && r->log == v->log_n && (log == NULL || r->idx >= log->size))
        return true;
    return log != NULL && !log->session &&
        vlt_own_leaf_check(v->store, log, r->idx, &r->leaf, NULL) == VAULT_OK;
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct standing *s = ctx;
    bool seal =
        strcmp(r->leaf.kind, "seal") == 0 || strcmp(r->leaf.kind, "take") == 0;
    size_t i;

    (void)err;
    if (!seal && (strcmp(r->leaf.kind, "withdraw") != 0 || !withdraws(s, r)))
        return VAULT_OK;
    for (i = 0; i < s->rows->n; i++) {
        const struct vlt_version_row *v = &s->rows->v[i];
        bool hit = v->head.h.version == r->leaf.version &&
            memcmp(v->stmt, r->leaf.subject, 32) == 0;

        if (seal)
            s->logged[i] = s->logged[i] || hit;
        else if (hit ||
            (r->leaf.version == 0 &&
                vlt_withdrawal_covers(s->rows, v->head.h.version,
                    r->leaf.subject)))
            s->withdrawn[i] = true;
    }
    return VAULT_OK;
}

/* The highest version that some line names and none withdraws. */
static uint32_t
highest(const struct standing *s)
{
    uint32_t version = 0;
    size_t i;

    for (i = 0; i < s->rows->n; i++) {
        if (s->logged[i] && !s->withdrawn[i] &&
            s->rows->v[i].head.h.version > version)
            version = s->rows->v[i].head.h.version;
    }
    return version;
}

static enum vault_status
settle(struct vault *v, struct vlt_catalogue *c, const struct vlt_cell *ck,
    const struct standing *s, struct vault_error *err)
{
    struct vlt_tokenset words;
    uint32_t version = highest(s);
    enum vault_status st = VAULT_OK;
    size_t i;

    vlt_tokenset_init(&words);
    for (i = 0; st == VAULT_OK && i < s->rows->n; i++) {
        const struct vlt_version_row *r = &s->rows->v[i];
        /* what no line names is shown as what it is */
        bool wanted =
            !s->logged[i] || (!s->withdrawn[i] && r->head.h.version == version);
        bool there = false;

        st = vlt_catalogue_has(c, r->rid, &there, err);
        if (st == VAULT_OK && wanted && !there)
            st = put_row(v, c, ck, r, &words, err);
        else if (st == VAULT_OK && !wanted && there)
            st = drop_row(v, c, r->rid, &words, err);
    }
    vlt_tokenset_clear(&words);
    return st;
}

/* ---- another vault's record ---- */

/* Its lines are not here: the history says the same without them. What does
 * not fit its proof is shown as what it is. */
static enum vault_status
settle_foreign(struct vault *v, struct vlt_catalogue *c,
    const struct vlt_cell *ck, const struct vlt_history *h,
    struct vault_error *err)
{
    struct vlt_tokenset words;
    enum vault_status st = VAULT_OK;
    size_t i;

    vlt_tokenset_init(&words);
    for (i = 0; st == VAULT_OK && i < h->n; i++) {
        const struct vlt_version *x = &h->v[i];
        bool wanted = vlt_history_shown(h, x) || (!x->logged && !x->waits);
        bool changed = vlt_foreign_words_before(v, x->row.rid) != NULL;
        bool there = false;

        st = vlt_catalogue_has(c, x->row.rid, &there, err);
        if (st == VAULT_OK && there && (!wanted || changed))
            st = drop_row(v, c, x->row.rid, &words, err);
        if (st == VAULT_OK && wanted && (!there || changed))
            st = put_row(v, c, ck, &x->row, &words, err);
    }
    vlt_tokenset_clear(&words);
    return st;
}

static enum vault_status
index_foreign(struct vault *v, struct vlt_catalogue *c,
    const struct vlt_cell *ck, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_history h;
    enum vault_status st = vlt_history_load_foreign(v, id, &h, err);

    if (st == VAULT_E_NOT_FOUND) { /* lines of a record that never came in */
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    st = settle_foreign(v, c, ck, &h, err);
    vlt_history_clear(&h);
    return st;
}

enum vault_status
vlt_catalogue_index(struct vault *v, struct vlt_catalogue *c,
    const struct vlt_cell *ck, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_version_rows rows;
    struct standing s = {v, &rows, NULL, NULL};
    enum vault_status st = vlt_record_versions(v->store, id, &rows, err);

    if (st == VAULT_OK && rows.n == 0)
        return index_foreign(v, c, ck, id, err);
    if (st != VAULT_OK)
        return st;
    s.logged = calloc(rows.n + 1, sizeof *s.logged);
    s.withdrawn = calloc(rows.n + 1, sizeof *s.withdrawn);
    if (s.logged == NULL || s.withdrawn == NULL)
        st = vlt_fail_memory(err);
    else
        st = vlt_leaves_of(v->store, id, take_line, &s, err);
    if (st == VAULT_OK)
        st = settle(v, c, ck, &s, err);
    free(s.logged);
    free(s.withdrawn);
    vlt_version_rows_clear(&rows);
    return st;
}
