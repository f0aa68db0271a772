/* SPDX-License-Identifier: Apache-2.0 */
/* vault.h: everything a program may ask of an evidence vault */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>
#include <vault/evidence.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A vault is one file. Whoever opens it without a secret sees its shape and
 * can verify it (vault_verify); whoever unlocks it can read, seal and change
 * the ways to unlock. The library never prints, never asks and never exits:
 * progress comes by callback, failures as a status with a `struct
 * vault_error`.
 *
 * Ownership: what a function gives through a `**out` is the caller's and is
 * released by the function named with it; strings and bytes inside structs
 * given to callbacks or by accessors are borrowed and live as long as it says
 * there. Sizes are bytes, times seconds since 1970 UTC, paths and texts UTF-8
 * with a closing 0 unless a length goes with them.
 *
 * Threads: one handle belongs to one thread at a time; different handles do
 * not share state.
 *
 * Any function may answer VAULT_E_MEMORY, VAULT_E_IO (the disk) and
 * VAULT_E_INTERNAL; the comments name what else to expect.
 */

enum { VAULT_ID = 16, VAULT_HASH = 32, VAULT_FINGERPRINT = 40 };

/* ------------------------------------------------------------ versions */

struct vault_versions {
    const char *sanduq;
    const char *libsodium;
    const char *sqlite;
    const char *zstd;
    const char *utf8proc;
    int format;         /* user_version written; 0 is the draft */
    const char *sha256; /* "libsodium" or the instruction set in use */
};
VAULT_API const char *vault_version(void);
VAULT_API void vault_versions(struct vault_versions *out);

/* --------------------------------------------------------------- hashes */

/* For manifests of what leaves a vault or comes to one, to compare a file with
 * what a record says, and to ask vault_find_content. */
enum vault_hash_kind { VAULT_SHA256 = 32, VAULT_SHA512 = 64 }; /* bytes */
struct vault_hash;
/* NULL without memory. */
VAULT_API struct vault_hash *vault_hash_new(enum vault_hash_kind kind);
VAULT_API void vault_hash_update(struct vault_hash *h, const void *p, size_t n);
/* Writes `kind` bytes and begins anew. */
VAULT_API void vault_hash_final(struct vault_hash *h, uint8_t *out);
VAULT_API void vault_hash_free(struct vault_hash *h); /* wipes */

/* ------------------------------------------------- what opens a vault */

/* A passphrase, a key file, or both, held in guarded memory. */
struct vault_key;
VAULT_API struct vault_key *vault_key_new(void);
VAULT_API void vault_key_free(struct vault_key *key);
/*
 * Set the passphrase: n bytes, brought to Unicode form NFC. The caller wipes
 * its own copy.   VAULT_E_LIMIT  empty or longer than 4096 bytes
 */
VAULT_API VAULT_CHECKED enum vault_status vault_key_passphrase(struct vault_key
                                                                   *key,
    const void *p, size_t n, struct vault_error *err);
/* Read a key file. VAULT_E_NOT_FOUND; VAULT_E_SECRET  not a key file that
 * this program made. */
VAULT_API VAULT_CHECKED enum vault_status vault_key_file(struct vault_key *key,
    const char *path, struct vault_error *err);
/* Make a key file with fresh random bytes. VAULT_E_EXISTS */
VAULT_API VAULT_CHECKED enum vault_status vault_keyfile_create(const char *path,
    struct vault_error *err);
/*
 * Draw a passphrase: 24 digits in six groups of four (79.7 bits), typable on
 * every keyboard. out has 30 bytes; the caller wipes it.
 */
VAULT_API void vault_passphrase_generate(char out[30]);

/* What unlocking costs an attacker and the user: Argon2id, p = 1. */
struct vault_cost {
    uint32_t passes;
    uint32_t memory_kib;
};
enum vault_cost_level {
    VAULT_COST_STANDARD,
    VAULT_COST_STRONG,
    VAULT_COST_FLOOR
};
/* The cost of a level on this machine (docs/format.md, Argon2). */
VAULT_API struct vault_cost vault_cost(enum vault_cost_level level);

/* ---------------------------------------------------- opening, closing */

/*
 * What a person says of this machine's clock. Unsaid, it is doubted when it
 * stands before a time that the vault knows, before 2026 or after 2099; then
 * what is sealed is marked so (fields `time.doubt`, `time.known`).
 */
enum vault_clock {
    VAULT_CLOCK_UNSAID,
    VAULT_CLOCK_RIGHT,   /* compared with another one: no mark, and earlier
                            times of the log are held against it no more */
    VAULT_CLOCK_DOUBTFUL /* marked in any case */
};

struct vault_progress {
    uint64_t done;  /* bytes, or things when `things` */
    uint64_t total; /* 0 when unknown */
    bool things;
};
struct vault_options {
    /* Folder of the state files; NULL: the user's own (docs/format.md). */
    const char *state_dir;
    /* Keep no state file: a new replica for this handle only. */
    bool no_state;
    /* How long to wait for another writer; 0: 5000 ms. */
    unsigned busy_ms;
    /* Who acts, as a claim in custody events; NULL: none is recorded. */
    const char *actor;
    /* Called now and then; another answer than 0 stops the work, which
     * then ends with VAULT_E_CANCELLED and leaves the vault whole. Must not
     * use the handle. */
    int (*progress)(void *ctx, const struct vault_progress *p);
    void *ctx;
    /* Seconds since 1970; NULL: the machine's clock. */
    int64_t (*clock)(void *ctx);
    enum vault_clock clock_said;
};

struct vault;
/*
 * Make a vault at `path` with its identity and its log, and one way to
 * unlock: the key's. The handle is unlocked. The file appears under its name
 * only when complete.
 *   VAULT_E_EXISTS  something of that name is there; it was not touched
 *   VAULT_E_USAGE   the key holds nothing
 */
VAULT_API VAULT_CHECKED enum vault_status vault_create(const char *path,
    const struct vault_key *key, const struct vault_cost *cost,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err);
