/* SPDX-License-Identifier: Apache-2.0 */
/* sharing.h: a bundle in the making */
#ifndef VLT_SHARING_H
#define VLT_SHARING_H

#include <vault/device.h>
#include <vault/share.h>
#include <vault/threshold.h>
#include "action.h"
#include "os.h"
#include "bundle.h"
#include "epoch.h"
#include "extract.h"
#include "fnote.h"
#include "record_rows.h"
#include "sealed_away.h"
#include "sent.h"
#include "settings.h"

struct vlt_share_file;

/* One row of the vault that goes into the bundle. */
struct vlt_share_item {
    uint64_t rid;
    uint8_t id[16];
    uint32_t version;
    uint8_t stmt[32];
    uint8_t use;       /* VLT_ENTRY_* */
    bool foreign;      /* a row of f 1 */
    bool held;         /* use 2 of what is here only in part */
    bool away;         /* sealed to others: goes with its own wrap and epoch */
    bool body;         /* the segments under this row go along */
    uint64_t segments; /* bytes of them */
    uint64_t size;     /* about, of everything else */
};

/* What one recipient has: a statement and the recipient's place. */
struct vlt_share_had {
    uint8_t stmt[32];
    uint32_t who;
    bool part;
};

struct vlt_share_names {
    size_t n;
    char **name;
    bool *met; /* a field that was chosen from has it */
};

/* For whom a threshold bundle is: one recipient, drawn for it. */
struct vlt_share_deal {
    unsigned needed, shares;     /* 0: it is sealed to cards */
    struct vlt_recovery *secret; /* until it is dealt */
    enum vault_status (
        *fn)(void *ctx, const struct vault_dealt *d, struct vault_error *err);
    void *ctx;
    char said[VLT_SENT_SHARES]; /* `K/N identifier`, once it is dealt */
};

struct vault_share {
    struct vault *v;
    struct vault_share_options o; /* its pointers are our own copies */
    char *text[5];                /* the texts of o */
    struct vlt_share_names only, without;
    struct vlt_guarded *passphrase;
    struct vault_untrusted *untrusted; /* once it is asked for */

    size_t recipients;
    struct vlt_pin *pin;
    struct vlt_share_deal deal;

    bool sealed;     /* recipients are settled, `had` is loaded */
    int64_t version; /* of the file, as the first record was chosen from it */
    size_t had_n, had_cap;
    struct vlt_share_had *had;

    size_t n, cap;
    struct vlt_share_item *item;
    size_t slots; /* by statement: place in item + 1, 0 free */
    size_t *slot;
    struct vault_share_plan count;  /* what was left out */
    struct vlt_member_names *names; /* once a compartment asks for them */
};

/* ---- share_away.c: records that only others can open ---- */
/*
 * Whether each recipient can open a record that is sealed to these: the cards
 * it is sealed to, or any generation of their vaults.
 *   VAULT_E_POLICY  one of them cannot, or only a part was asked for
 */
VAULT_CHECKED enum vault_status vlt_share_away_check(struct vault_share *s,
    const struct vlt_away *a, struct vault_error *err);
/* Copy its epoch into the bundle, once, and give its wrap. */
VAULT_CHECKED enum vault_status vlt_share_away_wrap(struct vlt_share_file *f,
    uint64_t rid, uint8_t wrap[VLT_RECORD_WRAP], struct vault_error *err);
void vlt_share_away_clear(struct vault_share *s);

/* Whether a field is to be shown. */
bool vlt_share_shows(const struct vault_share *s, const char *name, size_t len);
/* Refuse a name to withhold that no record has: it would withhold nothing. */
VAULT_CHECKED enum vault_status vlt_share_names_met(const struct vault_share *s,
    struct vault_error *err);
/* Whether there is a choice of fields at all. */
bool vlt_share_chooses(const struct vault_share *s);

/* Those of all recipients, on the heap. */
VAULT_CHECKED enum vault_status vlt_share_fingerprints(const struct vault_share
                                                           *s,
    uint8_t (**out)[32], struct vault_error *err);

/* Within the action: whether each may still be sealed to. */
VAULT_CHECKED enum vault_status vlt_share_pins_again(const struct vault_share
                                                         *s,
    struct vault_error *err);

/* Load what the recipients had, once. Needs a transaction. */
VAULT_CHECKED enum vault_status vlt_share_had_load(struct vault_share *s,
    struct vault_error *err);
/* Whether each recipient has this; `part`: in part is enough. `from`: whose
 * bundle it came in (a fingerprint), or NULL. */
bool vlt_share_had_all(const struct vault_share *s, const uint8_t stmt[32],
    const uint8_t origin[16], const uint8_t *from, bool part);

/* Make the index anew, after items were moved or taken out. */
VAULT_CHECKED enum vault_status vlt_share_index(struct vault_share *s,
    struct vault_error *err);
/* The item of this statement; NULL when there is none. */
struct vlt_share_item *vlt_share_find(const struct vault_share *s,
    const uint8_t stmt[32]);
VAULT_CHECKED enum vault_status vlt_share_push(struct vault_share *s,
    const struct vlt_share_item *item, struct vault_error *err);

