/* SPDX-License-Identifier: Apache-2.0 */
/* import_names.c: what is in a folder, in order */
#include "importing.h"

#include "fail.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 1024 * 1024 };

struct listing {
    struct names *l;
    struct vault_error *err;
};

static enum vault_status
add(void *ctx, const char *name, bool is_dir)
{
    struct listing *k = ctx;
    struct names *l = k->l;

    if (l->n == NAMES_MAX)
        return vlt_fail(k->err, VAULT_E_LIMIT,
            "more than %d names in one folder", (int)NAMES_MAX);
    if ((l->n & (l->n - 1)) == 0) {
        struct name *all =
            realloc(l->v, (l->n == 0 ? 1 : 2 * l->n) * sizeof *all);

        if (all == NULL)
            return vlt_fail_memory(k->err);
        l->v = all;
    }
    l->v[l->n].s = vlt_strdup(name);
    l->v[l->n].is_dir = is_dir;
    if (l->v[l->n].s == NULL)
        return vlt_fail_memory(k->err);
    l->n++;
    return VAULT_OK;
}

static int
by_name(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    return strcmp(x->s, y->s);
}

enum vault_status
names_list(const char *folder, struct names *out, struct vault_error *err)
{
    struct names l = {0};
    struct listing k = {&l, err};
    enum vault_status st = vlt_os_listdir(folder, add, &k, err);

    if (st != VAULT_OK) {
        names_clear(&l);
        return st;
    }
    if (l.n > 0)
        qsort(l.v, l.n, sizeof *l.v, by_name);
    *out = l;
    return VAULT_OK;
}

void
names_clear(struct names *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->v[i].s);
    free(l->v);
    memset(l, 0, sizeof *l);
}

char *
names_join(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    bool slash = n > 0 && a[n - 1] != '/';
    char *s = malloc(n + m + 2);

    if (s == NULL)
        return NULL;
    memcpy(s, a, n);
    if (slash)
        s[n] = '/';
    memcpy(s + n + slash, b, m + 1);
    return s;
}

char *
names_folder(const char *path)
{
    size_t n = (size_t)(vlt_os_basename(path) - path);
    char *s;

    if (n == 0)
        return vlt_strdup(".");
    s = malloc(n + 1);
    if (s == NULL)
        return NULL;
    memcpy(s, path, n);
    s[n] = 0;
    return s;
}
