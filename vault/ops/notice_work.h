/* SPDX-License-Identifier: Apache-2.0 */
/* notice_work.h: what is needed to judge notices, read once for many */
#ifndef VLT_NOTICE_WORK_H
#define VLT_NOTICE_WORK_H

#include "fnote.h"
#include "foreign.h"
#include "notice_row.h"
#include "notices.h"
#include "settings.h"

enum { VLT_NOTICES_MAX = 4096 }; /* kept of one card; more are refused */

/* A card that may sign: of this vault, pinned, or come in with a bundle. */
struct vlt_signer {
    struct vlt_card card;
    char *note; /* the card note; heap */
    size_t note_len;
    char name[65]; /* pinned as; "" */
    bool own;
    bool pinned;
    bool bad;      /* refused or revoked */
    bool compared; /* by a person */
};
/* A notice that is kept. */
struct vlt_kept {
    enum vlt_notice_kind kind;
    uint64_t n; /* of the sealed note */
    uint8_t vault[16];
    uint8_t card[32];
    uint8_t hash[32];
    uint8_t of[32];
    int64_t date;
    enum vlt_ack_answer answer;
    size_t stmts;
};
/* A row of a foreign record, by its statement. */
struct vlt_held {
    uint8_t stmt[32];
    uint8_t id[16];
    uint8_t origin[16]; /* vault */
    uint32_t version;
    uint64_t rid;
};
struct vlt_notices {
    struct vault *v;
    struct vlt_book *book;
    size_t signers;
    struct vlt_signer *signer; /* own and pinned */
    size_t kept_len;
    struct vlt_kept *kept;
    bool indexed;
    size_t held_len;
    struct vlt_held *held; /* ascending by statement */
    bool changed;          /* settings, by this run */
};

/* A transaction to read in, or an action; a running batch is ended first. */
VAULT_CHECKED enum vault_status vlt_notices_look(struct vault *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_notices_begin(struct vault *v,
    struct vault_error *err);
/* The end of that action, which came out with st: committed, or undone when it
 * failed or wrote no line. */
VAULT_CHECKED enum vault_status vlt_notices_end(struct vault *v,
    enum vault_status st, struct vault_error *err);

/* Within one transaction; notices that are kept meanwhile are added to it. The
 * records are read when they are first asked for: within an action after they
 * were put. */
VAULT_CHECKED enum vault_status vlt_notices_open(struct vault *v,
    struct vlt_notices **out, struct vault_error *err);
void vlt_notices_close(struct vlt_notices *w);

/* NULL when no such card is known. Borrowed; *more says what else is known of
 * it when it is pinned or own, NULL when it only came in with a bundle. */
const struct vlt_card *vlt_notices_card(const struct vlt_notices *w,
    const uint8_t fingerprint[32], const struct vlt_signer **more);
/* Whether both are the same card, or generations of one identity that follow
 * each other, each signed by the one before. */
bool vlt_notices_linked(const struct vlt_notices *w, const uint8_t a[32],
    const uint8_t b[32]);
/* The kept notice with this text; NULL. */
const struct vlt_kept *vlt_notices_kept(const struct vlt_notices *w,
    const uint8_t hash[32]);
/* The foreign record version with this statement, in *out; NULL: none. */
VAULT_CHECKED enum vault_status vlt_notices_held(struct vlt_notices *w,
    const uint8_t stmt[32], const struct vlt_held **out,
    struct vault_error *err);
/*
 * What a request by this card is to this statement: the card may ask for it
 * when it is its origin's, whoever brought it. A
 * row head that only precedes another version counts as not here.
 */
enum vlt_claim {
    VLT_CLAIM_LATER,  /* not here */
    VLT_CLAIM_HELD,   /* here, and his to ask for */
    VLT_CLAIM_GONE,   /* the same, and destroyed here already */
    VLT_CLAIM_OTHERS, /* here, and not his */
};
VAULT_CHECKED enum vault_status vlt_notices_claim(struct vlt_notices *w,
    const uint8_t stmt[32], const uint8_t fingerprint[32], enum vlt_claim *out,
    struct vault_error *err);
/*
 * Whether so many records are asked for that the signer may have been forced:
 * by `r` and by what the same identity asked within a week of it, more than
 * 20, or at least two that are half of what is held of an origin.
 */
VAULT_CHECKED enum vault_status vlt_notices_unusual(struct vlt_notices *w,
    const struct vlt_request *r, bool *out, struct vault_error *err);
/* Within an action: keep the note, sealed, and log it by a salted line of this
 * kind, `ask` or `ack`. n is what it says. */
VAULT_CHECKED enum vault_status vlt_notices_keep(struct vlt_notices *w,
    const struct vlt_notice *n, const char *note, size_t len, const char *leaf,
    struct vault_error *err);
/* Read a kept notice again; *out is the caller's to clear. `note`, when not
 * NULL, takes its whole text. */
VAULT_CHECKED enum vault_status vlt_notices_read(const struct vlt_notices *w,
    const struct vlt_kept *k, struct vlt_notice *out, struct vlt_buf *note,
    struct vault_error *err);

#endif
