/* SPDX-License-Identifier: Apache-2.0 */
/* vault/travel.h: crossing a border with a file that its bearer cannot open */
#ifndef VAULT_TRAVEL_H
#define VAULT_TRAVEL_H

#include <vault/cards.h>
#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Before a border a person makes a new file of the vault (prepare): with keys
 * of its own, which headquarters' card or shares in other hands open, and the
 * bearer does not. By default it holds no record; a capture file beside it
 * takes what is collected on the way. Then everything that opens the old file
 * is taken from the machine (finish). On the other side somebody else helps
 * (regain). What older copies of the vault hold is not protected by any of it.
 * docs/format.md section 11.
 *
 * The texts that go to and fro may have been through mail or chat: broken
 * lines, quotation marks, words around them and line ends of any kind do not
 * matter. What is cut is VAULT_E_FORMAT, and the message says how much is
 * missing. Texts given out are released with vault_text_free (notice.h).
 */

enum {
    VAULT_TRAVEL_DAYS = 90, /* an answer is not older when it counts */
    VAULT_TRAVEL_WAYS = 32
};

/* ---------------------------------------------------------- headquarters */

/* Who asks, as far as it can be known. Strings live as long as the struct. */
struct vault_asker {
    uint8_t vault[VAULT_ID];
    uint8_t slot[VAULT_ID];
    uint8_t hash[VAULT_HASH];              /* H(text), of what was asked */
    char letters[VAULT_FINGERPRINT];       /* of its first 160 bits */
    char digits[VAULT_FINGERPRINT_DIGITS]; /* of the same bits */
    uint32_t generation; /* of the own card that it is sealed to */
    /* the newest card that is pinned of that vault; name "" when none is */
    char name[VAULT_PIN_NAME + 1];
    enum vault_card_state state;
    char fingerprint[VAULT_FINGERPRINT]; /* of that card */
    int64_t pinned; /* when; -1: not known */
};
/*
 * Read a challenge: whoever holds a file, or a copy of one, can make it. It is
 * opened with the keys of this vault and under no info but its own.
 *   VAULT_E_LOCKED
 *   VAULT_E_FORMAT, VAULT_E_AMBIGUOUS  not one whole challenge
 *   VAULT_E_NO_KEY  not sealed to a card of this vault, or changed
 */
VAULT_API VAULT_CHECKED enum vault_status vault_challenge_look(struct vault *v,
    const void *raw, size_t n, struct vault_asker *out,
    struct vault_error *err);
/* Its answer: says that this vault has the key, and opens nothing. */
VAULT_API VAULT_CHECKED enum vault_status vault_challenge_answer(
    struct vault *v, const void *raw, size_t n, char **text, size_t *len,
    struct vault_error *err);

/* Read a request to unlock; statuses as above. Its hash is what the person
 * reads out: do not show it before it was compared. */
VAULT_API VAULT_CHECKED enum vault_status vault_regain_look(struct vault *v,
    const void *raw, size_t n, struct vault_asker *out,
    struct vault_error *err);
/*
 * Give the key of the vault that asks to whoever made this request. `heard` is
 * what the person read out over another way: the whole hash, as letters,
 * digits or hex. First a line `note` is written into the log of this vault.
 *   VAULT_E_POLICY  `heard` is not this request's hash: somebody put another
 *                   request in its place, or it was misread; nothing happened
 */
VAULT_API VAULT_CHECKED enum vault_status vault_regain_grant(struct vault *v,
    const void *raw, size_t n, const char *heard, const char *reason,
    char **text, size_t *len, struct vault_error *err);

/* ------------------------------------------------------------- regaining */

/*
 * A request of somebody who holds a file that has a slot for a card. Its
 * one-time secret lives in this process, or in a file that is named.
 */
struct vault_regain;
/*
 * v is a vault, locked. slot (16 bytes) may be NULL when it has one slot for a
 * card only.
 *   VAULT_E_NO_KEY     there is no slot for a card
 *   VAULT_E_AMBIGUOUS  there are several: name one
 */
VAULT_API VAULT_CHECKED enum vault_status vault_regain_new(struct vault *v,
    const uint8_t *slot, struct vault_regain **out, struct vault_error *err);
VAULT_API void vault_regain_free(struct vault_regain *r); /* wipes */
/* The text to send, "" when it came from a file; borrowed. */
VAULT_API const char *vault_regain_text(const struct vault_regain *r,
    size_t *len);
/* What is read out to headquarters. */
VAULT_API void vault_regain_hash(const struct vault_regain *r,
    char letters[VAULT_FINGERPRINT], char digits[VAULT_FINGERPRINT_DIGITS]);
/* Keep the secret in a new file, and read it from one.   VAULT_E_EXISTS;
 * VAULT_E_FORMAT: no such file */
VAULT_API VAULT_CHECKED enum vault_status vault_regain_save(
    const struct vault_regain *r, const char *path, struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_regain_load(const char *path,
    struct vault_regain **out, struct vault_error *err);
/*
 * Unlock v with what headquarters sent. Everything is checked as by
 * vault_unlock. Headquarters then knows the vault's key: rekey.
 *   VAULT_E_FORMAT, VAULT_E_AMBIGUOUS, VAULT_E_NO_KEY  not the text for this
 *   VAULT_E_USAGE     the request is of another vault
 *   VAULT_E_TAMPERED  as vault_unlock; also when it is no key of this vault
 */
VAULT_API VAULT_CHECKED enum vault_status vault_unlock_regained(struct vault *v,
    const struct vault_regain *r, const void *raw, size_t n,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
