/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.h: the ways in which SHA-256 can be computed (inside crypto/ only) */
#ifndef VLT_SHA256_H
#define VLT_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One way: `state` is VLT_SHA256_STATE bytes aligned to 8. final wipes it.
 * p may be NULL when n is 0.
 */
enum { VLT_SHA256_STATE = 104 };
struct vlt_sha256_way {
    const char *name;
    void (*init)(void *state);
    void (*update)(void *state, const uint8_t *p, size_t n);
    void (*final)(void *state, uint8_t out[32]);
};

/* The way that is always there and that others are measured by. */
extern const struct vlt_sha256_way vlt_sha256_by_sodium;

/* The SHA extensions of x86-64, or NULL where processor or compiler has none. */
const struct vlt_sha256_way *vlt_sha256_by_ni(void);

/*
 * Whether a way gives what libsodium gives, for every length up to two blocks
 * (each way to pad) and for one long message, in pieces of uneven length.
 * Well below a millisecond.
 */
bool vlt_sha256_sound(const struct vlt_sha256_way *way);

/* Choose the way for states begun from here on: a sound fast one or
 * libsodium. Called by vlt_crypto_init. */
void vlt_sha256_choose(void);
const struct vlt_sha256_way *vlt_sha256_chosen(void);

#endif
