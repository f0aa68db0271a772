/* SPDX-License-Identifier: Apache-2.0 */
/* notices.h: withdraw, withdraw-revoked, ack, receipt (section 11) */
#ifndef VLT_NOTICES_H
#define VLT_NOTICES_H

#include <stdbool.h>
#include "bytes.h"
#include "card.h"
#include "merkle.h"
#include "note.h"

/*
 * What vaults tell each other about records and bundles, as notes under
 * vlt_name_sign of the one that speaks. A note never destroys anything: the
 * program that reads it shows it, and a person decides.
 */
enum {
    VLT_NOTICE_LINES = 1000, /* most stmt and bundle lines together */
    VLT_NOTICE_REASON = 4096 /* longest reason, UTF-8 */
};

enum vlt_notice_kind {
    VLT_NOTICE_WITHDRAW,
    VLT_NOTICE_WITHDRAW_REVOKED,
    VLT_NOTICE_ACK,
    VLT_NOTICE_RECEIPT
};
enum vlt_ack_answer { VLT_ACK_DESTROYED, VLT_ACK_HIDDEN, VLT_ACK_REFUSED };

/* One struct for the four texts; a text that has no such line leaves it 0. */
struct vlt_notice {
    enum vlt_notice_kind kind;
    uint8_t vault[16]; /* the signer's */
    uint8_t card[32];  /* H(card text) of the signing generation */
    uint8_t id[16];    /* withdraw: random */
    uint8_t of[32];    /* H(withdraw text), or receipt: H(bundle text) */
    uint64_t date;     /* seconds, below 2^63 */
    enum vlt_ack_answer answer; /* ack */
    uint64_t records;           /* receipt: number of entries, from 1 */
    struct vlt_buf reason;      /* withdraw: UTF-8; empty: none */
    size_t stmts;               /* withdraw and ack: at least 1 */
    struct vlt_hash32 *stmt;    /* heap; strictly ascending as lines, that is
                                 * by their base64 */
    size_t bundles;             /* withdraw: may be 0 */
    uint8_t (*bundle)[16];      /* strictly ascending; heap */
    uint8_t text_hash[32];      /* set by make and decode; with any `ext` lines
                                 * the text has */
};
/* An empty one, which vlt_notice_clear takes; clear frees what it holds. */
void vlt_notice_init(struct vlt_notice *n);
void vlt_notice_clear(struct vlt_notice *n);

/* The word of a kind, which is also the kind of its sealed note: `withdraw`,
 * `withdraw-revoked`, `ack`, `receipt`; and `destroyed`, `hidden`,
 * `refused`. */
const char *vlt_notice_word(enum vlt_notice_kind kind);
const char *vlt_ack_word(enum vlt_ack_answer answer);

/*
 * The text, without signatures and `ext` lines, appended to out.
 *   VAULT_E_FORMAT  no statement, lines not strictly ascending, too many of
 *                   them, no records, a date or reason out of bounds
 */
VAULT_CHECKED enum vault_status vlt_notice_encode(struct vlt_buf *out,
    const struct vlt_notice *n, struct vault_error *err);
/* Which of them a text or note is, by its first line; false: none of them. */
bool vlt_notice_is(const char *text, size_t len, enum vlt_notice_kind *out);
/*
 * Decode a text: exact form. On success the caller clears *out.
 *   VAULT_E_FORMAT  not so
 *   VAULT_E_NEWER   an `ext` line whose name begins with `!`
 */
VAULT_CHECKED enum vault_status vlt_notice_decode(struct vlt_notice *out,
    const char *text, size_t len, struct vault_error *err);

/*
 * Sort the lines, encode, sign with id-sign of `seed`, and write the note to
 * the empty buffer out.
 *   VAULT_E_FORMAT               as vlt_notice_encode: a line twice ...
 *   VAULT_E_LIMIT, VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status vlt_notice_make(struct vlt_notice *n,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err);
/* vlt_notice_decode of a note's text; no signature is checked (the card is
 * looked up by out->card). On success the caller clears *out. */
VAULT_CHECKED enum vault_status vlt_notice_parse(struct vlt_notice *out,
    const char *note, size_t len, struct vault_error *err);
/* Parse, and check the signature by `card`, its vault and fingerprint.
 *   VAULT_E_TAMPERED  not signed by it or naming another */
VAULT_CHECKED enum vault_status vlt_notice_check(const char *note, size_t len,
    const struct vlt_card *card, struct vault_error *err);

#endif
