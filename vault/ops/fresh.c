/* SPDX-License-Identifier: Apache-2.0 */
/* fresh.c: contents that the running action added */
#include "fresh.h"
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"

enum { LINES = 256 };

struct content {
    uint8_t sha256[32];
    uint64_t rid; /* 0: free */
};

struct vlt_fresh {
    struct vlt_catalogue *session;
    uint64_t next; /* line of the own log */
    size_t n, slots;
    struct content *at;
    uint64_t rid; /* whose contents are being put in */
};

void
vlt_fresh_forget(struct vault *v)
{
    struct vlt_fresh *f = v->fresh;

    v->fresh = NULL;
    if (f == NULL)
        return;
    vlt_catalogue_close(f->session);
    if (f->at != NULL)
        vlt_wipe(f->at, f->slots * sizeof *f->at);
    free(f->at);
    free(f);
}

struct vlt_catalogue *
vlt_fresh_session(const struct vlt_fresh *f)
{
    return f->session;
}

/* ---- the table ---- */

static size_t
place(const struct vlt_fresh *f, const uint8_t sha256[32])
{
    return (size_t)vlt_load_u64(sha256) & (f->slots - 1);
}

static void
insert(struct vlt_fresh *f, const uint8_t sha256[32], uint64_t rid)
{
    size_t i;

    for (i = place(f, sha256); f->at[i].rid != 0; i = (i + 1) & (f->slots - 1))
        if (f->at[i].rid == rid && memcmp(f->at[i].sha256, sha256, 32) == 0)
            return;
    memcpy(f->at[i].sha256, sha256, 32);
    f->at[i].rid = rid;
    f->n++;
}

static bool
grow(struct vlt_fresh *f)
{
    struct content *old = f->at;
    size_t slots = f->slots;
    size_t i;

    f->at = calloc(slots == 0 ? 1024 : 2 * slots, sizeof *f->at);
    if (f->at == NULL) {
        f->at = old;
        return false;
    }
    f->slots = slots == 0 ? 1024 : 2 * slots;
    f->n = 0;
    for (i = 0; i < slots; i++) {
        if (old[i].rid != 0)
            insert(f, old[i].sha256, old[i].rid);
    }
    if (old != NULL)
        vlt_wipe(old, slots * sizeof *old);
    free(old);
    return true;
}

size_t
vlt_fresh_content(const struct vlt_fresh *f, const uint8_t sha256[32],
    uint64_t *rid, size_t max)
{
    size_t n = 0;
    size_t i;

    if (f->slots == 0)
        return 0;
    for (i = place(f, sha256); n < max && f->at[i].rid != 0;
         i = (i + 1) & (f->slots - 1)) {
        if (memcmp(f->at[i].sha256, sha256, 32) == 0)
            rid[n++] = f->at[i].rid;
    }
    return n;
}

/* ---- following the own log ---- */

static enum vault_status
take_content(void *ctx, const uint8_t sha256[32], struct vault_error *err)
{
    struct vlt_fresh *f = ctx;

    if (2 * f->n >= f->slots && !grow(f))
        return vlt_fail_memory(err);
    insert(f, sha256, f->rid);
    return VAULT_OK;
}

static enum vault_status
take_record(struct vault *v, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_version_rows rows;
    struct vlt_indexed x;
    enum vault_status st = vlt_record_versions(v->store, id, &rows, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && i < rows.n; i++) {
        v->fresh->rid = rows.v[i].rid;
        st = vlt_catalogue_open_row(v, rows.v[i].rid, &x, err);
        if (st != VAULT_OK || !x.readable)
            continue;
        st = vlt_contents(&x, take_content, v->fresh, err);
        vlt_meta_clear(&x.meta);
    }
    vlt_version_rows_clear(&rows);
    return st;
}

struct lines {
    uint64_t next;
    size_t n;
    uint8_t id[LINES][16];
};

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct lines *l = ctx;

    (void)err;
    if (l->n == LINES)
        return VAULT_E_CANCELLED; /* enough */
    l->next = r->idx + 1;
    if (r->leaf.has_record)
        memcpy(l->id[l->n++], r->leaf.record, 16);
    return VAULT_OK;
}

static enum vault_status
follow(struct vault *v, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    struct lines l;
    size_t i;

    while (st == VAULT_OK && v->fresh->next < v->state.size) {
        l.next = v->fresh->next;
        l.n = 0;
        st = vlt_leaves(v->store, v->log_n, l.next, take_line, &l, err);
        if (st == VAULT_E_CANCELLED && l.n == LINES)
            st = VAULT_OK;
        if (st == VAULT_OK && l.next == v->fresh->next)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "a line of this action is missing");
        for (i = 0; st == VAULT_OK && i < l.n; i++)
            st = take_record(v, l.id[i], err);
        v->fresh->next = l.next;
    }
    return st;
}

/* The catalogue as it was before this action; when other lines are missing in
 * it, all are taken in first. */
static enum vault_status
begin(struct vault *v, struct vault_error *err)
{
    struct vlt_fresh *f = calloc(1, sizeof *f);
    enum vault_status st;

    if (f == NULL)
        return vlt_fail_memory(err);
    st = vlt_catalogue_before(v, &f->session, &f->next, err);
    if (st != VAULT_OK && st != VAULT_E_MEMORY && st != VAULT_E_CANCELLED) {
        vlt_error_clear(err);
        st = vlt_catalogue_follow(v, err);
        if (st == VAULT_OK)
            st = vlt_catalogue_before(v, &f->session, &f->next, err);
    }
    if (st == VAULT_OK)
        v->fresh = f;
    else
        free(f);
    return st;
}

enum vault_status
vlt_fresh_now(struct vault *v, struct vlt_fresh **out, struct vault_error *err)
{
    enum vault_status st = v->fresh == NULL ? begin(v, err) : VAULT_OK;

    if (st == VAULT_OK)
        st = follow(v, err);
    if (st == VAULT_OK)
        *out = v->fresh;
    else
        vlt_fresh_forget(v);
    return st;
}
