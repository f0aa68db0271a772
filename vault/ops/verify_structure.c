/* SPDX-License-Identifier: Apache-2.0 */
/* verify_structure.c: SQLite's own check, beside what is read meanwhile */
#include <stdatomic.h>
#include <stdlib.h>
#include "fail.h"
#include "pool.h"
#include "verify.h"

/*
 * The check reads the whole file and says one line, the first of all. It runs
 * on a twin of the handle in another thread while the rest is judged and bodies
 * are read; what is told waits here, and so does the judging when that is much.
 */
enum { KEPT = 64, LOOK_MS = 50, SMALL_PIECE = 1 << 20 };

struct vlt_structure {
    struct vlt_store *s; /* the twin, or NULL when it is not there any more */
    struct vlt_job job;
    atomic_bool stop;
    enum vault_status st;
    struct vault_error why;
    enum vault_status settled; /* once s is gone */
    size_t n;
    struct vault_finding kept[KEPT];
};

static void
run(void *ctx)
{
    struct vlt_structure *x = ctx;

    x->st = vlt_store_quick_check(x->s, &x->why);
}

static int
stopped(void *ctx)
{
    struct vlt_structure *x = ctx;

    return atomic_load(&x->stop);
}

static enum vault_status
tell(struct vlt_verify *v, enum vault_status st, const struct vault_error *why,
    struct vault_error *err)
{
    if (st == VAULT_OK)
        vlt_held(v, "structure", 1,
            "header, schema and structure of the file are as they must be");
    if (v->s->undone)
        vlt_held(v, "structure", 1,
            "an interrupted write was undone, in memory only: the file was "
            "not changed");
    return vlt_judge(v, "structure", st, why, err);
}

static enum vault_status
look_here(struct vlt_verify *v, struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st;

    vlt_error_clear(&why);
    st = vlt_store_quick_check(v->s, &why);
    return tell(v, st, &why, err);
}

enum vault_status
vlt_structure_begin(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_structure *x;
    uint64_t size = 0;
    enum vault_status st = vlt_store_bytes(v->s, &size, err);

    if (st != VAULT_OK)
        return st;
    if (vlt_verify_threads(v, size / SMALL_PIECE) == 1)
        return look_here(v, err);
    x = calloc(1, sizeof *x);
    if (x == NULL)
        return vlt_fail_memory(err);
    if (vlt_store_twin(v->s, stopped, x, &x->s, NULL) != VAULT_OK) {
        free(x);
        return look_here(v, err);
    }
    vlt_error_clear(&x->why);
    v->structure = x;
    vlt_pool_add(v->pool, &x->job, run, x);
    return VAULT_OK;
}

bool
vlt_structure_keeps(struct vlt_verify *v, const struct vault_finding *f)
{
    struct vlt_structure *x = v->structure;

    if (x == NULL || x->s == NULL)
        return false;
    if (x->n < KEPT) {
        x->kept[x->n++] = *f;
        return true;
    }
    (void)!vlt_structure_settle(v, NULL); /* asked again at the end */
    return false;
}

bool
vlt_structure_presses(const struct vlt_verify *v)
{
    const struct vlt_structure *x = v->structure;

    return x != NULL && x->s != NULL && x->n > KEPT / 2;
}

bool
vlt_structure_busy(struct vlt_verify *v)
{
    struct vlt_structure *x = v->structure;

    return x != NULL && x->s != NULL && !vlt_pool_look(v->pool, &x->job, 0);
}

enum vault_status
vlt_structure_settle(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_structure *x = v->structure;
    size_t i;

    if (x == NULL)
        return VAULT_OK;
    if (x->s != NULL) {
        while (!vlt_pool_look(v->pool, &x->job, LOOK_MS)) {
            if (vlt_verify_interrupt(v) != 0)
                atomic_store(&x->stop, true);
        }
        vlt_store_close(x->s);
        x->s = NULL;
        x->settled = tell(v, x->st, &x->why, &x->why);
        for (i = 0; i < x->n; i++)
            vlt_tell(v, &x->kept[i]);
    }
    if (x->settled != VAULT_OK && err != NULL)
        *err = x->why;
    return x->settled;
}

void
vlt_structure_free(struct vlt_structure *x)
{
    free(x);
}
