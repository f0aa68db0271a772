/* SPDX-License-Identifier: Apache-2.0 */
/* cosignature.h: witness keys as C2SP vkeys, type-04 cosignatures */
#ifndef VLT_COSIGNATURE_H
#define VLT_COSIGNATURE_H

#include "note.h"

/*
 * A verifier key as C2SP signed-note has it: `<name>+<hex8 key id>+<base64 of
 * type u8 || public key 32>`. Types 01 (Ed25519, logs) and 04 (timestamped
 * cosignature, witnesses) are known; the key id must be the one that name, type
 * and key give.
 */
struct vlt_vkey {
    char name[VLT_NAME_MAX + 1];
    uint8_t key_id[4];
    uint8_t type;
    uint8_t pk[32];
};
enum {
    VLT_VKEY_ED25519 = 1,
    VLT_VKEY_COSIGNATURE = 4,
    VLT_VKEY_TEXT = VLT_NAME_MAX + 1 + 8 + 1 + 44 + 1 /* with the final 0 */
};
/* Fill key_id from the rest and write the text. */
VAULT_CHECKED enum vault_status vlt_vkey_make(struct vlt_vkey *k,
    const char *name, uint8_t type, const uint8_t pk[32],
    struct vault_error *err);
void vlt_vkey_text(char out[VLT_VKEY_TEXT], const struct vlt_vkey *k);
/*
 * Only the exact form.
 *   VAULT_E_FORMAT  anything else, also a key id that is not the key's
 *   VAULT_E_NEWER   a well-formed key of another type
 */
VAULT_CHECKED enum vault_status vlt_vkey_decode(struct vlt_vkey *out,
    const char *text, size_t len, struct vault_error *err);

/*
 * C2SP tlog-cosignature/v1: Ed25519 over "cosignature/v1\ntime <t>\n" followed
 * by the checkpoint's text (with its last LF); the line's signature is t u64
 * big-endian || 64 bytes. `seed` is id-wit's, 32 bytes.
 * vlt_cosignature_sign appends one whole signature line to out (an empty
 * buffer, or a note: behind its lines).
 *   VAULT_E_FORMAT  the text is none that a note can hold
 */
VAULT_CHECKED enum vault_status vlt_cosignature_sign(struct vlt_buf *out,
    const char *text, size_t text_len, const char *name, const uint8_t seed[32],
    uint64_t time, struct vault_error *err);
/*
 * Whether line i of the note is a cosignature of this witness (name and key id)
 * and holds.
 *   VAULT_OK          it holds; *time is what the witness signed
 *   VAULT_E_NOT_FOUND the line is of another name, key id or length
 *   VAULT_E_TAMPERED  name and key id are its, the signature does not hold, or
 *                     the time is above 2^63 - 1
 */
VAULT_CHECKED enum vault_status vlt_cosignature_check(const struct vlt_note *n,
    size_t i, const struct vlt_vkey *k, uint64_t *time,
    struct vault_error *err);

#endif
