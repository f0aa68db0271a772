/* SPDX-License-Identifier: Apache-2.0 */
/* notice_row.h: what the settings keep of a request to withdraw */
#ifndef VLT_NOTICE_ROW_H
#define VLT_NOTICE_ROW_H

#include <vault/notice.h>
#include "merkle.h"
#include "settings.h"

/*
 * Settings of kind `hidden`, one for each request taken: withdraw (2, H(text)),
 * from (2, fingerprint of the signer's card), received (3), date (3), state
 * (1), answer (1) and answered (3) once there is one, and the statements it
 * names (2, 32 n each): `stmts` are here and hidden while the state is
 * `pending`, `later` are not here yet, `gone` were destroyed here.
 * All need a transaction on an unlocked handle.
 */
struct vlt_stmts {
    size_t n;
    struct vlt_hash32 *v; /* heap */
};
struct vlt_request {
    uint64_t row; /* of the setting; 0: not stored yet */
    uint8_t hash[32];
    uint8_t from[32];
    int64_t received;
    int64_t date;
    enum vault_request_state state;
    enum vault_answer answer;
    int64_t answered;
    struct vlt_stmts stmts, later, gone;
};
void vlt_stmts_clear(struct vlt_stmts *l);
VAULT_CHECKED enum vault_status vlt_stmts_add(struct vlt_stmts *l,
    const uint8_t stmt[32], struct vault_error *err);
bool vlt_stmts_has(const struct vlt_stmts *l, const uint8_t stmt[32]);
/* Frees the lists; takes an empty struct too. */
void vlt_request_clear(struct vlt_request *r);

/* In the order they came. The request is borrowed, and fn may move its lists
 * out.   VAULT_E_TAMPERED  one is malformed */
VAULT_CHECKED enum vault_status vlt_requests(struct vault *v,
    enum vault_status (
        *fn)(void *ctx, struct vlt_request *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* The one about this withdraw text; *out is the caller's to clear.
 *   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_request_find(struct vault *v,
    const uint8_t hash[32], struct vlt_request *out, struct vault_error *err);
/* Within an action; sets r->row. vlt_settings_changed follows once. */
VAULT_CHECKED enum vault_status vlt_request_put(struct vault *v,
    struct vlt_request *r, struct vault_error *err);

/* A value of a setting: exactly n bytes; a text that is one of `words`, whose
 * index comes back. False when it is not there so. */
bool vlt_setting_bytes(const struct vlt_fields *f, const char *name,
    uint8_t *out, size_t n);
bool vlt_setting_word(const struct vlt_fields *f, const char *name,
    const char *const *words, size_t n, size_t *out);

#endif
