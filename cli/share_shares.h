/* SPDX-License-Identifier: Apache-2.0 */
/* share_shares.h: a bundle for whoever brings enough shares together */
#ifndef CLI_SHARE_SHARES_H
#define CLI_SHARE_SHARES_H

#include "cmd.h"

#include <vault/threshold.h>

struct share_deal {
    const struct cli *c;
    const char *sheets; /* folder; NULL: the terminal */
    bool text;          /* sheets as plain text, not HTML */
    const char *label;  /* on each sheet; NULL: none */
    unsigned needed, shares;
    /* set while the bundle is made */
    char identifier[VAULT_SHARE_SET];
    uint8_t file[VAULT_HASH];
    struct vault_shares *kept; /* until they are shown */
    bool written;              /* the sheets are in the folder */
};
void share_deal_clear(struct share_deal *d);

/* K/N, as `2/3`.   VAULT_E_USAGE */
VAULT_CHECKED enum vault_status share_numbers(const char *text,
    struct share_deal *d, struct vault_error *err);
/* For vault_share_to_shares: the sheets are written here, or the shares kept
 * to be shown when the bundle is there. ctx: struct share_deal. */
enum vault_status share_deal_out(void *ctx, const struct vault_dealt *dealt,
    struct vault_error *err);

/* What it means, before anything is done. */
void share_shares_before(const struct share_deal *d);
/* The bundle has its name: show what is to be copied. When that does not come
 * to an end the file, which nobody opens then, is removed. */
VAULT_CHECKED enum vault_status share_shares_after(struct share_deal *d,
    const char *path, struct vault_error *err);

#endif
