/* SPDX-License-Identifier: Apache-2.0 */
/* share_judge.h: what consent says of the records of a bundle */
#ifndef EXCHANGE_SHARE_JUDGE_H
#define EXCHANGE_SHARE_JUDGE_H

#include <vault/share.h>

#include "export.h"

struct share_judge {
    const char *purpose; /* of the registry (consent.h) */
    bool override;       /* take out nothing, only tell */
    int64_t now;
    void (*refused)(void *ctx, const struct export_refusal *r);
    void *ctx;
};
struct share_judged {
    uint64_t refused;    /* taken out of the bundle */
    uint64_t overridden; /* in it, against what is on record */
    uint64_t no_consent; /* in it, none on record */
    uint64_t conditions; /* in it, with conditions of a person */
};
/*
 * Judge each record that was added, by the rules of an export
 * (docs/adr/0015), and take out what is refused.
 *   VAULT_E_USAGE     no such purpose
 *   VAULT_E_TAMPERED  a record cannot be read, and may be a consent that says
 *                     no (not with override)
 *   VAULT_E_CANCELLED
 */
VAULT_CHECKED enum vault_status share_judge_all(struct vault *v,
    struct vault_share *s, const struct share_judge *o,
    struct share_judged *out, struct vault_error *err);

#endif
