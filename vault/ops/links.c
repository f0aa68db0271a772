/* SPDX-License-Identifier: Apache-2.0 */
/* links.c: links and tags of a record */
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "foreign.h"
#include "record_open.h"
#include "sealer.h"
#include "text.h"

enum { LINK_HEAD = 36, TAG_MAX = 64 };

/* ---- one link ---- */

/* vault 16, record 16, version u32, relation (docs/format.md, field type 4);
 * the bytes were judged when the field was decoded. */
static bool
read_link(const uint8_t *p, size_t n, struct vault_link *out)
{
    if (n <= LINK_HEAD || n - LINK_HEAD >= sizeof out->relation)
        return false;
    memset(out, 0, sizeof *out);
    memcpy(out->vault, p, VAULT_ID);
    memcpy(out->record, p + VAULT_ID, VAULT_ID);
    out->version = vlt_load_u32(p + 2 * VAULT_ID);
    memcpy(out->relation, p + LINK_HEAD, n - LINK_HEAD);
    return true;
}

bool
vault_link_read(const struct vault_field *f, struct vault_link *out)
{
    return f->type == VAULT_LINK && f->state == VAULT_VALUE &&
        read_link(f->value, f->value_len, out);
}

bool
vlt_field_link(const struct vlt_field *f, struct vault_link *out)
{
    return f->type == VLT_FIELD_LINK && f->state == VLT_STATE_VALUE &&
        read_link(f->value, f->value_len, out);
}

static bool
has_value(const struct vlt_fields *l, uint8_t type, const char *group,
    const void *value, size_t n)
{
    size_t len = strlen(group);
    size_t i;

    for (i = 0; i < l->n; i++) {
        const struct vlt_field *f = &l->f[i];

        if (f->type == type && f->state == VLT_STATE_VALUE &&
            f->name_len > len && memcmp(f->name, group, len) == 0 &&
            f->value_len == n && memcmp(f->value, value, n) == 0)
            return true;
    }
    return false;
}

/* GROUP.N with this value, unless it is there. */
static enum vault_status
put_next(struct vault_sealer *s, uint8_t type, const char *group,
    const void *value, size_t n, struct vault_error *err)
{
    char name[VLT_FIELD_NAME + 1];
    enum vault_status st;

    if (has_value(&s->meta.fields, type, group, value, n) ||
        has_value(&s->carried.fields, type, group, value, n))
        return vlt_fail(err, VAULT_E_EXISTS, "the record has this %s already",
            group);
    st = vlt_sealer_free_name(s, group, name, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(&s->meta.fields, type, VLT_STATE_VALUE, name, value,
            n, err);
    return st;
}

/* Whose record it is: what is not known here, or not looked at because the
 * vault is locked, counts as this vault's own. */
static enum vault_status
origin_of(struct vault *v, const uint8_t id[VAULT_ID], uint8_t out[VAULT_ID],
    struct vault_error *err)
{
    struct vlt_version_rows l = {0, NULL};
    bool within = vlt_store_in_transaction(v->store);
    enum vault_status st = VAULT_OK;

    memcpy(out, v->id, VAULT_ID);
    if (v->vmk == NULL)
        return VAULT_OK;
    if (!within)
        st = vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_record_versions(v->store, id, &l, err);
    if (st == VAULT_OK && l.n == 0)
        st = vlt_foreign_versions(v, id, &l, err);
    if (st == VAULT_OK && l.n > 0)
        memcpy(out, l.v[0].head.h.origin, VAULT_ID);
    vlt_version_rows_clear(&l);
    if (!within)
        vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_seal_link(struct vault_sealer *s, const uint8_t to[VAULT_ID],
    const char *relation, struct vault_error *err)
{
    uint8_t value[LINK_HEAD + VAULT_RELATION];
    size_t n = strlen(relation);
    enum vault_status st;

    if (n == 0 || n >= VAULT_RELATION ||
        strspn(relation, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
        return vlt_fail(err, VAULT_E_USAGE,
            "a relation is 1 to 32 of a-z, 0-9 and dash, not \"%s\"", relation);
    if (s->amends && memcmp(s->base.h.id, to, VAULT_ID) == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "a record cannot be linked to itself");
    st = origin_of(s->v, to, value, err);
    if (st != VAULT_OK)
        return st;
    memcpy(value + VAULT_ID, to, VAULT_ID);
    vlt_store_u32(value + 2 * VAULT_ID, 0);
    memcpy(value + LINK_HEAD, relation, n);
    return put_next(s, VLT_FIELD_LINK, "link", value, LINK_HEAD + n, err);
}

enum vault_status
vault_amend_unlink(struct vault_sealer *s, const uint8_t to[VAULT_ID],
    const char *relation, struct vault_error *err)
{
    struct vlt_fields *l = &s->carried.fields;
    struct vault_link link;
    bool found = false;
    size_t i = 0;

    while (i < l->n) {
        char name[VLT_FIELD_NAME + 1] = "";

        if (!vlt_field_link(&l->f[i], &link) ||
            memcmp(link.record, to, VAULT_ID) != 0 ||
            (relation != NULL && strcmp(relation, link.relation) != 0)) {
            i++;
            continue;
        }
        memcpy(name, l->f[i].name, l->f[i].name_len);
        vlt_fields_remove(l, name);
        found = true;
    }
    return found
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_NOT_FOUND, "the record has no such link");
}

/* ---- tags ---- */

enum vault_status
vault_seal_tag(struct vault_sealer *s, const char *tag, struct vault_error *err)
{
    size_t n = strlen(tag);
    bool good = n > 0 && n <= TAG_MAX && tag[0] != ' ' && tag[n - 1] != ' ' &&
        vlt_utf8_valid((const uint8_t *)tag, n);
    size_t i;

    for (i = 0; good && i < n; i++)
        good = (unsigned char)tag[i] >= 0x20 && tag[i] != 0x7f;
    if (!good)
        return vlt_fail(err, VAULT_E_USAGE,
            "a tag is a word or a few, at most %d bytes of UTF-8",
            (int)TAG_MAX);
    return put_next(s, VLT_FIELD_TEXT, "tag", tag, n, err);
}

enum vault_status
vault_amend_untag(struct vault_sealer *s, const char *tag,
    struct vault_error *err)
{
    struct vlt_fields *l = &s->carried.fields;
    size_t n = strlen(tag);
    size_t i;

    for (i = 0; i < l->n; i++) {
        const struct vlt_field *f = &l->f[i];
        char name[VLT_FIELD_NAME + 1] = "";

        if (f->type != VLT_FIELD_TEXT || f->name_len < 5 ||
            memcmp(f->name, "tag.", 4) != 0 || f->value_len != n ||
            memcmp(f->value, tag, n) != 0)
            continue;
        memcpy(name, f->name, f->name_len);
        vlt_fields_remove(l, name);
        return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_NOT_FOUND, "the record has no tag \"%s\"",
        tag);
}
