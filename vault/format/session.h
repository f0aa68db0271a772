/* SPDX-License-Identifier: Apache-2.0 */
/* session.h: the notes that certify capture sessions and devices (s. 4.3) */
#ifndef VLT_SESSION_H
#define VLT_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "card.h"
#include "note.h"
#include "replica.h"

/*
 * A capture device has one log key per session. The note of its first session
 * is signed by that session's own key, a later one by the session before it,
 * which knew its own last state (`base`).
 */
struct vlt_session {
    uint8_t vault[16];
    uint8_t device[8];
    uint8_t session[8];
    uint32_t number; /* of the device's sessions, from 1 */
    uint8_t log_key[32];
    uint8_t card[32];          /* H(card text) of the card sealed to */
    bool has_base;             /* exactly when number > 1 */
    struct vlt_base_line base; /* the session before, as it ended */
    uint8_t text_hash[32];     /* H(session note text), set by make and parse;
                                * with any `ext` lines the text has */
};

/* A vault's word that a device is its own, by the device's first session. */
struct vlt_device {
    uint8_t vault[16];
    uint8_t device[8];
    uint8_t card[32];
    uint8_t first[32];     /* H(session note text) */
    uint8_t text_hash[32]; /* as above */
};

/* Whether a log's note is a session note; else it is a replica note. */
bool vlt_session_is(const char *note, size_t len);

/*
 * The text, without signatures and `ext` lines, appended to out.
 *   VAULT_E_FORMAT  number 0, base where none belongs or missing, one that
 *                   names the session itself or a state without lines
 */
VAULT_CHECKED enum vault_status vlt_session_encode(struct vlt_buf *out,
    const struct vlt_session *s, struct vault_error *err);
/*
 * Exact form, and a log key that vlt_sign_key_ok accepts.
 *   VAULT_E_FORMAT  not so
 *   VAULT_E_NEWER   an `ext` line whose name begins with `!`
 */
VAULT_CHECKED enum vault_status vlt_session_decode(struct vlt_session *out,
    const char *text, size_t len, struct vault_error *err);
/* Encode, sign with `signer` (number 1: the session's own key, else the key
 * of the session before) and write the note to the empty buffer out. */
VAULT_CHECKED enum vault_status vlt_session_make(struct vlt_session *s,
    const struct vlt_logkey *signer, struct vlt_buf *out,
    struct vault_error *err);
/* vlt_session_decode of a note's text; no signature is checked. */
VAULT_CHECKED enum vault_status vlt_session_parse(struct vlt_session *out,
    const char *note, size_t len, struct vault_error *err);
/*
 * Parse, and check the signature: number 1 by the session's own key, a later
 * one by `previous`, the log key of the session that `base` names.
 *   VAULT_E_TAMPERED  not signed so
 */
VAULT_CHECKED enum vault_status vlt_session_check(const char *note, size_t len,
    const uint8_t previous[32], struct vault_error *err);
/* The signature only, of a note that *s was parsed from: to look at a key once
 * more costs as much as a signature. */
VAULT_CHECKED enum vault_status vlt_session_check_as(const struct vlt_session
                                                         *s,
    const char *note, size_t len, const uint8_t previous[32],
    struct vault_error *err);

/* Device notes: the same for id-sign of `seed`, and for `card`.
 *   VAULT_E_TAMPERED  check: not signed by it or naming another */
VAULT_CHECKED enum vault_status vlt_device_encode(struct vlt_buf *out,
    const struct vlt_device *d, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_device_decode(struct vlt_device *out,
    const char *text, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_device_make(struct vlt_device *d,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_device_parse(struct vlt_device *out,
    const char *note, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_device_check(const char *note, size_t len,
    const struct vlt_card *card, struct vault_error *err);

#endif