/*
 * The same with its capture file at `capture`, in the same folder: both or
 * none. What an earlier making under these names left when it was ended by
 * force is cleared first, never a file that something was sealed to: when
 * there is one whose vault was still without a name, that vault gets its name.
 *   VAULT_E_EXISTS  something has one of the names; see the message
 */
VAULT_API VAULT_CHECKED enum vault_status vault_create_with_capture(const char
                                                                        *path,
    const char *capture, const struct vault_key *key,
    const struct vault_cost *cost, const struct vault_options *opt,
    struct vault **out, struct vault_error *err);
/*
 * Open a vault, locked. Checks the file's header and exact schema; the rest
 * is checked when it is used, and by vault_unlock.
 *   VAULT_E_NOT_FOUND, VAULT_E_FORMAT (not a vault), VAULT_E_NEWER,
 *   VAULT_E_TAMPERED (a vault's file whose structure was changed)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_open(const char *path,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err);
/* Locks, wipes, closes; leaves one file. NULL is fine. */
VAULT_API void vault_close(struct vault *v);

/*
 * Unlock with `key`, trying the slots of its kind, or only `slot` (16 bytes)
 * when not NULL. Afterwards everything that a seizure could have changed is
 * checked: slot set, own card, newest checkpoint, settings, and the state
 * file's memory.
 *   VAULT_E_SECRET    no slot opens with it
 *   VAULT_E_NO_KEY    there is no slot of that kind
 *   VAULT_E_SLOT      a slot is damaged, or its cost is outside the bounds
 *   VAULT_E_LIMIT     too costly together: name the slot
 *   VAULT_E_TAMPERED  changed outside this program; the handle stays locked
 */
VAULT_API VAULT_CHECKED enum vault_status vault_unlock(struct vault *v,
    const struct vault_key *key, const uint8_t *slot, struct vault_error *err);
VAULT_API bool vault_unlocked(const struct vault *v);
VAULT_API void vault_lock(struct vault *v);
/*
 * After a change that succeeded: what the caller should tell the user all
 * the same, or NULL. So far one thing: the change is stored in the vault, but
 * this machine's state file could not be replaced. Borrowed from v.
 */
VAULT_API const struct vault_error *vault_warning(const struct vault *v);

struct vault_info {
    const char *kind; /* "vault" */
    int format;       /* user_version */
    uint8_t id[VAULT_ID];
    uint32_t generation;
    char fingerprint[VAULT_FINGERPRINT]; /* of the newest card */
    int64_t created;                     /* -1: not known without a secret */
    uint64_t file_bytes;
    uint64_t versions;   /* record versions of its own present */
    uint64_t foreign;    /* rows of others' records, each sealed once more */
    uint64_t withdrawn;  /* withdraw leaves */
    uint64_t body_bytes; /* sealed */
    uint32_t slots;
    uint32_t logs;
    uint64_t leaves;
    char origin[129]; /* of the log with the highest number */
    uint64_t size;    /* of its newest checkpoint */
    uint8_t root[VAULT_HASH];
    bool older; /* once unlocked: this machine remembers a later state of
                   the vault than this file holds */
};
/* Works locked. VAULT_E_TAMPERED when what it reads is malformed. */
VAULT_API VAULT_CHECKED enum vault_status vault_info(struct vault *v,
    struct vault_info *out, struct vault_error *err);

/* ------------------------------------------------------ ways to unlock */

enum vault_slot_kind {
    VAULT_SLOT_PASSPHRASE = 1,
    VAULT_SLOT_KEYFILE = 2,
    VAULT_SLOT_BOTH = 3,
    VAULT_SLOT_RECOVERY = 4,
    VAULT_SLOT_IDENTITY = 5
};
struct vault_slot {
    uint8_t id[VAULT_ID];
    enum vault_slot_kind kind;
    struct vault_cost cost;
    bool cost_ok; /* within the bounds */
    bool opened;  /* this one unlocked the handle */
};
/* Works locked; ascending by id. Stops when fn answers not 0
 * (VAULT_E_CANCELLED). */
VAULT_API VAULT_CHECKED enum vault_status vault_slots(struct vault *v,
    int (*fn)(void *ctx, const struct vault_slot *slot), void *ctx,
    struct vault_error *err);
/*
 * Add, exchange or remove a way to unlock. Unlocked handles only. Copies of
 * the file made before still open the old way.
 *   VAULT_E_LOCKED, VAULT_E_NOT_FOUND, VAULT_E_BUSY
 *   VAULT_E_USAGE   removing the last slot
 *   VAULT_E_LIMIT   32 slots are there already
 */
