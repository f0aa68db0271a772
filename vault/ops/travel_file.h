/* SPDX-License-Identifier: Apache-2.0 */
/* travel_file.h: the plan beside a travel file, and what is read of the latter */
#ifndef VLT_TRAVEL_FILE_H
#define VLT_TRAVEL_FILE_H

#include "handle.h"
#include "travelplan.h"

enum { VLT_TRAVEL_PATH = 4096 };

/* PATH with something behind it.   VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status vlt_travel_name(const char *path,
    const char *suffix, char out[VLT_TRAVEL_PATH], struct vault_error *err);
/* The plan of a travel file; VAULT_E_NOT_FOUND; VAULT_E_TAMPERED when it is
 * none. *out is the caller's to clear. */
VAULT_CHECKED enum vault_status vlt_plan_load(const char *travel,
    struct vlt_plan *out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_plan_store(const char *travel,
    const struct vlt_plan *p, struct vault_error *err);
struct vlt_plan_way *vlt_plan_way_of(struct vlt_plan *p,
    const uint8_t slot[16]);

/* What anybody can read of a vault or kit. Opened for reading only.
 *   VAULT_E_FORMAT  another kind of file */
struct vlt_travel_seen {
    uint8_t vault[16];
    bool kit;
    uint32_t generation; /* of its newest card */
    uint8_t card[32];
    uint64_t seeds; /* sealed secrets of identity generations */
    uint64_t caches;
    struct vlt_slot_set slots;
};
VAULT_CHECKED enum vault_status vlt_travel_see(const char *path,
    struct vlt_travel_seen *out, struct vault_error *err);

/* Whether that is a capture file that seals to this card. */
bool vlt_travel_seals_to(const char *capture, const uint8_t card[32]);

#endif
