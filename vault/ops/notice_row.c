/* SPDX-License-Identifier: Apache-2.0 */
/* notice_row.c: what the settings keep of a request to withdraw */
#include "notice_row.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"

static const char *const states[] = {
    [VAULT_REQUEST_PENDING] = "pending",
    [VAULT_REQUEST_DESTROYED] = "destroyed",
    [VAULT_REQUEST_REFUSED] = "refused",
    [VAULT_REQUEST_LIFTED] = "lifted",
};
static const char *const answers[] = {
    [VAULT_ANSWER_NONE] = "none",
    [VAULT_ANSWER_DESTROYED] = "destroyed",
    [VAULT_ANSWER_HIDDEN] = "hidden",
    [VAULT_ANSWER_REFUSED] = "refused",
};

/* ---- lists of statements ---- */

void
vlt_stmts_clear(struct vlt_stmts *l)
{
    free(l->v);
    *l = (struct vlt_stmts){0, NULL};
}

enum vault_status
vlt_stmts_add(struct vlt_stmts *l, const uint8_t stmt[32],
    struct vault_error *err)
{
    struct vlt_hash32 *more = l->v;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->v = more;
    memcpy(more[l->n++].b, stmt, 32);
    return VAULT_OK;
}

bool
vlt_stmts_has(const struct vlt_stmts *l, const uint8_t stmt[32])
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (memcmp(l->v[i].b, stmt, 32) == 0)
            return true;
    }
    return false;
}

void
vlt_request_clear(struct vlt_request *r)
{
    vlt_stmts_clear(&r->stmts);
    vlt_stmts_clear(&r->later);
    vlt_stmts_clear(&r->gone);
}

/* ---- reading ---- */

bool
vlt_setting_bytes(const struct vlt_fields *f, const char *name, uint8_t *out,
    size_t n)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL || x->type != VLT_FIELD_BYTES ||
        x->state != VLT_STATE_VALUE || x->value_len != n)
        return false;
    memcpy(out, x->value, n);
    return true;
}

