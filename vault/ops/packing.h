/* SPDX-License-Identifier: Apache-2.0 */
/* packing.h: an audit pack in the making */
#ifndef VLT_PACKING_H
#define VLT_PACKING_H

#include <vault/audit.h>
#include "sharing.h"

/*
 * What goes out lies in one read transaction of the vault, so nothing of it
 * changes meanwhile. What the proofs of others need (logs, checkpoints, cards,
 * notes) is put as into a bundle, by the same functions.
 */
struct vlt_packing {
    struct vault *v;
    struct vault_share share; /* as much of one as `file` asks for */
    struct vlt_share_file file;
    struct vlt_own_logs logs;
    struct vault_packed told;
    uint64_t rid; /* the last one given */
    uint64_t done, total;
};

/* One more row is written; VAULT_E_CANCELLED when the caller wants no more. */
VAULT_CHECKED enum vault_status vlt_packing_step(struct vlt_packing *p,
    struct vault_error *err);
/* Records of other vaults, what proves them, and the heads they follow. Needs
 * an unlocked handle. */
VAULT_CHECKED enum vault_status vlt_packing_others(struct vlt_packing *p,
    struct vault_error *err);

#endif
