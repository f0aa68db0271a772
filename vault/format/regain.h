/* SPDX-License-Identifier: Apache-2.0 */
/* regain.h: getting back in with headquarters' help over a bad line (s. 11) */
#ifndef VLT_REGAIN_H
#define VLT_REGAIN_H

#include "fixedtext.h"
#include "kem.h"
#include "secret.h"
#include "slot.h"

enum { VLT_UNLOCK_SEAL = 32 + VLT_HPKE_EXTRA }; /* 1,168 */

/*
 * Whoever has the file asks: a one-time key, and the slot of kind 5 as it
 * stands in the file. Headquarters, once it has spoken to the person and
 * compared H(request text), opens the slot and seals VMK to that key. The
 * seal's info is that hash: it opens for this request only.
 */
struct vlt_unlock_request {
    uint8_t vault[16];
    uint8_t slot[16];
    uint8_t kem[VLT_KEM_PK]; /* one-time */
    uint8_t row[VLT_SLOT5_SIZE];
    uint8_t text_hash[32]; /* set by decode */
};
struct vlt_unlock_text {
    uint8_t vault[16];
    uint8_t slot[16];
    uint8_t request[32]; /* H(unlock-request text) */
    uint8_t seal[VLT_UNLOCK_SEAL];
};
extern const struct vlt_fixed_form vlt_unlock_request_form, vlt_unlock_form;

/*
 * The texts, appended to out; and back, exact form only.
 *   VAULT_E_FORMAT  not so; of a request also: a key that encapsulation
 *                   refuses, or a row that is no slot of kind 5 of that id
 */
VAULT_CHECKED enum vault_status vlt_unlock_request_encode(struct vlt_buf *out,
    const struct vlt_unlock_request *r, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_unlock_request_decode(
    struct vlt_unlock_request *out, const char *text, size_t len,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_unlock_encode(struct vlt_buf *out,
    const struct vlt_unlock_text *u, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_unlock_decode(struct vlt_unlock_text *out,
    const char *text, size_t len, struct vault_error *err);
/* The same after vlt_fixed_mend: from mail and chat. */
VAULT_CHECKED enum vault_status vlt_unlock_request_read(
    struct vlt_unlock_request *out, const char *raw, size_t len,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_unlock_read(struct vlt_unlock_text *out,
    const char *raw, size_t len, struct vault_error *err);

/* Headquarters' last step; r was decoded.
 *   VAULT_E_FORMAT  the request's key is one that encapsulation refuses */
VAULT_CHECKED enum vault_status vlt_unlock_seal(struct vlt_unlock_text *out,
    const struct vlt_unlock_request *r, const struct vlt_vmk *vmk,
    struct vault_error *err);
/* With 64 given bytes for the encapsulation: vectors, examples. */
VAULT_CHECKED enum vault_status vlt_unlock_build(struct vlt_unlock_text *out,
    const struct vlt_unlock_request *r, const struct vlt_vmk *vmk,
    const uint8_t eseed[64], struct vault_error *err);
/*
 * Back in the hands of who asked.
 *   VAULT_E_NO_KEY  not for this request, or changed on the way
 */
VAULT_CHECKED enum vault_status vlt_unlock_open(struct vlt_vmk *out,
    const struct vlt_unlock_text *u, const uint8_t request[32],
    const struct vlt_kemkey *kem, struct vault_error *err);

/*
 * The one-time secret in a file that the user named, between asking and
 * answer. It opens nothing by itself; with headquarters' unlock text it opens
 * the vault.
 */
struct vlt_request_key {
    uint8_t vault[16];
    uint8_t slot[16];
    uint8_t request[32]; /* H(unlock-request text) */
    struct vlt_kemkey *kem;
};
/* Appended to out, which is wiped by its owner; and back: kem is new, the
 * caller frees it.   VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_request_key_encode(struct vlt_buf *out,
    const struct vlt_request_key *k, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_request_key_decode(
    struct vlt_request_key *out, const char *text, size_t len,
    struct vault_error *err);

#endif
