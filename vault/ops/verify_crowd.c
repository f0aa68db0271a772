/* SPDX-License-Identifier: Apache-2.0 */
/* verify_crowd.c: a file in which one record has rows or lines without number */
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

enum vault_status
vlt_verify_crowd(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t rows = 0, lines = 0;
    /* the index alone answers it, but for rows of another kind that have an id
     * though none should */
    enum vault_status st = vlt_count(v->s,
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
