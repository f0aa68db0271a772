/* SPDX-License-Identifier: Apache-2.0 */
/* share.h: records for other vaults, sealed to their cards */
#ifndef VAULT_SHARE_H
#define VAULT_SHARE_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A bundle is a file for one or more other vaults (docs/format.md, bundle).
 * Records in it keep their ciphertext and their statement, so that everybody
 * who has them can compare; each gets a new wrap that only the recipients
 * open. Whoever finds the file learns the sender's card and how much there
 * is, not who it is for; in the courier wrap, the default, he learns neither.
 * Recipients do not see each other.
 *
 *     begin, to (each recipient), add..., plan, commit or abort.
 *
 * One at a time per handle, on an unlocked vault. Until the commit nothing is
 * written anywhere.
 */
struct vault_share;

/* How well the card of a recipient is known. */
enum vault_share_pin {
    VAULT_SHARE_KNOWN,     /* a person compared its fingerprint */
    VAULT_SHARE_CONTINUES, /* follows one that was compared */
    VAULT_SHARE_UNKNOWN    /* kept, never compared */
};
struct vault_share_recipient {
    const char *name; /* the one it is pinned under; borrowed from the share */
    char fingerprint[VAULT_FINGERPRINT];
    enum vault_share_pin pin;
};

/* Why a record that was asked for does not go along. */
enum vault_share_left {
    VAULT_SHARE_HAD,    /* each recipient has it already */
    VAULT_SHARE_HIDDEN, /* its origin asked not to pass it on */
    VAULT_SHARE_BARE,   /* none of the fields that are to be shown */
    VAULT_SHARE_BROKEN, /* it cannot be opened or does not hold */
    VAULT_SHARE_AWAY    /* sealed to a compartment that not all of them are in
                           (compartments.h), or only a part was asked for */
};

struct vault_share_options {
    /* Cards that nobody has compared with their owner are taken too. One
     * that was revoked, or that has two successors, never is. */
    bool allow_unconfirmed;
    /*
     * Fields to show, and to withhold: a name stands for itself and for what
     * is below it (`name` for name.given too). `only_n` 0: all. `type` is
     * always shown, since nobody could list the record without it, and
     * `time.sealed` unless `without` names it. Withheld fields stay so: their
     * hashes are in the statement, salted. A name in `without` that none of
     * the records has is refused by the commit: a slip of the pen would give
     * away what was to be withheld.
     */
    const char *const *only;
    size_t only_n;
    const char *const *without;
    size_t without_n;
    /* What the recipients are told; NULL: nothing. UTF-8. */
    const char *letter;
    const char *purpose;
    const char *limits;
    const char *reply;
    bool name_recipients; /* tell them who else got it */
    /* Why, for the log: what consent did not cover. May be NULL. */
    const char *reason;
    bool plain_container; /* NAME.bundle, not NAME.bundle.age */
    /* Of the courier wrap: a passphrase in place of the recipients' keys;
     * NULL: none. Copied. */
    const void *passphrase;
    size_t passphrase_len;
    bool minisig; /* NAME....minisig beside it: names the sender to whoever
                     sees it */
    /* Each record that is left out. Must not use the handle. May be NULL. */
    void (*left)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        enum vault_share_left why, const struct vault_error *err);
    void *ctx;
};

/*
 * Everything in o is copied but the callback's ctx.
 *   VAULT_E_LOCKED
 *   VAULT_E_USAGE   a field name is none; `without` names `type`
 */
VAULT_API VAULT_CHECKED enum vault_status vault_share_begin(struct vault *v,
    const struct vault_share_options *o, struct vault_share **out,
    struct vault_error *err);
/* Throw it away; NULL is fine. */
VAULT_API void vault_share_abort(struct vault_share *s);

/*
 * A recipient by the name its card is pinned under. All of them come before
 * the first record.
 *   VAULT_E_NOT_FOUND  no card is pinned under it
 *   VAULT_E_EXISTS     it is among them already
 *   VAULT_E_POLICY     revoked, refused, or not compared yet; see the message
 */
VAULT_API VAULT_CHECKED enum vault_status vault_share_to(struct vault_share *s,
    const char *name, struct vault_error *err);
