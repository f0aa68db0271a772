/* SPDX-License-Identifier: Apache-2.0 */
/* notices.h: withdraw, withdraw-revoked, ack, receipt, revoke (section 11) */
#ifndef VLT_NOTICES_H
#define VLT_NOTICES_H

#include "bytes.h"
#include "card.h"
#include "merkle.h"
#include "note.h"

enum { VLT_NOTICE_LINES = 1000 }; /* most stmt and bundle lines together */

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
    uint64_t date;     /* seconds */
    enum vlt_ack_answer answer; /* ack */
    uint64_t records;           /* receipt: number of entries */
    struct vlt_buf reason;      /* withdraw: UTF-8; empty: none */
    size_t stmts;
    struct vlt_hash32 *stmt; /* strictly ascending */
    size_t bundles;
    uint8_t (*bundle)[16]; /* strictly ascending */
    uint8_t text_hash[32]; /* set by make and parse */
};
void vlt_notice_init(struct vlt_notice *n);
void vlt_notice_clear(struct vlt_notice *n);
VAULT_CHECKED enum vault_status vlt_notice_encode(struct vlt_buf *out,
    const struct vlt_notice *n, struct vault_error *err);
/* Which of them a text or note is; false: none of them. */
bool vlt_notice_is(const char *text, size_t len, enum vlt_notice_kind *out);
VAULT_CHECKED enum vault_status vlt_notice_decode(struct vlt_notice *out,
    const char *text, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_notice_make(struct vlt_notice *n,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_notice_parse(struct vlt_notice *out,
    const char *note, size_t len, struct vault_error *err);
/* Parse, and check vault, fingerprint and signature by this card. */
VAULT_CHECKED enum vault_status vlt_notice_check(const char *note, size_t len,
    const struct vlt_card *card, struct vault_error *err);

#endif
