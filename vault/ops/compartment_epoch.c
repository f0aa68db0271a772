/* SPDX-License-Identifier: Apache-2.0 */
/* compartment_epoch.c: what a process seals to a compartment, and with it the
 * keys that nobody has afterwards */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compartment_set.h"
#include "fail.h"
#include "hash.h"
#include "sign.h"

/*
 * One epoch per compartment and process (docs/format.md, section 5). Without
 * the vault it is of kind 4: a chain, of which only the step that comes next is
 * kept. With the vault it is one of the vault's own kind, 1 or 3, but for more
 * people than the vault's other records; its cache is empty, so that no other
 * process goes on with it.
 */
struct vlt_compartment_epoch {
    uint8_t set[32]; /* whom it is sealed to, by which log */
    struct vlt_epoch epoch;
    struct vlt_e0 *e0;     /* of kind 1 */
    struct vlt_step *step; /* of a chain: that of next_i */
    uint32_t next_i;
};

static void
forget(struct vlt_compartment_epoch *e)
{
    vlt_epoch_clear(&e->epoch);
    vlt_e0_free(e->e0);
    vlt_step_free(e->step);
    memset(e, 0, sizeof *e);
}

void
vlt_compartments_epochs_forget(struct vault *v)
{
    struct vlt_compartment_set *s = v->compartments;
    size_t i;

    if (s == NULL)
        return;
    for (i = 0; i < s->epochs; i++)
        forget(&s->epoch[i]);
    free(s->epoch);
    s->epoch = NULL;
    s->epochs = 0;
}

/* ---- which one ---- */

static enum vlt_epoch_kind
kind_of(const struct vault *v, const struct vlt_compartment_now *c)
{
    if (!c->row.own)
        return VLT_EPOCH_COMPARTMENT;
    return v->capture ? VLT_EPOCH_CAPTURE : VLT_EPOCH_VAULT;
}

/* Two compartments of the same people need not share an epoch. */
static void
name_set(const struct vault *v, const struct vlt_compartment_now *c,
    uint8_t log_key[32], uint8_t out[32])
{
    struct vlt_sha256 h;
    size_t i;

    vlt_sign_public(log_key, v->state.log->b);
    vlt_sha256_init(&h);
    vlt_sha256_update(&h, log_key, 32);
    vlt_sha256_update(&h, c->row.name, sizeof c->row.name);
    if (c->row.own)
        vlt_sha256_update(&h, v->card.fingerprint, 32);
    for (i = 0; i < c->to_len; i++)
        vlt_sha256_update(&h, c->to[i].fingerprint, 32);
    vlt_sha256_final(&h, out);
}

static struct vlt_compartment_epoch *
find(struct vlt_compartment_set *s, const uint8_t set[32])
{
    size_t i;

    for (i = 0; i < s->epochs; i++) {
        if (memcmp(s->epoch[i].set, set, 32) == 0)
            return &s->epoch[i];
    }
    return NULL;
}

static enum vault_status
place(struct vlt_compartment_set *s, struct vlt_compartment_epoch **out,
    struct vault_error *err)
{
    struct vlt_compartment_epoch *more =
        realloc(s->epoch, (s->epochs + 1) * sizeof *more);

    if (more == NULL)
        return vlt_fail_memory(err);
    s->epoch = more;
    *out = &more[s->epochs++];
    memset(*out, 0, sizeof **out);
    return VAULT_OK;
}

/* ---- made ---- */

static enum vault_status
draw(struct vault *v, const struct vlt_compartment_now *c,
    const uint8_t log_key[32], struct vlt_epoch *out, struct vlt_e0 **e0,
    struct vault_error *err)
{
    struct vlt_recipient *to = calloc(c->to_len + 1, sizeof *to);
    size_t n = 0;
    enum vault_status st;

    if (to == NULL)
        return vlt_fail_memory(err);
    if (c->row.own) {
        memcpy(to[n].kem, v->card.kem, sizeof to[n].kem);
        memcpy(to[n++].fingerprint, v->card.fingerprint, 32);
    }
    if (c->to_len > 0)
        memcpy(to + n, c->to, c->to_len * sizeof *to);
    st = vlt_epoch_make(out, kind_of(v, c), v->id, log_key, to, n + c->to_len,
        e0, err);
    free(to);
    return st;
}

