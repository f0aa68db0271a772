/* SPDX-License-Identifier: Apache-2.0 */
/* quick_vault.h: a vault opened by a key file, made in no time */
#ifndef TEST_QUICK_VAULT_H
#define TEST_QUICK_VAULT_H

#include <vault/vault.h>

#include "temp_dir.h"

/*
 * A folder with `v.sanduq`, `key` (a key file, so no Argon2) and `state`, and
 * an unlocked handle. What fails here ends the program with status 2 and the
 * error's message; tests of failures call the library themselves.
 *
 *     struct quick_vault q;
 *
 *     quick_make(&q);
 *     quick_add(q.v, "first", "text", 4, &sealed);
 *     quick_end(&q);
 */
struct quick_vault {
    struct temp_dir dir;
    char path[TEMP_PATH];
    char keyfile[TEMP_PATH];
    char state[TEMP_PATH];
    struct vault_key *key;
    struct vault_options opt; /* of every handle opened here */
    struct vault *v;
};

void quick_make(struct quick_vault *q);
/* Close, and open unlocked again. */
void quick_again(struct quick_vault *q);
void quick_close(struct quick_vault *q);
/* Close, and remove the folder. */
void quick_end(struct quick_vault *q);

/* A second handle on any file, unlocked with q's key. */
struct vault *quick_open(const struct quick_vault *q, const char *path,
    const struct vault_options *opt);

/* One record with a title and a body of n bytes; p NULL: without body. */
void quick_add(struct vault *v, const char *title, const void *p, size_t n,
    struct vault_sealed *out);
/* The body of a record's current version; the caller frees it. */
uint8_t *quick_body(struct vault *v, const uint8_t id[VAULT_ID], size_t *n);
/* How many records vault_list shows; none may be bad. */
unsigned quick_listed(struct vault *v);

/* What vault_verify says; `key` may be NULL. */
struct quick_verdict {
    enum vault_status st;
    struct vault_verdict verdict;
    struct vault_error err;
    char lines[16384]; /* "LEVEL kind: message\n" each */
};
void quick_verify(const char *path, const struct vault_key *key,
    struct quick_verdict *out);
void quick_verify_with(const char *path, const struct vault_verify_options *opt,
    struct quick_verdict *out);

/* Past the library, as an attacker would: plain SQLite on the file. */
void quick_sql(const char *path, const char *sql);
long long quick_count(const char *path, const char *sql);

/* n bytes that do not compress, the same for the same seed. */
void quick_noise(uint8_t *p, size_t n, uint64_t seed);

/*
 * Run fn in a child process. quick_child returns its exit status, 256 plus
 * the signal that ended it.
 */
int quick_child(void (*fn)(void *ctx), void *ctx);

#endif
