/* SPDX-License-Identifier: Apache-2.0 */
/* verify_ids.h: what rows and lines say under one record id, read once */
#ifndef VLT_VERIFY_IDS_H
#define VLT_VERIFY_IDS_H

#include "record_rows.h"
#include "verify.h"

/*
 * A row is held against the lines of its id, a line against the rows and lines
 * of its id. Asked of the file each time, that is quadratic in what one id has
 * (at most 1,024 rows and 8,192 lines, verify_crowd.c). Here each id is read
 * once and sorted; then each question is a search. Ids with few rows and lines
 * are forgotten with the next, the others kept, within a fixed space.
 *
 * One cache (v->ids) belongs to one thread and one state of the file.
 */
struct vlt_ids;
struct vlt_id_seen; /* lines and rows of one id */

/*
 * *out is good until the next call for another id.
 *   VAULT_E_TAMPERED  and the like: a line of this id is malformed
 */
VAULT_CHECKED enum vault_status vlt_id_look(struct vlt_verify *v,
    const uint8_t id[16], struct vlt_id_seen **out, struct vault_error *err);
void vlt_ids_free(struct vlt_ids *ids); /* NULL is fine */

/* Whether a `seal` or `take` line that counts has this subject; if not,
 * whether one has this version. In a vault those of sessions do not count. */
bool vlt_id_named(const struct vlt_id_seen *i, const uint8_t stmt[32]);
bool vlt_id_named_otherwise(const struct vlt_id_seen *i, uint32_t version);
/* How many rows say this; *own: one of them is a row of VLT_RECORD_OWN (in an
 * audit pack: of this vault). */
size_t vlt_id_rows(const struct vlt_id_seen *i, uint32_t version,
    const uint8_t stmt[32], bool *own);
/* As vlt_record_withdrawn. */
VAULT_CHECKED enum vault_status vlt_id_withdrawn(struct vlt_verify *v,
    struct vlt_id_seen *i, uint32_t version, const uint8_t stmt[32], bool *out,
    struct vault_error *err);
/* Whether a `withdraw` line with this version or 0 comes behind that line: in
 * its log, or in another, of which nobody can say. */
bool vlt_id_withdrawn_after(const struct vlt_id_seen *i, uint32_t version,
    uint64_t log, uint64_t idx);
/* As vlt_record_versions; borrowed as long as i. */
VAULT_CHECKED enum vault_status vlt_id_versions(struct vlt_verify *v,
    struct vlt_id_seen *i, const struct vlt_version_rows **out,
    struct vault_error *err);

#endif
