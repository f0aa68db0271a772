/* SPDX-License-Identifier: Apache-2.0 */
/* receive.h: what others gave: checked first, then taken in at once */
#ifndef VAULT_RECEIVE_H
#define VAULT_RECEIVE_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Several files at once: add each, look at what held, decide about signers
 * that nobody compared yet, commit. Nothing of the vault changes before
 * vault_receive_commit, and by it in one transaction, but for documents in an
 * age file: each is sealed as a record of its own behind that. Receiving twice
 * is once, and the order does not matter.
 *
 * A file in which something does not hold is refused whole and keeps no other
 * out. What a row and its lines point to lives until the next call for this
 * run that is not vault_receive_each.
 */
struct vault_receive;

struct vault_receive_options {
    /* Make a signed receipt for each bundle that is taken in or is here. */
    bool receipts;
    /* Asked for the passphrase of an age file that has one: answers with
     * vault_receive_passphrase. Another status than VAULT_OK refuses the file;
     * NULL refuses all of them. */
    enum vault_status (*passphrase)(void *ctx, struct vault_receive *r,
        const char *path, struct vault_error *err);
    void *ctx;
};

enum vault_received_kind {
    VAULT_RECEIVED_OTHER,    /* nothing that is received: left where it is */
    VAULT_RECEIVED_BUNDLE,   /* in an age file or not */
    VAULT_RECEIVED_DOCUMENT, /* an age file that holds anything else */
    VAULT_RECEIVED_NOTICE,   /* withdraw, withdraw-revoked, ack, receipt */
    VAULT_RECEIVED_REVOKE,   /* a card is no longer to be trusted */
    VAULT_RECEIVED_CARD,     /* for vault_card_add: a name goes with it */
    VAULT_RECEIVED_CAPTURE   /* of this vault, for vault_take_in */
};
enum vault_received_state {
    VAULT_RECEIVE_READY,   /* it holds: the commit takes it in */
    VAULT_RECEIVE_UNKNOWN, /* it holds; nobody compared who signed it, and
                              vault_receive_accept has not been asked */
    VAULT_RECEIVE_REFUSED, /* something does not hold, or is not accepted */
    VAULT_RECEIVE_LEFT,    /* not taken in by vault_receive_commit */
    VAULT_RECEIVE_DONE     /* committed */
};
enum vault_received_signer {
    VAULT_SIGNER_NONE,      /* not signed, or not looked at */
    VAULT_SIGNER_OWN,       /* this vault itself */
    VAULT_SIGNER_COMPARED,  /* its card is pinned, and was compared */
    VAULT_SIGNER_CONTINUES, /* the next generation of one that was */
    VAULT_SIGNER_UNKNOWN,
    VAULT_SIGNER_REVOKED,
    VAULT_SIGNER_REFUSED /* two successors, or another card of that vault */
};
/* Record versions of a bundle; those that only precede others not counted. */
struct vault_receive_counts {
    uint64_t records;
    uint64_t fresh;   /* not here yet */
    uint64_t more;    /* here in part, and it brings more fields */
    uint64_t already; /* here */
    uint64_t hidden;  /* of these all: hidden by a request to withdraw */
    uint64_t gone;    /* withdrawn or destroyed here: not taken in again */
    uint64_t waits;   /* of own records: what they follow is not here */
    uint64_t bad;     /* do not hold, or use another record's id */
};
struct vault_received {
    const char *path;
    enum vault_received_kind kind;
    enum vault_received_state state;
    bool courier;           /* the bundle lay in an age file */
    bool by_shares;         /* it opened with shares (threshold.h) */
    const char *word;       /* of a text: "withdraw", "card" ...; else "" */
    struct vault_error why; /* when refused or left */
    enum vault_received_signer signer;
    char fingerprint[VAULT_FINGERPRINT]; /* "" without a signer */
    uint8_t key[VAULT_HASH];             /* the same, whole */
    const char *name; /* what the card is pinned as, or the one that it
                         continues; else "" */
    struct vault_receive_counts count;
    /* what held and what did not, in the order of docs/format.md 9.3 */
    const struct vault_finding *lines;
    size_t lines_len;
    /* what the sender says in the bundle: letter, purpose, date, limits ... */
    const struct vault_field *said;
    size_t said_len;
    /* of a document: its record, after the commit; its length */
    uint8_t id[VAULT_ID];
    uint64_t bytes;
    /* after the commit, with `receipts`: a signed note to give back */
    const char *receipt;
    size_t receipt_len;
};

/*
 * Begin on an unlocked vault. `opt` may be NULL. v must outlive the run.
 *   VAULT_E_LOCKED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_receive_begin(struct vault *v,
    const struct vault_receive_options *opt, struct vault_receive **out,
    struct vault_error *err);
/*
 * Look at one more file: what it is, and whether all of it holds. That it
 * does not is told by its row; only what keeps the run from going on is an
 * answer here. A courier's bundle lies decrypted from its age layer beside the
 * vault until the run ends; its records are sealed in it.
 *   VAULT_E_CANCELLED, VAULT_E_IO (the vault, or no room beside it)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_receive_add(struct vault_receive
                                                                *r,
    const char *path, struct vault_error *err);
/* For options.passphrase: exactly these bytes, as age takes them; the caller
 * wipes its own copy.   VAULT_E_USAGE  empty, or nothing is asked for */
VAULT_API VAULT_CHECKED enum vault_status vault_receive_passphrase(
    struct vault_receive *r, const void *p, size_t n, struct vault_error *err);
/* One row per file, in the order they were added.
 *   VAULT_E_CANCELLED  fn answered another than 0 */
VAULT_API VAULT_CHECKED enum vault_status
vault_receive_each(struct vault_receive *r,
    int (*fn)(void *ctx, const struct vault_received *row), void *ctx,
    struct vault_error *err);
/*
 * A person has compared: files that wait for this signer are ready. The whole
 * fingerprint, in any form that vault_fingerprint_is takes.
 *   VAULT_E_NOT_FOUND  no file waits for it
 */
VAULT_API VAULT_CHECKED enum vault_status vault_receive_accept(
    struct vault_receive *r, const char *fingerprint, struct vault_error *err);

struct vault_receive_result {
    uint64_t bundles;
    uint64_t documents;
    uint64_t notices;
    struct vault_receive_counts count; /* over all bundles */
};
/*
 * Take in everything that is ready, and fill the rows' counts anew. After a
 * failure the vault is as it was before, but for documents sealed by then.
 * A file that was changed since it was checked, or does not go with another
 * one of the run, is refused then, and the others come in.
 *   VAULT_E_BUSY, VAULT_E_CANCELLED
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_receive_commit(struct vault_receive *r, struct vault_receive_result *out,
    struct vault_error *err);
/* Removes what lay beside the vault. NULL is fine. */
VAULT_API void vault_receive_close(struct vault_receive *r);

#ifdef __cplusplus
}
#endif
#endif
