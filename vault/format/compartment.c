/* SPDX-License-Identifier: Apache-2.0 */
/* compartment.c: a set of people that records are sealed to, as a setting */
#include "compartment.h"
#include <stdio.h>
#include <string.h>
#include "fail.h"

bool
vlt_compartment_is_default(const struct vlt_compartment *c)
{
    return strcmp(c->name, VLT_COMPARTMENT_DEFAULT) == 0;
}

bool
vlt_compartment_type_ok(const char *type, size_t len)
{
    size_t i;

    if (len == 0 || len > VLT_COMPARTMENT_TYPE || type[0] < 'a' ||
        type[0] > 'z')
        return false;
    for (i = 1; i < len; i++) {
        char c = type[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

/* ---- lists in order ---- */

size_t
vlt_compartment_member(const struct vlt_compartment *c,
    const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < c->members; i++) {
        if (memcmp(c->member[i], fingerprint, 32) == 0)
            break;
    }
    return i;
}

size_t
vlt_compartment_type(const struct vlt_compartment *c, const char *type)
{
    size_t i;

    for (i = 0; i < c->types; i++) {
        if (strcmp(c->type[i], type) == 0)
            break;
    }
    return i;
}

enum vault_status
vlt_compartment_member_add(struct vlt_compartment *c,
    const uint8_t fingerprint[32], struct vault_error *err)
{
    size_t at = 0;

    if (vlt_compartment_member(c, fingerprint) < c->members)
        return VAULT_OK;
    if (c->members == VLT_COMPARTMENT_MEMBERS)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a compartment has at most %d members",
            (int)VLT_COMPARTMENT_MEMBERS);
    while (at < c->members && memcmp(c->member[at], fingerprint, 32) < 0)
        at++;
    memmove(c->member[at + 1], c->member[at], (c->members - at) * 32);
    memcpy(c->member[at], fingerprint, 32);
    c->members++;
    return VAULT_OK;
}

enum vault_status
vlt_compartment_type_add(struct vlt_compartment *c, const char *type,
    struct vault_error *err)
{
    size_t n = strlen(type);
    size_t at = 0;

    if (!vlt_compartment_type_ok(type, n))
        return vlt_fail(err, VAULT_E_USAGE, "\"%s\" is no type of a record",
            type);
    if (vlt_compartment_type(c, type) < c->types)
        return VAULT_OK;
    if (c->types == VLT_COMPARTMENT_TYPES)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a compartment has at most %d types", (int)VLT_COMPARTMENT_TYPES);
    while (at < c->types && strcmp(c->type[at], type) < 0)
        at++;
    memmove(c->type[at + 1], c->type[at], (c->types - at) * sizeof c->type[0]);
    memset(c->type[at], 0, sizeof c->type[0]);
    memcpy(c->type[at], type, n);
    c->types++;
    return VAULT_OK;
}

/* ---- fields ---- */

enum vault_status
vlt_compartment_fields(struct vlt_fields *f, const struct vlt_compartment *c,
    struct vault_error *err)
{
    char name[32];
    size_t i;
    enum vault_status st = vlt_fields_add_text(f, "kind", "compartment", err);

    if (st == VAULT_OK)
        st = vlt_fields_add_text(f, "name", c->name, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(f, "own", c->own ? "yes" : "no", err);
    if (st == VAULT_OK && c->since != 0)
        st = vlt_fields_add_i64(f, VLT_FIELD_TIME, "since", c->since, err);
    if (st == VAULT_OK && c->since != 0)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "to", c->to,
            sizeof c->to, err);
    for (i = 0; st == VAULT_OK && i < c->members; i++) {
        (void)snprintf(name, sizeof name, "member.%zu", i + 1);
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, name,
            c->member[i], 32, err);
    }
    for (i = 0; st == VAULT_OK && i < c->types; i++) {
        (void)snprintf(name, sizeof name, "type.%zu", i + 1);
        st = vlt_fields_add_text(f, name, c->type[i], err);
    }
    return st;
}

