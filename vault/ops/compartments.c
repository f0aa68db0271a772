/* SPDX-License-Identifier: Apache-2.0 */
/* compartments.c: for whom records are sealed: shown, made, changed, removed */
#include <stdlib.h>
#include <string.h>
#include "compartment_set.h"
#include "fail.h"
#include "fingerprint.h"
#include "member_view.h"

/* ---- shown ---- */

struct shown {
    struct vault_compartment c;
    struct vault_compartment_member member[VLT_COMPARTMENT_MEMBERS];
    const char *type[VLT_COMPARTMENT_TYPES];
};

static int
show_one(const struct vlt_compartment *c, const struct vlt_member_names *names,
    int (*fn)(void *ctx, const struct vault_compartment *c), void *ctx)
{
    struct shown s;
    size_t i;

    memset(&s, 0, sizeof s);
    for (i = 0; i < c->members; i++)
        vlt_member_view(names, c->member[i], &s.member[i]);
    for (i = 0; i < c->types; i++)
        s.type[i] = c->type[i];
    s.c = (struct vault_compartment){c->name, c->own, s.member, c->members,
        s.type, c->types};
    return fn(ctx, &s.c);
}

/* Copied, so that fn may use the handle. */
static enum vault_status
copy_rows(struct vault *v, struct vlt_compartment **out, size_t *n,
    struct vlt_member_names *names, struct vault_error *err)
{
    const struct vlt_compartment_set *set;
    struct vlt_compartment *all;
    size_t i;
    enum vault_status st = vlt_compartments_now(v, &set, err);

    if (st != VAULT_OK)
        return st;
    all = calloc(set->n + 1, sizeof *all);
    if (all == NULL)
        return vlt_fail_memory(err);
    *n = 0;
    for (i = 0; i < set->n; i++) {
        if (vlt_compartment_is_default(&set->at[i].row) &&
            set->at[i].row.members > 0)
            all[(*n)++] = set->at[i].row;
    }
    for (i = 0; i < set->n; i++) {
        if (!vlt_compartment_is_default(&set->at[i].row))
            all[(*n)++] = set->at[i].row;
    }
    st = vlt_member_names_load(v, names, err);
    if (st != VAULT_OK)
        free(all);
    else
        *out = all;
    return st;
}

