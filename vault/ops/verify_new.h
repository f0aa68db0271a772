/* SPDX-License-Identifier: Apache-2.0 */
/* verify_new.h: judging only what came since a state that was saved */
#ifndef VLT_VERIFY_NEW_H
#define VLT_VERIFY_NEW_H

#include "new_rows.h"
#include "record_rows.h"
#include "verify.h"

/*
 * What is new is judged quietly. It may only say "all of it holds" or "look at
 * everything": whatever does not fit (a status that speaks of the evidence, a
 * failed line, more new lines than are kept) makes vlt_verify_new leave
 * v->fresh NULL, and the file is then judged as a whole, in the ordinary words.
 * So a wrong finding here costs time; only a wrong "holds" would cost more, and
 * that needs a line or row that hashes as the log says.
 */
enum { VLT_NEW_LINES = 65536, VLT_NEW_FINDINGS = 1024 };

struct vlt_new_line {
    uint64_t log; /* number of its row */
    uint64_t idx;
    bool session;
    bool event; /* its text is there */
    struct vlt_leaf leaf;
};
struct vlt_new_row {
    uint64_t rid;
    struct vlt_record_head head;
    bool withdrawn;
};
struct vlt_new {
    struct vlt_verify *v;
    const struct vlt_verifystate *was;
    size_t lines;
    struct vlt_new_line *line; /* sorted by record, then as they were read */
    size_t rows;
    struct vlt_new_row *row; /* named by these lines; ascending by rid */
    uint64_t old;            /* lines that were checked before */
    uint64_t withdrawn, no_wrap, foreign, conflicts, bodies, bytes, epochs;
    uint64_t unknown; /* lines of kinds this version does not know */
};

/*
 * v->known is there, nothing is judged yet. Begins and ends transactions. On
 * success v->fresh is set and its lines were told; or it is NULL, and v is as
 * it was.
 */
VAULT_CHECKED enum vault_status vlt_verify_new(struct vlt_verify *v,
    struct vault_error *err);
void vlt_new_free(struct vlt_new *n); /* NULL is fine */

/* Its parts, each within the transaction. */
VAULT_CHECKED enum vault_status vlt_new_logs(struct vlt_new *n,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_new_ids(struct vlt_new *n,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_new_records(struct vlt_new *n,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_new_rest(struct vlt_new *n,
    struct vault_error *err);
/* Outside of it. */
VAULT_CHECKED enum vault_status vlt_new_bodies(struct vlt_new *n,
    struct vault_error *err);

/* Whether a new line has this kind and subject (of any record). */
bool vlt_new_leaf(const struct vlt_new *n, const char *kind,
    const uint8_t subject[32]);
/* The new lines about a record: the first, and how many. */
const struct vlt_new_line *vlt_new_lines_of(const struct vlt_new *n,
    const uint8_t id[16], size_t *count);
/* Of a log of the saved state; NULL: it is new. */
const struct vlt_checked_log *vlt_known_log(const struct vlt_verifystate *s,
    const struct vlt_seen_log *log);
/* Its right edge then; of a log that is new (NULL) the empty one. */
void vlt_checked_edge(struct vlt_edge *e, const struct vlt_checked_log *was);
/* A session that is as it was then. */
bool vlt_as_before(const struct vlt_verify *v, const struct vlt_seen_log *log);
/* A root that was computed from stored nodes, against the log's newest, which
 * was computed from lines.   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_new_root_fits(struct vlt_verify *v,
    const struct vlt_seen_log *log, uint64_t size, const uint8_t root[32],
    struct vault_error *err);

#endif
