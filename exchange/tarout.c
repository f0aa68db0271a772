/* SPDX-License-Identifier: Apache-2.0 */
/* tarout.c: blocks of a tar archive */
#include "tarout.h"

#include "fail.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BLOCK = 512,
    NAME_MAX_USTAR = 100,
    PAX_MAX = 8192,
    AT_MODE = 100,
    AT_UID = 108,
    AT_GID = 116,
    AT_SIZE = 124,
    AT_MTIME = 136,
    AT_SUM = 148,
    AT_TYPE = 156,
    AT_MAGIC = 257
};
static const uint64_t size_max = UINT64_C(077777777777);
static const uint8_t zeros[2 * BLOCK];

/* `digits` octal digits and a 0. */
static void
put_octal(uint8_t *p, unsigned digits, uint64_t n)
{
    p[digits] = 0;
    for (unsigned i = digits; i > 0; i--, n >>= 3)
        p[i - 1] = (uint8_t)('0' + (n & 7));
}

static bool
is_plain(const char *name)
{
    for (const char *s = name; *s != 0; s++)
        if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e)
            return false;
    return strlen(name) <= NAME_MAX_USTAR;
}

/* What an old program shows for a name that it cannot read. */
static void
put_name(uint8_t *block, const char *name)
{
    size_t n = strlen(name);

    if (n > NAME_MAX_USTAR)
        n = NAME_MAX_USTAR;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];

        block[i] = c < 0x20 || c > 0x7e ? '_' : c;
    }
}

VAULT_CHECKED static enum vault_status
put_head(struct tar_out *t, char type, const char *name, uint64_t size,
    int64_t mtime, struct vault_error *err)
{
    uint8_t b[BLOCK] = {0};
    uint64_t sum = 0;

    put_name(b, name);
    put_octal(b + AT_MODE, 7, type == '5' ? 0700 : 0600);
    put_octal(b + AT_UID, 7, 0);
    put_octal(b + AT_GID, 7, 0);
    put_octal(b + AT_SIZE, 11, size > size_max ? 0 : size);
    put_octal(b + AT_MTIME, 11,
        mtime < 0                        ? 0
            : (uint64_t)mtime > size_max ? size_max
                                         : (uint64_t)mtime);
    b[AT_TYPE] = (uint8_t)type;
    memcpy(b + AT_MAGIC, "ustar\00000", 8);
    memset(b + AT_SUM, ' ', 8);
    for (size_t i = 0; i < sizeof b; i++)
        sum += b[i];
    put_octal(b + AT_SUM, 6, sum); /* and the last blank stays */
    return t->put(t->ctx, b, sizeof b, err);
}

/* ---- pax ---- */

/* "LEN key=value\n", where LEN counts itself. */
static void
put_record(struct vlt_buf *b, const char *key, const char *value)
{
    size_t bare = strlen(key) + strlen(value) + 3;
    size_t len = bare + 1;
    char digits[24];

    while (bare + (size_t)snprintf(digits, sizeof digits, "%zu", len) != len)
        len++;
    vlt_buf_printf(b, "%zu %s=%s\n", len, key, value);
}

VAULT_CHECKED static enum vault_status
put_pax(struct tar_out *t, const char *name, uint64_t size, int64_t mtime,
    struct vault_error *err)
{
    struct vlt_buf b;
    char digits[24];
    enum vault_status st;

    vlt_buf_init(&b, PAX_MAX);
    if (!is_plain(name))
        put_record(&b, "path", name);
    (void)snprintf(digits, sizeof digits, "%" PRIu64, size);
    if (size > size_max)
        put_record(&b, "size", digits);
    st = vlt_buf_end(&b, "name of a file", err);
    if (st == VAULT_OK && b.len > 0)
        st = put_head(t, 'x', "PaxHeader", b.len, mtime, err);
    if (st == VAULT_OK && b.len > 0) {
        size_t len = b.len;

        vlt_buf_put_zero(&b, (BLOCK - len % BLOCK) % BLOCK);
        st = t->put(t->ctx, b.p, b.len, err);
    }
    vlt_buf_clear(&b);
    return st;
}

/* ---- files ---- */

enum vault_status
tar_folder(struct tar_out *t, const char *name, int64_t mtime,
    struct vault_error *err)
{
    enum vault_status st = put_pax(t, name, 0, mtime, err);

    return st == VAULT_OK ? put_head(t, '5', name, 0, mtime, err) : st;
}

enum vault_status
tar_open(struct tar_out *t, const char *name, uint64_t size, int64_t mtime,
    struct vault_error *err)
{
    enum vault_status st = put_pax(t, name, size, mtime, err);

    assert(t->left == 0 && t->pad == 0);
    if (st == VAULT_OK)
        st = put_head(t, '0', name, size, mtime, err);
    if (st != VAULT_OK)
        return st;
    t->left = size;
    t->pad = (unsigned)((BLOCK - size % BLOCK) % BLOCK);
    return VAULT_OK;
}

enum vault_status
tar_put(struct tar_out *t, const void *p, size_t n, struct vault_error *err)
{
    if (n > t->left)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an original is longer than its record says");
    t->left -= n;
    return n > 0 ? t->put(t->ctx, p, n, err) : VAULT_OK;
}

enum vault_status
tar_close(struct tar_out *t, struct vault_error *err)
{
    unsigned pad = t->pad;

    if (t->left > 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an original is shorter than its record says");
    t->pad = 0;
    return pad > 0 ? t->put(t->ctx, zeros, pad, err) : VAULT_OK;
}

enum vault_status
tar_file(struct tar_out *t, const char *name, const void *p, size_t n,
    int64_t mtime, struct vault_error *err)
{
    enum vault_status st = tar_open(t, name, n, mtime, err);

    if (st == VAULT_OK)
        st = tar_put(t, p, n, err);
    return st == VAULT_OK ? tar_close(t, err) : st;
}

enum vault_status
tar_end(struct tar_out *t, struct vault_error *err)
{
    return t->put(t->ctx, zeros, sizeof zeros, err);
}
