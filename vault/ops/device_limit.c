/* SPDX-License-Identifier: Apache-2.0 */
/* device_limit.c: up to which state a revoked device is trusted */
#include "device_limit.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "note_rows.h"
#include "settings.h"

enum { LIMITS_MAX = 1 << 16 };

/* Of the rows among the settings. */
static const char KIND[] = "revoked";

/* ---- the notes ---- */

/* The same one, said again. */
static bool
is_same(const struct vlt_device_limit *l, const struct vlt_revoke *r)
{
    return memcmp(l->vault, r->vault, sizeof l->vault) == 0 &&
        memcmp(l->device, r->device, sizeof l->device) == 0 &&
        l->has_last == r->has_last && l->last.size == r->last.size &&
        memcmp(l->last.replica, r->last.replica, sizeof r->last.replica) == 0 &&
        memcmp(l->last.checkpoint, r->last.checkpoint,
            sizeof r->last.checkpoint) == 0;
}

enum vault_status
vlt_device_limits_add(struct vlt_device_limits *l, const struct vlt_revoke *r,
    struct vault_error *err)
{
    struct vlt_device_limit *more, *at;
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (is_same(&l->at[i], r))
            return VAULT_OK;
    }
    if (l->n >= LIMITS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "too many revocations");
    more = realloc(l->at, (l->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->at = more;
    at = &more[l->n++];
    memset(at, 0, sizeof *at);
    memcpy(at->vault, r->vault, sizeof at->vault);
    memcpy(at->device, r->device, sizeof at->device);
    at->has_last = r->has_last;
    at->last = r->last;
    return VAULT_OK;
}

void
vlt_device_limits_clear(struct vlt_device_limits *l)
{
    free(l->at);
    l->at = NULL;
    l->n = 0;
}

struct loading {
    bool (*holds)(const void *ctx, const char *note, size_t len);
    const void *ctx;
    struct vlt_device_limits *out;
};

static enum vault_status
take_note(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct loading *x = ctx;
    struct vlt_revoke r;

    if (vlt_revoke_parse(&r, note, len, NULL) != VAULT_OK || !r.is_device ||
        !x->holds(x->ctx, note, len))
        return VAULT_OK;
    return vlt_device_limits_add(x->out, &r, err);
}

enum vault_status
vlt_device_limits_load(struct vlt_store *s,
    bool (*holds)(const void *ctx, const char *note, size_t len),
    const void *ctx, struct vlt_device_limits *out, struct vault_error *err)
{
    struct vlt_device_limits l = {0, NULL};
    struct loading x = {holds, ctx, &l};
    enum vault_status st = vlt_notes(s, "revoke", take_note, &x, err);

    if (st == VAULT_OK)
        *out = l;
    else
        vlt_device_limits_clear(&l);
    return st;
}

/* By whichever card was the newest when it was signed. */
static bool
own_holds(const void *ctx, const char *note, size_t len)
{
    const struct vault *v = ctx;
    size_t i;

    if (vlt_revoke_check(note, len, &v->card, NULL) == VAULT_OK)
        return true;
    for (i = 0; i < v->pasts; i++) {
        if (vlt_revoke_check(note, len, &v->past[i].card, NULL) == VAULT_OK)
            return true;
    }
    return false;
}

/*
 * The note lies in clear, and whoever has the file can take it away; the row
 * among the settings, which unlocking compares with the log, he cannot.
 */
static enum vault_status
take_setting(void *ctx, const struct vlt_setting *row, struct vault_error *err)
{
    const struct vlt_field *f = vlt_fields_find(&row->f, "note");

    if (f == NULL || f->type != VLT_FIELD_TEXT)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the revocation in setting %" PRIu64 " is malformed", row->id);
    return take_note(ctx, (const char *)f->value, f->value_len, err);
}

enum vault_status
vlt_device_limit_keep(struct vault *v, const char *note,
    struct vault_error *err)
{
    struct vlt_fields f;
    uint64_t id = 0;
    enum vault_status st;

    vlt_fields_init(&f);
    st = vlt_fields_add_text(&f, "kind", KIND, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(&f, "note", note, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &id, &f, err);
    vlt_fields_clear(&f);
    return st == VAULT_OK ? vlt_settings_changed(v, err) : st;
}

enum vault_status
vlt_device_limits_own(struct vault *v, struct vlt_device_limits *out,
    struct vault_error *err)
{
    struct vlt_device_limits l = {0, NULL};
    struct loading x = {own_holds, v, &l};
    enum vault_status st =
        vlt_device_limits_load(v->store, own_holds, v, &l, err);

    if (st == VAULT_OK)
        st = vlt_settings(v, KIND, take_setting, &x, err);
    if (st == VAULT_OK)
        *out = l;
    else
        vlt_device_limits_clear(&l);
    return st;
}

static bool
is_of(const struct vlt_device_limit *l, const uint8_t vault[16],
    const uint8_t device[8])
{
    return memcmp(l->vault, vault, 16) == 0 &&
        memcmp(l->device, device, 8) == 0;
}

bool
vlt_device_limited(const struct vlt_device_limits *l, const uint8_t vault[16],
    const uint8_t device[8])
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (is_of(&l->at[i], vault, device))
            return true;
    }
    return false;
}

