/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c: the sealed rows of `local`, and the line that covers them */
#include "settings.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include "compartment_set.h"
#include "fail.h"

void
vlt_setting_clear(struct vlt_setting *s)
{
    vlt_fields_clear(&s->f);
    s->id = 0;
    s->rev = 0;
}

/* This program wrote it: what cannot be read was changed. */
static enum vault_status
open_row(const struct vault *v, uint64_t id, uint64_t rev, const uint8_t *b,
    size_t n, struct vlt_setting *out, struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_local_open(&out->f, b, n, v->vmk, v->id, id, rev, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "setting %" PRIu64 " is malformed",
            id);
    if (st != VAULT_OK)
        return st;
    out->id = id;
    out->rev = rev;
    return VAULT_OK;
}

static bool
is_kind(const struct vlt_fields *f, const char *kind)
{
    const struct vlt_field *k = vlt_fields_find(f, "kind");

    return k != NULL && k->type == VLT_FIELD_TEXT &&
        k->value_len == strlen(kind) &&
        memcmp(k->value, kind, k->value_len) == 0;
}

struct walk {
    struct vault *v;
    const char *kind;
    enum vault_status (
        *fn)(void *ctx, const struct vlt_setting *s, struct vault_error *err);
    void *ctx;
};

static enum vault_status
take_row(void *ctx, uint64_t id, uint64_t rev, const uint8_t *b, size_t n,
    struct vault_error *err)
{
    struct walk *w = ctx;
    struct vlt_setting s;
    enum vault_status st = open_row(w->v, id, rev, b, n, &s, err);

    if (st != VAULT_OK)
        return st;
    if (w->kind == NULL || is_kind(&s.f, w->kind))
        st = w->fn(w->ctx, &s, err);
    vlt_setting_clear(&s);
    return st;
}

enum vault_status
vlt_settings(struct vault *v, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_setting *s, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk w = {v, kind, fn, ctx};
    enum vault_status st = vlt_need_unlocked(v, err);

    return st == VAULT_OK ? vlt_locals(v->store, take_row, &w, err) : st;
}

enum vault_status
vlt_setting_get(struct vault *v, uint64_t id, struct vlt_setting *out,
    struct vault_error *err)
{
    struct vlt_buf b;
    uint64_t rev = 0;
    enum vault_status st;

    vlt_buf_init(&b, VLT_LOCAL_MAX);
    st = vlt_local_get(v->store, id, &rev, &b, err);
    if (st == VAULT_OK)
        st = open_row(v, id, rev, b.p, b.len, out, err);
    vlt_buf_clear(&b);
    return st;
}

/*
 * Above the row's last one, and above every generation there was: a row that
 * takes the number of a deleted one is never sealed as it was once before.
 */
static enum vault_status
next_rev(struct vault *v, uint64_t id, uint64_t *out, struct vault_error *err)
{
    struct vlt_buf b;
    uint32_t gen = 0;
    uint64_t rev = 0;
    enum vault_status st;

    vlt_buf_init(&b, VLT_LOCAL_MAX);
    st = vlt_local_get(v->store, id, &rev, &b, err);
    vlt_buf_clear(&b);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "settings-gen", &gen, err);
    if (st == VAULT_OK && rev >= INT64_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "a setting was changed too often");
    if (st == VAULT_OK)
        *out = rev > gen ? rev + 1 : (uint64_t)gen + 1;
    return st;
}

static enum vault_status
next_id(struct vault *v, uint64_t *id, struct vault_error *err)
{
    uint64_t last = 0;
    enum vault_status st = vlt_local_last(v->store, &last, err);

    if (st == VAULT_OK && last >= INT64_MAX)
        st = vlt_fail(err, VAULT_E_LIMIT, "there is no room for a setting");
    if (st == VAULT_OK)
        *id = last + 1;
    return st;
}

enum vault_status
vlt_setting_put(struct vault *v, uint64_t *id, const struct vlt_fields *f,
    struct vault_error *err)
{
    struct vlt_buf b;
    uint64_t at = *id;
    uint64_t rev = 0;
    enum vault_status st = VAULT_OK;

    assert(v->acting && v->vmk != NULL);
    assert(vlt_fields_find(f, "kind") != NULL);
    if (at == 0)
        st = next_id(v, &at, err);
    if (st == VAULT_OK)
        st = next_rev(v, at, &rev, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&b, VLT_LOCAL_MAX);
    st = vlt_local_seal(&b, f, v->vmk, v->id, at, rev, err);
    if (st == VAULT_OK)
        st = vlt_local_put(v->store, at, rev, b.p, b.len, err);
    vlt_buf_clear(&b);
    if (st == VAULT_OK)
        *id = at;
    return st;
}

enum vault_status
vlt_setting_delete(struct vault *v, uint64_t id, struct vault_error *err)
{
    assert(v->acting);
    return vlt_local_delete(v->store, id, err);
}

enum vault_status
vlt_settings_changed(struct vault *v, struct vault_error *err)
{
    uint8_t hash[32];
    struct vlt_entry e = {"settings", NULL, 0, hash, NULL, -1};
    uint32_t gen = 0;
    enum vault_status st = vlt_compartment_settle(v, err);

    if (st == VAULT_OK)
        st = vlt_meta_get_u32(v->store, "settings-gen", &gen, err);
    if (st == VAULT_OK && gen == UINT32_MAX)
        st =
            vlt_fail(err, VAULT_E_LIMIT, "the settings were changed too often");
    if (st == VAULT_OK)
        st = vlt_meta_put_u32(v->store, "settings-gen", gen + 1, err);
    if (st == VAULT_OK)
        st = vlt_settings_hash_now(v->store, hash, &gen, err);
    if (st != VAULT_OK)
        return st;
    e.gen = gen;
    st = vlt_action_leaf(v, &e, err);
    if (st == VAULT_OK)
        v->state.settings_gen = gen;
    return st;
}
