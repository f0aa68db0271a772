/* SPDX-License-Identifier: Apache-2.0 */
/* disclose_foreign.c: the proof that came with a record, and parts of one */
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "content.h"
#include "disclosing.h"
#include "fail.h"
#include "fnote.h"
#include "foreign.h"

/* ---- notes of its log, and the card ---- */

static enum vault_status
missing(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the note or card of the log that proves the record is missing");
}

static enum vault_status
take_card(struct vlt_disclosing *w, const struct vlt_book *b,
    const uint8_t fingerprint[32], struct vault_error *err)
{
    size_t len;
    const char *note = vlt_book_card_note(b, fingerprint, &len);

    if (note == NULL)
        return missing(err);
    vlt_buf_put(&w->card, note, len);
    w->d.card = (struct vlt_text_part){(const char *)w->card.p, w->card.len};
    return vlt_buf_end(&w->card, "card", err);
}

static enum vault_status
take_replica(struct vlt_disclosing *w, const struct vlt_book *b,
    const char *note, size_t len, struct vault_error *err)
{
    struct vlt_replica r;
    uint8_t card[32];
    enum vault_status st = vlt_replica_parse(&r, note, len, err);

    if (st != VAULT_OK)
        return st;
    memcpy(card, r.card, sizeof card);
    vlt_replica_clear(&r);
    st = vlt_disclosure_add_note(&w->d, note, len, err);
    return st == VAULT_OK ? take_card(w, b, card, err) : st;
}

/* A session and those before it, newest first, until the one that the device
 * note begins with. */
struct chain {
    size_t n;
    struct vlt_text_part note[VLT_DISCLOSURE_NOTES];
};

static enum vault_status
walk_chain(struct chain *c, const struct vlt_book *b, const char *note,
    size_t len, const char **device, size_t *device_len,
    struct vault_error *err)
{
    char origin[VLT_NAME_MAX + 1];
    struct vlt_session s;
    enum vault_status st;

    for (;;) {
        st = vlt_session_parse(&s, note, len, err);
        if (st != VAULT_OK)
            return st;
        if (c->n == VLT_DISCLOSURE_NOTES - 1)
            return vlt_fail(err, VAULT_E_LIMIT,
                "the device has too many sessions to disclose them");
        c->note[c->n++] = (struct vlt_text_part){note, len};
        *device = vlt_book_device_note(b, &s, device_len);
        if (*device != NULL)
            return VAULT_OK;
        if (!s.has_base)
            return missing(err);
        vlt_name_origin(origin, s.vault, s.base.replica);
        note = vlt_book_log_note(b, origin, &len);
        if (note == NULL)
            return missing(err);
    }
}

static enum vault_status
take_chain(struct vlt_disclosing *w, struct chain *c, const struct vlt_book *b,
    const char *note, size_t len, struct vault_error *err)
{
    struct vlt_device d;
    const char *device = NULL;
    size_t device_len = 0, i;
    enum vault_status st =
        walk_chain(c, b, note, len, &device, &device_len, err);

    if (st == VAULT_OK)
        st = vlt_device_parse(&d, device, device_len, err);
    for (i = c->n; st == VAULT_OK && i > 0; i--)
        st = vlt_disclosure_add_note(&w->d, c->note[i - 1].p,
            c->note[i - 1].len, err);
    if (st == VAULT_OK)
        st = vlt_disclosure_add_note(&w->d, device, device_len, err);
    return st == VAULT_OK ? take_card(w, b, d.card, err) : st;
}

static enum vault_status
take_session(struct vlt_disclosing *w, const struct vlt_book *b,
    const char *note, size_t len, struct vault_error *err)
{
    struct chain *c = calloc(1, sizeof *c);
    enum vault_status st;

    if (c == NULL)
        return vlt_fail_memory(err);
    st = take_chain(w, c, b, note, len, err);
    free(c);
    return st;
}

/* What the disclosure borrows lives as long as the book, w->book. */
static enum vault_status
take_notes(struct vlt_disclosing *w, const char *origin,
    struct vault_error *err)
{
    size_t len;
    const char *note = vlt_book_log_note(w->book, origin, &len);

    if (note == NULL)
        return missing(err);
    return vlt_session_is(note, len) ? take_session(w, w->book, note, len, err)
                                     : take_replica(w, w->book, note, len, err);
}

static enum vault_status
take_proof(struct vlt_disclosing *w, const struct vlt_foreign_proof *p,
    char origin[VLT_NAME_MAX + 1], struct vault_error *err)
{
    struct vlt_checkpoint c;
    struct vlt_note n;
    enum vault_status st;

    vlt_buf_put(&w->checkpoint, p->proof.p, p->proof.len);
    st = vlt_buf_end(&w->checkpoint, "proof", err);
    if (st == VAULT_OK)
        st = vlt_leaf_decode(&w->d.leaf, (const char *)p->leaf.p, p->leaf.len,
            err);
    if (st == VAULT_OK)
        st = vlt_tlogproof_decode(&w->d.tlog, (const char *)w->checkpoint.p,
            w->checkpoint.len, err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&n, w->d.tlog.checkpoint, w->d.tlog.checkpoint_len,
            err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&c, n.text, n.text_len, err);
    if (st == VAULT_OK)
        memcpy(origin, c.origin, sizeof c.origin);
    return st;
}