enum vault_status
vault_compartments(struct vault *v,
    int (*fn)(void *ctx, const struct vault_compartment *c), void *ctx,
    struct vault_error *err)
{
    struct vlt_member_names names = {0, NULL};
    struct vlt_compartment *all = NULL;
    size_t n = 0, i;
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = copy_rows(v, &all, &n, &names, err);
    vlt_store_rollback(v->store);
    for (i = 0; st == VAULT_OK && i < n; i++) {
        if (show_one(&all[i], &names, fn, ctx) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    vlt_member_names_clear(&names);
    free(all);
    return st;
}

enum vault_status
vault_compartment_of_type(struct vault *v, const char *type,
    char name[VAULT_COMPARTMENT_NAME], bool *own, struct vault_error *err)
{
    const struct vlt_compartment_now *c = NULL;
    const struct vlt_compartment_set *set;
    bool ours = !vlt_store_in_transaction(v->store);
    enum vault_status st = VAULT_OK;

    if (ours)
        st = v->capture ? vlt_store_begin(v->store, false, err)
                        : vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_compartments_now(v, &set, err);
    if (st == VAULT_OK) {
        c = vlt_compartment_of_type(set, type);
        *own = c == NULL || c->row.own;
        if (name != NULL)
            memcpy(name, c != NULL ? c->row.name : "",
                c != NULL ? sizeof c->row.name : 1);
    }
    if (ours)
        vlt_store_rollback(v->store);
    return st;
}

/* ---- changed ---- */

struct changing {
    struct vault *v;
    const struct vault_compartment_change *c;
    const struct vlt_compartment_set *set;
    struct vlt_member_names names;
    uint64_t id; /* of its setting; 0: a new one */
    struct vlt_compartment row;
};

static enum vault_status
judge_card(const struct changing *x, const struct vlt_pin *p,
    struct vault_error *err)
{
    if (p->state == VLT_PIN_REVOKED || p->state == VLT_PIN_REFUSED)
        return vlt_fail(err, VAULT_E_POLICY,
            "the card of \"%s\" is %s: nothing is sealed to it", p->name,
            vlt_pin_state_word(p->state));
    if (p->state == VLT_PIN_KNOWN || x->c->allow_unconfirmed)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "compare the fingerprint with its owner and confirm the card first, or "
        "say --allow-unconfirmed",
        "nobody has compared the card of \"%s\" with its owner", p->name);
}

static void
drop_at(struct vlt_compartment *c, size_t at)
{
    memmove(c->member[at], c->member[at + 1],
        (c->members - at - 1) * sizeof c->member[0]);
    c->members--;
}

/* All cards of that vault; how many there were. */
static size_t
drop_vault(struct changing *x, const uint8_t vault[16])
{
    size_t i, n = 0;

    for (i = 0; i < x->row.members;) {
        const uint8_t *of = vlt_member_vault(&x->names, x->row.member[i]);

        if (of == NULL || memcmp(of, vault, 16) != 0) {
            i++;
            continue;
        }
        drop_at(&x->row, i);
        n++;
    }
    return n;
}

static enum vault_status
add_member(struct changing *x, const char *given, struct vault_error *err)
{
    char name[VLT_PIN_NAME + 1];
    struct vlt_pin p;
    enum vault_status st = vlt_pin_name(given, name, err);

    if (st != VAULT_OK)
        return st;
    vlt_pin_init(&p);
    st = vlt_pin_by_name(x->v, name, &p, err);
    if (st == VAULT_OK)
        st = judge_card(x, &p, err);
    if (st == VAULT_OK) {
        (void)drop_vault(x, p.card.vault);
        st = vlt_compartment_member_add(&x->row, p.card.fingerprint, err);
    }
    vlt_pin_clear(&p);
    return st;
}

/* By name, or by the fingerprint of one that is not pinned any more. */
static enum vault_status
drop_member(struct changing *x, const char *given, struct vault_error *err)
{
    struct vlt_pin p;
    size_t i;
    bool gone = false;
    enum vault_status st;

    for (i = 0; i < x->row.members; i++) {
        if (vlt_fingerprint_is(x->row.member[i], given)) {
            drop_at(&x->row, i);
            return VAULT_OK;
        }
    }
    vlt_pin_init(&p);
    st = vlt_pin_by_name(x->v, given, &p, NULL);
    if (st == VAULT_OK)
        gone = drop_vault(x, p.card.vault) > 0;
    vlt_pin_clear(&p);
    if (st != VAULT_OK && st != VAULT_E_NOT_FOUND)
        return vlt_fail(err, st, "the pinned cards cannot be read");
    return gone ? VAULT_OK
                : vlt_fail(err, VAULT_E_NOT_FOUND,
                      "\"%s\" is no member of the compartment", given);
}

static enum vault_status
bind(struct changing *x, const char *type, struct vault_error *err)
{
    const struct vlt_compartment_now *bound =
        vlt_compartment_of_type(x->set, type);

    if (bound != NULL && bound->id != x->id)
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            "sanduq key compartment change --unbind takes it away from there",
            "records of type %s go to the compartment \"%s\"", type,
            bound->row.name);
    return vlt_compartment_type_add(&x->row, type, err);
}

static enum vault_status
unbind(struct changing *x, const char *type, struct vault_error *err)
{
    size_t at = vlt_compartment_type(&x->row, type);

    if (at == x->row.types)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "the type %s is not bound to this compartment", type);
    memmove(x->row.type[at], x->row.type[at + 1],
        (x->row.types - at - 1) * sizeof x->row.type[0]);
    x->row.types--;
    return VAULT_OK;
}

static enum vault_status
judge_row(const struct changing *x, struct vault_error *err)
{
    const struct vlt_compartment *c = &x->row;

    if (vlt_compartment_is_default(c) && (!c->own || c->types > 0))
        return vlt_fail(err, VAULT_E_USAGE,
            "the default compartment is for this vault too, and for all types "
            "that are bound to no other");
    if (!vlt_compartment_is_default(c) && c->members == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "sanduq key compartment remove takes the compartment away",
            "a compartment has at least one member");
    if (!c->own && vlt_compartment_type(c, "consent") < c->types)
        return vlt_fail(err, VAULT_E_USAGE,
            "consents cannot go where this vault does not read them: nobody "
            "here could see a no in one any more, and obey it");
    return VAULT_OK;
}

