/* SPDX-License-Identifier: Apache-2.0 */
/* revoked_lines.c: the revocations that the log names, each by its hash */
#include "revoked_lines.h"
#include <stdlib.h>
#include <string.h>
#include "fail.h"

enum { STEP = 64, LINES_MAX = 1 << 20 };

static enum vault_status
take_subject(void *ctx, const uint8_t subject[32], struct vault_error *err)
{
    struct vlt_revoked_lines *l = ctx;
    struct vlt_revoked_line *more;

    if (l->n >= LINES_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "too many revocations");
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
    const struct vlt_revoked_line *x = a, *y = b;

    return memcmp(x->text_hash, y->text_hash, sizeof x->text_hash);
}

enum vault_status
vlt_revoked_lines_load(struct vlt_store *s, struct vlt_revoked_lines *out,
    struct vault_error *err)
{
    struct vlt_revoked_lines l = {0, NULL};
    enum vault_status st =
        vlt_leaf_subjects(s, "revoke", take_subject, &l, err);

    *out = l;
    if (st != VAULT_OK)
        vlt_revoked_lines_clear(out);
    else if (l.n > 1)
        qsort(l.at, l.n, sizeof *l.at, compare);
    return st;
}

void
vlt_revoked_lines_clear(struct vlt_revoked_lines *l)
{
    free(l->at);
    l->at = NULL;
    l->n = 0;
}

bool
vlt_revoked_lines_meet(struct vlt_revoked_lines *l, const uint8_t text_hash[32])
{
    struct vlt_revoked_line key, *found = NULL;

    memcpy(key.text_hash, text_hash, sizeof key.text_hash);
    if (l->n > 0)
        found = bsearch(&key, l->at, l->n, sizeof *l->at, compare);
    if (found != NULL)
        found->met = true;
    return found != NULL;
}

size_t
vlt_revoked_lines_missing(const struct vlt_revoked_lines *l)
{
    size_t n = 0, i;

    for (i = 0; i < l->n; i++)
        n += !l->at[i].met;
    return n;
}
