/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read.h: a bundle that others made, judged before it is believed */
#ifndef VLT_BUNDLE_READ_H
#define VLT_BUNDLE_READ_H

#include "bundle.h"
#include "epoch_rows.h"
#include "extract.h"
#include "handle.h"
#include "record_rows.h"
#include "tlogproof.h"

struct vlt_bundle_inside;

/*
 * Opened read-only, never in place (VLT_STORE_READ); docs/format.md section
 * 9.3. Opening checks structure (kind bundle, rows of tables that a bundle
 * does not use: none), the note, the sender's card that lies in it, the
 * signature, the writer hash of its kind-2 epoch, and that the note's epoch,
 * rcpt and manifest lines are those of the rows; then every card, log note,
 * device note and checkpoint, of which those that do not hold are kept as
 * such. It needs no secret and trusts no one: whether a card is known is the
 * caller's question.
 */
struct vlt_bundle {
    struct vlt_store *store; /* within a read transaction while open */
    struct vlt_bundle_text text;
    uint64_t cards; /* different ones that hold */
    /* vaults of which two cards of one generation lie here: one at least is
     * forged, so neither they nor their successors speak for anything */
    uint64_t forks;
    bool revoked;       /* a note in it revokes the sender's card */
    uint64_t bad_notes; /* cards, log, device and revoke notes that fail */
    struct vlt_buf note;
    struct vlt_card sender; /* from the file */
    struct vlt_buf sender_note;
    struct vlt_epoch_row epoch;
    struct vlt_buf manifest; /* sealed */
    struct vlt_e0 *e0;       /* after vlt_bundle_unlock */
    uint8_t opened_as[32];   /* likewise: the fingerprint it was sealed to */
    struct vlt_fields said;  /* the manifest, after it */
    struct vlt_bundle_inside *in;
};
/*
 * opt (may be NULL) is borrowed while it is open: only its progress is used.
 *   VAULT_E_FORMAT    not a bundle
 *   VAULT_E_NEWER
 *   VAULT_E_TAMPERED
 *   VAULT_E_LIMIT     holds more than any bundle does
 */
VAULT_CHECKED enum vault_status vlt_bundle_open(const char *path,
    const struct vault_options *opt, struct vlt_bundle **out,
    struct vault_error *err);
void vlt_bundle_close(struct vlt_bundle *b);

/* One entry, as it was checked without a secret. */
struct vlt_bundle_record {
    uint64_t rid;
    uint8_t use; /* VLT_ENTRY_*; 1 also for a wrap of a kind-4 epoch */
    bool others; /* its wrap is of a kind-4 epoch, not of the bundle's own */
    struct vlt_record_row row; /* meta borrowed until the next one */
    uint8_t stmt[32];
    uint8_t wrap[VLT_RECORD_WRAP]; /* use 1, 2 */
    const uint8_t *extract;        /* use 2; borrowed */
    size_t extract_len;
    uint64_t segments; /* rows of them under rid that are here and hold (b) */
    uint64_t body_rid; /* where those of its body lie; 0: not here */
    /* its line in a log of its origin; has_proof false: a head that only
     * precedes another, which names its statement */
    bool has_proof;
    struct vlt_leaf leaf;
    char origin[VLT_NAME_MAX + 1];
    uint64_t index;
    uint64_t size;
    struct vlt_buf proof;        /* tlog-proof text; borrowed */
    const struct vlt_card *card; /* of the origin, that signed the log note,
                                  * or the device note of a session */
    bool untrusted;              /* that line is one that a revoked device
                                  * signed after its last good state */
    const char *log_note;        /* borrowed */
    size_t log_note_len;
    /*
     * Why it is not to be believed, if it is not:
     *   VAULT_E_TAMPERED   changed, forged, or proved by nothing
     *   VAULT_E_NOT_FOUND  sound, but something that it needs is not here: the
     *                      version before it, or a card's word for the device
     *                      that wrote it. It waits.
     */
    enum vault_status status;
    struct vault_error why;
};
/*
 * Walk all records by rid: ct recomputed from the stored bytes (metadata,
 * every segment), statement, proof in a log whose note, chain and card of the
 * origin hold, predecessor present. `fn` is called for each, good or bad; a
 * record with several extracts comes once for each. Afterwards the entries
 * must be exactly those the note's root and count name: VAULT_E_TAMPERED
 * otherwise, so believe nothing of what fn was told before it has ended well.
 */
VAULT_CHECKED enum vault_status vlt_bundle_records(struct vlt_bundle *b,
    enum vault_status (*fn)(void *ctx, const struct vlt_bundle_record *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Every card, replica, session, device and revoke note in it that holds, kind
 * and note, cards first: a card after those it follows, a session after the
 * one before it. Bad ones are left out and counted; bad may be NULL. */
VAULT_CHECKED enum vault_status vlt_bundle_notes(struct vlt_bundle *b,
    enum vault_status (*fn)(void *ctx, const char *kind, const char *note,
        size_t len, struct vault_error *err),
    void *ctx, uint64_t *bad, struct vault_error *err);
/* Notices that travel in it: withdraw, withdraw-revoked, ack, receipt. Not
 * checked. */
VAULT_CHECKED enum vault_status vlt_bundle_notices(struct vlt_bundle *b,
    enum vault_status (
        *fn)(void *ctx, const char *note, size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err);

/*
 * As a recipient: own wrap, r_j, commitment, manifest. Tries each generation's
 * key. v is borrowed while b is open.
 *   VAULT_E_NO_KEY    not for this vault
 *   VAULT_E_TAMPERED  it opened, and was sealed for someone else or changed
 */
VAULT_CHECKED enum vault_status vlt_bundle_unlock(struct vlt_bundle *b,
    struct vault *v, struct vault_error *err);
/* Of a whole record: its key, after metadata and content were opened and
 * compared, and with `body` the body too, to its hash. *rk is the caller's to
 * free, *meta to clear.
 *   VAULT_E_NO_KEY  its kind-4 epoch is for others */
VAULT_CHECKED enum vault_status vlt_bundle_open_record(struct vlt_bundle *b,
    const struct vlt_bundle_record *r, bool body, struct vlt_rk **rk,
    struct vlt_meta *meta, struct vault_error *err);
/* Of a partial one: its key and what it shows. */
VAULT_CHECKED enum vault_status vlt_bundle_open_part(struct vlt_bundle *b,
    const struct vlt_bundle_record *r, bool body, struct vlt_xk **xk,
    struct vlt_extract *x, struct vault_error *err);

#endif
