/* SPDX-License-Identifier: Apache-2.0 */
/* made_bundle.h: a bundle made by hand, so that each thing in it can be wrong */
#ifndef TEST_MADE_BUNDLE_H
#define TEST_MADE_BUNDLE_H

#include "bundle.h"
#include "card.h"
#include "epoch.h"
#include "leaf.h"
#include "meta.h"
#include "record.h"
#include "replica.h"
#include "session.h"
#include "store.h"

/*
 * Written from docs/format.md with the encoders of vault/format, past
 * everything in vault/ops: it signs whatever it is told to. What cannot be
 * done ends the program.
 */
enum { MADE_LOGS = 6, MADE_RECORDS = 16, MADE_LEAVES = 32, MADE_NOTES = 8 };

struct made_person {
    struct vlt_seed *seed;
    struct vlt_card card;
    struct vlt_buf note; /* the card's */
};
struct made_log {
    const struct made_person *of; /* whose vault it claims */
    struct vlt_logkey *key;
    uint8_t id[8];
    char origin[VLT_NAME_MAX + 1];
    struct vlt_buf note;
    uint8_t text_hash[32];
    struct vlt_hash32 leaf[MADE_LEAVES];
    size_t leaves;
    struct vlt_buf point;
    uint8_t point_hash[32];
};
struct made_record {
    const struct made_person *origin;
    int log;          /* -1: no proof */
    const char *kind; /* "seal" */
    uint8_t use;      /* VLT_ENTRY_* */
    struct vlt_record_head head;
    struct vlt_meta meta;
    struct vlt_rk *rk;
    struct vlt_buf ct;
    struct vlt_buf segment; /* at most one; empty: none */
    uint8_t stmt[32];
    uint8_t event[32];
    uint64_t index;
    uint8_t wrap[VLT_RECORD_WRAP];
    struct vlt_buf extract;
};
struct made_bundle {
    struct made_person sender;
    struct made_person other; /* another vault, whose records are in it */
    struct made_log log[MADE_LOGS];
    size_t logs;
    struct made_record record[MADE_RECORDS];
    size_t records;
    struct {
        const char *kind;
        struct vlt_buf note;
    } note[MADE_NOTES]; /* besides the cards of sender and other */
    size_t notes;
    const struct vlt_card *to; /* the recipient */
    /* Record `apart` lies in a compartment of its own, sealed to this card;
     * NULL: there is none. */
    const struct vlt_card *apart_to;
    size_t apart;

    /* while it is written */
    struct vlt_epoch epoch;
    struct vlt_e0 *e0;
    struct vlt_epoch apart_epoch;
    struct vlt_e0 *apart_e0;
    struct vlt_bundle_entry entry[MADE_RECORDS];
    struct vlt_bundle_text text;
    /* Called with what is about to be signed; may be NULL. */
    void (*after_epoch)(struct made_bundle *b);
    void (*after_wraps)(struct made_bundle *b);
    void (*before_signing)(struct made_bundle *b);
    const struct vlt_seed *signer;    /* NULL: the sender's */
    const struct made_person *writer; /* NULL: the sender */
};

void made_begin(struct made_bundle *b, const struct vlt_card *to);
void made_end(struct made_bundle *b);
void made_person(struct made_person *p);
void made_person_clear(struct made_person *p);
void made_note(struct made_bundle *b, const char *kind, const void *p,
    size_t n);

/* A log of `of`, whose replica note `by` signs. Gives its place. */
int made_replica(struct made_bundle *b, const struct made_person *of,
    const struct made_person *by);
/* A session of a device; before < 0: its first one. */
int made_session(struct made_bundle *b, const struct made_person *of,
    const uint8_t device[8], int before);
/* `by` speaks for the device whose first session that is. */
void made_device(struct made_bundle *b, const struct made_person *by,
    const uint8_t device[8], int first);
/* Sign the checkpoint over what it holds now, by the key of log `key`. */
void made_point(struct made_bundle *b, int log, int key);

/*
 * A record version sealed and logged (log -1: not). after: the record it is
 * the next version of, or -1. body: n bytes in a segment; body_of >= 0: the
 * body is that record's. Gives its place.
 */
struct made_what {
    const struct made_person *origin;
    int log;
    uint8_t use;
    int after;
    size_t body;
    int body_of;
};
int made_record(struct made_bundle *b, const struct made_what *what);

/* Its line once more, at its place, after it was changed. */
void made_log_again(struct made_bundle *b, size_t record);

/* Everything into a new file. */
void made_write(struct made_bundle *b, const char *path);

/*
 * A bundle in which everything holds. Of the sender: 0 whole, 1 whole with a
 * body, 2 the head before 3, 4 the head with the body of 5. Of the other: 6
 * whole, 7 in part (its title), 8 in part with its body. From a device of the
 * sender: 9 in its first session, 10 in its second. Logs: 0 of the sender, 1
 * of the other, 2 and 3 the sessions.
 */
enum { MADE_ALL = 11 };
void made_all(struct made_bundle *b, const struct vlt_card *to);

#endif