/* ---- sessions ---- */

uint32_t
vlt_own_session_number(const void *ctx, const uint8_t device[8],
    const uint8_t session[8])
{
    const struct vault *v = ctx;
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (log->session && memcmp(log->device, device, 8) == 0 &&
            memcmp(log->replica.replica, session, 8) == 0)
            return log->replica.number;
    }
    return 0;
}

static uint64_t
good_by(const struct vlt_device_limit *l, const uint8_t session[8],
    uint32_t number, vlt_session_number *number_of, const void *ctx)
{
    if (!l->has_last)
        return 0;
    if (memcmp(l->last.replica, session, 8) == 0)
        return l->last.size;
    return number_of(ctx, l->device, l->last.replica) > number ? UINT64_MAX : 0;
}

uint64_t
vlt_device_good(const struct vlt_device_limits *l, const uint8_t vault[16],
    const uint8_t device[8], const uint8_t session[8], uint32_t number,
    vlt_session_number *number_of, const void *ctx)
{
    uint64_t good = UINT64_MAX;
    size_t i;

    for (i = 0; i < l->n; i++) {
        uint64_t n;

        if (!is_of(&l->at[i], vault, device))
            continue;
        n = good_by(&l->at[i], session, number, number_of, ctx);
        good = n < good ? n : good;
    }
    return good;
}

const struct vlt_device_limit *
vlt_device_inside(const struct vlt_device_limits *l, const uint8_t vault[16],
    const uint8_t device[8], const uint8_t session[8], size_t *at)
{
    while (*at < l->n) {
        const struct vlt_device_limit *x = &l->at[(*at)++];

        if (x->has_last && is_of(x, vault, device) &&
            memcmp(x->last.replica, session, 8) == 0)
            return x;
    }
    return NULL;
}

/* ---- states ---- */

/* Stored nodes are asked for nothing here: who changed the lines of a file
 * may have left them as they were. */
static enum vault_status
no_node(void *ctx, unsigned level, uint64_t index, uint8_t out[32], bool *found,
    struct vault_error *err)
{
    (void)ctx;
    (void)level;
    (void)index;
    (void)out;
    (void)err;
    *found = false;
    return VAULT_OK;
}

enum vault_status
vlt_log_state_hash(struct vlt_store *s, const struct vlt_own_log *log,
    uint64_t size, uint8_t out[32], struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_checkpoint cp;
    struct vlt_buf text;
    enum vault_status st;

    memset(&cp, 0, sizeof cp);
    memcpy(cp.origin, log->origin, sizeof cp.origin);
    cp.size = size;
    vlt_log_tree_io(&tree, s, log->n, false, &io);
    io.node = no_node;
    st = vlt_tree_root(&io, size, cp.root, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_checkpoint_encode(&text, &cp, err);
    if (st == VAULT_OK)
        vlt_sha256(out, text.p, text.len);
    vlt_buf_clear(&text);
    return st;
}

/* Whether the log had the state that this revocation names. */
static enum vault_status
had_state(struct vlt_store *s, const struct vlt_own_log *log,
    const struct vlt_base_line *last, bool *out, struct vault_error *err)
{
    uint8_t hash[32];
    enum vault_status st = VAULT_OK;

    *out = last->size > 0 && last->size <= log->size;
    if (*out)
        st = vlt_log_state_hash(s, log, last->size, hash, err);
    if (st == VAULT_OK && *out)
        *out = memcmp(hash, last->checkpoint, sizeof hash) == 0;
    return st;
}

enum vault_status
vlt_device_trusted(const struct vlt_device_limits *l, struct vlt_store *s,
    const struct vlt_own_log *log, vlt_session_number *number_of,
    const void *ctx, struct vlt_device_trust *out, struct vault_error *err)
{
    const struct vlt_replica *r = &log->replica;
    const struct vlt_device_limit *x;
    enum vault_status st = VAULT_OK;
    bool had;
    size_t at = 0;

    out->other = false;
    out->good = vlt_device_good(l, r->vault, log->device, r->replica, r->number,
        number_of, ctx);
    while (st == VAULT_OK &&
        (x = vlt_device_inside(l, r->vault, log->device, r->replica, &at)) !=
            NULL) {
        st = had_state(s, log, &x->last, &had, err);
        out->other = out->other || (st == VAULT_OK && !had);
    }
    if (out->other)
        out->good = 0;
    return st;
}
