/* SPDX-License-Identifier: Apache-2.0 */
/* vault/witness.h: countersigning other people's logs, and having one's own
 * countersigned */
#ifndef VAULT_WITNESS_H
#define VAULT_WITNESS_H

#include <vault/cards.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A witness looks at the states of a log one after the other and countersigns
 * each that only adds to the one before. Who shows a second history of that
 * log to somebody else needs the witness's help then. What is signed: this
 * state, this time by the witness's clock, and that it follows from what the
 * witness signed before. It says nothing about what stands in the log.
 *
 * All of it is text that goes over any channel. docs/format.md, section 7.5;
 * the texts are those of C2SP tlog-witness and tlog-cosignature, so other
 * witnesses and logs can be talked to as well.
 *
 * Functions need an unlocked vault where nothing else is said. Strings and
 * texts given to callbacks are borrowed for the call, and untrusted.
 */
enum {
    VAULT_VKEY = 192, /* with the final 0 */
    VAULT_KEY_NAME = 129,
    VAULT_WITNESS_TEXT = 4 * 1024 * 1024, /* of what is read at most */
    VAULT_WITNESS_REQUESTS = 1024,        /* in one text at most */
    VAULT_WITNESSES = 32,                 /* that are pinned at most */
    VAULT_WITNESSED_LOGS = 500            /* of one vault at most */
};

/* A key by which countersignatures are checked: a C2SP vkey of type 04. What
 * people compare is the hash of that text, in the two forms of a card's. */
struct vault_witness_key {
    char vkey[VAULT_VKEY];
    char name[VAULT_KEY_NAME]; /* within the vkey */
    uint8_t hash[VAULT_HASH];
    char letters[VAULT_FINGERPRINT];
    char digits[VAULT_FINGERPRINT_DIGITS];
};
/* Works without a vault; white space around it does not matter.
 *   VAULT_E_FORMAT  no such key
 *   VAULT_E_NEWER   a verifier key of another type */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_key_read(const char *p,
    size_t n, struct vault_witness_key *out, struct vault_error *err);

/* ------------------------------------------------------ being a witness */

/*
 * This vault's own key (that of its newest card), and whether this machine is
 * the one that signs with it. Nothing is changed.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_own(struct vault *v,
    struct vault_witness_key *out, bool *begun, bool *here,
    struct vault_error *err);
/*
 * From now on this machine signs [settings]. Of copies of a vault only one may:
 * two that do not know of each other's signatures could be shown two histories
 * of one log. `move`: it was another machine before, or another copy of this
 * file; whoever says so has brought the newest file along.
 *   VAULT_E_POLICY  another machine signs, and not `move`; or the vault is
 *                   older than this machine remembers
 *   VAULT_E_USAGE   without a state file this machine cannot be told again
 */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_begin(struct vault *v,
    bool move, bool *changed, struct vault_error *err);

/* What became of one request. */
enum vault_judged {
    VAULT_JUDGED_SIGNED,
    VAULT_JUDGED_OLD,     /* another size was signed last: `kept` */
    VAULT_JUDGED_SHRUNK,  /* fewer entries than were signed before */
    VAULT_JUDGED_FORK,    /* another state of a size that was signed before */
    VAULT_JUDGED_UNKNOWN, /* no log that this vault may sign for */
    VAULT_JUDGED_FORGED,  /* not signed by the log's key */
    VAULT_JUDGED_BAD      /* contradicts itself, or its proof does not lead */
};
struct vault_judged_result {
    enum vault_judged what;
    const char *origin;
    uint64_t size;
    uint64_t old;  /* what the request says was signed last */
    uint64_t kept; /* what is known here: size, 0 for a log not seen before */
    const char *name; /* of the pinned card, "" without one */
    bool first;       /* signed for the first time */
    /* signed: the signature line; OLD, SHRUNK: a line `old N ORIGIN` that the
     * other side understands; else NULL. To be given back, LF included. */
    const char *answer;
    size_t answer_len;
    const struct vault_error *why; /* not signed: in words */
    /* FORK: the state that was signed before, as the log had signed it: with
     * the one asked for it is proof against the log's key; else NULL */
    const char *before;
    size_t before_len;
};
/*
 * Judge every request in a text (with the notes that introduce logs), store
 * what is going to be signed [settings], and only then sign. Requests that are
 * refused leave the others alone. fn is called for each in order, after the
 * store succeeded.
 *   VAULT_E_FORMAT  the text holds no request, or something else
 *   VAULT_E_LIMIT   more than VAULT_WITNESS_TEXT or VAULT_WITNESS_REQUESTS
 *   VAULT_E_POLICY  this machine is not the one that signs
 *                   (vault_witness_begin), the vault is older than this
 *                   machine remembers, or its clock is in doubt
 */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_sign(struct vault *v,
    const char *p, size_t n,
    int (*fn)(void *ctx, const struct vault_judged_result *r), void *ctx,
    struct vault_error *err);

/* A log that was signed for. */
struct vault_seen_log {
    uint8_t vault[VAULT_ID];
    const char *name; /* of that vault's pinned card, "" without one */
    const char *origin;
    uint64_t size;
    uint8_t root[VAULT_HASH];
    int64_t time;     /* when that was signed */
    const char *note; /* the state as its log signed it */
    size_t note_len;
};
VAULT_API VAULT_CHECKED enum vault_status vault_witness_seen(struct vault *v,
    int (*fn)(void *ctx, const struct vault_seen_log *l), void *ctx,
    struct vault_error *err);
