/* SPDX-License-Identifier: Apache-2.0 */
/* state_bench.h: saved states of a vault, also one that knows only its making */
#ifndef TEST_STATE_BENCH_H
#define TEST_STATE_BENCH_H

#include <vault/vault.h>

#include "verifystate.h"

/* What vault_verify gives to be saved, without a card; NULL when nothing. The
 * caller frees it. */
char *state_of(const char *path);
/* The same of a check that is given a state. */
char *state_again(const char *path, const char *state);
/*
 * The same as if it had been saved behind the first `lines` lines of the
 * vault's first log, before there was a record. A state of the making: of four
 * lines (genesis, card, slots, settings) in a vault that was just made.
 */
char *state_early(const char *path, uint64_t lines);
/* Verify with this state. */
enum vault_status state_verify(const char *path, const char *state,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out);

#endif
