/* SPDX-License-Identifier: Apache-2.0 */
/* record_rows.h: record versions, their wraps, segments and staging */
#ifndef VLT_RECORD_ROWS_H
#define VLT_RECORD_ROWS_H

#include "record.h"
#include "store.h"

/* ---- record ---- */
/*
 * Rows that count as records of this vault: those that the walk over the
 * table reaches and judges. A row of another kind or with another number
 * answers no question by id.
 */
#define VLT_RECORD_OWN "f = 0 AND rid > 0 AND rid < 9223372036854775807"

enum { VLT_SEALED_HEAD = VLT_RECORD_HEAD + 40 }; /* of a foreign row */

struct vlt_record_row {
    uint64_t rid;
    bool foreign; /* f = 1: head is not set, meta is sealed once more */
    struct vlt_record_head head;
    const uint8_t *meta; /* meta_ct, borrowed until the next step; or NULL */
    size_t meta_len;
    uint8_t sealed[VLT_SEALED_HEAD]; /* of a foreign row */
    bool named; /* of a foreign row: it has an id or version, which none has */
};
/* The row of this id and version.  VAULT_E_NOT_FOUND
 * meta is copied to `meta` (may be NULL: not wanted) and row.meta points
 * there. */
VAULT_CHECKED enum vault_status vlt_record_get(struct vlt_store *s,
    const uint8_t id[16], uint32_t version, struct vlt_record_row *out,
    struct vlt_buf *meta, struct vault_error *err);
/* The same by row number.   VAULT_E_NOT_FOUND */
VAULT_CHECKED enum vault_status vlt_record_by_rid(struct vlt_store *s,
    uint64_t rid, struct vlt_record_row *out, struct vlt_buf *meta,
    struct vault_error *err);
/* Whether a row of this id and version has this statement. */
VAULT_CHECKED enum vault_status vlt_record_has_statement(struct vlt_store *s,
    const uint8_t id[16], uint32_t version, const uint8_t stmt[32], bool *found,
    struct vault_error *err);
/* How many other rows say exactly the same as this one. */
VAULT_CHECKED enum vault_status vlt_record_twins(struct vlt_store *s,
    const struct vlt_record_row *r, uint64_t *out, struct vault_error *err);
/*
 * What the own rows of one record say, ascending by version, then by
 * statement: with two statements for one version there are two.
 */
enum { VLT_VERSIONS_MAX = 1024 }; /* each costs a look at all of them */
struct vlt_version_row {
    uint64_t rid;
    struct vlt_record_head head;
    uint8_t stmt[32];
    bool meta;    /* its sealed metadata are there */
    bool wrap;    /* its wrap is there */
    bool part;    /* extracts are */
    bool foreign; /* a row of f 1 */
};
struct vlt_version_rows {
    size_t n;
    struct vlt_version_row *v;
};
/*
 * No rows: VAULT_OK with n = 0. *out is the caller's to clear.
 *   VAULT_E_TAMPERED  a head is malformed, or another record's
 *   VAULT_E_LIMIT     more than VLT_VERSIONS_MAX
 */
VAULT_CHECKED enum vault_status vlt_record_versions(struct vlt_store *s,
    const uint8_t id[16], struct vlt_version_rows *out,
    struct vault_error *err);
void vlt_version_rows_clear(struct vlt_version_rows *l);
/* Whether `owner` made the segments that are also the body of h. */
bool vlt_record_shares_body(const struct vlt_record_head *owner,
    const struct vlt_record_head *h);
/* Does the subject of a `withdraw` line with version 0 cover this version:
 * is it the hash over all statements up to some v >= version? */
bool vlt_withdrawal_covers(const struct vlt_version_rows *l, uint32_t version,
    const uint8_t subject[32]);
/* The subject of a withdrawal of all that is there: H(L("stmts") || ...). */
void vlt_withdrawal_subject(const struct vlt_version_rows *l, uint8_t out[32]);
/*
 * Whether a `withdraw` line covers this version: one with its number and
 * statement, or one with version 0 whose subject is the hash over the
 * statements of all versions up to some v >= this one (section 17).
 */
VAULT_CHECKED enum vault_status vlt_record_withdrawn(struct vlt_store *s,
    const struct vlt_record_header *h, const uint8_t stmt[32], bool *out,
    struct vault_error *err);
/* Rows of whatever kind that have this id and a head that can be read. */
struct vlt_id_row {
    uint32_t version;                   /* of the column */
    bool own;                           /* VLT_RECORD_OWN */
    const struct vlt_record_head *head; /* borrowed */
};
VAULT_CHECKED enum vault_status vlt_record_rows_of(struct vlt_store *s,
    const uint8_t id[16],
    enum vault_status (
        *fn)(void *ctx, const struct vlt_id_row *r, struct vault_error *err),
    void *ctx, struct vault_error *err);
/*
 * Rows of this vault's own whose head does not decode, or is another record's
 * than the row's id and version say: vlt_records stops at such a row. id and
 * head are NULL when they are not to be read; both borrowed.
 */
