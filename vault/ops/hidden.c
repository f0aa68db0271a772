/* SPDX-License-Identifier: Apache-2.0 */
/* hidden.c: records that a request hides until somebody decides */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "settings.h"

/* Statements of all rows `hidden`, in order. */
struct vlt_hidden_set {
    int64_t version; /* of the data it was read from */
    size_t n;
    uint8_t (*stmt)[32];
};

void
vlt_hidden_forget(struct vault *v)
{
    if (v->hidden == NULL)
        return;
    free(v->hidden->stmt);
    free(v->hidden);
    v->hidden = NULL;
}

static bool
hides(const struct vlt_fields *f)
{
    static const char word[] = "pending";
    const struct vlt_field *state = vlt_fields_find(f, "state");

    return state != NULL && state->value_len == sizeof word - 1 &&
        memcmp(state->value, word, sizeof word - 1) == 0;
}

static enum vault_status
take_setting(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct vlt_hidden_set *set = ctx;
    const struct vlt_field *f = vlt_fields_find(&s->f, "stmts");
    uint8_t(*more)[32];
    size_t n;

    if (f == NULL || f->type != VLT_FIELD_BYTES || !hides(&s->f))
        return VAULT_OK;
    n = f->value_len / 32;
    if (n == 0)
        return VAULT_OK;
    more = realloc(set->stmt, (set->n + n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    set->stmt = more;
    memcpy(more[set->n], f->value, n * 32);
    set->n += n;
    return VAULT_OK;
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static enum vault_status
load(struct vault *v, struct vault_error *err)
{
    struct vlt_hidden_set *set;
    enum vault_status st;

    if (v->hidden != NULL && v->hidden->version == v->data_version)
        return VAULT_OK;
    vlt_hidden_forget(v);
    set = calloc(1, sizeof *set);
    if (set == NULL)
        return vlt_fail_memory(err);
    v->hidden = set;
    set->version = v->data_version;
    st = vlt_settings(v, "hidden", take_setting, set, err);
    if (st != VAULT_OK)
        vlt_hidden_forget(v);
    else if (set->n > 1)
        qsort(set->stmt, set->n, sizeof *set->stmt, by_bytes);
    return st;
}

enum vault_status
vlt_hidden(struct vault *v, const uint8_t stmt[32], bool *out,
    struct vault_error *err)
{
    enum vault_status st = load(v, err);

    if (st != VAULT_OK)
        return st;
    *out = v->hidden->n > 0 &&
        bsearch(stmt, v->hidden->stmt, v->hidden->n, 32, by_bytes) != NULL;
    return VAULT_OK;
}
