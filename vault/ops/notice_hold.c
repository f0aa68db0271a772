/* SPDX-License-Identifier: Apache-2.0 */
/* notice_hold.c: what keeps a request from destroying a record */
#include "notice_hold.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign.h"
#include "notice_work.h"
#include "text.h"

/* ---- holds ---- */

static enum vault_status
take_hold(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct vlt_holds *l = ctx;
    uint8_t(*more)[16] = l->id;

    if ((l->n & (l->n - 1)) == 0)
        more = realloc(more, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->id = more;
    if (!vlt_setting_bytes(&s->f, "id", more[l->n], 16))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the hold in setting %" PRIu64 " is malformed", s->id);
    l->n++;
    return VAULT_OK;
}

enum vault_status
vlt_holds_load(struct vault *v, struct vlt_holds *out, struct vault_error *err)
{
    struct vlt_holds l = {0, NULL};
    enum vault_status st = vlt_settings(v, "hold", take_hold, &l, err);

    if (st != VAULT_OK) {
        vlt_holds_clear(&l);
        return st;
    }
    *out = l;
    return VAULT_OK;
}

void
vlt_holds_clear(struct vlt_holds *l)
{
    free(l->id);
    *l = (struct vlt_holds){0, NULL};
}

bool
vlt_holds_has(const struct vlt_holds *l, const uint8_t id[16])
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (memcmp(l->id[i], id, 16) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_hold_check(struct vault *v, const uint8_t id[16], struct vault_error *err)
{
    struct vlt_holds holds;
    char hex[33];
    enum vault_status st = vlt_holds_load(v, &holds, err);

    if (st != VAULT_OK)
        return st;
    vlt_hex(hex, id, 16);
    if (vlt_holds_has(&holds, id))
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "sanduq withdraw --unhold ID ends it",
            "record %s is under a hold; nothing was destroyed", hex);
    vlt_holds_clear(&holds);
    return st;
}

struct finding {
    const uint8_t *id;
    uint64_t row;
};

static enum vault_status
find_hold(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    struct finding *f = ctx;
    uint8_t id[16];

    (void)err;
    if (vlt_setting_bytes(&s->f, "id", id, 16) && memcmp(id, f->id, 16) == 0)
        f->row = s->id;
    return VAULT_OK;
}

static enum vault_status
put_hold(struct vault *v, const uint8_t id[16],
    const struct vlt_version_rows *rows, struct vault_error *err)
{
    struct vlt_fields f;
    struct vlt_buf stmts;
    uint64_t row = 0;
    enum vault_status st;
    size_t i;

    vlt_fields_init(&f);
    vlt_buf_init(&stmts, (size_t)32 * VLT_VERSIONS_MAX);
    for (i = 0; i < rows->n; i++)
        vlt_buf_put(&stmts, rows->v[i].stmt, 32);
    st = vlt_buf_end(&stmts, "hold", err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "kind", "hold", err);
    if (st == VAULT_OK)
        st = vlt_fields_add(&f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "id", id, 16,
            err);
    if (st == VAULT_OK)
        st = vlt_fields_add(&f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "stmt",
            stmts.p, stmts.len, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &row, &f, err);
    vlt_fields_clear(&f);
    vlt_buf_clear(&stmts);
    return st;
}

static enum vault_status
set(struct vault *v, const uint8_t id[16], struct vault_error *err)
{
    struct finding f = {id, 0};
    struct vlt_version_rows rows;
    enum vault_status st = vlt_settings(v, "hold", find_hold, &f, err);

    if (st == VAULT_OK && f.row != 0)
        st = vlt_fail(err, VAULT_E_EXISTS, "it is under a hold already");
    if (st == VAULT_OK)
        st = vlt_foreign_versions(v, id, &rows, err);
    if (st != VAULT_OK)
        return st;
    if (rows.n == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "no record of others with this id is here");
    else
        st = put_hold(v, id, &rows, err);
    vlt_version_rows_clear(&rows);
    return st == VAULT_OK ? vlt_settings_changed(v, err) : st;
}

static enum vault_status
clear(struct vault *v, const uint8_t id[16], struct vault_error *err)
{
    struct finding f = {id, 0};
    enum vault_status st = vlt_settings(v, "hold", find_hold, &f, err);

    if (st == VAULT_OK && f.row == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "it is not under a hold");
    if (st == VAULT_OK)
        st = vlt_setting_delete(v, f.row, err);
    return st == VAULT_OK ? vlt_settings_changed(v, err) : st;
}

enum vault_status
vault_hold_set(struct vault *v, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    enum vault_status st = vlt_notices_begin(v, err);

    if (st == VAULT_OK)
        st = vlt_notices_end(v, set(v, id, err), err);
    return st;
}

enum vault_status
vault_hold_clear(struct vault *v, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    enum vault_status st = vlt_notices_begin(v, err);

    if (st == VAULT_OK)
        st = vlt_notices_end(v, clear(v, id, err), err);
    return st;
}

/* ---- the waiting time ---- */

struct waiting {
    uint64_t row; /* 0: not set */
    uint64_t days;
};

static enum vault_status
take_setting(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    static const char *const names[] = {"waiting-days"};
    struct waiting *w = ctx;
    const struct vlt_field *value = vlt_fields_find(&s->f, "value");
    size_t at;

    if (!vlt_setting_word(&s->f, "name", names, 1, &at))
        return VAULT_OK;
    if (value == NULL || value->type != VLT_FIELD_TEXT ||
        !vlt_parse_u64(&w->days, (const char *)value->value,
            value->value_len) ||
        w->days == 0 || w->days > VLT_WAITING_MOST)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the waiting time in setting %" PRIu64 " is malformed", s->id);
    w->row = s->id;
    return VAULT_OK;
}

enum vault_status
vlt_waiting_days(struct vault *v, uint32_t *out, struct vault_error *err)
{
    struct waiting w = {0, VLT_WAITING_DAYS};
    enum vault_status st = vlt_settings(v, "setting", take_setting, &w, err);

    if (st == VAULT_OK)
        *out = (uint32_t)w.days;
    return st;
}

enum vault_status
vault_waiting_days(struct vault *v, uint32_t *out, struct vault_error *err)
{
    enum vault_status st = vlt_notices_look(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_waiting_days(v, out, err);
    vlt_store_rollback(v->store);
    return st;
}

static enum vault_status
put_days(struct vault *v, uint32_t days, struct vault_error *err)
{
    struct waiting w = {0, VLT_WAITING_DAYS};
    struct vlt_fields f;
    char value[16];
    enum vault_status st = vlt_settings(v, "setting", take_setting, &w, err);

    if (st != VAULT_OK)
        return st;
    (void)snprintf(value, sizeof value, "%" PRIu32, days);
    vlt_fields_init(&f);
    st = vlt_fields_add_text(&f, "kind", "setting", err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "name", "waiting-days", err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "value", value, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &w.row, &f, err);
    vlt_fields_clear(&f);
    return st == VAULT_OK ? vlt_settings_changed(v, err) : st;
}

enum vault_status
vault_waiting_days_set(struct vault *v, uint32_t days, struct vault_error *err)
{
    enum vault_status st;

    if (days == 0 || days > VLT_WAITING_MOST)
        return vlt_fail(err, VAULT_E_USAGE,
            "a waiting time is 1 to %d days long", VLT_WAITING_MOST);
    st = vlt_notices_begin(v, err);
    if (st == VAULT_OK)
        st = vlt_notices_end(v, put_days(v, days, err), err);
    return st;
}
