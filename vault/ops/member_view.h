/* SPDX-License-Identifier: Apache-2.0 */
/* member_view.h: fingerprints as the people whose cards they are */
#ifndef VLT_MEMBER_VIEW_H
#define VLT_MEMBER_VIEW_H

#include <vault/compartments.h>
#include "settings.h"

/* The pinned cards, kept after the transaction they were read in. */
struct vlt_member_names {
    size_t n;
    struct vlt_member_name *at;
};
VAULT_CHECKED enum vault_status vlt_member_names_load(struct vault *v,
    struct vlt_member_names *out, struct vault_error *err);
void vlt_member_names_clear(struct vlt_member_names *l);
/* out borrows its name from l. */
void vlt_member_view(const struct vlt_member_names *l,
    const uint8_t fingerprint[32], struct vault_compartment_member *out);
/* The vault whose pinned card this is; NULL when it is not pinned. */
const uint8_t *vlt_member_vault(const struct vlt_member_names *l,
    const uint8_t fingerprint[32]);

#endif
