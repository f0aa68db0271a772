/* SPDX-License-Identifier: Apache-2.0 */
/* insider.h: what somebody can do who has the keys of a vault's log */
#ifndef TEST_INSIDER_H
#define TEST_INSIDER_H

#include "quick_vault.h"

/* The key of this machine's log, of an unlocked handle that has written. */
void insider_key(struct vault *v, uint8_t secret[32]);
/*
 * Sign log n of the file as its lines are now: its nodes and checkpoints are
 * made anew by the library's own writer, as if nothing had ever been else.
 */
void insider_sign(const char *path, uint64_t n, const uint8_t secret[32]);
/*
 * A checkpoint of log 1 at `size` with the root that stored nodes and lines
 * give, whatever they are, signed: the note, for the caller to free.
 */
char *insider_checkpoint(const char *path, uint64_t size,
    const uint8_t secret[32]);
/* Take record row `rid` out with all that belongs to it, and the lines that
 * name it; the lines behind move up. Log 1. */
void insider_drop(const char *path, unsigned rid);

#endif
