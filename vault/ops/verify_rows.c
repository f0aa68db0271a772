/* SPDX-License-Identifier: Apache-2.0 */
/* verify_rows.c: meta, and rows that nothing names */
#include <inttypes.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "nmark.h"
#include "stamp_rows.h"
#include "verify_quick.h"

/* ---- meta and ext ---- */

static const struct {
    const char *k;
    size_t n;
    bool needed;
} entries[] = {
    {"kind", 5, true},
    {"vault", 16, true},
    {"suite", 4, true},
    {"min_reader", 4, true},
    {"slots-gen", 4, true},
    {"slots-mac", 32, true},
    {"settings-gen", 4, true},
    {"catalogue-gen", 4, false},
    {"catalogue", 72, false},
};

struct meta_walk {
    unsigned seen;
};

static enum vault_status
take_meta(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    struct meta_walk *w = ctx;
    size_t i;

    for (i = 0; i < VLT_COUNT(entries); i++) {
        if (strcmp(entries[i].k, k) != 0)
            continue;
        w->seen |= 1u << i;
        if (n != entries[i].n)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "the entry %s has another length", k);
        if ((strcmp(k, "suite") == 0 || strcmp(k, "min_reader") == 0) &&
            vlt_load_u32(v) != 1)
            return vlt_fail(err, VAULT_E_NEWER,
                "%s is %u: made by a newer program", k, vlt_load_u32(v));
        return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED, "an unknown entry in meta");
}

enum vault_status
vlt_verify_meta(struct vlt_verify *v, struct vault_error *err)
{
    struct meta_walk w = {0};
    uint64_t must = 0;
    enum vault_status st = vlt_meta_each(v->s, take_meta, &w, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(entries); i++) {
        if (entries[i].needed && (w.seen & 1u << i) == 0)
            st = vlt_fail(err, VAULT_E_TAMPERED, "the entry %s is missing",
                entries[i].k);
    }
    if (st == VAULT_OK)
        st = vlt_count(v->s,
            "SELECT count(*) FROM ext WHERE substr(k, 1, 1) = '!'", &must, err);
    if (st == VAULT_OK && must > 0)
        vlt_not_seen(v, "extension", must,
            "extensions of a newer program "
            "that this one does not understand: %" PRIu64,
            must);
    return st;
}

/* ---- rows that nothing names ---- */

static const struct {
    const char *sql;
    const char *what;
    bool seen; /* known when every row and line was seen to fit */
} planted[] = {
    {"SELECT count(*) FROM wrap WHERE rid NOT IN (SELECT rid FROM record)",
        N_("wraps of no record"), true},
    {"SELECT count(*) FROM segment WHERE rid NOT IN (SELECT rid FROM record) "
     "AND rid NOT IN (SELECT rid FROM staging)",
        N_("segments of no record"), false},
    {"SELECT count(*) FROM staging WHERE rid IN (SELECT rid FROM record)",
        N_("staged rows that are records"), false},
    {"SELECT count(*) FROM extract WHERE rid NOT IN "
     "(SELECT rid FROM record WHERE f = 1)",
        N_("extracts of no foreign record"), false},
    {"SELECT count(*) FROM leaf WHERE log NOT IN (SELECT n FROM log)",
        N_("lines of no log"), true},
    {"SELECT count(*) FROM node WHERE log NOT IN (SELECT n FROM log)",
        N_("nodes of no log"), false},
    {"SELECT count(*) FROM node WHERE lvl NOT IN (4, 8, 12, 16, 20, 24, 28, "
     "32, 36, 40, 44, 48, 52, 56, 60) OR idx < 0",
        N_("nodes of levels that are not stored"), false},
    {"SELECT count(*) FROM node WHERE idx >= "
     "(SELECT max(size) FROM checkpoint WHERE checkpoint.log = node.log) "
     ">> lvl",
        N_("nodes beyond the checkpoint"), false},
    {"SELECT count(*) FROM leaf WHERE idx < 0", N_("lines before the first"),
        true},
    {"SELECT count(*) FROM checkpoint WHERE log NOT IN (SELECT n FROM log)",
        N_("checkpoints of no log"), false},
    {"SELECT count(*) FROM attachment WHERE log NOT IN (SELECT n FROM log)",
        N_("attachments of no log"), false},
    {"SELECT count(*) FROM attachment WHERE NOT EXISTS (SELECT 1 FROM "
     "checkpoint AS c WHERE c.log = attachment.log AND "
     "c.size = attachment.size)",
        N_("attachments of no checkpoint"), false},
    {"SELECT count(*) FROM proof", N_("proofs, which a vault never holds"),
        false},
    {"SELECT count(*) FROM note WHERE f = 0 AND kind NOT IN "
     "('device', 'revoke')",
        N_("notes of a kind that a vault never holds"), false},
    {"SELECT count(*) FROM note WHERE f NOT IN (0, 1) OR "
     "(f = 1 AND kind <> '') OR (f = 0 AND n >= 4294967296) OR n < 1",
        N_("malformed notes"), false},
    {"SELECT count(*) FROM record WHERE f NOT IN (0, 1) OR "
     "(f = 1 AND (id IS NOT NULL OR ver IS NOT NULL))",
        N_("malformed records"), true},
    {"SELECT count(*) FROM record WHERE rid < 1 OR "
     "rid = 9223372036854775807",
        N_("records with row numbers that are never given"), false},
    {"SELECT count(*) FROM staging WHERE rid < 1 OR "
     "rid = 9223372036854775807",
        N_("staged rows with numbers that are never given"), false},
};

static enum vault_status
check_attached(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st;

    st = vlt_attachments_unnamed(v->s, &n, err);
    if (st == VAULT_OK && n > 0)
        vlt_mismatch(v, "planted", "attachments that no line names: %" PRIu64,
            n);
    if (st == VAULT_OK && v->capture) /* else they were counted before */
        st = vlt_verify_strays(v, err);
    if (st == VAULT_OK && v->strays > 0)
        vlt_mismatch(v, "planted", "revocations that no line names: %" PRIu64,
            v->strays);
    return st;
}

enum vault_status
vlt_verify_planted(struct vlt_verify *v, struct vault_error *err)
{
    uint64_t failed = v->verdict.failed;
    enum vault_status st = VAULT_OK;
    uint64_t n;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(planted); i++) {
        if (planted[i].seen && v->quick != NULL && vlt_quick_plain(v->quick))
            continue;
        st = vlt_count(v->s, planted[i].sql, &n, err);
        if (st == VAULT_OK && n > 0)
            vlt_mismatch(v, "planted", "%-s: %" PRIu64, planted[i].what, n);
    }
    if (st == VAULT_OK)
        st = check_attached(v, err);
    if (st == VAULT_OK && v->verdict.failed == failed)
        vlt_held(v, "planted", 0, "no rows that the log does not name");
    return st;
}
