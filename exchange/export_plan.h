/* SPDX-License-Identifier: Apache-2.0 */
/* export_plan.h: what the parts of an export share */
#ifndef EXCHANGE_EXPORT_PLAN_H
#define EXCHANGE_EXPORT_PLAN_H

#include "bytes.h"
#include "consent.h"
#include "export.h"
#include "outtree.h"

#include <vault/device.h>

struct export_item {
    uint8_t id[VAULT_ID];
    uint8_t statement[VAULT_HASH];
    bool original; /* its original goes out */
};
/* A column of a table: a field name, and whether a language goes with it. */
struct export_column {
    char name[97];
    bool lang;
};
enum { EXPORT_REMOVED = 64 };
struct export
{
    struct vault *v;
    struct export_options opt;
    uint8_t vault[VAULT_ID];
    struct consent_book *book;
    struct vault_untrusted *untrusted;
    bool *consents; /* by number in the book: bears on what goes out */
    struct export_item *item;
    size_t items, room;
    struct export_column *column;
    size_t columns, column_room;
    struct export_counts counts;
    char *left;
    /* of the original that is going out */
    struct {
        const char *what; /* N_() */
        uint64_t bytes;
    } removed[EXPORT_REMOVED];
    size_t removed_len;
    /* of the walk that runs */
    struct vault_error *err;
    enum vault_status st;
};

/* Whether that is a folder with nothing in it. */
bool export_is_empty(const char *path);
/* Whether this format hands over originals. */
bool export_has_originals(enum export_format f);
/* Whether a revoked device sealed it after its last good state, or nobody can
 * tell; `device` then says which. */
bool export_is_untrusted(struct export *e, const struct vault_record *r,
    char device[VAULT_DEVICE_HEX]);
void export_tell_refused(struct export *e, const struct vault_record *r,
    const char *code, const char *why);

/* The columns of all records that go out, ascending by name. */
VAULT_CHECKED enum vault_status export_add_columns(struct export *e,
    const struct vault_record *r, struct vault_error *err);

/* NAME, made safe, with the beginning of the record's id in it. */
enum { EXPORT_NAME = 320, EXPORT_FOLDER = 112 };
void export_flat_name(char out[EXPORT_NAME], const struct vault_record *r,
    bool whole_id);
/* records.files/ID/NAME; whole: with the statement, too. */
void export_deep_name(char out[EXPORT_NAME], const struct vault_record *r,
    bool whole);
/* ID/ or, where others have that id, ID-STATEMENT/; and files/NAME in it. */
void export_folder_name(char out[EXPORT_FOLDER], const struct vault_record *r,
    bool whole);
void export_inner_name(char out[EXPORT_NAME], const struct vault_record *r);

/* What a record's original became. */
struct export_body {
    uint8_t sha256[VAULT_HASH];
    uint64_t bytes;
    char file[EXPORT_NAME]; /* "" without one */
};
/* The line of a record in records.jsonl (docs/json.md). */
VAULT_CHECKED enum vault_status export_line(struct export *e,
    const struct vault_record *r, const struct export_body *body,
    struct vlt_buf *out, struct vault_error *err);

/* The original into `put`, without embedded metadata if that was asked for.
 * tell_it: what was taken out, and how far it is. */
VAULT_CHECKED enum vault_status export_original(struct export *e,
    struct vault_record *r,
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, bool tell_it, struct vault_error *err);
/* Whether what failed with `st` is left out, which is told and counted. */
bool export_leave_out(struct export *e, const struct vault_record *r,
    enum vault_status st);
/* Whether its metadata can be taken out, by the first bytes. */
VAULT_CHECKED enum vault_status export_can_strip(struct vault_record *r,
    bool *can, struct vault_error *err);

/* The formats. */
VAULT_CHECKED enum vault_status export_to_folder(struct export *e,
    struct tree *t, struct vault_error *err);
VAULT_CHECKED enum vault_status export_to_table(struct export *e,
    struct vlt_outfile *f, struct vault_error *err);
/* Lines without originals. */
VAULT_CHECKED enum vault_status export_to_lines(struct export *e,
    struct vlt_outfile *f, struct vault_error *err);
/* Add what the card of this record does not tell. */
VAULT_CHECKED enum vault_status export_count_withheld(struct export *e,
    const struct vault_record *r, struct vault_error *err);
VAULT_CHECKED enum vault_status export_to_cards(struct export *e,
    struct vlt_outfile *f, struct vault_error *err);
VAULT_CHECKED enum vault_status export_to_age(struct export *e,
    struct vlt_outfile *f, struct vault_error *err);
/* custody/ and consent/ of a bag. */
VAULT_CHECKED enum vault_status export_bag_tags(struct export *e,
    struct tree *t, struct vault_error *err);

#endif
