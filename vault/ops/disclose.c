/* SPDX-License-Identifier: Apache-2.0 */
/* disclose.c: single fields of a record, for anyone to check */
#include "disclosing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "fail.h"
#include "history.h"
#include "verify_text.h"
#include "verify_witness.h"

void
vault_disclosure_free(struct vault_disclosure *d)
{
    if (d == NULL)
        return;
    vlt_disclosure_clear(&d->d);
    vlt_buf_clear(&d->text);
    vlt_buf_clear(&d->stock);
    vlt_wipe(d, sizeof *d);
    free(d);
}

const char *
vault_disclosure_text(const struct vault_disclosure *d, size_t *len)
{
    *len = d->text.len;
    return (const char *)d->text.p;
}

const struct vault_disclosure_facts *
vault_disclosure_facts(const struct vault_disclosure *d)
{
    return &d->facts;
}

size_t
vault_disclosure_fields(const struct vault_disclosure *d)
{
    return d->d.fields.n;
}

void
vault_disclosure_field(struct vault_disclosure *d, size_t i,
    struct vault_field *out)
{
    const struct vlt_field *f = &d->d.fields.f[i];

    memcpy(d->name, f->name, f->name_len);
    d->name[f->name_len] = 0;
    out->type = (enum vault_field_type)f->type;
    out->state = (enum vault_field_state)f->state;
    out->name = d->name;
    out->value = f->value;
    out->value_len = f->value_len;
}

/* ---- putting it together ---- */

void
vlt_disclosing_begin(struct vlt_disclosing *w, struct vault *v,
    const struct vault_disclose_options *opt)
{
    memset(w, 0, sizeof *w);
    w->v = v;
    w->opt = opt;
    vlt_disclosure_init(&w->d);
    vlt_buf_init(&w->checkpoint, VLT_NOTE_MAX);
    vlt_buf_init(&w->card, VLT_NOTE_MAX);
    vlt_buf_init(&w->notes, VLT_DISCLOSURE_MAX);
}

void
vlt_disclosing_end(struct vlt_disclosing *w)
{
    vlt_disclosure_clear(&w->d);
    vlt_buf_clear(&w->checkpoint);
    vlt_buf_clear(&w->card);
    vlt_buf_clear(&w->notes);
    vlt_book_free(w->book);
}

/* What was made is judged as everyone will. */
static enum vault_status
check_made(const struct vault_disclosure *d, struct vault_error *err)
{
    struct vault_verify_options opt = {0};
    struct vlt_verify v;
    enum vault_status st;

    memset(&v, 0, sizeof v);
    v.opt = &opt;
    st = vlt_wit_begin(&v, err);
    if (st == VAULT_OK)
        st = vlt_verify_text_bytes(&v, (const char *)d->text.p, d->text.len,
            err);
    vlt_wit_end(&v);
    free(v.card);
    if (st == VAULT_OK && v.verdict.failed > 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "what would be disclosed does not hold for others");
    return st;
}

static enum vault_status
fill_facts(struct vault_disclosure *d, struct vault_error *err)
{
    struct vault_disclosure_facts *f = &d->facts;
    struct vlt_checkpoint c;
    struct vlt_card card;
    struct vlt_note n;
    enum vault_status st;
    size_t k;

    st =
        vlt_note_parse(&n, d->d.tlog.checkpoint, d->d.tlog.checkpoint_len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&c, n.text, n.text_len, err);
    if (st == VAULT_OK)
        st = vlt_card_parse(&card, d->d.card.p, d->d.card.len, err);
    if (st != VAULT_OK)
        return st;
    memcpy(f->vault, d->d.statement.origin, sizeof f->vault);
    memcpy(f->record, d->d.statement.record, sizeof f->record);
    f->version = d->d.statement.version;
    vlt_statement_hash(f->statement, &d->d.statement);
    vlt_fingerprint_text(f->fingerprint, card.fingerprint);
    memcpy(f->origin, c.origin, sizeof c.origin);
    f->index = d->d.tlog.index;
    f->size = c.size;
    f->leaves = d->d.leaves;
    for (k = 0; k < d->d.fields.n; k++)
        f->beside = f->beside || d->d.at[k].beside;
    return VAULT_OK;
}

enum vault_status
vlt_disclosing_finish(struct vlt_disclosing *w, bool foreign,
    struct vault_disclosure **out, struct vault_error *err)
{
    struct vault_disclosure *d = calloc(1, sizeof *d);
    enum vault_status st;

    if (d == NULL)
        return vlt_fail_memory(err);
    vlt_disclosure_init(&d->d);
    vlt_buf_init(&d->text, VLT_DISCLOSURE_MAX + 1);
    vlt_buf_init(&d->stock, VLT_TLOGPROOF_TEXT + 1);
    d->facts.foreign = foreign;
    st = vlt_disclosure_encode(&d->text, &w->d, err);
    if (st == VAULT_OK)
        st = vlt_disclosure_decode(&d->d, vlt_buf_cstr(&d->text), d->text.len,
            err);
    if (st == VAULT_OK)
        st = check_made(d, err);
    if (st == VAULT_OK)
        st = fill_facts(d, err);
    if (st != VAULT_OK) {
        vault_disclosure_free(d);
        return st;
    }
    *out = d;
    return VAULT_OK;
}

/* Within a transaction: where the record lies decides whose log proves it. */
static enum vault_status
collect_in(struct vlt_disclosing *w, const struct vault_record *r,
    bool *foreign, struct vault_error *err)
{
    struct vlt_record_row row;
    struct vlt_buf meta;
    bool part;
    enum vault_status st;

    vlt_buf_init(&meta, VLT_META_MAX + 1024);
    st = vlt_record_by_rid(w->v->store, r->rid, &row, &meta, err);
    part = st == VAULT_OK && row.meta == NULL;
    vlt_buf_clear(&meta);
    if (st != VAULT_OK)
        return st;
    *foreign = row.foreign;
    st = row.foreign ? vlt_disclose_foreign(w, r->rid, &r->head, err)
                     : vlt_disclose_own(w, &r->head, err);
    if (st != VAULT_OK)
        return st;
    return part ? vlt_disclose_parts(w, r->rid, &r->head, err)
                : vlt_disclose_fields(w, r, err);
}

static enum vault_status
collect(struct vlt_disclosing *w, const struct vault_record *r, bool *foreign,
    struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(w->v, err);

    if (st != VAULT_OK)
        return st;
    st = collect_in(w, r, foreign, err);
    vlt_store_rollback(w->v->store);
    return st;
}

enum vault_status
vault_disclosure_make(struct vault *v, const uint8_t id[VAULT_ID],
    const struct vault_disclose_options *opt, struct vault_disclosure **out,
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    struct vlt_disclosing w;
    bool foreign = false;
    enum vault_status st = vlt_disclose_names(opt, err);

    if (st == VAULT_OK)
        st = opt->statement != NULL
            ? vault_record_open_statement(v, id, opt->statement, &r, err)
            : vault_record_open(v, id, opt->version, &r, err);
    if (st != VAULT_OK)
        return st;
    vlt_disclosing_begin(&w, v, opt);
    st = collect(&w, r, &foreign, err);
    if (st == VAULT_OK)
        st = vlt_disclosing_finish(&w, foreign, out, err);
    vlt_disclosing_end(&w);
    vault_record_close(r);
    return st;
}
