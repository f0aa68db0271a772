/* SPDX-License-Identifier: Apache-2.0 */
/* share_tell.h: what a person or a script is told about a bundle */
#ifndef CLI_SHARE_TELL_H
#define CLI_SHARE_TELL_H

#include <vault/share.h>

#include "cmd.h"
#include "share_judge.h"
#include "share_shares.h"

/* Callback of struct vault_share_options; ctx is the struct cli. */
void share_tell_left(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    enum vault_share_left why, const struct vault_error *err);
/* Who gets it, what, and what does not go along. */
void share_tell_before(const struct cli *c, const struct vault_share *s,
    const struct share_judged *judged, const char *purpose,
    const struct share_deal *deal);
/* The name of each recipient, typed; --yes answers.
 *   VAULT_E_CANCELLED, VAULT_E_USAGE (nobody to ask) */
VAULT_CHECKED enum vault_status share_confirm(const struct cli *c,
    const struct vault_share *s, struct vault_error *err);
void share_tell_nothing(const struct cli *c, const struct vault_share *s,
    const struct share_judged *judged);
void share_tell_after(const struct cli *c, const struct vault_shared *r,
    const struct share_deal *deal);

#endif
