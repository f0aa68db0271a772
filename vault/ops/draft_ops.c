/* SPDX-License-Identifier: Apache-2.0 */
/* draft_ops.c: unfinished forms beside the vault: kept, opened, destroyed */
#include "draft.h"
#include <stdlib.h>
#include <string.h>
#include <vault/drafts.h>
#include "bytes.h"
#include "draft_files.h"
#include "fail.h"
#include "identity_keys.h"
#include "os.h"

struct vault_draft {
    struct vault *v; /* borrowed */
    struct vlt_draft_names names;
    struct vlt_draft d;
    bool kept;
    char *name; /* VLT_FIELD_NAME + 1 bytes, of the field that is lent */
};

static enum vault_status
new_draft(struct vault *v, const char *path, const uint8_t id[16],
    struct vault_draft **out, struct vault_error *err)
{
    struct vault_draft *d = calloc(1, sizeof *d);
    enum vault_status st;

    if (d == NULL)
        return vlt_fail_memory(err);
    d->v = v;
    vlt_draft_init(&d->d);
    memcpy(d->d.vault, v->id, 16);
    memcpy(d->d.id, id, 16);
    d->name = malloc(VLT_FIELD_NAME + 1);
    st = d->name != NULL ? vlt_draft_names_make(&d->names, path, id, err)
                         : vlt_fail_memory(err);
    if (st != VAULT_OK) {
        vault_draft_close(d);
        return st;
    }
    *out = d;
    return VAULT_OK;
}

void
vault_draft_close(struct vault_draft *d)
{
    if (d == NULL)
        return;
    vlt_draft_names_clear(&d->names);
    vlt_draft_clear(&d->d);
    free(d->name);
    free(d);
}

enum vault_status
vault_draft_begin(struct vault *v, const char *path, const char *type,
    struct vault_draft **out, struct vault_error *err)
{
    uint8_t id[16];
    struct vault_draft *d = NULL;
    enum vault_status st = vlt_need_writer(v, err);

    if (st != VAULT_OK)
        return st;
    if (strlen(type) > VLT_DRAFT_TYPE)
        return vlt_fail(err, VAULT_E_USAGE, "a type has at most %d letters",
            (int)VLT_DRAFT_TYPE);
    vlt_random(id, sizeof id);
    st = new_draft(v, path, id, &d, err);
    if (st != VAULT_OK)
        return st;
    memcpy(d->d.type, type, strlen(type) + 1);
    d->d.begun = vlt_now(v);
    d->d.kept = d->d.begun;
    *out = d;
    return VAULT_OK;
}

/* ---- keeping ---- */

static enum vault_status
fill(struct vlt_draft *to, const struct vault_field *fields, size_t n,
    const char *last, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (strlen(last) > VLT_FIELD_NAME)
        return vlt_fail(err, VAULT_E_USAGE, "a name has at most %d letters",
            (int)VLT_FIELD_NAME);
    memcpy(to->last, last, strlen(last) + 1);
    for (size_t i = 0; i < n && st == VAULT_OK; i++)
        st = vlt_fields_add(&to->fields, (uint8_t)fields[i].type,
            (uint8_t)fields[i].state, fields[i].name, fields[i].value,
            fields[i].value_len, err);
    return st;
}

enum vault_status
vault_draft_keep(struct vault_draft *d, const struct vault_field *fields,
    size_t n, const char *last, unsigned flags, struct vault_error *err)
{
    struct vlt_draft next;
    struct vlt_buf file;
    enum vault_status st;

    vlt_draft_init(&next);
    vlt_buf_init(&file, VLT_DRAFT_FILE_MOST);
    memcpy(next.vault, d->d.vault, 16);
    memcpy(next.id, d->d.id, 16);
    memcpy(next.type, d->d.type, sizeof next.type);
    next.begun = d->d.begun;
    next.kept = vlt_now(d->v);
    next.flags = (uint8_t)(flags <= VLT_DRAFT_FLAGS ? flags : UINT8_MAX);
    st = fill(&next, fields, n, last, err);
    if (st == VAULT_OK)
        st = vlt_draft_seal(&file, &next, d->v->card.kem, err);
    if (st == VAULT_OK)
        st = vlt_draft_store(&d->names, d->kept, file.p, file.len, err);
    vlt_buf_clear(&file);
    if (st != VAULT_OK) {
        vlt_draft_clear(&next);
        return st;
    }
    d->kept = true;
    vlt_draft_clear(&d->d);
    d->d = next;
    return VAULT_OK;
}

