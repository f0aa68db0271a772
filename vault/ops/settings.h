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
 *   VAULT_E_TAMPERED  a row does not open as what it is, or is malformed
 *   VAULT_E_NEWER     it has a field of a newer version
 */
struct vlt_setting {
    uint64_t id;
    uint64_t rev;
    struct vlt_fields f;
};
void vlt_setting_clear(struct vlt_setting *s);
/* Ascending by id; kind NULL: all. The row is borrowed; fn may ask for, put
 * and delete rows itself (a new one is walked over too). */
VAULT_CHECKED enum vault_status vlt_settings(struct vault *v, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_setting *s, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* VAULT_E_NOT_FOUND. *out is the caller's to clear. */
VAULT_CHECKED enum vault_status vlt_setting_get(struct vault *v, uint64_t id,
    struct vlt_setting *out, struct vault_error *err);
/*
 * Within an action: store f, which has `kind`, as row *id (0: a new one, its id
 * comes back) with a rev above every one there was; or delete one. An action
 * ends with vlt_settings_changed, after the last of them.
 *   VAULT_E_LIMIT      more than a row holds (1 MiB)
 *   VAULT_E_NOT_FOUND  delete: no such row
 */
VAULT_CHECKED enum vault_status vlt_setting_put(struct vault *v, uint64_t *id,
    const struct vlt_fields *f, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_setting_delete(struct vault *v, uint64_t id,
    struct vault_error *err);
/* Once per action after the last change: settings-gen + 1 and the leaf. */
VAULT_CHECKED enum vault_status vlt_settings_changed(struct vault *v,
    struct vault_error *err);

/* ---- pinned cards: kind `card`: note, name, confirmed, state, revoke,
 * pinned ---- */
enum vlt_pin_state {
    VLT_PIN_KNOWN,     /* confirmed: a person compared the fingerprint */
    VLT_PIN_CONTINUES, /* successor of a confirmed one, not compared yet */
    VLT_PIN_UNKNOWN,   /* kept, not compared */
    VLT_PIN_REFUSED,   /* two successors of one card: compromise */
    VLT_PIN_REVOKED
};
struct vlt_pin {
    uint64_t id; /* of the setting; 0: not stored yet */
    /* One name names one vault: all generations of its card have it. */
    char name[256];
    enum vlt_pin_state state;
    bool confirmed;
    int64_t pinned; /* when it was stored first; -1: not known */
    struct vlt_card card;
    struct vlt_buf note;   /* the card note */
    struct vlt_buf revoke; /* the revocation note, or empty */
};
/* Needs a transaction. The pin is borrowed.   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_pins(struct vault *v,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_pin *p, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* VAULT_E_NOT_FOUND; *out is the caller's to clear. */
VAULT_CHECKED enum vault_status vlt_pin_by_fingerprint(struct vault *v,
    const uint8_t fingerprint[32], struct vlt_pin *out,
    struct vault_error *err);
/* The newest generation under a name (vlt_pin_name_same), in whatever state:
 * whether it may be sealed to is the caller's question. */
VAULT_CHECKED enum vault_status vlt_pin_by_name(struct vault *v,
    const char *name, struct vlt_pin *out, struct vault_error *err);
/* An empty pin; clear takes one that is empty. */
void vlt_pin_init(struct vlt_pin *p);
void vlt_pin_clear(struct vlt_pin *p);
VAULT_CHECKED enum vault_status vlt_pin_copy(struct vlt_pin *out,
    const struct vlt_pin *p, struct vault_error *err);
/* Within an action: store it as it is (id 0: anew). Ends with
 * vlt_settings_changed. What may be pinned is decided in pin_add.h. */
VAULT_CHECKED enum vault_status vlt_pin_put(struct vault *v, struct vlt_pin *p,
    struct vault_error *err);
/* `known`, `continues`, `unknown`, `refused`, `revoked`. */
const char *vlt_pin_state_word(enum vlt_pin_state s);

/*
 * The one form of a local name: UTF-8 in NFC, 1 to 64 bytes, no control or
 * direction characters, no space at either end, not beginning with `-`.
 *   VAULT_E_USAGE  it is not a name
 */
enum { VLT_PIN_NAME = 64 };
VAULT_CHECKED enum vault_status vlt_pin_name(const char *given,
    char out[VLT_PIN_NAME + 1], struct vault_error *err);
/* Whether two names are one: case and characters that cannot be seen do not
 * tell them apart. */
bool vlt_pin_name_same(const char *a, const char *b);

#endif
