/* SPDX-License-Identifier: Apache-2.0 */
/* verify_proof.c: a record's line in a log that is not here */
#include <string.h>
#include "checkpoint.h"
#include "fail.h"
#include "session.h"
#include "tlogproof.h"
#include "verify_foreign.h"

/* ---- whose log it is ---- */

static bool
of_own(struct vlt_proving *p, const char *origin)
{
    size_t i;

    for (i = 0; i < p->v->logs; i++) {
        const struct vlt_seen_log *l = &p->v->log[i];

        if (strcmp(l->origin, origin) != 0)
            continue;
        memcpy(p->vault, l->replica.vault, 16);
        memcpy(p->key, l->replica.log_key, 32);
        return true;
    }
    return false;
}

/* The book gives only notes that hold. */
static enum vault_status
of_book(struct vlt_proving *p, const char *origin, struct vault_error *err)
{
    struct vlt_replica r;
    struct vlt_session s;
    size_t len = 0;
    const char *note = vlt_book_log_note(p->book, origin, &len);
    enum vault_status st;

    if (note == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "whose log it lies in is not known here: its note or card is "
            "missing or does not hold");
    if (vlt_session_is(note, len)) {
        st = vlt_session_parse(&s, note, len, err);
        if (st == VAULT_OK) {
            memcpy(p->vault, s.vault, 16);
            memcpy(p->key, s.log_key, 32);
        }
        return st;
    }
    st = vlt_replica_parse(&r, note, len, err);
    if (st == VAULT_OK) {
        memcpy(p->vault, r.vault, 16);
        memcpy(p->key, r.log_key, 32);
        vlt_replica_clear(&r);
    }
    return st;
}

static enum vault_status
find_log(struct vlt_proving *p, const char *origin, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (strcmp(p->origin, origin) == 0)
        return VAULT_OK;
    p->origin[0] = 0;
    vlt_buf_reset(&p->checkpoint);
    if (!of_own(p, origin))
        st = of_book(p, origin, err);
    if (st == VAULT_OK)
        memcpy(p->origin, origin, strlen(origin) + 1);
    return st;
}

/* ---- the proof itself ---- */

static enum vault_status
check_checkpoint(struct vlt_proving *p, const struct vlt_tlogproof *proof,
    struct vlt_checkpoint *out, struct vault_error *err)
{
    struct vlt_note note;
    enum vault_status st;

    st = vlt_note_parse(&note, proof->checkpoint, proof->checkpoint_len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(out, note.text, note.text_len, err);
    if (st == VAULT_OK)
        st = find_log(p, out->origin, err);
    if (st != VAULT_OK)
        return st;
    if (p->checkpoint.len == proof->checkpoint_len &&
        memcmp(p->checkpoint.p, proof->checkpoint, proof->checkpoint_len) == 0)
        return VAULT_OK; /* its signature held before */
    st = vlt_note_check(&note, out->origin, p->key, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_reset(&p->checkpoint);
    vlt_buf_put(&p->checkpoint, proof->checkpoint, proof->checkpoint_len);
    return vlt_buf_end(&p->checkpoint, "checkpoint", err);
}

static bool
leaf_fits(const struct vlt_leaf *l, const struct vlt_record_head *head,
    const uint8_t stmt[32])
{
    return (strcmp(l->kind, "seal") == 0 || strcmp(l->kind, "take") == 0) &&
        l->has_record && memcmp(l->record, head->h.id, 16) == 0 &&
        l->version == head->h.version && memcmp(l->subject, stmt, 32) == 0;
}

enum vault_status
vlt_verify_proof(struct vlt_proving *p, const struct vlt_record_head *head,
    const uint8_t stmt[32], const struct vlt_foreign_proof *proof,
    struct vault_error *err)
{
    struct vlt_tlogproof t;
    struct vlt_checkpoint point;
    struct vlt_leaf leaf;
    uint8_t hash[32];
    enum vault_status st;

    st = vlt_leaf_decode(&leaf, (const char *)proof->leaf.p, proof->leaf.len,
        err);
    if (st == VAULT_OK)
        st = vlt_tlogproof_decode(&t, (const char *)proof->proof.p,
            proof->proof.len, err);
    if (st == VAULT_OK)
        st = check_checkpoint(p, &t, &point, err);
    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the proof of a foreign record is malformed");
    if (st != VAULT_OK)
        return st;
    vlt_leaf_text_hash(hash, &leaf);
    if (!leaf_fits(&leaf, head, stmt))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its proof does not name this record as it is stored");
    if (!vlt_inclusion_ok(t.index, point.size, hash, t.path, t.n, point.root))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its line is not in the signed tree of that log");
    if (memcmp(p->vault, head->h.origin, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its proof lies in a log of another vault than the one it names");
    return VAULT_OK;
}
