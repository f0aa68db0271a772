/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c: the small tables: meta, slot, identity, counting */
#include "rows.h"
#include <sqlite3.h>
#include <string.h>
#include "fail.h"
#include "note.h"

enum vault_status
vlt_meta_get(struct vlt_store *s, const char *k, void *out, size_t n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT v FROM meta WHERE k = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, k, strlen(k));
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "meta has no %s", k);
    vlt_row_init(&r, st, "meta");
    vlt_row_fixed(&r, 0, out, n);
    status = vlt_row_end(&r, err);
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_meta_get_u32(struct vlt_store *s, const char *k, uint32_t *out,
    struct vault_error *err)
{
    uint8_t b[4];
    enum vault_status st = vlt_meta_get(s, k, b, sizeof b, err);

    if (st == VAULT_OK)
        *out = vlt_load_u32(b);
    return st;
}

enum vault_status
vlt_meta_put(struct vlt_store *s, const char *k, const void *p, size_t n,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status =
        vlt_stmt(s, "INSERT OR REPLACE INTO meta(k, v) VALUES(?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, k, strlen(k));
    vlt_bind_blob(st, 2, p, n);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_meta_load(struct vlt_store *s, const char *k, struct vlt_buf *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    const uint8_t *p;
    size_t n;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT v FROM meta WHERE k = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, k, strlen(k));
    status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    if (!row)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "meta has no %s", k);
    vlt_row_init(&r, st, "meta");
    p = vlt_row_blob(&r, 0, 0, VLT_META_VALUE_MAX, &n);
    status = vlt_row_end(&r, err);
    if (status == VAULT_OK) {
        vlt_buf_put(out, p, n);
        status = vlt_buf_end(out, "meta", err);
    }
    sqlite3_reset(st);
    return status;
}

enum vault_status
vlt_meta_delete(struct vlt_store *s, const char *k, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "DELETE FROM meta WHERE k = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_text(st, 1, k, strlen(k));
    return vlt_run(s, st, err);
}

enum vault_status
vlt_meta_put_u32(struct vlt_store *s, const char *k, uint32_t v,
    struct vault_error *err)
{
    uint8_t b[4];

    vlt_store_u32(b, v);
    return vlt_meta_put(s, k, b, sizeof b, err);
}

