/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h: every kind of key as a type of its own in guarded memory */
#ifndef VLT_SECRET_H
#define VLT_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * Each type is 32 bytes in sodium_malloc memory: locked, fenced, left out
 * of core dumps, wiped when freed. `new` gives zeroed bytes or NULL without
 * memory. Swapping two kinds does not compile; forgetting the wipe is
 * impossible because free does it. free takes NULL.
 */
#define VLT_SECRET_TYPE(name)                  \
    struct vlt_##name {                        \
        uint8_t b[32];                         \
    };                                         \
    struct vlt_##name *vlt_##name##_new(void); \
    void vlt_##name##_free(struct vlt_##name *k)

VLT_SECRET_TYPE(vmk);      /* vault master key: what a slot wraps */
VLT_SECRET_TYPE(kek);      /* key-encryption key of one slot */
VLT_SECRET_TYPE(base);     /* what a passphrase or key file came to (s. 3) */
VLT_SECRET_TYPE(seed);     /* SEED of one identity generation */
VLT_SECRET_TYPE(e0);       /* secret of one epoch */
VLT_SECRET_TYPE(step);     /* Ei: a step of an epoch's chain */
VLT_SECRET_TYPE(rk);       /* record key, one per record version */
VLT_SECRET_TYPE(xk);       /* key of one extract: a record given in part */
VLT_SECRET_TYPE(kmeta);    /* key of a record's metadata */
VLT_SECRET_TYPE(kb);       /* key of a record's body */
VLT_SECRET_TYPE(salts);    /* salt seed of commitments */
VLT_SECRET_TYPE(logkey);   /* Ed25519 seed of one log */
VLT_SECRET_TYPE(signkey);  /* Ed25519 seed: id-sign, id-mini, id-wit */
VLT_SECRET_TYPE(kemkey);   /* X-Wing seed: id-kem */
VLT_SECRET_TYPE(cell);     /* a key that seals cells, rows, events, state */
VLT_SECRET_TYPE(keyfile);  /* the 32 bytes of a key file */
VLT_SECRET_TYPE(payload);  /* what the chunks of an age file are under */
VLT_SECRET_TYPE(recovery); /* what is dealt as shares: codex32.h */

/* Fill with random bytes. */
void vlt_random(void *p, size_t n);

/*
 * Start the cryptography; safe to call again and from several threads. Comes
 * before everything else in this layer.
 *   VAULT_E_INTERNAL  libsodium does not start or is older than 1.0.22
 */
VAULT_CHECKED enum vault_status vlt_crypto_init(struct vault_error *err);
/* What `version --verbose` prints: libsodium's version, and which SHA-256
 * runs ("libsodium" or "sha-ni"). Static strings. */
const char *vlt_crypto_version(void);
const char *vlt_crypto_sha256(void);

/*
 * Guarded bytes of any length (passphrases). `new` gives zeros. NULL without
 * memory. `copy` leaves its source to the caller, who wipes it.
 */
struct vlt_guarded {
    size_t len;
    uint8_t *p;
};
struct vlt_guarded *vlt_guarded_new(size_t len);
struct vlt_guarded *vlt_guarded_copy(const void *p, size_t len);
void vlt_guarded_free(struct vlt_guarded *g);

/* Whether n bytes are equal, in a time that depends on n only. */
bool vlt_equal(const void *a, const void *b, size_t n);

#endif
