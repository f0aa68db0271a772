/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c: SHA-256 through the chosen way, the rest by libsodium */
#include <assert.h>
#include <stdatomic.h>
#include <sodium.h>

#include "hash.h"
#include "sha256.h"

/* What lies in struct vlt_sha256: a state keeps the way it began with. */
struct running {
    const struct vlt_sha256_way *way;
    _Alignas(8) uint8_t state[VLT_SHA256_STATE];
};
static_assert(sizeof(struct running) <= sizeof(struct vlt_sha256),
    "the state fits what the header promises");
static_assert(sizeof(crypto_hash_sha256_state) <= VLT_SHA256_STATE,
    "libsodium's state fits");

static void
sodium_start(void *state)
{
    (void)crypto_hash_sha256_init(state);
}

static void
sodium_more(void *state, const uint8_t *p, size_t n)
{
    if (n != 0)
        (void)crypto_hash_sha256_update(state, p, n);
}

static void
sodium_end(void *state, uint8_t out[32])
{
    (void)crypto_hash_sha256_final(state, out);
    sodium_memzero(state, sizeof(crypto_hash_sha256_state));
}

const struct vlt_sha256_way vlt_sha256_by_sodium = {"libsodium", sodium_start,
    sodium_more, sodium_end};

/*
 * The one thing that lives as long as the process. It is set by
 * vlt_crypto_init, always to the same value, and both values give the same
 * hashes, so that a reader in another thread cannot see anything wrong.
 */
static _Atomic(const struct vlt_sha256_way *) chosen;

/* Whether n bytes in pieces of uneven length hash to what libsodium says. */
static bool
agrees(const struct vlt_sha256_way *way, const uint8_t *message, size_t n)
{
    uint64_t state[VLT_SHA256_STATE / 8];
    uint8_t want[32];
    uint8_t got[32];
    size_t step = 0;

    (void)crypto_hash_sha256(want, message, n);
    way->init(state);
    for (size_t at = 0; at < n;) {
        size_t piece = step < n - at ? step : n - at;

        way->update(state, message + at, piece);
        at += piece;
        step = (step * 3 + 1) % 331; /* 0 1 4 13 40 121 33 100 301 242 ... */
    }
    way->final(state, got);
    return sodium_memcmp(want, got, sizeof want) == 0;
}

bool
vlt_sha256_sound(const struct vlt_sha256_way *way)
{
    uint8_t message[4099];

    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(i * 167 + (i >> 8) * 13);
    for (size_t n = 0; n <= 128; n++)
        if (!agrees(way, message, n))
            return false;
    return agrees(way, message, sizeof message);
}

void
vlt_sha256_choose(void)
{
    const struct vlt_sha256_way *ni = vlt_sha256_by_ni();

    if (ni != NULL && vlt_sha256_sound(ni))
        atomic_store(&chosen, ni);
    else
        atomic_store(&chosen, &vlt_sha256_by_sodium);
}

const struct vlt_sha256_way *
vlt_sha256_chosen(void)
{
    const struct vlt_sha256_way *way = atomic_load(&chosen);

    return way != NULL ? way : &vlt_sha256_by_sodium;
}

void
vlt_sha256_init(struct vlt_sha256 *h)
{
    struct running *r = (void *)h;

    r->way = vlt_sha256_chosen();
    r->way->init(r->state);
}

void
vlt_sha256_update(struct vlt_sha256 *h, const void *p, size_t n)
{
    struct running *r = (void *)h;

    r->way->update(r->state, p, n);
}

void
vlt_sha256_final(struct vlt_sha256 *h, uint8_t out[32])
{
    struct running *r = (void *)h;

    r->way->final(r->state, out);
}

void
vlt_sha256(uint8_t out[32], const void *p, size_t n)
{
    struct vlt_sha256 h;

    vlt_sha256_init(&h);
    vlt_sha256_update(&h, p, n);
    vlt_sha256_final(&h, out);
}

void
vlt_sha256_parts(uint8_t out[32], const struct vlt_part *part, size_t n)
{
    struct vlt_sha256 h;

    vlt_sha256_init(&h);
    for (size_t i = 0; i < n; i++)
        vlt_sha256_update(&h, part[i].p, part[i].n);
    vlt_sha256_final(&h, out);
}

static_assert(sizeof(crypto_hash_sha512_state) <= sizeof(struct vlt_sha512),
    "the state fits what the header promises");

void
vlt_sha512_init(struct vlt_sha512 *h)
{
    (void)crypto_hash_sha512_init((void *)h->state);
}

void
vlt_sha512_update(struct vlt_sha512 *h, const void *p, size_t n)
{
    if (n != 0)
        (void)crypto_hash_sha512_update((void *)h->state, p, n);
}

void
vlt_sha512_final(struct vlt_sha512 *h, uint8_t out[64])
{
    (void)crypto_hash_sha512_final((void *)h->state, out);
    sodium_memzero(h, sizeof *h);
}

void
vlt_blake2b(uint8_t out[32], const void *p, size_t n)
{
    (void)crypto_generichash_blake2b(out, 32, p, n, NULL, 0);
}

static_assert(sizeof(crypto_generichash_blake2b_state) <=
        sizeof(struct vlt_blake2b512),
    "the state fits what the header promises");

void
vlt_blake2b512_init(struct vlt_blake2b512 *h)
{
    (void)crypto_generichash_blake2b_init((void *)h->state, NULL, 0, 64);
}

void
vlt_blake2b512_update(struct vlt_blake2b512 *h, const void *p, size_t n)
{
    if (n != 0)
        (void)crypto_generichash_blake2b_update((void *)h->state, p, n);
}

void
vlt_blake2b512_final(struct vlt_blake2b512 *h, uint8_t out[64])
{
    (void)crypto_generichash_blake2b_final((void *)h->state, out, 64);
}

void
vlt_hmac(uint8_t out[32], const void *key, size_t key_len, const void *p,
    size_t n)
{
    crypto_auth_hmacsha256_state st;

    (void)crypto_auth_hmacsha256_init(&st,
        key_len != 0 ? key : (const void *)"", key_len);
    if (n != 0)
        (void)crypto_auth_hmacsha256_update(&st, p, n);
    (void)crypto_auth_hmacsha256_final(&st, out);
    sodium_memzero(&st, sizeof st);
}