VAULT_API VAULT_CHECKED enum vault_status vault_slot_add(struct vault *v,
    const struct vault_key *key, const struct vault_cost *cost,
    uint8_t id[VAULT_ID], struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_slot_change(struct vault *v,
    const uint8_t old[VAULT_ID], const struct vault_key *key,
    const struct vault_cost *cost, uint8_t id[VAULT_ID],
    struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_slot_remove(struct vault *v,
    const uint8_t id[VAULT_ID], struct vault_error *err);

/* -------------------------------------------------------------- sealing */

/*
 * While a batch runs, or between two writes of a body, the handle is not
 * there for anything else: read with another one.
 */

enum vault_field_type {
    VAULT_TEXT = 1,
    VAULT_BYTES = 2,
    VAULT_TIME = 3, /* 8 bytes, big-endian i64 */
    VAULT_LINK = 4,
    VAULT_BODY = 5,
    VAULT_DATE = 6,
    VAULT_LANG_TEXT = 7,
    VAULT_NUMBER = 8 /* 8 bytes, big-endian i64 */
};
enum vault_field_state {
    VAULT_VALUE = 0,
    VAULT_REFUSED = 1,
    VAULT_NOT_ASKED = 2,
    VAULT_UNKNOWN = 3
};

/* One record version on its way in. */
struct vault_sealer;
struct vault_sealed {
    uint8_t id[VAULT_ID];
    uint32_t version;
    uint8_t sha256[VAULT_HASH]; /* of the original body; zeros without */
    bool has_body;
    uint64_t bytes;  /* of the original body */
    uint64_t stored; /* sealed bytes of it in the file */
    /* Why the time of sealing is in doubt: "behind", "implausible" or "said";
     * NULL when it is not. Static. */
    const char *clock_doubt;
    int64_t clock_known; /* "behind": the later time that was known, or -1 */
    /* After vault_seal_unless_known: this original is in the vault already, as
     * record `id`, and nothing was sealed. */
    bool known;
    /* Where it went (compartments.h), "" for the default set; away: nobody
     * can open it here. */
    char compartment[65];
    bool away;
};
/*
 * Begin a new record of `type` (a word: testimony, letter, contact, consent,
 * file, note). At most one sealer per handle at a time.
 *   VAULT_E_LOCKED
 *   VAULT_E_NEWER   the vault holds an extension that writers must know
 */
VAULT_API VAULT_CHECKED enum vault_status vault_seal_begin(struct vault *v,
    const char *type, struct vault_sealer **out, struct vault_error *err);
/*
 * Add a field: name `[a-z0-9.-]{1,96}`, each once. `type`, `time.sealed`,
 * `time.doubt`, `time.known` and `body` are set by the library.
 *   VAULT_E_USAGE, VAULT_E_EXISTS, VAULT_E_LIMIT
 */
VAULT_API VAULT_CHECKED enum vault_status vault_seal_field(struct vault_sealer
                                                               *s,
    enum vault_field_type type, enum vault_field_state state, const char *name,
    const void *value, size_t value_len, struct vault_error *err);
/*
 * The body's next n bytes. Large bodies are written to the vault as they
 * come and belong to nothing until the commit.   VAULT_E_BUSY
 */
VAULT_API VAULT_CHECKED enum vault_status vault_seal_write(struct vault_sealer
                                                               *s,
    const void *p, size_t n, struct vault_error *err);
/*
 * Before the commit: seal only if no current version has this original bit for
 * bit, as far as the catalogue can tell; it never keeps evidence out because
 * it cannot be asked. Without a body or with an empty one, and in a capture
 * file, where nobody can look, it changes nothing.
 */
VAULT_API void vault_seal_unless_known(struct vault_sealer *s);
/*
 * Why, for the line of the log; at most 4096 bytes of UTF-8.
 *   VAULT_E_LIMIT, VAULT_E_USAGE
 */
VAULT_API VAULT_CHECKED enum vault_status vault_seal_reason(struct vault_sealer
                                                                *s,
    const char *text, struct vault_error *err);
/*
 * A field `link.N` (N: the next that is free) to another record of this
 * vault; relation `[a-z0-9-]{1,32}`.
 *   VAULT_E_USAGE   not a relation, or the record itself
 *   VAULT_E_EXISTS  the same link is there
 */
VAULT_API VAULT_CHECKED enum vault_status vault_seal_link(struct vault_sealer
                                                              *s,
    const uint8_t to[VAULT_ID], const char *relation, struct vault_error *err);
/*
 * A field `tag.N`: a word or a few, UTF-8, 1 to 64 bytes, no control
 * characters, kept as it is given.
 *   VAULT_E_USAGE   not such a text
 *   VAULT_E_EXISTS  the tag is there
 */
VAULT_API VAULT_CHECKED enum vault_status vault_seal_tag(struct vault_sealer *s,
    const char *tag, struct vault_error *err);
/*
 * Make the record part of the vault: sealed, logged, signed, durable. Frees
 * s, whatever the outcome. Within a batch the record becomes visible with
 * vault_batch_end.
 *   VAULT_E_BUSY      another writer; nothing was added
 *   VAULT_E_INTERNAL  what was compressed does not come out again; nothing
 *                     was added
 */
VAULT_API VAULT_CHECKED enum vault_status vault_seal_commit(struct vault_sealer
                                                                *s,
    struct vault_sealed *out, struct vault_error *err);
/* Throw it away; NULL is fine. */
VAULT_API void vault_seal_abort(struct vault_sealer *s);

/*
 * Begin a new version of a record. Every field is carried over, also those
 * this program knows nothing about; vault_seal_field changes or adds one, and
 * the body stays, unless vault_seal_write gives another. It is not stored
 * again. `statement` NULL: it follows the current version. In a conflict it
 * names the one of the newest versions to follow (32 bytes); the other is
 * then named in a field `resolves.N`. A running batch is ended first.
 *   VAULT_E_LOCKED, VAULT_E_NEWER, VAULT_E_NOT_FOUND (also: withdrawn)
 *   VAULT_E_AMBIGUOUS  two versions are in conflict: say which
 *   VAULT_E_TAMPERED   what it would follow does not match
 * vault_seal_commit then also answers
 *   VAULT_E_BUSY       another program changed the record meanwhile
 */
VAULT_API VAULT_CHECKED enum vault_status vault_amend_begin(struct vault *v,
    const uint8_t id[VAULT_ID], const uint8_t *statement,
    struct vault_sealer **out, struct vault_error *err);
/* Do not carry this field over. `body` is one too.
 *   VAULT_E_NOT_FOUND, VAULT_E_USAGE (set by the vault itself) */
VAULT_API VAULT_CHECKED enum vault_status vault_amend_remove(struct vault_sealer
                                                                 *s,
    const char *name, struct vault_error *err);
/* Do not carry links to this record over: with this relation, or any (NULL).
 *   VAULT_E_NOT_FOUND */
VAULT_API VAULT_CHECKED enum vault_status vault_amend_unlink(struct vault_sealer
                                                                 *s,
    const uint8_t to[VAULT_ID], const char *relation, struct vault_error *err);
/* Do not carry this tag over.   VAULT_E_NOT_FOUND */
VAULT_API VAULT_CHECKED enum vault_status vault_amend_untag(struct vault_sealer
                                                                *s,
    const char *tag, struct vault_error *err);

/*
 * Several small records in one transaction. Between begin and end nothing
 * is visible to others or durable; end makes all of it so, or none. A body
 * over 16 MiB ends the running batch before it is staged.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_batch_begin(struct vault *v,
    struct vault_error *err);
VAULT_API VAULT_CHECKED enum vault_status vault_batch_end(struct vault *v,
    struct vault_error *err);
VAULT_API void vault_batch_abort(struct vault *v);

/* ------------------------------------------- sealing without unlocking */

/*
 * A capture file takes records for a vault that is locked: whoever seals to
 * it needs no secret and cannot read back what a finished process sealed. It
 * pins the vault's own card; a program shows the fingerprint at every start.
 * Its handle takes vault_seal_*, vault_batch_* and vault_close; what asks for
 * an unlocked vault answers VAULT_E_LOCKED or VAULT_E_USAGE.
 */
/*
 * Make one at `path` for an unlocked vault, which notes the device. The file
 * appears under its name only when complete.
 *   VAULT_E_EXISTS, VAULT_E_LOCKED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_create(struct vault *v,
    const char *path, struct vault_error *err);
/*
 *   VAULT_E_NOT_FOUND, VAULT_E_FORMAT (no capture file), VAULT_E_NEWER,
 *   VAULT_E_TAMPERED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_open(const char *path,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err);
/* Whose card it seals to. */
VAULT_API void vault_capture_fingerprint(const struct vault *c,
    char out[VAULT_FINGERPRINT]);
/*
 * End the running session now, not after twelve hours: its key is destroyed,
 * and from then on nobody can add to it or sign it anew. *ended: there was
 * one.   VAULT_E_BUSY, VAULT_E_NO_KEY, VAULT_E_TAMPERED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_end(struct vault *c,
    bool *ended, struct vault_error *err);

/* How many records it holds, for its vault to take in. */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_count(struct vault *c,
    uint64_t *records, struct vault_error *err);

struct vault_taken {
    uint64_t sessions; /* taken in now */
    uint64_t records;  /* taken in now */
    uint64_t cleared;  /* sessions removed from the file */
    uint64_t already;  /* with admit: records that the vault had */
    uint64_t bad;      /* records and events that do not hold; they stay */
    unsigned aside;    /* with admit: the file is now PATH.aside; 0: not */
    /* with keep: records of a session that has not ended; not taken in */
    uint64_t waiting;
    uint64_t beyond; /* lines of a revoked device after its last good state */
    bool older;      /* with keep: it ends before what the vault has of it */
    /* Of the records: sealed to a compartment's members of another time; and
     * readable here, though their type goes where this vault reads nothing. A
     * person chose that, or somebody put an older list of compartments into
     * the file, or took it away. */
    uint64_t strangers, readable;
};
struct vault_take_options {
    /*
     * A person has decided: a device that the vault has not made, or that does
     * not go on from what it knows, is taken at its word; and of a file that
     * does not fit the vault (an older copy put back, another history, lines
     * that were changed) each record that holds by itself and is not in the
     * vault comes in. A file in which something does not hold is then put
     * aside, its session key destroyed, and a new one made at `path`.
     */
    bool admit;
    /*
     * A copy that somebody brought: it is only read, and stays as it is. Of a
     * session that has not ended nothing comes in, as its key is in the copy;
     * with `unfinished` each of its records that holds does, by itself.
     */
    bool keep;
    bool unfinished;
    /* Take in, too, what a revoked device sealed after its last good state: it
     * is shown as untrusted. Without it such sessions stay out. */
    bool untrusted;
    /* Each thing that does not hold: its record (NULL: none) and why. Must
     * not use the handle. May be NULL. */
    void (*bad)(void *ctx, const uint8_t id[VAULT_ID],
        const struct vault_error *why);
    void *ctx;
};
/*
 * Take into the unlocked vault what its capture file at `path` holds: each
 * session in order, its log whole and each record that holds, then both are
 * removed there. A record that does not hold keeps out no other; it stays
 * there, with the lines of its session, and is tried again the next time. A
 * crash at any point loses nothing, and doing it again doubles nothing. `opt`
 * may be NULL. *out is set whatever the answer.
 *   VAULT_E_LOCKED, VAULT_E_NOT_FOUND, VAULT_E_BUSY
 *   VAULT_E_POLICY    not made by this vault, nothing was taken in; or
 *                     out->beyond or out->older is not 0, the rest came in
 *   VAULT_E_NO_KEY    it seals to another vault's card
 *   VAULT_E_TAMPERED  something does not match: records are missing or
 *                     changed (out->bad), or lines are missing, changed or
 *                     planted, or an older copy was put back; what was sound
 *                     before that point is in, the rest stays
 */
VAULT_API VAULT_CHECKED enum vault_status vault_take_in(struct vault *v,
    const char *path, const struct vault_take_options *opt,
    struct vault_taken *out, struct vault_error *err);
/*
 * After vault_withdraw: destroy the same in a capture file that could not be
 * taken in or emptied, such as an older copy that was put back. Version 0:
 * all. *held: something of it was there. A file that loses a record so cannot
 * be taken in as new any more.
 *   VAULT_E_NOT_FOUND, VAULT_E_FORMAT, VAULT_E_BUSY, VAULT_E_TAMPERED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_withdraw(const char
                                                                     *path,
    const struct vault_options *opt, const uint8_t id[VAULT_ID],
    uint32_t version, bool *held, struct vault_error *err);
/*
 * Whether the locked vault at `path` is the one that this capture file seals
 * to: same id, and one of its cards. It is only read. Whoever can exchange
 * both files gets past this: the fingerprint is still to be shown.
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_capture_belongs(const struct vault *c, const char *path, bool *out,
    struct vault_error *err);

/* Media type by magic number, "application/octet-stream" when unknown;
 * `name` (may be NULL) tells plain texts apart by their ending. Static. */
VAULT_API const char *vault_media_type(const void *p, size_t n,
    const char *name);

/* -------------------------------------------------------------- reading */

struct vault_field {
    enum vault_field_type type;
    enum vault_field_state state;
    const char *name; /* with a closing 0 */
    const uint8_t *value;
    size_t value_len;
};
/* What every record tells about itself, decrypted. */
struct vault_entry {
    uint8_t id[VAULT_ID];
    uint32_t version;
    const char *type;  /* "" when it has none */
    const char *name;  /* file.name, title, a contact's name, its code: the
                          first of these that it has, else "" */
    const char *media; /* file.media or "" */
    int64_t sealed;    /* time.sealed, -1 when absent */
    bool has_body;
    uint64_t bytes; /* of the original body */
    bool conflict;  /* another version is in conflict with it: neither is the
                       current one */
    bool foreign;   /* a copy of somebody else's record: see origin.h */
    bool partial;   /* of which only some fields were given */
    bool hidden;    /* those who gave it asked to withdraw it */
    uint8_t origin[VAULT_ID]; /* the vault that sealed it */
    /* NULL; else the compartment that it was sealed to and that this vault is
     * not in: nobody can open it here, and no more is known than id, version
     * and, in `sealed`, when its line was written. vault_list tells it when
     * nothing was asked for that only its fields could answer. */
    const char *compartment;
};
struct vault_record; /* one record version, opened */
struct vault_list_options {
    const char *type; /* NULL: all */
    int64_t since;    /* INT64_MIN: all */
    int64_t until;    /* INT64_MAX: all; exclusive */
    uint64_t limit;   /* 0: all */
    bool newest_first;
    const char *tag; /* NULL: all; case and accents do not matter */
    /*
     * Words that all stand in the record's texts: in any script, letter case
     * and spelling (Kazakh in Cyrillic, Latin or Arabic letters, Uyghur in
     * Arabic, Latin or Cyrillic ones, Russian in Latin ones, Chinese in either
     * form of its characters and as pinyin). `word*` is the beginning of one.
     * Bodies are not searched.
     */
    const char *const *words;
    size_t words_len;
    bool walk;   /* open every record, ask no catalogue */
    bool hidden; /* also what a request hides: for who judges, not for who
                    shows or passes on */
};
/*
 * The current versions in the order they were sealed; of a conflict both;
 * nothing of what was withdrawn. Which records to open is asked of the
 * catalogue, which is brought up to date first when it has to be; each is then
 * opened, and shown only if it is what was asked for. Without a catalogue all
 * are opened. entry is borrowed for the call. A record that cannot be read is
 * reported by `bad` whatever was asked for (may be NULL: the walk ends with
 * its status) and the walk goes on.
 *   VAULT_E_LOCKED, VAULT_E_CANCELLED
 *   VAULT_E_USAGE  words or a tag without a letter or digit, or not UTF-8
 *   VAULT_E_LIMIT  more than 32 words
 */
VAULT_API VAULT_CHECKED enum vault_status vault_list(struct vault *v,
    const struct vault_list_options *opt,
    int (*fn)(void *ctx, const struct vault_entry *entry),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err);
/*
 * The same with the record itself, open and borrowed for the call. The handle
 * may be used meanwhile, to read only.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_list_records(struct vault *v,
    const struct vault_list_options *opt,
    int (*fn)(void *ctx, const struct vault_record *r),
    int (*bad)(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
        const struct vault_error *why),
    void *ctx, struct vault_error *err);
/*
 * Whether a current version has this content: a body, or a field `import.*` of
 * 32 bytes. Asked of the catalogue, confirmed by opening the record; the oldest
 * one is told. Within a batch its own records count.   VAULT_E_LOCKED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_find_content(struct vault *v,
    const uint8_t sha256[VAULT_HASH], bool *found, uint8_t id[VAULT_ID],
    struct vault_error *err);
/* The same for many at once, which costs one look at the catalogue. */
struct vault_content {
    uint8_t sha256[VAULT_HASH]; /* asked for */
    bool found;
    uint8_t id[VAULT_ID];
};
VAULT_API VAULT_CHECKED enum vault_status vault_find_contents(struct vault *v,
    struct vault_content *all, size_t n, struct vault_error *err);
/*
 * The record id that begins with `prefix` (lower-case hex, 6 to 32 digits).
 * Works locked. With VAULT_E_AMBIGUOUS up to `max` candidates are in `id`
 * and *n says how many; on success *n = 1. max >= 1.
 *   VAULT_E_USAGE, VAULT_E_NOT_FOUND, VAULT_E_AMBIGUOUS
 */
VAULT_API VAULT_CHECKED enum vault_status vault_resolve(struct vault *v,
    const char *prefix, uint8_t (*id)[VAULT_ID], size_t max, size_t *n,
    struct vault_error *err);

/*
 * Open one record version, checked against the log. version 0: the current one.
 *   VAULT_E_LOCKED, VAULT_E_NO_KEY
 *   VAULT_E_NOT_FOUND  no such record or version, or it was withdrawn
 *   VAULT_E_AMBIGUOUS  two versions in conflict
 *   VAULT_E_TAMPERED  statement, wrap, commitment or content do not match
 */
VAULT_API VAULT_CHECKED enum vault_status vault_record_open(struct vault *v,
    const uint8_t id[VAULT_ID], uint32_t version, struct vault_record **out,
    struct vault_error *err);
/* The same by statement, which is never ambiguous. */
VAULT_API VAULT_CHECKED enum vault_status
vault_record_open_statement(struct vault *v, const uint8_t id[VAULT_ID],
    const uint8_t statement[VAULT_HASH], struct vault_record **out,
    struct vault_error *err);
/* Before the vault is closed. A record outlives vault_lock, but its body can
 * no longer be read then. NULL is fine. */
VAULT_API void vault_record_close(struct vault_record *r);
/* Borrowed from r. */
VAULT_API const struct vault_entry *vault_record_entry(
    const struct vault_record *r);
/* SHA-256 of the original body; false without a body. */
VAULT_API bool vault_record_sha256(const struct vault_record *r,
    uint8_t out[VAULT_HASH]);
/* Its statement's hash, which the log holds. */
VAULT_API void vault_record_statement(const struct vault_record *r,
    uint8_t out[VAULT_HASH]);
/* How many versions this record has, withdrawn ones counted. */
VAULT_API uint32_t vault_record_versions(const struct vault_record *r);
VAULT_API size_t vault_record_fields(const struct vault_record *r);
/* The i-th field, ascending by name; borrowed from r. */
VAULT_API void vault_record_field(const struct vault_record *r, size_t i,
    struct vault_field *out);
/*
 * Give the original body to `write` in order. Each piece was authenticated
 * before; the whole (length, SHA-256) is known to hold only when this returns
 * VAULT_OK.
 *   VAULT_E_LOCKED     the vault was locked since
 *   VAULT_E_NOT_FOUND  there is no body
 *   VAULT_E_TAMPERED   a segment is missing or does not match
 *   what `write` answered, when not VAULT_OK
 */
VAULT_API VAULT_CHECKED enum vault_status vault_record_read(struct vault_record
                                                                *r,
    enum vault_status (
        *write)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx, struct vault_error *err);

/* One version in a record's history. */
struct vault_record_version {
    uint32_t version;
    uint8_t statement[VAULT_HASH];
    uint8_t prev[VAULT_HASH]; /* zeros for version 1 */
    uint32_t body_version;    /* which one made its body; 0: none apart */
    bool current;
    bool conflict;  /* see vault_entry; nothing resolves it */
    bool withdrawn; /* declared so in the log */
    bool leftover;  /* withdrawn, and sealed bytes of it are still here */
    bool logged;    /* false: planted */
    int64_t sealed; /* time of its line in the log; -1: not known, or gone */
    const char *reason; /* "" likewise; borrowed */
    const char *actor;
    int64_t withdrawn_at; /* -1: not withdrawn, or not known */
    const char *withdrawn_reason;
    /* of somebody else's record: logged is what its proof says, withdrawn
     * that the copy here was destroyed */
    bool foreign;
    bool partial;     /* only some of its fields are here */
    bool head_only;   /* nothing of it can be read: another one follows it */
    bool waits;       /* what it follows did not come in yet */
    int64_t received; /* -1: of an own one */
};
/*
 * Every version of a record, ascending, tombstones too.
 *   VAULT_E_LOCKED, VAULT_E_NOT_FOUND
 *   VAULT_E_TAMPERED   a version that the log names is missing, or a line is
 *                      not in its signed tree
 *   VAULT_E_CANCELLED  fn answered another than 0
 */
VAULT_API VAULT_CHECKED enum vault_status vault_record_history(struct vault *v,
    const uint8_t id[VAULT_ID],
    int (*fn)(void *ctx, const struct vault_record_version *version), void *ctx,
    struct vault_error *err);

/* ---------------------------------------------------------------- links */

enum { VAULT_RELATION = 33 };
struct vault_link {
    uint8_t vault[VAULT_ID]; /* whose record it is */
    uint8_t record[VAULT_ID];
    uint32_t version; /* 0: any */
    char relation[VAULT_RELATION];
};
/* What a field of type VAULT_LINK says; false for other fields. */
VAULT_API bool vault_link_read(const struct vault_field *f,
    struct vault_link *out);

enum vault_related_how {
    VAULT_RELATED_TO,   /* this record has a link to it */
    VAULT_RELATED_FROM, /* it has a link to this record */
    VAULT_RELATED_BODY  /* it holds the same original, bit for bit */
};
struct vault_related {
    enum vault_related_how how;
    const char *relation; /* "" for VAULT_RELATED_BODY; borrowed */
    uint8_t id[VAULT_ID];
    /* what it tells about itself; NULL when it is not here, withdrawn, or
     * cannot be read */
    const struct vault_entry *entry;
};
/*
 * What a record has to do with others, in both directions, in their current
 * versions. Of one that nobody here can open (compartments.h): who names it.
 *   VAULT_E_LOCKED, VAULT_E_NOT_FOUND (withdrawn ones too), VAULT_E_AMBIGUOUS,
 *   VAULT_E_CANCELLED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_related(struct vault *v,
    const uint8_t id[VAULT_ID],
    int (*fn)(void *ctx, const struct vault_related *other), void *ctx,
    struct vault_error *err);

/* ----------------------------------------------------------- withdrawal */

struct vault_withdrawal {
    uint64_t versions; /* statements declared withdrawn now */
    uint64_t bodies;   /* sealed originals destroyed */
    uint64_t bytes;    /* of them, as they were stored */
    uint64_t events;   /* event texts of the log destroyed */
    uint64_t kept;     /* originals kept: another version names them */
    bool foreign;      /* a copy of somebody else's record: see below */
};
/*
 * Withdrawal of level 1: declare it in the log, and destroy wrap, metadata,
 * original and event texts of a version, or of all (0). One transaction. Row
 * head, statement and lines stay, and verify. A copy elsewhere, an older
 * backup, and old pages of this medium keep what they hold.
 * Of somebody else's record it destroys the copy that is here: nothing is
 * declared withdrawn, its sealed head and proof stay, so that it does not come
 * in again, and the log has a line `drop`.
 *   VAULT_E_LOCKED, VAULT_E_BUSY, VAULT_E_LIMIT, VAULT_E_USAGE (reason)
 *   VAULT_E_NOT_FOUND  no such record or version, or withdrawn already
 *   VAULT_E_POLICY     a copy under a hold (notice.h)
 *   VAULT_E_TAMPERED   the record's rows do not fit the log; nothing was
 *                      destroyed
 */
VAULT_API VAULT_CHECKED enum vault_status vault_withdraw(struct vault *v,
    const uint8_t id[VAULT_ID], uint32_t version, const char *reason,
    struct vault_withdrawal *out, struct vault_error *err);
/*
 * How many lines of capture sessions name a record of this id that is not
 * here and not withdrawn, as it was taken out of the capture file or changed
 * there. verify names it for ever, or until the next is called.
 *   VAULT_E_LOCKED, VAULT_E_BUSY, VAULT_E_LIMIT, VAULT_E_TAMPERED
 */
VAULT_API VAULT_CHECKED enum vault_status vault_absent(struct vault *v,
    const uint8_t id[VAULT_ID], size_t *n, struct vault_error *err);
/*
 * Declare these withdrawn. A record of that id that is here is left alone.
 * Only versions and events of *out are counted.
 *   VAULT_E_LOCKED, VAULT_E_BUSY, VAULT_E_LIMIT, VAULT_E_USAGE (reason)
 *   VAULT_E_NOT_FOUND  there is nothing of that kind
 *   VAULT_E_TAMPERED   the lines are not what was signed
 */
VAULT_API VAULT_CHECKED enum vault_status vault_withdraw_absent(struct vault *v,
    const uint8_t id[VAULT_ID], const char *reason,
    struct vault_withdrawal *out, struct vault_error *err);

/* ---------------------------------------------------------- custody log */

struct vault_leaf {
    uint32_t log;       /* 1, 2 ... in the order of the file */
    const char *origin; /* borrowed, as all strings here */
    uint64_t index;
    const char *kind; /* may be a word this version does not know */
    bool known;
    bool has_record;
    uint8_t record[VAULT_ID];
    uint32_t version;
    uint8_t subject[VAULT_HASH];
    uint8_t event[VAULT_HASH]; /* root of the event's fields */
    uint8_t hash[VAULT_HASH];  /* of the leaf */
    bool opened;               /* the event's fields were read */
    int64_t time;              /* -1 when absent or not opened */
    const char *actor;         /* "" likewise */
    const char *reason;
    const char *tool;
    int64_t gen;         /* -1 likewise */
    const char *clock;   /* why `time` is in doubt, as in vault_sealed, or
                          "checked": a person says it is right; else "" */
    int64_t clock_known; /* the later time that was known; -1 likewise */
    /* everything else that the event says, ascending by name; borrowed */
    const struct vault_field *fields;
    size_t fields_len;
};
/* Every leaf, log by log; events are opened when unlocked. record: only
 * leaves of that record (16 bytes), or NULL. */
VAULT_API VAULT_CHECKED enum vault_status vault_log(struct vault *v,
    const uint8_t *record, int (*fn)(void *ctx, const struct vault_leaf *leaf),
    void *ctx, struct vault_error *err);
/* The newest checkpoint of each log, as a signed note. Works locked. */
VAULT_API VAULT_CHECKED enum vault_status vault_log_checkpoints(struct vault *v,
    int (*fn)(void *ctx, const char *note, size_t len), void *ctx,
    struct vault_error *err);

/* What happened with records, for the log. */
struct vault_note {
    const char *reason;               /* or NULL; as vault_seal_reason */
    const struct vault_field *fields; /* what it was, how it was done */
    size_t fields_len;
    /* the statements of the records it is about, in any order */
    const uint8_t (*statements)[VAULT_HASH];
    size_t statements_len;
};
enum { VAULT_NOTE_LISTED = 256 };
/*
 * Add a leaf of kind `note`, whose event says these fields. With statements
 * it also has `count`, `records-hash` over all of them (docs/format.md) and,
 * when they are VAULT_NOTE_LISTED at most, the list itself in `records`. One
 * transaction: durable when this returns VAULT_OK. A running batch is ended.
 *   VAULT_E_LOCKED, VAULT_E_BUSY
 *   VAULT_E_USAGE   a malformed field, or a name that the library sets
 *   VAULT_E_LIMIT   too long for one event
 */
VAULT_API VAULT_CHECKED enum vault_status vault_log_note(struct vault *v,
    const struct vault_note *note, struct vault_error *err);

/* ----------------------------------------------------------- verifying */

enum vault_finding_level {
    VAULT_HELD,        /* checked, and it holds */
    VAULT_FAILED,      /* checked, and it does not match */
    VAULT_NOT_SEEN,    /* could not be known here, and why */
    VAULT_NOT_AS_ASKED /* sound, but not what was asked for (--card, --since) */
};
/*
 * One line of the report. `kind` is a stable word for scripts: structure,
 * card, log, checkpoint, leaf, record, slots, settings, epoch, planted, wrap,
 * content, event, body, signer, since, replicas, revoke ... `text` carries the
 * message with its translation key (as in an error; its code is VAULT_OK for
 * VAULT_HELD).
 */
struct vault_finding {
    enum vault_finding_level level;
    const char *kind;
    bool has_record;
    uint8_t record[VAULT_ID];
    uint32_t version;
    uint64_t count; /* how many things the line speaks of */
    struct vault_error text;
};
/*
 * One thing that a text says: a disclosed field, the reason of a withdrawal, a
 * date. Others wrote it. `proved`: of a disclosure it is told only when
 * everything else held, and is true; of a note it is true when a card that was
 * given signed it. Borrowed for the call.
 */
struct vault_said {
    bool proved;
    bool disclosed; /* a field of a record; else of a note */
    /* of a body that is not in the text: its length and SHA-256 stand for it
     * (field.value has 32 bytes) */
    bool beside;
    uint64_t bytes;
    struct vault_field field;
};
struct vault_verify_options {
    const struct vault_key *key; /* NULL: without any secret */
    const uint8_t *slot;         /* as in vault_unlock */
    /* A bundle is opened with this vault, which the key unlocks. Nothing is
     * written to it. A capture file is held against what it knows of the
     * device. Other files do not ask for it. */
    const char *vault;
    /* Card notes or fingerprints (32 or more characters of the shown form)
     * one of which the signer must match; n may be 0. */
    const char *const *cards;
    size_t cards_len;
    /* Older checkpoints (signed notes) that must be a beginning. */
    const char *const *since;
    size_t since_len;
    /* Of a disclosure: the file with the original that it speaks of, which it
     * does not hold itself; NULL: not given. */
    const char *body;
    /* Of a bare tlog-proof: the leaf text that it is of, and whose log it is:
     * its key as a C2SP vkey, or its notes as they are stored (a replica note;
     * session notes, then the device note), which `cards` vouch for. NULL:
     * not given. */
    const char *leaf;
    const char *log;
    /* What a text says in itself (struct vault_said); may be NULL. */
    int (*said)(void *ctx, const struct vault_said *what);
    int (*progress)(void *ctx, const struct vault_progress *p);
    /* A C2SP tlog-policy (its text) that the newest state of each of the
     * file's logs must satisfy; of a bundle, a disclosure, a proof: each state
     * by which something is proved. NULL: none is asked for.
     *   VAULT_E_USAGE  malformed; the message says the line */
    const char *policy;
    /* Witnesses whose cosignatures can be checked: C2SP vkeys of type 04, as
     * text, one a line; those of the policy count as well. Or the card of a
     * witness, for what it says in `witnessed`. With neither these nor a
     * policy an unlocked vault's own are used; what its own policy lacks is
     * told, and not judged. */
    const char *const *witnesses;
    size_t witnesses_len;
    /* Texts `witnessed`: which logs of this vault a witness has seen. They
     * count when `witnesses` or `cards` has the card that signed them. */
    const char *const *witnessed;
    size_t witnessed_len;
    /* What vault_verify_options.save was given earlier: what was checked then
     * is not looked at again, and said to be so. NULL: everything is. */
    const char *state;
    size_t state_len;
    /* When nothing failed: a text to keep for the next time. */
    int (*save)(void *ctx, const char *state, size_t len);
    /* Facts behind the lines (evidence.h); may be NULL. */
    int (*evidence)(void *ctx, const struct vault_evidence *e);
    unsigned threads; /* for hashing; 0: one for each core */
};
struct vault_verdict {
    uint64_t held, failed, not_seen, not_as_asked; /* lines */
    uint64_t records;                              /* record versions checked */
    uint64_t foreign; /* rows of others: judged only when unlocked */
    uint64_t leaves;
    char fingerprint[VAULT_FINGERPRINT]; /* of the signer, "" if none */
    bool compared; /* the signer was compared with a given card */
    bool unlocked;
    bool capture; /* a capture file: fingerprint is whom it seals to */
    /* A text, by the word of its first line ("disclosure", "receipt" ...;
     * "tlog-proof", "checkpoint"); NULL: a container. Static. */
    const char *text;
    bool bundle; /* a bundle: fingerprint is who signed it */
    bool audit;  /* an audit pack: nothing sealed is in it */
    bool placed; /* of a tlog-proof: the line given stands in the log that was
                  * given; everything of that was checked */
    bool partly; /* with a saved state: only what is new was looked at */
    uint64_t cosignatures; /* that hold, by keys that are known here */
    uint64_t stamps;       /* whose imprint is that of its checkpoint */
    int64_t witnessed;     /* the earliest time that a witness of the policy, or
                            * a known one, signed for the newest state of all
                            * logs; -1: none */
    /* of a bundle: for how many recipients at most, and how its records are
     * there (`records` counts all three) */
    uint32_t recipients;
    uint64_t whole, partial, heads;
};
/*
 * Check a file others may have touched: a container, or one of the texts that
 * vaults give each other (disclosure, card, receipt, withdrawal ...). Opens it
 * read-only, writes nothing anywhere, needs no secret. Every finding goes to
 * fn (another answer than 0 stops: VAULT_E_CANCELLED).
 *   VAULT_OK          everything checked holds
 *   VAULT_E_TAMPERED  something does not match
 *   VAULT_E_POLICY    all holds, but not as asked for
 *                     (also: a bundle that opt->vault does not open)
 *   VAULT_E_NO_KEY    sealed with age: nothing can be seen from outside
 *   VAULT_E_FORMAT, VAULT_E_NEWER, VAULT_E_NOT_FOUND, VAULT_E_SECRET ...:
 *                     nothing could be judged
 */
VAULT_API VAULT_CHECKED enum vault_status vault_verify(const char *path,
    const struct vault_verify_options *opt,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out, struct vault_error *err);

/* --------------------------------------------------------- safe copies */

/*
 * A complete copy at `path` (SQLite's backup, consistent while others
 * write). Works locked.   VAULT_E_EXISTS
 */
VAULT_API VAULT_CHECKED enum vault_status vault_backup(struct vault *v,
    const char *path, struct vault_error *err);
/* Slots, identity and epochs only: a kit, for another medium. */
VAULT_API VAULT_CHECKED enum vault_status vault_backup_kit(struct vault *v,
    const char *path, struct vault_error *err);
/*
 * Verify the copy at `from` without a secret and write it to `to`, where
 * nothing may be. The next unlocking there begins a new replica.
 *   VAULT_E_EXISTS, VAULT_E_TAMPERED (nothing was written)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_restore(const char *from,
    const char *to, const struct vault_options *opt, struct vault_error *err);
/*
 * Put slots, identity secrets and epoch rows of a kit back into the vault
 * they are of, where they are missing or damaged (after panic, or damage).
 * The kit is opened with `key` first, and nothing changes unless the vault
 * unlocks with it afterwards.
 *   VAULT_E_SECRET, VAULT_E_TAMPERED (kit or result), VAULT_E_USAGE (another
 *   vault's kit, or one from before the last change of slots)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_restore_kit(const char *kit,
    const char *path, const struct vault_key *key,
    const struct vault_options *opt, struct vault_error *err);

#ifdef __cplusplus
}
#endif
#endif
