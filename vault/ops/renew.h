/* SPDX-License-Identifier: Apache-2.0 */
/* renew.h: a new vault file, with new keys, out of an unlocked vault */
#ifndef VLT_RENEW_H
#define VLT_RENEW_H

#include "handle.h"

/*
 * The new file is written row by row: no sealed cell, wrap or key of the old
 * one is ever written to the new medium under its old key. It has the same
 * vault id, a fresh VMK, the next generation of the identity (its SEED is
 * drawn here and lies in the new file only), fresh epochs, a log of its own
 * and only the ways to unlock that are named. It appears under its name when
 * it is complete, was opened with the new keys, and held.
 */

/* A way to unlock the new file: `key`, or the vault behind `card`. */
struct vlt_renew_way {
    const struct vault_key *key;   /* passphrase, key file, both, or recovery */
    const struct vault_cost *cost; /* of a passphrase */
    const struct vlt_card *card;   /* slot of kind 5; then key is NULL */
};

enum vlt_renew_records {
    /* No records and none of the old logs, settings, contacts: for travel. */
    VLT_RENEW_NONE,
    /* Of these own records, all versions; else as NONE. Each gets a line
     * `take` in the new log. */
    VLT_RENEW_CHOSEN,
    /* Everything: level 3. Logs, records of others, settings, notes. */
    VLT_RENEW_ALL
};

struct vlt_renew_options {
    const struct vlt_renew_way *way;
    size_t ways; /* 1 .. VLT_SLOT_MAX */
    enum vlt_renew_records records;
    const uint8_t (*id)[16]; /* CHOSEN */
    size_t ids;
    /* With ALL: the SEEDs of older generations go along, for opening what
     * was sealed to older cards and not yet taken in. Never otherwise. */
    bool keep_seeds;
    /* No state file for the new one on this machine: its first log ends here,
     * and whoever unlocks it begins another. */
    bool no_state;
    /* Make another successor of this card although one was made before:
     * whoever sees both cards refuses both. */
    bool again;
    const char
        *action; /* of the `note` line in the old log: "travel", "renew" */
    const char *reason; /* or NULL */
};

/* Of each slot for a card, in the event of that line: slot id, vault id. */
enum { VLT_RENEW_TO = 32 };

struct vlt_renewed {
    uint32_t generation;
    uint8_t card[32]; /* fingerprint, H(card text) */
    size_t slots;
    uint8_t slot[VLT_SLOT_MAX][16]; /* in the order of the ways */
    uint64_t versions; /* record versions in it, heads left aside */
    uint64_t others;   /* rows of others' records */
    uint64_t wraps;    /* and of what was sealed again */
    uint64_t events;   /* lines whose text was sealed again */
    /* Epochs in it that this vault cannot open, with the wraps under them:
     * their members' keys open them as before. */
    uint64_t left_epochs;
    uint64_t left_wraps;
    uint64_t file_bytes;
};

/*
 * v stays unlocked and as it was, but for one line `note` in its log, written
 * just before the new file gets its name: fields action, generation, card,
 * ways.
 * *opened, when not NULL, is the new vault, unlocked; the caller closes it.
 *   VAULT_E_EXISTS    something has that name
 *   VAULT_E_USAGE     no way to unlock; a chosen record is somebody else's
 *   VAULT_E_NOT_FOUND no such record, or all of it is withdrawn
 *   VAULT_E_POLICY    this card has a successor already (`again`), or its
 *                     next one was fixed when it was made and is held elsewhere
 *   VAULT_E_TAMPERED  something in v does not hold: it is not carried on
 */
VAULT_CHECKED enum vault_status vlt_renew_write(struct vault *v,
    const char *path, const struct vlt_renew_options *o,
    struct vlt_renewed *out, struct vault **opened, struct vault_error *err);

/*
 * Whether a file with a successor of this vault's card was made from it
 * (travel, level 3): as its own log says. Needs a transaction.
 */
VAULT_CHECKED enum vault_status vlt_renew_made(struct vault *v, bool *out,
    struct vault_error *err);
/*
 * The vault whose card a slot of the file with this card was made to, as that
 * line says.   VAULT_E_NOT_FOUND: no line does. Needs a transaction.
 */
VAULT_CHECKED enum vault_status vlt_renew_to(struct vault *v,
    const uint8_t card[32], const uint8_t slot[16], uint8_t to[16],
    struct vault_error *err);

#endif
