/* SPDX-License-Identifier: Apache-2.0 */
/* newkey.h: making a new way to unlock */
#ifndef CLI_NEWKEY_H
#define CLI_NEWKEY_H

#include "cmd.h"
#include "pass.h"

struct newkey {
    /* What is wanted. */
    bool passphrase;
    const char *key_file;  /* NULL: none */
    struct pass_from from; /* nothing given: ask on the terminal */
    const char *missing;   /* N_(): the options that give the passphrase */
    /* What was made. */
    struct vault_key *key;
    bool made_file; /* the key file was not there before */
};

/*
 * Asks or reads, refuses weak passphrases, makes a key file that is not
 * there yet. Release with newkey_clear.
 *   VAULT_E_USAGE  weak, nobody to ask, or what was typed back did not match
 */
VAULT_CHECKED enum vault_status newkey_make(struct newkey *k,
    struct vault_error *err);
/* Frees; takes a key file away again that was made for nothing. */
void newkey_clear(struct newkey *k, bool failed);

/*
 * A new passphrase, typed twice; a weak one is refused. `pass` is reset first
 * and wiped by its owner.
 *   VAULT_E_USAGE  weak, not the same, or nobody to ask (`missing`, N_())
 */
VAULT_CHECKED enum vault_status newkey_ask_twice(const char *missing,
    struct vlt_buf *pass, struct vault_error *err);

/* The cost that --kdf names; NULL is standard. */
struct vault_cost newkey_cost(const char *kdf);

#endif
