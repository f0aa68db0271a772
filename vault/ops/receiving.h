/* SPDX-License-Identifier: Apache-2.0 */
/* receiving.h: the parts of taking in what others gave */
#ifndef VLT_RECEIVING_H
#define VLT_RECEIVING_H

#include <vault/origin.h>
#include <vault/receive.h>
#include "onetime.h"
#include "bundle_read.h"
#include "fnote.h"
#include "foreign.h"
#include "tempname.h"

enum {
    VLT_RECEIVE_TEXT = VLT_NOTE_MAX, /* longest text that is taken */
    VLT_RECEIVE_LINES = 200          /* of one file; the rest is counted */
};

/* One file of a run. */
struct vlt_rfile {
    struct vault_received row; /* its strings and lists are those below */
    char *path;
    char *inner;           /* where the bundle lies: path, or temp.name */
    struct vlt_temp temp;  /* of a courier's bundle */
    char name[256];        /* of the pin */
    uint8_t from[32];      /* the signer's fingerprint */
    uint8_t text_hash[32]; /* of the bundle's note */
    uint8_t bundle[16];
    uint64_t entries;
    struct vault_finding *line;
    size_t lines, cap;
    struct vlt_fields said; /* the manifest */
    struct vault_field *said_view;
    char *said_names;
    struct vlt_buf note;      /* of a text */
    struct vlt_guarded *pass; /* of an age file */
    bool by_shares;           /* the bundle opened with those of the run */
    struct vlt_buf receipt;
};

struct vault_receive {
    struct vault *v;
    struct vault_receive_options opt;
    struct vlt_rfile **file;
    size_t n;
    struct vlt_rfile *asking; /* whose passphrase is asked for */
    struct vlt_onetime *once; /* what shares gave; NULL: none were given */
    char *temp_base; /* VAULT.receive: what temporary names are made of */
};

/* ---- lines (receive_lines.c) ---- */
VAULT_CHECKED enum vault_status vlt_rline(struct vlt_rfile *f,
    enum vault_finding_level level, const char *kind, uint64_t count,
    struct vault_error *err, const char *format, ...) VAULT_PRINTF(6, 7);
/* A line with a message that is there; `id` may be NULL. */
VAULT_CHECKED enum vault_status vlt_rline_why(struct vlt_rfile *f,
    const char *kind, const uint8_t *id, uint32_t version,
    const struct vault_error *why, struct vault_error *err);
/* Whether a status speaks of the file and not of this program or vault. */
bool vlt_rfile_fault(enum vault_status st);
/* The file is refused (or left) for this; the run goes on. */
void vlt_rfile_refuse(struct vlt_rfile *f, const struct vault_error *why);
void vlt_rfile_leave(struct vlt_rfile *f, const struct vault_error *why);
/* Make row.said of `said`. */
VAULT_CHECKED enum vault_status vlt_rfile_said(struct vlt_rfile *f,
    struct vault_error *err);

/* ---- what a file is (receive_kind.c) ---- */
/* Sets row.kind and row.word; a text is in note. Leaves what is none. */
VAULT_CHECKED enum vault_status vlt_rfile_kind(struct vault_receive *r,
    struct vlt_rfile *f, bool *age, struct vault_error *err);

/* ---- age files (receive_age.c, receive_document.c) ---- */
/* Open it once: a courier's bundle is laid into f->inner, all else is read to
 * its sound end and becomes a document. */
VAULT_CHECKED enum vault_status vlt_rfile_age(struct vault_receive *r,
    struct vlt_rfile *f, struct vault_error *err);
