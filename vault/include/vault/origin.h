/* SPDX-License-Identifier: Apache-2.0 */
/* origin.h: whose record it is, and through whose hands it came */
#ifndef VAULT_ORIGIN_H
#define VAULT_ORIGIN_H

#include <vault/vault.h>

/* The vault that sealed it: this one, or another one's id. */
VAULT_API void vault_record_origin(const struct vault_record *r,
    uint8_t out[VAULT_ID]);

/*
 * What is kept beside a copy of somebody else's record. The proof was checked
 * when it came in; vault_verify, unlocked, checks it once more.
 */
enum { VAULT_OPENED_WITH = 40 };
struct vault_provenance {
    bool has_bundle; /* else it came in another way */
    uint8_t bundle[VAULT_ID];
    uint8_t from[VAULT_HASH]; /* of that bundle's signer: H(card text) */
    char from_text[VAULT_FINGERPRINT]; /* the same for people, "" for none */
    int64_t received;                  /* seconds */
    /* its line; false: only a later version that names it vouches for it */
    bool proved;
    char log[129]; /* origin of the log it lies in */
    uint64_t index;
    uint64_t size;    /* of the checkpoint it was proved against */
    char *checkpoint; /* that signed note; with a closing 0 */
    /* The log is certified by a card that fits what is known of that vault
     * now. False: whoever wrote it only claims the vault's id, so that nothing
     * that is known of the vault may be said of this record. */
    bool origin_holds;
    /* The bundle was sealed to nobody here and opened with shares: how many
     * were needed, the letters of those that were used, and the identifier of
     * the dealing, as "2 of ac, cdef" (threshold.h); else "". */
    char opened_with[VAULT_OPENED_WITH];
};
/*
 * Needs an unlocked vault. *out is the caller's to clear.
 *   VAULT_E_NOT_FOUND  it is this vault's own
 *   VAULT_E_TAMPERED   what is kept beside it was changed
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_record_provenance(const struct vault_record *r,
    struct vault_provenance *out, struct vault_error *err);
VAULT_API void vault_provenance_clear(struct vault_provenance *p);

#endif
