/* SPDX-License-Identifier: Apache-2.0 */
/* log_names.c: which states of the vault's logs its other logs name */
#include "log_names.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"

struct loading {
    const struct vlt_own_logs *logs;
    struct vlt_log_names *names;
};

static enum vault_status
add(struct vlt_log_names *names, const struct vlt_log_name *name,
    struct vault_error *err)
{
    struct vlt_log_name *more;

    if (names->n == names->room) {
        size_t room = names->room * 2 + 64;

        more = realloc(names->of, room * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        names->of = more;
        names->room = room;
    }
    names->of[names->n++] = *name;
    return VAULT_OK;
}

static enum vault_status
add_bases(struct vlt_log_names *names, const struct vlt_own_log *log,
    struct vault_error *err)
{
    struct vlt_log_name name = {{0}, log->n, false, 0};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < log->replica.bases; i++) {
        memcpy(name.checkpoint, log->replica.base[i].checkpoint, 32);
        st = add(names, &name, err);
    }
    return st;
}

/* Rows of a log that is not one of ours say nothing, nor do those of a session:
 * whoever finds the capture file has its key, and what it named would not be
 * named by us. */
static enum vault_status
add_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct loading *l = ctx;
    struct vlt_log_name name = {{0}, r->log, true, r->idx};
    const struct vlt_own_log *by = vlt_own_log_find(l->logs, r->log);

    if (by == NULL || by->session)
        return VAULT_OK;
    memcpy(name.checkpoint, r->leaf.subject, 32);
    return add(l->names, &name, err);
}

static int
by_checkpoint(const void *a, const void *b)
{
    return memcmp(((const struct vlt_log_name *)a)->checkpoint,
        ((const struct vlt_log_name *)b)->checkpoint, 32);
}

enum vault_status
vlt_log_names_load(struct vault *v, struct vlt_log_names *out,
    struct vault_error *err)
{
    struct vlt_log_names names = {0, 0, NULL};
    struct loading l = {&v->logs, &names};
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        if (!v->logs.log[i].session)
            st = add_bases(&names, &v->logs.log[i], err);
    }
    if (st == VAULT_OK)
        st = vlt_leaves_joining(v->store, add_line, &l, err);
    if (st != VAULT_OK) {
        vlt_log_names_clear(&names);
        return st;
    }
    if (names.n > 0)
        qsort(names.of, names.n, sizeof *names.of, by_checkpoint);
    *out = names;
    return VAULT_OK;
}

static enum vault_status
check_line(struct vault *v, const struct vlt_log_name *name,
    struct vault_error *err)
{
    const struct vlt_own_log *by = vlt_own_log_find(&v->logs, name->by);
    struct vlt_leaf_row row;
    enum vault_status st =
        vlt_leaf_get(v->store, name->by, name->idx, &row, NULL, err);

    return st == VAULT_OK
        ? vlt_own_leaf_check(v->store, by, name->idx, &row.leaf, err)
        : st;
}

/* The first of those with this checkpoint. */
static size_t
find(const struct vlt_log_names *names, const uint8_t checkpoint[32])
{
    size_t low = 0;
    size_t high = names->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (memcmp(names->of[mid].checkpoint, checkpoint, 32) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

enum vault_status
vlt_log_named(struct vault *v, const struct vlt_log_names *names,
    const struct vlt_own_log *log, bool *out, struct vault_error *err)
{
    size_t i;

    *out = false;
    for (i = find(names, log->checkpoint); i < names->n; i++) {
        const struct vlt_log_name *name = &names->of[i];

        if (memcmp(name->checkpoint, log->checkpoint, 32) != 0)
            break;
        if (name->by == log->n)
            continue;
        *out = true;
        return name->line ? check_line(v, name, err) : VAULT_OK;
    }
    return VAULT_OK;
}

void
vlt_log_names_clear(struct vlt_log_names *names)
{
    free(names->of);
    memset(names, 0, sizeof *names);
}
