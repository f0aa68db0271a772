/* SPDX-License-Identifier: Apache-2.0 */
/* capture_withdraw.c: what a withdrawal destroys, in a capture file still kept */
#include "action.h"
#include "fail.h"
#include "log_rows.h"
#include "record_rows.h"

/* The row head and the lines stay: they still give the signed root. */
static enum vault_status
destroy(struct vlt_store *s, const struct vlt_version_row *r, bool *held,
    struct vault_error *err)
{
    uint64_t segments = 0;
    enum vault_status st = vlt_segment_count(s, r->rid, &segments, err);

    *held = *held || r->meta || r->wrap || segments > 0;
    if (st == VAULT_OK)
        st = vlt_wrap_destroy(s, r->rid, err);
    if (st == VAULT_OK)
        st = vlt_meta_destroy(s, r->rid, err);
    if (st == VAULT_OK)
        st = vlt_segments_destroy(s, r->rid, err);
    return st;
}

static enum vault_status
act(struct vlt_store *s, const uint8_t id[16], uint32_t version, bool *held,
    struct vault_error *err)
{
    struct vlt_version_rows rows;
    uint64_t events = 0;
    enum vault_status st = vlt_record_versions(s, id, &rows, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    for (i = 0; st == VAULT_OK && i < rows.n; i++) {
        if (version == 0 || rows.v[i].head.h.version == version)
            st = destroy(s, &rows.v[i], held, err);
    }
    vlt_version_rows_clear(&rows);
    if (st == VAULT_OK)
        st = vlt_events_destroy(s, id, version, &events, err);
    *held = *held || events > 0;
    return st;
}

enum vault_status
vault_capture_withdraw(const char *path, const struct vault_options *opt,
    const uint8_t id[VAULT_ID], uint32_t version, bool *held,
    struct vault_error *err)
{
    struct vault *c = NULL;
    bool any = false;
    enum vault_status st = vault_capture_open(path, opt, &c, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(c->store, true, err);
    if (st != VAULT_OK) {
        vault_close(c);
        return st;
    }
    st = act(c->store, id, version, &any, err);
    if (st == VAULT_OK && any)
        st = vlt_store_commit(c->store, err);
    else
        vlt_store_rollback(c->store);
    vault_close(c);
    if (st == VAULT_OK)
        *held = any;
    return st;
}