/*
 * Choose one version (by statement, or by number, 0: what is current). Needs
 * a transaction. unless_had: pass over, and count, what all recipients have.
 * Who names a statement has just opened the record.
 */
VAULT_CHECKED enum vault_status vlt_share_choose(struct vault_share *s,
    const uint8_t id[16], uint32_t version, const uint8_t *stmt,
    bool unless_had, struct vault_error *err);

/* ---- one row, as it is read for the bundle ---- */
struct vlt_share_row {
    struct vlt_record_row row; /* head and metadata as its origin made them */
    struct vlt_buf meta;
};
void vlt_share_row_init(struct vlt_share_row *r);
void vlt_share_row_clear(struct vlt_share_row *r);
VAULT_CHECKED enum vault_status vlt_share_row(struct vault_share *s,
    const struct vlt_share_item *item, struct vlt_share_row *out,
    struct vault_error *err);
/* Everything that is here of a record held in part, as one extract. */
VAULT_CHECKED enum vault_status vlt_share_held(struct vault_share *s,
    const struct vlt_share_item *item, const struct vlt_record_head *head,
    struct vlt_extract *out, struct vault_error *err);

/*
 * Add the heads of all earlier versions, mark the rows whose segments go
 * along, and sort all by their entries. Needs a transaction.
 */
VAULT_CHECKED enum vault_status vlt_share_settle(struct vault_share *s,
    struct vault_error *err);

/* ---- the container ---- */
struct vlt_share_log {
    char origin[VLT_NAME_MAX + 1];
    uint64_t n;     /* in the bundle */
    uint64_t own_n; /* in the vault, once its newest checkpoint is in */
};
struct vlt_share_point {
    uint64_t log; /* in the bundle */
    uint64_t size;
    uint8_t text[32];
};

struct vlt_share_file {
    struct vault_share *s;
    struct vlt_store *out;
    struct vlt_epoch epoch;
    struct vlt_e0 *e0;
    struct vlt_book *book;             /* once it is asked for */
    struct vault_untrusted *untrusted; /* likewise */
    size_t logs, log_last;
    struct vlt_share_log *log;
    size_t points, point_last;
    struct vlt_share_point *point;
    size_t cards;
    struct vlt_hash32 *card; /* fingerprints of the cards in it */
    struct vlt_bundle_text text;
    struct vlt_buf note;
    uint64_t done, total; /* bytes, for the progress */
    uint8_t *segment;
};

/* Write everything to the file at path; the action runs. */
VAULT_CHECKED enum vault_status vlt_share_write(struct vault_share *s,
    const char *path, struct vlt_bundle_text *text, struct vlt_buf *note,
    struct vault_error *err);
/* Row rid (from 1) of the bundle and its entry's leaf hash; `position` counts
 * entries from 0. */
VAULT_CHECKED enum vault_status vlt_share_record(struct vlt_share_file *f,
    const struct vlt_share_item *item, uint32_t position, uint8_t leaf[32],
    struct vault_error *err);
/* The line that names it, with log, checkpoint, notes and cards. */
VAULT_CHECKED enum vault_status vlt_share_proof(struct vlt_share_file *f,
    const struct vlt_share_item *item, uint64_t rid, struct vault_error *err);
/* The sender's cards and revocations, and its newest checkpoint. */
VAULT_CHECKED enum vault_status vlt_share_sender(struct vlt_share_file *f,
    struct vault_error *err);
/* One of the vault's own logs with its newest checkpoint. */
VAULT_CHECKED enum vault_status vlt_share_own_log(struct vlt_share_file *f,
    const struct vlt_own_log *own, uint64_t *n, struct vault_error *err);
/* The log of this origin, its notes and cards; *n in the bundle. */
VAULT_CHECKED enum vault_status vlt_share_log(struct vlt_share_file *f,
    const char *origin, uint64_t *n, struct vault_error *err);
/* A checkpoint of it, once. */
VAULT_CHECKED enum vault_status vlt_share_point(struct vlt_share_file *f,
    uint64_t log, uint64_t size, const char *note, size_t len,
    struct vault_error *err);
/* Time evidence of those that are in it, behind all of them. */
VAULT_CHECKED enum vault_status vlt_share_stamps(struct vlt_share_file *f,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_share_progress(struct vlt_share_file *f,
    uint64_t bytes, struct vault_error *err);

/* ---- how it leaves ---- */
/* Seal the container at `from` into the output file; SHA-256 of what that
 * comes to. */
VAULT_CHECKED enum vault_status vlt_share_courier(struct vault_share *s,
    const char *from, struct vlt_outfile *to, uint8_t sha256[32],
    struct vault_error *err);
/* Deal the shares of a bundle that is complete, whose file will be `path`, and
 * forget its secret. */
VAULT_CHECKED enum vault_status vlt_share_deal(struct vault_share *s,
    const struct vlt_bundle_text *text, const char *path,
    const uint8_t sha256[32], struct vault_error *err);
/* A minisign signature over the file at path, beside it. */
VAULT_CHECKED enum vault_status vlt_share_minisig(struct vault_share *s,
    const char *path, const uint8_t text[32], struct vault_shared *out,
    struct vault_error *err);

#endif
