/* SPDX-License-Identifier: Apache-2.0 */
/* vault/agefile.h: files of age v1, sealed to others and opened with a vault */
#ifndef VAULT_AGEFILE_H
#define VAULT_AGEFILE_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * age (C2SP age.md, version v1): what people use who have not this program.
 * An age file says nothing about who sealed it: anybody can seal to anybody.
 * Everything here streams in constant memory.
 */

/* -------------------------------------------------------------- for whom */

enum vault_age_kind {
    VAULT_AGE_HYBRID, /* age1pq...: X-Wing; no quantum computer helps */
    VAULT_AGE_X25519, /* age1...: a quantum computer would open it */
    VAULT_AGE_PASSPHRASE
};
/* Either recipients of one kind, or one passphrase. */
struct vault_age_to;
VAULT_API struct vault_age_to *vault_age_to_new(void); /* NULL: no memory */
VAULT_API void vault_age_to_free(struct vault_age_to *to);
/*
 * Add a recipient by its text; twice is once.
 *   VAULT_E_USAGE  not a recipient that is known here, or another kind than
 *                  those before: the file would be as weak as the weaker
 *   VAULT_E_LIMIT  more than 512
 */
VAULT_API VAULT_CHECKED enum vault_status vault_age_to_add(struct vault_age_to
                                                               *to,
    const char *recipient, struct vault_error *err);
/* Exactly these bytes, as age takes them; the caller wipes its own copy.
 *   VAULT_E_USAGE  there are recipients, or a passphrase, already
 *   VAULT_E_LIMIT  empty, or longer than 4096 bytes */
VAULT_API VAULT_CHECKED enum vault_status vault_age_to_passphrase(
    struct vault_age_to *to, const void *p, size_t n, struct vault_error *err);
/* How many recipients; 0 with a passphrase. */
VAULT_API size_t vault_age_to_count(const struct vault_age_to *to);
/* Of what has been added. */
VAULT_API enum vault_age_kind vault_age_to_kind(const struct vault_age_to *to);

/* --------------------------------------------------------------- sealing */

struct vault_age_out;
/*
 * Begin a file: what `write` is given, in order, is its bytes. Armored: in
 * base64, for mail. A passphrase takes about a second and 256 MiB.
 *   VAULT_E_USAGE  `to` is empty
 *   what `write` answered, when not VAULT_OK; also below
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_age_begin(const struct vault_age_to *to, bool armor,
    enum vault_status (
        *write)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_age_out **out, struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_age_write(struct vault_age_out
                                                              *a,
    const void *p, size_t n, struct vault_error *err);
/* Without this the file opens nowhere to its end. Nothing comes after it. */
VAULT_API VAULT_CHECKED enum vault_status vault_age_finish(struct vault_age_out
                                                               *a,
    struct vault_error *err);
VAULT_API void vault_age_out_free(struct vault_age_out *a); /* NULL is fine */

/* --------------------------------------------------------------- opening */

struct vault_age_in;
struct vault_age_facts {
    bool armored;
    bool by_passphrase;
    /* of the card whose key opened it, when it was no passphrase */
    uint8_t fingerprint[VAULT_HASH];
};
/*
 * Open with the KEM keys of an unlocked vault, newest generation first, or
 * with a passphrase (n bytes; NULL: none). v may be NULL when there is one.
 * `read` gives up to max bytes, *got 0 at the end.
 *   VAULT_E_FORMAT    not an age file, or malformed
 *   VAULT_E_LIMIT     a header above 1 MiB, or a passphrase that asks for more
 *                     than 1 GiB of memory; no work was done
 *   VAULT_E_LOCKED    the vault is locked; or the file wants a passphrase, and
 *                     there is none (then *wants_passphrase, which may be NULL)
 *   VAULT_E_SECRET    the passphrase does not fit
 *   VAULT_E_NO_KEY    sealed to somebody else
 *   VAULT_E_TAMPERED  its header was changed
 *   what `read` answered, when not VAULT_OK; also below
 */
VAULT_API VAULT_CHECKED enum vault_status vault_age_open(struct vault *v,
    const void *passphrase, size_t n,
    enum vault_status (*read)(void *ctx, void *p, size_t max, size_t *got,
        struct vault_error *err),
    void *ctx, bool *wants_passphrase, struct vault_age_in **out,
    struct vault_error *err);
/* Up to max bytes, each authenticated; *got 0 exactly when the file ended as
 * it should. What came before a failure is a beginning of what was sealed.
 *   VAULT_E_TAMPERED  changed, cut off, or something follows its end
 *   VAULT_E_FORMAT    its armor is malformed */
VAULT_API VAULT_CHECKED enum vault_status vault_age_read(struct vault_age_in *a,
    void *p, size_t max, size_t *got, struct vault_error *err);
VAULT_API void vault_age_facts(const struct vault_age_in *a,
    struct vault_age_facts *out);
VAULT_API void vault_age_in_free(struct vault_age_in *a); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
