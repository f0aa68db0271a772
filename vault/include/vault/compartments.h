/* SPDX-License-Identifier: Apache-2.0 */
/* compartments.h: for whom records are sealed, by their type or by choice */
#ifndef VAULT_COMPARTMENTS_H
#define VAULT_COMPARTMENTS_H

#include <vault/cards.h>
#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A compartment is a named set of people that records are sealed to: pinned
 * cards, and this vault itself or not. One that leaves the vault out can be
 * added to by whoever has the vault, and read by its members only: the keys
 * of what was sealed are gone with the process. A record type can be bound to
 * one compartment; then every record of that type goes there.
 *
 * "default" is the set for everything else. This vault is always in it;
 * others may be added, who can then open what is sealed from then on wherever
 * they find a copy of this vault or of its capture file.
 *
 * A consent never goes where this vault does not read it: nobody could see a no
 * in it, and obey it.
 *
 * Everything here is a setting: sealed in the vault, and covered by its log.
 * Capture files hold the same in clear, signed by this vault's card, as they
 * must seal to the members without a secret (vault_capture_compartments).
 */
#define VAULT_COMPARTMENT_DEFAULT "default"
enum {
    VAULT_COMPARTMENT_NAME = 65,    /* with the closing 0 */
    VAULT_COMPARTMENT_MEMBERS = 32, /* of one */
    VAULT_COMPARTMENT_TYPES = 32,   /* of one */
    VAULT_COMPARTMENTS = 32
};

struct vault_compartment_member {
    char fingerprint[VAULT_FINGERPRINT];
    const char *name; /* the one its card is pinned under; "": it is not */
    enum vault_card_state state; /* of the card, when it is pinned */
    /* nothing is sealed to it: revoked, refused, or not pinned any more */
    bool left_out;
};
struct vault_compartment {
    const char *name;
    bool own; /* this vault can open what is sealed to it */
    const struct vault_compartment_member *members;
    size_t members_len;
    const char *const *types; /* bound to it, ascending */
    size_t types_len;
};
/* Ascending by name, the default one first when it has members. Borrowed for
 * the call.   VAULT_E_LOCKED, VAULT_E_CANCELLED (fn answered not 0) */
VAULT_API VAULT_CHECKED enum vault_status vault_compartments(struct vault *v,
    int (*fn)(void *ctx, const struct vault_compartment *c), void *ctx,
    struct vault_error *err);

enum vault_compartment_own {
    VAULT_COMPARTMENT_OWN_SAME, /* as it is; of a new one: with this vault */
    VAULT_COMPARTMENT_WITH_ME,
    VAULT_COMPARTMENT_WITHOUT_ME
};
struct vault_compartment_change {
    const char *name; /* 1 to 64 bytes, as a name of a pinned card */
    bool fresh;       /* make it; else it must be there */
    enum vault_compartment_own own;
    /* Names of pinned cards. The newest card under a name is taken, and takes
     * the place of an older one of that vault. */
    const char *const *add;
    size_t add_len;
    const char *const *drop; /* a name, or a fingerprint as it is shown */
    size_t drop_len;
    /* Types to bind, and to unbind: words `[a-z][a-z0-9-]{0,31}`. */
    const char *const *bind;
    size_t bind_len;
    const char *const *unbind;
    size_t unbind_len;
    bool allow_unconfirmed; /* take cards that nobody has compared */
};
/*
 * Make or change one. What was sealed before stays sealed to whom it was; what
 * comes after begins a new epoch. The default one is there when it is asked
 * for.
 *   VAULT_E_LOCKED, VAULT_E_BUSY
 *   VAULT_E_EXISTS     fresh, and there is one of that name; a type that is
 *                      bound to another one
 *   VAULT_E_NOT_FOUND  no such compartment, card, member or bound type
 *   VAULT_E_POLICY     a card that was revoked, refused or not compared
 *   VAULT_E_USAGE      no name or type; the default one without this vault or
 *                      with a type; without members; consents without this
 *                      vault
 *   VAULT_E_LIMIT      more than a compartment, or a capture file, holds
 */
