/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_planted.c: what a bundle holds, and what it never holds */
#include <sqlite3.h>
#include <inttypes.h>
#include <string.h>
#include "bundle_scan.h"
#include "fail.h"
#include "manifest.h"
#include "nmark.h"
#include "note.h"
#include "record_rows.h"
#include "rows.h"

/* ---- meta ---- */

static const struct {
    const char *k;
    size_t min, max;
} entries[] = {
    {"kind", 6, 6},
    {"vault", 16, 16},
    {"suite", 4, 4},
    {"min_reader", 4, 4},
    {"bundle", 1, VLT_NOTE_MAX},
    {"manifest", 1, VLT_MANIFEST_MAX + 64},
};

struct meta {
    unsigned seen;
    uint8_t vault[16];
    struct vlt_buf *note;
    struct vlt_buf *manifest;
};

static enum vault_status
keep(struct meta *m, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    struct vlt_buf *to = NULL;

    if (strcmp(k, "kind") == 0 && memcmp(v, "bundle", 6) != 0)
        return vlt_fail(err, VAULT_E_FORMAT, "this is no bundle");
    if (strcmp(k, "suite") == 0 || strcmp(k, "min_reader") == 0)
        return vlt_load_u32(v) == 1
            ? VAULT_OK
            : vlt_fail_hint(err, VAULT_E_NEWER,
                  "use the program it was made with, or a newer one",
                  "%s is %" PRIu32 ": made by a newer program", k,
                  vlt_load_u32(v));
    if (strcmp(k, "vault") == 0)
        memcpy(m->vault, v, 16);
    else if (strcmp(k, "bundle") == 0)
        to = m->note;
    else if (strcmp(k, "manifest") == 0)
        to = m->manifest;
    if (to == NULL)
        return VAULT_OK;
    vlt_buf_put(to, v, n);
    return vlt_buf_end(to, "meta", err);
}

static enum vault_status
take_entry(struct meta *m, sqlite3_stmt *st, struct vault_error *err)
{
    const uint8_t *v;
    const char *k;
    struct vlt_row r;
    enum vault_status status;
    size_t kn, n, i;

    vlt_row_init(&r, st, "meta");
    k = vlt_row_text(&r, 0, 1, 32, &kn);
    v = vlt_row_blob(&r, 1, 1, VLT_MANIFEST_MAX + 64, &n);
    status = vlt_row_end(&r, err);
    for (i = 0; status == VAULT_OK && i < VLT_COUNT(entries); i++) {
        if (strcmp(entries[i].k, k) != 0)
            continue;
        m->seen |= 1u << i;
        if (n < entries[i].min || n > entries[i].max)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "the entry %s has another length", k);
        return keep(m, k, v, n, err);
    }
    return status != VAULT_OK
        ? status
        : vlt_fail(err, VAULT_E_TAMPERED, "an unknown entry in meta");
}

enum vault_status
vlt_bundle_meta(struct vlt_store *s, uint8_t vault[16], struct vlt_buf *note,
    struct vlt_buf *manifest, struct vault_error *err)
{
    struct meta m = {0, {0}, note, manifest};
    sqlite3_stmt *st;
    enum vault_status status;
    size_t i;
    bool row;

    status = vlt_stmt(s, "SELECT k, v FROM meta", &st, err);
    while (status == VAULT_OK) {
        status = vlt_step(s, st, &row, err);
        if (status != VAULT_OK || !row)
            break;
        status = take_entry(&m, st, err);
        if (status != VAULT_OK)
            sqlite3_reset(st);
    }
    for (i = 0; status == VAULT_OK && i < VLT_COUNT(entries); i++) {
        if ((m.seen & 1u << i) == 0)
            status = vlt_fail(err, VAULT_E_TAMPERED, "the entry %s is missing",
                entries[i].k);
    }
    if (status == VAULT_OK)
        memcpy(vault, m.vault, 16);
    return status;
}

/* ---- rows that belong to nothing ---- */

