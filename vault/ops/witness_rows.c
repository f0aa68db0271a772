/* SPDX-License-Identifier: Apache-2.0 */
/* witness_rows.c: what the settings keep of witnesses (section 8.4) */
#include "witness_rows.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "notice_row.h"

/* A text of 1 to max bytes without a 0, with one behind it; false otherwise. */
static bool
get_text(const struct vlt_fields *f, const char *name, char *out, size_t max)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL || x->type != VLT_FIELD_TEXT || x->state != VLT_STATE_VALUE ||
        x->value_len == 0 || x->value_len > max ||
        memchr(x->value, 0, x->value_len) != NULL)
        return false;
    memcpy(out, x->value, x->value_len);
    out[x->value_len] = '\0';
    return true;
}

static enum vault_status
malformed(uint64_t id, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED,
        "what setting %" PRIu64 " says of witnesses is malformed", id);
}

/* ---- logs that were countersigned ---- */

void
vlt_seens_clear(struct vlt_seens *l)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        vlt_buf_clear(&l->at[i].note);
    free(l->at);
    *l = (struct vlt_seens){0, NULL};
}

struct vlt_seen *
vlt_seens_find(const struct vlt_seens *l, const char *origin)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (strcmp(l->at[i].origin, origin) == 0)
            return &l->at[i];
    }
    return NULL;
}

size_t
vlt_seens_of(const struct vlt_seens *l, const uint8_t vault[16])
{
    size_t i, n = 0;

    for (i = 0; i < l->n; i++)
        n += memcmp(l->at[i].vault, vault, 16) == 0;
    return n;
}

enum vault_status
vlt_seens_add(struct vlt_seens *l, struct vlt_seen **out,
    struct vault_error *err)
{
    struct vlt_seen *more = l->at;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    memset(&more[l->n], 0, sizeof more[l->n]);
    vlt_buf_init(&more[l->n].note, VLT_NOTE_MAX);
    *out = &more[l->n++];
    return VAULT_OK;
}

static enum vault_status
take_seen(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    const struct vlt_field *note = vlt_fields_find(&s->f, "note");
    struct vlt_seen *x = NULL;
    int64_t size = 0;
    enum vault_status st = vlt_seens_add(ctx, &x, err);

    if (st != VAULT_OK)
        return st;
    x->id = s->id;
    if (!vlt_setting_bytes(&s->f, "vault", x->vault, 16) ||
        !get_text(&s->f, "origin", x->origin, VLT_NAME_MAX) ||
        !vlt_fields_i64(&s->f, "size", &size) || size <= 0 ||
        !vlt_setting_bytes(&s->f, "root", x->root, 32) ||
        !vlt_setting_bytes(&s->f, "key", x->key, 32) ||
        !vlt_fields_i64(&s->f, "time", &x->time) || note == NULL ||
        note->type != VLT_FIELD_TEXT || note->value_len > VLT_NOTE_MAX)
        return malformed(s->id, err);
    x->size = (uint64_t)size;
    vlt_buf_put(&x->note, note->value, note->value_len);
    return vlt_buf_end(&x->note, "checkpoint", err);
}

enum vault_status
vlt_seens_load(struct vault *v, struct vlt_seens *out, struct vault_error *err)
{
    *out = (struct vlt_seens){0, NULL};
    return vlt_settings(v, "witness", take_seen, out, err);
}

static enum vault_status
add_bytes(struct vlt_fields *f, const char *name, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    return vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, name, p, n, err);
}

