/* SPDX-License-Identifier: Apache-2.0 */
/* circle.h: several vaults whose people have compared each other's cards */
#ifndef TEST_CIRCLE_H
#define TEST_CIRCLE_H

#include <vault/threshold.h>

#include "quick_vault.h"

/*
 * Vault i is known to the others as "v0", "v1" ... Everything that fails here
 * ends the program with status 2; tests of failures call the library.
 */
enum { CIRCLE_MAX = 8 };
struct circle {
    size_t n;
    struct quick_vault q[CIRCLE_MAX];
    struct temp_dir files; /* bundles */
};
void circle_make(struct circle *c, size_t n);
void circle_end(struct circle *c);
/* Pin the card of `of` in v, compared or not. */
void circle_pin(struct vault *v, struct vault *of, const char *name,
    bool compared);

/* A bundle FILES/name.bundle (or .bundle.age) to these vaults of these ids;
 * its path in `out`. */
struct circle_share {
    size_t from;
    unsigned to; /* bit i: vault i */
    const uint8_t (*id)[VAULT_ID];
    size_t n;
    const char *only; /* one field besides the title; NULL: whole */
    bool courier;
};
void circle_share(struct circle *c, const struct circle_share *s,
    const char *name, char out[TEMP_PATH]);

/* Add these files, accept nobody, commit. The first failure comes back. */
enum vault_status circle_receive(struct vault *v, const char *const *path,
    size_t n, struct vault_receive_result *out, struct vault_error *err);
/* The same with shares (threshold.h), which may be NULL. */
enum vault_status circle_receive_with(struct vault *v, const char *const *path,
    size_t n, const struct vault_shares *shares,
    struct vault_receive_result *out, struct vault_error *err);
/* The first; its failure ends the program. */
void circle_take(struct vault *v, const char *path,
    struct vault_receive_result *out);

/*
 * Everything a reader of the vault sees of records of this origin (NULL: of
 * all but `but`, which may be NULL): id, version, conflict, fields, hash of
 * the body; as text in a fixed order. The caller frees it.
 */
char *circle_picture(struct vault *v, const uint8_t *origin,
    const uint8_t *but);
/* The vault's id. */
void circle_id(struct vault *v, uint8_t id[VAULT_ID]);

#endif
