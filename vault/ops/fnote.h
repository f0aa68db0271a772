/* SPDX-License-Identifier: Apache-2.0 */
/* fnote.h: sealed notes: what others signed, and what was given to whom */
#ifndef VLT_FNOTE_H
#define VLT_FNOTE_H

#include "session.h"
#include "handle.h"
#include "note.h"

/*
 * Rows of `note` with f 1 (docs/format.md section 8.3): kind length u8, kind,
 * content, as a padded object under X(VMK, "foreign"). Numbers below 2^32 are
 * given in order; the proof of foreign row rid lies under VLT_FNOTE_PROOF +
 * rid, so that it is found without an index.
 * Kinds: card replica session device revoke bundle withdraw withdraw-revoked
 * ack receipt checkpoint (the note itself); proof, sent (a field list).
 * All need a transaction on an unlocked handle; those that write an action.
 */
#define VLT_FNOTE_PROOF ((uint64_t)1 << 32)
enum { VLT_FNOTE_MAX = 1024 * 1024 - 64 };

struct vlt_fnote {
    uint64_t n;
    char kind[33];
    const uint8_t *p; /* borrowed */
    size_t len;
};
/* Walk those below 2^32, ascending; kind NULL: all.
 *   VAULT_E_TAMPERED  one does not open */
VAULT_CHECKED enum vault_status vlt_fnotes(struct vault *v, const char *kind,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_fnote *n, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Content appended to out; kind has 33 bytes. VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_fnote_get(struct vault *v, uint64_t n,
    char kind[33], struct vlt_buf *out, struct vault_error *err);
/* *n 0: the next number. Replaces what is there. VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status vlt_fnote_put(struct vault *v, uint64_t *n,
    const char *kind, const void *p, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_fnote_delete(struct vault *v, uint64_t n,
    struct vault_error *err);

/*
 * The book: every card and log note that is kept, pinned cards too, once, for
 * one transaction. Whose log an origin is: its replica note, or its session
 * note with the device note and the chain back to the device's first session,
 * checked against the cards when it is asked for; what does not hold answers
 * no question. Own cards and logs are not in it unless they came in a bundle.
 */
struct vlt_book;
VAULT_CHECKED enum vault_status vlt_book_load(struct vault *v,
    struct vlt_book **out, struct vault_error *err);
void vlt_book_free(struct vlt_book *b);
/* NULL when it is not there. Borrowed. */
const struct vlt_card *vlt_book_card(const struct vlt_book *b,
    const uint8_t fingerprint[32]);
const char *vlt_book_card_note(const struct vlt_book *b,
    const uint8_t fingerprint[32], size_t *len);
/* The note of the log with this origin; NULL when it is not there. */
const char *vlt_book_log_note(const struct vlt_book *b, const char *origin,
    size_t *len);
/* The same, of the log whose key signed this checkpoint, if several claim one
 * origin. */
const char *vlt_book_log_of(const struct vlt_book *b, const char *origin,
    const struct vlt_note *point, size_t *len);
/* The device note that this very session is the `first` of; NULL: none. A
 * device may have several, and the one that holds first need not be the one
 * that a log's chain of sessions leads to. */
const char *vlt_book_device_note(const struct vlt_book *b,
    const struct vlt_session *s, size_t *len);
/* Of the device that this session is of, from that session back. */
const char *vlt_book_device_from(const struct vlt_book *b,
    const struct vlt_session *s, size_t *len);
/* Each revocation of a device of this vault, whoever signed it. */
VAULT_CHECKED enum vault_status vlt_book_revocations(const struct vlt_book *b,
    const uint8_t vault[16], const uint8_t device[8],
    enum vault_status (
        *fn)(void *ctx, const char *note, size_t len, struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Within an action: keep this note unless the very same is kept already.
 * kind: card, replica, session, device or revoke. Signatures were checked. */
VAULT_CHECKED enum vault_status vlt_book_add(struct vault *v,
    struct vlt_book *b, const char *kind, const char *note, size_t len,
    struct vault_error *err);

#endif
