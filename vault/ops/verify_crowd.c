/* SPDX-License-Identifier: Apache-2.0 */
/* verify_crowd.c: a file that has rows or lines without number */
#include "record_rows.h"
#include "rows.h"
#include "verify.h"

/*
 * Each row of a record is held against each line of its id. A record has
 * VLT_VERSIONS_MAX versions at most, each with a few lines; a file that was
 * made to keep its judge busy for hours has many more, and none of them is
 * then looked at.
 */
#define LINES_MAX "8192" /* of one record: eight for each version */
_Static_assert(VLT_VERSIONS_MAX == 1024, "as the query below has it");

/* As many logs as a bundle may have. Each note costs a signature, and is held
 * against the sessions of its device. */
#define LOGS_MAX  "262144"
#define NOTES_MAX "8192" /* of devices and revocations, each */

static enum vault_status
too_many(struct vlt_verify *v, bool *out, struct vault_error *err)
{
    uint64_t logs = 0, notes = 0;
    enum vault_status st =
        vlt_count(v->s, "SELECT count(*) > " LOGS_MAX " FROM log", &logs, err);

    if (st == VAULT_OK)
        st = vlt_count(v->s,
            "SELECT EXISTS(SELECT 1 FROM note WHERE f = 0 AND kind IN "
            "('device', 'revoke') GROUP BY kind HAVING count(*) > " NOTES_MAX
            ")",
            &notes, err);
    *out = logs > 0 || notes > 0;
    if (st == VAULT_OK && *out) {
        v->crowded = true;
        vlt_mismatch(v, "planted",
            "more logs, device notes or revocations than are judged: "
            "nothing else in this file was looked at");
    }
    return st;
}

enum vault_status
vlt_verify_crowd(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t rows = 0, lines = 0;
    bool many;
    enum vault_status st = too_many(v, &many, err);

    if (st != VAULT_OK || many)
        return st;
    /* the index alone answers it, but for rows of another kind that have an id
     * though none should */
    st = vlt_count(v->s,
        "SELECT EXISTS(SELECT 1 FROM record WHERE id IS NOT NULL "
        "GROUP BY id HAVING count(*) > 1024)",
        &rows, err);
    if (st == VAULT_OK && rows > 0)
        st = vlt_count(v->s,
            "SELECT EXISTS(SELECT 1 FROM record WHERE f = 0 AND id IS NOT NULL "
            "GROUP BY id HAVING count(*) > 1024)",
            &rows, err);
    if (st == VAULT_OK)
        st = vlt_count(v->s,
            "SELECT EXISTS(SELECT 1 FROM leaf WHERE id IS NOT NULL "
            "GROUP BY id HAVING count(*) > " LINES_MAX ")",
            &lines, err);
    if (st != VAULT_OK || (rows == 0 && lines == 0))
        return st;
    v->crowded = true;
    vlt_mismatch(v, "planted",
        "more rows or lines speak of one record than a record can have: "
        "planted, and nothing else in this file was judged");
    return VAULT_OK;
}
