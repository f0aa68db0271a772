/* SPDX-License-Identifier: Apache-2.0 */
/* tree_model.c: RFC 6962 section 2.1 in the words of the RFC */
#include "tree_model.h"

#include <sodium.h>
#include <string.h>

static struct vlt_hash32
hash(const void *p, size_t n)
{
    struct vlt_hash32 h;

    crypto_hash_sha256(h.b, p, n);
    return h;
}

struct vlt_hash32
model_leaf(uint64_t i)
{
    uint8_t d[9] = {0};

    memcpy(d + 1, &i, sizeof i);
    return hash(d, sizeof d);
}

struct vlt_hash32
model_node(const struct vlt_hash32 *l, const struct vlt_hash32 *r)
{
    uint8_t d[65] = {1};

    memcpy(d + 1, l->b, 32);
    memcpy(d + 33, r->b, 32);
    return hash(d, sizeof d);
}

/* "the largest power of two smaller than n" */
static uint64_t
smaller_power(uint64_t n)
{
    uint64_t k = UINT64_C(1) << 63;

    while (k >= n)
        k /= 2;
    return k;
}

struct vlt_hash32
model_mth(const struct vlt_hash32 *d, uint64_t n)
{
    struct vlt_hash32 l, r;
    uint64_t k;

    if (n == 0)
        return hash("", 0);
    if (n == 1)
        return d[0];
    k = smaller_power(n);
    l = model_mth(d, k);
    r = model_mth(d + k, n - k);
    return model_node(&l, &r);
}

size_t
model_path(struct vlt_hash32 *path, uint64_t m, const struct vlt_hash32 *d,
    uint64_t n)
{
    uint64_t k;
    size_t len;

    if (n == 1)
        return 0;
    k = smaller_power(n);
    if (m < k) {
        len = model_path(path, m, d, k);
        path[len] = model_mth(d + k, n - k);
    } else {
        len = model_path(path, m - k, d + k, n - k);
        path[len] = model_mth(d, k);
    }
    return len + 1;
}

static size_t
subproof(struct vlt_hash32 *path, uint64_t m, const struct vlt_hash32 *d,
    uint64_t n, bool b)
{
    uint64_t k;
    size_t len;

    if (m == n && b)
        return 0;
    if (m == n) {
        path[0] = model_mth(d, n);
        return 1;
    }
    k = smaller_power(n);
    if (m <= k) {
        len = subproof(path, m, d, k, b);
        path[len] = model_mth(d + k, n - k);
    } else {
        len = subproof(path, m - k, d + k, n - k, false);
        path[len] = model_mth(d, k);
    }
    return len + 1;
}

size_t
model_proof(struct vlt_hash32 *path, uint64_t m, const struct vlt_hash32 *d,
    uint64_t n)
{
    return subproof(path, m, d, n, true);
}

static bool
root_of(uint64_t m, uint64_t n, const struct vlt_hash32 *leaf,
    const struct vlt_hash32 *path, size_t len, struct vlt_hash32 *root)
{
    uint64_t k;

    if (m >= n)
        return false;
    if (n == 1) {
        *root = *leaf;
        return len == 0;
    }
    k = smaller_power(n);
    if (len == 0 ||
        !root_of(m < k ? m : m - k, m < k ? k : n - k, leaf, path, len - 1,
            root))
        return false;
    *root = m < k ? model_node(root, &path[len - 1])
                  : model_node(&path[len - 1], root);
    return true;
}

bool
model_inclusion_ok(uint64_t m, uint64_t n, const struct vlt_hash32 *leaf,
    const struct vlt_hash32 *path, size_t len, const struct vlt_hash32 *root)
{
    struct vlt_hash32 got;

    return root_of(m, n, leaf, path, len, &got) &&
        memcmp(got.b, root->b, 32) == 0;
}

static bool
both_roots(uint64_t m, uint64_t n, bool b, const struct vlt_hash32 *root_m,
    const struct vlt_hash32 *path, size_t len, struct vlt_hash32 *old,
    struct vlt_hash32 *new)
{
    const struct vlt_hash32 *last;
    uint64_t k;

    if (m == n) {
        if (len != (b ? 0 : 1))
            return false;
        *old = *new = b ? *root_m : path[0];
        return true;
    }
    if (len == 0)
        return false;
    last = &path[len - 1];
    k = smaller_power(n);
    if (m <= k) {
        if (!both_roots(m, k, b, root_m, path, len - 1, old, new))
            return false;
        *new = model_node(new, last);
        return true;
    }
    if (!both_roots(m - k, n - k, false, root_m, path, len - 1, old, new))
        return false;
    *old = model_node(last, old);
    *new = model_node(last, new);
    return true;
}

bool
model_consistency_ok(uint64_t m, uint64_t n, const struct vlt_hash32 *root_m,
    const struct vlt_hash32 *root_n, const struct vlt_hash32 *path, size_t len)
{
    struct vlt_hash32 old, new;

    return m >= 1 && m <= n &&
        both_roots(m, n, true, root_m, path, len, &old, &new) &&
        memcmp(old.b, root_m->b, 32) == 0 && memcmp(new.b, root_n->b, 32) == 0;
}

/* The way from the root down to leaf m, as letters; gives its length. */
static size_t
turns(char out[65], uint64_t m, uint64_t n)
{
    size_t len = 0;
    uint64_t k;

    while (n > 1) {
        k = smaller_power(n);
        if (m < k) {
            out[len++] = 'l';
            n = k;
        } else {
            out[len++] = 'r';
            m -= k;
            n -= k;
        }
    }
    return len;
}

bool
model_same_turns(uint64_t m, uint64_t n, uint64_t m2, uint64_t n2)
{
    char a[65], b[65];
    size_t len;

    if (m >= n || m2 >= n2)
        return false;
    len = turns(a, m, n);
    return len == turns(b, m2, n2) && memcmp(a, b, len) == 0;
}
