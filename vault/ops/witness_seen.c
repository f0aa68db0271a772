/* SPDX-License-Identifier: Apache-2.0 */
/* witness_seen.c: which logs this vault has countersigned */
#include <string.h>
#include <stdlib.h>
#include "fail.h"
#include "text.h"
#include "witness_judge.h"
#include "witnessed.h"

static const char *
name_of(const struct vlt_judging *j, const uint8_t vault[16])
{
    size_t i;

    for (i = 0; i < j->cards; i++) {
        if (memcmp(j->card[i].card.vault, vault, 16) == 0)
            return j->card[i].name;
    }
    return "";
}

static enum vault_status
load(struct vault *v, struct vlt_judging *j, struct vault_error *err)
{
    enum vault_status st = vlt_read_begin(v, err);

    memset(j, 0, sizeof *j);
    if (st != VAULT_OK)
        return st;
    st = vlt_judging_load(j, v, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_witness_seen(struct vault *v,
    int (*fn)(void *ctx, const struct vault_seen_log *l), void *ctx,
    struct vault_error *err)
{
    struct vlt_judging j;
    enum vault_status st = load(v, &j, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < j.seens.n; i++) {
        const struct vlt_seen *s = &j.seens.at[i];
        struct vault_seen_log l = {.name = name_of(&j, s->vault),
            .origin = s->origin,
            .size = s->size,
            .time = s->time,
            .note = (const char *)s->note.p,
            .note_len = s->note.len};

        memcpy(l.vault, s->vault, sizeof l.vault);
        memcpy(l.root, s->root, sizeof l.root);
        if (fn(ctx, &l) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    vlt_judging_clear(&j);
    return st;
}

/* The id in an origin that was accepted once. */
static enum vault_status
put_log(struct vlt_witnessed *w, const struct vlt_seen *s,
    struct vault_error *err)
{
    struct vlt_witnessed_log *l = &w->log[w->n];
    size_t len = strlen(s->origin);

    if (len < 16 || !vlt_unhex(l->id, 8, s->origin + len - 16, 16))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a log that was signed for is malformed");
    l->size = s->size;
    memcpy(l->root, s->root, 32);
    w->n++;
    return VAULT_OK;
}

static enum vault_status
make(struct vault *v, const struct vlt_judging *j, const uint8_t vault[16],
    struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_witnessed w;
    int64_t now = vlt_now(v);
    enum vault_status st = VAULT_OK;
    size_t i;

    memset(&w, 0, sizeof w);
    memcpy(w.vault, vault, 16);
    memcpy(w.card, v->card.fingerprint, 32);
    w.time = now < 0 ? 0 : (uint64_t)now;
    w.log = calloc(VLT_WITNESSED_LOGS, sizeof *w.log);
    if (w.log == NULL)
        return vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < j->seens.n; i++) {
        if (memcmp(j->seens.at[i].vault, vault, 16) != 0)
            continue;
        st = w.n < VLT_WITNESSED_LOGS
            ? put_log(&w, &j->seens.at[i], err)
            : vlt_fail(err, VAULT_E_LIMIT, "more than %d logs of one vault",
                  VLT_WITNESSED_LOGS);
    }
    if (st == VAULT_OK)
        st = vlt_witnessed_make(&w, v->seed, v->id, out, err);
    vlt_witnessed_clear(&w);
    return st;
}

enum vault_status
vault_witness_tell(struct vault *v, const uint8_t vault[VAULT_ID],
    int (*fn)(void *ctx, const char *note, size_t len), void *ctx,
    struct vault_error *err)
{
    struct vlt_judging j;
    struct vlt_buf note;
    enum vault_status st = load(v, &j, err);

    vlt_buf_init(&note, VLT_NOTE_MAX);
    if (st == VAULT_OK)
        st = make(v, &j, vault, &note, err);
    if (st == VAULT_OK && fn(ctx, (const char *)note.p, note.len) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    vlt_buf_clear(&note);
    vlt_judging_clear(&j);
    return st;
}
