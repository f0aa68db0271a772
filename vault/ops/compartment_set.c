/* SPDX-License-Identifier: Apache-2.0 */
/* compartment_set.c: the compartments as they stand, read from where they are
 * kept */
#include "compartment_set.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "hash.h"
#include "rows.h"
#include "settings.h"

static void
clear_list(struct vlt_compartment_set *s)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        free(s->at[i].to);
    free(s->at);
    s->at = NULL;
    s->n = 0;
    s->loaded = false;
}

/* A handle gets its set with the first question. */
static enum vault_status
set_of(struct vault *v, struct vlt_compartment_set **out,
    struct vault_error *err)
{
    if (v->compartments == NULL)
        v->compartments = calloc(1, sizeof *v->compartments);
    *out = v->compartments;
    return *out != NULL ? VAULT_OK : vlt_fail_memory(err);
}

/* ---- out of the settings ---- */

struct reading {
    struct vault *v;
    struct vlt_compartment_set *s;
};

static int
by_name(const void *a, const void *b)
{
    const struct vlt_compartment_now *x = a, *y = b;

    return strcmp(x->row.name, y->row.name);
}

static enum vault_status
take_row(void *ctx, const struct vlt_setting *row, struct vault_error *err)
{
    struct vlt_compartment_set *s = ((struct reading *)ctx)->s;
    struct vlt_compartment_now *at;
    enum vault_status st;

    if (s->n == VLT_COMPARTMENTS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the vault has more compartments than it can have");
    at = &s->at[s->n];
    st = vlt_compartment_read(&at->row, &row->f, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the compartment in setting %" PRIu64 " is malformed", row->id);
    if (st != VAULT_OK)
        return st;
    at->id = row->id;
    at->to = calloc(at->row.members + 1, sizeof *at->to);
    if (at->to == NULL)
        return vlt_fail_memory(err);
    s->n++;
    return VAULT_OK;
}

/* Nothing is sealed to a card that was revoked or that two claim to follow. */
static bool
is_usable(const struct vlt_pin *p)
{
    return p->state != VLT_PIN_REVOKED && p->state != VLT_PIN_REFUSED;
}

/* One walk over the pinned cards for all of them. */
static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_compartment_set *s = ((struct reading *)ctx)->s;
    size_t i;

    (void)err;
    for (i = 0; i < s->n && is_usable(p); i++) {
        struct vlt_compartment_now *at = &s->at[i];
        struct vlt_recipient *to = &at->to[at->to_len];

        if (at->to_len == at->row.members ||
            vlt_compartment_member(&at->row, p->card.fingerprint) ==
                at->row.members)
            continue;
        memcpy(to->kem, p->card.kem, sizeof to->kem);
        memcpy(to->fingerprint, p->card.fingerprint, 32);
        at->to_len++;
    }
    return VAULT_OK;
}

static enum vault_status
read_settings(struct vault *v, struct vlt_compartment_set *s,
    struct vault_error *err)
{
    struct reading r = {v, s};
    enum vault_status st;

    s->at = calloc(VLT_COMPARTMENTS_MAX, sizeof *s->at);
    if (s->at == NULL)
        return vlt_fail_memory(err);
    st = vlt_settings(v, "compartment", take_row, &r, err);
    if (st == VAULT_OK && s->n > 0)
        st = vlt_pins(v, take_pin, &r, err);
    if (s->n > 1)
        qsort(s->at, s->n, sizeof *s->at, by_name);
    return st;
}

static enum vault_status
load_vault(struct vault *v, struct vlt_compartment_set *s,
    struct vault_error *err)
{
    uint32_t gen = 0;
    enum vault_status st =
        vlt_meta_get_u32(v->store, "settings-gen", &gen, err);

    if (st == VAULT_E_NOT_FOUND) /* a file that is being made has none yet */
        st = VAULT_OK;
    if (st != VAULT_OK || (s->loaded && s->gen == gen))
        return st;
    clear_list(s);
    st = read_settings(v, s, err);
    if (st != VAULT_OK) {
        clear_list(s);
        return st;
    }
    s->loaded = true;
    s->gen = gen;
    return VAULT_OK;
}

/* ---- out of a capture file ---- */

static enum vault_status
take_text(struct vlt_compartment_set *s, const struct vlt_compartments *l,
    struct vault_error *err)
{
    size_t i, m;

    s->at = calloc(l->n, sizeof *s->at);
    if (s->at == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < l->n; i++) {
        struct vlt_compartment_now *at = &s->at[i];

        at->row = l->at[i];
        at->to = calloc(at->row.members + 1, sizeof *at->to);
        if (at->to == NULL)
            return vlt_fail_memory(err);
        s->n++;
        for (m = 0; m < at->row.members; m++) {
            const struct vlt_recipient *r =
                vlt_compartments_key(l, at->row.member[m]);

            if (r != NULL) /* the decoder saw to it */
                at->to[at->to_len++] = *r;
        }
    }
    return VAULT_OK;
}

static enum vault_status
read_note(struct vault *v, struct vlt_compartment_set *s,
    const struct vlt_buf *note, struct vault_error *err)
{
    struct vlt_compartments l;
    enum vault_status st;

    s->gen = 0;
    if (note->len == 0)
        return VAULT_OK;
    st = vlt_compartments_check(&l, (const char *)note->p, note->len, &v->card,
        err);
    if (st == VAULT_E_FORMAT || st == VAULT_E_TAMPERED)
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, VLT_CAPTURE_HINT,
            "the compartments in %s were changed", v->path);
    if (st != VAULT_OK)
        return st;
    s->gen = l.gen;
    st = take_text(s, &l, err);
    vlt_compartments_clear(&l);
    return st;
}

