/* SPDX-License-Identifier: Apache-2.0 */
/* pagemap.c: which sealed page of the catalogue is the one written last */
#include "pagemap.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "rows.h"
#include "seal.h"

struct map_row {
    bool dirty;
    uint8_t tag[VLT_MAP_ROW][VLT_MAP_TAG];
};

struct vlt_pagemap {
    struct vlt_store *outer;
    const struct vlt_cell *ck;
    bool loaded; /* the root */
    struct map_row root;
    struct map_row *row[VLT_MAP_ROW]; /* NULL: not looked at yet */
    uint8_t sealed[VLT_INNER_SEALED];
};

struct vlt_pagemap *
vlt_pagemap_new(struct vlt_store *outer, const struct vlt_cell *ck)
{
    struct vlt_pagemap *m = calloc(1, sizeof *m);

    if (m != NULL) {
        m->outer = outer;
        m->ck = ck;
    }
    return m;
}

void
vlt_pagemap_free(struct vlt_pagemap *m)
{
    size_t i;

    if (m == NULL)
        return;
    for (i = 0; i < VLT_COUNT(m->row); i++)
        free(m->row[i]);
    free(m);
}

/* ---- rows of `page` ---- */

/* Row n into plain, and its tag; *found false when there is no such row. */
static enum vault_status
get(struct vlt_pagemap *m, int64_t n, void *plain, uint8_t tag[VLT_MAP_TAG],
    bool *found, struct vault_error *err)
{
    uint8_t ad[8];
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;

    memset(tag, 0, VLT_MAP_TAG);
    status = vlt_stmt(m->outer, "SELECT b FROM page WHERE n = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    sqlite3_bind_int64(st, 1, n);
    status = vlt_step(m->outer, st, found, err);
    if (status != VAULT_OK || !*found)
        return status;
    vlt_row_init(&r, st, "page");
    vlt_row_fixed(&r, 0, m->sealed, sizeof m->sealed);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    if (status != VAULT_OK)
        return status;
    vlt_store_u64(ad, (uint64_t)n);
    if (!vlt_unseal(plain, m->ck->b, ad, sizeof ad, m->sealed,
            sizeof m->sealed))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a page of the catalogue does not open");
    memcpy(tag, m->sealed + sizeof m->sealed - VLT_TAG, VLT_MAP_TAG);
    return VAULT_OK;
}

static enum vault_status
put(struct vlt_pagemap *m, int64_t n, const void *plain,
    uint8_t tag[VLT_MAP_TAG], struct vault_error *err)
{
    uint8_t ad[8];
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(m->outer,
        "INSERT INTO page(n, b) VALUES(?, ?) "
        "ON CONFLICT(n) DO UPDATE SET b = excluded.b",
        &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_store_u64(ad, (uint64_t)n);
    vlt_seal(m->sealed, m->ck->b, ad, sizeof ad, plain, VLT_INNER_BYTES);
    memcpy(tag, m->sealed + sizeof m->sealed - VLT_TAG, VLT_MAP_TAG);
    sqlite3_bind_int64(st, 1, n);
    vlt_bind_blob(st, 2, m->sealed, sizeof m->sealed);
    return vlt_run(m->outer, st, err);
}

/* ---- the map ---- */

static enum vault_status
old_page(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED,
        "a page of the catalogue is not the one written last");
}

/* A catalogue that is being made has no pages and no map yet. */
static enum vault_status
load_root(struct vlt_pagemap *m, struct vault_error *err)
{
    uint8_t tag[VLT_MAP_TAG];
    uint64_t pages = 0;
    bool found = false;
    enum vault_status st;

    if (m->loaded)
        return VAULT_OK;
    st = get(m, 0, m->root.tag, tag, &found, err);
    if (st == VAULT_OK && !found)
        st = vlt_count(m->outer, "SELECT EXISTS(SELECT 1 FROM page)", &pages,
            err);
    if (st == VAULT_OK && pages > 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the catalogue has no map");
    m->loaded = st == VAULT_OK;
    return st;
}

/* Where page n has its tag. */
static enum vault_status
entry(struct vlt_pagemap *m, uint64_t n, struct map_row **row, uint8_t **tag,
    struct vault_error *err)
{
    size_t k = (size_t)((n - 1) / VLT_MAP_ROW);
    uint8_t now[VLT_MAP_TAG];
    struct map_row *r = m->row[k];
    bool found;
    enum vault_status st = load_root(m, err);

    if (st == VAULT_OK && r == NULL) {
        r = calloc(1, sizeof *r);
        if (r == NULL)
            return vlt_fail_memory(err);
        st = get(m, -1 - (int64_t)k, r->tag, now, &found, err);
        if (st == VAULT_OK && memcmp(now, m->root.tag[k], VLT_MAP_TAG) != 0)
            st = old_page(err);
        if (st == VAULT_OK)
            m->row[k] = r;
        else
            free(r);
    }
    if (st != VAULT_OK)
        return st;
    *row = r;
    *tag = r->tag[(n - 1) % VLT_MAP_ROW];
    return VAULT_OK;
}

enum vault_status
vlt_pagemap_read(struct vlt_pagemap *m, uint64_t n,
    uint8_t plain[VLT_INNER_BYTES], bool *found, struct vault_error *err)
{
    uint8_t now[VLT_MAP_TAG];
    struct map_row *row;
    uint8_t *tag;
    enum vault_status st = entry(m, n, &row, &tag, err);

    if (st == VAULT_OK)
        st = get(m, (int64_t)n, plain, now, found, err);
    if (st == VAULT_OK && memcmp(now, tag, VLT_MAP_TAG) != 0)
        st = old_page(err);
    if (st != VAULT_OK)
        vlt_wipe(plain, VLT_INNER_BYTES);
    return st;
}

enum vault_status
vlt_pagemap_write(struct vlt_pagemap *m, uint64_t n,
    const uint8_t plain[VLT_INNER_BYTES], struct vault_error *err)
{
    struct map_row *row;
    uint8_t *tag;
    enum vault_status st = entry(m, n, &row, &tag, err);

    if (st != VAULT_OK)
        return st;
    row->dirty = true;
    return put(m, (int64_t)n, plain, tag, err);
}

enum vault_status
vlt_pagemap_cut(struct vlt_pagemap *m, uint64_t size, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct map_row *row;
    uint64_t n = 0;
    uint8_t *tag;
    enum vault_status status =
        vlt_count(m->outer, "SELECT max(n) FROM page", &n, err);

    for (; status == VAULT_OK && n > size && n <= VLT_MAP_PAGES; n--) {
        status = entry(m, n, &row, &tag, err);
        if (status == VAULT_OK) {
            memset(tag, 0, VLT_MAP_TAG);
            row->dirty = true;
        }
    }
    if (status == VAULT_OK)
        status = vlt_stmt(m->outer, "DELETE FROM page WHERE n > ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, size);
    return vlt_run(m->outer, st, err);
}

enum vault_status
vlt_pagemap_flush(struct vlt_pagemap *m, struct vault_error *err)
{
    uint8_t tag[VLT_MAP_TAG];
    enum vault_status st = VAULT_OK;
    size_t k;

    for (k = 0; st == VAULT_OK && k < VLT_COUNT(m->row); k++) {
        if (m->row[k] == NULL || !m->row[k]->dirty)
            continue;
        st = put(m, -1 - (int64_t)k, m->row[k]->tag, m->root.tag[k], err);
        m->row[k]->dirty = false;
        m->root.dirty = true;
    }
    if (st == VAULT_OK && m->root.dirty) {
        st = put(m, 0, m->root.tag, tag, err);
        m->root.dirty = false;
    }
    return st;
}
