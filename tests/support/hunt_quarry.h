/* SPDX-License-Identifier: Apache-2.0 */
/* hunt_quarry.h: the sealed things of a container, and keys tried on them */
#ifndef TEST_HUNT_QUARRY_H
#define TEST_HUNT_QUARRY_H

#include "card.h"
#include "epoch.h"
#include "record.h"
#include "slot.h"

#include "hunt.h"

/* A value of a row: bytes of our own. */
struct quarry_blob {
    uint8_t *p;
    size_t n;
};
struct quarry_vault {
    uint8_t id[16];
    bool has_slots;
    uint8_t slots_hash[32];
    uint8_t slots_mac[32];
    struct quarry_blob ck; /* meta `catalogue` */
    uint32_t ck_gen;
    struct quarry_blob page; /* page 1 of the catalogue */
};
struct quarry_slot {
    uint8_t vault[16];
    struct vlt_slot slot;
};
struct quarry_card {
    struct vlt_card card;
    struct quarry_blob seed; /* sealed SEED */
};
struct quarry_epoch {
    struct vlt_epoch e;
    uint8_t rcpt[32];
    struct quarry_blob cache;
    struct quarry_blob manifest; /* of a bundle */
    uint32_t steps;              /* of a chain: how many are in use */
};
/* A wrap, or an event, or an extract's wrap: under a step of an epoch. */
struct quarry_step {
    uint8_t epoch[16];
    uint32_t i;
    bool event;
    uint8_t ad[152];
    size_t ad_len;
    struct quarry_blob ct; /* nonce first */
};
struct quarry_record {
    uint8_t id[16];
    uint8_t hash[32]; /* of the header */
    uint8_t commit[32];
    struct quarry_blob meta;
    struct quarry_blob chunk; /* the first of the body */
    bool chunk_final;
};
struct quarry_extract {
    uint8_t stmt[32];
    struct quarry_blob ct;
};
struct quarry_cell { /* under a key derived from VMK */
    uint8_t vault[16];
    int label; /* enum vlt_label */
    uint8_t ad[160];
    size_t ad_len;
    struct quarry_blob ct;
};
struct quarry_log {
    uint8_t pk[32];
};

#define QUARRY_LIST(type, name) \
    struct type *name;          \
    size_t name##s

struct quarry {
    QUARRY_LIST(quarry_vault, vault);
    QUARRY_LIST(quarry_slot, slot);
    QUARRY_LIST(quarry_card, card);
    QUARRY_LIST(quarry_epoch, epoch);
    QUARRY_LIST(quarry_step, step);
    QUARRY_LIST(quarry_record, record);
    QUARRY_LIST(quarry_extract, extract);
    QUARRY_LIST(quarry_cell, cell);
    QUARRY_LIST(quarry_log, log);
};

void quarry_load(struct quarry *q, const char *path);
void quarry_load_records(struct quarry *q, const char *path,
    const uint8_t (*id)[16], size_t n, bool wraps);
void quarry_spare(struct quarry *q, const uint8_t (*id)[16], size_t n);
void quarry_identity(struct quarry *q, const uint8_t *kem, const uint8_t *sign);
/* Every sealed value of the container. */
void quarry_sealed(const char *path,
    void (*fn)(void *ctx, const uint8_t *p, size_t n), void *ctx);
void quarry_clear(struct quarry *q);
size_t quarry_things(const struct quarry *q);

/*
 * Whether these 32 bytes are a key of kind k to anything in q. HUNT_BASE looks
 * at 64 bytes too when `room` is that much.
 */
bool quarry_opens(const struct quarry *q, enum hunt_kind k, const uint8_t *w,
    size_t room);

#endif
