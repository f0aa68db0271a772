/* SPDX-License-Identifier: Apache-2.0 */
/* travelplan.h: what is still to be done before a border, in a file of its own */
#ifndef VLT_TRAVELPLAN_H
#define VLT_TRAVELPLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

/*
 * Lies beside the travel file (NAME.travel) until travel is finished, since
 * then neither the old vault nor the new one can be opened here. No secret is
 * in it, no name, and nobody's card: an answer can be compared with it, not
 * made out of it. It names paths of this machine, and goes when all is done.
 */
enum {
    VLT_PLAN_WAYS = 32,
    VLT_PLAN_LEFT = 256,
    VLT_PLAN_PATH = 4096,
    VLT_PLAN_MAX = 1024 * 1024 /* bytes of such a text */
};
struct vlt_plan_way {
    uint8_t slot[16];
    bool card;          /* a challenge went out; else shares */
    uint8_t expect[32]; /* of a card: H(answer text) */
    int64_t asked;      /* of a card: when the challenge was made */
    int64_t proved;     /* when it was seen to open; -1: not yet */
};
struct vlt_plan_left {
    char word[17]; /* what it is: `vault`, `state`, `keyfile` ... */
    char *path;    /* absolute; the plan's own */
};
struct vlt_plan {
    uint8_t vault[16];
    uint32_t generation; /* of the travel file's card */
    uint8_t card[32];    /* its fingerprint */
    int64_t made;
    size_t ways;
    struct vlt_plan_way way[VLT_PLAN_WAYS];
    size_t lefts;
    struct vlt_plan_left *left;
};
void vlt_plan_init(struct vlt_plan *p);
void vlt_plan_clear(struct vlt_plan *p);
/* One more; copies. What is there already is not added again.
 *   VAULT_E_LIMIT   more than fit, or a path that is too long */
VAULT_CHECKED enum vault_status vlt_plan_leave(struct vlt_plan *p,
    const char *word, const char *path, struct vault_error *err);

/*
 * The text, appended to out; and back, exact form only, *out new.
 *   VAULT_E_FORMAT  not so: also no way at all, a slot twice, a word that is
 *                   not [a-z-]{1,16}, a path that is empty or holds a 0
 */
VAULT_CHECKED enum vault_status vlt_plan_encode(struct vlt_buf *out,
    const struct vlt_plan *p, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_plan_decode(struct vlt_plan *out,
    const char *text, size_t len, struct vault_error *err);

#endif