/* A text of 1 to max bytes without a 0 in it; out has one more. */
static bool
read_text(const struct vlt_field *f, char *out, size_t max)
{
    if (f == NULL || f->type != VLT_FIELD_TEXT || f->state != VLT_STATE_VALUE ||
        f->value_len == 0 || f->value_len > max ||
        memchr(f->value, 0, f->value_len) != NULL)
        return false;
    memcpy(out, f->value, f->value_len);
    out[f->value_len] = 0;
    return true;
}

static bool
read_members(struct vlt_compartment *c, const struct vlt_fields *f)
{
    const struct vlt_field *x;
    char name[32];

    for (;;) {
        (void)snprintf(name, sizeof name, "member.%zu", c->members + 1);
        x = vlt_fields_find(f, name);
        if (x == NULL)
            return true;
        if (c->members == VLT_COMPARTMENT_MEMBERS ||
            x->type != VLT_FIELD_BYTES || x->state != VLT_STATE_VALUE ||
            x->value_len != 32 ||
            (c->members > 0 &&
                memcmp(c->member[c->members - 1], x->value, 32) >= 0))
            return false;
        memcpy(c->member[c->members++], x->value, 32);
    }
}

static bool
read_types(struct vlt_compartment *c, const struct vlt_fields *f)
{
    const struct vlt_field *x;
    char name[32];

    for (;;) {
        (void)snprintf(name, sizeof name, "type.%zu", c->types + 1);
        x = vlt_fields_find(f, name);
        if (x == NULL)
            return true;
        if (c->types == VLT_COMPARTMENT_TYPES ||
            !read_text(x, c->type[c->types], VLT_COMPARTMENT_TYPE) ||
            !vlt_compartment_type_ok(c->type[c->types],
                strlen(c->type[c->types])) ||
            (c->types > 0 &&
                strcmp(c->type[c->types - 1], c->type[c->types]) >= 0))
            return false;
        c->types++;
    }
}

/* Both or none. */
static bool
read_since(struct vlt_compartment *c, const struct vlt_fields *f)
{
    const struct vlt_field *since = vlt_fields_find(f, "since");
    const struct vlt_field *to = vlt_fields_find(f, "to");

    if (since == NULL && to == NULL)
        return true;
    if (since == NULL || to == NULL || since->type != VLT_FIELD_TIME ||
        !vlt_fields_i64(f, "since", &c->since) || c->since <= 0 ||
        to->type != VLT_FIELD_BYTES || to->state != VLT_STATE_VALUE ||
        to->value_len != sizeof c->to)
        return false;
    memcpy(c->to, to->value, sizeof c->to);
    return true;
}

static bool
fits(const struct vlt_compartment *c)
{
    if (vlt_compartment_is_default(c))
        return c->own && c->types == 0;
    return c->members > 0 && c->since == 0;
}

enum vault_status
vlt_compartment_read(struct vlt_compartment *out, const struct vlt_fields *f,
    struct vault_error *err)
{
    struct vlt_compartment c = {.own = false};
    char kind[16], own[4];

    if (!read_text(vlt_fields_find(f, "kind"), kind, sizeof kind - 1) ||
        strcmp(kind, "compartment") != 0 ||
        !read_text(vlt_fields_find(f, "name"), c.name, VLT_COMPARTMENT_NAME) ||
        !read_text(vlt_fields_find(f, "own"), own, sizeof own - 1) ||
        (strcmp(own, "yes") != 0 && strcmp(own, "no") != 0))
        return vlt_fail(err, VAULT_E_FORMAT, "a compartment is malformed");
    c.own = strcmp(own, "yes") == 0;
    if (!read_members(&c, f) || !read_types(&c, f) || !read_since(&c, f) ||
        !fits(&c))
        return vlt_fail(err, VAULT_E_FORMAT,
            "the members or types of a compartment are malformed");
    *out = c;
    return VAULT_OK;
}
