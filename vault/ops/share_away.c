/* SPDX-License-Identifier: Apache-2.0 */
/* share_away.c: records that only others can open, carried to them */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "member_view.h"
#include "sharing.h"

static enum vault_status
names_of(struct vault_share *s, struct vault_error *err)
{
    enum vault_status st;

    if (s->names != NULL)
        return VAULT_OK;
    s->names = calloc(1, sizeof *s->names);
    if (s->names == NULL)
        return vlt_fail_memory(err);
    st = vlt_member_names_load(s->v, s->names, err);
    if (st != VAULT_OK)
        vlt_share_away_clear(s);
    return st;
}

void
vlt_share_away_clear(struct vault_share *s)
{
    if (s->names != NULL)
        vlt_member_names_clear(s->names);
    free(s->names);
    s->names = NULL;
}

/* Whoever renewed the card still has the key of the one before. */
static bool
can_open(const struct vault_share *s, const struct vlt_pin *p,
    const struct vlt_away *a)
{
    size_t i;

    for (i = 0; i < a->to_len; i++) {
        const uint8_t *of = vlt_member_vault(s->names, a->to[i]);

        if (memcmp(a->to[i], p->card.fingerprint, 32) == 0 ||
            (of != NULL && memcmp(of, p->card.vault, 16) == 0))
            return true;
    }
    return false;
}

enum vault_status
vlt_share_away_check(struct vault_share *s, const struct vlt_away *a,
    struct vault_error *err)
{
    size_t i;
    enum vault_status st = names_of(s, err);

    if (st != VAULT_OK)
        return st;
    if (vlt_share_chooses(s))
        return vlt_fail(err, VAULT_E_POLICY,
            "it is sealed to the compartment \"%s\", and nobody can open it "
            "here: it goes whole or not at all",
            a->name);
    for (i = 0; i < s->recipients; i++) {
        if (!can_open(s, &s->pin[i], a))
            return vlt_fail(err, VAULT_E_POLICY,
                "it is sealed to the compartment \"%s\", and \"%s\" is not in "
                "it: only its members can share it",
                a->name, s->pin[i].name);
    }
    return VAULT_OK;
}

static enum vault_status
put_epoch(struct vlt_share_file *f, const uint8_t id[16],
    struct vault_error *err)
{
    struct vlt_epoch_row row;
    bool there = false;
    enum vault_status st =
        vlt_epoch_is(f->out, id, VLT_EPOCH_COMPARTMENT, &there, err);

    if (st != VAULT_OK || there)
        return st;
    st = vlt_epoch_by_id(f->s->v->store, id, &row, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_epoch_put(f->out, &row.epoch, NULL, 0, err);
    vlt_epoch_row_clear(&row);
    return st;
}

enum vault_status
vlt_share_away_wrap(struct vlt_share_file *f, uint64_t rid,
    uint8_t wrap[VLT_RECORD_WRAP], struct vault_error *err)
{
    struct vlt_wrap w;
    enum vault_status st = vlt_wrap_get(f->s->v->store, rid, wrap, err);

    if (st == VAULT_OK)
        st = vlt_wrap_decode(&w, wrap, VLT_RECORD_WRAP, err);
    return st == VAULT_OK ? put_epoch(f, w.epoch, err) : st;
}
