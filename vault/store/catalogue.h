/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.h: the inner database of docs/format.md section 8.5 */
#ifndef VLT_CATALOGUE_H
#define VLT_CATALOGUE_H

#include "record_rows.h"
#include "secret.h"
#include "tokenset.h"

/*
 * One session: a connection to the inner database in `page`, for part of one
 * transaction of the outer file. Whoever opens one closes it before that
 * transaction ends. For a session that writes, put a savepoint around it
 * (vlt_catalogue_save, _keep, _undo): what goes wrong inside is undone there.
 *
 * Every function may answer
 *   VAULT_E_TAMPERED   the catalogue is damaged: make it anew
 *   VAULT_E_CANCELLED  as for the outer file
 *   VAULT_E_IO, VAULT_E_BUSY  the outer file's own troubles
 */
struct vlt_catalogue;

enum vlt_catalogue_mode {
    VLT_CATALOGUE_READ,
    VLT_CATALOGUE_WRITE,
    VLT_CATALOGUE_NEW /* what is in `page` is deleted first */
};
/*
 *   VAULT_E_NOT_FOUND  READ, WRITE: there is none
 *   VAULT_E_FORMAT     of another version of this program
 */
VAULT_CHECKED enum vault_status vlt_catalogue_open(struct vlt_store *outer,
    const struct vlt_cell *ck, enum vlt_catalogue_mode mode,
    struct vlt_catalogue **out, struct vault_error *err);
/* Make what was written so far part of the inner database. */
VAULT_CHECKED enum vault_status vlt_catalogue_flush(struct vlt_catalogue *c,
    struct vault_error *err);
/* Without a flush before it, what was written is lost. NULL is fine. */
void vlt_catalogue_close(struct vlt_catalogue *c);
/* The session frees its key when it is closed. */
void vlt_catalogue_own_key(struct vlt_catalogue *c, struct vlt_cell *ck);
/* The key of this session, borrowed. */
const struct vlt_cell *vlt_catalogue_session_key(const struct vlt_catalogue *c);
/* Sealed pages written by this session. */
uint64_t vlt_catalogue_written(const struct vlt_catalogue *c);

/* The savepoint of the outer transaction. undo says whether the outer
 * transaction still stands: if not, nothing of it will be. */
VAULT_CHECKED enum vault_status vlt_catalogue_save(struct vlt_store *outer,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_catalogue_keep(struct vlt_store *outer,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_catalogue_undo(struct vlt_store *outer,
    struct vault_error *err);
/* Delete every page. */
VAULT_CHECKED enum vault_status vlt_catalogue_clear(struct vlt_store *outer,
    struct vault_error *err);

/* ---- how far it covers: leaves of each log ---- */
VAULT_CHECKED enum vault_status vlt_catalogue_mark(struct vlt_catalogue *c,
    uint64_t log, uint64_t *size, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_catalogue_mark_put(struct vlt_catalogue *c,
    uint64_t log, uint64_t size, struct vault_error *err);
/* How many logs it has marks of. */
VAULT_CHECKED enum vault_status vlt_catalogue_marks(struct vlt_catalogue *c,
    uint64_t *n, struct vault_error *err);

/* ---- entries: one for each current version ---- */
struct vlt_entry_row {
    uint64_t rid;
    uint8_t id[16];
    uint32_t version;
    bool always;    /* proposed whatever is asked: not readable, or with
                       more words than are kept */
    int64_t sealed; /* -1: unknown */
};
VAULT_CHECKED enum vault_status vlt_catalogue_put(struct vlt_catalogue *c,
    const struct vlt_entry_row *e, const struct vlt_tokenset *words,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_catalogue_has(struct vlt_catalogue *c,
    uint64_t rid, bool *out, struct vault_error *err);
/*
 * Take an entry out, with all that hangs on it. words: those it was put in
 * with.   VAULT_E_TAMPERED  they are others
 */
VAULT_CHECKED enum vault_status vlt_catalogue_drop(struct vlt_catalogue *c,
    uint64_t rid, const struct vlt_tokenset *words, struct vault_error *err);
/*
 * After a flush: see to it that nothing of these words is left, where no
 * entry has them.
 */
VAULT_CHECKED enum vault_status vlt_catalogue_purge(struct vlt_catalogue *c,
    const struct vlt_tokenset *words, struct vault_error *err);

/*
 * The entries after `from` that may answer, in the order of their rows, at
 * most max. *end: there are no more; else n may be less than max, and the
 * rest is asked for with `from` set to the last one's rid.
 */
struct vlt_proposal {
    const char *match; /* vlt_query_match; NULL: all */
    int64_t since;
    int64_t until; /* exclusive */
    uint64_t from; /* rid */
    bool down;
};
VAULT_CHECKED enum vault_status vlt_catalogue_propose(struct vlt_catalogue *c,
    const struct vlt_proposal *p, struct vlt_entry_row *out, size_t max,
    size_t *n, bool *end, struct vault_error *err);

/* ---- content hashes and links ---- */
VAULT_CHECKED enum vault_status vlt_catalogue_content_put(struct vlt_catalogue
                                                              *c,
    uint64_t rid, const uint8_t hash[16], struct vault_error *err);
/* Rows after `from` with that content, ascending, at most max. */
VAULT_CHECKED enum vault_status vlt_catalogue_content(struct vlt_catalogue *c,
    const uint8_t hash[16], uint64_t from, uint64_t *rid, size_t max, size_t *n,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_catalogue_link_put(struct vlt_catalogue *c,
    uint64_t rid, const uint8_t target[16], struct vault_error *err);
/* Rows after `from` that link to that record, ascending. */
VAULT_CHECKED enum vault_status vlt_catalogue_links(struct vlt_catalogue *c,
    const uint8_t target[16], uint64_t from, uint64_t *rid, size_t max,
    size_t *n, struct vault_error *err);

/* ---- rows of other vaults' records, current or not ---- */
VAULT_CHECKED enum vault_status vlt_catalogue_other_put(struct vlt_catalogue *c,
    const uint8_t id[16], uint64_t rid, struct vault_error *err);
/* Rows after `from` of that record, ascending, at most max. */
VAULT_CHECKED enum vault_status vlt_catalogue_others(struct vlt_catalogue *c,
    const uint8_t id[16], uint64_t from, uint64_t *rid, size_t max, size_t *n,
    struct vault_error *err);
/* Distinct ids from `low` to `high` inclusive, ascending, at most max. */
VAULT_CHECKED enum vault_status vlt_catalogue_other_ids(struct vlt_catalogue *c,
    const uint8_t low[16], const uint8_t high[16], uint8_t (*id)[16],
    size_t max, size_t *n, struct vault_error *err);

#endif
