/* SPDX-License-Identifier: Apache-2.0 */
/* verify_filter.h: a set of ids in a fixed space, which may answer too often */
#ifndef VLT_VERIFY_FILTER_H
#define VLT_VERIFY_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * A Bloom filter of 1 MiB. An id that was added is always found; one that was
 * not is found by mistake about once in 2,000 times with 500,000 ids in it, and more
 * often with more: that costs time and nothing else. Ids come from a file
 * nobody vouches for, and are hashed with a key of this run. Several threads
 * may ask while none adds.
 */
struct vlt_filter;
VAULT_CHECKED enum vault_status vlt_filter_new(struct vlt_filter **out,
    struct vault_error *err);
void vlt_filter_free(struct vlt_filter *f);
void vlt_filter_add(struct vlt_filter *f, const uint8_t id[16]);
bool vlt_filter_has(const struct vlt_filter *f, const uint8_t id[16]);
bool vlt_filter_empty(const struct vlt_filter *f);

#endif
