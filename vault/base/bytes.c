/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.c: reading bytes nobody vouches for, and building byte strings */
#include "bytes.h"
#include "fail.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

void
vlt_reader_init(struct vlt_reader *r, const void *p, size_t len)
{
    assert(p != NULL || len == 0);
    r->p = p;
    r->len = len;
    r->pos = 0;
    r->failed = false;
}

const uint8_t *
vlt_read_span(struct vlt_reader *r, size_t n)
{
    static const uint8_t nothing[1];
    const uint8_t *p;

    if (r->failed || n > r->len - r->pos) {
        r->failed = true;
        return NULL;
    }
    if (r->p == NULL)
        return nothing;
    p = r->p + r->pos;
    r->pos += n;
    return p;
}

static uint64_t
read_uint(struct vlt_reader *r, size_t n)
{
    const uint8_t *p = vlt_read_span(r, n);
    uint64_t v = 0;
    size_t i;

    if (p == NULL)
        return 0;
    for (i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

uint8_t
vlt_read_u8(struct vlt_reader *r)
{
    return (uint8_t)read_uint(r, 1);
}

uint16_t
vlt_read_u16(struct vlt_reader *r)
{
    return (uint16_t)read_uint(r, 2);
}

uint32_t
vlt_read_u32(struct vlt_reader *r)
{
    return (uint32_t)read_uint(r, 4);
}

uint64_t
vlt_read_u64(struct vlt_reader *r)
{
    return read_uint(r, 8);
}

int64_t
vlt_read_i64(struct vlt_reader *r)
{
    uint64_t v = read_uint(r, 8);

    /* Two's complement without an implementation-defined conversion. */
    return v <= INT64_MAX ? (int64_t)v : -(int64_t)(UINT64_MAX - v) - 1;
}

void
vlt_read_fixed(struct vlt_reader *r, void *out, size_t n)
{
    const uint8_t *p = vlt_read_span(r, n);

    if (n == 0)
        return;
    if (p == NULL)
        memset(out, 0, n);
    else
        memcpy(out, p, n);
}

void
vlt_read_zero(struct vlt_reader *r, size_t n)
{
    const uint8_t *p = vlt_read_span(r, n);
    size_t i;
    uint8_t any = 0;

    if (p == NULL)
        return;
    for (i = 0; i < n; i++)
        any |= p[i];
    if (any != 0)
        r->failed = true;
}

void
vlt_read_expect(struct vlt_reader *r, const void *bytes, size_t n)
{
    const uint8_t *p = vlt_read_span(r, n);

    if (p == NULL || n == 0)
        return;
    if (memcmp(p, bytes, n) != 0)
        r->failed = true;
}

size_t
vlt_read_left(const struct vlt_reader *r)
{
    return r->failed ? 0 : r->len - r->pos;
}

enum vault_status
vlt_read_end(const struct vlt_reader *r, const char *what,
    struct vault_error *err)
{
    if (r->failed)
        return vlt_fail(err, VAULT_E_FORMAT, "%-s is malformed", what);
    if (r->pos != r->len)
        return vlt_fail(err, VAULT_E_FORMAT, "%-s has %zu bytes too many", what,
            r->len - r->pos);
    return VAULT_OK;
}

/* ---- building ---- */

void
vlt_buf_init(struct vlt_buf *b, size_t max)
{
    memset(b, 0, sizeof *b);
    b->max = max;
}

void
vlt_buf_clear(struct vlt_buf *b)
{
    size_t max = b->max;

    vlt_wipe(b->p, b->cap);
    free(b->p);
    vlt_buf_init(b, max);
}

void
vlt_buf_reset(struct vlt_buf *b)
{
    vlt_wipe(b->p, b->len);
    b->len = 0;
    b->failed = false;
    b->no_memory = false;
}

/* Capacity for `need` bytes: doubled, one more than max for a closing 0. */
static size_t
next_cap(const struct vlt_buf *b, size_t need)
{
    size_t most = b->max < SIZE_MAX ? b->max + 1 : SIZE_MAX;
    size_t cap = b->cap < 64 ? 64 : b->cap;

    while (cap < need)
        cap = cap > most / 2 ? most : cap * 2;
    return cap > most && need <= most ? most : cap;
}

/* Memory for n more bytes; `n` may reach one beyond max (a closing 0). */
static bool
reserve(struct vlt_buf *b, size_t n)
{
    uint8_t *p;
    size_t cap;

    if (n <= b->cap - b->len)
        return true;
    cap = next_cap(b, b->len + n);
    p = cap <= PTRDIFF_MAX ? malloc(cap) : NULL;
    if (p == NULL) {
        b->failed = true;
        b->no_memory = true;
        return false;
    }
    if (b->p != NULL)
        memcpy(p, b->p, b->len);
    vlt_wipe(b->p, b->cap);
    free(b->p);
    b->p = p;
    b->cap = cap;
    return true;
}

/* Append n bytes that the caller fills; NULL when failed. */
static uint8_t *
grow(struct vlt_buf *b, size_t n)
{
    uint8_t *p;

    if (b->failed)
        return NULL;
    if (b->len > b->max || n > b->max - b->len) {
        b->failed = true;
        return NULL;
    }
    if (b->p == NULL && n == 0 && !reserve(b, 1))
        return NULL;
    if (!reserve(b, n))
        return NULL;
    p = b->p + b->len;
    b->len += n;
    return p;
}

void
vlt_buf_put(struct vlt_buf *b, const void *p, size_t n)
{
    uint8_t *to = grow(b, n);

    if (to != NULL && n > 0)
        memcpy(to, p, n);
}

void
vlt_buf_put_u8(struct vlt_buf *b, uint8_t v)
{
    vlt_buf_put(b, &v, 1);
}

void
vlt_buf_put_u16(struct vlt_buf *b, uint16_t v)
{
    uint8_t *to = grow(b, 2);

    if (to != NULL)
        vlt_store_u16(to, v);
}

void
vlt_buf_put_u32(struct vlt_buf *b, uint32_t v)
{
    uint8_t *to = grow(b, 4);

    if (to != NULL)
        vlt_store_u32(to, v);
}

void
vlt_buf_put_u64(struct vlt_buf *b, uint64_t v)
{
    uint8_t *to = grow(b, 8);

    if (to != NULL)
        vlt_store_u64(to, v);
}

void
vlt_buf_put_i64(struct vlt_buf *b, int64_t v)
{
    vlt_buf_put_u64(b, (uint64_t)v);
}

void
vlt_buf_put_zero(struct vlt_buf *b, size_t n)
{
    (void)vlt_buf_room(b, n);
}

void
vlt_buf_put_str(struct vlt_buf *b, const char *s)
{
    vlt_buf_put(b, s, strlen(s));
}

void
vlt_buf_printf(struct vlt_buf *b, const char *format, ...)
{
    va_list ap;
    uint8_t *to;
    int n;

    va_start(ap, format);
    n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    assert(n >= 0);
    if (n < 0 || b->failed || b->len > b->max || (size_t)n > b->max - b->len) {
        b->failed = true;
        return;
    }
    if (!reserve(b, (size_t)n + 1))
        return;
    to = b->p + b->len;
    va_start(ap, format);
    (void)vsnprintf((char *)to, (size_t)n + 1, format, ap);
    va_end(ap);
    b->len += (size_t)n;
}

uint8_t *
vlt_buf_room(struct vlt_buf *b, size_t n)
{
    uint8_t *to = grow(b, n);

    if (to != NULL && n > 0)
        memset(to, 0, n);
    return to;
}

enum vault_status
vlt_buf_end(const struct vlt_buf *b, const char *what, struct vault_error *err)
{
    if (b->no_memory)
        return vlt_fail_memory(err);
    if (b->failed)
        return vlt_fail(err, VAULT_E_LIMIT, "%-s is longer than %zu bytes",
            what, b->max);
    return VAULT_OK;
}

const char *
vlt_buf_cstr(struct vlt_buf *b)
{
    if (b->failed || b->len == SIZE_MAX || !reserve(b, 1))
        return "";
    b->p[b->len] = 0;
    return (const char *)b->p;
}

/* ---- plain memory ---- */

static void
store_uint(uint8_t *p, uint64_t v, size_t n)
{
    for (; n > 0; n--, v >>= 8)
        p[n - 1] = (uint8_t)(v & 0xff);
}

void
vlt_store_u16(uint8_t *p, uint16_t v)
{
    store_uint(p, v, 2);
}

void
vlt_store_u32(uint8_t *p, uint32_t v)
{
    store_uint(p, v, 4);
}

void
vlt_store_u64(uint8_t *p, uint64_t v)
{
    store_uint(p, v, 8);
}

uint32_t
vlt_load_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
        p[3];
}

uint64_t
vlt_load_u64(const uint8_t *p)
{
    return (uint64_t)vlt_load_u32(p) << 32 | vlt_load_u32(p + 4);
}

void
vlt_wipe(void *p, size_t n)
{
    if (n == 0)
        return;
    assert(p != NULL);
    memset(p, 0, n);
    /* The compiler must assume that this reads the zeros. */
    __asm__ __volatile__("" : : "r"(p) : "memory");
}

void *
vlt_memdup(const void *p, size_t n)
{
    void *copy = malloc(n > 0 ? n : 1);

    if (copy != NULL && n > 0)
        memcpy(copy, p, n);
    return copy;
}

char *
vlt_strdup(const char *s)
{
    return vlt_memdup(s, strlen(s) + 1);
}
