/* SPDX-License-Identifier: Apache-2.0 */
/* notice.h: asking others to withdraw, being asked, answers and receipts */
#ifndef VAULT_NOTICE_H
#define VAULT_NOTICE_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What was given to others is out of one's hands. A notice asks them to
 * withdraw it too: a signed text that a file, a bundle or any other channel
 * carries. Where it arrives it hides the records at once; they are destroyed
 * there only when a person decides so, by default not before 30 days, and
 * never under a hold: a notice may have been forced from its signer. Answers
 * come back the same way. docs/format.md, section 11.
 *
 * All functions need an unlocked vault (VAULT_E_LOCKED); those that change
 * something do so in one transaction (VAULT_E_BUSY) and end a running batch
 * first.
 */

/* ------------------------------------------------ what somebody handed over */

enum vault_notice_kind {
    VAULT_NOTICE_WITHDRAW, /* asks to withdraw */
    VAULT_NOTICE_LIFT,     /* takes such a request back */
    VAULT_NOTICE_ANSWER,   /* what was done about one */
    VAULT_NOTICE_RECEIPT   /* a bundle arrived */
};
enum vault_answer {
    VAULT_ANSWER_NONE,
    VAULT_ANSWER_DESTROYED,
    VAULT_ANSWER_HIDDEN,
    VAULT_ANSWER_REFUSED
};
enum vault_notice_outcome {
    VAULT_NOTICE_TAKEN,  /* or: would be taken */
    VAULT_NOTICE_KNOWN,  /* the very same is here */
    VAULT_NOTICE_REFUSED /* kept out: `why` */
};
struct vault_notice {
    enum vault_notice_kind kind;
    enum vault_notice_outcome outcome;
    struct vault_error why;
    bool own;                 /* this vault made it, perhaps elsewhere */
    uint8_t hash[VAULT_HASH]; /* H(text) */
    uint8_t of[VAULT_HASH];   /* the request or bundle it is about */
    char fingerprint[VAULT_FINGERPRINT]; /* of its signer; "" unknown */
    char name[65]; /* what that card is pinned as, or "" */
    int64_t date;  /* as the signer says */
    enum vault_answer answer;
    uint64_t records;    /* receipt: entries of the bundle */
    uint64_t statements; /* that it names */
    uint64_t held;       /* of these: here, and the signer's to ask for */
    uint64_t later;      /* of these: not here yet */
    uint64_t others;     /* of these: here, and not his to ask for */
    /* more than 20 records, or half of what is held of that origin, by one
     * note or by several within a week: perhaps it was forced */
    bool unusual;
};
/*
 * What this note is and what taking it would do; changes nothing. A note that
 * is malformed, forged or not its signer's to make is refused and no failure.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_notice_check(struct vault *v,
    const char *note, size_t len, struct vault_notice *out,
    struct vault_error *err);
/* The same, and take it if it is not refused. Twice is once. */
VAULT_API VAULT_CHECKED enum vault_status vault_notice_take(struct vault *v,
    const char *note, size_t len, struct vault_notice *out,
    struct vault_error *err);

/* ------------------------------------------------------------ being asked */

enum vault_request_state {
    VAULT_REQUEST_PENDING,   /* hidden; something is to be decided */
    VAULT_REQUEST_DESTROYED, /* all that it names is destroyed here */
    VAULT_REQUEST_REFUSED,   /* shown again */
    VAULT_REQUEST_LIFTED     /* the signer took it back; shown again */
};
struct vault_request_record {
    uint8_t id[VAULT_ID];
    uint32_t version;
    uint8_t statement[VAULT_HASH];
    bool destroyed;
    bool hold;
};
struct vault_request {
    uint8_t hash[VAULT_HASH];
    char fingerprint[VAULT_FINGERPRINT];
    char name[65];
    int64_t date;       /* as the signer says */
    int64_t received;   /* by this machine's clock */
    int64_t due;        /* from then on it may be destroyed */
    const char *reason; /* untrusted text; "" none */
    enum vault_request_state state;
    enum vault_answer answer; /* the last one given */
    int64_t answered;
    bool unusual;   /* as above */
    uint64_t later; /* statements that are not here yet */
    const struct vault_request_record *record;
    size_t records;
};
/* In the order they came; borrowed for the call.
 *   VAULT_E_CANCELLED  fn answered another than 0 */
VAULT_API VAULT_CHECKED enum vault_status vault_request_list(struct vault *v,
    int (*fn)(void *ctx, const struct vault_request *r), void *ctx,
    struct vault_error *err);
/*
 * The request whose hash begins with these hex digits, 6 at least.
 *   VAULT_E_USAGE, VAULT_E_NOT_FOUND, VAULT_E_AMBIGUOUS
 */
VAULT_API VAULT_CHECKED enum vault_status vault_request_resolve(struct vault *v,
    const char *digits, uint8_t hash[VAULT_HASH], struct vault_error *err);