enum vault_status
vlt_disclose_foreign(struct vlt_disclosing *w, uint64_t rid,
    const struct vlt_record_head *head, struct vault_error *err)
{
    char origin[VLT_NAME_MAX + 1];
    struct vlt_foreign_proof p;
    enum vault_status st;

    vlt_record_statement(&w->d.statement, head);
    vlt_foreign_proof_init(&p);
    st = vlt_foreign_proof_get(w->v, rid, &p, err);
    if (st == VAULT_OK)
        st = take_proof(w, &p, origin, err);
    vlt_foreign_proof_clear(&p);
    if (st == VAULT_OK)
        st = vlt_book_load(w->v, &w->book, err);
    if (st == VAULT_OK)
        st = take_notes(w, origin, err);
    return st == VAULT_E_FORMAT ? missing(err) : st;
}

/* ---- fields of a record that is here in part ---- */

/* By the index of their leaves: each that was asked for, once. */
struct pieces {
    struct vlt_disclosing *w;
    const struct vlt_record_head *head;
    struct piece {
        bool there;
        struct vlt_disclosed at;
        struct vlt_fields one;
    } at[VLT_FIELDS_MAX];
    size_t found;
};

static struct vlt_disclosed
place_of(const struct vlt_extract *x, const struct vlt_record_head *head,
    size_t k)
{
    const struct vlt_field *f = &x->fields.f[k];
    struct vlt_disclosed at = {.index = x->index[k], .length = f->value_len};

    memcpy(at.salt, x->salt[k].b, sizeof at.salt);
    if (f->type == VLT_FIELD_BODY && f->state == VLT_STATE_VALUE &&
        head->h.body_version != 0) {
        at.beside = true;
        at.length = x->body_original;
        memcpy(at.hash, f->value, sizeof at.hash);
    } else {
        vlt_sha256(at.hash, f->value, f->value_len);
    }
    return at;
}

/* All T leaf hashes: those of the shown fields, between the others. */
static struct vlt_hash32 *
leaves_of(const struct vlt_extract *x, const struct vlt_record_head *head)
{
    struct vlt_hash32 *leaf = calloc(x->leaves, sizeof *leaf);
    struct vlt_body_commit body;
    struct vlt_disclosed at;
    size_t i, k = 0, rest = 0;

    for (i = 0; leaf != NULL && i < x->leaves; i++) {
        if (k == x->fields.n || x->index[k] != i) {
            leaf[i] = x->rest[rest++];
            continue;
        }
        at = place_of(x, head, k);
        body.original_len = at.length;
        memcpy(body.sha256, at.hash, sizeof body.sha256);
        vlt_content_leaf(&leaf[i], head->h.id, head->h.version, i, at.salt,
            &x->fields.f[k], at.beside ? &body : NULL);
        k++;
    }
    return leaf;
}

static enum vault_status
take_piece(struct pieces *p, const struct vlt_extract *x, size_t k,
    const struct vlt_hash32 *leaf, struct vault_error *err)
{
    const struct vlt_field *f = &x->fields.f[k];
    struct piece *to = &p->at[x->index[k]];
    enum vault_status st;

    if (to->there || !vlt_disclose_asked(p->w->opt, f))
        return VAULT_OK;
    vlt_fields_init(&to->one);
    st = vlt_fields_append(&to->one, f, err);
    if (st != VAULT_OK)
        return st;
    to->there = true;
    to->at = place_of(x, p->head, k);
    vlt_disclosure_path(&to->at, leaf, x->leaves);
    p->found++;
    return VAULT_OK;
}

static enum vault_status
take_extract(void *ctx, uint64_t n, const struct vlt_extract *x,
    struct vault_error *err)
{
    struct pieces *p = ctx;
    struct vlt_hash32 *leaf = leaves_of(x, p->head);
    enum vault_status st = VAULT_OK;
    size_t k;

    (void)n;
    if (leaf == NULL)
        return vlt_fail_memory(err);
    p->w->d.leaves = p->w->opt->fields_len > 0 ? x->leaves : 0;
    for (k = 0; st == VAULT_OK && k < x->fields.n; k++)
        st = take_piece(p, x, k, leaf, err);
    free(leaf);
    return st;
}

static enum vault_status
put_pieces(struct pieces *p, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    if (p->found != p->w->opt->fields_len)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "sanduq show ID prints the fields that are here",
            "a field that was asked for is not among the parts of this record "
            "that are here");
    for (i = 0; i < VLT_FIELDS_MAX; i++) {
        if (st == VAULT_OK && p->at[i].there)
            st = vlt_disclosure_add_field(&p->w->d, &p->at[i].one.f[0],
                &p->at[i].at, err);
        if (p->at[i].there)
            vlt_fields_clear(&p->at[i].one);
    }
    return st;
}

enum vault_status
vlt_disclose_parts(struct vlt_disclosing *w, uint64_t rid,
    const struct vlt_record_head *head, struct vault_error *err)
{
    struct pieces *p = calloc(1, sizeof *p);
    enum vault_status st, put;

    if (p == NULL)
        return vlt_fail_memory(err);
    p->w = w;
    p->head = head;
    st = vlt_foreign_extracts(w->v, rid, head, take_extract, p, err);
    put = put_pieces(p, st == VAULT_OK ? err : NULL);
    vlt_wipe(p, sizeof *p);
    free(p);
    return st == VAULT_OK ? put : st;
}