bool
vlt_setting_word(const struct vlt_fields *f, const char *name,
    const char *const *words, size_t n, size_t *out)
{
    const struct vlt_field *x = vlt_fields_find(f, name);
    size_t i;

    for (i = 0; x != NULL && x->type == VLT_FIELD_TEXT && i < n; i++) {
        if (x->value_len == strlen(words[i]) &&
            memcmp(x->value, words[i], x->value_len) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* An absent list is an empty one. */
static enum vault_status
read_list(const struct vlt_fields *f, const char *name, struct vlt_stmts *out,
    bool *good, struct vault_error *err)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL || x->value_len == 0)
        return VAULT_OK;
    if (x->type != VLT_FIELD_BYTES || x->value_len % 32 != 0) {
        *good = false;
        return VAULT_OK;
    }
    out->v = vlt_memdup(x->value, x->value_len);
    if (out->v == NULL)
        return vlt_fail_memory(err);
    out->n = x->value_len / 32;
    return VAULT_OK;
}

/* Lists grow by doubling when their number is a power of two: what was read
 * is brought to that size. */
static enum vault_status
make_room(struct vlt_stmts *l, struct vault_error *err)
{
    struct vlt_hash32 *more;
    size_t room = 1;

    while (room < l->n)
        room *= 2;
    if (l->n == 0)
        return VAULT_OK;
    more = realloc(l->v, room * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->v = more;
    return VAULT_OK;
}

static enum vault_status
read_lists(const struct vlt_fields *f, struct vlt_request *r, bool *good,
    struct vault_error *err)
{
    enum vault_status st = read_list(f, "stmts", &r->stmts, good, err);

    if (st == VAULT_OK)
        st = read_list(f, "later", &r->later, good, err);
    if (st == VAULT_OK)
        st = read_list(f, "gone", &r->gone, good, err);
    if (st == VAULT_OK)
        st = make_room(&r->stmts, err);
    if (st == VAULT_OK)
        st = make_room(&r->later, err);
    return st == VAULT_OK ? make_room(&r->gone, err) : st;
}

static bool
read_fixed(const struct vlt_fields *f, struct vlt_request *r)
{
    size_t state = 0, answer = VAULT_ANSWER_NONE;

    (void)vlt_setting_word(f, "answer", answers, VLT_COUNT(answers), &answer);
    (void)vlt_fields_i64(f, "answered", &r->answered);
    if (!vlt_setting_bytes(f, "withdraw", r->hash, 32) ||
        !vlt_setting_bytes(f, "from", r->from, 32) ||
        !vlt_fields_i64(f, "received", &r->received) ||
        !vlt_fields_i64(f, "date", &r->date) ||
        !vlt_setting_word(f, "state", states, VLT_COUNT(states), &state))
        return false;
    r->state = (enum vault_request_state)state;
    r->answer = (enum vault_answer)answer;
    return true;
}

struct walk {
    enum vault_status (
        *fn)(void *ctx, struct vlt_request *r, struct vault_error *err);
    void *ctx;
};

static enum vault_status
take(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    const struct walk *w = ctx;
    struct vlt_request r = {.row = s->id};
    bool good = read_fixed(&s->f, &r);
    enum vault_status st = read_lists(&s->f, &r, &good, err);

    if (st == VAULT_OK && !good)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the request in setting %" PRIu64 " is malformed", s->id);
    if (st == VAULT_OK)
        st = w->fn(w->ctx, &r, err);
    vlt_request_clear(&r);
    return st;
}

enum vault_status
vlt_requests(struct vault *v,
    enum vault_status (
        *fn)(void *ctx, struct vlt_request *r, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk w = {fn, ctx};

    return vlt_settings(v, "hidden", take, &w, err);
}

struct finding {
    const uint8_t *hash;
    struct vlt_request *out;
    bool found;
};

static enum vault_status
compare(void *ctx, struct vlt_request *r, struct vault_error *err)
{
    struct finding *f = ctx;

    (void)err;
    if (f->found || memcmp(r->hash, f->hash, 32) != 0)
        return VAULT_OK;
    f->found = true;
    *f->out = *r;
    *r = (struct vlt_request){0};
    return VAULT_OK;
}

enum vault_status
vlt_request_find(struct vault *v, const uint8_t hash[32],
    struct vlt_request *out, struct vault_error *err)
{
    struct vlt_request r = {0};
    struct finding f = {hash, &r, false};
    enum vault_status st = vlt_requests(v, compare, &f, err);

    if (st == VAULT_OK && !f.found)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "no such request is here");
    if (st != VAULT_OK) {
        vlt_request_clear(&r);
        return st;
    }
    *out = r;
    return VAULT_OK;
}

/* ---- writing ---- */

static enum vault_status
put_bytes(struct vlt_fields *f, const char *name, const void *p, size_t n,
    struct vault_error *err)
{
    return vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, name, p, n, err);
}

static enum vault_status
put_list(struct vlt_fields *f, const char *name, const struct vlt_stmts *l,
    struct vault_error *err)
{
    return put_bytes(f, name, l->n > 0 ? (const void *)l->v : "", 32 * l->n,
        err);
}

static enum vault_status
put_answer(struct vlt_fields *f, const struct vlt_request *r,
    struct vault_error *err)
{
    enum vault_status st;

    if (r->answer == VAULT_ANSWER_NONE)
        return VAULT_OK;
    st = vlt_fields_add_text(f, "answer", answers[r->answer], err);
    if (st == VAULT_OK)
        st =
            vlt_fields_add_i64(f, VLT_FIELD_TIME, "answered", r->answered, err);
    return st;
}

static enum vault_status
build(struct vlt_fields *f, const struct vlt_request *r,
    struct vault_error *err)
{
    enum vault_status st = vlt_fields_add_text(f, "kind", "hidden", err);

    if (st == VAULT_OK)
        st = put_bytes(f, "withdraw", r->hash, 32, err);
    if (st == VAULT_OK)
        st = put_bytes(f, "from", r->from, 32, err);
    if (st == VAULT_OK)
        st =
            vlt_fields_add_i64(f, VLT_FIELD_TIME, "received", r->received, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_TIME, "date", r->date, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(f, "state", states[r->state], err);
    if (st == VAULT_OK)
        st = put_answer(f, r, err);
    if (st == VAULT_OK)
        st = put_list(f, "stmts", &r->stmts, err);
    if (st == VAULT_OK)
        st = put_list(f, "later", &r->later, err);
    return st == VAULT_OK ? put_list(f, "gone", &r->gone, err) : st;
}

enum vault_status
vlt_request_put(struct vault *v, struct vlt_request *r, struct vault_error *err)
{
    struct vlt_fields f;
    enum vault_status st;

    vlt_fields_init(&f);
    st = build(&f, r, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &r->row, &f, err);
    vlt_fields_clear(&f);
    return st;
}