/* The signed text that says which logs of one vault were seen: none is an
 * answer as well. fn is called once.   VAULT_E_LIMIT */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_tell(struct vault *v,
    const uint8_t vault[VAULT_ID],
    int (*fn)(void *ctx, const char *note, size_t len), void *ctx,
    struct vault_error *err);

/* --------------------------------------------------- one's own witnesses */

struct vault_witness {
    const char *name; /* local */
    struct vault_witness_key key;
    bool compared;  /* a person compared the key */
    int64_t pinned; /* when */
    /* what of this vault's logs it countersigned, as it is stored here and
     * holds: logs, the newest time, -1 for none */
    uint64_t logs;
    int64_t time;
};
/*
 * Pin a witness's key under a local name of one word [settings], confirm one
 * that is pinned, or put a new key in place of the one of that name: `replace`.
 *   VAULT_E_USAGE   the name is none; `none` is taken
 *   VAULT_E_EXISTS  the name has another key, or the key another name
 *   VAULT_E_LIMIT   more than VAULT_WITNESSES
 */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_pin(struct vault *v,
    const char *name, const struct vault_witness_key *key, bool compared,
    bool replace, bool *changed, struct vault_error *err);
/*   VAULT_E_NOT_FOUND
 *   VAULT_E_USAGE  fewer would be left than the quorum needs */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_unpin(struct vault *v,
    const char *name, struct vault_error *err);
/* How many of the pinned ones are enough [settings]; 0: none are asked for. It
 * is kept as the text of vault_witness_policy.
 *   VAULT_E_USAGE  more than are pinned */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_quorum(struct vault *v,
    uint32_t k, struct vault_error *err);
/* The policy as C2SP tlog-policy has it, for whoever verifies (verify
 * --policy): the pinned witnesses, and how many are enough. fn is called once.
 *   VAULT_E_NOT_FOUND  no witness is pinned */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_policy(struct vault *v,
    int (*fn)(void *ctx, const char *text, size_t len), void *ctx,
    struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_witnesses(struct vault *v,
    int (*fn)(void *ctx, const struct vault_witness *w), void *ctx,
    struct vault_error *err);

/*
 * A request to the witness of that name: each log of this vault whose newest
 * state no other log names (those it names are covered by it), or `all`; those
 * that the witness has signed to the end are left out. The states asked for are
 * kept in the vault until the answer comes. fn is called once with all texts,
 * or not at all when *logs is 0.
 */
struct vault_ask_options {
    bool all;
    bool has_old;
    uint64_t old;       /* what the witness says it has signed last ... */
    const char *origin; /* ... of this log; NULL: there is only one to ask for;
                         * without has_old: ask for this log alone */
};
/*   VAULT_E_NOT_FOUND  no such witness, no such log
 *   VAULT_E_USAGE      `old` fits no log that is asked for
 *   VAULT_E_POLICY     the witness has signed more entries than there are: this
 *                      vault is an older copy
 *   VAULT_E_LIMIT      more than VAULT_WITNESS_TEXT, or more logs than a
 *                      witness signs for (VAULT_WITNESSED_LOGS) */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_ask(struct vault *v,
    const char *name, const struct vault_ask_options *o,
    int (*fn)(void *ctx, const char *text, size_t len), void *ctx,
    uint64_t *logs, struct vault_error *err);

enum vault_line {
    VAULT_LINE_TAKEN,    /* stored under its state */
    VAULT_LINE_HAD,      /* it stood there already */
    VAULT_LINE_OLD,      /* not signed: it has signed up to `size` */
    VAULT_LINE_STRANGER, /* by a key that is not pinned */
    VAULT_LINE_STRAY,    /* by a pinned key, for no state that is here */
    VAULT_LINE_CLOCK     /* of a time before there was such a log */
};
struct vault_line_result {
    enum vault_line what;
    const char *witness; /* local name; STRANGER: the key's own name */
    bool compared;
    const char *origin; /* "" for STRANGER, STRAY and CLOCK */
    uint64_t size;
    int64_t time; /* what the witness signed; -1 */
};
/*
 * Put what witnesses answered under the states they signed [no line in the
 * log]. Also whole checkpoints, whose lines are looked at one by one. Lines of
 * keys that are not pinned are not taken. fn is called for each line.
 *   VAULT_E_FORMAT  it holds no answer, or something else
 *   VAULT_E_LIMIT   more than VAULT_WITNESS_TEXT, or four times
 *                   VAULT_WITNESS_REQUESTS lines */
VAULT_API VAULT_CHECKED enum vault_status vault_witness_take(struct vault *v,
    const char *p, size_t n,
    int (*fn)(void *ctx, const struct vault_line_result *r), void *ctx,
    struct vault_error *err);

/*
 * Lines under the stored states of the vault's own logs, the newest of each
 * key: how much of a log is countersigned, by whom. Works locked: `held` is
 * true only where the key is pinned here, the vault is unlocked, and the
 * signature holds; else nothing was checked.
 */
struct vault_cosigned {
    const char *origin;
    uint64_t size;    /* entries it covers */
    uint64_t of;      /* of so many */
    const char *key;  /* the name in the line */
    const char *name; /* local name of the witness, "" when not known */
    bool held, compared;
    int64_t time; /* what the witness signed, as far as `held`; -1 */
};
VAULT_API VAULT_CHECKED enum vault_status vault_cosigned(struct vault *v,
    int (*fn)(void *ctx, const struct vault_cosigned *c), void *ctx,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
