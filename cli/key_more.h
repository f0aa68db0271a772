/* SPDX-License-Identifier: Apache-2.0 */
/* key_more.h: ways to unlock besides passphrase and key file */
#ifndef CLI_KEY_MORE_H
#define CLI_KEY_MORE_H

#include "cmd.h"
#include "pass.h"

struct key_opts {
    const char *kdf;
    struct pass_from pass;
    const char *key_file;
    /* of key add shares */
    const char *output;
    const char *label;
    const char *replace;
    bool text, keep_old;
};

/* key add shares K/N; key add card NAME. `id` is that of the new way. */
VAULT_CHECKED enum vault_status key_add_shares(struct cli *c,
    uint8_t id[VAULT_ID], struct vault_error *err);
VAULT_CHECKED enum vault_status key_add_card(struct cli *c,
    uint8_t id[VAULT_ID], struct vault_error *err);

/*
 * After a vault was made: offer recovery sheets on the terminal. Whatever
 * comes of it, the vault stays; *made says whether there is one way more now.
 */
void key_offer_sheets(struct cli *c, bool *made, uint8_t id[VAULT_ID]);

/* What an old copy of the file still opens with. */
void key_tell_old_copies(void);

#endif
