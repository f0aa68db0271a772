/* SPDX-License-Identifier: Apache-2.0 */
/* handle.h: what a vault handle holds, locked and unlocked */
#ifndef VLT_HANDLE_H
#define VLT_HANDLE_H

#include <vault/vault.h>
#include "card.h"
#include "epoch_rows.h"
#include "log_rows.h"
#include "replica.h"
#include "rows.h"
#include "secret.h"
#include "session.h"
#include "slot.h"
#include "state.h"
#include "store.h"

enum { VLT_OPEN_EPOCHS = 16, VLT_SHUT_EPOCHS = 256 };

/* One of the vault's own logs, as its newest checkpoint tells it. */
struct vlt_own_log {
    uint64_t n;
    char origin[VLT_NAME_MAX + 1];
    struct vlt_replica replica;
    bool session;      /* a capture session: replica says what its note says */
    uint8_t device[8]; /* of a session */
    uint64_t size;
    uint8_t root[32];
    uint8_t checkpoint[32]; /* H(checkpoint text) */
    /* H of the note and of the newest checkpoint as they are stored, whose
     * signatures held */
    uint8_t note_hash[32];
    uint8_t point_hash[32];
};
struct vlt_own_logs {
    size_t n;
    struct vlt_own_log *log;
};

/* A generation of the vault's identity before the newest. */
struct vlt_past_card {
    struct vlt_card card;
    struct vlt_kemkey *kem; /* NULL: its SEED is held elsewhere */
};

/* An epoch whose secret is known. */
struct vlt_open_epoch {
    struct vlt_epoch epoch;
    struct vlt_e0 *e0;
};

struct vlt_onetime; /* onetime.h */

struct vault_key {
    struct vlt_guarded *pass;
    struct vlt_keyfile *keyfile;
    struct vlt_recovery *recovery; /* put together from shares */
    struct vault *hq;              /* unlocked; borrowed; its keys are tried */
};
/* What it offers to a slot, but for hq's keys; borrowed. */
struct vlt_offer vlt_key_offer(const struct vault_key *key);

struct vault {
    struct vlt_store *store;
    struct vault_options opt; /* strings are copies of our own */
    char *path;
    char *state_dir;
    char *actor;
    uint8_t id[16];

    /* unlocked: vmk != NULL */
    struct vlt_vmk *vmk;
    struct vlt_seed *seed;
    struct vlt_kemkey *kem;
    struct vlt_card card; /* newest generation */
    size_t pasts;         /* those before it, newest first */
    struct vlt_past_card *past;
    /* a capture file on its way in: the vault whose keys open it */
    const struct vault *keys;
    /* while others' files are received: what shares of a bundle opened;
     * borrowed */
    const struct vlt_onetime *once;
    uint8_t slot[16]; /* what opened it */
    bool older;       /* this machine remembers a later state */
    /* while a kit comes back after panic: these sets are not compared with
     * the log, which gets a new line about each in the same transaction */
    bool slots_lost;
    bool settings_lost;
    struct vlt_own_logs logs;
    int64_t data_version; /* the heads above were read at */
    /* by place in logs: states that the log being written names */
    struct {
        size_t n;
        struct vlt_joined_to {
            uint64_t n;
            uint8_t checkpoint[32];
        } * of;
    } joined;
    size_t open_epochs;
    size_t next_epoch; /* round robin */
    struct vlt_open_epoch open_epoch[VLT_OPEN_EPOCHS];
    /* epochs that do not open, so that nobody makes us try them for each
     * record, and how many wraps were tried in vain */
    size_t shut_epochs;
    uint8_t shut_epoch[VLT_SHUT_EPOCHS][16];
    uint64_t wraps_tried;

    /* the log this machine writes; log_n 0: begins with the next action */
    struct vlt_state state;
    uint64_t log_n;
    bool state_behind; /* the state file could not be replaced: warning */
    struct vault_error warning;
    /* what of the state is committed; an action that fails goes back to it */
    struct {
        uint64_t size;
        uint8_t root[32];
        uint32_t slots_gen;
        uint32_t settings_gen;
    } kept;
    /* the epoch being written, epoch.n 0: none yet */
    struct vlt_epoch epoch;
    struct vlt_e0 *e0;
    uint64_t epoch_time;
    uint32_t epoch_gen;  /* generation of the card it is sealed to */
    int64_t epoch_since; /* of the recipients it is sealed to besides */
    uint32_t next_i;
    struct vlt_compartment_set *compartments; /* compartment_set.h */

