/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.h: the facts behind the lines of verify, for a report */
#ifndef VAULT_EVIDENCE_H
#define VAULT_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * vault_verify tells findings in words (struct vault_finding) and, when asked,
 * the facts they rest on: which logs, which lines in which order, who
 * countersigned, which time evidence lies there. A fact is told whether it
 * holds or not, and says which: `state` is what was found, never what was
 * assumed. Nothing here needs a secret.
 */
enum vault_evidence_kind {
    VAULT_EV_CARD,
    VAULT_EV_LOG,         /* behind it its leaves and checkpoints */
    VAULT_EV_LEAF,        /* in the order of the log */
    VAULT_EV_CHECKPOINT,  /* every stored one */
    VAULT_EV_COSIGNATURE, /* of a checkpoint */
    VAULT_EV_STAMP,       /* likewise */
    VAULT_EV_RECORD       /* each own record version */
};

enum vault_evidence_state {
    VAULT_EV_HELD,     /* checked, and it holds */
    VAULT_EV_FAILED,   /* checked, and it does not */
    VAULT_EV_UNKNOWN,  /* could not be checked here: key, file or program
                       * missing */
    VAULT_EV_AS_BEFORE /* not looked at again: checked before by whoever saved
                        * the state that was given */
};

/* Of VAULT_EV_RECORD: what became of it. `unlogged` and `missing` failed. */
enum vault_record_state {
    VAULT_RECORD_PRESENT,
    VAULT_RECORD_WITHDRAWN,
    VAULT_RECORD_MISSING,  /* logged, not withdrawn, not in the file */
    VAULT_RECORD_UNLOGGED, /* in the file, in no log */
    VAULT_RECORD_UNTRUSTED /* signed by a revoked device after its last good
                            * state */
};

/*
 * Order: a card, a log and its leaves and checkpoints come before the records.
 * What hangs on a checkpoint (cosignature, stamp) may come at any time: origin
 * and size say whose it is. Of a bundle or disclosure only the lines are told
 * that prove its records.
 *
 * One fact. Which members are set goes by kind; all others are 0 or NULL.
 * Strings are borrowed for the call and untrusted.
 */
struct vault_evidence {
    enum vault_evidence_kind kind;
    enum vault_evidence_state state;
    /* card: its note and generation; fingerprint 32 bytes (H(card text)); of a
     * log: that of the card which speaks for it */
    uint32_t generation;
    uint8_t fingerprint[32];
    const char *letters; /* card: of its first 160 bits, as they are shown */
    const char *digits;
    bool compared; /* with a card that the caller gave */
    /* log, leaf, checkpoint, cosignature, stamp */
    const char *origin;
    uint64_t size;    /* of the log; of the checkpoint: its size; of a leaf: its
                    * index */
    uint8_t hash[32]; /* root of log or checkpoint; hash of the leaf */
    /* log */
    bool session; /* of a capture device */
    bool own;     /* of this vault; else of another (bundle, pack) */
    uint8_t device[8];
    uint32_t number; /* of the replica or session */
    /* card, checkpoint: the signed note; stamp: the attachment */
    const void *note;
    size_t note_len;
    /* leaf: its word; cosignature: the witness's name; stamp: tsr, ots ...;
     * record of a bundle or disclosure: whole, part, head (NULL: of a vault) */
    const char *word;
    /* leaf and record: 16 bytes when has_record */
    bool has_record;
    uint8_t record[16];
    uint32_t version;
    enum vault_record_state record_state;
    /* leaf: what its event claims, opened, else -1; cosignature: what the
     * witness signed; stamp: what a token says, else -1 (not judged here) */
    int64_t time;
    /* cosignature: the witness's key as C2SP vkey when it is known here */
    const char *vkey;
    bool in_policy; /* cosignature: the policy given names that key */
};

#endif
