/* SPDX-License-Identifier: Apache-2.0 */
/* rekey.h: new keys for a vault, in place or in a new file */
#ifndef VAULT_REKEY_H
#define VAULT_REKEY_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * After a withdrawal, or when a copy of the file may have been taken, old
 * pages of the medium may still hold what was destroyed in the file. How far
 * each level goes:
 *
 *   1  (vault_withdraw) Copies made later hold nothing. Whoever recovers old
 *      pages of this medium and can unlock the vault may read it.
 *   2  (in place) What stands is sealed again under new epochs; the old ones,
 *      the catalogue and its key are destroyed here. He needs the old epoch's
 *      page or the old catalogue key's page besides.
 *   3  (a new file, on another medium) Also a new master key, the next card,
 *      and new ways to unlock: old pages give nothing to someone who knows
 *      only the new secrets. Old pages with an old passphrase, key file, share
 *      set or headquarters' key still open, and so does every old copy.
 *
 * All of these need an unlocked vault and ask the progress callback whether
 * to go on; a status other than VAULT_OK means that nothing was changed.
 *   VAULT_E_LOCKED, VAULT_E_BUSY, VAULT_E_CANCELLED
 *   VAULT_E_TAMPERED  something that should open does not
 */
struct vault_rekeyed {
    uint64_t wraps;       /* records sealed again: versions, and parts of them */
    uint64_t events;      /* texts of log lines sealed again */
    uint64_t epochs_gone; /* destroyed here */
    uint64_t seeds_gone;  /* secrets of older cards, likewise */
    /* Epochs that this vault cannot open (compartments without it), and what
     * lies in them: they are as they were, and whoever holds their keys
     * decides about them. */
    uint64_t epochs_left;
    uint64_t wraps_left;
    /* of a new file */
    uint32_t generation; /* of the card that it has */
    char fingerprint[VAULT_FINGERPRINT];
    uint64_t versions;
    uint64_t others; /* rows of others' records */
    uint64_t file_bytes;
};

/* Level 2: one transaction. reason may be NULL. */
VAULT_API VAULT_CHECKED enum vault_status vault_rekey(struct vault *v,
    const char *reason, struct vault_rekeyed *out, struct vault_error *err);

/*
 * The same, and the secrets of all cards before the newest are destroyed
 * here. What somebody still seals to an old card can then be opened by nobody:
 * ask about each one that vault_card_holders names before.
 *   VAULT_E_NOT_FOUND  there are none here
 */
VAULT_API VAULT_CHECKED enum vault_status vault_rekey_forget(struct vault *v,
    const char *reason, struct vault_rekeyed *out, struct vault_error *err);

/*
 * Who may still seal to an old card: the capture devices that this vault knows,
 * by their ids, and the people whose cards are pinned here. Others to whom a
 * card was given are not known to the vault. Stops when fn answers not 0
 * (VAULT_E_CANCELLED).
 */
struct vault_card_holder {
    const char *name;  /* of a person; NULL: a capture device */
    uint8_t device[8];
};
VAULT_API VAULT_CHECKED enum vault_status vault_card_holders(struct vault *v,
    int (*fn)(void *ctx, const struct vault_card_holder *h), void *ctx,
    struct vault_error *err);

/* vault_withdraw and vault_rekey as one: both or neither. */
VAULT_API VAULT_CHECKED enum vault_status vault_withdraw_rekey(struct vault *v,
    const uint8_t id[VAULT_ID], uint32_t version, const char *reason,
    struct vault_withdrawal *withdrawn, struct vault_rekeyed *out,
    struct vault_error *err);

/* A way to unlock the new file. */
struct vault_way {
    const struct vault_key *key;
    const struct vault_cost *cost; /* of a passphrase */
};
struct vault_rekey_options {
    const struct vault_way *way;
    size_t ways;
    /* Keep the secrets of the older cards, for opening only: until everyone
     * who seals to one of them (capture devices, people with the old card) was
     * told. Without it, what is still sealed to an old card stays shut. */
    bool keep_seeds;
    /* Although a successor of this card was made before. Whoever sees two
     * refuses both. */
    bool again;
    const char *reason;
};
/*
 * Level 3: everything that stands, into a new file at `path`; v stays as it
 * is but for a line in its log, and goes on opening with its old ways: it is
 * the user's to destroy. The new file is complete and was checked when it has
 * its name.
 *   VAULT_E_EXISTS  something has that name
 *   VAULT_E_USAGE   no way to unlock
 *   VAULT_E_POLICY  this vault's card has a successor already, or its next one
 *                   was fixed when it was made
 */
VAULT_API VAULT_CHECKED enum vault_status vault_rekey_new(struct vault *v,
    const char *path, const struct vault_rekey_options *o,
    struct vault_rekeyed *out, struct vault_error *err);

#ifdef __cplusplus
}
#endif
#endif
