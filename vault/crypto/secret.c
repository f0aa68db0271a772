/* SPDX-License-Identifier: Apache-2.0 */
/* secret.c: keys in guarded memory, random bytes, starting libsodium */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "secret.h"
#include "sha256.h"

static void *
guarded_zeros(size_t n)
{
    void *p = sodium_malloc(n);

    if (p != NULL && n != 0)
        sodium_memzero(p, n); /* sodium_malloc fills with 0xdb */
    return p;
}

/* sodium_free wipes; it takes NULL. */
#define SECRET(name)                                     \
    struct vlt_##name *vlt_##name##_new(void)            \
    {                                                    \
        return guarded_zeros(sizeof(struct vlt_##name)); \
    }                                                    \
    void vlt_##name##_free(struct vlt_##name *k)         \
    {                                                    \
        sodium_free(k);                                  \
    }                                                    \
    _Static_assert(sizeof(struct vlt_##name) == 32, "32 bytes each")

SECRET(vmk);
SECRET(kek);
SECRET(base);
SECRET(seed);
SECRET(e0);
SECRET(step);
SECRET(rk);
SECRET(xk);
SECRET(kmeta);
SECRET(kb);
SECRET(salts);
SECRET(logkey);
SECRET(signkey);
SECRET(kemkey);
SECRET(cell);
SECRET(keyfile);
SECRET(payload);
SECRET(recovery);

void
vlt_random(void *p, size_t n)
{
    if (n != 0)
        randombytes_buf(p, n);
}

/* Whether "1.0.22" or later; what is not three numbers is refused. */
static bool
sodium_new_enough(const char *version)
{
    static const unsigned long least[3] = {1, 0, 22};

    for (int i = 0; i < 3; i++) {
        char *end = NULL;
        unsigned long n = strtoul(version, &end, 10);

        if (end == version || (i < 2 && *end != '.'))
            return false;
        if (n != least[i])
            return n > least[i];
        version = end + 1;
    }
    return true;
}

enum vault_status
vlt_crypto_init(struct vault_error *err)
{
    if (sodium_init() < 0)
        return vlt_fail(err, VAULT_E_INTERNAL, "libsodium does not start");
    if (!sodium_new_enough(sodium_version_string()))
        return vlt_fail(err, VAULT_E_INTERNAL,
            "libsodium %s is too old: 1.0.22 is needed",
            sodium_version_string());
    vlt_sha256_choose();
    return VAULT_OK;
}

const char *
vlt_crypto_version(void)
{
    return sodium_version_string();
}

const char *
vlt_crypto_sha256(void)
{
    return vlt_sha256_chosen()->name;
}

struct vlt_guarded *
vlt_guarded_new(size_t len)
{
    struct vlt_guarded *g = calloc(1, sizeof *g);

    if (g == NULL)
        return NULL;
    g->p = guarded_zeros(len);
    if (g->p == NULL) {
        free(g);
        return NULL;
    }
    g->len = len;
    return g;
}

struct vlt_guarded *
vlt_guarded_copy(const void *p, size_t len)
{
    struct vlt_guarded *g = vlt_guarded_new(len);

    if (g != NULL && len != 0)
        memcpy(g->p, p, len);
    return g;
}

void
vlt_guarded_free(struct vlt_guarded *g)
{
    if (g == NULL)
        return;
    sodium_free(g->p);
    free(g);
}

bool
vlt_equal(const void *a, const void *b, size_t n)
{
    return n == 0 || sodium_memcmp(a, b, n) == 0;
}