/* Another process may have changed it between two actions; within one it is
 * the same, and whoever holds a part of it goes on with that. */
static enum vault_status
load_capture(struct vault *v, struct vlt_compartment_set *s,
    struct vault_error *err)
{
    struct vlt_buf note;
    uint8_t hash[32];
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_meta_load(v->store, "compartments", &note, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    vlt_sha256(hash, note.p, note.len);
    if (st == VAULT_OK && !(s->loaded && memcmp(hash, s->note, 32) == 0)) {
        clear_list(s);
        st = read_note(v, s, &note, err);
        if (st != VAULT_OK)
            clear_list(s);
        s->loaded = st == VAULT_OK;
        memcpy(s->note, hash, sizeof hash);
    }
    vlt_buf_clear(&note);
    return st;
}

/* ---- both ---- */

enum vault_status
vlt_compartments_now(struct vault *v, const struct vlt_compartment_set **out,
    struct vault_error *err)
{
    struct vlt_compartment_set *s;
    enum vault_status st = set_of(v, &s, err);

    if (st == VAULT_OK)
        st = v->capture ? load_capture(v, s, err) : load_vault(v, s, err);
    if (st == VAULT_OK)
        *out = s;
    return st;
}

void
vlt_compartments_forget(struct vault *v)
{
    if (v->compartments != NULL)
        clear_list(v->compartments);
}

void
vlt_compartments_free(struct vault *v)
{
    vlt_compartments_forget(v);
    vlt_compartments_epochs_forget(v);
    free(v->compartments);
    v->compartments = NULL;
}

const struct vlt_compartment_now *
vlt_compartment_named(const struct vlt_compartment_set *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (strcmp(s->at[i].row.name, name) == 0)
            return &s->at[i];
    }
    for (i = 0; i < s->n; i++) {
        if (vlt_pin_name_same(s->at[i].row.name, name))
            return &s->at[i];
    }
    return NULL;
}

const struct vlt_compartment_now *
vlt_compartment_of_type(const struct vlt_compartment_set *s, const char *type)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (vlt_compartment_type(&s->at[i].row, type) < s->at[i].row.types)
            return &s->at[i];
    }
    return NULL;
}

void
vlt_compartment_alone(struct vlt_compartment_now *out, const char *name)
{
    memset(out, 0, sizeof *out);
    memcpy(out->row.name, name, strlen(name) + 1);
    out->row.own = true;
}

enum vault_status
vlt_compartment_since(struct vault *v, int64_t *since, struct vault_error *err)
{
    const struct vlt_compartment_set *s;
    const struct vlt_compartment_now *c;
    enum vault_status st = vlt_compartments_now(v, &s, err);

    if (st != VAULT_OK)
        return st;
    c = vlt_compartment_named(s, VLT_COMPARTMENT_DEFAULT);
    *since = c != NULL ? c->row.since : 0;
    return VAULT_OK;
}

enum vault_status
vlt_compartment_default(struct vault *v, struct vlt_recipient **to, size_t *n,
    int64_t *since, struct vault_error *err)
{
    const struct vlt_compartment_set *s;
    const struct vlt_compartment_now *c;
    size_t more;
    enum vault_status st = vlt_compartments_now(v, &s, err);

    if (st != VAULT_OK)
        return st;
    c = vlt_compartment_named(s, VLT_COMPARTMENT_DEFAULT);
    more = c != NULL ? c->to_len : 0;
    *to = calloc(more + 1, sizeof **to);
    if (*to == NULL)
        return vlt_fail_memory(err);
    memcpy((*to)[0].kem, v->card.kem, sizeof(*to)[0].kem);
    memcpy((*to)[0].fingerprint, v->card.fingerprint, 32);
    if (more > 0)
        memcpy(*to + 1, c->to, more * sizeof **to);
    *n = more + 1;
    *since = c != NULL ? c->row.since : 0;
    return VAULT_OK;
}

