/* SPDX-License-Identifier: Apache-2.0 */
/* newest.c: the version of a record that counts, or those in conflict */
#include "newest.h"

#include "fail.h"

#include <stdlib.h>
#include <string.h>

struct noting {
    struct newest l;
    bool failed;
};

static int
note(void *ctx, const struct vault_record_version *v)
{
    struct noting *q = ctx;
    void *p;

    if (v->withdrawn || !v->logged || (!v->current && !v->conflict))
        return 0;
    p = realloc(q->l.at, (q->l.n + 1) * sizeof *q->l.at);
    if (p == NULL) {
        q->failed = true;
        return 1;
    }
    q->l.at = p;
    memcpy(q->l.at[q->l.n++], v->statement, VAULT_HASH);
    return 0;
}

enum vault_status
newest_find(struct vault *v, const uint8_t id[VAULT_ID], struct newest *out,
    struct vault_error *err)
{
    struct noting q = {{NULL, 0}, false};
    enum vault_status st = vault_record_history(v, id, note, &q, err);

    if (q.failed)
        st = vlt_fail_memory(err);
    if (st != VAULT_OK) {
        newest_clear(&q.l);
        return st;
    }
    *out = q.l;
    return VAULT_OK;
}

void
newest_clear(struct newest *l)
{
    free(l->at);
    l->at = NULL;
    l->n = 0;
}
