/* SPDX-License-Identifier: Apache-2.0 */
/* fault_world.h: a small vault, things to do to it, and what must then hold */
#ifndef FAULT_WORLD_H
#define FAULT_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <vault/threshold.h>
#include "fault_disk.h"
#include "folder_image.h"

/*
 * The vault has two records and two ways to unlock, key files 0 and 1. Key
 * files cost no Argon2, so thousands of rounds are cheap. The folder that the
 * disk watches holds the vault and its state folder; the key files lie
 * elsewhere.
 */
enum fault_action {
    FAULT_INIT,
    FAULT_ADD_SMALL,   /* the body lies within the metadata */
    FAULT_ADD_MIDDLE,  /* 300 KiB */
    FAULT_ADD_STAGED,  /* 12 MiB: written before the record exists */
    FAULT_BATCH,       /* five small ones */
    FAULT_SLOT_ADD,    /* key file 2 comes */
    FAULT_SLOT_CHANGE, /* key file 2 for key file 1 */
    FAULT_SLOT_REMOVE, /* key file 1 goes */
    FAULT_AMEND,       /* a second version of the record with 300 KiB */
    FAULT_WITHDRAW,    /* of that record */
    FAULT_RECEIVE,     /* a bundle of two records, 300 KiB and 100 bytes */
    FAULT_RENEW,       /* the next card */
    FAULT_AWAY,        /* two at once, one of them for others only */
    FAULT_REKEY,       /* new keys in place */
    FAULT_REKEY_NEW,   /* all of it into new.sanduq, which key file 2 opens */
    FAULT_ACTIONS
};
enum { FAULT_KEYS = 3, FAULT_PATH = 512 };

struct fault_world {
    char top[FAULT_PATH];
    char folder[FAULT_PATH]; /* what the disk watches */
    char vault[FAULT_PATH];
    char state[FAULT_PATH];
    char renewed[FAULT_PATH]; /* of FAULT_REKEY_NEW */
    struct vault_key *key[FAULT_KEYS];
    struct folder_image before;      /* of the folder */
    uint8_t slot1[VAULT_ID];         /* of key file 1 */
    uint8_t old1[VAULT_ID];          /* the record with 300 KiB */
    char bundle[FAULT_PATH];         /* outside of the folder */
    char share[2][VAULT_SHARE_TEXT]; /* which open it together */
    uint8_t given[2][VAULT_ID];      /* the records in it */
};

/* What an action answered. */
struct fault_outcome {
    enum vault_status st;
    uint8_t id[5][VAULT_ID];
    size_t ids;
    /* one more record was tried on the same handle after a failure */
    bool again;
    enum vault_status again_st;
    struct vault_error err;
};

/* Ends the program when it cannot be made. */
void fault_world_init(struct fault_world *w);
void fault_world_clear(struct fault_world *w);
const char *fault_action_name(enum fault_action a);

/*
 * Lay out the vault as it was before, do this action on a disk with this
 * plan, and give what the disk holds then. After a failure without a power
 * cut one more record is tried on the same handle when `retry` is set.
 */
struct fault_wreck *fault_world_run(struct fault_world *w, enum fault_action a,
    enum fault_kind kind, unsigned n, bool retry, struct fault_outcome *out,
    bool *hit);
/* Open and unlock what lies in the folder and add nothing, on a disk whose
 * power goes at operation n: a restart that is interrupted too. */
struct fault_wreck *fault_world_restart(struct fault_world *w, unsigned n,
    bool *hit);
/* The state file as it was before the action: power went between COMMIT and
 * the replacing of it. */
void fault_world_old_state(const struct fault_world *w);

/* How much of fault_world_check is wanted. */
enum fault_depth {
    FAULT_QUICK, /* without writing */
    FAULT_WHOLE  /* and another record is sealed into what is left */
};
/*
 * Judge what lies in the folder after the action: verify holds without and
 * with the key and changes nothing; the vault opens; it is as before or as
 * after, and as after when the action said VAULT_OK; nothing lies beside it
 * once it is closed; sealing works. False: `why` says what does not hold.
 */
bool fault_world_check(const struct fault_world *w, enum fault_action a,
    const struct fault_outcome *o, enum fault_depth depth, char *why,
    size_t why_size);

#endif
