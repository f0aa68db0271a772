/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h: the parts of judging a container, each with its own lines */
#ifndef VLT_VERIFY_H
#define VLT_VERIFY_H

#include "handle.h"
#include "verifystate.h"

struct vlt_bodies;
struct vlt_id_seen;
struct vlt_ids;
struct vlt_pool;
struct vlt_quick;
struct vlt_record_head;
struct vlt_structure;

/* One own log as the walk over all of its leaves found it. */
struct vlt_seen_log {
    uint64_t n;
    char origin[VLT_NAME_MAX + 1];
    struct vlt_replica replica;
    bool session;      /* a capture session: replica says what its note says */
    uint8_t device[8]; /* of a session */
    bool confirmed;    /* of a device that a card here speaks for */
    bool sound;        /* note, leaves and every checkpoint hold */
    uint64_t size;     /* of the newest checkpoint */
    uint8_t root[32];
    uint8_t slots[32]; /* subject of the last such leaf */
    bool has_slots;
    uint8_t settings[32];
    bool has_settings;
    uint8_t rekey[32];
    bool has_rekey;
    struct vlt_hash32 *edge; /* its right edge, when a state is saved; heap */
};

/* Lines that wait until it is known whether they are the ones to be told. */
struct vlt_pending {
    size_t n;
    struct vault_finding *f;
    bool lost; /* more than VLT_NEW_FINDINGS, or no memory */
};

struct vlt_verify {
    struct vlt_store *s;
    const struct vault_verify_options *opt;
    int (*fn)(void *ctx, const struct vault_finding *f);
    void *ctx;
    struct vault_verdict verdict;
    bool stopped; /* the caller wants no more */
    uint8_t id[16];
    bool capture;    /* a capture file, not a vault */
    bool bundle;     /* a bundle: judged by vlt_verify_bundle */
    bool audit;      /* an audit pack: heads, and nothing sealed */
    struct vault *v; /* unlocked handle on the same store, or NULL; of a
                      * bundle: on `other` */
    const struct vault *keys; /* unlock with this handle's secret; or NULL */
    struct vlt_store *other;  /* the vault of its recipient, or NULL */
    size_t cards;
    struct vlt_card *card; /* by generation - 1 */
    size_t logs;
    struct vlt_seen_log *log;
    bool crowded;    /* vlt_verify_crowd: nothing of it is judged */
    uint64_t absent; /* records of session lines, withdrawn, never in it */
    struct vlt_pool *pool;           /* vlt_verify_threads */
    struct vlt_structure *structure; /* being looked at in another thread */
    struct vlt_quick *quick;         /* of a walk over everything */
    struct vlt_ids *ids;             /* verify_ids.h, of this thread */
    size_t writers;                  /* how many of these are replicas' */
    struct vlt_hash32 *writer;       /* H of the key of each log; or NULL */
    struct vlt_bodies *bodies;       /* as far as they were read */
    uint64_t withdrawn, untrusted;   /* versions, for a state to be saved */
    bool revocation_missing;         /* which the log names */
    uint64_t strays;                 /* revocations that no line names */
    struct vlt_verifystate *known;   /* the state that was given, or NULL */
    struct vlt_verifystate *keep;    /* the one to be saved, or NULL */
    struct vlt_new *fresh;           /* only what is new is judged, or NULL */
    struct vlt_pending *pending;     /* where lines wait, or NULL */
    int64_t change; /* of the file, as it was when it was judged */
    bool has_change;
    bool since_unmet; /* what was given of an earlier time does not fit */
    uint64_t done;    /* for progress */
    uint64_t total;
    struct vlt_wit *wit;   /* what was given of witnesses and policy */
    struct vlt_told *told; /* when facts were asked for; else NULL */
};

/* Report one line. Format as vlt_fail. */
void vlt_held(struct vlt_verify *v, const char *kind, uint64_t count,
    const char *format, ...) VAULT_PRINTF(4, 5);
/* The same, of a finding that has its level, kind, count and record. */
void vlt_held_as(struct vlt_verify *v, struct vault_finding *f,
    const char *format, ...) VAULT_PRINTF(3, 4);
void vlt_not_seen(struct vlt_verify *v, const char *kind, uint64_t count,
    const char *format, ...) VAULT_PRINTF(4, 5);
void vlt_mismatch(struct vlt_verify *v, const char *kind, const char *format,
    ...) VAULT_PRINTF(3, 4);
void vlt_not_as_asked(struct vlt_verify *v, const char *kind,
    const char *format, ...) VAULT_PRINTF(3, 4);
/* A failed line about one record, with why. */
void vlt_record_mismatch(struct vlt_verify *v, const char *kind,
    const uint8_t id[16], uint32_t version, const struct vault_error *why);
