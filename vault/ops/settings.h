/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h: the sealed rows of `local`, and the line that covers them */
#ifndef VLT_SETTINGS_H
#define VLT_SETTINGS_H

#include "action.h"
#include "cell.h"

/*
 * docs/format.md section 8.4: each row is a field list with `kind`. The hash
 * over all rows is logged (leaf `settings`), so that nobody swaps, restores or
 * deletes one unseen; vlt_heads_check has compared it before these are asked.
 * All need a transaction on an unlocked handle.
 */
struct vlt_setting {
    uint64_t id;
    uint64_t rev;
    struct vlt_fields f;
};
void vlt_setting_clear(struct vlt_setting *s);
/* Ascending by id; kind NULL: all. The row is borrowed. */
VAULT_CHECKED enum vault_status vlt_settings(struct vault *v, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_setting *s, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* VAULT_E_NOT_FOUND. *out is the caller's to clear. */
VAULT_CHECKED enum vault_status vlt_setting_get(struct vault *v, uint64_t id,
    struct vlt_setting *out, struct vault_error *err);
/* Within an action: store f as row *id (0: a new one, its id comes back) with
 * the next rev; or delete one. Both end with vlt_settings_changed. */
VAULT_CHECKED enum vault_status vlt_setting_put(struct vault *v, uint64_t *id,
    const struct vlt_fields *f, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_setting_delete(struct vault *v, uint64_t id,
    struct vault_error *err);
/* Once per action after the last change: settings-gen + 1 and the leaf. */
VAULT_CHECKED enum vault_status vlt_settings_changed(struct vault *v,
    struct vault_error *err);

/* ---- pinned cards: kind `card`: note, name, confirmed, state ---- */
enum vlt_pin_state {
    VLT_PIN_KNOWN,     /* confirmed: a person compared the fingerprint */
    VLT_PIN_CONTINUES, /* successor of a confirmed one, not compared yet */
    VLT_PIN_UNKNOWN,   /* kept, not compared */
    VLT_PIN_REFUSED,   /* two successors of one card: compromise */
    VLT_PIN_REVOKED
};
struct vlt_pin {
    uint64_t id; /* of the setting */
    char name[256];
    enum vlt_pin_state state;
    bool confirmed;
    struct vlt_card card;
    struct vlt_buf note; /* the card note */
};
/* Needs a transaction. The pin is borrowed. */
VAULT_CHECKED enum vault_status vlt_pins(struct vault *v,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_pin *p, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* VAULT_E_NOT_FOUND; *out is the caller's to clear. */
VAULT_CHECKED enum vault_status vlt_pin_by_fingerprint(struct vault *v,
    const uint8_t fingerprint[32], struct vlt_pin *out,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_pin_by_name(struct vault *v,
    const char *name, struct vlt_pin *out, struct vault_error *err);
void vlt_pin_clear(struct vlt_pin *p);

#endif
