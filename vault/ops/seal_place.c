/* SPDX-License-Identifier: Apache-2.0 */
/* seal_place.c: to whom a record on its way in is sealed */
#include <string.h>
#include "fail.h"
#include "sealed_away.h"
#include "sealer.h"

/* The record's type; "" when it has none that is a word. */
static void
type_of(const struct vault_sealer *s, char out[VLT_COMPARTMENT_TYPE + 1])
{
    const struct vlt_field *f = vlt_fields_find(&s->meta.fields, "type");

    out[0] = 0;
    if (f == NULL)
        f = vlt_fields_find(&s->carried.fields, "type");
    if (f == NULL || f->type != VLT_FIELD_TEXT ||
        !vlt_compartment_type_ok((const char *)f->value, f->value_len))
        return;
    memcpy(out, f->value, f->value_len);
    out[f->value_len] = 0;
}

/* Whoever shares a record must be able to see the no in a consent. */
static enum vault_status
check_readable(const char *type, const struct vlt_compartment_now *to,
    struct vault_error *err)
{
    if (to == NULL || to->row.own || strcmp(type, "consent") != 0)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_POLICY,
        "a consent cannot go to the compartment \"%s\": nobody here could see "
        "a no in it any more, and obey it",
        to->row.name);
}

/* What a person chose. */
static enum vault_status
place_said(const struct vault_sealer *s, const struct vlt_compartment_set *set,
    const char *type, const struct vlt_compartment_now **out,
    struct vault_error *err)
{
    const struct vlt_compartment_now *bound =
        vlt_compartment_of_type(set, type);
    const struct vlt_compartment_now *said =
        vlt_compartment_named(set, s->compartment);
    bool usual = strcmp(s->compartment, VLT_COMPARTMENT_DEFAULT) == 0;

    if (said == NULL && !usual)
        return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "sanduq key compartment list shows them",
            "there is no compartment \"%s\"", s->compartment);
    if (bound != NULL && bound != said && !s->elsewhere)
        return vlt_fail(err, VAULT_E_POLICY,
            "records of type %s go to the compartment \"%s\"", type,
            bound->row.name);
    *out = usual ? NULL : said;
    return check_readable(type, *out, err);
}

/*
 * A new version of one that a person put into a compartment stays in it: it
 * carries everything that was in the version before.
 */
static enum vault_status
place_again(const struct vault_sealer *s, const struct vlt_compartment_set *set,
    const struct vlt_compartment_now **out, struct vault_error *err)
{
    const struct vlt_compartment_now *usual =
        vlt_compartment_named(set, VLT_COMPARTMENT_DEFAULT);
    const struct vlt_compartment_now *was;
    struct vlt_away to;
    bool said = false;
    enum vault_status st = vlt_sealed_to(s->v, &s->base, &said, &to, err);

    if (st != VAULT_OK || !said)
        return st;
    was = vlt_compartment_named(set, to.name);
    if (was != NULL && was->row.own) {
        *out = was;
        return VAULT_OK;
    }
    if (*out != NULL || usual == NULL || usual->to_len == 0)
        return VAULT_OK; /* where its type goes, or the vault alone */
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "say --compartment with the name of another one, or --compartment "
        "default, and the members of that can read it",
        "this record was sealed to the compartment \"%s\", which is no more, "
        "or which this vault is not in",
        to.name);
}

enum vault_status
vlt_sealer_place(const struct vault_sealer *s,
    const struct vlt_compartment_now **out, struct vault_error *err)
{
    const struct vlt_compartment_set *set;
    char type[VLT_COMPARTMENT_TYPE + 1];
    enum vault_status st = vlt_compartments_now(s->v, &set, err);

    if (st != VAULT_OK)
        return st;
    type_of(s, type);
    if (s->compartment[0] != 0)
        return place_said(s, set, type, out, err);
    *out = vlt_compartment_of_type(set, type);
    if (s->amends && (*out == NULL || (*out)->row.own))
        st = place_again(s, set, out, err);
    if (st != VAULT_OK)
        return st;
    if (!s->amends || *out == NULL || (*out)->row.own)
        return check_readable(type, *out, err);
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "say --compartment with its name, and nobody here can read it any "
        "more, or --compartment default, and it stays as readable as it is",
        "this record can be read here, and new ones of type %s go to the "
        "compartment \"%s\", which cannot",
        type, (*out)->row.name);
}

enum vault_status
vlt_sealer_check(const struct vault_sealer *s, struct vault_error *err)
{
    const struct vlt_compartment_now *to = NULL;
    struct vault *v = s->v;
    bool ours = !vlt_store_in_transaction(v->store);
    enum vault_status st = VAULT_OK;

    if (ours)
        st = v->capture ? vlt_store_begin(v->store, false, err)
                        : vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_sealer_place(s, &to, err);
    if (ours)
        vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_seal_compartment(struct vault_sealer *s, const char *name, bool elsewhere,
    struct vault_error *err)
{
    enum vault_status st;

    if (strlen(name) > VLT_COMPARTMENT_NAME || name[0] == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "there is no compartment of that name");
    memcpy(s->compartment, name, strlen(name) + 1);
    s->elsewhere = elsewhere;
    st = vlt_sealer_check(s, err);
    if (st != VAULT_OK)
        s->compartment[0] = 0;
    return st;
}
