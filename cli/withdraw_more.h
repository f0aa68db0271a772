/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw_more.h: what `sanduq withdraw` does beyond destroying here */
#ifndef CLI_WITHDRAW_MORE_H
#define CLI_WITHDRAW_MORE_H

#include "bytes.h"
#include "cmd.h"
#include "os.h"
#include "rekeying.h"

struct withdraw_opts {
    const char *reason;
    const char *level;
    const char *into; /* level 3 */
    struct rekey_new_opts fresh;
    const char *revision;
    bool status;
    bool absent;
    /* asking others */
    const char *notify;
    bool lift;
    /* being asked */
    bool requests;
    const char *decide;
    const char *answer;
    bool now;
    bool hold;
    bool unhold;
    const char *waiting;
    const char *output;
};

/* What destroying here reaches and what not; what it did. foreign: a copy of
 * somebody else's record. */
void withdraw_reach(bool foreign, int level);
void withdraw_tell(const struct cli *c, const uint8_t id[VAULT_ID],
    uint32_t version, size_t copies, int level,
    const struct vault_withdrawal *d);

/*
 * A file that appears when it is whole, mode 0600, or standard output for `-`
 * (then inside a JSON line of this type with --json).
 */
struct note_file {
    const struct cli *c;
    struct vlt_outfile *file;
};
VAULT_CHECKED enum vault_status note_file_begin(const struct cli *c,
    const char *path, struct note_file *out, struct vault_error *err);
VAULT_CHECKED enum vault_status note_file_end(struct note_file *f,
    const char *type, const char *note, size_t len, struct vault_error *err);
void note_file_discard(struct note_file *f);

/* What one run is about. */
struct withdraw_work {
    struct cli *c;
    const struct withdraw_opts *o;
    uint8_t id[VAULT_ID];
    uint32_t version; /* 0: all */
    int level;
    struct vlt_buf reason;
    size_t copies;
    struct note_file ask; /* of --notify, begun */
    bool foreign;         /* a copy of somebody else's record */
};

/*
 * Withdraw it, on an unlocked vault: say what it reaches and what not, ask for
 * the reason and for the first digits of its id, destroy, and tell what was
 * done. What is withdrawn already is asked of others only (--notify); what was
 * sealed under this id and did not come in is declared withdrawn.
 *   VAULT_E_CANCELLED  the digits are others
 *   VAULT_E_NOT_FOUND  no such record, or it is withdrawn already
 */
VAULT_CHECKED enum vault_status withdraw_record(struct withdraw_work *w,
    struct vault_error *err);

/* Who was asked about this record (NULL: any) and answered, and which bundles
 * held it. */
VAULT_CHECKED enum vault_status asking_status(struct cli *c, const uint8_t *id,
    struct vault_error *err);
/* How many people were given it, and by how many bundles. */
VAULT_CHECKED enum vault_status asking_reach(struct cli *c, const uint8_t *id,
    size_t *people, size_t *bundles, struct vault_error *err);
/* Make the request and write it to the file that was begun. */
VAULT_CHECKED enum vault_status asking_notify(struct cli *c,
    const uint8_t id[VAULT_ID], const char *reason, struct note_file *f,
    struct vault_error *err);
VAULT_CHECKED enum vault_status asking_lift(struct cli *c,
    const uint8_t id[VAULT_ID], const char *output, struct vault_error *err);

/* The requests that came in. */
VAULT_CHECKED enum vault_status requests_print(struct cli *c,
    struct vault_error *err);
VAULT_CHECKED enum vault_status requests_decide(struct cli *c,
    const struct withdraw_opts *o, struct vault_error *err);
VAULT_CHECKED enum vault_status requests_hold(struct cli *c,
    const uint8_t id[VAULT_ID], bool hold, struct vault_error *err);
VAULT_CHECKED enum vault_status requests_waiting(struct cli *c,
    const char *days, struct vault_error *err);

#endif
