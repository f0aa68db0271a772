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

/* --------------------------------------------------------------- leaving */

/* One way back into the travel file: shares, or a card. */
struct vault_travel_way {
    /* With a recovery key out of shares (vault_key_shares). When these are
     * the shares that people typed in from their sheets, the way is proved. */
    const struct vault_key *shares;
    bool typed;
    /* Or the local name of a pinned card that was compared. */
    const char *card;
};
struct vault_travel_options {
    const struct vault_travel_way *way;
    size_t ways; /* 1 to VAULT_TRAVEL_WAYS */
    /* Records of this vault that go along, in all their versions. */
    const uint8_t (*ids)[VAULT_ID];
    size_t ids_len;
    /* Also when a file with the next card was made before: whoever sees both
     * cards refuses both. */
    bool again;
    const char *reason;   /* or NULL */
    const char *capture;  /* where the capture file for the way comes; NULL */
    const char *key_file; /* that the user unlocked with, or NULL */
    /* Folders where more of it will lie (sheets, challenges): finish looks
     * there. */
    const char *const *folders;
    size_t folders_len;
};
struct vault_travel_made {
    uint32_t generation;
    char fingerprint[VAULT_FINGERPRINT]; /* of the travel file's card */
    uint64_t versions;                   /* record versions that go along */
    size_t slots;
    uint8_t slot[VAULT_TRAVEL_WAYS][VAULT_ID]; /* in the order of the ways */
    size_t proved;                             /* ways that were seen to open */
};
/* One challenge to give to headquarters; another answer than 0 stops. */
typedef int (*vault_challenge_fn)(void *ctx, const char *card, const char *text,
    size_t len);
/*
 * Write the travel file at `path`, the capture file, and the plan beside it
 * (PATH.travel: what is still to be done; no secret, no name). v, the old
 * vault, stays as it is but for lines in its log; nothing is removed.
 *   VAULT_E_LOCKED
 *   VAULT_E_EXISTS     path, capture or plan is there
 *   VAULT_E_USAGE      no way back, or one that its bearer holds
 *   VAULT_E_NOT_FOUND  no such record or card
 *   VAULT_E_POLICY     a card that is not compared, revoked or refused; or a
 *                      file with the next card was made already (`again`)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_travel_prepare(struct vault *v,
    const char *path, const struct vault_travel_options *o,
    vault_challenge_fn challenge, void *ctx, struct vault_travel_made *out,
    struct vault_error *err);
/*
 * Ask once more about a travel file that is there: the answer was lost, or is
 * too old. slot may be NULL when it has one slot for a card only. A plan that
 * is missing is made anew.
 *   VAULT_E_NO_KEY, VAULT_E_AMBIGUOUS  as vault_regain_new
 *   VAULT_E_USAGE   the file is not a travel file of this vault
 *   VAULT_E_POLICY  the slot was made to another vault's card, or the log does
 *                   not say to whose; or as vault_travel_prepare
 */
VAULT_API VAULT_CHECKED enum vault_status vault_travel_ask(struct vault *v,
    const char *path, const char *card, const uint8_t *slot,
    vault_challenge_fn challenge, void *ctx, struct vault_error *err);

/* ------------------------------------------------------------- finishing */

/* One way back, as finish finds it. */
struct vault_travel_back {
    uint8_t slot[VAULT_ID];
    enum vault_slot_kind kind;
    int64_t asked;  /* of a card: when; -1: never */
    int64_t proved; /* when it was seen to open, or the challenge that was
                       answered was made; -1: not */
    bool late;      /* that is longer ago than VAULT_TRAVEL_DAYS */
    bool now;       /* proved by what was given just now */
};
/* One thing on this machine. */
struct vault_travel_left {
    const char *path; /* borrowed */
    /* `vault`, `kit`, `capture`, `bundle`, `state`, `keyfile`, `share`,
     * `draft`, `text`, `container`, or `unread`: it cannot be looked at; static */
    const char *word;
    /* It is a key, or opens the vault for its bearer: until it is gone, travel
     * is not finished. Else a trace, which tells that there is a vault. */
    bool key;
    bool bearer; /* the travel file itself: its bearer has a way in */
    /* Of a vault or kit: slots of passphrases and key files; and what these
     * lead to, secrets of identity generations and of epochs. */
    size_t ways;
    uint64_t seeds, epochs;
};
struct vault_travel_look {
    const void *answer; /* or NULL */
    size_t answer_len;
    const struct vault_key *shares; /* or NULL: tried on the travel file */
    /* Folders to look into, besides those that the plan knows, that of the
     * travel file, and the one this program runs in; not below them. */
    const char *const *folders;
    size_t folders_len;
    /* More of these, which do not tell where the vault lay: of share files. */
    const char *const *also;
    size_t also_len;
    const char *state_dir; /* as in vault_options */
    int (*way)(void *ctx, const struct vault_travel_back *b);
    int (*left)(void *ctx, const struct vault_travel_left *l);
    void *ctx;
    int64_t (*clock)(void *ctx); /* NULL: the machine's */
};
struct vault_travel_state {
    bool planned;  /* there is a plan */
    int64_t made;  /* of the plan; -1 without one */
    size_t proved; /* ways back that are, and not late */
    size_t keys;   /* things with `key` */
    size_t traces; /* the others */
    size_t unread; /* files that could not be looked at */
    bool others;   /* vaults of others lie here, that open with a passphrase or
                      key file, and a card is a way back: is it one of theirs? */
    bool answered; /* the answer given now was the right one */
    bool finished; /* proved > 0 and keys == 0; and planned, or folders were
                      named: else nobody knows where the vault lay */
};
/*
 * What still stands between this machine and a border. Needs no secret and
 * removes nothing. What was proved now is kept in the plan; once all is done
 * the plan forgets the paths of this machine.
 *   VAULT_E_FORMAT, VAULT_E_AMBIGUOUS  the answer is none
 *   VAULT_E_POLICY    it answers another challenge
 *   VAULT_E_SECRET    the shares do not open the travel file
 *   VAULT_E_TAMPERED  the travel file does not hold, or the plan is not one
 */
VAULT_API VAULT_CHECKED enum vault_status vault_travel_finish(const char *path,
    const struct vault_travel_look *look, struct vault_travel_state *out,
    struct vault_error *err);

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
    int64_t pinned;                      /* when; -1: not known */
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
VAULT_API VAULT_CHECKED enum vault_status vault_challenge_answer(struct vault
                                                                     *v,
    const void *raw, size_t n, char **text, size_t *len,
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