/* The same for one that only waits for something. */
void vlt_record_waits(struct vlt_verify *v, const char *kind,
    const uint8_t id[16], uint32_t version, const struct vault_error *why);
/* The finding as it is, counted already. */
void vlt_tell(struct vlt_verify *v, const struct vault_finding *f);
/*
 * A status of a part: what speaks of the evidence becomes a line and
 * VAULT_OK, so that the other parts are judged too; anything else (disk,
 * memory, interruption) is passed on.
 */
VAULT_CHECKED enum vault_status vlt_judge(struct vlt_verify *v,
    const char *kind, enum vault_status st, const struct vault_error *why,
    struct vault_error *err);

/*
 * Within a transaction: whether the file is still as it was when its rows were
 * held against the log. Bodies, and what a secret opens, are read later.
 *   VAULT_E_BUSY  another program wrote to it since
 */
VAULT_CHECKED enum vault_status vlt_verify_unchanged(struct vlt_verify *v,
    struct vault_error *err);

/* The parts, in this order, within one read transaction. */
VAULT_CHECKED enum vault_status vlt_verify_meta(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_cards(struct vlt_verify *v,
    struct vault_error *err);
/* Whether a line names each card; after all lines were walked. */
VAULT_CHECKED enum vault_status vlt_verify_card_leaves(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_logs(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_revocations(struct vlt_verify *v,
    struct vault_error *err);
/* Where that is no part: only how many no line names. */
VAULT_CHECKED enum vault_status vlt_verify_strays(struct vlt_verify *v,
    struct vault_error *err);
/* Whether it can be judged in a time that goes with its size; else that is
 * told, and v->crowded is set. */
VAULT_CHECKED enum vault_status vlt_verify_crowd(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_records(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_planted(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_sets(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_epochs(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_rekey(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_asked(struct vlt_verify *v,
    struct vault_error *err);
/* What witnesses signed, and whether it is what the policy asks. */
VAULT_CHECKED enum vault_status vlt_verify_witness(struct vlt_verify *v,
    struct vault_error *err);
/* One text with older checkpoints, of opt->since. */
VAULT_CHECKED enum vault_status vlt_verify_older(struct vlt_verify *v,
    const char *given, struct vault_error *err);
/* One row of each walk, for those who walk by themselves: a log's note is
 * judged and v->log grows; an epoch's kind, vault and writer. */
VAULT_CHECKED enum vault_status vlt_verify_take_log(void *verify,
    const struct vlt_log_row *r, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_epoch_row(struct vlt_verify *v,
    const struct vlt_epoch_row *r, struct vault_error *err);
/* The states that replica notes name, when all logs were walked. */
VAULT_CHECKED enum vault_status vlt_verify_bases(struct vlt_verify *v,
    struct vault_error *err);
/* Keep a log's right edge when a state is to be saved. */
VAULT_CHECKED enum vault_status vlt_seen_edge_keep(const struct vlt_verify *v,
    struct vlt_seen_log *log, const struct vlt_edge *e,
    struct vault_error *err);
/* What v learnt, as if nothing had been looked at. */
void vlt_verify_forget(struct vlt_verify *v);
/* Tell the lines that waited, and forget them. */
void vlt_pending_tell(struct vlt_verify *v, struct vlt_pending *p);
/* Frees v->known and v->keep. */
void vlt_checked_free(struct vlt_verify *v);
/* Who signed it, against the cards that were given. */
void vlt_verify_signer(struct vlt_verify *v);
/* The same; when no card was given, against the pinned cards of the vault that
 * opens a bundle. */
VAULT_CHECKED enum vault_status vlt_verify_pinned(struct vlt_verify *v,
    struct vault_error *err);
/* Whether what the caller gave (a card note, or a fingerprint as it is shown)
 * is one of these n cards; of fingerprints only the last counts. */
bool vlt_card_is(const struct vlt_card *card, size_t n, const char *given);
/* Within the transaction in which the structure is looked at: read bodies as
 * long as another thread does that. Nothing is told, and nothing is lost if
 * it does not succeed. */
void vlt_verify_bodies_ahead(struct vlt_verify *v);
void vlt_bodies_free(struct vlt_bodies *b);
/* Bodies (and, unlocked, wraps, fields and events): outside of it. */
VAULT_CHECKED enum vault_status vlt_verify_bodies(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_events(struct vlt_verify *v,
    struct vault_error *err);
/* Unlocked, outside of it: records of others, and the lines about them. */
VAULT_CHECKED enum vault_status vlt_verify_foreign(struct vlt_verify *v,
    struct vault_error *err);

/* Sessions: their chain, their device, and in a vault the line that took
 * them in; in a capture file also the one that is drawn. */
VAULT_CHECKED enum vault_status vlt_verify_joins(struct vlt_verify *v,
    struct vault_error *err); /* that the logs which lines accepted are here */
VAULT_CHECKED enum vault_status vlt_verify_sessions(struct vlt_verify *v,
    struct vault_error *err);
/* What revoked devices signed after their last good state: a line each. */
VAULT_CHECKED enum vault_status vlt_verify_untrusted(struct vlt_verify *v,
    struct vault_error *err);
/* A capture file beside the unlocked vault v->v that it seals to: admitted or
 * not, older or not, exchanged or not. Outside of it. */
VAULT_CHECKED enum vault_status vlt_verify_known(struct vlt_verify *v,
    const char *path, struct vault_error *err);
/* What a capture file has instead of a vault's meta, cards, other rows. */
VAULT_CHECKED enum vault_status vlt_verify_capture_meta(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status
vlt_verify_capture_compartments(struct vlt_verify *v, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_capture_card(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_capture_planted(struct vlt_verify *v,
    struct vault_error *err);

/*
 * How many threads v->pool has, this one counted: as many as the caller wants.
 * If he left it open, 1 for work of so few pieces that they do not pay.
 */
unsigned vlt_verify_threads(struct vlt_verify *v, uint64_t pieces);
/*
 * The structure of the file: begun in another thread where there is one. Until
 * vlt_structure_settle, which tells the result, other lines are kept back; it
 * is called before the transaction ends, and may be called again.
 */
VAULT_CHECKED enum vault_status vlt_structure_begin(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_structure_settle(struct vlt_verify *v,
    struct vault_error *err);
/* Keep a line back, if that is to be. */
bool vlt_structure_keeps(struct vlt_verify *v, const struct vault_finding *f);
/* Whether so many lines wait for it that it is better settled now, between
 * two parts, than in the midst of the next one. */
bool vlt_structure_presses(const struct vlt_verify *v);
/* Whether another thread still looks at it. */
bool vlt_structure_busy(struct vlt_verify *v);
void vlt_structure_free(struct vlt_structure *x);
/* What an audit pack has instead of a vault's meta, records, other rows; and
 * records of others in it, by their proofs. */
VAULT_CHECKED enum vault_status vlt_verify_audit_meta(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_audit_planted(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_audit_records(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_audit_others(struct vlt_verify *v,
    struct vault_error *err);
/* Whether something of another vault lies in an audit pack: a log by its
 * origin, a note by the vault it names. It is judged with its records. */
bool vlt_audit_other_log(const struct vlt_verify *v, const char *origin,
    size_t len);
bool vlt_audit_other(const struct vlt_verify *v, const uint8_t vault[16]);
/* What nobody can know from it, before the lines of every file. */
void vlt_verify_audit_limits(struct vlt_verify *v);

/* What a `seal` or `take` line names is not in the file, or not as it says. */
VAULT_CHECKED enum vault_status vlt_say_missing(struct vlt_verify *v,
    struct vlt_id_seen *seen, const struct vlt_leaf *l,
    struct vault_error *err);
/* A line of the log names this row, and it is there once; *kind says what it
 * is called else. */
VAULT_CHECKED enum vault_status vlt_check_logged(const struct vlt_id_seen *i,
    const struct vlt_record_head *h, const uint8_t stmt[32], const char **kind,
    struct vault_error *err);

/* Whether to stop, for the store; ctx is the struct vlt_verify. */
int vlt_verify_interrupt(void *ctx);
/* With opt->key: the file itself, or the vault that a bundle is for. */
VAULT_CHECKED enum vault_status vlt_verify_unlock(struct vlt_verify *v,
    const char *path, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_unlock_other(struct vlt_verify *v,
    struct vault_error *err);

/* A bundle, line by line as section 9.3 says. v->v is the recipient's
 * unlocked vault, or NULL. */
VAULT_CHECKED enum vault_status vlt_verify_bundle(struct vlt_verify *v,
    const char *path, struct vault_error *err);

/* vault_verify of a file that another handle has the keys of. */
VAULT_CHECKED enum vault_status vlt_verify_file(const char *path,
    const struct vault *keys, const struct vault_verify_options *opt,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out, struct vault_error *err);

const struct vlt_seen_log *vlt_seen_log_find(const struct vlt_verify *v,
    uint64_t n);
/* Root of a seen log at an earlier size. */
VAULT_CHECKED enum vault_status vlt_seen_root(struct vlt_verify *v,
    const struct vlt_seen_log *log, uint64_t size, uint8_t out[32],
    struct vault_error *err);
/* Whether an own log has a leaf of this kind and subject. `id` may be NULL. */
VAULT_CHECKED enum vault_status vlt_seen_leaf(struct vlt_verify *v,
    const char *kind, const uint8_t *id, const uint8_t subject[32], bool *found,
    struct vault_error *err);

#endif
