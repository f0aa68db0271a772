/* SPDX-License-Identifier: Apache-2.0 */
/* cosigned.c: countersignatures under the stored states of own logs */
#include "cosigned.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"

struct walk {
    const struct vlt_own_log *log;
    const struct vlt_witness_set *set;
    enum vault_status (
        *fn)(void *ctx, const struct vlt_cosigned *c, struct vault_error *err);
    void *ctx;
};

static bool
is_own(const struct vlt_own_log *log, const struct vlt_note_line *l)
{
    return l->name_len == strlen(log->origin) &&
        memcmp(l->name, log->origin, l->name_len) == 0;
}

static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    const struct walk *w = ctx;
    struct vlt_note n;
    size_t i, k;
    enum vault_status st = vlt_note_parse(&n, r->note, r->note_len, err);

    if (st == VAULT_E_FORMAT)
        st =
            vlt_fail(err, VAULT_E_TAMPERED, "a stored checkpoint is malformed");
    for (i = 0; st == VAULT_OK && i < n.lines; i++) {
        struct vlt_cosigned c = {w->log, r->size, &n.line[i], NULL, 0};

        if (is_own(w->log, &n.line[i]))
            continue;
        for (k = 0; w->set != NULL && c.pin == NULL && k < w->set->n; k++) {
            if (vlt_cosignature_check(&n, i, &w->set->at[k].key, &c.time,
                    NULL) == VAULT_OK)
                c.pin = &w->set->at[k];
        }
        st = w->fn(w->ctx, &c, err);
    }
    return st;
}

enum vault_status
vlt_cosigned_each(struct vault *v, const struct vlt_own_logs *logs,
    const struct vlt_witness_set *set,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_cosigned *c, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < logs->n; i++) {
        struct walk w = {&logs->log[i], set, fn, ctx};

        st = vlt_checkpoints(v->store, logs->log[i].n, take_point, &w, err);
    }
    return st;
}

/* ---- the newest of each key, for people ---- */

enum { KEPT_MAX = 4096 };

struct kept {
    char origin[VLT_NAME_MAX + 1];
    char key[VLT_NAME_MAX + 1];
    char name[VLT_PIN_NAME + 1];
    uint8_t key_id[4];
    uint64_t size, of;
    bool held, compared;
    int64_t time;
};
struct list {
    size_t n;
    struct kept *at;
};

/* The row of this log and key; only what holds takes the place of what holds.
 * Beyond the bound lines are passed over. */
static struct kept *
place(struct list *l, const struct vlt_cosigned *c)
{
    struct kept *more = l->at;
    size_t i;

    for (i = l->n; i > 0; i--) {
        struct kept *k = &l->at[i - 1];

        if (strcmp(k->origin, c->log->origin) != 0)
            break;
        if (memcmp(k->key_id, c->line->key_id, 4) == 0 &&
            strlen(k->key) == c->line->name_len &&
            memcmp(k->key, c->line->name, c->line->name_len) == 0)
            return k;
    }
    if (l->n == KEPT_MAX)
        return NULL;
    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return NULL;
    l->at = more;
    memset(&more[l->n], 0, sizeof *more);
    return &more[l->n++];
}

static enum vault_status
collect(void *ctx, const struct vlt_cosigned *c, struct vault_error *err)
{
    struct kept *k;

    (void)err;
    if (c->line->name_len > VLT_NAME_MAX)
        return VAULT_OK;
    k = place(ctx, c);
    if (k == NULL || (k->held && c->pin == NULL))
        return VAULT_OK;
    memset(k, 0, sizeof *k);
    memcpy(k->origin, c->log->origin, strlen(c->log->origin));
    memcpy(k->key, c->line->name, c->line->name_len);
    memcpy(k->key_id, c->line->key_id, 4);
    k->size = c->size;
    k->of = c->log->size;
    k->time = -1;
    k->held = c->pin != NULL;
    if (k->held) {
        memcpy(k->name, c->pin->name, sizeof k->name);
        k->compared = c->pin->confirmed;
        k->time = (int64_t)c->time;
    }
    return VAULT_OK;
}

static enum vault_status
read_all(struct vault *v, struct list *l, struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    struct vlt_witness_set *set = NULL;
    bool open = v->vmk != NULL;
    enum vault_status st =
        open ? vlt_read_begin(v, err) : vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    if (open) {
        set = malloc(sizeof *set);
        st = set == NULL ? vlt_fail_memory(err)
                         : vlt_witness_set_load(v, set, err);
    }
    if (st == VAULT_OK && !open)
        st = vlt_own_logs_load(v->store, v->id, &logs, err);
    if (st == VAULT_OK)
        st =
            vlt_cosigned_each(v, open ? &v->logs : &logs, set, collect, l, err);
    vlt_own_logs_clear(&logs);
    vlt_store_rollback(v->store);
    free(set);
    return st;
}

enum vault_status
vault_cosigned(struct vault *v,
    int (*fn)(void *ctx, const struct vault_cosigned *c), void *ctx,
    struct vault_error *err)
{
    struct list l = {0, NULL};
    enum vault_status st = v->capture ? VAULT_OK : read_all(v, &l, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < l.n; i++) {
        const struct kept *k = &l.at[i];
        const struct vault_cosigned c = {k->origin, k->size, k->of, k->key,
            k->name, k->held, k->compared, k->time};

        if (fn(ctx, &c) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    free(l.at);
    return st;
}

/* ---- one's own witnesses ---- */

struct counting {
    const struct vlt_witness_set *set;
    uint64_t logs[VAULT_WITNESSES];
    const struct vlt_own_log *last[VAULT_WITNESSES];
    int64_t time[VAULT_WITNESSES];
};

static enum vault_status
count(void *ctx, const struct vlt_cosigned *c, struct vault_error *err)
{
    struct counting *n = ctx;
    size_t i;

    (void)err;
    if (c->pin == NULL)
        return VAULT_OK;
    i = (size_t)(c->pin - n->set->at);
    n->logs[i] += n->last[i] != c->log;
    n->last[i] = c->log;
    if ((int64_t)c->time > n->time[i])
        n->time[i] = (int64_t)c->time;
    return VAULT_OK;
}

enum vault_status
vault_witnesses(struct vault *v,
    int (*fn)(void *ctx, const struct vault_witness *w), void *ctx,
    struct vault_error *err)
{
    struct vlt_witness_set *set = NULL;
    struct counting n;
    size_t i;
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    memset(&n, 0, sizeof n);
    set = malloc(sizeof *set);
    st = set == NULL ? vlt_fail_memory(err) : vlt_witness_set_load(v, set, err);
    n.set = set;
    for (i = 0; i < VAULT_WITNESSES; i++)
        n.time[i] = -1;
    if (st == VAULT_OK)
        st = vlt_cosigned_each(v, &v->logs, set, count, &n, err);
    vlt_store_rollback(v->store);
    for (i = 0; st == VAULT_OK && i < set->n; i++) {
        struct vault_witness w = {.name = set->at[i].name,
            .compared = set->at[i].confirmed,
            .pinned = set->at[i].pinned,
            .logs = n.logs[i],
            .time = n.time[i]};

        vlt_witness_key_show(&w.key, &set->at[i].key);
        if (fn(ctx, &w) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    free(set);
    return st;
}