static const struct {
    const char *sql;
    const char *what;
} none[] = {
    {"SELECT count(*) FROM slot", N_("slots")},
    {"SELECT count(*) FROM identity", N_("identities")},
    {"SELECT count(*) FROM staging", N_("staged bodies")},
    {"SELECT count(*) FROM leaf", N_("lines of a log")},
    {"SELECT count(*) FROM node", N_("nodes of a log")},
    {"SELECT count(*) FROM local", N_("settings")},
    {"SELECT count(*) FROM page", N_("catalogue pages")},
    {"SELECT count(*) FROM epoch WHERE cache IS NOT NULL", N_("cached epochs")},
    {"SELECT count(*) FROM record WHERE f <> 0 OR rid < 1",
        N_("foreign records")},
    {"SELECT count(*) FROM note WHERE f <> 0 OR n < 1", N_("sealed notes")},
    {"SELECT count(*) FROM note WHERE kind NOT IN ('card', 'device', 'revoke', "
     "'withdraw', 'withdraw-revoked', 'ack', 'receipt')",
        N_("notes that do not travel")},
    {"SELECT count(*) FROM log WHERE n < 1", N_("misplaced logs")},
    {"SELECT count(*) FROM wrap WHERE NOT EXISTS (SELECT 1 FROM record WHERE "
     "record.rid = wrap.rid)",
        N_("wraps of no record")},
    {"SELECT count(*) FROM segment WHERE NOT EXISTS (SELECT 1 FROM record "
     "WHERE record.rid = segment.rid)",
        N_("segments of no record")},
    {"SELECT count(*) FROM extract WHERE NOT EXISTS (SELECT 1 FROM record "
     "WHERE record.rid = extract.rid)",
        N_("extracts of no record")},
    {"SELECT count(*) FROM proof WHERE NOT EXISTS (SELECT 1 FROM record WHERE "
     "record.rid = proof.rid)",
        N_("proofs of no record")},
    {"SELECT count(*) FROM proof WHERE NOT EXISTS (SELECT 1 FROM log WHERE "
     "log.n = proof.log)",
        N_("proofs in no log")},
    {"SELECT count(*) FROM checkpoint WHERE NOT EXISTS (SELECT 1 FROM log "
     "WHERE log.n = checkpoint.log)",
        N_("checkpoints of no log")},
    {"SELECT count(*) FROM attachment WHERE NOT EXISTS (SELECT 1 FROM "
     "checkpoint WHERE checkpoint.log = attachment.log AND checkpoint.size = "
     "attachment.size)",
        N_("attachments to no checkpoint")},
};

/* What an honest sender never reaches: nobody makes us work without end. */
static const struct {
    const char *sql;
    const char *what;
    uint64_t most;
} most[] = {
    {"SELECT count(*) FROM record", N_("records"), 1 << 20},
    {"SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM record GROUP "
     "BY id)",
        N_("versions of one record"), VLT_VERSIONS_MAX},
    {"SELECT count(*) FROM extract", N_("extracts"), 1 << 20},
    {"SELECT count(*) FROM proof", N_("proofs"), 1 << 21},
    {"SELECT count(*) FROM log", N_("logs"), 1 << 18},
    {"SELECT count(*) FROM checkpoint", N_("checkpoints"), 1 << 18},
    {"SELECT count(*) FROM attachment", N_("attachments"), 1 << 18},
    {"SELECT count(*) FROM note WHERE kind = 'card'", N_("cards"), 1 << 12},
    {"SELECT count(*) FROM note", N_("notes"), 1 << 17},
    {"SELECT count(*) FROM epoch", N_("epochs"), 1 << 16},
    {"SELECT max(length(b)) FROM attachment", N_("bytes of an attachment"),
        1 << 20},
    {"SELECT max(length(kind)) FROM attachment", N_("bytes of its kind"), 32},
};

enum vault_status
vlt_bundle_planted(struct vlt_store *s, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    uint64_t n = 0;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(none); i++) {
        st = vlt_count(s, none[i].sql, &n, err);
        if (st == VAULT_OK && n > 0)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "planted: %-s, which a bundle never holds: %" PRIu64,
                none[i].what, n);
    }
    for (i = 0; st == VAULT_OK && i < VLT_COUNT(most); i++) {
        st = vlt_count(s, most[i].sql, &n, err);
        if (st == VAULT_OK && n > most[i].most)
            st = vlt_fail(err, VAULT_E_LIMIT,
                "%" PRIu64 " %-s: more than a bundle can hold", n,
                most[i].what);
    }
    if (st == VAULT_OK)
        st = vlt_count(s,
            "SELECT count(*) FROM ext WHERE substr(k, 1, 1) = '!'", &n, err);
    if (st == VAULT_OK && n > 0)
        st = vlt_fail_hint(err, VAULT_E_NEWER,
            "use the program it was made with, or a newer one",
            "the bundle has extensions that must be understood: %" PRIu64, n);
    return st;
}