static enum vault_status
put_seen(struct vault *v, struct vlt_seen *x, struct vault_error *err)
{
    struct vlt_fields f;
    enum vault_status st;

    vlt_fields_init(&f);
    st = vlt_fields_add_text(&f, "kind", "witness", err);
    if (st == VAULT_OK)
        st = add_bytes(&f, "vault", x->vault, 16, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "origin", x->origin, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_NUMBER, "size", (int64_t)x->size,
            err);
    if (st == VAULT_OK)
        st = add_bytes(&f, "root", x->root, 32, err);
    if (st == VAULT_OK)
        st = add_bytes(&f, "key", x->key, 32, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_TIME, "time", x->time, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(&f, VLT_FIELD_TEXT, VLT_STATE_VALUE, "note",
            x->note.p, x->note.len, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &x->id, &f, err);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_seens_put(struct vault *v, struct vlt_seens *l, bool *any,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    *any = false;
    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        if (!l->at[i].changed)
            continue;
        *any = true;
        st = put_seen(v, &l->at[i], err);
    }
    return st;
}

/* ---- this vault's witnesses ---- */

static enum vault_status
take_pin(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct vlt_witness_set *set = ctx;
    char vkey[VLT_VKEY_TEXT + 1];
    struct vlt_witness_pin *p;
    int64_t confirmed = 0;

    if (set->n == VAULT_WITNESSES)
        return malformed(s->id, err);
    p = &set->at[set->n];
    p->id = s->id;
    if (!get_text(&s->f, "name", p->name, VLT_PIN_NAME) ||
        !get_text(&s->f, "vkey", vkey, VLT_VKEY_TEXT) ||
        !vlt_fields_i64(&s->f, "confirmed", &confirmed) ||
        !vlt_fields_i64(&s->f, "pinned", &p->pinned) ||
        vlt_vkey_decode(&p->key, vkey, strlen(vkey), NULL) != VAULT_OK ||
        p->key.type != VLT_VKEY_COSIGNATURE)
        return malformed(s->id, err);
    p->confirmed = confirmed != 0;
    set->n++;
    return VAULT_OK;
}

static enum vault_status
take_policy(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct vlt_witness_set *set = ctx;
    int64_t k = 0;

    if (!vlt_fields_i64(&s->f, "quorum", &k) || k < 1 || k > VAULT_WITNESSES)
        return malformed(s->id, err);
    set->policy = s->id;
    set->quorum = (uint32_t)k;
    return VAULT_OK;
}

static enum vault_status
take_machine(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct vlt_witness_set *set = ctx;

    if (!vlt_setting_bytes(&s->f, "replica", set->replica, 8))
        return malformed(s->id, err);
    set->machine = s->id;
    return VAULT_OK;
}

enum vault_status
vlt_witness_set_load(struct vault *v, struct vlt_witness_set *out,
    struct vault_error *err)
{
    enum vault_status st;

    memset(out, 0, sizeof *out);
    st = vlt_settings(v, "witness-key", take_pin, out, err);
    if (st == VAULT_OK)
        st = vlt_settings(v, "policy", take_policy, out, err);
    if (st == VAULT_OK)
        st = vlt_settings(v, "witness-machine", take_machine, out, err);
    return st;
}

const struct vlt_witness_pin *
vlt_witness_by_name(const struct vlt_witness_set *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (vlt_pin_name_same(s->at[i].name, name))
            return &s->at[i];
    }
    return NULL;
}

enum vault_status
vlt_witness_put(struct vault *v, struct vlt_witness_pin *p,
    struct vault_error *err)
{
    char vkey[VLT_VKEY_TEXT];
    struct vlt_fields f;
    enum vault_status st;

    vlt_vkey_text(vkey, &p->key);
    vlt_fields_init(&f);
    st = vlt_fields_add_text(&f, "kind", "witness-key", err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "name", p->name, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "vkey", vkey, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_NUMBER, "confirmed",
            p->confirmed ? 1 : 0, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_TIME, "pinned", p->pinned, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &p->id, &f, err);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_witness_machine_put(struct vault *v, uint64_t row, const uint8_t replica[8],
    struct vault_error *err)
{
    struct vlt_fields f;
    enum vault_status st;

    vlt_fields_init(&f);
    st = vlt_fields_add_text(&f, "kind", "witness-machine", err);
    if (st == VAULT_OK)
        st = add_bytes(&f, "replica", replica, 8, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_TIME, "since", vlt_now(v), err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &row, &f, err);
    vlt_fields_clear(&f);
    return st;
}

/* A name for the group that no witness here has. */
static void
group_name(char *out, size_t size, const struct vlt_witness_set *s)
{
    unsigned n = 1;

    (void)snprintf(out, size, "enough");
    while (vlt_witness_by_name(s, out) != NULL)
        (void)snprintf(out, size, "enough-%u", ++n);
}

void
vlt_witness_policy_text(struct vlt_buf *out, const struct vlt_witness_set *s)
{
    char vkey[VLT_VKEY_TEXT], group[24];
    size_t i;

    for (i = 0; i < s->n; i++) {
        vlt_vkey_text(vkey, &s->at[i].key);
        vlt_buf_printf(out, "witness %s %s\n", s->at[i].name, vkey);
    }
    if (s->quorum == 0) {
        vlt_buf_put_str(out, "quorum none\n");
        return;
    }
    group_name(group, sizeof group, s);
    vlt_buf_printf(out, "group %s %" PRIu32, group, s->quorum);
    for (i = 0; i < s->n; i++)
        vlt_buf_printf(out, " %s", s->at[i].name);
    vlt_buf_printf(out, "\nquorum %s\n", group);
}

enum vault_status
vlt_witness_policy_put(struct vault *v, struct vlt_witness_set *s,
    struct vault_error *err)
{
    struct vlt_buf text;
    struct vlt_fields f;
    enum vault_status st;

    if (s->quorum == 0)
        return s->policy == 0 ? VAULT_OK
                              : vlt_setting_delete(v, s->policy, err);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_fields_init(&f);
    vlt_witness_policy_text(&text, s);
    st = vlt_buf_end(&text, "policy", err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "kind", "policy", err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "text", vlt_buf_cstr(&text), err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_NUMBER, "quorum", s->quorum, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &s->policy, &f, err);
    vlt_fields_clear(&f);
    vlt_buf_clear(&text);
    return st;
}
