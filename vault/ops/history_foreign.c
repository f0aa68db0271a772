/* SPDX-License-Identifier: Apache-2.0 */
/* history_foreign.c: the versions of another vault's record */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "history.h"
#include "leaf.h"

/*
 * Their lines lie in a log that is not here: the sealed proof beside each row
 * says what was proved when it came in (verify looks at it once more). Rows
 * that were dropped stand as withdrawn. Nothing of this depends on the order
 * in which they came.
 */

static bool
fits(const struct vlt_version_row *r, const struct vlt_foreign_proof *p)
{
    struct vlt_leaf leaf;

    return p->leaf.len > 0 &&
        vlt_leaf_decode(&leaf, (const char *)p->leaf.p, p->leaf.len, NULL) ==
        VAULT_OK &&
        (strcmp(leaf.kind, "seal") == 0 || strcmp(leaf.kind, "take") == 0) &&
        leaf.has_record && memcmp(leaf.record, r->head.h.id, 16) == 0 &&
        leaf.version == r->head.h.version &&
        memcmp(leaf.subject, r->stmt, 32) == 0;
}

static enum vault_status
take_proof(struct vault *v, struct vlt_version *x, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    enum vault_status st = vlt_foreign_proof_get(v, x->row.rid, &p, err);

    if (st != VAULT_OK)
        return st;
    if (memcmp(p.stmt, x->row.stmt, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the proof of a foreign record is another's");
    else if (p.whole != x->row.meta || (p.parts > 0) != x->row.part)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "something of this record was taken away from outside");
    x->logged = fits(&x->row, &p);
    x->withdrawn = p.dropped != 0;
    x->head_only = !x->row.meta && !x->row.part;
    vlt_foreign_proof_clear(&p);
    return st;
}

/* From the highest down: what a logged one names by prev is logged too. */
static void
spread(struct vlt_history *h)
{
    size_t i, k;

    for (i = h->n; i-- > 0;) {
        for (k = 0; h->v[i].logged && k < i; k++) {
            if (h->v[k].row.head.h.version + 1 == h->v[i].row.head.h.version &&
                memcmp(h->v[k].row.stmt, h->v[i].row.head.h.prev, 32) == 0)
                h->v[k].logged = true;
        }
    }
}

/* From the lowest up: each must stand on one that stands. */
static void
mark_waiting(struct vlt_history *h)
{
    size_t i;

    for (i = 0; i < h->n; i++) {
        struct vlt_version *x = &h->v[i];
        const struct vlt_version *on;

        if (x->row.head.h.version == 1)
            continue;
        on = vlt_history_find(h, x->row.head.h.prev);
        if (on == NULL || on->waits ||
            on->row.head.h.version + 1 != x->row.head.h.version) {
            x->waits = true;
            x->logged = false;
        }
    }
}

static enum vault_status
fill(struct vault *v, const struct vlt_version_rows *rows,
    struct vlt_history *h, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    h->v = calloc(rows->n, sizeof *h->v);
    if (h->v == NULL)
        return vlt_fail_memory(err);
    h->n = rows->n;
    h->foreign = true;
    for (i = 0; st == VAULT_OK && i < rows->n; i++) {
        h->v[i].row = rows->v[i];
        st = take_proof(v, &h->v[i], err);
    }
    if (st != VAULT_OK)
        return st;
    spread(h);
    mark_waiting(h);
    return vlt_history_settle(v, h, err);
}

enum vault_status
vlt_history_load_foreign(struct vault *v, const uint8_t id[16],
    struct vlt_history *out, struct vault_error *err)
{
    struct vlt_version_rows rows;
    struct vlt_history h;
    enum vault_status st = vlt_foreign_versions(v, id, &rows, err);

    if (st != VAULT_OK)
        return st;
    if (rows.n == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no such record");
    memset(&h, 0, sizeof h);
    st = fill(v, &rows, &h, err);
    vlt_version_rows_clear(&rows);
    if (st == VAULT_OK)
        *out = h;
    else
        vlt_history_clear(&h);
    return st;
}