static enum vault_status
begin(struct vault *v, const struct vlt_compartment_now *c,
    const uint8_t log_key[32], struct vlt_compartment_epoch *e,
    struct vault_error *err)
{
    struct vlt_epoch epoch = {.n = 0};
    struct vlt_step *step = vlt_step_new();
    struct vlt_e0 *e0 = NULL;
    bool chain = kind_of(v, c) != VLT_EPOCH_VAULT;
    enum vault_status st = step == NULL ? vlt_fail_memory(err)
                                        : draw(v, c, log_key, &epoch, &e0, err);

    if (st == VAULT_OK)
        st = vlt_epoch_put(v->store, &epoch, NULL, 0, err);
    if (st != VAULT_OK) {
        vlt_epoch_clear(&epoch);
        vlt_e0_free(e0);
        vlt_step_free(step);
        return st;
    }
    if (chain) {
        vlt_epoch_step(step, &epoch, e0, 0);
        vlt_e0_free(e0);
        e0 = NULL;
    } else {
        vlt_step_free(step);
        step = NULL;
    }
    vlt_epoch_clear(&e->epoch);
    vlt_e0_free(e->e0);
    vlt_step_free(e->step);
    e->epoch = epoch;
    e->e0 = e0;
    e->step = step;
    e->next_i = 0;
    return VAULT_OK;
}

/* Its row may have gone with the last record under it, that somebody withdrew
 * meanwhile: whoever went on with it would seal for nobody. */
static enum vault_status
is_there(struct vault *v, const struct vlt_compartment_epoch *e, bool *out,
    struct vault_error *err)
{
    *out = e->epoch.n > 0 && e->next_i < vlt_epoch_steps(e->epoch.kind);
    return *out ? vlt_epoch_is(v->store, e->epoch.id, e->epoch.kind, out, err)
                : VAULT_OK;
}

/* The one of this process, or a new one. */
static enum vault_status
epoch_of(struct vault *v, const struct vlt_compartment_now *c,
    struct vlt_compartment_epoch **out, struct vault_error *err)
{
    struct vlt_compartment_epoch *e;
    uint8_t log_key[32], set[32];
    bool there = false;
    enum vault_status st = VAULT_OK;

    name_set(v, c, log_key, set);
    e = find(v->compartments, set);
    if (e == NULL)
        st = place(v->compartments, &e, err);
    if (st == VAULT_OK)
        st = is_there(v, e, &there, err);
    if (st == VAULT_OK && !there)
        st = begin(v, c, log_key, e, err);
    if (st != VAULT_OK)
        return st;
    memcpy(e->set, set, sizeof e->set);
    *out = e;
    return VAULT_OK;
}

/* ---- used ---- */

enum vault_status
vlt_compartment_wrap(struct vault *v, const struct vlt_compartment_now *c,
    uint8_t out[VLT_RECORD_WRAP], const struct vlt_record_head *head,
    const struct vlt_rk *rk, struct vault_error *err)
{
    struct vlt_compartment_epoch *e;
    enum vault_status st;

    if (c->to_len == 0 && !c->row.own)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "sanduq key compartment change says who takes their place",
            "no card of the compartment \"%s\" can be sealed to any more: "
            "revoked, refused, or not pinned",
            c->row.name);
    st = epoch_of(v, c, &e, err);
    if (st != VAULT_OK)
        return st;
    if (e->step == NULL) {
        vlt_wrap_seal(out, &e->epoch, e->e0, e->next_i++, head, rk);
        return VAULT_OK;
    }
    vlt_wrap_seal_step(out, &e->epoch, e->step, e->next_i, head, rk);
    vlt_epoch_next(e->step, &e->epoch, e->next_i);
    e->next_i++;
    return VAULT_OK;
}

enum vault_status
vlt_compartment_said(const struct vlt_compartment_now *c, struct vlt_fields *f,
    struct vault_error *err)
{
    char name[32];
    size_t i;
    enum vault_status st =
        vlt_fields_add_text(f, "compartment", c->row.name, err);

    if (st == VAULT_OK && c->row.own)
        st = vlt_fields_add_text(f, "own", "yes", err);
    for (i = 0; st == VAULT_OK && i < c->to_len; i++) {
        (void)snprintf(name, sizeof name, "to.%zu", i + 1);
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, name,
            c->to[i].fingerprint, 32, err);
    }
    return st;
}