VAULT_API size_t vault_share_recipients(const struct vault_share *s);
VAULT_API void vault_share_recipient(const struct vault_share *s, size_t i,
    struct vault_share_recipient *out);

/*
 * One record: this version, or with 0 the current one (of a conflict each).
 * Twice is once. That the recipients had it before does not matter.
 *   VAULT_E_NOT_FOUND  no such record or version, withdrawn, or hidden
 *   VAULT_E_NO_KEY, VAULT_E_TAMPERED  it cannot be opened or does not hold
 *   VAULT_E_POLICY     sealed to a compartment that this vault is not in, and
 *                      that not every recipient is in: only its members can
 *                      share it with others
 */
VAULT_API VAULT_CHECKED enum vault_status vault_share_add(struct vault_share *s,
    const uint8_t id[VAULT_ID], uint32_t version, struct vault_error *err);
/*
 * What vault_list gives for these options (NULL: everything); unless `again`,
 * only what is new: not given whole to each recipient before, not theirs, and
 * not received from them. Every record is opened (options.walk). What cannot
 * be opened is left out and told.
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_share_add_list(struct vault_share *s,
    const struct vault_list_options *opt, bool again, struct vault_error *err);

/* What is in it so far, in no particular order; stops when fn answers not 0
 * (VAULT_E_CANCELLED). fn may use the handle to read. */
struct vault_share_record {
    uint8_t id[VAULT_ID];
    uint32_t version;
    uint8_t statement[VAULT_HASH];
    bool
        part; /* only some fields of it, by choice or because no more is here */
    bool away; /* nobody here can open it; each recipient can */
};
VAULT_API VAULT_CHECKED enum vault_status
vault_share_each(const struct vault_share *s,
    int (*fn)(void *ctx, const struct vault_share_record *r), void *ctx,
    struct vault_error *err);
/* Take one out again, for whoever judged it. VAULT_E_NOT_FOUND */
VAULT_API VAULT_CHECKED enum vault_status vault_share_remove(struct vault_share
                                                                 *s,
    const uint8_t statement[VAULT_HASH], struct vault_error *err);

struct vault_share_plan {
    uint64_t whole;     /* record versions */
    uint64_t part;      /* of these only some fields go along */
    uint64_t heads;     /* earlier versions that they name: hashes only */
    uint64_t originals; /* sealed originals that go along */
    uint64_t bytes;     /* about, of the container */
    uint64_t had;       /* left out: see enum vault_share_left */
    uint64_t hidden;
    uint64_t bare;
    uint64_t broken;
    uint64_t away;
};
VAULT_API void vault_share_plan(const struct vault_share *s,
    struct vault_share_plan *out);

struct vault_shared {
    uint8_t bundle[VAULT_ID]; /* its id, which receipts name */
    uint8_t text[VAULT_HASH]; /* H(bundle text): subject of the line `share` */
    uint64_t records;         /* whole and in part */
    uint64_t bytes;           /* of the file */
    char *path;               /* where it lies; the caller frees */
    char *minisig;            /* likewise, or NULL */
    char minisign_key[64];    /* for `minisign -V -P`, "" without minisig */
};
/*
 * Write the file to `dest` with the ending of its kind (.bundle, .bundle.age,
 * unless it has it), note what was given to whom, and the line `share`. Frees
 * s, whatever the outcome.
 *
 * The file lies complete under a temporary name before the vault is changed,
 * and gets its name afterwards; nothing is ever overwritten. When the last
 * step fails, or the machine dies before it, the vault says that it was
 * shared and no file is there: share the same records again by their ids, or
 * with `again`.
 *   VAULT_E_EXISTS     something has that name
 *   VAULT_E_USAGE      no recipient, or no record; a field to be withheld that
 *                      none of the records has
 *   VAULT_E_NOT_FOUND  a record was withdrawn meanwhile
 *   VAULT_E_TAMPERED   a stored record does not hold; err says which
 *   VAULT_E_BUSY       another program changed the vault since the first add
 *   VAULT_E_CANCELLED, VAULT_E_LIMIT (more than 1,048,576
 *   records, earlier versions counted)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_share_commit(struct vault_share
                                                                 *s,
    const char *dest, struct vault_shared *out, struct vault_error *err);

#ifdef __cplusplus
}
#endif
#endif
