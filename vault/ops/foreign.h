/* SPDX-License-Identifier: Apache-2.0 */
/* foreign.h: records of other vaults, sealed once more (section 8.3) */
#ifndef VLT_FOREIGN_H
#define VLT_FOREIGN_H

#include "action.h"
#include "extract.h"
#include "record_rows.h"

/*
 * A row of `record` with f 1: row head and metadata sealed under X(VMK,
 * "foreign"), its wrap under a local epoch, segments sealed once more, its
 * proof under VLT_FNOTE_PROOF + rid. Also records of this vault's own origin
 * that came back from others while they are not here. A record is named by
 * its id alone in this program: an id that another origin uses here already
 * is refused at receiving.
 */

/* What the sealed proof of a row says. */
struct vlt_foreign_proof {
    uint8_t stmt[32];
    struct vlt_buf leaf;  /* leaf text; empty for a head that only precedes */
    struct vlt_buf proof; /* tlog-proof text, likewise */
    uint8_t bundle[16];   /* it came in first; zeros: not in a bundle */
    uint8_t from[32];     /* fingerprint of that bundle's signer */
    int64_t received;     /* seconds */
    int64_t dropped;      /* seconds; 0: its copy is not destroyed */
    /* What of it was here when this was written; vlt_foreign_proof_put looks
     * at the row, and whoever changes one writes its proof again. So nobody
     * takes metadata or a part away unseen. */
    bool whole;
    uint64_t parts; /* extracts */
};
void vlt_foreign_proof_init(struct vlt_foreign_proof *p);
void vlt_foreign_proof_clear(struct vlt_foreign_proof *p);
VAULT_CHECKED enum vault_status vlt_foreign_proof_get(struct vault *v,
    uint64_t rid, struct vlt_foreign_proof *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_foreign_proof_put(struct vault *v,
    uint64_t rid, const struct vlt_foreign_proof *p, struct vault_error *err);
/* After the row was changed. */
VAULT_CHECKED enum vault_status vlt_foreign_proof_again(struct vault *v,
    uint64_t rid, struct vault_error *err);

/* ---- reading; need a transaction on an unlocked handle ---- */

/*
 * Fill head (and meta, into `ct`) of a row that vlt_record_by_rid or
 * vlt_records gave with `foreign` set.   VAULT_E_TAMPERED
 */
VAULT_CHECKED enum vault_status vlt_foreign_row(struct vault *v,
    struct vlt_record_row *row, struct vlt_buf *ct, struct vault_error *err);
/* vlt_record_by_rid, and that, for a row of either kind; ct NULL: metadata
 * not wanted. */
VAULT_CHECKED enum vault_status vlt_any_row(struct vault *v, uint64_t rid,
    struct vlt_record_row *out, struct vlt_buf *ct, struct vault_error *err);
/* All foreign versions of this id, ascending by version, then statement; the
 * catalogue proposes, the rows decide; without a catalogue all rows are
 * walked. No rows: n = 0. Within an action its own rows count.
 */
VAULT_CHECKED enum vault_status vlt_foreign_versions(struct vault *v,
    const uint8_t id[16], struct vlt_version_rows *out,
    struct vault_error *err);
/* Exactly len bytes of segment n of foreign row rid, unsealed. */
VAULT_CHECKED enum vault_status vlt_foreign_segment(struct vault *v,
    uint64_t rid, uint64_t n, void *out, size_t len, struct vault_error *err);
/* Every extract of a row, opened and checked against head. Borrowed. */
VAULT_CHECKED enum vault_status vlt_foreign_extracts(struct vault *v,
    uint64_t rid, const struct vlt_record_head *head,
    enum vault_status (*fn)(void *ctx, uint64_t x, const struct vlt_extract *e,
        struct vault_error *err),
    void *ctx, struct vault_error *err);

/*
 * All parts of a record that was given in part, as one: fields, and the body
 * when one part shows it; salts is NULL.
 *   VAULT_E_NO_KEY  none: only its head is here
 */
VAULT_CHECKED enum vault_status vlt_foreign_shown(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, struct vlt_meta *out,
    struct vault_error *err);

/* RK of a row, own or foreign, whose wrap this vault can open; for sharing.
 *   VAULT_E_NO_KEY */
VAULT_CHECKED enum vault_status vlt_record_key(struct vault *v, uint64_t rid,
    const struct vlt_record_head *head, struct vlt_rk **out,
    struct vault_error *err);

/* ---- before something is taken in ---- */

enum vlt_foreign_state {
    VLT_FOREIGN_NEW,
    VLT_FOREIGN_HEAD, /* here, with nothing that can be read */
    VLT_FOREIGN_PART,
    VLT_FOREIGN_FULL,
    VLT_FOREIGN_OWN,          /* sealed here, and here */
    VLT_FOREIGN_WITHDRAWN,    /* own, and withdrawn: never comes back */
    VLT_FOREIGN_DROPPED,      /* the copy was destroyed here */
    VLT_FOREIGN_OTHER_ORIGIN, /* its id is another vault's record here */
    VLT_FOREIGN_OWN_VERSION   /* of an own record, made by another replica */
};
/* What is known here of a statement, rows of the running action counted; rid:
 * of a foreign row, else 0. */
VAULT_CHECKED enum vault_status vlt_foreign_known(struct vault *v,
    const struct vlt_record_head *head, const uint8_t stmt[32],
    enum vlt_foreign_state *state, uint64_t *rid, struct vault_error *err);
/* Whether it must not be taken in, and why. */
bool vlt_foreign_refused(enum vlt_foreign_state state, struct vault_error *why);

/* ---- writing; need an action ---- */

/*
 * Store a row; meta NULL: head or partial. rk NULL: no wrap. proof as above;
 * writes no leaf. *rid 0: the next row, which comes back; else the staged one
 * under which its segments lie already.
 */
VAULT_CHECKED enum vault_status vlt_foreign_put(struct vault *v,
    const struct vlt_record_head *head, const void *meta, size_t meta_len,
    const struct vlt_rk *rk, const struct vlt_foreign_proof *proof,
    uint64_t *rid, struct vault_error *err);
/* Metadata and key for a row that was a head or partial: its extracts go. */
VAULT_CHECKED enum vault_status vlt_foreign_complete(struct vault *v,
    uint64_t rid, const struct vlt_record_head *head, const void *meta,
    size_t meta_len, const struct vlt_rk *rk, struct vault_error *err);
/* In any transaction that writes: also under a row that is only staged. */
VAULT_CHECKED enum vault_status vlt_foreign_segment_put(struct vault *v,
    uint64_t rid, uint64_t n, const void *ct, size_t len,
    struct vault_error *err);
/* ct: the extract as sealed under xk, which is opened and checked. A local
 * wrap of use 2 is made. One that shows nothing new is not kept. */
VAULT_CHECKED enum vault_status vlt_foreign_extract_put(struct vault *v,
    uint64_t rid, const struct vlt_record_head *head, const void *ct,
    size_t len, const struct vlt_xk *xk, struct vault_error *err);
/* Whether an extract shows more of a row than is here. */
VAULT_CHECKED enum vault_status vlt_foreign_extract_brings(struct vault *v,
    uint64_t rid, const struct vlt_record_head *head, const void *ct,
    size_t len, const struct vlt_xk *xk, bool *out, struct vault_error *err);
/*
 * The line `import`, after the row was put or changed: subject S(stmt); its
 * event names record, version and row, by which the catalogue follows, and
 * the bundle. Every row has one, heads too: what is put in an action and has
 * none at its end gets it then.
 */
VAULT_CHECKED enum vault_status vlt_foreign_import_leaf(struct vault *v,
    const struct vlt_record_head *head, const uint8_t bundle[16],
    const uint8_t from[32], struct vault_error *err);
enum { VLT_FOREIGN_NAMED = 36 }; /* origin 16, id 16, version u32 */
/*
 * What a line `import` or `drop` names: its text has to be there and to fit.
 * rid is where the row was then; *holds what of it: -1 the whole, else how
 * many parts (`drop`: 0).   VAULT_E_TAMPERED, VAULT_E_NO_KEY
 */
VAULT_CHECKED enum vault_status vlt_foreign_line(struct vault *v,
    const struct vlt_leaf_row *leaf, uint8_t record[VLT_FOREIGN_NAMED],
    uint64_t *rid, int64_t *holds, struct vault_error *err);
/* Lines for the rows of this action that have none; vlt_catalogue_follow calls
 * it. */
VAULT_CHECKED enum vault_status vlt_foreign_finish_lines(struct vault *v,
    struct vault_error *err);
/* Whether its subject is the salted hash of this statement. */
VAULT_CHECKED enum vault_status vlt_foreign_line_is(struct vault *v,
    const struct vlt_leaf_row *leaf, const uint8_t stmt[32], bool *out,
    struct vault_error *err);
/* What vlt_foreign_import_leaf and vlt_foreign_drop write; bundle, from and
 * reason may be NULL. */
VAULT_CHECKED enum vault_status vlt_foreign_leaf(struct vault *v,
    const char *kind, const struct vlt_record_head *head, const uint8_t *bundle,
    const uint8_t *from, const char *reason, struct vault_error *err);
/*
 * Destroy one's own copy: wrap, metadata, segments (unless another version
 * needs them), extracts, catalogue; the sealed head and proof stay, marked
 * `dropped`, so that it does not come in again. Leaf `drop`.
 *   VAULT_E_POLICY  the record is under a hold
 */
VAULT_CHECKED enum vault_status vlt_foreign_drop(struct vault *v,
    const uint8_t id[16], const uint8_t stmt[32], const char *reason,
    struct vault_error *err);

/* Whether this statement is hidden by a request (settings `hidden`, whose
 * `stmts` is 32 n bytes and whose `state` is "pending").
 * Cached until something is written: whoever changes such a row within an action and asks
 * again in it calls vlt_hidden_forget. Hidden records are not listed, found, shared or
 * exported; opening one by id answers VAULT_E_NOT_FOUND with the reason. */
VAULT_CHECKED enum vault_status vlt_hidden(struct vault *v,
    const uint8_t stmt[32], bool *out, struct vault_error *err);
void vlt_hidden_forget(struct vault *v);

#endif
