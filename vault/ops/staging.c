/* SPDX-License-Identifier: Apache-2.0 */
/* staging.c: giving back what an interrupted sealing left behind */
#include "action.h"
#include "fail.h"
#include "record_rows.h"
#include "rows.h"

enum { PIECE = 64 }; /* segments deleted in one transaction */

static enum vault_status
newest_segment(struct vault *v, uint64_t *out, struct vault_error *err)
{
    uint64_t rid;
    enum vault_status st = vlt_staging_first(v->store, &rid, err);

    *out = 0;
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    st = vlt_count(v->store, "SELECT max(s) FROM segment", out, err);
    if (st == VAULT_OK && *out == 0)
        *out = 1; /* something is staged, without a segment yet */
    return st;
}

enum vault_status
vlt_staging_mark(struct vault *v, struct vault_error *err)
{
    return newest_segment(v, &v->staged_mark, err);
}

/* In a damaged file a row may come back for ever. */
static enum vault_status
drop_row(struct vault *v, uint64_t rid, struct vault_error *err)
{
    uint64_t next;
    enum vault_status st = vlt_staging_delete(v->store, rid, err);

    if (st == VAULT_OK && vlt_staging_first(v->store, &next, NULL) == VAULT_OK)
        st = vlt_rows_rise(rid, next, "staging", err);
    return st;
}

/*
 * One transaction; *more says whether to come again. The first one judges
 * while it holds the lock: whoever was staging when it was asked for has
 * then ended a transaction, so that segments have been added.
 */
static enum vault_status
clear_piece(struct vault *v, bool first, bool *more, struct vault_error *err)
{
    uint64_t rid;
    uint64_t now = v->staged_mark;
    uint64_t n = 0;
    enum vault_status st = vlt_store_begin(v->store, true, err);

    *more = false;
    if (st != VAULT_OK)
        return st;
    if (first)
        st = newest_segment(v, &now, err);
    if (st == VAULT_OK && now != v->staged_mark) {
        vlt_store_rollback(v->store);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_staging_first(v->store, &rid, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        vlt_store_rollback(v->store);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_segments_delete(v->store, rid, PIECE, &n, err);
    if (st == VAULT_OK && n < PIECE)
        st = drop_row(v, rid, err);
    if (st != VAULT_OK) {
        vlt_store_rollback(v->store);
        return st;
    }
    *more = true;
    return vlt_store_commit(v->store, err);
}

enum vault_status
vlt_staging_clear(struct vault *v, struct vault_error *err)
{
    struct vlt_lock *lock = NULL;
    bool first = true;
    bool more = true;
    enum vault_status st;
    enum vault_status back;

    if (v->staged_seen)
        return VAULT_OK;
    v->staged_seen = true;
    /* without a state folder nobody can be asked whether he is at it */
    if (v->staged_mark == 0 || v->opt.no_state)
        return VAULT_OK;
    st = vlt_staging_lock(v, &lock, err);
    if (st == VAULT_E_BUSY) { /* somebody is at it: it stays */
        vlt_error_clear(err);
        return VAULT_OK;
    }
    /* their key died with the process that drew it: nothing to zero */
    if (st == VAULT_OK)
        st = vlt_store_zeroing(v->store, false, err);
    while (st == VAULT_OK && more) {
        st = clear_piece(v, first, &more, err);
        first = false;
    }
    back = vlt_store_zeroing(v->store, true, st == VAULT_OK ? err : NULL);
    vlt_os_unlock(lock);
    return st != VAULT_OK ? st : back;
}