static enum vault_status
apply(struct changing *x, struct vault_error *err)
{
    const struct vault_compartment_change *c = x->c;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < c->drop_len; i++)
        st = drop_member(x, c->drop[i], err);
    for (i = 0; st == VAULT_OK && i < c->add_len; i++)
        st = add_member(x, c->add[i], err);
    for (i = 0; st == VAULT_OK && i < c->unbind_len; i++)
        st = unbind(x, c->unbind[i], err);
    for (i = 0; st == VAULT_OK && i < c->bind_len; i++)
        st = bind(x, c->bind[i], err);
    if (c->own != VAULT_COMPARTMENT_OWN_SAME)
        x->row.own = c->own == VAULT_COMPARTMENT_WITH_ME;
    return st == VAULT_OK ? judge_row(x, err) : st;
}

static enum vault_status
find_row(struct changing *x, struct vault_error *err)
{
    char name[VLT_PIN_NAME + 1];
    const struct vlt_compartment_now *c;
    bool usual;
    enum vault_status st = vlt_pin_name(x->c->name, name, err);

    if (st != VAULT_OK)
        return st;
    c = vlt_compartment_named(x->set, name);
    usual = strcmp(name, VLT_COMPARTMENT_DEFAULT) == 0;
    if (x->c->fresh && (c != NULL || usual))
        return vlt_fail(err, VAULT_E_EXISTS,
            "there is a compartment \"%s\" already",
            c != NULL ? c->row.name : name);
    if (!x->c->fresh && c == NULL && !usual)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "there is no compartment \"%s\"", name);
    if (c != NULL) {
        x->id = c->id;
        x->row = c->row;
        return VAULT_OK;
    }
    if (x->set->n == VLT_COMPARTMENTS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a vault has at most %d compartments", (int)VLT_COMPARTMENTS_MAX);
    memcpy(x->row.name, name, strlen(name) + 1);
    x->row.own = true;
    return VAULT_OK;
}

/* What a capture file could not hold is not set either. */
static enum vault_status
check_text(struct vault *v, struct vault_error *err)
{
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_compartments_text(v, &note, err);
    vlt_buf_clear(&note);
    return st;
}

static enum vault_status
change_in(struct changing *x, struct vault_error *err)
{
    enum vault_status st = vlt_compartments_now(x->v, &x->set, err);

    if (st == VAULT_OK)
        st = vlt_member_names_load(x->v, &x->names, err);
    if (st == VAULT_OK)
        st = find_row(x, err);
    if (st == VAULT_OK)
        st = apply(x, err);
    if (st == VAULT_OK)
        st = vlt_compartment_put(x->v, x->id, &x->row, err);
    vlt_member_names_clear(&x->names);
    if (st == VAULT_OK)
        st = vlt_settings_changed(x->v, err);
    return st == VAULT_OK ? check_text(x->v, err) : st;
}

static enum vault_status
begin(struct vault *v, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st == VAULT_OK && v->acting)
        st = vlt_action_commit(v, err);
    return st == VAULT_OK ? vlt_action_begin(v, err) : st;
}

static enum vault_status
finish(struct vault *v, enum vault_status st, struct vault_error *err)
{
    if (st == VAULT_OK)
        return vlt_action_commit(v, err);
    vlt_action_abort(v);
    return st;
}

enum vault_status
vault_compartment_change(struct vault *v,
    const struct vault_compartment_change *change, struct vault_error *err)
{
    struct changing x;
    enum vault_status st = begin(v, err);

    if (st != VAULT_OK)
        return st;
    memset(&x, 0, sizeof x);
    x.v = v;
    x.c = change;
    return finish(v, change_in(&x, err), err);
}

/* ---- removed ---- */

static enum vault_status
remove_in(struct vault *v, const char *name, struct vault_error *err)
{
    const struct vlt_compartment_set *set;
    const struct vlt_compartment_now *c;
    enum vault_status st = vlt_compartments_now(v, &set, err);

    if (st != VAULT_OK)
        return st;
    c = vlt_compartment_named(set, name);
    if (strcmp(name, VLT_COMPARTMENT_DEFAULT) == 0 ||
        (c != NULL && vlt_compartment_is_default(&c->row)))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "sanduq key compartment change default --drop takes its members "
            "out",
            "the default compartment cannot be removed");
    if (c == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "there is no compartment \"%s\"", name);
    st = vlt_setting_delete(v, c->id, err);
    vlt_compartments_forget(v);
    return st == VAULT_OK ? vlt_settings_changed(v, err) : st;
}

enum vault_status
vault_compartment_remove(struct vault *v, const char *name,
    struct vault_error *err)
{
    enum vault_status st = begin(v, err);

    return st == VAULT_OK ? finish(v, remove_in(v, name, err), err) : st;
}