enum vault_status
vlt_meta_each(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const char *k, const uint8_t *v,
        size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT k, v FROM meta ORDER BY k", &st, err);
    while (status == VAULT_OK) {
        const char *k;
        const uint8_t *v;
        size_t kn, vn;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "meta");
        k = vlt_row_text(&r, 0, 1, 32, &kn);
        v = vlt_row_blob(&r, 1, 0, VLT_META_VALUE_MAX, &vn);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, k, v, vn, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

static enum vault_status
take_slot(struct vlt_slot_set *set, const uint8_t *id, const uint8_t *b,
    size_t n, bool lenient, struct vault_error *err)
{
    struct vlt_slot *slot = &set->slot[set->n];
    enum vault_status st = vlt_slot_decode(slot, b, n, err);

    if (st == VAULT_OK && memcmp(slot->id, id, 16) != 0)
        st = vlt_fail(err, VAULT_E_SLOT, "a slot's row has another id");
    if (st == VAULT_OK) {
        set->n++;
        return st;
    }
    if (!lenient)
        return st;
    set->damaged++;
    memcpy(set->damaged_id, id, 16);
    vlt_error_clear(err);
    return VAULT_OK;
}

enum vault_status
vlt_slots_load(struct vlt_store *s, bool lenient, struct vlt_slot_set *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    enum vault_status status;
    bool row;

    memset(out, 0, sizeof *out);
    status = vlt_stmt(s, "SELECT id, b FROM slot ORDER BY id", &st, err);
    while (status == VAULT_OK) {
        uint8_t id[16];
        const uint8_t *b;
        size_t n;

        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        if (out->n + out->damaged >= VLT_SLOT_MAX) {
            sqlite3_reset(st);
            return vlt_fail(err, VAULT_E_TAMPERED,
                "more than %d ways to unlock", (int)VLT_SLOT_MAX);
        }
        vlt_row_init(&r, st, "slot");
        vlt_row_fixed(&r, 0, id, sizeof id);
        b = vlt_row_blob(&r, 1, 0, 2 * VLT_SLOT5_SIZE, &n);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = take_slot(out, id, b, n, lenient, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_slot_put(struct vlt_store *s, const struct vlt_slot *slot,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "INSERT INTO slot(id, b) VALUES(?, ?)", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, slot->id, 16);
    vlt_bind_blob(st, 2, slot->row, slot->len);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_slot_delete(struct vlt_store *s, const uint8_t id[16],
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s, "DELETE FROM slot WHERE id = ?", &st, err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_blob(st, 1, id, 16);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_slots_clear(struct vlt_store *s, struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status = vlt_stmt(s, "DELETE FROM slot", &st, err);

    return status == VAULT_OK ? vlt_run(s, st, err) : status;
}

enum vault_status
vlt_identities(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_identity_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    sqlite3_stmt *st;
    struct vlt_row r;
    struct vlt_identity_row id;
    enum vault_status status;
    bool row;

    status = vlt_stmt(s, "SELECT gen, card, seed FROM identity ORDER BY gen",
        &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        vlt_row_init(&r, st, "identity");
        id.gen = (uint32_t)vlt_row_u64(&r, 0, UINT32_MAX);
        id.card = vlt_row_text(&r, 1, 1, VLT_NOTE_MAX, &id.card_len);
        id.seed = NULL;
        id.seed_len = 0;
        if (!vlt_row_null(&r, 2))
            id.seed = vlt_row_blob(&r, 2, 1, 256, &id.seed_len);
        status = vlt_row_end(&r, err);
        if (status == VAULT_OK)
            status = fn(ctx, &id, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    return status;
}

enum vault_status
vlt_identity_put(struct vlt_store *s, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;

    status = vlt_stmt(s,
        "INSERT OR REPLACE INTO identity(gen, card, seed) VALUES(?, ?, ?)", &st,
        err);
    if (status != VAULT_OK)
        return status;
    vlt_bind_u64(st, 1, r->gen);
    vlt_bind_text(st, 2, r->card, r->card_len);
    if (r->seed != NULL)
        vlt_bind_blob(st, 3, r->seed, r->seed_len);
    else
        sqlite3_bind_null(st, 3);
    return vlt_run(s, st, err);
}

enum vault_status
vlt_identity_seeds_destroy(struct vlt_store *s, uint32_t below, uint64_t *n,
    struct vault_error *err)
{
    static const char *const step[] =
        {"UPDATE identity SET seed = zeroblob(length(seed)) WHERE gen < ? AND "
         "seed IS NOT NULL",
            "UPDATE identity SET seed = NULL WHERE gen < ? AND seed IS NOT "
            "NULL"};
    enum vault_status status = VAULT_OK;
    sqlite3_stmt *st;
    size_t i;

    for (i = 0; status == VAULT_OK && i < VLT_COUNT(step); i++) {
        status = vlt_stmt(s, step[i], &st, err);
        if (status != VAULT_OK)
            return status;
        vlt_bind_u64(st, 1, below);
        status = vlt_run(s, st, err);
        *n = (uint64_t)sqlite3_changes64(s->db);
    }
    return status;
}

enum vault_status
vlt_count(struct vlt_store *s, const char *sql, uint64_t *out,
    struct vault_error *err)
{
    sqlite3_stmt *st;
    enum vault_status status;
    bool row;
    sqlite3_int64 v;

    status = vlt_stmt(s, sql, &st, err);
    if (status == VAULT_OK)
        status = vlt_step(s, st, &row, err);
    if (status != VAULT_OK)
        return status;
    v = row ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    if (v < 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "a count below zero");
    *out = (uint64_t)v;
    return VAULT_OK;
}
