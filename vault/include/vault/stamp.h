/* SPDX-License-Identifier: Apache-2.0 */
/* vault/stamp.h: time evidence that others give for a state of the log */
#ifndef VAULT_STAMP_H
#define VAULT_STAMP_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A time stamping authority (RFC 3161) or an OpenTimestamps calendar signs for
 * a SHA-256 that it is given. Here it is that of a checkpoint's text: origin,
 * number of lines, root. So a token says: this state of the log existed before
 * that time, if its issuer is honest. It speaks of the lines up to that state
 * and of none after it, and it does not say when they were made.
 *
 * This program compares the imprint with the state. Whether a token is what
 * its issuer signed it does not judge: `openssl ts -verify` and `ots verify`
 * do (docs/audit.md). What an issuer learns is one hash, and where the
 * question came from. docs/format.md, section 7.5.
 */

enum {
    VAULT_STAMP_REQUEST = 59, /* bytes of a request, always */
    VAULT_STAMP_TEXT = 256,   /* room for a checkpoint's text */
    VAULT_STAMP_MAX = 1 << 20 /* longest evidence that is kept */
};

/* What to send, and what it is about. */
struct vault_stamp_request {
    char origin[129];
    uint64_t size;               /* lines that are covered */
    uint8_t imprint[VAULT_HASH]; /* SHA-256 of text */
    char text[VAULT_STAMP_TEXT]; /* of the checkpoint; a 0 behind it */
    size_t text_len;
    /* An RFC 3161 TimeStampReq, DER: SHA-256, asks for the authority's
     * certificate, no policy, no nonce: the same state is the same request */
    uint8_t request[VAULT_STAMP_REQUEST];
};
/*
 * The newest state of the log that names the newest states of all others, or
 * of the log that `origin` names (whole, or its last 16 digits). The
 * checkpoint is marked, so that it is still there when the answer comes. Works
 * locked; adds no line.
 *   VAULT_E_USAGE      a capture file; or there are several such logs, and
 *                      origin is NULL
 *   VAULT_E_NOT_FOUND  no log of that name
 *   VAULT_E_TAMPERED   a log does not hold
 */
VAULT_API VAULT_CHECKED enum vault_status vault_stamp_request(struct vault *v,
    const char *origin, struct vault_stamp_request *out,
    struct vault_error *err);

/* What was attached, and what it claims of itself. */
struct vault_stamp_attached {
    char origin[129];
    uint64_t size;
    char kind[8];    /* "tsr" or "ots" */
    bool known;      /* it was there already: nothing was written */
    int64_t time;    /* of a token; -1: it says none (ots) */
    char policy[65]; /* of a token, dotted; "" */
    char serial[65]; /* of a token, hex; "" */
};
/*
 * Store an RFC 3161 response, the token alone, or an .ots proof, with the
 * state that it is about: one action, leaf `stamp`.
 *   VAULT_E_LOCKED
 *   VAULT_E_FORMAT     none of the three, or of another hash than SHA-256
 *   VAULT_E_POLICY     the authority refused; err says its words
 *   VAULT_E_NOT_FOUND  about no state that is stored here
 *   VAULT_E_LIMIT      longer than VAULT_STAMP_MAX
 */
VAULT_API VAULT_CHECKED enum vault_status vault_stamp_attach(struct vault *v,
    const void *p, size_t n, struct vault_stamp_attached *out,
    struct vault_error *err);

/* One that lies in a file; everything borrowed for the call, and untrusted. */
struct vault_stamp {
    const char *origin;
    uint64_t size;
    const char *kind; /* "tsr", "ots" or another word */
    const char *note; /* the checkpoint, signed; a 0 behind it */
    size_t note_len;
    size_t text_len; /* note begins with the text that is stamped */
    const void *b;
    size_t b_len;
    bool fits;    /* its imprint is that of the text */
    int64_t time; /* as above */
    const char *policy;
    const char *serial;
};
/*
 * All in a container of any kind, which is opened for reading only and needs
 * no secret. Tells what lies there and checks nothing else: vault_verify does.
 * Stops when fn answers not 0 (VAULT_E_CANCELLED).
 *   VAULT_E_NOT_FOUND, VAULT_E_FORMAT, VAULT_E_NEWER, VAULT_E_TAMPERED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_stamps(const char *path,
    int (*fn)(void *ctx, const struct vault_stamp *s), void *ctx,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
