/* SPDX-License-Identifier: Apache-2.0 */
/* der.c: reading DER that others made, one element after the other */
#include "der.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
vlt_der_init(struct vlt_der *r, const void *p, size_t len)
{
    r->p = p;
    r->len = len;
    r->pos = 0;
    r->failed = false;
}

bool
vlt_der_left(const struct vlt_der *r)
{
    return !r->failed && r->pos < r->len;
}

bool
vlt_der_is(const struct vlt_der *r, uint8_t tag)
{
    return vlt_der_left(r) && r->p[r->pos] == tag;
}

/* A length at r->pos: below 128 in one byte, else in the fewest that hold it,
 * behind a byte that says how many. */
static bool
length(struct vlt_der *r, size_t *out)
{
    uint64_t n = 0;
    unsigned bytes, i;

    if (r->pos >= r->len)
        return false;
    n = r->p[r->pos++];
    if (n < 0x80) {
        *out = (size_t)n;
        return true;
    }
    bytes = (unsigned)(n & 0x7f);
    if (bytes == 0 || bytes > 4 || r->len - r->pos < bytes)
        return false;
    for (n = 0, i = 0; i < bytes; i++)
        n = n << 8 | r->p[r->pos++];
    if (n < 0x80 || n >> (8 * (bytes - 1)) == 0)
        return false;
    *out = (size_t)n;
    return true;
}

bool
vlt_der_any(struct vlt_der *r, struct vlt_der_element *out)
{
    struct vlt_der_element e = {0};
    size_t from = r->pos;

    memset(out, 0, sizeof *out);
    if (!vlt_der_left(r)) {
        r->failed = true;
        return false;
    }
    e.tag = r->p[r->pos++];
    if ((e.tag & 0x1f) == 0x1f || !length(r, &e.len) ||
        e.len > r->len - r->pos) {
        r->failed = true;
        return false;
    }
    e.p = r->p + r->pos;
    r->pos += e.len;
    e.whole = r->p + from;
    e.whole_len = r->pos - from;
    *out = e;
    return true;
}

bool
vlt_der_take(struct vlt_der *r, uint8_t tag, struct vlt_der_element *out)
{
    if (!vlt_der_is(r, tag)) {
        memset(out, 0, sizeof *out);
        r->failed = true;
        return false;
    }
    return vlt_der_any(r, out);
}

bool
vlt_der_enter(struct vlt_der *r, uint8_t tag, struct vlt_der *in)
{
    struct vlt_der_element e;
    bool ok = vlt_der_take(r, tag, &e);

    vlt_der_init(in, e.p, e.len);
    in->failed = !ok;
    return ok;
}

bool
vlt_der_rest(struct vlt_der *r)
{
    struct vlt_der_element e;

    while (vlt_der_left(r))
        (void)vlt_der_any(r, &e);
    return !r->failed;
}

bool
vlt_der_end(const struct vlt_der *r)
{
    return !r->failed && r->pos == r->len;
}

bool
vlt_der_small(const struct vlt_der_element *e, uint32_t *out)
{
    uint32_t n = 0;
    size_t i;

    if (e->tag != VLT_DER_INTEGER || e->len == 0 || e->len > 4 ||
        (e->p[0] & 0x80) != 0 ||
        (e->len > 1 && e->p[0] == 0 && (e->p[1] & 0x80) == 0))
        return false;
    for (i = 0; i < e->len; i++)
        n = n << 8 | e->p[i];
    *out = n;
    return true;
}

/* Seven bits a byte, the highest bit says that more follow. */
static bool
arc(const struct vlt_der_element *e, size_t *at, uint64_t *out)
{
    uint64_t n = 0;

    if (e->p[*at] == 0x80)
        return false; /* not the shortest form */
    while (*at < e->len) {
        uint8_t b = e->p[(*at)++];

        if (n >> 57 != 0)
            return false;
        n = n << 7 | (b & 0x7f);
        if ((b & 0x80) == 0) {
            *out = n;
            return true;
        }
    }
    return false;
}

bool
vlt_der_oid_text(const struct vlt_der_element *e, char *out, size_t size)
{
    size_t at = 0, used = 0;
    uint64_t n;
    bool first = true;

    if (e->tag != VLT_DER_OID || e->len == 0)
        return false;
    while (at < e->len) {
        uint64_t root;
        int k;

        if (!arc(e, &at, &n))
            return false;
        root = n < 80 ? n / 40 : 2;
        k = first ? snprintf(out + used, size - used, "%" PRIu64 ".%" PRIu64,
                        root, n - root * 40)
                  : snprintf(out + used, size - used, ".%" PRIu64, n);
        if (k < 0 || (size_t)k >= size - used)
            return false;
        used += (size_t)k;
        first = false;
    }
    return true;
}
