/* SPDX-License-Identifier: Apache-2.0 */
/* verifystate.h: what an auditor keeps of a check, to look at the new only */
#ifndef VLT_VERIFYSTATE_H
#define VLT_VERIFYSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"
#include "merkle.h"

/*
 * docs/format.md section 17.4. The text is nobody's evidence: it is unsigned,
 * the auditor's own, and whoever can change it can make the next check pass
 * over what was changed. It ends in a hash against damage, not against people.
 */
#define VLT_VERIFYSTATE_FIRST "sanduq.v1/verify-state\n"

enum {
    VLT_VERIFYSTATE_MAX = 32 * 1024 * 1024,
    VLT_VERIFYSTATE_LOGS = 65536,
    VLT_VERIFYSTATE_CARDS = 1024,
    VLT_VERIFYSTATE_NOTES = 65536,
    VLT_EDGE_MAX = 63 /* hashes of a right edge */
};

enum vlt_checked_kind {
    VLT_CHECKED_VAULT,
    VLT_CHECKED_CAPTURE,
    VLT_CHECKED_AUDIT,
    VLT_CHECKED_KINDS
};

/* One log, as far as it was read. */
struct vlt_checked_log {
    uint64_t n; /* number of its row */
    uint8_t replica[8];
    uint8_t note[32]; /* H(note text) */
    uint64_t size;    /* at least 1 */
    /* subject of the last such line; zeros for none */
    uint8_t slots[32], settings[32];
    bool has_slots, has_settings;
    size_t edges;            /* bits set in `size` */
    struct vlt_hash32 *edge; /* of the smallest subtree first; heap */
};

/* Highest row numbers; 0 for an empty table. */
enum vlt_checked_table {
    VLT_CHECKED_RECORD,
    VLT_CHECKED_WRAP,
    VLT_CHECKED_SEGMENT,
    VLT_CHECKED_EXTRACT,
    VLT_CHECKED_EPOCH,
    VLT_CHECKED_ATTACHMENT,
    VLT_CHECKED_NOTE, /* below 2^32 */
    VLT_CHECKED_TABLES
};

struct vlt_verifystate {
    uint8_t vault[16];
    enum vlt_checked_kind kind;
    uint64_t time;  /* of the last check, seconds */
    uint64_t whole; /* of the last one that looked at everything */
    uint64_t records, withdrawn, untrusted, foreign;
    uint64_t row[VLT_CHECKED_TABLES];
    size_t cards;
    struct vlt_hash32 *card; /* H(card text), by generation; heap */
    size_t revoked;
    struct vlt_hash32 *revoke; /* H(revoke text), ascending; heap */
    size_t logs;
    struct vlt_checked_log *log; /* ascending by n; heap */
};
/* Frees what it holds; takes an empty struct too. */
void vlt_verifystate_clear(struct vlt_verifystate *s);

/* Whether it begins as such a text does. */
bool vlt_verifystate_is(const char *text, size_t len);
/*
 * The text with its hash, appended to out.
 *   VAULT_E_LIMIT  longer than VLT_VERIFYSTATE_MAX
 */
VAULT_CHECKED enum vault_status vlt_verifystate_encode(struct vlt_buf *out,
    const struct vlt_verifystate *s, struct vault_error *err);
/*
 * Exact form only. On success the caller clears *out.
 *   VAULT_E_FORMAT  its hash does not fit (damaged), or malformed
 */
VAULT_CHECKED enum vault_status vlt_verifystate_decode(struct vlt_verifystate
                                                           *out,
    const char *text, size_t len, struct vault_error *err);

/* Number of bits set: hashes that a right edge of this size has. */
size_t vlt_edge_count(uint64_t size);

#endif
