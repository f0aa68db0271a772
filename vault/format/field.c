/* SPDX-License-Identifier: Apache-2.0 */
/* field.c: the field list of metadata and events (section 6.2) */
#include "field.h"
#include "nmark.h"
#include "fail.h"
#include "record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a field beside its name and value; of the count in front. */
enum { FIELD_EXTRA = 1 + 1 + 1 + 4, COUNT_SIZE = 2 };

void
vlt_fields_init(struct vlt_fields *l)
{
    memset(l, 0, sizeof *l);
    l->bytes = COUNT_SIZE;
}

void
vlt_fields_clear(struct vlt_fields *l)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        vlt_wipe(l->f[i].own, (size_t)l->f[i].name_len + l->f[i].value_len);
        free(l->f[i].own);
    }
    free(l->f);
    vlt_fields_init(l);
}

/* By bytes, a shorter name first where one begins the other. */
static int
compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

    return c != 0 ? c : (a_len > b_len) - (a_len < b_len);
}

/* Where the name stands or would have to stand; *found says which. */
static size_t
place(const struct vlt_fields *l, const char *name, size_t len, bool *found)
{
    size_t low = 0, high = l->n;

    *found = false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = compare(l->f[mid].name, l->f[mid].name_len, name, len);

        if (c == 0) {
            *found = true;
            return mid;
        }
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool
reserve(struct vlt_fields *l)
{
    struct vlt_field *f;
    size_t cap = l->cap == 0 ? 8 : 2 * l->cap;

    if (l->n < l->cap)
        return true;
    f = realloc(l->f, cap * sizeof *f);
    if (f == NULL)
        return false;
    l->f = f;
    l->cap = cap;
    return true;
}

/* Put a copy of a checked field at its place. */
static enum vault_status
insert(struct vlt_fields *l, size_t at, const struct vlt_field *from,
    struct vault_error *err)
{
    struct vlt_field f = *from;
    size_t name_len = f.name_len, len = name_len + f.value_len;

    if (l->n == VLT_FIELDS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %d fields",
            (int)VLT_FIELDS_MAX);
    if (len + FIELD_EXTRA > VLT_META_MAX - l->bytes)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the fields together are longer than %d bytes", (int)VLT_META_MAX);
    f.own = malloc(len);
    if (f.own == NULL || !reserve(l)) {
        free(f.own);
        return vlt_fail_memory(err);
    }
    memcpy(f.own, from->name, name_len);
    if (f.value_len > 0)
        memcpy(f.own + name_len, from->value, f.value_len);
    f.name = (const char *)f.own;
    f.value = f.own + name_len;
    if (at < l->n)
        memmove(l->f + at + 1, l->f + at, (l->n - at) * sizeof *l->f);
    l->f[at] = f;
    l->n++;
    l->bytes += len + FIELD_EXTRA;
    return VAULT_OK;
}

/* Type, state, name and value of one field, as writer and reader see it;
 * NULL, or what is wrong. */
static const char *
judge(const struct vlt_field *f)
{
    bool body = f->name_len == 4 && memcmp(f->name, "body", 4) == 0;

    if (!vlt_field_name_ok(f->name, f->name_len))
        return N_("a field has a malformed name");
    if ((f->type == VLT_FIELD_BODY) != body)
        return N_("a body that is not named `body`, or the other way round");
    if (f->state != VLT_STATE_VALUE && f->value_len != 0)
        return N_("a field without an answer has a value");
    if (f->state == VLT_STATE_VALUE &&
        !vlt_field_value_ok(f->type, f->value, f->value_len))
        return N_("the value of a field is not of its type");
    return NULL;
}

static bool
type_known(uint8_t type)
{
    return (type >= VLT_FIELD_TEXT && type <= VLT_FIELD_NUMBER) ||
        (type >= 64 && type <= 127);
}

enum vault_status
vlt_fields_add(struct vlt_fields *l, uint8_t type, uint8_t state,
    const char *name, const void *value, size_t value_len,
    struct vault_error *err)
{
    struct vlt_field f = {.type = type, .state = state, .name = name};
    size_t name_len = strlen(name), at;
    const char *wrong;
    bool found;

    if (!vlt_field_name_ok(name, name_len))
        return vlt_fail(err, VAULT_E_USAGE, "malformed field name %s", name);
    if (!type_known(type) || state > VLT_STATE_UNKNOWN)
        return vlt_fail(err, VAULT_E_USAGE,
            "field %s has type %d and state %d, which do not exist", name,
            (int)type, (int)state);
    if (value_len > VLT_META_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the value of field %s has %zu bytes", name, value_len);
    f.name_len = (uint8_t)name_len;
    f.value = value;
    f.value_len = (uint32_t)value_len;
    wrong = judge(&f);
    if (wrong != NULL)
        return vlt_fail(err, VAULT_E_USAGE, "field %s: %s", name, wrong);
    at = place(l, name, name_len, &found);
    if (found)
        return vlt_fail(err, VAULT_E_EXISTS, "there is a field %s already",
            name);
    return insert(l, at, &f, err);
}

enum vault_status
vlt_fields_add_text(struct vlt_fields *l, const char *name, const char *text,
    struct vault_error *err)
{
    return vlt_fields_add(l, VLT_FIELD_TEXT, VLT_STATE_VALUE, name, text,
        strlen(text), err);
}

enum vault_status
vlt_fields_add_i64(struct vlt_fields *l, uint8_t type, const char *name,
    int64_t v, struct vault_error *err)
{
    uint8_t b[8];

    assert(type == VLT_FIELD_TIME || type == VLT_FIELD_NUMBER);
    vlt_store_u64(b, (uint64_t)v);
    return vlt_fields_add(l, type, VLT_STATE_VALUE, name, b, sizeof b, err);
}

void
vlt_fields_remove(struct vlt_fields *l, const char *name)
{
    bool found;
    size_t at = place(l, name, strlen(name), &found), len;

    if (!found)
        return;
    len = (size_t)l->f[at].name_len + l->f[at].value_len;
    vlt_wipe(l->f[at].own, len);
    free(l->f[at].own);
    memmove(l->f + at, l->f + at + 1, (l->n - at - 1) * sizeof *l->f);
    l->n--;
    l->bytes -= len + FIELD_EXTRA;
}

const struct vlt_field *
vlt_fields_find(const struct vlt_fields *l, const char *name)
{
    bool found;
    size_t at = place(l, name, strlen(name), &found);

    return found ? &l->f[at] : NULL;
}

bool
vlt_fields_i64(const struct vlt_fields *l, const char *name, int64_t *out)
{
    const struct vlt_field *f = vlt_fields_find(l, name);
    struct vlt_reader r;

    if (f == NULL || f->state != VLT_STATE_VALUE ||
        (f->type != VLT_FIELD_TIME && f->type != VLT_FIELD_NUMBER))
        return false;
    vlt_reader_init(&r, f->value, f->value_len);
    *out = vlt_read_i64(&r);
    return true;
}

enum vault_status
vlt_fields_encode(struct vlt_buf *out, const struct vlt_fields *l,
    struct vault_error *err)
{
    size_t i;

    vlt_buf_put_u16(out, (uint16_t)l->n);
    for (i = 0; i < l->n; i++) {
        const struct vlt_field *f = &l->f[i];

        vlt_buf_put_u8(out, f->type);
        vlt_buf_put_u8(out, f->state);
        vlt_buf_put_u8(out, f->name_len);
        vlt_buf_put(out, f->name, f->name_len);
        vlt_buf_put_u32(out, f->value_len);
        vlt_buf_put(out, f->value, f->value_len);
    }
    return vlt_buf_end(out, "field list", err);
}

enum vault_status
vlt_field_read(struct vlt_field *f, struct vlt_reader *r,
    struct vault_error *err)
{
    const char *wrong;

    memset(f, 0, sizeof *f);
    f->type = vlt_read_u8(r);
    f->state = vlt_read_u8(r);
    f->name_len = vlt_read_u8(r);
    f->name = (const char *)vlt_read_span(r, f->name_len);
    f->value_len = vlt_read_u32(r);
    f->value = vlt_read_span(r, f->value_len);
    if (r->failed)
        return vlt_fail(err, VAULT_E_FORMAT, "field list is malformed");
    if (!type_known(f->type) || f->state > VLT_STATE_UNKNOWN)
        return vlt_fail(err, VAULT_E_NEWER,
            "a field has type %d and state %d, made by a newer version",
            (int)f->type, (int)f->state);
    wrong = judge(f);
    if (wrong != NULL)
        return vlt_fail(err, VAULT_E_FORMAT, "%-s", wrong);
    return VAULT_OK;
}

enum vault_status
vlt_fields_append(struct vlt_fields *l, const struct vlt_field *f,
    struct vault_error *err)
{
    const struct vlt_field *last = l->n > 0 ? &l->f[l->n - 1] : NULL;

    if (last != NULL &&
        compare(last->name, last->name_len, f->name, f->name_len) >= 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the names of a field list do not ascend");
    return insert(l, l->n, f, err);
}

enum vault_status
vlt_fields_decode(struct vlt_fields *out, struct vlt_reader *r,
    struct vault_error *err)
{
    struct vlt_fields l;
    struct vlt_field f;
    enum vault_status st = VAULT_OK;
    size_t n, i;

    vlt_fields_init(&l);
    n = vlt_read_u16(r);
    if (r->failed || n > VLT_FIELDS_MAX)
        return vlt_fail(err, VAULT_E_FORMAT, "field list is malformed");
    for (i = 0; i < n && st == VAULT_OK; i++) {
        st = vlt_field_read(&f, r, err);
        if (st == VAULT_OK)
            st = vlt_fields_append(&l, &f, err);
    }
    if (st != VAULT_OK) {
        vlt_fields_clear(&l);
        return st;
    }
    *out = l;
    return VAULT_OK;
}
