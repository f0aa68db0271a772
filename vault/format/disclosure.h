/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure.h: single fields of a record, for whoever has no secret (9.5) */
#ifndef VLT_DISCLOSURE_H
#define VLT_DISCLOSURE_H

#include "field.h"
#include "leaf.h"
#include "merkle.h"
#include "statement.h"
#include "tlogproof.h"

enum {
    VLT_DISCLOSURE_MAX = 32 * 1024 * 1024, /* bytes of the whole text */
    VLT_DISCLOSURE_DEPTH = 10,             /* log2 of the largest T */
    VLT_DISCLOSURE_NOTES = 4096            /* a device's sessions, at most */
};

/* Where a field stands in the record, beside its place in the list. */
struct vlt_disclosed {
    uint16_t index; /* of its leaf */
    bool beside;    /* a body that lies beside as a file */
    uint8_t salt[32];
    uint64_t length; /* of the value; of a body, of the original */
    uint8_t hash[32];
    struct vlt_hash32 path[VLT_DISCLOSURE_DEPTH]; /* from the leaf upwards */
};

struct vlt_text_part { /* borrowed text */
    const char *p;
    size_t len;
};

/*
 * The whole text, in its order: statement, leaf, fields, proof, notes of the
 * log (a replica note; or session notes by their number, then the device
 * note), card. Without fields it is the proof of one record.
 *
 * The value of a body that lies beside is its hash in `fields`, as it is in a
 * record's metadata. `tlog`, `note` and `card` borrow from the text.
 */
struct vlt_disclosure {
    struct vlt_statement statement;
    struct vlt_leaf leaf;
    unsigned leaves; /* T: 8, 16 .. 1024; 0 without fields */
    struct vlt_fields fields;
    struct vlt_disclosed *at; /* at[k] belongs to fields.f[k] */
    struct vlt_tlogproof tlog;
    size_t notes;
    struct vlt_text_part *note; /* signed notes */
    struct vlt_text_part card;  /* a signed note */
};
void vlt_disclosure_init(struct vlt_disclosure *d);
void vlt_disclosure_clear(struct vlt_disclosure *d); /* wipes */

/* Append a note, a field with its place. Names ascend.
 *   VAULT_E_FORMAT  they do not; VAULT_E_LIMIT, VAULT_E_MEMORY */
VAULT_CHECKED enum vault_status vlt_disclosure_add_note(struct vlt_disclosure
                                                            *d,
    const char *note, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_disclosure_add_field(struct vlt_disclosure
                                                             *d,
    const struct vlt_field *f, const struct vlt_disclosed *at,
    struct vault_error *err);
/* Give a field its path in a tree of T leaves, which are all given. */
void vlt_disclosure_path(struct vlt_disclosed *at,
    const struct vlt_hash32 *leaves, size_t t);

/*
 * Append the text to out.
 *   VAULT_E_FORMAT  no note, indices not ascending, T and index do not fit,
 *                   a value that is missing, a part that is no text
 */
VAULT_CHECKED enum vault_status vlt_disclosure_encode(struct vlt_buf *out,
    const struct vlt_disclosure *d, struct vault_error *err);
/* Whether a text is one, by its first line. */
bool vlt_disclosure_is(const char *text, size_t len);
/*
 * Only the exact form; each part by the decoder of its kind (notes and card by
 * the form of a signed note only). Nothing is checked against anything else.
 * *out borrows from the text and is the caller's to clear on success.
 *   VAULT_E_FORMAT  anything else
 *   VAULT_E_NEWER   a field of a type or state that this version has not
 *   VAULT_E_LIMIT   longer than VLT_DISCLOSURE_MAX
 */
VAULT_CHECKED enum vault_status vlt_disclosure_decode(struct vlt_disclosure
                                                          *out,
    const char *text, size_t len, struct vault_error *err);

/* ---- what holds without the log ---- */

/* The leaf is a `seal` or `take` line of this very statement.
 *   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_disclosure_check_leaf(
    const struct vlt_disclosure *d, struct vault_error *err);
/*
 * Field k is what the statement's `content` commits to at its index: the
 * hash is that of the value (not of a body beside, which the caller compares),
 * and the path leads from its leaf to the root.   VAULT_E_TAMPERED
 */
VAULT_CHECKED enum vault_status vlt_disclosure_check_field(
    const struct vlt_disclosure *d, size_t k, struct vault_error *err);

#endif