/* ---- opening ---- */

struct opening {
    struct vlt_draft *out;
    const uint8_t *p;
    size_t n;
    bool opened;
};

/* One that was kept before the card was renewed is sealed to the older one. */
static enum vault_status
try_key(void *ctx, const struct vlt_kemkey *kem, const uint8_t fingerprint[32],
    struct vault_error *err)
{
    struct opening *o = ctx;
    enum vault_status st;

    (void)fingerprint;
    if (o->opened)
        return VAULT_OK;
    st = vlt_draft_open(o->out, o->p, o->n, kem, err);
    o->opened = st == VAULT_OK;
    return st == VAULT_E_TAMPERED ? VAULT_OK : st;
}

static enum vault_status
open_sealed(struct vault_draft *d, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    struct opening o = {&d->d, p, n, false};
    struct vault_error why;
    enum vault_status st;

    vlt_error_clear(&why);
    st = vlt_kem_keys(d->v, try_key, &o, &why);
    if (st == VAULT_OK && o.opened)
        return VAULT_OK;
    if (err != NULL)
        *err = why; /* what the last key had to say */
    return st == VAULT_OK ? VAULT_E_TAMPERED : st;
}

static enum vault_status
open_file(struct vault_draft *d, struct vault_error *err)
{
    struct vlt_draft got;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st = vlt_draft_load(&d->names, &p, &n, err);

    if (st != VAULT_OK)
        return st;
    vlt_draft_init(&got);
    st = vlt_draft_peek(&got, p, n, err);
    if (st == VAULT_OK && memcmp(got.vault, d->d.vault, 16) != 0)
        st = vlt_fail(err, VAULT_E_POLICY, "the draft is of another vault");
    if (st == VAULT_OK && memcmp(got.id, d->d.id, 16) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the draft does not have the name that it was given");
    if (st == VAULT_OK)
        st = open_sealed(d, p, n, err);
    vlt_draft_clear(&got);
    free(p);
    return st;
}

enum vault_status
vault_draft_open(struct vault *v, const char *path, const uint8_t id[VAULT_ID],
    struct vault_draft **out, struct vault_error *err)
{
    struct vault_draft *d = NULL;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = new_draft(v, path, id, &d, err);
    if (st == VAULT_OK)
        st = open_file(d, err);
    if (st != VAULT_OK) {
        vault_draft_close(d);
        return st;
    }
    d->kept = true;
    *out = d;
    return VAULT_OK;
}

/* ---- what is in it ---- */

const uint8_t *
vault_draft_id(const struct vault_draft *d)
{
    return d->d.id;
}

const char *
vault_draft_path(const struct vault_draft *d)
{
    return d->names.path;
}

bool
vault_draft_kept(const struct vault_draft *d)
{
    return d->kept;
}

const char *
vault_draft_type(const struct vault_draft *d)
{
    return d->d.type;
}

const char *
vault_draft_last(const struct vault_draft *d)
{
    return d->d.last;
}

unsigned
vault_draft_flags(const struct vault_draft *d)
{
    return d->d.flags;
}

int64_t
vault_draft_begun(const struct vault_draft *d)
{
    return d->d.begun;
}

int64_t
vault_draft_time(const struct vault_draft *d)
{
    return d->d.kept;
}

size_t
vault_draft_fields(const struct vault_draft *d)
{
    return d->d.fields.n;
}

void
vault_draft_field(const struct vault_draft *d, size_t i,
    struct vault_field *out)
{
    const struct vlt_field *f = &d->d.fields.f[i];
    /* the list keeps names without an end; one is lent at a time */
    char *name = d->name;

    memcpy(name, f->name, f->name_len);
    name[f->name_len] = 0;
    out->type = (enum vault_field_type)f->type;
    out->state = (enum vault_field_state)f->state;
    out->name = name;
    out->value = f->value;
    out->value_len = f->value_len;
}