    /*
     * A capture file: seals to `card`, opens nothing; no vmk, seed, kem, e0.
     * state, log_n and epoch are those of the running session.
     */
    bool capture;
    struct vlt_session session; /* the running one, or the one drawn */
    struct vlt_step *step;      /* Ei for i = next_i */

    int64_t clock_known;  /* the latest time this log knows of; 0: none */
    bool extended;        /* holds what only a newer program may write beside */
    uint64_t staged_mark; /* newest segment at opening, if any was staged */
    bool staged_seen;     /* judged once */
    bool acting;          /* an action's transaction is open */
    struct vlt_fresh *fresh;       /* what it added, once that is asked */
    struct vlt_hidden_set *hidden; /* hidden.c */
    struct vlt_finder *finder;     /* of foreign rows, once one is asked for */
    struct vlt_heads *heads;       /* foreign_heads.c */
    uint64_t rows_opened;          /* of others, since the handle was opened */
    bool batch;
    bool batch_lost; /* a part of the batch failed and took it along */
    struct vault_sealer *sealer;
};

/*
 * Newest card and SEED under vmk, and the KEM keys of all generations before
 * it. Each must continue the one before. Needs a transaction; what the handle
 * had stays when it fails.
 *   VAULT_E_TAMPERED  a card, a seed or their match is not as written
 */
VAULT_CHECKED enum vault_status vlt_identity_load(struct vault *v,
    struct vault_error *err);
void vlt_past_clear(struct vault *v);
/* The own card of any generation; NULL when it is none. Borrowed. */
const struct vlt_card *vlt_own_card(const struct vault *v,
    const uint8_t fingerprint[32]);

/*
 * Read every own log's note and newest checkpoint; check note against the
 * card it names, checkpoint against the log key, the number of leaves, and
 * the root from nodes and right edge. Needs a transaction; works locked.
 *   VAULT_E_TAMPERED  any of these
 */
VAULT_CHECKED enum vault_status vlt_own_logs_load(struct vlt_store *s,
    const uint8_t vault[16], struct vlt_own_logs *out, struct vault_error *err);
/* The same when this process has read them before: the signatures of a note or
 * checkpoint whose bytes are the same are not checked once more; there may be
 * thousands. Leaves and roots are. */
VAULT_CHECKED enum vault_status vlt_own_logs_load_again(struct vlt_store *s,
    const uint8_t vault[16], const struct vlt_own_logs *known,
    struct vlt_own_logs *out, struct vault_error *err);
void vlt_own_logs_clear(struct vlt_own_logs *l);
/* Of one log whose origin and key are known: newest checkpoint, number of
 * leaves, root; sets size, root, checkpoint.   VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_own_log_head(struct vlt_store *s,
    struct vlt_own_log *log, struct vault_error *err);
/* A session note in the shape that all logs have. *out is to be cleared. */
VAULT_CHECKED enum vault_status vlt_session_as_replica(struct vlt_replica *out,
    const struct vlt_session *s, struct vault_error *err);
/* Whether an origin names this vault. */
bool vlt_origin_of(const uint8_t vault[16], const char *origin, size_t len);
/* NULL when there is none of that number. */
const struct vlt_own_log *vlt_own_log_find(const struct vlt_own_logs *l,
    uint64_t n);
/* Whether this leaf lies in its log's signed tree. */
VAULT_CHECKED enum vault_status vlt_own_leaf_check(struct vlt_store *s,
    const struct vlt_own_log *log, uint64_t idx, const struct vlt_leaf *leaf,
    struct vault_error *err);
/* Recompute a log's root from every leaf. VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_own_log_scan(struct vlt_store *s,
    const struct vlt_own_log *log, struct vault_error *err);

/*
 * The checks of docs/format.md "at unlock" after the MAC: heads, slot set
 * and settings set against their newest leaves, gens against the state.
 * Sets v->logs, v->log_n. Needs a transaction and an unlocked handle.
 */
