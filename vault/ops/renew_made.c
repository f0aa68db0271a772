/* SPDX-License-Identifier: Apache-2.0 */
/* renew_made.c: what the log says of files that were made from this vault */
#include <string.h>
#include "fail.h"
#include "renew.h"
#include "rows.h"

/* Asked of each `note` that names a card; true: found. */
struct asking {
    struct vault *v;
    bool (*fn)(const struct asking *a, const struct vlt_fields *l);
    const uint8_t *card;
    const uint8_t *slot;
    uint8_t *to;
    bool found;
};

static enum vault_status
look_at_note(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct asking *a = ctx;
    struct vlt_fields l;
    enum vault_status st;

    if (a->found || strcmp(r->leaf.kind, "note") != 0 || r->evct == NULL)
        return VAULT_OK;
    st = vlt_event_read(a->v, r, &l, err);
    if (st != VAULT_OK)
        return st;
    a->found = vlt_fields_find(&l, "card") != NULL && a->fn(a, &l);
    vlt_fields_clear(&l);
    return VAULT_OK;
}

static enum vault_status
look_at_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct asking *a = ctx;

    return vlt_leaves(a->v->store, r->n, 0, look_at_note, a, err);
}

static bool
is_next(const struct asking *a, const struct vlt_fields *l)
{
    int64_t generation = 0;

    return vlt_fields_i64(l, "generation", &generation) &&
        generation == (int64_t)a->v->card.generation + 1;
}

enum vault_status
vlt_renew_made(struct vault *v, bool *out, struct vault_error *err)
{
    struct asking a = {.v = v, .fn = is_next};
    enum vault_status st = vlt_logs(v->store, look_at_log, &a, err);

    if (st == VAULT_OK)
        *out = a.found;
    return st;
}

/* ---- whose card a slot of it is for ---- */

static bool
has_way(const struct asking *a, const struct vlt_fields *l)
{
    const struct vlt_field *card = vlt_fields_find(l, "card");
    const struct vlt_field *ways = vlt_fields_find(l, "ways");
    size_t i;

    if (card->type != VLT_FIELD_BYTES || card->value_len != 32 ||
        memcmp(card->value, a->card, 32) != 0 || ways == NULL ||
        ways->type != VLT_FIELD_BYTES)
        return false;
    for (i = 0; i + VLT_RENEW_TO <= ways->value_len; i += VLT_RENEW_TO) {
        if (memcmp(ways->value + i, a->slot, 16) != 0)
            continue;
        memcpy(a->to, ways->value + i + 16, 16);
        return true;
    }
    return false;
}

enum vault_status
vlt_renew_to(struct vault *v, const uint8_t card[32], const uint8_t slot[16],
    uint8_t to[16], struct vault_error *err)
{
    struct asking a = {.v = v,
        .fn = has_way,
        .card = card,
        .slot = slot,
        .to = to};
    enum vault_status st = vlt_logs(v->store, look_at_log, &a, err);

    if (st == VAULT_OK && !a.found)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "this vault's log does not say whose card that slot is for");
    return st;
}