struct vault_decision {
    uint64_t destroyed;  /* record versions */
    uint64_t statements; /* that the answer names */
    char *answer;        /* the signed note to give back; vault_text_free */
    size_t answer_len;
};
/*
 * Decide. Destroying takes the own copies for good, but never one under a
 * hold, and before the waiting time only with `now`. What arrives later is
 * hidden and asks for a decision of its own. A refusal shows them again.
 *   VAULT_E_NOT_FOUND  no such request, or nothing it names is here
 *   VAULT_E_POLICY     the waiting time is not over, or a hold
 *   VAULT_E_USAGE      it was lifted, or decided so already
 */
VAULT_API VAULT_CHECKED enum vault_status vault_request_decide(struct vault *v,
    const uint8_t hash[VAULT_HASH], enum vault_answer answer, bool now,
    struct vault_decision *out, struct vault_error *err);

/* Days that a request waits, 30 unless set; 1 to 3650.   VAULT_E_USAGE */
VAULT_API VAULT_CHECKED enum vault_status vault_waiting_days(struct vault *v,
    uint32_t *out, struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_waiting_days_set(struct vault
                                                                     *v,
    uint32_t days, struct vault_error *err);

/* A record of others that no request destroys here, in all its versions.
 *   VAULT_E_NOT_FOUND  not here, or it is not under a hold
 *   VAULT_E_EXISTS     it is under one */
VAULT_API VAULT_CHECKED enum vault_status vault_hold_set(struct vault *v,
    const uint8_t id[VAULT_ID], struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_hold_clear(struct vault *v,
    const uint8_t id[VAULT_ID], struct vault_error *err);

/* ----------------------------------------------------------------- asking */

struct vault_notice_made {
    char *note; /* vault_text_free */
    size_t len;
    uint8_t hash[VAULT_HASH];
    uint64_t statements;
    uint64_t bundles;
    uint64_t recipients;
    bool again; /* it was made before; nothing was changed */
};
VAULT_API void vault_text_free(char *text);
/*
 * A request to all who were given one of these records: it names every
 * version that a bundle of this vault held, and those bundles. A record of
 * one's own must be declared withdrawn first. What was asked before in the
 * very same way is given out again.
 *   VAULT_E_NOT_FOUND  nothing of it was given to anyone
 *   VAULT_E_USAGE      one of them is not withdrawn here
 *   VAULT_E_LIMIT      more than 1000 statements and bundles, or a reason of
 *                      more than 4096 bytes
 */
VAULT_API VAULT_CHECKED enum vault_status vault_notice_withdraw(struct vault *v,
    const uint8_t (*id)[VAULT_ID], size_t n, const char *reason,
    struct vault_notice_made *out, struct vault_error *err);
/* Take back the newest request about this record that was not taken back.
 *   VAULT_E_NOT_FOUND */
VAULT_API VAULT_CHECKED enum vault_status vault_notice_lift(struct vault *v,
    const uint8_t id[VAULT_ID], struct vault_notice_made *out,
    struct vault_error *err);

/* One recipient of what a request of this vault is about, or of a bundle. */
struct vault_told {
    char fingerprint[VAULT_FINGERPRINT];
    char name[65];
    /* No person: the bundle opens with shares (threshold.h), "K/N identifier";
     * else "". Who opened it and sent a receipt is listed besides. */
    char shares[24];
    bool recipient; /* was given it by this vault; else he had it of others */
    int64_t told;   /* when a bundle took the request along; 0: not known */
    enum vault_answer answer; /* the last one */
    int64_t answered;         /* as the recipient says; receipt: its date */
    uint64_t statements;
};
struct vault_asked {
    uint8_t hash[VAULT_HASH];
    int64_t date;
    const char *reason;
    bool lifted;
    uint64_t statements;
    const struct vault_told *to;
    size_t to_len;
    size_t unanswered; /* of the recipients */
};
/* Every request this vault made, about this record or (NULL) any.
 *   VAULT_E_CANCELLED  fn answered another than 0 */
VAULT_API VAULT_CHECKED enum vault_status vault_notice_status(struct vault *v,
    const uint8_t *id, int (*fn)(void *ctx, const struct vault_asked *a),
    void *ctx, struct vault_error *err);

struct vault_given {
    uint8_t bundle[VAULT_ID];
    int64_t time;
    uint64_t records;
    const struct vault_told *to; /* answered: by a receipt; 0: none */
    size_t to_len;
};
/* Every bundle this vault made, of this record or (NULL) any. */
VAULT_API VAULT_CHECKED enum vault_status vault_given_list(struct vault *v,
    const uint8_t *id, int (*fn)(void *ctx, const struct vault_given *g),
    void *ctx, struct vault_error *err);

#ifdef __cplusplus
}
#endif
#endif
