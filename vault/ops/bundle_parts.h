/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_parts.h: what is known of a bundle while it is judged */
#ifndef VLT_BUNDLE_PARTS_H
#define VLT_BUNDLE_PARTS_H

#include "bundle_read.h"
#include "device_limit.h"
#include "bundle_scan.h"

/*
 * Every list is read once, sorted, and searched by halves, so that the work
 * grows with the file and not with its square. None is longer than
 * vlt_bundle_planted allows.
 */
struct vlt_seen_card {
    uint64_t n;   /* row of `note` */
    bool sound;   /* and every one before it */
    bool revoked; /* by a note in the bundle */
    struct vlt_card card;
};
struct vlt_seen_device {
    uint64_t n; /* row of `note` */
    uint8_t vault[16];
    uint8_t device[8];
    uint8_t first[32];
    const struct vlt_card *card;
};
/* Why a log proves nothing. */
enum vlt_log_fault {
    VLT_LOG_SOUND,
    VLT_LOG_MALFORMED,   /* its note, or another log's */
    VLT_LOG_UNSIGNED,    /* by no card of its vault that lies here */
    VLT_LOG_UNCHAINED,   /* a session that does not go on from another */
    VLT_LOG_UNCONFIRMED, /* a session of a device that no card speaks for */
    VLT_LOG_UNPOINTED,   /* its checkpoint is not signed by its key */
};
struct vlt_bundle_log {
    uint64_t n;
    bool session;
    bool has_base;
    bool has_point;
    bool point_bad;
    bool chained; /* of a session: its note holds, and each before it */
    enum vlt_log_fault fault;
    uint32_t number;
    uint8_t vault[16];
    uint8_t id[8]; /* of replica or session */
    uint8_t device[8];
    uint8_t key[32];
    uint8_t text_hash[32];
    uint8_t base[8]; /* of a session: the one before, as it ended */
    uint64_t base_size;
    uint8_t base_point[32];
    uint64_t good; /* lines up to the last good state of a revoked device;
                    * UINT64_MAX: all */
    bool other;    /* its revocation names a state that it never had */
    uint64_t size; /* of its newest checkpoint */
    const struct vlt_card *card; /* that speaks for it */
};
/*
 * A checkpoint that its log's key signed. There may be several of a log: what
 * was received at different times is proved in states of different sizes.
 */
struct vlt_bundle_point {
    uint64_t log;
    uint64_t size;
    uint8_t root[32];
    uint8_t hash[32]; /* H(checkpoint text) */
};
/* How a record version is proved. */
enum vlt_proof_fault {
    VLT_PROOF_NONE,
    VLT_PROOF_HOLDS,
    VLT_PROOF_OTHER, /* in another vault's log */
    VLT_PROOF_PLACE, /* not at that place of the signed tree */
    VLT_PROOF_LOG,   /* in a log that proves nothing */
};
/* One row of `record`. */
struct vlt_bundle_item {
    uint64_t rid;
    uint8_t id[16];
    uint8_t origin[16];
    uint8_t stmt[32];
    uint8_t prev[32];
    uint8_t b[32];
    uint64_t body_padded;
    uint32_t version;
    uint32_t body_version;
    bool meta;
    bool body_bad; /* its segments are not what it names */
    bool has_prev; /* the version before it is here */
    bool grounded; /* proved, or named by one that is */
    uint64_t segments;
    enum vlt_proof_fault proof;
    uint64_t log; /* of the proof, or of the one that fails */
    uint64_t idx; /* the line that it proves */
};
struct vlt_bundle_inside {
    /* of an audit pack: this vault's own cards, logs and notes, which are
     * judged elsewhere, are passed over */
    bool audit;
    uint8_t own[16];
    const struct vault_options *opt; /* or NULL */
    uint64_t done;                   /* bytes of bodies hashed, for progress */
    uint64_t total;
    unsigned polls;

    size_t cards; /* by vault, generation, fingerprint */
    struct vlt_seen_card *card;
    struct vlt_seen_card **by_print; /* by fingerprint */
    struct vlt_device_limits limits; /* revoked devices */
    size_t devices; /* by the hash of the first session's note */
    struct vlt_seen_device *device;
    size_t logs; /* by n */
    struct vlt_bundle_log *log;
    struct vlt_bundle_log **by_origin; /* by vault and id */
    struct vlt_bundle_log **by_number; /* by session number, lowest first */
    size_t points;                     /* by log and size */
    struct vlt_bundle_point *point;
    size_t others; /* kind-4 epochs, by id */
    struct vlt_other_epoch {
        uint8_t id[16];
        bool used; /* a wrap names it */
    } * other;

    bool indexed;
    size_t items; /* by rid */
    struct vlt_bundle_item *item;
    struct vlt_bundle_item **by_stmt;
    struct vlt_bundle_item **by_body; /* by id, version and b */
    size_t entries;
    size_t entries_max;
    uint8_t (*entry)[VLT_ENTRY_BYTES];

