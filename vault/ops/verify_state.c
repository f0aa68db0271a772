/* SPDX-License-Identifier: Apache-2.0 */
/* verify_state.c: the state that an auditor keeps: read, and made again */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "note_rows.h"
#include "os.h"
#include "revoke.h"
#include "verify_new.h"
#include "verify_since.h"

enum vlt_checked_kind
vlt_checked_kind(const struct vlt_verify *v)
{
    return v->capture      ? VLT_CHECKED_CAPTURE
        : v->verdict.audit ? VLT_CHECKED_AUDIT
                           : VLT_CHECKED_VAULT;
}

enum vault_status
vlt_checked_load(struct vlt_verify *v, struct vault_error *err)
{
    struct vault_error why;
    struct vlt_verifystate *s;
    enum vault_status st;

    if (v->opt->state == NULL)
        return VAULT_OK;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return vlt_fail_memory(err);
    vlt_error_clear(&why);
    st = vlt_verifystate_decode(s, v->opt->state, v->opt->state_len, &why);
    if (st == VAULT_OK) {
        v->known = s;
        return VAULT_OK;
    }
    free(s);
    if (err != NULL)
        *err = why;
    /* it is the auditor's own, so nothing is said about the evidence */
    if (st == VAULT_E_FORMAT && err != NULL)
        err->code = VAULT_E_USAGE;
    return st == VAULT_E_FORMAT ? VAULT_E_USAGE : st;
}

/* ---- what is kept ---- */

enum vault_status
vlt_seen_edge_keep(const struct vlt_verify *v, struct vlt_seen_log *log,
    const struct vlt_edge *e, struct vault_error *err)
{
    size_t i = 0;
    unsigned k;

    if (v->opt->save == NULL || e->size == 0)
        return VAULT_OK;
    free(log->edge);
    log->edge = calloc(vlt_edge_count(e->size), sizeof *log->edge);
    if (log->edge == NULL)
        return vlt_fail_memory(err);
    for (k = 0; k < VLT_TREE_LEVELS; k++) {
        if (e->size >> k & 1)
            log->edge[i++] = e->at[k];
    }
    return VAULT_OK;
}

struct hashes {
    struct vlt_hash32 *at;
    size_t n;
};

static enum vault_status
take_revoke(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct hashes *l = ctx;
    struct vlt_hash32 *more = l->at;
    struct vlt_note parsed;

    if (vlt_note_parse(&parsed, note, len, NULL) != VAULT_OK)
        return vlt_fail(err, VAULT_E_TAMPERED, "a malformed revocation");
    if (l->n == VLT_VERIFYSTATE_NOTES)
        return vlt_fail(err, VAULT_E_LIMIT, "too many revocations");
    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    vlt_note_text_hash(more[l->n++].b, &parsed);
    return VAULT_OK;
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct vlt_hash32));
}

enum vault_status
vlt_revoke_hashes(struct vlt_store *s, struct vlt_hash32 **list, size_t *n,
    struct vault_error *err)
{
    struct hashes l = {NULL, 0};
    enum vault_status st = vlt_notes(s, "revoke", take_revoke, &l, err);

    if (st != VAULT_OK) {
        free(l.at);
        return st;
    }
    if (l.n > 0)
        qsort(l.at, l.n, sizeof *l.at, by_bytes);
    *list = l.at;
    *n = l.n;
    return VAULT_OK;
}

enum vault_status
vlt_checked_marks(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_verifystate *s;
    enum vault_status st;

    if (v->opt->save == NULL || v->verdict.failed > 0)
        return VAULT_OK;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return vlt_fail_memory(err);
    st = vlt_new_marks(v->s, s->row, err);
    if (st == VAULT_OK)
        st = vlt_revoke_hashes(v->s, &s->revoke, &s->revoked, err);
    if (st != VAULT_OK) {
        free(s);
        return st;
    }
    v->keep = s;
    return VAULT_OK;
}

/* ---- making it ---- */

static enum vault_status
put_cards(const struct vlt_verify *v, struct vlt_verifystate *s,
    struct vault_error *err)
{
    size_t i;

    s->card = calloc(v->cards + 1, sizeof *s->card);
    if (s->card == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < v->cards; i++)
        memcpy(s->card[i].b, v->card[i].fingerprint, 32);
    s->cards = v->cards;
    return VAULT_OK;
}

static enum vault_status
put_logs(struct vlt_verify *v, struct vlt_verifystate *s,
    struct vault_error *err)
{
    size_t i;

    s->log = calloc(v->logs + 1, sizeof *s->log);
    if (s->log == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < v->logs; i++) {
        struct vlt_seen_log *log = &v->log[i];
        struct vlt_checked_log *l = &s->log[s->logs++];

        l->n = log->n;
        memcpy(l->replica, log->replica.replica, 8);
        memcpy(l->note, log->replica.text_hash, 32);
        l->size = log->size;
        memcpy(l->slots, log->slots, 32);
        l->has_slots = log->has_slots;
        memcpy(l->settings, log->settings, 32);
        l->has_settings = log->has_settings;
        l->edges = vlt_edge_count(log->size);
        l->edge = log->edge; /* s frees it from here on */
        log->edge = NULL;
    }
    return VAULT_OK;
}

static void
put_counts(const struct vlt_verify *v, struct vlt_verifystate *s)
{
    s->time = (uint64_t)vlt_os_time();
    s->whole = s->time;
    s->records = v->verdict.records;
    s->foreign = v->verdict.foreign;
    s->withdrawn = v->withdrawn;
    s->untrusted = v->untrusted;
    if (v->fresh == NULL)
        return;
    s->whole = v->known->whole;
    s->records += v->known->records;
    s->foreign = v->known->foreign + v->fresh->foreign;
    s->withdrawn = v->known->withdrawn + v->fresh->withdrawn;
    s->untrusted = v->known->untrusted;
}

static bool
may_save(const struct vlt_verify *v)
{
    size_t i;

    if (v->keep == NULL || v->verdict.failed > 0 || v->since_unmet ||
        v->crowded || (v->opt->cards_len > 0 && !v->verdict.compared) ||
        v->logs == 0 || v->logs > VLT_VERIFYSTATE_LOGS ||
        v->cards > VLT_VERIFYSTATE_CARDS)
        return false;
    for (i = 0; i < v->logs; i++) {
        if (!v->log[i].sound || v->log[i].edge == NULL)
            return false;
    }
    return true;
}

enum vault_status
vlt_checked_save(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_verifystate *s = v->keep;
    struct vlt_buf text;
    enum vault_status st;

    if (!may_save(v))
        return VAULT_OK;
    memcpy(s->vault, v->id, 16);
    s->kind = vlt_checked_kind(v);
    put_counts(v, s);
    st = put_cards(v, s, err);
    if (st == VAULT_OK)
        st = put_logs(v, s, err);
    vlt_buf_init(&text, VLT_VERIFYSTATE_MAX);
    if (st == VAULT_OK)
        st = vlt_verifystate_encode(&text, s, err);
    if (st == VAULT_OK &&
        v->opt->save(v->ctx, (const char *)text.p, text.len) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "the state could not be kept");
    vlt_buf_clear(&text);
    return st;
}

void
vlt_checked_free(struct vlt_verify *v)
{
    if (v->known != NULL)
        vlt_verifystate_clear(v->known);
    if (v->keep != NULL)
        vlt_verifystate_clear(v->keep);
    free(v->known);
    free(v->keep);
    v->known = NULL;
    v->keep = NULL;
}
