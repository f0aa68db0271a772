/* SPDX-License-Identifier: Apache-2.0 */
/* sealed_away.c: records of this vault that only others can open */
#include "sealed_away.h"
#include <stdio.h>
#include <string.h>
#include "epoch_rows.h"
#include "event.h"
#include "fail.h"
#include "fingerprint.h"
#include "settings.h"

enum vault_status
vlt_away_wrap(struct vlt_store *s, uint64_t rid, bool *away, uint8_t *epoch,
    struct vault_error *err)
{
    uint8_t row[VLT_RECORD_WRAP];
    struct vlt_wrap wrap;
    enum vault_status st = vlt_wrap_get(s, rid, row, err);

    *away = false;
    if (st == VAULT_OK)
        st = vlt_wrap_decode(&wrap, row, sizeof row, err);
    if (st == VAULT_E_NOT_FOUND || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_epoch_is(s, wrap.epoch, VLT_EPOCH_COMPARTMENT, away, err);
    if (st == VAULT_OK && epoch != NULL)
        memcpy(epoch, wrap.epoch, sizeof wrap.epoch);
    return st;
}

enum vault_status
vlt_away_destroy(struct vlt_store *s, uint64_t rid, struct vault_error *err)
{
    uint8_t epoch[16];
    bool away = false;
    enum vault_status st = vlt_away_wrap(s, rid, &away, epoch, err);

    if (st == VAULT_OK)
        st = vlt_wrap_destroy(s, rid, err);
    return st == VAULT_OK && away ? vlt_away_epoch_unused(s, epoch, err) : st;
}

/* ---- its line ---- */

bool
vlt_away_said(const struct vlt_fields *f, struct vlt_away *out)
{
    const struct vlt_field *x = vlt_fields_find(f, "compartment");
    char name[32];

    memset(out, 0, sizeof *out);
    out->time = -1;
    if (x == NULL || x->type != VLT_FIELD_TEXT || x->value_len == 0 ||
        x->value_len > VLT_COMPARTMENT_NAME)
        return false;
    memcpy(out->name, x->value, x->value_len);
    out->own = vlt_fields_find(f, "own") != NULL;
    (void)vlt_fields_i64(f, "time", &out->time);
    while (out->to_len < VLT_COMPARTMENT_MEMBERS) {
        (void)snprintf(name, sizeof name, "to.%zu", out->to_len + 1);
        x = vlt_fields_find(f, name);
        if (x == NULL || x->type != VLT_FIELD_BYTES || x->value_len != 32)
            break;
        memcpy(out->to[out->to_len++], x->value, 32);
    }
    return true;
}

struct search {
    struct vault *v;
    const uint8_t *stmt;
    bool found;
    struct vlt_away away;
};

/* Of the running action, or in a signed tree. */
static enum vault_status
is_signed(struct vault *v, const struct vlt_leaf_row *r, bool *out,
    struct vault_error *err)
{
    const struct vlt_own_log *log = vlt_own_log_find(&v->logs, r->log);

    *out = true;
    if (v->acting && r->log == v->log_n && (log == NULL || r->idx >= log->size))
        return VAULT_OK;
    *out = log != NULL && !log->session;
    return *out ? vlt_own_leaf_check(v->store, log, r->idx, &r->leaf, err)
                : VAULT_OK;
}

static enum vault_status
match_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct search *q = ctx;
    struct vlt_fields f;
    bool ours = false;
    enum vault_status st;

    if (q->found || memcmp(r->leaf.subject, q->stmt, 32) != 0 ||
        (strcmp(r->leaf.kind, "seal") != 0 &&
            strcmp(r->leaf.kind, "take") != 0) ||
        r->evct == NULL)
        return VAULT_OK;
    st = is_signed(q->v, r, &ours, err);
    if (st != VAULT_OK || !ours)
        return st;
    vlt_fields_init(&f);
    st = vlt_event_read(q->v, r, &f, err);
    if (st == VAULT_OK)
        q->found = vlt_away_said(&f, &q->away);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_sealed_to(struct vault *v, const struct vlt_record_head *head, bool *said,
    struct vlt_away *out, struct vault_error *err)
{
    uint8_t stmt[32];
    struct search q = {.v = v, .stmt = stmt};
    enum vault_status st;

    vlt_record_stmt(stmt, head);
    st = vlt_leaves_of(v->store, head->h.id, match_line, &q, err);
    if (st != VAULT_OK)
        return st;
    *said = q.found;
    if (q.found && out != NULL)
        *out = q.away;
    return VAULT_OK;
}

enum vault_status
vlt_away_look(struct vault *v, uint64_t rid, const struct vlt_record_head *head,
    bool *away, struct vlt_away *out, struct vault_error *err)
{
    struct vlt_away said;
    enum vault_status st = vlt_away_wrap(v->store, rid, away, NULL, err);

    if (st == VAULT_OK && *away)
        st = vlt_sealed_to(v, head, away, &said, err);
    if (st != VAULT_OK || !*away)
        return st;
    *away = !said.own; /* else somebody exchanged its wrap */
    if (*away && out != NULL)
        *out = said;
    return VAULT_OK;
}

/* ---- said to a person ---- */

struct naming {
    const struct vlt_away *away;
    char *out;
    size_t size, len;
    size_t named;
};

static enum vault_status
add_name(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct naming *n = ctx;
    size_t i;
    int len;

    (void)err;
    for (i = 0; i < n->away->to_len; i++) {
        if (memcmp(n->away->to[i], p->card.fingerprint, 32) == 0)
            break;
    }
    if (i == n->away->to_len)
        return VAULT_OK;
    len = snprintf(n->out + n->len, n->size - n->len, "%s%s",
        n->named > 0 ? ", " : "", p->name);
    if (len > 0 && (size_t)len < n->size - n->len) {
        n->len += (size_t)len;
        n->named++;
    } else {
        n->out[n->len] = 0; /* the first few will do */
    }
    return VAULT_OK;
}

enum vault_status
vlt_away_explain(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, enum vault_status st,
    struct vault_error *err)
{
    struct vlt_away a;
    char names[160] = "";
    struct naming n = {&a, names, sizeof names, 0, 0};
    struct vault_error why;
    bool away = false;

    if (st != VAULT_E_NO_KEY ||
        vlt_away_look(v, rid, head, &away, &a, &why) != VAULT_OK || !away)
        return st;
    if (vlt_pins(v, add_name, &n, &why) != VAULT_OK || n.named == 0)
        return vlt_fail(err, VAULT_E_NO_KEY,
            "it is sealed to the compartment \"%s\", and nobody can open it "
            "here",
            a.name);
    return vlt_fail(err, VAULT_E_NO_KEY,
        "it is sealed to the compartment \"%s\", and nobody can open it here: "
        "ask %s",
        a.name, names);
}