VAULT_CHECKED enum vault_status vlt_heads_check(struct vault *v,
    struct vault_error *err);
/* Hash of the stored slots (gen from meta) and of the settings. */
/* What the newest line of a kind (slots, settings) over all of these logs
 * names, and its generation; the vault's identity is loaded.
 *   VAULT_E_TAMPERED  none does, or it does not open */
VAULT_CHECKED enum vault_status vlt_set_newest(struct vault *v,
    const struct vlt_own_logs *logs, const char *kind, uint32_t *gen,
    uint8_t subject[32], struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_slots_hash_now(struct vlt_store *s,
    uint8_t out[32], uint32_t *gen, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_settings_hash_now(struct vlt_store *s,
    uint8_t out[32], uint32_t *gen, struct vault_error *err);

/* The secret of a stored epoch: cache first, then the vault's own wrap; kept
 * for this handle. Borrowed. */
VAULT_CHECKED enum vault_status vlt_epoch_secret(struct vault *v,
    const uint8_t id[16], const struct vlt_open_epoch **out,
    struct vault_error *err);

/* E0 of one row, by its cache or by the vault's own wrap; the caller's. */
VAULT_CHECKED enum vault_status vlt_epoch_row_open(struct vault *v,
    const struct vlt_epoch_row *row, struct vlt_e0 **out,
    struct vault_error *err);

/* E0 by a wrap to any generation of this vault, the cache left aside. */
VAULT_CHECKED enum vault_status vlt_epoch_own_open(struct vault *v,
    const struct vlt_epoch *e, struct vlt_e0 **out, struct vault_error *err);
/* Forget every secret that vlt_epoch_secret keeps. */
void vlt_epochs_forget(struct vault *v);

/* State file: load (VAULT_OK with *found = false when there is none that
 * fits) and store. */
VAULT_CHECKED enum vault_status vlt_state_load(struct vault *v,
    struct vlt_state *out, bool *found, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_state_store(struct vault *v,
    struct vault_error *err);
/* Remove it: this machine's log of the vault ends. What is not there is
 * VAULT_OK. */
VAULT_CHECKED enum vault_status vlt_state_remove(struct vault *v,
    struct vault_error *err);

/* Read one event's fields. out is the caller's to clear. */
VAULT_CHECKED enum vault_status vlt_event_read(struct vault *v,
    const struct vlt_leaf_row *leaf, struct vlt_fields *out,
    struct vault_error *err);

/* A read snapshot on an unlocked handle whose heads are checked, again when
 * another connection has written since. */
VAULT_CHECKED enum vault_status vlt_read_begin(struct vault *v,
    struct vault_error *err);
/* VAULT_E_LOCKED unless unlocked. */
VAULT_CHECKED enum vault_status vlt_need_unlocked(const struct vault *v,
    struct vault_error *err);
/* Whether it can be sealed to: unlocked, or a capture file. */
VAULT_CHECKED enum vault_status vlt_need_writer(const struct vault *v,
    struct vault_error *err);
/* VAULT_E_USAGE for a capture file. */
VAULT_CHECKED enum vault_status vlt_need_vault(const struct vault *v,
    struct vault_error *err);
/* VAULT_E_NEWER when the vault holds an extension that must be understood
 * by whoever writes (`ext` rows whose key begins with `!`). */
VAULT_CHECKED enum vault_status vlt_need_plain(const struct vault *v,
    struct vault_error *err);
/* Seconds since 1970 by the clock of the handle's options. */
int64_t vlt_now(const struct vault *v);
/* Make the handle and its store; shared by vault_open and vault_create. */
VAULT_CHECKED enum vault_status vlt_handle_new(const char *path,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err);
struct vlt_store_options vlt_handle_store_options(struct vault *v,
    enum vlt_store_mode mode);
/* Tell the caller's progress; false when it asks to stop. */
bool vlt_progress(const struct vault_options *o, uint64_t done, uint64_t total,
    bool things);

#endif
