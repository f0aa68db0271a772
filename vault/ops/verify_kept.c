/* SPDX-License-Identifier: Apache-2.0 */
/* verify_kept.c: what others signed and the log names is still here */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "label.h"
#include "note.h"
#include "verify_foreign.h"

/*
 * States of others' logs, requests, answers and receipts lie in sealed notes,
 * and their lines name them by a salted hash. Whoever holds the locked file
 * can take a note away, and with it the memory of a state or of a request.
 */
struct kept {
    struct vlt_verify *v;
    size_t n, cap;
    struct vlt_hash32 *text;
    size_t at; /* notes and lines came in one order, mostly */
    uint64_t missing;
};

static bool
is_one_of(const char *word, const char *const *words, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

static enum vault_status
take_note(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    static const char *const kinds[] = {"checkpoint", "withdraw",
        "withdraw-revoked", "ack", "receipt"};
    struct kept *k = ctx;
    struct vlt_hash32 *more = k->text;
    size_t cap = k->cap == 0 ? 64 : 2 * k->cap;
    struct vlt_note note;

    if (!is_one_of(n->kind, kinds, VLT_COUNT(kinds)) ||
        vlt_note_parse(&note, (const char *)n->p, n->len, NULL) != VAULT_OK)
        return VAULT_OK;
    if (k->n == k->cap) {
        more = realloc(more, cap * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        k->text = more;
        k->cap = cap;
    }
    vlt_note_text_hash(more[k->n++].b, &note);
    return VAULT_OK;
}

static bool
find_text(struct kept *k, const uint8_t *salt, const uint8_t subject[32])
{
    uint8_t got[32];
    size_t i;

    for (i = 0; i < k->n; i++) {
        size_t at = (k->at + i) % k->n;
        const struct vlt_part part[] = {{salt, 32}, {k->text[at].b, 32}};

        vlt_label_hash(got, VLT_L_SALTED, part, VLT_COUNT(part));
        if (memcmp(got, subject, 32) != 0)
            continue;
        k->at = at + 1;
        return true;
    }
    return false;
}

/* A text that does not open is judged with the texts (verify_body.c). */
static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    static const char *const kinds[] = {"merge", "ask", "ack"};
    struct kept *k = ctx;
    const struct vlt_field *salt;
    struct vlt_fields f;
    enum vault_status st;

    if (!is_one_of(r->leaf.kind, kinds, VLT_COUNT(kinds)) || r->evct == NULL)
        return VAULT_OK;
    st = vlt_event_read(k->v->v, r, &f, err);
    if (st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED || st == VAULT_E_IO)
        return st;
    if (st != VAULT_OK) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    salt = vlt_fields_find(&f, "salt");
    k->missing += salt != NULL && salt->value_len == 32 &&
        !find_text(k, salt->value, r->leaf.subject);
    vlt_fields_clear(&f);
    return VAULT_OK;
}

enum vault_status
vlt_verify_kept(struct vlt_verify *v, struct vault_error *err)
{
    struct kept k = {.v = v};
    enum vault_status st = vlt_fnotes(v->v, NULL, take_note, &k, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs; i++) {
        if (!v->log[i].session)
            st = vlt_leaves(v->s, v->log[i].n, 0, take_line, &k, err);
    }
    free(k.text);
    if (st == VAULT_OK && k.missing > 0)
        vlt_mismatch(v, "foreign",
            "the log names states of logs, requests, answers or receipts of "
            "others that were taken away from outside: %" PRIu64,
            k.missing);
    return st;
}