    uint64_t text_log;  /* whose note and checkpoint these are, */
    uint64_t text_size; /* and of which state */
    struct vlt_buf log_note;
    struct vlt_buf point_note;
    struct vlt_buf proof;

    struct vault *v;           /* after vlt_bundle_unlock */
    struct vlt_epoch_row shut; /* the kind-4 epoch looked at last */
    struct vlt_e0 *shut_e0;    /* NULL: it did not open */
    uint64_t tried;            /* wraps tried in vain */
};

/* The steps of vlt_bundle_open, for whoever tells of each; in this order. On
 * failure b is to be closed. */
VAULT_CHECKED enum vault_status vlt_bundle_begin(const char *path,
    const struct vault_options *opt, struct vlt_bundle **out,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_structure(struct vlt_bundle *b,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_cards(struct vlt_bundle *b,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_signature(struct vlt_bundle *b,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_recipients(struct vlt_bundle *b,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_revocations(struct vlt_bundle *b,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_logs(struct vlt_bundle *b,
    struct vault_error *err);

/*
 * Of an audit pack: what proves records of others in it, read from a store
 * that stays the caller's, within its transaction. Logs that prove nothing are
 * kept as such. To be closed with vlt_bundle_leave.
 */
VAULT_CHECKED enum vault_status vlt_bundle_of_audit(struct vlt_store *s,
    const uint8_t own[16], const struct vault_options *opt,
    struct vlt_bundle **out, struct vault_error *err);
void vlt_bundle_leave(struct vlt_bundle *b);
/* Whether this proof holds of a record: its place, its log, its origin. */
enum vlt_proof_fault vlt_bundle_judge_proof(const struct vlt_bundle *b,
    const struct vlt_bundle_item *of, const struct vlt_proof_seen *r);

/* Of the log with this number; NULL when there is none of that size. */
const struct vlt_bundle_point *vlt_bundle_point_find(const struct vlt_bundle *b,
    uint64_t log, uint64_t size);
/* VAULT_E_CANCELLED when the caller's progress asks for it. */
VAULT_CHECKED enum vault_status vlt_bundle_poll(struct vlt_bundle *b,
    struct vault_error *err);

/* ---- cards ---- */
/* A sound one; NULL when there is none. */
const struct vlt_card *vlt_bundle_card(const struct vlt_bundle *b,
    const uint8_t vault[16], const uint8_t fingerprint[32]);

/* Whether a card here says it: of a card the very one, of a device any of its
 * vault, as one of them was the newest when it was signed. *of, when not NULL: the card revoked, or NULL of a device. */
bool vlt_bundle_revocation_holds(const struct vlt_bundle *b, const char *note,
    size_t len, struct vlt_seen_card **of);

/* ---- logs ---- */
const struct vlt_bundle_log *vlt_bundle_log(const struct vlt_bundle *b,
    uint64_t n);
/* What to say of one that is not sound; VAULT_OK of one that is. */
VAULT_CHECKED enum vault_status vlt_bundle_log_why(const struct vlt_bundle_log
                                                       *log,
    struct vault_error *err);
void vlt_bundle_origin(const struct vlt_bundle_log *log,
    char out[VLT_NAME_MAX + 1]);

/* ---- sessions ---- */
/* The device notes that a card here signed, before the logs are read. */
VAULT_CHECKED enum vault_status vlt_bundle_devices(struct vlt_bundle *b,
    struct vault_error *err);
/* When all logs and checkpoints are read: judge each session after the one
 * that it follows. */
VAULT_CHECKED enum vault_status vlt_bundle_sessions(struct vlt_bundle *b,
    struct vault_error *err);
/* And what the sessions of revoked devices still prove. */
void vlt_bundle_limit_sessions(struct vlt_bundle *b);

/* ---- records ---- */
/* Read all heads, prove them, hash all bodies; done once. */
VAULT_CHECKED enum vault_status vlt_bundle_index(struct vlt_bundle *b,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_prove(struct vlt_bundle *b,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_bodies(struct vlt_bundle *b,
    struct vault_error *err);
struct vlt_bundle_item *vlt_bundle_item(const struct vlt_bundle *b,
    uint64_t rid);
/* The one with this statement, or that holds this body; NULL: none. */
struct vlt_bundle_item *vlt_bundle_item_stmt(const struct vlt_bundle *b,
    const uint8_t stmt[32]);
struct vlt_bundle_item *vlt_bundle_item_body(const struct vlt_bundle *b,
    const struct vlt_bundle_item *of);
/* Whether it is one of the kind-4 epochs here; it counts as used then. */
bool vlt_bundle_is_other(const struct vlt_bundle *b, const uint8_t epoch[16]);

/* ---- entries ---- */
VAULT_CHECKED enum vault_status vlt_bundle_entry_add(struct vlt_bundle *b,
    const struct vlt_bundle_entry *e, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_bundle_entries(struct vlt_bundle *b,
    struct vault_error *err);

#endif