/* ---- when the default members change ---- */

enum vault_status
vlt_compartment_put(struct vault *v, uint64_t id,
    const struct vlt_compartment *c, struct vault_error *err)
{
    struct vlt_fields f;
    enum vault_status st;

    vlt_fields_init(&f);
    st = vlt_compartment_fields(&f, c, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &id, &f, err);
    vlt_fields_clear(&f);
    vlt_compartments_forget(v);
    return st;
}

/* In the order of pinned cards: one that is the same again counts as another,
 * and costs an epoch. */
static void
hash_recipients(const struct vlt_compartment_now *c, uint8_t out[32])
{
    struct vlt_sha256 h;
    size_t i;

    vlt_sha256_init(&h);
    for (i = 0; i < c->to_len; i++)
        vlt_sha256_update(&h, c->to[i].fingerprint, 32);
    vlt_sha256_final(&h, out);
}

enum vault_status
vlt_compartment_settle(struct vault *v, struct vault_error *err)
{
    const struct vlt_compartment_set *s;
    const struct vlt_compartment_now *c;
    struct vlt_compartment row;
    int64_t now = vlt_now(v);
    uint8_t to[32];
    enum vault_status st;

    vlt_compartments_forget(v);
    st = vlt_compartments_now(v, &s, err);
    if (st != VAULT_OK)
        return st;
    c = vlt_compartment_named(s, VLT_COMPARTMENT_DEFAULT);
    if (c == NULL)
        return VAULT_OK;
    hash_recipients(c, to);
    if (c->row.since != 0 && memcmp(to, c->row.to, 32) == 0)
        return VAULT_OK;
    row = c->row;
    if (row.since == INT64_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "a setting was changed too often");
    row.since = now > row.since ? now : row.since + 1;
    memcpy(row.to, to, sizeof row.to);
    return vlt_compartment_put(v, c->id, &row, err);
}

/* ---- for a capture file ---- */

static bool
has_key(const struct vlt_compartments *l, const uint8_t fingerprint[32])
{
    return vlt_compartments_key(l, fingerprint) != NULL;
}

static int
by_fingerprint(const void *a, const void *b)
{
    const struct vlt_recipient *x = a, *y = b;

    return memcmp(x->fingerprint, y->fingerprint, 32);
}

static enum vault_status
add_keys(struct vlt_compartments *l, const struct vlt_compartment_now *c,
    struct vault_error *err)
{
    size_t i;

    for (i = 0; i < c->to_len; i++) {
        if (has_key(l, c->to[i].fingerprint))
            continue;
        if (l->keys == VLT_COMPARTMENT_MEMBERS)
            return vlt_fail(err, VAULT_E_LIMIT,
                "all compartments together have more than %d members, and a "
                "capture file has no room for them",
                (int)VLT_COMPARTMENT_MEMBERS);
        l->key[l->keys++] = c->to[i];
    }
    return VAULT_OK;
}

/* Only who may be sealed to. One that nobody is left of stays, so that its
 * types go nowhere else: sealing them is refused. */
static enum vault_status
add_one(struct vlt_compartments *l, const struct vlt_compartment_now *c,
    struct vault_error *err)
{
    struct vlt_compartment *at = &l->at[l->n];
    enum vault_status st = VAULT_OK;
    size_t i;

    *at = c->row;
    at->members = 0;
    at->since = 0;
    for (i = 0; st == VAULT_OK && i < c->to_len; i++)
        st = vlt_compartment_member_add(at, c->to[i].fingerprint, err);
    if (st != VAULT_OK || (at->members == 0 && vlt_compartment_is_default(at)))
        return st;
    l->n++;
    return add_keys(l, c, err);
}

enum vault_status
vlt_compartments_text(struct vault *v, struct vlt_buf *out,
    struct vault_error *err)
{
    const struct vlt_compartment_set *s;
    struct vlt_compartments l;
    size_t i;
    enum vault_status st = vlt_compartments_now(v, &s, err);

    if (st != VAULT_OK || s->n == 0)
        return st;
    vlt_compartments_init(&l);
    memcpy(l.vault, v->id, sizeof l.vault);
    memcpy(l.card, v->card.fingerprint, sizeof l.card);
    l.gen = s->gen;
    l.key = calloc(VLT_COMPARTMENT_MEMBERS, sizeof *l.key);
    l.at = calloc(s->n + 1, sizeof *l.at);
    if (l.key == NULL || l.at == NULL)
        st = vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < s->n; i++)
        st = add_one(&l, &s->at[i], err);
    if (st == VAULT_OK && l.n > 0) {
        qsort(l.key, l.keys, sizeof *l.key, by_fingerprint);
        st = vlt_compartments_make(&l, v->seed, out, err);
    }
    vlt_compartments_clear(&l);
    return st;
}
