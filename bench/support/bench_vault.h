/* SPDX-License-Identifier: Apache-2.0 */
/* bench_vault.h: a vault in a folder of its own, opened by a key file */
#ifndef BENCH_VAULT_H
#define BENCH_VAULT_H

#include <stddef.h>
#include <stdint.h>
#include <vault/vault.h>

/*
 * FOLDER/v.sanduq, FOLDER/key (so that unlocking costs no key derivation) and
 * the state files in FOLDER. Whatever fails ends the program with a message.
 */
enum { BENCH_PATH = 4096 };

void bench_fatal(const char *what, const struct vault_error *err);
void bench_path(char out[BENCH_PATH], const char *folder, const char *name);
void bench_make(const char *folder);
struct vault *bench_open(const char *folder);
/*
 * n invented testimonies, from number `from` on, each with an original of
 * `bytes` that do not shrink (0: none), in batches.
 */
void bench_fill(struct vault *v, uint64_t from, uint64_t n, size_t bytes);
/* Two vaults whose people have compared their cards, under these names. */
void bench_meet(struct vault *a, const char *a_name, struct vault *b,
    const char *b_name);

#endif