struct vlt_rage; /* an age file being read */
VAULT_CHECKED enum vault_status vlt_rage_open(struct vault_receive *r,
    struct vlt_rfile *f, struct vlt_rage **out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_rage_read(struct vlt_rage *a, void *p,
    size_t max, size_t *n, struct vault_error *err);
/* Exactly n bytes, but for the end. */
VAULT_CHECKED enum vault_status vlt_rage_fill(struct vlt_rage *a, void *p,
    size_t max, size_t *n, struct vault_error *err);
void vlt_rage_close(struct vlt_rage *a);
/* Seal a document as a record, in a transaction of its own. */
VAULT_CHECKED enum vault_status vlt_receive_document(struct vault_receive *r,
    struct vlt_rfile *f, struct vault_error *err);

/* ---- bundles (receive_bundle.c, receive_cards.c, receive_logs.c) ---- */
/* Judge one, without a transaction of the vault's held for long. */
VAULT_CHECKED enum vault_status vlt_rfile_bundle(struct vault_receive *r,
    struct vlt_rfile *f, struct vault_error *err);

/* Cards that are known, for one transaction of the vault. */
struct vlt_rcards;
VAULT_CHECKED enum vault_status vlt_rcards_load(struct vault *v,
    struct vlt_rcards **out, struct vault_error *err);
void vlt_rcards_free(struct vlt_rcards *c);
/* Those of the bundle at hand, which may link a card to a known one. */
VAULT_CHECKED enum vault_status vlt_rcards_add(struct vlt_rcards *c,
    const char *note, size_t len, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_rcards_add_all(struct vlt_rcards *c,
    struct vlt_bundle *b, struct vault_error *err);
void vlt_rcards_drop_added(struct vlt_rcards *c);
/*
 * What this card is to the vault; name: of the pin that it is, or continues,
 * 256 bytes. `why` is filled for REVOKED and REFUSED.
 */
enum vault_received_signer vlt_rcards_judge(const struct vlt_rcards *c,
    const struct vlt_card *card, char name[256], struct vault_error *why);

/* Whether the judgement is REFUSED; the last answer is kept. */
bool vlt_rcards_refuses(const struct vlt_rcards *c,
    const struct vlt_card *card);
/* Whether it claims to be of this vault, or of one whose card is pinned, and
 * does not hang together with that: what came along before is not asked. */
bool vlt_rcards_denied(const struct vlt_rcards *c, const struct vlt_card *card);

/* Checkpoints that are known of the logs of others. */
struct vlt_rlogs;
VAULT_CHECKED enum vault_status vlt_rlogs_load(struct vault *v,
    struct vlt_rlogs **out, struct vault_error *err);
void vlt_rlogs_free(struct vlt_rlogs *l);
/*
 * Every log of the bundle whose note holds, under a card that may speak for
 * its vault here: its checkpoint is checked and compared with what is known.
 * `act`: within an action, keep it and write the line `merge`.
 *   VAULT_E_TAMPERED  two histories, or a checkpoint that does not hold
 */
struct vlt_rmerged {
    uint64_t logs;  /* compared */
    uint64_t fresh; /* in a state that was not known */
};
VAULT_CHECKED enum vault_status vlt_rlogs_merge(struct vault *v,
    struct vlt_rlogs *l, struct vlt_bundle *b, const struct vlt_rcards *cards,
    bool act, struct vlt_rmerged *out, struct vault_error *err);

/* ---- records (receive_look.c, receive_take.c) ---- */
enum vlt_rhere {
    VLT_HERE_NOT,    /* no row */
    VLT_HERE_HEAD,   /* a row head alone */
    VLT_HERE_PART,   /* fields of it */
    VLT_HERE_WHOLE,  /* all of it */
    VLT_HERE_GONE,   /* withdrawn or destroyed here */
    VLT_HERE_ANOTHER /* another origin's record has this id */
};
struct vlt_rlook {
    enum vlt_rhere here;
    bool own;          /* a row of this vault's own */
    uint64_t rid;      /* of the row, unless NOT, GONE, ANOTHER */
    uint64_t segments; /* of them that are there */
    bool proved;       /* it has its line in a log */
    bool own_stands;   /* another version of it is an own row that stands */
    bool follows_own;  /* what it follows is an own row that stands */
    bool hidden;
};
/* What the vault has of this version. Needs vlt_read_begin or an action. */
VAULT_CHECKED enum vault_status vlt_receive_look(struct vault *v,
    const struct vlt_record_head *head, const uint8_t stmt[32],
    struct vlt_rlook *out, struct vault_error *err);
/* Whether an open extract shows what the extracts of row rid do not. */
VAULT_CHECKED enum vault_status vlt_receive_shows_more(struct vault *v,
    uint64_t rid, const struct vlt_record_head *head,
    const struct vlt_extract *x, bool *more, struct vault_error *err);
/* Count it in f->row.count; *adds: something of it would be stored. */
VAULT_CHECKED enum vault_status vlt_receive_count(struct vault *v,
    struct vlt_rfile *f, const struct vlt_bundle_record *r,
    const struct vlt_extract *x, struct vlt_rlook *look, bool *adds,
    struct vault_error *err);
/* Within an action: all records of an open, unlocked bundle. */
VAULT_CHECKED enum vault_status vlt_receive_take(struct vault_receive *r,
    struct vlt_rfile *f, struct vlt_bundle *b, const struct vlt_rcards *cards,
    struct vault_error *err);

/* ---- what is shared by all bundles of an action (receive_act.c) ---- */
struct vlt_rbooks {
    struct vlt_book *book;
    struct vlt_rlogs *logs;
    bool settings; /* a pinned card was revoked */
};
VAULT_CHECKED enum vault_status vlt_receive_books(struct vault_receive *r,
    struct vlt_rbooks *out, struct vault_error *err);
void vlt_receive_books_end(struct vlt_rbooks *b);
/* Within an action: cards, log notes, checkpoints and records of a bundle that
 * was judged; it is checked again, and must be the same. */
VAULT_CHECKED enum vault_status vlt_receive_bundle(struct vault_receive *r,
    struct vlt_rfile *f, struct vlt_rbooks *books, struct vault_error *err);
/* The signed text commits to all that was checked.
 *   VAULT_E_TAMPERED  it is another one */
VAULT_CHECKED enum vault_status vlt_receive_same(const struct vlt_rfile *f,
    const struct vlt_bundle *b, struct vault_error *err);
/* Within an action: the receipt for a bundle, the same as before if there is
 * one. */
VAULT_CHECKED enum vault_status vlt_receive_receipt(struct vault_receive *r,
    struct vlt_rfile *f, struct vault_error *err);

/* ---- shares (receive_shares.c) ---- */
/* Whether it was the shares of this run that opened the bundle; sets
 * f->by_shares. */
bool vlt_receive_by_shares(const struct vault_receive *r, struct vlt_rfile *f,
    const struct vlt_bundle *b);
/* Within an action: the line `note` that says so, and the sealed note
 * `opened`, unless it was said of this bundle before. */
VAULT_CHECKED enum vault_status vlt_receive_opened(struct vault_receive *r,
    const struct vlt_bundle *b, struct vault_error *err);
/* The same about a bundle (its id, its signer), as `K of acdef, identifier`; ""
 * for none. Needs a transaction. */
VAULT_CHECKED enum vault_status vlt_opened_with(struct vault *v,
    const uint8_t bundle[16], const uint8_t from[32],
    char out[VAULT_OPENED_WITH], struct vault_error *err);

/* ---- texts (receive_texts.c) ---- */
/* Judge a text that lies in f->note. */
VAULT_CHECKED enum vault_status vlt_rfile_text(struct vault_receive *r,
    struct vlt_rfile *f, struct vault_error *err);
/* Within an action: a revocation marks the card that signed it.
 *   VAULT_E_NOT_FOUND (not pinned), VAULT_E_FORMAT (of a device),
 *   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_receive_revoke(struct vault *v,
    const char *note, size_t len, bool *changed, struct vault_error *err);
/* Within an action: those that lie in files, and the line `settings` when a
 * card was marked, also by one in a bundle (*changed). */
VAULT_CHECKED enum vault_status vlt_receive_revokes(struct vault_receive *r,
    bool *changed, struct vault_error *err);
/* Within an action, after the records: the notices that are ready, those that
 * came in bundles, and earlier ones about records that came now. */
VAULT_CHECKED enum vault_status vlt_receive_notices(struct vault_receive *r,
    struct vault_error *err);
/* A line whose subject is S(hash) and whose event holds the salt and `more`. */
VAULT_CHECKED enum vault_status vlt_receive_salted_leaf(struct vault *v,
    const char *kind, const uint8_t hash[32], struct vlt_fields *more,
    struct vault_error *err);

#endif