VAULT_API VAULT_CHECKED enum vault_status vault_compartment_change(struct vault
                                                                       *v,
    const struct vault_compartment_change *change, struct vault_error *err);
/* Its types go to the default set from now on. What was sealed to it stays
 * as it is.   VAULT_E_NOT_FOUND, VAULT_E_USAGE (the default one) */
VAULT_API VAULT_CHECKED enum vault_status vault_compartment_remove(struct vault
                                                                       *v,
    const char *name, struct vault_error *err);
/*
 * Where a record of this type goes: the name of the compartment it is bound
 * to, "" for the default one. *own: this vault can open it afterwards. Also
 * of a capture file. name may be NULL.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_compartment_of_type(struct vault
                                                                        *v,
    const char *type, char name[VAULT_COMPARTMENT_NAME], bool *own,
    struct vault_error *err);

/*
 * Before the commit of a record: seal it to this compartment, or to
 * VAULT_COMPARTMENT_DEFAULT, whatever its type is bound to. A type that is
 * bound goes elsewhere only with `elsewhere`. A new version of a record that
 * can be read, and whose type is bound to a compartment without this vault,
 * needs this call: the commit refuses to choose (VAULT_E_POLICY).
 *   VAULT_E_NOT_FOUND  no such compartment
 *   VAULT_E_POLICY     the type is bound to another one; or it is a consent,
 *                      and this vault is not in it
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_seal_compartment(struct vault_sealer *s, const char *name, bool elsewhere,
    struct vault_error *err);

/* ---- what was sealed to others only ---- */

/* All that this vault knows of such a record version. */
struct vault_away {
    uint8_t id[VAULT_ID];
    uint32_t version;
    uint8_t statement[VAULT_HASH];
    const char *compartment; /* as it was called */
    int64_t sealed;          /* time of its line in the log, or -1 */
    const struct vault_compartment_member *members; /* who can open it */
    size_t members_len;
};
/*
 * The current versions that are sealed to a compartment without this vault, in
 * the order they were sealed; with `id` (16 bytes) all versions of that record
 * that are. Borrowed for the call; fn must not use the handle.
 *   VAULT_E_LOCKED, VAULT_E_TAMPERED, VAULT_E_CANCELLED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_away(struct vault *v,
    const uint8_t *id, int (*fn)(void *ctx, const struct vault_away *a),
    void *ctx, struct vault_error *err);
/* How many record versions have a wrap of such a compartment. Works locked,
 * and for a capture file. */
VAULT_API VAULT_CHECKED enum vault_status vault_away_count(struct vault *v,
    uint64_t *n, struct vault_error *err);

/* ---- capture files ---- */

/*
 * Give the capture file at `path` the compartments as they are now, if it is
 * this vault's and has others; nothing when no file is there. *changed: it was
 * written.
 *   VAULT_E_LOCKED, VAULT_E_BUSY, VAULT_E_FORMAT, VAULT_E_TAMPERED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_compartments(
    struct vault *v, const char *path, bool *changed, struct vault_error *err);
/*
 * The same for a capture file somewhere else: what the vault gives
 * (vault_compartments_note, a signed text that the caller frees, NULL when
 * there is none) and what the file takes, if its own card signed it and it is
 * no older than what the file has; note NULL is VAULT_E_USAGE.
 *   VAULT_E_FORMAT, VAULT_E_NEWER, VAULT_E_TAMPERED (another's, or older)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_compartments_note(struct vault
                                                                      *v,
    char **note, size_t *len, struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status
vault_capture_compartments_take(struct vault *c, const char *note, size_t len,
    bool *changed, struct vault_error *err);

#ifdef __cplusplus
}
#endif
#endif
