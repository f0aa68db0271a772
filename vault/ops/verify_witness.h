/* SPDX-License-Identifier: Apache-2.0 */
/* verify_witness.h: what witnesses signed of the logs in a file */
#ifndef VLT_VERIFY_WITNESS_H
#define VLT_VERIFY_WITNESS_H

#include "policy.h"
#include "verify.h"

/* Where a witness's key is known from. */
enum vlt_wit_from {
    VLT_WIT_GIVEN,
    VLT_WIT_POLICY,
    VLT_WIT_PINNED, /* in the vault that is unlocked, and compared */
    VLT_WIT_DOUBTED /* likewise, and never compared */
};

/* A key whose cosignatures can be checked here. */
struct vlt_wit_key {
    struct vlt_vkey vkey;
    size_t node; /* of the policy; VLT_POLICY_NONE */
    enum vlt_wit_from from;
    char shown[VLT_NAME_MAX + 1]; /* the policy's name for it, or the key's */
    /* of the log on the way: its newest cosignature */
    uint64_t lines, size;
    int64_t time;
};

struct vlt_wit_state {
    char origin[VLT_NAME_MAX + 1];
    uint64_t size;
    uint8_t root[32];
};

/* What the caller gave, made ready; vlt_verify has one, or NULL. */
struct vlt_wit {
    struct vlt_policy policy;
    bool has_policy;
    bool own_policy; /* it is the vault's own, nobody asked for it here */
    size_t keys;
    struct vlt_wit_key *key;
    bool *held;   /* by nodes of the policy, of the checkpoint on the way */
    bool again;   /* lines that were looked at before */
    int64_t now;  /* by this machine's clock */
    size_t cards; /* that are given: whose `witnessed` texts can be checked */
    struct vlt_card *card;
    /* states that stand alone */
    size_t states, states_room;
    struct vlt_wit_state *state;
    uint64_t held_all, unknown_all, untimed;
    int64_t time_all;
};
/*
 * Read policy, keys and cards of v->opt. Nothing was judged yet.
 *   VAULT_E_USAGE  one of them is malformed; the message says which line
 */
VAULT_CHECKED enum vault_status vlt_wit_begin(struct vlt_verify *v,
    struct vault_error *err);
void vlt_wit_end(struct vlt_verify *v);
/* Another key; known ones stay as they are. `name`: what it is called here, or
 * NULL. */
VAULT_CHECKED enum vault_status vlt_wit_key_add(struct vlt_wit *w,
    const struct vlt_vkey *k, enum vlt_wit_from from, const char *name,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_wit_policy_add(struct vlt_wit *w,
    const char *text, enum vlt_wit_from from, struct vault_error *err);
/* When neither policy nor keys were given: what v->v, unlocked, has pinned.
 * Within a read transaction of its store. */
VAULT_CHECKED enum vault_status vlt_wit_pinned(struct vlt_verify *v,
    struct vault_error *err);

/*
 * The signature lines of one checkpoint, whose own signature by `key` (the
 * log's) holds. A signature of a known key that does not hold makes the
 * checkpoint worth nothing here, as C2SP signed-note has it: `bad` names that
 * key, and nothing else of it counts. Cosignatures of the vault's own witness
 * key, or by the log's key, count for nothing.
 */
struct vlt_wit_point {
    uint64_t size;
    uint8_t root[32];
    size_t held;    /* cosignatures that hold */
    size_t unknown; /* signature lines of keys that are not known here */
    size_t self;    /* of this vault's own witness */
    size_t future;  /* that hold, and whose time is still to come */
    size_t early;   /* of a time before there was such a log: none counts */
    int64_t time;   /* the earliest that holds; -1: none */
    bool quorum;    /* the policy's quorum is reached; false without one */
    const struct vlt_wit_key *bad;
};
VAULT_CHECKED enum vault_status vlt_wit_lines(struct vlt_verify *v,
    const char *origin, const uint8_t key[32], const char *note, size_t len,
    struct vlt_wit_point *out, struct vault_error *err);

/* Say what the policy asks that this checkpoint lacks: one line for each group
 * (or witness) of it. The last vlt_wit_lines was of this checkpoint. */
void vlt_wit_say_lacking(struct vlt_verify *v, const char *origin);

/* What is found of one log, and the lines about it. */
struct vlt_wit_said {
    uint64_t held, unknown, self, future, early;
    uint64_t bad, bad_size; /* checkpoints worth nothing, the first of them */
    const char *bad_name;
};
void vlt_wit_count(struct vlt_wit_said *said, const struct vlt_wit_point *p);
/* With a line for each key that signed for it since the last call. */
void vlt_wit_say_lines(struct vlt_verify *v, const char *origin,
    const struct vlt_wit_said *said);
/* What is said once of a file: of its policy; of what no one can know. */
void vlt_wit_say_policy(struct vlt_verify *v);
void vlt_wit_say_limits(struct vlt_verify *v, uint64_t held, uint64_t unknown);
/* Whether a log is one that the policy takes; a line when it names logs. */
bool vlt_wit_say_named(struct vlt_verify *v, const char *origin,
    const uint8_t key[32]);

/*
 * A state of a log that stands alone, without its leaves (in a disclosure, a
 * proof, a bundle), and is signed by `key`: its lines; and at the end, those
 * about all of them.
 */
VAULT_CHECKED enum vault_status vlt_wit_alone(struct vlt_verify *v,
    const char *origin, const uint8_t key[32], const char *note, size_t len,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_wit_alone_end(struct vlt_verify *v,
    struct vault_error *err);

/* The same for every state in a bundle by which something is proved. */
struct vlt_bundle;
VAULT_CHECKED enum vault_status vlt_verify_bundle_witness(struct vlt_verify *v,
    struct vlt_bundle *b, struct vault_error *err);

/* What witnesses say they have seen of this vault's logs (`witnessed`),
 * against the logs here or the states that stood alone. */
VAULT_CHECKED enum vault_status vlt_verify_witnessed(struct vlt_verify *v,
    struct vault_error *err);

/* The key that a `log` line of the policy has for this origin, or false. */
bool vlt_wit_log_key(const struct vlt_verify *v, const char *origin,
    uint8_t out[32]);

#endif
