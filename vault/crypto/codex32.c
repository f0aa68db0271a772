/* SPDX-License-Identifier: Apache-2.0 */
/* codex32.c: dealing a secret as shares and putting it together again */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "codex32.h"
#include "fail.h"
#include "gf32.h"

enum { PAYLOAD = 52 };
static_assert(VLT_SHARE_HEAD + PAYLOAD + VLT_SHARE_CHECK == VLT_SHARE_SYMBOLS,
    "head, 32 bytes as 5-bit groups, checksum");
static_assert((int)VLT_SHARE_CHECK == (int)VLT_GF32_SUM, "one checksum");

/* In the order of dealing. */
static const char indices[VLT_SHARES_MAX + 1] = "acdefghjklmnpqr";

struct vlt_shares *
vlt_shares_new(void)
{
    struct vlt_shares *s = sodium_malloc(sizeof *s);

    if (s != NULL)
        sodium_memzero(s, sizeof *s);
    return s;
}

void
vlt_shares_free(struct vlt_shares *s)
{
    sodium_free(s);
}

static void
head_set(struct vlt_share *s, uint8_t threshold, const char *id, char index)
{
    s->threshold = threshold;
    memcpy(s->id, id, sizeof s->id);
    s->index = index;
    s->n = VLT_SHARE_SYMBOLS;
    s->v[0] = vlt_gf32_value((char)('0' + threshold));
    for (size_t i = 0; i < 4; i++)
        s->v[1 + i] = vlt_gf32_value(id[i]);
    s->v[5] = vlt_gf32_value(index);
}

/* 32 bytes as 52 groups of 5 bits; the last 4 bits are zero. */
static void
payload_put(uint8_t out[PAYLOAD], const uint8_t b[32])
{
    unsigned acc = 0;
    unsigned bits = 0;
    size_t n = 0;

    for (size_t i = 0; i < 32; i++) {
        acc = (acc << 8 | b[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            out[n++] = (uint8_t)(acc >> (bits - 5) & 31);
    }
    out[n] = (uint8_t)(acc << (5 - bits) & 31);
    sodium_memzero(&acc, sizeof acc);
}

/* The bytes again; false when what stands behind the last is not zero. */
static bool
payload_get(const uint8_t v[PAYLOAD], uint8_t out[32])
{
    unsigned acc = 0;
    unsigned bits = 0;
    size_t n = 0;
    bool rest;

    for (size_t i = 0; i < PAYLOAD; i++) {
        acc = (acc << 5 | v[i]) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (uint8_t)(acc >> bits & 0xff);
        }
    }
    rest = (acc & ((1U << bits) - 1)) != 0;
    sodium_memzero(&acc, sizeof acc);
    return !rest;
}

/* Share j's weight at x, of n shares: the others' (x - xm) / (xj - xm). In
 * this field - is +. Only indices go in, which are no secret. */
static uint8_t
weight(const struct vlt_shares *set, size_t j, uint8_t x)
{
    uint8_t above = 1;
    uint8_t below = 1;

    for (size_t m = 0; m < set->n; m++) {
        if (m == j)
            continue;
        above = vlt_gf32_mul(above, x ^ set->s[m].v[5]);
        below = vlt_gf32_mul(below, set->s[j].v[5] ^ set->s[m].v[5]);
    }
    return vlt_gf32_mul(above, vlt_gf32_inverse(below));
}

bool
vlt_shares_at(const struct vlt_shares *set, char index, struct vlt_share *out)
{
    uint8_t x = vlt_gf32_value(index);
    size_t n;

    assert(set->n > 0);
    n = set->s[0].n;
    memset(out, 0, sizeof *out);
    for (size_t j = 0; j < set->n; j++) {
        uint8_t w = weight(set, j, x);

        if (set->s[j].v[5] == x)
            return false;
        for (size_t i = 0; i < n; i++)
            out->v[i] ^= vlt_gf32_mul(w, set->s[j].v[i]);
    }
    out->threshold = set->s[0].threshold;
    memcpy(out->id, set->s[0].id, sizeof out->id);
    out->index = index;
    out->n = (uint8_t)n;
    return true;
}

/* The shares from `first` on, n of them. */
static void
window(struct vlt_shares *out, const struct vlt_shares *set, size_t first,
    size_t n)
{
    out->n = n;
    memcpy(out->s, set->s + first, n * sizeof out->s[0]);
}

/* Whether each k consecutive shares give `secret`. work is guarded room. */
static bool
windows_agree(const struct vlt_shares *set, size_t k,
    const struct vlt_share *secret, struct vlt_shares *work)
{
    struct vlt_share *got = &work->s[VLT_SHARES_MAX - 1];
    bool ok = true;

    assert(k + 2 <= VLT_SHARES_MAX);
    for (size_t i = 0; i + k <= set->n; i++) {
        window(work, set, i, k);
        ok &= vlt_shares_at(work, 's', got) &&
              vlt_equal(got->v, secret->v, VLT_SHARE_SYMBOLS);
    }
    return ok;
}

/* work holds the secret; then the secret and k - 1 drawn shares. */
static void
draw_rest(struct vlt_shares *set, struct vlt_shares *work, size_t k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vlt_share *s = &set->s[i];

        if (i + 1 < k) {
            head_set(s, work->s[0].threshold, work->s[0].id, indices[i]);
            vlt_random(s->v + VLT_SHARE_HEAD, PAYLOAD);
            for (size_t j = 0; j < PAYLOAD; j++)
                s->v[VLT_SHARE_HEAD + j] &= 31;
            vlt_gf32_seal(s->v, VLT_SHARE_SYMBOLS);
            work->s[work->n++] = *s;
        } else {
            (void)vlt_shares_at(work, indices[i], s);
        }
    }
    set->n = n;
}