struct vlt_odd_record {
    uint64_t rid;
    const uint8_t *id;
    uint64_t version; /* of the column; 0 when it is not to be read */
    const struct vlt_record_head *head;
};
VAULT_CHECKED enum vault_status vlt_records_odd(struct vlt_store *s,
    enum vault_status (*fn)(void *ctx, const struct vlt_odd_record *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* meta NULL: none. */
VAULT_CHECKED enum vault_status vlt_record_put(struct vlt_store *s,
    uint64_t rid, const struct vlt_record_head *head, const void *meta,
    size_t meta_len, struct vault_error *err);
/* Walk rows beyond rid `from` upwards (or `down`wards), at most `limit`; the
 * caller passes over foreign ones. */
VAULT_CHECKED enum vault_status vlt_records(struct vlt_store *s, uint64_t from,
    bool down, uint64_t limit,
    enum vault_status (*fn)(void *ctx, const struct vlt_record_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* Rows from < rid <= to upwards. */
VAULT_CHECKED enum vault_status vlt_records_between(struct vlt_store *s,
    uint64_t from, uint64_t to,
    enum vault_status (*fn)(void *ctx, const struct vlt_record_row *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err);
/* The id of rows, of whatever kind, that share id and version with another. */
VAULT_CHECKED enum vault_status vlt_records_doubled(struct vlt_store *s,
    enum vault_status (
        *fn)(void *ctx, const uint8_t id[16], struct vault_error *err),
    void *ctx, struct vault_error *err);
/* The lowest row number beyond `after`, whatever the row holds.
 *   VAULT_E_NOT_FOUND  none */
VAULT_CHECKED enum vault_status vlt_record_rid_after(struct vlt_store *s,
    uint64_t after, uint64_t *out, struct vault_error *err);
/* The highest version of this id present; 0 when none. Count in *n. */
VAULT_CHECKED enum vault_status vlt_record_newest(struct vlt_store *s,
    const uint8_t id[16], uint32_t *version, uint32_t *n,
    struct vault_error *err);
/* Distinct ids from `low` to `high` inclusive, at most max; *n found. */
VAULT_CHECKED enum vault_status vlt_record_ids(struct vlt_store *s,
    const uint8_t low[16], const uint8_t high[16], uint8_t (*id)[16],
    size_t max, size_t *n, struct vault_error *err);
/* A row number that neither record nor staging uses. */
VAULT_CHECKED enum vault_status vlt_record_next_rid(struct vlt_store *s,
    uint64_t *out, struct vault_error *err);

/* ---- wrap ---- */
/* VAULT_E_NOT_FOUND: sealed for no one. */
VAULT_CHECKED enum vault_status vlt_wrap_get(struct vlt_store *s, uint64_t rid,
    uint8_t out[VLT_RECORD_WRAP], struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_wrap_put(struct vlt_store *s, uint64_t rid,
    const uint8_t b[VLT_RECORD_WRAP], struct vault_error *err);
/* Highest i + 1 among wraps of this epoch is not needed: i comes from the
 * log's previous event (docs/format.md, epochs). */

/* ---- withdrawing ---- */
/* Overwrite with zeros, then delete; nothing happens when it is absent. */
VAULT_CHECKED enum vault_status vlt_wrap_destroy(struct vlt_store *s,
    uint64_t rid, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_meta_destroy(struct vlt_store *s,
    uint64_t rid, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_extracts_destroy(struct vlt_store *s,
    uint64_t rid, struct vault_error *err);
/* All segments of rid; SQLite writes zeros over what it frees. */
VAULT_CHECKED enum vault_status vlt_segments_destroy(struct vlt_store *s,
    uint64_t rid, struct vault_error *err);
/* The event texts of all lines that name this id, and this version (0: any);
 * the lines stay. *n counts them. */
VAULT_CHECKED enum vault_status vlt_events_destroy(struct vlt_store *s,
    const uint8_t id[16], uint32_t version, uint64_t *n,
    struct vault_error *err);
/* That of one line. */
VAULT_CHECKED enum vault_status vlt_event_destroy(struct vlt_store *s,
    uint64_t log, uint64_t idx, uint64_t *n, struct vault_error *err);
/* How many extracts rid has. */
VAULT_CHECKED enum vault_status vlt_extract_count(struct vlt_store *s,
    uint64_t rid, uint64_t *out, struct vault_error *err);

/* ---- segment and staging ---- */
VAULT_CHECKED enum vault_status vlt_segment_put(struct vlt_store *s,
    uint64_t rid, uint64_t n, const void *ct, size_t len,
    struct vault_error *err);
/* Exactly len bytes into out.  VAULT_E_NOT_FOUND; VAULT_E_TAMPERED when it
 * has another length. */
VAULT_CHECKED enum vault_status vlt_segment_get(struct vlt_store *s,
    uint64_t rid, uint64_t n, void *out, size_t len, struct vault_error *err);
/* Number of segment rows of rid. */
VAULT_CHECKED enum vault_status vlt_segment_count(struct vlt_store *s,
    uint64_t rid, uint64_t *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_segments_delete(struct vlt_store *s,
    uint64_t rid, uint64_t at_most, uint64_t *deleted, struct vault_error *err);
/*
 * Whether what is staged under rid is still the caller's: the staging row is
 * there, so many segments, and the first begins with these 32 bytes.
 */
VAULT_CHECKED enum vault_status vlt_staging_same(struct vlt_store *s,
    uint64_t rid, uint64_t segments, const uint8_t first[32], bool *same,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_staging_put(struct vlt_store *s,
    uint64_t rid, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_staging_delete(struct vlt_store *s,
    uint64_t rid, struct vault_error *err);
/* The lowest staged rid; VAULT_E_NOT_FOUND when there is none. */
VAULT_CHECKED enum vault_status vlt_staging_first(struct vlt_store *s,
    uint64_t *out, struct vault_error *err);

#endif
