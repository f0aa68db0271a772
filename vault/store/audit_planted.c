/* SPDX-License-Identifier: Apache-2.0 */
/* audit_planted.c: what an audit pack holds, and what it never holds */
#include <inttypes.h>
#include "audit_rows.h"
#include "fail.h"
#include "nmark.h"
#include "rows.h"

/* Own logs, by the vault id in their origin, the rest of which is judged with
 * the log; and own records, by bytes 8 to 23 of their heads. */
#define OWN_LOGS                                                          \
    "(SELECT n FROM log, (SELECT lower(hex(v)) AS h FROM meta WHERE k = " \
    "'vault') WHERE substr(origin, 16, 32) = h)"
#define OWN_RECORDS                                                            \
    "(SELECT rid FROM record, meta WHERE k = 'vault' AND substr(head, 9, 16) " \
    "= v)"

static const struct {
    const char *sql;
    const char *what;
} none[] = {
    {"SELECT count(*) FROM slot", N_("ways to unlock")},
    {"SELECT count(*) FROM epoch", N_("epochs")},
    {"SELECT count(*) FROM wrap", N_("wraps")},
    {"SELECT count(*) FROM segment", N_("sealed bodies")},
    {"SELECT count(*) FROM staging", N_("staged bodies")},
    {"SELECT count(*) FROM extract", N_("extracts")},
    {"SELECT count(*) FROM node", N_("nodes of a log")},
    {"SELECT count(*) FROM local", N_("settings")},
    {"SELECT count(*) FROM page", N_("catalogue pages")},
    {"SELECT count(*) FROM identity WHERE seed IS NOT NULL",
        N_("sealed seeds")},
    {"SELECT count(*) FROM record WHERE f <> 0",
        N_("sealed records of others")},
    {"SELECT count(*) FROM record WHERE meta IS NOT NULL",
        N_("sealed metadata")},
    {"SELECT count(*) FROM record WHERE rid < 1 OR rid = 9223372036854775807",
        N_("records with row numbers that are never given")},
    /* others' rows of that id would be counted among those that a line
     * withdraws; by the index alone, where an id has one row: a sorter would
     * hold all heads in memory */
    {"SELECT count(*) FROM (SELECT id FROM record WHERE id IS NOT NULL GROUP BY "
     "id HAVING count(*) > 1 AND (SELECT min(substr(head, 9, 16)) <> "
     "max(substr(head, 9, 16)) FROM record AS r WHERE r.id = record.id AND r.f "
     "= 0))",
        N_("records of one id and two vaults")},
    {"SELECT count(*) FROM leaf WHERE evct IS NOT NULL", N_("sealed events")},
    {"SELECT count(*) FROM leaf WHERE idx < 0", N_("lines before the first")},
    {"SELECT count(*) FROM leaf WHERE log NOT IN " OWN_LOGS,
        N_("lines of no log of this vault")},
    {"SELECT count(*) FROM log WHERE n < 1", N_("misplaced logs")},
    {"SELECT count(*) FROM log WHERE n NOT IN " OWN_LOGS
     " AND NOT EXISTS (SELECT 1 FROM proof)",
        N_("logs of others that prove nothing")},
    {"SELECT count(*) FROM checkpoint WHERE log NOT IN (SELECT n FROM log)",
        N_("checkpoints of no log")},
    {"SELECT count(*) FROM checkpoint WHERE log NOT IN " OWN_LOGS
     " AND (log, size) NOT IN (SELECT log, size FROM "
     "proof)",
        N_("checkpoints of others that no proof ends in")},
    {"SELECT count(*) FROM attachment WHERE NOT EXISTS (SELECT 1 FROM "
     "checkpoint AS c WHERE c.log = attachment.log AND c.size = "
     "attachment.size)",
        N_("attachments of no checkpoint")},
    {"SELECT count(*) FROM note WHERE f <> 0 OR n < 1 OR n >= 4294967296",
        N_("misplaced notes")},
    {"SELECT count(*) FROM note WHERE kind NOT IN ('card', 'device', "
     "'revoke')",
        N_("notes of other kinds")},
    {"SELECT count(*) FROM note WHERE kind = 'card' AND NOT EXISTS (SELECT 1 "
     "FROM proof)",
        N_("cards of others that prove nothing")},
    {"SELECT count(*) FROM proof WHERE rid NOT IN (SELECT rid FROM record)",
        N_("proofs of no record")},
    {"SELECT count(*) FROM proof WHERE rid IN " OWN_RECORDS,
        N_("proofs of records whose log is here")},
    {"SELECT count(*) FROM proof WHERE log NOT IN (SELECT n FROM log) OR log "
     "IN " OWN_LOGS,
        N_("proofs in no log of others")},
};

/* Each of these is read into memory: nobody makes us work without end. */
static const struct {
    const char *sql;
    const char *what;
    uint64_t most;
} most[] = {
    {"SELECT count(*) FROM proof", N_("proofs"), 1 << 21},
    {"SELECT count(*) FROM log WHERE n NOT IN " OWN_LOGS, N_("logs of others"),
        1 << 18},
    {"SELECT count(*) FROM checkpoint WHERE log NOT IN " OWN_LOGS,
        N_("checkpoints of others"), 1 << 18},
    {"SELECT count(*) FROM note WHERE kind = 'card'", N_("cards of others"),
        1 << 12},
    {"SELECT count(*) FROM note", N_("notes"), 1 << 17},
    {"SELECT count(*) FROM attachment", N_("attachments"), 1 << 18},
};

enum vault_status
vlt_audit_planted(struct vlt_store *s,
    void (*fn)(void *ctx, const char *what, uint64_t n), void *ctx,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    uint64_t n = 0;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(none); i++) {
        st = vlt_count(s, none[i].sql, &n, err);
        if (st == VAULT_OK && n > 0)
            fn(ctx, none[i].what, n);
    }
    return st;
}

enum vault_status
vlt_audit_bounds(struct vlt_store *s, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    uint64_t n = 0;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(most); i++) {
        st = vlt_count(s, most[i].sql, &n, err);
        if (st == VAULT_OK && n > most[i].most)
            st = vlt_fail(err, VAULT_E_LIMIT,
                "%" PRIu64 " %-s: more than an audit pack can hold", n,
                most[i].what);
    }
    return st;
}
