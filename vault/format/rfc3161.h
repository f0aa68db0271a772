/* SPDX-License-Identifier: Apache-2.0 */
/* rfc3161.h: a question to a time stamping authority, and its answer */
#ifndef VLT_RFC3161_H
#define VLT_RFC3161_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

enum {
    VLT_RFC3161_REQUEST = 59,
    VLT_RFC3161_MAX = 1 << 20, /* longest answer that is read */
    VLT_RFC3161_SERIAL = 32,   /* longest serial number, bytes */
    VLT_RFC3161_POLICY = 64    /* longest policy in dots */
};

/* A TimeStampReq: version 1, SHA-256, no policy, no nonce, certReq. */
void vlt_rfc3161_request(uint8_t out[VLT_RFC3161_REQUEST],
    const uint8_t imprint[32]);

/*
 * What an answer says. Nothing of it is judged: the token is a CMS signature
 * that this program does not check, so all are claims of whoever made it.
 * Pointers borrow from the input.
 */
struct vlt_rfc3161 {
    uint32_t status;  /* 0 granted, 1 granted with changes, else refused */
    const char *said; /* the first text of the status, or NULL */
    size_t said_len;
    const uint8_t *token; /* ContentInfo, whole; NULL when refused */
    size_t token_len;
    bool sha256;         /* the imprint is a SHA-256 */
    uint8_t imprint[32]; /* then */
    int64_t time;        /* genTime in whole seconds */
    char policy[VLT_RFC3161_POLICY + 1];
    char serial[2 * VLT_RFC3161_SERIAL + 1]; /* hex */
};
/*
 * A TimeStampResp, or a token (ContentInfo) alone, which is then taken as
 * granted.
 *   VAULT_E_FORMAT  neither; not DER; granted without token, or refused with
 *                   one; not about one hash and one time
 *   VAULT_E_LIMIT   longer than VLT_RFC3161_MAX
 */
VAULT_CHECKED enum vault_status vlt_rfc3161_read(struct vlt_rfc3161 *out,
    const void *p, size_t len, struct vault_error *err);
/* Whether p may be one of both, whole or cut off. */
bool vlt_rfc3161_is(const void *p, size_t len);
/* The TimeStampResp around a token, status granted; appended. */
void vlt_rfc3161_wrap(struct vlt_buf *out, const void *token, size_t len);

#endif
