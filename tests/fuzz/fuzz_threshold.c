/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_threshold.c: any K of the N shares of any secret give its identity, and a
 * changed share never gives it */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "onetime.h"
#include "shares.h"

/* secret 32, K, N, which shares (2), where one is changed, by what */
enum { SECRET = 32, LONG = SECRET + 6 };

static struct vlt_onetime *
join(const struct vlt_shares *all, unsigned which)
{
    struct vlt_shares *set = vlt_shares_new();
    struct vlt_onetime *o = NULL;
    char text[VLT_SHARE_TEXT];

    if (set == NULL)
        abort();
    for (size_t i = 0; i < all->n; i++) {
        vlt_share_text(&all->s[i], text);
        if ((which >> i & 1) != 0 &&
            vlt_shares_add(set, text, strlen(text), NULL) != VAULT_OK)
            abort();
    }
    if (vlt_onetime_join(&o, set, NULL) != VAULT_OK)
        o = NULL;
    vlt_shares_free(set);
    return o;
}

static size_t
count(unsigned which, size_t n)
{
    size_t seen = 0;

    for (size_t i = 0; i < n; i++)
        seen += which >> i & 1;
    return seen;
}

/* One letter of one text is another: it is not read as a share. */
static void
change(const struct vlt_shares *all, const uint8_t *data)
{
    static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    struct vlt_shares *set = vlt_shares_new();
    char text[VLT_SHARE_TEXT];
    size_t at = 4 + data[LONG - 2] % (VLT_SHARE_TEXT - 5);
    char other = letters[data[LONG - 1] % 32];

    if (set == NULL)
        abort();
    vlt_share_text(&all->s[data[LONG - 1] % all->n], text);
    if (text[at] != other) {
        text[at] = other;
        if (vlt_shares_add(set, text, strlen(text), NULL) == VAULT_OK)
            abort();
    }
    vlt_shares_free(set);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_recovery *secret;
    struct vlt_shares *all = NULL;
    struct vlt_onetime *some, *every;
    unsigned k, n, which;

    if (size < LONG || vlt_crypto_init(NULL) != VAULT_OK)
        return 0;
    k = 2 + data[SECRET] % 8;
    n = k + data[SECRET + 1] % (VLT_SHARES_MAX - k + 1);
    which =
        ((unsigned)data[SECRET + 2] << 8 | data[SECRET + 3]) & ((1U << n) - 1);
    secret = vlt_recovery_new();
    if (secret == NULL)
        abort();
    memcpy(secret->b, data, SECRET);
    if (vlt_shares_deal(secret, k, n, "cdef", &all, NULL) != VAULT_OK)
        abort();
    some = join(all, which);
    if ((some != NULL) != (count(which, n) >= k))
        abort();
    every = some != NULL ? join(all, (1U << n) - 1) : NULL;
    if (some != NULL &&
        (every == NULL ||
            memcmp(some->card.fingerprint, every->card.fingerprint, 32) != 0))
        abort();
    change(all, data);
    vlt_onetime_free(some);
    vlt_onetime_free(every);
    vlt_shares_free(all);
    vlt_recovery_free(secret);
    return 0;
}