static bool
id_ok(const char *id)
{
    size_t i;

    for (i = 0; i < 4; i++)
        if (id[i] == 0 || vlt_gf32_value(id[i]) > 31)
            return false;
    return id[4] == 0;
}

static void
id_draw(char id[5])
{
    uint8_t r[4];

    vlt_random(r, sizeof r);
    for (size_t i = 0; i < 4; i++)
        id[i] = vlt_gf32_letter(r[i] & 31);
    id[4] = 0;
}

static enum vault_status
deal_check(unsigned k, unsigned n, const char *id, struct vault_error *err)
{
    if (id != NULL && !id_ok(id))
        return vlt_fail(err, VAULT_E_USAGE,
            "the name of a set of shares is 4 letters of their alphabet");
    if (k == 1 && n == 1)
        return VAULT_OK;
    if (k < 2 || k > VLT_SHARE_K_MAX || n < k || n > VLT_SHARES_MAX)
        return vlt_fail(err, VAULT_E_USAGE,
            "%u of %u shares: it can be 1 of 1, or 2 to %d of at most %d", k, n,
            (int)VLT_SHARE_K_MAX, (int)VLT_SHARES_MAX);
    return VAULT_OK;
}

/* Both sets are empty. */
static enum vault_status
deal(const struct vlt_recovery *secret, unsigned k, unsigned n, const char *id,
    struct vlt_shares *set, struct vlt_shares *work, struct vault_error *err)
{
    struct vlt_share *whole = &work->s[VLT_SHARES_MAX - 2]; /* room beside */

    head_set(&work->s[0], (uint8_t)(k == 1 ? 0 : k), id, 's');
    payload_put(work->s[0].v + VLT_SHARE_HEAD, secret->b);
    vlt_gf32_seal(work->s[0].v, VLT_SHARE_SYMBOLS);
    work->n = 1;
    if (k == 1) {
        window(set, work, 0, 1);
        return VAULT_OK;
    }
    *whole = work->s[0];
    draw_rest(set, work, k, n);
    if (!windows_agree(set, k, whole, work))
        return vlt_fail(err, VAULT_E_INTERNAL,
            "the shares just dealt do not give the secret");
    return VAULT_OK;
}

