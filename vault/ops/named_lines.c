/* SPDX-License-Identifier: Apache-2.0 */
/* named_lines.c: what lines of one kind name by its hash */
#include "named_lines.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"

enum { STEP = 64, LINES_MAX = 1 << 20 };

enum vault_status
vlt_named_lines_add(void *ctx, const uint8_t subject[32],
    struct vault_error *err)
{
    struct vlt_named_lines *l = ctx;
    struct vlt_named_line *more;

    if (l->n >= LINES_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "too many lines of one kind");
    if (l->n % STEP == 0) {
        more = realloc(l->at, (l->n + STEP) * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        l->at = more;
    }
    memcpy(l->at[l->n].text_hash, subject, 32);
    l->at[l->n++].met = false;
    return VAULT_OK;
}

static int
compare(const void *a, const void *b)
{
    const struct vlt_named_line *x = a, *y = b;

    return memcmp(x->text_hash, y->text_hash, sizeof x->text_hash);
}

void
vlt_named_lines_sort(struct vlt_named_lines *l)
{
    size_t i, k = 0;

    if (l->n == 0)
        return;
    qsort(l->at, l->n, sizeof *l->at, compare);
    for (i = 1; i < l->n; i++) {
        if (compare(&l->at[i], &l->at[k]) != 0)
            l->at[++k] = l->at[i];
    }
    l->n = k + 1;
}

enum vault_status
vlt_named_lines_load(struct vlt_store *s, const char *kind,
    struct vlt_named_lines *out, struct vault_error *err)
{
    struct vlt_named_lines l = {0, NULL};
    enum vault_status st =
        vlt_leaf_subjects(s, kind, vlt_named_lines_add, &l, err);

    *out = l;
    if (st != VAULT_OK)
        vlt_named_lines_clear(out);
    else
        vlt_named_lines_sort(out);
    return st;
}

void
vlt_named_lines_clear(struct vlt_named_lines *l)
{
    free(l->at);
    l->at = NULL;
    l->n = 0;
}

bool
vlt_named_lines_has(const struct vlt_named_lines *l,
    const uint8_t text_hash[32])
{
    struct vlt_named_line key;

    memcpy(key.text_hash, text_hash, sizeof key.text_hash);
    return l->n > 0 &&
        bsearch(&key, l->at, l->n, sizeof *l->at, compare) != NULL;
}

bool
vlt_named_lines_meet(struct vlt_named_lines *l, const uint8_t text_hash[32])
{
    struct vlt_named_line key, *found = NULL;

    memcpy(key.text_hash, text_hash, sizeof key.text_hash);
    if (l->n > 0)
        found = bsearch(&key, l->at, l->n, sizeof *l->at, compare);
    if (found != NULL)
        found->met = true;
    return found != NULL;
}

size_t
vlt_named_lines_missing(const struct vlt_named_lines *l)
{
    size_t n = 0, i;

    for (i = 0; i < l->n; i++)
        n += !l->at[i].met;
    return n;
}
