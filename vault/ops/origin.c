/* SPDX-License-Identifier: Apache-2.0 */
/* origin.c: whose record it is, and through whose hands it came */
#include <vault/origin.h>
#include <stdlib.h>
#include <string.h>
#include "card.h"
#include "checkpoint.h"
#include "fail.h"
#include "fnote.h"
#include "foreign.h"
#include "receiving.h"
#include "record_open.h"
#include "tlogproof.h"

void
vault_record_origin(const struct vault_record *r, uint8_t out[VAULT_ID])
{
    memcpy(out, r->head.h.origin, VAULT_ID);
}

void
vault_provenance_clear(struct vault_provenance *p)
{
    free(p->checkpoint);
    memset(p, 0, sizeof *p);
}

/* A card pinned since may show that the one that came along was forged. */
static enum vault_status
judge_log(struct vault *v, const struct vlt_note *point,
    struct vault_provenance *out, struct vault_error *err)
{
    struct vlt_book *book = NULL;
    size_t len = 0;
    enum vault_status st = vlt_book_load(v, &book, err);

    if (st != VAULT_OK)
        return st;
    out->origin_holds = vlt_book_log_of(book, out->log, point, &len) != NULL;
    vlt_book_free(book);
    return VAULT_OK;
}

static enum vault_status
read_proof(struct vault *v, const struct vlt_foreign_proof *p,
    struct vault_provenance *out, struct vault_error *err)
{
    struct vlt_tlogproof proof;
    struct vlt_checkpoint point;
    struct vlt_note note;
    enum vault_status st;

    st = vlt_tlogproof_decode(&proof, (const char *)p->proof.p, p->proof.len,
        err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&note, proof.checkpoint, proof.checkpoint_len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&point, note.text, note.text_len, err);
    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the proof of a foreign record is malformed");
    if (st != VAULT_OK)
        return st;
    out->checkpoint = malloc(proof.checkpoint_len + 1);
    if (out->checkpoint == NULL)
        return vlt_fail_memory(err);
    memcpy(out->checkpoint, proof.checkpoint, proof.checkpoint_len);
    out->checkpoint[proof.checkpoint_len] = 0;
    out->proved = true;
    memcpy(out->log, point.origin, sizeof out->log);
    out->index = proof.index;
    out->size = point.size;
    return judge_log(v, &note, out, err);
}

static enum vault_status
load(const struct vault_record *r, struct vault_provenance *out,
    struct vault_error *err)
{
    static const uint8_t zeros[VAULT_HASH];
    struct vlt_foreign_proof p;
    enum vault_status st = vlt_foreign_proof_get(r->v, r->rid, &p, err);

    if (st != VAULT_OK)
        return st;
    memcpy(out->bundle, p.bundle, VAULT_ID);
    memcpy(out->from, p.from, VAULT_HASH);
    out->has_bundle = memcmp(p.bundle, zeros, VAULT_ID) != 0;
    if (memcmp(p.from, zeros, VAULT_HASH) != 0)
        vlt_fingerprint_text(out->from_text, p.from);
    out->received = p.received;
    if (out->has_bundle)
        st = vlt_opened_with(r->v, p.bundle, p.from, out->opened_with, err);
    if (st == VAULT_OK && p.leaf.len > 0)
        st = read_proof(r->v, &p, out, err);
    vlt_foreign_proof_clear(&p);
    return st;
}

enum vault_status
vault_record_provenance(const struct vault_record *r,
    struct vault_provenance *out, struct vault_error *err)
{
    struct vault_provenance p;
    bool within = vlt_store_in_transaction(r->v->store);
    enum vault_status st = vlt_need_unlocked(r->v, err);

    memset(&p, 0, sizeof p);
    if (st == VAULT_OK && !r->foreign)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "this vault sealed it itself");
    if (st == VAULT_OK && !within)
        st = vlt_read_begin(r->v, err);
    if (st != VAULT_OK)
        return st;
    st = load(r, &p, err);
    if (!within)
        vlt_store_rollback(r->v->store);
    if (st == VAULT_OK)
        *out = p;
    else
        vault_provenance_clear(&p);
    return st;
}