enum vault_status
vlt_shares_deal(const struct vlt_recovery *secret, unsigned k, unsigned n,
    const char *id, struct vlt_shares **out, struct vault_error *err)
{
    struct vlt_shares *set = NULL;
    struct vlt_shares *work = NULL;
    char drawn[5];
    enum vault_status st;

    st = deal_check(k, n, id, err);
    if (st != VAULT_OK)
        return st;
    set = vlt_shares_new();
    work = vlt_shares_new();
    if (set == NULL || work == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    id_draw(drawn);
    st = deal(secret, k, n, id != NULL ? id : drawn, set, work, err);
    if (st != VAULT_OK)
        goto out;
    *out = set;
    set = NULL;
out:
    vlt_shares_free(set);
    vlt_shares_free(work);
    return st;
}

size_t
vlt_shares_missing(const struct vlt_shares *set)
{
    if (set->n == 0)
        return 1;
    if (set->s[0].index == 's' || set->s[0].threshold <= set->n)
        return 0;
    return set->s[0].threshold - set->n;
}

/* Whether the shares beyond the first k lie where those say. */
static bool
agree(const struct vlt_shares *set, size_t k, struct vlt_shares *work)
{
    struct vlt_share *got = &work->s[VLT_SHARES_MAX - 1];
    bool ok = true;

    window(work, set, 0, k);
    for (size_t i = k; i < set->n; i++)
        ok &= vlt_shares_at(work, set->s[i].index, got) &&
              vlt_equal(got->v, set->s[i].v, set->s[i].n);
    return ok;
}

/* The one share without which the others agree; set->n when that cannot be
 * told. */
static size_t
odd_one(const struct vlt_shares *set, size_t k, struct vlt_shares *work,
    struct vlt_shares *rest)
{
    size_t odd = set->n;

    if (set->n < k + 2)
        return odd;
    for (size_t i = 0; i < set->n; i++) {
        rest->n = 0;
        for (size_t j = 0; j < set->n; j++)
            if (j != i)
                rest->s[rest->n++] = set->s[j];
        if (!agree(rest, k, work))
            continue;
        if (odd != set->n)
            return set->n;
        odd = i;
    }
    return odd;
}

static enum vault_status
join(const struct vlt_shares *set, struct vlt_shares *work,
    struct vlt_shares *rest, struct vlt_recovery *out, struct vault_error *err)
{
    struct vlt_share *whole = &work->s[VLT_SHARES_MAX - 1];
    size_t k = set->s[0].threshold;

    if (set->s[0].index == 's') {
        *whole = set->s[0];
    } else {
        if (!agree(set, k, work)) {
            size_t odd = odd_one(set, k, work, rest);

            if (odd < set->n)
                return vlt_fail(err, VAULT_E_USAGE,
                    "share %c does not belong to the others",
                    set->s[odd].index);
            return vlt_fail_hint(err, VAULT_E_USAGE,
                "leave one out and try again",
                "these shares do not belong together");
        }
        window(work, set, 0, k);
        (void)vlt_shares_at(work, 's', whole);
    }
    if (!payload_get(whole->v + VLT_SHARE_HEAD, out->b))
        return vlt_fail(err, VAULT_E_USAGE,
            "these shares do not belong together");
    return VAULT_OK;
}

enum vault_status
vlt_shares_join(const struct vlt_shares *set, struct vlt_recovery **out,
    struct vault_error *err)
{
    struct vlt_shares *work = NULL;
    struct vlt_shares *rest = NULL;
    struct vlt_recovery *secret = NULL;
    enum vault_status st;

    if (vlt_shares_missing(set) > 0)
        return vlt_fail(err, VAULT_E_NO_KEY, "not enough shares: %zu missing",
            vlt_shares_missing(set));
    assert(set->s[0].n == VLT_SHARE_SYMBOLS);
    work = vlt_shares_new();
    rest = vlt_shares_new();
    secret = vlt_recovery_new();
    if (work == NULL || rest == NULL || secret == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    st = join(set, work, rest, secret, err);
    if (st != VAULT_OK)
        goto out;
    *out = secret;
    secret = NULL;
out:
    vlt_shares_free(work);
    vlt_shares_free(rest);
    vlt_recovery_free(secret);
    return st;
}
