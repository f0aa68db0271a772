/* SPDX-License-Identifier: Apache-2.0 */
/* feed.c: a file of others, byte by byte */
#include "feed.h"

#include "bytes.h"
#include "fail.h"

#include <stdlib.h>
#include <string.h>

enum vault_status
feed_open(struct feed *f, struct vlt_file *file, struct vault_error *err)
{
    memset(f, 0, sizeof *f);
    f->buf = malloc(FEED_SIZE);
    if (f->buf == NULL)
        return vlt_fail_memory(err);
    f->file = file;
    f->err = err;
    return VAULT_OK;
}

enum vault_status
feed_bytes(struct feed *f, const void *p, size_t n, struct vault_error *err)
{
    memset(f, 0, sizeof *f);
    f->buf = malloc(n + 1);
    if (f->buf == NULL)
        return vlt_fail_memory(err);
    if (n > 0)
        memcpy(f->buf, p, n);
    f->len = n;
    f->ended = true;
    f->err = err;
    return VAULT_OK;
}

void
feed_clear(struct feed *f)
{
    if (f->buf != NULL)
        vlt_wipe(f->buf, f->file != NULL ? FEED_SIZE : f->len);
    free(f->buf);
    memset(f, 0, sizeof *f);
}

static void
fill(struct feed *f)
{
    size_t got = 0;

    f->pos = 0;
    f->len = 0;
    f->st = vlt_file_read(f->file, f->buf, FEED_SIZE, &got, f->err);
    if (f->st != VAULT_OK || got == 0)
        f->ended = true;
    else
        f->len = got;
    f->taken += f->len;
}

int
feed_peek(struct feed *f)
{
    if (f->pos == f->len && !f->ended)
        fill(f);
    return f->pos < f->len ? f->buf[f->pos] : -1;
}

int
feed_take(struct feed *f)
{
    int c = feed_peek(f);

    if (c >= 0)
        f->pos++;
    return c;
}

const uint8_t *
feed_ahead(struct feed *f, size_t *n)
{
    (void)feed_peek(f);
    *n = f->len - f->pos;
    return f->buf + f->pos;
}
